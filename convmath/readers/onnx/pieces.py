"""Shapes of what is cut, joined, repeated, surrounded and resized: in numbers and in letters alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from convmath.errors import ShapeError, UnsupportedError
from convmath.network.program import Requirement
from convmath.readers.onnx.exact import OpenError, down, larger, less, plus, smaller, times, up
from convmath.readers.onnx.reshaped import entries, integers, needed, positive
from convmath.readers.onnx.sized import Met, Rule, axis, merged, same, shape_of
from convmath.readers.onnx.values import Asked, Sizes

NOWHERE = (2**31 - 1, 2**63 - 1)
"""Ends that onnxruntime reads as no end at all."""
LEAST = {"reflect": 1, "wrap": 0}
"""How many places more than are padded an axis must have, so that what is copied is there."""


def _concat(asked: Asked, met: Met) -> Sequence[Sizes]:
    shapes = [shape_of(asked, place) for place in range(len(asked.node.inputs))]
    at = axis(asked, asked.integer("axis", 1), len(shapes[0]))
    if any(len(shape) != len(shapes[0]) for shape in shapes):
        raise ShapeError(f"{asked.node.title}: arrays with {' and '.join(str(len(s)) for s in shapes[:5])} axes")
    for shape in shapes[1:]:
        for place, (one, two) in enumerate(zip(shapes[0], shape, strict=True)):
            if place != at:
                same(asked, one, two, met)
    total: Any = 0
    for shape in shapes:
        total = plus(total, shape[at])
    return [(*shapes[0][:at], total, *shapes[0][at + 1 :])]


def _split(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, count = shape_of(asked), len(asked.node.outputs)
    at = axis(asked, asked.integer("axis", 0), len(shape))
    sizes = entries(asked, 1, "split")
    if sizes is None:
        each = up(times(Fraction(1, count), shape[at]))
        sizes = (*(each,) * (count - 1), plus(shape[at], times(1 - count, each)))
    if len(sizes) != count:
        raise ShapeError(f"{asked.node.title}: {len(sizes)} sizes for {count} pieces")
    total: Any = 0
    for size in sizes:
        total = plus(total, size)
    same(asked, total, shape[at], met)
    return [(*shape[:at], size, *shape[at + 1 :]) for size in sizes]


def _slice(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, first, last = list(shape_of(asked)), needed(asked, 1, "starts"), needed(asked, 2, "ends")
    axes, steps = integers(asked, 3, "axes"), integers(asked, 4)
    axes = tuple(range(len(first))) if axes is None else axes
    steps = (1,) * len(first) if steps is None else steps
    if not len(first) == len(last) == len(axes) == len(steps) or 0 in steps:
        raise ShapeError(f"{asked.node.title}: starts, ends, axes and steps do not match")
    for one, begin, end, step in zip(axes, first, last, steps, strict=True):
        at = axis(asked, one, len(shape))
        if all(isinstance(item, int) for item in (shape[at], begin, end)):
            stop = None if step < 0 and end in NOWHERE else end
            shape[at] = len(range(shape[at])[begin:stop:step])
        elif step < 0:
            if begin not in (-1, *NOWHERE) or not isinstance(end, int) or end > -(2**31):
                raise UnsupportedError(f"{asked.node.title} goes backwards through a part of {shape[at]} places")
            shape[at] = up(times(Fraction(1, -step), shape[at]))
        else:
            start, stop = _place(shape[at], begin), _place(shape[at], end)
            length = up(times(Fraction(1, step), plus(stop, times(-1, start))))
            shape[at] = length if positive(length, met) else larger(length, 0)
    return [tuple(shape)]


def _place(size: Any, at: Any) -> Any:
    """A start or an end, counted from the beginning and not outside the axis."""
    if at in NOWHERE:
        return size
    try:
        behind = less(at, 0)
    except OpenError:
        behind = False  # a size is taken away from another: negative ones would stand for places from the end
    return larger(plus(at, size), 0) if behind else smaller(at, size)


def _gather(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, at = shape_of(asked), shape_of(asked, 1)
    place = axis(asked, asked.integer("axis", 0), len(shape))
    return [(*shape[:place], *at, *shape[place + 1 :])]


def _gather_nd(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, at, batch = shape_of(asked), shape_of(asked, 1), asked.integer("batch_dims", 0) or 0
    if not at or not isinstance(at[-1], int) or batch + at[-1] > len(shape):
        raise ShapeError(f"{asked.node.title}: the last axis of its indices names axes that the input does not have")
    return [(*at[:-1], *shape[batch + at[-1] :])]


def _expand(asked: Asked, met: Met) -> Sequence[Sizes]:
    return [merged(asked, [shape_of(asked), needed(asked, 1)], met)]


def _tile(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, repeats = shape_of(asked), needed(asked, 1)
    if len(repeats) != len(shape):
        raise ShapeError(f"{asked.node.title}: {len(repeats)} repeats for {len(shape)} axes")
    return [tuple(times(size, count) for size, count in zip(shape, repeats, strict=True))]


def _pad(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape = list(shape_of(asked))
    pads = entries(asked, 1, "pads") or needed(asked, 1, "paddings")
    axes = integers(asked, 3)
    at = range(len(shape)) if axes is None else [axis(asked, one, len(shape)) for one in axes]
    if len(pads) != 2 * len(at):
        raise ShapeError(f"{asked.node.title}: {len(pads)} pads for {len(at)} axes; each has two")
    least = LEAST.get(asked.node.attributes.get("mode", "constant"))
    for one, before, after in zip(at, pads[: len(at)], pads[len(at) :], strict=True):
        for p in (before, after) if least is not None else ():
            if p != 0:
                met.append(Requirement(plus(p, least), "≤", shape[one]))
        shape[one] = plus(shape[one], plus(before, after))
    return [tuple(shape)]


def _resize(asked: Asked, met: Met) -> Sequence[Sizes]:
    """Sizes that are given, or ⌊size·scale⌋: the scale is a 32-bit float, taken exactly."""
    shape = list(shape_of(asked))
    late = asked.node.op == "Resize" and asked.node.version != 10
    sizes = entries(asked, 3) if late else None
    scales = None if sizes else entries(asked, 2 if late else 1, "scales")
    if sizes and asked.node.attributes.get("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise UnsupportedError(f"{asked.node.title} keeps an aspect ratio, which is rounded in floating point")
    axes = asked.node.attributes.get("axes")
    at = [axis(asked, one, len(shape)) for one in axes] if isinstance(axes, tuple) else list(range(len(shape)))
    if len(sizes or scales or ()) != len(at):
        raise ShapeError(f"{asked.node.title}: {len(sizes or scales or ())} sizes or scales for {len(at)} axes")
    for one, given in zip(at, sizes or scales or (), strict=True):
        shape[one] = given if sizes else down(times(shape[one], Fraction(given)))
    return [tuple(shape)]


PIECES: Mapping[str, Rule] = {
    "Concat": _concat,
    "Split": _split,
    "Slice": _slice,
    "Gather": _gather,
    "GatherElements": lambda asked, met: [shape_of(asked, 1)],
    "GatherND": _gather_nd,
    "Expand": _expand,
    "Tile": _tile,
    "Pad": _pad,
    "Resize": _resize,
    "Upsample": _resize,
}
