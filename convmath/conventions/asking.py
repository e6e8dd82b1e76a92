"""One question for every framework: the same layer, in the words of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from convmath.conventions.arguments import Numbers, Shape
from convmath.conventions.framework import frameworks
from convmath.conventions.translation import Layer, Translation
from convmath.errors import ParseError

FAMILIES = ("conv", "conv_transpose", "max_pool", "avg_pool")
LARGEST = 4096
"""Up to this size a layer is run on arrays, whose entries have as many digits."""
MOST_PLACES = 1 << 14
"""Up to this size a transposed convolution spreads an axis."""
Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Request:
    """A layer in PyTorch's words, before any framework has looked at it.

    ``padding`` is a word (same, same_lower, valid) or (before, after) for each axis; ``output_padding`` None
    means that it is not given. Pooling has no channels of its own.
    """

    family: str
    sizes: Shape
    kernel_size: Numbers
    stride: Numbers
    padding: str | Pairs
    dilation: Numbers
    output_padding: Numbers | None = None
    in_channels: int = 1
    out_channels: int = 1
    groups: int = 1
    ceil_mode: bool = False

    @property
    def rank(self) -> int:
        return len(self.sizes)

    @property
    def pooling(self) -> bool:
        return self.family.endswith("pool")

    @property
    def dilated(self) -> bool:
        return any(d != 1 for d in self.dilation)

    def word(self, upper: bool) -> str | None:
        """The padding's word, in upper or lower case, or None where it is numbers."""
        if not isinstance(self.padding, str):
            return None
        return self.padding.upper() if upper else self.padding


@dataclass(frozen=True)
class Asked:
    """A framework's own call: its arrays by name with their shapes, its other arguments, its layout."""

    framework: str
    prefix: str
    name: str
    arguments: Mapping[str, Any]
    arrays: Mapping[str, Shape] = field(default_factory=dict)
    shape: Shape = ()
    last: bool = False

    def answer(self) -> Translation:
        """What the framework makes of it.

        Raises:
            RejectedError: it refuses.
        """
        found: Any = frameworks[self.framework][self.name](**self.arrays, **self.arguments)
        if isinstance(found, Layer):
            found = found(self.shape)
        assert isinstance(found, Translation), "a call gives a layer or a translation"
        return found

    def sizes(self, found: Translation) -> Shape:
        """The spatial sizes of the output, whatever the layout."""
        return found.output_shape[1:-1] if self.last else found.output_shape[2:]

    def __str__(self) -> str:
        one = self.framework in ("torch", "tensorflow", "keras")
        words = [
            *self.arrays,
            *(f"{name}={_plain(value) if one else repr(_listed(value))}" for name, value in self.arguments.items()),
        ]
        return f"{self.prefix}{self.name}({', '.join(words)})"


def _listed(value: Any) -> Any:
    """ONNX's attributes and JAX's windows are one entry for each axis."""
    return list(value) if isinstance(value, tuple) else value


def _plain(value: Any) -> str:
    """A tuple of equal numbers is one number, as a person writes it."""
    if isinstance(value, tuple) and value and all(type(v) is int and v == value[0] for v in value):
        return str(value[0])
    return repr(value)


def read_request(name: str, sizes: Shape, **given: Any) -> Request:
    """The request for ``conv2d`` and the like, each argument one number or one for each axis.

    Raises:
        ParseError: no framework has such an operator, or an argument has the wrong form.
    """
    match = re.fullmatch(r"(\w+?)([123])d", name)
    if match is None or match[1] not in FAMILIES:
        raise ParseError(f"{name!r} is not compared: {', '.join(f'{f}1d … {f}3d' for f in FAMILIES)} are")
    rank = int(match[2])
    if len(sizes) != rank or any(not 1 <= size <= LARGEST for size in sizes):
        raise ParseError(f"{name} takes {rank} spatial sizes from 1 to {LARGEST}, but the input is {sizes}")
    _check_names(name, given)
    kernel = _each("kernel_size", given.pop("kernel_size"), rank)
    stride = given.pop("stride", None)
    pooled = stride is None and match[1].endswith("pool")
    step = kernel if pooled else _each("stride", 1 if stride is None else stride, rank)
    if match[1] == "conv_transpose":
        _check_spread(name, sizes, step)
    padding = given.pop("padding", None)
    extra = given.pop("output_padding", None)
    return Request(
        match[1],
        sizes,
        kernel,
        step,
        padding.lower() if isinstance(padding, str) else _pairs(0 if padding is None else padding, rank),
        _each("dilation", given.pop("dilation", 1), rank),
        None if extra is None else _each("output_padding", extra, rank),
        **given,
    )


def _check_names(name: str, given: Mapping[str, Any]) -> None:
    """The arguments have to be those of a layer, and channels and groups numbers of something."""
    takes = [item.name for item in fields(Request) if item.name not in ("family", "sizes")]
    if unknown := [argument for argument in given if argument not in takes]:
        raise ParseError(f"{name} takes no argument {unknown[0]} here: it takes {', '.join(takes)}")
    if "kernel_size" not in given:
        raise ParseError(f"{name} has no kernel_size: give one integer, or one for each axis")
    for what in ("in_channels", "out_channels", "groups"):
        number = given.get(what, 1)
        if type(number) is not int or number < 1:
            raise ParseError(f"{what} is {number!r}; it must be an integer ≥ 1")


def _each(what: str, value: Any, rank: int) -> Numbers:
    numbers = (value,) * rank if type(value) is int else tuple(value) if isinstance(value, tuple | list) else ()
    if len(numbers) != rank or any(type(number) is not int for number in numbers):
        raise ParseError(f"{what} is {value!r}; it is one integer, or one for each of the {rank} spatial axes")
    _check_small(what, value, numbers)
    return numbers


def _check_spread(name: str, sizes: Shape, step: Numbers) -> None:
    if any(size * stride > MOST_PLACES for size, stride in zip(sizes, step, strict=True)):
        raise ParseError(
            f"{name} spreads {sizes} by the stride {step}; it is run on arrays, so no axis may have more than "
            f"{MOST_PLACES} places then"
        )


def _check_small(what: str, value: Any, numbers: Numbers) -> None:
    if any(abs(number) > LARGEST for number in numbers):
        raise ParseError(f"{what} is {value!r}; the layer is run on arrays, so it must be at most {LARGEST}")


def _pairs(value: Any, rank: int) -> Pairs:
    entries = (value,) * rank if type(value) is int else value
    if not isinstance(entries, tuple | list) or len(entries) != rank:
        raise ParseError(f"padding is {value!r}; it is a word, one integer, or one entry for each of {rank} axes")
    return tuple(_pair(value, entry) for entry in entries)


def _pair(value: Any, entry: Any) -> tuple[int, int]:
    pair = (entry, entry) if type(entry) is int else tuple(entry) if isinstance(entry, tuple | list) else ()
    if len(pair) != 2 or any(type(number) is not int for number in pair):
        raise ParseError(f"padding is {value!r}; for one axis it is one integer, or (before, after)")
    _check_small("padding", value, pair)
    return pair
