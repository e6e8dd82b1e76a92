"""The places along one axis, as a value: which, how many, from where to where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

Places = range | tuple[int, ...]
"""Ascending, each place once."""


@dataclass(frozen=True, slots=True)
class Positions:
    """A set of places along one axis of an array.

    Attributes:
        places: a range where the places stand at equal distances, else a tuple in ascending order.

    >>> found = Positions.of([4, 0, 2])
    >>> found.places, found.lowest, found.highest, found.count
    (range(0, 5, 2), 0, 4, 3)
    """

    places: Places

    @classmethod
    def of(cls, places: Iterable[int]) -> Positions:
        """The set of ``places``, in whatever order and however often they are named."""
        if isinstance(places, range) and places:
            first, last = sorted((places[0], places[-1]))
            return cls(_evenly(first, last, abs(places.step)))
        found = tuple(sorted(set(places)))
        steps = {after - before for before, after in pairwise(found)}
        if len(steps) > 1:
            return cls(found)
        return cls(_evenly(found[0], found[-1], *steps) if found else range(0))

    @property
    def count(self) -> int:
        """How many places there are."""
        if isinstance(self.places, tuple):
            return len(self.places)
        return max(0, -((self.places.start - self.places.stop) // self.places.step))  # len() ends at 2⁶³

    @property
    def lowest(self) -> int | None:
        """The first place, None where there is none."""
        return self.places[0] if self.places else None

    @property
    def highest(self) -> int | None:
        """The last place, None where there is none."""
        return self.places[-1] if self.places else None

    def __iter__(self) -> Iterator[int]:
        return iter(self.places)

    def __len__(self) -> int:
        return self.count

    def __contains__(self, place: object) -> bool:
        return place in self.places

    def __str__(self) -> str:
        match self.places:
            case range() if self.count == 0:
                return "none"
            case range(start=start) if self.count == 1:
                return str(start)
            case range(start=start, step=1):
                return f"{start} … {self.highest}"
            case range(start=start, step=step) if self.count > 4:
                return f"{start}, {start + step}, … {self.highest}"
        return ", ".join(map(str, self.places))


NOWHERE = Positions(range(0))


def _evenly(first: int, last: int, step: int = 1) -> range:
    """Every ``step``-th place from ``first`` to ``last``; one place has no step of its own."""
    return range(first, last + 1, step if first != last else 1)
