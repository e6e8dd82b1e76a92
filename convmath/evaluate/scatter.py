"""Adding products into place: t = s·i + d·u − p, one strided addition for each tap u.

On every written axis one index runs as a strided slice (the longest that no other axis needs); the
remaining ones are the taps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Part = slice | int
Place = tuple[tuple[Part, ...], tuple[Part, ...]]
"""Which part of the contraction is added, and where to."""


@dataclass(frozen=True, slots=True)
class Condition:
    """``name = Σ slope·index + offset``."""

    name: str
    slopes: tuple[tuple[str, int], ...]
    offset: int


def scatter_order(
    order: Sequence[str],
    kept: Sequence[str],
    conditions: Sequence[Condition],
    reads: Sequence[tuple[str, ...]],
    ranges: Mapping[str, int],
) -> tuple[tuple[str, ...], dict[str, str], tuple[str, ...]]:
    """(the contraction's order of indices, the index that runs as a slice on each axis, the taps)."""
    uses = [name for condition in conditions for name, _ in condition.slopes]
    vectors: dict[str, str] = {}
    for condition in conditions:
        free = [name for name, _ in condition.slopes if uses.count(name) == 1 and name not in order]
        if free:
            vectors[condition.name] = max(free, key=lambda name: ranges[name])
    taps = tuple(dict.fromkeys(name for name in uses if name not in vectors.values()))
    axes = [vectors.get(name, name) for name in order]
    plain = [name for name in axes if (name in kept or name in vectors.values()) and name not in taps]
    # Next to an index of the weight alone, taps make one tall matrix: (u·v·o, c) @ (c, i·j).
    at = next((at for at, name in enumerate(plain) if _with_taps(name, taps, vectors, reads)), 0)
    return (*plain[:at], *taps, *plain[at:]), vectors, taps


def _with_taps(name: str, taps: Sequence[str], vectors: Mapping[str, str], reads: Sequence[tuple[str, ...]]) -> bool:
    """Whether ``name`` stands in reads with taps, and never with an index that runs as a slice."""
    mine = [read for read in reads if name in read]
    return bool(mine) and all(set(read) & set(taps) and not set(read) & set(vectors.values()) for read in mine)


def scatter_places(
    order: Sequence[str],
    target: Sequence[str],
    conditions: Sequence[Condition],
    vectors: Mapping[str, str],
    taps: Sequence[str],
    *,
    ranges: Mapping[str, int],
) -> tuple[Place, ...]:
    """For each tap what is added where; taps that are cropped altogether are left out."""
    found: list[Place] = []
    for values in product(*(range(ranges[name]) for name in taps)):
        at = dict(zip(taps, values, strict=True))
        parts = {c.name: _slices(c, vectors.get(c.name), at, ranges) for c in conditions}
        if any(part is None for part in parts.values()):
            continue
        sources: dict[str, Part] = dict(at)
        goals: dict[str, Part] = dict(at)
        for name, part in parts.items():
            assert part is not None, "sorted out above"
            goals[name], sources[vectors.get(name, "")] = part[1], part[0]
        found.append(
            (
                tuple(sources.get(name, slice(None)) for name in target),
                tuple(goals.get(name, slice(None) if name in target else 0) for name in order),
            )
        )
    return tuple(found)


def _slices(
    condition: Condition, vector: str | None, at: Mapping[str, int], ranges: Mapping[str, int]
) -> tuple[Part, Part] | None:
    """(values of the running index, places they go to) inside 0 … extent − 1, or None for none."""
    slopes = dict(condition.slopes)
    base = condition.offset + sum(slope * at[name] for name, slope in slopes.items() if name != vector)
    last = ranges[condition.name] - 1
    if vector is None:
        return (0, base) if 0 <= base <= last else None
    slope, count = slopes[vector], ranges[vector]
    near, far = (0, last) if slope > 0 else (last, 0)
    # base + slope·x between near and far: x from ⌈(near − base)/slope⌉ to ⌊(far − base)/slope⌋
    low, high = max(0, -((base - near) // slope)), min(count - 1, (far - base) // slope)
    if low > high:
        return None
    start, stop = base + slope * low, base + slope * high
    end = stop + (1 if slope > 0 else -1)
    return slice(low, high + 1), slice(start, None if end < 0 else end, slope)


def scatter(values: NDArray[Any], places: Sequence[Place], shape: tuple[int, ...]) -> NDArray[Any]:
    """An array of ``shape``, zeros to which every part of ``values`` is added at its place."""
    result = np.zeros(shape, values.dtype)
    for source, goal in places:
        result[goal] += values[source]
    return result
