"""``torch.nn.functional.conv1d`` to ``conv_transpose3d``: the weight's shape says the channels and the kernel."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Shape, rejected, shape_of
from convmath.conventions.torch.conv import conv
from convmath.conventions.torch.rules import NAME, integer, listed
from convmath.conventions.torch.transposed import conv_transpose
from convmath.conventions.translation import Translation


def conv_function(
    rank: int,
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
) -> Translation:
    """``F.conv1d`` to ``conv3d``: the weight is (out, in/groups, kernel…)."""
    name = f"conv{rank}d"
    kernel = _weight(name, rank, weight, groups)
    if kernel[0] % groups:
        raise rejected(
            NAME,
            name,
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got "
            "weight of size "
            f"{listed(kernel)} instead",
        )
    _check_bias(name, kernel, kernel[0], bias)
    layer = conv(
        rank, kernel[1] * groups, kernel[0], kernel[2:], stride, padding, dilation, groups, bias is not None, name=name
    )
    return layer(input)


def conv_transpose_function(
    rank: int,
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Any = 1,
    dilation: Any = 1,
) -> Translation:
    """``F.conv_transpose1d`` to ``conv_transpose3d``: the weight is (in, out/groups, kernel…)."""
    name = f"conv_transpose{rank}d"
    kernel = _weight(name, rank, weight, groups)
    _check_bias(name, kernel, kernel[1] * groups, bias)
    channels = (kernel[0], kernel[1] * groups)
    layer = conv_transpose(
        rank,
        *channels,
        kernel[2:],
        stride,
        padding,
        output_padding,
        groups,
        bias is not None,
        dilation,
        name=name,
    )
    return layer(input)


def _weight(name: str, rank: int, weight: Any, groups: Any) -> Shape:
    """The weight's shape, and PyTorch's rules for groups."""
    kernel, count = shape_of(NAME, name, weight, "the weight"), integer(name, "groups", groups)
    if len(kernel) != rank + 2:
        raise rejected(
            NAME,
            name,
            f"the weight has shape {listed(kernel)}: expected a {rank + 2}-dimensional weight",
            f"It has two axes of channels and {rank} of the kernel.",
        )
    if count < 1:
        raise rejected(NAME, name, f"groups is {count}: non-positive groups is not supported")
    if kernel[0] < count:
        raise rejected(
            NAME,
            name,
            f"Given groups={count}, expected weight to be at least {count} at dimension 0, but got weight of size "
            f"{listed(kernel)} instead",
        )
    return kernel


def _check_bias(name: str, weight: Shape, channels: int, bias: Any) -> None:
    shape = None if bias is None else shape_of(NAME, name, bias, "the bias")
    if shape not in (None, (channels,)):
        raise rejected(
            NAME,
            name,
            f"Given weight of size {listed(weight)}, expected bias to be 1-dimensional with {channels} "
            "elements, but got "
            f"bias of size {listed(shape or ())} instead",
        )
