"""``torch.nn.RNN``, ``LSTM`` and ``GRU``: what each layer and each direction of them learns, and what comes out."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.torch.elementwise import NEEDED, bound
from convmath.conventions.torch.rules import NAME, answered, listed
from convmath.conventions.translation import Layer, Translation

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
"""How many linear maps of the input there are in one cell."""
FIRST = {"input_size": NEEDED, "hidden_size": NEEDED, "num_layers": 1}
OPTIONS = {"bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}
DEFAULTS: dict[str, dict[str, Any]] = {
    "RNN": FIRST | {"nonlinearity": "tanh"} | OPTIONS,
    "GRU": FIRST | OPTIONS,
    "LSTM": FIRST | OPTIONS | {"proj_size": 0},
}


def recurrent(name: str, *arguments: Any, **named: Any) -> Layer:
    """``torch.nn.RNN``, ``LSTM`` or ``GRU``, with PyTorch's arguments in its order."""
    given = {"proj_size": 0} | bound(name, DEFAULTS[name], arguments, named)
    _check(name, given)
    arrays: dict[str, Shape] = {}
    for layer in range(given["num_layers"]):
        for suffix in _directions(given):
            arrays |= {f"{word}_l{layer}{suffix}": shape for word, shape in _cell(name, given, layer).items()}

    def apply(shape: Shape) -> Translation:
        return _run(name, given, shape)

    return Layer(NAME, name, apply, arrays=arrays)


def _check(name: str, given: dict[str, Any]) -> None:
    for word in ("hidden_size", "num_layers"):
        if given[word] <= 0:
            raise rejected(NAME, name, f"{word} must be greater than zero, but it is {given[word]}", at="init")
    if not 0 <= given["dropout"] <= 1:
        raise rejected(NAME, name, "dropout should be a number in range [0, 1]", at="init")
    if not 0 <= given["proj_size"] < given["hidden_size"]:
        raise rejected(
            NAME,
            name,
            f"proj_size is {given['proj_size']}: it has to be a positive integer, or zero to disable projections, and "
            "smaller than hidden_size",
            at="init",
        )


def _directions(given: dict[str, Any]) -> tuple[str, ...]:
    return ("", "_reverse") if given["bidirectional"] else ("",)


def _state(given: dict[str, Any]) -> int:
    """How many numbers a direction hands on: the hidden state, or what it is projected to."""
    found: int = given["proj_size"] or given["hidden_size"]
    return found


def _cell(name: str, given: dict[str, Any], layer: int) -> dict[str, Shape]:
    """The arrays of one cell: the input of a later layer is what all directions of the one before hand on."""
    rows, state = GATES[name] * given["hidden_size"], _state(given)
    inputs = given["input_size"] if layer == 0 else state * len(_directions(given))
    found: dict[str, Shape] = {"weight_ih": (rows, inputs), "weight_hh": (rows, state)}
    found |= {"bias_ih": (rows,), "bias_hh": (rows,)} if given["bias"] else {}
    return found | ({"weight_hr": (state, given["hidden_size"])} if given["proj_size"] else {})


def _run(name: str, given: dict[str, Any], shape: Shape) -> Translation:
    """(outputs, last hidden states[, last cell states]) for a sequence, with or without a batch."""
    if len(shape) not in (2, 3):
        raise rejected(NAME, name, f"Expected input to be 2D or 3D, got {len(shape)}D instead")
    if shape[-1] != given["input_size"]:
        raise rejected(
            NAME,
            name,
            f"input.size(-1) must be equal to input_size. Expected {given['input_size']}, got {shape[-1]}",
            f"Use input_size={shape[-1]}.",
        )
    steps = shape[1 if len(shape) == 3 and given["batch_first"] else 0]
    if not steps:
        raise rejected(NAME, name, f"Expected sequence length to be larger than 0, but the input is {listed(shape)}")
    batch = () if len(shape) == 2 else (shape[0 if given["batch_first"] else 1],)
    state, ways = _state(given), len(_directions(given))
    last = (ways * given["num_layers"], *batch, state)
    cells = ((ways * given["num_layers"], *batch, given["hidden_size"]),) if name == "LSTM" else ()
    missing = "it is no index sum: each step goes through a nonlinear function"
    return answered(name, {}, shape, (*shape[:-1], ways * state), more=(last, *cells), missing=missing)
