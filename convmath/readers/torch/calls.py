"""A recorded program as plain data: tensors, sizes that it calculates, and calls with named arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from convmath.errors import UnsupportedError
from convmath.network.extent import Size
from convmath.network.form import least
from convmath.network.program import Shape


@dataclass(frozen=True)
class Tensor:
    """A tensor of the record.

    Attributes:
        name: its name.
        shape: its sizes, integers and PyTorch's expressions: two that are equal are equal for every input.
        sources: the arrays of the module that it is made of, by name, where no input decides about it; else None.
    """

    name: str
    shape: tuple[Any, ...]
    sources: frozenset[str] | None = None

    @property
    def stored(self) -> bool:
        return self.sources is not None

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its sizes, where all are numbers.

        Raises:
            UnsupportedError: one is not.
        """
        if not all(isinstance(size, int) for size in self.shape):
            raise UnsupportedError("an array of the module has a size that depends on the input")
        return self.shape


@dataclass(frozen=True)
class Axis:
    """The size of a tensor along an axis."""

    tensor: Tensor
    axis: int


@dataclass(frozen=True)
class Worked:
    """A size that the module calculates from others."""

    operation: str
    parts: tuple[Any, ...]


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "floordiv": lambda a, b: a // b,
    "mod": lambda a, b: a - a // b * b,
    "neg": lambda a: a * -1,
    "sym_min": lambda a, b: least([a, b]),
    "sym_max": lambda a, b: least([a * -1, b * -1]) * -1,
}
"""What a module may calculate sizes with, by Python's names."""


def worked(given: Any, known: Mapping[str, Shape]) -> Any:
    """An argument with its sizes put in."""
    if isinstance(given, tuple):
        return tuple(worked(item, known) for item in given)
    if isinstance(given, Axis):
        return known[given.tensor.name][given.axis]
    if isinstance(given, Worked):
        found: Size = OPERATIONS[given.operation](*(worked(part, known) for part in given.parts))
        return found
    return given


def tensors_in(given: Any) -> Iterator[Tensor]:
    """The tensors whose sizes stand in an argument."""
    if isinstance(given, Tensor):
        yield given
    elif isinstance(given, Axis):
        yield given.tensor
    for part in given if isinstance(given, tuple) else given.parts if isinstance(given, Worked) else ():
        yield from tensors_in(part)


@dataclass(frozen=True)
class Call:
    """One call of an operator.

    Attributes:
        op: the operator's name, such as "conv2d".
        name: the call's name in the record.
        path: where in the module it stands, such as "layer1.0.conv1".
        arguments: by PyTorch's names, defaults included; tensors, numbers, texts, sizes, tuples of them.
        outputs: what it gives.
        why: why it cannot be followed, or nothing.
    """

    op: str
    name: str
    path: str
    arguments: Mapping[str, Any]
    outputs: tuple[Tensor, ...]
    why: str = ""

    def __getitem__(self, name: str) -> Any:
        """An argument, or None; the first tensor is called ``self`` or ``input``."""
        if name == "input" and name not in self.arguments:
            name = "self"
        return self.arguments.get(name)

    def tensor(self, name: str = "input") -> Tensor:
        """A tensor that must be there.

        Raises:
            UnsupportedError: it is left out.
        """
        found = self[name]
        if not isinstance(found, Tensor):
            raise UnsupportedError(f"its argument {name} is no tensor")
        return found

    def tensors(self) -> list[Tensor]:
        """All the tensors that are given."""
        return [one for value in self.arguments.values() for one in _given(value)]


def _given(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _given(item)
