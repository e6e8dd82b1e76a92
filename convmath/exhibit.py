"""One network of the catalogue as a page: what fits and why, its closed form, its cost, its trace."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from convmath.errors import UnsupportedError
from convmath.language.letters import word
from convmath.language.tree import Add, Expr, Relation, Sym, negative
from convmath.language.write import is_negative
from convmath.network.admissible import by_letter
from convmath.network.costs import CONVENTIONS
from convmath.network.extent import Size
from convmath.network.fitting import Fitting, needed
from convmath.network.form import letters_in, size_of, tree_of
from convmath.network.graph import Network
from convmath.network.report import joint_lines
from convmath.network.rows import Row
from convmath.network.table import HEADINGS, cells_of, plain, shape_text, window_text
from convmath.network.trace import Trace
from convmath.network.window import Window, has_letters
from convmath.network.wording import classes_text, within
from convmath.readers.catalogue import catalogue
from convmath.render import render
from convmath.render.mathml import MathMLWriter, math

USUAL = {"lenet5": 32, "nin": 32, "unet": 572, "unet_same": 512, "bottleneck": 56, "inception_module": 28}
"""Height and width of the input that the network was published with, where they are not 224."""
LONG = 60
"""A table with more rows is closed until it is opened."""
_MATH = MathMLWriter()


class Exhibit:
    """A network, its traces in letters and in numbers, and the sizes that fit."""

    def __init__(self, name: str) -> None:
        self.name, self.net = name, catalogue[name]
        self.letters, self.fitting = self.net.trace(), self.net.sizes()
        _, channels, *spatial = next(iter(self.net.inputs.values()))
        self.spatial = list(map(str, spatial))
        self.letter = self.spatial[0]
        self.input = (1, channels, *[USUAL.get(name, 224)] * len(spatial))
        self.numbers = self.net.trace(self.input)
        self.last = [tensor for tensor, shape in self.letters.shapes.items() if self.along(shape) is not None][-1]

    def along(self, shape: Iterable[Size] | None) -> Size | None:
        """The size in the first spatial letter alone."""
        return next((size for size in shape or () if letters_in(size) == {self.letter}), None)

    @property
    def grown(self) -> str:
        """How large the last tensor that depends on the letter is, written for the sizes that fit."""
        size = self.along(self.letters.shapes[self.last])
        return within(size if size is not None else 0, self.fitting.letters[self.letter].sizes)

    @property
    def asked(self) -> str:
        return ",".join(map(str, self.input))

    def text(self) -> str:
        parts = [
            f"# {self.net.name}",
            f"{escape(self.net.source.rstrip('.'))}.",
            *_glance(self),
            *_fits(self),
            *_output(self),
            *_receptive(self),
            *_cost(self),
            *_traces(self),
            "## As it is written down",
            f"The [language](../how-to/network.md) of these files; this one is `convmath/catalogue/{self.name}.yaml`.",
            f"```yaml\n{catalogue.path(self.name).read_text('utf-8').rstrip()}\n```",
        ]
        return "\n\n".join(part for part in parts if part) + "\n"


def heights(fitting: Fitting, letter: str) -> str:
    """The sizes of one letter that fit, together with the others where a layer holds them together."""
    pairs = [line.strip() for requirement in fitting.joint for line in joint_lines(requirement)[1:]]
    return "; ".join(pairs) or fitting.said(letter)


def _glance(page: Exhibit) -> list[str]:
    sums = page.numbers.totals()
    rows = [
        ("Input", shape_text(tuple(next(iter(page.net.inputs.values()))))),
        ("Which fit", heights(page.fitting, page.letter)),
        ("Output", shape_text(page.letters.output)),
        (f"Output of {shape_text(page.input)}", shape_text(page.numbers.output)),
        ("Layers", str(len(page.net.nodes))),
        ("Parameters", f"{sums['parameters']:,}"),
        *([("Buffers", f"{sums['buffers']:,}")] if sums["buffers"] else []),
        (f"Multiply-adds of {shape_text(page.input)}", f"{sums['macs']:,}"),
        ("Receptive field", f"{shown(page.letters)} (size/stride/padding)"),
    ]
    return [_table((), [[what, value] for what, value in rows], "cm-glance")]


def _fits(page: Exhibit) -> list[str]:
    """The sizes that fit, and the requirements that say so."""
    own, _ = by_letter(page.letters.requirements)
    kept = needed(page.letter, own.get(page.letter, []))
    said = [f"{word(letter)} **{found}**" for letter, found in page.fitting.letters.items() if letter in page.spatial]
    parts = ["## Which inputs fit", f"A {', a '.join(said)}."]
    if kept:
        rows = [[r.node, f"{r.left} {r.op} {r.right}", classes_text(s, page.letter)] for r, s in kept]
        parts.append(f"The layers that say so, with what each needs of {page.letter}; the rest follows.")
        parts.append(_table(("layer", "needs", "so"), rows))
    else:
        parts.append("No layer needs more than that.")
    for requirement in page.fitting.joint:
        parts.append("One layer holds the axes together, since it takes a fixed number of flattened places.")
        head, *pairs = (line.strip() for line in joint_lines(requirement))
        parts.append("\n".join([f"- `{head}`", *(f"- so {pair}" for pair in pairs)]))
    return [*parts, f"```console\n$ convmath sizes {page.name}\n```"]


def _output(page: Exhibit) -> list[str]:
    """The closed form of the last tensor that depends on the letter, with its derivation."""
    size = page.along(page.letters.shapes[page.last])
    form = _formula(Relation(Sym(f"{page.letter}'"), "=", tree_of(size if size is not None else 0)))
    parts = ["## How large it comes out", f"After `{plain(page.last)}`, the last layer whose size depends on it:", form]
    if page.grown != str(size):
        parts.append(f"For the sizes that fit this is {page.grown}.")
    try:
        derivation = page.net.derive_size(page.letter)
    except UnsupportedError as error:
        return [*parts, f"There is no derivation: {escape(str(error))}."]
    parts.append("It is derived layer by layer. Each size is put into the next, and floors in floors become one.")
    last = derivation.lines[0].derived
    if size_of(last) != size:
        parts.append(f"The last line, {last}, is the same number for every size that fits.")
    return [*parts, _folded(f"The derivation, {len(derivation.steps)} steps", render(derivation, "html"))]


def _formula(relation: Relation) -> str:
    return f'<p class="cm-result">{math(_MATH.relation(relation), display=True)}</p>'


def _folded(summary: str, inside: str, opened: bool = False) -> str:
    return f"<details{' open' * opened}>\n<summary>{escape(summary)}</summary>\n{inside}\n</details>"


def _last_window(trace: Trace) -> tuple[Row, Window] | None:
    """The last layer whose units read a window of the input, along the first spatial axis."""
    for row in reversed(trace.rows):
        if row.windows and not row.windows[0].whole and not has_letters(row.windows[0]):
            return row, row.windows[0]
    return None


def shown(trace: Trace) -> str:
    """The receptive field of the last layer that has one: size/stride/padding."""
    found = _last_window(trace)
    return "–" if found is None else window_text(found[0].windows)


def _receptive(page: Exhibit) -> list[str]:
    found = _last_window(page.letters)
    if found is None:
        return []
    row, window = found
    low, high = window.sizes
    spans = f"{high}" if low == high else f"{low} to {high}"
    where = "" if low == high else ", depending on where it lies"
    begins = f"{window.padding} places before the input" if window.padding > 0 else f"at place {-window.padding}"
    parts = [
        "## Receptive field",
        f"One unit of `{plain(row.name)}` spans {spans} places along each axis of the input{where}. Neighbours lie "
        f"{window.stride} apart, and the first begins {begins}.",
    ]
    apart = [f"- `{plain(one.name)}`: {escape(one.why)}" for one in page.letters.rows if one.why[:3] == "not"]
    if apart:
        parts += ["Where ways meet, their windows do not all lie on one another:", "\n".join(apart)]
    return parts


def _cost(page: Exhibit) -> list[str]:
    """The multiply-adds as a sum over sizes, and the counts under each convention."""
    rows = []
    for convention, what in CONVENTIONS.items():
        try:
            rows.append([convention, f"{page.numbers.totals(convention)[convention]:,}", what])
        except UnsupportedError as error:
            rows.append([convention, "refused", str(error)])
    return [
        "## What it costs",
        "Multiply-adds of convolutions and linear layers:",
        _sum(tree_of(page.letters.totals()["macs"])),
        f"For {shape_text(page.input)}, under each convention ([why they differ](multiply-adds.md)):",
        _table(("convention", "operations", "counted"), rows, "cm-costs"),
    ]


def _sum(tree: Expr) -> str:
    """A long sum, which breaks between its terms."""
    terms = tree.terms if isinstance(tree, Add) else (tree,)
    pieces = []
    for number, term in enumerate(terms):
        sign = "−" if is_negative(term) else "+" if number else ""
        text = _MATH.write(negative(term) if is_negative(term) else term)
        pieces.append(math((_MATH.operator(sign) if sign else "") + text))
    return '<p class="cm-result">' + "\n".join(f'<span class="cm-member">{piece}</span>' for piece in pieces) + "</p>"


def _traces(page: Exhibit) -> list[str]:
    """The trace of the usual input, and in letters the layers that change a size or cost something."""
    many = len(page.net.nodes)
    numbers = _table(HEADINGS, [cells_of(row) for row in page.numbers.rows], "cm-trace cm-counts")
    letters = [_in_letters(row) for row in _changing(page.net, page.letters)]
    symbols = _table((*HEADINGS[:3], HEADINGS[4]), letters, "cm-trace")
    shape = shape_text(next(iter(page.net.inputs.values())))
    return [
        "## Layer by layer",
        f"```console\n$ convmath trace {page.name} --input {page.asked}\n```",
        _folded(f"All {many} layers for {shape_text(page.input)}", numbers, many <= LONG),
        f"In letters, without the layers that neither change a size nor multiply; with `convmath trace {page.name}` "
        "they are all there.",
        _folded(f"{len(letters)} layers for {shape}", symbols, len(letters) <= LONG // 2),
    ]


def _changing(net: Network, trace: Trace) -> list[Row]:
    rows = []
    for node, row in zip(net.nodes, trace.rows, strict=True):
        if row.macs is not None or trace.shapes[node.outputs[0]] != trace.shapes[node.inputs[0]]:
            rows.append(row)
    return rows


def _in_letters(row: Row) -> list[str]:
    shapes = ", ".join(map(shape_text, row.outputs.values()))
    return [row.name, row.op, shapes, "–" if row.macs is None else str(row.macs)]


def _table(head: Iterable[str], rows: list[list[str]], kind: str = "") -> str:
    """An HTML table, whose cells are foreign text."""
    heading = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = [f'<table class="{kind}">' if kind else "<table>"]
    lines += [f"<thead><tr>{heading}</tr></thead>"] if heading else []
    lines += ["<tbody>"]
    lines += ["<tr>" + "".join(f"<td>{escape(plain(cell, 400))}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join([*lines, "</tbody>", "</table>"])
