"""Gradients tried: one entry raised by 1 changes the loss Σ G·Y by exactly the gradient, since Y is linear in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np

from convmath.errors import ProofError
from convmath.operators.conv import conv1d
from convmath.operators.conv_transpose import conv_transpose1d
from convmath.proof.derivation import Trial

Forward = Callable[..., Any]
LAYERS = tuple(product((5, 6), (2,), (1, 2), (0, 1), (1, 2)))
"""Lengths, kernels, strides, paddings and dilations that are tried."""


def changes(forward: Forward, arrays: Mapping[str, Any], name: str, upstream: Any, step: int = 1) -> Any:
    """What Σ G·Y gains for each 1 when one entry of an array is raised by ``step``, for each entry."""
    before = (upstream * forward(**arrays)).sum()
    found = np.zeros_like(arrays[name])
    for place in np.ndindex(found.shape):
        raised = arrays[name].copy()
        raised[place] += step
        found[place] = (upstream * forward(**{**arrays, name: raised})).sum() - before
    return found * step  # the steps are 1 and −1


def some(*shape: int) -> Any:
    """Small integers in which no two neighbours are alike."""
    return (np.arange(int(np.prod(shape)), dtype=np.int64) * 7 % 11 - 5).reshape(shape)


def left_over(length: int, g: Any, k: int, s: int, p: int, d: int) -> int:
    """How many places of the input the transposed convolution of G does not reach."""
    reached = conv_transpose1d(2, 2, k, s, p, bias=False, dilation=d).output_shape(g.shape)
    return length - int(reached[2])


def input_gradients() -> Trial:
    """The transposed convolution with output padding, against raised entries.

    Raises:
        ProofError: they differ.
    """
    entries = 0
    for length, k, s, p, d in LAYERS:
        forward = conv1d(2, 2, k, s, p, d, bias=False)
        x, w = some(1, 2, length), some(2, 2, k)
        g = some(*forward.output_shape(x.shape))
        a = left_over(length, g, k, s, p, d)
        found = conv_transpose1d(2, 2, k, s, p, a, bias=False, dilation=d)(g, w)
        wanted = changes(forward, {"X": x, "W": w}, "X", g)
        if found.shape != wanted.shape or not np.array_equal(found, wanted):
            raise ProofError(f"k = {k}, s = {s}, p = {p}, d = {d}, L = {length} is against it")
        entries += wanted.size
    return Trial("entries of X raised by 1, one by one: what the loss Σ G·Y gains", entries, "entries")


def weight_gradients() -> Trial:
    """The convolution of stride d and dilation s, cropped, against raised weights.

    Raises:
        ProofError: they differ.
    """
    entries = 0
    for length, k, s, p, d in LAYERS:
        forward = conv1d(2, 2, k, s, p, d, bias=False)
        x, w = some(2, 2, length), some(2, 2, k)
        g = some(*forward.output_shape(x.shape))
        back = conv1d(2, 2, g.shape[2], d, p, s, bias=False)(x.swapaxes(0, 1), g.swapaxes(0, 1))
        left = left_over(length, g[:1], k, s, p, d)
        wanted = changes(forward, {"X": x, "W": w}, "W", g)
        found = back.swapaxes(0, 1)
        if found.shape[2] != k + left // d or not np.array_equal(found[..., :k], wanted):
            raise ProofError(f"k = {k}, s = {s}, p = {p}, d = {d}, L = {length} is against it")
        entries += wanted.size
    return Trial("entries of W raised by 1, one by one: what the loss Σ G·Y gains", entries, "entries")


def lost_places() -> str | None:
    """The smallest convolution whose transpose without output padding is no gradient: places are missing."""
    for length, s, k in sorted(product(range(1, 5), range(1, 4), range(1, 5)), key=lambda c: (sum(c), c)):
        if k <= length:
            g = np.ones(conv1d(1, 1, k, s, bias=False).output_shape((1, 1, length)), np.int64)
            w = np.ones((1, 1, k), np.int64)
            found = conv_transpose1d(1, 1, k, s, bias=False)(g, w)
            if found.shape[2] != length:
                return (
                    f"Counterexample (the smallest found): X of {length} places, W = {w[0, 0].tolist()}, s = {s}, "
                    f"G = {g[0, 0].tolist()}. The transposed convolution with a = 0 gives {found[0, 0].tolist()}, "
                    f"but X has {length} places: the last, which no window reads, is missing."
                )
    return None


def none_left() -> str | None:
    """The smallest transposed convolution whose places are all cropped."""
    for length, k, s, p in sorted(product((1, 2, 3), (1, 2, 3), (1, 2), range(4)), key=lambda c: (sum(c), c)):
        written = sorted({s * i + u for i in range(length) for u in range(k)})
        last = written[-1]
        kept = [place for place in range(last + 1) if p <= place <= last - p]
        if not kept:
            return (
                f"Counterexample (the smallest found): X = {[1] * length}, W = {[1] * k}, s = {s}, p = q = {p}. The "
                f"places 0 … {last} are written and all of them cropped: there is no output and no G, and the size "
                f"would be {last + 1 - 2 * p}."
            )
    return None
