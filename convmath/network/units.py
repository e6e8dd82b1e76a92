"""Exactly which places of a network's input one unit reads: holes left out, cut off at the border, over all paths."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from convmath.errors import ParseError, ShapeError, UnsupportedError
from convmath.evaluate.positions import Positions
from convmath.evaluate.reach import Reach
from convmath.network.graph import Network, Node
from convmath.network.program import Shape
from convmath.operators.opaque import Opaque
from convmath.operators.operator import Operator
from convmath.operators.run import concrete

Box = list["Positions | None"]
"""The places along each axis; None where all of them are meant."""


def positions(
    net: Network, unit: Sequence[int], shape: Any, tensor: str | None = None, input_: str | None = None
) -> tuple[Positions, ...]:
    """See :meth:`convmath.network.graph.Network.receptive_positions`."""
    source = input_ if input_ is not None else next(iter(net.inputs))
    wanted = tensor if tensor is not None else net.outputs[0]
    trace = net.trace(**{source: shape})
    if wanted not in trace.shapes or source not in net.inputs:
        raise ParseError(f"{net.name} has no tensor {wanted[:60]!r}, or no input {source[:60]!r}")
    given, size = trace.shapes[source], trace.shapes[wanted]
    if given is None or size is None:
        raise UnsupportedError(f"{net.name}: the shape of {wanted} is not known")
    boxes: dict[str, Box] = {wanted: _unit(net, unit, size)}
    for node in reversed(net.nodes):
        box = next((boxes[out] for out in node.outputs if out in boxes), None)
        taken = trace.known(node)
        if box is None:
            continue
        if taken is None:
            raise UnsupportedError(f"{net.name}, layer {node.name}: its sizes are not known")
        for tensor_, found in zip(node.inputs, _back(net, node, taken, box), strict=True):
            if found is not None:
                boxes[tensor_] = _joined(boxes[tensor_], found) if tensor_ in boxes else found
    nowhere: Box = [Positions.of(())] * len(given)
    last = boxes.get(source, nowhere)
    return tuple(
        found if found is not None else Positions.of(range(_number(count)))
        for found, count in zip(last, given, strict=True)
    )


def _number(size: Any) -> int:
    if not isinstance(size, int):
        raise ShapeError(f"the input has a size {size}: give the whole shape in numbers, such as (1, 3, 224, 224)")
    return size


def _unit(net: Network, unit: Sequence[int], shape: Shape) -> Box:
    """The unit as one place on each of its axes; the axes before those it names are whole."""
    sizes = [_number(size) for size in shape]
    places: list[Any] = list(unit) if isinstance(unit, tuple | list) else [unit]
    if not places or any(type(place) is not int for place in places) or len(places) > len(sizes):
        raise ParseError(f"{net.name}: the unit is {unit!r}; give places for at most {len(sizes)} axes, such as (3, 4)")
    first = len(sizes) - len(places)
    box: Box = [None] * first
    for place, size in zip(places, sizes[first:], strict=True):
        if not 0 <= place < size:
            raise ShapeError(f"{net.name}: there is no unit {tuple(places)}: the tensor is {tuple(sizes)}")
        box.append(Positions.of((place,)))
    return box


def _back(net: Network, node: Node, taken: list[Shape], box: Box) -> list[Box | None]:
    """What a box of a layer's output reads of each of its inputs; None where it reads nothing."""
    operator = node.layer.at(taken).operator
    if isinstance(operator, Opaque):
        if operator.name.startswith("batch_norm"):  # with running statistics every entry is scaled for itself
            return [box]
        raise UnsupportedError(f"{net.name}, layer {node.name}: {operator.name} is no index sum")
    reach = _reach(operator, taken)
    return [_kept(reach(name, box)) for name in operator.general.inputs]


def _reach(operator: Operator, taken: list[Shape]) -> Reach:
    shapes = tuple(
        (name, tuple(_number(size) for size in shape))
        for name, shape in zip(operator.general.inputs, taken, strict=True)
    )
    definition, extents = concrete(operator, shapes, ())
    return Reach(definition, extents)


def _kept(found: tuple[Positions, ...]) -> Box | None:
    return None if any(axis.count == 0 for axis in found) else list(found)


def _joined(one: Box, two: Box) -> Box:
    """The places of both, axis by axis."""
    return [
        None if a is None or b is None else a if a == b else Positions.of(chain(a, b))
        for a, b in zip(one, two, strict=True)
    ]
