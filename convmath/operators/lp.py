"""Power-mean pooling: the p-th root of the sum of p-th powers, window by window."""

from __future__ import annotations

from typing import Any

from convmath.errors import DefinitionError
from convmath.language.around import NOTHING, Around
from convmath.language.functions import Function, as_number
from convmath.operators.axes import Axes, check_flag
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.operator import Operator


def _around(name: str, norm_type: Any) -> Around:
    """Powers inside, a root outside; p = 1 is the plain sum, which keeps signs, as in PyTorch."""
    power = as_number(norm_type, f"{name}: norm_type", DefinitionError)
    power = int(power) if isinstance(power, float) and power.is_integer() else power
    if power <= 0:
        raise DefinitionError(f"{name}: norm_type is {power}; the sum is raised to 1/norm_type, so it must be > 0")
    return NOTHING if power == 1 else Around(Function("power", (power,)), Function("root", (power,)))


def _lp_pool(rank: int, norm_type: Any, kernel_size: Any, stride: Any, ceil_mode: Any) -> Operator:
    name = f"lp_pool{rank}d"
    a = Axes(name, rank, kernel=kernel_size, stride=kernel_size if stride is None else stride)
    check_flag(name, "ceil_mode", ceil_mode)
    # PyTorch takes the mean of the places inside and multiplies it by the whole window
    scale = "*".join(a("{k}").split(",")) + "*" if ceil_mode else ""
    inside = " where " + ",".join(map(a, ("{s}*{i}<={L}-1", "{s}*{i}+{u}<={L}-1"))) if ceil_mode else ""
    return declare(
        name,
        f"Y[n,c,{a('{i}')}] = {scale}X[n,c,{a('{s}*{i}+{u}')}]{inside}",
        {"X": f"N,C,{a('{L}')}"},
        {"X": f"0,0,{a('(0,{s}-1)')}"} if ceil_mode else {},
        reduce="mean" if ceil_mode else "sum",
        ranges={axis.tap: axis.kernel for axis in a.axes},
        values=a.values,
        around=_around(name, norm_type),
    )


@remembered
def lp_pool1d(norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Operator:
    """(Σ x^p)^(1/p) over each window of X (N, C, L), with p = norm_type.

    The stride is the kernel size where none is given; there is no padding. p = 1 is the sum, signs kept and exact;
    any other p gives float64 for integers, and an odd or broken p has no value where the sum is negative, as in
    PyTorch. With ceil_mode the last window may run over the end; its sum is scaled up by the places that it lacks.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _lp_pool(1, norm_type, kernel_size, stride, ceil_mode)


@remembered
def lp_pool2d(norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Operator:
    """(Σ x^p)^(1/p) over each window of X (N, C, H, W), with p = norm_type.

    The stride is the kernel size where none is given; there is no padding. p = 1 is the sum, signs kept and exact;
    any other p gives float64 for integers, and an odd or broken p has no value where the sum is negative, as in
    PyTorch. With ceil_mode the last window may run over the end; its sum is scaled up by the places that it lacks.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _lp_pool(2, norm_type, kernel_size, stride, ceil_mode)


@remembered
def lp_pool3d(norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Operator:
    """(Σ x^p)^(1/p) over each window of X (N, C, D, H, W), with p = norm_type.

    The stride is the kernel size where none is given; there is no padding. p = 1 is the sum, signs kept and exact;
    any other p gives float64 for integers, and an odd or broken p has no value where the sum is negative, as in
    PyTorch. With ceil_mode the last window may run over the end; its sum is scaled up by the places that it lacks.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _lp_pool(3, norm_type, kernel_size, stride, ceil_mode)
