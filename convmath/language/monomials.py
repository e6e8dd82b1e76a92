"""Sums of coefficient · monomial, with exact coefficients: the arithmetic under the normal form."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import comb

from convmath.errors import UnsupportedError

Monomial = tuple[tuple[str, int], ...]
Number = int | Fraction
ONE: Monomial = ()
MOST_PRODUCTS = 20_000


class Polynomial:
    """An immutable map from monomials to non-zero coefficients."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, Number]) -> None:
        self.terms = {
            monomial: value if type(value) is int else _plain(value) for monomial, value in terms.items() if value
        }

    @classmethod
    def constant(cls, value: Number) -> Polynomial:
        return cls({ONE: value})

    @classmethod
    def atom(cls, name: str) -> Polynomial:
        return cls({((name, 1),): 1})

    def __add__(self, other: Polynomial) -> Polynomial:
        total = dict(self.terms)
        for monomial, value in other.terms.items():
            total[monomial] = total.get(monomial, 0) + value
        return Polynomial(total)

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + other.scaled(-1)

    def __mul__(self, other: Polynomial) -> Polynomial:
        if len(self.terms) * len(other.terms) > MOST_PRODUCTS:
            raise UnsupportedError(
                f"a product of sums of {len(self.terms)} and {len(other.terms)} terms is too long to multiply out: "
                "name its parts by letters"
            )
        total: dict[Monomial, Number] = {}
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                monomial = times(left, right)
                total[monomial] = total.get(monomial, 0) + a * b
        return Polynomial(total)

    def scaled(self, factor: Number) -> Polynomial:
        return Polynomial({monomial: value * factor for monomial, value in self.terms.items()})

    def __pow__(self, exponent: int) -> Polynomial:
        result = Polynomial.constant(1)
        for _ in range(exponent):
            result = result * self
        return result

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __bool__(self) -> bool:
        return bool(self.terms)

    def value(self) -> Number | None:
        """The number that this is, or None when it has letters."""
        if not self.terms:
            return 0
        return self.terms.get(ONE) if len(self.terms) == 1 else None

    def atoms(self) -> set[str]:
        return {name for monomial in self.terms for name, _ in monomial}

    def inverse(self) -> Polynomial | None:
        """1/self where self is one monomial, else None."""
        if len(self.terms) != 1:
            return None
        ((monomial, value),) = self.terms.items()
        return Polynomial({tuple((name, -power) for name, power in monomial): Fraction(1, 1) / value})

    def split(self, name: str) -> tuple[Polynomial, Polynomial] | None:
        """(a, b) with self = a·name + b and no ``name`` in either; None when it is not of that form."""
        slope: dict[Monomial, Number] = {}
        rest: dict[Monomial, Number] = {}
        for monomial, value in self.terms.items():
            powers = dict(monomial)
            power = powers.pop(name, 0)
            if power not in (0, 1):
                return None
            (slope if power else rest)[tuple(powers.items())] = value
        return Polynomial(slope), Polynomial(rest)

    def shifted(self, least: Mapping[str, int]) -> Polynomial:
        """Every letter x replaced by x + least[x]; powers are ≥ 0."""
        total: dict[Monomial, Number] = {}
        for monomial, value in self.terms.items():
            parts: dict[Monomial, Number] = {ONE: value}
            for name, power in monomial:  # in order, so that every monomial stays sorted
                by = least.get(name, 0)
                binomial = [(e, comb(power, e) * by ** (power - e)) for e in range(power + 1)] if by else [(power, 1)]
                parts = {(*m, (name, e)) if e else m: v * n for m, v in parts.items() for e, n in binomial}
            for m, v in parts.items():
                total[m] = total.get(m, 0) + v
        return Polynomial(total)

    def key(self) -> str:
        """A text that is equal exactly for equal polynomials; names the inside of an opaque atom."""
        return "+".join(f"{value}{monomial}" for monomial, value in sorted(self.terms.items(), key=repr))


def _plain(value: Number) -> Number:
    """A whole fraction as an int, so that equal numbers have equal keys."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def times(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left or not right:
        return left or right
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted((name, power) for name, power in powers.items() if power))
