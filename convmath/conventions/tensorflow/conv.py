"""``tf.nn.conv1d`` to ``conv3d`` and ``depthwise_conv2d``; shapes stand where the arrays stand."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Shape, rejected, shape_of
from convmath.conventions.tensorflow.layout import Laid
from convmath.conventions.tensorflow.rules import (
    NAME,
    by_kernels,
    by_starts,
    check_channels,
    check_positive,
    counted,
    explicit,
    laid_out,
    padded,
    remarks,
    sequence,
    word,
)
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window
from convmath.errors import UnsupportedError


def conv1d(
    input: Any, filters: Any, stride: Any, padding: Any, data_format: Any = None, dilations: Any = None
) -> Translation:
    """``tf.nn.conv1d`` on an input (…, W, C) with filters (k, C/groups, O)."""
    return _conv("conv1d", 1, input, filters, (stride, padding, data_format, dilations))


def conv2d(
    input: Any, filters: Any, strides: Any, padding: Any, data_format: Any = None, dilations: Any = None
) -> Translation:
    """``tf.nn.conv2d`` on an input (…, H, W, C) with filters (k, k, C/groups, O)."""
    return _conv("conv2d", 2, input, filters, (strides, padding, data_format, dilations))


def conv3d(
    input: Any, filters: Any, strides: Any, padding: Any, data_format: Any = None, dilations: Any = None
) -> Translation:
    """``tf.nn.conv3d`` on an input (…, D, H, W, C) with filters (k, k, k, C, O); strides are a list of five."""
    for argument, value in (("strides", strides), ("dilations", dilations)):
        if not (isinstance(value, tuple | list) and len(value) == 5) and not (value is None and argument[0] == "d"):
            why = f"{argument} is {value!r}: a list of 5 is expected, one for every axis"
            raise rejected(NAME, "conv3d", why)
    return _conv("conv3d", 3, input, filters, (strides, padding, data_format, dilations))


def depthwise_conv2d(
    input: Any, filter: Any, strides: Any, padding: Any, data_format: Any = None, dilations: Any = None
) -> Translation:
    """``tf.nn.depthwise_conv2d`` on an input (N, H, W, C) with a filter (k, k, C, multiplier)."""
    name = "depthwise_conv2d"
    where = laid_out(name, 2, input, data_format)
    *kernels, channels, multiplier = _filters(name, 2, filter)
    if not isinstance(strides, tuple | list) or len(strides) != 4:
        raise rejected(NAME, name, f"strides is {strides!r}", "It must specify 4 dimensions.")
    if dilations is not None and (not isinstance(dilations, tuple | list) or len(dilations) != 2):
        raise rejected(NAME, name, f"dilations is {dilations!r}", "It is a list of 2, for H and W.")
    steps, rates = sequence(name, "strides", strides, 2, where), sequence(name, "dilations", dilations, 2, where)
    if channels != where.channels:
        raise rejected(NAME, name, f"input and filter must have the same depth: {where.channels} vs {channels}")
    if steps[0] != steps[1]:
        why = f"strides is {strides!r}: only equal strides are supported in the row and column dimensions"
        raise rejected(NAME, name, why)
    if max(steps) > 1 and max(rates) > 1:
        raise UnsupportedError(f"{NAME}: with dilations > 1 all strides must be 1; the call gives no convolution")
    return _made(name, where, (kernels, channels * multiplier, channels), (steps, rates), padding)


def _conv(name: str, rank: int, given: Any, filters: Any, more: tuple[Any, Any, Any, Any]) -> Translation:
    stride, padding, data_format, dilations = more
    where = laid_out(name, rank, given, data_format, batches=True)
    *kernels, depth, outputs = _filters(name, rank, filters)
    steps = sequence(name, "stride" if rank == 1 else "strides", stride, rank, where)
    rates = sequence(name, "dilations", dilations, rank, where)
    groups = _groups(name, where.channels, depth)
    return _made(name, where, (kernels, outputs, groups), (steps, rates), padding)


def _made(name: str, where: Laid, weight: tuple[Any, int, int], more: tuple[Any, Any], padding: Any) -> Translation:
    (kernels, outputs, groups), (steps, rates) = weight, more
    check_positive(name, strides=steps, dilations=rates, filters=tuple(kernels))
    check_channels(name, where.channels, outputs)
    rank = len(kernels)
    windows = [Window(k, s, d) for k, s, d in zip(kernels, steps, rates, strict=True)]
    if rank == 2 and isinstance(padding, tuple | list):
        pairs, padding = explicit(name, padding, rank, where), "EXPLICIT"
        windows = [Window(w.kernel, w.stride, w.dilation, *pair) for w, pair in zip(windows, pairs, strict=True)]
    else:
        windows = padded(windows, word(name, padding, lists=rank == 2), where.sizes)
    sizes = counted(NAME, name, windows, padding, where.sizes)
    arguments = conv_arguments(windows, where.channels, outputs, groups, bias=False)
    notes = remarks(windows, padding, where.sizes, sizes)
    output = where.output(outputs, sizes)
    if why := _refusal(windows, outputs, groups):
        if all(output):
            raise rejected(NAME, name, why)
        notes = (*notes, f"the output is empty, so TensorFlow does not look further; otherwise: {why}")
    found = Translation(NAME, f"conv{rank}d", arguments, where.shape, output, notes)
    return by_kernels(by_starts(found, windows, padding, where), where)


def _refusal(windows: list[Window], outputs: int, groups: int) -> str:
    """What the kernels do not compute, or nothing: they look at it only where there is something to compute."""
    if len(windows) == 3 and any(window.dilation > 1 for window in windows):
        return "the CPU implementation of Conv3D only supports dilated rates of 1 (with oneDNN it takes others)"
    if len(windows) == 3 and groups > 1:
        return f"number of channels in filter must match last dimension of input: there are no {groups} groups in 3-d"
    if outputs % groups:
        return f"output depth must be evenly divisible by number of groups: {outputs} vs {groups}"
    return ""


def conv_arguments(windows: list[Window], channels: int, outputs: int, groups: int, *, bias: bool) -> dict[str, Any]:
    """The arguments of convmath's convolution with these windows."""
    return {
        "in_channels": channels,
        "out_channels": outputs,
        "kernel_size": tuple(window.kernel for window in windows),
        "stride": tuple(window.stride for window in windows),
        "padding": tuple((window.before, window.after) for window in windows),
        "dilation": tuple(window.dilation for window in windows),
        "groups": groups,
        "bias": bias,
    }


def _filters(name: str, rank: int, filters: Any) -> Shape:
    found = shape_of(NAME, name, filters, "the filter")
    if len(found) != rank + 2:
        raise rejected(NAME, name, f"the filter has shape {found}", f"It must be {rank + 2}-dimensional.")
    return found


def _groups(name: str, channels: int, depth: int) -> int:
    """The filter's depth tells the groups."""
    if not depth:
        raise rejected(NAME, name, "the filter has depth 0: it must be strictly positive")
    if channels % depth:
        raise rejected(NAME, name, f"input depth must be evenly divisible by filter depth: {channels} vs {depth}")
    groups = channels // depth
    check_channels(name, groups)
    return groups
