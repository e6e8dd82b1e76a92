"""Rules for the question which inputs are large enough: first windows, and bounds under floors."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.bounding import bounding, ranges_in
from convmath.language.tidy import flipped, has_ratio, product, put, tidy
from convmath.language.tree import Expr, Int, Least, Mul, Relation
from convmath.language.write import write
from convmath.proof.bounds import inequality
from convmath.proof.facts import facts
from convmath.proof.ground import Ground
from convmath.proof.reading import check_start
from convmath.proof.remainders import one_floor
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule


@rule(
    "read the first windows",
    "every layer has an output ⟺ the first window of each stays in its padded array",
    "a layer has an output when its first window lies in the padded array: this is asked of every layer",
    verdict="by definition",
)
def read_first_windows(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    check_start(before, ground)
    relations: list[Relation] = []
    ranges: list[tuple[str, Expr]] = []
    for number in str(arguments["numbers"]).split():
        definition = ground.definitions[int(number)]
        for index, places in bounding(definition).windows.items():
            for place in places:
                sides = [(put(r.left, {index: Int(0)}), put(r.right, {index: Int(0)})) for r in place.relations()]
                relations += [Relation(left, "≤", right) for left, right in sides]
                ranges += ranges_in(place.position, definition, without=index)
    names = [name for name, _ in ranges]
    if len(set(names)) < len(names):
        raise ProofError(f"{', '.join(names)}: every layer needs letters of its own")
    return Move(Statement(tuple(relations), tuple(ranges)), "the meaning of an output")


@rule(
    "above none",
    "e ≤ max(0, x) ⟺ e ≤ x, where e ≥ 1",
    "{least} is at least 1, and 0 is not",
)
def above_none(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at, relation = inequality(before, arguments)
    match relation.right:
        case Mul((Int(-1), Least((Int(0), other)))):
            certificate = need(ground.facts(before).positive(relation.left), f"{relation.left} ≥ 1")
            after = Relation(relation.left, "≤", flipped(other))
            return Move(before.with_relation(at, after), certificate, {"least": write(relation.left)})
    raise ProofError(f"{relation} has no maximum of 0 and a number on the right")


@rule(
    "below a floor",
    "e ≤ ⌊r/c⌋ + f ⟺ c·(e − f) ≤ r, where c ≥ 1, e and f are integers",
    "an integer is below the floor when {divisor} times it is below {top}",
)
def below_a_floor(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at, relation = inequality(before, arguments)
    _, top, divisor, rest = one_floor(relation.right)
    value = tidy(relation.left - rest)
    if has_ratio(value):
        raise ProofError(f"{value} is no integer")
    certificate = need(ground.facts(before).positive(divisor), f"{divisor} ≥ 1")
    after = Relation(product([divisor, value]), "≤", top)
    return Move(before.with_relation(at, after), certificate, {"divisor": write(divisor), "top": write(top)})


@rule(
    "follows",
    "(a ≤ b and rest) ⟺ rest, where a ≤ b wherever the rest holds",
    "{bound} follows from the rest",
)
def follows(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at, relation = inequality(before, arguments)
    after = before.with_relation(at)
    if not after.relations:
        raise ProofError(f"{relation} is the only requirement: it cannot be dropped")
    if before.ranges:
        raise ProofError(f"{before} is asked for every value of an index")
    same = [other.left for other in after.relations if other.op == "≤" and other.right == relation.right]
    known = ground.facts(before)
    found = (known.not_negative(tidy(other - relation.left)) for other in same)  # the rest bounds the same, and closer
    closer = next((certificate for certificate in found if certificate is not None), None)
    if closer is None:
        known = facts((*known.relations, *after.relations), before.ranges)
        closer = known.not_negative(relation.right - relation.left)
    certificate = need(closer, str(relation))
    return Move(after, certificate, {"bound": str(relation)})
