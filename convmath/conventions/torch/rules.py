"""What PyTorch looks at before any operator: groups, axes, signs. Source: torch 2.13.0, run on the CPU."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Numbers, Shape, by_axis, each, rejected
from convmath.conventions.translation import Translation, made
from convmath.errors import DefinitionError, UnsupportedError
from convmath.operators.operator import Operator

NAME = "torch 2.13.0"
Pairs = tuple[tuple[int, int], ...]


def asked(name: str, operator: str, arguments: dict[str, Any], shape: Shape, single: bool) -> Translation:
    """The operator's own answer; an empty batch has the sizes of a batch of one."""
    asked = (shape[0] or 1, *shape[1:])
    found = made(operator, arguments).output_shape(asked)
    return Translation(NAME, operator, arguments, asked, found[1:] if single else (shape[0], *found[1:]))


def known(operator: str, arguments: dict[str, Any]) -> Operator | None:
    """The operator, where the constructor takes what only the call refuses."""
    try:
        return made(operator, arguments)
    except DefinitionError:
        return None


def hyper(name: str, rank: int, kernel: Any, stride: Any, dilation: Any) -> tuple[Numbers, Numbers, Numbers]:
    """Kernel, stride and dilation, one for each axis."""
    return (
        each(NAME, name, "kernel_size", kernel, rank),
        each(NAME, name, "stride", stride, rank),
        each(NAME, name, "dilation", dilation, rank),
    )


def check_groups(name: str, in_channels: int, out_channels: int, groups: int) -> None:
    """The constructor's rule: groups divide the channels on both sides."""
    if groups < 1:
        raise rejected(NAME, name, f"groups is {groups}: groups must be a positive integer", at="init")
    for channels, what in ((in_channels, "in_channels"), (out_channels, "out_channels")):
        if channels % groups:
            raise rejected(
                NAME,
                name,
                f"{what} is {channels}, groups is {groups}: {what} must be divisible by groups",
                f"Use a multiple of {groups}, or other groups.",
                "init",
            )


def batched(
    name: str, rank: int, shape: Shape, channels: int | None = None, *, empty: bool = False
) -> tuple[Shape, bool]:
    """(the shape with a batch axis, whether it came without one); only the batch may be empty."""
    if len(shape) not in (rank + 1, rank + 2):
        raise rejected(
            NAME, name, f"the input has {len(shape)} axes", f"{rank + 1} (unbatched) or {rank + 2} are expected."
        )
    single = len(shape) == rank + 1
    whole = (1, *shape) if single else shape
    if channels is not None and 0 in (whole[1], channels):
        raise UnsupportedError(f"{NAME}: {name} without channels gives a channel count that is wrong")
    if channels is not None and whole[1] != channels:
        raise rejected(
            NAME,
            name,
            f"given in_channels={channels}, expected the input {shape} to have {channels} channels, "
            f"but got {whole[1]} channels instead",
            f"Use in_channels={whole[1]}.",
        )
    if not whole[0] and 0 in whole[2:]:
        raise UnsupportedError(f"{NAME}: an empty batch of empty inputs")
    if (not empty and 0 in whole[2:]) or not whole[1]:
        raise rejected(NAME, name, f"the input has the sizes {by_axis(whole[1:])}", "Only the batch may be empty.")
    return whole, single


def check_kernel(name: str, kernels: Numbers) -> None:
    """The constructor of a convolution takes a kernel of size 0; what the call does is not followed here."""
    if 0 in kernels:
        raise UnsupportedError(f"{NAME}: a kernel of size 0 is taken by the constructor of {name}, and not for use")


def check_positive(name: str, **given: Numbers) -> None:
    """The call's rule: a kernel, a stride and a dilation are at least 1."""
    for argument, numbers in given.items():
        if min(numbers) < 1:
            raise rejected(NAME, name, f"{argument} is {by_axis(numbers)}", f"{argument} must be greater than zero.")


def check_not_negative(name: str, pairs: Pairs) -> None:
    """The call's rule: nothing is cropped by a padding."""
    if any(before < 0 for before, _ in pairs):
        raise rejected(NAME, name, f"padding is {[p for p, _ in pairs]}: negative padding is not supported")
