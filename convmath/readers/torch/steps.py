"""What a call becomes: layers one after the other, each with the tensors that it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from convmath.network.layer import Layer, Shaped, layer
from convmath.network.program import Requirement, Shape
from convmath.readers.torch.calls import Call, Tensor, tensors_in, worked
from convmath.readers.torch.sized import Rule, Ruled, Sized


@dataclass(frozen=True)
class Step:
    """A layer and what it takes; after the first of several steps that is what the one before gives."""

    layer: Layer
    takes: tuple[Tensor, ...] = ()


Found: TypeAlias = "Tensor | Step | list[Step]"
"""A tensor where nothing is to be done, or the steps."""
Finder = Callable[[Call], Found]


ALONG = ("kernel_size", "stride", "padding", "dilation", "output_padding", "output_size", "scale_factor")
"""Arguments with one number for each spatial axis."""


def step(kind: str, tensors: Sequence[Tensor], arguments: Mapping[str, Any] | None = None, label: str = "") -> Step:
    """A function of the shelf on some tensors."""
    given = {name: one_for_all(value) if name in ALONG else value for name, value in (arguments or {}).items()}
    if any(True for value in given.values() for _ in tensors_in(value)):
        sized = Sized(kind, tensors, given)
        found = Step(sized, tuple(sized.takes.values()))
    else:
        found = Step(layer(kind, **given), tuple(tensors))
    if label:
        found.layer.kind = label
    return found


def made(kind: str, target: tuple[Any, ...]) -> Step:
    """An array that is made in this shape, whose sizes may be read off other tensors."""
    takes = {tensor.name: tensor for tensor in tensors_in(target)}

    def rule(shapes: Sequence[Shape], met: list[Requirement]) -> Shape:
        found: Shape = worked(target, dict(zip(takes, shapes, strict=True)))
        return found

    return Step(Ruled(kind, rule, len(takes)), tuple(takes.values()))


def ruled(kind: str, tensors: Sequence[Tensor], rule: Rule) -> Step:
    """A rule of PyTorch's for the shape, where the shelf has no operator."""
    return Step(Ruled(kind, rule, len(tensors)), tuple(tensors))


def named(kind: str, tensor: Tensor) -> Step:
    """A function of each entry that the shelf does not have: it reads what the identity reads."""
    found = Shaped("identity", {})
    found.kind = kind
    return Step(found, (tensor,))


def one_for_all(value: Any) -> Any:
    """A number for (3, 3), as a person writes it."""
    same = isinstance(value, tuple) and len(value) > 1 and all(type(v) is int and v == value[0] for v in value)
    return value[0] if same else value


def spatial(tensor: Tensor) -> int:
    """How many axes there are besides batch and channels."""
    return len(tensor.shape) - 2
