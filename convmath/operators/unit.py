"""The receptive field of one output unit: which places of an input it reads, through one operator or a chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convmath.errors import ParseError, ShapeError, UnsupportedError
from convmath.evaluate.positions import Positions
from convmath.evaluate.reach import Reach
from convmath.operators.run import concrete

if TYPE_CHECKING:
    from convmath.operators.operator import Operator

Shapes = tuple[tuple[str, tuple[Any, ...]], ...]


def positions_of_unit(
    operator: Operator, unit: Any, shapes: Mapping[str, Sequence[Any]], sizes: Mapping[str, Any], array: str | None
) -> tuple[Positions, ...]:
    """See :meth:`Operator.receptive_positions`."""
    name = _input(operator, array)
    reach, extents = _reach(operator, shapes, sizes)
    found = reach(name, _box(operator.name, unit, extents))
    return found if len(unit) == len(extents) else _last(operator.name, name, unit, found)


def receptive_positions(
    operators: Sequence[Operator], shape: Sequence[Any], unit: Sequence[int]
) -> tuple[Positions, ...]:
    """Which places of the first operator's input one output of the last reads, when each runs on the one before.

    Args:
        operators: in the order in which they run; each has one input.
        shape: the shape of the first one's input.
        unit: a place of the last output, or only its last axes: see :meth:`Operator.receptive_positions`.

    Returns:
        For each axis of the input the places along it; the places read are their product. Where that is
        no product of sets, the chain is refused and not bounded.

    Raises:
        ShapeError: a shape does not fit, or there is no such unit.
        UnsupportedError: an operator has several inputs, or reads places that are no product.
    """
    _check_chain(operators)
    steps: list[tuple[Operator, str, Reach]] = []
    given: Any = shape
    for operator in operators:
        name = _input(operator, None)
        reach, given = _reach(operator, {name: given}, {})
        steps.append((operator, name, reach))
    box = _box(steps[-1][0].name, unit, given)
    for _, name, reach in reversed(steps):
        found = reach(name, box)
        box = list(found)
    return found if len(unit) == len(given) else _last(steps[0][0].name, steps[0][1], unit, found)


def _check_chain(operators: Any) -> None:
    if not isinstance(operators, Sequence) or not all(hasattr(operator, "general") for operator in operators):
        raise ParseError(f"the operators are {operators!r}; give a sequence of them, such as [conv, pool]")
    if not operators:
        raise ParseError("there is no operator in the sequence: give at least one")


def _input(operator: Operator, array: str | None) -> str:
    names = operator.general.arrays
    if array is None:
        if len(operator.general.inputs) != 1:
            inputs = ", ".join(operator.general.inputs)
            raise UnsupportedError(f"{operator.name} has the inputs {inputs}: say of which, as in array={inputs[:1]!r}")
        return operator.general.inputs[0]
    if array not in names:
        raise ParseError(f"{operator.name} reads no array {array!r}: it reads {', '.join(names)}")
    return array


def _reach(
    operator: Operator, shapes: Mapping[str, Sequence[Any]], sizes: Mapping[str, Any]
) -> tuple[Reach, tuple[int, ...]]:
    """The relations with every size a number, and the output's shape."""
    if sizes or not all(type(shape) is tuple and all(type(size) is int for size in shape) for shape in shapes.values()):
        operator.bound(shapes, sizes)  # what is no size is refused here, in words
    named = tuple((name, tuple(shape)) for name, shape in shapes.items())
    return _cached(operator, named, tuple(sizes.items()))


@lru_cache(maxsize=64)
def _cached(operator: Operator, shapes: Shapes, sizes: tuple[tuple[str, Any], ...]) -> tuple[Reach, tuple[int, ...]]:
    definition, extents = concrete(operator, shapes, sizes)
    return Reach(definition, extents), extents


def _box(name: str, unit: Any, extents: tuple[int, ...]) -> list[Positions | None]:
    """The unit as one place on each of its axes; the axes before those it names are whole."""
    shown = ", ".join(map(str, extents))
    if isinstance(unit, str) or not isinstance(unit, Sequence) or any(not _is_place(item) for item in unit):
        raise ParseError(f"{name}: the unit is {unit!r}; it must be a tuple of places, such as (7, 8)")
    if len(unit) > len(extents) or (extents and not unit):
        raise ShapeError(
            f"{name}: the unit {tuple(unit)} has {len(unit)} places, but the output ({shown}) has {len(extents)} "
            "axes: give one place for each axis, or for each of the last ones"
        )
    first = len(extents) - len(unit)
    for axis, (place, size) in enumerate(zip(unit, extents[first:], strict=True), first):
        if not 0 <= place < size:
            raise ShapeError(
                f"{name}: the unit {tuple(unit)} has place {place} on axis {axis}, but the output ({shown}) has the "
                f"places 0 … {size - 1} there"
            )
    return [None] * first + [Positions.of((int(place),)) for place in unit]


def _is_place(item: object) -> bool:
    return hasattr(item, "__index__") and not isinstance(item, bool)


def _last(name: str, array: str, unit: Sequence[int], found: tuple[Positions, ...]) -> tuple[Positions, ...]:
    """As many last axes of the array as the unit names of the output, where it does not name all of them."""
    if len(unit) > len(found):
        raise ShapeError(
            f"{name}: the unit {tuple(unit)} names the last {len(unit)} axes, but {array} has {len(found)}: "
            "give the unit's place on every axis of the output"
        )
    return found[len(found) - len(unit) :]
