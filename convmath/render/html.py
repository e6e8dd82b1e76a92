"""An HTML fragment with MathML, for the site and for Jupyter. It reads without a stylesheet too."""

from __future__ import annotations

from html import escape

from convmath.errors import UnsupportedError
from convmath.language.tree import Expr, Relation
from convmath.proof.derivation import Derivation
from convmath.proof.step import Evidence
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
    glued,
)
from convmath.render.layout import layout
from convmath.render.mathml import MathMLWriter, equals, math

CLASSES = {"proved": "cm-evidence cm-proved", "tried": "cm-evidence cm-tried", "by definition": "cm-evidence"}
_MATH = MathMLWriter()


def write_html(derivation: Derivation) -> str:
    """The derivation as one ``<section class="cm-derivation">``."""
    parts = ['<section class="cm-derivation">']
    opened = False
    for block in layout(derivation):
        if isinstance(block, Fact) != opened:
            opened = not opened
            parts.append('<dl class="cm-given">' if opened else "</dl>")
        parts.append(_block(block))
    return "\n".join([*parts, *(["</dl>"] if opened else []), "</section>"])


def _block(block: Block) -> str:
    match block:
        case Title(text):
            return f"<h3>{escape(text)}</h3>"
        case Fact(label, phrases):
            return f"<dt>{escape(label)}</dt>" + "".join(f"<dd>{_phrase(phrase)}</dd>" for phrase in phrases)
        case Heading(text):
            return f"<h4>{escape(text)}</h4>"
        case Steps(lines):
            return _steps(lines)
        case Fold(conclusion, words, evidence):
            formula = math(_MATH.statement(conclusion), display=True)
            why = _why("", words, "", evidence)
            return f'<div class="cm-step cm-fold"><div class="cm-math">{formula}</div>{why}</div>'
        case Numbers():
            return _numbers(block)
    raise UnsupportedError(f"the html format has no place for a block of type {type(block).__name__}")


def _phrase(phrase: Phrase) -> str:
    if len(phrase) == 1 and isinstance(phrase[0], Expr | Relation):
        return math(_typeset(phrase[0]), display=True)
    return "".join(escape(piece) if isinstance(piece, str) else math(_typeset(piece)) for piece in phrase)


def _typeset(piece: Expr | Relation) -> str:
    return _MATH.relation(piece) if isinstance(piece, Relation) else _MATH.write(piece)


def _steps(lines: tuple[StepLine, ...]) -> str:
    """The numbers go on over the lists: ``start`` for a bare page, the counter for the stylesheet."""
    first = lines[0].number
    start = "" if first == 1 else f' start="{first}" style="counter-reset: cm-step {first - 1}"'
    return "\n".join([f'<ol class="cm-steps" role="list"{start}>', *(_step(line) for line in lines), "</ol>"])


def _step(line: StepLine) -> str:
    formula = math(_MATH.statement(line.statement, line.continues), display=True)
    formula = UNCHANGED if line.unchanged else formula
    why = _why(line.rule, line.reason, line.certificate, line.evidence)
    return f'<li class="cm-step"><div class="cm-math">{formula}</div>{why}</li>'


def _why(rule: str, reason: str, certificate: str, evidence: Evidence) -> str:
    parts = [f'<span class="cm-rule">{escape(rule)}:</span>'] if rule else []
    parts.append(f'<span class="cm-reason">{escape(glued(reason))}</span>')
    if certificate:
        parts.append(f'<span class="cm-certificate">({escape(glued(certificate))})</span>')
    parts.append('<span class="cm-dash">—</span>')
    parts.append(f'<span class="{CLASSES[evidence.verdict]}">{escape(evidence_words(evidence))}</span>')
    return f'<div class="cm-why">{" ".join(parts)}</div>'


def _numbers(block: Numbers) -> str:
    parts = []
    if block.given:
        given = ", ".join(math(_typeset(relation)) for relation in block.given)
        parts.append(f'<p class="cm-with">With {given}</p>')
    parts += [_row(line) for line in block.rows]
    if block.summary:
        told = ", ".join(f"{escape(name)} {math(_MATH.write(value))}" for name, value in block.summary)
        parts.append(f'<p class="cm-result cm-summary">So {told}</p>')
    return "\n".join(parts)


def _row(line: Row) -> str:
    """A formula for each member, so that a narrow page can break the line between them."""
    name, *members = line.members
    first = _MATH.write(name) + "".join(_MATH.operator("=") + _MATH.write(member) for member in members[:1])
    formulas = [first, *(equals(member, _MATH) for member in members[1:])]
    told = line.label and line.label != str(name)  # I' I' = I would say it twice
    label = f'<span class="cm-label">{escape(line.label)}</span> ' if told else ""
    drawn = " ".join(f'<span class="cm-member">{math(formula, display=True)}</span>' for formula in formulas)
    return f'<p class="cm-result">{label}{drawn}</p>'
