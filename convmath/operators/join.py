"""Several arrays as one: end to end along an axis, or along a new one.

Each array is a term of the formula, added into places of its own: ``t = i`` for the first, ``t = j + C``
for the second, whose first place comes after the C places of the first.
"""

from __future__ import annotations

from typing import Any

from convmath.errors import DefinitionError, ParseError, UnsupportedError
from convmath.language.polynomial import equal
from convmath.language.tree import Expr
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.frame import Frame, Part, axis, shown
from convmath.operators.operator import Operator

MOST = 48
"""How many arrays are joined at once: each is a term of the formula."""


def _shapes(frame: Frame, tensors: Any) -> list[list[Expr]]:
    """The shape of each array."""
    if isinstance(tensors, str) or not isinstance(tensors, tuple | list):
        raise ParseError(
            f"{frame.name}: tensors is {tensors!r}; it must be a list of shapes such as ['N,C,H,W', 'N,D,H,W']"
        )
    if not tensors:
        raise DefinitionError(f"{frame.name}: expected a non-empty list of Tensors; give at least one shape")
    if len(tensors) > MOST:
        raise UnsupportedError(
            f"{frame.name}: {len(tensors)} arrays; at most {MOST} are joined in one formula: join some of them first"
        )
    return [frame.shape(item, f"tensor {at}") for at, item in enumerate(tensors)]


@remembered
def cat(tensors: Any, dim: Any = 0) -> Operator:
    """Arrays put end to end along an axis.

    Args:
        tensors: the shape of each array, such as ["N,C,H,W", "N,D,H,W"].
        dim: the axis along which they follow one another; along the others they have one size.

    Raises:
        DefinitionError: the sizes along another axis differ, or there is no such axis.
    """
    frame = Frame("cat")
    shapes = _shapes(frame, tensors)
    first = shapes[0]
    at = axis("cat", "dim", dim, len(first))
    for number, shape in enumerate(shapes):
        _check_other_axes(first, shape, at, number)
    common = frame.parts(first)
    joined = [common[at], *(frame.part(shape[at], f"{common[at].letter}_{n}") for n, shape in enumerate(shapes[1:], 2))]
    to, terms, given, before = frame.index("T"), [], {}, ""
    conditions = []
    for number, part in enumerate(joined, 1):
        axes = [*common[:at], part, *common[at + 1 :]]
        terms.append(f"X_{number}[{_indices(axes)}]")
        given[f"X_{number}"] = tuple(item.letter for item in axes)
        conditions.append(f"{to}={part.index}{before}")
        before += f"+{part.letter}"
    left = [part.index for part in common]
    left[at] = to
    return declare(
        "cat",
        f"Y[{','.join(left)}] = {' + '.join(terms)} where {', '.join(conditions)}",
        given,
        {},
        ranges={to: before.removeprefix("+")},
        values=frame.values,
        symbols=frame.symbols,
    )


def _check_other_axes(first: list[Expr], shape: list[Expr], at: int, number: int) -> None:
    """PyTorch's rule: one rank, and one size along every axis but ``at``."""
    if len(first) != len(shape):
        raise DefinitionError(
            f"cat: Tensors must have same number of dimensions: got {len(first)} and {len(shape)} "
            f"(tensor number {number} in the list)"
        )
    for axis_, (one, other) in enumerate(zip(first, shape, strict=True)):
        if axis_ != at and not equal(one, other):
            raise DefinitionError(
                f"cat: Sizes of tensors must match except in dimension {at}. Expected size {one} but got size {other} "
                f"along axis {axis_} for tensor number {number} in the list. Give both one size there, or another dim."
            )


def _indices(parts: list[Part]) -> str:
    return ",".join(part.index for part in parts)


@remembered
def stack(tensors: Any, dim: Any = 0) -> Operator:
    """Arrays of one shape put side by side along a new axis.

    Args:
        tensors: the shape of each array, all the same.
        dim: which axis of the output is the new one.

    Raises:
        DefinitionError: two shapes differ, or there is no such axis.
    """
    frame = Frame("stack")
    shapes = _shapes(frame, tensors)
    for number, shape in enumerate(shapes):
        if len(shape) != len(shapes[0]) or not all(map(equal, shape, shapes[0])):
            raise DefinitionError(
                f"stack: stack expects each tensor to be equal size, but got {shown(shapes[0])} at entry 0 and "
                f"{shown(shape)} at entry {number}"
            )
    parts = frame.parts(shapes[0])
    at = axis("stack", "dim", dim, len(parts) + 1)
    to, zero = frame.index("T"), frame.index("z")
    names = [f"X_{number}" for number in range(1, len(shapes) + 1)]
    places = [f"{to}={zero}+{n}" if n else f"{to}={zero}" for n in range(len(names))]
    pairs = zip(places, names, strict=True)
    terms = [f"Σ_{{{zero}<1 : {place}}} {name}[{_indices(parts)}]" for place, name in pairs]
    left = [part.index for part in parts]
    left.insert(at, to)
    return declare(
        "stack",
        f"Y[{','.join(left)}] = {' + '.join(terms)}",
        {name: tuple(part.letter for part in parts) for name in names},
        {},
        ranges={to: len(shapes)},
        values=frame.values,
        symbols=frame.symbols,
    )
