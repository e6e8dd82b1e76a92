"""The same entries in another shape: axes merged, split, moved, dropped and added.

Every entry keeps its place in row-major order (all but ``permute`` and ``transpose``, which move
axes). Each operator takes the shape of its input where PyTorch takes the tensor.
"""

from __future__ import annotations

from typing import Any

from convmath.errors import DefinitionError, UnsupportedError
from convmath.language.tree import Expr, Int
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.frame import Frame, Part, axes, axis, extent, place, shown
from convmath.operators.operator import Operator
from convmath.operators.regroup import Grouping, grouping, inferred

Groups = list[list[Part]]


def regrouped(frame: Frame, read: Groups, written: Groups, where: tuple[str, ...] = ()) -> Operator:
    """The operator that reads the axes ``read`` and writes the axes ``written``, each a list of parts.

    A part of a read axis has its range there, unless the axis is this part; an empty axis has size 1.
    """
    ranges = {part.index: part.letter for group in read if len(group) != 1 for part in group}
    inside = {part.index for group in read for part in group}
    ranges |= {part.index: part.letter for group in written for part in group if part.index not in inside}
    left = []
    for group in written:
        left.append(place(group) if group else frame.index())
        if not group:
            ranges[left[-1]] = "1"
    formula = f"Y[{','.join(left)}] = X[{','.join(map(place, read))}]"
    return declare(
        frame.name,
        formula + (" where " + ", ".join(where) if where else ""),
        {"X": tuple(map(extent, read))},
        {},
        ranges=ranges,
        values=frame.values,
        symbols=frame.symbols,
    )


@remembered
def flatten(input: Any, start_dim: Any = 0, end_dim: Any = -1) -> Operator:
    """The axes start_dim … end_dim of an array as one, in row-major order.

    Args:
        input: the shape of the array, such as "N,C,H,W" or (1, 3, 28, 28).
        start_dim: the first axis that is merged; counted from the end where negative.
        end_dim: the last one.

    Raises:
        DefinitionError: there is no such axis, or end_dim lies before start_dim.
    """
    frame = Frame("flatten")
    parts = frame.parts(frame.shape(input))
    if not parts:
        return regrouped(frame, [], [[]])  # PyTorch makes one axis of a number
    first, last = (axis("flatten", n, v, len(parts)) for n, v in (("start_dim", start_dim), ("end_dim", end_dim)))
    if first > last:
        raise DefinitionError(
            f"flatten: start_dim cannot come after end_dim; they are axes {first} and {last}. Exchange the two."
        )
    written = [[part] for part in parts[:first]] + [parts[first : last + 1]] + [[part] for part in parts[last + 1 :]]
    return regrouped(frame, [[part] for part in parts], written)


@remembered
def unflatten(input: Any, dim: Any, sizes: Any) -> Operator:
    """One axis of an array as several, in row-major order.

    Args:
        input: the shape of the array.
        dim: the axis that is split.
        sizes: the sizes of its parts; one of them may be -1, and is what is left.

    Raises:
        DefinitionError: there is no such axis, or its size is not the product of the sizes.
    """
    frame = Frame("unflatten")
    before = frame.shape(input)
    at = axis("unflatten", "dim", dim, len(before))
    wanted = frame.sizes(sizes, "sizes")
    what = (
        f"Provided sizes {shown(wanted)} don't multiply up to the size of dim {at} ({before[at]}) in the input tensor"
    )
    parts = inferred(frame.name, wanted, [before[at]], what)
    return _regrouped(frame, grouping(frame, before, [*before[:at], *parts, *before[at + 1 :]]))


@remembered
def reshape(input: Any, shape: Any) -> Operator:
    """The entries of an array in row-major order, in another shape.

    Axes are merged and split. Where the two shapes have no factors in common, as (2, 3) and (3, 2), the
    places that have the same number are related by two inequalities.

    Args:
        input: the shape of the array.
        shape: the new shape; one size may be -1, and is what is left.

    Raises:
        DefinitionError: the two shapes have different numbers of entries.
    """
    frame = Frame("reshape")
    before = frame.shape(input)
    wanted = frame.sizes(shape, "shape")
    after = inferred(frame.name, wanted, before, "")
    return _regrouped(frame, grouping(frame, before, after))


def _regrouped(frame: Frame, found: Grouping) -> Operator:
    return regrouped(frame, found.read, found.written, found.where)


