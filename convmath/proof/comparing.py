"""Rules that compare derived quantities: which is less, and when."""

from __future__ import annotations

from fractions import Fraction

from convmath.errors import ProofError
from convmath.language.factors import as_node, factored
from convmath.language.polynomial import equal
from convmath.language.tidy import product, put, tidy, total
from convmath.language.tree import Add, Expr, Ratio, Relation, letters_of
from convmath.language.write import write
from convmath.proof.ground import Ground
from convmath.proof.reading import check_start
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Arguments, Move, expression, need, rule


def _expressions(before: Statement, ground: Ground, arguments: Arguments, *names: str) -> list[Expr]:
    """The expressions among the arguments, which may use what was derived before and nothing else."""
    check_start(before, ground)
    known = set(dict(ground.established)) | {n for r in ground.assumptions for n in letters_of(r.left, r.right)}
    found = []
    for name in names:
        expr = arguments[name]
        if not isinstance(expr, Expr) or not letters_of(expr) <= known:
            raise ProofError(f"{expr} names something that was not derived before")
        found.append(expr)
    return found


@rule(
    "read a quantity",
    "a quantity that is named by what it is made of",
    "{words}",
    verdict="by definition",
)
def read_quantity(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    (value,) = _expressions(before, ground, arguments, "value")
    after = value_of(str(arguments["name"]), value)
    return Move(after, "the meaning of the words", {"words": str(arguments["words"])})


@rule(
    "read a comparison",
    "one quantity is less than another",
    "{words}",
    verdict="by definition",
)
def read_comparison(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    less, more = _expressions(before, ground, arguments, "less", "more")
    after = Statement((Relation(less, "<", more),))
    return Move(after, "the meaning of the words", {"words": str(arguments["words"])})


def _inequality(before: Statement) -> Relation:
    if len(before.relations) != 1 or before.relations[0].op not in ("<", "≤"):
        raise ProofError(f"{before} is no inequality")
    return before.relations[0]


@rule(
    "put in on both sides",
    "f(x) < g(x) ⟺ f(e) < g(e), where x = e was derived before",
    "put in {what}, derived above",
)
def put_in_on_both_sides(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation, known = _inequality(before), dict(ground.established)
    names = [name for name in known if name in letters_of(relation.left, relation.right)]
    if not names:
        raise ProofError(f"{before} uses nothing that was derived before")
    values = {name: known[name] for name in names}
    after = Relation(put(relation.left, values), relation.op, put(relation.right, values))
    what = ", ".join(names)
    return Move(Statement((after,), before.ranges), f"derived above: {what}", {"what": what})


@rule("divide both sides", "a < b ⟺ a/c < b/c, where c > 0", "divide by {divisor}, which is positive")
def divide_both_sides(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation, divisor = _inequality(before), expression(arguments, "by")
    certificate = need(ground.facts(before).positive(divisor), f"{divisor} ≥ 1")
    sides = [quotient(side, divisor) or Ratio(side, divisor) for side in (relation.left, relation.right)]
    after = Statement((Relation(sides[0], relation.op, sides[1]),), before.ranges)
    return Move(after, certificate, {"divisor": write(divisor)})


@rule("cancel", "c·a/(c·b) = a/b, where c ≥ 1", "{factor} stands above and below")
def cancel(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    factor = expression(arguments, "by")
    match before.right:
        case Ratio(top, bottom) if before.left is not None:
            above, below = quotient(tidy(top), factor), quotient(tidy(bottom), factor)
            if above is None or below is None:
                raise ProofError(f"{factor} is no factor above and below in {before}")
            certificate = need(ground.facts(before).positive(factor), f"{factor} ≥ 1")
            after = Relation(before.left, "=", tidy(Ratio(above, below)))
            return Move(Statement((after,), before.ranges), certificate, {"factor": write(factor)})
    raise ProofError(f"{before} is no quotient")


@rule("factor", "c·a + c·b = c·(a + b)", "{factor} is a factor of every term on the {side}")
def factor_out(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation, factor = _inequality(before), expression(arguments, "by")
    side = str(arguments["side"])
    if side not in ("left", "right"):
        raise ProofError(f"side is {side!r}; it must be left or right")
    rest = quotient(relation.left if side == "left" else relation.right, factor)
    if rest is None:
        raise ProofError(f"{factor} is no factor of every term on the {side} of {before}")
    whole = factor * rest
    changed = Relation(whole, relation.op, relation.right) if side == "left" else None
    after = Statement((changed or Relation(relation.left, relation.op, whole),), before.ranges)
    return Move(after, "both sides have the same normal form", {"factor": write(factor), "side": side})


def quotient(expr: Expr, divisor: Expr) -> Expr | None:
    """``expr`` / ``divisor`` where that is whole in every term, or None."""
    terms = expr.terms if isinstance(expr, Add) else (expr,)
    parts = [_cancelled(term, divisor) for term in terms]
    if any(part is None for part in parts):
        return None
    found = total([tidy(part) for part in parts if part is not None])
    return found if equal(product([divisor, found]), expr) else None


def _cancelled(term: Expr, divisor: Expr) -> Expr | None:
    number, powers = factored([term])
    below, taken = factored([divisor])
    if number % below or any(powers.get(base, 0) < power for base, power in taken.items()):
        return None
    left = {base: power - taken.get(base, 0) for base, power in powers.items()}
    return product([as_node(Fraction(number) / below), *(base for base, power in left.items() for _ in range(power))])
