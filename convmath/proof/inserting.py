"""A rule that puts a layer into the next one, at whatever places the next one reads."""

from __future__ import annotations

from collections.abc import Callable

from convmath.errors import ProofError
from convmath.language.bounding import Place, bounding, ranges_in
from convmath.language.definition import NO_PADDING, Definition
from convmath.language.letters import fresh
from convmath.language.polynomial import equal
from convmath.language.substitute import rename_all
from convmath.language.tidy import put, tidy
from convmath.language.tree import Expr, Int, Read, Reduce, Sym, letters_of, walk
from convmath.proof.bounds import extreme
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import rewrite


@rule(
    "insert a layer",
    "Σ f·Z[e] = Σ f·g(e), where Z[r] = g(r) defines Z, and a layer reads Z only where it is",
    "{array} is what its layer says at every place that is read: none of them is padded",
)
def insert_a_layer(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    other = ground.definitions[int(str(arguments["number"]))]
    name = other.output.array
    letters = [item.name for item in other.output.subscripts if isinstance(item, Sym)]
    if len(letters) != len(other.output.subscripts) or any(pair != NO_PADDING for pair in other.crop):
        raise ProofError(f"{other} gives its array at places that are no bare indices, or cropped")
    certificate = _inside(other, letters, ground, before)
    taken = before.letters() | set(ground.definition.sizes)

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Read) or expr.array != name:
            return None
        bound = {n for node in walk(other.right_side) if isinstance(node, Reduce) for n, _ in node.ranges}
        names = {old: fresh(old, taken) for old in sorted(bound & taken)}
        right = rename_all(other.right_side, names) if names else other.right_side
        return put(right, dict(zip(letters, expr.subscripts, strict=True)))

    return Move(rewrite(before, change, f"{name} is not read"), certificate, {"array": name})


def _inside(other: Definition, letters: list[str], ground: Ground, before: Statement) -> str:
    """That every place of the array, as those who read it have it, is one at which ``other`` gives it.

    A layer has an output only where all that it reads lies in its array, so no place beyond that is ever read.
    """
    name, found = other.output.array, list[str]()
    if other.bounds or other.written:
        raise ProofError(f"{other} gives its array where more is asked than that reads stay inside")
    readers = [definition for definition in ground.definitions if name in definition.arrays]
    if not readers:
        raise ProofError(f"no definition reads {name}")
    for reader in readers:
        tensor = reader.arrays[name]
        if any(pair != NO_PADDING for pair in tensor.padding):
            raise ProofError(f"{name} is padded where {reader} reads it: there it is not what {other} says")
        for letter, size in zip(letters, tensor.shape, strict=True):
            known = other.known_ranges.get(letter)
            if known is not None and not equal(known, size):
                raise ProofError(f"{reader} reads {size} places of {name} at {letter}, but {other} gives {known}")
            found += [_fits(place, letter, size, other, ground, before) for place in _windows(other, letter, known)]
    return "; ".join(dict.fromkeys(found)) or "the sizes are the same"


def _windows(other: Definition, letter: str, known: Expr | None) -> tuple[Place, ...]:
    windows: Callable[[str, tuple[Place, ...]], tuple[Place, ...]] = bounding(other).windows.get
    return windows(letter, ()) if known is None else ()


def _fits(place: Place, letter: str, size: Expr, other: Definition, ground: Ground, before: Statement) -> str:
    """That the output at the last place reads inside its own array; the first one does by the definition."""
    known, first = ground.facts(before), put(place.position, {letter: tidy(size - 1)})
    last = first
    for index, length in ranges_in(place.position, other, without=letter):
        last = put(last, {index: extreme(last, index, length, known, largest=True)[0]})
        first = put(first, {index: extreme(first, index, length, known, largest=False)[0]})
    need(known.not_negative(tidy(first + place.before)), f"0 ≤ {first} + {place.before}")
    need(known.not_negative(tidy(place.size - Int(1) + place.after - last)), f"{last} ≤ {place.size} − 1")
    return f"the last of {size} outputs reads {place.read.array} at {last}, inside"


@rule(
    "sum at once",
    "Σ_r Σ_c f = Σ_{r, c} f, where what c runs over does not depend on r",
    "sums inside one another run over all their indices at once",
)
def sum_at_once(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    def join(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum":
            return None
        ranges, where, body = expr.ranges, expr.where, expr.body
        while isinstance(body, Reduce) and body.kind == "sum":
            names = {name for name, _ in ranges}
            if names & {name for name, _ in body.ranges} or letters_of(*(size for _, size in body.ranges)) & names:
                return None
            ranges, where, body = (*ranges, *body.ranges), (*where, *body.where), body.body
        return Reduce("sum", ranges, body, where)

    return Move(rewrite(before, join, "no sum stands directly in another"), "the ranges are independent")
