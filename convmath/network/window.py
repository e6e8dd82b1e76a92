"""Receptive fields through a network: between which places of the input one output unit reads, as sizes in its index.

Along one axis a unit i of a tensor reads between first(i) and last(i). For a convolution both are linear in i, for a
transposed one and for upsampling they are floors. One layer after another, the functions are put into one another;
where paths meet, the smaller first and the larger last count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import le
from typing import Any

from convmath.errors import UnsupportedError
from convmath.language.definition import Definition, Term
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tree import Expr, Int, Least, Read, negative
from convmath.network.admissible import period_of
from convmath.network.bounds import UNIT, Bounds, in_letters
from convmath.network.extent import Size, letter
from convmath.network.form import evaluated, least, letters_in, size_of, tree_of
from convmath.operators.opaque import Opaque
from convmath.operators.operator import Operator
from convmath.proof.counting import plainest


@dataclass(frozen=True, slots=True)
class Window:
    """What unit i of a tensor reads of one axis of the network's input: places first(i) … last(i), holes included.

    ``axis`` is the tensor's axis along which i runs; None where every unit reads the whole axis.
    """

    axis: int | None
    first: Size = 0
    last: Size = 0

    @property
    def whole(self) -> bool:
        """Whether every unit reads all of the axis."""
        return self.axis is None

    @property
    def sizes(self) -> tuple[int, int]:
        """The fewest and the most places that a unit spans; they differ where units lie unevenly.

        Raises:
            UnsupportedError: there is no one number.
        """
        first, last = _Side(self.first), _Side(self.last)
        if first.stride != last.stride:
            raise UnsupportedError("units at different places span different numbers of places, without a bound")
        period = lcm(first.period, last.period)
        if period > MOST_UNITS:
            raise UnsupportedError(f"the windows repeat only after {period} units")
        spans = [last.at(place) - first.at(place) + 1 for place in range(period)]
        return min(spans), max(spans)

    @property
    def size(self) -> int:
        """How many places the widest unit spans, holes and padding included."""
        return self.sizes[1]

    @property
    def stride(self) -> Fraction:
        """How far apart neighbours lie on the average."""
        return _Side(self.first).stride

    @property
    def padding(self) -> int:
        """How many places before the input unit 0 begins."""
        return -_Side(self.first).at(0)

    @property
    def middle(self) -> Fraction:
        """The middle of a window less stride · place, in places of the input: the average where units lie unevenly."""
        first, last = _Side(self.first), _Side(self.last)
        period = lcm(first.period, last.period)
        if period > MOST_UNITS:
            raise UnsupportedError(f"the windows repeat only after {period} units")
        ends = sum(first.at(place) + last.at(place) - 2 * first.stride * place for place in range(period))
        return Fraction(ends) / (2 * period)

    @property
    def in_letters(self) -> tuple[Size, Size, Size]:
        """(size, stride, padding) where kernels, strides, paddings or dilations are letters.

        Raises:
            UnsupportedError: the units lie unevenly.
        """
        first, last = linear(tree_of(self.first), {UNIT}), linear(tree_of(self.last), {UNIT})
        if first is None or last is None or not equal(slope := first[0].get(UNIT, Int(0)), last[0].get(UNIT, Int(0))):
            raise UnsupportedError("units at different places span different numbers of places")
        span = plainest(last[1] - first[1] + 1)
        return size_of(span), size_of(plainest(slope)), size_of(plainest(negative(first[1])))


class _Side:
    """One end of the windows, as a function of the unit's place."""

    def __init__(self, size: Size) -> None:
        self.tree = tree_of(size)
        if letters_in(size) - {UNIT}:
            raise UnsupportedError(f"the window's side {size} depends on the size of the input")
        self.period = period_of(self.tree, UNIT)
        self.stride = Fraction(self.at(self.period) - self.at(0), self.period)

    def at(self, place: int) -> int:
        found: int = evaluated(self.tree, {UNIT: place})
        return found


MOST_UNITS = 4096
WHOLE = Window(None)


def start(rank: int) -> tuple[Window, ...]:
    """The windows of the input itself: every place reads itself."""
    return tuple(Window(axis, letter(UNIT), letter(UNIT)) for axis in range(2, rank))


def through(
    operator: Operator, name: str, before: tuple[Window, ...], numbers: Mapping[str, Expr]
) -> tuple[Window, ...]:
    """The windows after one layer, of those of its input called ``name``; ``numbers`` are sizes that are known.

    Raises:
        UnsupportedError: the operator reads in a way that no window says.
    """
    if isinstance(operator, Opaque) and not operator.name.startswith("batch_norm"):
        raise UnsupportedError(f"{operator.name} is no index sum, so what a unit reads is not known")
    definition = operator.general
    reads = [(read, term) for term in definition.terms for read in term.reads if read.array == name]
    found = []
    for window in before:
        if window.whole:
            found.append(WHOLE)
            continue
        sides = [_one(definition, {**operator.values, **numbers}, term, read, window) for read, term in reads]
        found.append(together(sides))
    return tuple(found)


def together(windows: list[Window]) -> Window:
    """What is read on any of several ways."""
    if not windows or any(window.whole for window in windows):
        return WHOLE
    if len({window.axis for window in windows}) > 1:
        raise UnsupportedError("the ways lead to different axes")
    first = _smallest([window.first for window in windows])
    last = _smallest([window.last * -1 for window in windows]) * -1
    return Window(windows[0].axis, first, last)


def _smallest(sizes: list[Size]) -> Size:
    """The smallest of some sides; one that another never exceeds is left out, which is seen within one period."""
    found: Size = least(sizes)
    if isinstance(found, int) or not isinstance(found.tree, Least) or letters_in(found) != {UNIT}:
        return found
    try:
        period = period_of(found.tree, UNIT)
    except UnsupportedError:
        return found  # the sides grow differently: each is the smallest somewhere
    if period > MOST_UNITS:
        return found
    kept: dict[tuple[int, ...], Expr] = {}
    for option in dict.fromkeys(_options(found.tree)):
        mine = tuple([evaluated(option, {UNIT: place}) for place in range(period)])
        if not any(all(map(le, its, mine)) for its in kept):
            kept = {its: other for its, other in kept.items() if not all(map(le, mine, its))} | {mine: option}
    return size_of(Least(tuple(kept.values())) if len(kept) > 1 else next(iter(kept.values())))


def _options(tree: Expr) -> list[Expr]:
    """What the smallest is taken of, also of the smallest of some."""
    return [one for option in tree.options for one in _options(option)] if isinstance(tree, Least) else [tree]


def _one(definition: Definition, values: Any, term: Term, read: Read, before: Window) -> Window:
    """One read's window after the window before it."""
    assert before.axis is not None
    item = read.subscripts[before.axis]
    found = in_letters(definition, values, item) or Bounds(definition, values, term).of(item)
    if found is None:
        return WHOLE
    axis, first, last = found
    return Window(axis, _after(before.first, first), _after(before.last, last))


def _after(outer: Size, inner: Size) -> Size:
    """``outer`` at the place ``inner``."""
    if isinstance(outer, int):
        return outer
    others = {name: letter(name) for name in letters_in(outer) - {UNIT}}
    found: Size = outer.at({**others, UNIT: inner})
    return found


def has_letters(window: Window) -> bool:
    """Whether other letters than the unit's place occur."""
    return bool((letters_in(window.first) | letters_in(window.last)) - {UNIT})
