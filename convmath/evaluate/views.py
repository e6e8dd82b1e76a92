"""A read as a strided view of its padded array: no product, no loop, no index array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Array = NDArray[Any]
TAPS = 100
"""Up to so many, a window is reduced tap by tap: NumPy is slow at reducing a small inner axis."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A read with numbers: at ``indices`` it looks at ``starts`` + Σ index · ``slopes[index]``.

    ``before`` and ``after`` are the places outside the array that it really touches.
    """

    array: str
    indices: tuple[str, ...]
    ranges: tuple[int, ...]
    slopes: tuple[tuple[int, ...], ...]
    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def padded(self) -> bool:
        return any(self.before) or any(self.after)


def view(array: Array, sight: Sight, fill: object = 0) -> Array:
    """``array`` as the read sees it: of shape ``sight.ranges``, one axis for each index.

    The plan has proved that every place lies inside the padded array.
    """
    if 0 in sight.ranges:
        return np.zeros(sight.ranges, array.dtype)
    base = _padded(array, sight, fill) if sight.padded else array
    starts = zip(sight.starts, sight.before, strict=True)
    corner: tuple[Any, ...] = (*(slice(start + before, None) for start, before in starts), ...)
    strides = tuple(
        sum(slope * step for slope, step in zip(slopes, base.strides, strict=True)) for slopes in sight.slopes
    )
    return as_strided(base[corner], sight.ranges, strides, writeable=False)


def _padded(array: Array, sight: Sight, fill: object) -> Array:
    sides = list(zip(sight.before, sight.sizes, sight.after, strict=True))
    shape = tuple(sum(side) for side in sides)
    # np.pad takes 50 µs a call; zeros come free from the system.
    base: Array = np.zeros(shape, array.dtype) if fill == 0 else np.full(shape, fill, array.dtype)
    base[tuple(slice(before, before + size) for before, size, _ in sides)] = array
    return base


def aligned(array: Array, indices: tuple[str, ...], order: Sequence[str]) -> Array:
    """The axes of ``array`` in ``order``, of size 1 where it does not have the index."""
    turned = array.transpose([indices.index(name) for name in order if name in indices])
    # The ellipsis keeps an array of no axes an array.
    place: tuple[Any, ...] = (*(slice(None) if name in indices else None for name in order), ...)
    return np.asarray(turned[place])


def fold(array: Array, axes: int, by: np.ufunc) -> Array:
    """``array`` reduced over its last ``axes`` axes; a fresh array, or ``array`` itself for no axes."""
    if not axes:
        return array
    kept = array.ndim - axes
    taps = prod(array.shape[kept:])
    whole = _is_block(array, kept) and taps >= 16
    if taps > TAPS or whole or prod(array.shape[:kept]) < 64:
        return np.asarray(by.reduce(array, axis=tuple(range(kept, array.ndim)), dtype=array.dtype), array.dtype)
    result: Array | None = None
    for tap in product(*map(range, array.shape[kept:])):
        place: tuple[Any, ...] = (..., *tap)
        part = array[place]
        result = np.array(part, order="C") if result is None else by(result, part, out=result)
    assert result is not None, "ranges are at least 1"
    return result


def _is_block(array: Array, kept: int) -> bool:
    """Whether each window is a block of memory of its own, as in global pooling."""
    inner = max(abs(s) * n for s, n in zip(array.strides[kept:], array.shape[kept:], strict=True))
    outer = [abs(s) for s, n in zip(array.strides[:kept], array.shape[:kept], strict=True) if n > 1]
    return bool(inner <= min(outer, default=inner))


def inside(sights: Sequence[Sight], order: Sequence[str]) -> NDArray[np.bool_]:
    """Where every read meets a real entry, broadcastable over ``order``."""
    found = np.ones((1,) * len(order), dtype=np.bool_)
    for sight in sights:
        for axis, size in enumerate(sight.sizes):
            if not sight.before[axis] and not sight.after[axis]:
                continue
            place = np.full((1,) * len(order), sight.starts[axis])
            for name, count, slopes in zip(sight.indices, sight.ranges, sight.slopes, strict=True):
                if slopes[axis]:
                    shape = [count if other == name else 1 for other in order]
                    place = place + slopes[axis] * np.arange(count).reshape(shape)
            found = found & (place >= 0) & (place < size)
    return found


def any_window_empty(sights: Sequence[Sight], target: tuple[str, ...]) -> bool:
    """Whether some output of a maximum sees padding only."""
    if not any(sight.padded for sight in sights):
        return False
    names = dict.fromkeys(name for sight in sights for name in sight.indices)
    order = (*target, *(name for name in names if name not in target))
    real = inside(sights, order)
    return not bool(real.any(axis=tuple(range(len(target), len(order)))).all())
