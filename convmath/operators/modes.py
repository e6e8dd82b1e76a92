"""What a user says of the padding: a mode by its name, or the number that stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import isfinite
from typing import Any

from convmath.errors import DefinitionError, ParseError
from convmath.language.bounding import Place
from convmath.language.definition import NO_PADDING, Definition
from convmath.language.limits import MOST_DIGITS
from convmath.language.sizes import size
from convmath.language.tensor import MODES, Outside, Tensor, check_outside
from convmath.language.tree import Expr, Int, Ratio
from convmath.language.write import write


def check_mode(name: str, mode: object) -> None:
    """Raises where ``mode`` is none of PyTorch's four."""
    if mode not in MODES:
        raise DefinitionError(
            f"{name}: padding_mode is {str(mode)[:60]!r}; it must be one of {', '.join(map(repr, MODES))}"
        )


def number(value: object, what: str) -> Expr:
    """A number as an exact tree: an integer, a Fraction, or a finite float, which is a fraction.

    Raises:
        ParseError: it is no such number.
    """
    if isinstance(value, Expr):
        return value  # a saved call gives trees; check_outside holds them to numbers
    if isinstance(value, float) and isfinite(value):
        value = Fraction(value)
    if not isinstance(value, Fraction):
        if isinstance(value, float | str | bool):
            raise ParseError(f"{what} is {value!r}; it must be a finite number: an integer, a Fraction or a float")
        return size(value, what)
    if max(abs(value.numerator), value.denominator) >= 10**MOST_DIGITS:
        raise ParseError(f"{what} is a fraction of more than {MOST_DIGITS} digits")
    whole = value.denominator == 1
    return Int(value.numerator) if whole else Ratio(Int(value.numerator), Int(value.denominator))


def too_far(tensor: Tensor, place: Place, padding: str, size: str) -> str:
    """Why an array cannot repeat itself so far, in PyTorch's words."""
    name, axis = tensor.name, write(place.size)
    if tensor.outside == "circular":
        return (
            f"{name} is wrapped around by {padding} places along {axis}, but it has {size} there: the padding value "
            "causes wrapping around more than once"
        )
    return (
        f"{name} is mirrored by {padding} places along {axis}, but it has {size} there: the padding size should be "
        "less than the corresponding input dimension"
    )


def with_modes(definition: Definition, modes: Mapping[str, Any]) -> Definition:
    """The definition with what stands in the padding of its arrays.

    Raises:
        ParseError: ``modes`` is no dictionary, or holds no mode.
        DefinitionError: an array is not read, or not padded.
    """
    if not isinstance(modes, Mapping):
        raise ParseError(f"padding_mode is {modes!r}; it must be a dictionary such as {{'X': 'reflect'}}")
    for name in modes:
        if name not in definition.arrays:
            raise DefinitionError(f"padding_mode names {name}, but the formula reads {', '.join(definition.arrays)}")
    tensors = tuple(
        replace(tensor, outside=_outside(modes[tensor.name], tensor.name, definition))
        if tensor.name in modes
        else tensor
        for tensor in definition.tensors
    )
    return replace(definition, tensors=tensors)


def _outside(mode: object, name: str, definition: Definition) -> Outside:
    tensor = definition.arrays[name]
    if isinstance(mode, str):
        if mode not in MODES:
            raise ParseError(
                f"the padding_mode of {name} is {mode[:60]!r}; it must be {', '.join(map(repr, MODES))} "
                "or the number that stands in the padding"
            )
        found: Outside = next(known for known in MODES if known == mode)
    else:
        found = number(mode, f"the padding_mode of {name}")
    check_outside(replace(tensor, outside=found))
    unpadded = all(pair == NO_PADDING for pair in tensor.padding)
    adds_nothing = found == Int(0) and definition.reduce in ("sum", "mean")
    return "zeros" if unpadded or adds_nothing else found
