"""Rules about places: a read told by its place, terms gathered by a place, conditions that say what a place is."""

from __future__ import annotations

from collections.abc import Callable

from convmath.errors import ProofError
from convmath.language.expand import expanded
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tidy import flipped, has_ratio, put, tidy, total
from convmath.language.tree import Add, Expr, Int, Ranges, Read, Reduce, Relation, Sym, letters_of, mapped
from convmath.proof.counting import rebuild
from convmath.proof.given import assumed, under, worked_out
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import depends, rewrite


def new_letter(letter: str, before: Statement, ground: Ground) -> str:
    """``letter``, if nothing on the line and no size is called so."""
    taken = before.letters() | set(ground.definition.sizes)
    if letter in taken or letter in dict(ground.established) or letter in assumed(ground):
        raise ProofError(f"{letter} stands for something else already")
    return letter


def inside_sums(change: Callable[[Reduce, Ranges], Expr | None], ranges: Ranges) -> Callable[[Expr], Expr | None]:
    """``change`` at the outermost sums that it answers for; it is told what the sums around run over."""

    def at(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce):
            return None
        found = change(expr, ranges)
        if found is not None:
            return found
        body = rebuild(expr.body, inside_sums(change, (*ranges, *expr.ranges)))
        return Reduce(expr.kind, expr.ranges, body, expr.where)

    return at


@rule(
    "read by its place",
    "X[e] = Σ_{x<n : x = e} X[x], where X is 0 outside its n places",
    "the entry of {array} at {place}, looked for among all: 0 where that is outside",
)
def read_by_its_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    array, axis = str(arguments["array"]), int(str(arguments["axis"]))
    letter = new_letter(str(arguments["letter"]), before, ground)
    tensors = [definition.arrays[array] for definition in ground.definitions if array in definition.arrays]
    if array in ground.formulas or not tensors or any(tensor.outside != "zeros" for tensor in tensors):
        raise ProofError(f"{array} is not known to be 0 outside")
    size, places = tensors[0].shape[axis], list[str]()
    if any(tensor.shape != tensors[0].shape for tensor in tensors):
        raise ProofError(f"{array} has several shapes")

    def told(expr: Expr) -> Expr | None:
        if not isinstance(expr, Read) or expr.array != array:
            return None
        place = expr.subscripts[axis]
        if has_ratio(place) or place == Sym(letter):
            return None
        places.append(str(place))
        moved = (*expr.subscripts[:axis], Sym(letter), *expr.subscripts[axis + 1 :])
        return Reduce("sum", ((letter, size),), Read(array, moved), (Relation(Sym(letter), "=", place),))

    after = rewrite(before, told, f"{array} is not read")
    return Move(after, f"{array} is 0 outside", {"array": array, "place": ", ".join(dict.fromkeys(places))})


@rule(
    "gather by place",
    "Σ_r f = Σ_{t<n} Σ_{r : t = e(r)} f, where 0 ≤ e ≤ n − 1",
    "the terms with the same {value} together: that is {letter}",
)
def gather_by_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter = new_letter(str(arguments["letter"]), before, ground)
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


@rule(
    "solve the condition", "Σ_{r : a = b} f = Σ_{r : x = c} f, where x = c is a = b solved for x", "solved for {letter}"
)
def solve_the_condition(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter = str(arguments["letter"])

    def solved(relation: Relation) -> Relation:
        if relation.op != "=" or letter not in letters_of(relation.left, relation.right):
            return relation
        form = linear(expanded(relation.left - relation.right) or relation.left - relation.right, {letter})
        if form is None or form[0].get(letter) not in (Int(1), Int(-1)):
            return relation
        rest = form[1] if form[0][letter] == Int(-1) else flipped(form[1])
        return Relation(Sym(letter), "=", rest)

    def solve(expr: Reduce, ranges: Ranges) -> Expr | None:
        where = tuple(map(solved, expr.where))
        return None if where == expr.where else Reduce(expr.kind, expr.ranges, expr.body, where)

    after = rewrite(before, inside_sums(solve, before.ranges), f"no condition is to be solved for {letter}")
    return Move(after, "the same equation", {"letter": letter})


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


@rule("sums of sums", "Σ_r Σ_c f = Σ_{r, c} f", "a sum of sums is one sum over all their indices")
def sums_of_sums(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    def join(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce):
            return None
        body = rebuild(expr.body, join)
        if expr.kind != "sum" or not isinstance(body, Reduce) or body.kind != "sum":
            return Reduce(expr.kind, expr.ranges, body, expr.where)
        if any(depends(size, set(dict(expr.ranges))) for _, size in body.ranges) or set(dict(expr.ranges)) & set(
            dict(body.ranges)
        ):
            return Reduce(expr.kind, expr.ranges, body, expr.where)
        return Reduce("sum", (*expr.ranges, *body.ranges), body.body, (*expr.where, *body.where))

    return Move(rewrite(before, join, "no sum stands directly in another"), "sums are finite")
