"""Channels and places exchanged: pixel shuffle, depth to space, and the shuffling of channels.

With c < C/f², a < f and b < f, PyTorch numbers the channels c·f² + a·f + b (ONNX calls this CRD), and
ONNX's depth_to_space and TensorFlow's (a·f + b)·(C/f²) + c (DCR).
"""

from __future__ import annotations

from typing import Any

from convmath.errors import DefinitionError
from convmath.operators.axes import positive
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.operator import Operator

CRD, DCR = "CRD", "DCR"
CHANNEL = {CRD: "c*f*f+a*f+b", DCR: "(a*f+b)*(C/(f*f))+c"}
"""How the channels of the deep side are numbered."""


def _to_space(name: str, factor: Any, mode: str) -> Operator:
    return declare(
        name,
        f"Y[n,c,f*i+a,f*j+b] = X[n,{CHANNEL[mode]},i,j]",
        {"X": "N,C,H,W"},
        {},
        ranges={"a": "f", "b": "f", "c": "C/(f*f)"},
        values={"f": factor},
    )


def _to_depth(name: str, factor: Any, channel: str) -> Operator:
    return declare(
        name,
        f"Y[n,{channel},i,j] = X[n,c,f*i+a,f*j+b]",
        {"X": "N,C,H,W"},
        {},
        ranges={"a": "f", "b": "f", "i": "H/f", "j": "W/f"},
        values={"f": factor},
    )


@remembered
def pixel_shuffle(upscale_factor: Any) -> Operator:
    """Blocks of f² channels of X (N, C, H, W) as blocks of f × f places.

    Args:
        upscale_factor: f; its square divides the channels.

    Raises:
        DefinitionError: it is below 1.
    """
    return _to_space("pixel_shuffle", positive("pixel_shuffle", "upscale_factor", upscale_factor), CRD)


@remembered
def pixel_unshuffle(downscale_factor: Any) -> Operator:
    """Blocks of f × f places of X (N, C, H, W) as f² channels each.

    Args:
        downscale_factor: f; it divides the height and the width.

    Raises:
        DefinitionError: it is below 1.
    """
    return _to_depth("pixel_unshuffle", positive("pixel_unshuffle", "downscale_factor", downscale_factor), CHANNEL[CRD])


@remembered
def depth_to_space(blocksize: Any, mode: str = DCR) -> Operator:
    """Blocks of f² channels of X (N, C, H, W) as blocks of f × f places, as ONNX has it.

    Args:
        blocksize: f; its square divides the channels.
        mode: how the channels are numbered: "DCR", or "CRD" as in ``pixel_shuffle``.

    Raises:
        DefinitionError: blocksize is below 1, or there is no such mode.
    """
    if mode not in tuple(CHANNEL):
        raise DefinitionError(f"depth_to_space: mode is {mode!r}; it must be 'DCR' or 'CRD'")
    return _to_space("depth_to_space", positive("depth_to_space", "blocksize", blocksize), mode)


@remembered
def space_to_depth(blocksize: Any) -> Operator:
    """Blocks of f × f places of X (N, C, H, W) as f² channels each, as ONNX has it: place by place.

    Args:
        blocksize: f; it divides the height and the width.

    Raises:
        DefinitionError: it is below 1.
    """
    return _to_depth("space_to_depth", positive("space_to_depth", "blocksize", blocksize), "(a*f+b)*C+c")


@remembered
def channel_shuffle(groups: Any) -> Operator:
    """The channels of X (N, C, H, W) dealt out: channel c of group m comes to c·g + m.

    Args:
        groups: g; it divides the channels.

    Raises:
        DefinitionError: it is below 1.
    """
    return declare(
        "channel_shuffle",
        "Y[n,c*g+m,i,j] = X[n,m*(C/g)+c,i,j]",
        {"X": "N,C,H,W"},
        {},
        ranges={"m": "g", "c": "C/g"},
        values={"g": positive("channel_shuffle", "groups", groups)},
    )
