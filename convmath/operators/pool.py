"""Pooling: the maximum or the mean of a window, channel by channel."""

from __future__ import annotations

from typing import Any, Literal

from convmath.errors import DefinitionError
from convmath.operators.axes import Axes
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.operator import Operator


def _check_padding(name: str, a: Axes) -> None:
    """PyTorch's rule, where there are numbers."""
    for axis in a.axes:
        for letter in (axis.before, axis.after):
            padding, kernel = a.values[letter], a.values[axis.kernel]
            if isinstance(padding, int) and isinstance(kernel, int) and 2 * padding > kernel > 0:
                raise DefinitionError(
                    f"{name}: padding is {padding}; it must be at most half of kernel_size ({kernel}), as in PyTorch. "
                    f"Use padding ≤ {kernel // 2} or kernel_size ≥ {2 * padding}."
                )


def _pool(
    kind: Literal["max", "avg"], rank: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any = 1
) -> Operator:
    name = f"{kind}_pool{rank}d"
    step = kernel_size if stride is None else stride
    a = Axes(name, rank, kernel=kernel_size, stride=step, padding=padding, dilation=dilation)
    places = a("{s}*{i}+{d}*{u}-{p}") if kind == "max" else a("{s}*{i}+{u}-{p}")
    _check_padding(name, a)
    return declare(
        name,
        f"Y[n,c,{a('{i}')}] = X[n,c,{places}]",
        {"X": f"N,C,{a('{L}')}"},
        {"X": f"0,0,{a('({p},{q})')}"},
        reduce="max" if kind == "max" else "mean",
        ranges={axis.tap: axis.kernel for axis in a.axes},
        values=a.values,
    )


@remembered
def max_pool1d(kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1) -> Operator:
    """The maximum of each window of X (N, C, L); padding counts as −∞.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("max", 1, kernel_size, stride, padding, dilation)


@remembered
def max_pool2d(kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1) -> Operator:
    """The maximum of each window of X (N, C, H, W); padding counts as −∞.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("max", 2, kernel_size, stride, padding, dilation)


@remembered
def max_pool3d(kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1) -> Operator:
    """The maximum of each window of X (N, C, D, H, W); padding counts as −∞.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("max", 3, kernel_size, stride, padding, dilation)


@remembered
def avg_pool1d(kernel_size: Any, stride: Any = None, padding: Any = 0) -> Operator:
    """The mean of each window of X (N, C, L); padding counts as 0 and is counted (count_include_pad=True).

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("avg", 1, kernel_size, stride, padding)


@remembered
def avg_pool2d(kernel_size: Any, stride: Any = None, padding: Any = 0) -> Operator:
    """The mean of each window of X (N, C, H, W); padding counts as 0 and is counted (count_include_pad=True).

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("avg", 2, kernel_size, stride, padding)


@remembered
def avg_pool3d(kernel_size: Any, stride: Any = None, padding: Any = 0) -> Operator:
    """The mean of each window of X (N, C, D, H, W); padding counts as 0 and is counted (count_include_pad=True).

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("avg", 3, kernel_size, stride, padding)
