"""Between which places one output reads an array along one axis, out of a definition with numbers for its sizes.

The place that is read is linear in the definition's indices, or a floor of that. Each index is the output's own place,
or a digit of it, or it lies between two bounds that a condition says, or it takes the values of its range.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convmath.errors import UnsupportedError
from convmath.language.definition import Definition, Term
from convmath.language.linear import linear
from convmath.language.monomials import Polynomial
from convmath.language.polynomial import polynomial
from convmath.language.tidy import put
from convmath.language.tree import Expr, Floor, Int, Ratio, Relation, Sym, letters_of
from convmath.network.extent import Size, letter
from convmath.network.form import least, size_of
from convmath.proof.facts import facts

UNIT = "i"
"""The letter of a unit's place."""
Side = tuple[Size, Size]
"""The least and the greatest value."""
Form = tuple[Mapping[str, Expr], Expr]


class Bounds:
    """What the indices of one term of a definition can be, where the output's place along one axis is known."""

    def __init__(self, definition: Definition, values: Any, term: Term) -> None:
        self.definition, self.values = definition, values
        self.outputs = [put(item, values) for item in definition.output.subscripts]
        where = [Relation(put(r.left, values), r.op, put(r.right, values)) for r in term.where]
        cuts = self._cuts(term)
        self.where = [r for r in where if r.op == "=" or polynomial(slack(r)) not in cuts]
        self.axis: int | None = None

    def _cuts(self, term: Term) -> list[Polynomial]:
        """What is ≥ 0 where a read stays in its array: such a condition cuts a window off at the border, no more."""
        arrays = self.definition.arrays
        pairs = [pair for read in term.reads for pair in zip(read.subscripts, arrays[read.array].shape, strict=True)]
        sides = [side for item, size in pairs for side in (item, size - 1 - item)]
        return [polynomial(put(side, self.values)) for side in sides]

    def of(self, item: Expr) -> tuple[int, Size, Size] | None:
        """(the output's axis, first, last) of the places that ``item`` takes, None where it takes every place.

        Raises:
            UnsupportedError: the places are not worked out.
        """
        divisor, inside = 1, put(item, self.values)
        match inside:
            case Floor(Ratio(top, Int(below))):
                divisor, inside = below, top
        low: Size
        high: Size
        slopes, rest = self._form(inside)
        self.axis = next(
            (at for at, out in enumerate(self.outputs) if isinstance(out, Sym) and out.name in slopes), None
        )
        low = high = number(rest)
        for name, slope in slopes.items():
            side = self._index(name)
            if side is None:
                return None
            times = number(slope)
            ends = side if times >= 0 else (side[1], side[0])
            low, high = ends[0] * times + low, ends[1] * times + high
        if self.axis is None:
            return None
        return self.axis, low // divisor, high // divisor

    def _form(self, expr: Expr) -> Form:
        found = linear(expr, self.definition.indices)
        if found is None:
            raise UnsupportedError(f"a unit reads at {expr}, which is no window")
        return found

    def _index(self, name: str) -> Side | None:
        """The values of one index, None where its range is open."""
        for axis, item in enumerate(self.outputs):
            if name in letters_of(item) and self.axis in {None, axis}:
                return self._digit(name, axis, item)
        own = [relation for relation in self.where if name in letters_of(relation.left, relation.right)]
        if own:
            return None if self._everything(name, own) else self._between(name, own)
        most = put(self.definition.range_of(name) - 1, self.values)
        return (0, most.value) if isinstance(most, Int) else None

    def _everything(self, name: str, relations: list[Relation]) -> bool:
        """Whether the conditions leave an index all values of its range, as they do where there is one output."""
        single = {str(item): Int(0) for item in self.outputs if self._is_single(item)}
        most = put(self.definition.range_of(name) - 1, self.values)
        slack = [put(r.right - r.left, single) for r in relations if r.op == "≤"]
        return len(slack) == len(relations) and all(
            facts((Relation(Sym(name), "≥", Int(0)), Relation(Sym(name), "≤", most))).not_negative(one) is not None
            for one in slack
        )

    def _is_single(self, item: Expr) -> bool:
        known = self.definition.known_ranges
        return isinstance(item, Sym) and item.name in known and put(known[item.name], self.values) == Int(1)

    def _take(self, axis: int) -> None:
        if self.axis not in (None, axis):
            raise UnsupportedError("a unit's place along one axis depends on several axes of the output")
        self.axis = axis

    def _digit(self, name: str, axis: int, item: Expr) -> Side:
        """The output's place y = s·i + rest: i lies between (y − most)/s and (y − least)/s."""
        self._take(axis)
        place = letter(UNIT)
        if item == Sym(name):
            written = self.definition.written.get(name)
            if written is None:
                return place, place
            raise UnsupportedError(f"{name} is written, not read")
        form = self._form(item)
        slope = number(form[0][name])
        low, high = self._rest(form, name)
        return (place + (slope - 1 - high)) // slope, (place - low) // slope

    def _rest(self, form: Form, name: str) -> tuple[int, int]:
        """The least and the greatest value of a form without one of its letters."""
        low = high = number(form[1])
        for other, slope in form[0].items():
            if other != name:
                most = put(self.definition.range_of(other) - 1, self.values)
                if not isinstance(most, Int):
                    raise UnsupportedError(f"{other} takes as many values as the input has places")
                reach = number(slope) * most.value
                low, high = low + min(reach, 0), high + max(reach, 0)
        return low, high

    def _between(self, name: str, relations: list[Relation]) -> Side | None:
        """The bounds that conditions say: s·t + rest ≤ 0, ≥ 0 or = 0, with the output's place among the rest."""
        lower: list[Size] = []
        upper: list[Size] = []
        for relation in relations:
            form = self._form(put(relation.right - relation.left, self.values))
            slope = number(form[0][name])
            low, high = self._others(form, name)  # slope·t + others {=, ≥} 0
            up = relation.op == "=" or slope > 0
            down = relation.op == "=" or slope < 0
            size = abs(slope)
            most, fewest = (high, low) if slope > 0 else (low * -1, high * -1)
            if up:
                lower.append((most * -1 + (size - 1)) // size)
            if down:
                upper.append((fewest * -1) // size)
        if not lower or not upper:
            return None
        return least([bound * -1 for bound in lower]) * -1, least(upper)

    def _others(self, form: Form, name: str) -> Side:
        low: Size
        high: Size
        low = high = number(form[1])
        for other, slope in form[0].items():
            if other == name:
                continue
            times = number(slope)
            side = self._known(other)
            ends = side if times >= 0 else (side[1], side[0])
            low, high = ends[0] * times + low, ends[1] * times + high
        return low, high

    def _known(self, name: str) -> Side:
        """An index that stands beside another in a condition: the output's place, or one with a range."""
        for axis, item in enumerate(self.outputs):
            if item == Sym(name):
                self._take(axis)
                return letter(UNIT), letter(UNIT)
        most = put(self.definition.range_of(name) - 1, self.values)
        if not isinstance(most, Int):
            raise UnsupportedError(f"{name} takes as many values as the input has places")
        return 0, most.value


def in_letters(definition: Definition, values: Any, item: Expr) -> tuple[int, Size, Size] | None:
    """(the output's axis, first, last) of a window whose kernel, stride, padding or dilation is a letter; else None.

    These letters are ≥ 1, paddings ≥ 0. So a slope that is made of them with plus signs only is ≥ 0, and its index
    reads farthest at its last value. Where the number of outputs is given, paddings follow from the size: no window.
    """
    sizes = {str(size) for name in definition.inputs for size in definition.arrays[name].shape}
    if sizes.union(values).issuperset(definition.sizes):
        return None
    outputs = [str(put(out, values)) for out in definition.output.subscripts]
    form = linear(put(item, values), definition.indices)
    axes = [] if form is None else [at for at, out in enumerate(outputs) if out in form[0]]
    given = {*definition.written, *dict(definition.ranges)}
    if form is None or len(axes) != 1 or outputs[axes[0]] in given:
        return None
    slopes, rest = form
    ranges = {tap: put(definition.range_of(tap), values) for tap in slopes.keys() - {outputs[axes[0]]}}
    used = letters_of(*slopes.values(), rest, *ranges.values())
    if not used or used & sizes or not all(_with_plus_signs(slope) for slope in slopes.values()):
        return None
    first = letter(UNIT) * size_of(slopes[outputs[axes[0]]]) + size_of(rest)
    last = first
    for tap, count in ranges.items():
        last = last + size_of(slopes[tap]) * (size_of(count) - 1)
    return axes[0], first, last


def _with_plus_signs(slope: Expr) -> bool:
    return all(value >= 0 for value in polynomial(slope).terms.values())


def slack(relation: Relation) -> Expr:
    """What is ≥ 0 where the relation holds."""
    more, less = (relation.left, relation.right) if relation.op in ("≥", ">") else (relation.right, relation.left)
    return more - less - int(relation.op in ("<", ">"))


def number(expr: Expr) -> int:
    """A number in a window.

    Raises:
        UnsupportedError: it has letters.
    """
    value = polynomial(expr).value()
    if not isinstance(value, int):
        raise UnsupportedError(f"what a unit reads depends on the size of the input: {expr} stands there")
    return value
