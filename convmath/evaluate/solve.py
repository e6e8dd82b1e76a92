"""The integers that meet some relations, and the places that they lead to.

Each letter has a set of values. An equation with one open letter is solved for it; other letters are
gone through one by one, the one with the most values last: inequalities leave an interval of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Literal

from convmath.errors import UnsupportedError
from convmath.evaluate.positions import Places, Positions
from convmath.evaluate.reads import number
from convmath.language.linear import linear
from convmath.language.tree import Expr

MOST_CHOICES = 2_000_000


@dataclass(frozen=True, slots=True)
class Form:
    """``Σ slope·letter + offset``, and how it was written."""

    letters: frozenset[str]
    slopes: Mapping[str, int]
    offset: int
    written: Expr

    def at(self, values: Mapping[str, int]) -> int:
        return self.offset + sum(slope * values[name] for name, slope in self.slopes.items())

    def least(self, domains: Mapping[str, Places]) -> int:
        """The least value over the domains."""
        return self.offset + sum(s * domains[name][0 if s > 0 else -1] for name, s in self.slopes.items())


def form(expr: Expr, indices: frozenset[str]) -> Form:
    """``expr``, whose sizes are numbers, taken apart.

    Raises:
        UnsupportedError: it is not of this form.
    """
    found = linear(expr, indices)
    if found is None:
        raise UnsupportedError(f"which places {expr} leads to is worked out only for number·index + … + number")
    slopes = {name: number(slope) for name, slope in found[0].items()}
    return Form(frozenset(slopes), slopes, number(found[1]), expr)


@dataclass(frozen=True, slots=True)
class Condition:
    """``form = 0`` or ``form ≥ 0``."""

    form: Form
    op: Literal["=", "≥"]

    def holds(self, values: Mapping[str, int]) -> bool:
        value = self.form.at(values)
        return value == 0 if self.op == "=" else value >= 0

    def always(self, domains: Mapping[str, Places]) -> bool:
        """Whether it is an inequality that holds at every choice from the domains."""
        return self.op == "≥" and self.form.least(domains) >= 0


@dataclass
class _Step:
    """One letter gets its value: solved from ``equation``, or every value of its domain in turn."""

    letter: str
    equation: Form | None
    checks: list[Condition] = field(default_factory=list)


def image(
    domains: Mapping[str, Places], conditions: Sequence[Condition], goals: Sequence[Form]
) -> tuple[Positions, ...] | None:
    """The values of ``goals`` where the conditions hold, goal by goal; None where they hold nowhere.

    Raises:
        UnsupportedError: not every combination of these values occurs, or there are too many choices.
    """
    if not all(condition.form.letters or condition.holds({}) for condition in conditions):
        return None
    search = _Search(domains, _steps(domains, conditions), goals)
    found: list[tuple[Places, ...]] = []
    size = 0
    for values in search.choices({}, 0):
        if not goals:
            return ()
        found.append(values)
        size += max(Positions(places).count for places in values)
        if len(found) > 1 and size > MOST_CHOICES:
            raise search.too_many()
    return _gathered(found, goals) if found else None


def _gathered(found: list[tuple[Places, ...]], goals: Sequence[Form]) -> tuple[Positions, ...]:
    axes = tuple(
        Positions.of(parts[0] if len(parts) == 1 else {place for part in parts for place in part})
        for parts in zip(*found, strict=True)
    )
    if sum(axis.count > 1 for axis in axes) > 1:
        together = {place for choice in found for place in _in_step(choice)}
        if len(together) != prod(axis.count for axis in axes):
            written = ", ".join(str(goal.written) for goal in goals)
            raise UnsupportedError(
                f"the places that one output reads at {written} are no product of sets, one for each axis: which it "
                "reads along one depends on the place along the other"
            )
    return axes


def _in_step(choice: tuple[Places, ...]) -> Iterator[tuple[int, ...]]:
    """The places of several goals together: all move with the last letter, or stand still."""
    longest = max(map(len, choice))
    return zip(*(places if len(places) == longest else tuple(places) * longest for places in choice), strict=True)


def _steps(domains: Mapping[str, Places], conditions: Sequence[Condition]) -> list[_Step]:
    """The order in which letters get values; each condition is checked as soon as it can be."""
    open_letters = set(domains)
    waiting = list(conditions)
    steps: list[_Step] = []
    while open_letters:
        steps.append(_next(domains, open_letters, waiting))
        open_letters.remove(steps[-1].letter)
        steps[-1].checks = [c for c in waiting if not c.form.letters & open_letters]
        waiting = [c for c in waiting if c.form.letters & open_letters]
    return steps


def _next(domains: Mapping[str, Places], open_letters: set[str], waiting: Sequence[Condition]) -> _Step:
    equations = [c for c in waiting if c.op == "="]
    for condition in equations:
        left = condition.form.letters & open_letters
        if len(left) == 1:
            return _Step(next(iter(left)), condition.form)
    fewest = min((c.form.letters & open_letters for c in equations), key=len, default=open_letters)
    return _Step(min(sorted(fewest), key=lambda name: Positions(domains[name]).count), None)


@dataclass
class _Search:
    domains: Mapping[str, Places]
    steps: Sequence[_Step]
    goals: Sequence[Form]

    def __post_init__(self) -> None:
        self.tried = 0
        self.members = {name: p if isinstance(p, range) else frozenset(p) for name, p in self.domains.items()}

    def choices(self, values: dict[str, int], at: int) -> Iterator[tuple[Places, ...]]:
        """The goals' values, for each choice of all letters but a last one that runs as an interval."""
        if at == len(self.steps):
            yield tuple(_one(goal.at(values)) for goal in self.goals)
            return
        step = self.steps[at]
        if at == len(self.steps) - 1 and step.equation is None:
            yield from self._interval(step, values)
            return
        for value in self._candidates(step, values):
            values[step.letter] = value
            self.tried += 1
            if self.tried > MOST_CHOICES:
                raise self.too_many()
            if all(condition.holds(values) for condition in step.checks if condition.form is not step.equation):
                yield from self.choices(values, at + 1)
        values.pop(step.letter, None)

    def too_many(self) -> UnsupportedError:
        letters = ", ".join(sorted(self.domains))
        return UnsupportedError(f"more than {MOST_CHOICES} choices of {letters} lead to the places read: too many here")

    def _candidates(self, step: _Step, values: Mapping[str, int]) -> Places:
        if step.equation is None:
            return self.domains[step.letter]
        slope, rest = _split(step.equation, step.letter, values)
        value, left = divmod(-rest, slope)
        return _one(value) if not left and value in self.members[step.letter] else ()

    def _interval(self, step: _Step, values: Mapping[str, int]) -> Iterator[tuple[Places, ...]]:
        places = self.domains[step.letter]
        for condition in step.checks:
            slope, rest = _split(condition.form, step.letter, values)
            # slope·x + rest ≥ 0
            places = _from(places, -(rest // slope)) if slope > 0 else _to(places, rest // -slope)
        if places:
            yield tuple(_moved(places, *_split(goal, step.letter, values)) for goal in self.goals)


def _one(value: int) -> range:
    return range(value, value + 1)


def _split(found: Form, letter: str, values: Mapping[str, int]) -> tuple[int, int]:
    """(slope, rest) with form = slope·letter + rest."""
    rest = found.offset + sum(slope * values[name] for name, slope in found.slopes.items() if name != letter)
    return found.slopes.get(letter, 0), rest


def _from(places: Places, low: int) -> Places:
    if isinstance(places, tuple):
        return tuple(place for place in places if place >= low)
    skipped = max(0, -((places.start - low) // places.step))
    return range(places.start + skipped * places.step, places.stop, places.step)


def _to(places: Places, high: int) -> Places:
    if isinstance(places, tuple):
        return tuple(place for place in places if place <= high)
    return range(places.start, min(places.stop, high + 1), places.step)


def _moved(places: Places, slope: int, offset: int) -> Places:
    """``slope·x + offset`` for every x, in the order of the x."""
    if slope == 0:
        return _one(offset)
    if isinstance(places, tuple):
        return tuple(slope * place + offset for place in places)
    return range(slope * places.start + offset, slope * places.stop + offset, slope * places.step)
