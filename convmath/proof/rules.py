"""The rule book: importing it enters every rule. See ``RULES`` for their names and mathematics."""

from convmath.proof import (
    bounds,
    comparing,
    counting,
    floors,
    inside,
    naming,
    operations,
    outermost,
    padding,
    period,
    ragged,
    reading,
    remainders,
    rewriting,
    slopes,
    sums,
)
from convmath.proof.step import RULES, Rule

__all__ = [
    "JUDGED",
    "RULES",
    "Rule",
    "bounds",
    "comparing",
    "counting",
    "floors",
    "inside",
    "naming",
    "operations",
    "outermost",
    "padding",
    "period",
    "ragged",
    "reading",
    "remainders",
    "rewriting",
    "slopes",
    "sums",
]

JUDGED = frozenset(
    {
        "above none",
        "agree on one period",
        "always holds",
        "below a floor",
        "count from 0",
        "count from 0, or none",
        "divide both sides",
        "factor",
        "put in on both sides",
        "divide",
        "farthest read",
        "follows",
        "gather",
        "integer",
        "into the floor",
        "isolate",
        "less a multiple",
        "nested floor",
        "no remainder",
        "one period decides",
        "out of the floor",
        "remainders in turn",
        "smaller bound",
        "the floor between",
        "undo the floor",
    }
)
"""Rules for inequalities of integers: the tests put every step of the book that they make before z3 as well."""
