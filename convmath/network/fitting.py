"""``net.sizes()``: the admissible inputs of a network, the nearest ones, and what mends a size that does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convmath.errors import ParseError
from convmath.network.admissible import Admissible, by_letter, solve, solved
from convmath.network.classes import Classes, every
from convmath.network.extent import Size
from convmath.network.form import letters_in
from convmath.network.program import Requirement, Shape
from convmath.network.wording import classes_text, within

if TYPE_CHECKING:
    from convmath.network.graph import Network


@dataclass(frozen=True)
class Fitting:
    """Which inputs fit a network.

    Attributes:
        network: its name.
        inputs: the shape of each input, in letters.
        output: the shape of the first output.
        letters: for each letter the sizes that fit; a letter without requirements takes every size.
        joint: requirements that hold several letters together, such as a fully connected layer on flattened pixels.
        unsupported: why layers were left out, by name: what they need is not known.
    """

    network: str
    inputs: Mapping[str, Shape]
    output: Shape | None
    letters: Mapping[str, Admissible]
    joint: tuple[Requirement, ...]
    unsupported: Mapping[str, str]

    def __contains__(self, sizes: object) -> bool:
        """Whether ``{"H": 572, "W": 572}`` fits."""
        if not isinstance(sizes, Mapping):
            return False
        alone = all(sizes.get(letter, 1) in found.sizes for letter, found in self.letters.items() if letter in sizes)
        return alone and all(holds(requirement, sizes) for requirement in self.joint)

    def nearest(self, letter: str, size: int) -> tuple[int | None, int | None]:
        """The largest size that fits and is at most ``size``, and the smallest that is at least ``size``.

        Raises:
            ParseError: the network has no such letter.
        """
        if letter not in self.letters:
            raise ParseError(f"{self.network} has no size {letter!r}: it has {', '.join(self.letters)}")
        found = self.letters[letter].sizes
        return found.below(size), found.above(size)

    def mends(self, letter: str, size: int) -> tuple[str, ...]:
        """What makes ``size`` fit: a crop or a padding of the input, in places before and after."""
        below, above = self.nearest(letter, size)
        if size in (below, above):
            return ()
        found = []
        if below is not None:
            found.append(f"crop {letter} by {size - below}, to {below} {_split(size - below)}")
        if above is not None:
            found.append(f"pad {letter} by {above - size}, to {above} {_split(above - size)}")
        return tuple(found)

    def said(self, letter: str) -> str:
        """The sizes of one letter, in words."""
        return classes_text(self.letters[letter].sizes, letter)

    def output_along(self, letter: str) -> tuple[str, ...]:
        """The output's sizes in this letter, written for the sizes that fit."""
        found = self.letters[letter].sizes
        return tuple(within(size, found) for size in self.output or () if letters_in(size) == {letter})

    def __str__(self) -> str:
        from convmath.network.report import fitting_text

        return fitting_text(self)


def _split(places: int) -> str:
    return f"({places // 2} before, {places - places // 2} after)"


def holds(requirement: Requirement, values: Mapping[str, int]) -> bool:
    """Whether a requirement holds at these sizes; a letter that is not given makes it hold."""
    left, op, right, _ = requirement
    if (letters_in(left) | letters_in(right)) - values.keys():
        return True
    one, two = at(left, values), at(right, values)
    return two % one == 0 if op == "∣" else one == two if op == "=" else one <= two


def at(size: Size, values: Mapping[str, int]) -> int:
    """A size at numbers for its letters."""
    if isinstance(size, int):
        return size
    found: int = size.at(values)
    return found


def fitting(net: Network) -> Fitting:
    """See :meth:`convmath.network.graph.Network.sizes`."""
    trace = net.trace()
    own, joint = by_letter(trace.requirements)
    letters: dict[str, Admissible] = {}
    for shape in net.inputs.values():
        for size in shape:
            for letter in sorted(letters_in(size)):
                letters[letter] = solve(letter, own.get(letter, []))
    return Fitting(net.name, net.inputs, trace.output, letters, tuple(joint), trace.unsupported)


def needed(letter: str, requirements: Sequence[Requirement]) -> list[tuple[Requirement, Classes]]:
    """The fewest requirements, of those in the order of the layers, from which all others follow."""
    sets: dict[Classes, Requirement] = {}
    for requirement in requirements:
        found = solved(letter, requirement).reduced()
        if found != every():
            sets.setdefault(found, requirement)
    kept = [(requirement, found) for found, requirement in sets.items()]
    whole = _meet(kept)
    for entry in list(kept):
        fewer = [one for one in kept if one is not entry]
        if _meet(fewer) == whole:
            kept = fewer
    return kept


def _meet(entries: Sequence[tuple[Requirement, Classes]]) -> Classes:
    found = every()
    for _, own in entries:
        found &= own
    return found.reduced()
