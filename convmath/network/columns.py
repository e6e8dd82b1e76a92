"""Columns of text, wrapped to a width."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap

LEAST = 12
"""No column gets narrower by wrapping."""
BREAKS = (",·", "+", "/", "._− ")
"""Characters after which a cell may be cut, the best first: between sizes rather than in one."""


def columns(rows: Sequence[Sequence[str]], right: Sequence[int] = (), width: int | None = None) -> list[str]:
    """Rows as lines, the first with a rule under it; ``right`` are the columns that are set flush right.

    Where the lines would be longer than ``width``, cells are wrapped, those of the widest columns first.
    """
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    while width is not None and sum(wide) + 2 * (len(wide) - 1) > width and max(wide) > LEAST:
        wide[wide.index(max(wide))] -= 1
    cut = [[_cut(cell, most) for cell, most in zip(row, wide, strict=True)] for row in rows]
    cut.insert(1, [["─" * most] for most in wide])
    lines = []
    for row in cut:
        for cells in zip_longest(*row, fillvalue=""):
            set_ = [c.rjust(wide[at]) if at in right else c.ljust(wide[at]) for at, c in enumerate(cells)]
            lines.append("  ".join(set_).rstrip())
    return lines


def _cut(cell: str, most: int) -> list[str]:
    parts = []
    while len(cell) > most:
        ends = [max(cell.rfind(mark, 0, most) for mark in marks) + 1 for marks in BREAKS]
        end = next((end for end in ends if end > most // 3), most)
        parts.append(cell[:end].rstrip())
        cell = cell[end:].lstrip()
    return [*parts, cell]


def paragraph(text: str, width: int | None, indent: int) -> list[str]:
    """A text as lines; those after the first begin further in."""
    if width is None or len(text) <= width:
        return [text]
    lines = wrap(text, max(width, 2 * indent), subsequent_indent=" " * indent, break_on_hyphens=False)
    return lines or [text]
