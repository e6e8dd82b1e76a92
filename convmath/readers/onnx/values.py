"""What a graph calculates about sizes: small arrays whose entries are known, though no weight and no picture is.

Exporters write `x.view(x.shape[0], -1)` as Shape, Gather, Concat and Reshape. The entries on this way are integers,
fractions, or sizes with letters; an entry that is not known is None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from convmath.readers.onnx.exact import number
from convmath.readers.onnx.graph import Node, Stored

MOST_ENTRIES = 4096
Sizes = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """A small array.

    Attributes:
        dims: its sizes.
        entries: in row-major order; None stands for one that is not known.
        element: the type of the entries, as in ``"int64"``.
    """

    dims: tuple[int, ...]
    entries: tuple[Any, ...]
    element: str = "int64"

    def integers(self) -> tuple[int, ...] | None:
        """The entries as plain integers, in order; None where one is none."""
        if not all(isinstance(entry, int) for entry in self.entries):
            return None
        return tuple(map(int, self.entries))

    def taken(self, *places: Sequence[int]) -> Array:
        """The entries at the given places, along each axis."""
        steps = strides(self.dims)
        found = tuple(
            self.entries[sum(place * step for place, step in zip(index, steps, strict=True))]
            for index in product(*places)
        )
        return Array(tuple(map(len, places)), found, self.element)

    def spread(self, dims: tuple[int, ...]) -> tuple[Any, ...]:
        """The entries of this array repeated to the sizes ``dims``, which it broadcasts to."""
        own = (1,) * (len(dims) - len(self.dims)) + self.dims
        places = [range(size) if one == size else (0,) * size for one, size in zip(own, dims, strict=True)]
        return Array(own, self.entries, self.element).taken(*places).entries


@dataclass(frozen=True, slots=True)
class Asked:
    """One call whose entries are asked for.

    Attributes:
        node: the call.
        arrays: the entries of its inputs, None where they are not known or the input is left out.
        shapes: the sizes of its inputs, None where they are not known or the input is left out.
    """

    node: Node
    arrays: Sequence[Array | None]
    shapes: Sequence[Sizes | None]

    def array(self, place: int) -> Array | None:
        return self.arrays[place] if place < len(self.arrays) else None

    def shape(self, place: int) -> Sizes | None:
        return self.shapes[place] if place < len(self.shapes) else None

    def numbers(self, place: int, attribute: str = "") -> tuple[int, ...] | None:
        """Integers that an input gives, or in older operators an attribute."""
        found = self.array(place)
        if found is not None:
            return found.integers()
        given = self.node.attributes.get(attribute)
        return given if isinstance(given, tuple) and all(isinstance(item, int) for item in given) else None

    def left_out(self, place: int) -> bool:
        """Whether there is no such input."""
        return place >= len(self.node.inputs) or not self.node.inputs[place]

    def integer(self, attribute: str, default: int) -> int | None:
        found = self.node.attributes.get(attribute, default)
        return found if isinstance(found, int) else None


Answer = Array | None | tuple[Array | None, ...]
Calculation = Callable[[Asked], Answer]


def calculated(node: Node, arrays: Sequence[Array | None], shapes: Sequence[Sizes | None]) -> tuple[Array | None, ...]:
    """The entries of what ``node`` gives, for each output; None where they are not known, or too many.

    It judges nothing: a call that does not fit has no entries here, and is refused where its shape is asked for.
    """
    from convmath.readers.onnx.parts import PARTS
    from convmath.readers.onnx.pointwise import POINTWISE
    from convmath.readers.onnx.rearranged import REARRANGED

    call = {**POINTWISE, **REARRANGED, **PARTS}.get(node.op) if not node.domain else None
    found = call(Asked(node, arrays, shapes)) if call else None
    several = found if isinstance(found, tuple) else (found,)
    kept = [item if item is not None and len(item.entries) <= MOST_ENTRIES else None for item in several]
    return (*kept, *(None for _ in node.outputs))[: len(node.outputs)]


def entries_of(stored: Stored) -> Array | None:
    """The entries of a stored array, where they were read."""
    if stored.values is None:
        return None
    return Array(stored.dims, tuple(map(number, stored.values)), stored.element)


def listed(sizes: Sequence[Any], element: str = "int64") -> Array:
    """A list as an array with one axis."""
    return Array((len(sizes),), tuple(sizes), element)


def strides(dims: Sequence[int]) -> tuple[int, ...]:
    """How many entries lie between neighbours along each axis."""
    found = [1]
    for size in reversed(dims[1:]):
        found.append(found[-1] * size)
    return tuple(reversed(found))[len(found) - len(dims) :] if dims else ()


def together(dims: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The sizes that several arrays broadcast to; None where they do not, or are too many."""
    rank = max(map(len, dims), default=0)
    padded = [(1,) * (rank - len(item)) + item for item in dims]
    found = tuple(next((size for size in along if size != 1), 1) for along in zip(*padded, strict=True))
    fits = all(size in (1, most) for item in padded for size, most in zip(item, found, strict=True))
    return found if fits and prod(found) <= MOST_ENTRIES else None


def axis_of(axis: Any, rank: int) -> int | None:
    """An axis counted from 0, or None where there is no such axis."""
    return axis % rank if isinstance(axis, int) and -rank <= axis < rank else None
