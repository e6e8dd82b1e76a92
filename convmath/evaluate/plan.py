"""What is known before the arrays come: ranges, where each read starts and steps, what it may touch.

A plan depends on the definition and the extents only, so it is made once and kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import prod

from convmath.errors import DefinitionError, ShapeError, UnsupportedError
from convmath.evaluate.reads import Affine, affine, number, scale_of, sighted
from convmath.evaluate.scatter import Condition, Place, scatter_order, scatter_places
from convmath.evaluate.views import Sight, any_window_empty
from convmath.language.definition import Definition, Term
from convmath.language.tree import Expr, Kind, Sym


@dataclass(frozen=True, slots=True)
class TermPlan:
    """One term with numbers.

    ``target`` is the order of the contraction's result and ``spread`` its shape, ``reduced`` what it
    sums over; ``shape`` is the term's shape over the output indices, 1 where it is broadcast.
    ``repeats`` counts the values of reduced indices that nothing reads, ``window`` those of the others.
    """

    sights: tuple[Sight, ...]
    target: tuple[str, ...]
    spread: tuple[int, ...]
    reduced: tuple[str, ...]
    shape: tuple[int, ...]
    scale: int | Fraction
    repeats: int
    window: int
    places: tuple[Place, ...] | None
    empty: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A definition with numbers: ``axes`` are the sizes of the output indices, one by one."""

    output: str
    kind: Kind
    arrays: tuple[tuple[str, tuple[int, ...]], ...]
    extents: tuple[int, ...]
    axes: tuple[int, ...]
    terms: tuple[TermPlan, ...]


@lru_cache(maxsize=512)
def plan_of(definition: Definition, extents: tuple[int, ...]) -> Plan:
    """The plan of ``definition`` for an output of shape ``extents``.

    Raises:
        ShapeError: an extent does not fit, or a read would leave its padded array.
        DefinitionError: an index has no range.
        UnsupportedError: a size is still a letter, or a condition is of a form that is not evaluated.
    """
    order, ranges = output_indices(definition, extents)
    for term in definition.terms:
        for name in term.reduced:
            ranges[name] = number(definition.range_of(name))
            if ranges[name] < 1:
                raise ShapeError(f"{name} takes {ranges[name]} values: a range is an integer ≥ 1")
    return Plan(
        definition.output.array,
        definition.reduce,
        tuple((t.name, tuple(number(size) for size in t.shape)) for t in definition.tensors),
        extents,
        tuple(ranges[name] for name in order),
        tuple(_term_plan(definition, term, order, ranges) for term in definition.terms),
    )


def output_indices(definition: Definition, extents: tuple[int, ...]) -> tuple[tuple[str, ...], dict[str, int]]:
    """The output's indices, composite axes taken apart (slowest first), and their ranges."""
    subscripts = definition.output.subscripts
    if len(extents) != len(subscripts):
        raise ShapeError(f"{definition.output} has {len(subscripts)} axes, but {len(extents)} extents are given")
    ranges: dict[str, int] = {}
    for item, extent in zip(subscripts, extents, strict=True):
        if extent < 0:
            raise ShapeError(f"{definition.output}: the extent {extent} of {item} is negative")
        if isinstance(item, Sym):
            ranges[item.name] = extent
        else:
            ranges |= _mixed_radix(definition, item, extent)
    return tuple(ranges), ranges


def _mixed_radix(definition: Definition, item: Expr, extent: int) -> dict[str, int]:
    """4·m + o with o < 4 is the axis (m, o) in C order: nothing has to move."""
    slopes, offset = affine(item, definition)
    sizes = {name: number(definition.range_of(name)) for name in slopes}
    radix = 1
    # An index with one value stands for no digit, whatever its slope.
    for name in sorted(slopes, key=lambda name: (slopes[name], sizes[name])):
        if sizes[name] > 1 and slopes[name] != radix:
            raise DefinitionError(f"{definition.output}: the place {item} is not given by one set of indices")
        radix *= sizes[name]
    if offset or radix != extent:
        raise ShapeError(
            f"{definition.output}: {item} runs over {radix} places from {offset}, but the extent there is {extent}"
        )
    return {name: sizes[name] for name in sorted(slopes, key=lambda name: (-slopes[name], -sizes[name]))}


def _term_plan(definition: Definition, term: Term, order: tuple[str, ...], ranges: dict[str, int]) -> TermPlan:
    conditions = _conditions(definition, term, order)
    sights = tuple(sighted(definition, read, conditions, ranges) for read in term.reads)
    seen = {name for sight in sights for name in sight.indices}
    placed = {name for slopes, _ in conditions.values() for name in slopes}
    kept = tuple(name for name in order if name not in conditions and name in seen | placed)
    _check_letters(definition, term, (seen | placed) - set(kept) - set(term.reduced))
    target, places = _places(conditions, kept, order, sights, ranges) if conditions else (kept, None)
    read = [name for name in term.reduced if name in seen | placed]
    unread = [name for name in term.reduced if name not in seen | placed]
    return TermPlan(
        sights,
        target,
        tuple(ranges[name] for name in target),
        tuple(name for name in read if name not in target),
        tuple(ranges[name] if name in kept or name in conditions else 1 for name in order),
        scale_of(term.scale),
        prod(ranges[name] for name in unread),
        prod(ranges[name] for name in read),
        places,
        definition.reduce in ("max", "min") and any_window_empty(sights, target),
    )


def _places(
    conditions: dict[str, Affine],
    kept: tuple[str, ...],
    order: tuple[str, ...],
    sights: tuple[Sight, ...],
    ranges: dict[str, int],
) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    """The order of a scattered term's contraction, and where its parts are added."""
    wanted = tuple(Condition(name, tuple(slopes.items()), start) for name, (slopes, start) in conditions.items())
    reads = [sight.indices for sight in sights]
    target, vectors, taps = scatter_order(order, kept, wanted, reads, ranges)
    return target, scatter_places(order, target, wanted, vectors, taps, ranges=ranges)


def _conditions(definition: Definition, term: Term, order: tuple[str, ...]) -> dict[str, Affine]:
    """Where the term is added: t = s·i + d·u − p as {t: ({i: s, u: d}, −p)}."""
    if term.where and definition.reduce != "sum":
        raise UnsupportedError(f"{definition.output}: a {definition.reduce} is not scattered, only a sum is")
    found: dict[str, Affine] = {}
    for relation in term.where:
        left = relation.left
        if relation.op != "=" or not isinstance(left, Sym) or left.name not in order:
            raise DefinitionError(f"where {relation}: a condition is an equation for one index of the output")
        if left.name in found:
            raise UnsupportedError(f"where {relation}: {left.name} is determined twice; only one equation is evaluated")
        found[left.name] = affine(relation.right, definition)
    if any(name in found for slopes, _ in found.values() for name in slopes):
        raise UnsupportedError("a condition depends on an index that another condition determines: substitute it")
    return found


def _check_letters(definition: Definition, term: Term, stray: Iterable[str]) -> None:
    names = ", ".join(sorted(stray))
    if names:
        raise DefinitionError(f"{definition.term_side(term)}: {names} is neither reduced nor an index of the output")
