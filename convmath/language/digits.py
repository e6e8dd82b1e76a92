"""Which summed indices the conditions leave one value: the digits of a number that the output fixes.

``o·t ≤ H·i ≤ o·t + o − 1`` says that t is ⌊H·i/o⌋, and ``x = W·i + j`` with j < W says what i and j
are. Two such inequalities are o − 1 apart, and the number between them is a multiple of o.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import permutations

from convmath.language.definition import Definition
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tidy import flipped, tidy
from convmath.language.tree import Expr, Int, Relation


@lru_cache(maxsize=256)
def determined(definition: Definition) -> frozenset[str]:
    """The reduced indices that have one value at most, once the output's indices are given."""
    found: set[str] = set()
    several: set[str] = set()
    for term in definition.terms:
        pairs = _pairs(term.where)
        left = set(term.reduced)
        while fixed := {name for slack, apart in pairs for name in _digits(definition, slack, apart, left)}:
            left -= fixed
        found |= set(term.reduced) - left
        several |= left
    return frozenset(found - several)


def _pairs(where: tuple[Relation, ...]) -> list[tuple[Expr, Expr]]:
    """(slack, apart) with 0 ≤ slack ≤ apart, for each two conditions that say so."""
    slacks = [tidy(r.right - r.left) for r in where if r.op == "≤"]
    pairs = [(one, tidy(one + other)) for one, other in permutations(slacks, 2)]
    return pairs + [(tidy(r.right - r.left), Int(0)) for r in where if r.op == "="]


def _digits(definition: Definition, slack: Expr, apart: Expr, unknown: set[str]) -> set[str]:
    """The unknown indices of ``slack``, where they are the digits of one multiple of apart + 1."""
    form = linear(slack, definition.indices)
    distance = linear(apart, definition.indices)
    if form is None or distance is None or distance[0]:
        return set()
    slopes = {name: slope for name, slope in form[0].items() if name in unknown}
    for sign in (slopes, {name: flipped(slope) for name, slope in slopes.items()}):
        if _mixed_radix(definition, sign, tidy(apart + 1)):
            return set(slopes)
    return set()


def _mixed_radix(definition: Definition, slopes: Mapping[str, Expr], unit: Expr) -> bool:
    """Whether the slopes are unit, unit·n, unit·n·m … with n, m the ranges of the indices before."""
    left = dict(slopes)
    while left:
        match = [name for name, slope in left.items() if equal(slope, unit)]
        if len(match) != 1:
            return False
        unit = definition.range_of(match[0]) * unit
        del left[match[0]]
    return bool(slopes)
