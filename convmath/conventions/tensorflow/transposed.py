"""``tf.nn.conv1d_transpose`` to ``conv3d_transpose``: the gradient of the convolution that gives the input's size.

The output's size is given. It fits if the forward convolution makes the input's size of it, and what is cropped
is what that convolution pads: the padding of SAME for the *output's* size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, is_integer, rejected, shape_of
from convmath.conventions.tensorflow.layout import Laid
from convmath.conventions.tensorflow.rules import (
    NAME,
    by_kernels,
    check_channels,
    check_positive,
    counted,
    explicit,
    laid_out,
    padded,
    sequence,
    word,
)
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window
from convmath.errors import UnsupportedError


def conv_transpose(
    rank: int,
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: Any = None,
    dilations: Any = None,
) -> Translation:
    """``tf.nn.conv1d_transpose`` to ``conv3d_transpose`` with filters (k…, O, C); output_shape in the same layout."""
    name = f"conv{rank}d_transpose"
    where = laid_out(name, rank, input, data_format)
    shape = shape_of(NAME, name, filters, "the filter")
    if len(shape) != rank + 2:
        raise rejected(NAME, name, f"the filter has shape {filters}", f"It must be {rank + 2}-dimensional.")
    *kernels, outputs, depth = shape
    if depth != where.channels:
        why = f"filter and input must have the same depth: {depth} vs {where.channels}"
        raise rejected(NAME, name, why, "The filter is (sizes, output channels, input channels).")
    steps = sequence(name, "strides", strides, rank, where)
    rates = sequence(name, "dilations", dilations, rank, where)
    check_positive(name, strides=steps, dilations=rates, filters=tuple(kernels))
    check_channels(name, where.channels, outputs)
    wanted = _wanted(name, where, outputs, output_shape)
    windows = [Window(k, s, d) for k, s, d in zip(kernels, steps, rates, strict=True)]
    if rank == 2 and isinstance(padding, tuple | list):
        pairs, padding = explicit(name, padding, rank, where), "EXPLICIT"
        windows = [replace(w, before=b, after=a) for w, (b, a) in zip(windows, pairs, strict=True)]
    else:
        windows = padded(windows, word(name, padding, lists=rank == 2), wanted)
    return by_kernels(placed(NAME, name, where, outputs, windows, padding, wanted), where)


def placed(
    framework: str,
    name: str,
    where: Laid,
    outputs: int,
    windows: Sequence[Window],
    padding: str,
    wanted: Sequence[int],
    *,
    bias: bool = False,
) -> Translation:
    """The transposed convolution that has these sizes: forward, ``windows`` make the input's sizes of them.

    Raises:
        RejectedError: the forward convolution gives another size.
        UnsupportedError: TensorFlow's process dies.
    """
    check_forward(framework, name, windows, padding, wanted, where.sizes)
    rank = len(windows)
    arguments = {
        "in_channels": where.channels,
        "out_channels": outputs,
        "kernel_size": tuple(window.kernel for window in windows),
        "stride": tuple(window.stride for window in windows),
        "padding": tuple((window.before, window.after) for window in windows),
        "bias": bias,
    }
    extra = tuple(
        size + window.before + window.after - window.spanned(places)
        for window, size, places in zip(windows, wanted, where.sizes, strict=True)
    )
    if all(where.sizes):
        arguments["output_padding"] = extra
    elif rank == 3 and all(wanted) and any(a for a, size in zip(extra, where.sizes, strict=True) if not size):
        raise UnsupportedError(f"{framework}: {name} of an empty input that is padded: TensorFlow's process dies")
    pairs = ", ".join(f"({window.before}, {window.after})" for window in windows)
    notes = (f"cropped (before, after) = {pairs}: what the forward convolution pads for this output",)
    output = where.output(outputs, wanted)
    return Translation(framework, f"conv_transpose{rank}d", arguments, where.shape, output, notes)


def check_forward(
    framework: str, name: str, windows: Sequence[Window], padding: str, wanted: Sequence[int], sizes: Shape
) -> None:
    """TensorFlow's rule: the forward convolution of the output has the size of the input. No dilation on the CPU."""
    if min(wanted) < 0:
        raise rejected(framework, name, f"the output would be {list(wanted)}: Dimension {min(wanted)} must be >= 0")
    if any(window.dilation > 1 for window in windows):
        why = "CPU implementations do not yet support dilation rates larger than 1"
        raise rejected(framework, name, why, "With oneDNN they do.")
    forward = counted(framework, name, windows, padding, wanted)
    for axis, (found, size, places) in enumerate(zip(forward, sizes, wanted, strict=True)):
        if found != size:
            why = f"size of the input doesn't match computed: actual = {size}, computed = {found} "
            why += f"(spatial axis {axis}, output {places})"
            raise rejected(framework, name, why, "The forward convolution of the output must have the input's size.")


def _wanted(name: str, where: Laid, outputs: int, output_shape: Any) -> Numbers:
    """The sizes in ``output_shape``, which names the batch and the channels as well (in 2-d it may leave them)."""
    found = tuple(output_shape) if isinstance(output_shape, tuple | list) else ()
    rank = len(where.sizes)
    if not all(map(is_integer, found)) or len(found) not in ((rank, rank + 2) if rank == 2 else (rank + 2,)):
        raise rejected(NAME, name, f"output_shape is {output_shape!r}", f"It must have {rank + 2} integers.")
    if len(found) == rank:
        return found
    batch, channels = found[0], found[1 if where.first else -1]
    if batch != where.lead[0]:
        raise rejected(NAME, name, f"input and output must have the same batch size: {where.lead[0]} and {batch}")
    if channels != outputs:
        why = f"output_shape has {channels} channels and the filter {outputs}: "
        why += "gradients for grouped convolutions are not supported on CPU"
        raise rejected(NAME, name, why, f"Use {outputs} channels.")
    return found[2:] if where.first else found[1:-1]
