"""The generated pages: one for each operator and each theorem, as Markdown with HTML derivations.

It knows nothing of MkDocs: ``pages()`` is a dictionary from path to text, which the hook of the
site, or ``convmath site DIR``, puts where it belongs.
"""

from __future__ import annotations

import inspect
import re
from itertools import groupby
from textwrap import fill
from typing import Any

from convmath.chapters import book_pages
from convmath.language.letters import KEYWORDS
from convmath.operators.operator import Operator
from convmath.operators.shelf import INSTEAD, ROOM_OF, maker, operator_names
from convmath.operators.shelf import in_letters as arguments_in_letters
from convmath.render import render

LETTERS = {argument: letter for letter, argument in KEYWORDS.items()}

OPTIONS: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "groups": (
        "g",
        "Group m maps its own C/g channels to its own O/g channels. A product is counted once a group, so the "
        "parameters and the multiply-adds are divided by g.",
        ("macs", "parameters"),
    ),
    "padding_mode": (
        "reflect",
        "X is mirrored at its border instead of padded with zeros, and the padding must be smaller than X. With "
        '"replicate" the border itself is repeated, with "circular" X is wrapped around. The sizes, the parameters '
        "and the multiply-adds stay as they are.",
        ("output_shape",),
    ),
    "pad.mode": (
        "circular",
        'X is wrapped around, and the padding is at most as large as X. With "reflect" X is mirrored at its border, '
        'with "replicate" the border is repeated; with "constant" the padding holds value. Negative numbers crop.',
        ("output_shape",),
    ),
    "ceil_mode": (
        True,
        "A window may run over the end by less than a stride, and it has to start inside the input or before it. "
        "The second bound is why a last window is dropped.",
        ("output_shape",),
    ),
    "count_include_pad": (
        False,
        "The mean is taken over the places inside the input only. The windows, and with them the size, stay as they "
        "are.",
        (),
    ),
    "divisor_override": (
        "r",
        "Every sum is divided by r, however many places it has. The size stays as it is.",
        (),
    ),
    "interpolate.size": (
        "o",
        "The output has o places along each axis.",
        ("output_shape",),
    ),
    "size": (
        "o",
        "The output has o places along each axis, and place i reads place t = ⌊i·L/o⌋ of an axis of L. The two "
        "inequalities say this without rounding, and for each i one t meets them.",
        ("output_shape", "receptive_field"),
    ),
}
"""Arguments that change the formula, of one operator or of all: what is shown, what it does, what is derived again."""


FAMILIES = {
    "columns": "Windows as columns",
    "join": "Arrays joined",
    "products": "Two arrays",
    "activations": "Functions of every entry",
    "norm": "Normalisations",
    "reshape": "Another shape",
    "shuffle": "Channels and places",
    "slices": "Parts of an array",
}
"""What the operators of a room have in common, where their names do not say it."""


def pages() -> dict[str, str]:
    """Every generated page: its path under the site, and its Markdown."""
    found = {f"operators/{name}.md": operator_page(name) for name in operator_names()}
    return found | {"operators/index.md": operators_index()} | book_pages()


def in_letters(name: str, **more: Any) -> Operator:
    """The operator with a letter for every argument that has one and leaves the formula as it is."""
    make = maker(name)
    takes = [name for name in inspect.signature(make).parameters if name in LETTERS and name not in OPTIONS]
    letters = {argument: LETTERS[argument] for argument in takes} | arguments_in_letters(name)
    made: Operator = make(**letters | more)
    return made


def operator_page(name: str) -> str:
    """The formula in letters, what is derived from it, and what each option changes in it."""
    make = maker(name)
    arguments = [_argument(parameter) for parameter in inspect.signature(make).parameters.values()]
    summary, _, rest = inspect.cleandoc(make.__doc__ or "").partition("\n\n")
    operator = in_letters(name)
    parts = [
        f"# {name}",
        f"```python\n{_signature(name, arguments)}\n```",
        summary,
        rest.partition("Raises:")[0].strip(),
        "## Derived from the definition",
        render(operator.derive("all"), "html"),
    ]
    for parameter in inspect.signature(make).parameters.values():
        option = f"{name}.{parameter.name}" if f"{name}.{parameter.name}" in OPTIONS else parameter.name
        if option in OPTIONS and parameter.default is not inspect.Parameter.empty:
            parts += _option(name, option, parameter.name)
    return "\n\n".join(part for part in parts if part) + "\n"


def _option(name: str, option: str, argument: str) -> list[str]:
    value, what, quantities = OPTIONS[option]
    operator = in_letters(name, **{argument: value} | INSTEAD.get(argument, {}))
    derived = [render(operator.derive(quantity), "html") for quantity in quantities]
    return [f"## {'Without' if value is False else 'With'} {argument}", what, *(derived or [f"`{_cell(operator)}`"])]


def _signature(name: str, arguments: list[str]) -> str:
    """On one line where it is short, else a few arguments a line."""
    short = f"convmath.{name}({', '.join(arguments)})"
    if len(short) <= 72:
        return short
    return (
        f"convmath.{name}(\n{fill(', '.join(arguments) + ',', 68, initial_indent='    ', subsequent_indent='    ')}\n)"
    )


def _argument(parameter: inspect.Parameter) -> str:
    plain = parameter.default is inspect.Parameter.empty
    return parameter.name if plain else f"{parameter.name}={parameter.default!r}"


def operators_index() -> str:
    """A table of the operators with their formulas."""
    lines = ["# Operators", "Each is one formula; everything on its page is derived from that formula."]
    for family, names in groupby(operator_names(), key=_family):
        rows = [f"- [{name}]({name}.md): `{_cell(in_letters(name))}`" for name in names]
        lines += [f"## {family}", "\n".join(rows)]
    lines += [
        "## Any other",
        "`convmath.define` takes a formula of your own: see [how to add an operator](../how-to/operator.md).",
    ]
    return "\n\n".join(lines) + "\n"


def _family(name: str) -> str:
    """conv_transpose2d → Conv transpose; operators without a rank by their room."""
    room = ROOM_OF[name].rpartition(".")[2]
    if room in FAMILIES:
        return FAMILIES[room]
    return re.sub(r"\dd$", "", name).replace("_", " ").capitalize()


def _cell(operator: Operator) -> str:
    return str(operator.general).replace("`", "'")
