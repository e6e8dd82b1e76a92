"""A node for which a layer is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from convmath.network.program import Shape
from convmath.readers.onnx.graph import Node


@dataclass(frozen=True)
class Choice:
    """A node that a layer is looked for.

    Attributes:
        node: the node.
        bound: the shapes of its stored inputs, by place.
        shapes: the shapes of its other inputs for the inputs that the model declares, by place, where they are known: a
            size that is a number there is that number always.
    """

    node: Node
    bound: Mapping[int, Shape]
    shapes: Mapping[int, Shape]

    @property
    def rank(self) -> int:
        """How many axes the first input has; 0 where that is not known."""
        return len(self.shapes.get(0, ()))

    @property
    def open(self) -> list[int]:
        """The places of the inputs that are not stored."""
        return [place for place, name in enumerate(self.node.inputs) if name and place not in self.bound]

    def stored(self, place: int) -> tuple[int, ...] | None:
        """The sizes of a stored input."""
        shape = self.bound.get(place)
        if shape is None:
            return None
        numbers = tuple(size for size in shape if isinstance(size, int) and size > 0)
        return numbers if len(numbers) == len(shape) else None
