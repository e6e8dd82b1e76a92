"""The layers on a way along one axis: what each reads there, what it needs, and which of them change the size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from convmath.derive.conditions import assumptions, balanced, has_whole_ratio
from convmath.derive.extent import extents
from convmath.errors import UnsupportedError
from convmath.language.definition import Definition
from convmath.language.letters import fresh, word
from convmath.language.linear import linear
from convmath.language.polynomial import polynomial
from convmath.language.tidy import put, tidy
from convmath.language.tree import Add, Expr, Floor, Int, Least, Ratio, Relation, Sym, letters_of, walk
from convmath.network.admissible import solved
from convmath.network.extent import Extent, Size
from convmath.network.form import letters_in, size_of, tree_of
from convmath.network.program import Requirement, compiled
from convmath.operators.opaque import Opaque
from convmath.operators.operator import Operator
from convmath.proof.reading import windows_of


@dataclass(frozen=True, slots=True)
class Stage:
    """A layer on the way: its definition with a letter of its own for what reaches it.

    Attributes:
        name: the layer's name, to be shown.
        operator: its operator's name.
        definition: the layer's formula; the size of the axis before it is called ``before``.
        source: which axis of its input it is.
        axis: which axis of its output it is.
        before: the letter of the size before it.
        after: the letter of the size after it; the same where it keeps the size.
        why: why one output reads no window that moves evenly, or nothing.
    """

    name: str
    operator: str
    definition: Definition
    source: int
    axis: int
    before: str
    after: str
    why: str

    @property
    def changes(self) -> bool:
        """Whether the size after it has a letter of its own."""
        return self.before != self.after

    @property
    def reads(self) -> bool:
        """Whether output i reads anything else than place i."""
        return self.why != "" or self.place != self.definition.output.subscripts[self.axis]

    @property
    def array(self) -> str:
        """The array that it reads."""
        return self.definition.inputs[0]

    @property
    def place(self) -> Expr:
        """Where output i reads along the axis."""
        return windows_of(self.definition, self.array, self.source)[0]

    @property
    def unit(self) -> str:
        """The index that runs over the axis of its output."""
        return str(self.definition.output.subscripts[self.axis])


def stages(
    operators: Sequence[Operator], axis: int, names: Sequence[str]
) -> tuple[str, tuple[Stage, ...], tuple[Relation, ...]]:
    """The input's letter, the layers, and what must hold so that each fits."""
    first = operators[0].general
    letter = str(first.arrays[first.inputs[0]].shape[axis])
    before, found, levels = letter, list[Stage](), 0
    size: Size = size_of(Sym(letter))
    needed: list[Relation] = [Relation(Sym(letter), "≥", Int(1))]
    for operator, name in zip(operators, names, strict=True):
        definition, after_axis = _one_axis(operator, axis, before, levels)
        own = extents(definition)[after_axis]
        needed += [r for r in _about(definition, before) if r.op == "≥"]
        needed += [_undone(r, before, size) for r in _about(definition, before)]
        after = before
        if own != Sym(before):
            levels += 1
            after, size = f"{letter}_{levels}", compiled(own, {before: 0})([size])
        why = _uneven(operator, definition, axis, after_axis, before)
        found.append(Stage(name, operator.name, definition, axis, after_axis, before, after, why))
        before, axis = after, after_axis
    if not levels:
        raise UnsupportedError(f"no layer changes the {word(letter)}")
    return letter, tuple(found), _strongest(needed)


def _uneven(operator: Operator, definition: Definition, source: int, axis: int, before: str) -> str:
    """Why one output reads no window that moves evenly, or nothing."""
    if isinstance(operator, Opaque) and not operator.name.startswith("batch_norm"):
        return f"{operator.name} is no index sum"
    places = windows_of(definition, definition.inputs[0], source)
    item = definition.output.subscripts[axis]
    form = linear(places[0], definition.indices) if len(places) == 1 else None
    if form is None or not isinstance(item, Sym) or item.name in definition.written or item.name not in form[0]:
        return f"{operator.name} reads at {', '.join(map(str, places))}, which does not move evenly with its output"
    if polynomial(form[0][item.name]).value() == -1:
        return f"{operator.name} reads backwards"
    taps = form[0].keys() - {item.name}
    if before in letters_of(*form[0].values(), form[1], *(definition.range_of(tap) for tap in taps)):
        return f"how many places {operator.name} reads depends on the size"
    where = [r for term in definition.terms for r in term.where if taps & letters_of(r.left, r.right)]
    if not all(_at_the_border(relation, places[0], definition) for relation in where):
        return f"{operator.name} leaves out places of its window"
    return ""


