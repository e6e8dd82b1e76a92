"""Which letter stands for what, in one table, and fresh letters where one is taken.

| role               | rank 1 | rank 2 | rank 3  |
|--------------------|--------|--------|---------|
| size of an axis    | L      | H W    | D H W   |
| output index       | i      | i j    | i j l   |
| kernel index (tap) | u      | u v    | u v w   |
| written place      | t      | t r    | t r z   |

A size that differs from axis to axis gets the axis as a subscript: k_H, k_W.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

AXES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
OUT = ("i", "j", "l")
TAPS = ("u", "v", "w")
PLACES = ("t", "r", "z")


@dataclass(frozen=True, slots=True)
class Axis:
    """The letters of one spatial axis of an operator's formula."""

    size: str
    out: str
    tap: str
    place: str
    kernel: str = "k"
    stride: str = "s"
    dilation: str = "d"
    before: str = "p"
    after: str = "p"
    extra: str = "a"
    count: str = "o"


def axes(rank: int) -> list[tuple[str, str, str, str]]:
    """(size, output index, tap, written place) of each spatial axis."""
    return list(zip(AXES[rank], OUT, TAPS, PLACES, strict=False))


def fresh(wanted: str, taken: Iterable[str]) -> str:
    """``wanted``, or the same with as many primes as it takes to be new."""
    used = set(taken)
    while wanted in used:
        wanted += "'"
    return wanted


WORDS = {
    "N": "batch",
    "C": "channels",
    "O": "channels",
    "L": "length",
    "D": "depth",
    "H": "height",
    "W": "width",
}
"""What a person calls the axis whose size is this letter."""

KEYWORDS = {
    "C": "in_channels",
    "O": "out_channels",
    "k": "kernel_size",
    "s": "stride",
    "d": "dilation",
    "p": "padding",
    "q": "padding after",
    "g": "groups",
    "a": "output_padding",
    "r": "divisor_override",
    "o": "output_size",
    "f": "factor",
}
"""The argument that gives a letter of an operator its value, in PyTorch's words."""


def word(letter: str) -> str:
    """What to call the axis whose size is ``letter`` (or that letter with a prime): n_t: values of t; n_2: axis 2."""
    stem, _, index = letter.partition("_")
    if stem == "n" and index:
        return f"axis {index}" if index.isdigit() else f"values of {index}"
    return WORDS.get(letter.rstrip("'"), letter)


def keyword(letter: str) -> str:
    """What to call the value of ``letter`` in a message: the argument's name where there is one."""
    stem, _, axis = letter.partition("_")
    name = KEYWORDS.get(stem)
    return letter if name is None else f"{name} along {axis}" if axis else name
