"""Two layers in a row: run against the one that they are, and searches for where they are none."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from convmath.book.clashes import bits
from convmath.errors import ProofError
from convmath.operators.conv import conv1d, conv2d
from convmath.proof.derivation import Trial


def composed(v: Any, u: Any, stride: tuple[int, ...], first: tuple[int, ...], second: tuple[int, ...]) -> Any:
    """The kernel of V after U, in plain loops: ``stride`` of the first layer, both dilations, along every axis."""
    places = {
        (at, by): tuple(s * e * b + d * a for s, d, e, b, a in zip(stride, first, second, at, by, strict=True))
        for at, by in product(np.ndindex(*v.shape[2:]), np.ndindex(*u.shape[2:]))
    }
    taps = [max(axis) + 1 for axis in zip(*places.values(), strict=True)]
    found = np.zeros((v.shape[0], u.shape[1], *taps), np.int64)
    for (at, by), place in places.items():
        found[(slice(None), slice(None), *place)] += v[(..., *at)] @ u[(..., *by)]
    return found


STACKS = (
    (1, 1, 1, 1, 1, 1, 0),
    (3, 3, 1, 1, 1, 1, 1),
    (3, 2, 2, 1, 1, 1, 0),
    (2, 3, 1, 2, 1, 2, 0),
    (2, 2, 3, 2, 2, 1, 1),
    (3, 2, 2, 3, 1, 2, 1),
)
"""Kernels, strides and dilations of two layers, and the padding of the first."""


def one_after_another() -> Trial:
    """Two layers run in a row, and the one, on integer arrays: along one axis and along two.

    Raises:
        ProofError: they differ.
    """
    random, count = np.random.default_rng(1_409_1556), 0
    both = (*product((1,), STACKS), *product((2,), STACKS[-2:]))
    for rank, (k, m, s, t, d, e, p) in both:
        make, size = (conv1d, conv2d)[rank - 1], 16 if rank == 1 else 11
        x = random.integers(-9, 10, (1, 2, size, size - 1)[: rank + 2])
        u, v = random.integers(-9, 10, (3, 2, *[k] * rank)), random.integers(-9, 10, (2, 3, *[m] * rank))
        kernel = composed(v, u, *((n,) * rank for n in (s, d, e)))
        between = make(2, 3, k, s, p, d, bias=False)(x, u)
        two = make(3, 2, m, t, 0, e, bias=False)(between, v)
        one = make(2, 2, kernel.shape[2:], s * t, p, bias=False)(x, kernel)
        if not np.array_equal(two, one):
            raise ProofError(f"two convolutions are not one: k = {k}, {m}, s = {s}, {t}, d = {d}, {e}, p_1 = {p}")
        count += 1
    return Trial("two layers run in a row and the one, along one axis and along two", count, "pairs of layers")


def no_border() -> Trial:
    """A first layer with full padding, and a padded second: one convolution, at the border too.

    Raises:
        ProofError: they differ.
    """
    random, count = np.random.default_rng(1_603), 0
    for full, m, s, q in product((0, 1, 2), (1, 3), (1, 2), (1, 2)):
        k = full + 1
        x, u, v = (random.integers(-9, 10, (1, 1, size)) for size in (6, k, m))
        two = conv1d(1, 1, m, 1, q, bias=False)(conv1d(1, 1, k, s, full, bias=False)(x, u), v)
        kernel = composed(v, u, (s,), (1,), (1,))
        one = conv1d(1, 1, kernel.shape[2:], s, full + s * q, bias=False)(x, kernel)
        if not np.array_equal(two, one):
            raise ProofError(f"with p_1 = k_1 − 1 = {full} and p_2 = {q} the two differ: s_1 = {s}, k_2 = {m}")
        count += 1
    return Trial("p_1 = k_1 − 1 and p_2 up to 2: the two are one at the border too", count, "pairs of layers")


def border_of_two(end: str = "") -> str | None:
    """The smallest padded second layer that differs from the one convolution, at its first or last output if asked."""
    boxes = product((1, 2, 3), (1, 2), (1, 2), (0, 1), (1,))
    for length, k, m, p, q in sorted(boxes, key=lambda box: (sum(box), box)):
        if length + 2 * p < k:
            continue
        for x, u, v in product(bits(length), bits(k), bits(m)):
            between = conv1d(1, 1, k, 1, p, bias=False)(x, u)
            if between.shape[-1] + 2 * q < m:
                continue
            two = conv1d(1, 1, m, 1, q, bias=False)(between, v)[0, 0].tolist()
            kernel = composed(v, u, (1,), (1,), (1,))
            one = conv1d(1, 1, kernel.shape[2:], 1, p + q, bias=False)(x, kernel)[0, 0].tolist()
            at = {"": range(len(one)), "first": [0], "last": [len(one) - 1]}[end]
            for i in at:
                inside = i - q + m <= between.shape[-1] if end == "first" else i >= q if end == "last" else True
                if two[i] != one[i] and inside:
                    sizes = f"U = {u[0, 0].tolist()}, V = {v[0, 0].tolist()}, p_1 = {p}, p_2 = {q}"
                    return (
                        f"Counterexample (the smallest found): X = {x[0, 0].tolist()}, {sizes}, strides 1. The first "
                        f"layer gives {between[0, 0].tolist()}, the second {two}; one convolution with A = "
                        f"{kernel[0, 0].tolist()} and padding {p + q} gives {one}: they differ at output {i}."
                    )
    return None


GAUSSIAN = {"0": (0, 0), "1": (1, 0), "−1": (-1, 0), "i": (0, 1), "−i": (0, -1)}


def complex_pair() -> str | None:
    """Two kernels of 2 complex taps that compose to (1, 0, 1): exact pairs of integers."""

    def times(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]

    for names in product(GAUSSIAN, repeat=4):
        v, w, u, t = (GAUSSIAN[name] for name in names)
        middle = tuple(one + two for one, two in zip(times(v, t), times(w, u), strict=True))
        if (times(v, u), middle, times(w, t)) == ((1, 0), (0, 0), (1, 0)):
            first, second = f"({names[0]}, {names[1]})", f"({names[2]}, {names[3]})"
            return f"Counterexample (the smallest found): V = {first} and U = {second} compose to (1, 0, 1)."
    return None
