"""``pixel_shuffle``, ``pixel_unshuffle`` and ``channel_shuffle``: the last three axes are channels, height, width."""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Shape, rejected, shape_of
from convmath.conventions.torch.rules import NAME, answered, integer, listed
from convmath.conventions.translation import Translation


def pixel_shuffle(input: Any, upscale_factor: Any) -> Translation:
    """``F.pixel_shuffle``: channels become pixels, in the order that ONNX calls CRD."""
    shape, factor = _picture("pixel_shuffle", input), integer("pixel_shuffle", "upscale_factor", upscale_factor)
    _check_positive("pixel_shuffle", "upscale_factor", factor)
    *batch, channels, height, width = shape
    if channels % factor**2:
        raise rejected(
            NAME,
            "pixel_shuffle",
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {factor**2}",
            f"Use a multiple of {factor**2} channels.",
        )
    found = (*batch, channels // factor**2, height * factor, width * factor)
    return _moved("pixel_shuffle", {"upscale_factor": factor}, shape, found)


def pixel_unshuffle(input: Any, downscale_factor: Any) -> Translation:
    """``F.pixel_unshuffle``: pixels become channels; an array without entries comes back as it is."""
    shape, factor = _picture("pixel_unshuffle", input), integer("pixel_unshuffle", "downscale_factor", downscale_factor)
    _check_positive("pixel_unshuffle", "downscale_factor", factor)
    *batch, channels, height, width = shape
    for what, at, size in (("height", -2, height), ("width", -1, width)):
        if size % factor:
            raise rejected(
                NAME,
                "pixel_unshuffle",
                f"pixel_unshuffle expects {what} to be divisible by downscale_factor, but "
                f"input.size({at})={size} is not "
                f"divisible by {factor}",
                f"Use a multiple of {factor}.",
            )
    found = (*batch, channels * factor**2, height // factor, width // factor) if prod(shape) else shape
    return _moved("pixel_unshuffle", {"downscale_factor": factor}, shape, found)


def channel_shuffle(input: Any, groups: Any) -> Translation:
    """``F.channel_shuffle``: the channels of groups, taken in turn."""
    shape, count = shape_of(NAME, "channel_shuffle", input), integer("channel_shuffle", "groups", groups)
    if len(shape) < 3:
        raise rejected(
            NAME,
            "channel_shuffle",
            f"channel_shuffle expects input with > 2 dims, but got input with sizes {listed(shape)}",
        )
    if count < 1:
        raise rejected(
            NAME,
            "channel_shuffle",
            f"Number of groups to divide channels in must be positive. Value of groups:{count}",
        )
    if shape[1] % count:
        raise rejected(
            NAME,
            "channel_shuffle",
            f"Number of channels must be divisible by groups. Got {shape[1]} channels and {count} groups",
            "The channels are axis 1, with or without a batch.",
        )
    missing = "" if len(shape) == 4 else "the ready-made operator takes (N, C, H, W)"
    return answered("channel_shuffle", {"groups": count}, shape, shape, batched=True, missing=missing)


def _picture(name: str, input: Any) -> Shape:
    shape = shape_of(NAME, name, input)
    if len(shape) < 3:
        raise rejected(
            NAME,
            name,
            f"{name} expects input to have at least 3 dimensions, but got input with {len(shape)} dimension(s)",
            "The last three axes are channels, height and width.",
        )
    return shape


def _check_positive(name: str, argument: str, factor: int) -> None:
    if factor < 1:
        raise rejected(NAME, name, f"{name} expects a positive {argument}, but got {factor}")


def _moved(name: str, arguments: dict[str, int], shape: Shape, found: Shape) -> Translation:
    """The operator takes one batch axis; axes before the last three are one there."""
    return answered(name, arguments, (prod(shape[:-3]), *shape[-3:]), found, batched=True)
