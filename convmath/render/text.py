"""Plain text, in columns: number, statement, reason, evidence.

1   i ≤ (H − 1) / s      divide: divide by s, which is positive (s ≥ 1)   proved · 200 points
"""

from __future__ import annotations

from textwrap import wrap

from convmath.errors import UnsupportedError
from convmath.language.tree import Expr, Relation
from convmath.language.write import write, write_relation
from convmath.proof.derivation import Derivation
from convmath.proof.step import Evidence
from convmath.render.blocks import (
    GLUE,
    UNCHANGED,
    Block,
    Fact,
    Fold,
    Heading,
    Numbers,
    Phrase,
    Row,
    StepLine,
    Steps,
    Title,
    evidence_words,
    glued,
)
from convmath.render.layout import layout

LABEL, NUMBER, GAP, EVIDENCE, REASON = 13, 5, 2, 19, 30
"""Widths: of a label, of a step's number, between columns, of the evidence, and the least for a reason."""


def write_text(derivation: Derivation, width: int = 100) -> str:
    """The derivation as plain text, at most ``width`` columns wide where a formula allows it."""
    blocks = layout(derivation)
    page = _Page(blocks, max(width, 60))
    lines = [line for block in blocks for line in page.block(block)]
    return "\n".join(line.replace(GLUE, " ").rstrip() for line in lines).strip("\n")


class _Page:
    """The blocks of one derivation; all its steps share the width of the columns."""

    def __init__(self, blocks: tuple[Block, ...], width: int) -> None:
        self.width = width
        room = width - NUMBER - EVIDENCE - REASON - 2 * GAP
        lines = [line for block in blocks if isinstance(block, Steps) for line in block.lines]
        sizes = [len(_statement(line)) for line in lines]
        self.column = max((size for size in sizes if size <= room), default=0)

    def block(self, block: Block) -> list[str]:
        match block:
            case Title(text):
                return [*wrap(text, self.width), ""]
            case Fact(label, phrases):
                return self.labelled(label, [line for phrase in phrases for line in self.phrase(phrase)])
            case Heading(text):
                return ["", *wrap(text, self.width), ""]
            case Steps(lines):
                return self.steps(lines)
            case Fold(conclusion, words, evidence):
                return self.row("", str(conclusion), words, evidence, self.column + GAP)
            case Numbers():
                return self.numbers(block)
        raise UnsupportedError(f"the text format has no place for a block of type {type(block).__name__}")

    def labelled(self, label: str, lines: list[str]) -> list[str]:
        return [f"{label if place == 0 else '':<{LABEL}}{line}" for place, line in enumerate(lines)]

    def phrase(self, phrase: Phrase) -> list[str]:
        room = self.width - LABEL
        if len(phrase) == 1 and isinstance(phrase[0], Expr | Relation):
            return break_formula(_mathematics(phrase[0]), room)
        words = "".join(piece if isinstance(piece, str) else _glued(piece, room) for piece in phrase)
        return wrap(words, room, break_long_words=False, break_on_hyphens=False) or [""]

    def steps(self, lines: tuple[StepLine, ...]) -> list[str]:
        """In columns; where most formulas are too long for that, each reason stands below its formula."""
        formulas = [len(_statement(line)) for line in lines if not line.unchanged]
        long = 2 * sum(size > self.column for size in formulas) > len(formulas)
        return [text for line in lines for text in self.step(line, 4 if long else self.column + GAP)]

    def step(self, line: StepLine, reasons_at: int) -> list[str]:
        reason = f"{line.rule}: {line.reason}" + (f" ({line.certificate})" if line.certificate else "")
        return self.row(str(line.number), _statement(line), reason, line.evidence, reasons_at)

    def row(self, number: str, statement: str, reason: str, evidence: Evidence, at: int) -> list[str]:
        """A statement with its reason ``at`` columns to the right, or below where there is no room."""
        room = self.width - NUMBER - at - EVIDENCE - GAP
        first = f"{number:>{NUMBER - GAP}}{'':{GAP}}"
        reasons = wrap(_with_glue(reason, room), room, break_long_words=False, break_on_hyphens=False)
        lines: list[str] = []
        if len(statement) > at - GAP:
            pieces = break_formula(statement, self.width - NUMBER)
            lines = [f"{first if place == 0 else '':<{NUMBER}}{piece}" for place, piece in enumerate(pieces)]
            first, statement = "", ""
        for place, words in enumerate(reasons):
            beside = (first, statement, evidence_words(evidence)) if place == 0 else ("", "", "")
            left = f"{beside[0]:<{NUMBER}}{beside[1]:<{at}}"
            lines.append(f"{left}{words:<{room}}{'':{GAP}}{beside[2]}")
        return lines

    def numbers(self, block: Numbers) -> list[str]:
        label, lines = "Result", []
        if block.given:
            label = "With"
            given = ", ".join(_glued(relation, self.width) for relation in block.given)
            lines += wrap(given, self.width - LABEL, break_long_words=False, break_on_hyphens=False)
        names = max(len(row.label) for row in block.rows) + GAP
        lines += [line for row in block.rows for line in self.equal(row, names)]
        found = ["", *self.labelled(label, lines)]
        if block.summary:
            told = ", ".join(_kept_whole(f"{name} {write(value)}", self.width - LABEL) for name, value in block.summary)
            found += self.labelled("So", wrap(told, self.width - LABEL, break_long_words=False, break_on_hyphens=False))
        return found

    def equal(self, row: Row, names: int) -> list[str]:
        """``H' = … = … = 112`` on one line, or broken at an equals sign."""
        name, *members = [write(member) for member in row.members]
        room = self.width - LABEL - names - len(name) - 1
        lines: list[str] = []
        for member in members:
            if lines and len(lines[-1]) + len(member) + 3 <= room:
                lines[-1] += f" = {member}"
            else:
                lines += break_formula(f"= {member}", room)
        left = f"{row.label:<{names}}{name} "
        return [f"{left if place == 0 else '':<{len(left)}}{line}" for place, line in enumerate(lines)]


