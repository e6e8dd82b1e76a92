"""``torch.nn.functional.unfold`` and ``fold`` (im2col and col2im), and ``Tensor.unfold``."""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Numbers, rejected, shape_of
from convmath.conventions.torch.rules import (
    NAME,
    answered,
    axis_of,
    check_not_negative,
    check_positive,
    exactly,
    integer,
    listed,
    tupled,
)
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window


def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Translation:
    """``F.unfold``: the windows of (N, C, H, W) or (C, H, W) as columns."""
    shape = shape_of(NAME, "unfold", input)
    windows = _windows("unfold", kernel_size, dilation, padding, stride)
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise rejected(
            NAME,
            "unfold",
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
            f"but got: {listed(shape)}",
        )
    counts = _counted("unfold", windows, shape[-2:], f"Given input with spatial size {tupled(shape[-2:])}")
    found = (*shape[:-3], shape[-3] * prod(window.kernel for window in windows), prod(counts))
    return answered("unfold", _arguments(windows), shape, found, single=len(shape) == 3, batched=True)


def fold(
    input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Translation:
    """``F.fold``: columns, (N, C·k·k, L) or (C·k·k, L), added into the places that they were read from."""
    shape, size = shape_of(NAME, "fold", input), exactly("fold", 2, "output_size", output_size)
    windows = _windows("fold", kernel_size, dilation, padding, stride)
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise rejected(
            NAME,
            "fold",
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero "
            "dimensions for input, "
            f"but got: {listed(shape)}",
        )
    taps = _taps(windows, shape[-2])
    counts = _counted("fold", windows, size, f"Given output_size={tupled(size)}", shape[-1])
    if prod(counts) != shape[-1]:
        raise rejected(
            NAME,
            "fold",
            f"Given output_size={tupled(size)}, {_said(windows)}, expected size of input's dimension 2 to match the "
            f"calculated number of sliding blocks {counts[0]} * {counts[1]} = {prod(counts)}, but got "
            f"input.size(2)={shape[-1]}",
            f"Use {prod(counts)} columns.",
        )
    if min(size) < 1:
        raise rejected(NAME, "fold", f"output_size is {tupled(size)}", "Give sizes ≥ 1.")
    found = (*shape[:-2], shape[-2] // taps, *size)
    return answered(
        "fold", {"output_size": size} | _arguments(windows), shape, found, single=len(shape) == 2, batched=True
    )


def _taps(windows: list[Window], rows: int) -> int:
    """How many rows one channel has: one for each tap of the window.

    Raises:
        RejectedError: the rows are not so many for each channel.
    """
    kernels = tuple(window.kernel for window in windows)
    if rows % prod(kernels):
        raise rejected(
            NAME,
            "fold",
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={rows} and kernel_size={tupled(kernels)}",
            f"Use a multiple of {prod(kernels)}.",
        )
    return prod(kernels)


def tensor_unfold(input: Any, dimension: Any, size: Any, step: Any) -> Translation:
    """``Tensor.unfold``: the windows along one axis, each on an axis of its own at the end."""
    shape, name = shape_of(NAME, "Tensor.unfold", input), "Tensor.unfold"
    axis = axis_of(name, "dimension", dimension, len(shape))
    places = shape[axis] if shape else 1
    wide, stride = integer(name, "size", size), integer(name, "step", step)
    if wide < 0:
        raise rejected(NAME, name, f"size is {wide} but must be >= 0")
    if wide > places:
        raise rejected(
            NAME,
            name,
            f"maximum size for tensor at dimension {axis} is {places} but size is {wide}",
            f"Use size ≤ {places}.",
        )
    if stride < 1:
        raise rejected(NAME, name, f"step is {stride} but must be > 0")
    if not shape:
        return answered(name, {}, shape, (wide,), missing="the input is a number")
    found = (*shape[:axis], Window(wide, stride).fitting(places), *shape[axis + 1 :], wide)
    return answered(
        name, {}, shape, found, missing="windows on an axis of their own are not among the ready-made operators"
    )


def _windows(name: str, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> list[Window]:
    """One window for each of the two axes; each argument is one number, or one for each."""
    given = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    k, d, p, s = (exactly(name, 2, argument, value) for argument, value in given.items())
    check_positive(name, kernel_size=k, stride=s, dilation=d)
    check_not_negative(name, tuple((one, one) for one in p))
    return [Window(k[axis], s[axis], d[axis], p[axis], p[axis]) for axis in range(2)]


def _counted(name: str, windows: list[Window], sizes: Numbers, given: str, columns: int | None = None) -> Numbers:
    """How many windows fit along each axis.

    Raises:
        RejectedError: there is none.
    """
    found = tuple(window.fitting(size) for window, size in zip(windows, sizes, strict=True))
    if min(found) < 1 and columns in (None, prod(found)):
        raise rejected(
            NAME,
            name,
            f"{given}, {_said(windows)}, calculated shape of the array of sliding blocks as {tupled(found)}, but its "
            "components must be at least one",
            "Use a smaller kernel or dilation, more padding, or a larger size.",
        )
    return found


def _said(windows: list[Window]) -> str:
    parts = {"kernel_size": "kernel", "dilation": "dilation", "padding": "before", "stride": "stride"}
    return ", ".join(f"{word}={tupled(getattr(w, part) for w in windows)}" for word, part in parts.items())


def _arguments(windows: list[Window]) -> dict[str, Any]:
    parts = {"kernel_size": "kernel", "dilation": "dilation", "stride": "stride"}
    found: dict[str, Any] = {word: tuple(getattr(w, part) for w in windows) for word, part in parts.items()}
    return found | {"padding": tuple((w.before, w.after) for w in windows)}
