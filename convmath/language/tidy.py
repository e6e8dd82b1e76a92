"""Putting values into an expression, and the small arithmetic that a person does without a word.

``tidy`` folds numbers, drops + 0 and 1 ·, gathers like terms and powers, divides by 1. It keeps
the order in which terms stand, with the plain number last, and never multiplies out a bracket
except where a number stands before it inside a sum: ``H + 0 − 1·(k − 1) − 1`` becomes ``H − k``.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import floor, prod

from convmath.errors import ShapeError
from convmath.language.factors import ONE, Number, as_node, cancel, coefficient, factored
from convmath.language.substitute import Values, substitute
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
    Reduce,
    Relation,
    letters_of,
    mapped,
    negative,
)

MOST_VISITED = 10_000


def put(expr: Expr, values: Values) -> Expr:
    """``expr`` with letters replaced, and tidied."""
    return tidy(substitute(expr, values))


def tidy(expr: Expr) -> Expr:
    """The same value, written with the small arithmetic done."""
    match expr:
        case Add(terms):
            return total([tidy(term) for term in terms])
        case Mul(factors):
            return product([tidy(factor) for factor in factors])
        case Pow(base, exponent):
            return product([tidy(base)] * exponent)
        case Ratio(numerator, divisor):
            return _divide(tidy(numerator), tidy(divisor))
        case Floor(argument):
            return _round(tidy(argument), down=True)
        case Ceil(argument):
            return _round(tidy(argument), down=False)
        case Least(options):
            return _least([tidy(option) for option in options])
        case Reduce():
            found = mapped(expr, tidy)
            return _finite(found) if isinstance(found, Reduce) else found
    return mapped(expr, tidy)


def _finite(expr: Reduce) -> Expr:
    """The value of a maximum over numbers only, every choice visited; any other reduction as it is."""
    sizes = [size.value for _, size in expr.ranges if isinstance(size, Int)]
    bound = {name for name, _ in expr.ranges}
    sides = [side for r in expr.where for side in (r.left, r.right)]
    if expr.kind != "max" or len(sizes) < len(expr.ranges) or letters_of(expr.body, *sides) - bound:
        return expr
    if prod(sizes) > MOST_VISITED:
        return expr
    best: Expr | None = None
    for place in itertools.product(*map(range, sizes)):
        values = {name: Int(index) for (name, _), index in zip(expr.ranges, place, strict=True)}
        here = put(expr.body, values)
        if all(holds(r, values) for r in expr.where) and isinstance(here, Int):
            best = here if best is None or not isinstance(best, Int) or here.value > best.value else best
    return expr if best is None else best


def holds(relation: Relation, values: Values) -> bool | None:
    """Whether the relation is true with the values put in; None where letters leave it open."""
    left, right = put(relation.left, values), put(relation.right, values)
    if not (isinstance(left, Int) and isinstance(right, Int)):
        numeric = not letters_of(left, right)
        return False if numeric else None
    if relation.op == "∣":
        return left.value != 0 and right.value % left.value == 0
    order = left.value - right.value
    return {"=": order == 0, "<": order < 0, "≤": order <= 0, "≥": order >= 0}[relation.op]


def total(terms: list[Expr]) -> Expr:
    """The tidy sum of tidy terms; 0 for none."""
    gathered: dict[Expr, Number] = {}
    stack = list(reversed(terms))
    while stack:
        term = stack.pop()
        number, rest = coefficient(term)
        if isinstance(rest, Add):
            stack.extend(product([as_node(number), inner]) for inner in reversed(rest.terms))
        else:
            gathered[rest] = gathered.get(rest, 0) + number
    constant = gathered.pop(ONE, 0)
    parts = [product([as_node(number), rest]) for rest, number in gathered.items() if number]
    if constant or not parts:
        parts.append(as_node(constant))
    return parts[0] if len(parts) == 1 else Add(tuple(_positive_first(parts)))


def _positive_first(parts: list[Expr]) -> list[Expr]:
    """A sum that would open with a minus opens with its first positive term instead."""
    if coefficient(parts[0])[0] < 0:
        for position, part in enumerate(parts):
            if coefficient(part)[0] > 0:
                return [part, *parts[:position], *parts[position + 1 :]]
    return parts


def product(factors: list[Expr]) -> Expr:
    """The tidy product of tidy factors; 1 for none."""
    number, powers = factored(factors)
    if number == 0:
        return Int(0)
    if cancel(powers):
        again = [base for base, exponent in powers.items() for _ in range(exponent)]
        return product([as_node(number), *again])
    parts = [base if exponent == 1 else Pow(base, exponent) for base, exponent in powers.items()]
    if not parts:
        return as_node(number)
    sign = -1 if number < 0 and number.denominator != 1 else 1
    if number.numerator * sign != 1:
        parts.insert(0, Int(number.numerator * sign))
    top = parts[0] if len(parts) == 1 else Mul(tuple(parts))
    whole = top if number.denominator == 1 else Ratio(top, Int(number.denominator))
    return whole if sign == 1 else Mul((Int(-1), whole))


def _divide(numerator: Expr, divisor: Expr) -> Expr:
    if divisor == Int(0):
        raise ShapeError(f"{numerator}/0: a divisor is an integer ≥ 1")
    if divisor == Int(1):
        return numerator
    if numerator == divisor:
        return Int(1)
    if numerator == Int(0):
        return Int(0)
    (top, rest), (bottom, below) = coefficient(numerator), coefficient(divisor)
    if rest == below == ONE:
        return as_node(Fraction(top) / bottom)
    if top < 0:
        return product([Int(-1), _divide(product([as_node(-top), rest]), divisor)])
    if isinstance(divisor, Int) and isinstance(numerator, Add | Mul):
        parts = [coefficient(t) for t in (numerator.terms if isinstance(numerator, Add) else (numerator,))]
        if all(number % divisor.value == 0 for number, _ in parts):
            return total([product([as_node(Fraction(number) / divisor.value), rest]) for number, rest in parts])
    return Ratio(numerator, divisor)


def _round(argument: Expr, *, down: bool) -> Expr:
    match argument:
        case Ratio(Int(a), Int(b)):
            return Int(floor(Fraction(a, b)) if down else -floor(Fraction(-a, b)))
        case Ratio():
            return Floor(argument) if down else Ceil(argument)
    if has_ratio(argument):
        return Floor(argument) if down else Ceil(argument)
    return argument


def has_ratio(expr: Expr) -> bool:
    """Whether a division stands outside every floor: then the value need not be an integer."""
    match expr:
        case Ratio():
            return True
        case Add(items) | Mul(items) | Least(items):
            return any(has_ratio(item) for item in items)
        case Pow(base, _):
            return has_ratio(base)
    return False


def _least(options: list[Expr]) -> Expr:
    numbers = [number for number, rest in map(coefficient, options) if rest == Int(1)]
    others = list(dict.fromkeys(option for option in options if coefficient(option)[1] != Int(1)))
    kept = others + ([as_node(min(numbers))] if numbers else [])
    return kept[0] if len(kept) == 1 else Least(tuple(kept))


def flipped(expr: Expr) -> Expr:
    """−expr, tidied."""
    return tidy(negative(expr)) if not isinstance(expr, Add) else total([negative(t) for t in expr.terms])
