"""Rules that move finite sums: multiply out, join and part them, exchange, run backwards, take out a factor."""

from __future__ import annotations

from collections.abc import Callable

from convmath.errors import ProofError
from convmath.language.tidy import flipped, put, tidy, total
from convmath.language.tree import Add, Expr, Int, Mul, Ranges, Read, Reduce, Relation, Sym, letters_of, walk
from convmath.proof.counting import plainest, rebuild
from convmath.proof.ground import Ground
from convmath.proof.statement import Conditions, Statement
from convmath.proof.step import Arguments, Move, rule

LINEAR = ("sum", "mean")
"""Reductions that respect sums and factors; a maximum does not."""


def rewrite(before: Statement, change: Callable[[Expr], Expr | None], lack: str) -> Statement:
    """An equation with ``change`` made to its right side; refused where it changes nothing."""
    if before.left is None:
        raise ProofError(f"{before} is no equation")
    right = rebuild(before.right, change)
    if right == before.right:
        raise ProofError(f"{before}: {lack}")
    return Statement((Relation(before.left, "=", right),), before.ranges)


def product_of(factors: list[Expr]) -> Expr:
    """The factors as one product, inner products opened."""
    flat = [part for factor in factors for part in (factor.factors if isinstance(factor, Mul) else (factor,))]
    return flat[0] if len(flat) == 1 else Mul(tuple(flat))


def sum_of(terms: list[Expr]) -> Expr:
    """The terms as one sum, inner sums opened."""
    flat = [part for term in terms for part in (term.terms if isinstance(term, Add) else (term,))]
    return flat[0] if len(flat) == 1 else Add(tuple(flat))


def depends(expr: Expr, names: set[str], ranges: Ranges = ()) -> bool:
    """Whether ``expr`` uses one of the letters."""
    return bool(letters_of(expr, *(size for _, size in ranges)) & names)


def within(
    change: Callable[[Expr, Ranges, Conditions], Expr | None], ranges: Ranges, where: Conditions = ()
) -> Callable[[Expr], Expr | None]:
    """``change``, which is told which sums it stands in; a product that is put into a product opens."""

    def at(expr: Expr) -> Expr | None:
        found = change(expr, ranges, where)
        if found is None and isinstance(expr, Reduce):
            inside = within(change, (*ranges, *expr.ranges), (*where, *expr.where))
            return Reduce(expr.kind, expr.ranges, rebuild(expr.body, inside), expr.where)
        if found is None and isinstance(expr, Mul):
            factors = [rebuild(factor, at) for factor in expr.factors]
            return product_of(factors) if tuple(factors) != expr.factors else expr
        return found

    return at


def inside_sums(change: Callable[[Reduce, Ranges], Expr | None], ranges: Ranges) -> Callable[[Expr], Expr | None]:
    """``change`` at the outermost sums that it answers for; it is told what the sums around run over."""
    return within(lambda expr, around, _: change(expr, around) if isinstance(expr, Reduce) else None, ranges)


def _over(outer: Reduce) -> set[str]:
    return {name for name, _ in outer.ranges}


