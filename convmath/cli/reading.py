"""What stands on the command line, as sizes and operators."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convmath import render
from convmath.errors import ParseError
from convmath.operators.shelf import INSTEAD, in_letters, maker, operator_names

if TYPE_CHECKING:
    from convmath.operators.operator import Operator

QUANTITIES = (
    *("output_shape", "parameters", "macs", "flops", "flops_with_bias", "flops_exact", "receptive_field"),
    "all",
)
OPERATOR_NAMES = operator_names()
FORMATS = tuple(render.FORMATS)
ARGUMENTS = {
    "kernel": "kernel_size",
    "stride": "stride",
    "padding": "padding",
    "dilation": "dilation",
    "groups": "groups",
    "output_padding": "output_padding",
    "bias": "bias",
}
"""Which argument of an operator an option gives."""
CHANNELS = ("in_channels", "in_features", "in1_features", "num_features", "num_channels", "normalized_shape")
"""Arguments that the second size of the input gives."""
_PICTURE = re.compile(r"\w+(?:[x×]\w+)+\Z")
_CROSS = re.compile(r"(?<=\w)[x×](?=\w)")


class Kind(click.ParamType[tuple[str, str]]):
    """``NAME=TEXT`` as a pair."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        name, equals, text = str(value).partition("=")
        if not equals or not name.strip():
            self.fail(f"{str(value)[:60]!r} is not of the form {self.name}", param, ctx)
        return name.strip(), text.strip()


