"""``jax.lax.conv_transpose``: a convolution of the dilated input, whose kernel is not turned around by default.

Numbers are padding of the dilated input itself. The words are those of the convolution that is transposed: one
input place becomes as many output places as the stride has (SAME), or as the kernel spans, if that is more (VALID).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, rejected, shape_of
from convmath.conventions.jax.formula import convolution
from convmath.conventions.jax.layout import layout, taken
from convmath.conventions.jax.rules import NAME, Pairs, check_positive, check_rank, notes_of, pairs_of, sequence
from convmath.conventions.jax.sliding import Sliding, slid
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window

DEFAULTS = {
    2: ("NC", "IO", "NC"),
    3: ("NHC", "HIO", "NHC"),
    4: ("NHWC", "HWIO", "NHWC"),
    5: ("NHWDC", "HWDIO", "NHWDC"),
}
"""The layout by the number of axes, where none is given: channels last."""


def conv_transpose(
    lhs: Any,
    rhs: Any,
    strides: Any,
    padding: Any,
    rhs_dilation: Any = None,
    dimension_numbers: Any = None,
    transpose_kernel: bool = False,
    *,
    use_consistent_padding: bool = False,
) -> Translation:
    """``jax.lax.conv_transpose`` on an input of shape ``lhs`` with a kernel of shape ``rhs``.

    Raises:
        RejectedError: JAX refuses it, with its reason.
        UnsupportedError: there are no spatial axes, or more than three.
    """
    name = "conv_transpose"
    input_shape, kernel_shape = shape_of(NAME, name, lhs, "lhs"), shape_of(NAME, name, rhs, "rhs")
    if dimension_numbers is None:
        if len(input_shape) not in DEFAULTS:
            raise rejected(NAME, name, f"lhs has {len(input_shape)} axes: No 4+ dimensional dimension_number defaults")
        dimension_numbers = DEFAULTS[len(input_shape)]
    axes = layout(name, input_shape, kernel_shape, dimension_numbers)
    weight = taken(kernel_shape, axes.kernel)
    found = spread(
        NAME,
        name,
        taken(input_shape, axes.input),
        (weight[1], weight[0], *weight[2:]) if transpose_kernel else weight,
        strides,
        padding,
        rhs_dilation,
        consistent=use_consistent_padding,
    )
    return spread_answer(found, axes.placed, padding, turned=transpose_kernel)


def spread(
    framework: str,
    name: str,
    shape: Shape,
    weight: Shape,
    strides: Any,
    padding: Any,
    rhs_dilation: Any,
    bias: bool = False,
    consistent: bool = False,
) -> Sliding:
    """The transposed convolution as the convolution that it is: stride 1, on an input dilated by the strides."""
    rank = len(shape) - 2
    check_rank(framework, name, rank)
    steps = sequence(framework, name, "strides", strides, rank)
    dilations = (1,) * rank if rhs_dilation is None else sequence(framework, name, "rhs_dilation", rhs_dilation, rank)
    check_positive(framework, name, "strides", steps)
    check_positive(framework, name, "rhs_dilation", dilations)
    check_positive(framework, name, "the window", weight[2:])
    windows = [Window(k, 1, d) for k, d in zip(weight[2:], dilations, strict=True)]
    if consistent or padding in ("SAME", "VALID"):
        padding = _forward(framework, name, padding, windows, steps)
    return slid(framework, name, shape, weight, (1,) * rank, padding, steps, dilations, bias=bias)


def _forward(framework: str, name: str, padding: Any, windows: Sequence[Window], strides: Numbers) -> Pairs:
    """The padding of the dilated input, from that of the convolution that is transposed."""
    if isinstance(padding, str):
        if padding not in ("SAME", "VALID"):
            raise rejected(framework, name, f"Invalid padding mode: {padding}", "The words are SAME and VALID.")
        return tuple(_word(padding, window, stride) for window, stride in zip(windows, strides, strict=True))
    pairs = pairs_of(framework, name, padding, len(windows))
    reach = [window.spanned(1) - 1 for window in windows]
    return tuple((most - before, most - after) for most, (before, after) in zip(reach, pairs, strict=True))


def _word(word: str, window: Window, stride: int) -> tuple[int, int]:
    """JAX's rule: one input place becomes ``stride`` output places, or with VALID at least the window's span.

    With VALID, and where the stride is no less than the span, the first window ends at the first place; otherwise
    the larger half lies before.
    """
    span = window.spanned(1)
    total = window.spanned(stride if word == "SAME" else max(stride, span)) - 1
    before = span - 1 if word == "VALID" or stride >= span else total - total // 2
    return before, total - before


def spread_answer(
    found: Sliding, place: Callable[[Shape], Shape], padding: Any, *, turned: bool, notes: tuple[str, ...] = ()
) -> Translation:
    """The ready-made transposed convolution where it is one, a convolution at stride 1, or its own definition."""
    channels, rank = (found.shape[1], found.features), len(found.holes)
    if not turned and max(found.holes) == 1:
        return found.answer(place, padding)
    arguments = found.arguments | {"stride": found.holes, "output_padding": (0,) * rank}
    crops = [_crop(window, hole) for window, hole in zip(found.windows, found.holes, strict=True)]
    if turned and all(crop is not None for crop in crops):
        sides = [crop for crop in crops if crop is not None]
        arguments |= {"padding": tuple(side[:2] for side in sides), "output_padding": tuple(side[2] for side in sides)}
        made = None
    else:
        arguments["padding"] = tuple((w.spanned(1) - 1 - w.before, w.spanned(1) - 1 - w.after) for w in found.windows)
        made = None
        if 0 not in channels:
            made = convolution(found.name, found.windows, found.holes, channels, bias=found.bias, turned=turned)
    if not turned:
        notes += ("the kernel is not turned around: W is read from its other end",)
    shape = place(found.output)
    notes += notes_of(found.output, found.windows, None)
    return Translation(found.framework, f"conv_transpose{rank}d", arguments, found.shape, shape, notes, made=made)


def _crop(window: Window, stride: int) -> tuple[int, int, int] | None:
    """What a transposed convolution crops (before, after) and adds behind; None where it takes no such numbers."""
    reach = window.spanned(1) - 1
    before, after = reach - window.before, reach - window.after
    extra = max(0, -after)
    return None if before < 0 or extra >= max(stride, window.dilation) else (before, max(0, after), extra)
