"""Two lines of a derivation, held against each other at exact integer points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from convmath.errors import ProofError
from convmath.language.tree import Relation, Sym
from convmath.proof.points import Points, every_place
from convmath.proof.statement import Statement

LONGEST_COUNT = 2_000


def agree(before: Statement, after: Statement, points: Points) -> int:
    """The number of points at which both lines say the same.

    Two equations for one thing must have equal right sides, wherever the second is said to hold; two
    requirements must hold at the same points; a count must be the number of i = 0, 1, 2, … that meet the
    requirement before it.

    Raises:
        ProofError: they differ; the message shows the point.
    """
    if before.left is not None and before.left == after.left:
        same = truth(Statement((Relation(before.right, "=", after.right),), after.ranges), points)
    elif after.is_value:
        same = _count(before, points) == points.integer(after.right)
    else:
        same = truth(before, points) == truth(after, points)
    if not same.all():
        where = int(np.argmin(same))
        shown = ", ".join(f"{name} = {value[where]}" for name, value in sorted(points.letters.items()))
        raise ProofError(f"{before} and {after} differ at {shown}")
    return points.count


def truth(statement: Statement, points: Points) -> NDArray[np.bool_]:
    """Where the statement holds, every value of its quantified indices tried."""
    sizes = [points.integer(size) for _, size in statement.ranges]
    holds = np.ones(points.count, bool)
    for place in every_place(sizes):
        inside = np.ones(points.count, bool)
        for index, size in zip(place, sizes, strict=True):
            inside &= index < size
        here = points.assign(**dict(zip((name for name, _ in statement.ranges), place, strict=True)))
        for relation in statement.relations:
            holds &= ~inside | here.holds(relation)
    return holds


def _count(requirement: Statement, points: Points) -> NDArray[np.int64]:
    return count(requirement, counted_index(requirement), points)


def count(requirement: Statement, index: str, points: Points) -> NDArray[np.int64]:
    """How many of 0, 1, 2, … meet the requirement as ``index``, before the first that does not."""
    running = np.ones(points.count, bool)
    found = np.zeros(points.count, np.int64)
    for i in range(LONGEST_COUNT):
        running &= truth(requirement, points.assign(**{index: i}))
        if not running.any():
            return found
        found += running
    raise ProofError(f"{requirement} still holds at {index} = {LONGEST_COUNT}: it does not bound {index}")


def count_outputs(requirement: Statement, result: Statement, index: object, points: Points) -> None:
    """Holds a derived size against counting, straight from the requirement that was read off.

    Raises:
        ProofError: they differ at some point.
    """
    if not (count(requirement, str(index), points) == points.integer(result.right)).all():
        raise ProofError(f"{result} is not the number of {index} that meet {requirement}")


def counted_index(requirement: Statement) -> str:
    """The index on the left of every relation ``i ≤ …``."""
    lefts = {relation.left for relation in requirement.relations}
    if len(lefts) == 1:
        (left,) = lefts
        if isinstance(left, Sym):
            return left.name
    raise ProofError(f"{requirement} is no bound of one index")