def _statement(line: StepLine) -> str:
    if line.unchanged:
        return UNCHANGED
    text = str(line.statement)
    left = line.statement.left
    return " " * len(write(left)) + text[len(write(left)) :] if line.continues and left is not None else text


def _mathematics(piece: Expr | Relation) -> str:
    return write_relation(piece) if isinstance(piece, Relation) else write(piece)


def _kept_whole(text: str, room: int) -> str:
    """``text`` with spaces that do not break, where it fits on one line with a comma."""
    return text.replace(" ", GLUE) if len(text) < room else text


def _glued(piece: Expr | Relation, room: int) -> str:
    text = _mathematics(piece)
    return text.replace(" ", GLUE) if len(text) <= room else text


def _with_glue(reason: str, room: int) -> str:
    """Keeps the short formulas in ``reason`` from being broken."""
    whole = glued(reason)
    return whole if max(map(len, whole.split(" "))) <= room else reason


def break_formula(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width``, broken outside all brackets where that is possible."""
    indent = " " * (len(text) - len(text.lstrip()) + 4)
    lines: list[str] = []
    depths = _depths(text)
    start, room = 0, width
    while len(text) - start > room and (place := _break(text, depths, start, start + room)):
        lines.append((indent if lines else "") + text[start:place].rstrip())
        start, room = place + (text[place] == " "), width - len(indent)
    return [*lines, (indent if lines else "") + text[start:]]


def _depths(text: str) -> list[int]:
    """How many brackets are open at each sign."""
    depth, found = 0, []
    for sign in text:
        depth += (sign in "([{⌊⌈") - (sign in ")]}⌋⌉")
        found.append(depth)
    return found


def _break(text: str, depths: list[int], start: int, end: int) -> int:
    """The best place to begin a new line: before an operator, or else anywhere outside brackets."""
    best, found = 0, 0
    for place in range(start + (end - start) // 3, end):
        spaced = text[place] == " " and text[start:place].strip() != ""
        if not spaced and text[place - 1] != "·":
            continue
        outer = spaced and text[place + 1 : place + 3] in {"= ", "≤ ", "+ ", "− ", "fo"}
        strength = 1 if depths[place - 1] else 3 if outer else 2
        if strength >= best:
            best, found = strength, place
    return found
