"""Shapes that are given in the place of tensors, their letters, and how two of them broadcast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convmath.errors import DefinitionError, ParseError
from convmath.language.letters import AXES, OUT
from convmath.language.parse import parse_list
from convmath.language.polynomial import equal
from convmath.language.sizes import size
from convmath.language.tree import Expr, Int
from convmath.language.write import write

LEADING = (("N", "n"), ("C", "c"))
MOST_AXES = 32
"""NumPy arrays had at most so many; PyTorch takes 64."""


def read_shape(given: Any, what: str) -> tuple[Any, ...]:
    """``"N,C,H,W"``, a tuple of sizes, or one size, as a tuple of sizes; ``()`` and ``""`` have no axes.

    Raises:
        ParseError: it is no shape.
        DefinitionError: a size is below 1, or there are too many.
    """
    if isinstance(given, str):
        entries = parse_list(given) if given.strip() else ()
        if any(len(entry) != 1 for entry in entries):
            raise ParseError(f"{what} is {given[:60]!r}; a shape has one size for each axis, as in 'N,C,H,W'")
        found: tuple[Any, ...] = tuple(entry[0] for entry in entries)
    else:
        found = tuple(given) if isinstance(given, tuple | list) else (given,)
    if len(found) > MOST_AXES:
        raise DefinitionError(f"{what} has {len(found)} axes; at most {MOST_AXES} are taken")
    for axis, item in enumerate(found):
        one = size(item, f"{what}, axis {axis},")
        if isinstance(one, Int) and one.value < 1:
            raise DefinitionError(f"{what} has size {one} along axis {axis}; a size is an integer ≥ 1")
    return tuple(item.value if isinstance(item, Int) else item for item in found)


def named_axes(rank: int, *, spatial: bool = True) -> list[tuple[str, str]]:
    """(letter of the size, index) of each axis: N, C, H, W with n, c, i, j; beyond five axes numbered ones."""
    if spatial and rank - len(LEADING) in AXES:
        return [*LEADING, *zip(AXES[rank - len(LEADING)], OUT, strict=False)]
    return [LEADING[at] if at < len(LEADING) else (f"S_{at}", f"x_{at}") for at in range(rank)]


def tree(item: Any) -> Expr:
    """A size that :func:`read_shape` took, as a tree."""
    return size(item, "a size")


def is_one(item: Any) -> bool:
    """Whether a size is the number 1."""
    return tree(item) == Int(1)


def broadcast(first: Sequence[Any], second: Sequence[Any], what: str) -> tuple[Any, ...]:
    """The shape of both together: from the last axis on, sizes are equal, or one of them is 1 or missing.

    Raises:
        DefinitionError: two sizes differ, and neither is 1.
    """
    rank = max(len(first), len(second))
    whole: list[Any] = []
    for axis in range(rank):
        one, two = (s[axis - rank] if rank - axis <= len(s) else 1 for s in (first, second))
        if not (is_one(one) or is_one(two) or equal(tree(one), tree(two))):
            raise DefinitionError(
                f"{what}: The size of tensor a ({shown(one)}) must match the size of tensor b ({shown(two)}) at "
                f"non-singleton dimension {axis}: input is {shown_shape(first)}, other is {shown_shape(second)}. "
                f"Make the two sizes equal, or one of them 1{_letters(one, two)}"
            )
        whole.append(two if is_one(one) else one)
    return tuple(whole)


def _letters(one: Any, two: Any) -> str:
    both = isinstance(tree(one), Int) and isinstance(tree(two), Int)
    return "." if both else "; two sizes that are equal need the same letter."


def shown(item: Any) -> str:
    """A size for a message."""
    return write(tree(item))


def shown_shape(shape: Sequence[Any]) -> str:
    """A shape for a message, as Python writes it."""
    return f"({', '.join(map(shown, shape))}{',' if len(shape) == 1 else ''})"


def read_at(shape: Sequence[Any], axes: Sequence[tuple[str, str]], whole: Sequence[Any]) -> tuple[str, str]:
    """(the shape in letters, the subscripts) of an array that broadcasts to ``whole``, whose axes are ``axes``."""
    letters, places = [], []
    mine = range(len(axes) - len(shape), len(axes))
    for item, axis in zip(shape, mine, strict=True):
        spread = is_one(item) and not is_one(whole[axis])
        letters.append("1" if spread else axes[axis][0])
        places.append("0" if spread else axes[axis][1])
    return ",".join(letters), ",".join(places)
