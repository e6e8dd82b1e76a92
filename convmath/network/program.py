"""An operator's derived sizes, ready to be worked out for numbers and for letters alike.

The derivation is made once, in letters. Its conclusions are kept as small closures that use only ``+ * //``: they take
ints, and sizes with letters (:mod:`convmath.network.extent`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from convmath.derive.conditions import assumptions
from convmath.derive.extent import extents
from convmath.errors import UnsupportedError
from convmath.language.polynomial import polynomial
from convmath.language.tidy import put
from convmath.language.tree import Add, Ceil, Expr, Floor, Int, Least, Mul, Pow, Ratio, Relation, Sym, letters_of
from convmath.network.extent import Size, letter
from convmath.network.form import least
from convmath.operators.operator import Operator

Shape = tuple[Size, ...]
Closure = Callable[[list[Any]], Any]


class Requirement(NamedTuple):
    """What must hold for a network's sizes to fit: ``left op right``, with op one of = ≤ ∣."""

    left: Size
    op: str
    right: Size
    node: str = ""


class MisfitError(Exception):
    """A size does not fit: the operator itself says why."""


class Program:
    """An operator's output shape from its input shapes.

    Attributes:
        ranks: how many axes each input has.
        letters: the operator's open letters, in the order of their values.
    """

    def __init__(self, operator: Operator) -> None:
        definition, values = operator.general, operator.values
        wanted = [[put(item, values) for item in definition.arrays[name].shape] for name in definition.inputs]
        self.ranks = tuple(map(len, wanted))
        self.letters: list[str] = []
        self.takes: list[tuple[int, int]] = []
        self.solves: list[tuple[int, int, int, Closure]] = []
        self.meets: list[tuple[int, int, Closure]] = []
        places = [(at, axis, item) for at, shape in enumerate(wanted) for axis, item in enumerate(shape)]
        waiting = [place for place in places if not self._taken(*place)]
        for at, axis, item in waiting:
            self._solved(at, axis, item)
        slots = {name: slot for slot, name in enumerate(self.letters)}
        self.sizes = [compiled(put(size, values), slots) for size in extents(definition)]
        found = [Relation(put(r.left, values), r.op, put(r.right, values)) for r in assumptions(definition)]
        self.conditions = [
            (compiled(r.left, slots), r.op, compiled(r.right, slots)) for r in found if not _holds_anyway(r)
        ]

    def _taken(self, at: int, axis: int, item: Expr) -> bool:
        """Whether a letter has its value from this axis."""
        if isinstance(item, Sym) and item.name not in self.letters:
            self.letters.append(item.name)
            self.takes.append((at, axis))
            return True
        return False

    def _solved(self, at: int, axis: int, item: Expr) -> None:
        """A size that is an expression gives its one open letter a value, or is held against it."""
        slots = {name: slot for slot, name in enumerate(self.letters)}
        unknown = sorted(letters_of(item) - slots.keys())
        if not unknown:
            self.meets.append((at, axis, compiled(item, slots)))
            return
        form = polynomial(item).split(unknown[0]) if len(unknown) == 1 else None
        slope, rest = (form[0].value(), form[1].value()) if form else (None, None)
        if not isinstance(slope, int) or not isinstance(rest, int) or slope < 1:
            raise UnsupportedError(f"a size is {item}, which does not say what {', '.join(unknown)} is")
        self.letters.append(unknown[0])
        taken = rest
        self.solves.append((at, axis, slope, lambda values: taken))

    def bind(self, shapes: Sequence[Shape], met: list[Requirement] | None) -> list[Size]:
        """The value of each letter; what must hold besides goes into ``met``, where sizes have letters.

        Raises:
            MisfitError: a size is another.
        """
        if len(shapes) != len(self.ranks) or any(len(s) != rank for s, rank in zip(shapes, self.ranks, strict=True)):
            raise MisfitError
        values: list[Size] = [shapes[at][axis] for at, axis in self.takes]
        for at, axis, slope, rest in self.solves:
            apart = shapes[at][axis] - rest(values)
            check(slope, "∣", apart, met)
            values.append(apart // slope)
        for at, axis, wanted in self.meets:
            check(shapes[at][axis], "=", wanted(values), met)
        for left, op, right in self.conditions:
            check(left(values), op, right(values), met)
        return values

    def __call__(self, shapes: Sequence[Shape], met: list[Requirement] | None = None) -> Shape:
        """The output's shape."""
        values = self.bind(shapes, met)
        return tuple([size(values) for size in self.sizes])


def _holds_anyway(relation: Relation) -> bool:
    """N ≥ 1 holds of every size of an array; a relation between numbers was checked when the operator was made."""
    if isinstance(relation.left, Sym) and relation.op == "≥" and relation.right in (Int(0), Int(1)):
        return True
    return not letters_of(relation.left, relation.right)


def check(left: Size, op: str, right: Size, met: list[Requirement] | None) -> None:
    """Holds one relation, or notes it where it depends on a letter.

    Raises:
        MisfitError: it is false.
    """
    if isinstance(left, int) and isinstance(right, int):
        fine = {"=": left == right, "≤": left <= right, "≥": left >= right, "<": left < right}
        if not (right % left == 0 if op == "∣" else fine[op]):
            raise MisfitError
        return
    if op == "=" and (left == right or _equal_everywhere(left, right)):
        return
    if op == "∣" and left == 1:
        return
    if met is None:
        raise MisfitError
    if op == "≥":
        left, op, right = right, "≤", left
    elif op == "<":
        left, op = left + 1, "≤"
    met.append(Requirement(left, op, right))


def _equal_everywhere(left: Size, right: Size) -> bool:
    """Whether two sizes that are written differently are equal for every value of their letter."""
    from convmath.network.residues import alike

    return alike(left, right)


def compiled(expr: Expr, slots: dict[str, int]) -> Closure:
    """``expr`` as a function of its letters' values."""
    match expr:
        case Int(number):
            return lambda values: number
        case Sym(name) if name in slots:
            slot = slots[name]
            return lambda values: values[slot]
        case Sym(name):
            found = letter(name)  # a letter of the network itself: an unknown kernel, an unknown number of channels
            return lambda values: found
        case Add((Sym(name), Int(number))) if name in slots:
            slot = slots[name]
            return lambda values: values[slot] + number
        case Add((Floor(Ratio(Add((Sym(name), Int(inner))), Int(divisor))), Int(number))) if name in slots:
            slot = slots[name]
            return lambda values: (values[slot] + inner) // divisor + number
        case Add(items) | Mul(items) | Least(items):
            return _joined(expr, [compiled(item, slots) for item in items])
        case Pow(base, exponent):
            return _joined(Mul((base,) * exponent), [compiled(base, slots)] * exponent)
        case Floor(Ratio(numerator, below)):
            top, bottom = compiled(numerator, slots), compiled(below, slots)
            return lambda values: top(values) // bottom(values)
        case Ceil(Ratio(numerator, below)):
            top, bottom = compiled(numerator, slots), compiled(below, slots)
            return lambda values: (top(values) + bottom(values) - 1) // bottom(values)
        case Ratio(numerator, below):
            top, bottom = compiled(numerator, slots), compiled(below, slots)
            return lambda values: top(values) // bottom(values)  # its divisor divides it: that is one of the conditions
    raise UnsupportedError(f"{expr} is no size that is worked out here")


def _joined(expr: Expr, parts: list[Closure]) -> Closure:
    if isinstance(expr, Least):
        return lambda values: least([part(values) for part in parts])
    first, others = parts[0], parts[1:]
    if isinstance(expr, Add):

        def added(values: list[Any]) -> Any:
            whole = first(values)
            for part in others:
                whole = whole + part(values)
            return whole

        return added

    def multiplied(values: list[Any]) -> Any:
        number, sizes = 1, None
        for part in parts:
            factor = part(values)
            if type(factor) is int:
                number *= factor
            else:
                sizes = factor if sizes is None else sizes * factor
        return number if sizes is None else sizes * number  # 120·⌊a⌋·⌊b⌋: the number goes into neither floor

    return multiplied
