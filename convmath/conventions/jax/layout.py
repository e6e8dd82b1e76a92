"""Which axis is which: JAX's ``dimension_numbers``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, rejected
from convmath.conventions.jax.rules import NAME

CHARACTERS = (("N", "C"), ("O", "I"), ("N", "C"))
"""What each of the three texts must hold: the input's, the kernel's, the output's."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the axes lie: batch and channels (of a kernel, out and in) first, then the spatial axes in their order."""

    input: Numbers
    kernel: Numbers
    output: Numbers

    def placed(self, shape: Sequence[int]) -> Shape:
        """The output's shape, given as (N, C, spatial axes), in its own layout."""
        found = dict(zip(self.output, shape, strict=True))
        return tuple(found[axis] for axis in sorted(found))


def taken(shape: Shape, order: Numbers) -> Shape:
    """The sizes in this order."""
    return tuple(shape[axis] for axis in order)


def layout(name: str, lhs: Shape, rhs: Shape, numbers: Any) -> Layout:
    """The layout that ``dimension_numbers`` says: three texts such as ("NHWC", "HWIO", "NHWC"); None is channels first.

    Raises:
        RejectedError: JAX refuses them.
    """
    if len(lhs) != len(rhs):
        raise rejected(NAME, name, f"convolution requires lhs and rhs ndim to be equal, got {len(lhs)} and {len(rhs)}")
    if len(lhs) < 2:
        raise rejected(NAME, name, f"lhs has {len(lhs)} axes", "It has a batch and channels at least.")
    if numbers is None:
        plain = tuple(range(len(lhs)))
        return Layout(plain, plain, plain)
    if not isinstance(numbers, tuple | list) or len(numbers) != 3 or not all(isinstance(n, str) for n in numbers):
        raise rejected(
            NAME,
            name,
            f"dimension_numbers is {numbers!r}: it must be None or three strings",
            'As ("NHWC", "HWIO", "NHWC").',
        )
    for at, (text, pair) in enumerate(zip(numbers, CHARACTERS, strict=True)):
        _check_text(name, at, text, pair, lhs, rhs)
    kernel = numbers[1]
    spatial = [set(text) - set(pair) for text, pair in zip(numbers, CHARACTERS, strict=True)]
    if not spatial[0] == spatial[1] == spatial[2]:
        raise rejected(
            NAME,
            name,
            f"dimension_numbers elements must each have the same set of spatial characters, got {tuple(numbers)}",
        )
    found = [_order(text, pair, kernel) for text, pair in zip(numbers, CHARACTERS, strict=True)]
    return Layout(*found)


def _check_text(name: str, at: int, text: str, pair: tuple[str, str], lhs: Shape, rhs: Shape) -> None:
    what = f"dimension_numbers[{at}]"
    if len(text) != len(lhs):
        raise rejected(
            NAME, name, f"{what} must have len equal to the ndim of lhs and rhs, got {len(text)} for {lhs} and {rhs}"
        )
    if any(text.count(character) != 1 for character in pair):
        raise rejected(
            NAME, name, f"{what} must contain the characters '{pair[0]}' and '{pair[1]}' exactly once, got {text}"
        )
    if len(text) != len(set(text)):
        raise rejected(NAME, name, f"{what} cannot have duplicate characters, got {text}")


def _order(text: str, pair: tuple[str, str], kernel: str) -> Numbers:
    """Spatial axes come in the order in which the kernel's text names them."""
    spatial = [text.index(character) for character in kernel if character not in ("O", "I")]
    return (text.index(pair[0]), text.index(pair[1]), *spatial)
