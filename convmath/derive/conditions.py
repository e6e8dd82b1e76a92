"""What must hold of the sizes: that they are sizes, that a window fits, that reads start inside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from convmath.errors import DefinitionError
from convmath.language.bounding import Place, bounding, places, ranges_in
from convmath.language.definition import Definition
from convmath.language.linear import linear
from convmath.language.polynomial import polynomial
from convmath.language.substitute import Values
from convmath.language.tensor import sources
from convmath.language.tidy import flipped, put, tidy, total
from convmath.language.tree import (
    Add,
    Ceil,
    Expr,
    Floor,
    Int,
    Mul,
    Pow,
    Ratio,
    Relation,
    Sym,
    children,
    letters_of,
    negative,
    walk,
)
from convmath.language.write import is_negative
from convmath.proof.bounds import extreme
from convmath.proof.facts import Facts, facts

Kind = Literal["fits", "starts", "output", "repeats"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A relation between sizes that the definition needs, and the place that needs it."""

    relation: Relation
    kind: Kind
    place: Place | None = None


@lru_cache(maxsize=256)
def basic(definition: Definition) -> tuple[Relation, ...]:
    """Sizes, kernels, strides and dilations are integers ≥ 1; paddings and offsets are ≥ 0."""
    counted = [letter for size in _counted(definition) for letter in sorted(letters_of(size))]
    found = [Relation(Sym(letter), "≥", Int(1 if letter in counted else 0)) for letter in definition.sizes]
    sizes = list(dict.fromkeys((*(s for t in definition.tensors for s in t.shape), *(s for _, s in definition.ranges))))
    places = [item for read in (definition.output, *definition.reads) for item in read.subscripts]
    nodes = dict.fromkeys(node for expr in (*sizes, *places) for node in walk(expr))
    divisors = [n.divisor for n in nodes if isinstance(n, Ratio) and not isinstance(n.divisor, Int | Sym)]
    found += [Relation(Int(1), "≤", divisor) for divisor in divisors]
    whole = [
        Relation(node.divisor, "∣", node.numerator)
        for node in dict.fromkeys(r for s in (*sizes, *places) for r in _exact(s))
    ]
    found += [relation for relation in whole if relation not in definition.given] + list(definition.given)
    for size in sizes:
        if not isinstance(size, Int | Sym) and not has_whole_ratio(size) and facts(tuple(found)).positive(size) is None:
            found.append(Relation(Int(1), "≤", size))
    sides = dict.fromkeys(side for tensor in definition.tensors for pair in tensor.padding for side in pair)
    for side in sides:
        if not isinstance(side, Int | Sym) and facts(tuple(found)).not_negative(side) is None:
            found.append(Relation(Int(0), "≤", side))
    return tuple(found)


def _exact(size: Expr) -> list[Ratio]:
    """The divisions in a size that no floor rounds: they must come out even."""
    if isinstance(size, Floor | Ceil):
        return []
    own = [size] if isinstance(size, Ratio) else []
    return own + [node for child in children(size) for node in _exact(child)]


def has_whole_ratio(size: Expr) -> bool:
    """Whether the size is one exact division of two letters, C/g: it is ≥ 1 because both are."""
    return isinstance(size, Ratio) and isinstance(size.numerator, Sym) and isinstance(size.divisor, Sym | Int)


def _counted(definition: Definition) -> list[Expr]:
    """Expressions whose letters count something, multiply an index or divide: they are ≥ 1."""
    sizes = [size for tensor in definition.tensors for size in tensor.shape]
    sizes += [size for _, size in definition.ranges]
    found: list[Expr] = [size for size in sizes if isinstance(size, Sym | Mul | Ratio | Pow)]
    divided = [*sizes, *(term.scale for term in definition.terms)]
    found += [node.divisor for size in divided for node in walk(size) if isinstance(node, Ratio)]
    places = [item for read in (definition.output, *definition.reads) for item in read.subscripts]
    places += list(definition.written.values())
    places += [side for bound in definition.bounds for side in (bound.left, bound.right)]
    found += [node.divisor for item in places for node in walk(item) if isinstance(node, Ratio)]
    for item in places:
        form = linear(item, definition.indices)
        found += list(form[0].values()) if form else []
    return found


@lru_cache(maxsize=256)
def conditions(definition: Definition) -> tuple[Condition, ...]:
    """What the extents need besides: stated where it cannot be proved, refused where it is false.

    Raises:
        DefinitionError: with the sizes given it can never hold.
    """
    found: list[Condition] = []
    split = bounding(definition)
    for place in {(place.read.array, place.axis): place for place in places(definition)}.values():
        if definition.arrays[place.read.array].repeats:
            found += _repeat_conditions(definition, place, found)
    for index, windows in split.windows.items():
        for place in windows:
            found += _window_conditions(definition, index, place, _known(definition, found))
    for bound in definition.bounds:
        found += _bound_conditions(definition, bound, _known(definition, found))
    for place in split.closed:
        found += _closed_conditions(definition, place, _known(definition, found))
    for index, place_written in definition.written.items():
        if index not in dict(definition.ranges):  # a given range says which places there are
            found += _output_conditions(definition, index, place_written, _known(definition, found))
    return tuple(found)


@lru_cache(maxsize=256)
def assumptions(definition: Definition) -> tuple[Relation, ...]:
    """Everything assumed of the sizes: stated first in every derivation."""
    return (*basic(definition), *(condition.relation for condition in conditions(definition)))


def _known(definition: Definition, found: list[Condition]) -> Facts:
    ranges = tuple(definition.known_ranges.items())
    return facts((*basic(definition), *(condition.relation for condition in found)), ranges)


