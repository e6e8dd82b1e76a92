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
from convmath.evaluate.scatter import Condition, Place, scatter_order, scatter_places
from convmath.evaluate.views import Sight, any_window_empty
from convmath.language.definition import Definition, Term
from convmath.language.linear import linear
from convmath.language.tidy import tidy
from convmath.language.tree import Expr, Int, Kind, Ratio, Read, Sym
from convmath.language.write import write

Affine = tuple[dict[str, int], int]
"""Slopes by index, and the offset: 2·i + u − 1 is ({i: 2, u: 1}, −1)."""


@dataclass(frozen=True, slots=True)
class TermPlan:
    """One term with numbers.

    ``target`` is the order of the contraction's result and ``spread`` its shape, ``reduced`` what it
    sums over; ``shape`` is the term's shape over the output indices, 1 where it is broadcast. ``repeats`` counts the values
    of reduced indices that nothing reads, ``window`` those of the others.
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
    order, ranges = _output_indices(definition, extents)
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


def number(expr: Expr) -> int:
    """The integer that ``expr`` is."""
    value = expr if isinstance(expr, Int) else tidy(expr)
    if not isinstance(value, Int):
        raise UnsupportedError(f"{write(expr)} is not a number: give every size a value before evaluating")
    return value.value


def _scale(expr: Expr) -> int | Fraction:
    value = tidy(expr)
    if isinstance(value, Ratio):
        return Fraction(number(value.numerator), number(value.divisor))
    return number(value)


def _affine(expr: Expr, definition: Definition) -> Affine:
    form = linear(expr, definition.indices)
    if form is None:
        raise DefinitionError(f"{write(expr)} is not of the form number·index + … + number")
    return {name: number(slope) for name, slope in form[0].items()}, number(form[1])


def _output_indices(
    definition: Definition, extents: tuple[int, ...]
) -> tuple[tuple[str, ...], dict[str, int]]:
    """The output's indices, composite axes taken apart (slowest first), and their ranges."""
    subscripts = definition.output.subscripts
    if len(extents) != len(subscripts):
        raise ShapeError(
            f"{definition.output} has {len(subscripts)} axes, but {len(extents)} extents are given"
        )
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
    slopes, offset = _affine(item, definition)
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


def _term_plan(
    definition: Definition, term: Term, order: tuple[str, ...], ranges: dict[str, int]
) -> TermPlan:
    conditions = _conditions(definition, term, order)
    sights = tuple(_sight(definition, read, conditions, ranges) for read in term.reads)
    seen = {name for sight in sights for name in sight.indices}
    placed = {name for slopes, _ in conditions.values() for name in slopes}
    kept = tuple(name for name in order if name not in conditions and name in seen | placed)
    _check_letters(definition, term, (seen | placed) - set(kept) - set(term.reduced))
    target: tuple[str, ...] = kept
    places = None
    if conditions:
        wanted = tuple(
            Condition(name, tuple(slopes.items()), offset) for name, (slopes, offset) in conditions.items()
        )
        target, vectors, taps = scatter_order(
            order, kept, wanted, [sight.indices for sight in sights], ranges
        )
        places = scatter_places(order, target, wanted, vectors, taps, ranges)
    read = [name for name in term.reduced if name in seen | placed]
    unread = [name for name in term.reduced if name not in seen | placed]
    return TermPlan(
        sights,
        target,
        tuple(ranges[name] for name in target),
        tuple(name for name in read if name not in target),
        tuple(ranges[name] if name in kept or name in conditions else 1 for name in order),
        _scale(term.scale),
        prod(ranges[name] for name in unread),
        prod(ranges[name] for name in read),
        places,
        definition.reduce in ("max", "min") and any_window_empty(sights, target),
    )


