"""Exact evaluation at many integer points at once. It shares nothing with the rules.

A point gives every letter an integer inside the assumptions. Values are int64 arrays over the
points (a pair of them for a fraction), so nothing is rounded; the sampled sizes are small, so
nothing overflows. An array stands for an integer function that is zero outside its shape.
"""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from convmath.errors import ProofError, UnsupportedError
from convmath.language.functions import Function
from convmath.language.tree import (
    Add,
    Apply,
    Ceil,
    Expr,
    Floor,
    Int,
    Least,
    Mul,
    Pow,
    Ratio,
    Read,
    Reduce,
    Relation,
    Sym,
    letters_of,
)
from convmath.proof.quotients import Ints, Value, bounded, choose, fold, less, plain, plus, smaller, times
from convmath.proof.visiting import blocks

Shapes = tuple[tuple[str, tuple[Expr, ...]], ...]
Formulas = Mapping[str, tuple[tuple[str, ...], Expr]]
"""Arrays that a formula gives: the letters of their places, and the entry there."""
LARGEST = 2**20
"""The largest number in an expression: products of a few of them must fit 64 bits."""
MOST_PLACES = 20_000


ORDER = {"=": np.equal, "<": np.less, "≤": np.less_equal, "≥": np.greater_equal}


class Points:
    """Some integer points, and the values of expressions and relations there."""

    def __init__(
        self,
        letters: Mapping[str, Ints],
        shapes: Shapes,
        count: int | None = None,
        hidden: frozenset[str] | None = None,
    ) -> None:
        self.letters = dict(letters)
        self.shapes = shapes
        self.arrays = dict(shapes)
        counted = len(next(iter(letters.values()))) if letters else 1
        self.count = counted if count is None else count
        self.numbers: dict[int, Ints] = {}
        self.formulas: Formulas = {}
        sizes = (size for _, shape in shapes for size in shape)
        self.hidden = frozenset(letters_of(*sizes)) if hidden is None else hidden

    def where(self, mask: NDArray[np.bool_]) -> Points:
        other = Points({name: value[mask] for name, value in self.letters.items()}, self.shapes, hidden=self.hidden)
        other.formulas = self.formulas
        return other

    def assign(self, **letters: Ints | int) -> Points:
        """The same points with some letters given other values."""
        full = {name: self.number(v) if isinstance(v, int) else v for name, v in letters.items()}
        other = Points({**self.letters, **full}, self.shapes, self.count, self.hidden)
        other.numbers, other.formulas = self.numbers, self.formulas
        return other

    def given(self, formulas: Formulas) -> Points:
        other = self.assign()
        other.formulas = formulas
        other.hidden = self.hidden | letters_of(*(entry for _, entry in formulas.values()))
        return other

    def number(self, value: int) -> Ints:
        """One number at every point."""
        if abs(value) > LARGEST:
            raise UnsupportedError(f"{value} is too large for exact points: give it as a letter with a value")
        if value not in self.numbers:
            self.numbers[value] = np.full(self.count, value, np.int64)
        return self.numbers[value]

    def integer(self, expr: Expr) -> Ints:
        """The values of ``expr``, which must be whole at every point."""
        top, bottom = self.value(expr)
        if bottom is None:
            return top
        if np.any(top % bottom):
            raise ProofError(f"{expr} is no integer at some point inside the assumptions")
        return top // bottom

    def holds(self, relation: Relation) -> NDArray[np.bool_]:
        (a, x), (b, y) = self.value(relation.left), self.value(relation.right)
        if relation.op == "∣":
            return np.asarray(np.where(a == 0, b == 0, b % np.where(a == 0, 1, a) == 0))
        left, right = (a if y is None else a * y), (b if x is None else b * x)
        return np.asarray(ORDER[relation.op](left, right))

    def value(self, expr: Expr) -> Value:
        """(numerator, divisor) at every point; the divisor is None for whole numbers."""
        match expr:
            case Int(number):
                return self.number(number), None
            case Sym(name):
                if name not in self.letters:
                    raise ProofError(f"{name} is neither a size nor an index here")
                return self.letters[name], None
            case Add(terms):
                return fold(plus, [self.value(term) for term in terms])
            case Mul(factors):
                return fold(times, [self.value(factor) for factor in factors])
            case Pow(base, exponent):
                return fold(times, [bounded(self.value(base), exponent)] * exponent)
            case Ratio(numerator, divisor):
                (a, x), (b, y) = self.value(numerator), self.value(divisor)
                return plain(a if y is None else a * y, b if x is None else b * x)
            case Floor(argument) | Ceil(argument):
                top, bottom = self.value(argument)
                whole = top if bottom is None else top // bottom if isinstance(expr, Floor) else -(-top // bottom)
                return whole, None
            case Least(options):
                return fold(smaller, [self.value(option) for option in options])
            case Read(array, subscripts):
                return self._read(array, [self.integer(item) for item in subscripts])
            case Apply(Function("relu"), argument):
                top, bottom = self.value(argument)
                return np.maximum(top, 0), bottom
            case Reduce():
                return self._reduce(expr)
        raise UnsupportedError(f"no value is known for a node of type {type(expr).__name__}")

    def _read(self, array: str, places: list[Ints]) -> Value:
        if array not in self.formulas:
            return self._entry(array, places), None
        letters, entry = self.formulas[array]
        return self.assign(**dict(zip(letters, places, strict=True))).value(entry)

    def _entry(self, array: str, places: list[Ints]) -> Ints:
        """A small integer that depends on the array and the place; missing trailing places are 0."""
        mixed = np.full(self.count, zlib.crc32(array.encode()), np.int64)
        inside = np.ones(self.count, bool)
        for position, place in enumerate(places):
            mixed = mixed + (place + 0) * (7919 * (position + 1) ** 3 + 104_729)
            if array in self.arrays:
                size = self.integer(self.arrays[array][position])
                inside &= (place >= 0) & (place < size)
        mixed = (mixed * 2_654_435_761) ^ (mixed >> 7)
        return np.where(inside, (mixed >> 9) % 19 - 9, 0)

    def _reduce(self, expr: Reduce) -> Value:
        sizes = [self.integer(size) for _, size in expr.ranges]
        places = every_place(sizes)
        if expr.kind in ("sum", "mean"):
            found = self._summed(expr, sizes)
            if found is not None:
                return found
        total: Value | None = None
        count = np.zeros(self.count, np.int64)
        names = [name for name, _ in expr.ranges]
        here = self.assign()
        for place in places:
            inside = np.ones(self.count, bool)
            for name, index, size in zip(names, place, sizes, strict=True):
                inside &= index < size
                here.letters[name] = self.number(index)
            for relation in expr.where:
                inside &= here.holds(relation)
            part = here.value(expr.body)
            if expr.kind in ("sum", "mean"):
                part = np.where(inside, part[0], 0), part[1]
                total = part if total is None else plus(total, part)
            elif total is None:
                total = part
            else:
                better = less(total, part) if expr.kind == "max" else less(part, total)
                total = choose((better | (count == 0)) & inside, part, total)
            count += inside
        if total is None:
            return np.zeros(self.count, np.int64), None
        return plain(total[0], count if total[1] is None else total[1] * count) if expr.kind == "mean" else total

    def _at(self, rows: Ints, names: list[str], places: list[Ints], letters: set[str]) -> Points:
        """The points with these numbers, at these values of summed indices; only the ``letters`` are known."""
        kept = {name: value[rows] for name, value in self.letters.items() if name in letters and name not in names}
        here = Points({**kept, **dict(zip(names, places, strict=True))}, self.shapes, len(rows), self.hidden)
        here.formulas = self.formulas
        return here

    def _summed(self, expr: Reduce, sizes: list[Ints]) -> Value | None:
        """A sum or mean, many places at once; None where the least common divisor of its terms grows large."""
        total, count, common = (np.full(self.count, start, np.int64) for start in (0, 0, 1))
        names = [name for name, _ in expr.ranges]
        for every, choice in blocks(sizes, self.count):
            rows, places = every, choice
            for relation in expr.where:
                here = self._at(rows, names, places, letters_of(relation.left, relation.right))
                good = here.holds(relation)
                rows, places = rows[good], [place[good] for place in places]
            part, divisor = self._at(rows, names, places, letters_of(expr.body) | self.hidden).value(expr.body)
            if divisor is not None:  # every place of a point is in one block, so its divisors are all here
                np.lcm.at(common, rows, divisor)
                if common.max(initial=1) > LARGEST:
                    return None
                part = part * (common[rows] // divisor)
            np.add.at(total, rows, part)
            np.add.at(count, rows, 1)
        return plain(total, common if expr.kind == "sum" else common * count)


def every_place(sizes: list[Ints]) -> Iterator[tuple[int, ...]]:
    """Every choice of indices below the largest of each size.

    Raises:
        UnsupportedError: there are too many to visit; larger numbers belong in the values.
    """
    largest = [int(size.max(initial=0)) for size in sizes]
    if math.prod(largest) > MOST_PLACES:
        raise UnsupportedError(f"{math.prod(largest)} places to visit; at most {MOST_PLACES} are")
    return itertools.product(*map(range, largest))
