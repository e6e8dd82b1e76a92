"""A node in numbers: what onnxruntime gives, or why it refuses."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

from convmath.conventions.framework import frameworks
from convmath.conventions.translation import Translation
from convmath.errors import UnsupportedError
from convmath.readers.onnx.graph import Stored
from convmath.readers.onnx.reshaped import entries
from convmath.readers.onnx.sized import REDUCED, TOGETHER, shape_of
from convmath.readers.onnx.values import Asked

LISTS: Mapping[str, Mapping[int, str]] = {
    "Reshape": {1: "shape"},
    "Squeeze": {1: "axes"},
    "Unsqueeze": {1: "axes"},
    "Slice": {1: "starts", 2: "ends", 3: "axes", 4: "steps"},
    "Split": {1: "split"},
    "Tile": {1: "repeats"},
    "Expand": {1: "shape"},
    "Pad": {1: "pads", 3: "axes"},
    "Resize": {2: "scales", 3: "sizes"},
    "Col2Im": {1: "image_shape", 2: "block_shape"},
    **{name: {1: "axes"} for name in REDUCED},
}
"""Inputs whose entries decide about the shape, and what they are called; older operators have them as attributes."""
PASSED = {"Pad": (2,), "Resize": (1,), "Upsample": (1,)}
"""Inputs that do not decide about the shape."""
FORGOTTEN = ("mode", "spatial", "is_test", "consumed_inputs", "broadcast", "value")
"""Attributes of older versions that do not decide about it."""


def known(op: str) -> bool:
    """Whether there is a judge of this operator."""
    return op in frameworks["onnx"]


def judged(asked: Asked) -> tuple[Translation, ...]:
    """The translation for each output, in numbers.

    Raises:
        RejectedError: onnxruntime refuses the call.
        UnsupportedError: what decides about the shape is not known.
    """
    node = asked.node
    given = {**node.attributes}
    lists, call = LISTS.get(node.op, {}), frameworks["onnx"][node.op]
    only_first = any(p.kind is p.VAR_POSITIONAL and p.name == "more" for p in _takes(call))
    shapes: list[Any] = [
        None if asked.left_out(place) else shape_of(asked, place)
        for place in range(1 if only_first else len(node.inputs))
        if place not in lists and place not in PASSED.get(node.op, ())
    ]
    for place, name in lists.items():
        found = entries(asked, place, name)
        given.pop(name, None)
        if found is not None and not (node.op == "Resize" and not found):
            given[name] = tuple(map(float, found)) if name == "scales" else tuple(found)
    answer = call(*shapes, **_plain(asked, call, given))
    return answer if isinstance(answer, tuple) else (answer,)


def _plain(asked: Asked, call: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as the judge takes them: those of older versions in today's words."""
    node, found = asked.node, {}
    takes = {p.name for p in _takes(call)}
    open_ended = any(p.kind is p.VAR_KEYWORD for p in _takes(call))
    for name, value in given.items():
        if name in takes or (not open_ended and name not in FORGOTTEN):
            found[name] = list(value) if isinstance(value, tuple) else value
    if node.op == "Concat":
        found.setdefault("axis", 1)
    if node.op == "Split" and "split" not in found:
        found["num_outputs"] = len(node.outputs)
    if any(isinstance(value, Stored) for value in found.values()):
        raise UnsupportedError(f"{node.title} has an array where a number stands")
    return found


@cache
def _takes(call: Any) -> tuple[inspect.Parameter, ...]:
    return tuple(inspect.signature(call).parameters.values())


def suits(asked: Asked) -> bool:
    """Whether today's rules are those of the node's version."""
    node = asked.node
    if node.op in TOGETHER and node.version < 7 and (node.op == "PRelu" or node.attributes.get("broadcast")):
        return False
    if node.op == "Resize" and node.version == 10:
        return False
    return known(node.op)


def shapes(asked: Asked) -> list[tuple[int, ...]]:
    """The shapes of the outputs; of pooling and dropout also that of what stands beside it."""
    several = [shape for one in judged(asked) for shape in one.output_shapes]
    if asked.node.op in ("MaxPool", "Dropout") and len(several) == 1:
        several *= len(asked.node.outputs)
    return several
