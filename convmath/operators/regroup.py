"""How the axes of one shape become those of another: the common refinement of the two.

(4, 6) and (2, 2, 6) have the parts 2, 2 and 6. Where no axis divides the other, as in (2, 3) and
(3, 2), there are none: then the places of a block are related by their numbers in row-major order.
"""

from __future__ import annotations

from dataclasses import dataclass

from convmath.errors import DefinitionError
from convmath.language.factors import as_node, factored
from convmath.language.polynomial import equal
from convmath.language.tidy import product, tidy
from convmath.language.tree import Expr, Int, Pow, Ratio
from convmath.operators.frame import AXES, Frame, Part, place, shown

ONE = Int(1)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The parts of each axis read and of each axis written, and the conditions that relate them."""

    read: list[list[Part]]
    written: list[list[Part]]
    where: tuple[str, ...]


def inferred(name: str, wanted: list[Expr], sizes: list[Expr], what: str) -> list[Expr]:
    """``wanted`` with a -1 replaced by what is left of ``sizes``.

    Raises:
        DefinitionError: there are two -1, or the numbers of entries differ.
    """
    total = tidy(product(sizes)) if sizes else ONE
    counted = what or f"shape '{shown(wanted)}' is invalid for input of size {total}"
    if wanted.count(Int(-1)) > 1:
        raise DefinitionError(f"{name}: only one dimension can be inferred, but {shown(wanted)} has several -1")
    if any(isinstance(item, Int) and item.value < 1 and item != Int(-1) for item in wanted):
        raise DefinitionError(f"{name}: {counted}; a size is ≥ 1, and one may be -1")
    others = [item for item in wanted if item != Int(-1)]
    known = tidy(product(others)) if others else ONE
    left = quotient(total, known)
    if len(others) == len(wanted) and not equal(total, known):
        raise DefinitionError(f"{name}: {counted}: it has {known} entries, and the two numbers must be one")
    if left is None and isinstance(total, Int) and isinstance(known, Int):
        raise DefinitionError(f"{name}: {counted}: the other sizes have {known} entries, which does not divide {total}")
    left = tidy(Ratio(total, known)) if left is None else left
    return [left if item == Int(-1) else item for item in wanted]


def quotient(size: Expr, divisor: Expr) -> Expr | None:
    """``size`` / ``divisor``, where the divisor's factors stand in the size; else None."""
    number, powers = factored([size])
    other, less = factored([divisor])
    count = number / other if not isinstance(number, int) or number % other else number // other
    left = {base: powers.get(base, 0) - less.get(base, 0) for base in {**powers, **less}}
    if not isinstance(count, int) or any(times < 0 for times in left.values()):
        return None
    factors = [base if times == 1 else Pow(base, times) for base, times in left.items() if times]
    return tidy(product([as_node(count), *factors]))


def grouping(frame: Frame, before: list[Expr], after: list[Expr]) -> Grouping:
    """The parts of both shapes, which have the same number of entries."""
    work = _Work(frame, before, after, [[] for _ in before], [[] for _ in after])
    work.run()
    return Grouping(work.read, work.written, tuple(work.where))


class _Work:
    """Both shapes from left to right; ``i`` and ``j`` are the axes where they have got to."""

    def __init__(
        self, frame: Frame, before: list[Expr], after: list[Expr], read: list[list[Part]], written: list[list[Part]]
    ) -> None:
        self.frame, self.before, self.after, self.read, self.written = frame, before, after, read, written
        self.where: list[str] = []
        self.i = self.j = 0

    def run(self) -> None:
        while self.i < len(self.before) or self.j < len(self.after):
            here, there = self.before[self.i :], self.after[self.j :]
            if not there or (here and here[0] == ONE and there[0] != ONE):
                self.i += 1
            elif not here or (there[0] == ONE and here[0] != ONE):
                self.j += 1
            else:
                self.block()

    def block(self) -> None:
        """The shortest run of axes on both sides with one number of entries."""
        for total in range(2, len(self.before) - self.i + len(self.after) - self.j + 1):
            for rows in range(1, total):
                here, there = self.before[self.i : self.i + rows], self.after[self.j : self.j + total - rows]
                if len(here) + len(there) == total and equal(product(here), product(there)):
                    self.refine(here, there)
                    self.i, self.j = self.i + rows, self.j + total - rows
                    return
        raise DefinitionError(f"{self.frame.name}: {shown(self.before)} and {shown(self.after)} do not fit together")

    def refine(self, here: list[Expr], there: list[Expr]) -> None:
        """Parts for one block, or the inequalities between two numbers."""
        found = _refined(here, there)
        if found is None:
            for at, item in enumerate(here, self.i):
                self.read[at] = [self.frame.part(item, self.called(self.before, at))]
            for at, item in enumerate(there, self.j):
                self.written[at] = [self.frame.part(item, self.called(self.after, at))]
            reads = place(part for group in self.read[self.i : self.i + len(here)] for part in group)
            writes = place(part for group in self.written[self.j : self.j + len(there)] for part in group)
            self.where += [f"{writes}<={reads}", f"{reads}<={writes}"]
            return
        for row, column, item in found:
            at, to = self.i + row, self.j + column
            axis = self.called(self.before, at) if equal(item, self.before[at]) else self.called(self.after, to)
            part = self.frame.part(item, axis)
            self.read[at].append(part)
            self.written[to].append(part)

    @staticmethod
    def called(sizes: list[Expr], at: int) -> str:
        """What an axis is called in an array of this rank."""
        return AXES[len(sizes)].split()[at] if len(sizes) in AXES else f"L_{at + 1}"


def _refined(here: list[Expr], there: list[Expr]) -> list[tuple[int, int, Expr]] | None:
    """(axis read, axis written, size) of each part, or None where no axis divides the other."""
    parts: list[tuple[int, int, Expr]] = []
    i = j = 0
    row, column = here[0], there[0]
    while True:
        rest, more = _left(row, [column, *there[j + 1 :]]), _left(column, [row, *here[i + 1 :]])
        if rest is None and more is None:
            return None
        part = row if rest is None else column
        parts.append((i, j, part))
        row, column = (rest, ONE) if rest is not None else (ONE, ONE if more is None else more)
        if row == ONE:
            i += 1
        if column == ONE:
            j += 1
        while i < len(here) and row == ONE:
            row = here[i]
            i += row == ONE
        while j < len(there) and column == ONE:
            column = there[j]
            j += column == ONE
        if i == len(here) or j == len(there):
            return parts


def _left(size: Expr, others: list[Expr]) -> Expr | None:
    """``size`` / ``others[0]``: by its factors, or because the others together are the size."""
    found = quotient(size, others[0])
    for stop in range(2, len(others) + 1) if found is None else ():
        if equal(product(others[:stop]), size):
            return tidy(product(others[1:stop]))
    return found