@rule(
    "multiply out",
    "a·(f + g) = a·f + a·g;  a·Σ f = Σ a·f;  Σ (f + g) = Σ f + Σ g;  a mean likewise",
    "every product and every sum goes through the sums inside it",
)
def multiply_out(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    return Move(rewrite(before, _out, "there is nothing to multiply out"), "sums are finite")


def _out(expr: Expr) -> Expr | None:
    match expr:
        case Mul(factors):
            return _product_out([_out(factor) or factor for factor in factors])
        case Reduce(kind, ranges, body, where) if kind in LINEAR:
            inside = _out(body) or body
            terms = inside.terms if isinstance(inside, Add) else (inside,)
            return sum_of([Reduce(kind, ranges, term, where) for term in terms])
        case Add(terms):
            return sum_of([_out(term) or term for term in terms])
    return None


def _product_out(factors: list[Expr]) -> Expr:
    for place, factor in enumerate(factors):
        left, right = factors[:place], factors[place + 1 :]
        if isinstance(factor, Add):
            return sum_of([_product_out([*left, term, *right]) for term in factor.terms])
        if isinstance(factor, Reduce) and factor.kind in LINEAR:
            if any(depends(other, _over(factor)) for other in (*left, *right)):
                raise ProofError(f"{factor}: its index stands outside of it as well")
            body = _product_out([*left, factor.body, *right])
            terms = body.terms if isinstance(body, Add) else (body,)
            return sum_of([Reduce(factor.kind, factor.ranges, term, factor.where) for term in terms])
    return product_of(factors)


@rule(
    "one sum",
    "Σ_r Σ_{c : A} f = Σ_{r, c : A} f, where what c runs over does not depend on r",
    "the sums are one, over every choice of {index}",
)
def one_sum(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    def join(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce):
            return None
        inner, names = rebuild(expr.body, join), _over(expr)
        if expr.kind != "sum" or not isinstance(inner, Reduce) or inner.kind != "sum" or names & _over(inner):
            return Reduce(expr.kind, expr.ranges, inner, expr.where)
        if any(depends(size, names) for _, size in inner.ranges):
            return Reduce(expr.kind, expr.ranges, inner, expr.where)
        return Reduce("sum", (*expr.ranges, *inner.ranges), _without_ones(inner.body), (*expr.where, *inner.where))

    after = rewrite(before, join, "no sum stands directly in another")
    old = {node.ranges for node in walk(before.right) if isinstance(node, Reduce)}
    new = (node.ranges for node in walk(after.right) if isinstance(node, Reduce) and node.ranges not in old)
    every = dict.fromkeys(", ".join(name for name, _ in ranges) for ranges in new)
    return Move(after, "the ranges are independent", {"index": "; and of ".join(every)})


def _without_ones(body: Expr) -> Expr:
    kept = [factor for factor in body.factors if factor != Int(1)] if isinstance(body, Mul) else []
    return product_of(kept) if kept else body


@rule(
    "sum in turn",
    "Σ_{c, r : P} f = Σ_c Σ_{r : P} f, where what r runs over does not depend on c",
    "first over {inner}, then over {outer}",
)
def sum_in_turn(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    wanted = str(arguments["outer"]).split()
    parted: list[Reduce] = []

    def split(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind not in LINEAR or (expr.where and expr.kind != "sum"):
            return None
        outer = tuple(pair for pair in expr.ranges if pair[0] in wanted)
        inner = tuple(pair for pair in expr.ranges if pair[0] not in wanted)
        names = _over(expr)
        if not outer or not inner or any(depends(size, names) for _, size in expr.ranges):
            return None
        below = tuple(r for r in expr.where if letters_of(r.left, r.right) & {name for name, _ in inner})
        parted.append(Reduce(expr.kind, inner, expr.body, below))
        return Reduce(expr.kind, outer, parted[-1], tuple(r for r in expr.where if r not in below))

    after = rewrite(before, split, f"no sum runs over {' '.join(wanted)} and more")
    inner = ", ".join(dict.fromkeys(name for node in parted for name, _ in node.ranges))
    return Move(after, "the ranges are independent", {"outer": ", ".join(wanted), "inner": inner})


@rule(
    "exchange",
    "Σ_r Σ_c f = Σ_c Σ_r f, where what c runs over does not depend on r; a mean and a sum likewise",
    "finite sums may change places",
)
def exchange(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    wanted = set(str(arguments["outer"]).split())

    def swap(expr: Expr) -> Expr | None:
        match expr:
            case Reduce(outer, over, Reduce(inner, under, body, where), conditions):
                if not wanted <= {name for name, _ in under} or outer not in LINEAR or inner not in LINEAR:
                    return None
                names = {name for name, _ in over}
                if any(depends(size, names) for _, size in under) or ((where or conditions) and outer != inner):
                    return None
                if (where or conditions) and outer != "sum":
                    return None
                return Reduce(inner, under, Reduce(outer, over, body, (*conditions, *where)))
        return None

    return Move(rewrite(before, swap, f"no sum over {' '.join(wanted)} stands directly in another"), "both are finite")


@rule(
    "take out",
    "Σ_r a·f(r) = a·Σ_r f(r), where a does not depend on r; a mean likewise",
    "what does not depend on {index} stands before the sum: {what}",
)
def take_out(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    wanted = str(arguments["index"])
    taken: list[Expr] = []

    def factor(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or wanted not in _over(expr) or expr.kind not in LINEAR:
            return None
        if not isinstance(expr.body, Mul):
            return None
        free = [item for item in expr.body.factors if not depends(item, _over(expr))]
        kept = [item for item in expr.body.factors if item not in free]
        if not free or not kept:
            return None
        taken.extend(free)
        inside = Reduce(expr.kind, expr.ranges, product_of(kept), expr.where)
        first = expr.body.factors[0] in free
        return product_of([*free, inside] if first else [inside, *free])

    after = rewrite(before, factor, f"no factor in a sum over {wanted} is free of it")
    words = {"what": ", ".join(dict.fromkeys(map(str, taken))), "index": wanted}
    return Move(after, "the factor is the same in every term", words)


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
