"""``torch.flatten``, ``unflatten``, ``reshape``, ``cat`` and ``add``: shapes stand where tensors stand.

How many entries there are is a product of sizes, and a size of 0 is a size like any other.
"""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Shape, rejected, shape_of
from convmath.conventions.torch.rules import NAME, answered, axis_of, integer, integers, listed
from convmath.conventions.translation import Translation


def flatten(input: Any, start_dim: Any = 0, end_dim: Any = -1) -> Translation:
    """``torch.flatten``: the axes from start_dim to end_dim as one; a number becomes one entry."""
    shape = shape_of(NAME, "flatten", input)
    start, end = (
        axis_of("flatten", what, dim, len(shape)) for what, dim in (("start_dim", start_dim), ("end_dim", end_dim))
    )
    if start > end:
        raise rejected(
            NAME,
            "flatten",
            f"start_dim is axis {start}, end_dim axis {end} of {listed(shape)}: flatten() has invalid args: "
            "start_dim cannot come after end_dim",
            f"Use end_dim ≥ {start}.",
        )
    found = (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :])
    return answered("flatten", {"input": shape, "start_dim": start_dim, "end_dim": end_dim}, shape, found)


def reshape(input: Any, shape: Any) -> Translation:
    """``Tensor.reshape``: the same entries in another shape; one -1 is what is left."""
    given, wanted = shape_of(NAME, "reshape", input), integers("reshape", "shape", shape)
    found = _filled(
        "reshape", wanted, prod(given), f"shape '{listed(wanted)}' is invalid for input of size {prod(given)}"
    )
    return answered("reshape", {"input": given, "shape": wanted}, given, found)


def unflatten(input: Any, dim: Any, sizes: Any) -> Translation:
    """``torch.unflatten``: one axis as several; one -1 is what is left."""
    shape, wanted = shape_of(NAME, "unflatten", input), integers("unflatten", "sizes", sizes)
    axis = axis_of("unflatten", "dim", dim, len(shape))
    if not wanted:
        raise rejected(NAME, "unflatten", "unflatten: sizes must be non-empty", "Give one size or more.")
    if not shape:
        raise rejected(NAME, "unflatten", "the input is a number: unflatten got an unexpected error", "Reshape it.")
    size = f"the size of dim {axis} ({shape[axis]}) in the input tensor"
    said = f"Provided sizes {listed(wanted)} don't multiply up to {size}"
    found = (*shape[:axis], *_filled("unflatten", wanted, shape[axis], said), *shape[axis + 1 :])
    return answered("unflatten", {"input": shape, "dim": dim, "sizes": wanted}, shape, found)


def _filled(name: str, wanted: Shape, entries: int, said: str) -> Shape:
    """``wanted`` with a -1 replaced, for so many entries; ``said`` is what PyTorch says where they do not fit."""
    if any(size < -1 for size in wanted):
        raise rejected(
            NAME, name, f"invalid shape dimension {min(wanted)} in {listed(wanted)}", "A size is ≥ 0, or -1."
        )
    if wanted.count(-1) > 1:
        raise rejected(NAME, name, f"{listed(wanted)}: only one dimension can be inferred", "Give all sizes but one.")
    known = prod(size for size in wanted if size != -1)
    if -1 not in wanted:
        if known != entries:
            raise rejected(NAME, name, said, f"The sizes hold {known} entries: make it {entries}.")
        return wanted
    if known == entries == 0:
        raise rejected(
            NAME,
            name,
            f"cannot reshape tensor of 0 elements into shape {listed(wanted)} because the unspecified "
            "dimension size -1 "
            "can be any value and is ambiguous",
            "Give the size.",
        )
    if not known or entries % known:
        raise rejected(NAME, name, said, f"The other sizes hold {known} entries, which does not divide {entries}.")
    return tuple(entries // known if size == -1 else size for size in wanted)


def cat(tensors: Any, dim: Any = 0) -> Translation:
    """``torch.cat``: arrays end to end along an axis; those of shape [0] are skipped, whatever the others are."""
    if not isinstance(tensors, tuple | list) or not tensors:
        raise rejected(NAME, "cat", "torch.cat(): expected a non-empty list of Tensors", "Give one shape or more.")
    shapes = [shape_of(NAME, "cat", shape, f"tensor {at}") for at, shape in enumerate(tensors)]
    number = next((at for at, shape in enumerate(shapes) if not shape), None)
    if number is not None:
        raise rejected(
            NAME,
            "cat",
            f"zero-dimensional tensor (at position {number}) cannot be concatenated",
            "Use stack, or reshape it to [1].",
        )
    kept = [(at, shape) for at, shape in enumerate(shapes) if shape != (0,)]
    along = integer("cat", "dim", dim)
    if not kept:
        return answered("cat", {"tensors": shapes, "dim": along}, shapes[0], (0,), others=tuple(shapes[1:]))
    first = kept[0][1]
    axis = axis_of("cat", "dim", along, len(first))
    for at, shape in kept[1:]:
        _check_alike(first, at, shape, axis)
    found = (*first[:axis], sum(shape[axis] for _, shape in kept), *first[axis + 1 :])
    return answered("cat", {"tensors": shapes, "dim": along}, shapes[0], found, others=tuple(shapes[1:]))


def _check_alike(first: Shape, at: int, shape: Shape, axis: int) -> None:
    """Shapes that are put end to end differ along that axis only."""
    if len(first) != len(shape):
        raise rejected(
            NAME,
            "cat",
            f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}",
            f"Tensor {at} has shape {listed(shape)}, the first one {listed(first)}.",
        )
    for place, (one, other) in enumerate(zip(first, shape, strict=True)):
        if place != axis and one != other:
            raise rejected(
                NAME,
                "cat",
                f"Sizes of tensors must match except in dimension {axis}. Expected size {one} but got size {other} "
                f"for tensor number {at} in the list",
                f"Along axis {place} all tensors need the size {one}.",
            )


def add(input: Any, other: Any) -> Translation:
    """``torch.add``: entry by entry; missing axes and axes of size 1 are broadcast."""
    first, second = shape_of(NAME, "add", input), shape_of(NAME, "add", other, "the other")
    found = broadcast("add", first, second)
    return answered("add", {"input": first, "other": second}, first, found, others=(second,))


def broadcast(name: str, first: Shape, second: Shape) -> Shape:
    """Both shapes together, counted from the last axis: sizes are equal, or one of them is 1 or missing."""
    rank = max(len(first), len(second))
    pairs = zip((1,) * (rank - len(first)) + first, (1,) * (rank - len(second)) + second, strict=True)
    found = []
    for axis, (one, other) in enumerate(pairs):
        if one != other and 1 not in (one, other):
            raise rejected(
                NAME,
                name,
                f"The size of tensor a ({one}) must match the size of tensor b ({other}) at non-singleton "
                f"dimension {axis}",
                "Make the two sizes equal, or one of them 1.",
            )
        found.append(other if one == 1 else one)
    return tuple(found)
