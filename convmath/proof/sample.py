"""Integer points inside assumptions, drawn by chance and kept where every assumption holds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.random  # here, so that the first derivation does not wait for it

from convmath.errors import ProofError
from convmath.language.tree import Int, Relation, Sym
from convmath.proof.points import Points, Shapes

POINTS = 200
DRAWN = 4_000
TRIES = 25


@lru_cache(maxsize=128)
def sample(
    relations: tuple[Relation, ...],
    letters: tuple[str, ...],
    lower: tuple[tuple[str, int], ...],
    shapes: Shapes,
    span: int,
) -> Points:
    """Points at which all ``relations`` hold; each letter runs over ``span`` values from its least one.

    Raises:
        ProofError: no such point was found, so the assumptions may contradict each other.
    """
    least = dict(lower)
    fixed = {r.left.name for r in relations if isinstance(r.left, Sym) and r.op == "=" and isinstance(r.right, Int)}
    random = np.random.default_rng(20_160_324)
    kept: list[Points] = []
    for attempt in range(TRIES):
        wide = span if kept or attempt < TRIES // 5 else span * attempt  # nothing found near the least values
        drawn = Points(
            {
                name: np.full(DRAWN, least[name])
                if name in fixed
                else random.integers(0, wide, DRAWN) + least.get(name, 0)
                for name in letters
            },
            shapes,
        )
        good = np.ones(DRAWN, bool)
        for relation in relations:
            good &= drawn.holds(relation)
        if good.any():
            kept.append(drawn.where(good))
        if sum(points.count for points in kept) >= POINTS:
            break
    if not kept:
        raise ProofError(f"no integer point satisfies {', '.join(map(str, relations))}: do they contradict each other?")
    joined = {name: np.concatenate([points.letters[name] for points in kept])[:POINTS] for name in letters}
    return Points(joined, shapes)
