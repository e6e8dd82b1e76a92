"""Elementwise functions of an array whose shape is given: relu(input) and others, with PyTorch's names and defaults.

A function that takes fractions to fractions is exact on integers and Fractions (relu, relu6, hardtanh keep the dtype;
leaky_relu, hardsigmoid and hardswish give Fractions), where its own numbers are exact. The others, and any with a float
for a parameter, give float64 for integers; floats keep their dtype.
"""

from __future__ import annotations

from typing import Any

from convmath.errors import DefinitionError
from convmath.language.around import NOTHING, Around
from convmath.language.functions import Function, Number, as_number
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.operator import Operator
from convmath.operators.shapes import named_axes, read_shape


def _elementwise(name: str, input: Any, function: Function | None) -> Operator:
    shape = read_shape(input, f"{name}: input")
    axes = named_axes(len(shape))
    letters, places = (",".join(pair[at] for pair in axes) for at in (0, 1))
    return declare(
        name,
        f"Y[{places}] = X[{places}]",
        {"X": letters or ()},
        {},
        values={letter: value for (letter, _), value in zip(axes, shape, strict=True)},
        around=NOTHING if function is None else Around(result=function),
    )


def _number(name: str, argument: str, value: Any) -> Number:
    return as_number(value, f"{name}: {argument}", DefinitionError)


@remembered
def identity(input: Any) -> Operator:
    """The array itself."""
    return _elementwise("identity", input, None)


@remembered
def dropout(input: Any, p: Any = 0.5) -> Operator:
    """The array itself: dropout as a trained network is evaluated, whatever p is.

    In training entries are dropped at random, which is no function of the input and is not derived.

    Raises:
        DefinitionError: p is no number from 0 to 1.
    """
    if not 0 <= _number("dropout", "p", p) <= 1:
        raise DefinitionError(f"dropout: dropout probability has to be between 0 and 1, but got {p}. Use 0 ≤ p ≤ 1.")
    return _elementwise("dropout", input, None)


@remembered
def relu(input: Any) -> Operator:
    """max(x, 0) of every entry x; exact, in the array's dtype."""
    return _elementwise("relu", input, Function("relu"))


@remembered
def relu6(input: Any) -> Operator:
    """min(max(x, 0), 6) of every entry x; exact, in the array's dtype."""
    return _elementwise("relu6", input, Function("relu6"))


@remembered
def sigmoid(input: Any) -> Operator:
    """1/(1 + exp(−x)) of every entry x; float64 for integers."""
    return _elementwise("sigmoid", input, Function("sigmoid"))


@remembered
def tanh(input: Any) -> Operator:
    """tanh(x) of every entry x; float64 for integers."""
    return _elementwise("tanh", input, Function("tanh"))


@remembered
def silu(input: Any) -> Operator:
    """x/(1 + exp(−x)) of every entry x; float64 for integers."""
    return _elementwise("silu", input, Function("silu"))


@remembered
def hardsigmoid(input: Any) -> Operator:
    """relu6(x + 3)/6 of every entry x; exact, Fractions for integers."""
    return _elementwise("hardsigmoid", input, Function("hardsigmoid"))


@remembered
def hardswish(input: Any) -> Operator:
    """x·relu6(x + 3)/6 of every entry x; exact, Fractions for integers."""
    return _elementwise("hardswish", input, Function("hardswish"))


@remembered
def leaky_relu(input: Any, negative_slope: Any = 0.01) -> Operator:
    """x where x ≥ 0, else negative_slope·x; exact where negative_slope is an integer or a Fraction.

    Raises:
        DefinitionError: negative_slope is no finite number.
    """
    slope = _number("leaky_relu", "negative_slope", negative_slope)
    return _elementwise("leaky_relu", input, Function("leaky_relu", (slope,)))


@remembered
def elu(input: Any, alpha: Any = 1.0) -> Operator:
    """x where x > 0, else alpha·(exp(x) − 1); float64 for integers.

    Raises:
        DefinitionError: alpha is no finite number.
    """
    return _elementwise("elu", input, Function("elu", (_number("elu", "alpha", alpha),)))


@remembered
def gelu(input: Any, approximate: str = "none") -> Operator:
    """x·Φ(x), with Φ the normal distribution function, or its approximation by "tanh"; float64 for integers.

    Raises:
        DefinitionError: approximate is neither "none" nor "tanh".
    """
    if approximate not in ("none", "tanh"):
        raise DefinitionError(f"gelu: approximate is {str(approximate)[:60]!r}; it must be 'none' or 'tanh'")
    return _elementwise("gelu", input, Function("gelu" if approximate == "none" else "gelu_tanh"))


@remembered
def softplus(input: Any, beta: Any = 1.0, threshold: Any = 20.0) -> Operator:
    """log(1 + exp(beta·x))/beta, and x itself where beta·x > threshold; float64 for integers.

    Raises:
        DefinitionError: beta is 0, or one of the two is no finite number.
    """
    numbers = _number("softplus", "beta", beta), _number("softplus", "threshold", threshold)
    if not numbers[0]:
        raise DefinitionError("softplus: beta is 0; the logarithm is divided by it, so it must be another number")
    return _elementwise("softplus", input, Function("softplus", numbers))


@remembered
def hardtanh(input: Any, min_val: Any = -1, max_val: Any = 1) -> Operator:
    """min(max(x, min_val), max_val) of every entry x; exact, in the array's dtype for integer ends.

    Raises:
        DefinitionError: min_val is not smaller than max_val, or one of the two is no finite number.
    """
    low, high = _number("hardtanh", "min_val", min_val), _number("hardtanh", "max_val", max_val)
    if low >= high:
        raise DefinitionError(f"hardtanh: min_val is {low} and max_val is {high}; max_val must be larger than min_val")
    return _elementwise("hardtanh", input, Function("hardtanh", (low, high)))
