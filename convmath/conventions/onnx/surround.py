"""``Pad``."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import BOTH, RUNTIME, agreed, located, numbers, tensor
from convmath.conventions.onnx.window import braces
from convmath.conventions.translation import Translation

MODES = ("constant", "reflect", "edge", "wrap")
TORCH = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
Pairs = tuple[tuple[int, int], ...]


def pad(data: Any, pads: Any, constant_value: Any = None, axes: Any = None, *, mode: str = "constant") -> Translation:
    """``Pad``: the beginnings of all axes, then the ends; a negative one crops, and crops first.

    ``constant_value`` is a number.
    """
    name = "Pad"
    x, given = tensor(name, data, "data"), numbers(name, "pads", pads)
    at = located(name, range(len(x)) if axes is None else numbers(name, "axes", axes), len(x))
    if len(given) != 2 * len(at):
        raise rejected(
            BOTH,
            name,
            f"Pads has incorrect number of values. Expected 2 * {len(at)} values. Got {len(given)} values",
            "Give the beginnings, then the ends.",
        )
    by = dict(zip(at, zip(given[: len(at)], given[len(at) :], strict=True), strict=True))
    pairs = tuple(by.get(axis, (0, 0)) for axis in range(len(x)))
    found = tuple(size + before + after for size, (before, after) in zip(x, pairs, strict=True))

    def runs() -> Shape:
        if mode not in MODES:
            raise rejected(
                RUNTIME, name, f"Invalid 'mode' attribute value {mode!r}", f"The words are {', '.join(MODES)}."
            )
        if min(found, default=0) < 0:
            raise rejected(RUNTIME, name, f"the output would be {braces(found)}", "Crop less.")
        for axis, pair in enumerate(pairs):
            _check_mode(mode, x, axis, pair)
        return found

    if not any(map(any, pairs)):
        return agreed(name, found, "identity", {"input": x}, x, runs=runs)
    arguments: dict[str, Any] = {"input": x, "pad": _last(pairs), "mode": TORCH.get(mode, mode)}
    arguments |= {"value": constant_value or 0} if mode == "constant" else {}
    return agreed(name, found, "pad", arguments, x, runs=runs)


def _last(pairs: Pairs) -> Shape:
    """The pads as PyTorch takes them: the last axis first, and none before the first that is padded."""
    first = next((axis for axis, pair in enumerate(pairs) if pair != (0, 0)), len(pairs))
    return tuple(p for pair in reversed(pairs[first:]) for p in pair)


def _check_mode(mode: str, x: Shape, axis: int, pair: tuple[int, int]) -> None:
    """What is copied has to be there: for reflect one place more than is padded, for the others any.

    An axis that crops leave nothing of is refused wherever it lies; one that was empty only if it is padded.
    """
    inside = x[axis] + sum(min(0, p) for p in pair)
    if mode == "constant":
        return
    if (inside < 1 and 0 not in x) or (inside < 1 and max(pair) > 0) or (mode == "wrap" and 0 in x):
        why = f"mode {mode!r} with zero effective input extent along axis {axis}. Input shape:{braces(x)}"
        raise rejected(RUNTIME, "Pad", why, "Only 'constant' needs nothing to copy.")
    if mode == "reflect" and max(pair) > 0 and 0 not in x:
        _check_mirror(x, axis, pair, inside)


def _check_mirror(x: Shape, axis: int, pair: tuple[int, int], inside: int) -> None:
    if inside < 2:
        raise rejected(
            RUNTIME, "Pad", f"Pad reflect requires axis length >= 2 after slicing. Input shape:{braces(x)}, axis {axis}"
        )
    for which, p in zip(("pre", "post"), pair, strict=True):
        if p >= inside:
            raise rejected(
                RUNTIME,
                "Pad",
                f"Pad reflect: {which}-pad ({p}) exceeds maximum allowed ({inside - 1}) for axis {axis}. "
                f"Input shape:{braces(x)}",
                "A mirror does not repeat its edge, so it shows one place less than there is.",
            )
