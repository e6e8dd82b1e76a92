"""Straight-line programs: what a fast algorithm does, one addition or multiplication a line, run and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from math import gcd, lcm
from typing import Any, Literal

from convmath.derive.transforms import Matrix, Transforms

Kind = Literal["+", "−", "scale", "·"]
Names = Mapping[tuple[int, ...], str]
Sum = tuple[int, Fraction, int, Fraction]
"""a·x + b·y: the place of x, a, the place of y, b."""
SIGNS = {"+": "additions", "−": "additions", "scale": "multiplications by constants", "·": "multiplications"}
"""What each kind of operation is counted as."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One line: ``name`` is ``left`` + ``right``, − ``right``, · ``right``, or ``right`` (a number) times ``left``."""

    name: str
    kind: Kind
    left: str
    right: str | Fraction

    def __str__(self) -> str:
        if self.kind == "scale":
            return f"{self.name} = {_number(self.right)}·{self.left}"
        return f"{self.name} = {self.left} {self.kind} {self.right}"


@dataclass(frozen=True)
class Program:
    """Operations in the order in which they are made, and the names that hold the outputs.

    ``stages`` are the filter's transform, the data's, the products, and the outputs' transform.
    """

    stages: Mapping[str, tuple[Operation, ...]]
    outputs: Names

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every line, stage by stage."""
        return tuple(operation for stage in self.stages.values() for operation in stage)

    @property
    def multiplications(self) -> int:
        """How many lines multiply two values, neither of which is a constant."""
        return sum(operation.kind == "·" for operation in self.operations)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Stage by stage, how many lines add (or subtract), multiply by a constant, or multiply two values."""
        return {stage: dict(Counter(SIGNS[o.kind] for o in lines)) for stage, lines in self.stages.items()}

    def run(self, values: Mapping[str, Any]) -> dict[tuple[int, ...], Any]:
        """The outputs by place, for values of the inputs; nothing is rounded where those are exact."""
        known = dict(values)
        for operation in self.operations:
            left = known[operation.left]
            right = operation.right if isinstance(operation.right, Fraction) else known[operation.right]
            result = left + right if operation.kind == "+" else left - right if operation.kind == "−" else left * right
            known[operation.name] = result
        return {place: known[name] for place, name in self.outputs.items()}

    def __str__(self) -> str:
        return "\n".join(map(str, self.operations))


@dataclass
class _Builder:
    """Lines as they are written; a name is used once."""

    lines: list[Operation] = field(default_factory=list)
    number: int = 0
    scaled: dict[tuple[str, Fraction], str] = field(default_factory=dict)

    def line(self, kind: Kind, left: str, right: str | Fraction, name: str = "") -> str:
        if not name:
            self.number += 1
            name = f"t{self.number}"
        self.lines.append(Operation(name, kind, left, right))
        return name

    def take(self) -> tuple[Operation, ...]:
        """The lines of the stage that ends here."""
        stage, self.lines = tuple(self.lines), []
        return stage

    def times(self, value: str, factor: Fraction, name: str = "") -> str:
        """``factor · value``, made once."""
        if factor == 1:
            return value
        if (value, factor) not in self.scaled:
            self.scaled[value, factor] = self.line("scale", value, factor, name)
        return self.scaled[value, factor]

    def transform(self, matrix: Matrix, names: Sequence[str], labels: Sequence[str]) -> list[str]:
        """The names that hold the matrix times the values; sums that several rows share are made once."""
        sums, rows = _with_sums(matrix)
        known = list(names)
        for first, one, second, other in sums:
            known.append(self.row({known[first]: one, known[second]: other}, ""))
        found = ({known[at]: factor for at, factor in row} for row in rows)
        return [self.row(row, label) for row, label in zip(found, labels, strict=True)]

    def row(self, row: Mapping[str, Fraction], label: str) -> str:
        """The name that holds one sum of multiples."""
        common = _common(row.values())
        plain = sum(abs(entry) != 1 for entry in row.values())
        factored = sum(abs(entry) != common for entry in row.values()) + (common != 1)
        if factored >= plain or len(row) == 1:
            common = Fraction(1)
        terms = sorted(((name, entry / common) for name, entry in row.items()), key=lambda term: term[1] < 0)
        (first, factor), *rest = terms
        label_here = label if common == 1 else ""
        total = self.times(first, factor, "" if rest else label)
        for place, (name, entry) in enumerate(rest):
            last = label_here if place == len(rest) - 1 else ""
            total = self.line("+" if entry > 0 else "−", total, self.times(name, abs(entry)), last)
        return self.times(total, common, label)

    def nested(self, matrix: Matrix, names: Names, array: str) -> dict[tuple[int, ...], str]:
        """The transform along every axis in turn."""
        found, rank = dict(names), len(next(iter(names)))
        for axis in range(rank):
            last, before = axis == rank - 1, found
            found = {}
            for rest in sorted({place[:axis] + place[axis + 1 :] for place in before}):
                places = [(*rest[:axis], here, *rest[axis:]) for here in range(len(matrix))]
                inner = [before[(*rest[:axis], here, *rest[axis:])] for here in range(len(matrix[0]))]
                labels = [entry(array, place) if last else "" for place in places]
                found |= dict(zip(places, self.transform(matrix, inner, labels), strict=True))
        return found


