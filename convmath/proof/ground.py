"""What a derivation stands on: definitions, assumptions, and what was concluded before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

from convmath.language.definition import NO_PADDING, Definition
from convmath.language.tree import Expr, Int, Ranges, Ratio, Read, Reduce, Relation, Sym, children, letters_of, walk
from convmath.proof.facts import Facts, facts
from convmath.proof.points import MOST_PLACES, Points
from convmath.proof.sample import sample
from convmath.proof.statement import Statement

SPANS = (7, 7, 5, 4, 3)
"""How many values a letter takes, by the number of indices that run: every place is visited."""
TIGHT = 2
"""The same for more indices than that."""

SPANNED = 64
"""The largest divisor whose remainders the points go through, twice."""

FEW = 9
FEWEST = 20
"""No points are left out below this number."""


@dataclass(frozen=True)
class Ground:
    """What a derivation stands on: its definitions, its assumptions, and what earlier chains found.

    ``definitions[0]`` is the subject; ``established`` holds (name, expression) pairs concluded before.
    """

    definitions: tuple[Definition, ...]
    assumptions: tuple[Relation, ...]
    established: tuple[tuple[str, Expr], ...] = ()

    @property
    def definition(self) -> Definition:
        return self.definitions[0]

    def facts(self, statement: Statement) -> Facts:
        """The assumptions, with output indices ≥ 0 and the statement's own ranges."""
        if statement.ranges not in self._facts:
            self._facts[statement.ranges] = facts(self._relations, statement.ranges)
        return self._facts[statement.ranges]

    def points(self, *statements: Statement) -> Points:
        """Integer points inside the assumptions, for every letter of the statements."""
        sums = [_depth(n) for s in statements for r in s.relations for n in walk(r.right) if isinstance(n, Reduce)]
        deepest = max([*sums, *(len(statement.ranges) for statement in statements)])
        visited = max(self._visited(r.right, frozenset()) for s in statements for r in s.relations)
        span = SPANS[deepest] if max(deepest, visited - 1) < len(SPANS) else TIGHT
        if deepest == 0:  # nothing runs: values enough to come back to where a floor was
            span = max(span, 2 * _largest_divisor(statements))
        more = frozenset(letter for s in statements for letter in s.letters()) - self._letters
        if (span, more) not in self._points:
            self._points[span, more] = self._sampled(span, more)
        found = self._points[span, more]
        found = _few_places(found, statements) if sums else found
        return _few_quantified(found, statements) if deepest else found

    def _visited(self, expr: Expr, inside: frozenset[str]) -> int:
        """How many indices run, one inside another, when ``expr`` is evaluated with the formulas of its arrays."""
        below = [self._visited(child, inside) for child in children(expr)]
        if isinstance(expr, Read) and expr.array in self.formulas and expr.array not in inside:
            below.append(self._visited(self.formulas[expr.array][1], inside | {expr.array}))
        return max(below, default=0) + (len(expr.ranges) if isinstance(expr, Reduce) else 0)

    def _sampled(self, span: int, more: frozenset[str]) -> Points:
        known = {name for name, _ in self.established}
        letters = tuple(sorted((self._letters | more) - known))
        others = {tensor.name: tensor.shape for other in reversed(self.definitions) for tensor in other.tensors}
        shapes = tuple((others | {tensor.name: tensor.shape for tensor in self.definition.tensors}).items())
        about = [r for r in self.assumptions if letters_of(r.left, r.right) & known]
        free = (*(relation for relation in self.assumptions if relation not in about), *self._limits)
        points = sample(free, letters, tuple(sorted(facts(free).lower.items())), shapes, span)
        for name, value in self.established:
            points = points.assign(**{name: points.integer(value)})
        for relation in about:
            points = points.where(points.holds(relation))
        return points.given(self.formulas) if self.formulas else points

    @cached_property
    def formulas(self) -> dict[str, tuple[tuple[str, ...], Expr]]:
        """The arrays that one of the other definitions gives, entry by entry: (the letters of a place, the entry).

        Where one is read in its padding, it is 0 outside of its axis, whatever the formula would say there.
        """
        found: dict[str, tuple[tuple[str, ...], Expr]] = {}
        for other in self.definitions:
            letters = tuple(item.name for item in other.output.subscripts if isinstance(item, Sym))
            whole = len(letters) == len(other.crop) and all(pair == NO_PADDING for pair in other.crop)
            if other.output.array != self.definition.output.array and whole:
                where = self._edges(other.output.array, letters)
                right = other.right_side
                found[other.output.array] = (letters, Reduce("sum", (), right, where) if where else right)
        return found

    def _edges(self, array: str, letters: tuple[str, ...]) -> tuple[Relation, ...]:
        """0 ≤ x and x ≤ size − 1 for each axis along which a definition reads the array in its padding."""
        found: dict[Relation, None] = {}
        none = {Int(0), *(r.left for r in self.assumptions if r.op == "=" and r.right == Int(0))}
        for tensor in (definition.arrays[array] for definition in self.definitions if array in definition.arrays):
            for letter, size, pair in zip(letters, tensor.shape, tensor.padding, strict=True):
                if not none.issuperset(pair) and tensor.outside == "zeros":
                    found[Relation(Int(0), "≤", Sym(letter))] = None
                    found[Relation(Sym(letter), "≤", size - 1)] = None
        return tuple(found)

    @cached_property
    def _limits(self) -> tuple[Relation, ...]:
        """Output indices stay in the ranges that they are given: beyond, the definition says nothing."""
        known = {name for name, _ in self.established}
        inside = [pair for pair in self.definition.ranges if pair[0] in self.definition.output_indices]
        return tuple(Relation(Sym(name), "≤", size - 1) for name, size in inside if not letters_of(size) & known)

    @cached_property
    def _relations(self) -> tuple[Relation, ...]:
        return self.assumptions + tuple(Relation(Sym(i), "≥", Int(0)) for i in sorted(self.definition.indices))

    @cached_property
    def _letters(self) -> frozenset[str]:
        assumed = {letter for r in self.assumptions for letter in letters_of(r.left, r.right)}
        return self.definition.indices.union(self.definition.sizes, assumed)

    @cached_property
    def _facts(self) -> dict[Ranges, Facts]:
        return {}

    @cached_property
    def _points(self) -> dict[tuple[int, frozenset[str]], Points]:
        return {}