def _at_the_border(relation: Relation, place: Expr, definition: Definition) -> bool:
    """Whether a condition holds the place that is read against a border, and says nothing else of the indices."""
    slack = relation.right - relation.left
    rests = (polynomial(slack + place), polynomial(slack - place))
    return relation.op == "≤" and any(not rest.atoms() & definition.indices for rest in rests)


def _one_axis(operator: Operator, axis: int, before: str, number: int) -> tuple[Definition, int]:
    """The operator's definition with its numbers, and its letters told apart from those of other layers."""
    general, values = operator.general, operator.values
    shape = general.arrays[general.inputs[0]].shape
    own = put(shape[axis], values)
    if not isinstance(own, Sym):
        raise UnsupportedError(f"{operator.name} takes an axis of size {own} there, so no letter is left")
    inputs = {item.name for name in general.inputs for item in general.arrays[name].shape if isinstance(item, Sym)}
    open_ = sorted(inputs - values.keys() - {own.name})
    names = {own.name: before}
    for name in open_ if number else ():
        names[name] = fresh(f"{name}_{number}", names.values())
    moved = general.substitute(values).renamed({old: new for old, new in names.items() if old != new})
    outs = [at for at, size in enumerate(extents(moved)) if before in letters_of(size)]
    if not outs:
        raise UnsupportedError(f"{operator.name} gives a size that does not depend on the one before")
    size = extents(moved)[outs[0]]
    if len(outs) > 1 or any(letters_of(size) & {names.get(name, name), name} - {before} for name in open_):
        raise UnsupportedError(f"{operator.name} mixes several axes")
    if number and has_whole_ratio(size):
        raise UnsupportedError(
            f"{operator.name} gives {size}, which is whole only for some sizes: no floor says it for all of them"
        )
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


def _undone(relation: Relation, before: str, size: Size) -> Relation:
    """``relation`` in letters of the network's input, without the floor: a ≤ ⌊x/c⌋ + b is c·(a − b) ≤ x."""
    if relation.op not in ("≤", "≥") or (relation.op == "≥" and str(relation.left) != before):
        return relation
    slack = tidy(relation.right - relation.left) if relation.op == "≤" else tidy(relation.left - relation.right)
    whole = compiled(slack, {before: 0})([size])
    if isinstance(whole, Extent):
        return Relation(Sym(whole.letter), "≥", Int(whole.reaches(0)))
    letters = letters_in(whole)
    if len(letters) == 1 and not any(isinstance(node, Least) for node in walk(tree_of(whole))):
        return Relation(Sym(*letters), "≥", Int(_least(whole, *letters)))
    slack = tree_of(whole)
    terms = slack.terms if isinstance(slack, Add) else (slack,)
    floors = [term for term in terms if isinstance(term, Floor) and isinstance(term.argument, Ratio)]
    if len(floors) == 1 and isinstance(floors[0].argument, Ratio):
        inside, divisor = floors[0].argument.numerator, floors[0].argument.divisor
        rest = [term for term in terms if term is not floors[0]]
        slack = tidy(Add((inside, *(divisor * term for term in rest))) if rest else inside)
    return balanced(slack)


def _least(slack: Size, letter: str) -> int:
    """The smallest size from which on a difference of sizes is never below 0.

    Raises:
        UnsupportedError: there is none.
    """
    found = solved(letter, Requirement(0, "≤", slack))
    if any(bounds is None or bounds[1] is not None for bounds in found.bounds):
        raise UnsupportedError(f"0 ≤ {slack} does not hold from some {letter} on")
    least = max(bounds[0] for bounds in found.bounds if bounds is not None)
    while least - 1 in found:
        least -= 1
    return least


def _strongest(relations: list[Relation]) -> tuple[Relation, ...]:
    """Each once; of the least values of a letter the largest."""
    least: dict[Expr, int] = {}
    for relation in relations:
        if relation.op == "≥" and isinstance(relation.right, Int):
            least[relation.left] = max(relation.right.value, least.get(relation.left, 0))
    kept: dict[Relation, None] = {Relation(left, "≥", Int(value)): None for left, value in least.items()}
    kept |= dict.fromkeys(r for r in relations if r.op != "≥" or not isinstance(r.right, Int))
    return tuple(kept)
