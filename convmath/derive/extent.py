"""How many values an output axis has, from the reads that must stay inside their arrays."""

from __future__ import annotations

from functools import lru_cache

from convmath.derive.conditions import assumptions
from convmath.errors import ProofError
from convmath.language.bounding import bounding
from convmath.language.definition import Definition
from convmath.language.letters import WORDS, fresh
from convmath.language.tree import Expr, Int, Relation, Sym, letters_of
from convmath.proof.chain import Chain
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.statement import Statement
from convmath.proof.step import Step, take


@lru_cache(maxsize=256)
def extent_chains(definition: Definition) -> tuple[Chain, ...]:
    """One chain for each output axis; each concludes ``name = size``."""
    ground = Ground((definition,), assumptions(definition))
    chains: list[Chain] = []
    for axis, name in enumerate(output_names(definition)):
        steps = axis_steps(definition, axis, name, ground)
        item = definition.output.subscripts[axis]
        heading = f"How many values {item} has" if isinstance(item, Sym) else f"How many places {item} takes"
        chains.append(Chain(heading, tuple(steps)))
    return tuple(chains)


def extents(definition: Definition) -> tuple[Expr, ...]:
    """The derived size of each output axis."""
    return tuple(chain.conclusion.right for chain in extent_chains(definition))


def counted(definition: Definition) -> tuple[tuple[str, Expr], ...]:
    """The size of each output axis by name: H′ and what was derived for it."""
    return tuple(zip(output_names(definition), extents(definition), strict=True))


@lru_cache(maxsize=256)
def output_names(definition: Definition) -> tuple[str, ...]:
    """A name for the size of each output axis: that of the axis it comes from, with a prime."""
    taken = set(definition.sizes) | set(definition.indices)
    names: list[str] = []
    for axis, item in enumerate(definition.output.subscripts):
        name = fresh(_origin(definition, item) or _place(definition, axis), taken)
        taken.add(name)
        names.append(name)
    return tuple(names)


def _origin(definition: Definition, item: Expr) -> str:
    inside = letters_of(item) & definition.indices
    if isinstance(item, Sym) and item.name in definition.written:
        inside = letters_of(definition.written[item.name]) & definition.indices
        if item.name in definition.shared:
            return ""
    for place in bounding(definition).windows.get(str(item), ()):
        if isinstance(place.size, Sym):
            return place.size.name
    guards = [letters_of(r.left, r.right) for term in definition.terms for r in term.where if r.op == "≤"]
    sharing = {letter for guard in guards if guard & inside for letter in guard & definition.indices - inside} or inside
    axes = [
        (read.array, letter, size)
        for read in definition.reads
        for letter, size in zip(read.subscripts, definition.arrays[read.array].shape, strict=True)
    ]
    for _, letter, size in axes:
        if isinstance(size, Sym) and letters_of(letter) & definition.indices in (inside, sharing):
            return size.name
    for array, letter, size in axes if isinstance(item, Sym) and item.name in definition.written else ():
        if isinstance(size, Sym) and isinstance(letter, Sym) and letter.name in inside and array in definition.inputs:
            return size.name
    return _opposite(definition, item)


def _place(definition: Definition, axis: int) -> str:
    """The axis of the input in the same place, if its place follows from the output's; else the number of the axis."""
    item = definition.output.subscripts[axis]
    size = dict(definition.ranges).get(item.name) if isinstance(item, Sym) else None
    if isinstance(size, Sym) and size.name in WORDS:
        return size.name
    put = [r.right for term in definition.terms for r in term.where if (r.left, r.op) == (item, "=")]
    running = letters_of(*put or [item]) & definition.indices
    for read in definition.reads[:1]:
        shape = definition.arrays[read.array].shape
        same = len(shape) == len(definition.output.subscripts) and isinstance(shape[axis], Sym)
        if same and letters_of(read.subscripts[axis]) & running:
            return str(shape[axis])
    return f"n_{item.name if isinstance(item, Sym) else axis}"


