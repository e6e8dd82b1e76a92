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
    quotients,
    ragged,
    reading,
    rewriting,
    slopes,
    sums,
    terms,
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
    "quotients",
    "ragged",
    "reading",
    "rewriting",
    "slopes",
    "sums",
    "terms",
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
        "isolate",
        "nested floor",
        "smaller bound",
        "the floor between",
        "undo the floor",
    }
)
"""Rules for inequalities of integers: the tests put every step of the book that they make before z3 as well."""
