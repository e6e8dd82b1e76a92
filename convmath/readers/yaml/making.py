"""One entry of a file's list of layers as a layer: its operator's arguments, and those that what reaches it gives."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from convmath.errors import ConvmathError
from convmath.language.tokens import shown
from convmath.network.graph import Node
from convmath.network.layer import SHAPED, Layer, layer
from convmath.network.program import Requirement, Shape
from convmath.operators.shelf import ROOM_OF, maker
from convmath.readers.yaml.nodes import Place, Table
from convmath.readers.yaml.values import Parameters, name, plain

OWN = ("name", "op", "from", "shares", "expect")
"""Keys of a layer that are no arguments of its operator."""
CHANNELS = ("in_channels", "in_features", "num_features", "num_channels")
"""Arguments that may be left out: they say how many channels come in, the size of axis 1 of what reaches the layer."""


class Reached:
    """The shapes of a network's tensors while it is read, as far as they are asked for."""

    def __init__(self, inputs: Mapping[str, Shape], nodes: Sequence[Node]) -> None:
        self.shapes: dict[str, Shape] = dict(inputs)
        self.nodes = nodes
        self.done = 0
        self.failed: dict[str, str] = {}

    def channels(self, tensor: str, place: Place, argument: str) -> int:
        """How many channels a tensor has.

        Raises:
            ParseError: it depends on a letter, or a layer before it does not fit.
        """
        while self.done < len(self.nodes) and tensor not in self.shapes:
            self._trace(self.nodes[self.done])
            self.done += 1
        shape = self.shapes.get(tensor)
        if shape is None:
            place.refuse(
                f"{argument} is left out, and what reaches the layer is not known ({self._reason()}): write it"
            )
        if len(shape) < 2 or not isinstance(shape[1], int):
            found = f"({', '.join(map(str, shape))})"
            place.refuse(
                f"{argument} is left out, and {found} reaches the layer, with no number along axis 1: write it"
            )
        return shape[1]

    def _reason(self) -> str:
        layer, message = next(iter(self.failed.items()), ("", ""))
        return f"{layer} does not fit, {message}" if layer else "something before it is not known"

    def _trace(self, node: Node) -> None:
        met: list[Requirement] = []
        if not all(tensor in self.shapes for tensor in node.inputs):
            return
        try:
            given = node.layer([self.shapes[tensor] for tensor in node.inputs], met)
        except ConvmathError as error:
            self.failed[node.name] = str(error)
        else:
            self.shapes.update(zip(node.outputs, given, strict=True))


class Maker:
    """Makes layers. Two entries with the same arguments have one operator, and parameters of their own."""

    def __init__(self, reached: Reached) -> None:
        self.reached = reached
        self.moulds: dict[str, Layer] = {}

    def make(self, entry: Table, known: Parameters, takes: Sequence[str]) -> Layer:
        """The layer of an entry that has ``op``.

        Raises:
            ConvmathError: there is no such operator, or its arguments are none; with the place in the file.
        """
        kind = name(entry.entries["op"], "op")
        if kind not in ROOM_OF:
            entry.entries["op"].place.refuse(
                f"there is no operator {shown(kind)}: op is the name of a function of convmath, such as conv2d or relu"
            )
        parameters = inspect.signature(maker(kind)).parameters
        own = [argument for argument in parameters if argument not in SHAPED]
        arguments: dict[str, Any] = {}
        for key, value in entry.entries.items():
            if key in own:
                arguments[key] = plain(value, known)
            elif key not in OWN:
                entry.at(key).refuse(f"{kind} has no key {shown(key)}: it has {', '.join([*OWN, *own])}")
        for key in CHANNELS:
            if key in own and key not in arguments and len(takes) == 1:
                arguments[key] = self.reached.channels(takes[0], entry.place, key)
        return self._moulded(kind, arguments, entry)

    def _moulded(self, kind: str, arguments: dict[str, Any], entry: Table) -> Layer:
        key = f"{kind} {sorted(arguments.items())!r}"
        found = self.moulds.get(key)
        if found is None:
            try:
                found = self.moulds[key] = layer(kind, **arguments)
            except ConvmathError as error:
                entry.place.refuse(str(error), type(error))
        return copy.copy(found)  # its operator is shared, its parameters are not: a layer is itself and no other
