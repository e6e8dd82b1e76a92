"""Entries calculated one by one: sums, quotients, roundings, comparisons; and products along axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from math import isqrt, prod
from typing import Any

from convmath.readers.onnx.entries import INTEGERS, element
from convmath.readers.onnx.exact import (
    LETTERS,
    down,
    equal,
    is_number,
    larger,
    less,
    minus,
    number,
    over,
    plus,
    rounded,
    smaller,
    times,
    towards_zero,
    tried,
    up,
)
from convmath.readers.onnx.values import Answer, Array, Asked, Calculation, axis_of, together

EMPTY = object()
"""What the maximum of nothing is."""
BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}


def _each(call: Callable[..., Any], kind: str = "") -> Calculation:
    """``call`` on the entries of all inputs, which broadcast; the result is of the first one's type, or of ``kind``."""

    def calculate(asked: Asked) -> Answer:
        if not asked.arrays or any(array is None for array in asked.arrays):
            return None
        arrays = [array for array in asked.arrays if array is not None]
        dims = together([array.dims for array in arrays])
        if dims is None or asked.node.attributes.get("axis") is not None:
            return None
        name = kind or arrays[-1 if asked.node.op == "Where" else 0].element
        columns = zip(*(array.spread(dims) for array in arrays), strict=True)
        return Array(dims, tuple(_held(_called(call, name, column), name) for column in columns), name)

    return calculate


def _called(call: Callable[..., Any], kind: str, entries: tuple[Any, ...]) -> Any:
    if call in (_divided, _remainder):
        return tried(call, *entries, kind)
    if call is _chosen:
        return tried(call, entries[0], (entries[1],), (entries[2],))
    return tried(call, *entries)


def _held(entry: Any, kind: str) -> Any:
    """An entry as its type holds it; an integer that runs over is not followed."""
    found = tried(rounded, entry, kind)
    bits = BITS.get(kind)
    if bits and is_number(found) and not -(2 ** (bits - 1)) <= found < 2 ** (bits - 1):
        return None
    return None if kind in INTEGERS and isinstance(found, Fraction) else found


def _divided(a: Any, b: Any, kind: str) -> Any:
    quotient = over(a, b)
    return quotient if kind in LETTERS or quotient is None else towards_zero(quotient)


def _remainder(a: Any, b: Any, kind: str) -> Any:
    """With the sign of the divisor, as Python has it; for floating point ONNX asks for C's, which is not followed."""
    quotient = None if kind in LETTERS else over(a, b)
    return None if quotient is None else minus(a, times(b, down(quotient)))


def _power(a: Any, b: Any) -> Any:
    whole = is_number(b) and 0 <= b <= 64 and b == int(b)
    return reduce(times, [a] * int(b), 1) if whole else None


def _root(a: Any) -> Any:
    if not is_number(a) or a < 0:
        return None
    top, below = Fraction(a).numerator, Fraction(a).denominator
    exact = isqrt(top) ** 2 == top and isqrt(below) ** 2 == below
    return Fraction(isqrt(top), isqrt(below)) if exact else None


def _nearest(a: Any) -> Any:
    return round(a) if is_number(a) else (a if down(a) == a else None)


def _chosen(which: Any, yes: tuple[Any, ...], no: tuple[Any, ...]) -> Any:
    return (yes if which else no)[0]


def _first(operation: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *entries: reduce(operation, entries)


def _cast(asked: Asked) -> Answer:
    array, to = asked.array(0), asked.node.attributes.get("to")
    kind = element(to) if isinstance(to, int) else to.lower() if isinstance(to, str) else ""
    if array is None or kind not in {*INTEGERS, *LETTERS}:
        return None
    cut = [tried(towards_zero, entry) if kind in INTEGERS and kind != "bool" else entry for entry in array.entries]
    return Array(array.dims, tuple(_held(entry, kind) for entry in cut), kind)


def _clip(asked: Asked) -> Answer:
    """Between two bounds, each of which may be left out."""
    found = asked.array(0)
    for place, name, bound in ((1, "min", larger), (2, "max", smaller)):
        limit: Any = asked.node.attributes.get(name)
        if not asked.left_out(place):
            array = asked.array(place)
            if array is None or len(array.entries) != 1:
                return None
            limit = array.entries[0]
        if limit is not None and found is not None:
            exact = number(limit)
            found = Array(found.dims, tuple(tried(bound, entry, exact) for entry in found.entries), found.element)
    return found


def _reduced(operation: Callable[[Any, Any], Any], start: Any) -> Calculation:
    """One entry for all that lie along the named axes; all axes where none is named."""

    def calculate(asked: Asked) -> Answer:
        array = asked.array(0)
        given = asked.numbers(1, "axes")
        if array is None or (given is None and not (asked.left_out(1) and "axes" not in asked.node.attributes)):
            return None
        if not given and asked.integer("noop_with_empty_axes", 0):
            return array
        rank = len(array.dims)
        gone = {axis_of(axis, rank) for axis in given or range(rank)}
        if None in gone:
            return None
        kept = tuple(1 if axis in gone else size for axis, size in enumerate(array.dims))
        sums = [start] * prod(kept)
        targets = Array(kept, tuple(range(len(sums)))).spread(array.dims) if prod(array.dims) else ()
        for target, entry in zip(targets, array.entries, strict=True):
            sums[target] = entry if sums[target] is EMPTY else tried(operation, sums[target], entry)
        entries = tuple(None if entry is EMPTY else _held(entry, array.element) for entry in sums)
        dims = kept if asked.integer("keepdims", 1) else tuple(s for axis, s in enumerate(kept) if axis not in gone)
        return Array(dims, entries, array.element)

    return calculate


POINTWISE: Mapping[str, Calculation] = {
    "Add": _each(plus),
    "Sub": _each(minus),
    "Mul": _each(times),
    "Div": _each(_divided),
    "Mod": _each(_remainder),
    "Pow": _each(_power),
    "Sqrt": _each(_root),
    "Neg": _each(lambda a: times(-1, a)),
    "Abs": _each(lambda a: times(-1, a) if less(a, 0) else a),
    "Floor": _each(down),
    "Ceil": _each(up),
    "Round": _each(_nearest),
    "Max": _each(_first(larger)),
    "Min": _each(_first(smaller)),
    "Sum": _each(_first(plus)),
    "Equal": _each(equal, "bool"),
    "Less": _each(less, "bool"),
    "Greater": _each(lambda a, b: less(b, a), "bool"),
    "LessOrEqual": _each(lambda a, b: not less(b, a), "bool"),
    "GreaterOrEqual": _each(lambda a, b: not less(a, b), "bool"),
    "Not": _each(lambda a: not a, "bool"),
    "And": _each(lambda a, b: bool(a and b), "bool"),
    "Or": _each(lambda a, b: bool(a or b), "bool"),
    "Where": _each(_chosen),
    "Cast": _cast,
    "Clip": _clip,
    "ReduceProd": _reduced(times, 1),
    "ReduceSum": _reduced(plus, 0),
    "ReduceMax": _reduced(larger, EMPTY),
    "ReduceMin": _reduced(smaller, EMPTY),
}
