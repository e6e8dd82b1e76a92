"""Numbers in a declaration become letters with values, so that the derivation is general.

``shapes={"X": (1, 3, 224)}`` derives with N, C, L and puts the numbers in at the end, as a person
would. Small numbers in the formula itself (a stride of 3) stay as they are written.
"""

from __future__ import annotations

from dataclasses import replace

from convmath.language.definition import Definition, Tensor, Term
from convmath.language.letters import fresh
from convmath.language.tidy import tidy
from convmath.language.tree import Expr, Int, Read, Relation, Sym, letters_of, mapped, negative, walk

LARGEST_LEFT = 2
"""Sizes up to this number stay numbers; 1 and 2 read better than a letter."""
LARGEST_FACTOR = 9
"""Strides and offsets in the formula stay numbers up to here."""


def lift(definition: Definition) -> tuple[Definition, dict[str, Expr]]:
    """(the definition with letters for its numbers, what the letters stand for)."""
    lifter = _Lifter(definition)
    tensors = tuple(lifter.tensor(tensor) for tensor in definition.tensors)
    ranges = tuple((name, lifter.range(name, size)) for name, size in definition.ranges)
    crop = tuple((lifter.number(a, "p"), lifter.number(b, "q")) for a, b in definition.crop)
    left = Read(definition.output.array, tuple(lifter.left(item) for item in definition.output.subscripts))
    found = replace(definition, output=left, tensors=tensors, ranges=ranges, crop=crop)
    return lifter.factors(found), lifter.values


class _Lifter:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.taken = set(definition.sizes) | set(definition.indices)
        self.values: dict[str, Expr] = {}
        self.of_index: dict[tuple[str, Int], Expr] = {}

    def letter(self, wanted: str, value: Expr) -> Expr:
        name = fresh(wanted, self.taken)
        self.taken.add(name)
        self.values[name] = value
        return Sym(name)

    def tensor(self, tensor: Tensor) -> Tensor:
        read = next((read for read in self.definition.reads if read.array == tensor.name), None)
        if read is None or len(read.subscripts) != len(tensor.shape):
            return tensor  # refused later, in words
        shape = []
        for item, size in zip(read.subscripts, tensor.shape, strict=True):
            shape.append(self.range(item.name, size) if isinstance(item, Sym) else self.number(size, "L"))
        padding = []
        for before, after in tensor.padding:
            first = self.number(before, "p")
            padding.append((first, first if before == after else self.number(after, "q")))
        return replace(tensor, shape=tuple(shape), padding=tuple(padding))

    def range(self, index: str, size: Expr) -> Expr:
        """One letter for every axis of this size that the index runs over."""
        if not isinstance(size, Int) or size.value <= LARGEST_LEFT:
            return size
        if (index, size) not in self.of_index:
            self.of_index[index, size] = self.letter(index.upper() if index.upper() != index else f"{index}_", size)
        return self.of_index[index, size]

    def number(self, size: Expr, wanted: str) -> Expr:
        return self.letter(wanted, size) if isinstance(size, Int) and size.value > LARGEST_LEFT else size

    def left(self, item: Expr) -> Expr:
        """A left side such as 16·m + o: where o takes 16 values, 16 is the letter that its range was given."""
        inside = letters_of(item)
        known = {size.value: letter for (name, size), letter in self.of_index.items() if name in inside}

        def rebuilt(expr: Expr) -> Expr:
            if isinstance(expr, Int):
                return known.get(expr.value, expr)
            return mapped(expr, rebuilt)

        return rebuilt(item)

    def factors(self, definition: Definition) -> Definition:
        """Large numbers inside subscripts and conditions, each by a letter of its own."""
        known: dict[int, Expr] = {}

        def rebuilt(expr: Expr) -> Expr:
            if not isinstance(expr, Int) or abs(expr.value) <= LARGEST_FACTOR:
                return mapped(expr, rebuilt)
            value = abs(expr.value)
            if value not in known:
                known[value] = self.letter("m", Int(value))
            return known[value] if expr.value > 0 else negative(known[value])

        def lifted(expr: Expr) -> Expr:
            plain = tidy(expr)
            large = any(isinstance(node, Int) and abs(node.value) > LARGEST_FACTOR for node in walk(plain))
            return rebuilt(plain) if large else expr

        def term(item: Term) -> Term:
            reads = tuple(Read(read.array, tuple(map(lifted, read.subscripts))) for read in item.reads)
            where = tuple(Relation(lifted(r.left), r.op, lifted(r.right)) for r in item.where)
            return replace(item, reads=reads, where=where)

        bounds = tuple(Relation(lifted(r.left), r.op, lifted(r.right)) for r in definition.bounds)
        return replace(definition, terms=tuple(map(term, definition.terms)), bounds=bounds)
