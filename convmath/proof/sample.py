"""Integer points inside assumptions, drawn by chance and kept where every assumption holds."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.random  # here, so that the first derivation does not wait for it

from convmath.errors import ProofError, UnsupportedError
from convmath.language.tree import Int, Relation, Sym, letters_of
from convmath.proof.points import LARGEST, Points, Shapes
from convmath.proof.quotients import Ints

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
    for name, value in lower:
        if abs(value) > LARGEST:
            raise UnsupportedError(f"{name} ≥ {value} is too large for exact points: give it as a letter with a value")
    bound = {name for r in relations if not isinstance(r.left, Sym) for name in letters_of(r.left, r.right)}
    draw = _Draw(relations, letters, dict(lower), span)
    kept: list[Points] = []
    far = False
    for attempt in range(TRIES):
        far = attempt > FEW and not kept  # nothing near the least values: the letters of the conditions reach further
        points = Points(draw(dict.fromkeys(bound, span * (attempt + 1)) if far else {}), shapes)
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
    if far:  # the smallest ones, so that not too many places are visited
        order = np.argsort(np.sum([joined[name] for name in bound & joined.keys()], axis=0), kind="stable")
        joined = {name: values[order] for name, values in joined.items()}
    return Points({name: values[:POINTS] for name, values in joined.items()}, shapes)


class _Draw:
    """Values for letters by chance: equations fix a letter, and a number that must divide one gives its steps."""

    def __init__(
        self, relations: tuple[Relation, ...], letters: tuple[str, ...], least: dict[str, int], span: int
    ) -> None:
        self.random = np.random.default_rng(20_160_324)
        self.letters, self.least, self.span = letters, least, span
        self.steps: dict[str, int] = {}
        self.fixed: set[str] = set()
        for relation in relations:
            match relation:
                case Relation(Sym(name), "=", Int()):
                    self.fixed.add(name)
                case Relation(Int(value), "∣", Sym(name)) if 0 < value <= LARGEST:
                    self.steps[name] = math.lcm(self.steps.get(name, 1), value)

    def __call__(self, wide: dict[str, int]) -> dict[str, Ints]:
        spans = {name: 1 if name in self.fixed else wide.get(name, self.span) for name in self.letters}
        return {
            name: (self.random.integers(0, spans[name], DRAWN) + self.least.get(name, 0)) * self.steps.get(name, 1)
            for name in self.letters
        }
