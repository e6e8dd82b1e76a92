"""How large an expression may be: everything that is read can be multiplied out in no time."""

from __future__ import annotations

from convmath.errors import ParseError
from convmath.language.tree import Add, Ceil, Expr, Floor, Int, Least, Mul, Pow, Ratio, children

DEEPEST = 40
MOST_TERMS = 1_000
HIGHEST_DEGREE = 64
MOST_DIGITS = 1_000


def check_size(expr: Expr, what: str) -> Expr:
    """``expr``, when it is flat, short and divides by nothing that is plainly no positive number.

    Raises:
        ParseError: it is too large to work with, or divides by a number below 1.
    """
    _check_depth(expr, what)
    terms, degree, digits = _measure(expr, what)
    if terms > MOST_TERMS or degree > HIGHEST_DEGREE or digits > MOST_DIGITS:
        raise ParseError(
            f"{what} multiplies out to about {min(terms, 10**9)} terms of degree {degree} with {digits} digits; "
            f"the most are {MOST_TERMS}, {HIGHEST_DEGREE} and {MOST_DIGITS}"
        )
    return expr


def _check_depth(expr: Expr, what: str) -> None:
    level, depth = [expr], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise ParseError(f"{what} nests deeper than {DEEPEST} levels: write it flatter")
        level = [child for node in level for child in children(node)]


def _measure(expr: Expr, what: str) -> tuple[int, int, int]:
    """Bounds on the terms, the degree and the digits of ``expr`` multiplied out."""
    match expr:
        case Int(value):
            return 1, 0, value.bit_length() // 3 + 1
        case Add(items) | Least(items):
            parts = [_measure(item, what) for item in items]
            return sum(p[0] for p in parts), max(p[1] for p in parts), max(p[2] for p in parts)
        case Mul(items):
            return _together([_measure(item, what) for item in items])
        case Pow(base, exponent):
            return _together([_measure(base, what)] * exponent)
        case Ratio(numerator, divisor):
            if isinstance(divisor, Int) and divisor.value < 1:
                raise ParseError(f"{what} divides by {divisor.value}: a divisor is an integer ≥ 1")
            return _together([_measure(numerator, what), _measure(divisor, what)])
        case Floor(argument) | Ceil(argument):
            return _measure(argument, what)
    parts = [_measure(child, what) for child in children(expr)]  # an array entry, a sum over indices
    return max([1, *(p[0] for p in parts)]), max([1, *(p[1] for p in parts)]), max([1, *(p[2] for p in parts)])


def _together(parts: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    terms = 1
    for part in parts:
        terms = min(terms * part[0], 10**9)
    return terms, sum(part[1] for part in parts), sum(part[2] for part in parts)
