"""What tf.nn makes of its arguments before any operator. Source: tensorflow-cpu 2.21.0, run on the CPU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, is_integer, rejected
from convmath.conventions.tensorflow.layout import Laid, laid, without
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window
from convmath.errors import UnsupportedError

NAME = "tensorflow 2.21.0"
LAYOUTS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}
Pairs = tuple[tuple[int, int], ...]


def laid_out(name: str, rank: int, shape: object, data_format: Any, *, batches: bool = False) -> Laid:
    """The input's shape taken apart, by the word for its layout."""
    last, first = LAYOUTS[rank]
    if data_format not in (None, last, first):
        raise rejected(NAME, name, f"data_format is {data_format!r}", f"The layouts are {last!r} and {first!r}.")
    return laid(NAME, name, rank, shape, first=data_format == first, batches=batches)


def by_kernels(found: Translation, where: Laid) -> Translation:
    """``found``; where the channels come first, with what the kernels say: they compute the same, or refuse."""
    if not where.first:
        return found
    answers: dict[str, Shape | str] = {"with oneDNN": found.output_shape}
    answers["without oneDNN"] = "refused: only channels-last on the CPU"
    return replace(found, answers={**answers, **found.answers})


def by_starts(found: Translation, windows: Sequence[Window], padding: str, where: Laid) -> Translation:
    """``found``; in 3-d and SAME, with the places that TensorFlow's own kernels leave out where windows lie apart.

    They halve what is missing to the windows even where it is below 0, and so crop; oneDNN's and all kernels of 1-d
    and 2-d pad nothing there.
    """
    if padding != "SAME" or len(windows) != 3:
        return found
    spare = [size - w.spanned(w.begun(size)) for w, size in zip(windows, where.sizes, strict=True)]
    starts = [max(0, places // 2) for places in spare]
    if not any(starts) or not all(found.output_shape):
        return found
    other = f"the same size, other values: the first window starts at place {starts} and not at 0"
    answers: dict[str, Shape | str] = {"with oneDNN": found.output_shape, "without oneDNN": other}
    notes = (*found.notes, f"without oneDNN TensorFlow gives {other}; the operator is the one with oneDNN")
    return replace(found, answers={**answers, **found.answers}, notes=notes)


def check_channels(name: str, *channels: int) -> None:
    """Raises where there are none: TensorFlow takes some of these, and convmath has no such operator."""
    if not all(channels):
        raise UnsupportedError(f"{NAME}: {name} without channels is no operator of convmath")


def sequence(name: str, argument: str, value: Any, rank: int, where: Laid) -> Numbers:
    """``value`` as one integer for each spatial axis: it may be one, one each, or one for every axis."""
    found = [1] if value is None else list(value) if isinstance(value, tuple | list) else [value]
    if not all(map(is_integer, found)):
        raise rejected(NAME, name, f"{argument} is {value!r}", "It is an integer, or a list of integers.")
    if len(found) == rank + 2:
        inner, outer = without(tuple(found), first=where.first)
        if outer != (1, 1):
            why = f"{argument} is {value!r}: strides, windows and dilations of the batch and the channels must be 1"
            raise rejected(NAME, name, why)
        return inner
    if len(found) not in (1, rank):
        why = f"{argument} should be of length 1, {rank} or {rank + 2}, and is {value!r}"
        raise rejected(NAME, name, why)
    return tuple(found) if len(found) == rank else tuple(found) * rank


def check_positive(name: str, **given: Numbers) -> None:
    """The kernels' rule: a window, a stride and a dilation are at least 1."""
    for argument, numbers in given.items():
        if min(numbers) < 1:
            raise rejected(NAME, name, f"{argument} is {list(numbers)}", f"{argument} must be > 0.")


def explicit(name: str, padding: Any, rank: int, where: Laid) -> Pairs:
    """A padding given as [before, after] for every axis, batch and channels as well.

    Raises:
        RejectedError: it is none, or pads the batch or the channels, or is negative.
    """
    entries = [tuple(pair) if isinstance(pair, tuple | list) else () for pair in padding]
    if any(len(pair) != 2 or not all(map(is_integer, pair)) for pair in entries):
        raise rejected(NAME, name, f"padding is {padding!r}: each element must be a list/tuple of size 2")
    if len(entries) != rank + 2:
        why = f"padding is {padding!r}: when padding is a list, it must be of size {rank + 2}"
        raise rejected(NAME, name, why, "Give [0, 0] for the batch and the channels.")
    outer = (entries[0], entries[1]) if where.first else (entries[0], entries[-1])
    if any(any(pair) for pair in outer):
        why = f"padding is {padding!r}: nonzero explicit padding in the batch or depth dimensions is not supported"
        raise rejected(NAME, name, why)
    inner = entries[2:] if where.first else entries[1:-1]
    if any(min(pair) < 0 for pair in inner):
        raise rejected(NAME, name, f"padding is {padding!r}: all elements of explicit_paddings must be nonnegative")
    return tuple((before, after) for before, after in inner)


def word(name: str, padding: Any, *, lists: bool = False) -> str:
    """``padding``, which is a word.

    Raises:
        RejectedError: it is another; there is no SAME_LOWER, and no small letters.
    """
    if padding in ("SAME", "VALID"):
        return str(padding)
    takes = "'SAME', 'VALID' or a list of [before, after] for every axis" if lists else "'SAME' or 'VALID'"
    raise rejected(NAME, name, f"padding is {padding!r}", f"It is {takes}.")


def padded(windows: Sequence[Window], padding: str, sizes: Sequence[int]) -> list[Window]:
    """The windows with the places that SAME adds at each end; VALID adds none."""
    if padding == "VALID":
        return list(windows)
    return [window.same(size) for window, size in zip(windows, sizes, strict=True)]


def counted(framework: str, name: str, windows: Sequence[Window], padding: str, sizes: Sequence[int]) -> Numbers:
    """How many windows TensorFlow counts along each axis.

    SAME has one for each stride begun. Otherwise TensorFlow divides as C does, toward 0: where less than a
    stride is missing to no window at all, it gives an empty output and no error.

    Raises:
        RejectedError: a number is below 0.
    """
    found = [
        window.begun(size) if padding == "SAME" else towards_zero(window, size)
        for window, size in zip(windows, sizes, strict=True)
    ]
    for count, size, window in zip(found, sizes, windows, strict=True):
        if count < 0:
            why = f"Computed output size would be negative: {count} (input size {size}, "
            why += f"effective filter size {window.spanned(1)}, stride {window.stride})"
            raise rejected(framework, name, why, "Use more padding, a smaller window, or a larger input.")
    return tuple(found)


def towards_zero(window: Window, size: int) -> int:
    """The number of windows, divided as C divides."""
    exact = window.fitting(size)
    return exact if exact >= 0 else window.overrunning(size)


def remarks(windows: Sequence[Window], padding: str, sizes: Sequence[int], found: Sequence[int]) -> tuple[str, ...]:
    """What a reader should know of these numbers."""
    notes = []
    if padding == "SAME":
        pairs = ", ".join(f"({window.before}, {window.after})" for window in windows)
        notes.append(f"SAME pads (before, after) = {pairs} for this size; another size pads otherwise")
    short = any(not count and size for count, size in zip(found, sizes, strict=True))
    if short:
        notes.append("no window fits along some axis: TensorFlow divides toward zero, so the output is empty, no error")
    return tuple(notes)
