"""Shapes of what is moved, cut, joined and surrounded: in numbers and in letters alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from convmath.errors import ShapeError, UnsupportedError
from convmath.network.program import Requirement
from convmath.readers.onnx.exact import OpenError, down, is_number, larger, less, plus, smaller, times, up
from convmath.readers.onnx.graph import Stored
from convmath.readers.onnx.sized import Met, Rule, axis, merged, same, shape_of
from convmath.readers.onnx.values import Asked, Sizes

NOWHERE = (2**31 - 1, 2**63 - 1)
"""Ends that onnxruntime reads as no end at all."""


def entries(asked: Asked, place: int, attribute: str = "") -> tuple[Any, ...] | None:
    """The entries of an input, or in older operators of an attribute; None where it is left out.

    Raises:
        UnsupportedError: they are calculated from values that are not known.
    """
    if asked.left_out(place):
        given = asked.node.attributes.get(attribute)
        return given if isinstance(given, tuple) else None
    array = asked.array(place)
    if array is None or None in array.entries:
        raise UnsupportedError(
            f"{asked.node.title}: what input {place} holds is calculated from values that are not known"
        )
    return array.entries


def needed(asked: Asked, place: int, attribute: str = "") -> tuple[Any, ...]:
    """The same, of an input that must be there."""
    found = entries(asked, place, attribute)
    if found is None:
        raise ShapeError(f"{asked.node.title} is given no {attribute or f'input {place}'}")
    return found


def integers(asked: Asked, place: int, attribute: str = "") -> tuple[int, ...] | None:
    """The same, as plain integers."""
    found = entries(asked, place, attribute)
    if found is not None and not all(isinstance(item, int) for item in found):
        raise UnsupportedError(f"{asked.node.title}: {attribute or f'input {place}'} depends on the letters")
    return found


def _reshape(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, target = shape_of(asked), needed(asked, 1, "shape")
    copied = not asked.integer("allowzero", 0)
    if any(size == 0 and copied and at >= len(shape) for at, size in enumerate(target)):
        raise ShapeError(f"{asked.node.title}: 0 stands in axis {target.index(0)}, which the input does not have")
    found = [shape[at] if size == 0 and copied else size for at, size in enumerate(target)]
    if found.count(-1) > 1:
        raise ShapeError(f"{asked.node.title}: -1 stands twice in its shape")
    have, want = _cancelled(shape, [size for size in found if size != -1])
    if -1 not in found:
        same(asked, have, want, met)
        return [tuple(found)]
    if want == 0:
        raise ShapeError(f"{asked.node.title}: what -1 stands for is open where another size is 0")
    if want != 1:
        _divides(asked, want, have, met)
    found[found.index(-1)] = have if want == 1 else have // want
    return [tuple(found)]


def _cancelled(shape: Sequence[Any], target: Sequence[Any]) -> tuple[Any, Any]:
    """The products of both, without the sizes that stand in both."""
    have, want = list(shape), []
    for size in target:
        if size in have and size != 0:
            have.remove(size)
        else:
            want.append(size)
    return product(have), product(want)


def product(sizes: Sequence[Any]) -> Any:
    """The sizes multiplied, numbers first."""
    found: Any = 1
    for size in sorted(sizes, key=lambda size: not isinstance(size, int)):
        found = times(found, size)
    return found


def _divides(asked: Asked, part: Any, whole: Any, met: Met) -> None:
    if isinstance(part, int) and isinstance(whole, int):
        if whole % part:
            raise ShapeError(f"{asked.node.title}: {whole} entries do not fill up rows of {part}")
    elif not isinstance(part, int) or whole // part * part != whole:
        met.append(Requirement(part, "∣", whole))


def _flatten(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, at = shape_of(asked), asked.integer("axis", 1)
    if at is None or not -len(shape) <= at <= len(shape):
        raise ShapeError(f"{asked.node.title}: axis {at} of an array with {len(shape)} axes")
    cut = at + len(shape) if at < 0 else at
    return [(product(shape[:cut]), product(shape[cut:]))]


def _squeeze(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, axes = shape_of(asked), integers(asked, 1, "axes")
    gone = {axis(asked, one, len(shape)) for one in axes} if axes else {at for at, s in enumerate(shape) if s == 1}
    for at in gone:
        same(asked, 1, shape[at], met)
    return [tuple(size for at, size in enumerate(shape) if at not in gone)]


def _unsqueeze(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, axes = shape_of(asked), integers(asked, 1, "axes") or ()
    rank = len(shape) + len(axes)
    new = {axis(asked, one, rank) for one in axes}
    if len(new) < len(axes):
        raise ShapeError(f"{asked.node.title}: an axis stands twice in {axes}")
    rest = iter(shape)
    return [tuple(1 if at in new else next(rest) for at in range(rank))]


def _transpose(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape = shape_of(asked)
    order = asked.node.attributes.get("perm", tuple(reversed(range(len(shape)))))
    if not isinstance(order, tuple) or sorted(order) != list(range(len(shape))):
        raise ShapeError(f"{asked.node.title}: perm is {order}, and the input has {len(shape)} axes")
    return [tuple(shape[at] for at in order)]


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
            shape[at] = length if _positive(length, met) else larger(length, 0)
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


def _positive(length: Any, met: Met) -> bool:
    """Whether there is a place, or else it is noted that there must be one."""
    if isinstance(length, int):
        return length >= 0
    met.append(Requirement(1, "≤", length))
    return True


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
    for one, before, after in zip(at, pads[: len(at)], pads[len(at) :], strict=True):
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


def _to_space(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, block = shape_of(asked), asked.integer("blocksize", 0)
    if len(shape) != 4 or not block or block < 1:
        raise ShapeError(f"{asked.node.title}: blocks of {block} in an array with {len(shape)} axes")
    n, c, h, w = shape
    if asked.node.op == "DepthToSpace":
        _divides(asked, block * block, c, met)
        return [(n, c // (block * block), times(block, h), times(block, w))]
    _divides(asked, block, h, met)
    _divides(asked, block, w, met)
    return [(n, times(block * block, c), h // block, w // block)]


def _range(asked: Asked, met: Met) -> Sequence[Sizes]:
    """⌈(limit − start)/step⌉ places; there is at least one."""
    (start, limit, step) = ((*needed(asked, place), None)[0] for place in range(3))
    if not is_number(step) or step == 0:
        raise UnsupportedError(f"{asked.node.title}: its step is not known as a number")
    count = up(times(1 / Fraction(step), plus(limit, times(-1, start))))
    if isinstance(count, int):
        return [(max(count, 0),)]
    return [(count if _positive(count, met) else larger(count, 0),)]


def _constant(asked: Asked, met: Met) -> Sequence[Sizes]:
    for value in asked.node.attributes.values():
        if isinstance(value, Stored):
            return [value.dims]
        return [(len(value),) if isinstance(value, tuple) else ()]
    raise ShapeError(f"{asked.node.title} has no value")


RESHAPED: Mapping[str, Rule] = {
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
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
    "DepthToSpace": _to_space,
    "SpaceToDepth": _to_space,
    "Constant": _constant,
    "Range": _range,
    "RandomNormal": lambda asked, met: [asked.node.attributes.get("shape", ())],
    "RandomUniform": lambda asked, met: [asked.node.attributes.get("shape", ())],
    "ConstantOfShape": lambda asked, met: [needed(asked, 0)],
}