def _opposite(definition: Definition, item: Expr) -> str:
    """The axis of the input in the same place, where that axis is read from end to end: pooling of all places."""
    at, reads = definition.output.subscripts.index(item), definition.reads[:1]
    for read in reads:
        shape = definition.arrays[read.array].shape
        same = len(shape) == len(definition.output.subscripts) and isinstance(item, Sym)
        same = same and not definition.terms[0].where
        if same and str(read.subscripts[at]) in definition.terms[0].reduced and isinstance(shape[at], Sym):
            return str(shape[at])
    return ""


def axis_steps(definition: Definition, axis: int, name: str, ground: Ground) -> list[Step]:
    """From the definition to ``name = size`` for one output axis."""
    item = definition.output.subscripts[axis]
    start = formula(definition)
    if isinstance(item, Sym) and item.name in dict(definition.ranges):
        return [take(start, "read an axis", ground, index=item.name, name=name)]
    if not isinstance(item, Sym) or item.name in definition.written:
        return _written_steps(start, axis, name, ground)
    if item.name not in bounding(definition).windows:
        return [take(start, "read an axis", ground, index=item.name, name=name)]
    return _window_steps(start, item.name, name, ground)


def _written_steps(start: Statement, axis: int, name: str, ground: Ground) -> list[Step]:
    steps = [take(start, "read the places written", ground, axis=axis, name=name)]
    steps.append(take(steps[-1].after, "farthest place", ground))
    return tidied(steps, ground)


def _window_steps(start: Statement, index: str, name: str, ground: Ground) -> list[Step]:
    steps = bounding_steps(start, index, ground)
    steps.append(take(steps[-1].after, "count from 0", ground, name=name))
    return steps


def bounding_steps(start: Statement, index: str, ground: Ground) -> list[Step]:
    """From the definition to the one number that bounds ``index``."""
    steps = [take(start, "read the bounds", ground, index=index)]
    steps += _drop_free_bounds(steps[-1].after, index, ground)
    for at in range(len(steps[-1].after.relations)):
        steps += _solve(steps[-1].after, at, index, ground)
    if len(steps[-1].after.relations) > 1:
        steps.append(take(steps[-1].after, "smaller bound", ground))
    return steps


def _drop_free_bounds(before: Statement, index: str, ground: Ground) -> list[Step]:
    """Requirements that do not bound the index from above hold by themselves."""
    steps: list[Step] = []
    at = 0
    while at < len(before.relations):
        if _bounds_above(before.relations[at], index, ground, before):
            at += 1
            continue
        steps.append(take(before, "always holds", ground, at=at))
        before = steps[-1].after
    return steps


def _bounds_above(relation: Relation, index: str, ground: Ground, before: Statement) -> bool:
    """Whether a large index breaks the relation: f ≤ b with f growing, or b ≤ f with f falling."""
    from convmath.language.linear import linear

    upper = index in letters_of(relation.left)
    form = linear(relation.left if upper else relation.right, {index})
    if form is None or index not in form[0]:
        raise ProofError(f"{relation} is not linear in {index}")
    grows = ground.facts(before).positive(form[0][index]) is not None
    falls = ground.facts(before).positive(Int(0) - form[0][index]) is not None
    if not grows and not falls:
        raise ProofError(f"the sign of {form[0][index]}, which multiplies {index}, is not known")
    return upper == grows


def _solve(before: Statement, at: int, index: str, ground: Ground) -> list[Step]:
    """From f(i, u) ≤ b for all u to i ≤ a number."""
    steps: list[Step] = []

    def move(rule: str, **arguments: str | int) -> None:
        steps.append(take(steps[-1].after if steps else before, rule, ground, at=at, **arguments))

    def current() -> Relation:
        return (steps[-1].after if steps else before).relations[at]

    for name, _ in before.ranges:
        if name in letters_of(current().left, current().right):
            move("farthest read", index=name)
    if current().left == Sym(index):
        return steps
    move("gather", index=index)
    if steps[-1].after == steps[-1].before:
        steps.pop()
    if current().left != Sym(index):
        move("divide", index=index)
        move("integer")
    return steps


def tidied(steps: list[Step], ground: Ground) -> list[Step]:
    """The steps, closed by arithmetic where there is any left to do."""
    last = take(steps[-1].after, "arithmetic", ground)
    return steps if str(last.after) == str(steps[-1].after) else [*steps, last]  # a reader would see no change
