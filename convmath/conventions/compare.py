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
from convmath.conventions.translation import Translation
from convmath.errors import RejectedError, UnsupportedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST = 16
"""Up to this size inputs are searched for the smallest on which two frameworks differ."""
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

    ``outputs`` pairs the frameworks that agree with what they give; ``x`` and ``w`` are what they were run on.
    """

    size: int
    x: Values
    w: Values
    outputs: tuple[tuple[tuple[str, ...], Values], ...]


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
        return Found(asked, translation, _values(asked, translation, request, flipped=flipped))
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


def _values(asked: Asked, found: Translation, request: Request, *, flipped: bool = False) -> Values:
    """The output's sizes and, entry by entry, its values on an input whose entries leave each its own digits."""
    import numpy as np

    sizes = asked.sizes(found)
    if not prod(sizes):
        return (*sizes, ())
    x, w = arrays(request)
    w = np.flip(w, axis=tuple(range(2, w.ndim))) if flipped else w
    given = {"X": x} if request.pooling else {"X": x, "W": w}
    runs = [found.operator(**given)]
    if request.family == "max_pool":
        runs.append(found.operator(X=-x))  # the largest entry is the last place of a window, its negative the first
    return (*sizes, *(_nested(run[0, 0].tolist()) for run in runs))


def arrays(request: Request) -> tuple[NDArray[Any], NDArray[Any]]:
    """(x, w): w counts 1, 2, 3 …, x are powers of ten larger than all of w, so that every product can be read off."""
    import numpy as np

    taps, places = prod(request.kernel_size), prod(request.sizes)
    base = 10 ** len(str(taps * (taps + 1) // 2))
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
            yield Difference(size, _nested(x[0, 0].tolist()), _nested(w[0, 0].tolist()), _outputs(found))
        apart |= pairs


def _outputs(found: dict[str, Found]) -> tuple[tuple[tuple[str, ...], Values], ...]:
    groups: dict[Values, list[str]] = {}
    for name, item in found.items():
        groups.setdefault(item.values, []).append(name)
    return tuple((tuple(names), values) for values, names in groups.items())


def along_one_axis(request: Request) -> Request:
    """The same layer of rank 1, where its axes are alike; a person can check one axis by hand."""
    alike = [request.kernel_size, request.stride, request.dilation, request.output_padding or (0,)]
    if any(len(set(numbers)) > 1 for numbers in alike):
        return request
    if not isinstance(request.padding, str) and len(set(request.padding)) > 1:
        return request
    return replace(
        request,
        sizes=request.sizes[:1],
        kernel_size=request.kernel_size[:1],
        stride=request.stride[:1],
        dilation=request.dilation[:1],
        padding=request.padding if isinstance(request.padding, str) else request.padding[:1],
        output_padding=None if request.output_padding is None else request.output_padding[:1],
    )


def one_channel(request: Request) -> Request:
    """The same layer on one channel: channels and groups change no size and no place."""
    return replace(request, in_channels=1, out_channels=1, groups=1)
