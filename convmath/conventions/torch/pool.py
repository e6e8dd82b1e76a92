"""``torch.nn.MaxPool1d`` to ``LPPool3d``, and the functions ``max_pool1d`` to ``lp_pool3d``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from convmath.conventions.arguments import Shape, by_axis, each, is_integer, rejected
from convmath.conventions.torch.rules import NAME, asked, batched, check_not_negative, check_positive, exactly, hyper
from convmath.conventions.translation import Layer, Translation, computed, made


def max_pool(
    rank: int,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    return_indices: bool = False,
    ceil_mode: bool = False,
) -> Layer:
    """``torch.nn.MaxPool1d`` to ``MaxPool3d``; the stride is the kernel where none is given."""
    return _max(f"MaxPool{rank}d", rank, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool_function(
    rank: int,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Translation:
    """``F.max_pool1d`` to ``max_pool3d``; with return_indices there is a second output, of the same shape."""
    return _max(f"max_pool{rank}d", rank, kernel_size, stride, padding, dilation, ceil_mode, return_indices)(input)


def _max(name: str, rank: int, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool, two: bool) -> Layer:
    return _pool(name, f"max_pool{rank}d", rank, kernel, stride, padding, dilation, two, ceil_mode=ceil)


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
    options = (ceil_mode, count_include_pad, divisor_override)
    return _avg(f"AvgPool{rank}d", rank, kernel_size, stride, padding, *options)


def avg_pool_function(
    rank: int,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Translation:
    """``F.avg_pool1d`` to ``avg_pool3d``; in one dimension there is no divisor_override."""
    name = f"avg_pool{rank}d"
    if rank == 1 and divisor_override is not None:
        raise rejected(NAME, name, "divisor_override is given", "avg_pool1d takes none.")
    options = (ceil_mode, count_include_pad, divisor_override)
    return _avg(name, rank, kernel_size, stride, padding, *options)(input)


def _avg(name: str, rank: int, kernel: Any, stride: Any, padding: Any, ceil: bool, count: bool, divisor: Any) -> Layer:
    options = {"ceil_mode": ceil, "count_include_pad": count}
    options |= {} if divisor is None else {"divisor_override": divisor}
    return _pool(name, f"avg_pool{rank}d", rank, kernel, stride, padding, 1, False, **options)


def lp_pool(rank: int, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Layer:
    """``torch.nn.LPPool1d`` to ``LPPool3d``: the p-norm of each window, which is never padded."""
    return _lp(f"LPPool{rank}d", rank, norm_type, kernel_size, stride, ceil_mode)


def lp_pool_function(
    rank: int, input: Any, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Translation:
    """``F.lp_pool1d`` to ``lp_pool3d``."""
    return _lp(f"lp_pool{rank}d", rank, norm_type, kernel_size, stride, ceil_mode)(input)


def _lp(name: str, rank: int, norm: Any, kernel: Any, stride: Any, ceil: bool) -> Layer:
    """PyTorch takes the mean of the powers, so an average's rules hold."""
    if rank == 1 and not is_integer(kernel):
        raise rejected(NAME, name, f"kernel_size is {kernel!r}", "In one dimension it is an integer.")
    means = _avg(name, rank, exactly(name, rank, "kernel_size", kernel), stride, 0, ceil, True, None)

    def apply(shape: Shape) -> Translation:
        found = means(shape)
        words = {word: found.arguments[word] for word in ("kernel_size", "stride", "ceil_mode")}
        return replace(found, name=f"lp_pool{rank}d", arguments={"norm_type": norm, **words})

    return Layer(NAME, name, apply, arrays={})


def _pool(
    name: str,
    operator: str,
    rank: int,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    two: bool,
    **options: Any,
) -> Layer:
    given = kernel_size if stride is None or stride in ([], ()) else stride
    kernels, strides, dilations = hyper(name, rank, kernel_size, given, dilation)
    pairs = tuple((p, p) for p in each(NAME, name, "padding", padding, rank))
    arguments = {"kernel_size": kernels, "stride": strides, "padding": pairs, **options}
    arguments |= {"dilation": dilations} if operator.startswith("max") else {}

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
        if operator == "avg_pool3d" and any(size < k for size, k in zip(whole[2:], kernels, strict=True)):
            raise rejected(
                NAME,
                name,
                f"input image ({by_axis(whole[2:])}) smaller than kernel size ({by_axis(kernels)})",
                "In three dimensions PyTorch compares the input without its padding.",
            )
        found = asked(name, operator, arguments, whole, single)
        return replace(found, more=(found.output_shape,)) if two else found

    return Layer(NAME, name, apply, arrays={})
