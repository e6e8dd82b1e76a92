"""Rules that put one definition into another, and give the name of a definition to what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from convmath.errors import ProofError
from convmath.language.definition import NO_PADDING, Definition
from convmath.language.letters import fresh
from convmath.language.normal import same_outside, terms_key
from convmath.language.polynomial import equal
from convmath.language.substitute import rename_all
from convmath.language.tidy import put
from convmath.language.tree import Add, Expr, Ranges, Read, Reduce, Sym, letters_of, walk
from convmath.proof.counting import rebuild
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, rule
from convmath.proof.sums import product_of, rewrite, sum_of


def _letters(definition: Definition) -> tuple[str, ...]:
    letters = tuple(item.name for item in definition.output.subscripts if isinstance(item, Sym))
    if len(letters) != len(definition.output.subscripts):
        raise ProofError(f"{definition} gives its array at places that are no bare indices")
    return letters


def _check_same_sizes(definition: Definition, read: Read, ground: Ground, ranges: Ranges) -> None:
    """Every place that is read is one at which the definition gives its array."""
    taken = {**ground.definition.known_ranges, **dict(ranges)}
    for letter, item in zip(_letters(definition), read.subscripts, strict=True):
        given = definition.known_ranges.get(letter)
        asked = taken.get(item.name) if isinstance(item, Sym) else None
        if given is None and asked is None and item == Sym(letter):
            continue  # a window bounds it, in both formulas the same
        if given is None or asked is None or not equal(given, asked):
            raise ProofError(f"{read}: {item} takes {asked} values, but {definition} has {given} at {letter}")


def _check_padding(definition: Definition, ground: Ground) -> None:
    if any(pair != NO_PADDING for pair in definition.crop):
        raise ProofError(f"{definition}: some of its places are cropped")
    tensor = ground.definition.arrays.get(definition.output.array)
    if tensor is not None and any(pair != NO_PADDING for pair in tensor.padding):
        raise ProofError(f"{tensor.name} is padded: outside, it is not what {definition} says")
    known = {r.left.name: r.right for r in ground.assumptions if isinstance(r.left, Sym) and r.op == "="}
    if not same_outside(ground.definition, definition, known):
        raise ProofError(f"{definition}: what stands in the padding differs")


@rule("insert", "Z[e] = f(e), where Z[r] = f(r) defines Z", "{array} is what its definition says")
def insert(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    other = ground.definitions[int(str(arguments["number"]))]
    _check_padding(other, ground)
    name, letters = other.output.array, _letters(other)
    taken = before.letters() | set(ground.definition.sizes)

    def entry(read: Read) -> Expr:
        bound = {n for node in walk(other.right_side) if isinstance(node, Reduce) for n, _ in node.ranges}
        names = {old: fresh(old, taken) for old in sorted(bound & taken)}
        right = rename_all(other.right_side, names) if names else other.right_side
        return put(right, dict(zip(letters, read.subscripts, strict=True)))

    def at(ranges: Ranges) -> Callable[[Expr], Expr | None]:
        def change(expr: Expr) -> Expr | None:
            if isinstance(expr, Read) and expr.array == name:
                _check_same_sizes(other, expr, ground, ranges)
                return entry(expr)
            if isinstance(expr, Reduce):
                body = rebuild(expr.body, at((*ranges, *expr.ranges)))
                return Reduce(expr.kind, expr.ranges, body, expr.where)
            return None

        return change

    after = rewrite(before, at(before.ranges), f"{name} is not read")
    return Move(after, f"definition {other.output}", {"array": name})


@rule("name", "f(e) = Z[e], where Z[r] = f(r) defines Z", "this is {read}{words}")
def name_it(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    other = ground.definitions[int(str(arguments["number"]))]
    _check_padding(other, ground)
    values: dict[str, Expr] = {letter: Sym(letter) for letter in _letters(other)}
    values |= {old: new for old, new in _pairs(arguments.get("values")) if old in values}
    read = Read(other.output.array, tuple(values[letter] for letter in _letters(other)))
    wanted = Counter(terms_key(put(other.right_side, values)))

    def at(ranges: Ranges) -> Callable[[Expr], Expr | None]:
        def change(expr: Expr) -> Expr | None:
            found = _replaced(expr, wanted, read)
            if found is not None:
                _check_same_sizes(other, read, ground, ranges)
                return found
            if isinstance(expr, Reduce):
                body = rebuild(expr.body, at((*ranges, *expr.ranges)))
                return Reduce(expr.kind, expr.ranges, body, expr.where)
            return None

        return change

    after = rewrite(before, at(before.ranges), f"{other.right_side} does not stand here")
    words = f", {arguments['words']}" if "words" in arguments else ""
    return Move(after, f"definition {other.output}", {"read": str(read), "words": words})


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
