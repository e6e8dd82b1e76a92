"""Layers that a graph's nodes become, where no operator of the shelf is the whole of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from convmath.errors import UnsupportedError
from convmath.network.layer import Layer, Ready, ready
from convmath.network.program import Requirement, Shape
from convmath.operators.opaque import opaque
from convmath.readers.onnx import judged, windowed
from convmath.readers.onnx.choice import Choice
from convmath.readers.onnx.chosen import chosen
from convmath.readers.onnx.enlarged import enlarged
from convmath.readers.onnx.further import FURTHER
from convmath.readers.onnx.graph import SUBGRAPH, Node
from convmath.readers.onnx.moved import moved
from convmath.readers.onnx.pieces import PIECES
from convmath.readers.onnx.reshaped import RESHAPED
from convmath.readers.onnx.sized import SIZED
from convmath.readers.onnx.values import Array, Asked, calculated

VALUES = frozenset({"Shape", "Size", "Range", "NonZero"})
"""Operators whose output has the shape of what is calculated."""
RULES = {
    **SIZED,
    **RESHAPED,
    **PIECES,
    **FURTHER,
    **dict.fromkeys(("Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool"), windowed.slid),
}


MOST_KNOWN = 64
"""For how many inputs in numbers a layer remembers what it gave."""


class Held(tuple[Any, ...]):
    """A shape whose entries are known: it goes from layer to layer like any shape, and they go with it."""

    array: Array


def held(shape: Sequence[Any], array: Array | None) -> Shape:
    """``shape``, with the entries if there are any."""
    if array is None:
        return tuple(shape)
    found = Held(array.dims)
    found.array = array
    return found


@cache
def no_sum() -> Ready:
    """What stands for the operator of a layer that is no index sum: it learns nothing, and multiplies nothing."""
    return ready(opaque("no index sum", "onnx", "Y[i] = X[i]", {"X": "L"}))._replace(plan=None)


class Given(Layer):
    """Arrays that no input decides about: weights, constants, and what is calculated from them."""

    inputs = 0
    steady = False

    def __init__(self, kind: str, shapes: Sequence[Shape]) -> None:
        self.kind, self.shapes, self.outputs = kind, tuple(shapes), len(shapes)

    def at(self, shapes: Sequence[Shape]) -> Ready:
        return no_sum()

    def __call__(self, shapes: Sequence[Shape], met: list[Requirement] | None = None) -> tuple[Shape, ...]:
        return self.shapes


class Call(Layer):
    """A node whose shapes follow from the shapes, and from entries that are calculated on the way.

    In numbers they are onnxruntime's; in letters they follow ONNX's own rules.

    Attributes:
        node: the node.
        bound: the shapes of those of its inputs that are stored, by place; the others are given when it is called.
    """

    steady = False

    def __init__(self, node: Node, bound: Mapping[int, Shape]) -> None:
        self.node, self.kind, self.outputs = node, node.op, len(node.outputs)
        self.bound = dict(bound)
        self._known: dict[Any, tuple[Shape, ...]] = {}
        self.places = [place for place, name in enumerate(node.inputs) if name and place not in bound]
        self.inputs = len(self.places)
        lists = {*judged.LISTS.get(node.op, ()), *judged.PASSED.get(node.op, ())}
        if self.places[:1] == [0] and lists.issuperset(self.places[1:]):
            self.reads = (0,)

    def asked(self, shapes: Sequence[Shape]) -> Asked:
        """The call with the shapes and entries of all its inputs."""
        rest = iter(shapes)
        whole = [
            self.bound[place] if place in self.bound else next(rest) if name else None
            for place, name in enumerate(self.node.inputs)
        ]
        return Asked(self.node, [getattr(shape, "array", None) for shape in whole], whole)

    def at(self, shapes: Sequence[Shape]) -> Ready:
        asked = self.asked(shapes)
        if self.node.op in VALUES:
            return no_sum()
        late = chosen(Choice(self.node, self.bound, dict(zip(self.places, shapes, strict=True))))
        if late is not None:  # the shapes were not known when the model was read
            return late.at(shapes)
        if self.node.op in ("Resize", "Upsample"):
            return enlarged(asked, self._shapes(asked, None)[0]) or no_sum()
        if not judged.suits(asked) or not in_numbers(asked):
            return windowed.same_convolution(asked) or moved(asked) or no_sum()
        try:
            operator = judged.judged(asked)[0].operator
        except UnsupportedError:
            return no_sum()  # a shape, and no index definition: it has no cost either
        fits = len(operator.general.inputs) == (self.inputs if self.reads is None else 1)
        return ready(operator) if fits else no_sum()

    def __call__(self, shapes: Sequence[Shape], met: list[Requirement] | None = None) -> tuple[Shape, ...]:
        if met is not None:
            return self._run(shapes, met)
        key = tuple([(shape, getattr(shape, "array", None)) for shape in shapes])
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = self._run(shapes, None)
        return found

    def _run(self, shapes: Sequence[Shape], met: list[Requirement] | None) -> tuple[Shape, ...]:
        asked = self.asked(shapes)
        arrays = calculated(self.node, asked.arrays, asked.shapes)
        if self.node.op in VALUES and (None not in arrays or self.node.op not in RULES):
            if None in arrays:
                raise UnsupportedError(f"{self.node.title}: its size depends on values that are not known")
            return tuple(held((), array) for array in arrays)
        found = self._shapes(asked, met)
        if len(found) < self.outputs:
            raise UnsupportedError(f"{self.node.title}: its further outputs are not known here")
        return tuple(held(shape, array) for shape, array in zip(found, arrays, strict=False))

    def _shapes(self, asked: Asked, met: list[Requirement] | None) -> Sequence[Shape]:
        rule = RULES.get(self.node.op)
        if judged.suits(asked) and in_numbers(asked):
            found = judged.shapes(asked)
            return found if rule is None or len(found) >= self.outputs else [*found, *rule(asked, [])[len(found) :]]
        if rule is None:
            raise UnsupportedError(
                f"{self.node.title} is not known in letters: give its input in numbers"
                if judged.known(self.node.op)
                else unknown(self.node)
            )
        return [tuple(shape) for shape in rule(asked, [] if met is None else met)]


class Unknown(Layer):
    """A node whose operator is not known.

    Attributes:
        missing: that it is not known, with its name.
        declared: the shapes that the file declares for what it gives, or None: then nothing behind it is traced.
    """

    steady = False

    def __init__(self, node: Node, takes: int, declared: tuple[Shape, ...] | None) -> None:
        self.kind, self.inputs, self.outputs = node.op, takes, len(node.outputs)
        self.missing, self.declared = unknown(node), declared

    def at(self, shapes: Sequence[Shape]) -> Ready:
        return no_sum()

    def __call__(self, shapes: Sequence[Shape], met: list[Requirement] | None = None) -> tuple[Shape, ...]:
        if self.declared is None:
            raise UnsupportedError(self.missing)
        return self.declared


def unknown(node: Node) -> str:
    """That a node's operator is not known."""
    if SUBGRAPH in [value for value in node.attributes.values() if isinstance(value, str)]:
        return f"{node.title} runs a graph of its own, which is not followed"
    return f"{node.title}: this operator is not known here"


def in_numbers(asked: Asked) -> bool:
    """Whether every size, and every entry that is known, is a number."""
    sizes = all(isinstance(size, int) for shape in asked.shapes if shape is not None for size in shape)
    return sizes and all(
        entry is None or isinstance(entry, int | float) or hasattr(entry, "numerator")
        for array in asked.arrays
        if array is not None
        for entry in array.entries
    )
