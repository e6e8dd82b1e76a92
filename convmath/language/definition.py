"""What an operator is: one formula over indices, from which everything else is derived.

    Y[n,o,i] = b[o] + Σ_{c<C, u<k} W[o,c,u] · X[n,c, s·i + d·u − p]

A :class:`Definition` is a sum of :class:`Term`. A term multiplies entries of arrays; the indices
that stand on the right only are reduced. A condition (``where``) relates an output index to the
others: ``t = s·i + d·u − p`` adds each product into the place t, which is a transposed convolution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from convmath.errors import DefinitionError
from convmath.language.around import NOTHING, Around
from convmath.language.divisor import own_letters, put_in_count, renamed_count
from convmath.language.substitute import Values
from convmath.language.tensor import NO_PADDING, Pair, Tensor
from convmath.language.tidy import put
from convmath.language.tree import (
    Add,
    Expr,
    Int,
    Kind,
    Mul,
    Ranges,
    Ratio,
    Read,
    Reduce,
    Relation,
    Sym,
    letters_of,
    walk,
)
from convmath.language.write import write_relation

__all__ = ["NO_PADDING", "Definition", "Pair", "Tensor", "Term", "letters_used"]
ONE = Int(1)


@dataclass(frozen=True, slots=True)
class Term:
    """``scale · Π reads / over``, reduced over ``reduced``, where the conditions hold; ``over`` is a count."""

    reads: tuple[Read, ...]
    reduced: tuple[str, ...] = ()
    where: tuple[Relation, ...] = ()
    scale: Expr = ONE
    over: Reduce | None = None


@dataclass(frozen=True)
class Definition:
    """An operator's formula with the shapes of its arrays.

    ``ranges`` gives the number of values of an index that no array gives; ``inputs`` names the
    arrays that are data, the others are parameters; ``given`` holds what must be true of the sizes
    besides being sizes (``g ∣ C``); ``bounds`` are inequalities that output indices must meet; ``around``
    are functions of the read and of the whole right side. Use
    :func:`convmath.language.checks.checked` to make one that has been held against itself.
    """

    output: Read
    terms: tuple[Term, ...]
    tensors: tuple[Tensor, ...]
    crop: tuple[Pair, ...]
    ranges: Ranges = ()
    reduce: Kind = "sum"
    inputs: tuple[str, ...] = ()
    given: tuple[Relation, ...] = ()
    bounds: tuple[Relation, ...] = ()
    around: Around = NOTHING

    @cached_property
    def arrays(self) -> dict[str, Tensor]:
        return {tensor.name: tensor for tensor in self.tensors}

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        return tuple(read for term in self.terms for read in term.reads)

    @cached_property
    def output_indices(self) -> tuple[str, ...]:
        """The indices on the left, in the order in which they appear."""
        found = dict.fromkeys(
            letter for item in self.output.subscripts for letter in _in_order(item) if letter in self.indices
        )
        return tuple(found)

    @cached_property
    def indices(self) -> frozenset[str]:
        """Every letter that runs: bare on either side, given a range, or reduced."""
        bare = {item.name for read in (self.output, *self.reads) for item in read.subscripts if isinstance(item, Sym)}
        reduced = {name for term in self.terms for name in (*term.reduced, *own_letters(term.over))}
        return frozenset(bare | reduced | set(dict(self.ranges)))

    @cached_property
    def written(self) -> dict[str, Expr]:
        """Output indices that a condition determines: where each product is added."""
        return {
            relation.left.name: relation.right
            for term in self.terms
            for relation in term.where
            if relation.op == "=" and isinstance(relation.left, Sym)
        }

    @cached_property
    def shared(self) -> frozenset[str]:
        """Output indices that terms write by conditions of their own, as a concatenation does."""
        relations = {relation for term in self.terms for relation in term.where if relation.op == "="}
        written = [str(relation.left) for relation in relations]
        return frozenset(name for name in written if written.count(name) > 1)

    @cached_property
    def known_ranges(self) -> dict[str, Expr]:
        """Indices whose number of values stands in the declaration: given, or the size of an unpadded axis."""
        found = dict(self.ranges)
        for read in self.reads:
            tensor = self.arrays[read.array]
            for item, size, padding in zip(read.subscripts, tensor.shape, tensor.padding, strict=True):
                if isinstance(item, Sym) and item.name in self.indices and padding == NO_PADDING:
                    found.setdefault(item.name, size)
        return found

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """The letters that stand for sizes, in the order in which a reader meets them."""
        places: list[Expr] = [size for tensor in self.tensors for size in tensor.shape]
        places += [size for _, size in self.ranges]
        places += [item for read in (self.output, *self.reads) for item in read.subscripts]
        places += [side for term in self.terms for r in term.where for side in (r.left, r.right)]
        places += [side for relation in self.bounds for side in (relation.left, relation.right)]
        places += [term.scale for term in self.terms] + [term.over for term in self.terms if term.over is not None]
        pads = [pair for tensor in self.tensors for pair in tensor.padding] + list(self.crop)
        places += [side for pair in pads for side in pair]
        letters = dict.fromkeys(letter for place in places for letter in _in_order(place))
        return tuple(letter for letter in letters if letter not in self.indices)

    @cached_property
    def parameters(self) -> tuple[Tensor, ...]:
        """The arrays that are learned: all that are read and are not inputs."""
        return tuple(tensor for tensor in self.tensors if tensor.name not in self.inputs)

    @cached_property
    def right_side(self) -> Expr:
        """The formula's right side as one tree."""
        sides = [self.term_side(term) for term in self.terms]
        return self.around.result_as(sides[0] if len(sides) == 1 else Add(tuple(sides)))

    def term_side(self, term: Term) -> Expr:
        """One term as a tree, with its reduction around it."""
        scale = () if term.scale == Int(1) else term.scale.factors if isinstance(term.scale, Mul) else (term.scale,)
        body = _times((*scale, *(self.around.read_as(read) for read in term.reads)))
        body = body if term.over is None else Ratio(body, term.over)
        ranges = tuple((name, self.range_of(name)) for name in term.reduced)
        return Reduce(self.reduce, ranges, body, term.where) if ranges or term.where else body

    def range_of(self, index: str) -> Expr:
        """How many values ``index`` takes, where the declaration says so."""
        try:
            return self.known_ranges[index]
        except KeyError:
            raise DefinitionError(
                f"{index} is reduced, but nothing says how many values it takes: give ranges={{'{index}': 'k'}}, "
                f"or read an array at [{index}]"
            ) from None

    def substitute(self, values: Values) -> Definition:
        """The same operator with sizes replaced, and tidied; left as written where there is nothing to replace."""
        if not values:
            return self
        change = _Put(values)
        return replace(
            self,
            output=change.read(self.output),
            terms=tuple(change.term(term) for term in self.terms),
            tensors=tuple(change.tensor(tensor) for tensor in self.tensors),
            crop=change.pairs(self.crop),
            ranges=tuple((name, put(size, values)) for name, size in self.ranges),
            given=tuple(change.relation(relation) for relation in self.given),
            bounds=tuple(change.relation(relation) for relation in self.bounds),
        )

    def renamed(self, names: Mapping[str, str]) -> Definition:
        """The same operator with letters renamed: sizes, indices, or both."""
        if not names:
            return self
        moved = self.substitute({old: Sym(new) for old, new in names.items()})
        terms = tuple(
            replace(t, reduced=tuple(names.get(name, name) for name in t.reduced), over=renamed_count(old.over, names))
            for t, old in zip(moved.terms, self.terms, strict=True)
        )
        return replace(moved, terms=terms, ranges=tuple((names.get(name, name), size) for name, size in moved.ranges))

    def relation(self) -> Relation:
        """The formula itself, left = right."""
        return Relation(self.output, "=", self.right_side)

    def __str__(self) -> str:
        bounds = ", ".join(map(str, self.bounds))
        return write_relation(self.relation()) + (f" where {bounds}" if bounds else "")


