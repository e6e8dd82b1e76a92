"""Entries that stay what they are and go to other places; sizes read off shapes; constants."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from math import prod
from typing import Any

from convmath.readers.onnx.exact import number, times, tried
from convmath.readers.onnx.graph import Stored
from convmath.readers.onnx.values import (
    MOST_ENTRIES,
    Answer,
    Array,
    Asked,
    Calculation,
    axis_of,
    entries_of,
    listed,
    together,
)

NOWHERE = (2**31 - 1, 2**63 - 1)
"""Ends that onnxruntime reads as no end at all, also where the step is negative."""


def _shape(asked: Asked) -> Answer:
    shape = asked.shape(0)
    first, last = asked.integer("start", 0), asked.node.attributes.get("end")
    return None if shape is None or first is None else listed(shape[first:last])


def _size(asked: Asked) -> Answer:
    shape, count = asked.shape(0), 1
    for size in shape or ():
        count = tried(times, count, size)
    return None if shape is None else Array((), (count,))


def _constant(asked: Asked) -> Answer:
    given = asked.node.attributes
    if isinstance(given.get("value"), Stored):
        return entries_of(given["value"])
    for name, kind in (("value_int", "int64"), ("value_float", "float")):
        if name in given:
            return Array((), (number(given[name]),), kind)
    for name, kind in (("value_ints", "int64"), ("value_floats", "float")):
        if name in given:
            return listed([number(item) for item in given[name]], kind)
    return None


def _filled(asked: Asked) -> Answer:
    dims, value = asked.numbers(0), asked.node.attributes.get("value")
    filling = entries_of(value) if isinstance(value, Stored) else Array((1,), (0,), "float")
    if dims is None or filling is None or len(filling.entries) != 1:
        return None
    if min(dims, default=0) < 0 or prod(dims) > MOST_ENTRIES:
        return None
    return Array(dims, filling.entries * prod(dims), filling.element)


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


def _reshape(asked: Asked) -> Answer:
    data, target = asked.array(0), asked.numbers(1, "shape")
    if data is None or target is None:
        return None
    copied = not asked.integer("allowzero", 0)
    if any(size == 0 and copied and place >= len(data.dims) for place, size in enumerate(target)):
        return None
    dims = [data.dims[place] if size == 0 and copied else size for place, size in enumerate(target)]
    if dims.count(-1) == 1:
        rest = prod(size for size in dims if size != -1)
        dims[dims.index(-1)] = len(data.entries) // rest if rest else -1
    return _again(data, tuple(dims))


def _again(data: Array, dims: tuple[int, ...]) -> Array | None:
    fits = min(dims, default=0) >= 0 and prod(dims) == len(data.entries)
    return Array(dims, data.entries, data.element) if fits else None


def _squeeze(asked: Asked) -> Answer:
    data, axes = asked.array(0), asked.numbers(1, "axes")
    if data is None or (axes is None and not asked.left_out(1)):
        return None
    gone = {axis_of(axis, len(data.dims)) for axis in axes} if axes else set(range(len(data.dims)))
    return _again(data, tuple(s for axis, s in enumerate(data.dims) if not (axis in gone and (axes or s == 1))))


def _unsqueeze(asked: Asked) -> Answer:
    data, axes = asked.array(0), asked.numbers(1, "axes")
    if data is None or axes is None:
        return None
    rank = len(data.dims) + len(axes)
    new = {axis_of(axis, rank) for axis in axes}
    if None in new or len(new) < len(axes):
        return None
    rest = iter(data.dims)
    return _again(data, tuple(1 if axis in new else next(rest) for axis in range(rank)))


def _transpose(asked: Asked) -> Answer:
    data = asked.array(0)
    if data is None:
        return None
    order = asked.node.attributes.get("perm", tuple(reversed(range(len(data.dims)))))
    if not isinstance(order, tuple) or sorted(order) != list(range(len(data.dims))):
        return None
    numbered = Array(data.dims, tuple(range(len(data.entries))))
    back = sorted(range(len(order)), key=order.__getitem__)
    dims = tuple(data.dims[axis] for axis in order)
    entries: list[Any] = [None] * len(data.entries)
    steps = [prod(dims[axis + 1 :]) for axis in back]
    for place in numbered.entries:
        rest, target = place, 0
        for size, step in zip(reversed(data.dims), reversed(steps), strict=True):
            rest, along = divmod(rest, size)
            target += along * step
        entries[target] = data.entries[place]
    return Array(dims, tuple(entries), data.element)


def _expand(asked: Asked) -> Answer:
    data, target = asked.array(0), asked.numbers(1)
    dims = together([data.dims, target]) if data is not None and target is not None else None
    return None if data is None or dims is None else Array(dims, data.spread(dims), data.element)


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


def _range(asked: Asked) -> Answer:
    arrays = [asked.array(place) for place in range(3)]
    given = [array.integers() for array in arrays if array is not None and array.element.startswith("int")]
    if len(given) < 3 or any(found is None or len(found) != 1 for found in given):
        return None
    start, stop, step = (found[0] for found in given if found)
    if not step or len(range(start, stop, step)) > MOST_ENTRIES:
        return None
    return listed(range(start, stop, step))


def _nonzero(asked: Asked) -> Answer:
    data = asked.array(0)
    found = data.integers() if data is not None else None
    if data is None or found is None or len(data.dims) != 1:
        return None
    places = [place for place, entry in enumerate(found) if entry]
    return Array((1, len(places)), tuple(places))


REARRANGED: Mapping[str, Calculation] = {
    "Shape": _shape,
    "Size": _size,
    "Constant": _constant,
    "ConstantOfShape": _filled,
    "Identity": lambda asked: asked.array(0),
    "Dropout": lambda asked: asked.array(0),
    "Gather": _gather,
    "Slice": _slice,
    "Concat": _concat,
    "Reshape": _reshape,
    "Flatten": lambda asked: None,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
    "Expand": _expand,
    "Tile": _tile,
    "Split": _split,
    "Range": _range,
    "NonZero": _nonzero,
}
