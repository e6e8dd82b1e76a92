"""Sums of products of integers, exactly, at the speed of floating point.

Float64 holds every integer up to 2⁵³ (float32 up to 2²⁴), so a sum whose absolute values add up to
less is exact in any order. Larger integers are cut into pieces of few bits whose products are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import lcm, prod
from numbers import Rational
from typing import Any

import numpy as np

from convmath.errors import ConvmathError, ShapeError
from convmath.evaluate.views import Array

Run = Callable[[Sequence[Array]], Array]
"""Evaluates one term on one array for each read."""
FLOAT32, FLOAT64, INT64 = 1 << 24, 1 << 53, 1 << 63
MARGIN = 1 + 2.0**-20
"""More than what fewer than 2³⁰ roundings of float64 can lose."""


@dataclass(frozen=True, slots=True)
class Exact:
    """Integers, none larger than ``bound`` in absolute value, over a common ``divisor``."""

    values: Array
    bound: int
    divisor: int = 1


def integers(name: str, array: Array) -> Exact:
    """The array as integers over a divisor.

    Raises:
        ShapeError: an entry of an object array is neither an integer nor a Fraction.
    """
    if array.dtype.kind in "iu":
        return Exact(array, magnitude(array))
    entries = array.ravel().tolist()
    for entry in entries:
        if entry is True or entry is False or not isinstance(entry, Rational):
            raise ShapeError(
                f"{name} is an object array with the entry {entry!r} of type {type(entry).__name__}: "
                "exact evaluation takes integers and Fractions"
            )
    divisor = lcm(*{int(entry.denominator) for entry in entries})
    whole = [int(entry.numerator) * (divisor // int(entry.denominator)) for entry in entries]
    bound = max(map(abs, whole), default=0)
    values = np.empty(len(whole), np.int64 if bound < INT64 else object)
    values[:] = whole
    return Exact(values.reshape(array.shape), bound, divisor)


def magnitude(array: Array) -> int:
    """max |entry|, as a Python int: abs of the least int64 is not an int64."""
    return max(abs(int(array.max())), abs(int(array.min()))) if array.size else 0


def exact_sum(run: Run, reads: Sequence[Exact], positions: int) -> Exact:
    """The term on integers: int64 where the bound allows, Python integers beyond.

    ``positions`` is how many products one output sums at most.
    """
    arrays = [read.values for read in reads]
    bound = prod(read.bound for read in reads) * positions
    if not bound:
        # The other arrays may be larger than any float.
        arrays = [np.zeros(array.shape) for array in arrays]
    if bound < FLOAT32:
        return Exact(_through(run, arrays, np.float32), bound)
    if bound < FLOAT64:
        return Exact(_through(run, arrays, np.float64), bound)
    if len(reads) == 1 and bound < INT64:
        return Exact(run([arrays[0].astype(np.int64)]), bound)
    bound = min(bound, _tighter(run, reads, positions, bound))
    if bound < FLOAT64 and all(read.bound < FLOAT64 for read in reads):
        return Exact(_through(run, arrays, np.float64), bound)
    return Exact(_in_pieces(run, reads, positions, bound), bound)


def _through(run: Run, arrays: Sequence[Array], dtype: type) -> Array:
    return run([array.astype(dtype) for array in arrays]).astype(np.int64)


def _tighter(run: Run, reads: Sequence[Exact], positions: int, bound: int) -> int:
    """max Σ|w||x| over the outputs, rounded up: one product more, and often many fewer."""
    if bound.bit_length() > 1000 or positions >= 1 << 30:
        return bound
    largest = run([np.abs(read.values.astype(np.float64)) for read in reads]).max(initial=0)
    return int(float(largest) * MARGIN) + 1


def _in_pieces(run: Run, reads: Sequence[Exact], positions: int, bound: int) -> Array:
    """Every read as Σ piece · 2^shift, with pieces whose products float64 sums exactly."""
    widths = _widths([read.bound.bit_length() for read in reads], FLOAT64.bit_length() - 1 - positions.bit_length())
    if not all(widths):
        return run([read.values.astype(object) for read in reads])
    pieces = [_pieces(read, width) for read, width in zip(reads, widths, strict=True)]
    total: Any = 0
    for choice in product(*pieces):
        part = _through(run, [array for _, array in choice], np.float64)
        # int64 wraps around modulo 2⁶⁴, which cannot show once the sum itself is below 2⁶³.
        part = part if bound < INT64 else part.astype(object)
        shift = sum(shift for shift, _ in choice)
        if bound >= INT64:
            total = total + part * (1 << shift)
        elif shift < 64:
            with np.errstate(over="ignore"):
                total = total + (part << shift)
    return np.asarray(total, np.int64 if bound < INT64 else object)


def _widths(bits: Sequence[int], room: int) -> list[int]:
    """Bits for each read's pieces, Σ ≤ room; those that need few leave the rest to the others."""
    widths = [0] * len(bits)
    order = sorted(range(len(bits)), key=lambda at: bits[at])
    for done, at in enumerate(order):
        widths[at] = min(max(1, bits[at]), max(0, room) // (len(bits) - done))
        room -= widths[at]
    return widths


def _pieces(read: Exact, width: int) -> list[tuple[int, Array]]:
    """(shift, piece): all but the last within 0 … 2^width − 1, the last one signed."""
    found: list[tuple[int, Array]] = []
    rest, shift = read.values, 0
    while read.bound.bit_length() - shift > width:
        found.append((shift, rest & ((1 << width) - 1)))
        rest, shift = rest >> width, shift + width
    found.append((shift, rest))
    return found


def scaled(value: Exact, scale: int | Fraction) -> Exact:
    """``scale`` · value."""
    if scale == 1:
        return value
    factor = Fraction(scale)
    bound = value.bound * abs(factor.numerator)
    array = value.values if bound < INT64 else value.values.astype(object)
    return Exact(np.asarray(array * factor.numerator), bound, value.divisor * factor.denominator)


def added(values: Sequence[Exact]) -> Exact:
    """The sum, broadcast, over one divisor."""
    divisor = lcm(*(value.divisor for value in values))
    raised = [Exact(v.values, v.bound, v.divisor) for v in values]
    raised = [scaled(v, divisor // v.divisor) for v in raised]
    bound = sum(value.bound for value in raised)
    total: Any = None
    for value in raised:
        array = value.values.astype(np.int64 if bound < INT64 else object, copy=False)
        total = array if total is None else total + array
    return Exact(np.asarray(total), bound, divisor)


def settled(output: str, value: Exact, dtype: np.dtype[Any], fractions: bool) -> Array:
    """The result in ``dtype``; Fractions where ``fractions`` or where the divisor is not 1.

    Raises:
        ConvmathError: an integer does not fit ``dtype``.
    """
    if fractions or value.divisor != 1:
        found = np.empty(value.values.size, object)
        found[:] = [Fraction(int(entry), value.divisor) for entry in value.values.ravel().tolist()]
        return found.reshape(value.values.shape)
    if dtype.kind == "O":
        return value.values.astype(object)
    info = np.iinfo(dtype)
    if value.bound > info.max or not info.min:
        for extreme in (value.values.min(initial=0), value.values.max(initial=0)):
            if not info.min <= int(extreme) <= info.max:
                raise ConvmathError(
                    f"{output} has the exact value {int(extreme)}, which {dtype} cannot hold "
                    f"({info.min} … {info.max}): convert the arrays to a wider integer, or to object for "
                    "integers of any size"
                )
    return value.values.astype(dtype)
