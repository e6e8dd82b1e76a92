"""What every layer of a network gives and costs, for one input in numbers or in letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from convmath.errors import ConvmathError, ParseError, ShapeError
from convmath.network.extent import Size
from convmath.network.graph import Network, Node, read_sizes
from convmath.network.program import Requirement, Shape


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
    def rows(self) -> tuple[Any, ...]:
        """One row for each layer: name, operator, output shape, parameters, multiply-adds, receptive field."""
        from convmath.network.rows import rows

        return rows(self)


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
    for node in net.nodes:
        try:
            found = node.layer([shapes[tensor] for tensor in node.inputs])
        except ConvmathError as error:
            raise misfit(net, node, shapes, error) from error
        for tensor, shape in zip(node.outputs, found, strict=True):
            shapes[tensor] = shape
    return shapes


def _run_in_letters(net: Network, shapes: dict[str, Shape], met: list[Requirement]) -> dict[str, Shape]:
    """In letters: every layer in turn, and what each needs is noted under its name."""
    for node in net.nodes:
        before = len(met)
        try:
            found = node.layer([shapes[tensor] for tensor in node.inputs], met)
        except ConvmathError as error:
            raise misfit(net, node, shapes, error) from error
        for at in range(before, len(met)):
            met[at] = met[at]._replace(node=node.name)
        for tensor, shape in zip(node.outputs, found, strict=True):
            shapes[tensor] = shape
    return shapes


def misfit(net: Network, node: Node, shapes: Mapping[str, Shape], error: ConvmathError) -> ConvmathError:
    """The error of one layer, with where it stands."""
    return type(error)(f"{net.name}, layer {node.name}: {error}")
