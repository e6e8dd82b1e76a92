"""The generated pages: one for each operator, theorem and network, as Markdown with HTML derivations.

It knows nothing of MkDocs: ``pages()`` is a dictionary from path to text, which the hook of the
site, or ``convmath site DIR``, puts where it belongs.
"""

from __future__ import annotations

import inspect
import re
from textwrap import fill
from typing import Any

from convmath.chapters import book_pages
from convmath.families import FAMILIES, members, stem
from convmath.gallery import network_pages
from convmath.language.letters import KEYWORDS
from convmath.operators.call import read_arguments
from convmath.operators.operator import Operator
from convmath.operators.shelf import INSTEAD, maker, operator_names
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


def pages() -> dict[str, str]:
    """Every generated page: its path under the site, and its Markdown."""
    found = {f"operators/{name}.md": operator_page(name) for name in operator_names()}
    return found | {"operators/index.md": operators_index()} | book_pages() | network_pages()


def in_letters(name: str, **more: Any) -> Operator:
    """The operator with a letter for every argument that has one and leaves the formula as it is."""
    make = maker(name)
    takes = [name for name in inspect.signature(make).parameters if name in LETTERS and name not in OPTIONS]
    letters = {argument: LETTERS[argument] for argument in takes} | arguments_in_letters(name)
    made: Operator = make(**letters | more)
    return made


def operator_page(name: str) -> str:
    """What it does, how it is called, the formula in letters with what is derived from it, and what options change."""
    make = maker(name)
    arguments = [_argument(parameter) for parameter in inspect.signature(make).parameters.values()]
    summary, _, rest = inspect.cleandoc(make.__doc__ or "").partition("\n\n")
    operator = in_letters(name)
    parts = [
        f"# {name}",
        summary,
        f"```python\n{_signature(name, arguments)}\n```",
        _listed(rest.partition("Raises:")[0].strip()),
        "## Formula and derivation",
        f"Written for `{_call(operator)}`; other letters as in the [conventions](../conventions.md#letters).",
        render(operator.derive("all"), "html"),
    ]
    for parameter in inspect.signature(make).parameters.values():
        option = f"{name}.{parameter.name}" if f"{name}.{parameter.name}" in OPTIONS else parameter.name
        if option in OPTIONS and parameter.default is not inspect.Parameter.empty:
            parts += _option(name, option, parameter.name)
    return "\n\n".join(part for part in parts if part) + "\n"


def _listed(text: str) -> str:
    """The arguments that a docstring explains, as a list."""
    before, _, told = text.partition("Args:\n")
    rows = re.findall(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", told, re.MULTILINE)
    listed = "\n".join(f"- `{name}`: {' '.join(line.split())}" for name, line in rows)
    return "\n\n".join(part for part in (before.strip(), listed) if part)


def _call(operator: Operator) -> str:
    """The call that is shown, each argument by its name: stride="s"."""
    given = read_arguments(operator.call.to_json()["arguments"])
    return f"{operator.name}({', '.join(f'{name}={_value(value)}' for name, value in given.items())})"


def _value(value: Any) -> str:
    """A value as a person types it: letters and texts in quotes, numbers and sequences as they are."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_value, value))}{',' * (len(value) == 1)})"
    return str(value) if isinstance(value, int | float | None) else f'"{value}"'


def _option(name: str, option: str, argument: str) -> list[str]:
    value, what, quantities = OPTIONS[option]
    operator = in_letters(name, **{argument: value} | INSTEAD.get(argument, {}))
    derived = [render(operator.derive(quantity), "html") for quantity in quantities]
    word = f'{argument}="{value}"' if isinstance(value, str) and len(value) > 1 else argument
    return [f"## {'Without' if value is False else 'With'} {word}", what, *(derived or [f"`{_cell(operator)}`"])]


def _signature(name: str, arguments: list[str]) -> str:
    """On one line where it is short, else a few arguments a line: 44 columns fit a telephone."""
    short = f"convmath.{name}({', '.join(arguments)})"
    if len(short) <= 44:
        return short
    return (
        f"convmath.{name}(\n{fill(', '.join(arguments) + ',', 44, initial_indent='    ', subsequent_indent='    ')}\n)"
    )


def _argument(parameter: inspect.Parameter) -> str:
    plain = parameter.default is inspect.Parameter.empty
    return parameter.name if plain else f"{parameter.name}={parameter.default!r}"


def operators_index() -> str:
    """The operators in families, those that differ in their rank only in one entry, with their formulas."""
    lines = [
        "# Operators",
        "Each is one formula, and its page derives what follows from it. Where three share a line, the formula "
        "is that of one axis.",
    ]
    for family in FAMILIES:
        lines += [f"## {family.title}", family.line, "\n".join(_entry(names) for names in members(family))]
    lines += [
        "## Any other",
        "`convmath.define` takes a formula of your own: see [how to add an operator](../how-to/operator.md).",
    ]
    return "\n\n".join(lines) + "\n"


def _entry(names: tuple[str, ...]) -> str:
    """Links, what it does, and the formula of the lowest rank, where it is more than a name around an entry."""
    links = ", ".join(f"[{name}]({name}.md)" for name in names)
    summary = inspect.cleandoc(maker(names[0]).__doc__ or "").partition("\n\n")[0]
    operator = in_letters(names[0])
    function = operator.general.around.result
    formula = "" if function is not None and function.name == stem(names[0]) else f"<br>`{_cell(operator)}`"
    return f"- {links}: {' '.join(summary.split())}{formula}"


def _cell(operator: Operator) -> str:
    return str(operator.general).replace("`", "'")
