"""Arrays that stand in their own padding, or have a number there: padded once, then read as any other.

Where zeros are padded nothing of this is done: a view pads as far as it really reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from convmath.errors import ShapeError
from convmath.evaluate.admission import check_shape
from convmath.evaluate.reads import number, scale_of
from convmath.evaluate.views import Array
from convmath.language.definition import NO_PADDING, Definition, Tensor
from convmath.language.tensor import Outside, sources
from convmath.language.tidy import put, tidy
from convmath.language.tree import Expr, Int, Read, Sym

Evaluate = Callable[[Definition, tuple[int, ...], Mapping[str, Any]], Array]


def has_margins(definition: Definition) -> bool:
    """Whether something else than zeros stands in the padding of an array."""
    return any(tensor.outside != "zeros" for tensor in definition.tensors)


def evaluate_margins(
    definition: Definition, extents: tuple[int, ...], arrays: Mapping[str, Any], evaluate: Evaluate
) -> Array:
    """The value of such a definition, by ``evaluate`` on padded arrays and a definition without padding.

    Raises:
        ShapeError: an array is of another shape, or cannot hold the number in its padding.
    """
    margins = _margins(definition)
    padded = {name: np.asarray(array) for name, array in arrays.items()}
    for name, tensor in margins.items():
        if name in padded:
            padded[name] = _padded(padded[name], tensor)
    return evaluate(_without_padding(definition), extents, padded)


def _margins(definition: Definition) -> dict[str, Tensor]:
    return {tensor.name: tensor for tensor in definition.tensors if tensor.outside != "zeros"}


@lru_cache(maxsize=256)
def _without_padding(definition: Definition) -> Definition:
    """The same operator on arrays that have their padding already: place t is place t + before."""
    margins = _margins(definition)

    def tensor(item: Tensor) -> Tensor:
        if item.name not in margins:
            return item
        sizes = zip(item.shape, item.padding, strict=True)
        shape = tuple(tidy(size + before + after) for size, (before, after) in sizes)
        return Tensor(item.name, shape, (NO_PADDING,) * len(shape))

    def read(item: Read) -> Read:
        if item.array not in margins:
            return item
        pads = margins[item.array].padding
        return Read(item.array, tuple(tidy(s + before) for s, (before, _) in zip(item.subscripts, pads, strict=True)))

    return replace(
        definition,
        terms=tuple(replace(term, reads=tuple(map(read, term.reads))) for term in definition.terms),
        tensors=tuple(map(tensor, definition.tensors)),
        ranges=tuple(definition.known_ranges.items()),  # said, since an axis that gives a range may be longer now
    )


def _padded(array: Array, tensor: Tensor) -> Array:
    check_shape(tensor.name, tuple(number(size) for size in tensor.shape), array.shape)
    pads = [(number(before), number(after)) for before, after in tensor.padding]
    if not isinstance(tensor.outside, str):
        return np.pad(array, pads, constant_values=_held(array, tensor.name, tensor.outside))
    for axis, (before, after) in enumerate(pads):
        if before or after:
            array = array.take(_places(tensor.outside, array.shape[axis], before, after), axis)
    return array


def _places(outside: Outside, size: int, before: int, after: int) -> Array:
    """Which place of the array each place of the padded axis reads."""
    pair = sources(outside, Sym("t"), Int(size))
    assert pair is not None, "only arrays that repeat themselves"
    first, last = pair
    outer = [_at(first, t) for t in range(-before, 0)], [_at(last, t) for t in range(size, size + after)]
    return np.concatenate([np.array(outer[0], np.intp), np.arange(size), np.array(outer[1], np.intp)])


def _at(source: Expr, place: int) -> int:
    return number(put(source, {"t": Int(place)}))


def _held(array: Array, name: str, outside: Expr) -> Any:
    """The number in the padding, as an entry of the array.

    Raises:
        ShapeError: the array's dtype does not hold it.
    """
    value = scale_of(outside)
    whole = value.numerator if value.denominator == 1 else None
    if array.dtype.kind == "O":
        return value if whole is None else whole
    if array.dtype.kind in "iu":
        info = np.iinfo(array.dtype)
        if whole is None or not info.min <= whole <= info.max:
            raise ShapeError(
                f"{name} is padded with {value}, which {array.dtype} cannot hold: convert {name} to a wider integer, "
                "to object or to floats"
            )
        return whole
    return array.dtype.type(float(Fraction(value)))
