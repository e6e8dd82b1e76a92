"""An ONNX model as a network."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from math import prod
from typing import Any

from convmath.errors import ConvmathError, UnsupportedError
from convmath.language.letters import fresh
from convmath.language.tokens import NAME, shown
from convmath.network.extent import letter
from convmath.network.graph import Network
from convmath.network.graph import Node as Wired
from convmath.network.layer import Layer
from convmath.network.program import Shape
from convmath.operators.join import MOST
from convmath.readers.onnx import judged
from convmath.readers.onnx.choice import Choice
from convmath.readers.onnx.chosen import chosen
from convmath.readers.onnx.entries import INTEGERS
from convmath.readers.onnx.graph import Declared, Graph, Node
from convmath.readers.onnx.layers import RULES, VALUES, Call, Given, Unknown, held
from convmath.readers.onnx.parts import PARTS
from convmath.readers.onnx.pointwise import POINTWISE
from convmath.readers.onnx.rearranged import REARRANGED
from convmath.readers.onnx.values import entries_of

CALCULATED = {*POINTWISE, *REARRANGED, *PARTS}
SOURCES = ("Shape", "Size", "Constant", "Range", "NonZero", "ConstantOfShape")
"""Operators that entries come from."""
FORMS = ("Identity", "Transpose", "Reshape", "Cast", "Squeeze", "Unsqueeze", "Flatten", "DequantizeLinear", "Expand")
"""What is made of a stored array by these is that array in another form, and is learned once."""
PAIRED = ("Add", "Sub", "Mul", "Div", "Gather", "Expand", "Concat")
STORED = (*PAIRED, "Concat", "InstanceNormalization")
"""Operators whose arrays are learned where they are stored, and constants where they are calculated."""
LEARNED: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("Conv", "ConvTranspose", "Gemm", "BatchNormalization", "InstanceNormalization"), (1, 2)),
    **dict.fromkeys(("LayerNormalization", "GroupNormalization", "PRelu", "RMSNormalization"), (1, 2)),
    **dict.fromkeys(("MatMul", *PAIRED), (0, 1)),
    "Concat": tuple(range(MOST)),
    **dict.fromkeys(("QLinearConv", "QLinearMatMul"), (3, 8)),
    **dict.fromkeys(("ConvInteger", "MatMulInteger"), (1,)),
    **dict.fromkeys(("LSTM", "GRU", "RNN"), (1, 2, 3)),
}
"""Which inputs of an operator are learned, where they are stored; a single number in a sum is a constant."""
KEPT = {"BatchNormalization": (3, 4)}
"""Which are kept: the mean and the variance."""


class Reader:
    """A graph on its way to a network.

    Attributes:
        fixed: the shapes of arrays that no input decides about, by name; where they are known, with their entries.
        shapes: the shapes of the other arrays for the declared inputs, where they are known.
        counted: the arrays whose entries may be followed.
        stored: for each array that no input decides about, the one that it is another form of.
    """

    def __init__(self, graph: Graph, name: str) -> None:
        self.graph, self.name = graph, name or graph.name
        self.fixed: dict[str, Shape] = {n: held(s.dims, entries_of(s)) for n, s in graph.stored.items()}
        self.counted = {n for n, shape in self.fixed.items() if hasattr(shape, "array")}
        self.stored = {n: n for n in graph.stored}
        self.shapes: dict[str, Shape] = {}
        self.names: set[str] = set()

    def network(self, source: str) -> Network:
        """The network: every node of the graph, in its order."""
        letters: set[str] = set()
        inputs = {item.name: sizes(item, letters) for item in self.graph.inputs}
        self.shapes |= inputs
        nodes = tuple(map(self._wired, self.graph.nodes))
        outputs = tuple(item.name for item in self.graph.outputs)
        declared = (*self.graph.declared.values(), *self.graph.outputs)
        given = {tensor for node in nodes for tensor in node.outputs}
        known, taken = set(letters), set(letters)
        expected = {
            item.name: sizes(loosened(item, known), taken)
            for item in declared
            if item.name in given and item.dims is not None
        }
        return Network(self.name, inputs, nodes, outputs, source, expected)

    def _wired(self, node: Node) -> Wired:
        bound = {place: self.fixed[name] for place, name in enumerate(node.inputs) if name in self.fixed}
        takes = tuple(name for place, name in enumerate(node.inputs) if name and place not in bound)
        name = self._named(node)
        outputs = tuple(output or f"{name}.{place}" for place, output in enumerate(node.outputs))
        node = replace(node, outputs=outputs)
        layer = self._layer(node, bound, takes)
        found = self._tried(layer, takes)
        if found is not None and not takes:
            layer = Given(node.op, found)
            self.fixed |= zip(outputs, found, strict=True)
            self._note(node, bound)
        elif found is not None:
            self.shapes |= zip(outputs, found, strict=True)
        learned, kept = self._arrays(node, bound, LEARNED), self._arrays(node, bound, KEPT)
        layer = copy(layer) if learned else layer  # one that learns nothing serves many nodes
        layer.learned, layer.kept = learned, kept
        return Wired(name, layer, takes, outputs)

    def _named(self, node: Node) -> str:
        name = wanted = node.name or f"{node.op}_{len(self.names)}"
        count = 1
        while name in self.names:
            count += 1
            name = f"{wanted}#{count}"
        self.names.add(name)
        return name

    def _layer(self, node: Node, bound: Mapping[int, Shape], takes: tuple[str, ...]) -> Layer:
        if self._counts(node):
            self.counted |= set(node.outputs)
            return Call(node, bound)
        if takes:
            shapes = {place: self.shapes[name] for place, name in enumerate(node.inputs) if name in self.shapes}
            layer = chosen(Choice(node, bound, shapes))
            if layer is not None:
                return layer
        if not node.domain and (node.op in RULES or node.op in VALUES or judged.known(node.op)):
            return Call(node, bound)
        return Unknown(node, len(takes), self._declared(node))

    def _counts(self, node: Node) -> bool:
        """Whether the entries of what it gives may be known: it calculates with sizes."""
        if node.domain or node.op not in CALCULATED:
            return False
        if node.op in SOURCES:
            return True
        if node.op in POINTWISE:
            return all(name in self.counted for name in node.inputs if name) and bool(node.inputs)
        first = node.inputs if node.op == "Concat" else node.inputs[:1]
        return any(name in self.counted for name in first)

    def _declared(self, node: Node) -> tuple[Shape, ...] | None:
        """The shapes that the file declares for what an unknown node gives, where all of its sizes are numbers."""
        numbers = all(isinstance(size, int) for item in self.graph.inputs for size in item.dims or (None,))
        found = [self.graph.declared.get(name) for name in node.outputs]
        if not numbers or not all(item and plain(item, set()) for item in found):
            return None
        return tuple(sizes(item, set()) for item in found if item)

    def _tried(self, layer: Layer, takes: tuple[str, ...]) -> tuple[Shape, ...] | None:
        """The shapes for the declared inputs; None where they are not known."""
        if any(name not in self.shapes for name in takes):
            return None
        try:
            return layer([self.shapes[name] for name in takes], [])
        except ConvmathError:
            return None  # the trace meets it again, and says it there

    def _note(self, node: Node, bound: Mapping[int, Shape]) -> None:
        """What a node makes of stored arrays: the same one in another form, or one of its own."""
        source = self.stored.get(node.inputs[0]) if node.inputs and node.op in FORMS else None
        self.stored |= {name: source or name for name in node.outputs}

    def _arrays(self, node: Node, bound: Mapping[int, Shape], table: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
        """The stored arrays that a node learns or keeps, and how many entries each has."""
        found = {}
        for place in table.get(node.op, ()) if not node.domain and len(bound) < len(node.inputs) else ():
            numbers = [size for size in bound.get(place, (None,)) if isinstance(size, int)]
            if place in bound and len(numbers) == len(bound[place]):
                source = self.stored[node.inputs[place]]
                whole = self.graph.stored.get(source)
                count = prod(numbers) if whole is None else whole.count
                if node.op not in STORED or (count > 1 and self._is_weight(source)):
                    found[source] = count
        return found

    def _is_weight(self, name: str) -> bool:
        """Whether an array is stored in the model, and holds no integers: those are sizes and places."""
        return name in self.graph.stored and self.graph.stored[name].element not in INTEGERS


def sizes(item: Declared, letters: set[str]) -> Shape:
    """The declared sizes; a size that is left open, or whose name is no letter, gets a letter of its own.

    Raises:
        UnsupportedError: not even the number of axes is declared.
    """
    if item.dims is None:
        raise UnsupportedError(f"the input {shown(item.name)} is declared as {item.element} without a shape")
    found: list[Any] = []
    for place, dim in enumerate(item.dims):
        if isinstance(dim, int):
            found.append(dim)
            continue
        named = dim is not None and NAME.match(dim)
        name = dim if named else fresh("NCDHW"[place] if place < 5 else "L", letters)
        letters.add(str(name))
        found.append(letter(str(name)))
    return tuple(found)


def loosened(item: Declared, letters: set[str]) -> Declared:
    """The sizes that say something: an exporter invents names, and gives one name to sizes that differ."""
    dims = item.dims or ()
    return replace(item, dims=tuple(dim if isinstance(dim, int) or dim in letters else None for dim in dims))


def plain(item: Declared, letters: set[str]) -> bool:
    """Whether every size that is declared is a number, or a letter of the inputs."""
    return item.dims is not None and all(isinstance(dim, int) or dim in letters for dim in item.dims)