def _extremes(definition: Definition, place: Place, known: Facts, index: str = "") -> tuple[Expr, Expr]:
    """The least and the greatest place read by the output at ``index`` = 0."""
    lowest = highest = put(place.position, {index: Int(0)} if index else {})
    for name, size in ranges_in(place.position, definition, without=index):
        low, _ = extreme(lowest, name, size, known, largest=False)
        high, _ = extreme(highest, name, size, known, largest=True)
        lowest, highest = put(lowest, {name: low}), put(highest, {name: high})
    return lowest, highest


def _window_conditions(definition: Definition, index: str, place: Place, known: Facts) -> list[Condition]:
    lowest, highest = _extremes(definition, place, known, index)
    form = linear(place.position, {index})
    slope = form[0][index] if form else Int(0)
    if known.positive(slope) is None and known.positive(negative(slope)) is None:
        raise DefinitionError(f"{place.read}: the sign of {slope}, which multiplies {index}, is not known")
    return _inside(place, lowest, highest, known)


def _bound_conditions(definition: Definition, bound: Relation, known: Facts) -> list[Condition]:
    """A bound that index 0 must meet, since the output has at least one place."""
    zero: Values = {letter: Int(0) for letter in letters_of(bound.left, bound.right) & definition.indices}
    slack = put(bound.right - bound.left, zero)
    if known.not_negative(slack) is None:
        return [_stated(balanced(slack), slack, "output", None)]
    return []


def _closed_conditions(definition: Definition, place: Place, known: Facts) -> list[Condition]:
    lowest, highest = _extremes(definition, place, known)
    return _inside(place, lowest, highest, known)


def _inside(place: Place, lowest: Expr, highest: Expr, known: Facts) -> list[Condition]:
    found: list[Condition] = []
    start = tidy(lowest + place.before)
    if known.not_negative(start) is None:
        found.append(_stated(Relation(flipped(lowest), "≤", place.before), start, "starts", place))
    slack = total([place.size, tidy(place.after), flipped(highest), Int(-1)])
    if known.not_negative(slack) is None:
        whole = not polynomial(lowest + place.before)  # the window starts where the padding does: say its span
        span, room = tidy(highest + place.before + 1), total([place.size, tidy(place.before + place.after)])
        relation = Relation(span, "≤", room) if whole else balanced(slack)
        found.append(_stated(relation, slack, "fits", place))
    return found


def _repeat_conditions(definition: Definition, place: Place, before: list[Condition]) -> list[Condition]:
    """What is read instead of the farthest padded places must lie inside; where none is padded, nothing is."""
    outside, last = definition.arrays[place.read.array].outside, total([place.size, Int(-1)])
    first, beyond = flipped(tidy(place.before)), total([last, tidy(place.after)])
    found: list[Condition] = []
    for side, farthest, which in ((place.before, first, 0), (place.after, beyond, 1)):
        pair = sources(outside, farthest, place.size)
        if pair is None or side == Int(0):
            continue
        known = facts((*_known(definition, [*before, *found]).relations, Relation(side, "≥", Int(1))))
        slacks = (pair[which], total([last, flipped(pair[which])]))
        found += [
            _stated(Relation(side, "≤", total([slack, tidy(side)])), slack, "repeats", place)
            for slack in slacks
            if known.not_negative(slack) is None
        ]
    return found


def balanced(slack: Expr) -> Relation:
    """``slack ≥ 0`` with what is taken away on the left: H + 2p − d(k − 1) − 1 ≥ 0 is d(k − 1) + 1 ≤ H + 2p."""
    terms = slack.terms if isinstance(slack, Add) else (slack,)
    left = [flipped(term) for term in terms if is_negative(term)]
    right = [term for term in terms if not is_negative(term)]
    return Relation(total(left), "≤", total(right))


def _output_conditions(definition: Definition, index: str, written: Expr, known: Facts) -> list[Condition]:
    """The first place written, less what is cropped before, is 0; at least one place is kept."""
    axis = [isinstance(item, Sym) and item.name == index for item in definition.output.subscripts].index(True)
    before, after = definition.crop[axis]
    first = last = written
    for name, size in ranges_in(written, definition):
        low, _ = extreme(first, name, size, known, largest=False)
        high, _ = extreme(last, name, size, known, largest=True)
        first, last = put(first, {name: low}), put(last, {name: high})
    if polynomial(first + before):
        raise DefinitionError(
            f"{definition.output.array} is first written at {first}, and {tidy(before)} places are cropped before: "
            f"places are numbered from 0, so the padding of {definition.output.array} must start with {flipped(first)}"
        )
    extent = total([last, flipped(tidy(after)), Int(1)])
    if known.positive(extent) is None:
        return [_stated(Relation(Int(1), "≤", extent), tidy(extent - 1), "output", None)]
    return []


def _stated(relation: Relation, slack: Expr, kind: Kind, place: Place | None) -> Condition:
    if isinstance(slack, Int) and slack.value < 0:
        where = f"{place.read}, axis {place.axis}: " if place else ""
        what = {
            "fits": f"one output spans {relation.left} places, but the padded axis has {relation.right}",
            "starts": f"the first output reads {relation.left} places before the start, but {relation.right} "
            "are padded",
            "output": f"the output would have {relation.right} places",
            "repeats": f"{relation.left} places are padded, but the array can fill only {relation.right} by itself",
        }[kind]
        raise DefinitionError(f"{where}{what}")
    return Condition(relation, kind, place)
