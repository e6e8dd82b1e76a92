"""One axis of a network in one floor, derived: layer by layer, each size put into the next, nested floors made one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any, ClassVar

from convmath.derive.extent import axis_steps, bounding_steps, tidied
from convmath.errors import ConvmathError, ParseError, ProofError, UnsupportedError
from convmath.language.bounding import bounding
from convmath.language.definition import Definition
from convmath.language.letters import word
from convmath.language.polynomial import polynomial
from convmath.language.tidy import has_ratio, tidy
from convmath.language.tree import Add, Expr, Floor, Int, Least, Ratio, Sym, walk
from convmath.network.form import Form, letters_in, simplest, size_of
from convmath.network.oneway import Way, least_input, one_window
from convmath.network.residues import piecewise
from convmath.network.stages import Stage, stages
from convmath.network.table import plain
from convmath.operators.call import Call
from convmath.operators.claim import make
from convmath.operators.operator import Operator
from convmath.proof.chain import fold
from convmath.proof.derivation import Claim, Derivation, Line
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.step import Step, take

MOST_NAMED = 3
"""How many layers that keep the size are named one by one."""
LONGEST = 80
MOST_LAYERS = 400
"""How many layers with windows a derivation goes through: a trace gives the size of longer ones."""


def derive_size(
    operators: Sequence[Operator], axis: int, title: str, names: Sequence[str] = (), joins: Sequence[str] = ()
) -> Derivation:
    """How large one axis is after some operators, each on what the one before gives.

    Args:
        operators: in the order in which they run; each reads its first input.
        axis: the axis of the first one's input, such as 2 for the height.
        title: what to call the network.
        names: what to call each of them; by default its number.
        joins: the layers at which other ways meet this one: they have the same size there.

    Raises:
        UnsupportedError: the axis is lost on the way, or a size is no single floor of the one before.
    """
    shown = _shown(names, operators)
    joined = tuple(plain(name, LONGEST) for name in joins)
    letter, found, needed = stages(operators, axis, shown)
    if (many := sum(stage.changes or stage.reads for stage in found)) > MOST_LAYERS:
        raise UnsupportedError(
            f"{title}: {many} layers with windows on the way; a derivation has at most {MOST_LAYERS}"
        )
    way, kept = Way(letter, found, needed), list[Stage]()
    for stage in found:
        if stage.changes:
            _tried(way, stage, kept)
            kept = []
        else:
            kept.append(stage)
    size, value = way.found[-1]
    lines, notes = _besides(way, size)
    after = _kept(kept, letter)
    what = f"the {word(letter)} after {len(operators)} layers, as one expression in {letter}"
    return Derivation(
        title=f"{title}: the {word(letter)} that comes out",
        find=f"{what} (at the end {after})" if after else what,
        claim=PathClaim(tuple(operator.call for operator in operators), axis, title, tuple(shown), joined),
        definitions=way.definitions,
        assumptions=needed,
        chains=fold(tuple(way.chains)),
        lines=(Line(size, "size", value), *lines),
        notes=(*notes, *_ways(joined, lines)),
    )


def _shown(names: Sequence[str], operators: Sequence[Operator]) -> list[str]:
    """The layers' names for a reader, or their numbers."""
    if len(names) not in (0, len(operators)):
        raise ParseError(f"{len(names)} names are given for {len(operators)} layers")
    return [plain(name, LONGEST) for name in names] or [f"Layer {at}" for at in range(1, len(operators) + 1)]


def _besides(way: Way, size: str) -> tuple[list[Line], list[str]]:
    """The window and the smallest input; what cannot be derived is noted with its reason."""
    lines: list[Line] = []
    notes: list[str] = []
    for derive in (one_window, least_input):
        try:
            lines += derive(way, size)
        except UnsupportedError as error:
            notes.append(str(error))
    whole = simplest(size_of(dict(way.found)[size]))
    if isinstance(whole, Form) and letters_in(whole) == {way.letter}:
        try:
            notes.append(f"one floor that says {size}: by residue it is {piecewise(whole, way.letter)}")
        except UnsupportedError as error:
            notes.append(f"one floor that says {size} ({error})")
    return lines, notes


def _ways(joins: Sequence[str], lines: Sequence[Line]) -> tuple[str, ...]:
    """That other ways meet this one."""
    if not joins:
        return ()
    listed = ", ".join(joins[:MOST_NAMED]) + (f" and {len(joins) - MOST_NAMED} more" if len(joins) > MOST_NAMED else "")
    window = any(line.label == "receptive field" for line in lines)
    only = "; the window is that of this way alone" if window else ""
    return (f"the sizes of the other ways that meet this one at {listed}: they are the same there{only}",)


def _kept(layers: Sequence[Stage], letter: str) -> str:
    """The layers that keep the size, in one line."""
    if not layers:
        return ""
    verb = "keeps" if len(layers) == 1 else "keep"
    if len(layers) <= MOST_NAMED:
        named = [f"{stage.name} ({stage.operator})" for stage in layers]
        return f"{' and '.join([', '.join(named[:-1]), named[-1]] if named[1:] else named)} {verb} the {word(letter)}"
    kinds = dict.fromkeys(stage.operator for stage in layers)
    first, last = layers[0].name, layers[-1].name
    return f"{len(layers)} layers, {first} to {last} ({', '.join(kinds)}), {verb} the {word(letter)}"


