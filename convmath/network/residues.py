"""Sizes by residue: what floors of floors, sums of floors and smallest ones say, as linear expressions in classes.

Floors of linear functions repeat: f(H + M) = f(H) + c for a period M. So f is linear along each class of sizes that
leave one remainder mod M, with the slope c/M, and its value at one size of the class says the rest. This holds for
every size, though finitely many are evaluated. Of several functions with different slopes the smallest is one of them
from some size on; where that is, is worked out along each class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import NamedTuple

from convmath.errors import UnsupportedError
from convmath.language.tree import Expr, Least, mapped, walk
from convmath.network.admissible import period_of
from convmath.network.extent import Extent, Size
from convmath.network.form import Form, evaluated, letters_in, tree_of

LONGEST = 1024
"""The longest period that is gone through to see whether one floor says it."""
MOST = 4096
"""The longest period that is gone through to say a size by residue, or to see whether two are equal."""
LATEST = 1 << 16
"""The latest size up to which another expression may hold."""


class Piece(NamedTuple):
    """A linear expression slope·H + rest, and the sizes for which it holds: some residues, from low to high."""

    residues: tuple[int, ...]
    low: int
    high: int | None
    slope: Fraction
    rest: Fraction


def _check(period: int) -> None:
    if period > MOST:
        raise UnsupportedError(f"the size repeats only every {period} places; at most {MOST} are gone through")


@dataclass(frozen=True)
class Pieces:
    """A size as linear expressions: ``pieces`` say which residues mod ``period`` each is for.

    Attributes:
        letter: the letter.
        period: the shortest period.
        pieces: each class once; what holds for small sizes only comes first.
    """

    letter: str
    period: int
    pieces: tuple[Piece, ...]

    def at(self, size: int) -> Fraction:
        """The value at one size ≥ 1.

        Raises:
            UnsupportedError: the size is below 1.
        """
        for piece in self.pieces:
            inside = piece.low <= size and (piece.high is None or size <= piece.high)
            if inside and size % self.period in piece.residues:
                return piece.slope * size + piece.rest
        raise UnsupportedError(f"{self.letter} = {size} is no size")

    def __str__(self) -> str:
        from convmath.network.wording import pieces_text

        return pieces_text(self)


class Linear:
    """f(H + period) = f(H) + growth: a function that is linear along each class."""

    def __init__(self, tree: Expr, letter: str) -> None:
        self.tree, self.letter = tree, letter
        self.period = period_of(tree, letter)
        _check(self.period)
        self.values = [self.at(size) for size in range(self.period + 1)]
        self.growth = self.values[self.period] - self.values[0]

    def at(self, size: int) -> int:
        """The value at one size."""
        found: int = evaluated(self.tree, {self.letter: size})
        return found

    @property
    def slope(self) -> Fraction:
        """How fast it grows."""
        return Fraction(self.growth, self.period)

    def shortest(self) -> int:
        """The shortest period."""
        whole, values = self.period, self.values
        for period in (p for p in range(1, whole) if whole % p == 0 and self.growth * p % whole == 0):
            step = self.growth * period // whole
            if all(values[at + period] - values[at] == step for at in range(whole - period + 1)):
                return period
        return whole

    def pieces(self, low: int = 1, high: int | None = None) -> list[Piece]:
        """The classes with their expressions, for sizes from ``low`` to ``high``; equal ones are joined."""
        found: dict[Fraction, list[int]] = {}
        for residue in range(self.shortest()):
            found.setdefault(self.values[residue] - self.slope * residue, []).append(residue)
        return [Piece(tuple(residues), low, high, self.slope, rest) for rest, residues in found.items()]


def piecewise(size: Size, letter: str) -> Pieces:
    """A size of one letter as linear expressions, one for each class of sizes ≥ 1.

    Raises:
        UnsupportedError: it has other letters, repeats too late, or is no floor of linear sizes.
    """
    tree = tree_of(size)
    parted = [node for node in walk(tree) if isinstance(node, Least) and not _repeats(node, letter)]
    if not parted:
        only = Linear(tree, letter)
        return Pieces(letter, only.shortest(), tuple(only.pieces()))
    early, late = tree, tree
    for node in parted:
        options = sorted(node.options, key=lambda option: Linear(option, letter).slope)
        early, late = _with(early, node, options[-1]), _with(late, node, options[0])
    until = max(_crossing(node, letter) for node in parted)
    if until > LATEST:
        raise UnsupportedError(f"{tree} changes its expression at {letter} = {until}, which is too late to be tried")
    return _parted(Linear(early, letter), Linear(late, letter), until, tree)


def _parted(head: Linear, tail: Linear, until: int, tree: Expr) -> Pieces:
    """What is ``head`` for small sizes, and ``tail`` after; from ``until`` + 1 on it is the tail."""
    letter = tail.letter
    values = {size: evaluated(tree, {letter: size}) for size in range(1, until + 1)}
    period = lcm(head.shortest(), tail.shortest())
    if all(value == head.at(size) for size, value in values.items()):  # one bound for all classes
        parts = [*_spread(head, period, head.pieces(1, until)), *_spread(tail, period, tail.pieces(until + 1))]
        return Pieces(letter, period, tuple(piece for piece in parts if piece.high != 0))
    found: dict[tuple[int, int | None, Fraction, Fraction], list[int]] = {}
    for residue in range(period):
        own = [size for size in values if size % period == residue]
        last = max((size for size in own if values[size] != tail.at(size)), default=0)
        for size in own:
            if size <= last and values[size] != head.at(size):
                raise UnsupportedError(f"{tree} is neither {head.tree} nor {tail.tree} at {letter} = {size}")
        if last:
            found.setdefault((1, last, head.slope, head.at(residue) - head.slope * residue), []).append(residue)
        found.setdefault((last + 1, None, tail.slope, tail.at(residue) - tail.slope * residue), []).append(residue)
    return Pieces(letter, period, tuple(Piece(tuple(residues), *key) for key, residues in found.items()))


def _spread(function: Linear, period: int, pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces with their residues mod a multiple of their own period."""
    own = function.shortest()
    for piece in pieces:
        yield piece._replace(residues=tuple(at for at in range(period) if at % own in piece.residues))


