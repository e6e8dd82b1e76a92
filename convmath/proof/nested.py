"""Rules that fold floors: what divides the top and the divisor alike, and the smaller of two floors."""

from __future__ import annotations

from math import gcd

from convmath.errors import ProofError
from convmath.language.expand import expanded
from convmath.language.polynomial import equal
from convmath.language.tidy import has_ratio, product, tidy, total
from convmath.language.tree import Add, Floor, Int, Least, Mul, Ratio, Relation
from convmath.language.write import write
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule


@rule(
    "common divisor",
    "⌊(c·a + b)/(c·m)⌋ = ⌊(a + ⌊b/c⌋)/m⌋, where c, m ≥ 1 are numbers, a and b integers",
    "{factor} divides {whole} and {divisor}, and less than {factor} beside it does not count",
)
def common_divisor(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation = before.relations[0]
    match relation.right:
        case Floor(Ratio(top, Int(divisor))) if len(before.relations) == 1 and divisor > 1:
            found = expanded(top) or tidy(top)
            terms = found.terms if isinstance(found, Add) else (found,)
        case _:
            raise ProofError(f"{before} is no floor over a number")
    parts = [(t.factors[0].value, t) for t in terms if isinstance(t, Mul) and isinstance(t.factors[0], Int)]
    rest = sum(term.value for term in terms if isinstance(term, Int))
    factor = gcd(divisor, *(times for times, _ in parts))
    if len(parts) + sum(isinstance(term, Int) for term in terms) < len(terms) or factor == 1 or has_ratio(top):
        raise ProofError(f"no number divides {top} and {divisor}")
    kept = [product([Int(times // factor), *term.factors[1:]]) for times, term in parts]
    inside = tidy(total([*kept, Int(rest // factor)]))
    after = Floor(Ratio(inside, Int(divisor // factor))) if divisor > factor else inside
    words = {"factor": str(factor), "whole": write(total([term for _, term in parts])), "divisor": str(divisor)}
    certificate = "what is left over is less than the divisor"
    return Move(before.with_relation(0, Relation(relation.left, relation.op, after)), certificate, words)


@rule("the smaller floor", "min(⌊a/c⌋, ⌊b/c⌋) = ⌊a/c⌋, where a ≤ b and c ≥ 1", "a floor grows with its top: {less}")
def smaller_floor(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation, known = before.relations[0], ground.facts(before)
    match relation.right:
        case Least((Floor(Ratio(one, divisor)), Floor(Ratio(two, other)))) if len(before.relations) == 1:
            if not equal(divisor, other):
                raise ProofError(f"{divisor} and {other} are different divisors")
        case _:
            raise ProofError(f"{before} is no smaller one of two floors")
    why = need(known.positive(divisor), f"{divisor} ≥ 1")
    for less, more in ((one, two), (two, one)):
        if (certificate := known.not_negative(more - less)) is not None:
            after = Relation(relation.left, relation.op, Floor(Ratio(less, divisor)))
            words = {"less": f"{write(less)} ≤ {write(more)}"}
            return Move(before.with_relation(0, after), f"{why}; {certificate}", words)
    raise ProofError(f"which of {one} and {two} is the smaller is not known")
