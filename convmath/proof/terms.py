"""Rules that look at the terms of a sum: equal ones gathered, all the same, an entry recognised, squares."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

from convmath.errors import ProofError
from convmath.language.definition import NO_PADDING, Definition
from convmath.language.factors import Number, as_node, factored
from convmath.language.normal import terms_key
from convmath.language.polynomial import equal
from convmath.language.tidy import holds, put
from convmath.language.tree import Add, Expr, Int, Mul, Pow, Ranges, Ratio, Read, Reduce, Relation, Sym, walk
from convmath.proof.facts import facts
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import LINEAR, depends, product_of, rewrite, sum_of

MOST_WRITTEN = 400
"""How many terms of one sum are written out to compare it."""


@rule("gather terms", "a·f + b·f = (a + b)·f, and a term with the number 0 is gone", "{gone}equal terms are added")
def gather_terms(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    if before.left is None:
        raise ProofError(f"{before} is no equation")
    terms = before.right.terms if isinstance(before.right, Add) else (before.right,)
    found = counted(terms)
    kept = [scaled(number, rest) for number, rest in found.values() if number]
    right = sum_of(kept) if kept else Int(0)
    if right == before.right:
        raise ProofError(f"{before}: no two terms are equal")
    lost = sum(not number for number, _ in found.values())
    gone = {0: "", 1: "one product cancels, "}.get(lost, f"{lost} products cancel, ")
    after = Statement((Relation(before.left, "=", right),), before.ranges)
    return Move(after, "terms are equal up to the order of factors", {"gone": gone})


def counted(terms: tuple[Expr, ...]) -> dict[str, tuple[Number, Expr]]:
    """Each different term without its number, by a key, with the sum of its numbers."""
    found: dict[str, tuple[Number, Expr]] = {}
    for term in terms:
        number, rest = apart(term)
        (key,) = terms_key(rest)
        found[key] = (found.get(key, (0, rest))[0] + number, found.get(key, (0, rest))[1])
    return found


def apart(term: Expr) -> tuple[Number, Expr]:
    """(c, rest) with term = c · rest: the numbers of a product, and those inside of a sum over it."""
    if isinstance(term, Reduce) and term.kind in ("sum", "mean"):
        number, body = apart(term.body)
        return number, Reduce(term.kind, term.ranges, body, term.where)
    if not isinstance(term, Mul | Ratio | Int):
        return 1, term
    number, powers = factored([term])
    rest = [base for base, power in powers.items() for _ in range(power)]
    inner = [apart(base) if isinstance(base, Reduce) else (1, base) for base in rest]
    total = Fraction(number) * prod(Fraction(value) for value, _ in inner)
    return total, product_of([base for _, base in inner]) if inner else Int(1)


def scaled(number: Number, rest: Expr) -> Expr:
    """The number times the rest, written as a person does."""
    if number == 1:
        return rest
    return product_of([Int(-1), as_node(-number), rest] if number < 0 and number != -1 else [as_node(number), rest])


@rule(
    "recognise an entry",
    "f = Y[e], where Y[r] = g(r) defines Y, its finite sums are written out, and f and g(e) have the same terms",
    "this is {read}{words}",
)
def recognise_an_entry(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    other, places = ground.definitions[int(str(arguments["number"]))], arguments["places"]
    if before.left is None or not isinstance(places, tuple):
        raise ProofError(f"{before} and {places} are no equation and no places")
    letters = [item.name for item in other.output.subscripts if isinstance(item, Sym)]
    padded = [*other.crop, *(pair for tensor in other.tensors for pair in tensor.padding)]
    if len(letters) != len(other.output.subscripts) or other.around or any(pair != NO_PADDING for pair in padded):
        raise ProofError(f"{other}: only a sum of products without padding, given at bare indices, is recognised")
    values: dict[str, Expr] = {letter: Sym(letter) for letter in letters} | dict(places)
    if set(values) != set(letters):
        raise ProofError(f"{other} has no index {', '.join(sorted(set(values) - set(letters)))}")
    wanted = written_out(put(other.right_side, values))
    if _numbers(wanted) != _numbers(written_out(before.right)):
        raise ProofError(f"{before} is not {other.output} at {places}: their terms differ")
    certificate = _inside(other, values, wanted, ground, before)
    read = Read(other.output.array, tuple(values[letter] for letter in letters))
    after = Statement((Relation(before.left, "=", read),), before.ranges)
    words = f", {arguments['words']}" if "words" in arguments else ""
    return Move(after, f"the terms are equal; {certificate}", {"read": str(read), "words": words})


def _numbers(terms: tuple[Expr, ...]) -> dict[str, Number]:
    return {key: number for key, (number, _) in counted(terms).items() if number}


def written_out(expr: Expr) -> tuple[Expr, ...]:
    """The terms of a sum; a sum over indices that take a number of values is written out, term by term."""
    if isinstance(expr, Add):
        return tuple(term for part in expr.terms for term in written_out(part))
    if not isinstance(expr, Reduce) or expr.kind != "sum":
        return (expr,)
    spelled = [(name, size.value) for name, size in expr.ranges if isinstance(size, Int)]
    kept = tuple(pair for pair in expr.ranges if not isinstance(pair[1], Int))
    if prod(size for _, size in spelled) > MOST_WRITTEN:
        raise ProofError(f"{expr} has more than {MOST_WRITTEN} terms: it is not written out")
    found: list[Expr] = []
    for place in product(*(range(size) for _, size in spelled)):
        values: dict[str, Expr] = {name: Int(at) for (name, _), at in zip(spelled, place, strict=True)}
        met = [holds(relation, values) for relation in expr.where]
        if None in met:
            raise ProofError(f"{expr}: whether its conditions are met is left open")
        if all(met):
            body = put(expr.body, values)
            found.append(Reduce("sum", kept, body) if kept else body)
    return tuple(found)


def _inside(
    other: Definition, values: dict[str, Expr], terms: tuple[Expr, ...], ground: Ground, before: Statement
) -> str:
    """Why the definition has an entry there: what it reads lies inside, and so do places with a given range."""
    known = ground.definition.known_ranges
    outer = tuple((name, known[name]) for name in ground.definition.output_indices if name in known)
    asked = [
        (place, other.known_ranges[letter], outer) for letter, place in values.items() if letter in other.known_ranges
    ]
    if not terms:
        raise ProofError(f"{other.output} has no entry there: nothing is added into it")
    for term in terms:
        ranges: Ranges = (*outer, *(pair for node in walk(term) if isinstance(node, Reduce) for pair in node.ranges))
        for read in (node for node in walk(term) if isinstance(node, Read)):
            shape = other.arrays[read.array].shape
            asked += [(place, size, ranges) for place, size in zip(read.subscripts, shape, strict=True)]
    relations, found = ground.facts(Statement((), before.ranges)).relations, dict[str, None]()
    for place, size, ranges in dict.fromkeys(asked):
        here = facts(relations, (*before.ranges, *ranges))
        found[need(here.not_negative(place), f"{place} ≥ 0")] = None
        found[need(here.not_negative(size - 1 - place), f"{place} ≤ {size} − 1")] = None
    parts = dict.fromkeys(part for text in found for part in text.split(", "))
    return ", ".join(part for part in parts if part[0] != "e") or "every part is ≥ 0"


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
        if not isinstance(expr, Reduce) or wanted not in dict(expr.ranges) or expr.where or expr.kind not in LINEAR:
            return None
        if depends(expr.body, set(dict(expr.ranges)), expr.ranges):
            return None
        why.extend(need(known.positive(size), f"{size} ≥ 1") for _, size in expr.ranges)
        what.append(str(expr.body))
        sizes = [size for _, size in expr.ranges]
        return expr.body if expr.kind == "mean" else product_of([*sizes, expr.body])

    after = rewrite(before, constant, f"every sum over {wanted} depends on it")
    return Move(after, "; ".join(dict.fromkeys(why)), {"what": ", ".join(what), "index": wanted})


@rule(
    "as a mean", "Σ_{u<n} f(u) = n·mean_{u<n} f(u), where n ≥ 1", "a sum of {number} terms is {number} times their mean"
)
def as_a_mean(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    wanted, why, shown = str(arguments["index"]), list[str](), list[str]()
    known = ground.facts(before)

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum" or expr.where or wanted not in dict(expr.ranges):
            return None
        sizes = [size for _, size in expr.ranges]
        if any(depends(size, {name for name, _ in expr.ranges}) for size in sizes):
            return None
        why.extend(need(known.positive(size), f"{size} ≥ 1") for size in sizes)
        shown.append(str(product_of(sizes)))
        return product_of([*sizes, Reduce("mean", expr.ranges, expr.body)])

    after = rewrite(before, change, f"no sum without conditions runs over {wanted}")
    return Move(after, "; ".join(dict.fromkeys(why)), {"number": ", ".join(dict.fromkeys(shown))})


@rule("regroup", "f = g, where both multiply out to the same", "multiplied out, it is the same")
def regroup(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    right = arguments["right"]
    if before.left is None or not isinstance(right, Expr):
        raise ProofError(f"{before} is no equation, or {right!r} no expression")
    if right == before.right or not equal(before.right, right):
        raise ProofError(f"{before}: {right} does not multiply out to the same")
    return Move(Statement((Relation(before.left, "=", right),), before.ranges), "both have the same normal form")


@rule("a square", "x·x ≥ 0 for every real number x", "a square of a real number: never below 0")
def a_square(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    match before.right:
        case Pow(_, exponent) if exponent % 2 == 0 and before.left is not None:
            return Move(before, f"{before.right} ≥ 0")
        case Mul((one, other)) if one == other and before.left is not None:
            return Move(before, f"{before.right} ≥ 0")
    raise ProofError(f"{before}: the right side is no square")
