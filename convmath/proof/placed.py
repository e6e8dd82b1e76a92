"""Rules that put a definition in, or give its name, at places that are shown to be places of it."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.definition import NO_PADDING, Definition
from convmath.language.letters import fresh
from convmath.language.normal import same_outside, terms_key
from convmath.language.polynomial import equal
from convmath.language.substitute import rename_all
from convmath.language.tidy import put
from convmath.language.tree import Expr, Int, Ranges, Read, Reduce, Sym, letters_of, walk
from convmath.proof.counting import rebuild
from convmath.proof.given import assumed, given_there
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, rule
from convmath.proof.sums import rewrite


def _letters(definition: Definition, ground: Ground) -> tuple[str, ...]:
    """The indices of the output, which has to be given at bare ones."""
    letters = tuple(item.name for item in definition.output.subscripts if isinstance(item, Sym))
    if len(letters) != len(definition.output.subscripts) or any(pair != NO_PADDING for pair in definition.crop):
        raise ProofError(f"{definition} gives its array at places that are no bare indices, or crops some")
    if not same_outside(ground.definition, definition, assumed(ground)):
        raise ProofError(f"{definition}: what stands in the padding differs")
    return letters


def _why(definition: Definition, read: Read, ground: Ground, ranges: Ranges) -> list[str]:
    """Why ``definition`` gives its array where it is read, under sums over ``ranges``; [] where that is plain."""
    taken, found, places = {**ground.definition.known_ranges, **dict(ranges)}, list[str](), list[str]()
    tensor = ground.definition.arrays.get(read.array)
    padding = tensor.padding if tensor else (NO_PADDING,) * len(read.subscripts)
    values = assumed(ground)
    for letter, item, pair in zip(_letters(definition, ground), read.subscripts, padding, strict=True):
        given = definition.known_ranges.get(letter)
        asked = taken.get(item.name) if isinstance(item, Sym) else None
        padded = any(put(side, values) != Int(0) for side in pair)
        if given is None and asked is None and item == Sym(letter) and not padded:
            continue  # a window bounds it, in both formulas the same
        if given is None or asked is None or not equal(given, asked):
            places.append(str(item))
            found += given_there(definition, letter, item, read, ground, ranges)
    return [f"it is given at {', '.join(places)}: {', '.join(dict.fromkeys(found))}"] if places else []


def _because(definition: Definition, why: list[str]) -> str:
    return "; ".join([f"definition {definition.output}", *dict.fromkeys(why)])


@rule(
    "insert at a place",
    "Z[e] = f(e), where Z[r] = f(r) defines Z and e is one of its places",
    "{array} is what its definition says",
)
def insert_at_a_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    other = ground.definitions[int(str(arguments["number"]))]
    name, letters = other.output.array, _letters(other, ground)
    taken, why = before.letters() | set(ground.definition.sizes), list[str]()

    def entry(read: Read) -> Expr:
        bound = {n for node in walk(other.right_side) if isinstance(node, Reduce) for n, _ in node.ranges}
        names = {old: fresh(old, taken) for old in sorted(bound & taken)}
        right = rename_all(other.right_side, names) if names else other.right_side
        return put(right, dict(zip(letters, read.subscripts, strict=True)))

    def change(expr: Expr, ranges: Ranges) -> Expr | None:
        if isinstance(expr, Read) and expr.array == name:
            why.extend(_why(other, expr, ground, ranges))
            return entry(expr)
        if isinstance(expr, Reduce):
            inside = (*ranges, *expr.ranges)
            return Reduce(expr.kind, expr.ranges, rebuild(expr.body, lambda part: change(part, inside)), expr.where)
        return None

    after = rewrite(before, lambda expr: change(expr, before.ranges), f"{name} is not read")
    return Move(after, _because(other, why), {"array": name})


@rule(
    "name at a place",
    "f(e) = Z[e], where Z[r] = f(r) defines Z and e is one of its places",
    "this is {read}{words}",
)
def name_at_a_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    other = ground.definitions[int(str(arguments["number"]))]
    given = arguments.get("values")
    values: dict[str, Expr] = {letter: Sym(letter) for letter in _letters(other, ground)}
    values |= {old: new for old, new in (given if isinstance(given, tuple) else ()) if old in values}
    read, why = Read(other.output.array, tuple(values.values())), list[str]()
    wanted = terms_key(put(other.right_side, values))

    def change(expr: Expr, ranges: Ranges) -> Expr | None:
        if letters_of(expr) and terms_key(expr) == wanted:
            why.extend(_why(other, read, ground, ranges))
            return read
        if isinstance(expr, Reduce):
            inside = (*ranges, *expr.ranges)
            return Reduce(expr.kind, expr.ranges, rebuild(expr.body, lambda part: change(part, inside)), expr.where)
        return None

    after = rewrite(before, lambda expr: change(expr, before.ranges), f"{other.right_side} does not stand here")
    words = f", {arguments['words']}" if "words" in arguments else ""
    return Move(after, _because(other, why), {"read": str(read), "words": words})
