"""What Keras looks at in a constructor, and how it counts. Source: keras 3.15.1 on tensorflow-cpu 2.21.0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convmath.conventions.arguments import Numbers, is_integer, rejected
from convmath.conventions.keras.layer import NAME
from convmath.conventions.tensorflow.layout import Laid
from convmath.conventions.windows import Window
from convmath.errors import UnsupportedError


def numbers(name: str, argument: str, value: Any, rank: int, least: int = 1) -> Numbers:
    """``value`` as one integer for each axis, each at least ``least``.

    Raises:
        RejectedError: it is not, and the constructor says so.
    """
    found = (value,) * rank if is_integer(value) else tuple(value) if isinstance(value, tuple | list) else ()
    if len(found) != rank or not all(map(is_integer, found)):
        why = f"the `{argument}` argument must be a tuple of {rank} integers, and is {value!r}"
        raise rejected(NAME, name, why, at="init")
    if min(found) < least:
        why = f"the `{argument}` argument is {value!r}, and `value {'> 0' if least else '>= 0'}` must hold"
        raise rejected(NAME, name, why, at="init")
    return found


def word(name: str, padding: Any, *, causal: bool = False) -> str:
    """The padding in small letters: Keras takes any.

    Raises:
        RejectedError: it is no word of Keras.
    """
    words = ("valid", "same", "causal") if causal else ("valid", "same")
    found = padding.lower() if isinstance(padding, str) else padding
    if found not in words:
        takes = ", ".join(map(repr, words))
        raise rejected(NAME, name, f"the `padding` argument is {padding!r}", f"It must be one of {takes}.", "init")
    return str(found)


def channels_first(name: str, data_format: Any) -> bool:
    """Whether the channels come first; by default they come last."""
    found = data_format.lower() if isinstance(data_format, str) else data_format
    if found not in (None, "channels_last", "channels_first"):
        why = f"the `data_format` argument is {data_format!r}"
        raise rejected(NAME, name, why, "It must be 'channels_first' or 'channels_last'.", "init")
    return bool(found == "channels_first")


def check_positive(name: str, argument: str, value: Any) -> None:
    """The constructor's rule for filters, groups and the depth multiplier."""
    if not is_integer(value) or value < 1:
        raise rejected(NAME, name, f"{argument}={value!r}", f"A strictly positive `{argument}` is expected.", "init")


def check_bias(name: str, where: Laid, outputs: int, sizes: Sequence[int], *, bias: bool) -> None:
    """Raises where Keras adds the bias along another axis.

    Its addition looks for a bias by lengths: with channels first it takes the last axis for the channels if that is
    as long as there are filters.
    """
    if bias and where.first and outputs > 1 and sizes[-1] == outputs:
        why = f"the last axis is as long as there are filters ({outputs}), so Keras adds the bias along it"
        raise UnsupportedError(f"{NAME}: {name} with channels first: {why}; with use_bias=False it is a convolution")


def check_linear(name: str, activation: Any) -> None:
    """Raises where an activation is asked for: it is another operator."""
    if activation not in (None, "linear"):
        raise UnsupportedError(f"{NAME}: {name} with activation {activation!r} is two operators: ask for each")


def check_strides(name: str, strides: Numbers, dilations: Numbers) -> None:
    """The constructor's rule: a stride and a dilation do not go together, along whichever axes."""
    if max(strides) > 1 and max(dilations) > 1:
        why = "`strides > 1` not supported in conjunction with `dilation_rate > 1`: "
        why += f"strides={strides} and dilation_rate={dilations}"
        raise rejected(NAME, name, why, "Use one of the two.", "init")


def windows_of(kernels: Numbers, strides: Numbers, dilations: Numbers) -> list[Window]:
    """A window for each axis, without padding."""
    return [Window(k, s, d) for k, s, d in zip(kernels, strides, dilations, strict=True)]


def said(name: str, windows: Sequence[Window], padding: str, where: Laid) -> Numbers:
    """The sizes that ``compute_output_shape`` gives: ⌈size/stride⌉, but for "valid" the windows that fit.

    Raises:
        RejectedError: none fits.
    """
    if padding in ("same", "causal"):
        return tuple(window.begun(size) for window, size in zip(windows, where.sizes, strict=True))
    found = tuple(window.fitting(size) for window, size in zip(windows, where.sizes, strict=True))
    if min(found) < 1:
        why = f"Computed output size would be zero or negative: {list(found)} from an input of {list(where.sizes)}, "
        why += f"where a window spans {[window.spanned(1) for window in windows]}"
        raise rejected(NAME, name, why, "Use a larger input, a smaller window, or padding='same'.")
    return found