def _depth(node: Reduce) -> int:
    """How many indices run in a sum: its own, and those of the sums inside it."""
    inside = [_depth(inner) for inner in walk(node.body) if isinstance(inner, Reduce)]
    return len(node.ranges) + max(inside, default=0)


def _largest_divisor(statements: tuple[Statement, ...]) -> int:
    """The largest number that one side divides another by, up to what few points can tell apart; else 0."""
    relations = [relation for statement in statements for relation in statement.relations]
    found = [relation.left for relation in relations if relation.op == "∣"]
    found += [n.divisor for r in relations for side in (r.left, r.right) for n in walk(side) if isinstance(n, Ratio)]
    return max((item.value for item in found if isinstance(item, Int) and item.value <= SPANNED), default=0)


def _few_places(points: Points, statements: tuple[Statement, ...]) -> Points:
    """The points at which no sum has too many places to visit: those with the largest sizes are left out."""
    for node in (n for s in statements for r in s.relations for n in walk(r.right) if isinstance(n, Reduce)):
        if all(isinstance(size, Int | Sym) for _, size in node.ranges) and len(node.ranges) <= FEW:
            continue  # letters take so few values that there is nothing to count
        while points.count > FEWEST:
            sizes = [points.integer(size) for _, size in node.ranges]
            if prod(int(size.max(initial=0)) for size in sizes) <= MOST_PLACES:
                break
            largest = max(sizes, key=lambda size: int(size.max(initial=0)))
            points = points.where(largest < largest.max())
    return points


def _few_quantified(points: Points, statements: tuple[Statement, ...]) -> Points:
    """The points at which no statement about every value of some indices has too many to visit."""
    for ranges in (statement.ranges for statement in statements if statement.ranges):
        most = MOST_PLACES
        while points.count > FEWEST:
            sizes = [points.integer(size) for _, size in ranges]
            if prod(int(size.max(initial=0)) for size in sizes) <= most:
                break
            largest = max(sizes, key=lambda size: int(size.max(initial=0)))
            points, most = points.where(largest < largest.max()), MOST_PLACES // 5
    return points
