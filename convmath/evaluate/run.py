"""From arrays to the result: what is admitted, in which arithmetic, and how the terms are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convmath.evaluate import contract as contraction
from convmath.evaluate.admission import admitted, result_dtype
from convmath.evaluate.contract import Factor, contract
from convmath.evaluate.divided import evaluate_divided, is_divided
from convmath.evaluate.exact import Exact, added, exact_sum, integers, magnitude, scaled, settled
from convmath.evaluate.extreme import extreme
from convmath.evaluate.filtered import evaluate_filtered, is_filtered
from convmath.evaluate.functions import evaluate_around
from convmath.evaluate.margins import evaluate_margins, has_margins
from convmath.evaluate.plan import Plan, TermPlan, plan_of
from convmath.evaluate.scatter import Place, scatter
from convmath.evaluate.views import Array, view
from convmath.language.definition import Definition


def evaluate(definition: Definition, extents: tuple[int, ...], arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """What ``definition`` says of ``arrays``: an array of shape ``extents``, of their common dtype.

    Integers are exact: the result is right or refused. The mean of integers is an object array of
    Fractions; object arrays of integers or Fractions stay what they are. float16 is summed in float32.

    Args:
        definition: with a number for every size.
        extents: the size of each output axis, as derived.
        arrays: for each array of the definition one of the declared shape.

    Raises:
        ShapeError: an array is missing, of another shape, or of a dtype that is not summed; or the
            extents do not fit the definition.
        ConvmathError: an exact integer does not fit the dtype, or a window of integers is all padding.
        DefinitionError: an index has no range.
        UnsupportedError: a size is still a letter.
    """
    if has_margins(definition):
        return evaluate_margins(definition, tuple(extents), arrays, evaluate)
    if definition.around:
        return evaluate_around(definition, tuple(extents), arrays, evaluate)
    if is_divided(definition):
        return evaluate_divided(definition, tuple(extents), arrays, evaluate)
    if is_filtered(definition):
        return evaluate_filtered(definition, tuple(extents), arrays, evaluate)
    plan = plan_of(definition, tuple(extents))
    data = admitted(plan, arrays)
    dtype = result_dtype(data)
    exact = dtype.kind in "iuO"
    if 0 in plan.axes:
        return np.zeros(plan.extents, object if exact and plan.kind == "mean" else dtype)
    return _shaped(plan, (_exact if exact else _floating)(plan, data, dtype))


def _shaped(plan: Plan, total: Array) -> Array:
    if total.shape != plan.axes:
        total = np.broadcast_to(total, plan.axes)
    result = np.ascontiguousarray(total).reshape(plan.extents)
    # Views of the arrays given are read-only: a transpose or a copy of them must not stay one.
    return result if result.flags.writeable else result.copy()


def _floating(plan: Plan, data: Mapping[str, Array], dtype: np.dtype[Any]) -> Array:
    work = np.dtype(np.float32) if dtype == np.float16 else dtype
    cast = {name: array.astype(work, copy=False) for name, array in data.items()}
    total: Array | None = None
    # The largest term first: the others are added into it.
    for term in sorted(plan.terms, key=lambda term: -prod(term.shape)):
        part = _floating_term(plan, term, [cast[sight.array] for sight in term.sights])
        if total is None:
            total = part
        elif total.shape == plan.axes and total.flags.writeable:
            total += part
        else:
            total = np.asarray(total + part)
    assert total is not None, "a definition has at least one term"
    return total.astype(dtype, copy=False)


def _floating_term(plan: Plan, term: TermPlan, reads: Sequence[Array]) -> Array:
    if plan.kind in ("max", "min"):
        return extreme(plan, term, reads).reshape(term.shape)
    value = _summed(term, reads)
    scale = Fraction(term.scale) * (term.repeats if plan.kind == "sum" else Fraction(1, term.window))
    if scale == 1:
        return value
    if scale.numerator == 1:
        return np.asarray(value / value.dtype.type(scale.denominator))
    return np.asarray(value * value.dtype.type(float(scale)))


def _summed(term: TermPlan, reads: Sequence[Array]) -> Array:
    """The sum of the products, of shape ``term.shape``, without scale and repeats."""
    views = [view(array, sight) for array, sight in zip(reads, term.sights, strict=True)]
    factors = [Factor(array, sight.indices) for array, sight in zip(views, term.sights, strict=True)]
    if term.places is None:
        return contract(factors, term.target).reshape(term.shape)
    if prod(term.spread) * reads[0].itemsize > contraction.LARGEST_COPY:
        return _tap_by_tap(term, term.places, factors)
    found = contract(factors, term.target)
    return scatter(np.broadcast_to(found, term.spread), term.places, term.shape)


def _tap_by_tap(term: TermPlan, places: Sequence[Place], factors: Sequence[Factor]) -> Array:
    """One contraction for each tap of a scattered term, where all at once would not fit in memory."""
    result = np.zeros(term.shape, factors[0].array.dtype)
    for source, goal in places:
        part = dict(zip(term.target, source, strict=True))
        left = tuple(name for name in term.target if not isinstance(part[name], int))
        result[goal] += contract([_cut(factor, part) for factor in factors], left)
    return result


def _cut(factor: Factor, part: Mapping[str, slice | int]) -> Factor:
    """The factor at a tap: an index with one value loses its axis."""
    place: tuple[Any, ...] = (*(part.get(name, slice(None)) for name in factor.indices), ...)
    return Factor(factor.array[place], tuple(n for n in factor.indices if not isinstance(part.get(n), int)))


def _exact(plan: Plan, data: Mapping[str, Array], dtype: np.dtype[Any]) -> Array:
    known = {name: integers(name, array) for name, array in data.items()}
    total = added([_exact_term(plan, term, [known[sight.array] for sight in term.sights]) for term in plan.terms])
    fractions = plan.kind == "mean" or any(
        isinstance(entry, Fraction) for array in data.values() if array.dtype == object for entry in array.flat
    )
    return settled(plan.output, total, dtype, fractions)


def _exact_term(plan: Plan, term: TermPlan, reads: Sequence[Exact]) -> Exact:
    divisor = prod(read.divisor for read in reads)
    if plan.kind in ("max", "min"):
        best = extreme(plan, term, [read.values for read in reads]).reshape(term.shape)
        return Exact(best, magnitude(best), divisor * Fraction(term.scale).denominator)
    found = exact_sum(lambda arrays: _summed(term, arrays), reads, term.window)
    scale = Fraction(term.scale) * (term.repeats if plan.kind == "sum" else Fraction(1, term.window))
    value = scaled(found, scale)
    return Exact(value.values, value.bound, value.divisor * divisor)