def _with(tree: Expr, node: Expr, other: Expr) -> Expr:
    """The tree with ``other`` in the place of ``node``."""
    return other if tree == node else mapped(tree, lambda child: _with(child, node, other))


def _repeats(node: Least, letter: str) -> bool:
    return len({Linear(option, letter).slope for option in node.options}) == 1


def _crossing(node: Least, letter: str) -> int:
    """The last size at which another option than the slowest is the smallest; 0 where there is none."""
    slowest, *others = sorted((Linear(option, letter) for option in node.options), key=lambda one: one.slope)
    last = 0
    for other in others:
        period = lcm(slowest.period, other.period)
        _check(period)
        for residue in range(period):
            apart = other.at(residue) - slowest.at(residue)
            grows = (other.slope - slowest.slope) * period
            if apart < 0 and grows == 0:
                raise UnsupportedError(f"{node} is one option in one class of sizes and another in the next")
            if apart < 0:
                last = max(last, residue + int((-apart - 1) // grows) * period)
    return last


def alike(one: Size, two: Size) -> bool:
    """Whether two sizes are equal for every value of their one letter; False also where that is not decided."""
    letters = letters_in(one) | letters_in(two)
    if one == two or len(letters) != 1 or (isinstance(one, Extent) and isinstance(two, Extent)):
        return one == two
    return _alike(tree_of(one), tree_of(two), letters.pop())


@lru_cache(maxsize=1024)
def _alike(one: Expr, two: Expr, letter: str) -> bool:
    try:
        first, second = Linear(one, letter), Linear(two, letter)
        period = lcm(first.period, second.period)
        _check(period)
    except UnsupportedError:  # it is left open, and so it is required
        return False
    return first.slope == second.slope and all(first.at(size) == second.at(size) for size in range(period))


def in_one_floor(form: Form) -> Size:
    """The form as c·⌊(a·H + A)/M⌋ + b where that is the same for every H, else the form itself."""
    if len(letters := letters_in(form)) != 1:
        return form
    (letter,) = letters
    try:
        found = _short(form, letter)
    except UnsupportedError:
        return form
    if found is None:
        return form
    first, times = found.values[0], gcd(*(value - found.values[0] for value in found.values))
    if times == 0:
        return first
    times = times if found.growth > 0 else -times
    steps = [(value - first) // times for value in found.values]
    period, slope = found.period, found.growth // times
    low = max(period * step - slope * at for at, step in enumerate(steps[:-1]))
    high = min(period * step - slope * at + period - 1 for at, step in enumerate(steps[:-1]))
    return Extent(letter, slope, low, period, times, first) if low <= high and slope > 0 else form


def _short(form: Form, letter: str) -> Linear | None:
    """The form's values, where its period is short enough to be gone through."""
    return Linear(form.tree, letter) if period_of(form.tree, letter) <= LONGEST else None
