"""Exact numbers at many points at once: (numerator, divisor), the divisor None where all are whole."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from convmath.errors import ProofError, UnsupportedError

Ints = NDArray[np.int64]
Value = tuple[Ints, Ints | None]
FARTHEST = 2**40
"""How large a power may be: products of a few of them must fit 64 bits."""


def bounded(value: Value, exponent: int) -> Value:
    """``value``, where its power still fits 64 bits with room to spare."""
    largest = int(np.abs(value[0]).max(initial=0))
    if largest**exponent > FARTHEST:
        raise UnsupportedError(f"a power {exponent} is too large for exact points: give it as a letter with a value")
    return value


def smaller(left: Value, right: Value) -> Value:
    return choose(less(right, left), right, left)


def fold(combine: Callable[[Value, Value], Value], values: list[Value]) -> Value:
    result = values[0]
    for value in values[1:]:
        result = combine(result, value)
    return result


def plus(left: Value, right: Value) -> Value:
    (a, x), (b, y) = left, right
    if x is None and y is None:
        return a + b, None
    x, y = (np.ones_like(a) if x is None else x), (np.ones_like(b) if y is None else y)
    return plain(a * y + b * x, x * y)


def times(left: Value, right: Value) -> Value:
    (a, x), (b, y) = left, right
    if x is None and y is None:
        return a * b, None
    return plain(a * b, (1 if x is None else x) * (1 if y is None else y))


def plain(top: Ints, bottom: Ints | int) -> Value:
    """A fraction in lowest terms with a positive divisor; whole where every divisor is 1."""
    below = np.broadcast_to(np.asarray(bottom, np.int64), top.shape)
    if np.any(below == 0):
        raise ProofError("a divisor is 0 at some point inside the assumptions")
    common = np.gcd(top, below) * np.sign(below)
    top, below = top // common, below // common
    return (top, None) if np.all(below == 1) else (top, below)


def less(left: Value, right: Value) -> NDArray[np.bool_]:
    (a, x), (b, y) = left, right
    return np.asarray((a if y is None else a * y) < (b if x is None else b * x))


def choose(mask: NDArray[np.bool_], left: Value, right: Value) -> Value:
    (a, x), (b, y) = left, right
    if x is None and y is None:
        return np.where(mask, a, b), None
    x, y = (np.ones_like(a) if x is None else x), (np.ones_like(b) if y is None else y)
    return plain(np.where(mask, a, b), np.where(mask, x, y))
