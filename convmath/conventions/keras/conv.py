"""``keras.layers.Conv1D`` to ``Conv3D``, ``DepthwiseConv1D`` and ``DepthwiseConv2D``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.keras.layer import NAME, layer
from convmath.conventions.keras.rules import (
    channels_first,
    check_bias,
    check_linear,
    check_positive,
    check_strides,
    numbers,
    said,
    windows_of,
    word,
)
from convmath.conventions.tensorflow.conv import conv_arguments
from convmath.conventions.tensorflow.layout import Laid
from convmath.conventions.tensorflow.rules import by_kernels, by_starts, counted, remarks
from convmath.conventions.translation import Layer, Translation
from convmath.conventions.windows import Window
from convmath.errors import UnsupportedError


def conv(
    rank: int,
    filters: int,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
    groups: int = 1,
    activation: Any = None,
    use_bias: bool = True,
) -> Layer:
    """``keras.layers.Conv1D`` to ``Conv3D``; the channels of the input are those that it has."""
    name = f"Conv{rank}D"
    kernels, steps = numbers(name, "kernel_size", kernel_size, rank), numbers(name, "strides", strides, rank)
    rates = numbers(name, "dilation_rate", dilation_rate, rank)
    padding, first = word(name, padding, causal=rank == 1), channels_first(name, data_format)
    check_linear(name, activation)
    check_positive(name, "filters", filters)
    check_positive(name, "groups", groups)
    if filters % groups:
        why = "the number of filters must be evenly divisible by the number of groups: "
        raise rejected(NAME, name, why + f"groups={groups}, filters={filters}", at="init")
    check_strides(name, steps, rates)
    windows = windows_of(kernels, steps, rates)

    def promised(where: Laid) -> Shape:
        return where.output(filters, said(name, windows, padding, where))

    def call(where: Laid) -> Translation:
        if where.channels % groups:
            why = "the number of input channels must be evenly divisible by the number of groups: "
            raise rejected(NAME, name, why + f"groups={groups}, channels={where.channels}")
        promised(where)
        return _convolved(name, windows, padding, where, (filters, groups, use_bias))

    return layer(name, rank, first, call, promised)


def depthwise(
    rank: int,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    depth_multiplier: int = 1,
    data_format: Any = None,
    dilation_rate: Any = 1,
    activation: Any = None,
    use_bias: bool = True,
) -> Layer:
    """``keras.layers.DepthwiseConv1D`` and ``DepthwiseConv2D``: depth_multiplier outputs of each channel."""
    name = f"DepthwiseConv{rank}D"
    kernels, steps = numbers(name, "kernel_size", kernel_size, rank), numbers(name, "strides", strides, rank)
    rates = numbers(name, "dilation_rate", dilation_rate, rank)
    padding, first = word(name, padding), channels_first(name, data_format)
    check_linear(name, activation)
    check_positive(name, "depth_multiplier", depth_multiplier)
    windows = windows_of(kernels, steps, rates)
    both = max(steps) > 1 and max(rates) > 1  # then Keras convolves with stride 1, and takes every stride-th place

    def promised(where: Laid) -> Shape:
        return where.output(where.channels * depth_multiplier, said(name, windows, padding, where))

    def call(where: Laid) -> Translation:
        promised(where)
        if len(set(steps)) > 1 and not both:
            why = f"strides is {steps}: only equal strides are supported in the row and column dimensions"
            raise rejected(NAME, name, why, "Use equal strides.")
        if both and not all(where.sizes):
            raise UnsupportedError(f"{NAME}: {name} of an empty input, with strides and dilation")
        outputs = where.channels * depth_multiplier
        return _translated(name, _same(windows, padding, where), padding, where, (outputs, where.channels, use_bias))

    return layer(name, rank, first, call, promised)


def _convolved(
    name: str, windows: Sequence[Window], padding: str, where: Laid, weight: tuple[int, int, bool]
) -> Translation:
    """A convolution as Keras has TensorFlow compute it: with groups, and in 3-d with channels first, compiled."""
    rank, (filters, groups, _) = len(windows), weight
    compiled = groups > 1 or (rank == 3 and where.first)
    dilated = any(window.dilation > 1 for window in windows)
    if padding == "causal":
        windows = [replace(w, before=w.spanned(1) - 1) for w in windows]
        longer = all(size + w.before for w, size in zip(windows, where.sizes, strict=True)) and all(where.lead)
    else:
        windows, longer = _same(windows, padding, where), False
    if compiled and not all(where.sizes) and (dilated or padding == "causal"):
        why = "the input is empty and the convolution is compiled: negative dimension size"
        raise rejected(NAME, name, why, "Use no groups, or an input that is not empty.")
    if longer and not all(where.sizes):
        why = f"the convolution operation resulted in an empty output: {where.output(filters, where.sizes)}"
        raise rejected(NAME, name, why, "The padded input is not empty, but no window fits into it.")
    found = _translated(name, windows, padding, where, weight)
    return found if compiled else by_kernels(by_starts(found, windows, padding.upper(), where), where)


def _same(windows: Sequence[Window], padding: str, where: Laid) -> list[Window]:
    if padding == "valid":
        return list(windows)
    return [window.same(size) for window, size in zip(windows, where.sizes, strict=True)]


def _translated(
    name: str, windows: Sequence[Window], padding: str, where: Laid, weight: tuple[int, int, bool]
) -> Translation:
    outputs, groups, bias = weight
    if not where.channels:
        raise UnsupportedError(f"{NAME}: {name} without channels is no operator of convmath")
    rank, rule = len(windows), "SAME" if padding == "same" else "VALID"
    sizes = counted(NAME, name, windows, rule, where.sizes)
    check_bias(name, where, outputs, sizes, bias=bias)
    arguments = conv_arguments(list(windows), where.channels, outputs, groups, bias=bool(bias))
    notes = remarks(windows, rule, where.sizes, sizes)
    return Translation(NAME, f"conv{rank}d", arguments, where.shape, where.output(outputs, sizes), notes)
