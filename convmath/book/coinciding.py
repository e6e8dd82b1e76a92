"""What breaks when two points of a fast algorithm are one, or one is missing: the smallest arrays."""

from __future__ import annotations

from functools import cache
from itertools import product

from convmath.book.entries import Search
from convmath.derive.programs import fast
from convmath.derive.transforms import INFINITY, Point, named, powers, transforms
from convmath.errors import ProofError


def lost(points: tuple[Point, ...], m: int = 2, r: int = 2) -> str | None:
    """A filter and an input whose convolution no numbers B can give: every product that an output takes is 0."""
    for taps in product((0, 1, -1), repeat=r):
        factors = [sum(a * b for a, b in zip(powers(point, r), taps, strict=True)) for point in points]
        for data, place in product(product((0, 1), repeat=m + r - 1), range(m)):
            reads = [powers(point, m)[place] for point in points]
            found = sum(tap * data[place + at] for at, tap in enumerate(taps))
            if found and not any(factor and read for factor, read in zip(factors, reads, strict=True)):
                where, used = ", ".join(map(named, points)), [f"M_{at}" for at, read in enumerate(reads) if read]
                return (
                    f"Counterexample (the smallest found): F({m}, {r}) from the points {where}. W = {list(taps)} has "
                    f"the values {[*map(int, factors)]} there. Output {place} is made of {' and '.join(used)} alone, "
                    f"so it is 0 whatever V is; the convolution of X = {list(data)} gives {found}."
                )
    return None


ZERO: Point = (0, 1)
SAME = Search("F(2, 2) from 0, 0 and infinity, W of 0, 1 and −1, X of 0 and 1", lambda: lost((ZERO, ZERO, INFINITY)))
FEWER = Search("F(2, 2) from 0 and infinity, W of 0, 1 and −1, X of 0 and 1", lambda: lost((ZERO, INFINITY)))


@cache
def programs_agree() -> int:
    """How many programs were written out and counted: as many products as points along one axis, the square along two.

    Raises:
        ProofError: one of them has another number.
    """
    made = [transforms(m, r) for m, r in product((1, 2, 3), repeat=2)]
    for found, rank in product(made, (1, 2)):
        counted, expected = fast(found, rank).multiplications, len(found.points) ** rank
        if counted != expected:
            raise ProofError(f"F({found.m}, {found.r}) along {rank} axes has {counted} products, not {expected}")
    return 2 * len(made)
