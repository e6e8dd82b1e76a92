"""What every layer of a network gives and costs, for one input in numbers or in letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from convmath.errors import ConvmathError, ParseError, ShapeError, UnsupportedError
from convmath.network.extent import Size
from convmath.network.graph import Network, Node, read_sizes
from convmath.network.layer import Layer
from convmath.network.program import Requirement, Shape
from convmath.network.quick import quick

if TYPE_CHECKING:
    from convmath.network.rows import Row
    from convmath.proof.derivation import Derivation


class Trace:
    """The shapes of a network's tensors for one input, and what follows from them.

    Attributes:
        network: the network.
        shapes: the shape of every tensor, by name: ints, or sizes with letters; None where it is not known.
        requirements: what must hold of the letters for every layer to fit, in the order of the layers.
        unsupported: why a layer, or its sizes, are not known, by its name.
    """

    def __init__(
        self,
        net: Network,
        shapes: Mapping[str, Shape | None],
        requirements: tuple[Requirement, ...] = (),
        unsupported: Mapping[str, str] | None = None,
    ) -> None:
        self.network, self.shapes, self.requirements = net, dict(shapes), requirements
        self.unsupported = {**_missing(net), **(unsupported or {})}

    def known(self, node: Node) -> list[Shape] | None:
        """The shapes that a layer takes, or None where they, or its own, are not known."""
        if any(self.shapes[tensor] is None for tensor in (*node.inputs, *node.outputs)):
            return None
        return [shape for tensor in node.inputs if (shape := self.shapes[tensor]) is not None]

    @property
    def output(self) -> Shape | None:
        """The shape of the (first) output."""
        return self.shapes[self.network.outputs[0]]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """One row for each layer: name, operator, output shape, parameters, multiply-adds, receptive field."""
        from convmath.network.rows import rows

        return rows(self)

    def derive(self, layer: str, quantity: str = "all") -> Derivation:
        """The derivation of one layer on the shapes that reach it.

        Raises:
            ParseError: there is no such layer.
            UnsupportedError: its sizes are not known.
        """
        node = self.network.node(layer)
        taken = self.known(node)
        if taken is None:
            raise UnsupportedError(f"{self.network.name}, layer {layer}: its sizes are not known")
        found = node.layer.at(taken)
        sizes = [list(shape) for shape in taken]
        if found.program.ranks == tuple(map(len, sizes)):
            values = found.program.bind(taken, [])
            for number, axis, wanted in found.program.meets:  # a size that has to be 4096 is 4096 from here on
                sizes[number][axis] = wanted(values)
        shapes = [tuple(size if isinstance(size, int) else size.tree for size in shape) for shape in sizes]
        return found.operator.derive(quantity, *shapes)

    def totals(self, convention: str = "macs") -> dict[str, Size]:
        """Parameters, buffers, and the operations that ``convention`` counts, of all layers.

        Raises:
            ParseError: there is no such convention.
            UnsupportedError: the convention does not say how to count some layer.
        """
        from convmath.network.rows import totals

        return totals(self, convention)


def _missing(net: Network) -> dict[str, str]:
    """The layers that are not known though their sizes are given; they are looked for once."""
    if "missing" not in net.__dict__:
        net.__dict__["missing"] = {node.name: node.layer.missing for node in net.nodes if node.layer.missing}
    found: dict[str, str] = net.__dict__["missing"]
    return dict(found)


def trace(net: Network, given: Sequence[Any], named: Mapping[str, Any]) -> Trace:
    """See :meth:`convmath.network.graph.Network.trace`."""
    shapes = inputs(net, given, named)
    if not all(type(size) is int for shape in shapes.values() for size in shape):
        return _in_letters(net, shapes)
    found = _quickly(net, shapes) if net.steps is not None else None
    return _slowly(net, shapes) if found is None else Trace(net, found)


def inputs(net: Network, given: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Shape]:
    """The shape of every input: those given, in order or by name, and the network's own letters for the others.

    Raises:
        ParseError: there is no such input.
        ShapeError: a shape is none that the input can have.
    """
    if len(given) > len(net.inputs):
        raise ParseError(f"{net.name} has {len(net.inputs)} inputs ({', '.join(net.inputs)}), but {len(given)} shapes")
    found = dict(zip(net.inputs, given, strict=False)) | dict(named)
    shapes: dict[str, Shape] = {}
    for name, declared in net.inputs.items():
        shapes[name] = read_sizes(found[name], f"{net.name}: input {name}") if name in found else tuple(declared)
        if len(shapes[name]) != len(declared):
            raise ShapeError(
                f"{net.name}: input {name} has {len(shapes[name])} axes {_shown(shapes[name])}, "
                f"but the network takes {len(declared)}: {_shown(declared)}"
            )
        for axis, (mine, its) in enumerate(zip(shapes[name], declared, strict=True)):
            if isinstance(its, int) and mine != its:
                raise ShapeError(
                    f"{net.name}: input {name} has size {mine} along axis {axis}, but the network takes "
                    f"{_shown(declared)}: give {its} there"
                )
    if unknown := found.keys() - net.inputs.keys():
        raise ParseError(f"{net.name} has no input {min(unknown)!r}: it has {', '.join(net.inputs)}")
    return shapes


def _shown(shape: Sequence[Size]) -> str:
    return f"({', '.join(map(str, shape))})"


def _quickly(net: Network, shapes: dict[str, Shape]) -> dict[str, Shape] | None:
    """In numbers, by the plain functions; None where a layer does not fit."""
    tensors: list[Any] = [shapes[name] for name in net.inputs]
    for step, takes, layer in net.steps or ():
        if step is not None:
            found = step(tensors[takes])
            if found is None:
                return None
            tensors.append(found)
            continue
        try:
            tensors.extend(layer([tensors[at] for at in takes]))
        except ConvmathError:
            return None
    return dict(zip(net.tensors, tensors, strict=True))


def _slowly(net: Network, given: dict[str, Shape]) -> Trace:
    """In numbers: every layer is asked by its name; one that does not fit says why."""
    number = {name: at for at, name in enumerate(net.tensors)}
    found = Trace(net, given)
    steps: list[Any] = []
    for node in net.nodes:
        taken = _run(found, node, None)
        if taken is not None:
            step = quick(node.layer, node.layer.at(taken), taken)
            takes = [number[tensor] for tensor in node.inputs]
            steps.append((step, takes if step is None else takes[0], node.layer))
    if len(steps) == len(net.nodes):
        net.__dict__["steps"] = tuple(steps)
    return found


def _run(found: Trace, node: Node, met: list[Requirement] | None) -> list[Shape] | None:
    """Runs one layer and enters its outputs: the shapes that it took, or None where they are not known."""
    taken = [shape for tensor in node.inputs if (shape := found.shapes[tensor]) is not None]
    try:
        if len(taken) == len(node.inputs):
            found.shapes.update(zip(node.outputs, node.layer(taken, met), strict=True))
            return taken
    except UnsupportedError as error:
        found.unsupported[node.name] = str(error)
    except ConvmathError as error:
        raise type(error)(f"{found.network.name}, layer {node.name}: {error}") from error
    found.shapes.update(dict.fromkeys(node.outputs))
    return None


def _in_letters(net: Network, given: dict[str, Shape]) -> Trace:
    """In letters: every layer in turn, and what each needs is noted under its name."""
    met: list[Requirement] = []
    known: dict[Layer, Any] = net.__dict__.setdefault("quick", {})
    trace = Trace(net, given)
    shapes = trace.shapes
    for node in net.nodes:
        before = len(met)
        step = known.get(node.layer)
        first = shapes[node.inputs[0]] if step is not None else None
        found = None if step is None or first is None else step(first, met)
        if found is not None:
            shapes[node.outputs[0]] = found
        else:
            del met[before:]
            taken = _run(trace, node, met)
            if taken is not None and node.layer not in known:
                known[node.layer] = quick(node.layer, node.layer.at(taken), taken)
        for at in range(before, len(met)):
            met[at] = met[at]._replace(node=node.name)
    trace.requirements = tuple(met)
    return trace
