"""Layers whose arguments depend on sizes that the module reads off its tensors, and layers beside stored arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from convmath.errors import ShapeError
from convmath.language.letters import fresh
from convmath.network.extent import Size
from convmath.network.form import letters_in, tree_of
from convmath.network.layer import SHAPED, Layer, Ready, layer, ready
from convmath.network.program import MisfitError, Requirement, Shape
from convmath.operators.opaque import opaque
from convmath.operators.operator import Operator
from convmath.operators.shapes import named_axes
from convmath.operators.shelf import maker
from convmath.readers.torch.calls import Tensor, tensors_in, worked

Met = list[Requirement] | None
Rule = Callable[[Sequence[Shape], list[Requirement]], Shape]


@cache
def no_sum() -> Ready:
    """What stands for the operator of a layer that is no index sum: it learns nothing, and multiplies nothing."""
    return ready(opaque("no index sum", "torch", "Y[i] = X[i]", {"X": "L"}))._replace(plan=None)


class Ruled(Layer):
    """A layer whose shape follows from the shapes that reach it by PyTorch's own rule, without an index definition."""

    steady = False

    def __init__(self, kind: str, rule: Rule, inputs: int) -> None:
        self.kind, self.rule, self.inputs = kind, rule, inputs

    def at(self, shapes: Sequence[Shape]) -> Ready:
        return no_sum()

    def __call__(self, shapes: Sequence[Shape], met: Met = None) -> tuple[Shape, ...]:
        return (tuple(self.rule(shapes, [] if met is None else met)),)


class Sized(Layer):
    """A function of the shelf with arguments that are sizes of tensors, or are calculated from such.

    It takes what the function takes, and the tensors whose sizes are read.
    """

    steady = False

    def __init__(self, kind: str, tensors: Sequence[Tensor], arguments: Mapping[str, Any]) -> None:
        self.kind, self.function, self.arguments = kind, kind, dict(arguments)
        asked = [tensor for value in arguments.values() for tensor in tensors_in(value)]
        self.names = tuple(dict.fromkeys(tensor.name for tensor in (*tensors, *asked)))
        self.takes = {tensor.name: tensor for tensor in (*tensors, *asked)}
        self.inputs, self.reads = len(self.names), range(len(tensors))

    def _values(self, shapes: Sequence[Shape]) -> dict[str, Any]:
        known = dict(zip(self.names, shapes, strict=True))
        return {name: worked(value, known) for name, value in self.arguments.items()}

    def at(self, shapes: Sequence[Shape]) -> Ready:
        values, own = self._values(shapes), [shapes[place] for place in self.reads or ()]
        if not any(map(_open, values.values())):
            return layer(self.function, **values).at(own)
        return ready(self._in_letters(own, values))

    def __call__(self, shapes: Sequence[Shape], met: Met = None) -> tuple[Shape, ...]:
        values, own = self._values(shapes), [shapes[place] for place in self.reads or ()]
        if not any(map(_open, values.values())):
            return layer(self.function, **values)(own, met)
        try:
            return (self.at(shapes).program(own, met),)
        except MisfitError:
            raise ShapeError(f"{self.kind} does not take ({', '.join(map(str, own[0]))})") from None

    def _in_letters(self, own: Sequence[Shape], values: Mapping[str, Any]) -> Operator:
        """The operator with the network's letters in its arguments; its own letters give way to them."""
        taken = {letter for value in values.values() for letter in _letters(value)}
        function = maker(self.function)
        given = [name for name in inspect.signature(function).parameters if name in SHAPED]
        shapes = [
            tuple(
                size if isinstance(size, int) else fresh(name, taken)
                for size, (name, _) in zip(shape, named_axes(len(shape)), strict=True)
            )
            for shape in own
        ]
        trees = {name: _trees(value) for name, value in values.items()}
        made: Operator = function(**dict(zip(given, shapes, strict=False)), **trees)
        return made


def _open(value: Any) -> bool:
    return any(map(_open, value)) if isinstance(value, tuple) else hasattr(value, "tree")


def _letters(value: Any) -> set[str]:
    if isinstance(value, tuple):
        return set().union(*map(_letters, value))
    return letters_in(value) if _open(value) else set()


def _trees(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_trees, value))
    return tree_of(value) if _open(value) else value


class Beside(Layer):
    """Two arrays entry by entry, one of them stored: it reads of the other one what it writes."""

    steady = False

    def __init__(self, kind: str, function: str, stored: tuple[int, ...]) -> None:
        self.kind, self.stored = kind, stored
        self.pair, self.same = layer(function), layer("identity")

    def at(self, shapes: Sequence[Shape]) -> Ready:
        found = self.pair([shapes[0], self.stored], [])
        return self.same.at(shapes) if found == (tuple(shapes[0]),) else no_sum()

    def __call__(self, shapes: Sequence[Shape], met: Met = None) -> tuple[Shape, ...]:
        return self.pair([shapes[0], self.stored], met)


class Viewed(Layer):
    """The same entries in another shape, where axes are not merely merged or split."""

    steady = False

    def __init__(self, kind: str, tensor: Tensor, target: tuple[Any, ...]) -> None:
        self.kind, self.target = kind, target
        self.takes = {one.name: one for one in (tensor, *tensors_in(target))}
        self.names = tuple(self.takes)
        self.inputs, self.reads = len(self.names), (0,)

    def _shape(self, shapes: Sequence[Shape]) -> tuple[Any, ...]:
        found: tuple[Any, ...] = worked(self.target, dict(zip(self.names, shapes, strict=True)))
        return found

    def at(self, shapes: Sequence[Shape]) -> Ready:
        target = self._shape(shapes)
        if _open(target) or _open(tuple(shapes[0])):
            return no_sum()
        return layer("reshape", shape=target).at(shapes[:1])

    def __call__(self, shapes: Sequence[Shape], met: Met = None) -> tuple[Shape, ...]:
        target = self._shape(shapes)
        if not _open(target) and not _open(tuple(shapes[0])):
            return layer("reshape", shape=target)(shapes[:1], met)
        return (_regrouped(self.kind, shapes[0], target, [] if met is None else met),)


def _regrouped(kind: str, shape: Shape, target: tuple[Any, ...], met: list[Requirement]) -> Shape:
    """The target with -1 as what is left; sizes that stand on both sides are not multiplied."""
    have, want = list(shape), []
    for size in target:
        if isinstance(size, int) and size == -1:
            continue
        if size in have:
            have.remove(size)
        else:
            want.append(size)
    rest, asked = product(have), product(want)
    if -1 not in target:
        met.append(Requirement(asked, "=", rest))
        return target
    if rest // asked * asked != rest:
        met.append(Requirement(asked, "∣", rest))
    return tuple(rest // asked if isinstance(size, int) and size == -1 else size for size in target)


def product(sizes: Sequence[Size]) -> Size:
    """The sizes multiplied, numbers first."""
    found: Size = 1
    for size in sorted(sizes, key=lambda size: not isinstance(size, int)):
        found = size * found
    return found


class Stored(Layer):
    """An array of the module that goes into a calculation by itself."""

    inputs, steady = 0, False

    def __init__(self, kind: str, shape: tuple[int, ...]) -> None:
        self.kind, self.shape = kind, shape

    def at(self, shapes: Sequence[Shape]) -> Ready:
        return no_sum()

    def __call__(self, shapes: Sequence[Shape], met: Met = None) -> tuple[Shape, ...]:
        return (self.shape,)
