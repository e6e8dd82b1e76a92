"""``ConvTranspose``: what comes out is computed first, then held against the input it would come from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import BOTH, INFERENCE, RUNTIME, SPECIFICATION, answer, listed, settled, tensor
from convmath.conventions.onnx.weight import check_bias, check_kernel, check_ranks
from convmath.conventions.onnx.window import SAME, Sliding, Windows, braces, padding, sliding, whole
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window
from convmath.errors import RejectedError, UnsupportedError


def conv_transpose(
    X: Any,
    W: Any,
    B: Any = None,
    *,
    auto_pad: str = "NOTSET",
    dilations: Any = None,
    group: int = 1,
    kernel_shape: Any = None,
    output_padding: Any = None,
    output_shape: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Translation:
    """``ConvTranspose`` on X (N, C, axes…) with W (C, M/group, kernel…) and B (M)."""
    name = "ConvTranspose"
    x, w = tensor(name, X, "X"), tensor(name, W, "W")
    b = None if B is None else tensor(name, B, "B")
    check_ranks(name, x, w)
    a = sliding(name, x[2:], kernel_shape if kernel_shape is not None else w[2:], auto_pad, dilations, pads, strides)
    extra = listed(name, "output_padding", output_padding, len(a.sizes), 0, least=0)
    wanted = None if output_shape is None else listed(name, "output_shape", output_shape, len(a.sizes), least=0)
    _check_pads(a)
    batch = (x[0], w[1] * group)
    found = _windows(a, extra, wanted)

    def runs() -> Shape:
        a.check_word()
        _check_channels(x, w, group)
        check_bias(name, b, batch[1])
        check_kernel(a, w)
        sizes = _run(a, found, extra, wanted)
        if 0 in a.sizes and x[0] and len(a.sizes) > 2:
            raise UnsupportedError(f"{RUNTIME}: {name} on three axes, one of them empty, fails or crashes")
        return (*batch, *sizes)

    others = {INFERENCE: answer(lambda: (*batch, *_inferred(a, extra, wanted, x, group)))}
    others[SPECIFICATION] = (*batch, *_specified(a, extra, wanted))
    arguments = {"in_channels": x[1], "out_channels": batch[1], "kernel_size": a.kernels, "groups": group}
    arguments |= {"stride": tuple(one.stride for one in found), "padding": padding(found), "bias": b is not None}
    arguments |= {"dilation": tuple(one.dilation for one in found)}
    arguments["output_padding"] = _added(a, found, extra, wanted)
    return settled(name, runs, others, f"conv_transpose{len(a.sizes)}d", arguments, x)


def _full(window: Window, size: int, extra: int) -> int:
    """Every place that is written, and the output padding."""
    return window.spanned(size) + extra


def _target(window: Window, size: int) -> int:
    """What SAME means here: each place of the input becomes a stride of the output."""
    return size * window.stride


def _specified(a: Sliding, extra: Shape, wanted: Shape | None) -> Shape:
    """The text of the schema: SAME is H·s whatever the kernel is, and ``output_shape`` is the output's."""
    if wanted is not None:
        return wanted
    if a.auto_pad in SAME:
        return tuple(_target(window, size) for window, size in zip(a.plain, a.sizes, strict=True))
    return _cropped(a, a.explicit, extra)


def _cropped(a: Sliding, windows: Windows, extra: Shape) -> Shape:
    return tuple(
        _full(window, size, more) - window.before - window.after
        for window, size, more in zip(windows, a.sizes, extra, strict=True)
    )


def _inferred(a: Sliding, extra: Shape, wanted: Shape | None, x: Shape, group: int) -> Shape:
    """Shape inference adds the output padding after SAME has cropped.

    An axis of ``output_shape`` that is smaller than the input's ends it: it and those after it are missing.
    """
    if group < 1 or x[1] % group:
        raise rejected(INFERENCE, a.name, f"Input channels C must be divisible by group. C={x[1]} group={group}")
    if wanted is not None:
        known = [size >= least for size, least in zip(wanted, a.sizes, strict=True)]
        return wanted if all(known) else wanted[: known.index(False)]
    windows = a.explicit if a.auto_pad not in SAME else _windows(a, (0,) * len(extra), None)
    return _cropped(a, windows, extra)


