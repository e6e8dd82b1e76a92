"""Searches for what fails when a hypothesis about a convolution's matrix is dropped, and matrices tried."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from convmath.book.windows import outputs
from convmath.errors import ProofError
from convmath.operators.columns import unfold
from convmath.operators.conv import conv1d, conv2d
from convmath.operators.conv_transpose import conv_transpose1d, conv_transpose2d
from convmath.proof.derivation import Trial


def bits(length: int) -> list[Any]:
    """Every array of ones and zeros with this length, the ones first, as one channel."""
    return [np.array(bits, np.int64)[None, None] for bits in product((1, 0), repeat=length)]


def as_columns() -> Trial:
    """The weight's rows times the columns, against the convolution, on integer arrays.

    Raises:
        ProofError: they differ.
    """
    random, settings = np.random.default_rng(2_006), ((1, 1, 0, 1), (3, 2, 1, 1), (2, 3, 1, 2))
    for k, s, p, d in settings:
        x, w = random.integers(-9, 10, (2, 3, 7, 6)), random.integers(-9, 10, (4, 3, k, k))
        wanted = conv2d(3, 4, k, s, p, d, bias=False)(x, w)
        if not np.array_equal(w.reshape(4, -1) @ unfold(k, d, p, s)(x), wanted.reshape(2, 4, -1)):
            raise ProofError(f"the matrix product is another: k = {k}, s = {s}, p = {p}, d = {d}")
    return Trial("the rows of weights times unfold(X), against the convolution", len(settings), "random integer arrays")


def grouped_weight() -> str | None:
    """Two groups: the rows of weights have not as many entries as the columns."""
    x, w = np.array([[[[1]], [[2]]]]), np.array([[[[3]]], [[[4]]]])
    y, columns = conv2d(2, 2, 1, groups=2, bias=False)(x, w), unfold(1)(x)
    rows = w.reshape(2, -1)
    if rows.shape[1] == columns.shape[1]:
        return None
    return (
        f"Counterexample (the smallest found): two channels of one pixel, X = {x.ravel().tolist()}, g = 2, k = 1, "
        f"W = {w.ravel().tolist()}: Y = {y.ravel().tolist()}. The rows of weights have {rows.shape[1]} entry, the "
        f"column {columns[0].ravel().tolist()} has {columns.shape[1]}: there is no such product."
    )


def toeplitz(w: Any, size: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> Any:
    """The matrix of a convolution of one channel, in plain loops."""
    found = np.zeros((outputs(size, len(w), stride, padding, dilation), size), np.int64)
    for i, u in product(range(len(found)), range(len(w))):
        if 0 <= (x := stride * i + dilation * u - padding) < size:
            found[i, x] = w[u]
    return found


def mirrored() -> str | None:
    """A convolution whose padding repeats X: not the matrix times X."""
    for size in (2, 3):
        for x, w in product(bits(size), bits(3)):
            found = conv1d(1, 1, 3, padding=1, bias=False, padding_mode="reflect")(x, w)[0, 0]
            said = toeplitz(w[0, 0], size, padding=1) @ x[0, 0]
            if not np.array_equal(found, said):
                return (
                    f"Counterexample (the smallest found): X = {x[0, 0].tolist()}, w = {w[0, 0].tolist()}, p = 1, X "
                    f"reflected in its padding: Y = {found.tolist()}, but T·X = {said.tolist()}."
                )
    return None


def off_the_diagonal() -> str | None:
    """A matrix with stride 2 that is not constant along a diagonal."""
    for size, k in product((1, 2, 3, 4), (1, 2)):
        for w in bits(k) if size >= k else ():
            matrix = toeplitz(w[0, 0], size, 2)
            for i, x in np.ndindex(matrix.shape[0] - 1, size - 1):
                if matrix[i, x] != matrix[i + 1, x + 1]:
                    return (
                        f"Counterexample (the smallest found): w = {w[0, 0].tolist()}, H = {size}, s = 2: T = "
                        f"{matrix.tolist()}, where T[{i},{x}] = {matrix[i, x]} and T[{i + 1},{x + 1}] = "
                        f"{matrix[i + 1, x + 1]}."
                    )
    return None


def inner_products() -> Trial:
    """⟨V, conv(X)⟩ and ⟨conv_transpose(V), X⟩ on integer arrays, along one axis and along two.

    Raises:
        ProofError: they differ.
    """
    random, count = np.random.default_rng(1_603), 0
    layers = (1, 1, 0, 1), (3, 1, 1, 1), (3, 2, 1, 1), (2, 3, 0, 2), (3, 2, 2, 2)
    for rank, (k, s, p, d) in (*product((1,), layers), *product((2,), layers[-2:])):
        conv, back = ((conv1d, conv_transpose1d), (conv2d, conv_transpose2d))[rank - 1]
        x, w = random.integers(-9, 10, (2, 3, 9, 8)[: rank + 2]), random.integers(-9, 10, (4, 3, *[k] * rank))
        z = conv(3, 4, k, s, p, d, bias=False)(x, w)
        v = random.integers(-9, 10, z.shape)
        plain = back(4, 3, k, s, p, bias=False, dilation=d).output_shape(v.shape)[2:]
        left = tuple(size - least for size, least in zip(x.shape[2:], plain, strict=True))
        g = back(4, 3, k, s, p, output_padding=left, bias=False, dilation=d)(v, w)
        if g.shape != x.shape or int((v * z).sum()) != int((g * x).sum()):
            raise ProofError(f"⟨V, conv(X)⟩ is another number: k = {k}, s = {s}, p = {p}, d = {d}")
        count += 1
    return Trial("⟨V, conv(X)⟩ = ⟨conv_transpose(V), X⟩, along one axis and along two", count, "random integer arrays")


def mirrored_adjoint() -> str | None:
    """A convolution whose padding repeats X: the transposed convolution is not its adjoint."""
    for size in (2, 3):
        for x, v, w in product(bits(size), bits(size), bits(3)):
            z = conv1d(1, 1, 3, padding=1, bias=False, padding_mode="reflect")(x, w)
            g = conv_transpose1d(1, 1, 3, padding=1, bias=False)(v, w)
            if int((v * z).sum()) != int((g * x).sum()):
                arrays = ", ".join(f"{name} = {a[0, 0].tolist()}" for name, a in (("X", x), ("V", v), ("w", w)))
                return (
                    f"Counterexample (the smallest found): {arrays}, p = 1, X reflected in its padding: Z = "
                    f"{z[0, 0].tolist()}, so ⟨V, Z⟩ = {int((v * z).sum())}, but G = {g[0, 0].tolist()} and ⟨G, X⟩ = "
                    f"{int((g * x).sum())}."
                )
    return None
