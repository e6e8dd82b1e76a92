"""Networks: definitions wired into a graph without cycles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from convmath.errors import DefinitionError, ParseError
from convmath.language.parse import parse_list
from convmath.language.sizes import size
from convmath.language.tree import Expr
from convmath.network.extent import Size
from convmath.network.form import size_of
from convmath.network.layer import Layer, layer
from convmath.network.order import in_order

if TYPE_CHECKING:
    from convmath.evaluate.positions import Positions
    from convmath.network.fitting import Fitting
    from convmath.network.trace import Trace
    from convmath.proof.derivation import Derivation

MOST_NODES = 1_000_000


@dataclass(frozen=True, slots=True)
class Node:
    """A layer in a network: the tensors that it takes, by name, and those that it gives."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """Layers wired together, in an order in which they can run.

    Attributes:
        name: what to call it.
        inputs: the shape of each input, in letters and numbers.
        nodes: the layers, each after those whose outputs it takes.
        outputs: the tensors that it gives.
        source: where it is published, or the file that it was read from.
        expected: shapes that the file declares, by tensor.
    """

    name: str
    inputs: Mapping[str, tuple[Size, ...]]
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    source: str = ""
    expected: Mapping[str, tuple[Size, ...]] = field(default_factory=dict)

    @cached_property
    def tensors(self) -> tuple[str, ...]:
        """Every tensor: the inputs, then what the layers give, in their order."""
        return (*self.inputs, *(tensor for node in self.nodes for tensor in node.outputs))

    @cached_property
    def steps(self) -> tuple[Any, ...] | None:
        """The layers as plain functions, once the network has run in numbers: see :mod:`convmath.network.quick`."""
        return None

    def trace(self, *shapes: Any, **named: Any) -> Trace:
        """What every layer gives and costs for inputs of these shapes; ``"N,3,H,W"`` and no shape ask in letters.

        Raises:
            ShapeError: a layer does not take what reaches it; the message names it.
        """
        from convmath.network.trace import trace

        return trace(self, shapes, named)

    def derive_size(self, letter: str, tensor: str | None = None) -> Derivation:
        """The derivation of how large a tensor is along the axis of ``letter``, as one expression in it.

        Args:
            letter: a letter of the network's input, such as "H".
            tensor: the tensor; by default the last one whose size depends on the letter.

        Raises:
            ParseError: there is no such letter or tensor.
            UnsupportedError: a size on the way is no single floor of the one before.
        """
        from convmath.network.path import derive_along

        return derive_along(self, letter, tensor)

    def receptive_positions(
        self, unit: Sequence[int], shape: Any, tensor: str | None = None, input: str | None = None
    ) -> tuple[Positions, ...]:
        """Exactly which places of an input one unit reads, over all paths: holes left out, cut off at the border.

        Args:
            unit: a place of the tensor, or only its last axes, as in (7, 8).
            shape: the shape of the input.
            tensor: whose unit it is; by default the first output.
            input: which input; by default the first.

        Returns:
            For each axis of the input the places along it that some path reaches. Batch normalisation is taken as it
            is after training, with kept statistics.

        Raises:
            ShapeError: there is no such unit, or a layer does not fit.
            UnsupportedError: a layer is no index sum, or reads places that are no product.
        """
        from convmath.network.units import positions

        return positions(self, unit, shape, tensor, input)

    def sizes(self) -> Fitting:
        """Which inputs fit: for each letter the sizes at which every layer has what it needs, solved exactly.

        Raises:
            UnsupportedError: a layer needs something that no comparison of repeating sizes says.
        """
        from convmath.network.fitting import fitting

        return fitting(self)

    def node(self, name: str) -> Node:
        """The node with this name.

        Raises:
            ParseError: there is none.
        """
        for found in self.nodes:
            if found.name == name:
                return found
        raise ParseError(f"{self.name} has no layer {name[:80]!r}")

    def __repr__(self) -> str:
        return f"<network {self.name}: {len(self.nodes)} layers>"


def read_sizes(given: Any, what: str) -> tuple[Size, ...]:
    """``"N,3,H,W"``, or a tuple of integers and letters, as the shape of a tensor.

    Raises:
        ParseError: it is no shape.
    """
    if isinstance(given, str):
        entries = parse_list(given) if given.strip() else ()
        if any(len(entry) != 1 for entry in entries):
            raise ParseError(f"{what} is {given[:60]!r}; a shape has one size for each axis, as in 'N,3,H,W'")
        found: Iterable[Expr] = [entry[0] for entry in entries]
    elif isinstance(given, Sequence):
        found = [size(item, f"{what}, axis {axis},") for axis, item in enumerate(given)]
    else:
        raise ParseError(f"{what} is {given!r}; a shape is a tuple such as (1, 3, 224, 224), or a text 'N,3,H,W'")
    shape = tuple(map(size_of, found))
    for axis, item in enumerate(shape):
        if isinstance(item, int) and item < 1:
            raise ParseError(f"{what} has size {item} along axis {axis}; a size is an integer ≥ 1")
    return shape


def network(
    inputs: Mapping[str, Any],
    nodes: Mapping[str, Any],
    outputs: Sequence[str] | None = None,
    *,
    name: str = "network",
    source: str = "",
    expected: Mapping[str, Any] | None = None,
) -> Network:
    """A network from named nodes: ``{"conv": (cm.conv2d(3, 8, 3), "x"), "sum": (cm.layer("add"), "conv", "y")}``.

    Args:
        inputs: the shape of each input: ``{"x": "N,3,H,W"}``.
        nodes: for each node its layer and the names of what it takes.
        outputs: the tensors that it gives; by default those that nothing takes.
        name: what to call it.
        source: where it is published.
        expected: shapes that must come out, by tensor.

    Raises:
        DefinitionError: a name is taken twice or missing, or the nodes go round in a circle.
    """
    given = {str(key): read_sizes(shape, f"{name}: input {key}") for key, shape in inputs.items()}
    made: list[Node] = []
    for key, entry in nodes.items():
        parts = entry if isinstance(entry, tuple | list) else (entry,)
        found = layer(parts[0])
        takes = tuple(map(str, parts[1:]))
        gives = (key,) if found.outputs == 1 else tuple(f"{key}.{at}" for at in range(found.outputs))
        made.append(Node(key, found, takes, gives))
    wanted = {str(key): read_sizes(shape, f"{name}: expected {key}") for key, shape in (expected or {}).items()}
    return wired(name, given, made, outputs, source, wanted)


def wired(
    name: str,
    inputs: Mapping[str, tuple[Size, ...]],
    nodes: Sequence[Node],
    outputs: Sequence[str] | None = None,
    source: str = "",
    expected: Mapping[str, tuple[Size, ...]] | None = None,
) -> Network:
    """A network of nodes in any order.

    Raises:
        DefinitionError: see :func:`network`.
    """
    if len(nodes) > MOST_NODES:
        raise DefinitionError(f"{name} has {len(nodes)} layers; at most {MOST_NODES} are taken")
    giver: dict[str, int | None] = dict.fromkeys(inputs)
    for at, node in enumerate(nodes):
        for tensor in node.outputs:
            if tensor in giver:
                raise DefinitionError(
                    f"{name}: two layers or inputs give {tensor[:80]!r}: each needs a name of its own"
                )
            giver[tensor] = at
    for node in nodes:
        _check_takes(name, node, giver)
    ordered = _ordered(name, nodes, giver)
    used = {tensor for node in nodes for tensor in node.inputs}
    gives = tuple(outputs) if outputs else tuple(t for node in ordered for t in node.outputs if t not in used)
    for tensor in gives:
        if tensor not in giver:
            raise DefinitionError(f"{name}: its output {tensor[:80]!r} is given by no layer")
    return Network(name, dict(inputs), ordered, gives, source, dict(expected or {}))


def _check_takes(name: str, node: Node, giver: Mapping[str, int | None]) -> None:
    if node.layer.inputs is not None and len(node.inputs) != node.layer.inputs:
        raise DefinitionError(
            f"{name}: {node.name} takes {node.layer.inputs} tensor{'s' * (node.layer.inputs != 1)}, "
            f"but {len(node.inputs)} are given"
        )
    for tensor in node.inputs:
        if tensor not in giver:
            raise DefinitionError(f"{name}: {node.name} takes {tensor[:80]!r}, which no layer and no input gives")


def _ordered(name: str, nodes: Sequence[Node], giver: Mapping[str, int | None]) -> tuple[Node, ...]:
    """The nodes, each after those that it takes something from; otherwise in the order given."""
    waits = [{g for tensor in node.inputs if (g := giver[tensor]) is not None} for node in nodes]
    order = in_order(waits)
    if len(order) < len(nodes):
        stuck = nodes[min({*range(len(nodes))}.difference(order))].name
        raise DefinitionError(f"{name}: the layers go round in a circle at {stuck[:80]!r}: none of them can run first")
    return tuple(nodes[at] for at in order)
