"""Rules that put one definition into another, and give the name of a definition to what it says."""

from __future__ import annotations

from collections import Counter

from convmath.errors import ProofError
from convmath.language.definition import NO_PADDING, Definition
from convmath.language.letters import fresh
from convmath.language.normal import same_outside, terms_key
from convmath.language.substitute import rename_all
from convmath.language.tidy import put
from convmath.language.tree import Add, Expr, Mul, Ranges, Read, Reduce, Sym, letters_of, walk
from convmath.proof.ground import Ground
from convmath.proof.places import check_places, letters_given
from convmath.proof.statement import Conditions, Statement
from convmath.proof.step import Arguments, Move, rule
from convmath.proof.sums import product_of, rewrite, sum_of, within


def _check_padding(definition: Definition, ground: Ground) -> None:
    if any(pair != NO_PADDING for pair in definition.crop):
        raise ProofError(f"{definition}: some of its places are cropped")
    tensor = ground.definition.arrays.get(definition.output.array)
    if tensor is not None and tensor.outside != "zeros":
        raise ProofError(f"{tensor.name} is padded with {tensor.outside}: outside, it is not what {definition} says")
    known = {r.left.name: r.right for r in ground.assumptions if isinstance(r.left, Sym) and r.op == "="}
    if not same_outside(ground.definition, definition, known):
        raise ProofError(f"{definition}: what stands in the padding differs")


@rule(
    "insert",
    "Z[e] = f(e), where Z[r] = f(r) defines Z and e is one of its places, or both are 0",
    "{words}",
)
def insert(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    after, others, why = before, list[Definition](), list[str]()
    for number in str(arguments["number"]).split():
        others.append(ground.definitions[int(number)])
        after = _inserted(after, others[-1], ground, why)
    if not others:
        raise ProofError("no definition is named that could be put in")
    names = [other.output.array for other in others]
    words = f"{names[0]} is what its definition says" if len(names) == 1 else f"put in {', '.join(names)}, as defined"
    return Move(after, _certificate(others, why), {"words": words})


def _inserted(before: Statement, other: Definition, ground: Ground, why: list[str]) -> Statement:
    _check_padding(other, ground)
    name, letters = other.output.array, letters_given(other)
    taken = before.letters() | set(ground.definition.sizes)

    def entry(read: Read) -> Expr:
        bound = {n for node in walk(other.right_side) if isinstance(node, Reduce) for n, _ in node.ranges}
        names = {old: fresh(old, taken) for old in sorted(bound & taken)}
        right = rename_all(other.right_side, names) if names else other.right_side
        return put(right, dict(zip(letters, read.subscripts, strict=True)))

    def change(expr: Expr, ranges: Ranges, where: Conditions) -> Expr | None:
        if not isinstance(expr, Read) or expr.array != name:
            return None
        why.extend(check_places(other, expr, ground, ranges, where))
        return entry(expr)

    return rewrite(before, within(change, before.ranges), f"{name} is not read")


@rule(
    "name",
    "f(e) = Z[e], where Z[r] = f(r) defines Z and e is one of its places, or both are 0",
    "this is {read}{words}",
)
def name_it(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    other = ground.definitions[int(str(arguments["number"]))]
    _check_padding(other, ground)
    values: dict[str, Expr] = {letter: Sym(letter) for letter in letters_given(other)}
    values |= {old: new for old, new in _pairs(arguments.get("values")) if old in values}
    read = Read(other.output.array, tuple(values[letter] for letter in letters_given(other)))
    said = put(other.right_side, values)
    wanted = Counter(terms_key(said))

    why: list[str] = []

    def change(expr: Expr, ranges: Ranges, where: Conditions) -> Expr | None:
        found = _replaced(expr, wanted, read) or _factored(expr, said, read)
        if found is not None:
            why.extend(check_places(other, read, ground, ranges, where))
        return found

    after = rewrite(before, within(change, before.ranges), f"{other.right_side} does not stand here")
    words = f", {arguments['words']}" if "words" in arguments else ""
    return Move(after, _certificate([other], why), {"read": str(read), "words": words})


def _certificate(definitions: list[Definition], why: list[str]) -> str:
    return "; ".join(dict.fromkeys((*(f"definition {other.output}" for other in definitions), *why)))


def _pairs(values: object) -> tuple[tuple[str, Expr], ...]:
    return values if isinstance(values, tuple) else ()


def _replaced(expr: Expr, wanted: Counter[str], read: Read) -> Expr | None:
    """``expr`` with the wanted terms replaced by the read: a whole expression, or some terms of a sum."""
    if not letters_of(expr):
        return None
    found = Counter(terms_key(expr))
    if found == wanted:
        return read
    if not isinstance(expr, Add) or wanted - found:
        return None
    left = wanted.copy()
    kept: list[Expr] = []
    for term in expr.terms:
        (key,) = terms_key(term)
        if left[key]:
            left[key] -= 1
            kept += [read] if sum(left.values()) == 0 else []
        else:
            kept.append(term)
    return sum_of([product_of([term]) for term in kept])


def _factored(expr: Expr, said: Expr, read: Read) -> Expr | None:
    """A product with some of its factors replaced by the read, which stands where the first of them stood."""
    if not isinstance(expr, Mul) or not isinstance(said, Mul) or len(said.factors) >= len(expr.factors):
        return None
    left = Counter(key for factor in said.factors for key in terms_key(factor))
    kept: list[Expr] = []
    place: int | None = None
    for factor in expr.factors:
        (key,) = terms_key(factor) if not isinstance(factor, Add) else ("",)
        if left[key]:
            left[key] -= 1
            place = len(kept) if place is None else place
        else:
            kept.append(factor)
    return product_of([*kept[:place], read, *kept[place:]]) if sum(left.values()) == 0 else None
