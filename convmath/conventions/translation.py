"""What a framework's call means: an operator of convmath, and the answers that the framework gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

from convmath.conventions.arguments import Shape, shape_of
from convmath.derive.extent import extents
from convmath.errors import ConvmathError, RejectedError, UnsupportedError
from convmath.language.tidy import put
from convmath.language.tree import Expr, Int, Sym
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
        others: the shapes of the operator's further inputs: of the second factor, of what is added.
        more: the shapes of further outputs: of the indices that pooling also returns.
        missing: why there is no operator, where there is none.
    """

    framework: str
    name: str
    arguments: Mapping[str, Any]
    shape: Shape
    output_shape: Shape
    notes: tuple[str, ...] = ()
    answers: Mapping[str, Shape | str] = field(default_factory=dict)
    made: Operator | None = None
    others: tuple[Shape, ...] = ()
    more: tuple[Shape, ...] = ()
    missing: str = ""

    @cached_property
    def operator(self) -> Operator:
        """The index definition that the framework computes.

        Raises:
            UnsupportedError: there is none, or convmath does not have it.
        """
        if self.missing:
            raise UnsupportedError(f"{self.framework}: {self.name} has a shape here and no operator: {self.missing}")
        return self.made if self.made is not None else made(self.name, self.arguments)

    @property
    def output_shapes(self) -> tuple[Shape, ...]:
        """The shape of every output, in the framework's order."""
        return (self.output_shape, *self.more)

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
        arrays: the shape of every array that is learned, by its name; None where that is not known.
        state: the shape of every array that is kept and not learned, such as a running mean.
    """

    framework: str
    name: str
    apply: Callable[..., Translation]
    operator: Operator | None = None
    arrays: Mapping[str, Shape] | None = None
    state: Mapping[str, Shape] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        """How many numbers are learned: the entries of the declared arrays.

        Raises:
            UnsupportedError: they are not declared.
        """
        if self.arrays is None:
            raise UnsupportedError(f"{self.framework}: the arrays of this {self.name} are not declared")
        return entries(self.arrays)

    @property
    def buffers(self) -> int:
        """How many numbers are kept beside them."""
        return entries(self.state)

    def __call__(self, shape: object, *others: Any, **more: Any) -> Translation:
        """The translation for an input of this shape, in the framework's layout.

        Args:
            shape: of the first input.
            others: further inputs, where the layer has them.
            more: what else the framework's call takes.

        Raises:
            RejectedError: the framework refuses it, with its reason.
            UnsupportedError: what the framework does there is not known, or depends on its backend.
        """
        try:
            return self.apply(shape_of(self.framework, self.name, shape), *others, **more)
        except (RejectedError, UnsupportedError):
            raise
        except ConvmathError as error:
            raise RejectedError(f"{self.framework} refuses {self.name}: {error}", self.framework) from error


def entries(arrays: Mapping[str, Shape]) -> int:
    """How many numbers some arrays hold together."""
    return sum(prod(shape) for shape in arrays.values())


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
    return numbers(put(extent, {**operator.values, **sizes}) for extent in extents(general))


def numbers(sizes: Iterable[Expr]) -> Shape:
    """Sizes without letters as plain ints."""
    found = list(sizes)
    plain = [size.value for size in found if isinstance(size, Int)]
    assert len(plain) == len(found), "every letter has a number"
    return tuple(plain)
