"""The rule book: importing it enters every rule. See ``RULES`` for their names and mathematics."""

from convmath.proof import bounds, counting, padding, ragged, reading, rewriting
from convmath.proof.step import RULES, Rule

__all__ = ["RULES", "Rule", "bounds", "counting", "padding", "ragged", "reading", "rewriting"]
