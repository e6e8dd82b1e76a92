"""A trace as a table: text, Markdown, CSV or JSON. Names come from a file or a model, so they are escaped."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from convmath.errors import ParseError, UnsupportedError
from convmath.network.admissible import by_letter, solve
from convmath.network.columns import columns, paragraph
from convmath.network.costs import CONVENTIONS
from convmath.network.extent import Size
from convmath.network.program import Requirement
from convmath.network.rows import Row, Windows
from convmath.network.trace import Trace
from convmath.network.window import has_letters

HEADINGS = ("layer", "operator", "output", "parameters", "multiply-adds", "receptive field")
LONGEST = 60
_MARKDOWN = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]()#+-.!|~$>:@"} | {"<": "&lt;", "&": "&amp;"})


def plain(text: str, longest: int = LONGEST) -> str:
    """A foreign name for a reader: what is no printable character as its code, cut where it is long."""
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[: longest + 1])
    return shown if len(text) <= longest else shown[:longest] + "…"


def shape_text(shape: tuple[Size, ...] | None) -> str:
    """(1, 64, 112, 112), or ? where it is not known."""
    return "?" if shape is None else f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def window_text(windows: Windows | None) -> str:
    """size/stride/padding along each axis, once where they are alike; “whole” where a unit reads everything."""
    if not windows:
        return "–"
    axes = [window.axis for window in windows if not window.whole]
    if len(set(axes)) < len(axes):
        return "merged axes"
    parts = list(dict.fromkeys(_window(window) for window in windows))
    return " × ".join(parts)


@lru_cache(maxsize=4096)
def _window(window: Any) -> str:
    if window.whole:
        return "whole"
    if has_letters(window):
        return "depends on the size"
    try:
        low, high = window.sizes
        span = str(high) if low == high else f"{low}–{high}"
        return f"{span}/{str(window.stride).replace('/', chr(0x2044))}/{window.padding}"
    except UnsupportedError:
        return "uneven"


def _number(size: Size | None) -> str:
    return "–" if size is None else f"{size:,}" if isinstance(size, int) else str(size)


def cells_of(row: Row) -> list[str]:
    """What stands in a row, in the order of HEADINGS."""
    shapes = ", ".join(shape_text(shape) for shape in row.outputs.values())
    learned = f"(shares {row.shares})" if row.shares and row.parameters == 0 else _number(row.parameters)
    return [row.name, row.op, shapes, learned, _number(row.macs), window_text(row.windows)]


def write_trace(
    trace: Trace, format_: str = "text", convention: str = "macs", *, whole: bool = False, width: int | None = None
) -> str:
    """The trace in one of FORMATS; ``convention`` says how the total of the operations is counted.

    Text and Markdown leave out rows of stored arrays, and of what only calculates sizes, unless ``whole``; text is
    wrapped to ``width``.

    Raises:
        ParseError: there is no such format, or no such convention.
    """
    if format_ not in FORMATS:
        raise ParseError(f"there is no format {str(format_)[:40]!r} of a trace: there are {', '.join(FORMATS)}")
    if format_ == "text":
        return _text(trace, convention, whole, width)
    return _markdown(trace, convention, whole) if format_ == "markdown" else FORMATS[format_](trace, convention)


def _text(trace: Trace, convention: str, whole: bool = False, width: int | None = None) -> str:
    shown, left_out = _shown(trace, whole)
    rows = [[plain(cell, LONGEST if at < 2 else 400) for at, cell in enumerate(cells_of(row))] for row in shown]
    lines = [plain(trace.network.name), "", *columns([HEADINGS, *rows], (3, 4), width), *left_out, ""]
    for text in (*_sums(trace, convention), *_notes(trace)):
        lines += paragraph(text, width, 16)
    return "\n".join(lines)


def _shown(trace: Trace, whole: bool) -> tuple[list[Row], list[str]]:
    """The rows that a reader wants to see, and how many are left out."""
    shown: list[Row] = []
    stored = counting = 0
    for node, row in zip(trace.network.nodes, trace.rows, strict=True):
        shapes = [trace.shapes[tensor] for tensor in node.outputs]
        if whole or row.parameters or row.macs or node.name in trace.unsupported:
            shown.append(row)
        elif not node.inputs:
            stored += 1
        elif shapes and all(hasattr(shape, "array") for shape in shapes):
            counting += 1
        else:
            shown.append(row)
    said = [f"{stored} of stored arrays"] * (stored > 0) + [f"{counting} that calculate sizes"] * (counting > 0)
    return shown, [f"left out: {' and '.join(said)} (--all shows them)"] if said else []


def _sums(trace: Trace, convention: str) -> list[str]:
    found = trace.totals(convention)
    lines = [f"{'parameters':<15} {_number(found['parameters'])}"]
    if found["buffers"] != 0:
        lines.append(f"{'buffers':<15} {_number(found['buffers'])}  (running means and variances: kept, not learned)")
    name = "multiply-adds" if convention in {"macs", "all"} else "operations"
    lines.append(f"{name:<15} {_number(found[convention])}  ({convention}: {CONVENTIONS[convention]})")
    return lines


def _notes(trace: Trace) -> list[str]:
    lines = ["", "receptive field: size/stride/padding, in places of the input"]
    if trace.requirements:
        shown = needed(trace.requirements)
        lines += ["", "for these sizes to fit:", *(f"  {text}" for text in shown[:MOST_NOTES])]
        if len(shown) > MOST_NOTES:
            lines.append(f"  and {len(shown) - MOST_NOTES} more")
    for name, why in trace.unsupported.items():
        lines.append(f"not known: {plain(name)}: {plain(why, 200)}")
    return lines


def needed(requirements: Sequence[Requirement]) -> list[str]:
    """What must hold of the letters, solved for each letter where it stands alone."""
    own, joint = by_letter(requirements)
    found: list[str] = []
    for letter, mine in own.items():
        try:
            solution = solve(letter, mine)
        except UnsupportedError:
            joint += mine
            continue
        against = [f"{plain(r.node)}: {r.left} {r.op} {r.right}" for r in solution.contradiction]
        found.append(f"no {letter} does: {'; '.join(against)}" if solution.sizes.empty else str(solution))
    return [*found, *dict.fromkeys(f"{r.left} {r.op} {r.right}" for r in joint)]


MOST_NOTES = 12


def _markdown(trace: Trace, convention: str, whole: bool = False) -> str:
    shown, left_out = _shown(trace, whole)
    rows = ["| " + " | ".join(plain(c, 400).translate(_MARKDOWN) for c in cells_of(row)) + " |" for row in shown]
    head = "| " + " | ".join(HEADINGS) + " |"
    rule = "|---|---|---|--:|--:|---|"
    found = trace.totals(convention)
    sums = f"Parameters: {_number(found['parameters'])}. Operations ({convention}): {_number(found[convention])}."
    return "\n".join([head, rule, *rows, "", *(text.translate(_MARKDOWN) for text in left_out), sums])


def _csv(trace: Trace, convention: str) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADINGS)
    for row in trace.rows:
        learned, counted = str(row.parameters), "" if row.macs is None else str(row.macs)
        shapes = ";".join(shape_text(shape) for shape in row.outputs.values())
        cells = [row.name, row.op, shapes, learned, counted, window_text(row.windows)]
        writer.writerow([_harmless(plain(cell, 400)) for cell in cells])
    return stream.getvalue().rstrip("\n")


def _harmless(cell: str) -> str:
    """A spreadsheet runs a cell that begins like a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell


