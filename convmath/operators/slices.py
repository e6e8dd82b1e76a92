"""Parts of an array along an axis, and an axis in reverse order."""

from __future__ import annotations

import builtins
from typing import Any

from convmath.errors import DefinitionError, UnsupportedError
from convmath.language.polynomial import equal
from convmath.language.sizes import size
from convmath.language.tidy import tidy, total
from convmath.language.tree import Expr, Int
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.frame import Frame, Part, axes, axis, shown, whole
from convmath.operators.operator import Operator

MOST_PIECES = 10_000
"""How many operators ``split`` makes at most."""


def _along(frame: Frame, parts: list[Part], at: int, place: str, ranges: dict[str, str], where: str = "") -> Operator:
    """The array with axis ``at`` read at ``place``, and the others as they are."""
    read = [part.index for part in parts]
    left = ",".join(read)
    read[at] = place
    return declare(
        frame.name,
        f"Y[{left}] = X[{','.join(read)}]{where}",
        {"X": tuple(part.letter for part in parts)},
        {},
        ranges=ranges,
        values=frame.values,
        symbols=frame.symbols,
    )


@remembered
def narrow(input: Any, dim: Any, start: Any, length: Any) -> Operator:
    """The places start … start + length − 1 of an axis.

    Args:
        input: the shape of the array.
        dim: the axis.
        start: the first place that is kept; counted from the end where it is a negative number.
        length: how many are kept.

    Raises:
        DefinitionError: there are no such places.
    """
    frame = Frame("narrow")
    parts = frame.parts(frame.shape(input))
    at = axis("narrow", "dim", dim, len(parts))
    first, count = (size(v, f"narrow: {n}", frame.symbols) for n, v in (("start", start), ("length", length)))
    if isinstance(first, Int) and first.value < 0:
        first = tidy(parts[at].size + first)
    if any(isinstance(item, Int) and item.value < least for item, least in ((first, 0), (count, 1))):
        raise DefinitionError(f"narrow: start ({first}) must be ≥ 0 and length ({count}) ≥ 1")
    room = tidy(parts[at].size - first)
    if isinstance(room, Int) and isinstance(count, Int) and count.value > room.value:
        raise DefinitionError(
            f"narrow: start ({first}) + length ({count}) exceeds dimension size ({parts[at].size}) of axis {at}. "
            f"Use length ≤ {room}."
        )
    begin, kept = frame.letter("b", first, "start"), frame.letter("m", count, "length")
    return _along(frame, parts, at, f"{begin}+{parts[at].index}", {parts[at].index: kept})


@remembered
def slice(input: Any, dim: Any, start: Any = None, end: Any = None, step: Any = 1) -> Operator:  # noqa: A001
    """Every step-th place of an axis, from start to before end, as ``x[start:end:step]`` in Python.

    Args:
        input: the shape of the array.
        dim: the axis.
        start: the first place that is kept, by default the first there is in the direction of step.
        end: the place before which it stops, by default none. Negative numbers count from the end of the axis,
            and numbers beyond the axis mean its end.
        step: how far apart the places are; where it is a negative number, they run backwards.

    Raises:
        DefinitionError: the step is 0.
        UnsupportedError: no place is left, since a size is ≥ 1; or the step is negative and the size a letter, so
            that its bounds depend on it.
    """
    frame = Frame("slice")
    parts = frame.parts(frame.shape(input))
    at = axis("slice", "dim", dim, len(parts))
    part, stride = parts[at], size(step, "slice: step", frame.symbols)
    if stride == Int(0):
        raise DefinitionError("slice: slice step cannot be zero; use a step ≥ 1, or ≤ -1 to run backwards")
    first, last, backwards = _bounds(frame, part.size, start, end, stride)
    begin, index = frame.letter("b", first, "start"), part.index
    far = "1" if backwards else frame.letter("s", stride, "step")
    far = frame.letter("s", Int(-stride.value), "step") if backwards and isinstance(stride, Int) else far
    moved = f"{begin}-{far}*{index}" if backwards else f"{begin}+{far}*{index}"
    if last is None:
        return _along(frame, parts, at, moved, {})
    stop = frame.letter("e", last, "end")
    bound = f"{stop}+1<={moved}" if backwards else f"{moved}<={stop}-1"
    return _along(frame, parts, at, moved, {}, f" where {bound}")


