"""``torch.nn.MaxPool1d`` to ``AvgPool3d``."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Shape, by_axis, each, rejected
from convmath.conventions.torch.rules import NAME, asked, batched, check_not_negative, check_positive, hyper
from convmath.conventions.translation import Layer, Translation, computed, made


def max_pool(
    rank: int, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Layer:
    """``torch.nn.MaxPool1d`` to ``MaxPool3d``; the stride is the kernel where none is given."""
    return _pool("max", rank, kernel_size, stride, padding, dilation, ceil_mode=ceil_mode)


def avg_pool(
    rank: int,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Layer:
    """``torch.nn.AvgPool1d`` to ``AvgPool3d``; the stride is the kernel where none is given."""
    options = {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}
    options |= {} if divisor_override is None else {"divisor_override": divisor_override}
    return _pool("avg", rank, kernel_size, stride, padding, 1, **options)


def _pool(
    kind: str,
    rank: int,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    **options: Any,
) -> Layer:
    name = f"{'Max' if kind == 'max' else 'Avg'}Pool{rank}d"
    operator = f"{kind}_pool{rank}d"
    kernels, strides, dilations = hyper(name, rank, kernel_size, kernel_size if stride is None else stride, dilation)
    pairs = tuple((p, p) for p in each(NAME, name, "padding", padding, rank))
    arguments = {"kernel_size": kernels, "stride": strides, "padding": pairs, **options}
    arguments |= {"dilation": dilations} if kind == "max" else {}

    def apply(shape: Shape) -> Translation:
        whole, single = batched(name, rank, shape)
        check_positive(name, kernel_size=kernels, stride=strides, dilation=dilations)
        check_not_negative(name, pairs)
        plain = made(operator, arguments)  # pad should be at most half of the kernel: convmath's rule is PyTorch's
        sizes = computed(plain, whole)[2:]
        if min(sizes) < 1:
            raise rejected(
                NAME,
                name,
                f"given input size {by_axis(whole[2:])}, the calculated output size is {by_axis(sizes)}: too small",
                "Use a smaller kernel, more padding or a larger input.",
            )
        if kind == "avg" and rank == 3 and any(size < k for size, k in zip(whole[2:], kernels, strict=True)):
            raise rejected(
                NAME,
                name,
                f"input image ({by_axis(whole[2:])}) smaller than kernel size ({by_axis(kernels)})",
                "In three dimensions PyTorch compares the input without its padding.",
            )
        return asked(name, operator, arguments, whole, single)

    return Layer(NAME, name, apply)
