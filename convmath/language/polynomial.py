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

from convmath.errors import UnsupportedError
from convmath.language.monomials import Monomial, Number, Polynomial
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
    walk,
)


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
        case Reduce() | Apply():
            return _reduction(expr) if isinstance(expr, Reduce) else _applied(expr)
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
        return numerator * inverse
    if numerator == divisor:
        return Polynomial.constant(1)
    return numerator * _opaque("1/", (divisor.key(),))


def _rounded(kind: str, inside: Polynomial) -> Polynomial:
    """Integer parts come out of a floor: ⌊x + m⌋ = ⌊x⌋ + m. ⌈x⌉ is written −⌊−x⌋, so there is one form."""
    if kind == "ceil":
        return _rounded("floor", inside.scaled(-1)).scaled(-1)
    whole: dict[Monomial, Number] = {}
    rest: dict[Monomial, Number] = {}
    for monomial, value in inside.terms.items():
        if _is_whole_monomial(monomial):
            part = value.numerator // value.denominator
            whole[monomial], rest[monomial] = part, value - part
        else:
            rest[monomial] = value
    fraction = Polynomial(rest)
    if fraction.value() is not None:  # a part between 0 and 1
        return Polynomial(whole)
    return Polynomial(whole) + _opaque("floor", (fraction.key(),))


def _least(options: list[Polynomial]) -> Polynomial:
    """Of several numbers only the smallest counts; equal options are one."""
    numbers = [number for option in options if (number := option.value()) is not None]
    kept = {option.key(): option for option in options if option.value() is None}
    if numbers:
        kept[str(min(numbers))] = Polynomial.constant(min(numbers))
    whole = all(_is_whole(option) for option in kept.values())
    return next(iter(kept.values())) if len(kept) == 1 else _opaque("whole min" if whole else "min", sorted(kept))


def _is_whole(poly: Polynomial) -> bool:
    return all(isinstance(value, int) and _is_whole_monomial(monomial) for monomial, value in poly.terms.items())


def _is_whole_monomial(monomial: Monomial) -> bool:
    """Letters, floors and minima of integers are integers; a negative power is a division."""
    return all(power > 0 and ("(" not in name or name.startswith(("floor(", "whole min("))) for name, power in monomial)


def _opaque(kind: str, keys: Iterable[str]) -> Polynomial:
    return Polynomial.atom(f"{kind}({'; '.join(keys)})")


def _applied(expr: Apply) -> Polynomial:
    return _opaque(f"apply {expr.function.key}", (polynomial(expr.argument).key(),))


def _reduction(expr: Reduce) -> Polynomial:
    """Bound letters become #0, #1, … in the order of their ranges.

    Two reductions that differ by the order of their sums get different keys; reordering is a rule
    (see :mod:`convmath.derive.normal`), not arithmetic.
    """
    from convmath.language.tidy import tidy

    folded = tidy(expr)
    if not isinstance(folded, Reduce):  # a maximum over numbers only: every choice was visited
        return polynomial(folded)
    from convmath.language.substitute import rename

    fresh = {name: f"#{position}·{_depth(expr.body)}" for position, (name, _) in enumerate(expr.ranges)}
    sizes = [polynomial(size).key() for _, size in expr.ranges]
    body = polynomial(rename(expr.body, fresh)).key()
    where = sorted(_relation_key(relation, fresh) for relation in expr.where)
    return _opaque(expr.kind, (*sizes, body, *where))


def _relation_key(relation: Relation, names: Mapping[str, str]) -> str:
    from convmath.language.substitute import rename

    left, right = (polynomial(rename(side, names)) for side in (relation.left, relation.right))
    return f"{left.key()} {relation.op} {right.key()}"


def _depth(expr: Expr) -> int:
    """How many reductions are nested inside, so that inner and outer bound letters differ."""
    return sum(isinstance(node, Reduce) for node in walk(expr))
