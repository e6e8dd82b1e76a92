"""Shapes of what is moved, cut, joined and surrounded: in numbers and in letters alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from convmath.errors import ShapeError, UnsupportedError
from convmath.network.program import Requirement
from convmath.readers.onnx.exact import is_number, larger, plus, times, up
from convmath.readers.onnx.graph import Stored
from convmath.readers.onnx.sized import Met, Rule, axis, same, shape_of
from convmath.readers.onnx.values import Asked, Sizes


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


def positive(length: Any, met: Met) -> bool:
    """Whether there is a place, or else it is noted that there must be one."""
    if isinstance(length, int):
        return length >= 0
    met.append(Requirement(1, "≤", length))
    return True


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
    return [(count if positive(count, met) else larger(count, 0),)]


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
    "DepthToSpace": _to_space,
    "SpaceToDepth": _to_space,
    "Constant": _constant,
    "Range": _range,
    "RandomNormal": lambda asked, met: [asked.node.attributes.get("shape", ())],
    "RandomUniform": lambda asked, met: [asked.node.attributes.get("shape", ())],
    "ConstantOfShape": lambda asked, met: [needed(asked, 0)],
}
