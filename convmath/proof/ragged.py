"""Rules for windows whose places are said by inequalities, H·i ≤ o·t + o − 1 and o·t ≤ H·i + H − 1."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.bounding import ranges_in
from convmath.language.definition import Definition
from convmath.language.linear import linear
from convmath.language.tidy import flipped, has_ratio, put, tidy, total
from convmath.language.tree import Ceil, Expr, Floor, Int, Ratio, Reduce, Relation, Sym, letters_of
from convmath.language.write import write
from convmath.proof.counting import rebuild
from convmath.proof.facts import Facts
from convmath.proof.ground import Ground
from convmath.proof.reading import check_start, windows_of
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Arguments, Move, need, rule


def conditions_on(definition: Definition, place: Expr) -> tuple[Relation, ...]:
    """The inequalities that say at which outputs a bare summed index is read; none for any other subscript."""
    found: dict[Relation, None] = {}
    for term in definition.terms:
        if isinstance(place, Sym) and place.name in term.reduced:
            found |= dict.fromkeys(r for r in term.where if r.op == "≤" and place.name in letters_of(r.left, r.right))
    return tuple(found)


@rule(
    "read a ragged window",
    "the window of an output holds the places that meet its conditions; the receptive field is the longest window",
    "from the first to the last place of {array} that meets the conditions of an output, both counted; "
    "the longest over all outputs",
    verdict="by definition",
)
def read_ragged_window(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition = ground.definition
    check_start(before, ground)
    array = str(arguments["array"])
    place = windows_of(definition, array, int(str(arguments["axis"])))[0]
    where = conditions_on(definition, place)
    if not isinstance(place, Sym) or not where:
        raise ProofError(f"{array} is not read at places that inequalities say")
    inside = ((place.name, definition.range_of(place.name)),)
    sides = [side for relation in where for side in (relation.left, relation.right)]
    outer = dict(pair for side in sides for pair in ranges_in(side, definition, without=place.name))
    span = Reduce("max", inside, place, where) - Reduce("min", inside, place, where) + 1
    right = Reduce("max", tuple(outer.items()), span) if outer else span
    return Move(value_of(str(arguments["name"]), right), "the meaning of the window", {"array": array})


@rule(
    "first and last place",
    "max {t < n : a·t ≤ x, …} = ⌊x/a⌋ and min {t < n : x ≤ a·t, …} = ⌈x/a⌉, where a ≥ 1, the value is one of "
    "0 … n − 1 and it meets the other conditions",
    "{why}",
)
def first_and_last_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    outer = before.right.ranges if isinstance(before.right, Reduce) and not before.right.where else ()
    known = ground.facts(Statement(before.relations, outer))
    reasons: list[str] = []
    certificates: list[str] = []

    def resolve(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or not expr.where:
            return None
        found, relation, proved = _end_of(expr, known)
        reasons.append(f"{relation} is met {'up to' if expr.kind == 'max' else 'from'} {expr.body} = {write(found)}")
        certificates.extend(fact for text in proved for fact in text.split(", "))
        return found

    after = Statement((Relation(before.relations[0].left, "=", rebuild(before.right, resolve)),), before.ranges)
    if not reasons:
        raise ProofError(f"{before} holds no first or last place under conditions")
    return Move(after, ", ".join(dict.fromkeys(certificates)), {"why": "; ".join(reasons)})


def _end_of(node: Reduce, known: Facts) -> tuple[Expr, Relation, list[str]]:
    """(the greatest or least place, the condition that says it, why it is one of the places)."""
    if len(node.ranges) != 1 or node.kind not in ("max", "min") or node.body != Sym(node.ranges[0][0]):
        raise ProofError(f"{node} is no first or last place")
    ((name, size),) = node.ranges
    sign = 1 if node.kind == "min" else -1
    forms = [(relation, *_solved(relation, name)) for relation in node.where]
    ends = [form for form in forms if known.positive(tidy(form[1] * sign)) is not None]
    if len(ends) != 1:
        raise ProofError(f"{node}: not one condition says where the places end, but {len(ends)}")
    relation, slope, rest = ends[0]
    slope = slope if sign > 0 else flipped(slope)
    if has_ratio(slope) or has_ratio(rest):
        raise ProofError(f"{relation}: its sides are not whole")
    # a·t + rest ≥ 0 from t = ⌈−rest/a⌉ = ⌊(a − 1 − rest)/a⌋ on; rest − a·t ≥ 0 up to t = ⌊rest/a⌋
    top = total([slope, Int(-1), flipped(rest)]) if sign > 0 else tidy(rest)
    place = Floor(Ratio(top, slope))
    needed = {
        f"{write(place)} ≥ 0": top,
        f"{write(place)} < {write(size)}": tidy(slope * size - 1 - top),
        **{str(r): put(a * Sym(name) + b, {name: place}) for r, a, b in forms if r != relation},
    }
    proved = [need(known.not_negative(slack), what) for what, slack in needed.items()]
    return (Ceil(Ratio(flipped(rest), slope)) if sign > 0 else place), relation, proved


def _solved(relation: Relation, name: str) -> tuple[Expr, Expr]:
    """(a, b) where the relation says a·t + b ≥ 0."""
    form = linear(tidy(relation.right - relation.left), {name})
    if relation.op != "≤" or form is None or name not in form[0]:
        raise ProofError(f"{relation} is no inequality for {name}")
    return form[0][name], form[1]


@rule("ceiling", "⌈x/a⌉ = ⌊(x + a − 1)/a⌋, where x and a ≥ 1 are integers", "a ceiling is a floor: {why}")
def ceiling(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    known = ground.facts(before)
    reasons: list[str] = []

    def resolve(expr: Expr) -> Expr | None:
        if not isinstance(expr, Ceil) or not isinstance(expr.argument, Ratio):
            return None
        top, step = expr.argument.numerator, expr.argument.divisor
        if has_ratio(top) or has_ratio(step):
            raise ProofError(f"{top} and {step} are not both whole")
        found = Floor(Ratio(total([tidy(top), tidy(step), Int(-1)]), step))
        reasons.append(need(known.positive(step), f"{step} ≥ 1"))
        return found

    after = Statement((Relation(before.relations[0].left, "=", rebuild(before.right, resolve)),), before.ranges)
    if not reasons:
        raise ProofError(f"{before} holds no ceiling")
    return Move(after, ", ".join(dict.fromkeys(reasons)), {"why": "add one less than the divisor before rounding down"})
