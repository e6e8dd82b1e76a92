"""Rules about products multiplied out and put together otherwise, and about squares."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.polynomial import equal
from convmath.language.tree import Expr, Mul, Pow, Relation
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, rule


@rule("regroup", "f = g, where both multiply out to the same", "multiplied out, it is the same")
def regroup(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    right = arguments["right"]
    if before.left is None or not isinstance(right, Expr):
        raise ProofError(f"{before} is no equation, or {right!r} no expression")
    if right == before.right or not equal(before.right, right):
        raise ProofError(f"{before}: {right} does not multiply out to the same")
    return Move(Statement((Relation(before.left, "=", right),), before.ranges), "both have the same normal form")


@rule("a square", "x·x ≥ 0 for every real number x", "a square of a real number: never below 0")
def a_square(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    match before.right:
        case Pow(_, exponent) if exponent % 2 == 0 and before.left is not None:
            return Move(before, f"{before.right} ≥ 0")
        case Mul((one, other)) if one == other and before.left is not None:
            return Move(before, f"{before.right} ≥ 0")
    raise ProofError(f"{before}: the right side is no square")
