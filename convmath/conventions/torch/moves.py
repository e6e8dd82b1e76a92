"""Layers over the functions: ``Flatten``, ``Unfold``, ``PixelShuffle``, ``Upsample`` and others; padding layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convmath.conventions.arguments import rejected
from convmath.conventions.torch.columns import fold, unfold
from convmath.conventions.torch.elementwise import NEEDED, bound
from convmath.conventions.torch.pad import pad
from convmath.conventions.torch.resize import interpolate
from convmath.conventions.torch.rules import NAME, exactly
from convmath.conventions.torch.shapes import flatten, unflatten
from convmath.conventions.torch.shuffle import channel_shuffle, pixel_shuffle, pixel_unshuffle
from convmath.conventions.translation import Layer, Translation

WINDOW = {"dilation": 1, "padding": 0, "stride": 1}
BOTH = {"size": None, "scale_factor": None}
OVER: dict[str, tuple[Callable[..., Translation], dict[str, Any], dict[str, Any]]] = {
    "Flatten": (flatten, {"start_dim": 1, "end_dim": -1}, {}),
    "Unflatten": (unflatten, {"dim": NEEDED, "sizes": NEEDED}, {}),
    "Unfold": (unfold, {"kernel_size": NEEDED, **WINDOW}, {}),
    "Fold": (fold, {"output_size": NEEDED, "kernel_size": NEEDED, **WINDOW}, {}),
    "PixelShuffle": (pixel_shuffle, {"upscale_factor": NEEDED}, {}),
    "PixelUnshuffle": (pixel_unshuffle, {"downscale_factor": NEEDED}, {}),
    "ChannelShuffle": (channel_shuffle, {"groups": NEEDED}, {}),
    "Upsample": (
        interpolate,
        {**BOTH, "mode": "nearest", "align_corners": None, "recompute_scale_factor": None},
        {},
    ),
    "UpsamplingNearest2d": (interpolate, BOTH, {"mode": "nearest"}),
    "UpsamplingBilinear2d": (interpolate, BOTH, {"mode": "bilinear", "align_corners": True}),
}
"""Each layer's function, the layer's arguments with their defaults, and what it fixes."""
MODES = {
    "Zero": "constant",
    "Constant": "constant",
    "Reflection": "reflect",
    "Replication": "replicate",
    "Circular": "circular",
}


def over(name: str, *arguments: Any, **named: Any) -> Layer:
    """A layer that is one of the functions, with its arguments given before the input."""
    call, defaults, fixed = OVER[name]
    renamed = {"unflattened_size": "sizes"} if name == "Unflatten" else {}
    given = bound(name, defaults, arguments, {renamed.get(word, word): value for word, value in named.items()})
    return Layer(NAME, name, lambda shape: call(shape, **given, **fixed), arrays={})


def padding_layer(rank: int, kind: str, padding: Any, value: Any = None) -> Layer:
    """``torch.nn.ZeroPad1d`` to ``CircularPad3d``: one size for all ends, or (before, after) from the last axis on."""
    name = f"{kind}Pad{rank}d"
    if (value is not None) != (kind == "Constant"):
        raise rejected(NAME, name, f"value is {value!r}", "ConstantPad takes one, and no other does.", "init")
    sides = exactly(name, 2 * rank, "padding", padding)
    return Layer(NAME, name, lambda shape: pad(shape, sides, MODES[kind], value), arrays={})
