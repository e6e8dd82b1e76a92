"""``jax.lax.conv_general_dilated``: windows over an input that may be dilated, padded and cropped."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import shape_of
from convmath.conventions.jax.layout import layout, taken
from convmath.conventions.jax.rules import NAME
from convmath.conventions.jax.sliding import slid
from convmath.conventions.translation import Translation


def conv_general_dilated(
    lhs: Any,
    rhs: Any,
    window_strides: Any,
    padding: Any,
    lhs_dilation: Any = None,
    rhs_dilation: Any = None,
    dimension_numbers: Any = None,
    feature_group_count: int = 1,
    batch_group_count: int = 1,
) -> Translation:
    """``jax.lax.conv_general_dilated`` on an input of shape ``lhs`` with a kernel of shape ``rhs``.

    Raises:
        RejectedError: JAX refuses it, with its reason.
        UnsupportedError: there are no spatial axes, or more than three.
    """
    name = "conv_general_dilated"
    input_shape, kernel_shape = shape_of(NAME, name, lhs, "lhs"), shape_of(NAME, name, rhs, "rhs")
    axes = layout(name, input_shape, kernel_shape, dimension_numbers)
    found = slid(
        NAME,
        name,
        taken(input_shape, axes.input),
        taken(kernel_shape, axes.kernel),
        window_strides,
        padding,
        lhs_dilation,
        rhs_dilation,
        feature_group_count,
        batch_group_count,
    )
    return found.answer(axes.placed, padding)
