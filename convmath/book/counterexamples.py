"""Searches for what fails when a hypothesis about folding and rewriting is dropped, and trials on arrays."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import isqrt
from typing import Any

import numpy as np

from convmath.errors import ProofError
from convmath.operators.conv import conv1d, conv2d
from convmath.operators.conv_transpose import conv_transpose1d, conv_transpose2d
from convmath.operators.declare import declare
from convmath.operators.pool import max_pool1d
from convmath.proof.derivation import Trial

FOUND = "Counterexample (the smallest found): "


def own_statistics() -> str | None:
    """Two inputs, one twice the other, that a normalisation by their own mean and variance makes the same."""
    for x in product(range(3), repeat=2):
        first, second = _normalised(x), _normalised(tuple(2 * entry for entry in x))
        if first is not None and first == second:
            return (
                f"{FOUND}a 1×1 convolution with W = 1, b = 0, then (x − mean)/√variance with the mean and the variance "
                f"of the input itself: X = {list(x)} and X = {[2 * entry for entry in x]} both give {first}. "
                "A convolution of twice the input, less its bias, is twice as much."
            )
    return None


def _normalised(x: tuple[int, ...]) -> list[int] | None:
    mean = Fraction(sum(x), len(x))
    variance = Fraction(sum((entry - mean) * (entry - mean) for entry in x), len(x))
    roots = isqrt(variance.numerator), isqrt(variance.denominator)
    if not variance or (roots[0] ** 2, roots[1] ** 2) != (variance.numerator, variance.denominator):
        return None
    found = [(entry - mean) * roots[1] / roots[0] for entry in x]
    return [int(entry) for entry in found]


def shift_at_the_border() -> str | None:
    """The smallest padded convolution of 0 + t that is not the same at every place."""
    cases = product(range(1, 4), range(1, 4), range(1, 3))
    for length, k, p in sorted(cases, key=lambda case: (sum(case), case)):
        layer = conv1d(1, 1, k, padding=p, bias=False)
        for w in product((0, 1), repeat=k):
            if length + 2 * p < k:
                continue
            y = layer(np.ones((1, 1, length), np.int64), np.array([[w]]))[0, 0].tolist()
            if len(set(y)) > 1:
                return (
                    f"{FOUND}X = {[0] * length}, a = 1, t = 1, so Z = {[1] * length}; W = {list(w)}, b = 0, p = {p} "
                    f"with zeros: Y = {y}. A convolution of X = {[0] * length} with one bias e is e at every place."
                )
    return None


def fold_on_arrays() -> tuple[Trial, ...]:
    """Layers with 2 groups in PyTorch's layout, on integer arrays, folded along axis 0 and along axis 1 of each group.

    Raises:
        ProofError: the folded layer gives something else.
    """
    random, count = np.random.default_rng(20_150_211), 0
    for make, transposed in ((conv2d, False), (conv_transpose2d, True)):
        layer = make(4, 6, 3, stride=2, padding=1, groups=2)
        for _ in range(3):
            x = random.integers(-9, 10, (2, 4, 5, 6))
            w = random.integers(-9, 10, (4, 3, 3, 3) if transposed else (6, 2, 3, 3))
            b, a, t = (random.integers(-9, 10, 6) for _ in range(3))
            wanted = a[:, None, None] * layer(x, w, b) + t[:, None, None]
            if not np.array_equal(wanted, layer(x, _scaled(w, a, transposed), a * b + t)):
                raise ProofError(f"the folded layer differs on x = {x.tolist()}, w = {w.tolist()}")
            count += 1
    what = "conv2d and conv_transpose2d with 2 groups, folded, against the scale and the shift after them"
    return (Trial(what, count, "random integer arrays"),)


def _scaled(w: Any, a: Any, transposed: bool) -> Any:
    """The weight with each output channel scaled: axis 0, or axis 1 within each of two groups."""
    if not transposed:
        return w * a[:, None, None, None]
    groups = w.reshape(2, len(w) // 2, *w.shape[1:]) * a.reshape(2, 1, -1, 1, 1)
    return groups.reshape(w.shape)


def negative_padding() -> str | None:
    """The smallest transposed convolution for which the convolution would need a padding below 0."""
    cases = product(range(1, 5), range(1, 4), range(1, 3), range(1, 4))
    for length, k, s, p in sorted(cases, key=lambda case: (sum(case), case)):
        written = s * (length - 1) + k
        if p >= k and written > 2 * p:
            y = conv_transpose1d(1, 1, k, stride=s, padding=p, bias=False)(_ones(length), _ones(k))[0, 0].tolist()
            return (
                f"{FOUND}X = {[1] * length}, W = {[1] * k}, s = {s}, p = {p}: the transposed convolution gives {y}, "
                f"but the convolution would have the padding k − 1 − p = {k - p - 1}, and there is none."
            )
    return None


def blocks_overlap(padding: int) -> str | None:
    """A transposed convolution with one input that is not 0, which writes elsewhere than in that input's block."""
    for k, s in [(2, 2)] if padding else sorted(product(range(1, 4), repeat=2), key=lambda case: (sum(case), case)):
        if not padding and k <= s:
            continue
        x = np.array([[[1, 0]]])
        y = conv_transpose1d(1, 1, k, stride=s, padding=padding, bias=False)(x, _ones(k))[0, 0].tolist()
        block = [int(place < s) for place in range(len(y))]
        if y != block:
            return (
                f"{FOUND}X = [1, 0], W = {[1] * k}, s = {s}, p = {padding}: Y = {y}. Pixel shuffle puts what a 1×1 "
                f"convolution makes of the first entry at the first {s} place{'s' * (s > 1)}, as in {block}."
            )
    return None


