"""A call held against what ONNX says of its operator: how many arrays it takes, and which attributes of which kind."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from convmath.errors import ParseError
from convmath.language.tokens import shown
from convmath.readers.onnx.entries import MOST_AXES
from convmath.readers.onnx.graph import Node, Stored

KINDS: dict[str, tuple[str, Any]] = {
    "INT": ("an integer", lambda value: isinstance(value, int)),
    "INTS": ("a list of integers", lambda value: _listed(value, int)),
    "FLOAT": ("a number", lambda value: isinstance(value, float)),
    "FLOATS": ("a list of numbers", lambda value: _listed(value, float)),
    "STRING": ("a text", lambda value: isinstance(value, str)),
    "STRINGS": ("a list of texts", lambda value: _listed(value, str)),
    "TENSOR": ("an array", lambda value: isinstance(value, Stored)),
}
"""What the kinds of attributes are called, and what they look like here."""
BY_AXIS = ("axes", "dilations", "kernel_shape", "output_padding", "output_shape", "pads", "perm", "strides")
"""Attributes with one or two entries for an axis."""


def _listed(value: Any, kind: type) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, kind) for item in value)


@lru_cache(maxsize=4096)
def _schema(op: str, version: int, domain: str) -> Any:
    """What ONNX says of the operator, or None where it has none of this name."""
    from onnx import defs

    if not defs.has(op, domain):
        return None
    try:
        return defs.get_schema(op, version, domain) if version > 0 else defs.get_schema(op, domain)
    except defs.SchemaError:
        return None


def check_call(node: Node) -> None:
    """Holds a call against its operator, where ONNX has one of this name and version.

    Raises:
        ParseError: an attribute is of another kind, or missing; or there are too few or too many arrays.
    """
    found = _schema(node.op, node.version, node.domain)
    if found is None:
        return
    if foreign := node.attributes.keys() - found.attributes.keys():
        raise ParseError(f"{node.title} has an attribute {shown(min(foreign))}, which this operator does not have")
    for name, attribute in found.attributes.items():
        if name not in node.attributes:
            if attribute.required:
                raise ParseError(f"{node.title} has no attribute {name}, which it must have")
            continue
        words, fits = KINDS.get(attribute.type.name, ("", lambda value: True))
        value = node.attributes[name]
        if not fits(value):
            raise ParseError(f"{node.title}: its attribute {name} is not {words}, as it has to be")
        if name in BY_AXIS and isinstance(value, tuple) and len(value) > 2 * MOST_AXES:
            raise ParseError(
                f"{node.title}: its attribute {name} has {len(value)} entries; {2 * MOST_AXES} are the most"
            )
    given = len(node.inputs)
    if not found.min_input <= given <= found.max_input:
        raise ParseError(
            f"{node.title} takes {given} arrays; it has to be {_between(found.min_input, found.max_input)}"
        )
    if len(node.outputs) > found.max_output:
        raise ParseError(f"{node.title} gives {len(node.outputs)} arrays, which are more than it has")


def _between(least: int, most: int) -> str:
    if least == most:
        return str(least)
    return f"{least} or more" if most > 2**20 else f"{least} to {most}"
