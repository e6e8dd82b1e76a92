"""Sums whose conditions leave one place at most: the place is calculated, and read.

A reshape of (2, 3) to (3, 2) and a nearest neighbour are sums over all places by their definition. Going
through all of them would take the square of the entries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convmath.evaluate.plan import output_indices
from convmath.evaluate.reads import affine, number
from convmath.evaluate.views import Array
from convmath.language.definition import NO_PADDING, ONE, Definition, Term
from convmath.language.digits import determined, digits
from convmath.language.tree import Expr, Read, Sym

Evaluate = Callable[[Definition, tuple[int, ...], Mapping[str, Any]], Array]
Places = dict[str, Array]
"""The value of each index at every place of the output, broadcastable over its indices."""


def is_gathered(definition: Definition) -> bool:
    """Whether each output reads one array at one place at most, which inequalities say."""
    term, *others = definition.terms
    single = not others and len(term.reads) == 1 and term.scale == ONE and definition.reduce == "sum"
    plain = all(pair == NO_PADDING for tensor in definition.tensors for pair in tensor.padding)
    unequal = all(relation.op == "≤" for relation in term.where)
    return single and plain and unequal and set(term.reduced) <= determined(definition)


def evaluate_gathered(
    definition: Definition, extents: tuple[int, ...], arrays: Mapping[str, Any], evaluate: Evaluate
) -> Array:
    """The entry that each output reads, 0 where it reads none; ``evaluate`` admits the array."""
    (term,) = definition.terms
    values = _copied(definition, term.reads[0], arrays, evaluate)
    order, ranges = output_indices(definition, extents)
    where: Places = {}
    for axis, name in enumerate(order):
        shape = [ranges[name] if other == axis else 1 for other in range(len(order))]
        where[name] = np.arange(ranges[name], dtype=np.int64).reshape(shape)
    real = _solve(definition, term, where)
    places = [_value(item, definition, where) for item in term.reads[0].subscripts]
    found = np.where(real, values[tuple(np.where(real, place, 0) for place in places)], values.dtype.type(0))
    return np.ascontiguousarray(np.broadcast_to(found, [ranges[name] for name in order])).reshape(extents)


def _copied(definition: Definition, read: Read, arrays: Mapping[str, Any], evaluate: Evaluate) -> Array:
    """The array, as an operator that changes nothing gives it: checked, and of the result's dtype."""
    (tensor,) = definition.tensors
    letters = tuple(Sym(f"x{axis}") for axis in range(len(tensor.shape)))
    same = Definition(
        output=Read(definition.output.array, letters),
        terms=(Term((Read(read.array, letters),)),),
        tensors=(tensor,),
        crop=(NO_PADDING,) * len(letters),
        inputs=(tensor.name,),
    )
    return evaluate(same, tuple(number(size) for size in tensor.shape), arrays)


def _solve(definition: Definition, term: Term, where: Places) -> Array:
    """Adds the reduced indices to ``where``; gives where all of them are in their ranges and meet the conditions."""
    real = np.ones((), np.bool_)
    for item in digits(definition, term):
        left = _value(item.number, definition, where) // number(item.unit)
        *fast, slowest = item.names
        for name in fast:
            size = number(definition.range_of(name))
            left, where[name] = np.divmod(left, size)
        where[slowest] = left
        real = real & (left >= 0) & (left < number(definition.range_of(slowest)))
    for relation in term.where:
        sides = (_value(side, definition, where) for side in (relation.left, relation.right))
        real = real & np.less_equal(*sides)
    return np.asarray(real)


def _value(expr: Expr, definition: Definition, where: Places) -> Array:
    slopes, offset = affine(expr, definition)
    total = np.asarray(offset, np.int64)
    for name, slope in slopes.items():
        total = total + slope * where[name]
    return total
