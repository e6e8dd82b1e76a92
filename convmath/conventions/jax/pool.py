"""``flax.linen.max_pool`` and ``avg_pool``: channels last, any number of batch axes; the stride is 1 by default."""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, is_integer, rejected, shape_of
from convmath.conventions.jax.formula import Pooled
from convmath.conventions.jax.reduction import pooled
from convmath.conventions.jax.rules import FLAX, check_positive, check_rank, outputs, padded
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window


def max_pool(inputs: Any, window_shape: Any, strides: Any = None, padding: Any = "VALID") -> Translation:
    """``flax.linen.max_pool`` on an input of this shape: batch axes, spatial axes, channels.

    Raises:
        RejectedError: flax refuses it, with its reason.
    """
    return _pool("max", "max_pool", inputs, window_shape, strides, padding)


def avg_pool(
    inputs: Any, window_shape: Any, strides: Any = None, padding: Any = "VALID", count_include_pad: bool = True
) -> Translation:
    """``flax.linen.avg_pool`` on an input of this shape: batch axes, spatial axes, channels.

    Raises:
        RejectedError: flax refuses it, with its reason.
    """
    return _pool("mean", "avg_pool", inputs, window_shape, strides, padding, bool(count_include_pad))


def _pool(
    reduce: Pooled, name: str, inputs: Any, window_shape: Any, strides: Any, padding: Any, counted: bool = True
) -> Translation:
    shape = shape_of(FLAX, name, inputs)
    kernels = _tuple(name, "window_shape", window_shape)
    steps = _tuple(name, "strides", strides) if strides else (1,) * len(kernels)
    check_rank(FLAX, name, len(kernels))
    if len(steps) != len(kernels):
        raise rejected(FLAX, name, f"len({kernels}) must equal len({steps})", "Give one stride for each axis.")
    batch, spatial = _taken_apart(name, shape, len(kernels))
    check_positive(FLAX, name, "window_dimensions", kernels)
    check_positive(FLAX, name, "window_strides", steps)
    if not isinstance(padding, str) and len(batch) > 1:
        raise rejected(
            FLAX, name, f"there are {len(batch)} batch axes and the padding is {padding!r}", "Use a word, or one batch."
        )
    windows = padded(FLAX, name, padding, [Window(k, s) for k, s in zip(kernels, steps, strict=True)], spatial)
    output = (*batch, *outputs(windows, spatial), shape[-1])
    whole = (prod(batch), shape[-1], *spatial)
    return pooled(FLAX, name, reduce, whole, windows, (1,) * len(windows), output, padding, counted)


def _tuple(name: str, argument: str, value: Any) -> Numbers:
    """flax adds tuples, so a number or a list is refused."""
    if not isinstance(value, tuple) or not all(map(is_integer, value)):
        raise rejected(FLAX, name, f"{argument} is {value!r}: it must be a tuple of integers")
    return value


def _taken_apart(name: str, shape: Shape, rank: int) -> tuple[Shape, Shape]:
    """(the batch axes, the spatial axes) of an input with channels last."""
    if len(shape) <= rank:
        raise rejected(
            FLAX, name, f"the input {shape} has {len(shape)} axes", f"{rank} spatial axes and channels are expected."
        )
    return shape[: -rank - 1], shape[-rank - 1 : -1]