@lru_cache(maxsize=256)
def _with_sums(matrix: Matrix) -> tuple[list[Sum], list[list[tuple[int, Fraction]]]]:
    """The sums of two values that several rows share, and the rows in terms of the values and of these sums.

    The pair that stands in one ratio in most rows is taken out first, until no two rows share any.
    """
    rows = [{at: entry for at, entry in enumerate(row) if entry} for row in matrix]
    sums: list[Sum] = []
    while (shared := _shared(rows)) is not None:
        first, second, ratio = shared
        one, other = Fraction(ratio.denominator), Fraction(ratio.numerator)
        sums.append((first, one, second, other))
        for row in rows:
            if first in row and second in row and row[second] / row[first] == ratio:
                row[len(matrix[0]) + len(sums) - 1] = row.pop(first) / one
                del row[second]
    return sums, [list(row.items()) for row in rows]


def _shared(rows: Sequence[Mapping[int, Fraction]]) -> tuple[int, int, Fraction] | None:
    """Two values that stand in one ratio in most rows, or None where no two rows share any."""
    found: Counter[tuple[int, int, Fraction]] = Counter()
    for row in rows:
        found.update((a, b, row[b] / row[a]) for a, b in combinations(sorted(row), 2))
    best = max(found, key=lambda pair: (found[pair], -(pair[2].denominator + abs(pair[2].numerator))), default=None)
    return best if best is not None and found[best] > 1 else None


def _common(entries: Any) -> Fraction:
    """The largest number of which all entries are whole multiples."""
    found = list(entries)
    bottom = lcm(*(entry.denominator for entry in found))
    return Fraction(gcd(*(int(entry * bottom) for entry in found)), bottom)


def _number(value: Any) -> str:
    text = str(value).replace("-", "−")
    return f"({text})" if "/" in text or text.startswith("−") else text


def entry(array: str, place: tuple[int, ...]) -> str:
    """The name of an entry: x[0,1]."""
    return f"{array}[{','.join(map(str, place))}]"


def entries(array: str, size: int, rank: int) -> dict[tuple[int, ...], str]:
    """The names of every entry of an array with ``rank`` axes of one size."""
    return {place: entry(array, place) for place in product(range(size), repeat=rank)}


def fast(made: Transforms, rank: int = 1) -> Program:
    """The program of F(m, r), nested along ``rank`` axes: transforms, a product for each choice of points, outputs."""
    builder = _Builder()
    stages: dict[str, tuple[Operation, ...]] = {}
    filters = builder.nested(made.filter, entries("w", made.r, rank), "u")
    stages["filter"] = builder.take()
    data = builder.nested(made.data, entries("x", len(made.points), rank), "v")
    stages["data"] = builder.take()
    products = {place: builder.line("·", filters[place], data[place], entry("p", place)) for place in sorted(data)}
    stages["products"] = builder.take()
    outputs = builder.nested(made.output, products, "y")
    stages["output"] = builder.take()
    return Program(stages, outputs)


def direct(m: int, r: int, rank: int = 1) -> Program:
    """The program that multiplies every tap with what it meets: m outputs along each axis, from the definition."""
    builder, outputs = _Builder(), dict[tuple[int, ...], str]()
    for place in product(range(m), repeat=rank):
        parts = []
        for tap in product(range(r), repeat=rank):
            read = tuple(a + b for a, b in zip(place, tap, strict=True))
            parts.append(builder.line("·", entry("w", tap), entry("x", read)))
        total = parts[0]
        for part in parts[1:]:
            total = builder.line("+", total, part)
        outputs[place] = total
    return Program({"direct": builder.take()}, outputs)
