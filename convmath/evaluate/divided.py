"""Terms that are divided by a count, such as the gradient of a mean over the part of a window inside an array.

The count is a definition like any other: it is evaluated, and the term reads one more array, that of
the shares 1/count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from convmath.errors import ConvmathError
from convmath.evaluate.plan import output_indices
from convmath.evaluate.ragged import Evaluate
from convmath.evaluate.reads import number
from convmath.evaluate.views import Array
from convmath.language.definition import NO_PADDING, Definition, Tensor, Term
from convmath.language.letters import fresh
from convmath.language.tree import Int, Read, Reduce, Sym, letters_of

ONES = Tensor("one", (), ())
"""An array without axes, which holds 1: what a count adds up."""


def is_divided(definition: Definition) -> bool:
    """Whether some term is divided by a count."""
    return any(term.over is not None for term in definition.terms)


def evaluate_divided(
    definition: Definition, extents: tuple[int, ...], arrays: Mapping[str, Any], evaluate: Evaluate
) -> Array:
    """The value of such a definition, by ``evaluate`` on one that reads the shares.

    Raises:
        ConvmathError: a count is 0.
    """
    dtype = np.result_type(*(np.asarray(array).dtype for array in arrays.values()))
    work = np.dtype(np.float32) if dtype == np.float16 else dtype  # so that a share is not rounded to 11 bits
    given = {name: np.asarray(array) for name, array in arrays.items()}
    if work != dtype:
        given = {name: array.astype(work) for name, array in given.items()}
    tensors, terms = list(definition.tensors), list[Term]()
    for term in definition.terms:
        if term.over is None:
            terms.append(term)
            continue
        name = fresh("share", given)
        letters, counts = _counted(definition, extents, term, term.over, evaluate)
        given[name] = _shares(counts, work)
        tensors.append(Tensor(name, tuple(map(Int, counts.shape)), (NO_PADDING,) * counts.ndim))
        terms.append(replace(term, reads=(*term.reads, Read(name, tuple(map(Sym, letters)))), over=None))
    found = evaluate(replace(definition, terms=tuple(terms), tensors=tuple(tensors)), extents, given)
    return found.astype(dtype) if work != dtype else found


def _counted(
    definition: Definition, extents: tuple[int, ...], term: Term, count: Reduce, evaluate: Evaluate
) -> tuple[tuple[str, ...], Array]:
    """The indices on which the count depends, and its value at each of their places."""
    _, ranges = output_indices(definition, extents)
    ranges |= {name: number(definition.range_of(name)) for name in term.reduced}
    letters = tuple(name for name in ranges if name in letters_of(count))
    counting = Definition(
        output=Read("count", tuple(map(Sym, letters))),
        terms=(Term((Read(ONES.name, ()),), tuple(name for name, _ in count.ranges), count.where),),
        tensors=(ONES,),
        crop=(NO_PADDING,) * len(letters),
        ranges=(*((name, Int(ranges[name])) for name in letters), *count.ranges),
        inputs=(ONES.name,),
    )
    counts = evaluate(counting, tuple(ranges[name] for name in letters), {ONES.name: np.ones((), np.int64)})
    if not counts.all():
        raise ConvmathError(f"{definition}: a mean over no place at all; no number stands for it")
    return letters, counts


def _shares(counts: Array, dtype: np.dtype[Any]) -> Array:
    """1/count: Fractions beside what is exact, floats beside floats."""
    if dtype.kind in "fc":
        return np.asarray(1 / counts, np.zeros((), dtype).real.dtype)
    return np.asarray(np.frompyfunc(lambda number: Fraction(1, int(number)), 1, 1)(counts), object)
