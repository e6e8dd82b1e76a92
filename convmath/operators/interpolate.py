"""interpolate: PyTorch's resizing to a size or by a factor, and how large its output is."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

from convmath.errors import DefinitionError, UnsupportedError
from convmath.language.functions import as_number
from convmath.language.tree import Int
from convmath.operators.axes import Axes, spread
from convmath.operators.call import remembered
from convmath.operators.opaque import Opaque, opaque
from convmath.operators.operator import Operator
from convmath.operators.shapes import read_shape, shown_shape, tree
from convmath.operators.shelf import maker

MODES = {
    "nearest": (1, 2, 3),
    "nearest-exact": (1, 2, 3),
    "area": (1, 2, 3),
    "linear": (1,),
    "bilinear": (2,),
    "bicubic": (2,),
    "trilinear": (3,),
}
"""PyTorch's modes, and for how many spatial axes each is."""
SUMS = {"nearest": "upsample_nearest", "area": "adaptive_avg_pool"}
"""Modes that to a size are operators with an index sum."""
BLENDS = {"linear": "upsample_linear1d", "bilinear": "upsample_bilinear2d", "trilinear": "upsample_trilinear3d"}
"""Modes that to a size are weighted means, unless antialias widens them."""
SMOOTH = ("linear", "bilinear", "bicubic", "trilinear")


@remembered
def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Operator:
    """An input (N, C, spatial axes) with other spatial sizes: size, or scale_factor times what they are, rounded down.

    PyTorch multiplies in float64 and rounds that down. So a float is multiplied as a double, and the size has to be a
    number; a whole factor or a Fraction is exact, and the size may be a letter. "nearest" to a size or by a whole
    factor is upsample_nearest, "area" to a size is adaptive_avg_pool, and "linear", "bilinear" and "trilinear" to a
    size are upsample_linear1d, upsample_bilinear2d and upsample_trilinear3d, with everything that is derived for
    them; else there is an output shape only.

    Raises:
        DefinitionError: an argument is not what PyTorch takes.
        UnsupportedError: a float times a letter.
    """
    shape = read_shape(input, "interpolate: input")
    rank = len(shape) - 2
    _check(shape, size, scale_factor, mode, align_corners)
    _check_flags(recompute_scale_factor=recompute_scale_factor, antialias=antialias)
    if size is not None and mode in SUMS:
        return _bound(maker(f"{SUMS[mode]}{rank}d")(size), shape)
    if size is not None and mode in BLENDS and not antialias:
        return _bound(maker(BLENDS[mode])(size, bool(align_corners)), shape)
    if size is not None:
        return _sized(shape, spread(size, rank, "interpolate: size"))
    factors = [_factor(item) for item in spread(scale_factor, rank, "interpolate: scale_factor")]
    if mode == "nearest" and all(isinstance(item, int) for item in factors):
        return _bound(maker(f"upsample_nearest{rank}d")(scale_factor=tuple(factors)), shape)
    if any(isinstance(item, float) for item in factors):
        return _sized(shape, _in_doubles(shape, factors))
    return _scaled(shape, [Fraction(item) for item in factors])


def _bound(made: Operator, shape: tuple[Any, ...]) -> Operator:
    """An operator with the sizes of its input."""
    values, symbols = made.bound({"X": shape}, {})
    return Operator("interpolate", made.general, values, symbols)


def _check(shape: tuple[Any, ...], size: Any, scale_factor: Any, mode: Any, align_corners: Any) -> None:
    if mode not in MODES:
        raise DefinitionError(f"interpolate: mode is {str(mode)[:40]!r}; it must be one of {', '.join(MODES)}")
    if len(shape) - 2 not in MODES[mode]:
        wanted = " or ".join(f"{rank + 2}D" for rank in MODES[mode])
        raise DefinitionError(
            f"interpolate: Got {len(shape)}D input, but {mode} mode needs {wanted} input: input is {shown_shape(shape)}"
        )
    if (size is None) == (scale_factor is None):
        which = "either size or scale_factor" if size is None else "only one of size or scale_factor"
        raise DefinitionError(f"interpolate: {which} should be defined; give one of the two")
    if align_corners not in (None, True, False) or (align_corners is not None and mode not in SMOOTH):
        raise DefinitionError(
            "interpolate: align_corners option can only be set with the interpolating modes: linear | bilinear | "
            f"bicubic | trilinear; mode is {mode}, align_corners is {align_corners}"
        )


def _check_flags(**flags: Any) -> None:
    for name, value in flags.items():
        if value not in (None, True, False):
            raise DefinitionError(f"interpolate: {name} is {value!r}; it must be True or False")


def _factor(value: Any) -> int | Fraction | float:
    found = as_number(value, "interpolate: scale_factor", DefinitionError)
    if found <= 0:
        raise DefinitionError(f"interpolate: scale_factor is {value}; it must be a number > 0")
    return int(found) if isinstance(found, float) and found.is_integer() else found


def _in_doubles(shape: tuple[Any, ...], factors: list[int | Fraction | float]) -> list[int]:
    """The sizes as PyTorch computes them: the double of a size times the double of its factor, rounded down."""
    found = []
    for item, factor in zip(shape[2:], factors, strict=True):
        length = tree(item)
        if not isinstance(length, Int):
            raise UnsupportedError(
                f"interpolate: the size is {length}·{factor} in float64, rounded down, and letters are not rounded. "
                f"Give {length} as a number, or scale_factor as a Fraction"
            )
        found.append(floor(float(length.value) * float(factor)))
    if min(found) < 1:
        raise DefinitionError(
            f"interpolate: Input and output sizes should be greater than 0, but got input {shown_shape(shape[2:])} and "
            f"output {shown_shape(found)}. Use a larger scale_factor"
        )
    return found


def _sized(shape: tuple[Any, ...], sizes: list[Any]) -> Opaque:
    a = Axes("interpolate", len(shape) - 2, count=tuple(sizes))
    return _made(shape, a, "", {axis.out: axis.count for axis in a.axes}, a.values)


def _scaled(shape: tuple[Any, ...], factors: list[Fraction]) -> Opaque:
    """Place i of the output exists where its far end, (i + 1)/factor, still lies inside the input."""
    a = Axes("interpolate", len(shape) - 2)
    values: dict[str, Any] = {}
    bounds = []
    for axis, factor in zip(a.axes, factors, strict=True):
        f, e = (f"f_{axis.size}", f"e_{axis.size}") if len(set(factors)) > 1 else ("f", "e")
        whole = factor.denominator == 1
        values |= {f: factor.numerator} | ({} if whole else {e: factor.denominator})
        bounds.append(f"{'' if whole else f'{e}*'}({axis.out}+1) <= {f}*{axis.size}")
    return _made(shape, a, " where " + ", ".join(bounds), {}, values)


def _made(shape: tuple[Any, ...], a: Axes, where: str, ranges: dict[str, Any], values: dict[str, Any]) -> Opaque:
    letters = f"N,C,{a('{L}')}"
    return opaque(
        "interpolate",
        "interpolate",
        f"Y[n,c,{a('{i}')}] = X[n,c,{a('{t}')}]{where}",
        {"X": letters},
        ranges=ranges,
        values=dict(zip(letters.split(","), shape, strict=True)) | values,
    )
