"""``torch.nn.ConvTranspose1d`` to ``ConvTranspose3d``: the size is computed first, and looked at before the values."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Numbers, Shape, by_axis, each, rejected
from convmath.conventions.torch.rules import (
    EMPTY,
    NAME,
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
from convmath.errors import UnsupportedError
from convmath.operators.operator import Operator


def conv_transpose(
    rank: int,
    in_channels: int,
    out_channels: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    bias: bool = True,
    dilation: Any = 1,
    padding_mode: str = "zeros",
    *,
    name: str = "",
) -> Layer:
    """``torch.nn.ConvTranspose1d`` to ``ConvTranspose3d``; the layer takes ``output_size`` beside the shape."""
    name = name or f"ConvTranspose{rank}d"
    if padding_mode != "zeros":
        raise rejected(NAME, name, f"padding_mode is {padding_mode!r}", "Only 'zeros' is taken here.", "init")
    if isinstance(padding, str):
        raise rejected(NAME, name, f"padding is {padding!r}", "No word is taken here: give numbers.", "init")
    kernels, strides, dilations = hyper(name, rank, kernel_size, stride, dilation)
    check_groups(name, in_channels, out_channels, groups)
    pairs = tuple((p, p) for p in each(NAME, name, "padding", padding, rank))
    extra = each(NAME, name, "output_padding", output_padding, rank)
    arguments = {"in_channels": in_channels, "out_channels": out_channels, "kernel_size": kernels, "stride": strides}
    arguments |= {"padding": pairs, "groups": groups, "bias": bias, "dilation": dilations}

    def apply(shape: Shape, output_size: Any = None) -> Translation:
        whole, single = batched(name, rank, shape, in_channels, empty=True)
        check_positive(name, kernel_size=kernels, stride=strides, dilation=dilations)
        check_not_negative(name, pairs)
        plain = made(f"conv_transpose{rank}d", arguments)
        more = extra if output_size is None else _fitted(name, rank, plain, whole, output_size, strides)
        sizes = _places(name, plain, whole, more, strides, dilations)
        if not all(whole):
            found = sizes[1:] if single else sizes
            missing = EMPTY if 0 in whole[2:] else ""
            return Translation(NAME, f"conv_transpose{rank}d", arguments, (1, *whole[1:]), found, missing=missing)
        return asked(name, f"conv_transpose{rank}d", arguments | {"output_padding": more}, whole, single)

    operator = f"conv_transpose{rank}d"
    arrays = weights(in_channels, out_channels // groups, kernels, bias, out_channels)
    return Layer(NAME, name, apply, known(operator, arguments), arrays)


def _places(name: str, plain: Operator, shape: Shape, extra: Numbers, strides: Numbers, dilations: Numbers) -> Shape:
    """The output's shape, as PyTorch computes it before it looks at anything else; an empty batch is not looked at."""
    if shape[0] and any(a >= max(s, d) for a, s, d in zip(extra, strides, dilations, strict=True)):
        raise rejected(
            NAME,
            name,
            f"output_padding is {by_axis(extra)}: output padding must be smaller than either stride or dilation",
            f"The stride is {by_axis(strides)}, the dilation {by_axis(dilations)}.",
        )
    found = computed(plain, shape)
    sizes = [size + a for size, a in zip(found[2:], extra, strict=True)]
    if min(sizes) < 0:
        raise rejected(NAME, name, f"the output would be {by_axis(sizes)}: it is too small", "Use less padding.")
    if 0 in sizes and shape[0]:
        if 0 in shape[2:]:
            raise rejected(NAME, name, f"the input has the sizes {by_axis(shape[2:])}", "Only the batch may be empty.")
        raise UnsupportedError(f"{NAME}: an output of {by_axis(sizes)} is an error or empty, as the backend has it")
    if 0 in shape[2:] and not shape[0] and 0 in sizes:
        raise UnsupportedError(f"{NAME}: an output of {by_axis(sizes)} is an error or empty, as the backend has it")
    if 0 in shape[2:] and shape[0]:
        raise rejected(NAME, name, f"the input has the sizes {by_axis(shape[2:])}", "Only the batch may be empty.")
    return (*found[:2], *sizes)


def _fitted(name: str, rank: int, plain: Operator, shape: Shape, size: Any, strides: Numbers) -> Numbers:
    """The output padding that gives ``output_size``: from the least size, less than a stride more."""
    whole = isinstance(size, tuple | list) and len(size) == rank + 2
    wanted = each(NAME, name, "output_size", size[-rank:] if whole else size, rank)
    least = computed(plain, shape)[2:]
    most = [low + s - 1 for low, s in zip(least, strides, strict=True)]
    if any(not low <= one <= high for low, one, high in zip(least, wanted, most, strict=True)):
        raise rejected(
            NAME,
            name,
            f"output_size is {by_axis(wanted)}, but valid sizes range from {by_axis(least)} to {by_axis(most)}",
            "A stride forgets less than one stride of places.",
        )
    return tuple(one - low for one, low in zip(wanted, least, strict=True))
