"""One move of a derivation, which checks itself when it is made.

A :class:`Rule` computes the next line from the line before; it is never asked to agree with an
expected answer. The two lines are then evaluated at exact integer points by code that shares
nothing with the rule. A move that fails either raises :class:`~convmath.errors.ProofError`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from convmath.errors import ConvmathError, ProofError
from convmath.language.tree import Expr
from convmath.proof.agree import agree
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement

Argument = str | int | Expr | tuple[tuple[str, Expr], ...]
Arguments = Mapping[str, Argument]
Verdict = Literal["by definition", "proved", "tried"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a step may be believed.

    ``proved``: the rule's side conditions were discharged from the assumptions, by ``certificate``.
    ``tried``: it was evaluated at ``points`` points and held at all. ``by definition``: it reads the
    definition off. ``points`` counts the exact evaluations made beside the proof.
    """

    verdict: Verdict
    certificate: str
    points: int


@dataclass(frozen=True, slots=True)
class Move:
    """What a rule answers: the next line, why its side conditions hold, and words for the reason."""

    after: Statement
    certificate: str
    words: dict[str, str] = field(default_factory=dict)


Apply = Callable[[Statement, Ground, Arguments], Move]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named, general move. ``statement`` is its mathematics, ``reason`` what the reader is told."""

    name: str
    statement: str
    reason: str
    verdict: Verdict
    apply: Apply


RULES: dict[str, Rule] = {}
"""The rule book, by name."""


def rule(name: str, statement: str, reason: str, verdict: Verdict = "proved") -> Callable[[Apply], Apply]:
    """Writes a rule into the book; the function computes the move."""

    def write(apply: Apply) -> Apply:
        if name in RULES:
            raise AssertionError(f"the rule {name!r} is in the book already")
        RULES[name] = Rule(name, statement, reason, verdict, apply)
        return apply

    return write


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """``before`` becomes ``after`` by ``rule``; ``arguments`` tell the rule where to act."""

    before: Statement
    after: Statement
    rule: str
    arguments: tuple[tuple[str, Argument], ...]
    reason: str
    evidence: Evidence

    def __str__(self) -> str:
        return f"{self.before}  ⟶  {self.after}  ({self.rule}: {self.reason}; {self.evidence.verdict})"

    def __repr__(self) -> str:
        return f"<{self}>"


def take(before: Statement, rule_name: str, ground: Ground, /, **arguments: Argument) -> Step:
    """The step that ``rule_name`` makes from ``before``.

    Raises:
        ProofError: the rule does not apply, or the two lines differ at some point.
    """
    book = RULES.get(rule_name)
    if book is None:
        from difflib import get_close_matches

        near = get_close_matches(rule_name, RULES, n=3)
        hint = f"; the nearest are {', '.join(near)}" if near else f" among the {len(RULES)} of the book"
        raise ProofError(f"there is no rule called {rule_name[:80]!r}{hint}")
    try:
        move = book.apply(before, ground, arguments)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as fault:
        raise ProofError(f"{rule_name}: cannot be applied with {dict(arguments)} to {before} ({fault!r})") from fault
    points = 0
    if book.verdict != "by definition":
        points = agree(before, move.after, ground.points(before, move.after))
    reason = book.reason.format(**move.words) if move.words else book.reason
    evidence = Evidence(book.verdict, move.certificate, points)
    return Step(before, move.after, rule_name, tuple(arguments.items()), reason, evidence)


def replay(step: Step, ground: Ground) -> None:
    """Makes the step again from its first line and compares everything.

    Raises:
        ProofError: it comes out otherwise.
    """
    try:
        again = take(step.before, step.rule, ground, **dict(step.arguments))
    except ConvmathError as error:
        raise ProofError(f"the step “{step.rule}” from {step.before} does not hold: {error}") from error
    for what in ("after", "reason", "evidence"):
        found, made = getattr(step, what), getattr(again, what)
        if found != made:
            raise ProofError(
                f"the step “{step.rule}” from {step.before} does not hold: its {what} is given as {found}, "
                f"but the rule makes {made}"
            )


def need(certificate: str | None, what: str) -> str:
    """The certificate, or a ProofError that names the side condition which could not be discharged."""
    if certificate is None:
        raise ProofError(f"{what} could not be proved from the assumptions")
    return certificate


def expression(arguments: Arguments, name: str) -> Expr:
    """The argument of this name, which has to be an expression."""
    found = arguments[name]
    if not isinstance(found, Expr):
        raise ProofError(f"{name} is {found!r}; it must be an expression")
    return found
