"""Linear, bilinear and trilinear resizing to a size, as PyTorch computes them.

Along one axis place i of the output lies at (2·i + 1)·L/(2·o) − 1/2 of the input, between two of its places, and
weighs them by how near they are. That is a mean: cut every place of the input into 2·o equal parts, and take the 2·o
parts from there on. Part x lies in place t where 2·o·t ≤ (2·i + 1)·L − o + x ≤ 2·o·t + 2·o − 1. Before the first
place and after the last the border is repeated. With align_corners the corners lie on the corners, and o − 1 parts do.
"""

from __future__ import annotations

from typing import Any

from convmath.errors import DefinitionError
from convmath.operators.axes import Axes, check_flag, positive, spread
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.operator import Operator

PARTS = ("a", "b", "e")
NAMES = {1: "upsample_linear1d", 2: "upsample_bilinear2d", 3: "upsample_trilinear3d"}


def _blend(rank: int, size: Any, align_corners: bool) -> Operator:
    name = NAMES[rank]
    check_flag(name, "align_corners", align_corners)
    a = Axes(name, rank)
    sizes = [positive(name, "size", item) for item in spread(size, rank, f"{name}: size")]
    if align_corners and any(type(item) is int and item == 1 for item in sizes):
        raise DefinitionError(
            f"{name}: size is {size}; a corner lies on a corner only where there are two: use 2 or more"
        )
    letters = [f"o_{axis.size}" for axis in a.axes]
    parts = [f"({o}-1)" if align_corners else f"2*{o}" for o in letters]
    reads, inside = [], []
    for axis, o, part, x in zip(a.axes, letters, parts, PARTS, strict=False):
        place = f"{axis.out}*({axis.size}-1)+{x}" if align_corners else f"(2*{axis.out}+1)*{axis.size}+{o}+{x}"
        reads.append(axis.place if align_corners else f"{axis.place}-1")
        inside += [f"{part}*{axis.place}<={place}", f"{place}<={part}*{axis.place}+{part}-1"]
    ranges = {axis.out: o for axis, o in zip(a.axes, letters, strict=True)}
    ranges |= dict(zip(PARTS, parts, strict=False))
    ranges |= {axis.place: axis.size if align_corners else f"{axis.size}+2" for axis in a.axes}
    return declare(
        name,
        f"Y[n,c,{a('{i}')}] = 1/({'*'.join(parts)})*X[n,c,{','.join(reads)}] where {', '.join(inside)}",
        {"X": f"N,C,{a('{L}')}"},
        {} if align_corners else {"X": f"0,0,{','.join(['1'] * rank)}"},
        ranges=ranges,
        values=dict(zip(letters, sizes, strict=True)),
        modes={} if align_corners else {"X": "replicate"},
    )


@remembered
def upsample_linear1d(size: Any, align_corners: bool = False) -> Operator:
    """Each place of the output is a weighted mean of the two places of X (N, C, L) that it lies between.

    Args:
        size: the length of the output.
        align_corners: whether the first and the last place lie on those of X.

    Raises:
        DefinitionError: with align_corners, a size of 1.
    """
    return _blend(1, size, align_corners)


@remembered
def upsample_bilinear2d(size: Any, align_corners: bool = False) -> Operator:
    """Each place of the output is a weighted mean of the four places of X (N, C, H, W) that it lies between.

    Args:
        size: height and width of the output, one or both.
        align_corners: whether the first and the last place of an axis lie on those of X.

    Raises:
        DefinitionError: with align_corners, a size of 1.
    """
    return _blend(2, size, align_corners)


@remembered
def upsample_trilinear3d(size: Any, align_corners: bool = False) -> Operator:
    """Each place of the output is a weighted mean of the eight places of X (N, C, D, H, W) that it lies between.

    Args:
        size: depth, height and width of the output, one or all.
        align_corners: whether the first and the last place of an axis lie on those of X.

    Raises:
        DefinitionError: with align_corners, a size of 1.
    """
    return _blend(3, size, align_corners)
