"""The rule book: importing it enters every rule. See ``RULES`` for their names and mathematics."""

from convmath.proof import (
    bounds,
    comparing,
    counting,
    floors,
    inside,
    naming,
    operations,
    padding,
    ragged,
    reading,
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
    "padding",
    "ragged",
    "reading",
    "rewriting",
    "slopes",
    "sums",
]

JUDGED = frozenset(
    {
        "always holds",
        "count from 0",
        "count from 0, or none",
        "divide both sides",
        "factor",
        "put in on both sides",
        "divide",
        "farthest read",
        "gather",
        "integer",
        "into the floor",
        "isolate",
        "nested floor",
        "smaller bound",
        "the floor between",
        "undo the floor",
    }
)
"""Rules for inequalities of integers: the tests put every step of the book that they make before z3 as well."""
