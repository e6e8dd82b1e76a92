"""Maxima and minima over windows; padding never wins."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from operator import mul
from typing import Any

import numpy as np

from convmath.errors import ConvmathError, UnsupportedError
from convmath.evaluate.plan import Plan, TermPlan
from convmath.evaluate.views import Array, aligned, fold, inside, view

UFUNC = {"max": np.maximum, "min": np.minimum}
OTHER = {"max": "min", "min": "max"}


def extreme(plan: Plan, term: TermPlan, arrays: Sequence[Array]) -> Array:
    """The largest (smallest) product of each window, in the order of ``term.target``.

    ``arrays`` holds one array for each read: floats, or integers of any kind, which stay exact and
    are multiplied by the scale's numerator alone.

    Raises:
        ConvmathError: a window of integers sees padding only: no integer stands for −∞.
        UnsupportedError: complex numbers have no order.
    """
    if any(array.dtype.kind == "c" for array in arrays):
        raise UnsupportedError(f"{plan.output} takes a {plan.kind}, but complex numbers have no order")
    exact = all(array.dtype.kind in "iuO" for array in arrays)
    if exact and term.empty:
        raise ConvmathError(
            f"{plan.output} takes the {plan.kind} of windows, and one of them sees padding only: its "
            f"{plan.kind} is {_identity(plan.kind)}, which no integer is. Pad less, or use floating point"
        )
    if len(term.sights) == 1 and term.scale:
        return _of_one(plan.kind, term, arrays[0], exact)
    return _of_products(plan.kind, term, arrays, exact)


def _identity(kind: str) -> float:
    return -np.inf if kind == "max" else np.inf


def _of_one(kind: str, term: TermPlan, array: Array, exact: bool) -> Array:
    """max(s·x) = s·max(x) for s > 0, and s·min(x) for s < 0."""
    kind = kind if term.scale > 0 else OTHER[kind]
    fill: Any = 0
    if term.sights[0].padded:
        # The least integer there is ties at worst: no window is padding only.
        fill = UFUNC[OTHER[kind]].reduce(array, axis=None) if exact else _identity(kind)
    sight = term.sights[0]
    order = (*term.target, *term.reduced)
    found = fold(aligned(view(array, sight, fill), sight.indices, order), len(term.reduced), UFUNC[kind])
    if term.scale == 1:
        return found
    if exact:
        return np.asarray(found.astype(object) * Fraction(term.scale).numerator, object)
    return np.asarray(found * found.dtype.type(float(term.scale)))


def _of_products(kind: str, term: TermPlan, arrays: Sequence[Array], exact: bool) -> Array:
    order = (*term.target, *term.reduced)
    parts = [aligned(view(a, s), s.indices, order) for a, s in zip(arrays, term.sights, strict=True)]
    if exact:
        parts = [part.astype(object) for part in parts]
    scale = Fraction(term.scale).numerator if exact else parts[0].dtype.type(float(term.scale))
    products = np.asarray(reduce(mul, parts) * scale, parts[0].dtype)
    real = inside(term.sights, order)
    fill = UFUNC[OTHER[kind]].reduce(products, axis=None) if exact else _identity(kind)
    shown = np.where(real, products, np.asarray(fill, products.dtype))
    return fold(np.broadcast_to(shown, products.shape), len(term.reduced), UFUNC[kind])
