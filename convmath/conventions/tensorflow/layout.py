"""Where the channels stand: TensorFlow and Keras have them last, convmath after the batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from convmath.conventions.arguments import Numbers, Shape, rejected, shape_of


@dataclass(frozen=True)
class Laid:
    """A shape taken apart: the axes before, the channels, the sizes; ``first`` where the channels come first."""

    lead: Shape
    channels: int
    sizes: Shape
    first: bool

    @property
    def shape(self) -> Shape:
        """As an operator takes it. An empty batch is asked of as one picture: its operator is the same."""
        return (prod(self.lead) or 1, self.channels, *self.sizes)

    @property
    def given(self) -> Shape:
        """As the framework has it."""
        return self.output(self.channels, self.sizes)

    def output(self, channels: int, sizes: Sequence[int]) -> Shape:
        """Other channels and sizes, in this layout."""
        inner = (channels, *sizes) if self.first else (*sizes, channels)
        return (*self.lead, *inner)


def laid(
    framework: str, name: str, rank: int, shape: object, *, first: bool = False, batches: bool = False, more: str = ""
) -> Laid:
    """``shape`` taken apart; ``batches`` where several axes may stand before.

    Raises:
        RejectedError: it has no ``rank`` spatial axes.
    """
    found = shape_of(framework, name, shape)
    inner = rank + 1
    if len(found) < inner + 1 or (len(found) > inner + 1 and not batches):
        order = "batch, channels, sizes" if first else "batch, sizes, channels"
        why = f"the input {found} has {len(found)} axes, and {inner + 1} are expected ({order}){more}"
        raise rejected(framework, name, why)
    lead, rest = found[:-inner], found[-inner:]
    channels, sizes = (rest[0], rest[1:]) if first else (rest[-1], rest[:-1])
    return Laid(lead, channels, sizes, first)


def without(entries: Numbers, *, first: bool) -> tuple[Numbers, Numbers]:
    """(the spatial entries of one for each axis, those of batch and channels)."""
    return (entries[2:], entries[:2]) if first else (entries[1:-1], (entries[0], entries[-1]))
