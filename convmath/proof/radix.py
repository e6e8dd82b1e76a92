"""Rules about rows and columns that are numbered by digits: (c·k + u)·k + v for channel c and tap (u, v)."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tidy import product, put, total
from convmath.language.tree import Expr, Int, Ranges, Reduce, Relation, Sym, letters_of
from convmath.proof.gathering import inside_sums, new_letter
from convmath.proof.given import under, worked_out
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import rewrite

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
    "one set of digits",
    "Σ_{c<a, u<b : n = c·b + u} f(c, u) = f(e, g), where n = e·b + g with 0 ≤ e ≤ a − 1 and 0 ≤ g ≤ b − 1",
    "a number has one set of digits: {what}",
)
def one_set_of_digits(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    values = _pairs(arguments["values"], "the digits")
    why: list[str] = []

    def read(expr: Reduce, ranges: Ranges) -> Expr | None:
        sizes = dict(expr.ranges)
        if expr.kind != "sum" or any(name not in sizes for name, _ in values):
            return None
        chosen = next((r for r in expr.where if r.op == "=" and _are_digits(r.right, values, sizes)), None)
        if chosen is None or not equal(chosen.left, put(chosen.right, dict(values))):
            raise ProofError(f"{expr}: no condition says that these are the digits of one number")
        known = under(ground, ranges)
        for name, digit in values:
            last = worked_out(sizes[name] - 1 - digit, ground)
            why.append(need(known.not_negative(worked_out(digit, ground)), f"{digit} ≥ 0"))
            why.append(need(known.not_negative(last), f"{digit} ≤ {sizes[name]} − 1"))
        found, kept = dict(values), tuple(pair for pair in expr.ranges if pair[0] not in dict(values))
        where = tuple(Relation(put(r.left, found), r.op, put(r.right, found)) for r in expr.where if r != chosen)
        return Reduce("sum", kept, put(expr.body, found), where) if kept or where else put(expr.body, found)

    after = rewrite(before, inside_sums(read, before.ranges), f"no sum runs over {', '.join(dict(values))}")
    proofs = dict.fromkeys(part for proof in why for part in proof.split(", "))
    what = ", ".join(f"{name} = {digit}" for name, digit in values)
    return Move(after, ", ".join(proofs), {"what": what})


def _are_digits(expr: Expr, values: Pairs, sizes: dict[str, Expr]) -> bool:
    """Whether ``expr`` is a number with these letters as digits: the last counts ones, each before it a full round."""
    names = [name for name, _ in values]
    form = linear(expr, names)
    if form is None or form[1] != Int(0) or form[0].keys() != set(names):
        return False
    if letters_of(*(digit for _, digit in values)) & set(names) or letters_of(*sizes.values()) & set(names):
        return False
    unit: Expr = Int(1)
    for name in reversed(names):
        if not equal(form[0][name], unit):
            return False
        unit = product([sizes[name], unit])
    return True
