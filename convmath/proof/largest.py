"""Rules about what is added in a maximum, and about the maximum of what is turned negative."""

from __future__ import annotations

from convmath.language.tree import Add, Expr, Int, Mul, Reduce
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, rule
from convmath.proof.sums import depends, product_of, rewrite


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
