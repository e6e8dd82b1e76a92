"""Every value of some summed indices at many points at once."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from convmath.proof.quotients import Ints

MOST_CELLS = 1 << 18
"""How many values are worked on at once."""


def blocks(sizes: list[Ints], count: int) -> Iterator[tuple[Ints, list[Ints]]]:
    """(which point, the value of each index there), for every choice of indices below their sizes at the point."""
    largest = [int(size.max(initial=0)) for size in sizes]
    places, step = prod(largest), max(1, MOST_CELLS // max(1, count))
    for start in range(0, places, step):
        numbers = np.arange(start, min(start + step, places))
        index = [np.asarray(part, np.int64) for part in np.unravel_index(numbers, largest)] if sizes else []
        inside = np.ones((count, len(numbers)), bool)
        for part, size in zip(index, sizes, strict=True):
            inside &= part[None, :] < size[:, None]
        rows, columns = np.nonzero(inside)
        yield rows, [part[columns] for part in index]
