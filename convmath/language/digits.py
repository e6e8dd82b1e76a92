"""Which summed indices the conditions leave one value: the digits of a number that the output fixes.

``o·t ≤ H·i ≤ o·t + o − 1`` says that t is ⌊H·i/o⌋, and ``x = W·i + j`` with j < W says what i and j
are. Two such inequalities are o − 1 apart, and the number between them is a multiple of o.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from convmath.language.definition import Definition, Term
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tidy import flipped, put, tidy
from convmath.language.tree import Expr, Int, Relation


@dataclass(frozen=True, slots=True)
class Digits:
    """``names`` are the digits of ⌊number / unit⌋, the last the slowest; the number is fixed before them."""

    names: tuple[str, ...]
    number: Expr
    unit: Expr


@lru_cache(maxsize=256)
def determined(definition: Definition) -> frozenset[str]:
    """The reduced indices that have one value at most, once the output's indices are given."""
    fixed = [{name for found in digits(definition, term) for name in found.names} for term in definition.terms]
    several = [set(term.reduced) - names for term, names in zip(definition.terms, fixed, strict=True)]
    return frozenset(set().union(*fixed) - set().union(*several))


def digits(definition: Definition, term: Term) -> tuple[Digits, ...]:
    """How the conditions of a term determine its reduced indices, one after another."""
    found: list[Digits] = []
    left = set(term.reduced)
    pairs = _pairs(term.where)
    while True:
        tried = (_digits(definition, slack, apart, left) for slack, apart in pairs)
        more = next((item for item in tried if item is not None), None)
        if more is None:
            return tuple(found)
        found.append(more)
        left -= set(more.names)


def _pairs(where: tuple[Relation, ...]) -> list[tuple[Expr, Expr]]:
    """(slack, apart) with 0 ≤ slack ≤ apart, for each two conditions that say so."""
    slacks = [tidy(r.right - r.left) for r in where if r.op == "≤"]
    pairs = [(one, tidy(one + other)) for one, other in permutations(slacks, 2)]
    zeros = [tidy(r.right - r.left) for r in where if r.op == "="]
    return pairs + [(side, Int(0)) for zero in zeros for side in (zero, flipped(zero))]


def _digits(definition: Definition, slack: Expr, apart: Expr, unknown: set[str]) -> Digits | None:
    """The unknown indices of ``slack`` = number − Σ slope·index, where they are digits of a multiple of apart + 1."""
    form, distance = linear(slack, definition.indices), linear(apart, definition.indices)
    if form is None or distance is None or distance[0]:
        return None
    slopes = {name: flipped(slope) for name, slope in form[0].items() if name in unknown}
    unit = first = tidy(apart + 1)
    names: list[str] = []
    while len(names) < len(slopes):
        match = [name for name, slope in slopes.items() if name not in names and equal(slope, unit)]
        if len(match) != 1:
            return None
        names.append(match[0])
        unit = definition.range_of(match[0]) * unit
    return Digits(tuple(names), put(slack, dict.fromkeys(names, Int(0))), first) if names else None