def _ones(length: int) -> Any:
    return np.ones((1, 1, length), np.int64)


def rank_two() -> str | None:
    """The smallest kernel of 0 and 1 that is no product of a column and a row."""
    for entries in product((0, 1), repeat=4):
        w = np.array(entries).reshape(2, 2)
        products = (np.outer(entry[:2], entry[2:]) for entry in product((-1, 0, 1), repeat=4))
        crossed = int(w[0, 0] * w[1, 1] - w[0, 1] * w[1, 0])
        if crossed and not any(np.array_equal(w, other) for other in products):
            return (
                f"{FOUND}w = {w.tolist()}: of a product a[u]·b[v] the entries satisfy w[0,0]·w[1,1] = w[0,1]·w[1,0], "
                f"here the two differ by {crossed}. No pass along rows and then columns gives this kernel."
            )
    return None


def filled_padding() -> str | None:
    """Padding that holds 1: rows and then columns, each padded with 1, against the one pass."""
    rows, columns = _window("b", "Z[i,j] = b[v]*X[i,j+v-1]", "0,1"), _window("a", "Y[i,j] = a[u]*X[i+u-1,j]", "1,0")
    both = _window("w", "Y[i,j] = w[u,v]*X[i+u-1,j+v-1]", "1,1")
    for x, a, b in product((0, 1), product((0, 1), repeat=2), product((0, 1), repeat=2)):
        image = np.array([[x]])
        one = both(image, np.outer(a, b)).tolist()
        two = columns(rows(image, np.array(b)), np.array(a)).tolist()
        if one != two:
            return (
                f"{FOUND}X = [[{x}]] in a border of ones, a = {list(a)}, b = {list(b)}: the one pass with "
                f"w = {np.outer(a, b).tolist()} gives {one}, rows and then columns {two}."
            )
    return None


def _window(kernel: str, text: str, padding: str) -> Any:
    return declare(
        "window", text, {"X": "H,W", kernel: "2,2" if kernel == "w" else "2"}, {"X": padding}, modes={"X": 1}
    )


def another_weight() -> str | None:
    """Depthwise convolutions with weights that differ: no average of their window."""
    for w in product((0, 1), repeat=2):
        if len(set(w)) > 1:
            x = np.array([[[1, 0]]]), np.array([[[0, 1]]])
            first, second = (conv1d(1, 1, 2, bias=False)(item, np.array([[w]])).tolist() for item in x)
            if first != second:
                return (
                    f"{FOUND}k = 2, w = {list(w)}: X = [1, 0] gives {first[0][0]} and X = [0, 1] gives {second[0][0]}; "
                    "both have the average 1/2."
                )
    return None


def flat_windows() -> str | None:
    """Windows of one entry, on which maximum pooling is linear."""
    pool, seen = max_pool1d(1, 1), list(product(range(3), repeat=2))
    pairs = [[pool(np.array([[[sign * entry for entry in x]]])).tolist()[0][0] for sign in (1, -1)] for x in seen]
    if all(first == [-entry for entry in second] for first, second in pairs):
        first, second = pairs[1]
        return (
            f"{FOUND}k = 1: maximum pooling of X = {list(seen[1])} is {first}, of −X it is {second}, and so on for "
            f"{len(seen)} inputs: the largest of one entry is that entry, which is linear."
        )
    return None


def pools_apart() -> tuple[Trial, ...]:
    """Maximum pooling of X and of −X, added, on small windows: 0 only where the window has one value.

    Raises:
        ProofError: it is 0 elsewhere, or not 0 there.
    """
    pool, count = max_pool1d(2, 1), 0
    for x in product(range(-2, 3), repeat=2):
        both = int((pool(np.array([[x]])) + pool(-np.array([[x]])))[0, 0, 0])
        if (both == 0) != (len(set(x)) == 1):
            raise ProofError(f"maximum pooling of {list(x)} and of its negative add up to {both}")
        count += 1
    return (Trial("maximum pooling of X and of −X add up to 0 only where all entries are the same", count, "windows"),)


def uneven_shift() -> str | None:
    """A shift that differs from place to place, which changes which entry is the largest."""
    pool = max_pool1d(2, 1)
    for x, t in product(product((0, 1), repeat=2), repeat=2):
        first, then = (pool(np.array([[item]])).tolist()[0][0] for item in (x, tuple(np.add(x, t).tolist())))
        if len(set(t)) > 1 and then[0] != first[0] + max(t):
            return (
                f"{FOUND}k = 2, X = {list(x)}, t = {list(t)}: maximum pooling of X + t gives {then[0]}, but maximum "
                f"pooling of X plus that of t is {first[0]} + {max(t)} = {first[0] + max(t)}."
            )
    return None


def meet_on_arrays() -> tuple[Trial, ...]:
    """Transposed convolutions of ones with ones: the numbers away from the border are how many products meet there.

    Raises:
        ProofError: they are other numbers.
    """
    count = 0
    for k, s in product(range(1, 8), range(1, 5)):
        y = conv_transpose1d(1, 1, k, stride=s, bias=False)(_ones(k + 2), _ones(k))[0, 0].tolist()
        inside = y[s * k : s * (k + 1)]
        wanted = [len(range(residue, k, s)) for residue in range(s)]
        if inside != wanted or {*inside} != {k // s, -(-k // s)}:
            raise ProofError(f"k = {k}, s = {s}: {inside} products meet, not {wanted}")
        count += 1
    return (Trial("transposed convolutions of ones with ones: how many products meet at s places", count, "layers"),)
