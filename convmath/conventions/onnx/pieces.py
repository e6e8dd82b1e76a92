"""Operators that cut, join and surround."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import BOTH, INFERENCE, RUNTIME, agreed, located, numbers, refused, tensor
from convmath.conventions.translation import Translation
from convmath.errors import RejectedError
from convmath.operators.declare import define
from convmath.operators.operator import Operator

NOWHERE = (2**31 - 1, 2**63 - 1)
"""Ends that onnxruntime reads as no end at all, also where the step is negative."""
LETTERS = "abefghijlmno"


def slice_(data: Any, starts: Any, ends: Any, axes: Any = None, steps: Any = None) -> Translation:
    """``Slice``: starts and ends are clamped to the axis, a negative one counts from its end."""
    name = "Slice"
    x, first, last = tensor(name, data, "data"), numbers(name, "starts", starts), numbers(name, "ends", ends)
    if len(first) != len(last):
        raise rejected(BOTH, name, f"Incorrect or missing input value for starts and ends: {starts} and {ends}")
    at = located(name, range(len(first)) if axes is None else numbers(name, "axes", axes), len(x))
    step = (1,) * len(first) if steps is None else numbers(name, "steps", steps)
    if not len(at) == len(step) == len(first):
        raise rejected(BOTH, name, f"axes {list(at)} and steps {list(step)} do not match {len(first)} starts")
    if 0 in step:
        raise rejected(BOTH, name, "'step' cannot be 0 for Slice")
    taken = [range(size) for size in x]
    inferred = list(x)
    for axis, begin, end, by in zip(at, first, last, step, strict=True):
        inferred[axis] = len(_places(x[axis], begin, end, by))
        taken[axis] = _places(x[axis], begin, None if end in NOWHERE else end, by)
    found = tuple(map(len, taken))
    made = _taken(x, taken) if 0 not in found and len(x) <= len(LETTERS) else None
    return agreed(name, tuple(inferred), "Slice", {}, x, runs=lambda: found, made=made)


def _places(size: int, start: int, end: int | None, step: int) -> range:
    """The places of an axis that are taken; with no end, as far as the axis goes."""
    forward = step > 0
    begin = min(max(start + size if start < 0 else start, 0), size if forward else size - 1)
    if end is None:
        return range(begin, size if forward else -1, step)
    return range(begin, min(max(end + size if end < 0 else end, 0 if forward else -1), size), step)


def _taken(x: Shape, taken: list[range]) -> Operator:
    """Each place of the output reads one place of the input, a step after the last."""
    letters = LETTERS[: len(x)]
    places = [f"{r.start}{r.step:+d}*{letter}" for r, letter in zip(taken, letters, strict=True)]
    return define(
        f"Y[{','.join(letters)}] = X[{','.join(places)}]",
        shapes={"X": x},
        ranges={letter: len(r) for letter, r in zip(letters, taken, strict=True)},
        name="Slice",
    )


def split(input: Any, split: Any = None, *, axis: int = 0, num_outputs: int | None = None) -> tuple[Translation, ...]:
    """``Split``: one translation for each piece. Equal pieces are rounded up, and the last is what is left."""
    name = "Split"
    x = tensor(name, input, "input")
    (at,) = located(name, (axis,), len(x))
    if (split is None) == (num_outputs is None):
        given = "Neither" if split is None else "Both"
        raise rejected(BOTH, name, f"{given} 'split' input and 'num_outputs' attribute: one of them is given")
    sizes = _equal(x[at], num_outputs) if num_outputs is not None else numbers(name, "split", split)
    if num_outputs is None and sum(sizes) != x[at]:
        raise rejected(
            BOTH,
            name,
            f"Mismatch between the sum of 'split' ({sum(sizes)}) and the split dimension of the input ({x[at]})",
        )

    shapes = [(*x[:at], size, *x[at + 1 :]) for size in sizes]
    if num_outputs is not None:
        try:
            _check_pieces(x[at], num_outputs, sizes)
        except RejectedError as refusal:
            raise refused(refusal, {INFERENCE: tuple(shapes)}) from None

    def piece(number: int) -> Translation:
        arguments = {"input": x, "dim": at, "start": sum(sizes[:number]), "length": sizes[number]}
        return agreed(name, shapes[number], "narrow", arguments, x)

    return tuple(map(piece, range(len(sizes))))


def _equal(size: int, count: int) -> Shape:
    """Pieces that are rounded up, and one with what is left, which may be nothing or less."""
    if count < 1:
        raise rejected(BOTH, "Split", f"num_outputs is {count}", "It is at least 1.")
    each = -(-size // count)
    return (*(each,) * (count - 1), size - each * (count - 1))


def _check_pieces(size: int, count: int, sizes: Shape) -> None:
    if count > size:
        raise rejected(
            RUNTIME, "Split", f"Invalid num_outputs value of {count}. Size of dimension being split is {size}"
        )
    if sizes[-1] < 1:
        raise rejected(
            RUNTIME,
            "Split",
            f"Invalid value in 'split'. Split size {sizes[0]} exceeds the remaining size of the selected dimension",
            f"{count} pieces of {sizes[0]} are more than {size}: give the sizes as split.",
        )


def concat(*inputs: Any, axis: int) -> Translation:
    """``Concat``: along one axis one after another; the others are equal."""
    name = "Concat"
    shapes = [tensor(name, item, f"input {place}") for place, item in enumerate(inputs)]
    if not shapes:
        raise rejected(BOTH, name, "it has no input")
    first = shapes[0]
    if not -len(first) <= axis < len(first):
        raise rejected(BOTH, name, f"axis is {axis}: axis must be in [-rank, rank-1]", f"The rank is {len(first)}.")
    at = axis % len(first)
    for place, other in enumerate(shapes):
        if len(other) != len(first):
            raise rejected(
                BOTH,
                name,
                f"All inputs to Concat must have same rank. Input {place} has rank {len(other)} != {len(first)}",
            )
        if (*other[:at], *other[at + 1 :]) != (*first[:at], *first[at + 1 :]):
            raise rejected(BOTH, name, f"Can't merge shape info of {first} and {other}: only axis {at} may differ")
    found = (*first[:at], sum(other[at] for other in shapes), *first[at + 1 :])
    return agreed(name, found, "cat", {"tensors": shapes, "dim": at}, first)


def tile(input: Any, repeats: Any) -> Translation:
    """``Tile``: each axis as often as is said."""
    name = "Tile"
    x, times = tensor(name, input, "input"), numbers(name, "repeats", repeats)
    if len(times) != len(x) or min(times, default=0) < 0:
        raise rejected(BOTH, name, f"repeats is {list(times)}", f"It is one number ≥ 0 for each axis of {x}.")
    found = tuple(size * count for size, count in zip(x, times, strict=True))
    return agreed(name, found, "Tile", {"repeats": times}, x)


def gather(data: Any, indices: Any, *, axis: int = 0) -> Translation:
    """``Gather``: the axes of ``indices`` stand where ``axis`` stood."""
    name = "Gather"
    x, at = tensor(name, data, "data"), tensor(name, indices, "indices")
    (place,) = located(name, (axis,), len(x))
    return agreed(name, (*x[:place], *at, *x[place + 1 :]), "Gather", {}, x)