@remembered
def permute(input: Any, dims: Any) -> Operator:
    """The axes of an array in another order.

    Args:
        input: the shape of the array.
        dims: for each axis of the output, which axis of the input it is.

    Raises:
        DefinitionError: dims does not name every axis once.
    """
    frame = Frame("permute")
    parts = frame.parts(frame.shape(input))
    order = axes("permute", "dims", dims, len(parts))
    if len(order) != len(parts):
        raise DefinitionError(
            f"permute: input.dim() = {len(parts)} is not equal to len(dims) = {len(order)}; dims names every axis once"
        )
    return regrouped(frame, [[part] for part in parts], [[parts[at]] for at in order])


@remembered
def transpose(input: Any, dim0: Any, dim1: Any) -> Operator:
    """Two axes of an array exchanged.

    Args:
        input: the shape of the array.
        dim0: one axis.
        dim1: the other.

    Raises:
        DefinitionError: there is no such axis.
    """
    frame = Frame("transpose")
    parts = frame.parts(frame.shape(input))
    first, second = (axis("transpose", n, v, len(parts)) for n, v in (("dim0", dim0), ("dim1", dim1)))
    order = list(parts)
    order[first], order[second] = parts[second], parts[first]
    return regrouped(frame, [[part] for part in parts], [[part] for part in order])


@remembered
def squeeze(input: Any, dim: Any = None) -> Operator:
    """Axes of size 1 dropped.

    Args:
        input: the shape of the array.
        dim: which axes are dropped if they have size 1, one or several; all by default.

    Raises:
        DefinitionError: there is no such axis.
        UnsupportedError: an axis has a letter for its size, which may be 1 or not.
    """
    frame = Frame("squeeze")
    sizes = frame.shape(input)
    chosen = range(len(sizes)) if dim is None else axes("squeeze", "dim", dim, len(sizes))
    for at in chosen:
        if not isinstance(sizes[at], Int):
            raise UnsupportedError(
                f"squeeze: axis {at} has size {sizes[at]}, and whether that is 1 decides the shape: give a number "
                "there, or name other axes in dim"
            )
    gone = {at for at in chosen if sizes[at] == Int(1)}
    kept = iter(frame.parts(sizes, without=gone))
    read: Groups = [[] if at in gone else [next(kept)] for at in range(len(sizes))]
    return regrouped(frame, read, [group for group in read if group])


@remembered
def unsqueeze(input: Any, dim: Any) -> Operator:
    """An axis of size 1 added.

    Args:
        input: the shape of the array.
        dim: which axis of the output it is.

    Raises:
        DefinitionError: there is no such place.
    """
    frame = Frame("unsqueeze")
    parts = frame.parts(frame.shape(input))
    read = [[part] for part in parts]
    at = axis("unsqueeze", "dim", dim, len(parts) + 1)
    return regrouped(frame, read, [*read[:at], [], *read[at:]])


@remembered
def expand(input: Any, sizes: Any) -> Operator:
    """Axes of size 1 repeated, and new axes in front.

    Args:
        input: the shape of the array.
        sizes: the new sizes; -1 leaves an axis as it is.

    Raises:
        DefinitionError: an axis that is not of size 1 would change.
    """
    frame = Frame("expand")
    before, after = frame.shape(input), frame.sizes(sizes, "sizes")
    new = len(after) - len(before)
    if new < 0:
        raise DefinitionError(
            f"expand: the number of sizes provided ({len(after)}) must be greater or equal to the number of "
            f"dimensions in the tensor ({len(before)})"
        )
    grown = [_expanded(at, item, before[at - new] if at >= new else None, after) for at, item in enumerate(after)]
    parts = frame.parts(grown)
    kept = [item == grown[at + new] for at, item in enumerate(before)]
    read: Groups = [[parts[at + new]] if same else [] for at, same in enumerate(kept)]
    return regrouped(frame, read, [[part] for part in parts])


def _expanded(at: int, wanted: Expr, size: Expr | None, target: list[Expr]) -> Expr:
    """The size of one axis after ``expand``."""
    if wanted == Int(-1) and size is not None:
        return size
    if isinstance(wanted, Int) and wanted.value < 1:
        raise DefinitionError(
            f"expand: The expanded size of the tensor ({wanted.value}) isn't allowed in dimension {at}; a size is ≥ 1, "
            "and -1 keeps that of an axis of the input"
        )
    if size is not None and size not in (Int(1), wanted):
        raise DefinitionError(
            f"expand: The expanded size of the tensor ({wanted}) must match the existing size ({size}) at "
            f"non-singleton dimension {at}. Target sizes: {shown(target)}. Only an axis of size 1 is repeated."
        )
    return wanted
