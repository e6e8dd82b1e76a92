"""What a framework's call means: an operator of convmath, and the answers that the framework gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from convmath.conventions.arguments import Shape, shape_of
from convmath.derive.extent import extents
from convmath.errors import ConvmathError, RejectedError, UnsupportedError
from convmath.language.tidy import put
from convmath.language.tree import Int, Sym
from convmath.operators.operator import Operator
from convmath.operators.shelf import maker, operator_names


@dataclass(frozen=True)
class Translation:
    """One call of one framework on one input shape.

    Attributes:
        framework: its name and version, as in ``"keras 3.15.1"``.
        name: the ready-made operator that the call means, as in ``"conv2d"``.
        arguments: that operator's arguments, in PyTorch's words; the padding as (before, after) for each axis.
        shape: the input's shape as the operator takes it: batch, channels, spatial axes.
        output_shape: the shape that the framework gives, in its own layout; an axis of 0 is an empty array.
        notes: what a reader should know: a padding that depends on the size, an output that is empty.
        answers: what each implementation gives, a shape or a refusal, where they disagree.
        made: the operator, where no ready-made one is what the framework computes.
    """

    framework: str
    name: str
    arguments: Mapping[str, Any]
    shape: Shape
    output_shape: Shape
    notes: tuple[str, ...] = ()
    answers: Mapping[str, Shape | str] = field(default_factory=dict)
    made: Operator | None = None

    @cached_property
    def operator(self) -> Operator:
        """The index definition that the framework computes."""
        return self.made if self.made is not None else made(self.name, self.arguments)

    @property
    def padding(self) -> tuple[tuple[int, int], ...]:
        """(before, after) for each spatial axis: equal sizes do not make equal values."""
        return tuple(self.arguments.get("padding", ()))


@dataclass(frozen=True)
class Layer:
    """What a framework's constructor gives: call it with the shape of the input.

    Attributes:
        framework: its name and version.
        name: what the framework calls it.
        apply: from the shape to the translation.
        operator: the operator, where it is known before the input is.
    """

    framework: str
    name: str
    apply: Callable[..., Translation]
    operator: Operator | None = None

    def __call__(self, shape: object, **more: Any) -> Translation:
        """The translation for an input of this shape, in the framework's layout.

        Raises:
            RejectedError: the framework refuses it, with its reason.
            UnsupportedError: what the framework does there is not known, or depends on its backend.
        """
        try:
            return self.apply(shape_of(self.framework, self.name, shape), **more)
        except (RejectedError, UnsupportedError):
            raise
        except ConvmathError as error:
            raise RejectedError(f"{self.framework} refuses {self.name}: {error}", self.framework) from error


def made(name: str, arguments: Mapping[str, Any]) -> Operator:
    """The ready-made operator of this name.

    Raises:
        UnsupportedError: there is none yet.
    """
    if name not in operator_names():
        raise UnsupportedError(
            f"convmath has no operator {name}: the shape is the framework's, and nothing else is known"
        )
    operator: Operator = maker(name)(**arguments)
    return operator


def computed(operator: Operator, shape: Shape) -> Shape:
    """The output sizes that the derived expressions give for this input, also where they are below 1.

    Frameworks look at the number before they look at the windows: some round it, some refuse it.
    """
    general = operator.general
    letters = zip(general.arrays[general.inputs[0]].shape, shape, strict=True)
    sizes = {letter.name: Int(size) for letter, size in letters if isinstance(letter, Sym)}
    found = [put(extent, {**operator.values, **sizes}) for extent in extents(general)]
    numbers = [extent.value for extent in found if isinstance(extent, Int)]
    assert len(numbers) == len(found), "every letter has a number"
    return tuple(numbers)
