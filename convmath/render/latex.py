r"""A LaTeX fragment that needs amsmath and amssymb only, to be pasted below ``\begin{document}``.

Formulas stand in ``$…$``: TeX breaks such a line by itself, and one that is displayed it never does.
"""

from __future__ import annotations

from convmath.errors import UnsupportedError
from convmath.language.tree import Expr, Relation
from convmath.proof.derivation import Derivation
from convmath.proof.statement import Statement
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
from convmath.render.tex import LaTeXWriter, words

_MATH = LaTeXWriter()


def write_latex(derivation: Derivation) -> str:
    """The derivation as a LaTeX fragment."""
    parts: list[str] = []
    opened = False
    for block in layout(derivation):
        if isinstance(block, Fact) != opened:
            opened = not opened
            parts.append(r"\begin{description} \raggedright" if opened else r"\end{description}")
        parts.append(_block(block))
    return "\n".join([*parts, *([r"\end{description}"] if opened else [])])


def _block(block: Block) -> str:
    match block:
        case Title(text):
            return rf"\subsection*{{{words(text)}}}"
        case Fact(label, phrases):
            return rf"\item[{{{words(label)}}}] " + " \\\\\n  ".join(_phrase(phrase) for phrase in phrases)
        case Heading(text):
            return rf"\subsubsection*{{{words(text)}}}"
        case Steps(lines):
            return _steps(lines)
        case Fold(conclusion, told, evidence):
            return (
                rf"\noindent {_formula(conclusion)} \\[2pt]" + f"\n{words(told)} ({words(evidence_words(evidence))})\n"
            )
        case Numbers():
            return _numbers(block)
    raise UnsupportedError(f"the latex format has no place for a block of type {type(block).__name__}")


def _phrase(phrase: Phrase) -> str:
    return "".join(words(piece) if isinstance(piece, str) else f"${_typeset(piece)}$" for piece in phrase)


def _typeset(piece: Expr | Relation) -> str:
    return _MATH.relation(piece) if isinstance(piece, Relation) else _MATH.write(piece)


def _formula(statement: Statement, continues: bool = False) -> str:
    return rf"$\displaystyle {_MATH.statement(statement, continues)}$"


def _steps(lines: tuple[StepLine, ...]) -> str:
    """The numbers go on over the lists."""
    first = rf"\begin{{enumerate}} \raggedright \setcounter{{enumi}}{{{lines[0].number - 1}}}"
    return "\n".join([first, *(_step(line) for line in lines), r"\end{enumerate}"])


def _step(line: StepLine) -> str:
    more = f" ({words(line.certificate)})" if line.certificate else ""
    reason = rf"\emph{{{words(line.rule)}:}} {words(line.reason)}{more} --- {words(evidence_words(line.evidence))}"
    formula = UNCHANGED if line.unchanged else _formula(line.statement, line.continues)
    return rf"  \item {formula} \\[2pt]" + f"\n    {{\\small {reason}}}"


def _numbers(block: Numbers) -> str:
    given = ", ".join(f"${_typeset(relation)}$" for relation in block.given)
    opening = rf"\noindent With {given}:" if given else r"\noindent Result:"
    rows = [_row(row) for row in block.rows]
    parts = [opening, r"\begin{description} \raggedright", *rows, r"\end{description}"]
    if block.summary:
        told = ", ".join(f"{words(name)} ${_MATH.write(value)}$" for name, value in block.summary)
        parts.append(rf"\noindent So {told}.")
    return "\n".join(parts)


def _row(row: Row) -> str:
    members = " = ".join(_MATH.write(member) for member in row.members)
    return rf"  \item[{{{words(row.label)}}}] $\displaystyle {members}$"
