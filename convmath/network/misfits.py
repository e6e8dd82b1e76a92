"""Which sizes a layer does not take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convmath.errors import ConvmathError
from convmath.network.extent import Size
from convmath.network.graph import Node
from convmath.network.program import MisfitError, Program, Shape, check

Wrong = tuple[int, int, Size, str, Size]
"""(number of the input, axis, what is found there, how it is compared, with what)."""


def misfits(node: Node, shapes: Sequence[Shape]) -> list[Wrong]:
    """The sizes that a layer does not take; an axis where one output's window does not fit counts as one."""
    try:
        program: Program = node.layer.at(shapes).program
    except ConvmathError:
        return []
    found: list[Wrong] = []
    if tuple(map(len, shapes)) != program.ranks:
        return found
    values: list[Size] = [shapes[number][axis] for number, axis in program.takes]
    for number, axis, slope, rest in program.solves:
        apart = shapes[number][axis] - rest(values)
        if not _fine(slope, "∣", apart):
            found.append((number, axis, shapes[number][axis], "∣", slope))
        values.append(apart // slope)
    for number, axis, wanted in program.meets:
        if not _fine(shapes[number][axis], "=", wanted(values)):
            found.append((number, axis, shapes[number][axis], "=", wanted(values)))
    for left, op, right in program.conditions:
        if not _fine(left(values), op, right(values)):
            found += _blamed(program, values, shapes, left, op, right)
    return found


def _fine(left: Size, op: str, right: Size) -> bool:
    try:
        check(left, op, right, None)
    except MisfitError:
        return False
    return True


def _blamed(
    program: Program, values: list[Size], shapes: Sequence[Shape], left: Any, op: str, right: Any
) -> list[Wrong]:
    """The axis whose size makes a condition false: the one that another size would mend."""
    for slot, (number, axis) in enumerate(program.takes):
        other = list(values)
        for size in (1, 1 << 20):
            other[slot] = size
            if _fine(left(other), op, right(other)):
                return [(number, axis, shapes[number][axis], op, left(values) if op == "≤" else right(values))]
    return []
