"""Rules about the conditions of a sum: solved, used, met by all or by none, and terms gathered by a place."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.expand import expanded
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tidy import flipped, has_ratio, put, tidy, total
from convmath.language.tree import Add, Expr, Int, Ranges, Read, Reduce, Relation, Sym, letters_of, mapped
from convmath.proof.counting import plainest
from convmath.proof.given import assumed, under, worked_out
from convmath.proof.ground import Ground
from convmath.proof.places import known_at
from convmath.proof.statement import Conditions, Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import inside_sums, rewrite, within


def new_letter(wanted: object, before: Statement, ground: Ground) -> str:
    """The letter that is ``wanted``, if nothing on the line and no size is called so."""
    letter = str(wanted)
    taken = before.letters() | set(ground.definition.sizes)
    if letter in taken or letter in dict(ground.established) or letter in assumed(ground):
        raise ProofError(f"{letter} stands for something else already")
    return letter


@rule(
    "gather by place",
    "Σ_r f = Σ_{t<n} Σ_{r : t = e(r)} f, where 0 ≤ e ≤ n − 1",
    "the terms with the same {value} together: that is {letter}",
)
def gather_by_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter = new_letter(arguments["letter"], before, ground)
    value, size = arguments["value"], arguments["size"]
    if not isinstance(value, Expr) or not isinstance(size, Expr) or has_ratio(value) or has_ratio(size):
        raise ProofError(f"{value} and {size} are no place and no number of places")
    why: list[str] = []

    def gather(expr: Reduce, ranges: Ranges) -> Expr | None:
        names = {name for name, _ in expr.ranges}
        if expr.kind != "sum" or not letters_of(value) & names or letters_of(size) & names:
            return None
        known = under(ground, (*ranges, *expr.ranges))
        why.append(need(known.not_negative(worked_out(value, ground)), f"{value} ≥ 0"))
        why.append(need(known.not_negative(worked_out(size - 1 - value, ground)), f"{value} ≤ {size} − 1"))
        inner = Reduce("sum", expr.ranges, expr.body, (*expr.where, Relation(Sym(letter), "=", value)))
        return Reduce("sum", ((letter, size),), inner)

    after = rewrite(before, inside_sums(gather, before.ranges), f"no sum runs over the letters of {value}")
    proofs = dict.fromkeys(part for proof in why for part in proof.split(", "))
    return Move(after, ", ".join(proofs), {"value": str(value), "letter": letter})


@rule(
    "use the condition",
    "Σ_{r : t = e} f(e) = Σ_{r : t = e} f(t)",
    "{value} is {letter} here",
)
def use_the_condition(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter = str(arguments["letter"])
    words: list[str] = []

    def use(expr: Reduce, ranges: Ranges) -> Expr | None:
        chosen = next((r for r in expr.where if r.op == "=" and r.left == Sym(letter)), None)
        bound = {name for name, _ in expr.ranges}
        if chosen is None or letter in bound or not letters_of(chosen.right) & bound:
            return None

        def renamed(inner: Expr) -> Expr:
            if isinstance(inner, Read):
                return Read(inner.array, tuple(_called(item, chosen.right, letter, bound) for item in inner.subscripts))
            return mapped(inner, renamed) if not isinstance(inner, Reduce) else inner

        body = renamed(expr.body)
        if body == expr.body:
            return None
        words.append(str(chosen.right))
        return Reduce(expr.kind, expr.ranges, body, expr.where)

    lack = f"no condition {letter} = … stands over a read at its right side"
    after = rewrite(before, inside_sums(use, before.ranges), lack)
    return Move(after, f"the sum is over {letter} = {words[0]}", {"value": words[0], "letter": letter})


def _called(item: Expr, value: Expr, letter: str, bound: set[str]) -> Expr:
    """``item`` with the ``value`` in it called ``letter``, where nothing else of it uses the bound letters."""
    terms, inner = _terms(item), _terms(value)
    inside = [at for at, term in enumerate(terms) if letters_of(term) & bound & letters_of(value)]
    if not inside:
        return item
    kept = [Sym(letter) if at == inside[0] else term for at, term in enumerate(terms) if at not in inside[1:]]
    found = total([*kept, *(flipped(term) for term in inner if not letters_of(term) & bound)])
    return found if equal(found + value, item + Sym(letter)) else item


def _terms(expr: Expr) -> list[Expr]:
    """The terms of ``expr``, multiplied out."""
    whole = tidy(expanded(expr) or expr)
    return list(whole.terms) if isinstance(whole, Add) else [whole]


@rule("solve", "a = b ⟺ x = c, where a − b has x once, with the factor 1 or −1", "the condition says: {solved}")
def solve(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter, shown = str(arguments["letter"]), list[str]()

    def solved(relation: Relation) -> Relation:
        both = relation.right - relation.left
        form = linear(expanded(both) or tidy(both), {letter}) if relation.op == "=" else None
        slope = form[0].get(letter) if form else None
        if form is None or slope not in (Int(1), Int(-1)) or relation.left == Sym(letter) or has_ratio(form[1]):
            return relation
        return Relation(Sym(letter), "=", plainest(flipped(form[1]) if slope == Int(1) else form[1]))

    def change(expr: Reduce, ranges: Ranges) -> Expr | None:
        found = list(map(solved, expr.where))
        first = next((at for at, relation in enumerate(found) if relation != expr.where[at]), None)
        if first is None:
            return None
        shown.append(str(found[first]))
        return Reduce(expr.kind, expr.ranges, expr.body, (*expr.where[:first], found[first], *expr.where[first + 1 :]))

    after = rewrite(
        before, inside_sums(change, before.ranges), f"no condition has {letter} once, with the factor 1 or −1"
    )
    return Move(after, "the same on both sides", {"solved": ", ".join(dict.fromkeys(shown))})


@rule("always met", "Σ_{u : A} f(u) = Σ_u f(u), where A holds for every u", "{what} for every choice of the indices")
def always_met(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    why, shown = list[str](), list[str]()

    def change(expr: Expr, ranges: Ranges, where: Conditions) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum":
            return None
        known = known_at(ground, (*ranges, *expr.ranges), where)
        kept = []
        for relation in expr.where:
            slack = tidy(relation.right - relation.left)
            met = known.not_negative(slack) if relation.op == "≤" and not has_ratio(slack) else None
            kept += [relation] if met is None else []
            why.extend([met] if met is not None else [])
            shown.extend([str(relation)] if met is not None else [])
        if len(kept) == len(expr.where):
            return None
        return Reduce("sum", expr.ranges, expr.body, tuple(kept)) if expr.ranges or kept else expr.body

    after = rewrite(before, within(change, before.ranges), "no condition holds by itself")
    return Move(after, "; ".join(dict.fromkeys(why)), {"what": ", ".join(dict.fromkeys(shown))})


@rule("settle", "Σ_{r : c} f = Σ_r f where c is true, and 0 where it is false", "{what}")
def settle(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    words: list[str] = []

    def settled(expr: Reduce, ranges: Ranges) -> Expr | None:
        numeric = [r for r in expr.where if r.op == "=" and not letters_of(r.left, r.right)]
        if not numeric or expr.kind != "sum":
            return None
        false = [r for r in numeric if put(r.left, {}) != put(r.right, {})]
        words.append("what meets no condition falls away" if false else "what meets its condition stays")
        where = tuple(r for r in expr.where if r not in numeric)
        kept = Reduce("sum", expr.ranges, expr.body, where) if expr.ranges or where else expr.body
        return Int(0) if false else kept

    after = rewrite(before, inside_sums(settled, before.ranges), "no condition stands between numbers")
    found = Statement((Relation(after.relations[0].left, "=", tidy(after.right)),), after.ranges)
    return Move(found, "the numbers are compared", {"what": ", ".join(sorted(set(words), reverse=True))})
