"""``torch.nn.Conv1d`` to ``Conv3d``."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Numbers, Shape, by_axis, each, rejected
from convmath.conventions.torch.rules import (
    NAME,
    Pairs,
    asked,
    batched,
    check_groups,
    check_kernel,
    check_not_negative,
    check_positive,
    hyper,
    known,
)
from convmath.conventions.translation import Layer, Translation
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
) -> Layer:
    """``torch.nn.Conv1d`` to ``Conv3d``."""
    name = f"Conv{rank}d"
    kernels, strides, dilations = hyper(name, rank, kernel_size, stride, dilation)
    check_kernel(name, kernels)
    check_groups(name, in_channels, out_channels, groups)
    pairs = _padding(name, rank, padding, kernels, strides, dilations)
    if padding_mode not in MODES:
        raise rejected(NAME, name, f"padding_mode is {padding_mode!r}", f"It must be one of {MODES}.", "init")
    arguments = {"in_channels": in_channels, "out_channels": out_channels, "kernel_size": kernels, "stride": strides}
    arguments |= {"padding": pairs, "dilation": dilations, "groups": groups, "bias": bias}
    if padding_mode != "zeros":
        arguments["padding_mode"] = padding_mode

    def apply(shape: Shape) -> Translation:
        whole, single = batched(name, rank, shape, in_channels)
        check_positive(name, stride=strides, dilation=dilations)
        check_not_negative(name, pairs)
        padded = [size + before + after for size, (before, after) in zip(whole[2:], pairs, strict=True)]
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
        return asked(name, f"conv{rank}d", arguments, whole, single)

    return Layer(NAME, name, apply, known(f"conv{rank}d", arguments))


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
