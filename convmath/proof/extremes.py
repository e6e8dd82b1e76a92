"""Rules for minima and maxima: which of two is the smaller, what exceeds it, what is added to all or negated."""

from __future__ import annotations

from collections.abc import Callable

from convmath.errors import ProofError
from convmath.language.polynomial import equal
from convmath.language.tidy import flipped, product, tidy, total
from convmath.language.tree import Add, Expr, Int, Least, Mul, Reduce, Relation, letters_of, negative
from convmath.language.write import is_negative, write
from convmath.proof.counting import rebuild
from convmath.proof.facts import Facts
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import depends, product_of, rewrite, sum_of
from convmath.proof.unions import whole

ONE = Int(1)


@rule("the smaller of two", "min(a, b) = a, where a ≤ b", "{why}")
def smaller_of_two(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    known, why = ground.facts(before), list[str]()

    def among(bound: frozenset[str]) -> Callable[[Expr], Expr | None]:
        def pick(expr: Expr) -> Expr | None:
            if isinstance(expr, Reduce):
                inside = among(bound | {name for name, _ in expr.ranges})
                return Reduce(expr.kind, expr.ranges, rebuild(expr.body, inside), expr.where)
            free = isinstance(expr, Least) and whole(expr) and not letters_of(expr) & bound
            return _least_of(expr.options, known, why) if free and isinstance(expr, Least) else None

        return pick

    after = rewrite(before, among(frozenset()), "which side of the minimum is the smaller is not known")
    return Move(after, "the assumptions say which is the smaller", {"why": "; ".join(dict.fromkeys(why))})


def _least_of(options: tuple[Expr, ...], known: Facts, why: list[str]) -> Expr | None:
    """The option that is never above another, or None where that is not known."""
    for option in options:
        others = [other for other in options if other != option]
        if None not in [known.not_negative(other - option) for other in others]:
            why.append(f"{write(option)} ≤ {', '.join(map(write, others))}")
            return option
    return None


@rule(
    "what exceeds the smaller",
    "t·a − t·min(a, b) = t·max(0, a − b)",
    "{more} less the smaller of {more} and {less} is what {more} exceeds {less} by, or 0",
)
def what_exceeds(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    words: dict[str, str] = {}

    def exceed(expr: Expr) -> Expr | None:
        terms = list(expr.terms) if isinstance(expr, Add) else [expr]
        for term in terms:
            found = _with_least(term)
            if found is None:
                continue
            times, least = flipped(found[0]), found[1]
            rest = tidy(Add((*(other for other in terms if other != term), Int(0))))
            for more, less in (least.options, least.options[::-1]):
                if equal(rest, product([times, more])):
                    words.update(more=write(more), less=write(less))
                    return _times(times, _or_none(more, less))
        return None

    after = rewrite(before, exceed, "it is no multiple of a, less the same multiple of min(a, b)")
    return Move(after, "if a ≤ b both sides are 0, and else both are t·(a − b)", words)


def _with_least(term: Expr) -> tuple[Expr, Least] | None:
    """(t, min(a, b)) where ``term`` is t·min(a, b), or None."""
    factors = _factors(term)
    least = [factor for factor in factors if isinstance(factor, Least) and len(factor.options) == 2]
    if len(least) != 1:
        return None
    return product([factor for factor in factors if factor is not least[0]]), least[0]


def _factors(term: Expr) -> list[Expr]:
    """The factors of a product, those of products in it too."""
    return [part for factor in term.factors for part in _factors(factor)] if isinstance(term, Mul) else [term]


def _times(times: Expr, largest: Expr) -> Expr:
    """The product with a maximum that stays one factor, so that it is written as one."""
    factors = times.factors if isinstance(times, Mul) else (times,)
    return largest if times == ONE else Mul((*factors, largest))


def _or_none(more: Expr, less: Expr) -> Expr:
    """max(0, more − less)."""
    apart = tidy(more - less)
    parts = apart.terms if isinstance(apart, Add) else (apart,)
    return negative(Least((Int(0), sum_of([negative(part) for part in parts]))))


@rule("a positive maximum", "0 < t·max(0, a − b) ⟺ b < a, where t ≥ 1", "it is above 0 exactly when {what} is")
def positive_maximum(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation, found = before.relations[0], _with_least(before.right)
    if len(before.relations) != 1 or (relation.op, relation.left) != ("<", Int(0)) or found is None:
        raise ProofError(f"{before} is not 0 < t·max(0, a)")
    times, options = flipped(found[0]), found[1].options
    other = next((options[not at] for at in (0, 1) if options[at] == Int(0)), None)
    if other is None:
        raise ProofError(f"{before} is not 0 < t·max(0, a)")
    apart = flipped(tidy(other))
    certificate = need(ground.facts(before).positive(times), f"{times} ≥ 1")
    parts = list(apart.terms) if isinstance(apart, Add) else [apart]
    more, less = ([part for part in parts if is_negative(part) == sign] for sign in (False, True))
    after = Relation(total([flipped(part) for part in less]), "<", total(more))
    return Move(before.with_relation(0, after), certificate, {"what": write(apart)})


@rule(
    "out of the maximum",
    "max_u (f(u) + a) = max_u f(u) + a, where a does not depend on u; a minimum likewise",
    "{what} is added to all, so to the largest",
)
def out_of_the_maximum(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    shown: list[str] = []

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind not in ("max", "min"):
            return None
        names = {name for name, _ in expr.ranges}
        if not isinstance(expr.body, Add):
            return None
        free = [term for term in expr.body.terms if not depends(term, names)]
        kept = [term for term in expr.body.terms if term not in free]
        if not free or not kept:
            return None
        shown.extend(map(str, free))
        inside = kept[0] if len(kept) == 1 else Add(tuple(kept))
        return Add((Reduce(expr.kind, expr.ranges, inside, expr.where), *free))

    after = rewrite(before, change, "nothing that is added in a maximum is free of its index")
    return Move(after, "it is the same for every index", {"what": ", ".join(dict.fromkeys(shown))})


@rule(
    "the sign turns it",
    "max_u (−f(u)) = −min_u f(u), and min_u (−f(u)) = −max_u f(u)",
    "the largest of the negatives is the negative of the least",
)
def the_sign_turns_it(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind not in ("max", "min"):
            return None
        if not isinstance(expr.body, Mul) or expr.body.factors[0] != Int(-1):
            return None
        kept = product_of(list(expr.body.factors[1:]))
        return Mul((Int(-1), Reduce("min" if expr.kind == "max" else "max", expr.ranges, kept, expr.where)))

    after = rewrite(before, change, "no maximum of negatives stands here")
    return Move(after, "a ≤ b ⟺ −b ≤ −a", {})