def _bounds(frame: Frame, length: Expr, start: Any, end: Any, step: Expr) -> tuple[Expr, Expr | None, bool]:
    """(the first place, the place before which to stop or None, whether the places run backwards)."""
    given = [None if value is None else size(value, "slice: start, end", frame.symbols) for value in (start, end)]
    numbers = [item.value if isinstance(item, Int) else None for item in given]
    backwards = isinstance(step, Int) and step.value < 0
    plain = all(item is None or isinstance(item, Int) for item in given)
    if isinstance(length, Int) and isinstance(step, Int) and plain:
        first, stop, _ = builtins.slice(numbers[0], numbers[1], step.value).indices(length.value)
        if not range(first, stop, step.value):
            raise UnsupportedError(
                f"slice: [{_text(start)}:{_text(end)}:{step}] leaves no place of an axis of size {length}: "
                "a size is ≥ 1"
            )
        return Int(first), None if stop in (-1, length.value) else Int(stop), backwards
    if backwards and (given != [None, None]):
        raise UnsupportedError(
            f"slice: with a negative step and letters among {length}, {_text(start)} and {_text(end)}, the places "
            "depend on which is larger: give numbers, or leave start and end out"
        )
    if backwards:
        return tidy(length - 1), None, True
    counted = [total([length, item]) if isinstance(item, Int) and item.value < 0 else item for item in given]
    first_place = counted[0] if counted[0] is not None else Int(0)
    return first_place, None if counted[1] is None or equal(counted[1], length) else counted[1], False


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@remembered
def flip(input: Any, dims: Any) -> Operator:
    """Axes in reverse order.

    Args:
        input: the shape of the array.
        dims: which axes, one or several.

    Raises:
        DefinitionError: there is no such axis, or it is named twice.
    """
    frame = Frame("flip")
    parts = frame.parts(frame.shape(input))
    turned = axes("flip", "dims", dims, len(parts))
    read = [f"{part.letter}-1-{part.index}" if at in turned else part.index for at, part in enumerate(parts)]
    return declare(
        "flip",
        f"Y[{','.join(part.index for part in parts)}] = X[{','.join(read)}]",
        {"X": tuple(part.letter for part in parts)},
        {},
        values=frame.values,
        symbols=frame.symbols,
    )


def split(tensor: Any, split_size_or_sections: Any, dim: Any = 0) -> tuple[Operator, ...]:
    """An array cut along an axis: one operator for each piece, which ``narrow`` makes.

    Args:
        tensor: the shape of the array.
        split_size_or_sections: the size of each piece but the last, or the sizes of all.
        dim: the axis.

    Returns:
        The operators, in the order of the pieces.

    Raises:
        DefinitionError: the sizes do not add up to that of the axis.
        UnsupportedError: how many pieces there are depends on a letter.
    """
    frame = Frame("split")
    sizes = frame.shape(tensor, "tensor")
    at = axis("split", "dim", dim, len(sizes))
    if isinstance(split_size_or_sections, tuple | list):
        lengths = frame.sizes(split_size_or_sections, "split_size_or_sections")
        if not equal(total(lengths), sizes[at]) or any(isinstance(n, Int) and n.value < 1 for n in lengths):
            raise DefinitionError(
                f"split: split_with_sizes expects split_sizes to sum exactly to {sizes[at]} (input tensor's size at "
                f"dimension {at}), but got split_sizes={shown(lengths)}; each is ≥ 1"
            )
    else:
        if not isinstance(sizes[at], Int):
            raise UnsupportedError(
                f"split: how many pieces an axis of size {sizes[at]} has depends on it: give the sizes of all, as in "
                "split_size_or_sections=(2, 'C - 2')"
            )
        piece, length = whole("split", "split_size_or_sections", split_size_or_sections), sizes[at]
        assert isinstance(length, Int), "letters were refused"
        if piece < 1:
            raise DefinitionError(f"split: split_size_or_sections is {piece}; a piece has a size ≥ 1")
        if length.value > MOST_PIECES * piece:
            raise UnsupportedError(f"split: more than {MOST_PIECES} pieces; use a larger split_size_or_sections")
        lengths = [Int(min(piece, length.value - first)) for first in range(0, length.value, piece)]
    starts = [total(lengths[:number]) if number else Int(0) for number in range(len(lengths))]
    return tuple(narrow(tuple(sizes), at, start, length) for start, length in zip(starts, lengths, strict=True))
