"""Pooling that shares an axis out: adaptive pooling into o windows, and global pooling into one.

Window i of an axis of H places holds the places t with ⌊i·H/o⌋ ≤ t < ⌈(i + 1)·H/o⌉. Without rounding that is
H·i ≤ o·t + o − 1 and o·t ≤ H·i + H − 1, and so it stands in the formula: the two roundings are derived.
"""

from __future__ import annotations

from typing import Any, Literal

from convmath.operators.axes import Axes
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.operator import Operator

Word = Literal["max", "mean"]


def _adaptive(kind: Word, rank: int, output_size: Any) -> Operator:
    name = f"adaptive_{'avg' if kind == 'mean' else kind}_pool{rank}d"
    a = Axes(name, rank, count=output_size)
    shared = [axis for axis in a.axes if a.values[axis.count] is not None]
    places = ",".join(axis.place if axis in shared else axis.out for axis in a.axes)
    windows = "{L}*{i} <= {o}*{t} + {o} - 1, {o}*{t} <= {L}*{i} + {L} - 1"
    where = ", ".join(windows.format(L=x.size, i=x.out, o=x.count, t=x.place) for x in shared)
    return declare(
        name,
        f"Y[n,c,{a('{i}')}] = X[n,c,{places}]" + (f" where {where}" if where else ""),
        {"X": f"N,C,{a('{L}')}"},
        {},
        reduce=kind if shared else "sum",
        ranges={axis.out: axis.count for axis in shared},
        values={letter: value for letter, value in a.values.items() if value is not None},
    )


def _global(kind: Word, rank: int) -> Operator:
    name = f"global_{'avg' if kind == 'mean' else kind}_pool{rank}d"
    a = Axes(name, rank)
    return declare(
        name,
        f"Y[n,c,{a('{i}')}] = X[n,c,{a('{t}')}]",
        {"X": f"N,C,{a('{L}')}"},
        {},
        reduce=kind,
        ranges={axis.out: 1 for axis in a.axes},
    )


@remembered
def adaptive_avg_pool1d(output_size: Any) -> Operator:
    """The mean of each of output_size windows that share out every spatial axis of X (N, C, L).

    One size, or one an axis; None keeps an axis as it is. Cut an axis into output_size equal parts: window i is
    every place that the i-th part touches, and the two inequalities say this in integers. So windows may overlap
    and differ in length, and there may be more of them than places.

    Raises:
        DefinitionError: output_size is no integer ≥ 1 (PyTorch also takes 0, and gives an empty tensor).
    """
    return _adaptive("mean", 1, output_size)


@remembered
def adaptive_avg_pool2d(output_size: Any) -> Operator:
    """The mean of each of output_size windows that share out every spatial axis of X (N, C, H, W).

    One size, or one an axis; None keeps an axis as it is. Cut an axis into output_size equal parts: window i is
    every place that the i-th part touches, and the two inequalities say this in integers. So windows may overlap
    and differ in length, and there may be more of them than places.

    Raises:
        DefinitionError: output_size is no integer ≥ 1 (PyTorch also takes 0, and gives an empty tensor).
    """
    return _adaptive("mean", 2, output_size)


@remembered
def adaptive_avg_pool3d(output_size: Any) -> Operator:
    """The mean of each of output_size windows that share out every spatial axis of X (N, C, D, H, W).

    One size, or one an axis; None keeps an axis as it is. Cut an axis into output_size equal parts: window i is
    every place that the i-th part touches, and the two inequalities say this in integers. So windows may overlap
    and differ in length, and there may be more of them than places.

    Raises:
        DefinitionError: output_size is no integer ≥ 1 (PyTorch also takes 0, and gives an empty tensor).
    """
    return _adaptive("mean", 3, output_size)


@remembered
def adaptive_max_pool1d(output_size: Any) -> Operator:
    """The maximum of each of output_size windows that share out every spatial axis of X (N, C, L).

    One size, or one an axis; None keeps an axis as it is. Cut an axis into output_size equal parts: window i is
    every place that the i-th part touches, and the two inequalities say this in integers. So windows may overlap
    and differ in length, and there may be more of them than places.

    Raises:
        DefinitionError: output_size is no integer ≥ 1 (PyTorch also takes 0, and gives an empty tensor).
    """
    return _adaptive("max", 1, output_size)


@remembered
def adaptive_max_pool2d(output_size: Any) -> Operator:
    """The maximum of each of output_size windows that share out every spatial axis of X (N, C, H, W).

    One size, or one an axis; None keeps an axis as it is. Cut an axis into output_size equal parts: window i is
    every place that the i-th part touches, and the two inequalities say this in integers. So windows may overlap
    and differ in length, and there may be more of them than places.

    Raises:
        DefinitionError: output_size is no integer ≥ 1 (PyTorch also takes 0, and gives an empty tensor).
    """
    return _adaptive("max", 2, output_size)


@remembered
def adaptive_max_pool3d(output_size: Any) -> Operator:
    """The maximum of each of output_size windows that share out every spatial axis of X (N, C, D, H, W).

    One size, or one an axis; None keeps an axis as it is. Cut an axis into output_size equal parts: window i is
    every place that the i-th part touches, and the two inequalities say this in integers. So windows may overlap
    and differ in length, and there may be more of them than places.

    Raises:
        DefinitionError: output_size is no integer ≥ 1 (PyTorch also takes 0, and gives an empty tensor).
    """
    return _adaptive("max", 3, output_size)


@remembered
def global_avg_pool1d() -> Operator:
    """The mean of each channel of X (N, C, L): the spatial axes of the output have size 1."""
    return _global("mean", 1)


@remembered
def global_avg_pool2d() -> Operator:
    """The mean of each channel of X (N, C, H, W): the spatial axes of the output have size 1."""
    return _global("mean", 2)


@remembered
def global_avg_pool3d() -> Operator:
    """The mean of each channel of X (N, C, D, H, W): the spatial axes of the output have size 1."""
    return _global("mean", 3)


@remembered
def global_max_pool1d() -> Operator:
    """The maximum of each channel of X (N, C, L): the spatial axes of the output have size 1."""
    return _global("max", 1)


@remembered
def global_max_pool2d() -> Operator:
    """The maximum of each channel of X (N, C, H, W): the spatial axes of the output have size 1."""
    return _global("max", 2)


@remembered
def global_max_pool3d() -> Operator:
    """The maximum of each channel of X (N, C, D, H, W): the spatial axes of the output have size 1."""
    return _global("max", 3)
