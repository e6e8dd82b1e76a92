"""The same layer in every framework: sizes, where the padding lies, values, and where two first differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any

from convmath.conventions.arguments import Shape
from convmath.conventions.asked import asked_of
from convmath.conventions.asking import Asked, Pairs, Request, read_request
from convmath.conventions.framework import frameworks
from convmath.conventions.translation import Translation, made
from convmath.errors import RejectedError, UnsupportedError
from convmath.operators.operator import Operator

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST = 16
"""Up to this size inputs are searched for the smallest on which two frameworks differ."""
BY_AXIS = ("kernel_size", "stride", "padding", "dilation", "output_padding")
"""The arguments of a translation that have one entry for each axis."""
Values = tuple[Any, ...]


@dataclass(frozen=True)
class Row:
    """What one framework makes of the layer.

    Attributes:
        framework: its name and version.
        call: the layer in its own words.
        sizes: the spatial sizes of the output; None where it refuses.
        padding: (before, after) along each axis; for a transposed convolution, what is cropped.
        refused: why it refuses, or "".
        group: rows with the same letter have the same sizes and values; "" where there are none.
        notes: what a reader should know.
    """

    framework: str
    call: str
    sizes: Shape | None = None
    padding: Pairs = ()
    refused: str = ""
    group: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """An input on which frameworks differ that agreed on every smaller one.

    Attributes:
        size: of the input, along every axis.
        x: the input that they were run on.
        w: the kernel; none for pooling.
        outputs: the frameworks that agree, and what they give; an output without entries is ().
        refused: the frameworks that refuse it.
    """

    size: int
    x: Values
    w: Values
    outputs: tuple[tuple[tuple[str, ...], Values], ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """One layer, a row for each framework, and the smallest inputs on which they differ."""

    name: str
    request: Request
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]


def compare(operator: str, sizes: tuple[int, ...], **arguments: Any) -> Comparison:
    """The layer ``operator`` ("conv2d", "conv_transpose2d", "max_pool1d" …) in every framework.

    Args:
        operator: the name, with its rank.
        sizes: the spatial sizes of the input.
        arguments: in PyTorch's words: kernel_size, stride, padding (a number, (before, after) for each axis,
            or the words "same", "same_lower", "valid"), dilation, output_padding, groups, ceil_mode.

    Raises:
        ParseError: the operator is not compared, or an argument has the wrong form.
    """
    request = one_channel(read_request(operator, tuple(sizes), **arguments))
    found = {name: tried(name, request) for name in frameworks}
    groups = _grouped({name: item for name, item in found.items() if isinstance(item, Found)})
    rows = tuple(_row(name, item, groups.get(name, "")) for name, item in found.items())
    return Comparison(operator, request, rows, tuple(_differences(request)))


@dataclass(frozen=True)
class Found:
    """What a framework gives: its call, the translation, sizes and values."""

    asked: Asked
    translation: Translation
    values: Values


def tried(name: str, request: Request, *, flipped: bool = False) -> Found | tuple[str, str]:
    """What a framework gives, or (its call, why it gives nothing); ``flipped`` reverses the kernel."""
    call = ""
    try:
        asked = asked_of(name, request)
        call = str(asked)
        translation = asked.answer()
        return Found(
            asked, translation, (*asked.sizes(translation), _by_axis(asked, translation, request, flipped=flipped))
        )
    except (RejectedError, UnsupportedError) as error:
        return call, str(error)


def _row(name: str, item: Found | tuple[str, str], group: str) -> Row:
    if not isinstance(item, Found):
        return Row(str(frameworks[name]), item[0], refused=item[1])
    found = item.translation
    return Row(found.framework, str(item.asked), item.asked.sizes(found), found.padding, group=group, notes=found.notes)


def _grouped(found: dict[str, Found]) -> dict[str, str]:
    """A letter for each framework; those that give the same share it."""
    letters: dict[Values, str] = {}
    return {name: letters.setdefault(item.values, chr(ord("A") + len(letters))) for name, item in found.items()}


def _by_axis(asked: Asked, found: Translation, request: Request, *, flipped: bool) -> Values:
    """The values along each axis, as a layer of rank 1 gives them: a window is the product of its sides."""
    if not prod(asked.sizes(found)):
        return ()
    values = []
    for axis in range(request.rank):
        narrow = one_axis(request, axis)
        again = found.made is not None
        operator = asked_of(asked.framework, narrow).answer().operator if again else _one_axis_of(found, axis)
        values.append(_values(operator, narrow, flipped=flipped))
    return tuple(values) if len(set(values)) > 1 else values[0]


def _one_axis_of(found: Translation, axis: int) -> Operator:
    """The operator of the translation along one of its axes."""
    given = {name: (value[axis],) if name in BY_AXIS else value for name, value in found.arguments.items()}
    return made(f"{found.name[:-2]}1d", given)


def _values(operator: Operator, request: Request, *, flipped: bool) -> Values:
    """The output entry by entry, on an input whose entries leave each its own digits."""
    import numpy as np

    x, w = arrays(request)
    w = np.flip(w, axis=tuple(range(2, w.ndim))) if flipped else w
    runs = [operator(**({"X": x} if request.pooling else {"X": x, "W": w}))]
    if request.family == "max_pool":
        runs.append(operator(X=-x))  # the largest entry is the last place of a window, its negative the first
    return tuple(_nested(run[0, 0].tolist()) for run in runs) if len(runs) > 1 else _nested(runs[0][0, 0].tolist())


def arrays(request: Request) -> tuple[NDArray[Any], NDArray[Any]]:
    """(x, w): w counts 1, 2, 3 …, x are powers of ten larger than all of w, so that every product can be read off."""
    import numpy as np

    taps, places = prod(request.kernel_size), prod(request.sizes)
    base = 10 ** len(str(sum(range(taps + 1))))
    x = np.array([base**place for place in range(places)], dtype=object)
    w = np.array(range(1, taps + 1), dtype=object)
    return x.reshape(1, 1, *request.sizes), w.reshape(1, 1, *request.kernel_size)


def _nested(values: Any) -> Any:
    return tuple(map(_nested, values)) if isinstance(values, list) else values


def _differences(request: Request) -> Iterator[Difference]:
    """Each size at which frameworks part that agreed before, from the smallest on."""
    narrow = along_one_axis(request)
    apart: set[frozenset[str]] = set()
    for size in range(1, LARGEST + 1):
        asked = replace(narrow, sizes=(size,) * narrow.rank)
        found = {name: item for name in frameworks if isinstance(item := tried(name, asked), Found)}
        pairs = {frozenset((a, b)) for a in found for b in found if found[a].values != found[b].values}
        if pairs - apart:
            x, w = arrays(asked)
            kernel = () if asked.pooling else _nested(w[0, 0].tolist())
            refused = tuple(name for name in frameworks if name not in found)
            yield Difference(size, _nested(x[0, 0].tolist()), kernel, _outputs(found), refused)
        apart |= pairs


def _outputs(found: dict[str, Found]) -> tuple[tuple[tuple[str, ...], Values], ...]:
    groups: dict[Values, list[str]] = {}
    for name, item in found.items():
        groups.setdefault(item.values, []).append(name)
    return tuple((tuple(names), values[-1]) for values, names in groups.items())


def along_one_axis(request: Request) -> Request:
    """The same layer of rank 1, where its axes are alike but for their sizes; a person can check one axis by hand."""
    layers = {replace(one_axis(request, axis), sizes=(1,)) for axis in range(request.rank)}
    return one_axis(request, 0) if len(layers) == 1 else request


def one_axis(request: Request, axis: int) -> Request:
    """What the layer does along one axis, as a layer of rank 1."""
    extra, pads = request.output_padding, request.padding
    return replace(
        request,
        sizes=(request.sizes[axis],),
        kernel_size=(request.kernel_size[axis],),
        stride=(request.stride[axis],),
        dilation=(request.dilation[axis],),
        padding=pads if isinstance(pads, str) else (pads[axis],),
        output_padding=None if extra is None else (extra[axis],),
    )


def one_channel(request: Request) -> Request:
    """The same layer on one channel: channels and groups change no size and no place."""
    return replace(request, in_channels=1, out_channels=1, groups=1)
