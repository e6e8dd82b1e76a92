"""Sets of sizes that repeat: for each residue of a period, all sizes from a least one on, or up to a greatest one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import lcm

from convmath.errors import UnsupportedError

Bounds = tuple[int, int | None]
"""The least size and the greatest one, None where there is no greatest; empty where the greatest is below the least."""
MOST = 1 << 16
"""The longest period that is gone through."""


@dataclass(frozen=True, slots=True)
class Classes:
    """The sizes h with low ≤ h ≤ high of the class that h belongs to: ``bounds[h mod period]``.

    ``bounds`` has an entry for each residue: (low, high), or None where no size of the class is in the set.
    """

    bounds: tuple[Bounds | None, ...]

    @property
    def period(self) -> int:
        """How many classes there are."""
        return len(self.bounds)

    def __contains__(self, size: object) -> bool:
        if type(size) is not int:
            return False
        found = self.bounds[size % self.period]
        return found is not None and found[0] <= size and (found[1] is None or size <= found[1])

    def __and__(self, other: Classes) -> Classes:
        """The sizes in both."""
        period = lcm(self.period, other.period)
        check_period(period)
        pairs = ((self.bounds[at % self.period], other.bounds[at % other.period]) for at in range(period))
        return Classes(tuple(_both(one, two, at, period) for at, (one, two) in enumerate(pairs)))

    @property
    def empty(self) -> bool:
        """Whether there is none."""
        return all(found is None for found in self.bounds)

    @property
    def smallest(self) -> int | None:
        """The smallest size, None where there is none."""
        return min((found[0] for found in self.bounds if found is not None), default=None)

    @property
    def largest(self) -> int | None:
        """The largest size, None where there is none, or no end."""
        ends = [found[1] for found in self.bounds if found is not None]
        return None if not ends or None in ends else max(end for end in ends if end is not None)

    def below(self, size: int) -> int | None:
        """The largest one that is at most ``size``."""
        found = [self._down(at, bounds, size) for at, bounds in enumerate(self.bounds) if bounds is not None]
        return max((one for one in found if one is not None), default=None)

    def above(self, size: int) -> int | None:
        """The smallest one that is at least ``size``."""
        found = [self._up(at, bounds, size) for at, bounds in enumerate(self.bounds) if bounds is not None]
        return min((one for one in found if one is not None), default=None)

    def _down(self, residue: int, bounds: Bounds, size: int) -> int | None:
        top = size if bounds[1] is None else min(size, bounds[1])
        found = top - (top - residue) % self.period
        return found if found >= bounds[0] else None

    def _up(self, residue: int, bounds: Bounds, size: int) -> int | None:
        bottom = max(size, bounds[0])
        found = bottom + (residue - bottom) % self.period
        return found if bounds[1] is None or found <= bounds[1] else None

    def __iter__(self) -> Iterator[int]:
        size = self.above(1)
        while size is not None:
            yield size
            size = self.above(size + 1)

    def reduced(self) -> Classes:
        """The same set with the shortest period."""
        whole = self.period
        for period in (p for p in range(1, whole + 1) if whole % p == 0):
            shorter = Classes(tuple(_merged(self.bounds[at::period], at, period, whole) for at in range(period)))
            if all(one == self.bounds[at] for at, one in enumerate(_spread(shorter, whole))):
                return shorter
        return self

    def __str__(self) -> str:
        from convmath.network.wording import classes_text

        return classes_text(self, "H")


def every(least: int = 1) -> Classes:
    """All sizes from ``least`` on."""
    return Classes(((least, None),))


def settled(low: int, high: int | None, residue: int, period: int) -> Bounds | None:
    """The bounds moved to the class's own first and last size; None where none is left."""
    low += (residue - low) % period
    if high is None:
        return low, None
    high -= (high - residue) % period
    return (low, high) if low <= high else None


def check_period(period: int) -> None:
    """Refuses a period that is too long to be gone through.

    Raises:
        UnsupportedError: it is longer than MOST.
    """
    if period > MOST:
        raise UnsupportedError(f"the sizes repeat only every {period} places; at most {MOST} are gone through")


def _both(one: Bounds | None, two: Bounds | None, residue: int, period: int) -> Bounds | None:
    if one is None or two is None:
        return None
    ends = [end for end in (one[1], two[1]) if end is not None]
    return settled(max(one[0], two[0]), min(ends, default=None), residue, period)


def _merged(parts: tuple[Bounds | None, ...], residue: int, period: int, whole: int) -> Bounds | None:
    """One class of a shorter period, if its parts fit together."""
    del whole
    if any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    ends = [part[1] for part in known]
    high = None if None in ends else max(end for end in ends if end is not None)
    return settled(min(part[0] for part in known), high, residue, period)


def _spread(shorter: Classes, whole: int) -> Iterator[Bounds | None]:
    for at in range(whole):
        found = shorter.bounds[at % shorter.period]
        yield None if found is None else settled(found[0], found[1], at, whole)
