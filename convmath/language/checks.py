"""A declaration is held against itself before anything is derived from it."""

from __future__ import annotations

from collections.abc import Mapping

from convmath.errors import DefinitionError
from convmath.language.around import check_around
from convmath.language.definition import NO_PADDING, Definition, Tensor
from convmath.language.divisor import check_count
from convmath.language.linear import linear
from convmath.language.polynomial import equal, polynomial
from convmath.language.tensor import check_outside
from convmath.language.tidy import has_ratio
from convmath.language.tree import Expr, Int, Sym, letters_of
from convmath.language.write import write


def checked(definition: Definition) -> Definition:
    """``definition``, or a :class:`DefinitionError` that names the place that contradicts another."""
    _check_arrays(definition)
    _check_letters(definition)
    _check_subscripts(definition)
    _check_ranges(definition)
    _check_terms(definition)
    _check_left_side(definition)
    check_around(definition)
    return definition


def _check_arrays(definition: Definition) -> None:
    for read in definition.reads:
        tensor = definition.arrays.get(read.array)
        if tensor is None:
            raise DefinitionError(f"{read} reads {read.array}, whose shape is not given: add it to shapes")
        if len(read.subscripts) != len(tensor.shape):
            raise DefinitionError(
                f"{read} has {_counted(len(read.subscripts), 'subscript', 'subscripts')}, but {tensor} has "
                f"{_counted(len(tensor.shape), 'axis', 'axes')}"
            )
    names = {read.array for read in definition.reads}
    if len(definition.arrays) != len(definition.tensors) or len(set(definition.inputs)) != len(definition.inputs):
        raise DefinitionError("an array is declared twice, or named twice in inputs")
    _check_crop(definition)
    for tensor in definition.tensors:
        if tensor.name not in names:
            raise DefinitionError(f"{tensor} is never read: the formula reads {', '.join(sorted(names))}")
        _check_sizes(tensor)
    if definition.output.array in names:
        raise DefinitionError(f"{definition.output.array} stands on both sides: an operator reads only its inputs")
    for name in definition.inputs:
        if name not in names:
            raise DefinitionError(f"inputs names {name}, but the formula reads {', '.join(sorted(names))}")


def _check_crop(definition: Definition) -> None:
    """Only places that a condition writes can be cropped; a read's padding goes to the array that is read."""
    for item, pair in zip(definition.output.subscripts, definition.crop, strict=True):
        if pair != NO_PADDING and not (isinstance(item, Sym) and item.name in definition.written):
            raise DefinitionError(
                f"{definition.output} is padded along {item}, but nothing is added into its places by a condition: "
                "give the padding to the array that is read"
            )


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _check_sizes(tensor: Tensor) -> None:
    check_outside(tensor)
    for axis, size in enumerate(tensor.shape):
        if isinstance(size, Int) and size.value < 1:
            raise DefinitionError(f"{tensor}: axis {axis} has size {size}; a size is an integer ≥ 1")
    for axis, pair in enumerate(tensor.padding):
        for side in pair:
            if isinstance(side, Int) and side.value < 0:
                raise DefinitionError(f"{tensor}: axis {axis} has padding {side}; padding is an integer ≥ 0")


def _check_letters(definition: Definition) -> None:
    """A letter is an index or a size, never both."""
    for tensor in definition.tensors:
        for size in tensor.shape + tuple(side for pair in tensor.padding for side in pair):
            for letter in sorted(letters_of(size) & definition.indices):
                raise DefinitionError(
                    f"{letter} is an index of the formula and also a size in {tensor}: rename one of the two"
                )
    for index, size in definition.ranges:
        for letter in sorted(letters_of(size) & definition.indices):
            raise DefinitionError(f"{letter} is an index, but the range of {index} uses it as a size: rename one")


def _check_subscripts(definition: Definition) -> None:
    """Every subscript is a sum of index · size and a size: that is what can be solved for an index."""
    relations = [*(r for term in definition.terms for r in term.where), *definition.bounds]
    guards = [side for r in relations for side in ((r.left, r.right) if r.op == "≤" else (r.right,))]
    places = [(read, item) for read in (definition.output, *definition.reads) for item in read.subscripts]
    places += [(definition.output, item) for item in guards]
    for read, item in places:
        slopes = affine(item, definition.indices)
        if slopes is None:
            raise DefinitionError(f"{read}: the subscript {item} is not of the form size·index + … + size")
        form = linear(item, definition.indices)
        if form is not None and has_ratio(form[1]):
            raise DefinitionError(f"{read}: the subscript {item} need not be an integer: write floor({form[1]})")
        for index in sorted(letters_of(item) & definition.indices - slopes.keys()):
            raise DefinitionError(f"{read}: the subscript {item} multiplies {index} by 0")


def affine(expr: Expr, indices: frozenset[str]) -> Mapping[str, Expr] | None:
    """The size that multiplies each index of ``expr``, or None where that is not its form."""
    form = linear(expr, indices)
    return None if form is None else form[0]


def plainly_within(given: Expr, size: Expr) -> bool:
    """Whether a given range is at most the size of an axis, since only sizes are added to it: C within C + D."""
    if given == Int(1):
        return True  # a size is at least 1
    difference = polynomial(size) - polynomial(given)
    return all(value >= 0 for value in difference.terms.values()) and not any(
        "(" in name for name in difference.atoms()
    )


