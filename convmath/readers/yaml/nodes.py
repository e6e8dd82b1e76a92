"""YAML text as values with their places. PyYAML cuts the text into events; no object of YAML's is ever made.

Anchors, aliases, tags, merge keys and second documents are refused: without them a file is as long as it looks.
Scalars stay texts here, so that a layer may be called ``no`` or ``on``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

from convmath.errors import ConvmathError, ParseError
from convmath.language.tokens import shown

LONGEST = 4_000_000
"""How many characters are read."""
MOST_VALUES = 600_000
DEEPEST = 12


class Place(NamedTuple):
    """Where something stands, counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, column {self.column}"

    def refuse(self, message: str, kind: type[ConvmathError] = ParseError) -> NoReturn:
        """Raises the error, with this place before it."""
        raise kind(f"{self}: {message}") from None


@dataclass(frozen=True, slots=True)
class Scalar:
    """One word, number or text; ``plain`` where it stands without quotes."""

    place: Place
    text: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    items: list[Value] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from texts; ``places`` says where each key stands."""

    place: Place
    entries: dict[str, Value] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def at(self, key: str) -> Place:
        """Where a key stands, or the table itself where there is no such key."""
        return self.places.get(key, self.place)


Value = Scalar | Items | Table


def read_nodes(text: str, file: str) -> Value:
    """The one document of a YAML text.

    Raises:
        ParseError: it is no YAML, or more than is taken; the message has file, line and column.
    """
    start = Place(file, 1, 1)
    if len(text) > LONGEST:
        start.refuse(f"the text has {len(text)} characters; at most {LONGEST} are read")
    tree = _Tree(file)
    for event in _events(text, start):
        tree.take(event)
    if tree.root is None:
        start.refuse("the file is empty; a network has at least name, input and layers")
    return tree.root


def _events(text: str, start: Place) -> Iterator[Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(start.file, mark.line + 1, mark.column + 1) if mark else start
        place.refuse(f"this is no YAML: {error.problem or error.context}. Check indentation, quotes and brackets")
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        start.refuse(f"this is no YAML: {shown(str(error).splitlines()[0])}")


class _Tree:
    """Events put together again; the open lists and mappings stand on a stack of their own."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Value | None = None
        self.open: list[Items | Table] = []
        self.keys: list[str | None] = []
        self.number = 0

    def take(self, event: Any) -> None:
        """One event more."""
        kind = type(event).__name__
        place = Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if kind == "DocumentStartEvent" and (self.root is not None or event.tags):
            place.refuse("a file holds one network: a second document and %TAG are not taken")
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            place.refuse("anchors and aliases (& and *) are not taken: write the value out, or make it a block")
        if kind in ("SequenceEndEvent", "MappingEndEvent"):
            self.open.pop()
            self.keys.pop()
        elif kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent"):
            self._value(event, kind, place)

    def _value(self, event: Any, kind: str, place: Place) -> None:
        if event.tag is not None:
            place.refuse(f"tags are not taken, and {shown(str(event.tag))} is one: leave it out")
        self.number += 1
        if self.number > MOST_VALUES:
            place.refuse(f"there are more than {MOST_VALUES} values: use blocks and repeat")
        made: Value
        if kind == "ScalarEvent":
            made = Scalar(place, _readable(event.value, place), not event.style)
        else:
            made = Items(place) if kind == "SequenceStartEvent" else Table(place)
        self._put(made)
        if not isinstance(made, Scalar):
            self.open.append(made)
            self.keys.append(None)
            if len(self.open) > DEEPEST:
                place.refuse(f"lists and mappings stand more than {DEEPEST} deep in one another")

    def _put(self, made: Value) -> None:
        """A value into the list or mapping that is open, or the key of its next value."""
        if not self.open:
            self.root = made
            return
        into, key = self.open[-1], self.keys[-1]
        if isinstance(into, Items):
            into.items.append(made)
        elif key is not None:
            into.entries[key] = made
            self.keys[-1] = None
        else:
            self.keys[-1] = _key(into, made)


def _key(into: Table, made: Value) -> str:
    if not isinstance(made, Scalar):
        made.place.refuse("a key is one word; a list or a mapping stands in its place")
    if made.plain and made.text == "<<":
        made.place.refuse("merge keys (<<) are not taken: write the entries out, or make a block")
    if made.text in into.places:
        made.place.refuse(
            f"{shown(made.text)} stands here a second time; the first is in line {into.at(made.text).line}"
        )
    into.places[made.text] = made.place
    return made.text


def _readable(text: str, place: Place) -> str:
    """The text, if each of its characters can be shown."""
    for sign in text:
        if not sign.isprintable() and sign != "\n":
            place.refuse(f"a text has the character U+{ord(sign):04X}, which cannot be shown: leave it out")
    return text


def table(value: Value, what: str) -> Table:
    """``value`` as a mapping.

    Raises:
        ParseError: it is none.
    """
    if not isinstance(value, Table):
        value.place.refuse(f"{what} is a mapping, with a line “key: value” for each entry")
    return value


def items(value: Value, what: str) -> list[Value]:
    """The entries of a list; one scalar is a list of one.

    Raises:
        ParseError: it is a mapping.
    """
    if isinstance(value, Table):
        value.place.refuse(f"{what} is a list, and here is a mapping")
    return value.items if isinstance(value, Items) else [value]


def check_keys(given: Table, known: Mapping[str, Any] | set[str] | tuple[str, ...], what: str) -> None:
    """Refuses keys that are none of these.

    Raises:
        ParseError: there is one.
    """
    for key, place in given.places.items():
        if key not in known:
            place.refuse(f"{what} has no key {shown(key)}: it has {', '.join(known)}")
