"""Pooling: the maximum or the mean of a window, channel by channel."""

from __future__ import annotations

from typing import Any, Literal

from convmath.errors import DefinitionError
from convmath.operators.axes import Axes, check_flag
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


def _pool(kind: Literal["max", "avg"], rank: int, dilation: Any = 1, divisor: Any = None, **options: Any) -> Operator:
    name = f"{kind}_pool{rank}d"
    kernel, stride, ceil = options["kernel_size"], options["stride"], options["ceil_mode"]
    step = kernel if stride is None else stride
    a = Axes(name, rank, kernel=kernel, stride=step, padding=options["padding"], dilation=dilation)
    _check_padding(name, a)
    check_flag(name, "ceil_mode", ceil)
    place = "{s}*{i}+{d}*{u}-{p}" if kind == "max" else "{s}*{i}+{u}-{p}"
    inside = ["{s}*{i}<={L}+{p}-1"] if ceil else []  # the last window starts inside the input or before it
    if kind == "avg" and divisor is None and not options["counted"]:
        inside += ["{p}<={s}*{i}+{u}", "{s}*{i}+{u}<={L}+{p}-1"]
    elif kind == "avg" and divisor is None and ceil:
        inside += ["{s}*{i}+{u}<={L}+{p}+{q}-1"]
    where = " where " + ",".join(map(a, inside)) if inside else ""
    negative = isinstance(divisor, int) and divisor < 0  # PyTorch takes it: the mean with the other sign
    scale = "" if divisor is None else "-1/r*" if negative else "1/r*"
    return declare(
        name,
        f"Y[n,c,{a('{i}')}] = {scale}X[n,c,{a(place)}]{where}",
        {"X": f"N,C,{a('{L}')}"},
        {"X": f"0,0,{a('({p},{q}+{s}-1)' if ceil else '({p},{q})')}"},
        reduce="max" if kind == "max" else "mean" if divisor is None else "sum",
        ranges={axis.tap: axis.kernel for axis in a.axes},
        values={**a.values, "r": -divisor if negative else divisor} if divisor is not None else a.values,
    )


@remembered
def max_pool1d(
    kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Operator:
    """The maximum of each window of X (N, C, L); padding counts as −∞.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel,
    and with ceil_mode a window may run over the end as long as it starts inside the input or before it.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("max", 1, dilation, kernel_size=kernel_size, stride=stride, padding=padding, ceil_mode=ceil_mode)


@remembered
def max_pool2d(
    kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Operator:
    """The maximum of each window of X (N, C, H, W); padding counts as −∞.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel,
    and with ceil_mode a window may run over the end as long as it starts inside the input or before it.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("max", 2, dilation, kernel_size=kernel_size, stride=stride, padding=padding, ceil_mode=ceil_mode)


@remembered
def max_pool3d(
    kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Operator:
    """The maximum of each window of X (N, C, D, H, W); padding counts as −∞.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel,
    and with ceil_mode a window may run over the end as long as it starts inside the input or before it.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _pool("max", 3, dilation, kernel_size=kernel_size, stride=stride, padding=padding, ceil_mode=ceil_mode)


@remembered
def avg_pool1d(
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Operator:
    """The mean of each window of X (N, C, L); padding counts as 0.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel;
    with ceil_mode a window may run over the end as long as it starts inside the input or before it, and
    what lies beyond the padding is not counted; without count_include_pad the padding is not counted either.

    Raises:
        DefinitionError: an argument is out of range.
    """
    check_flag("avg_pool1d", "count_include_pad", count_include_pad)
    sizes = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    return _pool("avg", 1, counted=count_include_pad, ceil_mode=ceil_mode, **sizes)


@remembered
def avg_pool2d(
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Operator:
    """The mean of each window of X (N, C, H, W); padding counts as 0.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel;
    with ceil_mode a window may run over the end as long as it starts inside the input or before it, and
    what lies beyond the padding is not counted; without count_include_pad the padding is not counted either.
    divisor_override divides every sum by one number instead.

    Raises:
        DefinitionError: an argument is out of range.
    """
    check_flag("avg_pool2d", "count_include_pad", count_include_pad)
    sizes = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    return _pool("avg", 2, divisor=divisor_override, counted=count_include_pad, ceil_mode=ceil_mode, **sizes)


@remembered
def avg_pool3d(
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Operator:
    """The mean of each window of X (N, C, D, H, W); padding counts as 0.

    The stride is the kernel size where none is given. As in PyTorch, padding is at most half the kernel;
    with ceil_mode a window may run over the end as long as it starts inside the input or before it, and
    what lies beyond the padding is not counted; without count_include_pad the padding is not counted either.
    divisor_override divides every sum by one number instead.

    Raises:
        DefinitionError: an argument is out of range.
    """
    check_flag("avg_pool3d", "count_include_pad", count_include_pad)
    sizes = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    return _pool("avg", 3, divisor=divisor_override, counted=count_include_pad, ceil_mode=ceil_mode, **sizes)
