"""Convolutions of rank 1, 2 and 3: a formula and its arguments.

Layouts are PyTorch's: X is (N, C, spatial…), the weight (O, C/groups, kernel…). Cross-correlation, as
every framework computes it.
"""

from __future__ import annotations

from typing import Any

from convmath.operators.axes import Axes, check_flag
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.modes import check_mode
from convmath.operators.operator import Operator

GROUP = {"x": "(C/g)*m+c", "y": "(O/g)*m+o", "c": "C/g", "o": "O/g"}
PLAIN = {"x": "c", "y": "o", "c": "C", "o": "O"}


def grouped(groups: Any) -> tuple[dict[str, str], dict[str, str]]:
    """How channels are numbered, and the ranges of their indices: group m has its own c and o."""
    plain = type(groups) is int and groups == 1
    return (PLAIN, {}) if plain else (GROUP, {"m": "g", "c": "C/g", "o": "O/g"})


def _conv(
    rank: int,
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
    bias: bool = True,
    padding_mode: str = "zeros",
) -> Operator:
    name = f"conv{rank}d"
    a = Axes(name, rank, words=True, kernel=kernel_size, stride=stride, padding=padding, dilation=dilation)
    check_flag(name, "bias", bias)
    check_mode(name, padding_mode)
    ch, ranges = grouped(groups)
    product = f"W[{ch['y']},c,{a('{u}')}] * X[n,{ch['x']},{a('{s}*{i}+{d}*{u}-{p}')}]"
    shapes = {"X": f"N,C,{a('{L}')}", "W": f"O,{ch['c']},{a('{k}')}"} | ({"b": "O"} if bias else {})
    return declare(
        name,
        f"Y[n,{ch['y']},{a('{i}')}] = " + (f"b[{ch['y']}] + " if bias else "") + product,
        shapes,
        {"X": f"0,0,{a('({p},{q})')}"},
        ranges=ranges,
        values={"C": in_channels, "O": out_channels, "g": groups, **a.values},
        modes={"X": padding_mode},
    )


@remembered
def conv1d(
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
    bias: bool = True,
    padding_mode: str = "zeros",
) -> Operator:
    """A 1-d convolution of X (N, in_channels, L) with a weight (out_channels, in_channels/groups, kernel…).

    Each argument is an integer, a letter or a SymPy expression; kernel_size, stride, padding and
    dilation also one for each axis, and padding a pair (before, after) for an axis, or the word "same"
    (stride 1 only: the output is as long as the input) or "valid" (none). padding_mode says what stands in
    the padding: "zeros", or X itself again, "reflect" (mirrored at its border), "replicate" or "circular".

    Raises:
        DefinitionError: an argument is out of range, or groups does not divide the channels.
    """
    return _conv(1, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode)


@remembered
def conv2d(
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
    bias: bool = True,
    padding_mode: str = "zeros",
) -> Operator:
    """A 2-d convolution of X (N, in_channels, H, W) with a weight (out_channels, in_channels/groups, kernel…).

    Each argument is an integer, a letter or a SymPy expression; kernel_size, stride, padding and
    dilation also one for each axis, and padding a pair (before, after) for an axis, or the word "same"
    (stride 1 only: the output is as long as the input) or "valid" (none). padding_mode says what stands in
    the padding: "zeros", or X itself again, "reflect" (mirrored at its border), "replicate" or "circular".

    Raises:
        DefinitionError: an argument is out of range, or groups does not divide the channels.
    """
    return _conv(2, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode)


@remembered
def conv3d(
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
    bias: bool = True,
    padding_mode: str = "zeros",
) -> Operator:
    """A 3-d convolution of X (N, in_channels, D, H, W) with a weight (out_channels, in_channels/groups, kernel…).

    Each argument is an integer, a letter or a SymPy expression; kernel_size, stride, padding and
    dilation also one for each axis, and padding a pair (before, after) for an axis, or the word "same"
    (stride 1 only: the output is as long as the input) or "valid" (none). padding_mode says what stands in
    the padding: "zeros", or X itself again, "reflect" (mirrored at its border), "replicate" or "circular".

    Raises:
        DefinitionError: an argument is out of range, or groups does not divide the channels.
    """
    return _conv(3, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode)
