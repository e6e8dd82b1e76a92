"""What would mend a layer that does not fit: its own arguments, or another input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convmath.errors import UnsupportedError
from convmath.language.letters import keyword
from convmath.network.admissible import factors, solve, solved
from convmath.network.classes import Classes
from convmath.network.extent import letter as letter_of
from convmath.network.form import evaluated, letters_in
from convmath.network.graph import Node
from convmath.network.misfits import Wrong
from convmath.network.program import Requirement, Shape
from convmath.network.wording import classes_text


def fixes_for(
    node: Node,
    taken: Sequence[Shape],
    wrong: list[Wrong],
    formulas: Sequence[Shape | None],
    met: list[Requirement],
    numbers: Mapping[str, int],
) -> list[str]:
    """What would mend the layer, or the input."""
    fixes: list[str] = []
    definition = node.layer.at(taken).operator.general if wrong else None
    for number, axis, size, op, _ in wrong:
        assert definition is not None
        letter = str(definition.arrays[definition.inputs[number]].shape[axis])
        if op == "=" and letter in node.layer.at(taken).operator.values:
            name = "in_features" if node.layer.kind == "linear" else keyword(letter)
            whole = formulas[number]
            formula = whole[axis] if whole is not None else None
            said = f" (= {formula})" if formula is not None and not isinstance(formula, int) else ""
            fixes.append(f"{name} = {size}{said} in layer {node.name}")
    fixes += _other_inputs(node, met, numbers)
    return list(dict.fromkeys(fixes))


def _other_inputs(node: Node, met: list[Requirement], numbers: Mapping[str, int]) -> list[str]:
    """Input sizes with which everything up to this layer fits, nearest to the one given."""
    fixes = []
    for letter, given in numbers.items():
        own = [r for r in met if letters_in(r.left) | letters_in(r.right) == {letter}]
        try:
            found = solve(letter, own)
        except UnsupportedError:
            continue
        if given in found.sizes:
            continue
        if found.sizes.empty:
            fixes.append(f"no input has a {letter} that fits: see convmath sizes")
            continue
        fixes.append(_near(letter, given, found.sizes))
    for requirement in met:
        if requirement.node == node.name:
            pair = factors(requirement)
            fixes += _alone(requirement, met, numbers) if pair is None else _pairs(pair, numbers)
    return fixes


def _near(letter: str, given: int, sizes: Classes) -> str:
    below, above = sizes.below(given), sizes.above(given)
    near = " or ".join(f"{letter} = {size}" for size in (below, above) if size is not None)
    return f"an input with {near} (it takes {classes_text(sizes, letter)})"


def _alone(requirement: Requirement, met: list[Requirement], numbers: Mapping[str, int]) -> list[str]:
    """Where two letters have to suit one another: another size for the one, with the others as they are."""
    sides = (requirement.left, requirement.right)
    letters = sorted(letters_in(sides[0]) | letters_in(sides[1]))
    fixes = []
    for own in letters if len(letters) > 1 and numbers.keys() >= {*letters} else ():
        known = {**numbers, own: letter_of(own)}
        left, right = (side if isinstance(side, int) else evaluated(side.tree, known) for side in sides)
        others = [r for r in met if letters_in(r.left) | letters_in(r.right) == {own}]
        try:
            found = solve(own, [*others, Requirement(left, requirement.op, right, requirement.node)]).sizes
        except UnsupportedError:
            continue
        if not found.empty and numbers[own] not in found:
            rest = ", ".join(f"{letter} = {numbers[letter]}" for letter in letters if letter != own)
            fixes.append(f"{_near(own, numbers[own], found)} where {rest}")
    return fixes


def _pairs(pair: Any, numbers: Mapping[str, int]) -> list[str]:
    """Of the pairs of sizes whose product is what the layer takes, the one nearest to what was given."""
    number, one, two = pair
    best: tuple[int, str] | None = None
    for a in range(1, min(number, 1 << 16) + 1):
        if number % a:
            continue
        first = solved(one.letter, Requirement(a, "=", one))
        second = solved(two.letter, Requirement(number // a, "=", two))
        if first.empty or second.empty:
            continue
        near = [_nearest(first, numbers[one.letter]), _nearest(second, numbers[two.letter])]
        distance = abs(near[0] - numbers[one.letter]) + abs(near[1] - numbers[two.letter])
        text = f"an input with {classes_text(first, one.letter)} and {classes_text(second, two.letter)}"
        if best is None or distance < best[0]:
            best = distance, text
    return [] if best is None else [best[1]]


def _nearest(found: Any, size: int) -> int:
    around = [one for one in (found.below(size), found.above(size)) if one is not None]
    best: int = min(around, key=lambda one: abs(one - size))
    return best
