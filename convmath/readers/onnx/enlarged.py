"""``Resize`` and ``Upsample`` by whole factors, which read each place several times."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from convmath.network.form import letters_in
from convmath.network.layer import Ready, ready
from convmath.operators.shelf import maker
from convmath.readers.onnx.exact import times
from convmath.readers.onnx.values import Asked, Sizes

ROUNDINGS = {
    ("asymmetric", "floor"),
    ("half_pixel", "round_prefer_floor"),
    ("half_pixel", "round_prefer_ceil"),
}
"""Where place i of the output lies in the input, and how that is rounded: with a whole factor f all give ⌊i/f⌋."""
FAR = 10**6


def enlarged(asked: Asked, found: Sizes) -> Ready | None:
    """The upsampling that gives an array of the shape ``found``, or None where it is none by whole factors."""
    node, shape = asked.node, asked.shape(0)
    if node.op not in ("Resize", "Upsample") or node.attributes.get("mode", "nearest") != "nearest" or shape is None:
        return None
    if node.op == "Resize" and node.version > 10:
        place = node.attributes.get("coordinate_transformation_mode", "half_pixel")
        if (place, node.attributes.get("nearest_mode", "round_prefer_floor")) not in ROUNDINGS:
            return None
    factors = [_factor(old, new) for old, new in zip(shape, found, strict=True)]
    if None in factors or not 3 <= len(factors) <= 5 or factors[:2] != [1, 1]:
        return None
    return _upsampling(tuple(factors[2:]))


@lru_cache(maxsize=256)
def _upsampling(factors: tuple[int, ...]) -> Ready:
    return ready(maker(f"upsample_nearest{len(factors)}d")(scale_factor=factors))


def _factor(old: Any, new: Any) -> int | None:
    """How often the one size goes into the other, whatever the letters are."""
    one, two = _far(old), _far(new)
    factor = two // one if one else 0
    return factor if factor and times(factor, old) == new else None


def _far(size: Any) -> int:
    return size if isinstance(size, int) else int(size.at(dict.fromkeys(letters_in(size), FAR)))
