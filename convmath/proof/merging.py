"""Rules for sums over several indices: made one, run backwards, their conditions solved."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tidy import flipped, has_ratio, put, tidy, total
from convmath.language.tree import Expr, Int, Ranges, Read, Reduce, Relation, Sym, letters_of
from convmath.proof.counting import plainest, rebuild
from convmath.proof.ground import Ground
from convmath.proof.naming import within
from convmath.proof.places import Conditions, known_at
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import LINEAR, depends, product_of, rewrite


@rule(
    "one sum",
    "Σ_r Σ_c f = Σ_{r, c} f, where what c runs over does not depend on r",
    "the two sums are one, over every choice of {index}",
)
def one_sum(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    shown: list[str] = []

    def join(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum":
            return None
        inner = rebuild(expr.body, join)
        names = {name for name, _ in expr.ranges}
        if not isinstance(inner, Reduce) or inner.kind != "sum" or names & {name for name, _ in inner.ranges}:
            return Reduce("sum", expr.ranges, inner, expr.where)
        if any(depends(size, names) for _, size in inner.ranges):
            return Reduce("sum", expr.ranges, inner, expr.where)
        ranges = (*expr.ranges, *inner.ranges)
        shown.append(", ".join(name for name, _ in ranges))
        return Reduce("sum", ranges, inner.body, (*expr.where, *inner.where))

    after = rewrite(before, join, "no sum stands directly in another")
    return Move(after, "the ranges are independent", {"index": shown[-1]})


@rule(
    "backwards",
    "Σ_{u<k} f(u) = Σ_{u<k} f(k − 1 − u)",
    "the same terms from the last to the first: {index} becomes {other}",
)
def backwards(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    wanted, shown = str(arguments["index"]).split(), list[str]()

    def turn(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind not in LINEAR or not set(wanted) <= {n for n, _ in expr.ranges}:
            return None
        sizes = dict(expr.ranges)
        values = {name: total([tidy(sizes[name]), Int(-1), flipped(Sym(name))]) for name in wanted}
        if any(depends(size, set(wanted)) for size in sizes.values()):
            return None
        shown.extend(map(str, values.values()))
        where = tuple(Relation(put(r.left, values), r.op, put(r.right, values)) for r in expr.where)
        return Reduce(expr.kind, expr.ranges, rebuild(put(expr.body, values), _plain_read), where)

    after = rewrite(before, turn, f"no sum runs over {', '.join(wanted)}")
    words = {"index": ", ".join(wanted), "other": ", ".join(dict.fromkeys(shown))}
    return Move(after, "every value is there once, whichever comes first", words)


def _plain_read(expr: Expr) -> Expr | None:
    return Read(expr.array, tuple(map(plainest, expr.subscripts))) if isinstance(expr, Read) else None


@rule("solve", "x + r = b ⟺ x = b − r", "the condition says what {letter} is: {solved}")
def solve(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter, shown = str(arguments["letter"]), list[str]()

    def solved(relation: Relation) -> Relation:
        both = tidy(relation.right - relation.left)
        form = linear(both, {letter}) if relation.op == "=" else None
        slope = form[0].get(letter) if form else None
        if form is None or slope not in (Int(1), Int(-1)) or relation.left == Sym(letter) or has_ratio(form[1]):
            return relation
        return Relation(Sym(letter), "=", plainest(flipped(form[1]) if slope == Int(1) else form[1]))

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or letter not in letters_of(
            *(s for r in expr.where for s in (r.left, r.right))
        ):
            return None
        found = [solved(relation) for relation in expr.where]
        first = next((at for at, pair in enumerate(zip(found, expr.where, strict=True)) if pair[0] != pair[1]), 0)
        where = (*expr.where[:first], *found[first : first + 1], *expr.where[first + 1 :])
        shown.extend(map(str, found[first : first + 1]))
        return Reduce(expr.kind, expr.ranges, expr.body, where) if where != expr.where else None

    after = rewrite(before, change, f"no condition has {letter} once, with the factor 1 or −1")
    return Move(after, "the same on both sides", {"letter": letter, "solved": ", ".join(dict.fromkeys(shown))})


@rule(
    "same digits",
    "s·a + b = s·c + e ⟺ a = c and b = e, where 0 ≤ b, e ≤ s − 1",
    "a number has one quotient and one remainder by {unit}: {shown}",
)
def same_digits(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    pair, unit = str(arguments["digits"]).split(), arguments["unit"]
    why, shown = list[str](), list[str]()
    if len(pair) != 2 or not isinstance(unit, Expr):
        raise ProofError(f"{pair} and {unit} are not two digits and their unit")

    def change(expr: Expr, ranges: Ranges, where: Conditions) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum":
            return None
        found: list[Relation] = []
        for relation in expr.where:
            parts = _digits(relation, pair, unit)
            if parts is not None:
                known = known_at(ground, (*ranges, *expr.ranges))
                why.extend(need(known.not_negative(Sym(digit)), f"{digit} ≥ 0") for digit in pair)
                why.extend(need(known.not_negative(unit - 1 - Sym(d)), f"{d} ≤ {unit} − 1") for d in pair)
                shown.extend(map(str, parts))
            found += parts if parts is not None else [relation]
        return Reduce("sum", expr.ranges, expr.body, tuple(found)) if tuple(found) != expr.where else None

    after = rewrite(before, within(change, before.ranges), f"no condition compares numbers with the digits {pair}")
    return Move(after, "; ".join(dict.fromkeys(why)), {"unit": str(unit), "shown": ", ".join(dict.fromkeys(shown))})


def _digits(relation: Relation, pair: list[str], unit: Expr) -> list[Relation] | None:
    """s·a + b = s·c + e as c = a, e = b, where (b, e) is the pair; None where it is of another form."""
    sides = []
    for side, digit in zip((relation.left, relation.right), pair, strict=True):
        form = linear(side, letters_of(side) - letters_of(unit))
        slopes = dict(form[0]) if form and form[1] == Int(0) else {}
        if relation.op != "=" or slopes.pop(digit, None) != Int(1) or len(slopes) != 1:
            return None
        ((name, slope),) = slopes.items()
        if not equal(slope, unit):
            return None
        sides.append((Sym(name), Sym(digit)))
    (first, low), (second, other) = sides
    return [Relation(second, "=", first), Relation(other, "=", low)]


@rule(
    "as a mean", "Σ_{u<n} f(u) = n·mean_{u<n} f(u), where n ≥ 1", "a sum of {number} terms is {number} times their mean"
)
def as_a_mean(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    wanted, why, shown = str(arguments["index"]), list[str](), list[str]()
    known = ground.facts(before)

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum" or expr.where or wanted not in dict(expr.ranges):
            return None
        sizes = [size for _, size in expr.ranges]
        if any(depends(size, {name for name, _ in expr.ranges}) for size in sizes):
            return None
        why.extend(need(known.positive(size), f"{size} ≥ 1") for size in sizes)
        shown.append(str(product_of(sizes)))
        return product_of([*sizes, Reduce("mean", expr.ranges, expr.body)])

    after = rewrite(before, change, f"no sum without conditions runs over {wanted}")
    return Move(after, "; ".join(dict.fromkeys(why)), {"number": ", ".join(dict.fromkeys(shown))})
