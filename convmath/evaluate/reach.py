"""What the places of an output read: for an array of the definition, the places along each of its axes.

A product reads all its places, or none of them where one lies in the padding. So the relations of a
term are those of its subscripts to the output and of all its reads to their arrays. They fall into
groups that share no letter, and the places read are the product of what each group allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from convmath.errors import UnsupportedError
from convmath.evaluate.positions import NOWHERE, Places, Positions
from convmath.evaluate.reads import number
from convmath.evaluate.solve import Condition, Form, form, image
from convmath.language.around import check_index_sum
from convmath.language.definition import Definition, Tensor, Term
from convmath.language.tensor import sources
from convmath.language.tree import Expr, Int, Read, Sym

Side = tuple[Form, tuple[Condition, ...]]
Box = tuple[Positions, ...]
"""A set of places for each axis: all places of their product."""


class Reach:
    """The relations of a definition, ready for many questions.

    Args:
        definition: with a number for every size.
        extents: the size of each output axis, as derived.
    """

    def __init__(self, definition: Definition, extents: Sequence[int]) -> None:
        check_index_sum(definition, "which places a unit reads")
        self.definition = definition
        self.terms = tuple(_Relations(definition, term, tuple(extents)) for term in definition.terms)

    def __call__(self, array: str, outputs: Sequence[Positions | None]) -> Box:
        """The places of ``array`` that some output of the box ``outputs`` reads; None stands for a whole axis.

        Raises:
            UnsupportedError: these places are no product of sets, one for each axis.
        """
        if not all(given is None or given.places for given in outputs):
            return self.nowhere(array)
        boxes = [
            box
            for term in self.terms
            for read in dict.fromkeys(term.reads)
            if read.array == array
            for box in term.boxes(read, outputs)
        ]
        return _union(array, list(dict.fromkeys(boxes))) if boxes else self.nowhere(array)

    def nowhere(self, array: str) -> Box:
        """No place, along every axis."""
        return (NOWHERE,) * len(self.definition.arrays[array].shape)


@dataclass
class _Group:
    """Relations that share letters with each other and with nothing else."""

    letters: set[str]
    conditions: list[Condition] = field(default_factory=list)
    goals: dict[int, Form] = field(default_factory=dict)

    def take(self, other: _Group) -> None:
        self.letters |= other.letters
        self.conditions += other.conditions
        self.goals |= other.goals


class _Relations:
    """What holds between the indices of one term where its product is formed from entries of the arrays."""

    def __init__(self, definition: Definition, term: Term, extents: tuple[int, ...]) -> None:
        self.reads, self.output, self.indices = term.reads, definition.output, definition.indices
        self.sides = {read: self._sides(read, definition.arrays[read.array]) for read in term.reads}
        self.conditions = [*self._where(term), *self._inside(definition)]
        whole = dict(zip(map(str, self.output.subscripts), extents, strict=True))
        forms = [form(item, self.indices) for item in self.output.subscripts]
        forms += [form(item, self.indices) for read in term.reads for item in read.subscripts]
        forms += [c.form for c in self.conditions]
        letters = sorted({letter for found in forms for letter in found.letters})
        self.domains: dict[str, Places] = {
            name: range(whole[name] if name in whole else number(definition.range_of(name))) for name in letters
        }

    def _where(self, term: Term) -> Iterator[Condition]:
        for relation in term.where:
            left, right = relation.left, relation.right
            if relation.op not in ("=", "≤", "≥"):
                raise UnsupportedError(f"which places are read where {relation} is not worked out")
            difference = right - left if relation.op == "≤" else left - right
            yield Condition(form(difference, self.indices), "=" if relation.op == "=" else "≥")

    def _inside(self, definition: Definition) -> Iterator[Condition]:
        """Where zeros are padded, a product with a padded place adds nothing: all reads lie inside."""
        for read in self.reads:
            tensor = definition.arrays[read.array]
            if tensor.outside == "zeros":
                for item, size in zip(read.subscripts, tensor.shape, strict=True):
                    yield from self._between(item, size)

    def _between(self, item: Expr, size: Expr) -> tuple[Condition, Condition]:
        return Condition(form(item, self.indices), "≥"), Condition(
            form(Int(number(size) - 1) - item, self.indices), "≥"
        )

    def _sides(self, read: Read, tensor: Tensor) -> list[tuple[Side, ...]]:
        """For each axis the place that is read, and where: inside, and outside where the array repeats itself."""
        found: list[tuple[Side, ...]] = []
        for item, size in zip(read.subscripts, tensor.shape, strict=True):
            inside = () if tensor.outside == "zeros" else self._between(item, size)
            sides: list[Side] = [(form(item, self.indices), inside)]
            outer = (Int(-1) - item, item - size)
            for source, beyond in zip(sources(tensor.outside, item, size) or (), outer, strict=False):
                sides.append((form(source, self.indices), (Condition(form(beyond, self.indices), "≥"),)))
            found.append(tuple(sides))
        return found

    def boxes(self, read: Read, outputs: Sequence[Positions | None]) -> Iterator[Box]:
        """What ``read`` reads for outputs in the box, by the sides of the array on which it reads."""
        for sides in product(*self.sides[read]):
            goals = [goal for goal, _ in sides]
            box = self._box(goals, [condition for _, more in sides for condition in more], outputs)
            if box is not None:
                yield box

    def _box(self, goals: list[Form], more: list[Condition], outputs: Sequence[Positions | None]) -> Box | None:
        domains, conditions = dict(self.domains), [*self.conditions, *more]
        for axis, (item, given) in enumerate(zip(self.output.subscripts, outputs, strict=True)):
            if given is not None:
                letter = item.name if isinstance(item, Sym) else f"{axis}."  # no letter is written like this
                domains[letter] = given.places
                conditions += [] if isinstance(item, Sym) else [self._equal(item, letter)]
        places: dict[int, Positions] = {}
        for group in _groups(goals, [c for c in conditions if not c.always(domains)]):
            axes = sorted(group.goals)
            inside = {name: domains[name] for name in sorted(group.letters)}
            found = image(inside, group.conditions, [group.goals[axis] for axis in axes])
            if found is None:
                return None
            places |= zip(axes, found, strict=True)
        return tuple(places[axis] for axis in range(len(places)))

    def _equal(self, item: Expr, letter: str) -> Condition:
        return Condition(form(item - Sym(letter), self.indices | {letter}), "=")


def _groups(goals: Sequence[Form], conditions: Sequence[Condition]) -> list[_Group]:
    groups: list[_Group] = []
    alone = [_Group(set(c.form.letters), [c]) for c in conditions]
    alone += [_Group(set(goal.letters), goals={axis: goal}) for axis, goal in enumerate(goals)]
    for group in alone:
        for other in [other for other in groups if other.letters & group.letters]:
            group.take(other)
            groups.remove(other)
        groups.append(group)
    return groups


def _union(array: str, boxes: Sequence[Box]) -> Box:
    """The union of boxes, where it is a box.

    Raises:
        UnsupportedError: it is none.
    """
    if len(boxes) == 1:
        return boxes[0]
    axes = [_by_members([box[axis] for box in boxes]) for axis in range(len(boxes[0]))]
    for kinds in product(*axes):
        if not frozenset.intersection(*kinds):
            raise UnsupportedError(
                f"the places of {array} that one output reads are no product of sets, one for each axis: its terms "
                f"read {' and '.join(' × '.join(f'{{{places}}}' for places in box) for box in boxes[:3])}"
            )
    return tuple(Positions.of(place for found in kinds.values() for place in found) for kinds in axes)


def _by_members(sets: Sequence[Positions]) -> Mapping[frozenset[int], Sequence[int]]:
    """The places of the sets, by which of the sets they are in."""
    if len(set(sets)) == 1:
        return {frozenset(range(len(sets))): sets[0].places}
    found: dict[frozenset[int], list[int]] = {}
    for place in dict.fromkeys(place for places in sets for place in places):
        found.setdefault(frozenset(at for at, places in enumerate(sets) if place in places), []).append(place)
    return found
