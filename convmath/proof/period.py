"""Rules by one period: what floors say repeats, so that finitely many values decide for all."""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm

from convmath.errors import ProofError
from convmath.language.polynomial import polynomial
from convmath.language.substitute import substitute
from convmath.language.tidy import has_ratio, holds, total
from convmath.language.tree import Expr, Int, Ratio, Relation, Sym, children, letters_of
from convmath.language.write import write
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, rule

LONGEST = 4_096
"""How many values one period may have: each is tried."""


def period(expr: Expr) -> int:
    """A number of places after which every floor in ``expr`` has grown by an integer: divisors one inside another."""
    below = lcm(*map(period, children(expr)))
    if isinstance(expr, Ratio):
        if not isinstance(expr.divisor, Int) or expr.divisor.value < 1:
            raise ProofError(f"{expr.divisor} is no number ≥ 1: the period is not known")
        return below * expr.divisor.value
    return below


def growth(expr: Expr, letter: str, step: int) -> Expr:
    """By how much ``expr`` grows when ``letter`` grows by ``step``, where that is one number for every value.

    Raises:
        ProofError: it is not, or not shown to be by the normal form.
    """
    grown = polynomial(substitute(expr, {letter: Sym(letter) + step})) - polynomial(expr)
    number = grown.value()
    if number is None or number != int(number):
        raise ProofError(f"{expr} does not grow by one integer when {letter} grows by {step}")
    return Int(int(number))


def _letter(before: Statement, *more: Expr) -> str:
    sides = [side for relation in before.relations for side in (relation.left, relation.right)]
    found = letters_of(*(side for side in (*sides, *more)))
    if len(found) != 1 or before.ranges:
        raise ProofError(f"{before}: one period is gone through where one letter stands, and not {sorted(found)}")
    return found.pop()


def _values(letter: str, length: int, ground: Ground, before: Statement) -> Iterator[int]:
    """One period of values of ``letter``, from the least that is assumed."""
    if length > LONGEST:
        raise ProofError(f"a period of {length} values: at most {LONGEST} are gone through")
    least = ground.facts(before).lower.get(letter)
    if least is None:
        raise ProofError(f"no least value of {letter} is assumed")
    return iter(range(least, least + length))


@rule(
    "agree on one period",
    "f(x) = g(x) for all x ≥ a, where f and g grow alike by one integer a period, and agree on the first",
    "both grow by {growth} whenever {letter} grows by {length}, and agree at {letter} = {first}, …, {last}",
)
def agree_on_one_period(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    other = arguments["right"]
    if before.left is None or not isinstance(other, Expr) or has_ratio(other) or has_ratio(before.right):
        raise ProofError(f"{before} is no value, or {other} is no integer")
    letter = _letter(Statement((Relation(other, "=", before.right),)))
    length = lcm(period(before.right), period(other))
    grown = growth(before.right, letter, length)
    if grown != growth(other, letter, length):
        raise ProofError(f"{before.right} and {other} do not grow alike")
    values = list(_values(letter, length, ground, before))
    for value in values:
        if not holds(Relation(before.right, "=", other), {letter: Int(value)}):
            raise ProofError(f"{before.right} and {other} differ at {letter} = {value}")
    words = {"growth": write(grown), "letter": letter, "length": str(length)}
    words |= {"first": str(values[0]), "last": str(values[-1])}
    after = Statement((Relation(before.left, "=", other),), before.ranges)
    return Move(after, f"a period of {length} values, each tried; equal slopes", words)


@rule(
    "one period decides",
    "R(x) for an x ≥ a ⟺ R(x + m), where both sides of every equation grow alike when x grows by m, "
    "and what a number divides by a multiple of it",
    "whether it is so repeats after {length}: of {letter} = {first}, …, {last} it holds at {found}",
)
def one_period_decides(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter = _letter(before)
    length = lcm(*(_repeats(relation, letter) for relation in before.relations))
    values = list(_values(letter, length, ground, before))
    true = [n for n in values if all(holds(relation, {letter: Int(n)}) for relation in before.relations)]
    if not true:
        raise ProofError(f"{before} holds at none of {length} values, and so at none")
    step = next(m for m in range(1, length + 1) if length % m == 0 and true == _every(m, true[0], values))
    rest = true[0] % step
    after = Relation(Int(step), "∣", total([Sym(letter), Int(-rest)]))
    words = {"length": str(length), "letter": letter, "first": str(values[0]), "last": str(values[-1])}
    shown = [*map(str, true[:4]), *(["…"] if true[4:] else [])]
    return Move(Statement((after,)), f"a period of {length} values, each tried", words | {"found": ", ".join(shown)})


def _every(step: int, first: int, values: list[int]) -> list[int]:
    return [value for value in values if (value - first) % step == 0]


def _repeats(relation: Relation, letter: str) -> int:
    """After how many values of ``letter`` the relation says the same again."""
    if has_ratio(relation.left) or has_ratio(relation.right):
        raise ProofError(f"{relation} is no relation between integers")
    length = lcm(period(relation.left), period(relation.right))
    if relation.op == "∣" and isinstance(relation.left, Int) and relation.left.value > 0:
        length *= relation.left.value  # both sides are integers: so much later, a multiple has been added
        growth(relation.right, letter, length)
        return length
    if relation.op == "=" and growth(relation.left, letter, length) == growth(relation.right, letter, length):
        return length
    raise ProofError(f"{relation} is not shown to repeat after {length} values of {letter}")
