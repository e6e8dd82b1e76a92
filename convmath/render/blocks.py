"""The blocks that a page of any format is made of, and the words that all formats share.

A :data:`Phrase` mixes words and mathematics; a format escapes the one and typesets the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from convmath.language.tree import Expr, Relation
from convmath.proof.statement import Statement
from convmath.proof.step import Evidence

GLUE = "\N{NO-BREAK SPACE}"
Piece = str | Expr | Relation
Phrase = tuple[Piece, ...]
"""Words (str) and mathematics, side by side."""


@dataclass(frozen=True, slots=True)
class Title:
    """What is derived."""

    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled entry, each phrase on a line of its own: Definition, Given, Find, Source."""

    label: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of one or more chains."""

    text: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One numbered step.

    ``continues``: its left side is that of the line above. ``unchanged``: so is everything.
    """

    number: int
    statement: Statement
    continues: bool
    unchanged: bool
    rule: str
    reason: str
    certificate: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Steps:
    """Consecutive steps."""

    lines: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """A chain that repeats an earlier one with other letters: its conclusion alone."""

    conclusion: Statement
    words: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Row:
    """One result: a word for it, and members that are all equal, the name first."""

    label: str
    members: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The results; ``given`` holds the numbers put in, ``summary`` names each value."""

    given: tuple[Relation, ...]
    rows: tuple[Row, ...]
    summary: tuple[tuple[str, Expr], ...]


Block = Title | Fact | Heading | Steps | Fold | Numbers


UNCHANGED = "as above"
"""Stands for the formula of a step that says something of the line above, and leaves it as it is."""


def evidence_words(evidence: Evidence) -> str:
    """``by definition``, ``proved · 200 points`` or ``tried at 200 points``."""
    points = f"{evidence.points} point{'' if evidence.points == 1 else 's'}"
    if evidence.verdict == "tried":
        return f"tried at {points}"
    return f"{evidence.verdict} · {points}" if evidence.points else evidence.verdict


def glued(text: str) -> str:
    """Words with the short formulas among them kept whole, by spaces that do not break."""
    return re.sub(r" ([−+·/≤≥=<>∣]) ", rf"{GLUE}\1{GLUE}", text)
