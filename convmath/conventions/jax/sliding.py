"""A convolution of ``jax.lax`` in numbers, whoever called it: windows over an input that may be dilated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, rejected
from convmath.conventions.jax.formula import convolution
from convmath.conventions.jax.rules import (
    check_cropped,
    check_groups,
    check_positive,
    check_rank,
    dilated,
    notes_of,
    outputs,
    padded,
    sequence,
)
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window


@dataclass(frozen=True, slots=True)
class Sliding:
    """``windows`` over an input (N, C, spatial axes), whose places lie ``holes`` apart."""

    framework: str
    name: str
    shape: Shape
    features: int
    windows: Sequence[Window]
    holes: Numbers
    groups: int = 1
    batch_groups: int = 1
    bias: bool = False
    mode: str = "zeros"

    @property
    def output(self) -> Shape:
        """(N, O, spatial axes) of the answer."""
        sizes = outputs(self.windows, dilated(self.shape[2:], self.holes))
        return (self.shape[0] // self.batch_groups, self.features, *sizes)

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments in PyTorch's words."""
        return {
            "in_channels": self.shape[1],
            "out_channels": self.features,
            "kernel_size": tuple(window.kernel for window in self.windows),
            "stride": tuple(window.stride for window in self.windows),
            "padding": tuple((window.before, window.after) for window in self.windows),
            "dilation": tuple(window.dilation for window in self.windows),
            "groups": self.groups,
            "bias": self.bias,
        }

    def answer(self, place: Callable[[Shape], Shape], padding: Any) -> Translation:
        """The ready-made convolution where it is one, or else its own definition."""
        ready = max(self.holes) == self.batch_groups == 1
        ready = ready and all(min(window.before, window.after) >= 0 for window in self.windows)
        channels = (self.shape[1], self.features)
        more: dict[str, Any] = {"lhs_dilation": self.holes} if max(self.holes) > 1 else {}
        more |= {"padding_mode": self.mode} if self.mode != "zeros" else {}
        made = None
        if not ready and 0 not in channels:  # an array without entries has no definition
            made = convolution(self.name, self.windows, self.holes, channels, self.groups, self.batch_groups, self.bias)
        return Translation(
            self.framework,
            f"conv{len(self.holes)}d",
            self.arguments | more,
            self.shape,
            place(self.output),
            notes_of(self.output, self.windows, padding),
            made=made,
        )


def slid(
    framework: str,
    name: str,
    shape: Shape,
    weight: Shape,
    strides: Any,
    padding: Any,
    lhs_dilation: Any = None,
    rhs_dilation: Any = None,
    groups: Any = 1,
    batch_groups: Any = 1,
    bias: bool = False,
) -> Sliding:
    """The convolution of ``shape`` (N, C, spatial axes) with ``weight`` (O, C/groups, kernel axes).

    Raises:
        RejectedError: JAX refuses it.
    """
    rank = len(shape) - 2
    check_rank(framework, name, rank)
    holes = (1,) * rank if lhs_dilation is None else sequence(framework, name, "lhs_dilation", lhs_dilation, rank)
    dilations = (1,) * rank if rhs_dilation is None else sequence(framework, name, "rhs_dilation", rhs_dilation, rank)
    steps = sequence(framework, name, "window_strides", strides, rank)
    if isinstance(padding, str) and any(hole != 1 for hole in holes):
        raise rejected(
            framework,
            name,
            f"padding is {padding!r} and the input is dilated by {holes}: String padding is not implemented for "
            "transposed convolution using this op",
            "Give the padding in pairs, or use conv_transpose.",
        )
    for argument, numbers in (("window_strides", steps), ("lhs_dilation", holes), ("rhs_dilation", dilations)):
        check_positive(framework, name, argument, numbers)
    check_groups(framework, name, shape, weight, groups, batch_groups)
    check_positive(framework, name, "the window", weight[2:])
    windows = [Window(k, s, d) for k, s, d in zip(weight[2:], steps, dilations, strict=True)]
    windows = padded(framework, name, padding, windows, shape[2:])
    check_cropped(framework, name, windows, dilated(shape[2:], holes))
    return Sliding(framework, name, shape, weight[0], windows, holes, groups, batch_groups, bias)
