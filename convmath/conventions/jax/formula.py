"""Index definitions of what JAX computes and no ready-made operator is: dilated inputs, crops, taps not turned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from convmath.conventions.arguments import Numbers
from convmath.conventions.jax.pieces import Piece, adds, pieces
from convmath.conventions.windows import Window
from convmath.operators.declare import define
from convmath.operators.operator import Operator

Pooled = Literal["max", "sum", "mean"]


def convolution(
    name: str,
    windows: Sequence[Window],
    holes: Numbers,
    channels: tuple[int, int],
    groups: int = 1,
    batch_groups: int = 1,
    bias: bool = False,
    turned: bool = False,
) -> Operator:
    """Y from X (N, C, spatial axes) with W (O, C/groups, kernel axes), the places of X lying ``holes`` apart.

    With ``turned`` W is (C, O, kernel axes) and read from its other end: the weight of a transposed convolution.
    """
    axes, values = pieces(windows, holes, added=True)
    whole = groups == batch_groups == 1
    row, o = ("c", "o") if whole else ("(C/g)*m+c" if groups > 1 else "c", "(O/g)*m+o")
    picture = "n" if batch_groups == 1 else "(N/g)*m+n"
    ranges = {} if whole else {"m": "g", "o": "O/g"}
    ranges |= {"c": "C/g"} if groups > 1 else {"n": "N/g"} if batch_groups > 1 else {}
    ends = adds(windows, holes) != turned
    taps = _comma(f"{axis.kernel}-1-{axis.tap}" if ends else axis.tap for axis in axes)
    ranges |= {axis.tap: axis.kernel for axis in axes} if ends else {}
    weight = f"W[c,o,{taps}]" if turned else f"W[{o},c,{taps}]"
    kernel = ("C,O," if turned else "O,C/g," if groups > 1 else "O,C,") + _comma(axis.kernel for axis in axes)
    reads = _comma(axis.read for axis in axes)
    values |= {"C": channels[0], "O": channels[1]} | ({} if whole else {"g": max(groups, batch_groups)})
    return _defined(
        name,
        f"Y[n,{o},{{outs}}] = " + (f"b[{o}] + " if bias else "") + f"{weight} * X[{picture},{row},{reads}]",
        axes,
        {"W": kernel} | ({"b": "O"} if bias else {}),
        ranges,
        values,
        "sum",
    )


def pool(name: str, reduce: Pooled, windows: Sequence[Window], holes: Numbers, *, padded: bool = True) -> Operator:
    """The maximum, the sum or the mean of each window of X (N, C, spatial axes), whose places lie ``holes`` apart.

    A mean divides by the places of the window, by those inside the input where not ``padded``.
    """
    axes, values = pieces(windows, holes, added=reduce == "sum")
    reads = _comma(axis.read for axis in axes)
    inside = [] if padded else [condition for axis in axes for condition in axis.inside]
    return _defined(
        name,
        f"Y[n,c,{{outs}}] = X[n,c,{reads}]",
        axes,
        {},
        {axis.tap: axis.kernel for axis in axes},
        values,
        reduce,
        inside,
    )


def _defined(
    name: str,
    formula: str,
    axes: Sequence[Piece],
    shapes: dict[str, str],
    ranges: dict[str, str],
    values: dict[str, int],
    reduce: Pooled,
    inside: Iterable[str] = (),
) -> Operator:
    where = [condition for axis in axes for condition in axis.where] + list(inside)
    text = formula.format(outs=_comma(axis.out for axis in axes)) + (f" where {_comma(where)}" if where else "")
    padding = {"X": "0,0," + _comma(axis.pad for axis in axes), "Y": "0,0," + _comma(axis.crop for axis in axes)}
    sizes = {"X": "N,C," + _comma(axis.size for axis in axes), **shapes}
    letters = set(re.findall("[A-Za-z_]+", ",".join((text, *sizes.values(), *padding.values(), *ranges.values()))))
    used = {letter: number for letter, number in values.items() if letter in letters}
    return define(text, sizes, padding, reduce=reduce, ranges=ranges, name=name, values=used)


def _comma(items: Iterable[str]) -> str:
    return ",".join(items)
