"""Rules about rows and columns that are numbered by digits: (c·k + u)·k + v for channel c and tap (u, v)."""

from __future__ import annotations

from itertools import pairwise

from convmath.errors import ProofError
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tidy import product, put, total
from convmath.language.tree import Expr, Int, Ranges, Reduce, Relation, Sym, letters_of
from convmath.proof.comparing import quotient
from convmath.proof.conditions import new_letter
from convmath.proof.given import under, worked_out
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import inside_sums, rewrite

Pairs = tuple[tuple[str, Expr], ...]


def number(digits: Pairs) -> Expr:
    """The number with these digits, the first the slowest: (c·k + u)·k + v."""
    found: Expr = Sym(digits[0][0])
    for name, size in digits[1:]:
        found = total([product([found, size]), Sym(name)])
    return found


def _pairs(given: object, what: str) -> Pairs:
    if not isinstance(given, tuple) or not given:
        raise ProofError(f"{what} are {given!r}; they must be letters with values")
    return given


@rule(
    "by its digits",
    "Σ_{y<a·b} f(y) = Σ_{c<a, u<b} f(c·b + u)",
    "every {index} is {number} for exactly one choice of {letters}",
)
def by_its_digits(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    index, digits = str(arguments["index"]), _pairs(arguments["digits"], "the digits")
    names = [new_letter(name, before, ground) for name, _ in digits]
    if len(set(names)) < len(names):
        raise ProofError(f"one of the letters {', '.join(names)} stands for two digits")
    whole, value = product([size for _, size in digits]), number(digits)
    why: list[str] = []

    def spread(expr: Reduce, ranges: Ranges) -> Expr | None:
        size = dict(expr.ranges).get(index)
        if size is None or expr.kind != "sum":
            return None
        if not equal(size, whole):
            raise ProofError(f"{index} takes {size} values, and the digits make {whole}")
        why.extend(need(under(ground, ranges).positive(worked_out(n, ground)), f"{n} ≥ 1") for _, n in digits)
        place = [name for name, _ in expr.ranges].index(index)
        kept = (*expr.ranges[:place], *digits, *expr.ranges[place + 1 :])
        if any(index in letters_of(other) for _, other in expr.ranges):
            raise ProofError(f"the range of another index depends on {index}")
        where = tuple(Relation(put(r.left, {index: value}), r.op, put(r.right, {index: value})) for r in expr.where)
        return Reduce("sum", kept, put(expr.body, {index: value}), where)

    after = rewrite(before, inside_sums(spread, before.ranges), f"no sum runs over {index}")
    words = {"index": index, "number": str(value), "letters": ", ".join(names)}
    return Move(after, ", ".join(dict.fromkeys(why)), words)


@rule(
    "same digits",
    "a·s + b = c·s + u ⟺ c = a and u = b, where 0 ≤ b, u ≤ s − 1; so with more digits",
    "a number has one set of digits: {shown}",
)
def same_digits(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    digits, why, shown = _pairs(arguments["digits"], "the digits"), list[str](), dict[str, None]()

    def change(expr: Reduce, ranges: Ranges) -> Expr | None:
        found: list[Relation] = []
        for relation in expr.where:
            units = _units(relation, digits) if expr.kind == "sum" else None
            if units is not None:
                known = under(ground, (*ranges, *expr.ranges))
                for (name, value), most in zip(digits[1:], units, strict=True):
                    for digit in (Sym(name), value):
                        why.append(need(known.not_negative(worked_out(digit, ground)), f"{digit} ≥ 0"))
                        last = known.not_negative(worked_out(most - 1 - digit, ground))
                        why.append(need(last, f"{digit} ≤ {most} − 1"))
            found += [relation] if units is None else [Relation(Sym(name), "=", value) for name, value in digits]
        if tuple(found) == expr.where:
            return None
        shown.update(dict.fromkeys(str(relation) for relation in found if relation not in expr.where))
        return Reduce("sum", expr.ranges, expr.body, tuple(found))

    lack = f"no condition says that {', '.join(name for name, _ in digits)} are the digits of one number"
    after = rewrite(before, inside_sums(change, before.ranges), lack)
    proofs = dict.fromkeys(part for proof in why for part in proof.split(", "))
    return Move(after, ", ".join(proofs), {"shown": ", ".join(shown)})


def _units(relation: Relation, digits: Pairs) -> list[Expr] | None:
    """How many values each digit but the first has, where the right side is a number with these digits.

    The left side has to be the same number with the values as its digits.
    """
    names = {name for name, _ in digits}
    form = linear(relation.right, names) if relation.op == "=" else None
    if form is None or form[1] != Int(0) or form[0].keys() != names or form[0][digits[-1][0]] != Int(1):
        return None
    if not equal(relation.left, put(relation.right, dict(digits))):
        return None
    weights = [form[0][name] for name, _ in digits]
    found = [quotient(more, less) for more, less in pairwise(weights)]
    return None if None in found else [unit for unit in found if unit is not None]
