"""What JAX looks at before any operator: sequences, words for a padding, signs, groups, what is cropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, is_integer, rejected
from convmath.conventions.windows import Window
from convmath.errors import UnsupportedError

NAME = "jax 0.10.2"
FLAX = "flax 0.12.8"
Pairs = tuple[tuple[int, int], ...]
WORDS = ("VALID", "SAME", "SAME_LOWER")


def sequence(framework: str, name: str, argument: str, value: Any, count: int | None = None) -> Numbers:
    """``value`` as integers, one for each of ``count`` axes; JAX takes no single number for all of them."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(map(is_integer, value)):
        fix = "" if count is None else f"Give {count} integers in a tuple."
        raise rejected(framework, name, f"{argument} is {value!r}: it must be a sequence of integers", fix)
    if count is not None and len(value) != count:
        raise rejected(
            framework,
            name,
            f"window and {argument} must have the same number of dimensions, but got {count} and {len(value)}",
        )
    return tuple(int(item) for item in value)


def check_positive(framework: str, name: str, argument: str, numbers: Numbers) -> None:
    """Strides, dilations and windows are at least 1."""
    if any(number < 1 for number in numbers):
        raise rejected(
            framework, name, f"{argument} must have every element be strictly positive, got {numbers}", "Use 1 or more."
        )


def check_rank(framework: str, name: str, rank: int) -> None:
    """convmath's own limit, not JAX's."""
    if rank not in (1, 2, 3):
        raise UnsupportedError(f"{framework}: {name} along {rank} axes; convmath has windows along 1, 2 or 3")


def check_groups(framework: str, name: str, shape: Shape, weight: Shape, groups: Any, batch_groups: Any) -> None:
    """A convolution's rules for groups of channels and of pictures, in JAX's order and words."""
    for count, what in ((groups, "feature_group_count"), (batch_groups, "batch_group_count")):
        if not is_integer(count) or count < 1:
            raise rejected(framework, name, f"{what} must be a positive integer, got {count!r}")
    (pictures, channels), (features, taken) = shape[:2], weight[:2]
    multiple = "rhs output feature dimension size must be a multiple of"
    rules = (
        (
            channels % groups,
            f"feature_group_count must divide lhs feature dimension size, but {groups} does not divide {channels}",
        ),
        (
            channels // groups != taken,
            "lhs feature dimension size divided by feature_group_count must equal the rhs input feature dimension "
            f"size, but {channels} // {groups} != {taken}",
        ),
        (features % groups, f"{multiple} feature_group_count, but {features} is not a multiple of {groups}"),
        (
            pictures % batch_groups,
            f"batch_group_count must divide lhs batch dimension size, but {batch_groups} does not divide {pictures}",
        ),
        (features % batch_groups, f"{multiple} batch_group_count, but {features} is not a multiple of {batch_groups}"),
        (min(groups, batch_groups) > 1, "at most one of batch_group_count and feature_group_count may be > 1"),
    )
    for broken, words in rules:
        if broken:
            raise rejected(framework, name, words)


def pairs_of(framework: str, name: str, padding: Any, rank: int) -> Pairs:
    """``padding`` as (before, after) for each axis.

    Raises:
        RejectedError: it is no sequence of pairs, or not one for each axis.
    """
    found = [tuple(pair) for pair in padding if isinstance(pair, Sequence)] if isinstance(padding, Sequence) else []
    whole = bool(found) and len(found) == len(padding) and all(len(p) == 2 and all(map(is_integer, p)) for p in found)
    if not whole and not (isinstance(padding, Sequence) and not padding):
        raise rejected(
            framework,
            name,
            f"the padding is {padding!r}: it should be a string or a sequence of (low, high) pairs",
            f"Give {rank} pairs.",
        )
    if len(found) != rank:
        raise rejected(
            framework, name, f"wrong number of explicit pads: expected {rank}, got {len(found)}", "One pair an axis."
        )
    return tuple((int(before), int(after)) for before, after in found)


def padded(framework: str, name: str, padding: Any, windows: Sequence[Window], sizes: Numbers) -> list[Window]:
    """The windows with their padding, from JAX's word for it, in any case, or its pairs."""
    if not isinstance(padding, str):
        pairs = pairs_of(framework, name, padding, len(sizes))
        return [Window(w.kernel, w.stride, w.dilation, *pair) for w, pair in zip(windows, pairs, strict=True)]
    word = padding.upper()
    if word not in WORDS:
        raise rejected(
            framework,
            name,
            f"unrecognized padding type: expected 'VALID', 'SAME', or 'SAME_LOWER', got {padding!r}",
        )
    if word == "VALID":
        return list(windows)
    return [window.same(size, lower=word == "SAME_LOWER") for window, size in zip(windows, sizes, strict=True)]


def dilated(sizes: Numbers, holes: Numbers) -> Numbers:
    """The places that a dilated input takes; of nothing, none."""
    return tuple(max(0, Window(1, hole).spanned(size)) for size, hole in zip(sizes, holes, strict=True))


def outputs(windows: Sequence[Window], sizes: Numbers) -> Numbers:
    """How many windows fit; where none does JAX gives an empty axis, and no error."""
    return tuple(max(0, window.fitting(size)) for window, size in zip(windows, sizes, strict=True))


def check_cropped(framework: str, name: str, windows: Sequence[Window], sizes: Numbers) -> None:
    """A convolution's rule: no more may be cropped than there is."""
    if any(size + window.before + window.after < 0 for window, size in zip(windows, sizes, strict=True)):
        pads = tuple((window.before, window.after) for window in windows)
        raise rejected(
            framework,
            name,
            "Negative padding is larger than the size of the corresponding dimension: "
            f"got padding={pads} for sizes {sizes}",
            "Crop less.",
        )


def notes_of(shape: Shape, windows: Sequence[Window], padding: Any) -> tuple[str, ...]:
    """What a reader should know of this answer."""
    found = []
    if isinstance(padding, str) and padding.upper().startswith("SAME"):
        pads = tuple((window.before, window.after) for window in windows)
        found.append(f"{padding} pads {pads} at these sizes: it depends on the size where the stride is above 1")
    if 0 in shape:
        found.append("the output is empty: JAX refuses no window that is larger than its input")
    return tuple(found)