def _json(trace: Trace, convention: str) -> str:
    return json.dumps(as_data(trace, convention), ensure_ascii=False, indent=2)


def as_data(trace: Trace, convention: str = "macs") -> dict[str, Any]:
    """The trace as plain data: sizes are numbers, or texts where they have letters."""
    layers = []
    for row in trace.rows:
        outputs = {
            tensor: None if shape is None else [_plain(size) for size in shape] for tensor, shape in row.outputs.items()
        }
        entry = {"name": row.name, "op": row.op, "outputs": outputs, "parameters": _plain(row.parameters)}
        entry |= {"buffers": _plain(row.buffers), "macs": 0 if row.macs is None else _plain(row.macs)}
        entry["receptive_field"] = window_text(row.windows)
        layers.append(entry)
    sums = {name: _plain(value) for name, value in trace.totals(convention).items()}
    return {
        "network": trace.network.name,
        "layers": layers,
        "totals": {**sums, "convention": convention},
        "requirements": needed(trace.requirements),
        "unsupported": dict(trace.unsupported),
    }


def _plain(size: Size) -> int | str:
    return size if isinstance(size, int) else str(size)


FORMATS: dict[str, Callable[[Trace, str], str]] = {"text": _text, "markdown": _markdown, "csv": _csv, "json": _json}
"""How a trace is written, by name."""
