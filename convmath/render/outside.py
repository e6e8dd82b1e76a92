"""What a read outside an array meets, in words and formulas: one line for each padded axis."""

from __future__ import annotations

from collections.abc import Iterator

from convmath.language.definition import NO_PADDING, Definition, Tensor, letters_used
from convmath.language.letters import fresh
from convmath.language.tensor import sources
from convmath.language.tidy import flipped, total
from convmath.language.tree import Int, Read, Relation, Sym
from convmath.render.blocks import Phrase

WORDS = {"reflect": "is mirrored at its border", "replicate": "repeats its border", "circular": "is wrapped around"}


def outside_lines(definition: Definition) -> Iterator[Phrase]:
    """“X is mirrored at its border along H: X[−t] = X[t] and X[H − 1 + t] = X[H − 1 − t], for t ≥ 1”."""
    distance = Sym(fresh("t", letters_used(definition)))
    for tensor in definition.tensors:
        for axis, pair in enumerate(tensor.padding):
            if tensor.outside != "zeros" and pair != NO_PADDING:
                yield _line(tensor, axis, distance)


def _line(tensor: Tensor, axis: int, distance: Sym) -> Phrase:
    name, size = Sym(tensor.name), tensor.shape[axis]
    if not isinstance(tensor.outside, str):
        return (name, " is ", tensor.outside, " along ", size)
    places = flipped(distance), total([size, Int(-1), distance])
    told: list[Relation] = []
    for which, (place, side) in enumerate(zip(places, tensor.padding[axis], strict=True)):
        pair = sources(tensor.outside, place, size)
        if pair is not None and side != Int(0):
            told.append(Relation(Read(tensor.name, (place,)), "=", Read(tensor.name, (pair[which],))))
    both = (told[0], " and ", told[1]) if len(told) > 1 else (told[0],)
    return (name, f" {WORDS[tensor.outside]} along ", size, ": ", *both, ", for ", Relation(distance, "≥", Int(1)))
