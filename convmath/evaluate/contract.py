"""Sums of products of views, as one batched matrix product.

An index is *batch* (in both factors and kept), *free* (in one and kept) or *contracted*. Which
copies are made decides the speed, so the layout follows the order of the result: its last free run
is the columns, the run of the other factor before it the rows, and all before those is batch. A
convolution is W (o, c·u·v) @ X (n, c·u·v, i·j) → (n, o, i·j): nothing of the result is moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from math import prod
from typing import NamedTuple

import numpy as np

from convmath.evaluate.views import TAPS, Array, aligned, fold

LARGEST_COPY = 1 << 27
"""Bytes of windows that are laid out at a time; beyond, the product is made in pieces."""


class Factor(NamedTuple):
    """An array and the index of each of its axes."""

    array: Array
    indices: tuple[str, ...]

    def sizes(self) -> dict[str, int]:
        return dict(zip(self.indices, self.array.shape, strict=True))


class Groups(NamedTuple):
    """The indices of a matrix product (batch; rows, inner) @ (batch; inner, columns)."""

    batch: list[str]
    rows: list[str]
    columns: list[str]
    inner: list[str]


def contract(factors: Sequence[Factor], target: tuple[str, ...]) -> Array:
    """Σ Π factors over every index that is not in ``target``; of size 1 where no factor has the index.

    May return a view of a factor.
    """
    left = [_alone(factor, _needed(factors, at, target), factor.indices) for at, factor in enumerate(factors)]
    while len(left) > 1:
        first, second = _cheapest(left, target) if len(left) > 2 else (0, 1)
        pair = left[first], left[second]
        left = [factor for at, factor in enumerate(left) if at not in (first, second)]
        if not left:
            return _product(*pair, target)
        kept = set(target).union(*(factor.indices for factor in left))
        order = tuple(dict.fromkeys(n for f in pair for n in f.indices if n in kept))
        joined = Factor(_product(*pair, order), order)
        left = [joined, *left]
        left[0] = _alone(joined, _needed(left, 0, target), order)
    return aligned(*_alone(left[0], set(target), target), target)


def _needed(factors: Sequence[Factor], at: int, target: tuple[str, ...]) -> set[str]:
    return set(target).union(*(factor.indices for i, factor in enumerate(factors) if i != at))


def _alone(factor: Factor, needed: set[str], order: tuple[str, ...]) -> Factor:
    """Sums over the indices that stand in this factor only, before anything is multiplied."""
    kept = tuple(name for name in order if name in factor.indices and name in needed)
    if len(kept) == len(factor.indices):
        return factor
    summed = [name for name in factor.indices if name not in kept]
    return Factor(fold(aligned(*factor, (*kept, *summed)), len(summed), np.add), kept)


def _cheapest(factors: Sequence[Factor], target: tuple[str, ...]) -> tuple[int, int]:
    """The two factors whose product has the fewest multiplications."""

    def cost(pair: tuple[int, int]) -> int:
        return prod((factors[pair[0]].sizes() | factors[pair[1]].sizes()).values())

    return min(combinations(range(len(factors)), 2), key=cost)


def _product(a: Factor, b: Factor, order: tuple[str, ...]) -> Array:
    """Σ a·b in ``order``."""
    inner = [name for name in a.indices if name in b.indices and name not in order]
    if not inner:
        return np.asarray(aligned(*a, order) * aligned(*b, order), a.array.dtype)
    last = next((name for name in reversed(order) if (name in a.indices) != (name in b.indices)), None)
    if last in a.indices:
        a, b = b, a  # the columns come from b
    sizes = a.sizes() | b.sizes()
    rows = [name for name in order if name in a.indices and name not in b.indices]
    columns = [name for name in order if name in b.indices and name not in a.indices]
    thin = min(prod(sizes[n] for n in rows), prod(sizes[n] for n in columns)) == 1
    if thin and prod(sizes[n] for n in inner) <= TAPS and _moves(a, b, inner):
        return _tap_by_tap(a, b, inner, order)
    batch, rows, columns = _layout(order, rows, columns, sizes)
    groups = Groups(batch, rows, columns, _descending(a, b, inner))
    longest = max(order, key=lambda name: sizes.get(name, 0), default="")
    if sizes.get(longest, 0) > 1 and _copied(a, b, groups) > LARGEST_COPY:
        return _in_pieces(a, b, order, longest)
    return _matmul(a, b, groups, order)


def _copied(a: Factor, b: Factor, groups: Groups) -> int:
    """Bytes of the factors that are not matrices already."""
    found = 0
    for factor, rows, columns in ((a, groups.rows, groups.inner), (b, groups.inner, groups.columns)):
        array = aligned(*factor, (*groups.batch, *rows, *columns))
        if array.nbytes > LARGEST_COPY and not _fits(array, len(groups.batch), len(rows)):
            found += array.nbytes
    return found


def _moves(a: Factor, b: Factor, inner: list[str]) -> bool:
    """Whether the larger factor would have to be copied: its windows overlap or its axes are not in line."""
    big = a if a.array.size >= b.array.size else b
    return not big.array.flags.c_contiguous or big.indices[-len(inner) :] != tuple(inner)


def _tap_by_tap(a: Factor, b: Factor, inner: list[str], order: tuple[str, ...]) -> Array:
    """One multiplication and one addition a tap: a depthwise convolution has no matrix in it."""
    left, right = (aligned(*factor, (*inner, *order)) for factor in (a, b))
    result: Array | None = None
    scratch: Array | None = None
    for tap in product(*map(range, left.shape[: len(inner)])):
        if result is None:
            result = np.asarray(left[tap] * right[tap], left.dtype)
            scratch = np.empty_like(result)
        else:
            result += np.multiply(left[tap], right[tap], out=scratch)
    assert result is not None, "ranges are at least 1"
    return result


def _in_pieces(a: Factor, b: Factor, order: tuple[str, ...], along: str) -> Array:
    """Halves along one index of the result, so that the windows laid out stay small."""
    size = (a.sizes() | b.sizes())[along]
    parts = []
    for half in (slice(0, size // 2), slice(size // 2, size)):
        left, right = (
            Factor(f.array[tuple(half if n == along else slice(None) for n in f.indices)], f.indices) for f in (a, b)
        )
        parts.append(_product(left, right, order))
    return np.concatenate(parts, axis=order.index(along))


def _layout(
    order: tuple[str, ...], rows: list[str], columns: list[str], sizes: dict[str, int]
) -> tuple[list[str], list[str], list[str]]:
    """(batch, rows, columns) in the result's own order, or all that are free where those are thin."""
    at = len(order)
    while at and order[at - 1] in columns:
        at -= 1
    start = at
    while start and order[start - 1] in rows:
        start -= 1
    known = [name for name in order if name in sizes]
    short = list(order[start:at]), list(order[at:])
    wide = all(
        prod(sizes[n] for n in part) >= min(16, prod(sizes[n] for n in whole))
        for part, whole in zip(short, (rows, columns), strict=True)
    )
    if wide:
        return [name for name in order[:start] if name in sizes], *short
    return [name for name in known if name not in rows and name not in columns], rows, columns


