"""``MaxPool``, ``AveragePool``, ``LpPool`` and the global pools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.pooled import pooled
from convmath.conventions.onnx.rules import (
    BOTH,
    INFERENCE,
    RUNTIME,
    SPECIFICATION,
    agreed,
    answer,
    limited,
    settled,
    tensor,
)
from convmath.conventions.onnx.slid import ran, slid, specified
from convmath.conventions.onnx.window import Sliding, Windows, braces, padding, sliding, started, whole
from convmath.conventions.translation import Translation
from convmath.errors import UnsupportedError

MOST_AXES = 5
"""Batch, channels and three spatial axes."""


def max_pool(
    X: Any,
    *,
    kernel_shape: Any = None,
    auto_pad: str = "NOTSET",
    ceil_mode: int = 0,
    dilations: Any = None,
    pads: Any = None,
    storage_order: int = 0,
    strides: Any = None,
) -> Translation:
    """``MaxPool`` on X (N, C, axes…); the stride is 1 where none is given."""
    a = _attributes("MaxPool", X, kernel_shape, auto_pad, dilations, pads, strides)
    return _pool("max", a, tensor("MaxPool", X, "X"), ceil_mode, {})


def average_pool(
    X: Any,
    *,
    kernel_shape: Any = None,
    auto_pad: str = "NOTSET",
    ceil_mode: int = 0,
    count_include_pad: int = 0,
    dilations: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Translation:
    """``AveragePool`` on X (N, C, axes…); padding is not counted where ``count_include_pad`` is 0."""
    a = _attributes("AveragePool", X, kernel_shape, auto_pad, dilations, pads, strides)
    counted = {"count_include_pad": bool(count_include_pad)}
    return _pool("avg", a, tensor("AveragePool", X, "X"), ceil_mode, counted)


def lp_pool(
    X: Any,
    *,
    kernel_shape: Any = None,
    auto_pad: str = "NOTSET",
    ceil_mode: int = 0,
    dilations: Any = None,
    p: int = 2,
    pads: Any = None,
    strides: Any = None,
) -> Translation:
    """``LpPool`` on X (N, C, axes…): the p-norm of each window."""
    a = _attributes("LpPool", X, kernel_shape, auto_pad, dilations, pads, strides)
    return _pool("lp", a, tensor("LpPool", X, "X"), ceil_mode, {"norm_type": p})


def global_pool(kind: str, name: str) -> Callable[[Any], Translation]:
    """``GlobalAveragePool``, ``GlobalMaxPool``: one window over all spatial axes."""

    def call(X: Any) -> Translation:
        x = tensor(name, X, "X")
        inferred = (*x[:2], *(1 for _ in x[2:])) if len(x) > 1 else ()

        def runs() -> Shape:
            if len(x) < 3:
                raise rejected(RUNTIME, name, "Input dimension cannot be less than 3", "It is (N, C, axes…).")
            _check_input(name, x)
            return inferred

        return agreed(name, inferred, f"{kind}_pool{len(x) - 2}d", {"kernel_size": x[2:]}, x, runs=runs)

    return call


def _check_input(name: str, x: Shape) -> None:
    """onnxruntime pools along one to three axes, and only the batch may be empty."""
    if len(x) > MOST_AXES:
        raise limited(name, f"Unsupported pooling size: {len(x) - 2} spatial axes", "Three are the most.")
    if 0 in x[1:] and x[0]:
        raise rejected(RUNTIME, name, f"Invalid input shape. Only N can be zero. Got: {braces(x)}")


def _attributes(
    name: str, X: Any, kernel_shape: Any, auto_pad: Any, dilations: Any, pads: Any, strides: Any
) -> Sliding:
    x = tensor(name, X, "X")
    if len(x) < 3:
        raise rejected(
            BOTH, name, f"X has shape {x}: Input tensor must have at least 3 dimensions", "It is (N, C, axes…)."
        )
    if kernel_shape is None:
        raise rejected(BOTH, name, "Attribute kernel_shape must be specified")
    return sliding(name, x[2:], kernel_shape, auto_pad, dilations, pads, strides)


def _pool(kind: str, a: Sliding, x: Shape, ceil_mode: int, options: dict[str, Any]) -> Translation:
    if ceil_mode not in (0, 1):
        raise UnsupportedError(f"{BOTH}: {a.name} with ceil_mode {ceil_mode!r}, which is neither 0 nor 1")
    ceil = bool(ceil_mode)

    def inferred() -> Shape:
        return (*x[:2], *(_counted(w, size, ceil) for w, size in zip(a.inferred, a.sizes, strict=True)))

    def runs() -> Shape:
        a.check_word()
        _check_pads(a)
        _check_input(a.name, x)
        windows = ran(a)
        sizes = slid(a.name, windows, a.sizes, ceil)
        _check_cropped(kind, x[0], a, windows)
        return (*x[:2], *sizes)

    others = {INFERENCE: answer(inferred), SPECIFICATION: (*x[:2], *specified(a, ceil, bounded=kind != "lp"))}
    windows = ran(a)
    operator, arguments, made = pooled(kind, windows, a.sizes, ceil, options)
    return settled(a.name, runs, others, operator, arguments, x, made)


def _counted(window: Any, size: int, ceil: bool) -> int:
    """Shape inference: ceil mode adds a stride less one to the input and then cuts off, also below 0."""
    if not ceil:
        return whole(window, size)
    return started(window, size, whole(window, size + window.stride - 1))


def _check_pads(a: Sliding) -> None:
    if any(p >= window.kernel for pair, window in zip(padding(a.explicit), a.plain, strict=True) for p in pair):
        raise limited(a.name, "Pad should be smaller than kernel", "Use smaller pads, or Pad before it.")


def _check_cropped(kind: str, batch: int, a: Sliding, windows: Windows) -> None:
    """The routine of a maximum without dilation takes no cropping; the others do, and nothing looks where N is 0."""
    plain = kind == "max" and batch > 0 and all(window.dilation == 1 for window in windows)
    if plain and any(p < 0 for pair in padding(windows) for p in pair):
        raise rejected(
            RUNTIME,
            a.name,
            f"padding values must be non-negative: SAME makes them {list(padding(windows))} where the stride is "
            "larger than the kernel",
            "Use auto_pad VALID, or give pads.",
        )
