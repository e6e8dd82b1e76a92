"""Layers that learn nothing and keep the shape: activations, dropout, softmax; and ``GLU``, which halves an axis."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.torch.rules import NAME, answered, axis_of, listed
from convmath.conventions.translation import Layer, Translation

NEEDED = Parameter.empty
INPLACE = {"inplace": False}
DROPPED = {"p": 0.5, "inplace": False}
KEPT: dict[str, tuple[str, dict[str, Any]]] = {
    "ReLU": ("relu", INPLACE),
    "ReLU6": ("relu6", INPLACE),
    "LeakyReLU": ("leaky_relu", {"negative_slope": 0.01, **INPLACE}),
    "ELU": ("elu", {"alpha": 1.0, **INPLACE}),
    "CELU": ("celu", {"alpha": 1.0, **INPLACE}),
    "SELU": ("selu", INPLACE),
    "GELU": ("gelu", {"approximate": "none"}),
    "SiLU": ("silu", INPLACE),
    "Mish": ("mish", INPLACE),
    "Sigmoid": ("sigmoid", {}),
    "LogSigmoid": ("logsigmoid", {}),
    "Tanh": ("tanh", {}),
    "Tanhshrink": ("tanhshrink", {}),
    "Softplus": ("softplus", {"beta": 1.0, "threshold": 20.0}),
    "Softsign": ("softsign", {}),
    "Softshrink": ("softshrink", {"lambd": 0.5}),
    "Hardshrink": ("hardshrink", {"lambd": 0.5}),
    "Hardswish": ("hardswish", INPLACE),
    "Hardsigmoid": ("hardsigmoid", INPLACE),
    "Hardtanh": ("hardtanh", {"min_val": -1.0, "max_val": 1.0, **INPLACE}),
    "RReLU": ("rrelu", {"lower": 1.0 / 8, "upper": 1.0 / 3, **INPLACE}),
    "Threshold": ("threshold", {"threshold": NEEDED, "value": NEEDED, **INPLACE}),
    "Softmax": ("softmax", {"dim": None}),
    "Softmin": ("softmin", {"dim": None}),
    "LogSoftmax": ("log_softmax", {"dim": None}),
    "Softmax2d": ("softmax", {}),
    "Dropout": ("dropout", DROPPED),
    "Dropout1d": ("dropout", DROPPED),
    "Dropout2d": ("dropout", DROPPED),
    "Dropout3d": ("dropout", DROPPED),
    "AlphaDropout": ("alpha_dropout", DROPPED),
    "FeatureAlphaDropout": ("feature_alpha_dropout", DROPPED),
    "LocalResponseNorm": ("local_response_norm", {"size": NEEDED, "alpha": 1e-4, "beta": 0.75, "k": 1.0}),
}
"""Each layer's operator, and its own arguments with PyTorch's defaults."""
AXES = {"Softmax2d": (3, 4), "Dropout1d": (2, 3)}
"""How many axes an input has, where PyTorch looks."""
LEAST = {"LocalResponseNorm": 3, "Dropout2d": 2, "Dropout3d": 1, "FeatureAlphaDropout": 2}
"""The same, where there is no most."""


def kept(name: str, *arguments: Any, **named: Any) -> Layer:
    """A layer that keeps the shape, with PyTorch's arguments."""
    operator, defaults = KEPT[name]
    given = bound(name, defaults, arguments, named)
    given.pop("inplace", None)
    if "p" in given and not 0 <= given["p"] <= 1:
        raise rejected(
            NAME, name, f"dropout probability has to be between 0 and 1, but got {given['p']}", "Use 0 ≤ p ≤ 1.", "init"
        )

    def apply(shape: Shape) -> Translation:
        if name in AXES and len(shape) not in AXES[name]:
            wanted = " or ".join(f"{axes}D" for axes in AXES[name])
            raise rejected(NAME, name, f"expected {wanted} input (got {len(shape)}D input)")
        if len(shape) < LEAST.get(name, 0):
            raise rejected(
                NAME, name, f"expected {LEAST[name]}D or higher dimensionality input (got {len(shape)}D input)"
            )
        if "dim" in given and given["dim"] is not None:
            axis_of(name, "dim", given["dim"], len(shape))
        along = {"dim": _along(name, given, len(shape))} if "softm" in operator else {}
        return answered(operator, {"input": shape, **given, **along}, shape, shape)

    return Layer(NAME, name, apply, arrays={})


def _along(name: str, given: dict[str, Any], rank: int) -> int:
    """The axis whose entries add up to 1; where none is given, PyTorch takes one by the number of axes."""
    if name == "Softmax2d":
        return -3
    if given["dim"] is not None:
        return int(given["dim"])
    return 0 if rank in (0, 1, 3) else 1


def identity(*_arguments: Any, **_named: Any) -> Layer:
    """``torch.nn.Identity``, which takes any arguments and uses none."""
    return Layer(NAME, "Identity", lambda shape: answered("identity", {"input": shape}, shape, shape), arrays={})


def glu(dim: Any = -1) -> Layer:
    """``torch.nn.GLU``: one half of an axis times the sigmoid of the other."""

    def apply(shape: Shape) -> Translation:
        if not shape:
            raise rejected(NAME, "GLU", "glu does not support 0-dimensional tensors")
        axis = axis_of("GLU", "dim", dim, len(shape))
        if shape[axis] % 2:
            raise rejected(
                NAME,
                "GLU",
                f"Halving dimension must be even, but dimension {axis} of {listed(shape)} is size {shape[axis]}",
                "Give it an even size.",
            )
        found = (*shape[:axis], shape[axis] // 2, *shape[axis + 1 :])
        return answered("glu", {"input": shape, "dim": dim}, shape, found)

    return Layer(NAME, "GLU", apply, arrays={})


def bound(name: str, defaults: dict[str, Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """Arguments by their names, as Python would bind them to a signature with these defaults.

    Raises:
        RejectedError: they do not fit it.
    """
    own = Signature(
        [Parameter(word, Parameter.POSITIONAL_OR_KEYWORD, default=value) for word, value in defaults.items()]
    )
    try:
        found = own.bind(*arguments, **named)
    except TypeError as error:
        raise rejected(NAME, name, str(error), f"It takes {own}.", "init") from None
    found.apply_defaults()
    return dict(found.arguments)
