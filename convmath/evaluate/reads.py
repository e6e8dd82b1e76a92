"""A read with numbers in it: where it starts, how it steps, and the proof that it stays inside."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from convmath.errors import DefinitionError, ShapeError, UnsupportedError
from convmath.evaluate.views import Sight
from convmath.language.definition import Definition
from convmath.language.linear import linear
from convmath.language.tidy import tidy
from convmath.language.tree import Expr, Int, Mul, Ratio, Read
from convmath.language.write import write

Affine = tuple[dict[str, int], int]
"""Slopes by index, and the offset: 2·i + u − 1 is ({i: 2, u: 1}, −1)."""


def number(expr: Expr) -> int:
    """The integer that ``expr`` is."""
    value = expr if isinstance(expr, Int) else tidy(expr)
    if not isinstance(value, Int):
        raise UnsupportedError(f"{write(expr)} is not a number: give every size a value before evaluating")
    return value.value


def scale_of(expr: Expr) -> int | Fraction:
    """The number that a term is multiplied by."""
    value = tidy(expr)
    match value:
        case Ratio(numerator, divisor):
            return Fraction(scale_of(numerator), scale_of(divisor))
        case Mul(factors):
            return prod(scale_of(factor) for factor in factors)
    return number(value)


def affine(expr: Expr, definition: Definition) -> Affine:
    """A subscript taken apart, with numbers."""
    form = linear(expr, definition.indices)
    if form is None:
        raise DefinitionError(f"{write(expr)} is not of the form number·index + … + number")
    return {name: number(slope) for name, slope in form[0].items()}, number(form[1])


def sighted(definition: Definition, read: Read, conditions: dict[str, Affine], ranges: dict[str, int]) -> Sight:
    """The read with numbers. An index that a condition determines is replaced by what determines it."""
    tensor = definition.arrays[read.array]
    forms: list[Affine] = []
    for axis, item in enumerate(read.subscripts):
        form = affine(item, definition)
        pad = (number(tensor.padding[axis][0]), number(tensor.padding[axis][1]))
        _check_inside(read, axis, form, ranges, size=number(tensor.shape[axis]), pad=pad)
        forms.append(_replaced(form, conditions))
    indices = tuple(dict.fromkeys(name for slopes, _ in forms for name in slopes))
    sizes = tuple(number(size) for size in tensor.shape)
    spans = [_span(form, ranges) for form in forms]
    return Sight(
        read.array,
        indices,
        tuple(ranges[name] for name in indices),
        tuple(tuple(slopes.get(name, 0) for slopes, _ in forms) for name in indices),
        tuple(offset for _, offset in forms),
        sizes,
        tuple(max(0, -low) for low, _ in spans),
        tuple(max(0, high - size + 1) for (_, high), size in zip(spans, sizes, strict=True)),
    )


def _span(form: Affine, ranges: dict[str, int]) -> tuple[int, int]:
    """The least and the greatest value of the subscript; (offset, offset) where an extent is 0."""
    ends = [slope * max(0, ranges[name] - 1) for name, slope in form[0].items()]
    return form[1] + sum(min(0, end) for end in ends), form[1] + sum(max(0, end) for end in ends)


def _check_inside(
    read: Read, axis: int, form: Affine, ranges: dict[str, int], *, size: int, pad: tuple[int, int]
) -> None:
    """Nothing is ever read outside the padded array: this is what makes the strided views safe."""
    if missing := [name for name in form[0] if name not in ranges]:
        raise DefinitionError(f"{read}: {', '.join(missing)} is neither reduced nor an index of the output")
    if any(ranges[name] == 0 for name in form[0]):
        return
    low, high = _span(form, ranges)
    if low < -pad[0] or high > size - 1 + pad[1]:
        runs = ", ".join(f"{name} < {ranges[name]}" for name in form[0])
        raise ShapeError(
            f"{read}, axis {axis}: with {runs or 'no index'} the subscript {read.subscripts[axis]} runs "
            f"from {low} to {high}, but {read.array} has places {-pad[0]} … {size - 1 + pad[1]} there "
            f"(size {size}, padding {pad[0]} + {pad[1]}): give smaller extents or more padding"
        )


def _replaced(form: Affine, conditions: dict[str, Affine]) -> Affine:
    slopes, offset = dict[str, int](), form[1]
    for name, slope in form[0].items():
        inner, start = conditions.get(name, ({name: 1}, 0))
        offset += slope * start
        for letter, factor in inner.items():
            slopes[letter] = slopes.get(letter, 0) + slope * factor
    return slopes, offset
