"""What may be assumed, and how a sign is proved from it.

A claim ``q ≥ 0`` is proved by writing q as a sum of parts that are plainly ≥ 0: products of letters
shifted to start from 0 (k = k′ + 1 where k ≥ 1) with coefficients ≥ 0, and positive multiples of
assumed inequalities. The identity behind it is one of polynomials, so it is decided exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property, lru_cache
from math import ceil, floor

from convmath.language.factors import as_node
from convmath.language.monomials import Monomial, Number, Polynomial, times
from convmath.language.polynomial import polynomial
from convmath.language.tidy import has_ratio, product, tidy
from convmath.language.tree import Ceil, Expr, Floor, Int, Least, Mul, Ranges, Ratio, Relation, Sym, walk

DEEPEST = 3
"""How many assumed inequalities one certificate may use."""


class Facts:
    """Assumed relations between sizes, and the ranges of indices."""

    def __init__(self, relations: tuple[Relation, ...], ranges: Ranges = ()) -> None:
        self.relations = relations
        self.ranges = ranges
        self.words: dict[str, str] = {}  # what bounds a floor or a minimum from below
        self._with: dict[tuple[Expr, ...], Facts] = {}  # these facts, and what is known of some floors

    @cached_property
    def lower(self) -> dict[str, int]:
        """The least value of each letter, where one is assumed."""
        found = {name: 0 for name, _ in self.ranges}
        for relation in self.relations:
            if isinstance(relation.left, Sym) and relation.op in ("≥", "=") and isinstance(relation.right, Int):
                name, value = relation.left.name, relation.right.value
                found[name] = max(value, found.get(name, value))
        for fact, text in self.known:
            name, value = _single_bound(fact) or ("", 0)
            if "(" in name and value >= found.get(name, value):  # a floor or a minimum that is bounded by itself
                found[name], self.words[name] = value, text
        return found

    @cached_property
    def known(self) -> list[tuple[Polynomial, str]]:
        """Polynomials that are ≥ 0 by assumption, each with its text."""
        found = [
            (polynomial(size) - Polynomial.constant(1) - Polynomial.atom(name), f"{name} ≤ {size} − 1")
            for name, size in self.ranges
        ]
        for relation in self.relations:
            difference = polynomial(relation.right) - polynomial(relation.left)
            simple = isinstance(relation.left, Sym) and isinstance(relation.right, Int)
            if relation.op == "<":
                found.append((difference - Polynomial.constant(1), str(relation)))
            if relation.op == "≤" or (relation.op == "=" and not simple):
                found.append((difference, str(relation)))
            if (relation.op == "≥" and not simple) or relation.op == "=":
                found.append((difference.scaled(-1), str(relation)))
            if relation.op == "=" and simple:
                found.append((difference, str(relation)))
        return found

    def not_negative(self, expr: Expr) -> str | None:
        """A certificate that ``expr`` ≥ 0 at every point of the assumptions, or None: not shown."""
        direct = self._with_floors(expr)._certify(polynomial(expr))
        if direct is not None or (cases := _by_cases(expr)) is None:
            return direct
        every, options = cases
        found = (self.not_negative(option) for option in options)
        if not every:  # −min(a, b) ≥ −a: one that suffices
            return next((certificate for certificate in found if certificate is not None), None)
        proofs = list(found)
        return None if None in proofs else "; ".join(dict.fromkeys(proof for proof in proofs if proof is not None))

    def positive(self, expr: Expr) -> str | None:
        """A certificate that ``expr`` ≥ 1."""
        return self.not_negative(expr - 1)

    def _with_floors(self, expr: Expr) -> Facts:
        """These facts, with c·⌊r/c⌋ ≤ r and r ≤ c·⌊r/c⌋ + c − 1 for the floors in ``expr`` where c ≥ 1.

        ⌈r/c⌉ is −⌊−r/c⌋, and at least 1 where r is.
        """
        inside = (expr, *(size for _, size in self.ranges))
        rounded = (node for part in inside for node in walk(part) if isinstance(node, Floor | Ceil))
        nodes = tuple(dict.fromkeys(rounded))  # in an order that every process has
        if nodes not in self._with:
            self._with[nodes] = self._knowing(nodes) if nodes else self
        return self._with[nodes]

    def _knowing(self, nodes: tuple[Expr, ...]) -> Facts:
        floors = {node for node in nodes if isinstance(node, Floor)}
        more = []
        for node in nodes:
            if isinstance(node, Ceil) and isinstance(node.argument, Ratio):
                top, step = node.argument.numerator, node.argument.divisor
                floors.add(Floor(Ratio(Mul((Int(-1), top)), step)))
                if self._certify(polynomial(step - 1)) is not None and self._certify(polynomial(top - 1)) is not None:
                    more.append(Relation(Int(1), "≤", node))
        for node in sorted(floors, key=str):
            if isinstance(node.argument, Ratio) and self._certify(polynomial(node.argument.divisor - 1)) is not None:
                top, step = node.argument.numerator, node.argument.divisor
                more.append(Relation(step * node, "≤", top))
                if not has_ratio(top) and not has_ratio(step):
                    more.append(Relation(top, "≤", step * node + step - 1))
                if self._certify(polynomial(top)) is not None:
                    more.append(Relation(Int(self._least_quotient(top, step)), "≤", node))
        return facts((*self.relations, *more), self.ranges) if more else self

    def _least_quotient(self, top: Expr, step: Expr) -> int:
        """The least value of ⌊top/step⌋, where the step is a number and the top grows with every letter; else 0."""
        poly = polynomial(top)
        grows = all(value >= 0 for term, value in poly.terms.items() if term) and poly.atoms() <= self.lower.keys()
        return max(0, floor(Fraction(self._at_the_least(poly)) / step.value)) if isinstance(step, Int) and grows else 0

    def _certify(self, poly: Polynomial) -> str | None:
        cleared = self._cleared(poly)
        if cleared is None:
            return None
        used = self._search(cleared, DEEPEST)
        return None if used is None else ", ".join(dict.fromkeys(used)) or "every part is ≥ 0"

    def _cleared(self, poly: Polynomial) -> Polynomial | None:
        """``poly`` times the divisors in it, which must be positive."""
        powers: dict[str, int] = {}
        for monomial in poly.terms:
            for name, power in monomial:
                powers[name] = min(power, powers.get(name, 0))
        for name, power in powers.items():
            if power < 0:
                if self.lower.get(name, 0) < 1:
                    return None
                poly = poly * Polynomial({((name, -power),): 1})
        return poly

    def _search(self, poly: Polynomial, depth: int) -> list[str] | None:
        used = self._plain(poly)
        if used is not None or depth == 0:
            return used
        wanted = [(term, value) for term, value in poly.terms.items() if value < 0]
        for fact, text, leads in self._useful:
            for factor in self._multipliers(wanted, leads):
                rest = poly - fact * Polynomial(dict([factor]))
                found = self._search(rest, depth - 1) if len(rest.terms) <= len(poly.terms) + 1 else None
                if found is not None:
                    return [text, *found]
        return None

    def _plain(self, poly: Polynomial) -> list[str] | None:
        """Shift every letter to start from 0; then no coefficient may be negative."""
        if all(value >= 0 for value in poly.terms.values()) and all(map(self._is_not_negative, poly.terms)):
            return self._bounds(poly)
        if self._at_the_least(poly) < 0:
            return None
        moved = poly.shifted({name: self.lower[name] for name in poly.atoms() if self.lower.get(name)})
        if any(value < 0 for value in moved.terms.values()):
            return None
        if not all(map(self._is_not_negative, moved.terms)):
            return None
        return self._bounds(poly)

    def _bounds(self, poly: Polynomial) -> list[str]:  # the least values that were used, as they were assumed
        return [self.words.get(x, f"{x} ≥ {self.lower[x]}") for x in sorted(poly.atoms()) if x in self.lower]

    def _at_the_least(self, poly: Polynomial) -> Number:
        """The value with every letter at its least: if that is below 0, there is nothing to prove."""
        total: Number = 0
        for monomial, value in poly.terms.items():
            part = value
            for name, power in monomial:
                part *= self.lower.get(name, 0) ** power
            total += part
        return total

    def _is_not_negative(self, monomial: Monomial) -> bool:
        return all(power % 2 == 0 or self.lower.get(name, -1) >= 0 for name, power in monomial)

    @cached_property
    def _useful(self) -> list[tuple[Polynomial, str, list[tuple[Monomial, Number]]]]:
        """The known facts with their negative terms: only through these can they help."""
        return [
            (fact, text, [(lead, weight) for lead, weight in fact.terms.items() if weight < 0])
            for fact, text in self.known
        ]

    def _multipliers(
        self, wanted: list[tuple[Monomial, Number]], leads: list[tuple[Monomial, Number]]
    ) -> Iterator[tuple[Monomial, Number]]:
        """Monomials m ≥ 0 (with a weight) for which m·fact takes a negative term away."""
        seen: set[tuple[Monomial, Number]] = set()
        for term, value in wanted:
            powers = dict(term)
            for lead, weight in leads:
                if (not lead and term) or any(powers.get(name, 0) < power for name, power in lead):
                    continue
                factor = times(term, tuple((name, -power) for name, power in lead))
                weighted = factor, Fraction(value) / weight
                if weighted not in seen and self._is_not_negative(factor):
                    seen.add(weighted)
                    yield weighted


def _by_cases(expr: Expr) -> tuple[bool, list[Expr]] | None:
    """(whether every option must be ≥ 0 or one will do, the options), for a minimum that stands in ``expr``.

    With a positive factor, c·min(a, b) + r ≥ 0 says that c·a + r and c·b + r are; with a negative one it follows
    from either. None where no minimum stands alone with a number.
    """
    whole = polynomial(expr)
    for node in walk(expr):
        if not isinstance(node, Least):
            continue
        atoms = polynomial(node).atoms()
        if len(atoms) != 1:
            continue
        (name,) = atoms
        form = whole.split(name)
        factor = form[0].value() if form else None
        if factor and polynomial(node) == Polynomial.atom(name):
            rest = tidy(expr - product([as_node(factor), node]))
            return factor > 0, [tidy(rest + product([as_node(factor), option])) for option in node.options]
    return None


def _single_bound(poly: Polynomial) -> tuple[str, int] | None:
    """(x, least value) where ``poly`` ≥ 0 says c·x + b ≥ 0 with c > 0, else None."""
    if len(poly.atoms()) != 1:
        return None
    (name,) = poly.atoms()
    form = poly.split(name)
    slope, rest = (form[0].value(), form[1].value()) if form else (None, None)
    if slope is None or rest is None or slope <= 0:
        return None
    return name, ceil(Fraction(-rest) / slope)


@lru_cache(maxsize=512)
def facts(relations: tuple[Relation, ...], ranges: Ranges = ()) -> Facts:
    """The facts of these assumptions; the same value for the same ones."""
    return Facts(relations, ranges)
