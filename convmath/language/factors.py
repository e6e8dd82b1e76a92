"""A product, taken apart: its number, and its other factors with their powers."""

from __future__ import annotations

from fractions import Fraction

from convmath.language.tree import Expr, Int, Mul, Pow, Ratio

ONE = Int(1)
Number = int | Fraction


def coefficient(term: Expr) -> tuple[Number, Expr]:
    """(c, rest) with term = c · rest; rest is 1 for a number."""
    match term:
        case Int(value):
            return value, ONE
        case Ratio(Int(value), Int(divisor)):
            return Fraction(value, divisor), ONE
        case Mul((Int(value), *rest)):
            return value, rest[0] if len(rest) == 1 else Mul(tuple(rest))
    return 1, term


def as_node(value: Number) -> Expr:
    """A number as a node: an integer, or a ratio of two."""
    whole = Int(value.numerator)
    return whole if value.denominator == 1 else Ratio(whole, Int(value.denominator))


def factored(factors: list[Expr]) -> tuple[Number, dict[Expr, int]]:
    """(the number, the other factors with their powers) of a product."""
    number: Number = 1
    powers: dict[Expr, int] = {}
    stack = list(reversed(factors))
    while stack:
        factor = stack.pop()
        match factor:
            case Int(value):
                number *= value
            case Ratio(numerator, Int(divisor)):
                number *= Fraction(1, divisor)
                stack.append(numerator)
            case Mul(inner):
                stack.extend(reversed(inner))
            case Pow(base, exponent):
                powers[base] = powers.get(base, 0) + exponent
            case _:
                powers[factor] = powers.get(factor, 0) + 1
    return number, powers


def cancel(powers: dict[Expr, int]) -> bool:
    """g · (C/g) is C, where the quotient stood. Whether anything was cancelled."""
    for base, times in powers.items():
        if isinstance(base, Ratio) and powers.get(base.divisor):
            both = {base: times - 1, base.divisor: powers[base.divisor] - 1}
            again: dict[Expr, int] = {}
            for key, exponent in powers.items():
                if key == base:
                    again[base.numerator] = again.get(base.numerator, 0) + 1
                left = both.get(key, exponent)
                if left:
                    again[key] = again.get(key, 0) + left
            powers.clear()
            powers.update(again)
            return True
    return False
