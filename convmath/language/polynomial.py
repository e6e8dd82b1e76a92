"""One normal form for size arithmetic, so that equality is decided and not guessed.

A polynomial is a sum of ``coefficient · monomial``; a monomial is a product of integer powers of
atoms. An atom is a letter, or something opaque (a floor, a minimum, an entry of an array) named by
the normal form of its inside. Negative powers are exact divisions by positive sizes. Two
expressions with the same normal form are equal at every point; that is the certificate of every
step called *arithmetic*.

SymPy's ``expand`` does the same and takes about a millisecond a time, and its trees must not decide
truth (see ``docs/architecture.md``); the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from convmath.errors import UnsupportedError
from convmath.language.tree import (
    Add,
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
    walk,
)

Monomial = tuple[tuple[str, int], ...]
Number = int | Fraction
ONE: Monomial = ()


class Polynomial:
    """An immutable map from monomials to non-zero coefficients."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, Number]) -> None:
        self.terms = {monomial: value for monomial, value in terms.items() if value}

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

    def key(self) -> str:
        """A text that is equal exactly for equal polynomials; names the inside of an opaque atom."""
        return "+".join(f"{value}{monomial}" for monomial, value in sorted(self.terms.items(), key=repr))


def times(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left or not right:
        return left or right
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def polynomial(expr: Expr) -> Polynomial:
    """The normal form of ``expr``. Bound indices of a reduction are renamed, so their letters do not matter."""
    match expr:
        case Int(value):
            return Polynomial.constant(value)
        case Sym(name):
            return Polynomial.atom(name)
        case Add(terms):
            return _total(polynomial(term) for term in terms)
        case Mul(factors):
            result = Polynomial.constant(1)
            for factor in factors:
                result = result * polynomial(factor)
            return result
        case Pow(base, exponent):
            return polynomial(base) ** exponent
        case Ratio(numerator, divisor):
            return _quotient(polynomial(numerator), polynomial(divisor))
        case Floor(argument):
            return _rounded("floor", polynomial(argument))
        case Ceil(argument):
            return _rounded("ceil", polynomial(argument))
        case Least(options):
            return _least([polynomial(option) for option in options])
        case Read(array, subscripts):
            return _opaque(f"read {array}", (polynomial(item).key() for item in subscripts))
        case Reduce():
            return _reduction(expr)
    raise UnsupportedError(f"no normal form is known for a node of type {type(expr).__name__}")


def equal(left: Expr, right: Expr) -> bool:
    """Whether both have the same normal form. False means *not shown*, not *different*."""
    return polynomial(left) == polynomial(right)


def _total(parts: Iterable[Polynomial]) -> Polynomial:
    total: dict[Monomial, Number] = {}
    for part in parts:
        for monomial, value in part.terms.items():
            total[monomial] = total.get(monomial, 0) + value
    return Polynomial(total)


def _quotient(numerator: Polynomial, divisor: Polynomial) -> Polynomial:
    inverse = divisor.inverse()
    if inverse is not None:
        return _integral(numerator * inverse)
    if numerator == divisor:
        return Polynomial.constant(1)
    return numerator * _opaque("1/", (divisor.key(),))


def _integral(poly: Polynomial) -> Polynomial:
    """The same with every whole Fraction written as an int, so that equal numbers have equal keys."""
    return Polynomial(
        {m: v.numerator if isinstance(v, Fraction) and v.denominator == 1 else v for m, v in poly.terms.items()}
    )


def _rounded(kind: str, inside: Polynomial) -> Polynomial:
    """Integer parts come out of a floor: ⌊x + m⌋ = ⌊x⌋ + m. ⌈x⌉ is written −⌊−x⌋, so there is one form."""
    if kind == "ceil":
        return _rounded("floor", inside.scaled(-1)).scaled(-1)
    whole: dict[Monomial, Number] = {}
    rest: dict[Monomial, Number] = {}
    for monomial, value in inside.terms.items():
        if all(power > 0 and ("(" not in name or name.startswith("floor(")) for name, power in monomial):
            part = value.numerator // value.denominator
            whole[monomial], rest[monomial] = part, value - part
        else:
            rest[monomial] = value
    fraction = _integral(Polynomial(rest))
    if fraction.value() is not None:  # a part between 0 and 1
        return Polynomial(whole)
    return Polynomial(whole) + _opaque("floor", (fraction.key(),))


def _least(options: list[Polynomial]) -> Polynomial:
    """Of several numbers only the smallest counts; equal options are one."""
    numbers = [number for option in options if (number := option.value()) is not None]
    kept = {option.key(): option for option in options if option.value() is None}
    if numbers:
        kept[str(min(numbers))] = Polynomial.constant(min(numbers))
    return next(iter(kept.values())) if len(kept) == 1 else _opaque("min", sorted(kept))


def _opaque(kind: str, keys: Iterable[str]) -> Polynomial:
    return Polynomial.atom(f"{kind}({'; '.join(keys)})")


def _reduction(expr: Reduce) -> Polynomial:
    """Bound letters become #0, #1, … in the order of their ranges.

    Two reductions that differ by the order of their sums get different keys; reordering is a rule
    (see :mod:`convmath.derive.normal`), not arithmetic.
    """
    from convmath.language.substitute import rename

    fresh = {name: f"#{position}·{_depth(expr.body)}" for position, (name, _) in enumerate(expr.ranges)}
    sizes = [polynomial(size).key() for _, size in expr.ranges]
    body = polynomial(rename(expr.body, fresh)).key()
    where = sorted(_relation_key(relation, fresh) for relation in expr.where)
    return _opaque(expr.kind, (*sizes, body, *where))


def _relation_key(relation: Relation, names: Mapping[str, str]) -> str:
    from convmath.language.substitute import rename

    difference = polynomial(rename(relation.left, names)) - polynomial(rename(relation.right, names))
    return f"{relation.op} {difference.key()}"


def _depth(expr: Expr) -> int:
    """How many reductions are nested inside, so that inner and outer bound letters differ."""
    return sum(isinstance(node, Reduce) for node in walk(expr))
