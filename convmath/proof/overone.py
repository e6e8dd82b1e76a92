"""A rule that adds quotients: terms with letters above and below, brought over one divisor."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from convmath.errors import ProofError
from convmath.language.monomials import Number, Polynomial
from convmath.language.polynomial import polynomial
from convmath.language.tree import Add, Expr, Int, Mul, Ratio, Read, Reduce, Relation, walk
from convmath.proof.facts import Facts
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import product_of, sum_of
from convmath.proof.terms import scaled


@rule(
    "add the quotients",
    "a·f/c + b·f/d = k·f, where a·d + b·c = k·c·d for a number k, and c, d ≥ 1",
    "over one divisor, the quotients before {reads} come to {numbers}",
)
def add_the_quotients(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    if before.left is None:
        raise ProofError(f"{before} is no equation")
    known, why = ground.facts(before), dict[str, None]()
    groups: dict[str, list[_Quotient]] = {}
    for term in before.right.terms if isinstance(before.right, Add) else (before.right,):
        found = _Quotient(term, known, why)
        groups.setdefault(found.key, []).append(found)
    if not why:
        raise ProofError(f"{before}: nothing is divided by letters")
    numbers = {key: _number(items) for key, items in groups.items()}
    kept = [scaled(numbers[key], product_of(items[0].reads)) for key, items in groups.items() if numbers[key]]
    after = Relation(before.left, "=", sum_of(kept) if kept else Int(0))
    reads = ", ".join(str(product_of(items[0].reads)) for items in groups.values())
    words = {"reads": reads, "numbers": ", ".join(map(str, numbers.values()))}
    return Move(Statement((after,), before.ranges), "; ".join((*why, "equal normal forms")), words)


class _Quotient:
    """A term taken apart: what it reads, and letters above and below."""

    def __init__(self, term: Expr, known: Facts, why: dict[str, None]) -> None:
        self.reads: list[Expr] = []
        self.above, self.below = Polynomial.constant(1), Counter[Polynomial]()
        self._take(term, known, why)
        self.key = str(sorted(map(str, self.reads)))
        if not self.reads:
            raise ProofError(f"{term} reads no array")

    def _take(self, expr: Expr, known: Facts, why: dict[str, None]) -> None:
        match expr:
            case Mul(factors):
                for factor in factors:
                    self._take(factor, known, why)
            case Ratio(top, bottom):
                self._take(top, known, why)
                for factor in bottom.factors if isinstance(bottom, Mul) else (bottom,):
                    if not isinstance(factor, Int):
                        why[need(known.positive(factor), f"{factor} ≥ 1")] = None
                    self.below[polynomial(factor)] += 1
            case Read():
                self.reads.append(expr)
            case _:
                if any(isinstance(node, Read | Reduce) for node in walk(expr)):
                    raise ProofError(f"{expr}: open its brackets first")
                self.above = self.above * polynomial(expr)


def _number(items: list[_Quotient]) -> Number:
    """What the quotients come to, over one divisor.

    Raises:
        ProofError: it is no number.
    """
    every = Counter[Polynomial]()
    for item in items:
        every |= item.below
    total, divisor = Polynomial({}), _product(every)
    for item in items:
        total = total + item.above * _product(every - item.below)
    monomial, value = next(iter(divisor.terms.items()))
    number = Fraction(total.terms.get(monomial, 0)) / value
    if total != divisor.scaled(number):
        raise ProofError(f"the quotients before {product_of(items[0].reads)} come to no number")
    return number


def _product(factors: Counter[Polynomial]) -> Polynomial:
    found = Polynomial.constant(1)
    for factor, times in factors.items():
        found = found * factor**times
    return found
