"""What a scalar means: a number, a truth, a text, or an expression in a block's parameters."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from convmath.errors import ConvmathError
from convmath.language.parse import parse_size
from convmath.language.tokens import shown
from convmath.language.tree import letters_of
from convmath.network.extent import Size
from convmath.network.form import evaluated, letters_in
from convmath.network.graph import read_sizes
from convmath.readers.yaml.nodes import Items, Scalar, Table, Value, items

INTEGER = re.compile(r"[-+]?[0-9]{1,400}\Z")
DECIMAL = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?(e[-+]?[0-9]{1,3})?\Z", re.IGNORECASE)
NAME = re.compile(r"\w[\w.\-/:+]{0,199}\Z")
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
"""Words that stand for no text. ``yes``, ``no`` and ``on`` are texts here."""
LONGEST_LINE = 80

Parameters = Mapping[str, Any]
NONE: Parameters = {}
"""Outside of every block."""


def plain(value: Value, known: Parameters) -> Any:
    """A value as Python's own: lists as tuples, and the parameters of a block put in.

    Raises:
        ParseError: it is a mapping, or a number beyond all bounds.
    """
    if isinstance(value, Table):
        value.place.refuse("a mapping stands where a number, a word or a list is expected")
    if isinstance(value, Items):
        return tuple(plain(item, known) for item in value.items)
    text = value.text
    if not value.plain:
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.match(text):
        return int(text)
    if DECIMAL.match(text):
        number = float(text)
        if not math.isfinite(number):
            value.place.refuse(f"{shown(text)} is larger than any number that is computed with")
        return number
    return known[text] if text in known else _calculated(value, known)


def _calculated(value: Scalar, known: Parameters) -> Any:
    """An expression in parameters as its number; a text that names none of them as it is."""
    if not any(name in value.text for name in known):
        return value.text
    try:
        tree = parse_size(value.text)
        letters = letters_of(tree)
    except ConvmathError:
        return value.text  # no expression: a word such as “same”
    if not letters & known.keys():
        return value.text
    for letter in sorted(letters):
        if type(known.get(letter)) is not int:
            what = f"is {shown(repr(known[letter]))}" if letter in known else "is no parameter of the block"
            value.place.refuse(f"{shown(value.text)} is calculated from whole numbers, but {letter} {what}")
    try:
        return evaluated(tree, known)
    except ZeroDivisionError:
        value.place.refuse(f"{shown(value.text)} divides by 0")
    except ConvmathError as error:
        value.place.refuse(f"{shown(value.text)}: {error}")


def line(value: Value, what: str, longest: int = LONGEST_LINE) -> str:
    """A text of one printable line.

    Raises:
        ParseError: it is none.
    """
    text = " ".join(value.text.split()) if isinstance(value, Scalar) else ""
    if not 0 < len(text) <= longest:
        value.place.refuse(f"{what} is one line of at most {longest} characters")
    return text


def name(value: Value, what: str) -> str:
    """A name: letters, digits and ``. - / : + _``.

    Raises:
        ParseError: it is none.
    """
    if not isinstance(value, Scalar) or not NAME.match(value.text):
        given = f", not {shown(value.text)}" if isinstance(value, Scalar) else ", not a list or a mapping"
        value.place.refuse(f"{what} is made of letters, digits and . - / : + _{given}")
    return value.text


def names(value: Value, what: str) -> tuple[str, ...]:
    """One name, or a list of them."""
    return tuple(name(item, what) for item in items(value, what))


def whole(value: Value, what: str, known: Parameters, most: int, least: int = 1) -> int:
    """An integer from ``least`` to ``most``.

    Raises:
        ParseError: it is none.
    """
    number = plain(value, known)
    if type(number) is not int or not least <= number <= most:
        value.place.refuse(f"{what} is {shown(str(number))}; it is an integer from {least} to {most}")
    return number


def shape(value: Value, what: str, known: Parameters = NONE, letters: set[str] | None = None) -> tuple[Size, ...]:
    """A shape: a list of numbers and letters, or a text ``N,3,H,W``. ``letters`` are those that it may have.

    Raises:
        ParseError: it is no shape.
    """
    given: Any = value.text if isinstance(value, Scalar) else plain(value, known)
    if isinstance(given, tuple) and any(isinstance(item, bool) or not isinstance(item, int | str) for item in given):
        value.place.refuse(f"{what} has one integer or letter for each axis, as in [N, 3, H, W]")
    try:
        found = read_sizes(given, what)
    except ConvmathError as error:
        value.place.refuse(str(error), type(error))
    for size in found:
        strange = letters_in(size) - letters if letters is not None else set()
        if strange:
            value.place.refuse(f"{what} has the letter {min(strange)}, which stands in no input's shape")
    return found