def _conditions(definition: Definition, term: Term, order: tuple[str, ...]) -> dict[str, Affine]:
    """Where the term is added: t = s·i + d·u − p as {t: ({i: s, u: d}, −p)}."""
    found: dict[str, Affine] = {}
    for relation in term.where:
        left = relation.left
        if relation.op != "=" or not isinstance(left, Sym) or left.name not in order:
            raise DefinitionError(f"where {relation}: a condition is an equation for one index of the output")
        if left.name in found:
            raise UnsupportedError(
                f"where {relation}: {left.name} is determined twice; only one equation is evaluated"
            )
        found[left.name] = _affine(relation.right, definition)
    if any(name in found for slopes, _ in found.values() for name in slopes):
        raise UnsupportedError(
            "a condition depends on an index that another condition determines: substitute it"
        )
    return found


def _check_letters(definition: Definition, term: Term, stray: Iterable[str]) -> None:
    names = ", ".join(sorted(stray))
    if names:
        raise DefinitionError(
            f"{definition.term_side(term)}: {names} is neither reduced nor an index of the output"
        )


def _sight(
    definition: Definition, read: Read, conditions: dict[str, Affine], ranges: dict[str, int]
) -> Sight:
    """The read with numbers. An index that a condition determines is replaced by what determines it."""
    tensor = definition.arrays[read.array]
    forms: list[Affine] = []
    for axis, item in enumerate(read.subscripts):
        form = _affine(item, definition)
        pad = (number(tensor.padding[axis][0]), number(tensor.padding[axis][1]))
        _check_inside(read, axis, form, number(tensor.shape[axis]), pad, ranges)
        forms.append(_replaced(form, conditions))
    indices = tuple(dict.fromkeys(name for slopes, _ in forms for name in slopes))
    sizes = tuple(number(size) for size in tensor.shape)
    spans = [_span(form, ranges) for form in forms]
    return Sight(
        read.array,
        indices,
        tuple(ranges[name] for name in indices),
        tuple(tuple(slopes.get(name, 0) for slopes, _ in forms) for name in indices),
        tuple(offset for _, offset in forms),
        sizes,
        tuple(max(0, -low) for low, _ in spans),
        tuple(max(0, high - size + 1) for (_, high), size in zip(spans, sizes, strict=True)),
    )


def _span(form: Affine, ranges: dict[str, int]) -> tuple[int, int]:
    """The least and the greatest value of the subscript; (offset, offset) where an extent is 0."""
    ends = [slope * max(0, ranges[name] - 1) for name, slope in form[0].items()]
    return form[1] + sum(min(0, end) for end in ends), form[1] + sum(max(0, end) for end in ends)


def _check_inside(
    read: Read, axis: int, form: Affine, size: int, pad: tuple[int, int], ranges: dict[str, int]
) -> None:
    """Nothing is ever read outside the padded array: this is what makes the strided views safe."""
    if missing := [name for name in form[0] if name not in ranges]:
        raise DefinitionError(f"{read}: {', '.join(missing)} is neither reduced nor an index of the output")
    if any(ranges[name] == 0 for name in form[0]):
        return
    low, high = _span(form, ranges)
    if low < -pad[0] or high > size - 1 + pad[1]:
        runs = ", ".join(f"{name} < {ranges[name]}" for name in form[0])
        raise ShapeError(
            f"{read}, axis {axis}: with {runs or 'no index'} the subscript {read.subscripts[axis]} runs from {low} to "
            f"{high}, but {read.array} has places {-pad[0]} … {size - 1 + pad[1]} there "
            f"(size {size}, padding {pad[0]} + {pad[1]}): give smaller extents or more padding"
        )


def _replaced(form: Affine, conditions: dict[str, Affine]) -> Affine:
    slopes, offset = dict[str, int](), form[1]
    for name, slope in form[0].items():
        inner, start = conditions.get(name, ({name: 1}, 0))
        offset += slope * start
        for letter, factor in inner.items():
            slopes[letter] = slopes.get(letter, 0) + slope * factor
    return slopes, offset
