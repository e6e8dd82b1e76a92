"""One axis of a network in one floor, derived: layer by layer, each size put into the next, nested floors made one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from convmath.derive.conditions import assumptions, balanced
from convmath.derive.extent import axis_steps, bounding_steps, extents, tidied
from convmath.errors import ConvmathError, ParseError, ProofError, UnsupportedError
from convmath.language.bounding import bounding
from convmath.language.definition import Definition
from convmath.language.letters import word
from convmath.language.tidy import put, tidy
from convmath.language.tree import Add, Expr, Floor, Int, Ratio, Relation, Sym, letters_of, walk
from convmath.network.extent import Extent
from convmath.network.form import divided, size_of
from convmath.operators.call import Call
from convmath.operators.claim import make
from convmath.operators.operator import Operator
from convmath.proof.chain import Chain, fold
from convmath.proof.derivation import Claim, Derivation, Line
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.step import Step, take


@dataclass(frozen=True, slots=True)
class Stage:
    """A layer that changes the axis: its definition with a letter of its own for what reaches it.

    Attributes:
        operator: its operator's name.
        definition: the layer's formula; the size of the axis before it is called ``before``.
        axis: which axis of its output it is.
        before: the letter of the size before it.
        name: the letter of the size after it.
    """

    operator: str
    definition: Definition
    axis: int
    before: str
    name: str


def derive_size(operators: tuple[Operator, ...], axis: int, title: str) -> Derivation:
    """How large one axis is after some operators, each on what the one before gives.

    Args:
        operators: in the order in which they run; each reads its first input.
        axis: the axis of the first one's input, such as 2 for the height.
        title: what to call the network.

    Raises:
        UnsupportedError: the axis is lost on the way, or a size is no single floor of the one before.
    """
    letter, stages, needed = _stages(operators, axis)
    grounds = _Grounds(tuple(stage.definition for stage in stages), needed)
    chains = [_chain(stage, number, grounds) for number, stage in enumerate(stages)]
    conclusion = chains[-1].conclusion
    label = f"{word(letter)} after all of them"
    return Derivation(
        title=f"{title}: the {word(letter)} that comes out",
        find=f"the {word(letter)} after {len(operators)} layers, as one expression in {letter}",
        claim=PathClaim(tuple(operator.call for operator in operators), axis, title),
        definitions=grounds.definitions,
        assumptions=needed,
        chains=fold(tuple(chains)),
        lines=(Line(str(conclusion.left), label, conclusion.right),),
    )


def _stages(operators: tuple[Operator, ...], axis: int) -> tuple[str, list[Stage], tuple[Relation, ...]]:
    """The input's letter, the layers that change the axis, and what must hold so that each fits."""
    first = operators[0].general
    letter = str(first.arrays[first.inputs[0]].shape[axis])
    before, stages = letter, list[Stage]()
    size: Expr = Sym(letter)
    needed: list[Relation] = [Relation(Sym(letter), "≥", Int(1))]
    for operator in operators:
        definition, axis = _one_axis(operator, axis, before, len(stages))
        found = extents(definition)[axis]
        needed += [r for r in _about(definition, before) if r.op == "≥"]
        if found == Sym(before):
            continue
        for relation in _about(definition, before):
            needed.append(_undone(relation, before, size))
        size = _folded(put(found, {before: size}))
        stages.append(Stage(operator.name, definition, axis, before, f"{letter}_{len(stages) + 1}"))
        before = stages[-1].name
    if not stages:
        raise UnsupportedError(f"no layer changes the {word(letter)}")
    return letter, stages, _strongest(needed, letter)


def _one_axis(operator: Operator, axis: int, before: str, number: int) -> tuple[Definition, int]:
    """The operator's definition with its numbers, and its letters told apart from those of other layers."""
    general, values = operator.general, operator.values
    shape = general.arrays[general.inputs[0]].shape
    own = put(shape[axis], values)
    if not isinstance(own, Sym):
        raise UnsupportedError(f"{operator.name} takes an axis of size {own} there, so no letter is left")
    inputs = {item.name for name in general.inputs for item in general.arrays[name].shape if isinstance(item, Sym)}
    open_ = sorted(inputs - values.keys() - {own.name})
    names = {own.name: before} | ({name: f"{name}_{number}" for name in open_} if number else {})
    moved = general.substitute(values).renamed({old: new for old, new in names.items() if old != new})
    outs = [at for at, size in enumerate(extents(moved)) if before in letters_of(size)]
    if not outs:
        raise UnsupportedError(f"{operator.name} gives a size that does not depend on the one before")
    if len(outs) > 1 or any(letters_of(extents(moved)[outs[0]]) & {f"{name}_{number}", name} for name in open_):
        raise UnsupportedError(f"{operator.name} mixes several axes")
    return moved, outs[0]


def _about(definition: Definition, letter: str) -> list[Relation]:
    """What the definition needs of one size; that it is ≥ 1 goes without saying."""
    found = []
    for relation in assumptions(definition):
        used = letters_of(relation.left, relation.right)
        plain = isinstance(relation.left, Sym) and relation.op == "≥"
        if (letter in used and not plain) or (plain and str(relation.left) in _parameters(definition)):
            found.append(relation)
    return found


def _parameters(definition: Definition) -> set[str]:
    """Letters for kernels, strides, paddings: all that are no size of an array."""
    sizes = {item.name for tensor in definition.tensors for item in tensor.shape if isinstance(item, Sym)}
    return set(definition.sizes) - sizes | {
        item.name for tensor in definition.parameters for item in tensor.shape[2:] if isinstance(item, Sym)
    }


