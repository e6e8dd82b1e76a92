"""``Slice`` and ``Pad`` in letters, as operators of the shelf: which places they read follows from those."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from convmath.errors import ConvmathError
from convmath.network.layer import Layer, Ready, Shaped
from convmath.readers.onnx.pieces import NOWHERE
from convmath.readers.onnx.reshaped import integers
from convmath.readers.onnx.sized import axis, shape_of
from convmath.readers.onnx.values import Asked

MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def moved(asked: Asked) -> Ready | None:
    """The operator of a slice along one axis, or of a padding, where its places are numbers; else None."""
    find = {"Slice": _sliced, "Pad": _padded}.get(asked.node.op)
    try:
        layer = find(asked) if find else None
        return layer.at([shape_of(asked)]) if layer else None
    except ConvmathError:
        return None  # the shape is known without: what is not, is which places are read


def _sliced(asked: Asked) -> Layer | None:
    first, last = integers(asked, 1, "starts"), integers(asked, 2, "ends")
    axes, steps = integers(asked, 3, "axes"), integers(asked, 4)
    if first is None or last is None or len(first) != 1 or len(last) != 1 or first[0] < 0:
        return None
    step = steps[0] if steps else 1
    if step < 1:
        return None
    at = axis(asked, axes[0] if axes else 0, len(shape_of(asked)))
    return _shaped("slice", dim=at, start=first[0], end=None if last[0] in NOWHERE else last[0], step=step)


def _padded(asked: Asked) -> Layer | None:
    rank, pads, axes = len(shape_of(asked)), integers(asked, 1, "pads"), integers(asked, 3)
    mode = asked.node.attributes.get("mode", "constant")
    if not pads or mode not in MODES:
        return None
    at = range(rank) if axes is None else [axis(asked, one, rank) for one in axes]
    pairs = dict(zip(at, zip(pads[: len(at)], pads[len(at) :], strict=True), strict=True))
    last = max([0, *(rank - one for one, pair in pairs.items() if any(pair))])
    listed = tuple(p for one in range(rank - 1, rank - 1 - last, -1) for p in pairs.get(one, (0, 0)))
    return _shaped("pad", pad=listed, mode=MODES[mode]) if listed else _shaped("identity")


@lru_cache(maxsize=1024)
def _shaped(name: str, **arguments: Any) -> Layer:
    return Shaped(name, arguments)
