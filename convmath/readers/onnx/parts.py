"""Entries that are picked out, cut off and joined."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from math import prod
from typing import Any

from convmath.readers.onnx.values import MOST_ENTRIES, Answer, Array, Asked, Calculation, axis_of

NOWHERE = (2**31 - 1, 2**63 - 1)
"""Ends that onnxruntime reads as no end at all, also where the step is negative."""


def _gather(asked: Asked) -> Answer:
    data, at = asked.array(0), asked.array(1)
    axis = axis_of(asked.integer("axis", 0), len(data.dims)) if data is not None else None
    where = at.integers() if at is not None else None
    if (
        data is None
        or at is None
        or where is None
        or axis is None
        or prod(at.dims) * len(data.entries) > MOST_ENTRIES**2
    ):
        return None
    size = data.dims[axis]
    if not all(-size <= place < size for place in where):
        return None
    places: list[Any] = [range(one) for one in data.dims]
    places[axis] = [place % size for place in where]
    dims = (*data.dims[:axis], *at.dims, *data.dims[axis + 1 :])
    return Array(dims, data.taken(*places).entries, data.element) if prod(dims) <= MOST_ENTRIES else None


def _slice(asked: Asked) -> Answer:
    data, first, last = asked.array(0), asked.numbers(1, "starts"), asked.numbers(2, "ends")
    if data is None or first is None or last is None:
        return None
    axes = asked.numbers(3, "axes")
    if axes is None:
        axes = tuple(range(len(first))) if asked.left_out(3) else ()
    steps = (1,) * len(first) if asked.left_out(4) else asked.numbers(4)
    if steps is None or not len(first) == len(last) == len(axes) == len(steps) or 0 in steps:
        return None
    places = [range(size) for size in data.dims]
    for begin, end, axis, step in zip(first, last, axes, steps, strict=True):
        at = axis_of(axis, len(places))
        if at is None:
            return None
        stop = None if step < 0 and end in NOWHERE else end
        places[at] = range(data.dims[at])[begin:stop:step]
    return data.taken(*places)


def _concat(asked: Asked) -> Answer:
    """Lists with unknown entries, or without any known one, as long as their lengths are known."""
    arrays = [_known(asked, place) for place in range(len(asked.node.inputs))]
    found = [array for array in arrays if array is not None]
    if not found or len(found) < len(arrays):
        return None
    rank = len(found[0].dims)
    axis = axis_of(asked.integer("axis", 0), rank)
    if axis is None or len({(*a.dims[:axis], *a.dims[axis + 1 :]) for a in found if len(a.dims) == rank}) != 1:
        return None
    if any(len(array.dims) != rank for array in found):
        return None
    outer = prod(found[0].dims[:axis])
    parts = [len(array.entries) // outer if outer else 0 for array in found]
    entries = [
        entry
        for row in range(outer)
        for array, width in zip(found, parts, strict=True)
        for entry in array.entries[row * width : (row + 1) * width]
    ]
    dims = (*found[0].dims[:axis], sum(array.dims[axis] for array in found), *found[0].dims[axis + 1 :])
    return Array(dims, tuple(entries), found[0].element)


def _known(asked: Asked, place: int) -> Array | None:
    array, shape = asked.array(place), asked.shape(place)
    if array is not None or shape is None or not all(isinstance(size, int) for size in shape):
        return array
    return Array(shape, (None,) * prod(shape)) if len(shape) == 1 and shape[0] <= MOST_ENTRIES else None


def _tile(asked: Asked) -> Answer:
    data, repeats = asked.array(0), asked.numbers(1)
    if data is None or repeats is None or len(repeats) != len(data.dims) or min(repeats, default=0) < 0:
        return None
    if prod(repeats) * len(data.entries) > MOST_ENTRIES:
        return None
    return data.taken(*([*range(size)] * count for size, count in zip(data.dims, repeats, strict=True)))


def _split(asked: Asked) -> Answer:
    data, count = asked.array(0), len(asked.node.outputs)
    axis = axis_of(asked.integer("axis", 0), len(data.dims)) if data is not None else None
    if data is None or axis is None:
        return None
    size = data.dims[axis]
    equal = (-(-size // count),) * (count - 1)
    sizes = asked.numbers(1, "split") or ((*equal, size - sum(equal)) if asked.left_out(1) else ())
    if len(sizes) != count or min(sizes) < 0 or sum(sizes) != size:
        return None
    places: list[Any] = [range(one) for one in data.dims]
    ends = list(accumulate(sizes))
    return tuple(
        data.taken(*places[:axis], range(end - one, end), *places[axis + 1 :])
        for end, one in zip(ends, sizes, strict=True)
    )


PARTS: Mapping[str, Calculation] = {
    "Gather": _gather,
    "Slice": _slice,
    "Concat": _concat,
    "Tile": _tile,
    "Split": _split,
}
