"""Nearest-neighbour up- and down-sampling, by a factor or to a size.

By a factor f, place f·i + a repeats place i. To a size o, place i reads place t = ⌊i·H/o⌋, which two
inequalities say: o·t ≤ H·i ≤ o·t + o − 1.
"""

from __future__ import annotations

from numbers import Integral
from typing import Any

from convmath.errors import DefinitionError, UnsupportedError
from convmath.operators.axes import Axes, positive, spread
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.operator import Operator

OFFSETS = ("a", "b", "e")


def _nearest(rank: int, size: Any, scale_factor: Any) -> Operator:
    name = f"upsample_nearest{rank}d"
    if (size is None) == (scale_factor is None):
        raise DefinitionError(f"{name}: only one of size or scale_factor should be defined; give one of the two")
    if size is not None:
        return _to_size(name, rank, size)
    return _by_factor(name, rank, scale_factor)


def _by_factor(name: str, rank: int, scale_factor: Any) -> Operator:
    a = Axes(name, rank)
    factors = [_whole(name, item) for item in spread(scale_factor, rank, f"{name}: scale_factor")]
    same = all(item is factors[0] or item == factors[0] for item in factors)
    letters = ["f" if same else f"f_{axis.size}" for axis in a.axes]
    offsets = OFFSETS[:rank]
    left = ",".join(f"{f}*{axis.out}+{at}" for f, axis, at in zip(letters, a.axes, offsets, strict=True))
    return declare(
        name,
        f"Y[n,c,{left}] = X[n,c,{a('{i}')}]",
        {"X": f"N,C,{a('{L}')}"},
        {},
        ranges=dict(zip(offsets, letters, strict=True)),
        values=dict(zip(letters, factors, strict=True)),
    )


def _whole(name: str, factor: Any) -> Any:
    """A factor that repeats places: a number ≥ 1 or a letter."""
    if isinstance(factor, float) and factor.is_integer():
        factor = int(factor)
    if isinstance(factor, float) or (hasattr(factor, "denominator") and not isinstance(factor, Integral)):
        raise UnsupportedError(
            f"{name}: scale_factor is {factor}; only whole factors are written as an index sum, since the places that "
            "others read depend on how a framework rounds. Give size instead."
        )
    return positive(name, "scale_factor", factor)


def _to_size(name: str, rank: int, size: Any) -> Operator:
    a = Axes(name, rank)
    sizes = [positive(name, "size", item) for item in spread(size, rank, f"{name}: size")]
    letters = [f"o_{axis.size}" for axis in a.axes]
    near = ", ".join(
        f"{o}*{axis.place}<={axis.size}*{axis.out}, {axis.size}*{axis.out}<={o}*{axis.place}+{o}-1"
        for o, axis in zip(letters, a.axes, strict=True)
    )
    return declare(
        name,
        f"Y[n,c,{a('{i}')}] = X[n,c,{a('{t}')}] where {near}",
        {"X": f"N,C,{a('{L}')}"},
        {},
        ranges={axis.out: o for o, axis in zip(letters, a.axes, strict=True)},
        values=dict(zip(letters, sizes, strict=True)),
    )


@remembered
def upsample_nearest1d(size: Any = None, scale_factor: Any = None) -> Operator:
    """Each place of the output reads the nearest of X (N, C, L) before it, at ⌊i·L/size⌋.

    Args:
        size: the length of the output; or
        scale_factor: how often each place is repeated, an integer.

    Raises:
        DefinitionError: both are given, or none.
        UnsupportedError: scale_factor is no integer.
    """
    return _nearest(1, size, scale_factor)


@remembered
def upsample_nearest2d(size: Any = None, scale_factor: Any = None) -> Operator:
    """Each place of the output reads the nearest of X (N, C, H, W) before it, at ⌊i·H/size⌋ along H.

    Args:
        size: height and width of the output, one or both; or
        scale_factor: how often each place is repeated, an integer, or one along each axis.

    Raises:
        DefinitionError: both are given, or none.
        UnsupportedError: scale_factor is no integer.
    """
    return _nearest(2, size, scale_factor)


@remembered
def upsample_nearest3d(size: Any = None, scale_factor: Any = None) -> Operator:
    """Each place of the output reads the nearest of X (N, C, D, H, W) before it, at ⌊i·D/size⌋ along D.

    Args:
        size: depth, height and width of the output, one or all; or
        scale_factor: how often each place is repeated, an integer, or one along each axis.

    Raises:
        DefinitionError: both are given, or none.
        UnsupportedError: scale_factor is no integer.
    """
    return _nearest(3, size, scale_factor)
