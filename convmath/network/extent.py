"""Sizes with a letter in them, kept as one floor: c·⌊(a·H + A)/M⌋ + b.

A size is an ``int``, an :class:`Extent`, or, where one floor does not say it, a
:class:`convmath.network.form.Form`. All three are added, subtracted, multiplied and divided with ``//``, so that the
sizes that an operator's definition gives are worked out the same way for numbers and for letters.

One law does the folding: ⌊(⌊x/M⌋ + b)/s⌋ = ⌊(x + M·b)/(M·s)⌋ for integers x, b and M, s ≥ 1. It is the rule “nested
floor” of :mod:`convmath.proof.floors`, where it is proved for letters.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any, TypeAlias

from convmath.language.tidy import total
from convmath.language.tree import Expr, Floor, Int, Mul, Ratio, Sym

if TYPE_CHECKING:
    from convmath.network.form import Form

Size: TypeAlias = "int | Extent | Form"


class Extent:
    """``times·⌊(slope·letter + shift)/period⌋ + rest``, in one canonical form.

    0 ≤ shift < period; slope and period have no common divisor; with period 1 the factor stands in the slope. So two
    extents are equal for every value of their letter exactly if their fields are equal.
    """

    __slots__ = ("letter", "period", "rest", "shift", "slope", "times")

    def __init__(self, letter: str, slope: int, shift: int, period: int, times: int, rest: int) -> None:
        common = gcd(slope, period)
        if common != 1:
            slope, shift, period = slope // common, shift // common, period // common
        if not 0 <= shift < period:
            whole, shift = divmod(shift, period)
            rest += times * whole
        if period == 1 and times != 1:
            slope, times = slope * times, 1
        self.letter, self.slope, self.shift, self.period = letter, slope, shift, period
        self.times, self.rest = times, rest

    def __add__(self, other: Size) -> Size:
        if type(other) is int:
            return Extent(self.letter, self.slope, self.shift, self.period, self.times, self.rest + other)
        if isinstance(other, Extent) and self.floor == other.floor:
            times, rest = self.times + other.times, self.rest + other.rest
            return Extent(*self.floor, times, rest) if times else rest
        if isinstance(other, Extent) and self.letter == other.letter and self.period == other.period == 1:
            slope, rest = self.slope + other.slope, self.rest + other.rest
            return Extent(self.letter, slope, 0, 1, 1, rest) if slope else rest
        return _together(self, other)

    __radd__ = __add__

    def __sub__(self, other: Size) -> Size:
        return self + other * -1

    def __rsub__(self, other: int) -> Size:
        return self * -1 + other

    def __mul__(self, other: Size) -> Size:
        if type(other) is not int:
            return _form(self) * other
        if other == 0:
            return 0
        return Extent(self.letter, self.slope, self.shift, self.period, self.times * other, self.rest * other)

    __rmul__ = __mul__

    def __floordiv__(self, other: Size) -> Size:
        """⌊self/other⌋ for an ``other`` ≥ 1."""
        if type(other) is not int:
            return _form(self) // other
        common = gcd(self.times, other)
        times, divisor, rest = self.times // common, other // common, self.rest // common
        if divisor == 1:
            return Extent(self.letter, self.slope, self.shift, self.period, times, rest)
        if times != 1:
            return _form(Extent(self.letter, self.slope, self.shift, self.period, times, rest)) // divisor
        shift = self.shift + self.period * rest
        return Extent(self.letter, self.slope, shift, self.period * divisor, 1, 0)

    def slid(self, before: int, stride: int, after: int) -> Size:
        """⌊(self + before)/stride⌋ + after, in one go."""
        if self.times != 1:
            return (self + before) // stride + after
        shift = self.shift + self.period * (self.rest + before)
        return Extent(self.letter, self.slope, shift, self.period * stride, 1, after)

    def __rfloordiv__(self, other: int) -> Size:
        return other // _form(self)

    @property
    def floor(self) -> tuple[str, int, int, int]:
        """What stands inside: letter, slope, shift and period."""
        return self.letter, self.slope, self.shift, self.period

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Extent) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def _fields(self) -> tuple[Any, ...]:
        return self.letter, self.slope, self.shift, self.period, self.times, self.rest

    def least(self, other: Size) -> Size:
        """The smaller of both at every value of the letter; one of them, where it is never the larger.

        ⌊(x + A)/M⌋ grows with A, so of two floors of one slope and period the one with the smaller shift is it.
        """
        if isinstance(other, Extent) and other.floor[:2] == self.floor[:2]:
            alike = self.period == other.period and self.times == other.times == 1
            if alike:
                mine, its = self.shift + self.period * self.rest, other.shift + other.period * other.rest
                return self if mine <= its else other
        return _form(self).least(other)

    def reaches(self, least: int) -> int:
        """The smallest value of the letter at which the size is at least ``least``; from there on it stays so.

        The floor is at least m exactly from slope·letter + shift ≥ period·m on, since m is an integer.
        """
        floor = -((self.rest - least) // self.times)
        return -((self.shift - self.period * floor) // self.slope)

    def at(self, values: Any) -> Any:
        """The size at one value of each letter, or at an array of integers."""
        return (self.slope * values[self.letter] + self.shift) // self.period * self.times + self.rest

    @property
    def tree(self) -> Expr:
        """The size as an expression: whole numbers go inside the floor where they can."""
        whole, rest = divmod(self.rest, self.times)
        inside, rest = (self.shift + self.period * whole, 0) if rest == 0 else (self.shift, self.rest)
        letter: Expr = Sym(self.letter) if self.slope == 1 else Mul((Int(self.slope), Sym(self.letter)))
        top = total([letter, Int(inside)])
        floor: Expr = top if self.period == 1 else Floor(Ratio(top, Int(self.period)))
        return floor if self.times == 1 else total([Mul((Int(self.times), floor)), Int(rest)])

    def __str__(self) -> str:
        return str(self.tree)

    def __repr__(self) -> str:
        return str(self)


def letter(name: str) -> Extent:
    """A size that is a letter."""
    return Extent(name, 1, 0, 1, 1, 0)


def _together(one: Extent, other: Size) -> Size:
    """The sum of an extent and a size with another floor: ⌊H/2⌋ + ⌊(H + 1)/2⌋ is H."""
    from convmath.network.form import simplest

    found = _form(one) + other
    return simplest(found) if isinstance(other, Extent) and other.letter == one.letter else found


def _form(size: Extent) -> Form:
    from convmath.network.form import Form

    return Form(size.tree)
