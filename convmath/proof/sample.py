"""Integer points inside assumptions, drawn by chance and kept where every assumption holds."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.random  # here, so that the first derivation does not wait for it

from convmath.errors import ProofError, UnsupportedError
from convmath.language.tree import Int, Relation, Sym, letters_of
from convmath.proof.points import LARGEST, Points, Shapes

POINTS = 200
DRAWN = 4_000
TRIES = 25
FEW = 4


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
    for name, value in lower:
        if abs(value) > LARGEST:
            raise UnsupportedError(f"{name} ≥ {value} is too large for exact points: give it as a letter with a value")
    fixed = {r.left.name for r in relations if isinstance(r.left, Sym) and r.op == "=" and isinstance(r.right, Int)}
    bound = {name for r in relations if not isinstance(r.left, Sym) for name in letters_of(r.left, r.right)} - fixed
    steps: dict[str, int] = {}
    for r in relations:
        if r.op == "∣" and isinstance(r.left, Int) and isinstance(r.right, Sym):
            steps[r.right.name] = math.lcm(steps.get(r.right.name, 1), r.left.value)
    random = np.random.default_rng(20_160_324)
    kept: list[Points] = []
    for attempt in range(TRIES):
        # Where nothing is found near the least values, the letters of the conditions reach further.
        wide = dict.fromkeys(bound, span * (attempt + 1)) if attempt > FEW and not kept else {}
        drawn = {
            name: (random.integers(0, 1 if name in fixed else wide.get(name, span), DRAWN) + least.get(name, 0))
            * steps.get(name, 1)
            for name in letters
        }
        points = Points(drawn, shapes)
        good = np.ones(DRAWN, bool)
        for relation in relations:
            good &= points.holds(relation)
        if good.any():
            kept.append(points.where(good))
        if sum(points.count for points in kept) >= POINTS:
            break
    if not kept:
        raise ProofError(f"no integer point satisfies {', '.join(map(str, relations))}: do they contradict each other?")
    joined = {name: np.concatenate([points.letters[name] for points in kept]) for name in letters}
    total = sum((joined[name] for name in bound & joined.keys()), start=np.int64(0)) if wide else None
    order = slice(POINTS) if total is None else np.argsort(total, kind="stable")[:POINTS]  # the smallest, to be quick
    return Points({name: values[order] for name, values in joined.items()}, shapes)
