"""``flax.linen.Conv`` and ``ConvTranspose``: channels last, any number of batch axes, padding SAME by default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, is_integer, rejected
from convmath.conventions.jax.rules import FLAX, Pairs, sequence
from convmath.conventions.jax.sliding import slid
from convmath.conventions.jax.transposed import spread, spread_answer
from convmath.conventions.translation import Layer, Translation
from convmath.conventions.windows import Window
from convmath.errors import UnsupportedError

REPEATING = {"CIRCULAR": "circular", "REFLECT": "reflect"}
"""flax's words for a padding that repeats the input, and convmath's."""


def conv(
    features: int,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "SAME",
    input_dilation: Any = 1,
    kernel_dilation: Any = 1,
    feature_group_count: int = 1,
    use_bias: bool = True,
) -> Layer:
    """``flax.linen.Conv``; a kernel size that is a number is one axis."""
    name, kernels = "Conv", _kernel("Conv", kernel_size)
    rank = len(kernels)
    steps = _each(name, rank, "strides", strides)
    holes = _each(name, rank, "input_dilation", input_dilation)
    dilations = _each(name, rank, "kernel_dilation", kernel_dilation)

    def apply(shape: Shape) -> Translation:
        whole, place = _apart(name, shape, rank)
        pads = _padding(name, padding, [Window(k, 1, d) for k, d in zip(kernels, dilations, strict=True)], holes)
        _check_channels(name, whole[1], features)
        if not is_integer(feature_group_count) or feature_group_count < 1 or whole[1] % feature_group_count:
            raise rejected(
                FLAX,
                name,
                f"the input has {whole[1]} channels, feature_group_count is {feature_group_count!r}: flax asserts that "
                "it divides them",
                "Use groups that divide the channels.",
            )
        weight = (features, whole[1] // feature_group_count, *kernels)
        found = slid(FLAX, name, whole, weight, steps, pads, holes, dilations, feature_group_count, bias=bool(use_bias))
        if isinstance(padding, str) and padding in REPEATING:
            _check_repeated(name, padding, whole[2:], pads)
            found = replace(found, mode=REPEATING[padding])
        return found.answer(place, pads)

    return Layer(FLAX, name, apply)


def conv_transpose_layer(
    features: int,
    kernel_size: Any,
    strides: Any = None,
    padding: Any = "SAME",
    kernel_dilation: Any = None,
    use_bias: bool = True,
    transpose_kernel: bool = False,
) -> Layer:
    """``flax.linen.ConvTranspose``; a kernel size that is a number is one axis."""
    name, kernels = "ConvTranspose", _kernel("ConvTranspose", kernel_size)
    rank = len(kernels)
    steps = _each(name, rank, "strides", strides)
    dilations = _each(name, rank, "kernel_dilation", kernel_dilation)

    def apply(shape: Shape) -> Translation:
        whole, place = _apart(name, shape, rank)
        _check_channels(name, whole[1], features)
        if padding == "CIRCULAR":
            raise UnsupportedError(f"{FLAX}: {name} with padding CIRCULAR adds what runs over the end to the start")
        pads = padding if isinstance(padding, str) else _pairs(name, padding, rank)
        weight = (features, whole[1], *kernels)
        found = spread(FLAX, name, whole, weight, steps, pads, dilations, bias=bool(use_bias))
        return spread_answer(found, place, pads, turned=bool(transpose_kernel))

    return Layer(FLAX, name, apply)


def _kernel(name: str, size: Any) -> Numbers:
    if is_integer(size):
        return (int(size),)
    if isinstance(size, Sequence) and not isinstance(size, str) and all(map(is_integer, size)):
        return tuple(map(int, size))
    raise rejected(FLAX, name, f"kernel_size is {size!r}", "It is an integer, or one for each spatial axis.", "init")


def _each(name: str, rank: int, argument: str, value: Any) -> Numbers:
    """One number for all axes is each axis's, and None is 1."""
    if value is None or is_integer(value):
        return (1 if value is None else int(value),) * rank
    return sequence(FLAX, name, argument, value, rank)


def _apart(name: str, shape: Shape, rank: int) -> tuple[Shape, Callable[[Shape], Shape]]:
    """(the input as N, C, spatial axes; how the answer is laid out): all batch axes are made one."""
    if len(shape) <= rank:
        raise rejected(
            FLAX,
            name,
            f"the input {shape} has {len(shape)} axes, the kernel {rank}: lhs and rhs must have the same number of "
            "dimensions",
            f"{rank} spatial axes and channels are expected.",
        )
    batch, spatial = shape[: -rank - 1], shape[-rank - 1 : -1]
    if len(batch) != 1 and 0 in (*spatial, shape[-1]):
        raise rejected(FLAX, name, f"the input {shape} has no entries", "An empty input has one batch axis.")
    return (prod(batch), shape[-1], *spatial), lambda whole: (*batch, *whole[2:], whole[1])


def _check_channels(name: str, channels: int, features: Any) -> None:
    if not is_integer(features) or features < 1 or channels < 1:
        raise rejected(
            FLAX,
            name,
            f"the input has {channels} channels, features is {features!r}: the kernel's initial values divide by them",
            "Both are at least 1.",
        )


def _padding(name: str, padding: Any, windows: Sequence[Window], holes: Numbers) -> Any:
    """What ``jax.lax`` is given: a word, or pairs. flax pads by its own words and then says VALID, which is a word."""
    if padding == "CAUSAL" and len(windows) != 1:
        raise rejected(
            FLAX,
            name,
            f"padding is CAUSAL along {len(windows)} axes: Causal padding is only implemented for 1D convolutions",
            "Give the padding in pairs.",
        )
    if isinstance(padding, str) and max(holes) > 1:
        return padding
    if isinstance(padding, str) and padding in REPEATING:
        same = [window.same(window.spanned(1)) for window in windows]
        return tuple((window.before, window.after) for window in same)
    if padding == "CAUSAL":
        return ((windows[0].spanned(1) - 1, 0),)
    return padding if isinstance(padding, str) else _pairs(name, padding, len(windows))


def _check_repeated(name: str, word: str, sizes: Shape, pads: Pairs) -> None:
    """An empty axis repeats nothing; NumPy goes around, or back and forth, as often as it takes, convmath once."""
    for size, pair in zip(sizes, pads, strict=True):
        if not size and any(pair):
            mode = {"CIRCULAR": "wrap", "REFLECT": "reflect"}[word]
            raise rejected(FLAX, name, f"the input has the sizes {sizes}: Cannot apply '{mode}' padding to empty axis")
        if any(pair) and max(pair) > (size if word == "CIRCULAR" else size - 1):
            raise UnsupportedError(f"{FLAX}: {name} with padding {word} of {pair} on {size} places: more than once")


def _pairs(name: str, padding: Any, rank: int) -> Pairs:
    """A number is both sides of every axis, a number in a sequence both sides of one."""
    if is_integer(padding):
        return ((padding, padding),) * rank
    found = []
    if isinstance(padding, Sequence) and len(padding) == rank:
        for item in padding:
            pair = (item, item) if is_integer(item) else item
            if isinstance(pair, tuple) and len(pair) == 2 and all(map(is_integer, pair)):
                found.append(pair)
    if len(found) != rank:
        raise rejected(
            FLAX,
            name,
            f"Invalid padding format: {padding!r}, should be str, int, or a sequence of len {rank} where each element "
            "is an int or pair of ints",
        )
    return tuple(found)
