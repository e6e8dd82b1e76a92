"""Which read bounds which index.

A subscript with one output index bounds that index: i may grow until a read leaves the padded axis.
A subscript whose indices all have known ranges bounds nothing; it has to fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from convmath.errors import DefinitionError
from convmath.language.definition import NO_PADDING, Definition
from convmath.language.digits import determined
from convmath.language.tidy import tidy
from convmath.language.tree import Expr, Int, Ranges, Read, Relation, Sym, letters_of, negative


@dataclass(frozen=True, slots=True)
class Place:
    """One axis of one read: ``position`` must stay in −before … size − 1 + after."""

    read: Read
    axis: int
    position: Expr
    size: Expr
    before: Expr
    after: Expr

    def relations(self) -> tuple[Relation, Relation]:
        """first ≤ position ≤ last, as they are read off the definition."""
        last = self.size - 1 if self.after == Int(0) else self.size - 1 + self.after
        return (
            Relation(tidy(negative(self.before)), "≤", self.position),
            Relation(self.position, "≤", last if not isinstance(self.size, Int) else tidy(last)),
        )


@dataclass(frozen=True, slots=True)
class Bounding:
    """``windows[i]``: the places that bound the output index i; ``closed``: those that have to fit."""

    windows: dict[str, tuple[Place, ...]]
    closed: tuple[Place, ...]


def places(definition: Definition) -> Iterator[Place]:
    """Every axis of every read, each once."""
    seen = set()
    for read in definition.reads:
        tensor = definition.arrays[read.array]
        for axis, item in enumerate(read.subscripts):
            if (read.array, axis, item) not in seen:
                seen.add((read.array, axis, item))
                before, after = tensor.padding[axis]
                yield Place(read, axis, item, tensor.shape[axis], before, after)


@lru_cache(maxsize=256)
def bounding(definition: Definition) -> Bounding:
    """How the reads of ``definition`` bound its output indices.

    Raises:
        DefinitionError: a subscript bounds two indices only together, or an output index is unbounded.
    """
    windows: dict[str, list[Place]] = {}
    closed: list[Place] = []
    for place in places(definition):
        if _is_plain(place, definition):
            continue
        inside = [letter for letter in definition.output_indices if letter in letters_of(place.position)]
        inside = [letter for letter in inside if letter not in definition.written]
        open_ones = [letter for letter in inside if letter not in definition.known_ranges]
        if len(open_ones) > 1:
            both = " and ".join(open_ones)
            raise DefinitionError(
                f"{place.read} bounds {both} only together: give one of them a range, "
                f"as in ranges={{'{open_ones[0]}': 'm'}}"
            )
        alone = len(inside) == 1 and inside[0] not in dict(definition.ranges)
        if open_ones or alone:
            windows.setdefault((open_ones or inside)[0], []).append(place)
        else:
            closed.append(place)
    bounded = {letter for relation in definition.bounds for letter in letters_of(relation.left, relation.right)}
    for letter in definition.output_indices:
        if letter in bounded:
            windows.setdefault(letter, [])
        if letter not in windows and letter not in definition.known_ranges and letter not in definition.written:
            raise DefinitionError(f"nothing bounds {letter}: no array is read at {letter}, and it has no range")
    return Bounding({letter: tuple(found) for letter, found in windows.items()}, tuple(closed))


def _is_plain(place: Place, definition: Definition) -> bool:
    """A bare index on an unpadded axis: it has the axis's size, by definition."""
    bare = isinstance(place.position, Sym) and place.position.name in definition.indices
    return bare and (place.before, place.after) == NO_PADDING


def ranges_in(expr: Expr, definition: Definition, *, without: str = "") -> Ranges:
    """The known ranges of the indices in ``expr``, in the order in which the definition has them."""
    names = dict.fromkeys((*definition.output_indices, *(name for name, _ in reduced_in(expr, definition))))
    inside = letters_of(expr)
    return tuple((name, definition.range_of(name)) for name in names if name in inside and name != without)


def reduced_in(expr: Expr, definition: Definition) -> Ranges:
    """The ranges of the indices in ``expr`` that are reduced."""
    inside = letters_of(expr)
    names = dict.fromkeys(name for term in definition.terms for name in term.reduced if name in inside)
    return tuple((name, definition.range_of(name)) for name in names)


def moving_in(expr: Expr, definition: Definition) -> Ranges:
    """The ranges of the reduced indices in ``expr`` that take several values for one output."""
    fixed = determined(definition)
    return tuple(pair for pair in reduced_in(expr, definition) if pair[0] not in fixed)
