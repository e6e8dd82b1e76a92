"""One layer in each framework's own call: which of its arguments says what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.asking import Asked, Request
from convmath.conventions.framework import frameworks
from convmath.conventions.windows import Window
from convmath.errors import RejectedError


def asked_of(framework: str, request: Request) -> Asked:
    """The framework's own call for ``request``.

    Raises:
        ParseError: there is no such framework.
        RejectedError: it has no argument for what is asked.
    """
    return _TABLE[frameworks[framework].name](request)


def _refused(framework: str, request: Request, why: str, fix: str) -> RejectedError:
    return rejected(str(frameworks[framework]), f"{request.family}{request.rank}d", why, fix)


def _first(r: Request) -> Shape:
    return (1, r.in_channels, *r.sizes)


def _last(r: Request) -> Shape:
    return (1, *r.sizes, r.in_channels)


def _torch(r: Request) -> Asked:
    padding: Any = r.word(upper=False)
    if not isinstance(r.padding, str):
        if any(before != after for before, after in r.padding):
            raise _refused("torch", r, f"padding is {r.padding}, and one size an axis is taken", "Use F.pad first.")
        padding = tuple(before for before, _ in r.padding)
    given: dict[str, Any] = {"kernel_size": r.kernel_size, "stride": r.stride, "padding": padding}
    if r.pooling:
        _undilated("torch", r, r.family == "avg_pool")
        given |= {"ceil_mode": True} if r.ceil_mode else {}
    else:
        given = {"in_channels": r.in_channels, "out_channels": r.out_channels, **given, "bias": False}
        given |= {"groups": r.groups} if r.groups != 1 else {}
        given |= {"output_padding": r.output_padding} if r.output_padding is not None else {}
    given |= {"dilation": r.dilation} if r.dilated else {}
    names = {"conv": "Conv", "conv_transpose": "ConvTranspose", "max_pool": "MaxPool", "avg_pool": "AvgPool"}
    return Asked("torch", "torch.nn.", f"{names[r.family]}{r.rank}d", given, {}, _first(r))


def _keras(r: Request) -> Asked:
    if not isinstance(r.padding, str):
        words = "valid" if not any(map(any, r.padding)) else None
        if words is None:
            raise _refused("keras", r, f"padding is {r.padding}, and a word is taken", "Use ZeroPadding first.")
    _no_ceil("keras", r)
    given: dict[str, Any] = {"strides": r.stride, "padding": r.word(upper=False) or "valid"}
    if r.family == "conv_transpose":
        _ungrouped("keras", r)
    if r.pooling:
        _undilated("keras", r, True)
        given = {"pool_size": r.kernel_size, **given}
    else:
        given = {"filters": r.out_channels, "kernel_size": r.kernel_size, **given, "use_bias": False}
        given |= {"groups": r.groups} if r.groups != 1 else {}
        given |= {"dilation_rate": r.dilation} if r.dilated else {}
        given |= {"output_padding": r.output_padding} if r.output_padding is not None else {}
    names = {"conv": "Conv{}D", "conv_transpose": "Conv{}DTranspose"}
    names |= {"max_pool": "MaxPooling{}D", "avg_pool": "AveragePooling{}D"}
    return Asked("keras", "keras.layers.", names[r.family].format(r.rank), given, {}, _last(r), last=True)


def _tensorflow(r: Request) -> Asked:
    _no_ceil("tensorflow", r)
    _no_output_padding("tensorflow", r)
    padding: Any = r.word(upper=True)
    if not isinstance(r.padding, str):
        plain = not any(map(any, r.padding))
        padding = "VALID" if plain else [[0, 0], *map(list, r.padding), [0, 0]]
    stride, dilation = r.stride, r.dilation
    if (r.family, r.rank) == ("conv", 3):  # here alone a list for every axis is expected
        stride, dilation = (1, *stride, 1), (1, *dilation, 1)
    given: dict[str, Any] = {"stride" if (r.family, r.rank) == ("conv", 1) else "strides": stride, "padding": padding}
    if r.pooling:
        _undilated("tensorflow", r, True)
        given = {"ksize": r.kernel_size, **given}
        return Asked("tensorflow", "tf.nn.", f"{r.family}{r.rank}d", given, {"input": _last(r)}, last=True)
    given |= {"dilations": dilation} if r.dilated else {}
    if r.family == "conv":
        filters = (*r.kernel_size, r.in_channels // r.groups, r.out_channels)
        return Asked(
            "tensorflow", "tf.nn.", f"conv{r.rank}d", given, {"input": _last(r), "filters": filters}, last=True
        )
    _ungrouped("tensorflow", r)
    arrays = {"input": _last(r), "filters": (*r.kernel_size, r.out_channels, r.in_channels)}
    given = {"output_shape": (1, *_usual(r), r.out_channels), **given}
    return Asked("tensorflow", "tf.nn.", f"conv{r.rank}d_transpose", given, arrays, last=True)


def _usual(r: Request) -> Shape:
    """The output that TensorFlow is asked for: it takes any that the layer would read back to its input."""
    if r.padding == "same":
        return tuple(size * stride for size, stride in zip(r.sizes, r.stride, strict=True))
    windows = (Window(k, s, d) for k, s, d in zip(r.kernel_size, r.stride, r.dilation, strict=True))
    return tuple(window.spanned(size) for window, size in zip(windows, r.sizes, strict=True))


def _jax(r: Request) -> Asked:
    _no_ceil("jax", r)
    _no_output_padding("jax", r)
    padding: Any = r.word(upper=True) if isinstance(r.padding, str) else list(r.padding)
    if r.family == "avg_pool":
        _undilated("jax", r, True)
        given: dict[str, Any] = {"window_shape": r.kernel_size, "strides": r.stride, "padding": padding}
        return Asked("jax", "flax.linen.", "avg_pool", given, {"inputs": _last(r)}, last=True)
    if r.family == "max_pool":
        whole = padding if isinstance(padding, str) else [(0, 0), (0, 0), *padding]
        given = {"computation": "max", "window_dimensions": (1, 1, *r.kernel_size)}
        given |= {"window_strides": (1, 1, *r.stride), "padding": whole}
        given |= {"window_dilation": (1, 1, *r.dilation)} if r.dilated else {}
        return Asked("jax", "jax.lax.", "reduce_window", given, {"operand": _first(r)})
    more = {"rhs_dilation": r.dilation} if r.dilated else {}
    if r.family == "conv":
        rhs = (r.out_channels, r.in_channels // r.groups, *r.kernel_size)
        given = {"window_strides": r.stride, "padding": padding, **more}
        given |= {"feature_group_count": r.groups} if r.groups != 1 else {}
        return Asked("jax", "jax.lax.", "conv_general_dilated", given, {"lhs": _first(r), "rhs": rhs})
    _ungrouped("jax", r)
    arrays = {"lhs": _last(r), "rhs": (*r.kernel_size, r.in_channels, r.out_channels)}
    return Asked(
        "jax", "jax.lax.", "conv_transpose", {"strides": r.stride, "padding": padding, **more}, arrays, last=True
    )


def _onnx(r: Request) -> Asked:
    given: dict[str, Any] = {"strides": r.stride}
    if isinstance(r.padding, str):
        given["auto_pad"] = {"same": "SAME_UPPER"}.get(r.padding, r.padding.upper())
    else:
        given["pads"] = (*(before for before, _ in r.padding), *(after for _, after in r.padding))
    given |= {"dilations": r.dilation} if r.dilated else {}
    if r.pooling:
        given = {"kernel_shape": r.kernel_size, **given, **({"ceil_mode": 1} if r.ceil_mode else {})}
        return Asked("onnx", "", {"max_pool": "MaxPool", "avg_pool": "AveragePool"}[r.family], given, {"X": _first(r)})
    given |= {"group": r.groups} if r.groups != 1 else {}
    given |= {"output_padding": r.output_padding} if r.output_padding is not None else {}
    inner, outer = (r.in_channels // r.groups, r.out_channels), (r.in_channels, r.out_channels // r.groups)
    weight = (inner[1], inner[0], *r.kernel_size) if r.family == "conv" else (*outer, *r.kernel_size)
    name = "Conv" if r.family == "conv" else "ConvTranspose"
    return Asked("onnx", "", name, given, {"X": _first(r), "W": weight})


def _undilated(framework: str, r: Request, here: bool) -> None:
    if here and r.dilated:
        raise _refused(framework, r, f"dilation is {r.dilation}, and this pooling has none", "Use dilation 1.")


def _ungrouped(framework: str, r: Request) -> None:
    if r.groups != 1:
        fix = "Split the channels, and make one layer for each group."
        raise _refused(framework, r, f"groups is {r.groups}, and this transposed convolution has none", fix)


def _no_ceil(framework: str, r: Request) -> None:
    if r.ceil_mode:
        raise _refused(framework, r, "ceil_mode is asked for, and there is none", "Pad at the end instead.")


def _no_output_padding(framework: str, r: Request) -> None:
    if r.output_padding is not None:
        raise _refused(
            framework, r, f"output_padding is {r.output_padding}, and there is none", "Give the sizes otherwise."
        )


_TABLE: dict[str, Callable[[Request], Asked]] = {
    "torch": _torch,
    "jax": _jax,
    "tensorflow": _tensorflow,
    "keras": _keras,
    "onnx": _onnx,
}
