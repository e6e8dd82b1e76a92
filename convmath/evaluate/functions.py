"""Elementwise functions: exact where they take fractions to fractions, in floating point where they do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import erf, sqrt
from typing import Any

import numpy as np

from convmath.errors import ConvmathError, UnsupportedError
from convmath.evaluate.exact import integers, magnitude, settled
from convmath.evaluate.views import Array
from convmath.language.around import NOTHING, check_index_sum
from convmath.language.definition import Definition
from convmath.language.functions import Function

Evaluate = Callable[[Definition, tuple[int, ...], Mapping[str, Any]], Array]


def _softplus(x: Array, beta: float, threshold: float) -> Array:
    """log(1 + exp(beta·x))/beta; beyond the threshold x itself, as PyTorch has it."""
    soft = np.logaddexp(0, x * beta) / beta
    return np.asarray(np.where(x * beta > threshold, x, soft))


def _sigmoid(x: Array) -> Array:
    """1/(1 + exp(−x)), by the exponential that does not overflow."""
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1 / (1 + small), small / (1 + small)))


def _gelu(x: Array) -> Array:
    """x·Φ(x), with the distribution function of the normal distribution."""
    found = [v * (1 + erf(v / sqrt(2))) / 2 if v > -np.inf else -0.0 for v in x.ravel().tolist()]
    return np.array(found, np.float64).reshape(x.shape)


def _gelu_tanh(x: Array) -> Array:
    return np.asarray(x * (1 + np.tanh(sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2)


def _sixth(x: Array) -> Array:
    """relu6(x + 3)/6."""
    clamped = np.minimum(np.maximum(x + 3, 0), 6)
    return np.asarray(np.frompyfunc(Fraction, 2, 1)(clamped, 6) if clamped.dtype == object else clamped / 6)


def _root(x: Array, degree: float) -> Array:
    return np.sqrt(x) if degree == 2 else np.power(x, 1 / degree)


CLAMPS: dict[str, Callable[..., tuple[Any, Any]]] = {
    "relu": lambda: (0, None),
    "relu6": lambda: (0, 6),
    "hardtanh": lambda low, high: (low, high),
}
"""Functions that cut off at a least and a greatest value: they keep integers."""

RATIONAL: dict[str, Callable[..., Array]] = {
    "leaky_relu": lambda x, slope: np.where(x >= 0, x, x * slope),
    "hardsigmoid": _sixth,
    "hardswish": lambda x: x * _sixth(x),
    "power": lambda x, exponent: x**exponent,
}
"""Functions that take a fraction to a fraction."""

IRRATIONAL: dict[str, Callable[..., Array]] = {
    "elu": lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "silu": lambda x: x * _sigmoid(x),
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "softplus": _softplus,
    "root": _root,
}
"""Functions whose values are no fractions: they are computed in float64."""


def evaluate_around(
    definition: Definition, extents: tuple[int, ...], arrays: Mapping[str, Any], evaluate: Evaluate
) -> Array:
    """The value of a definition with functions around its read and its right side, by ``evaluate`` without them."""
    check_index_sum(definition, "its values")
    around, plain = definition.around, replace(definition, around=NOTHING)
    given = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in given.items():
        if array.dtype.kind == "c":
            raise UnsupportedError(f"{definition}: its function is not computed of complex numbers ({name})")
    whole = all(array.dtype.kind in "iu" for array in given.values())
    kind = np.result_type(*given.values()) if whole and given else None
    if around.read is not None:
        (name,) = {read.array for read in definition.reads}
        if name in given and given[name].dtype.kind in "iufO":
            given[name] = applied(around.read, given[name], f"{name} in {definition.output}")
    found = evaluate(plain, extents, given)
    if around.result is not None:
        return applied(around.result, found, str(definition.output))
    keeps = kind is not None and found.dtype == object and all(type(entry) is int for entry in found.flat)
    return _back(str(definition.output), found, kind) if keeps and kind is not None else found


def applied(function: Function, array: Array, what: str) -> Array:
    """``function`` of every entry.

    Integers and Fractions stay exact where the function is rational and its parameters are exact: a clamp keeps the
    dtype, a power of integers gives Python's integers, other functions give Fractions. Else they become float64.
    Floats keep their dtype.

    Raises:
        ConvmathError: an integer is too large for float64.
        ShapeError: an object array holds something else than integers and Fractions.
    """
    exact = array.dtype.kind in "iuO"
    if exact and not any(isinstance(value, float) for value in function.parameters):
        if function.name in CLAMPS:
            return _clamped(array, *CLAMPS[function.name](*function.parameters))
        if function.name in RATIONAL and _rational(function):
            return _of_fractions(function, array, what)
    try:
        doubles = array.astype(np.float64)
    except OverflowError:
        raise ConvmathError(
            f"{what}: {function.name} is computed in float64, and an entry is too large for it"
        ) from None
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = _in_doubles(function, doubles)
        return found if exact else found.astype(array.dtype)


def _rational(function: Function) -> bool:
    return function.name != "power" or isinstance(function.parameters[0], int)


def _in_doubles(function: Function, doubles: Array) -> Array:
    numbers = [float(value) for value in function.parameters]
    if function.name in CLAMPS:
        return _clamped(doubles, *CLAMPS[function.name](*numbers))
    return np.asarray({**RATIONAL, **IRRATIONAL}[function.name](doubles, *numbers))


def _clamped(array: Array, low: Any, high: Any) -> Array:
    """Cut off at both ends; what lies outside an integer dtype cuts nothing off."""
    if array.dtype.kind in "iu" and not any(isinstance(end, Fraction) for end in (low, high)):
        info = np.iinfo(array.dtype)
        low = None if low is None or low < info.min else min(low, int(info.max))
        high = None if high is None or high > info.max else max(high, int(info.min))
    elif array.dtype.kind in "iu":
        array = array.astype(object)
    found = array if low is None else np.maximum(array, low)
    return np.asarray(found if high is None else np.minimum(found, high))


def _of_fractions(function: Function, array: Array, what: str) -> Array:
    values = integers(what, array)
    entries = array.astype(object) if function.name == "power" else _fractions(values.values, values.divisor)
    return np.asarray(RATIONAL[function.name](entries, *function.parameters), object)


def _fractions(values: Array, divisor: int) -> Array:
    found = np.empty(values.size, object)
    found[:] = [Fraction(int(entry), divisor) for entry in values.ravel().tolist()]
    return found.reshape(values.shape)


def _back(output: str, found: Array, dtype: np.dtype[Any]) -> Array:
    """Python's integers in the dtype that the arrays had."""
    from convmath.evaluate.exact import Exact

    return settled(output, Exact(found, magnitude(found)), dtype, fractions=False)