def _undone(relation: Relation, before: str, size: Expr) -> Relation:
    """``relation`` in letters of the network's input, without the floor: a ≤ ⌊x/c⌋ + b is c·(a − b) ≤ x."""
    if relation.op == "≥" and str(relation.left) != before:
        return relation
    slack = tidy(relation.right - relation.left) if relation.op == "≤" else tidy(relation.left - relation.right)
    slack = put(slack, {before: size})
    whole = size_of(_folded(slack))
    if isinstance(whole, Extent):
        return Relation(Sym(whole.letter), "≥", Int(whole.reaches(0)))
    terms = slack.terms if isinstance(slack, Add) else (slack,)
    floors = [term for term in terms if isinstance(term, Floor) and isinstance(term.argument, Ratio)]
    if len(floors) == 1 and isinstance(floors[0].argument, Ratio):
        inside, divisor = floors[0].argument.numerator, floors[0].argument.divisor
        rest = [term for term in terms if term is not floors[0]]
        slack = tidy(Add((inside, *(divisor * term for term in rest))) if rest else inside)
    return balanced(slack)


def _strongest(relations: list[Relation], letter: str) -> tuple[Relation, ...]:
    """Each once; of the least values of a letter the largest."""
    least: dict[Expr, int] = {}
    for relation in relations:
        if relation.op == "≥" and isinstance(relation.right, Int):
            least[relation.left] = max(relation.right.value, least.get(relation.left, 0))
    kept: dict[Relation, None] = {Relation(left, "≥", Int(value)): None for left, value in least.items()}
    kept |= dict.fromkeys(r for r in relations if r.op != "≥" or not isinstance(r.right, Int))
    return tuple(kept)


def _folded(size: Expr) -> Expr:
    """The size with nested floors made one."""
    match size:
        case Floor(Ratio(top, divisor)):
            return divided(_folded(top), divisor)
        case Add(terms):
            return tidy(Add(tuple(_folded(term) for term in terms)))
    return tidy(size)


class _Grounds:
    """What each chain stands on: all definitions, what is assumed, and what the chains before it found."""

    def __init__(self, definitions: tuple[Definition, ...], needed: tuple[Relation, ...]) -> None:
        self.definitions, self.needed = definitions, needed
        self.found: list[tuple[str, Expr]] = []

    def at(self, number: int) -> Ground:
        return Ground((self.definitions[number], *self.definitions), self.needed, tuple(self.found))


def _chain(stage: Stage, number: int, grounds: _Grounds) -> Chain:
    """From one layer's definition to the size after it, in letters of the network's input."""
    ground = grounds.at(number)
    index = stage.definition.output.subscripts[stage.axis]
    windows = bounding(stage.definition).windows
    steps: list[Step]
    if isinstance(index, Sym) and index.name in windows and len(windows[index.name]) == 1:
        steps = bounding_steps(formula(stage.definition), index.name, ground)
        steps = _put_in(steps, stage, ground)
        steps.append(take(steps[-1].after, "count from 0", ground, name=stage.name))
    else:
        steps = axis_steps(stage.definition, stage.axis, stage.name, ground)
        steps = _put_in(steps, stage, ground)
    steps = tidied(steps, ground)
    grounds.found.append((stage.name, steps[-1].after.right))
    return Chain(f"Layer {number + 1}: {stage.operator}", tuple(steps), subject=number)


def _put_in(steps: list[Step], stage: Stage, ground: Ground) -> list[Step]:
    """The size before is put in, and a floor in a floor becomes one."""
    if stage.before not in dict(ground.established):
        return steps
    steps.append(take(steps[-1].after, "put in", ground))
    right = steps[-1].after.relations[0].right
    floors = [node for node in walk(right) if isinstance(node, Floor)]
    if isinstance(right, Floor) and len(floors) == 2:
        steps.append(take(steps[-1].after, "nested floor", ground))
    elif isinstance(right, Add) and len(floors) == 1 and floors[0] not in walk(tidy(right - floors[0])):
        steps.append(take(steps[-1].after, "into the floor", ground))
    return steps


@dataclass(frozen=True)
class PathClaim(Claim):
    """The claim of the size after some operators, checked by making them and the derivation again."""

    kind: ClassVar[str] = "path"
    calls: tuple[Call, ...]
    axis: int
    title: str

    def check(self, derivation: Derivation) -> None:
        try:
            fresh = derive_size(tuple(make(call.to_json()) for call in self.calls), self.axis, self.title)
        except ProofError:
            raise
        except ConvmathError as error:
            raise ProofError(f"the claim cannot be made again: {error}") from error
        derivation.compare(fresh)

    def to_json(self) -> dict[str, Any]:
        calls = [call.to_json() for call in self.calls]
        return {"kind": self.kind, "calls": calls, "axis": self.axis, "title": self.title}


def read_claim(data: dict[str, Any], definitions: tuple[Definition, ...], values: Mapping[str, Expr]) -> Claim:
    """The claim that plain data describe."""
    calls, axis, title = data.get("calls"), data.get("axis"), data.get("title")
    if not isinstance(calls, list) or type(axis) is not int or not isinstance(title, str):
        raise ParseError("the claim names no operators, no axis or no title")
    return PathClaim(tuple(make(call).call for call in calls), axis, title)
