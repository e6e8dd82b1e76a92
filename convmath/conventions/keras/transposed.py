"""``keras.layers.Conv1DTranspose`` to ``Conv3DTranspose``: Keras asks TensorFlow for a size of its own.

``output_padding=None`` is not 0: Keras has one rule for a size that nobody asked for, and another for one that is
padded. Along an axis where a window spans an even number of places, and "same", a padding of 0 asks for a size
of which the forward convolution does not make the input's: ``compute_output_shape`` gives a number and the call fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, rejected
from convmath.conventions.keras.layer import NAME, layer
from convmath.conventions.keras.rules import (
    channels_first,
    check_bias,
    check_linear,
    check_positive,
    check_strides,
    numbers,
    windows_of,
    word,
)
from convmath.conventions.tensorflow.layout import Laid
from convmath.conventions.tensorflow.rules import by_kernels, padded
from convmath.conventions.tensorflow.transposed import placed
from convmath.conventions.translation import Layer, Translation
from convmath.conventions.windows import Window
from convmath.errors import UnsupportedError


def conv_transpose(
    rank: int,
    filters: int,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    output_padding: Any = None,
    data_format: Any = None,
    dilation_rate: Any = 1,
    activation: Any = None,
    use_bias: bool = True,
) -> Layer:
    """``keras.layers.Conv1DTranspose`` to ``Conv3DTranspose``; the channels of the input are those that it has."""
    name = f"Conv{rank}DTranspose"
    kernels, steps = numbers(name, "kernel_size", kernel_size, rank), numbers(name, "strides", strides, rank)
    rates = numbers(name, "dilation_rate", dilation_rate, rank)
    padding = word(name, padding)
    extra = None if output_padding is None else numbers(name, "output_padding", output_padding, rank, 0)
    first = channels_first(name, data_format)
    check_linear(name, activation)
    check_positive(name, "filters", filters)
    _check_extra(name, extra, steps)
    check_strides(name, steps, rates)
    windows = windows_of(kernels, steps, rates)

    def promised(where: Laid) -> Shape:
        return where.output(filters, asked(windows, padding, extra, where))

    def call(where: Laid) -> Translation:
        if not where.channels:
            raise UnsupportedError(f"{NAME}: {name} without channels is no operator of convmath")
        wanted, rule = asked(windows, padding, extra, where), padding.upper()
        check_bias(name, where, filters, wanted, bias=use_bias)
        pads = padded(windows, rule, [max(size, 0) for size in wanted])
        return by_kernels(placed(NAME, name, where, filters, pads, rule, wanted, bias=bool(use_bias)), where)

    return layer(name, rank, first, call, promised)


def conv3d_transpose(
    filters: int,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    output_padding: Any = None,
    dilation_rate: Any = 1,
    activation: Any = None,
    use_bias: bool = True,
) -> Layer:
    """``keras.layers.Conv3DTranspose``, in which two arguments have changed places."""
    more = (output_padding, data_format, dilation_rate, activation, use_bias)
    return conv_transpose(3, filters, kernel_size, strides, padding, *more)


def asked(windows: Sequence[Window], padding: str, extra: Numbers | None, where: Laid) -> Numbers:
    """The sizes that Keras asks TensorFlow for; nothing bounds them below.

    Without output_padding each place of the input gets a stride of places, and "valid" what a window spans
    beyond. With it, "same" crops half of what a window spans at each end.
    """
    found = []
    for axis, (window, size) in enumerate(zip(windows, where.sizes, strict=True)):
        span = window.spanned(1)
        if extra is None:
            step = Window(window.stride if padding == "same" else max(span, window.stride), window.stride)
            found.append(step.spanned(size))
        else:
            cropped = 2 * (span // 2) if padding == "same" else 0
            found.append(window.spanned(size) - cropped + extra[axis])
    return tuple(found)


def _check_extra(name: str, extra: Numbers | None, strides: Numbers) -> None:
    if extra is not None and any(a >= s for a, s in zip(extra, strides, strict=True)):
        why = "`output_padding` must be strictly less than `strides` for all dimensions: "
        why += f"output_padding={extra}, strides={strides}"
        raise rejected(NAME, name, why, "Leave it out, or use a larger stride.", "init")