def _tried(way: Way, stage: Stage, kept: Sequence[Stage]) -> None:
    """Derives the size after one layer.

    Raises:
        UnsupportedError: the rules do not lead there; the layer is named.
    """
    try:
        _derive(way, stage, kept)
    except ProofError as error:
        raise UnsupportedError(f"{stage.name}: the size after {stage.operator} is not derived ({error})") from error


def _derive(way: Way, stage: Stage, kept: Sequence[Stage]) -> None:
    """``after = size`` for one layer, with the size before it put in and its floor folded into one."""
    subject = way.number[stage.definition]
    ground, item = way.ground(subject), stage.definition.output.subscripts[stage.axis]
    sliding = isinstance(item, Sym) and item.name in bounding(stage.definition).windows
    if sliding:
        steps = _put_in(bounding_steps(formula(stage.definition), str(item), ground), stage, ground)
        steps.append(take(steps[-1].after, "count from 0", ground, name=stage.after))
    else:
        steps = axis_steps(stage.definition, stage.axis, stage.after, ground)
        steps = _put_in(steps, stage, ground)
    told = _kept(kept, way.letter)
    heading = f"{stage.name}: {stage.operator}" + (f"; before it {told}" if told else "")
    way.add(heading, tidied(steps, ground), subject)


def _put_in(steps: list[Step], stage: Stage, ground: Ground) -> list[Step]:
    """The size before is put in, and a floor in a floor becomes one."""
    if stage.before not in dict(ground.established):
        return steps
    right = steps[-1].after.relations[0].right
    if isinstance(right, Least) and _over_one(right):
        steps.append(take(steps[-1].after, "the smaller floor", ground))
    steps.append(take(steps[-1].after, "put in", ground))
    right = steps[-1].after.relations[0].right
    if isinstance(right, Floor) and _divisor(right) > 1:
        steps.append(take(steps[-1].after, "common divisor", ground))
        right = steps[-1].after.relations[0].right
    floors = [node for node in walk(right) if isinstance(node, Floor)]
    if isinstance(right, Floor) and len(floors) == 2 and _plain(right, floors):
        steps.append(take(steps[-1].after, "nested floor", ground))
    elif (
        not isinstance(right, Floor)
        and isinstance(right, Add)
        and len(floors) == 1
        and floors[0] not in walk(tidy(right - floors[0]))
    ):
        steps.append(take(steps[-1].after, "into the floor", ground))
    return steps


def _over_one(least: Least) -> bool:
    """Whether two floors over one divisor are compared, whose tops differ by a number."""
    match least.options:
        case (Floor(Ratio(one, divisor)), Floor(Ratio(two, other))) if divisor == other:
            return polynomial(one - two).value() is not None
    return False


def _divisor(floor: Floor) -> int:
    """The largest number that divides what stands in the floor, but for a number, and its divisor."""
    match floor.argument:
        case Ratio(top, Int(divisor)):
            terms = polynomial(top).terms
            numbers = [value for term, value in terms.items() if term]
            if numbers and all(isinstance(value, int) for value in numbers):
                return gcd(divisor, *(int(value) for value in numbers))
    return 1


def _plain(right: Floor, floors: Sequence[Expr]) -> bool:
    """Whether a floor stands in the other once, beside a whole number."""
    inner = next(node for node in floors if node is not right)
    match right.argument:
        case Ratio(top, _):
            rest = tidy(top - inner)
            return inner not in walk(rest) and not has_ratio(rest)
    return False


@dataclass(frozen=True)
class PathClaim(Claim):
    """The claim of the size after some operators, checked by making them and the derivation again."""

    kind: ClassVar[str] = "path"
    calls: tuple[Call, ...]
    axis: int
    title: str
    names: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()

    def check(self, derivation: Derivation) -> None:
        try:
            made = tuple(make(call.to_json()) for call in self.calls)
            fresh = derive_size(made, self.axis, self.title, self.names, self.joins)
        except ProofError:
            raise
        except ConvmathError as error:
            raise ProofError(f"the claim cannot be made again: {error}") from error
        derivation.compare(fresh)

    def to_json(self) -> dict[str, Any]:
        calls = [call.to_json() for call in self.calls]
        names = {"names": list(self.names), "joins": list(self.joins)}
        return {"kind": self.kind, "calls": calls, "axis": self.axis, "title": self.title, **names}


def read_claim(data: dict[str, Any], definitions: tuple[Definition, ...], values: Mapping[str, Expr]) -> Claim:
    """The claim that plain data describe."""
    calls, axis, title = data.get("calls"), data.get("axis"), data.get("title")
    names, joins = data.get("names", []), data.get("joins", [])
    if not isinstance(calls, list) or type(axis) is not int or not isinstance(title, str):
        raise ParseError("the claim names no operators, no axis or no title")
    if not all(isinstance(one, list) and all(isinstance(name, str) for name in one) for one in (names, joins)):
        raise ParseError("the claim's names are no texts")
    return PathClaim(tuple(make(call).call for call in calls), axis, title, tuple(names), tuple(joins))
