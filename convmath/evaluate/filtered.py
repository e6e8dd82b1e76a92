"""Sums and means over the places that meet an inequality, such as the part of a window inside an array.

Each inequality is one more read: of a vector that is 1 where it holds and 0 where it does not. The
mean is the sum of the products over the sum of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from convmath.errors import ConvmathError
from convmath.evaluate.gather import evaluate_gathered, is_gathered
from convmath.evaluate.ragged import Evaluate, evaluate_ragged
from convmath.evaluate.reads import affine
from convmath.evaluate.views import Array
from convmath.language.definition import NO_PADDING, Definition, Tensor, Term
from convmath.language.letters import fresh
from convmath.language.tidy import tidy
from convmath.language.tree import Int, Read, Relation


def is_filtered(definition: Definition) -> bool:
    """Whether some term is reduced only where an inequality holds."""
    return any(relation.op == "≤" for term in definition.terms for relation in term.where)


def evaluate_filtered(
    definition: Definition, extents: tuple[int, ...], arrays: Mapping[str, Any], evaluate: Evaluate
) -> Array:
    """The value of such a definition, by ``evaluate`` on definitions without inequalities.

    Raises:
        ConvmathError: no place meets the inequalities somewhere, and the mean is an exact one.
        UnsupportedError: a filtered maximum or minimum is not of the form that :mod:`evaluate.ragged` takes.
    """
    if definition.reduce in ("max", "min"):
        return evaluate_ragged(definition, extents, arrays, evaluate)
    if is_gathered(definition):
        return evaluate_gathered(definition, extents, arrays, evaluate)
    plain = replace(definition, reduce="sum")
    dtype = np.result_type(*(np.asarray(array).dtype for array in arrays.values()))
    steps = _Steps(definition, extents, np.dtype(np.int64) if dtype.kind == "O" else dtype)
    top = evaluate(steps.definition(plain), extents, {**arrays, **steps.arrays})
    if definition.reduce == "sum":
        return top
    (term,) = definition.terms
    counted = replace(plain, terms=(replace(term, reads=(), scale=Int(1)),))
    bottom = evaluate(steps.definition(counted), extents, dict(steps.arrays))
    if top.dtype.kind in "iuO":
        if not bottom.all():
            raise ConvmathError(f"{definition}: a mean over no place at all; no number stands for it")
        quotients = np.frompyfunc(Fraction, 2, 1)(top.astype(object), bottom.astype(object))
        return np.asarray(quotients, object)
    with np.errstate(invalid="ignore"):  # in floats a mean over no place is not a number
        return np.asarray(top / bottom, top.dtype)


class _Steps:
    """The inequalities of a definition as vectors of 0 and 1, read where they are decided."""

    def __init__(self, definition: Definition, extents: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.arrays: dict[str, Array] = {}
        self.tensors: list[Tensor] = []
        self.reads: dict[Relation, Read] = {}
        self.ranges = {str(item): extent for item, extent in zip(definition.output.subscripts, extents, strict=True)}
        for term in definition.terms:
            for name in term.reduced:
                size = definition.range_of(name)
                assert isinstance(size, Int), "evaluated with numbers only"
                self.ranges[name] = size.value
            for relation in term.where:
                if relation.op == "≤" and relation not in self.reads:
                    self._add(definition, relation)

    def _add(self, definition: Definition, relation: Relation) -> None:
        """right − left as a place in a vector whose entry is 1 from 0 on."""
        slopes, offset = affine(tidy(relation.right - relation.left), definition)
        low = offset + sum(min(0, slope * (self.ranges[name] - 1)) for name, slope in slopes.items())
        high = offset + sum(max(0, slope * (self.ranges[name] - 1)) for name, slope in slopes.items())
        name = fresh("step", {*definition.arrays, *self.arrays})
        self.arrays[name] = (np.arange(low, high + 1) >= 0).astype(self.dtype)
        self.tensors.append(Tensor(name, (Int(high - low + 1),), (NO_PADDING,)))
        self.reads[relation] = Read(name, (tidy(relation.right - relation.left - low),))

    def definition(self, plain: Definition) -> Definition:
        """The definition with the reads of the vectors, and without the inequalities."""

        def term(item: Term) -> Term:
            more = tuple(self.reads[relation] for relation in item.where if relation.op == "≤")
            where = tuple(relation for relation in item.where if relation.op != "≤")
            return replace(item, reads=(*item.reads, *more), where=where)

        terms = tuple(map(term, plain.terms))
        used = {read.array for item in terms for read in item.reads}
        tensors = tuple(tensor for tensor in (*plain.tensors, *self.tensors) if tensor.name in used)
        ranges = dict(plain.ranges)
        for item in plain.terms:
            for name in item.reduced:
                ranges.setdefault(name, Int(self.ranges[name]))
        return replace(plain, terms=terms, tensors=tensors, ranges=tuple(ranges.items()))
