"""A Keras layer: what the call gives, and what ``compute_output_shape`` says of it, which may be something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from convmath.conventions.arguments import Shape, shape_of
from convmath.conventions.tensorflow.layout import Laid, laid
from convmath.conventions.translation import Layer, Translation
from convmath.errors import RejectedError

NAME = "keras 3.15.1"
Asked = Callable[[Laid], Any]


@dataclass(frozen=True)
class KerasLayer(Layer):
    """A layer called with the input's shape.

    Attributes:
        said: what ``compute_output_shape`` makes of the shape, by arithmetic of its own.
    """

    said: Callable[[Shape], Shape] | None = None

    def __call__(self, shape: object, **more: Any) -> Translation:
        """What the call gives; where ``compute_output_shape`` says something else, the answer says both.

        Raises:
            RejectedError: the constructor or the call refuses it, with its reason.
            UnsupportedError: what Keras does there is not known, or its process dies.
        """
        said = self._said(shape)
        try:
            found = super().__call__(shape, **more)
        except RejectedError as error:
            if isinstance(said, str):
                raise
            text = f"{error} compute_output_shape gives {said} all the same, and the call fails."
            given = {"call": f"refused: {error}", "compute_output_shape": said}
            raise RejectedError(text, error.framework, error.at, given) from error
        if said == found.output_shape:
            return found
        answers: dict[str, Shape | str] = {"call": found.output_shape, "compute_output_shape": said}
        notes = (*found.notes, f"compute_output_shape: {said}; the call gives {found.output_shape}")
        return replace(found, answers={**found.answers, **answers}, notes=notes)

    def compute_output_shape(self, shape: object) -> Shape:
        """What Keras's method of this name gives, whether or not the call does.

        Raises:
            RejectedError: it refuses the shape.
        """
        assert self.said is not None, "every layer of this room has one"
        return self.said(shape_of(NAME, self.name, shape))

    def _said(self, shape: object) -> Shape | str:
        try:
            return self.compute_output_shape(shape)
        except RejectedError as error:
            return f"refused: {error}"


def layer(
    name: str, rank: int, first: bool, call: Callable[[Laid], Translation], said: Callable[[Laid], Shape]
) -> Layer:
    """The layer whose call and ``compute_output_shape`` these are, on a shape taken apart."""

    def apart(shape: Shape) -> Laid:
        return laid(NAME, name, rank, shape, first=first)

    return KerasLayer(NAME, name, lambda shape: call(apart(shape)), said=lambda shape: said(apart(shape)))
