"""Rules that compare sums term by term: several definitions put in, equal terms gathered, an entry recognised."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

from convmath.errors import ProofError
from convmath.language.definition import NO_PADDING, Definition
from convmath.language.factors import Number, as_node, factored
from convmath.language.normal import terms_key
from convmath.language.tidy import holds, put
from convmath.language.tree import Add, Expr, Int, Mul, Ranges, Ratio, Read, Reduce, Relation, Sym, walk
from convmath.proof.facts import facts
from convmath.proof.ground import Ground
from convmath.proof.naming import insert
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import depends, multiply_out, product_of, rewrite, sum_of

MOST_WRITTEN = 400
"""How many terms of one sum are written out to compare it."""


@rule("insert each", "f(Z[e], T[e]) = f(g(e), h(e)), where Z[r] = g(r) and T[r] = h(r)", "put in {arrays}, as defined")
def insert_each(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    numbers = str(arguments["numbers"]).split()
    after, names, why = before, list[str](), dict[str, None]()
    for number in numbers:
        move = insert(after, ground, {"number": int(number)})
        after = move.after
        why |= dict.fromkeys(part for part in move.certificate.split("; ") if not part.startswith("definition "))
        names.append(ground.definitions[int(number)].output.array)
    if not numbers:
        raise ProofError("no definition is named that could be put in")
    return Move(after, "; ".join((f"definitions of {', '.join(names)}", *why)), {"arrays": ", ".join(names)})


@rule(
    "open the brackets",
    "(a·f + b·g)·h = a·f·h + b·g·h;  Σ (f + g) = Σ f + Σ g: every term with its number in front",
    "each term of one factor times each of the other",
)
def open_the_brackets(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    after = multiply_out(before, ground, {}).after
    terms = after.right.terms if isinstance(after.right, Add) else (after.right,)
    right = sum_of([scaled(*apart(term)) for term in terms])
    return Move(Statement((Relation(after.relations[0].left, "=", right),), before.ranges), "sums are finite")


@rule(
    "sum together",
    "Σ_c Σ_r f = Σ_{c, r} f, where what r runs over does not depend on c",
    "one sum over all choices of {indices}",
)
def sum_together(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    joined: list[str] = []

    def join(expr: Expr) -> Expr | None:
        match expr:
            case Reduce("sum", over, inner, ()):
                inside = join(inner) or inner
                if not isinstance(inside, Reduce) or inside.kind != "sum" or inside.where:
                    return None
                if any(depends(size, {name for name, _ in over}) for _, size in inside.ranges):
                    return None
                names = [name for name, _ in (*over, *inside.ranges)]
                joined[:] = [*(name for name in joined if name not in names), *names]
                return Reduce("sum", (*over, *inside.ranges), inside.body)
        return None

    after = rewrite(before, join, "no sum stands directly in another")
    return Move(after, "the ranges are independent", {"indices": ", ".join(joined)})


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
