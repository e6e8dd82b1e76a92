"""``torch.nn.Conv1d`` to ``Conv3d``."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Numbers, Shape, by_axis, each, rejected
from convmath.conventions.torch.rules import (
    EMPTY,
    NAME,
    Pairs,
    asked,
    batched,
    check_groups,
    check_not_negative,
    check_positive,
    hyper,
    known,
    weights,
)
from convmath.conventions.translation import Layer, Translation, computed, made
from convmath.conventions.windows import Window
from convmath.language.tensor import MODES


def conv(
    rank: int,
    in_channels: int,
    out_channels: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
    bias: bool = True,
    padding_mode: str = "zeros",
    *,
    name: str = "",
) -> Layer:
    """``torch.nn.Conv1d`` to ``Conv3d``."""
    name = name or f"Conv{rank}d"
    kernels, strides, dilations = hyper(name, rank, kernel_size, stride, dilation)
    check_groups(name, in_channels, out_channels, groups)
    pairs = _padding(name, rank, padding, kernels, strides, dilations)
    if padding_mode not in MODES:
        raise rejected(NAME, name, f"padding_mode is {padding_mode!r}", f"It must be one of {MODES}.", "init")
    arguments = {"in_channels": in_channels, "out_channels": out_channels, "kernel_size": kernels, "stride": strides}
    arguments |= {"padding": pairs, "dilation": dilations, "groups": groups, "bias": bias}
    if padding_mode != "zeros":
        arguments["padding_mode"] = padding_mode

    def apply(shape: Shape) -> Translation:
        empty = padding_mode == "zeros" and len(shape) == rank + 2 and not shape[0]
        whole, single = batched(name, rank, shape, in_channels, empty=empty)
        check_positive(name, kernel_size=kernels, stride=strides, dilation=dilations)
        check_not_negative(name, pairs)
        _check_fits(name, whole, pairs, kernels, strides, dilations)
        if 0 in whole[2:]:  # the padding alone holds the windows
            found = computed(made(f"conv{rank}d", arguments), whole)
            return Translation(NAME, f"conv{rank}d", arguments, whole, found, missing=EMPTY)
        return asked(name, f"conv{rank}d", arguments, whole, single)

    return Layer(
        NAME, name, apply, known(f"conv{rank}d", arguments), weights(out_channels, in_channels // groups, kernels, bias)
    )


def _check_fits(name: str, shape: Shape, pairs: Pairs, kernels: Numbers, strides: Numbers, dilations: Numbers) -> None:
    """The window spans no more than the padded input has."""
    padded = [size + before + after for size, (before, after) in zip(shape[2:], pairs, strict=True)]
    windows = [Window(k, s, d) for k, s, d in zip(kernels, strides, dilations, strict=True)]
    spans = [window.spanned(1) for window in windows]
    if any(span > size for span, size in zip(spans, padded, strict=True)):
        raise rejected(
            NAME,
            name,
            f"the padded input is {by_axis(padded)}, the kernel spans {by_axis(spans)}: "
            "Kernel size can't be greater than actual input size",
            "Use more padding, a smaller kernel or dilation, or a larger input.",
        )


def _padding(name: str, rank: int, padding: Any, kernels: Numbers, strides: Numbers, dilations: Numbers) -> Pairs:
    if not isinstance(padding, str):
        return tuple((p, p) for p in each(NAME, name, "padding", padding, rank))
    if padding not in ("same", "valid"):
        raise rejected(NAME, name, f"padding is {padding!r}", "The words are 'same' and 'valid'.", "init")
    if padding == "valid":
        return ((0, 0),) * rank
    if any(s != 1 for s in strides):
        raise rejected(
            NAME,
            name,
            f"the stride is {by_axis(strides)}: padding='same' is not supported for strided convolutions",
            "Use stride 1, or give the padding as numbers.",
            "init",
        )
    found = [Window(k, 1, d) for k, d in zip(kernels, dilations, strict=True)]
    same = [window.same(window.spanned(1)) for window in found]
    return tuple((window.before, window.after) for window in same)