def _check_ranges(definition: Definition) -> None:
    """Two unpadded axes that one index runs over have one size."""
    source: dict[str, tuple[str, Expr]] = {name: ("", size) for name, size in definition.ranges}
    for read in definition.reads:
        tensor = definition.arrays[read.array]
        for item, size, padding in zip(read.subscripts, tensor.shape, tensor.padding, strict=True):
            if not isinstance(item, Sym) or padding != NO_PADDING or item.name not in definition.indices:
                continue
            place, other = source.setdefault(item.name, (str(read), size))
            if not equal(other, size) and (place or not plainly_within(other, size)):
                origin = f" (from {place})" if place else " (its range)"
                raise DefinitionError(
                    f"{read} runs {item.name} over {write(other)} values{origin}, but {read.array} has "
                    f"{write(size)} there: the two sizes must be one"
                )


def _check_terms(definition: Definition) -> None:
    for term in definition.terms:
        if not term.reads:
            raise DefinitionError(f"a term of {definition.output.array} reads no array")
        check_count(term.over)
        for index in term.reduced:
            definition.range_of(index)
    if definition.reduce == "sum":
        return
    if len(definition.terms) != 1:
        raise DefinitionError(
            f"reduce={definition.reduce!r} takes one term, but the formula adds {len(definition.terms)}"
        )
    if not definition.terms[0].reduced:
        raise DefinitionError(
            f"reduce={definition.reduce!r}, but no index stands on the right only: a window index needs its range, "
            "as in ranges={'u': 'k'} or “where u < k”"
        )
    if definition.written:
        raise DefinitionError(f"reduce={definition.reduce!r} cannot be used with a condition on an output index")


def _check_left_side(definition: Definition) -> None:
    seen: dict[str, Expr] = {}
    for item in definition.output.subscripts:
        for letter in sorted(letters_of(item) & definition.indices):
            if letter in seen:
                raise DefinitionError(f"{definition.output}: {letter} stands in two places on the left")
            seen[letter] = item
        if not isinstance(item, Sym):
            _check_one_place_each(definition, item)
    for relation in (relation for term in definition.terms for relation in term.where if relation.op != "≤"):
        if not (isinstance(relation.left, Sym) and relation.left in definition.output.subscripts):
            raise DefinitionError(f"where {relation}: its left side must be an index of the output")
        if relation.op != "=":
            raise DefinitionError(f"where {relation}: a condition is an equation")
    _check_written(definition)
    _check_bounds(definition)
    for letter in seen:
        known = letter in definition.written or letter in dict(definition.ranges)
        limits = [*definition.reads, *(side for bound in definition.bounds for side in (bound.left, bound.right))]
        if not known and letter not in letters_of(*limits):
            raise DefinitionError(f"{definition.output}: no array is read at {letter}, so its range is unknown")


def _check_bounds(definition: Definition) -> None:
    """A bound holds one output index against sizes."""
    for relation in definition.bounds:
        inside = letters_of(relation.left, relation.right) & definition.indices
        if len(inside) != 1 or not inside <= set(definition.output_indices) - definition.written.keys():
            raise DefinitionError(f"where {relation}: an inequality bounds one index of the output by sizes")


def _check_written(definition: Definition) -> None:
    """A place is written by one relation, and what else is read there must not bound it too."""
    for term in definition.terms:
        for relation in term.where:
            letter = str(relation.left)
            given = letter in dict(definition.ranges)  # then each term may write where it likes: a concatenation
            if relation.op == "=" and not given and relation.right != definition.written[letter]:
                raise DefinitionError(
                    f"{letter} is written by two conditions, {letter} = {relation.right} and "
                    f"{letter} = {definition.written[letter]}: say how many places there are, as in "
                    f"ranges={{'{letter}': 'm'}}"
                )
    for letter in definition.written:
        reads = [read for read in definition.reads if letter in letters_of(read)]
        if reads and letter not in dict(definition.ranges):
            raise DefinitionError(
                f"{reads[0]} reads at {letter}, which a condition writes: give it its range, as in "
                f"ranges={{'{letter}': 'm'}}"
            )


def _check_one_place_each(definition: Definition, item: Expr) -> None:
    """A left side such as (O/g)·m + o must give every place exactly one set of indices (mixed radix)."""
    slopes = affine(item, definition.indices) or {}
    radix: Expr = Int(1)
    left = dict(slopes)
    while left:
        match = [index for index, slope in left.items() if equal(slope, radix)]
        if len(match) != 1 or match[0] not in definition.known_ranges:
            raise DefinitionError(
                f"{definition.output}: the place {item} is not given by exactly one set of indices; write a bare "
                f"index on the left and “where t = {item}” to add into it"
            )
        radix = definition.known_ranges[match[0]] * radix
        del left[match[0]]
    if not equal(polynomial_offset(item, definition.indices), Int(0)):
        raise DefinitionError(f"{definition.output}: the place {item} does not start from 0")


def polynomial_offset(item: Expr, indices: frozenset[str]) -> Expr:
    """What is left of ``item`` when every index is 0."""
    form = linear(item, indices)
    assert form is not None, "checked by _check_subscripts"
    return form[1]
