"""One framework's layer in the words of another; or that there are none, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from convmath.conventions.asked import asked_of
from convmath.conventions.asking import Request, read_request
from convmath.conventions.compare import LARGEST, Found, along_one_axis, one_channel, tried
from convmath.conventions.framework import frameworks
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window
from convmath.errors import RejectedError, UnsupportedError


@dataclass(frozen=True)
class Rendering:
    """A layer of one framework, and the same in another.

    Attributes:
        source, target: the frameworks, with their versions.
        before: the layer in the source's words.
        after: the same in the target's words, or "" where it has none.
        notes: for which inputs it is the same, and what has to be done beside it; or why there is none.
    """

    source: str
    target: str
    before: str
    after: str
    notes: tuple[str, ...]


def translate(operator: str, sizes: tuple[int, ...], source: str, target: str, **arguments: Any) -> Rendering:
    """The layer that ``source`` makes of these arguments, in the words of ``target``.

    The arguments are those of :func:`convmath.conventions.compare.compare`. Two layers are the same here when
    they give the same size and the same values on an input whose entries leave each its own digits; this is
    tried on the given input and on every input of up to 16 places.

    Raises:
        ParseError: there is no such framework or operator, or an argument has the wrong form.
        RejectedError: the source itself refuses the layer.
    """
    request = read_request(operator, tuple(sizes), **arguments)
    asked = one_channel(request)
    found = tried(source, asked)
    if not isinstance(found, Found):
        raise RejectedError(found[1], str(frameworks[source]))
    whole = asked_of(source, request).answer()
    names = (str(frameworks[source]), str(frameworks[target]), str(asked_of(source, request)))
    same = [(other, flipped) for other in _candidates(asked, found) for flipped in _same(target, other, asked, found)]
    ranked = sorted(same, key=lambda item: (item[1], _parts(source, target, asked, item[0], item[1]) is not None))
    if not ranked:
        return Rendering(*names, "", tuple(_why(target, asked, found)))
    other, flipped = ranked[0]
    wanted = replace(request, padding=other.padding, output_padding=other.output_padding, ceil_mode=other.ceil_mode)
    if apart := _channels_apart(target, wanted, whole):
        return Rendering(*names, "", (f"{frameworks[target]} has no arguments for it", apart))
    parting = _parts(source, target, asked, other, flipped)
    notes = [f"the same at every size up to {LARGEST} (tried), and at {asked.sizes}"]
    if parting is not None:
        notes = [f"the same for this input, not for every one: at size {parting} the two differ"]
    if flipped:
        notes.append("with the kernel reversed along every spatial axis: w[..., ::-1]")
    return Rendering(*names, str(asked_of(target, wanted)), tuple(notes))


def _channels_apart(target: str, wanted: Request, whole: Translation) -> str:
    """Why the target has not the channels and groups of the source, or "": places were compared on one channel."""
    try:
        asked = asked_of(target, wanted)
        found = asked.answer()
    except (RejectedError, UnsupportedError) as error:
        return str(error)
    if whole.missing or found.missing or found.operator.parameters() == whole.operator.parameters():
        return ""
    return f"{asked} has {found.operator.parameters()} weights, and {whole.operator.parameters()} are wanted"


def _candidates(request: Request, found: Found) -> Iterator[Request]:
    """The paddings that a framework may be asked for: as it was, in words, in numbers."""
    extras = dict.fromkeys([request.output_padding, None, found.translation.arguments.get("output_padding")])
    paddings = dict.fromkeys([request.padding, found.translation.padding, "valid", "same", "same_lower"])
    if request.family == "conv_transpose":
        paddings |= dict.fromkeys([_raw(request, found)])
    if request.ceil_mode:
        paddings |= dict.fromkeys([_stretched(request, found)])
    for ceil in dict.fromkeys([request.ceil_mode, False]):
        for padding in paddings:
            for extra in extras:
                if padding != ():
                    yield replace(request, padding=padding, output_padding=extra, ceil_mode=ceil)


def _windows(request: Request) -> list[Window]:
    return [Window(k, s, d) for k, s, d in zip(request.kernel_size, request.stride, request.dilation, strict=True)]


def _raw(request: Request, found: Found) -> tuple[tuple[int, int], ...]:
    """JAX's padding of a transposed convolution: what a window spans beyond one place, less what is cropped."""
    pairs = found.translation.padding or ((0, 0),) * request.rank
    extra = found.translation.arguments.get("output_padding", (0,) * request.rank)
    spans = [window.spanned(1) - 1 for window in _windows(request)]
    return tuple(
        (span - before, span - after + more) for span, (before, after), more in zip(spans, pairs, extra, strict=True)
    )


def _stretched(request: Request, found: Found) -> tuple[tuple[int, int], ...]:
    """The padding that makes the windows of ceil mode fit: as far as the last of them reaches."""
    pairs = found.translation.padding
    sizes = zip(_windows(request), found.asked.sizes(found.translation), request.sizes, pairs, strict=True)
    return tuple((lo, max(hi, window.spanned(many) - size - lo)) for window, many, size, (lo, hi) in sizes)


def _same(target: str, other: Request, request: Request, found: Found) -> list[bool]:
    """[False] where the target gives the same, [True] where it does with the kernel reversed, [] where it does not."""
    for flipped in (False, True) if not request.pooling else (False,):
        answer = tried(target, other, flipped=flipped)
        if isinstance(answer, Found) and answer.values == found.values:
            return [flipped]
    return []


def _parts(source: str, target: str, request: Request, other: Request, flipped: bool) -> int | None:
    """The smallest size at which the source gives something and the target something else."""
    narrow, wide = along_one_axis(request), along_one_axis(other)
    for size in range(1, LARGEST + 1):
        first = tried(source, replace(narrow, sizes=(size,) * narrow.rank))
        second = tried(target, replace(wide, sizes=(size,) * wide.rank), flipped=flipped)
        if isinstance(first, Found) and (not isinstance(second, Found) or first.values != second.values):
            return size
    return None


def _why(target: str, request: Request, found: Found) -> Iterator[str]:
    """What stands in the way: the target's refusal of the numbers, or what it gives instead."""
    yield f"{frameworks[target]} has no arguments for it"
    yield from _padded_first(target, request, found)
    numbers = replace(request, padding=found.translation.padding or request.padding)
    for other in dict.fromkeys([numbers, request]):
        answer = tried(target, other)
        if not isinstance(answer, Found):
            yield answer[1]
        elif answer.values != found.values:
            sizes = " x ".join(map(str, answer.asked.sizes(answer.translation)))
            yield f"{answer.asked} gives size {sizes}, or the same size with other values"


def _padded_first(target: str, request: Request, found: Found) -> Iterator[str]:
    """The same convolution without padding, on an input that was padded before."""
    pairs = found.translation.padding
    if request.family != "conv" or not any(map(any, pairs)) or any(min(pair) < 0 for pair in pairs):
        return
    sizes = tuple(size + sum(pair) for size, pair in zip(request.sizes, pairs, strict=True))
    answer = tried(target, replace(request, sizes=sizes, padding=((0, 0),) * request.rank))
    if isinstance(answer, Found) and _but_padding(answer) == _but_padding(found):
        yield f"pad the input with zeros first, {', '.join(map(str, pairs))} along its axes; then {answer.asked}"


def _but_padding(found: Found) -> dict[str, Any]:
    return {name: value for name, value in found.translation.arguments.items() if name != "padding"}
