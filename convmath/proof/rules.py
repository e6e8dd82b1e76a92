"""The rule book: importing it enters every rule. See ``RULES`` for their names and mathematics."""

from convmath.proof import bounds, counting, floors, operations, padding, ragged, reading, rewriting
from convmath.proof.step import RULES, Rule

__all__ = [
    "JUDGED",
    "RULES",
    "Rule",
    "bounds",
    "counting",
    "floors",
    "operations",
    "padding",
    "ragged",
    "reading",
    "rewriting",
]

JUDGED = frozenset(
    {
        "always holds",
        "count from 0",
        "count from 0, or none",
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
