"""Every value of some summed indices at many points at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from convmath.proof.quotients import Ints

MOST_CELLS = 1 << 18
"""How many values are worked on at once, unless one point has more."""


def blocks(sizes: list[Ints], count: int) -> Iterator[tuple[Ints, list[Ints]]]:
    """(which point, the value of each index there), for every choice of indices below their sizes at the point."""
    counts = [np.maximum(size, 0) for size in sizes]
    ends = np.cumsum(np.prod(counts, axis=0, dtype=np.int64) if counts else np.ones(count, np.int64))
    start = 0
    while start < count:
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + MOST_CELLS, side="right")))
        yield _spread(np.arange(start, min(stop, count)), counts)
        start = stop


def _spread(rows: Ints, counts: list[Ints]) -> tuple[Ints, list[Ints]]:
    """Every point once for each choice of its indices, the last index the fastest."""
    index: list[Ints] = []
    for size in counts:
        times = size[rows]
        copies = np.repeat(np.arange(len(rows)), times)
        first = np.repeat(np.cumsum(times) - times, times)
        index = [*(part[copies] for part in index), np.arange(len(copies)) - first]
        rows = rows[copies]
    return rows, index
