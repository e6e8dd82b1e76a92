"""Rules for quantities: a maximum over a window, a number of index tuples, plain arithmetic."""

from __future__ import annotations

from collections.abc import Callable

from convmath.errors import ProofError
from convmath.language.expand import expanded
from convmath.language.polynomial import equal
from convmath.language.substitute import substitute
from convmath.language.tidy import put, tidy
from convmath.language.tree import Add, Apply, Expr, Floor, Int, Mul, Ratio, Reduce, Relation, Sym, letters_of, walk
from convmath.language.write import write
from convmath.proof.bounds import extreme
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule


def _value(before: Statement) -> tuple[Expr, Expr]:
    if before.left is None:
        raise ProofError(f"{before} is no equation")
    return before.left, before.right


def _with(before: Statement, right: Expr) -> Statement:
    left, _ = _value(before)
    return Statement((Relation(left, "=", right),), before.ranges)


def rebuild(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """``expr`` with ``change`` applied at the outermost places that it answers for."""
    changed = change(expr)
    if changed is not None:
        return changed
    match expr:
        case Add(terms):
            return Add(tuple(rebuild(term, change) for term in terms))
        case Mul(factors):
            return Mul(tuple(rebuild(factor, change) for factor in factors))
        case Reduce(kind, ranges, body, where):
            return Reduce(kind, ranges, rebuild(body, change), where)
        case Apply(function, argument):
            return Apply(function, rebuild(argument, change))
    return expr


@rule(
    "farthest place",
    "max_{u<k} f(u) = f(k − 1) where f grows with u, f(0) where it falls; min the other way",
    "{why}",
)
def farthest_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    reasons: list[str] = []

    def resolve(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind not in ("max", "min"):
            return None
        body, known = expr.body, ground.facts(Statement(before.relations, expr.ranges))
        for name, size in expr.ranges:
            if name not in letters_of(body):
                continue
            place, why = extreme(body, name, size, known, largest=expr.kind == "max")
            reasons.append(
                f"{why}, so the {'greatest' if expr.kind == 'max' else 'least'} is at {name} = {write(place)}"
            )
            body = put(body, {name: place})
        return body

    after = _with(before, rebuild(before.right, resolve))
    if not reasons:
        raise ProofError(f"{before} holds no maximum or minimum over an index")
    why = "; ".join(dict.fromkeys(reasons))
    return Move(after, why, {"why": why})


@rule(
    "last multiple",
    "max {y/m : 0 ≤ y < n, m ∣ y} = ⌊(n − 1)/m⌋, where m, n ≥ 1",
    "the last multiple of {stride} among 0 … {last} is {stride}·⌊({last})/{stride}⌋",
)
def last_multiple_of(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    found = last_multiple(before.right)
    if found is None:
        raise ProofError(f"{before} holds no largest multiple")
    node, stride, size = found
    known = ground.facts(before)
    need(known.positive(stride), f"{stride} ≥ 1")
    certificate = need(known.positive(size), f"{size} ≥ 1")
    last = tidy(size - 1)
    after = _with(before, rebuild(before.right, lambda expr: Floor(Ratio(last, stride)) if expr == node else None))
    return Move(after, certificate, {"stride": str(stride), "last": str(last)})


def last_multiple(expr: Expr) -> tuple[Reduce, Expr, Expr] | None:
    """(the node, s, k) of the first max_{y<k : s ∣ y} y/s in ``expr``, or None."""
    for node in walk(expr):
        match node:
            case Reduce("max", ((name, size),), Ratio(Sym(body), stride), (Relation(left, "∣", Sym(multiple)),)):
                if name == body == multiple and left == stride:
                    return node, stride, size
    return None


@rule("count a box", "Σ_{i<a, j<b} 1 = a·b", "one for every choice of the indices: multiply their ranges")
def count_a_box(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    def resolve(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum" or expr.body != Int(1) or expr.where:
            return None
        if any(name in letters_of(size) for name, _ in expr.ranges for _, size in expr.ranges):
            return None
        sizes = [size for _, size in expr.ranges]
        return sizes[0] if len(sizes) == 1 else Mul(tuple(sizes))

    after = _with(before, rebuild(before.right, resolve))
    if after == before:
        raise ProofError(f"{before} holds no sum of ones over independent ranges")
    return Move(after, "no range depends on another index")


@rule("arithmetic", "a = b, where a and b have the same normal form", "gather equal terms and factors")
def arithmetic(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    after = _with(before, plainest(before.right))
    if not equal(before.right, after.right):
        raise ProofError(f"{before} and {after} have different normal forms")
    return Move(after, "both sides have the same normal form")


def plainest(expr: Expr) -> Expr:
    """``expr`` tidied, or multiplied out where that is shorter."""
    short, long = tidy(expr), expanded(expr)
    if long is None or len(list(walk(long))) >= len(list(walk(short))):
        return short
    return tidy(long)


@rule("put in", "f(x) = f(e), where x = e was derived before", "put in {what}, derived above")
def put_in(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    known = dict(ground.established)
    used = letters_of(*(relation.right for relation in before.relations))
    wanted = str(arguments.get("only", " ".join(known))).split()
    names = [name for name in known if name in used and name in wanted]
    if not names:
        raise ProofError(f"{before} uses nothing that was derived before")
    values = {name: known[name] for name in names}
    relations = tuple(Relation(r.left, r.op, substitute(r.right, values)) for r in before.relations)
    what = ", ".join(names)
    return Move(Statement(relations, before.ranges), f"derived above: {what}", {"what": what})


def box(*sizes: tuple[str, Expr]) -> Expr:
    """Σ over the given ranges of 1: how many choices of the indices there are."""
    return Reduce("sum", tuple(sizes), Int(1)) if tuple(sizes) else Int(1)
