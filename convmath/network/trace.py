"""What every layer of a network gives and costs, for one input in numbers or in letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from convmath.errors import ConvmathError, ParseError, ShapeError
from convmath.network.extent import Size
from convmath.network.graph import Network, Node, read_sizes
from convmath.network.layer import Layer
from convmath.network.program import Requirement, Shape
from convmath.network.quick import quick

if TYPE_CHECKING:
    from convmath.network.rows import Row


class Trace:
    """The shapes of a network's tensors for one input, and what follows from them.

    Attributes:
        network: the network.
        shapes: the shape of every tensor, by name: ints, or sizes with letters.
        requirements: what must hold of the letters for every layer to fit, in the order of the layers.
    """

    def __init__(self, net: Network, shapes: dict[str, Shape], requirements: tuple[Requirement, ...]) -> None:
        self.network, self.shapes, self.requirements = net, shapes, requirements

    @property
    def output(self) -> Shape:
        """The shape of the (first) output."""
        return self.shapes[self.network.outputs[0]]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """One row for each layer: name, operator, output shape, parameters, multiply-adds, receptive field."""
        from convmath.network.rows import rows

        return rows(self)

    def totals(self, convention: str = "macs") -> dict[str, Size]:
        """Parameters, buffers, and the operations that ``convention`` counts, of all layers.

        Raises:
            ParseError: there is no such convention.
            UnsupportedError: the convention does not say how to count some layer.
        """
        from convmath.network.rows import totals

        return totals(self, convention)


def trace(net: Network, given: Sequence[Any], named: Mapping[str, Any]) -> Trace:
    """See :meth:`convmath.network.graph.Network.trace`."""
    shapes = _inputs(net, given, named)
    if all(type(size) is int for shape in shapes.values() for size in shape):
        return Trace(net, _run(net, shapes), ())
    met: list[Requirement] = []
    return Trace(net, _run_in_letters(net, shapes, met), tuple(met))


def _inputs(net: Network, given: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Shape]:
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


def _run(net: Network, shapes: dict[str, Shape]) -> dict[str, Shape]:
    """In numbers: every layer in turn."""
    steps = net.steps
    if steps is None:
        return _run_first(net, shapes)
    tensors: list[Any] = [shapes[name] for name in net.inputs]
    for step, takes, layer in steps:
        if step is not None:
            found = step(tensors[takes])
            if found is not None:
                tensors.append(found)
                continue
            return _run_first(net, shapes)
        try:
            tensors.extend(layer([tensors[at] for at in takes]))
        except ConvmathError:
            return _run_first(net, shapes)
    return dict(zip(net.tensors, tensors, strict=True))


def _run_first(net: Network, shapes: dict[str, Shape]) -> dict[str, Shape]:
    """Every layer in turn, each asked by its name; a layer that does not fit says why."""
    number = {name: at for at, name in enumerate(net.tensors)}
    steps: list[Any] = []
    for node in net.nodes:
        taken = [shapes[tensor] for tensor in node.inputs]
        try:
            found = node.layer(taken)
        except ConvmathError as error:
            raise misfit(net, node, shapes, error) from error
        shapes |= dict(zip(node.outputs, found, strict=True))
        step = quick(node.layer, node.layer.at(taken), taken)
        takes = [number[tensor] for tensor in node.inputs]
        steps.append((step, takes if step is None else takes[0], node.layer))
    net.__dict__["steps"] = tuple(steps)
    return shapes


def _run_in_letters(net: Network, shapes: dict[str, Shape], met: list[Requirement]) -> dict[str, Shape]:
    """In letters: every layer in turn, and what each needs is noted under its name."""
    known: dict[Layer, Any] = net.__dict__.setdefault("quick", {})
    for node in net.nodes:
        before = len(met)
        step = known.get(node.layer)
        found = step(shapes[node.inputs[0]], met) if step is not None else None
        if found is not None:
            shapes[node.outputs[0]] = found
        else:
            del met[before:]
            taken = [shapes[tensor] for tensor in node.inputs]
            try:
                shapes |= zip(node.outputs, node.layer(taken, met), strict=True)
            except ConvmathError as error:
                raise misfit(net, node, shapes, error) from error
            if node.layer not in known:
                known[node.layer] = quick(node.layer, node.layer.at(taken), taken)
        for at in range(before, len(met)):
            met[at] = met[at]._replace(node=node.name)
    return shapes


def misfit(net: Network, node: Node, shapes: Mapping[str, Shape], error: ConvmathError) -> ConvmathError:
    """The error of one layer, with where it stands."""
    return type(error)(f"{net.name}, layer {node.name}: {error}")