@dataclass(frozen=True, slots=True)
class _Put:
    """Values put into the parts of a definition."""

    values: Values

    def read(self, read: Read) -> Read:
        return Read(read.array, tuple(put(item, self.values) for item in read.subscripts))

    def relation(self, relation: Relation) -> Relation:
        return Relation(put(relation.left, self.values), relation.op, put(relation.right, self.values))

    def pairs(self, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple((put(before, self.values), put(after, self.values)) for before, after in pairs)

    def tensor(self, tensor: Tensor) -> Tensor:
        shape = tuple(put(size, self.values) for size in tensor.shape)
        return replace(tensor, shape=shape, padding=self.pairs(tensor.padding))

    def term(self, term: Term) -> Term:
        where = tuple(self.relation(relation) for relation in term.where)
        reads, over = tuple(map(self.read, term.reads)), put_in_count(term.over, self.values)
        return Term(reads, term.reduced, where, put(term.scale, self.values), over)


def _times(factors: tuple[Expr, ...]) -> Expr:
    return factors[0] if len(factors) == 1 else Mul(factors)


def _in_order(expr: Expr) -> list[str]:
    """The letters of ``expr`` from left to right."""
    return [node.name for node in walk(expr) if isinstance(node, Sym)]


def letters_used(definition: Definition) -> set[str]:
    """Every letter of the formula, sizes and indices alike."""
    return set(definition.sizes) | set(definition.indices) | letters_of(definition.right_side)
