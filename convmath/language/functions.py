"""Named functions of one number, put around a read or around a whole sum: relu, a power, a root.

Only the name and its parameters stand here; what they compute is :mod:`convmath.evaluate.functions`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

from convmath.errors import ParseError

Number = int | Fraction | float

PARAMETERS: dict[str, tuple[str, ...]] = {
    "relu": (),
    "relu6": (),
    "leaky_relu": ("negative_slope",),
    "elu": ("alpha",),
    "gelu": (),
    "gelu_tanh": (),
    "silu": (),
    "sigmoid": (),
    "tanh": (),
    "softplus": ("beta", "threshold"),
    "hardswish": (),
    "hardsigmoid": (),
    "hardtanh": ("min_val", "max_val"),
    "power": ("exponent",),
    "root": ("degree",),
}
"""Every function by name, and what its parameters are called."""

OPAQUE = {
    "softmax": "every entry is divided by a sum of exponentials along an axis",
    "log_softmax": "the logarithm of a sum of exponentials along an axis is taken off every entry",
    "batch_norm": "every entry is divided by a standard deviation, kept from training or taken from the batch",
    "layer_norm": "every entry is divided by the standard deviation of its example",
    "group_norm": "every entry is divided by the standard deviation of its group of channels",
    "instance_norm": "every entry is divided by the standard deviation of its channel",
    "interpolate": "the weights of the places that are read are rounded, each framework in its own way",
    "max_unpool": "where an entry goes is read from an array of indices",
    "onnx": "its shape follows ONNX's rules, and no index definition says what it computes",
    "torch": "its shape follows PyTorch's rules, and no index definition says what it computes",
    "grid_sample": "where an entry comes from is read from an array of places",
}
"""Functions of whole arrays, which are no index sums, and why: they stand around what they read."""
PARAMETERS |= dict.fromkeys(OPAQUE, ())


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one number. Its ``parameters`` are numbers: exact as ints or Fractions, or doubles."""

    name: str
    parameters: tuple[Number, ...] = ()

    def __post_init__(self) -> None:
        if len(self.parameters) != len(PARAMETERS.get(self.name, (None,) * 99)):
            raise ParseError(f"there is no function {self.name[:40]!r} with {len(self.parameters)} parameters")
        if not all(isfinite(value) for value in self.parameters):
            raise ParseError(f"{self.name}: a parameter is {self.parameters}; it must be a finite number")

    @property
    def exponent(self) -> str:
        """For a power or a root, its exponent as it is written: 2, 5/2, 1/3; else nothing."""
        if self.name not in ("power", "root"):
            return ""
        (value,) = self.parameters
        if self.name == "power":
            return str(value)
        return str(1 / value) if isinstance(value, Fraction) else f"1/{value}"

    @property
    def keeps_zero(self) -> bool:
        """Whether 0 stays 0, so that padding may be read through it."""
        return self.name == "power" and self.parameters[0] > 0

    @property
    def key(self) -> str:
        """A text that is equal for equal functions."""
        return f"{self.name}{self.parameters}"


def as_number(value: object, what: str, error: Callable[[str], Exception] = ParseError) -> Number:
    """A parameter that a user gave, as an exact number where it is one.

    Raises:
        ``error``: it is no finite number.
    """
    from convmath.language.tree import Int, Ratio

    if isinstance(value, Int):
        return value.value
    if isinstance(value, Ratio) and isinstance(value.numerator, Int) and isinstance(value.divisor, Int):
        return Fraction(value.numerator.value, value.divisor.value)
    if isinstance(value, bool) or not (isinstance(value, int | Fraction | float) and isfinite(value)):
        raise error(f"{what} is {str(value)[:60]!r}; it must be a finite number")
    if isinstance(value, Fraction) and value.denominator == 1:
        return int(value)
    return float(value) if isinstance(value, float) else value
