"""What is held against the weight: its axes, its kernel, the bias."""

from __future__ import annotations

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import BOTH, RUNTIME
from convmath.conventions.onnx.window import Sliding, braces


def check_ranks(name: str, x: Shape, w: Shape) -> None:
    """Raises where X has no spatial axis, or W another number of them."""
    if len(x) < 3:
        raise rejected(
            BOTH, name, f"X has shape {x}: Input tensor must have at least 3 dimensions", "It is (N, C, axes…)."
        )
    if len(w) != len(x):
        raise rejected(
            BOTH,
            name,
            f"Number of spatial dimensions in the weight tensor ({len(w) - 2}) does not match the number of spatial "
            f"dimensions in the input tensor ({len(x) - 2})",
            f"X has shape {x}, W has {w}.",
        )


def check_kernel(a: Sliding, w: Shape) -> None:
    """Raises where ``kernel_shape`` is not that of W; inference believes the attribute."""
    if a.kernels != w[2:]:
        raise rejected(
            RUNTIME,
            a.name,
            f"kernel_shape is not compatible with W shape. kernel_shape: {braces(a.kernels)} W: {braces(w)}",
            "Leave kernel_shape out.",
        )


def check_bias(name: str, b: Shape | None, channels: int) -> None:
    """Raises where B is not one number for each output channel; inference does not look at it."""
    if b is not None and b != (channels,):
        raise rejected(RUNTIME, name, f"B has shape {b}: bias must be a 1D tensor of size output_channels ({channels})")
