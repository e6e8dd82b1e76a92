"""Entries that stay what they are and go to other places; sizes read off shapes; constants."""

from __future__ import annotations

from collections.abc import Mapping
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
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
    "Expand": _expand,
    "Range": _range,
    "NonZero": _nonzero,
}
