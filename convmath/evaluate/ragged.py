"""Maxima and minima over the places that meet inequalities: one axis after another, one output at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from convmath.errors import ConvmathError, UnsupportedError
from convmath.evaluate.extreme import UFUNC
from convmath.evaluate.reads import affine, number
from convmath.evaluate.views import Array
from convmath.language.definition import NO_PADDING, Definition, Term
from convmath.language.tidy import tidy
from convmath.language.tree import Int, Read, Relation, Sym, letters_of

Evaluate = Callable[[Definition, tuple[int, ...], Mapping[str, Any]], Array]


def evaluate_ragged(
    definition: Definition, extents: tuple[int, ...], arrays: Mapping[str, Any], evaluate: Evaluate
) -> Array:
    """The maximum (minimum) of one read, where each inequality concerns one reduced and one output index at most.

    Raises:
        UnsupportedError: it is of another form.
        ConvmathError: a window of integers has no place: no integer stands for −∞.
    """
    (term,) = definition.terms
    conditions = _by_reduced_index(definition, term)
    ranges = {str(item): extent for item, extent in zip(definition.output.subscripts, extents, strict=True)}
    ranges |= {name: number(definition.range_of(name)) for name in term.reduced}
    seen = [n for n in (*definition.output_indices, *conditions) if any(n in letters_of(r) for r in term.reads)]
    left = tuple(name for name in term.reduced if name not in conditions)
    inner = replace(
        definition,
        output=Read(definition.output.array, tuple(map(Sym, seen))),
        terms=(replace(term, reduced=left, where=()),),
        crop=(NO_PADDING,) * len(seen),
        ranges=tuple((name, Int(size)) for name, size in ranges.items()),
        reduce=definition.reduce if left else "sum",
    )
    values = evaluate(inner, tuple(ranges[name] for name in seen), arrays)
    work = _Windows(definition, ranges)
    for name, relations in conditions.items():
        values, seen = work.fold(values, seen, name, relations)
    order = [seen.index(name) for name in definition.output_indices if name in seen]
    shape = tuple(ranges[name] if name in seen else 1 for name in definition.output_indices)
    return np.ascontiguousarray(np.broadcast_to(values.transpose(order).reshape(shape), extents))


def _by_reduced_index(definition: Definition, term: Term) -> dict[str, list[Relation]]:
    """The inequalities by the reduced index that each of them is about."""
    found: dict[str, list[Relation]] = {}
    padded = any(pair != NO_PADDING for tensor in definition.tensors for pair in tensor.padding)
    plain = all(isinstance(item, Sym) for item in definition.output.subscripts)
    for relation in term.where:
        letters = letters_of(relation.left, relation.right)
        inside = [name for name in term.reduced if name in letters]
        outside = [name for name in definition.output_indices if name in letters]
        if padded or not plain or len(term.reads) != 1 or len(inside) != 1 or len(outside) > 1:
            raise UnsupportedError(
                f"{definition}: a {definition.reduce} over places that meet an inequality is evaluated for one read "
                "without padding, and for inequalities between one reduced index and one index of the output"
            )
        found.setdefault(inside[0], []).append(relation)
    return found


class _Windows:
    def __init__(self, definition: Definition, ranges: Mapping[str, int]) -> None:
        self.definition, self.ranges = definition, ranges
        self.by = UFUNC[definition.reduce]

    def fold(self, values: Array, seen: list[str], name: str, relations: list[Relation]) -> tuple[Array, list[str]]:
        """``values`` reduced over one index, window by window; the windows' index takes the last place."""
        names = [n for r in relations for n in letters_of(r.left, r.right) & set(self.definition.output_indices)]
        axis = seen.index(name)
        if len(set(names)) > 1:
            raise UnsupportedError(f"{self.definition}: the window along {name} depends on {', '.join(set(names))}")
        rest = [other for other in seen if other != name]
        if not names:
            return self._reduced(values, axis, self._inside(relations, {name: None})), rest
        outer = names[0]
        parts = []
        for at in range(self.ranges[outer]):
            whole = np.expand_dims(values.take(at, seen.index(outer)), seen.index(outer)) if outer in seen else values
            parts.append(self._reduced(whole, axis, self._inside(relations, {name: None, outer: at})))
        if outer in rest:
            return np.concatenate(parts, axis=rest.index(outer)), rest
        return np.stack(parts, axis=-1), [*rest, outer]

    def _inside(self, relations: list[Relation], at: dict[str, int | None]) -> Array:
        """The places of the index that is open in ``at`` that meet every relation."""
        (name,) = (name for name, value in at.items() if value is None)
        places = np.arange(self.ranges[name])
        kept = np.ones(len(places), bool)
        for relation in relations:
            slopes, offset = affine(tidy(relation.right - relation.left), self.definition)
            fixed = sum(slope * (at[other] or 0) for other, slope in slopes.items() if other != name)
            kept &= slopes[name] * places + (offset + fixed) >= 0
        return np.flatnonzero(kept)

    def _reduced(self, values: Array, axis: int, places: Array) -> Array:
        if len(places):
            return np.asarray(self.by.reduce(values.take(places, axis), axis=axis), values.dtype)
        if values.dtype.kind in "iuO":
            raise ConvmathError(
                f"{self.definition.output}: a window has no place, and no integer is the {self.definition.reduce} of "
                "nothing. Use floating point"
            )
        least = -np.inf if self.definition.reduce == "max" else np.inf
        shape = values.shape[:axis] + values.shape[axis + 1 :]
        return np.full(shape, least, values.dtype)
