"""What PyTorch looks at before any operator: groups, axes, signs. Source: torch 2.13.0, run on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import signature
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, by_axis, each, is_integer, rejected
from convmath.conventions.translation import Translation, made
from convmath.errors import ConvmathError, DefinitionError, RejectedError, UnsupportedError
from convmath.operators.operator import Operator

NAME = "torch 2.13.0"
Pairs = tuple[tuple[int, int], ...]
EMPTY = "an array is empty, and the sizes of convmath's operators are at least 1"


def asked(name: str, operator: str, arguments: dict[str, Any], shape: Shape, single: bool) -> Translation:
    """The operator's own answer; an empty batch has the sizes of a batch of one."""
    asked = (shape[0] or 1, *shape[1:])
    found = made(operator, arguments).output_shape(asked)
    return Translation(NAME, operator, arguments, asked, found[1:] if single else (shape[0], *found[1:]))


def answered(
    name: str,
    arguments: dict[str, Any],
    shape: Shape,
    found: Shape,
    *,
    single: bool = False,
    batched: bool = False,
    others: tuple[Shape, ...] = (),
    more: tuple[Shape, ...] = (),
    missing: str = "",
    notes: tuple[str, ...] = (),
) -> Translation:
    """A shape that a rule of PyTorch gives, and the ready-made operator of this name.

    Args:
        name: of the operator.
        arguments: the operator's.
        shape: of the input; as the operator takes it, but for an empty or a missing batch.
        found: what comes out.
        single: the input came without its batch axis.
        batched: the first axis is a batch, which may be empty.
        others: see :class:`Translation`.
        more: see there.
        missing: see there.
        notes: see there.
    """
    asked = (1, *shape) if single else (shape[0] or 1, *shape[1:]) if batched else shape
    empty = 0 in asked or any(0 in other for other in others) or (0 in found and 0 not in shape)
    if empty and not missing:
        missing = EMPTY
    return Translation(NAME, name, arguments, asked, found, notes, others=others, more=more, missing=missing)


def function(name: str, call: Callable[..., Translation]) -> Callable[..., Translation]:
    """``call`` as PyTorch's function of this name: it has no constructor, so all is refused at the call."""

    @wraps(call)
    def asked(*arguments: Any, **named: Any) -> Translation:
        try:
            signature(call).bind(*arguments, **named)
        except TypeError as error:
            raise rejected(NAME, name, str(error), f"It takes {signature(call)}.") from None
        try:
            return call(*arguments, **named)
        except RejectedError as error:
            error.at = "call"
            raise
        except UnsupportedError:
            raise
        except ConvmathError as error:
            raise RejectedError(f"{NAME} refuses {name}: {error}", NAME) from error

    return asked


def axis_of(name: str, argument: str, value: Any, rank: int) -> int:
    """The axis that ``value`` names, counted from the end where it is negative; a number has one axis here."""
    axis, most = integer(name, argument, value), max(rank, 1)
    if not -most <= axis < most:
        raise rejected(
            NAME,
            name,
            f"Dimension out of range (expected to be in range of [{-most}, {most - 1}], but got {axis})",
            f"{argument} names one of {rank} axes.",
        )
    return axis % most


def integer(name: str, argument: str, value: Any) -> int:
    """``value``, which has to be an integer."""
    if not is_integer(value):
        raise rejected(NAME, name, f"{argument} is {value!r}", "It is an integer.")
    return int(value)


def integers(name: str, argument: str, value: Any) -> Numbers:
    """``value``, which has to be a sequence of integers."""
    if not isinstance(value, tuple | list) or not all(map(is_integer, value)):
        raise rejected(NAME, name, f"{argument} is {value!r}", "It is a tuple of integers.")
    return tuple(map(int, value))


def exactly(name: str, rank: int, argument: str, value: Any) -> Numbers:
    """One integer, or exactly one for each axis: some functions spread a sequence of one, and others do not."""
    if isinstance(value, tuple | list) and len(value) != rank:
        raise rejected(
            NAME,
            name,
            f"{argument} is {value}: {argument} must either be a single Int or tuple of {rank} Ints",
            f"Give one number, or {rank}.",
        )
    return each(NAME, name, argument, value, rank)


def listed(sizes: Iterable[int]) -> str:
    """Sizes as PyTorch writes those of a tensor: [2, 3]."""
    return str(list(sizes))


def tupled(sizes: Iterable[int]) -> str:
    """Sizes as PyTorch writes those of an argument: (2, 3)."""
    return f"({', '.join(map(str, sizes))})"


def check_axes(name: str, rank: int, shape: Shape) -> None:
    """An input has channels and spatial axes, and may have a batch."""
    if len(shape) not in (rank + 1, rank + 2):
        raise rejected(
            NAME,
            name,
            f"Expected {rank + 1}D or {rank + 2}D (batch mode) tensor, but got {listed(shape)}",
            "Give the channels, and the batch, before the spatial axes.",
        )


def known(operator: str, arguments: dict[str, Any]) -> Operator | None:
    """The operator, where the constructor takes what only the call refuses."""
    try:
        return made(operator, arguments)
    except DefinitionError:
        return None


def weights(out: int, each: int, kernels: Numbers, bias: bool, biases: int | None = None) -> dict[str, Shape]:
    """The arrays of a convolution: its weight, and a bias with one number for each output channel."""
    return {"weight": (out, each, *kernels)} | ({"bias": (biases or out,)} if bias else {})


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
    if (not empty and 0 in whole[2:]) or not whole[1]:
        raise rejected(NAME, name, f"the input has the sizes {by_axis(whole[1:])}", "Only the batch may be empty.")
    return whole, single


def check_positive(name: str, **given: Numbers) -> None:
    """The call's rule: a kernel, a stride and a dilation are at least 1."""
    for argument, numbers in given.items():
        if min(numbers) < 1:
            raise rejected(NAME, name, f"{argument} is {by_axis(numbers)}", f"{argument} must be greater than zero.")


def check_not_negative(name: str, pairs: Pairs) -> None:
    """The call's rule: nothing is cropped by a padding."""
    if any(before < 0 for before, _ in pairs):
        raise rejected(NAME, name, f"padding is {[p for p, _ in pairs]}: negative padding is not supported")
