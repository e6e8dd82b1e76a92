"""Putting values into an expression, and the small arithmetic that a person does without a word.

``tidy`` folds numbers, drops + 0 and 1 ·, gathers like terms and powers, divides by 1. It keeps
the order in which terms stand, with the plain number last, and never multiplies out a bracket
except where a number stands before it inside a sum: ``H + 0 − 1·(k − 1) − 1`` becomes ``H − k``.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from math import floor, prod

from convmath.errors import ShapeError
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
    children,
    letters_of,
    negative,
)

Values = Mapping[str, Expr]
MOST_VISITED = 10_000


def substitute(expr: Expr, values: Values) -> Expr:
    """``expr`` with letters replaced, and nothing else changed: the line with the numbers put in."""
    match expr:
        case Sym(name):
            return values.get(name, expr)
        case Int():
            return expr
        case Add(terms):
            return Add(tuple(substitute(term, values) for term in terms))
        case Mul(factors):
            return Mul(tuple(substitute(factor, values) for factor in factors))
        case Pow(base, exponent):
            return Pow(substitute(base, values), exponent)
        case Ratio(numerator, divisor):
            return Ratio(substitute(numerator, values), substitute(divisor, values))
        case Floor(argument):
            return Floor(substitute(argument, values))
        case Ceil(argument):
            return Ceil(substitute(argument, values))
        case Least(options):
            return Least(tuple(substitute(option, values) for option in options))
        case Read(array, subscripts):
            return Read(array, tuple(substitute(item, values) for item in subscripts))
        case Reduce(kind, ranges, body, where):
            sizes = tuple((name, substitute(size, values)) for name, size in ranges)
            inside = {name: value for name, value in values.items() if name not in dict(ranges)}
            conditions = tuple(
                Relation(substitute(r.left, inside), r.op, substitute(r.right, inside)) for r in where
            )
            return Reduce(kind, sizes, substitute(body, inside), conditions)
    raise AssertionError(f"unknown node {expr!r}")


def rename(expr: Expr, names: Mapping[str, str]) -> Expr:
    """``expr`` with free letters renamed."""
    return substitute(expr, {old: Sym(new) for old, new in names.items()})


def rename_all(expr: Expr, names: Mapping[str, str]) -> Expr:
    """``expr`` with letters renamed, those bound by a reduction too."""
    if isinstance(expr, Reduce):
        ranges = tuple((names.get(name, name), rename_all(size, names)) for name, size in expr.ranges)
        where = tuple(Relation(rename_all(r.left, names), r.op, rename_all(r.right, names)) for r in expr.where)
        return Reduce(expr.kind, ranges, rename_all(expr.body, names), where)
    if isinstance(expr, Add | Mul):
        return type(expr)(tuple(rename_all(item, names) for item in children(expr)))
    return rename(expr, names)


def put(expr: Expr, values: Values) -> Expr:
    """``expr`` with letters replaced, and tidied."""
    return tidy(substitute(expr, values))


def tidy(expr: Expr) -> Expr:
    """The same value, written with the small arithmetic done."""
    match expr:
        case Add(terms):
            return _add([tidy(term) for term in terms])
        case Mul(factors):
            return _multiply([tidy(factor) for factor in factors])
        case Pow(base, exponent):
            return _multiply([tidy(base)] * exponent)
        case Ratio(numerator, divisor):
            return _divide(tidy(numerator), tidy(divisor))
        case Floor(argument):
            return _round(tidy(argument), down=True)
        case Ceil(argument):
            return _round(tidy(argument), down=False)
        case Least(options):
            return _least([tidy(option) for option in options])
        case Read(array, subscripts):
            return Read(array, tuple(tidy(item) for item in subscripts))
        case Reduce(kind, ranges, body, where):
            sizes = tuple((name, tidy(size)) for name, size in ranges)
            conditions = tuple(Relation(tidy(r.left), r.op, tidy(r.right)) for r in where)
            return _finite(Reduce(kind, sizes, tidy(body), conditions))
    return expr


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
        if all(_holds(r, values) for r in expr.where) and isinstance(here, Int):
            best = here if best is None or not isinstance(best, Int) or here.value > best.value else best
    return expr if best is None else best


def _holds(relation: Relation, values: Values) -> bool:
    left, right = put(relation.left, values), put(relation.right, values)
    if not (isinstance(left, Int) and isinstance(right, Int)):
        return False
    if relation.op == "∣":
        return left.value != 0 and right.value % left.value == 0
    order = left.value - right.value
    return {"=": order == 0, "≤": order <= 0, "≥": order >= 0}[relation.op]


def total(terms: list[Expr]) -> Expr:
    """The tidy sum of tidy terms; 0 for none."""
    return _add(terms)


def product(factors: list[Expr]) -> Expr:
    """The tidy product of tidy factors; 1 for none."""
    return _multiply(factors)


def _coefficient(term: Expr) -> tuple[int, Expr]:
    """(c, rest) with term = c · rest; rest is 1 for a number."""
    match term:
        case Int(value):
            return value, Int(1)
        case Mul((Int(value), *rest)):
            return value, rest[0] if len(rest) == 1 else Mul(tuple(rest))
    return 1, term


def _add(terms: list[Expr]) -> Expr:
    gathered: dict[Expr, int] = {}
    stack = list(reversed(terms))
    while stack:
        term = stack.pop()
        number, rest = _coefficient(term)
        if isinstance(rest, Add):
            stack.extend(_multiply([Int(number), inner]) for inner in reversed(rest.terms))
        else:
            gathered[rest] = gathered.get(rest, 0) + number
    constant = gathered.pop(Int(1), 0)
    parts = [_multiply([Int(number), rest]) for rest, number in gathered.items() if number]
    if constant or not parts:
        parts.append(Int(constant))
    return parts[0] if len(parts) == 1 else Add(tuple(_positive_first(parts)))


def _positive_first(parts: list[Expr]) -> list[Expr]:
    """A sum that would open with a minus opens with its first positive term instead."""
    if _coefficient(parts[0])[0] < 0:
        for position, part in enumerate(parts):
            if _coefficient(part)[0] > 0:
                return [part, *parts[:position], *parts[position + 1 :]]
    return parts


def _multiply(factors: list[Expr]) -> Expr:
    number, powers = 1, dict[Expr, int]()
    stack = list(reversed(factors))
    while stack:
        factor = stack.pop()
        match factor:
            case Int(value):
                number *= value
            case Mul(inner):
                stack.extend(reversed(inner))
            case Pow(base, exponent):
                powers[base] = powers.get(base, 0) + exponent
            case _:
                powers[factor] = powers.get(factor, 0) + 1
    if number == 0:
        return Int(0)
    _cancel(powers)
    parts = [base if exponent == 1 else Pow(base, exponent) for base, exponent in powers.items()]
    if number != 1 or not parts:
        parts.insert(0, Int(number))
    return parts[0] if len(parts) == 1 else Mul(tuple(parts))


def _cancel(powers: dict[Expr, int]) -> None:
    """g · (C/g) is C."""
    for base in [base for base in powers if isinstance(base, Ratio)]:
        while powers.get(base) and isinstance(base, Ratio) and powers.get(base.divisor):
            for used in (base, base.divisor):
                powers[used] -= 1
                if not powers[used]:
                    del powers[used]
            powers[base.numerator] = powers.get(base.numerator, 0) + 1


def _divide(numerator: Expr, divisor: Expr) -> Expr:
    if divisor == Int(0):
        raise ShapeError(f"{numerator}/0: a divisor is an integer ≥ 1")
    if divisor == Int(1):
        return numerator
    if numerator == divisor:
        return Int(1)
    if isinstance(numerator, Int) and isinstance(divisor, Int) and divisor.value:
        fraction = Fraction(numerator.value, divisor.value)
        if fraction.denominator == 1:
            return Int(fraction.numerator)
        return Ratio(Int(fraction.numerator), Int(fraction.denominator))
    if isinstance(divisor, Int) and isinstance(numerator, Add | Mul):
        parts = [_coefficient(t) for t in (numerator.terms if isinstance(numerator, Add) else (numerator,))]
        if all(number % divisor.value == 0 for number, _ in parts):
            return _add([_multiply([Int(number // divisor.value), rest]) for number, rest in parts])
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
    numbers = [option.value for option in options if isinstance(option, Int)]
    others = list(dict.fromkeys(option for option in options if not isinstance(option, Int)))
    kept = others + ([Int(min(numbers))] if numbers else [])
    return kept[0] if len(kept) == 1 else Least(tuple(kept))


def flipped(expr: Expr) -> Expr:
    """−expr, tidied."""
    return tidy(negative(expr)) if not isinstance(expr, Add) else _add([negative(t) for t in expr.terms])
