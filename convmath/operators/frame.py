"""An input of any rank, written down: a size, a letter and an index for each axis.

``flatten`` takes the shape where PyTorch takes the tensor: "N,C,H,W", or a tuple of integers and
letters. An axis whose size is a letter keeps it; a number gets the letter of its axis, with a value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from convmath.errors import DefinitionError, ParseError, UnsupportedError
from convmath.language.border import Symbols
from convmath.language.letters import fresh
from convmath.language.parse import parse_list
from convmath.language.sizes import size
from convmath.language.tidy import tidy
from convmath.language.tree import Expr, Int, Sym, letters_of
from convmath.operators.shapes import MOST_AXES

AXES = {1: "L", 2: "N C", 3: "N C L", 4: "N C H W", 5: "N C D H W"}
INDEX = {"N": "n", "C": "c", "O": "o", "B": "b", "T": "t", "E": "e"}
PLACES = ["i", "j", "l", "h", "w", "a", "b", "d", "e", "f", "g", "m", "o", "q", "r", "s", "t", "u", "v", "x", "y", "z"]
"""Indices, in the order in which they are given to axes that have no letter of their own."""


@dataclass(frozen=True, slots=True)
class Part:
    """An axis, or a factor of one: the letter of its size, its index, the size itself."""

    letter: str
    index: str
    size: Expr


@dataclass
class Frame:
    """The letters of one formula: which are taken, and what the sizes are."""

    name: str
    taken: set[str] = field(default_factory=set)
    values: dict[str, Expr] = field(default_factory=dict)
    symbols: Symbols = field(default_factory=dict)

    def sizes(self, given: Any, what: str = "input") -> list[Expr]:
        """The sizes that a user gave, and their letters taken.

        Raises:
            ParseError: it is no shape.
            DefinitionError: it has too many axes.
        """
        found = [tidy(item) for item in _entries(given, f"{self.name}: {what}", self.symbols)]
        if len(found) > MOST_AXES:
            raise DefinitionError(f"{self.name}: {what} has {len(found)} sizes; at most {MOST_AXES} are taken")
        self.taken |= letters_of(*found)
        return found

    def shape(self, given: Any, what: str = "input") -> list[Expr]:
        """``sizes`` of an array, each ≥ 1.

        Raises:
            DefinitionError: a size is below 0.
            UnsupportedError: a size is 0; frameworks have such arrays, formulas here do not.
        """
        found = self.sizes(given, what)
        if any(isinstance(item, Int) and item.value < 1 for item in found):
            empty = all(not isinstance(item, Int) or item.value >= 0 for item in found)
            raise (UnsupportedError if empty else DefinitionError)(
                f"{self.name}: {what} has the shape {shown(found)}; a size is an integer ≥ 1"
            )
        return found

    def parts(self, sizes: list[Expr], without: Collection[int] = ()) -> list[Part]:
        """One part for each axis but some, called as axes of an array of this rank are."""
        rank = len(sizes)
        names = AXES[rank].split() if rank in AXES else [f"L_{axis + 1}" for axis in range(rank)]
        named = enumerate(zip(sizes, names, strict=True))
        return [self.part(item, letter) for at, (item, letter) in named if at not in without]

    def part(self, value: Expr, wanted: str) -> Part:
        """A part of this size; a size that is a letter keeps it, the first time."""
        own = isinstance(value, Sym) and value.name not in self.values
        letter = value.name if own and isinstance(value, Sym) else fresh(wanted, self.taken)
        self.taken.add(letter)
        self.values[letter] = value
        return Part(letter, self.index(letter), value)

    def letter(self, wanted: str, value: Any, what: str) -> str:
        """A letter for one more size, such as a stride."""
        found = size(value, f"{self.name}: {what}", self.symbols)
        self.taken |= letters_of(found)
        letter = fresh(wanted, self.taken - letters_of(found) | self.values.keys())
        self.taken.add(letter)
        self.values[letter] = found
        return letter

    def index(self, letter: str = "") -> str:
        """An index that no size and no other index is called."""
        own = INDEX.get(letter.rstrip("'"), "")
        free = (name for name in (own, *PLACES) if name and name not in self.taken)
        numbered = (name for number in count(1) if (name := f"i_{number}") not in self.taken)
        found = next(free, None) or next(numbered)
        self.taken.add(found)
        return found


def place(parts: Iterable[Part]) -> str:
    """Where the indices of an axis point, the first slowest: i·W + j; 0 for an axis of size 1."""
    found = list(parts)
    pieces = ["*".join((part.index, *(later.letter for later in found[at + 1 :]))) for at, part in enumerate(found)]
    return "+".join(pieces) or "0"


def extent(parts: Iterable[Part]) -> str:
    """The size of an axis: H·W, or 1."""
    return "*".join(part.letter for part in parts) or "1"


def _entries(given: Any, what: str, symbols: Symbols) -> list[Expr]:
    if isinstance(given, str):
        entries = parse_list(given) if given.strip() else ()
        if any(len(entry) != 1 for entry in entries):
            raise ParseError(f"{what} is {given[:60]!r}; it must be a shape such as 'N,C,H,W'")
        return [entry[0] for entry in entries]
    if isinstance(given, tuple | list):
        return [size(item, what, symbols) for item in given]
    return [size(given, what, symbols)]


def whole(name: str, argument: str, value: object) -> int:
    """A plain integer.

    Raises:
        ParseError: it is none.
    """
    found = size(value, f"{name}: {argument}") if not isinstance(value, bool) else None
    if not isinstance(found, Int):
        raise ParseError(f"{name}: {argument} is {value!r}; it must be an integer")
    return found.value


def axis(name: str, argument: str, value: object, rank: int) -> int:
    """The axis that ``value`` names, counted from the end where it is negative.

    Raises:
        DefinitionError: there is no such axis.
    """
    found = whole(name, argument, value)
    if not -rank <= found < rank:
        span = max(rank, 1)
        raise DefinitionError(
            f"{name}: Dimension out of range (expected to be in range of [{-span}, {span - 1}], but got {found}): "
            f"{argument} names one of {rank} axes"
        )
    return found % rank


def axes(name: str, argument: str, value: object, rank: int) -> list[int]:
    """The axes that one number or several name, each once.

    Raises:
        DefinitionError: there is no such axis, or it is named twice.
    """
    given = value if isinstance(value, tuple | list) else (value,)
    found = [axis(name, argument, item, rank) for item in given]
    twice = next((item for item in found if found.count(item) > 1), None)
    if twice is not None:
        raise DefinitionError(f"{name}: dim {twice} appears multiple times in {argument}; name each axis once")
    return found


def shown(sizes: Iterable[Expr]) -> str:
    """Sizes as PyTorch writes them: [2, 3]."""
    return f"[{', '.join(str(item).replace('−', '-') for item in sizes)}]"
