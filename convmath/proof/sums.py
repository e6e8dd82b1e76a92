"""Rules that move finite sums: multiply out, exchange, take out a factor, pick the value that a condition leaves."""

from __future__ import annotations

from collections.abc import Callable

from convmath.errors import ProofError
from convmath.language.tidy import has_ratio, put
from convmath.language.tree import Add, Expr, Mul, Ranges, Reduce, Relation, Sym, letters_of
from convmath.proof.counting import rebuild
from convmath.proof.facts import facts
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule

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
    "the same in every term",
    "mean_{i<n} a = a and Σ_{i<n} a = n·a, where a does not depend on i and n ≥ 1",
    "{what} does not depend on {index}",
)
def same_in_every_term(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    wanted = str(arguments["index"])
    known = ground.facts(before)
    why: list[str] = []
    what: list[str] = []

    def constant(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or wanted not in _over(expr) or expr.where or expr.kind not in LINEAR:
            return None
        if depends(expr.body, _over(expr), expr.ranges):
            return None
        why.extend(need(known.positive(size), f"{size} ≥ 1") for _, size in expr.ranges)
        what.append(str(expr.body))
        sizes = [size for _, size in expr.ranges]
        return expr.body if expr.kind == "mean" else product_of([*sizes, expr.body])

    after = rewrite(before, constant, f"every sum over {wanted} depends on it")
    return Move(after, "; ".join(dict.fromkeys(why)), {"what": ", ".join(what), "index": wanted})


@rule(
    "one value meets it",
    "Σ_{t<n : t = e} f(t) = f(e), where 0 ≤ e ≤ n − 1",
    "{index} = {value} is the only value that meets the condition",
)
def one_value_meets_it(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    wanted = str(arguments["index"])
    why: list[str] = []
    values: list[str] = []

    def at(ranges: Ranges) -> Callable[[Expr], Expr | None]:
        def pick(expr: Expr) -> Expr | None:
            if not isinstance(expr, Reduce):
                return None
            if wanted not in _over(expr) or expr.kind != "sum":
                inside = rebuild(expr.body, at((*ranges, *expr.ranges)))
                return Reduce(expr.kind, expr.ranges, inside, expr.where)
            return _picked(expr, wanted, ranges, ground, why, values)

        return pick

    after = rewrite(before, at(before.ranges), f"no condition says what {wanted} is")
    return Move(after, "; ".join(dict.fromkeys(why)), {"index": wanted, "value": " or ".join(dict.fromkeys(values))})


def _picked(expr: Reduce, index: str, ranges: Ranges, ground: Ground, why: list[str], values: list[str]) -> Expr | None:
    chosen = next((r for r in expr.where if r.op == "=" and r.left == Sym(index)), None)
    if chosen is None or depends(chosen.right, _over(expr), expr.ranges) or has_ratio(chosen.right):
        return None
    known = facts(ground.facts(Statement(())).relations, (*_outside(ground, ranges), *ranges))
    last = dict(expr.ranges)[index] - 1
    why.append(need(known.not_negative(chosen.right), f"{chosen.right} ≥ 0"))
    why.append(need(known.not_negative(last - chosen.right), f"{chosen.right} ≤ {last}"))
    values.append(str(chosen.right))
    value = {index: chosen.right}
    kept = tuple(pair for pair in expr.ranges if pair[0] != index)
    where = tuple(Relation(put(r.left, value), r.op, put(r.right, value)) for r in expr.where if r != chosen)
    body = put(expr.body, value)
    return Reduce(expr.kind, kept, body, where) if kept or where else body


def _outside(ground: Ground, ranges: Ranges) -> Ranges:
    """How many values the output's indices take, where the definition says so and no sum does."""
    bound = {name for name, _ in ranges}
    known = ground.definition.known_ranges
    return tuple((n, known[n]) for n in ground.definition.output_indices if n in known and n not in bound)
