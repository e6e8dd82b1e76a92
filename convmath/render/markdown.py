"""Markdown that GitHub and MkDocs show alike: numbered steps, formulas as plain Unicode in code spans.

GitHub draws no MathML, so a formula stands here as a person would type it.
"""

from __future__ import annotations

import re
from html import escape

from convmath.errors import UnsupportedError
from convmath.language.tree import Expr, Relation
from convmath.language.write import write, write_relation
from convmath.proof.derivation import Derivation
from convmath.render.blocks import (
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
)
from convmath.render.layout import layout

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "$": "&#36;", "~": "&#126;", "@": "&#64;"}


def write_markdown(derivation: Derivation) -> str:
    """The derivation as Markdown."""
    return "\n\n".join(_block(block) for block in layout(derivation)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Title(text):
            return f"### {_words(text)}"
        case Fact(label, phrases):
            return f"**{_words(label)}** " + "<br>\n".join(_phrase(phrase) for phrase in phrases)
        case Heading(text):
            return f"#### {_words(text)}"
        case Steps(lines):
            return "\n".join(_step(line) for line in lines)
        case Fold(conclusion, told, evidence):
            return f"{_code(str(conclusion))}<br>\n{_words(told)} — {evidence_words(evidence)}"
        case Numbers():
            return _numbers(block)
    raise UnsupportedError(f"the markdown format has no place for a block of type {type(block).__name__}")


def _words(text: str) -> str:
    """Text that means nothing to Markdown or HTML."""
    escaped = re.sub(r"[\\`*_\[\]]", r"\\\g<0>", text)
    return "".join(ENTITIES.get(letter, letter) for letter in escaped)


def _code(text: str) -> str:
    """A code span; as an element where a sign inside would end the span, or a cell of a table."""
    return (
        f"<code>{escape(text).replace('|', '&#124;').replace('`', '&#96;')}</code>"
        if re.search("[`|]", text)
        else f"`{text}`"
    )


def _formula(piece: Expr | Relation) -> str:
    return _code(write_relation(piece) if isinstance(piece, Relation) else write(piece))


def _phrase(phrase: Phrase) -> str:
    return "".join(_words(piece) if isinstance(piece, str) else _formula(piece) for piece in phrase)


def _step(line: StepLine) -> str:
    more = f" ({_words(line.certificate)})" if line.certificate else ""
    first = f"{line.number}. "
    reason = f"**{_words(line.rule)}:** {_words(line.reason)}{more} — *{evidence_words(line.evidence)}*"
    return f"{first}{UNCHANGED if line.unchanged else _code(str(line.statement))}<br>\n{'':{len(first)}}{reason}"


def _numbers(block: Numbers) -> str:
    given = ", ".join(_formula(relation) for relation in block.given)
    rows = [f"- {_words(row.label)}{': ' if row.label else ''}{_equal(row)}" for row in block.rows]
    told = ", ".join(f"{_words(name)} {_formula(value)}" for name, value in block.summary)
    parts = [f"With {given}" if given else "Result", "\n".join(rows), *([f"**So** {told}"] if told else [])]
    return "\n\n".join(parts)


def _equal(row: Row) -> str:
    return _code(" = ".join(write(member) for member in row.members))
