"""Transposed convolutions of rank 1, 2 and 3: every product is added into its place.

Layouts are PyTorch's: X is (N, C, spatial…), the weight (C, O/groups, kernel…).
"""

from __future__ import annotations

from typing import Any

from convmath.errors import DefinitionError
from convmath.operators.axes import Axes, check_flag
from convmath.operators.call import remembered
from convmath.operators.conv import grouped
from convmath.operators.declare import declare
from convmath.operators.operator import Operator


def _check_output_padding(name: str, a: Axes) -> None:
    """PyTorch's rule, where there are numbers: more would add places that no stride leaves over."""
    for axis in a.axes:
        extra, stride, dilation = (a.values[letter] for letter in (axis.extra, axis.stride, axis.dilation))
        if all(isinstance(value, int) for value in (extra, stride, dilation)) and extra >= max(stride, dilation) > 0:
            raise DefinitionError(
                f"{name}: output_padding is {extra}; it must be smaller than the stride ({stride}) or the dilation "
                f"({dilation}). Use output_padding ≤ {max(stride, dilation) - 1}."
            )


def _conv_transpose(
    rank: int,
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Any = 1,
    bias: bool = True,
    dilation: Any = 1,
) -> Operator:
    name = f"conv_transpose{rank}d"
    a = Axes(
        name,
        rank,
        kernel=kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        extra=output_padding,
    )
    _check_output_padding(name, a)
    check_flag(name, "bias", bias)
    ch, ranges = grouped(groups)
    # with d as a letter no closed form of the receptive field is known, so an undilated operator is written without it
    tap = "{u}" if dilation == 1 and not isinstance(dilation, bool) else "{d}*{u}"
    places = ", ".join(a("{t}={s}*{i}+" + tap + "-{p}").split(","))
    product = f"W[{ch['x']},o,{a('{u}')}] * X[n,{ch['x']},{a('{i}')}] where {places}"
    shapes = {"X": f"N,C,{a('{L}')}", "W": f"C,{ch['o']},{a('{k}')}"} | ({"b": "O"} if bias else {})
    return declare(
        name,
        f"Y[n,{ch['y']},{a('{t}')}] = " + (f"b[{ch['y']}] + " if bias else "") + product,
        shapes,
        {"Y": f"0,0,{a('({p},{q}-{a})')}"},
        ranges=ranges,
        values={"C": in_channels, "O": out_channels, "g": groups, **a.values},
    )


@remembered
def conv_transpose1d(
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Any = 1,
    bias: bool = True,
    dilation: Any = 1,
) -> Operator:
    """A 1-d transposed convolution of X (N, in_channels, L): every product is added into its place.

    The weight is (in_channels, out_channels/groups, kernel…). padding crops so many places at both ends of the
    output, and output_padding gives back so many at its end.

    Raises:
        DefinitionError: an argument is out of range, or groups does not divide the channels.
    """
    return _conv_transpose(
        1, in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation
    )


@remembered
def conv_transpose2d(
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Any = 1,
    bias: bool = True,
    dilation: Any = 1,
) -> Operator:
    """A 2-d transposed convolution of X (N, in_channels, H, W): every product is added into its place.

    The weight is (in_channels, out_channels/groups, kernel…). padding crops so many places at both ends of the
    output, and output_padding gives back so many at its end.

    Raises:
        DefinitionError: an argument is out of range, or groups does not divide the channels.
    """
    return _conv_transpose(
        2, in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation
    )


@remembered
def conv_transpose3d(
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Any = 1,
    bias: bool = True,
    dilation: Any = 1,
) -> Operator:
    """A 3-d transposed convolution of X (N, in_channels, D, H, W): every product is added into its place.

    The weight is (in_channels, out_channels/groups, kernel…). padding crops so many places at both ends of the
    output, and output_padding gives back so many at its end.

    Raises:
        DefinitionError: an argument is out of range, or groups does not divide the channels.
    """
    return _conv_transpose(
        3, in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation
    )