def _windows(a: Sliding, extra: Shape, wanted: Shape | None) -> Windows:
    """The windows with what is cropped: as much as leaves SAME's size, or that of ``output_shape``.

    Nothing is added where there is too little. An odd place is cropped at the beginning, and for
    SAME_UPPER at the end.
    """
    if wanted is None and a.auto_pad not in SAME:
        return a.explicit
    found = []
    for axis, (window, size, more) in enumerate(zip(a.plain, a.sizes, extra, strict=True)):
        left = _target(window, size) if wanted is None else wanted[axis]
        total = max(0, _full(window, size, more) - left)
        half = total // 2
        before, after = (half, total - half) if a.auto_pad == "SAME_UPPER" else (total - half, half)
        found.append(replace(window, before=before, after=after))
    return tuple(found)


def _added(a: Sliding, found: Windows, extra: Shape, wanted: Shape | None) -> Shape:
    """The output padding, or the places of ``output_shape`` that nothing is written to."""
    if wanted is None:
        return extra
    bare = _cropped(a, found, (0,) * len(extra))
    return tuple(size - have for size, have in zip(wanted, bare, strict=True))


def _run(a: Sliding, found: Windows, extra: Shape, wanted: Shape | None) -> Shape:
    """onnxruntime's sizes: a convolution of the output, with the same padding, must give the input's size back."""
    for axis, (window, more) in enumerate(zip(found, extra, strict=True)):
        most = max(window.stride, window.dilation)
        if more >= most:
            why = f"output_padding[{axis}] ({more}) must be less than max(stride, dilation) ({most})"
            raise _refuse(a, f"{why} for spatial dimension {axis}")
    sizes = _cropped(a, found, extra) if wanted is None else wanted
    for axis, (window, size, out) in enumerate(zip(found, a.sizes, sizes, strict=True)):
        back = whole(window, out)
        if wanted is not None:
            _check_wanted(a, size, out, back)
        elif back != size:
            raise _refuse(
                a,
                "Computed output shape is inconsistent with input spatial dimensions. output_padding "
                f"({extra[axis]}) may be too large for stride ({window.stride}). Expected input size {back} but got "
                f"{size}",
            )
        if out < 1:
            why = f"Computed output dimension is <= 0 for dim {axis}. Input shape: {braces(a.sizes)}"
            raise _refuse(a, why, "Crop less.")
    return sizes


def _check_wanted(a: Sliding, size: int, out: int, back: int) -> None:
    """One axis of ``output_shape``, which a convolution brings back to ``back``."""
    if out < 1:
        raise _refuse(a, f"Explicit output size must be positive. Got: {out}")
    if size < 1:
        raise _refuse(a, f"Input spatial dimension must be positive. Got: {size}")
    if back != size:
        raise _refuse(
            a,
            "Explicit output_shape is inconsistent with input spatial dimensions and convolution parameters. "
            f"Expected input size {back} but got {size} (output_size={out})",
            "A stride forgets less than one stride of places.",
        )


def _refuse(a: Sliding, why: str, fix: str = "") -> RejectedError:
    return rejected(RUNTIME, a.name, why, fix)


def _check_pads(a: Sliding) -> None:
    if a.pads is not None and a.auto_pad != "NOTSET":
        raise rejected(
            BOTH, a.name, f"auto_pad is {a.auto_pad!r}: the pads attribute cannot be used simultaneously with auto_pad"
        )


def _check_channels(x: Shape, w: Shape, group: int) -> None:
    if group < 1:
        raise rejected(RUNTIME, "ConvTranspose", f"group count is <= 0 group: {group}")
    if w[0] != x[1]:
        raise rejected(
            RUNTIME,
            "ConvTranspose",
            f"filter number not equal to input channel number. filter_number: {w[0]} num_input_channels: {x[1]}",
            "W is (C, M/group, kernel…).",
        )
    if x[1] % group:
        raise rejected(
            RUNTIME,
            "ConvTranspose",
            f"Input channels is not divisible by group. num_input_channels: {x[1]} group: {group}",
            f"Use a multiple of {group} for C, or another group.",
        )