def _descending(a: Factor, b: Factor, inner: list[str]) -> list[str]:
    """The contracted indices as the larger factor has them in memory."""
    big = a if a.array.size >= b.array.size else b
    strides = dict(zip(big.indices, big.array.strides, strict=True))
    return sorted(inner, key=lambda name: -abs(strides[name]))


def _matmul(a: Factor, b: Factor, groups: Groups, order: tuple[str, ...]) -> Array:
    batch, rows, columns, inner = groups
    sizes = a.sizes() | b.sizes()
    left, right = _matrix(a, batch, rows, inner), _matrix(b, batch, inner, columns)
    result: Array = np.matmul(left, right)
    names = (*batch, *rows, *columns)
    shape = [sizes[name] for name in names]
    return aligned(result.reshape(shape), names, order)


def _matrix(factor: Factor, batch: list[str], rows: list[str], columns: list[str]) -> Array:
    """(batch …, rows, columns) as matrices that BLAS takes as they are: a view where there is one."""
    sizes = factor.sizes()
    count, width = prod(sizes[n] for n in rows), prod(sizes[n] for n in columns)
    lead = [sizes.get(name, 1) for name in batch]
    array = aligned(*factor, (*batch, *rows, *columns))
    if _fits(array, len(batch), len(rows)):
        return array.reshape(*lead, count, width)
    if _run(array, len(batch) + len(rows) - 1, len(batch)) > _run(array, array.ndim - 1, len(batch) + len(rows)):
        turned = np.ascontiguousarray(aligned(*factor, (*batch, *columns, *rows)))
        return turned.reshape(*lead, width, count).swapaxes(-1, -2)
    return np.ascontiguousarray(array).reshape(*lead, count, width)


def _run(array: Array, axis: int, first: int) -> float:
    """How well a copy with ``axis`` innermost goes: long runs of near entries."""
    if axis < first:
        return 0.0
    return float(array.shape[axis] / min(8.0, max(1.0, abs(array.strides[axis]) / array.itemsize)))


def _fits(array: Array, batch: int, rows: int) -> bool:
    """Whether rows and columns each merge into one axis, one of them of adjacent entries."""
    row = _merged(array, batch, batch + rows)
    column = _merged(array, batch + rows, array.ndim)
    if row is None or column is None:
        return False
    (count, step), (width, stride) = row, column
    item = array.itemsize
    return (stride == item and step >= width * item and step % item == 0) or (
        step == item and stride >= count * item and stride % item == 0
    )


def _merged(array: Array, first: int, last: int) -> tuple[int, int] | None:
    """(size, stride) of the axes first … last − 1 as one, or None where they are not in line."""
    size, stride = 1, 0
    for count, step in zip(reversed(array.shape[first:last]), reversed(array.strides[first:last]), strict=True):
        if count == 1:
            continue
        if size > 1 and step != size * stride:
            return None
        if size == 1:
            stride = step
        size *= count
    return size, stride if size > 1 else array.itemsize