class OperatorName(click.Choice[str]):
    """The name of a ready-made operator; an error names those that are near, as there are many."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in OPERATOR_NAMES:
            from difflib import get_close_matches

            near = sorted(get_close_matches(str(value), OPERATOR_NAMES, n=5))
            hint = f"The nearest are {', '.join(near)}." if near else "The page Operators of the site lists them."
            self.fail(f"{str(value)[:60]!r} is no operator of convmath. {hint}", param, ctx)
        return str(value)

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        return "It is the name of an operator, such as conv2d. The page Operators of the site lists them."


class ASK:
    """What completion asks for."""

    @staticmethod
    def slugs() -> list[str]:
        from convmath import theorems

        return list(theorems())


def pairs(found: tuple[tuple[str, str], ...], option: str) -> dict[str, str]:
    """NAME=TEXT pairs as a dictionary; a name that is given twice is refused."""
    names: dict[str, str] = {}
    for name, text in found:
        if names.setdefault(name, text) != text:
            raise ParseError(f"{option} gives {name} twice, as {names[name]} and as {text}: give it once")
    return names


def read_text(file: Path) -> str:
    """The text of a file.

    Raises:
        ParseError: it cannot be read, or is no UTF-8.
    """
    try:
        return file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise ParseError(f"{file} cannot be read: {error}") from None


def read_operator(name: str, shape: str | None, options: dict[str, Any]) -> tuple[Operator, tuple[Any, ...]]:
    """The operator and its input shape in the order N, C, spatial axes.

    Raises:
        ParseError: an option is in no known form, or the operator does not take it.
    """
    make = maker(name)
    takes = inspect.signature(make).parameters
    given = in_letters(name, shown=shape is None)
    sizes = _shape(name, shape, given)
    if len(sizes) > 1:
        given |= dict.fromkeys(CHANNELS, sizes[1])
    given["out_channels"] = given["out_features"] = read_sizes(options["filters"] or "O", "--filters")
    if options["filters"] is not None and "out_channels" not in takes and "out_features" not in takes:
        raise ParseError(f"{name} takes no --filters: it keeps the channels of its input")
    for option, argument in ARGUMENTS.items():
        text = options[option]
        if text is not None and argument not in takes:
            raise ParseError(f"{name} takes no --{option.replace('_', '-')}: it takes {_taken(takes)}")
        if text is not None:
            given[argument] = text if option == "bias" else read_sizes(text, f"--{option.replace('_', '-')}")
    for argument, text in pairs(options["argument"], "--argument").items():
        if argument not in takes:
            raise ParseError(f"{name} takes no argument {argument}: it takes {', '.join(takes) or 'none'}")
        given |= INSTEAD.get(argument, {}) | {argument: _value(argument, text)}
    return make(**{key: value for key, value in given.items() if key in takes}), sizes


def _shape(name: str, text: str | None, given: dict[str, Any]) -> tuple[Any, ...]:
    """The shape to derive with; where the operator takes it as an argument, ``given`` has it."""
    if "tensors" in given:
        if text is not None:
            given["tensors"] = tuple(read_whole(part) for part in text.split(";"))
        return ()
    if "input" in given:
        given["input"] = read_whole(given["input"] if text is None else text)
        return tuple(given["input"])
    return () if text is None and not _spatial(name) else read_input(name, text)


def _spatial(name: str) -> int | None:
    """How many spatial axes the name says; None where it says nothing."""
    found = re.search(r"(\d)d$", name)
    return int(found[1]) if found else None


def read_whole(text: str) -> tuple[Any, ...]:
    """A shape with any number of axes: H×W×C is one picture, the rest is as it is written."""
    if _PICTURE.match(text.replace(" ", "")):
        *spatial, channels = _CROSS.split(text.replace(" ", ""))
        text = ",".join(("1", channels, *spatial))
    return tuple(_one(part, "--input") for part in text.split(",")) if text.strip() else ()


def _value(argument: str, text: str) -> Any:
    """What ``--argument`` gives: a word, yes or no, nothing, a decimal number, sizes."""
    from convmath.operators.call import TEXTS

    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    if argument in TEXTS:
        return text
    if re.fullmatch(r"-?\d*\.\d+", text):
        return float(text)
    parts = text.split(",") if "," in text else _CROSS.split(text)
    if any(part.strip().lower() == "none" for part in parts):
        return tuple(_value(argument, part.strip()) for part in parts)
    return read_sizes(text, f"--argument {argument}")


def _taken(takes: Any) -> str:
    options = [f"--{option.replace('_', '-')}" for option, argument in ARGUMENTS.items() if argument in takes]
    return ", ".join((["--filters"] if "out_channels" in takes or "out_features" in takes else []) + options)


def read_input(name: str, text: str | None) -> tuple[Any, ...]:
    """N, C and the spatial sizes: from 28x28x192 (height × width × channels) or from 1,192,28,28."""
    from convmath.language.letters import AXES
    from convmath.language.tokens import shown

    rank = _spatial(name)
    if rank is None:
        made = maker(name)(**in_letters(name))
        rank = len(made.general.arrays[made.general.inputs[0]].shape) - 2
    spatial = AXES.get(rank, ())
    if text is None:
        return tuple(_one(letter, "--input") for letter in ("N", "C", *spatial))
    picture = "," not in text
    parts = _CROSS.split(text.replace(" ", "")) if picture else text.split(",")
    wanted = rank + (1 if picture else 2)
    if not text.strip() or len(parts) != wanted:
        named = " × ".join([*spatial, "C"]) if picture else ",".join(("N", "C", *spatial))
        raise ParseError(
            f"--input {shown(text)} has {len(parts) if text.strip() else 0} sizes, but {name} takes {wanted} "
            f"({named}): write {'x'.join([*spatial, 'C'])} or {','.join(('N', 'C', *spatial))}"
        )
    found = [_one(part, "--input") for part in parts]
    return (1, found[-1], *found[:-1]) if picture else tuple(found)


def _one(text: str, what: str) -> Any:
    found = read_sizes(text, what)
    if isinstance(found, tuple):
        raise ParseError(f"{what}: {text[:60]!r} is more than one size")
    return found


def read_sizes(text: str, what: str) -> Any:
    """One size, or a tuple with one (or a pair) for each axis: 3, k, 3x5, 1,2 and (1,2),(0,1)."""
    from convmath.language.parse import parse_list
    from convmath.language.tree import Int
    from convmath.operators.axes import WORDS

    if text.strip().lower() in WORDS:
        return text.strip()  # a framework's word: the operator says what to write instead
    if _PICTURE.match(text.replace(" ", "")):
        text = _CROSS.sub(",", text.replace(" ", ""))
    try:
        entries = parse_list(text)
    except ParseError as error:
        raise ParseError(f"{what}: {error}") from None
    plain = [tuple(part.value if isinstance(part, Int) else part for part in entry) for entry in entries]
    if len(plain) == 1 and len(plain[0]) == 1:
        return plain[0][0]
    return tuple(entry[0] if len(entry) == 1 else entry for entry in plain)
