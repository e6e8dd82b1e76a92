"""Rules that count a union: places that are reached at least once, windows that follow one another."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.linear import linear
from convmath.language.tidy import has_ratio, put, tidy, total
from convmath.language.tree import (
    Apply,
    Expr,
    Int,
    Least,
    Read,
    Reduce,
    Relation,
    Sym,
    letters_of,
    walk,
)
from convmath.language.write import write
from convmath.proof.comparing import quotient
from convmath.proof.counting import plainest
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import rewrite, sum_of

ONE = Int(1)


def whole(*exprs: Expr) -> bool:
    """Whether expressions are integers wherever their letters are."""
    return not any(has_ratio(e) or any(isinstance(n, Read | Reduce | Apply) for n in walk(e)) for e in exprs)


def _once(expr: Expr) -> tuple[str, Expr, Reduce] | None:
    """(y, n, the inner sum) of Σ_{y<n} min(1, Σ_{… : …} 1), or None."""
    match expr:
        case Reduce("sum", ((name, size),), Least((Int(1), Reduce("sum", _, Int(1), _) as hits)), ()):
            return (name, size, hits) if name not in dict(hits.ranges) else None
    return None


@rule(
    "in steps of",
    "Σ_{x<c·m + 1} min(1, Σ_{… : x = c·e} 1) = Σ_{x<m + 1} min(1, Σ_{… : x = e} 1), where c ≥ 1",
    "only multiples of {step} are reached: count in steps of {step}",
)
def in_steps_of(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    step = arguments["by"]
    if not isinstance(step, Expr) or step == ONE:
        raise ProofError(f"by is {step!r}; it must be an expression, and not 1")
    certificate = need(ground.facts(before).positive(step), f"{step} ≥ 1")

    def shrink(expr: Expr) -> Expr | None:
        found = _once(expr)
        if found is None or len(found[2].where) != 1:
            return None
        name, size, hits = found
        (where,) = hits.where
        if where.op != "=" or where.left != Sym(name) or letters_of(step) & {name, *dict(hits.ranges)}:
            return None
        inner, last = quotient(plainest(where.right), step), quotient(plainest(size - 1), step)
        if inner is None or last is None or name in letters_of(inner):
            raise ProofError(f"{where.right} and {size} − 1 are no multiples of {step}")
        every = Reduce("sum", hits.ranges, ONE, (Relation(Sym(name), "=", inner),))
        return Reduce("sum", ((name, tidy(last + 1)),), Least((ONE, every)))

    after = rewrite(before, shrink, "no places are counted once that one condition reaches")
    return Move(after, certificate, {"step": write(step)})


@rule(
    "one value at most",
    "Σ_{u<a, … : y = u + r} f(u) = Σ_{… : r ≤ y, y ≤ r + a − 1} f(y − r)",
    "{value} is the only {index} that meets the condition, where it is one of 0 … {last}",
)
def one_value_at_most(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    index, words = str(arguments["index"]), dict[str, str]()

    def solved(expr: Expr) -> Expr | None:
        match expr:
            case Least(options):
                inside = tuple(solved(option) or option for option in options)
                return Least(inside) if inside != options else None
            case Reduce("sum", ranges, _, where) if index in dict(ranges):
                chosen = next((r for r in where if r.op == "=" and index in letters_of(r.right)), None)
                return None if chosen is None else _without(expr, index, chosen, words)
        return None

    after = rewrite(before, solved, f"no condition says what {index} is")
    return Move(after, "two different values give two different sums", words)


def _without(expr: Reduce, index: str, chosen: Relation, words: dict[str, str]) -> Expr:
    size = dict(expr.ranges)[index]
    kept = tuple(pair for pair in expr.ranges if pair[0] != index)
    form = linear(chosen.right, {index})
    if form is None or form[0].get(index) != ONE or index in letters_of(chosen.left, *(n for _, n in kept)):
        raise ProofError(f"{chosen} does not have {index} once, on its right")
    rest, last = tidy(form[1]), tidy(size - 1)
    if not whole(rest, chosen.left) or letters_of(size) & dict(kept).keys():
        raise ProofError(f"{chosen}: {rest} is no integer, or {size} depends on another index")
    value = tidy(chosen.left - rest)
    words |= {"value": write(value), "index": index, "last": write(last)}
    others = tuple(
        Relation(put(r.left, {index: value}), r.op, put(r.right, {index: value})) for r in expr.where if r != chosen
    )
    bounds = (Relation(rest, "≤", chosen.left), Relation(chosen.left, "≤", total([rest, last])))
    return Reduce("sum", kept, put(expr.body, {index: value}), (*others, *bounds))


@rule(
    "one window after the other",
    "#⋃_{v<b} {m·v, …, m·v + a − 1} = a + Σ_{v<b − 1} min(m, a), where a, b and m ≥ 1",
    "the first window has {length} places; each next one begins {step} further on, and adds as many, {length} at most",
)
def one_after_the_other(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    known, why, words = ground.facts(before), list[str](), dict[str, str]()

    def follow(expr: Expr) -> Expr | None:
        found = _once(expr)
        if found is None or len(found[2].ranges) != 1 or len(found[2].where) != 2:
            return None
        name, size, hits = found
        ((tap, count),) = hits.ranges
        low, high = hits.where
        if (low.op, high.op) != ("≤", "≤") or (low.right, high.left) != (Sym(name), Sym(name)):
            return None
        length, form = plainest(high.right - low.left + 1), linear(low.left, {tap})
        outside = {name} & letters_of(low.left, high.right) or {name, tap} & letters_of(length, count, size)
        if form is None or tap not in form[0] or form[1] != Int(0) or outside or not whole(low.left, length):
            raise ProofError(f"{expr} is no union of equal windows that begin at multiples of {tap}")
        step = form[0][tap]
        for least in (length, count, step):
            why.append(need(known.positive(least), f"{least} ≥ 1"))
        why.append(need(known.not_negative(size - step * (count - 1) - length), f"{size} places hold all windows"))
        words.update(length=write(length), step=write(step))
        return sum_of([length, Reduce("sum", ((tap, tidy(count - 1)),), Least((step, length)))])

    after = rewrite(before, follow, "no places are counted once that windows reach")
    return Move(after, "; ".join(dict.fromkeys(why)), words)
