"""Pooling: the maximum or the mean of a window, channel by channel."""

from __future__ import annotations

from typing import Any, Literal

from convmath.language.tree import Int, Mul, Relation, Sym
from convmath.operators.axes import Axes
from convmath.operators.declare import declare
from convmath.operators.operator import Operator


def _pool(
    kind: Literal["max", "avg"], rank: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any = 1
) -> Operator:
    name = f"{kind}_pool{rank}d"
    step = kernel_size if stride is None else stride
    a = Axes(name, rank, kernel=kernel_size, stride=step, padding=padding, dilation=dilation)
    places = a("{s}*{i}+{d}*{u}-{p}") if kind == "max" else a("{s}*{i}+{u}-{p}")
    half = dict.fromkeys((b, axis.kernel) for axis in a.axes for b in (axis.before, axis.after))
    return declare(
        name,
        f"Y[n,c,{a('{i}')}] = X[n,c,{places}]",
        {"X": f"N,C,{a('{L}')}"},
        {"X": f"0,0,{a('({p},{q})')}"},
        reduce="max" if kind == "max" else "mean",
        ranges={axis.tap: axis.kernel for axis in a.axes},
        values=a.values,
        given=tuple(Relation(Mul((Int(2), Sym(p))), "≤", Sym(k)) for p, k in half),  # as torch, which refuses more
    )


def max_pool1d(kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1) -> Operator:
    """The maximum of each window of X (N, C, L); padding counts as −∞.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("max", 1, kernel_size, stride, padding, dilation)


def max_pool2d(kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1) -> Operator:
    """The maximum of each window of X (N, C, H, W); padding counts as −∞.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("max", 2, kernel_size, stride, padding, dilation)


def max_pool3d(kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1) -> Operator:
    """The maximum of each window of X (N, C, D, H, W); padding counts as −∞.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("max", 3, kernel_size, stride, padding, dilation)


def avg_pool1d(kernel_size: Any, stride: Any = None, padding: Any = 0) -> Operator:
    """The mean of each window of X (N, C, L); padding counts as 0 and is counted (count_include_pad=True).

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("avg", 1, kernel_size, stride, padding)


def avg_pool2d(kernel_size: Any, stride: Any = None, padding: Any = 0) -> Operator:
    """The mean of each window of X (N, C, H, W); padding counts as 0 and is counted (count_include_pad=True).

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("avg", 2, kernel_size, stride, padding)


def avg_pool3d(kernel_size: Any, stride: Any = None, padding: Any = 0) -> Operator:
    """The mean of each window of X (N, C, D, H, W); padding counts as 0 and is counted (count_include_pad=True).

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("avg", 3, kernel_size, stride, padding)
