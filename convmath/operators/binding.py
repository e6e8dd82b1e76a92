"""Sizes that a user gives, held against the letters of a definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from convmath.derive.conditions import Condition, basic, conditions
from convmath.errors import ConvmathError, ParseError, ShapeError
from convmath.language.border import Symbols
from convmath.language.definition import Definition, Tensor
from convmath.language.letters import keyword, word
from convmath.language.polynomial import equal, polynomial
from convmath.language.sizes import shown as shown_size
from convmath.language.sizes import size
from convmath.language.tidy import holds, put
from convmath.language.tree import Expr, Int, Relation, Sym, letters_of
from convmath.language.write import write
from convmath.operators.modes import too_far


class Binding:
    """What one question gives: sizes of axes and of single letters, held against the operator's own values.

    ``values`` are the operator's, written in letters that are still open; ``given`` are those of the
    question. A size that an expression must meet gives its one open letter a value: 2·m + 1 = 5 gives m.
    """

    def __init__(self, where: str, definition: Definition, values: Mapping[str, Expr], symbols: Symbols) -> None:
        self.where = where
        self.definition = definition
        self.values = values
        self.symbols = symbols
        self.given: dict[str, Expr] = {}
        self.pending: list[tuple[str, int, Expr, Expr]] = []

    def all(self) -> dict[str, Expr]:
        """Every letter that has a value now."""
        return {**{letter: put(value, self.given) for letter, value in self.values.items()}, **self.given}

    def shape(self, tensor: Tensor, shape: Sequence[Any]) -> None:
        """The sizes of one array.

        Raises:
            ShapeError: the rank, or a size that is known already, is another.
        """
        letters = ", ".join(write(item) for item in tensor.shape)
        if isinstance(shape, str) or not isinstance(shape, Sequence):
            raise ShapeError(f"{self.where}: the shape of {tensor.name} is {shape!r}; it must be a tuple ({letters})")
        where = f"{self.where} on {tensor.name} of shape {shown_shape(shape)}"
        if len(shape) != len(tensor.shape):
            raise ShapeError(
                f"{where}: it has {len(shape)} axes, but {tensor.name} is ({letters}), with {len(tensor.shape)}"
            )
        for axis, (wanted, given) in enumerate(zip(tensor.shape, shape, strict=True)):
            self.pending.append((where, axis, wanted, self._size(given, f"{where}: axis {axis}")))

    def settle(self, *, last: bool = False) -> None:
        """Holds every size that was given against its place, those with the fewest open letters first.

        Before the ``last`` time, a place with several open letters waits for what else is given.

        Raises:
            ShapeError: a size is not what the operator has there.
        """
        waiting: list[tuple[str, int, Expr, Expr]] = []
        while self.pending:
            self.pending.sort(key=self._open_letters)
            item = where, axis, wanted, found = self.pending.pop(0)
            if not last and self._open_letters(item) > 0 and not self._solvable(wanted):
                waiting.append(item)
                continue
            expected = self._meet(wanted, found)
            if expected is not None:
                role = f"{write(wanted)}, {keyword(wanted.name)}" if isinstance(wanted, Sym) else write(wanted)
                raise ShapeError(
                    f"{where}: axis {axis} ({word(write(wanted))}) has size {write(found)}, but the operator "
                    f"has {write(expected)} there ({role})"
                )
        self.pending = waiting

    def _solvable(self, wanted: Expr) -> bool:
        """Whether one open letter stands in ``wanted``, linearly: then a size gives it."""
        left = put(put(wanted, self.values), self.given)
        unknown = sorted(letters_of(left) - self.given.keys())
        form = polynomial(left).split(unknown[0]) if len(unknown) == 1 else None
        return form is not None and bool(form[0].value()) and form[1].value() is not None

    def _open_letters(self, item: tuple[str, int, Expr, Expr]) -> int:
        return len(letters_of(put(item[2], self.values)) - self.given.keys())

    def letter(self, letter: str, given: Any) -> None:
        """The value of one letter of the definition or of the user.

        Raises:
            ShapeError: there is no such letter, or it has another value.
        """
        known = dict.fromkeys((*self.definition.sizes, *sorted(_letters(self.values))))
        if letter not in known:
            raise ShapeError(f"{self.where} has no size called {letter}: its sizes are {', '.join(known)}")
        found = self._size(given, f"{self.where}: {letter}")
        expected = self._meet(Sym(letter), found)
        if expected is not None:
            named = letter if keyword(letter) == letter else f"{keyword(letter)} ({letter})"
            raise ShapeError(f"{self.where}: {named} is {write(expected)} already, so it cannot be {write(found)}")

    def _size(self, given: Any, what: str) -> Expr:
        try:
            return size(given, what, self.symbols)
        except ParseError as error:
            raise ShapeError(str(error)) from None

    def _meet(self, wanted: Expr, found: Expr) -> Expr | None:
        """Makes ``wanted`` equal to ``found``; what it is instead, where that cannot be."""
        left = put(wanted, self.values)
        if isinstance(left, Sym) and left.name not in self.given:
            self.given[left.name] = found
            return None
        difference = polynomial(put(left, self.given)) - polynomial(found)
        unknown = [name for name in sorted(letters_of(left)) if name not in self.given]
        form = difference.split(unknown[0]) if len(unknown) == 1 else None
        slope, rest = (form[0].value(), form[1].value()) if form else (None, None)
        if slope and rest is not None and (-rest / Fraction(slope)).denominator == 1:
            self.given[unknown[0]] = Int(int(-rest / Fraction(slope)))
        expected = put(left, self.given)
        return None if equal(expected, found) else expected


def _letters(values: Mapping[str, Expr]) -> set[str]:
    return {letter for value in values.values() for letter in letters_of(value)}


def shown_shape(shape: Sequence[Any]) -> str:
    """A shape as Python writes it, each size cut where it is long."""
    return f"({', '.join(map(shown_size, shape))}{',' if len(shape) == 1 else ''})"


def check_values(where: str, definition: Definition, values: Mapping[str, Expr], error: type[ConvmathError]) -> None:
    """Holds the numbers in ``values`` against what the definition assumes of its sizes.

    Raises:
        ``error``: a size is below its least value, a divisor does not divide, a window does not fit.
    """
    for relation in basic(definition):
        simple = isinstance(relation.left, Sym) and isinstance(relation.right, Int)
        if letters_of(relation.left, relation.right) <= values.keys() and holds(relation, values) is False:
            stated = _stated(definition, values) if simple else None
            broken = _broken(stated or relation, values) if stated or not simple else _simple(relation, values)
            raise error(f"{where}: {broken}")
    for condition in conditions(definition):
        relation = condition.relation
        if letters_of(relation.left, relation.right) <= values.keys() and holds(relation, values) is False:
            raise error(f"{where}: {_unfit(condition, values, definition)}")


def _stated(definition: Definition, values: Mapping[str, Expr]) -> Relation | None:
    """A bound that the definition states and that is broken: a count below 1 follows from it, and says less."""
    bounds = [relation for relation in definition.given if relation.op == "≤"]
    known = [relation for relation in bounds if letters_of(relation.left, relation.right) <= values.keys()]
    return next((relation for relation in known if holds(relation, values) is False), None)


def _simple(relation: Relation, values: Mapping[str, Expr]) -> str:
    assert isinstance(relation.left, Sym)
    letter = relation.left.name
    name = keyword(letter)
    shown = letter if name == letter else f"{name} ({letter})"
    return f"{shown} is {write(values[letter])}; it must be an integer {relation.op} {relation.right}"


def _broken(relation: Relation, values: Mapping[str, Expr]) -> str:
    if relation.op == "∣":
        return (
            f"{_named(relation.left, values)} does not divide {_named(relation.right, values)}: "
            f"{_plain(relation.right)} must be a multiple of it"
        )
    return f"{relation} does not hold ({_numbers(relation, values)}). {_remedies(relation, values)}"


def _plain(expr: Expr) -> str:
    return keyword(expr.name) if isinstance(expr, Sym) else write(expr)


def _named(expr: Expr, values: Mapping[str, Expr]) -> str:
    return write(expr) if isinstance(expr, Int) else f"{_plain(expr)} = {write(put(expr, values))}"


def _numbers(relation: Relation, values: Mapping[str, Expr]) -> str:
    letters = sorted(letters_of(relation.left, relation.right))
    return ", ".join(f"{letter} = {write(values[letter])}" for letter in letters)


def _unfit(condition: Condition, values: Mapping[str, Expr], definition: Definition) -> str:
    relation, place = condition.relation, condition.place
    left, right = write(put(relation.left, values)), write(put(relation.right, values))
    fix = _remedies(relation, values)
    if place is None and relation.left != Int(1):
        return f"no place is left, since {relation} does not hold ({_numbers(relation, values)}). {fix}"
    if place is None:
        return f"the output would have {write(relation.right)} = {right} places ({_numbers(relation, values)}). {fix}"
    axis = write(place.size)
    if condition.kind == "repeats":
        repeated = too_far(definition.arrays[place.read.array], place, left, write(put(place.size, values)))
        return f"{repeated} ({_numbers(relation, values)}). {fix}"
    if condition.kind == "starts":
        return (
            f"the first output reads {left} places before {place.read.array} along {axis}, but {right} are padded "
            f"there ({_numbers(relation, values)}). {fix}"
        )
    padded = "padded " if definition.arrays[place.read.array].padding[place.axis] != (Int(0), Int(0)) else ""
    return (
        f"one output spans {write(relation.left)} = {left} positions along {axis}, but the {padded}input has "
        f"{write(relation.right)} = {right} there ({_numbers(relation, values)}). {fix}"
    )


def _remedies(relation: Relation, values: Mapping[str, Expr]) -> str:
    """The nearest value of each letter alone that would mend it, found by trying."""
    found = []
    for letter in sorted(letters_of(relation.left, relation.right)):
        value = values[letter]
        if not isinstance(value, Int):
            continue
        for sign, op in ((1, "≥"), (-1, "≤")):
            nearest = _nearest(relation, values, letter, value.value, sign)
            if nearest is not None:
                found.append(f"{_plain(Sym(letter))} {op} {nearest}")
    return f"Use {', or '.join(found)}." if found else "No single size mends it."


def _nearest(relation: Relation, values: Mapping[str, Expr], letter: str, start: int, sign: int) -> int | None:
    """The value nearest to ``start`` in one direction at which the relation holds: it is linear, so bisect."""

    def mends(distance: int) -> bool:
        return holds(relation, {**values, letter: Int(start + sign * distance)}) is not False

    numbers = [value.value for value in values.values() if isinstance(value, Int)]
    low, high = 0, (4 * max(numbers) ** 2 + 64 if sign > 0 else start - (0 if letter[0] in "pq" else 1))
    if high < 1 or not mends(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if mends(middle) else (middle, high)
    return start + sign * high
