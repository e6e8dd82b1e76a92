"""A framework's arguments: one number or one for each axis, a shape; and its refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convmath.errors import RejectedError

Numbers = tuple[int, ...]
Shape = tuple[int, ...]


def rejected(framework: str, name: str, why: str, fix: str = "", at: str = "call") -> RejectedError:
    """The refusal of a call: what the framework says, and what to change."""
    return RejectedError(f"{framework} refuses {name}: {why}.{f' {fix}' if fix else ''}", framework, at)


def shape_of(framework: str, name: str, shape: object, what: str = "the input") -> Shape:
    """``shape`` as plain ints.

    Raises:
        RejectedError: it is no tuple of integers ≥ 0.
    """
    if not isinstance(shape, tuple | list):
        raise rejected(framework, name, f"{what} is {shape!r}", "Give its shape as a tuple of integers.")
    if any(not is_integer(item) or item < 0 for item in shape):
        raise rejected(framework, name, f"{what} has shape {tuple(shape)}", "Sizes are integers ≥ 0.")
    return tuple(map(int, shape))


def each(framework: str, name: str, argument: str, value: Any, rank: int) -> Numbers:
    """``value`` as one integer for each of ``rank`` axes.

    Raises:
        RejectedError: it is no integer and no sequence of ``rank`` integers.
    """
    if is_integer(value):
        return (int(value),) * rank
    if isinstance(value, Sequence) and not isinstance(value, str) and all(map(is_integer, value)):
        if len(value) == rank:
            return tuple(int(item) for item in value)
        if len(value) == 1:
            return (int(value[0]),) * rank
    raise rejected(
        framework, name, f"{argument} is {value!r}", f"It is an integer, or one for each of the {rank} spatial axes."
    )


def is_integer(value: Any) -> bool:
    """Whether ``value`` is an integer and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def by_axis(numbers: Sequence[int]) -> str:
    """Sizes along several axes in a message: 3 x 5."""
    return " x ".join(map(str, numbers))
