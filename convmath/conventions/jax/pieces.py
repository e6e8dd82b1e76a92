"""One piece of a formula for each axis: windows over an input whose places may lie apart, padded or cropped.

Three forms. Where nothing is dilated, a window reads place s·i + d·u − p. A dilated input has its places e apart
and zeros between: an output adds up what lies at e·x = s·i + d·u − p. At stride 1 that is a transposed
convolution, and is written as one: each input is added to place t = e·i + d·u − d(k − 1) + p, with the taps from
the other end.

A padding below 0 crops: ``f`` places in front, ``h`` behind, which no window may reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from convmath.conventions.windows import Window
from convmath.language.letters import axes

PLACES = ("x", "y", "z")
"""The place in a dilated input, along each axis."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands for one axis in a formula: the output's index, the place read, the tap and its range."""

    out: str
    read: str
    tap: str
    kernel: str
    size: str
    where: tuple[str, ...] = ()
    pad: str = "0"
    crop: str = "0"
    inside: tuple[str, ...] = ()


def adds(windows: Sequence[Window], holes: Sequence[int]) -> bool:
    """Whether the places of the output are written, each input added into them: a dilated input at stride 1."""
    return max(holes) > 1 and all(window.stride == 1 for window in windows)


def pieces(
    windows: Sequence[Window], holes: Sequence[int], *, added: bool = False
) -> tuple[list[Piece], dict[str, int]]:
    """The piece of each axis, and the values of the letters in them; places of the input lie ``holes`` apart.

    With ``added`` the places of the output are written, where they can be.
    """
    names, values = _named(windows, holes)
    found = []
    for name, window, hole in zip(names, windows, holes, strict=True):
        form = _added if added and adds(windows, holes) else _apart if hole > 1 else _plain
        found.append(form(name, window))
    return found, values


def _named(windows: Sequence[Window], holes: Sequence[int]) -> tuple[list[dict[str, str]], dict[str, int]]:
    """The letters of each axis, one for all axes where the number is the same; and what they stand for."""
    numbers = {
        "k": [window.kernel for window in windows],
        "s": [window.stride for window in windows],
        "d": [window.dilation for window in windows],
        "e": list(holes),
        "p": [window.before for window in windows],
        "q": [window.after for window in windows],
    }
    names: list[dict[str, str]] = []
    values: dict[str, int] = {}
    for at, (size, out, tap, place) in enumerate(axes(len(windows))):
        name = {"L": size, "i": out, "u": tap, "t": place, "x": PLACES[at]}
        for role, along in numbers.items():
            letter = {"p": "f", "q": "h"}.get(role, role) if along[at] < 0 else role
            name[role] = letter if len(set(along)) == 1 else f"{letter}_{size}"
            values[name[role]] = abs(along[at])
        names.append(name | _composed(name, windows[at]))
    return names, values


def _composed(name: Mapping[str, str], window: Window) -> dict[str, str]:
    """The tap's distance from the first, that of the last, and the padding with its sign."""
    step = "" if window.dilation == 1 else f"{name['d']}*"
    before, after = (f"{name[side]}" if number else "" for side, number in (("p", window.before), ("q", window.after)))
    signs = {True: "-+", False: "+-"}
    less, more = signs[window.before < 0] if before else ("", ""), signs[window.after < 0] if after else ("", "")
    return {
        "tap": f"{step}{name['u']}",
        "last": f"{step}({name['k']}-1)",
        "front": f"{less[1]}{before}",
        "unfront": f"{less[0]}{before}",
        "back": f"{more[0]}{after}",
        "unback": f"{more[1]}{after}",
        "pad": f"({before if window.before > 0 else '0'},{after if window.after > 0 else '0'})",
    }


def _plain(name: Mapping[str, str], window: Window) -> Piece:
    read = "{s}*{i}+{tap}{front}".format(**name)
    ends = ("{s}*{i}+{last}{front}<={L}-1{back}".format(**name),) if window.after < 0 else ()
    first = (f"0<={read}",) if window.before > 0 else ()
    last = (f"{read}<={name['L']}-1",) if window.after > 0 else ()
    return Piece(name["i"], read, name["u"], name["k"], name["L"], ends, name["pad"], inside=(*first, *last))


def _apart(name: Mapping[str, str], window: Window) -> Piece:
    place, read = "{e}*{x}".format(**name), "{s}*{i}+{tap}{front}".format(**name)
    ends = "{s}*{i}+{last}{front}<={e}*({L}-1){back}".format(**name)
    return Piece(name["i"], name["x"], name["u"], name["k"], name["L"], (f"{place}<={read}", f"{read}<={place}", ends))


def _added(name: Mapping[str, str], window: Window) -> Piece:
    place = "{t}={e}*{i}+{tap}-{last}{unfront}".format(**name)
    crop = "({last}{front},{last}{unback})".format(**name)
    return Piece(name["t"], name["i"], name["u"], name["k"], name["L"], (place,), crop=crop)
