"""``Conv``."""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.cropped import cropped, cuts
from convmath.conventions.onnx.rules import INFERENCE, RUNTIME, answer, limited, settled, tensor
from convmath.conventions.onnx.slid import ran
from convmath.conventions.onnx.weight import check_bias, check_kernel, check_ranks
from convmath.conventions.onnx.window import SAME, Sliding, Windows, braces, padding, sliding, whole
from convmath.conventions.translation import Translation


def conv(
    X: Any,
    W: Any,
    B: Any = None,
    *,
    auto_pad: str = "NOTSET",
    dilations: Any = None,
    group: int = 1,
    kernel_shape: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Translation:
    """``Conv`` on X (N, C, axes…) with W (M, C/group, kernel…) and B (M)."""
    name = "Conv"
    x, w = tensor(name, X, "X"), tensor(name, W, "W")
    b = None if B is None else tensor(name, B, "B")
    check_ranks(name, x, w)
    a = sliding(name, x[2:], kernel_shape if kernel_shape is not None else w[2:], auto_pad, dilations, pads, strides)
    found = _windows(a)

    def inferred() -> Shape:
        return (x[0], w[0], *(whole(window, size) for window, size in zip(a.inferred, a.sizes, strict=True)))

    def runs() -> Shape:
        a.check_word()
        _check_pads(a)
        _check_channels(x, w, group)
        check_bias(name, b, w[0])
        check_kernel(a, w)
        _check_dilation(a)
        return (x[0], w[0], *_counted(a, found))

    arguments = {"in_channels": x[1], "out_channels": w[0], "kernel_size": a.kernels}
    arguments |= {"stride": tuple(one.stride for one in found), "padding": padding(found)}
    arguments |= {"dilation": tuple(one.dilation for one in found), "groups": group, "bias": b is not None}
    made = cropped(f"conv{len(a.sizes)}d", found, arguments) if cuts(found) else None
    return settled(name, runs, {INFERENCE: answer(inferred)}, f"conv{len(a.sizes)}d", arguments, x, made)


def _windows(a: Sliding) -> Windows:
    """onnxruntime's windows; where it has no code for SAME, those that the specification describes.

    Where SAME crops, a convolution crops one place less than a pool: seen by running both.
    """
    if a.auto_pad not in SAME or all(window.dilation == 1 for window in a.plain):
        return ran(a, kept=1)
    return a.inferred


def _counted(a: Sliding, found: Windows) -> Shape:
    sizes = tuple(window.fitting(size) for window, size in zip(found, a.sizes, strict=True))
    if min(sizes) < 1:
        raise rejected(
            RUNTIME,
            a.name,
            f"Invalid input shape: {braces(a.sizes)}",
            "No window fits along some axis: use more padding, a smaller kernel or dilation, or a larger input.",
        )
    return sizes


def _check_pads(a: Sliding) -> None:
    if a.pads is not None and a.auto_pad != "NOTSET":
        raise rejected(
            RUNTIME,
            a.name,
            f"auto_pad is {a.auto_pad!r} and pads are given: a Conv/ConvTranspose node has both",
            "Leave one of them out.",
        )


def _check_dilation(a: Sliding) -> None:
    if a.auto_pad in SAME and any(window.dilation != 1 for window in a.plain):
        raise limited(
            a.name,
            "Dilation not supported for AutoPadType::SAME_UPPER or AutoPadType::SAME_LOWER",
            "Give the same padding as pads.",
        )


def _check_channels(x: Shape, w: Shape, group: int) -> None:
    if x[1] != prod((w[1], group)):
        raise rejected(
            RUNTIME,
            "Conv",
            f"Input channels C is not equal to kernel channels * group. C: {x[1]} kernel channels: {w[1]} "
            f"group: {group}",
            "W is (M, C/group, kernel…).",
        )
    if group < 1 or w[0] % group:
        raise rejected(
            RUNTIME,
            "Conv",
            f"Output channels M is not divisible by group. M: {w[0]} group: {group}",
            f"Use a multiple of {group} for M, or another group.",
        )
