"""``keras.layers.MaxPooling1D`` to ``AveragePooling3D``, and global pooling."""

from __future__ import annotations

from functools import partial
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.keras.layer import NAME, layer
from convmath.conventions.keras.rules import channels_first, numbers, said, windows_of
from convmath.conventions.tensorflow.layout import Laid
from convmath.conventions.tensorflow.pool import pooled
from convmath.conventions.tensorflow.rules import padded
from convmath.conventions.translation import Layer, Translation
from convmath.errors import UnsupportedError


def pooling(
    rank: int, kind: str, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: Any = None
) -> Layer:
    """``MaxPooling1D`` to ``AveragePooling3D``; the stride is pool_size where none is given.

    The call does not ask ``compute_output_shape``: it gives an empty output where that refuses, and takes the
    padding in capitals where that does not.
    """
    name = f"{'Max' if kind == 'max' else 'Average'}Pooling{rank}D"
    kernels = numbers(name, "pool_size", pool_size, rank)
    steps = numbers(name, "strides", pool_size if strides is None else strides, rank, 0)
    first, windows = channels_first(name, data_format), windows_of(kernels, steps, (1,) * rank)

    def check_steps() -> None:
        if 0 in steps:
            raise rejected(NAME, name, f"strides is {steps}: stride must be > 0")

    def promised(where: Laid) -> Shape:
        check_steps()
        if padding not in ("valid", "same"):
            raise rejected(NAME, name, f"padding={padding!r}", "It must be either 'valid' or 'same'.")
        return where.output(where.channels, said(name, windows, padding, where))

    def call(where: Laid) -> Translation:
        check_steps()
        rule = padding.upper() if isinstance(padding, str) else padding
        if rule not in ("VALID", "SAME"):
            raise rejected(NAME, name, f"padding={padding!r}", "It must be either 'valid' or 'same'.")
        if not where.channels:
            raise UnsupportedError(f"{NAME}: {name} without channels is no operator of convmath")
        return pooled(NAME, name, kind, where, padded(windows, rule, where.sizes), rule)

    return layer(name, rank, first, call, promised)


def max_pooling1d(pool_size: Any = 2, strides: Any = None, padding: Any = "valid", data_format: Any = None) -> Layer:
    """``MaxPooling1D``: here alone pool_size has a default."""
    return pooling(1, "max", pool_size, strides, padding, data_format)


def global_pooling(rank: int, kind: str, data_format: Any = None, keepdims: bool = False) -> Layer:
    """``GlobalAveragePooling1D`` to ``GlobalMaxPooling3D``: one window, as large as the input."""
    name = f"Global{'Max' if kind == 'max' else 'Average'}Pooling{rank}D"

    def promised(where: Laid) -> Shape:
        return where.output(where.channels, (1,) * rank) if keepdims else (*where.lead, where.channels)

    def call(where: Laid) -> Translation:
        if not all(where.sizes) or not where.channels or (kind == "max" and not all(where.lead)):
            raise UnsupportedError(f"{NAME}: {name} of an input without entries")
        arguments = {"kernel_size": where.sizes, "stride": where.sizes, "padding": ((0, 0),) * rank}
        notes = () if keepdims else ("the operator keeps the spatial axes, of size 1; Keras drops them",)
        return Translation(NAME, f"{kind}_pool{rank}d", arguments, where.shape, promised(where), notes)

    return layer(name, rank, channels_first(name, data_format), call, promised)


CALLS = {
    "MaxPooling1D": max_pooling1d,
    "MaxPooling2D": partial(pooling, 2, "max"),
    "MaxPooling3D": partial(pooling, 3, "max"),
    **{f"AveragePooling{rank}D": partial(pooling, rank, "avg") for rank in (1, 2, 3)},
    **{f"GlobalMaxPooling{rank}D": partial(global_pooling, rank, "max") for rank in (1, 2, 3)},
    **{f"GlobalAveragePooling{rank}D": partial(global_pooling, rank, "avg") for rank in (1, 2, 3)},
}
