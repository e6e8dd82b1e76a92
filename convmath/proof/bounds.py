"""Rules for inequalities: from “every read stays inside” to a number of outputs."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.linear import linear
from convmath.language.tidy import flipped, has_ratio, product, put, tidy, total
from convmath.language.tree import Expr, Floor, Int, Least, Ratio, Relation, Sym, letters_of, negative
from convmath.language.write import write
from convmath.proof.agree import counted_index
from convmath.proof.facts import Facts
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Arguments, Move, need, rule


def inequality(before: Statement, arguments: Arguments) -> tuple[int, Relation]:
    """(its number, the inequality a ≤ b) at which a rule is asked to act."""
    at = int(str(arguments.get("at", 0)))
    if not 0 <= at < len(before.relations):
        raise ProofError(f"{before} has no relation number {at}")
    relation = before.relations[at]
    if relation.op != "≤":
        raise ProofError(f"{relation} is no inequality of the form a ≤ b")
    return at, relation


@rule("always holds", "(a ≤ b and rest) ⟺ rest, where a ≤ b at every point", "{bound} holds by itself: {why}")
def always_holds(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at, relation = inequality(before, arguments)
    certificate = ground.facts(before).not_negative(relation.right - relation.left)
    if len(before.relations) == 1:
        raise ProofError(f"{relation} is the only requirement: it cannot be dropped")
    proved = need(certificate, str(relation))
    return Move(before.with_relation(at), proved, {"bound": str(relation), "why": proved})


@rule(
    "farthest read",
    "(f(u) ≤ b for all u < k) ⟺ f(k − 1) ≤ b where f grows with u; f(0) ≤ b where it falls",
    "{why}, so {index} = {place} reads {far}",
)
def farthest_read(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at, relation = inequality(before, arguments)
    index = str(arguments["index"])
    upper = index in letters_of(relation.left)
    moving = relation.left if upper else relation.right
    place, why = extreme(moving, index, dict(before.ranges)[index], ground.facts(before), largest=upper)
    values = {index: place}
    after = Relation(put(relation.left, values), "≤", put(relation.right, values))
    words = {"index": index, "why": why, "place": write(place), "far": "farthest" if upper else "nearest"}
    return Move(before.with_relation(at, after), why, words)


def extreme(expr: Expr, index: str, size: Expr, known: Facts, *, largest: bool) -> tuple[Expr, str]:
    """(the value of ``index`` in 0 … size − 1 at which ``expr`` is largest or smallest, why)."""
    form = linear(expr, {index})
    if form is None or index not in form[0]:
        raise ProofError(f"{expr} is not linear in {index}")
    slope = form[0][index]
    if known.not_negative(slope) is not None:
        why, grows = f"{write(slope)} ≥ {0 if known.positive(slope) is None else 1}", True
    else:
        need(known.not_negative(negative(slope)), f"the sign of {slope}, which multiplies {index},")
        why, grows = f"{write(slope)} ≤ 0", False
    if isinstance(slope, Int):
        why = f"it {'grows' if grows else 'falls'} with {index}"
    return (tidy(size - 1) if grows == largest else Int(0)), why


@rule(
    "gather",
    "c·i + r ≤ b ⟺ c·i ≤ b − r;   b ≤ r − c·i ⟺ c·i ≤ r − b",
    "keep what multiplies {index} on the left",
)
def gather(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at, relation = inequality(before, arguments)
    index = str(arguments["index"])
    upper = index in letters_of(relation.left)
    form = linear(relation.left if upper else relation.right, {index})
    if form is None or index not in form[0]:
        raise ProofError(f"{relation} is not linear in {index}")
    slope, rest = form[0][index], form[1]
    if upper:
        left, right = slope, total([tidy(relation.right), flipped(rest)])
    else:
        left, right = flipped(slope), total([rest, flipped(tidy(relation.left))])
    after = Relation(product([left, Sym(index)]), "≤", right)
    return Move(before.with_relation(at, after), "the same on both sides", {"index": index})


@rule("divide", "c·i ≤ r ⟺ i ≤ r / c, where c ≥ 1", "divide by {divisor}, which is positive")
def divide(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at, relation = inequality(before, arguments)
    form = linear(relation.left, {str(arguments["index"])})
    if form is None or tidy(form[1]) != Int(0):
        raise ProofError(f"{relation}: the left side is no multiple of {arguments['index']}")
    slope = form[0][str(arguments["index"])]
    certificate = need(ground.facts(before).positive(slope), f"{slope} ≥ 1")
    after = Relation(Sym(str(arguments["index"])), "≤", Ratio(relation.right, slope))
    return Move(before.with_relation(at, after), certificate, {"divisor": write(slope)})


@rule("integer", "i ≤ r ⟺ i ≤ ⌊r⌋, where i is an integer", "{index} is an integer")
def integer(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at, relation = inequality(before, arguments)
    if not isinstance(relation.left, Sym) or relation.left.name not in ground.definition.indices:
        raise ProofError(f"{relation}: the left side is no index")
    after = Relation(relation.left, "≤", Floor(relation.right))
    return Move(before.with_relation(at, after), "an index is an integer", {"index": relation.left.name})


@rule(
    "the floor between",
    "⌊r/c⌋ = t, where t is an integer and c·t ≤ r ≤ c·t + c − 1",
    "{top} is at least {low} and less than one {divisor} more",
)
def floor_between(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at, relation = inequality(before, arguments)
    value = arguments["value"]
    match relation.right:
        case Floor(Ratio(top, divisor)) if isinstance(value, Expr) and not has_ratio(value):
            known = ground.facts(before)
            low = product([divisor, value])
            certificates = [
                need(known.positive(divisor), f"{divisor} ≥ 1"),
                need(known.not_negative(top - low), f"{low} ≤ {top}"),
                need(known.not_negative(low + divisor - 1 - top), f"{top} ≤ {low} + {divisor} − 1"),
            ]
            words = {"top": write(top), "low": write(low), "divisor": write(divisor)}
            after = before.with_relation(at, Relation(relation.left, "≤", value))
            return Move(after, "; ".join(dict.fromkeys(certificates)), words)
    raise ProofError(f"{relation} has no floor of a quotient on the right, or {value} is no whole expression")


@rule("smaller bound", "(i ≤ a and i ≤ b) ⟺ i ≤ min(a, b)", "{index} obeys every bound, so the smallest")
def smaller_bound(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    index = counted_index(before)
    known = ground.facts(before)
    kept: list[Expr] = []
    certificates = []
    for relation in before.relations:
        bound = relation.right
        if any(known.not_negative(bound - other) is not None for other in kept):
            certificates.append(f"{write(bound)} is never the smaller")
            continue
        kept = [other for other in kept if known.not_negative(other - bound) is None]
        kept.append(bound)
    right = kept[0] if len(kept) == 1 else Least(tuple(kept))
    after = Statement((Relation(Sym(index), "≤", right),))
    return Move(after, "; ".join(certificates) or "the definition of min", {"index": index})


@rule(
    "count from 0",
    "#{i ≥ 0 : i ≤ b} = b + 1, where b ≥ −1 is an integer",
    "{index} runs over 0, 1, …: one more than its last value",
)
def count_from_zero(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    index = counted_index(before)
    bound = before.right
    if len(before.relations) != 1 or has_ratio(bound):
        raise ProofError(f"{before} is no single bound by an integer")
    certificate = need(_at_least_minus_one(bound, ground.facts(before)), f"{bound} ≥ −1")
    options = bound.options if isinstance(bound, Least) else (bound,)
    counts = tuple(total([tidy(option), Int(1)]) for option in options)
    after = counts[0] if len(counts) == 1 else Least(counts)
    return Move(value_of(str(arguments["name"]), after), certificate, {"index": index})


def _at_least_minus_one(bound: Expr, known: Facts) -> str | None:
    """⌊r/c⌋ ≥ −1 follows from r ≥ 0, since c ≥ 1."""
    match bound:
        case Floor(Ratio(numerator, divisor)) if known.positive(divisor) is not None:
            return known.not_negative(numerator)
        case Least(options):
            found = [_at_least_minus_one(option, known) for option in options]
            return None if None in found else "; ".join(dict.fromkeys(text for text in found if text))
    return known.not_negative(bound + 1)
