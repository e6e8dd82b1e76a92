"""Circular convolutions tried with exact numbers, and searches for what fails without a hypothesis."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from convmath.errors import ProofError
from convmath.operators.conv import conv1d, conv2d
from convmath.proof.derivation import Trial

FIELDS = ((1, 7, 1), (2, 7, 6), (3, 7, 2), (4, 13, 5), (5, 11, 3), (6, 7, 3), (8, 17, 2))
"""n, a prime, and a number whose powers modulo it return to 1 after n and no fewer."""


def around(x: Any, w: Any, length: int) -> list[int]:
    """The circular convolution of two lists, one product at a time."""
    found = [0] * length
    for at, by in product(range(len(x)), range(len(w))):
        found[(at + by) % length] += int(x[at]) * int(w[by])
    return found


def wrapped() -> str | None:
    """Two lists and a length that is too short for them."""
    for h, k in sorted(product((1, 2, 3), repeat=2), key=lambda pair: (sum(pair), pair)):
        x, w = [1] * h, [1] * k
        full = around(x, w, h + k)[:-1]
        for length in range(1, len(full)):
            found = around(x, w, length)
            if found != full[:length]:
                return (
                    f"Counterexample (the smallest found): X = {x}, w = {w}, L = {length}: circular, {found}; "
                    f"plain, {full}."
                )
    return None


def on_the_circle() -> Trial:
    """Every length up to twice what is needed, with unit vectors at the ends: equal exactly where it is long enough.

    Raises:
        ProofError: a short length is enough, or a long one is not.
    """
    lengths = 0
    for h, k in product(range(1, 6), repeat=2):
        x, w = ([0] * size for size in (h, k))
        x[-1] = w[-1] = 1
        full = around(x, w, h + k)[:-1]
        for length in range(1, 2 * len(full) + 1):
            same = around(x, w, length) == [*full, *[0] * length][:length] and length >= len(full)
            if same != (length >= len(full)) or (length < len(full) and around(x, w, length) == full[:length]):
                raise ProofError(f"H = {h}, k = {k}, L = {length} is against it")
            lengths += 1
    return Trial(
        "1 at the ends of X and w, else 0: plain for L ≥ H + k − 1, and another for every L below", lengths, "lengths"
    )


def transformed() -> Trial:
    """Circular padding against the circulant matrix, and its transform modulo a prime: diagonal, with exact entries.

    Raises:
        ProofError: they differ.
    """
    random = np.random.default_rng(1_965)
    for n, prime, omega in FIELDS:
        k = min(3, n)
        x, w = random.integers(0, 9, (1, 1, n)), random.integers(0, 9, (1, 1, k))
        g = [0] * n
        for u in range(k):
            g[-u % n] += int(w[0, 0, u])
        matrix = np.array([[g[(i - at) % n] for at in range(n)] for i in range(n)])
        y = conv1d(1, 1, k, padding=((0, w.shape[-1] - 1),), bias=False, padding_mode="circular")(x, w)[0, 0]
        powers = np.array([[pow(omega, f * i, prime) for i in range(n)] for f in range(n)])
        back = np.array([[pow(omega, -f * i, prime) * pow(n, -1, prime) for f in range(n)] for i in range(n)])
        diagonal = powers @ matrix @ back % prime
        if not np.array_equal(y, matrix @ x[0, 0]) or not np.array_equal(diagonal, np.diag(powers @ g % prime)):
            raise ProofError(f"n = {n} is against it: g = {g}, modulo {prime}")
    what = "a convolution with circular padding against its matrix, and the matrix transformed modulo a prime: diagonal"
    return Trial(what, len(FIELDS), "random integer arrays")


def blocks() -> Trial:
    """Circular padding along two axes against the matrix of circulant blocks.

    Raises:
        ProofError: they differ.
    """
    random, shapes = np.random.default_rng(1_968), [*product((1, 2, 3, 4), repeat=2)]
    for n, r in shapes:
        k, m = min(3, n), min(2, r)
        x, w = random.integers(-9, 10, (1, 1, n, r)), random.integers(-9, 10, (1, 1, k, m))
        g = np.zeros((n, r), np.int64)
        for u, v in np.ndindex(k, m):
            g[-u % n, -v % r] += w[0, 0, u, v]
        rows = [[g[(i - at) % n, (j - by) % r] for at, by in np.ndindex(n, r)] for i, j in np.ndindex(n, r)]
        pads = tuple((0, max(range(size))) for size in (k, m))
        y = conv2d(1, 1, (k, m), padding=pads, bias=False, padding_mode="circular")(x, w)
        if not np.array_equal(y.ravel(), np.array(rows) @ x.ravel()):
            raise ProofError(f"n = {n}, r = {r} is against it: g = {g.tolist()}")
    what = "a convolution with circular padding along two axes against its matrix of blocks"
    return Trial(what, len(shapes), "random integer arrays")


def no_root() -> str | None:
    """A number that is no root of 1, and two lists whose transforms do not multiply."""
    omega = 2
    for n in (1, 2, 3):
        for x, g in product(product((0, 1), repeat=n), repeat=2):
            y = around(x, g, n)
            left, one, two = (sum(int(v) * omega**i for i, v in enumerate(item)) for item in (y, g, x))
            if left != one * two:
                return (
                    f"Counterexample (the smallest found): n = {n}, ω = {omega}, f = 1, X = {list(x)}, g = {list(g)}: "
                    f"Y = {y}, with the transform {left}; those of g and X are {one} and {two}."
                )
    return None


def not_circulant() -> str | None:
    """A convolution with zeros in its padding: a row that is not the row above, moved round by one."""
    for n in (1, 2, 3):
        w = np.array([[[1, 1, 1]]])
        layer = conv1d(1, 1, 3, padding=1, bias=False)
        matrix = np.stack([layer(unit[None, None], w)[0, 0] for unit in np.eye(n, dtype=np.int64)], axis=1)
        for i in range(n - 1):
            if not np.array_equal(np.roll(matrix[i], 1), matrix[i + 1]):
                return (
                    f"Counterexample (the smallest found): n = {n}, w = [1, 1, 1], zeros in the padding, p = 1: T = "
                    f"{matrix.tolist()}; row {i} moved round by one is {np.roll(matrix[i], 1).tolist()}."
                )
    return None
