"""Receptive fields through a network: between which places of the input one output unit reads, as sizes in its index.

Along one axis a unit i of a tensor reads between first(i) and last(i). For a convolution both are linear in i, for a
transposed one and for upsampling they are floors. One layer after another, the functions are put into one another;
where paths meet, the smaller first and the larger last count.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from convmath.errors import UnsupportedError
from convmath.language.definition import Definition
from convmath.language.linear import linear
from convmath.language.polynomial import polynomial
from convmath.language.tidy import put
from convmath.language.tree import Expr, Floor, Int, Ratio, Read, Sym, letters_of
from convmath.network.extent import Extent, Size, letter
from convmath.network.form import Form, letters_in
from convmath.operators.opaque import Opaque
from convmath.operators.operator import Operator

UNIT = "i"
"""The letter of a unit's place."""


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
        spans = self._spans()
        return min(spans), max(spans)

    @property
    def size(self) -> int:
        """How many places the widest unit spans, holes and padding included."""
        return self.sizes[1]

    @property
    def stride(self) -> Fraction:
        """How far apart neighbours lie on the average."""
        first = self._extent(self.first)
        return Fraction(first.slope * first.times, first.period)

    @property
    def padding(self) -> int:
        """How many places before the input unit 0 begins."""
        return -int(self._extent(self.first).at({UNIT: 0}))

    def _extent(self, size: Size) -> Extent:
        if isinstance(size, Extent):
            return size
        raise UnsupportedError(f"the window's side {size} is no single floor of the unit's place")

    def _spans(self) -> list[int]:
        first, last = self._extent(self.first), self._extent(self.last)
        slopes = [Fraction(side.slope * side.times, side.period) for side in (first, last)]
        if slopes[0] != slopes[1]:
            raise UnsupportedError("units at different places span different numbers of places, without a bound")
        period = first.period * last.period
        if period > MOST_UNITS:
            raise UnsupportedError(f"the windows repeat only after {period} units")
        return [last.at({UNIT: place}) - first.at({UNIT: place}) + 1 for place in range(period)]


MOST_UNITS = 4096
WHOLE = Window(None)


def start(rank: int) -> tuple[Window, ...]:
    """The windows of the input itself: every place reads itself."""
    return tuple(Window(axis, letter(UNIT), letter(UNIT)) for axis in range(2, rank))


def through(operator: Operator, name: str, before: tuple[Window, ...]) -> tuple[Window, ...]:
    """The windows after one layer, of those of its input called ``name``.

    Raises:
        UnsupportedError: the operator reads in a way that no window says.
    """
    if isinstance(operator, Opaque) and not operator.name.startswith("batch_norm"):
        raise UnsupportedError(f"{operator.name} is no index sum, so what a unit reads is not known")
    definition = operator.general
    reads = [(read, term.where) for term in definition.terms for read in term.reads if read.array == name]
    found = []
    for window in before:
        if window.whole:
            found.append(WHOLE)
            continue
        sides = [_one(definition, operator.values, read, window) for read, _ in reads]
        found.append(together(sides))
    return tuple(found)


def together(windows: list[Window]) -> Window:
    """What is read on any of several ways."""
    if not windows or any(window.whole for window in windows):
        return WHOLE
    if len({window.axis for window in windows}) > 1:
        raise UnsupportedError("the ways lead to different axes")
    first, last = windows[0].first, windows[0].last
    for window in windows[1:]:
        first = _smaller(first, window.first)
        last = _smaller(last * -1, window.last * -1) * -1
    return Window(windows[0].axis, first, last)


def _smaller(one: Size, two: Size) -> Size:
    if isinstance(one, int) or isinstance(two, int):
        return min(one, two) if isinstance(one, int) and isinstance(two, int) else Form(two.tree).least(one)  # type: ignore[union-attr]
    return one.least(two)


def _one(definition: Definition, values: Any, read: Read, before: Window) -> Window:
    """One read's window after the window before it."""
    assert before.axis is not None
    item = put(read.subscripts[before.axis], values)
    outputs = [str(put(side, values)) for side in definition.output.subscripts]
    if isinstance(item, Sym) and item.name not in outputs and definition.written:
        index, first, last = _written(definition, values, item.name)
    else:
        index, first, last = _read(definition, values, item, outputs)
    if index is None:
        return WHOLE
    return Window(outputs.index(index), _after(before.first, first), _after(before.last, last))


def _after(outer: Size, inner: Size) -> Size:
    """``outer`` at the place ``inner``."""
    if isinstance(outer, int):
        return outer
    found: Size = outer.at({UNIT: inner})
    return found


def _read(definition: Definition, values: Any, item: Expr, outputs: list[str]) -> tuple[str | None, Size, Size]:
    """X[s·i + d·u − p], or a floor of it: the smallest and the largest place over the summed indices."""
    divisor, inside = 1, item
    match item:
        case Floor(Ratio(top, Int(below))):
            divisor, inside = below, top
    form = linear(inside, definition.indices)
    used = [name for name in outputs if name in letters_of(item)]
    if form is None or len(used) > 1:
        raise UnsupportedError(f"a unit reads at {item}, which is no window")
    low, high = _between(definition, values, form, used)
    if low is None or high is None or not used:
        return None, 0, 0
    slope = _number(form[0][used[0]])
    place = letter(UNIT) * slope
    return used[0], (place + low) // divisor, (place + high) // divisor


def _written(definition: Definition, values: Any, index: str) -> tuple[str | None, Size, Size]:
    """t = s·i + d·u − p with X read at i: unit t reads where s·i lies between t − max and t − min of the rest."""
    for name, side in definition.written.items():
        form = linear(put(side, values), definition.indices)
        if form is None or index not in form[0]:
            continue
        slope = _number(form[0][index])
        low, high = _between(definition, values, form, [index])
        if low is None or high is None:
            return None, 0, 0
        place = letter(UNIT)
        return name, (place + (slope - 1 - high)) // slope, (place - low) // slope
    raise UnsupportedError(f"where {index} is written is not known")


def _between(definition: Definition, values: Any, form: Any, apart: list[str]) -> tuple[int | None, int | None]:
    """The least and the greatest value of a linear form, without the letters ``apart``; None with an open range."""
    low = high = _number(form[1])
    for name, slope in form[0].items():
        if name in apart:
            continue
        most = put(definition.range_of(name) - 1, values)
        if not isinstance(most, Int):
            return None, None
        reach = _number(slope) * most.value
        low, high = low + min(reach, 0), high + max(reach, 0)
    return low, high


def _number(expr: Expr) -> int:
    value = polynomial(expr).value()
    if not isinstance(value, int):
        raise UnsupportedError(f"{expr} is no number, so the window has no number either")
    return value


def has_letters(window: Window) -> bool:
    """Whether other letters than the unit's place occur."""
    return bool((letters_in(window.first) | letters_in(window.last)) - {UNIT})
