"""``Resize``: sizes in the number type that each implementation computes in."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, inf, isfinite
from struct import pack, unpack
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import BOTH, INFERENCE, RUNTIME, located, numbers, settled, tensor
from convmath.conventions.translation import Translation
from convmath.errors import UnsupportedError

POLICIES = {"not_larger": min, "not_smaller": max}


def resize(
    X: Any,
    roi: Any = None,
    scales: Any = None,
    sizes: Any = None,
    *,
    antialias: int = 0,
    axes: Any = None,
    coordinate_transformation_mode: str = "half_pixel",
    cubic_coeff_a: float = -0.75,
    exclude_outside: int = 0,
    extrapolation_value: float = 0.0,
    keep_aspect_ratio_policy: str = "stretch",
    mode: str = "nearest",
    nearest_mode: str = "round_prefer_floor",
) -> Translation:
    """``Resize``: ``scales`` are 32-bit floats, and are rounded to that first; ``roi`` does not change the size.

    Shape inference multiplies in 64 bits, onnxruntime in 32: a size may differ by one.
    """
    name = "Resize"
    x = tensor(name, X, "X")
    if (scales is None) == (sizes is None):
        raise rejected(BOTH, name, "Either `sizes` or `scales` must be provided, but not both of them")
    at = located(name, range(len(x)) if axes is None else numbers(name, "axes", axes), len(x))
    if scales is None:
        inferred = ran = _sized(name, x, at, numbers(name, "sizes", sizes), keep_aspect_ratio_policy)
    else:
        factors = _factors(name, scales, len(at), keep_aspect_ratio_policy)
        inferred = _scaled(x, at, [floor(x[axis] * by) for axis, by in zip(at, factors, strict=True)])
        ran = _scaled(x, at, [int(single(single(x[axis]) * by)) for axis, by in zip(at, factors, strict=True)])

    def runs() -> Shape:
        _check_scales(name, factors if scales is not None else sizes)
        return ran

    plain = (
        mode == "nearest" and nearest_mode == "round_prefer_floor" and coordinate_transformation_mode == "half_pixel"
    )
    operator, arguments = _operator(x, ran, plain)
    return settled(name, runs, {INFERENCE: inferred}, operator, arguments, x)


def single(number: float) -> float:
    """The 32-bit float that is nearest."""
    try:
        value: float = unpack("f", pack("f", number))[0]
    except OverflowError:
        value = inf
    if not isfinite(value):
        raise UnsupportedError(f"{BOTH}: a size of {number:g} is more than a 32-bit float holds")
    return value


def _scaled(x: Shape, at: Shape, sizes: Sequence[int]) -> Shape:
    found = dict(zip(at, sizes, strict=True))
    return tuple(found.get(axis, size) for axis, size in enumerate(x))


def _factors(name: str, scales: Any, count: int, policy: str) -> list[float]:
    if not isinstance(scales, Sequence) or len(scales) != count:
        raise rejected(
            BOTH, name, f"scales is {scales!r}: Number of elements of input 'scales' must be same as rank of input 'X'"
        )
    if policy != "stretch":
        raise rejected(
            BOTH, name, 'Providing `scales` is incompatible with a `keep_aspect_ratio_policy` other than "stretch"'
        )
    if not all(isfinite(by) for by in scales):
        raise UnsupportedError(f"{BOTH}: {name} by {scales}, which are no numbers")
    return [single(by) for by in scales]


def _sized(name: str, x: Shape, at: Shape, sizes: Shape, policy: str) -> Shape:
    """``sizes``, or with a policy one scale for all axes; a half is rounded up."""
    if len(sizes) != len(at):
        raise rejected(BOTH, name, f"sizes is {list(sizes)}", f"It is one size for each of {len(at)} axes.")
    if policy not in POLICIES:
        return _scaled(x, at, sizes)
    if any(not x[axis] for axis in at):
        raise UnsupportedError(f"{BOTH}: {name} with keep_aspect_ratio_policy on an empty axis")
    by = POLICIES[policy](single(size / x[axis]) for size, axis in zip(sizes, at, strict=True))
    return _scaled(x, at, [floor(single(x[axis] * by) + 0.5) for axis in at])


def _check_scales(name: str, scales: Sequence[float]) -> None:
    if min(scales, default=1) <= 0:
        raise rejected(RUNTIME, name, f"Scale value should be greater than 0: {list(scales)}")


def _operator(x: Shape, found: Shape, plain: bool) -> tuple[str, dict[str, Any]]:
    """A nearest sampling by whole factors repeats each entry; others have no operator here."""
    rank = len(x) - 2
    whole = (
        rank > 0
        and x[:2] == found[:2]
        and all(size and not new % size and new for size, new in zip(x, found, strict=True))
    )
    if plain and whole:
        return f"upsample_nearest{rank}d", {
            "scale_factor": tuple(new // size for size, new in zip(x[2:], found[2:], strict=True))
        }
    return "Resize", {}
