"""A stored array: its sizes always, its entries where they are few."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from struct import unpack
from typing import Any

from convmath.errors import ParseError
from convmath.language.tokens import shown
from convmath.readers.onnx.graph import Stored

MOST_AXES = 64
MOST_INTEGERS, MOST_FLOATS = 4096, 64
"""Integers may be sizes and places; floats are weights, but for a few scales and bounds."""
ELEMENTS = (
    *("undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16"),
    *("double", "uint32", "uint64", "complex64", "complex128", "bfloat16"),
)
"""The types of entries, in the order of their numbers."""
INTEGERS = {"int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I"} | {
    "int64": "q",
    "uint64": "Q",
    "bool": "?",
}
FLOATS = {"float": "f", "double": "d", "float16": "e"}
FIELD = {"int64": "int64_data", "uint32": "uint64_data", "uint64": "uint64_data", "float": "float_data"} | {
    "double": "double_data"
}
"""Where the entries stand that are not raw bytes; the other types stand among the 32-bit integers."""


def stored(item: Any) -> Stored:
    """A ``TensorProto``. Nothing but its own fields is looked at: no file that it names.

    Raises:
        ParseError: a size is negative, or there are too many axes.
    """
    if not isinstance(item.name, str):
        raise ParseError("the name of a stored array is no UTF-8")
    dims, kind = checked_dims(item.name, item.dims), element(item.data_type)
    return Stored(item.name, dims, kind, _values(item, kind, prod(dims)))


def checked_dims(name: str, dims: Iterable[int]) -> tuple[int, ...]:
    """The sizes of a stored array, none of them negative."""
    found = tuple(dims)
    if len(found) > MOST_AXES or min(found, default=0) < 0:
        raise ParseError(
            f"{shown(name)} is stored with the sizes {shown(', '.join(map(str, found[:MOST_AXES])))}: sizes are ≥ 0, "
            f"and there are at most {MOST_AXES}"
        )
    return found


def element(number: int) -> str:
    """The type of entries that has this number, as in ``"float"``."""
    return ELEMENTS[number] if 0 <= number < len(ELEMENTS) else f"type {number}"


def _values(item: Any, kind: str, count: int) -> tuple[Any, ...] | None:
    """The entries, or None where they are not all here, too many, or of a type that is no number here."""
    letter = INTEGERS.get(kind) or FLOATS.get(kind)
    most = MOST_INTEGERS if kind in INTEGERS else MOST_FLOATS
    if letter is None or count > most or item.data_location == item.EXTERNAL:
        return None
    if item.HasField("raw_data"):
        return _raw(item.raw_data, letter, count)
    found = tuple(getattr(item, FIELD.get(kind, "int32_data")))
    if len(found) != count:
        return None
    if kind == "float16":
        return _raw(b"".join((number & 65535).to_bytes(2, "little") for number in found), letter, count)
    return tuple(map(bool, found)) if kind == "bool" else found


def _raw(data: bytes, letter: str, count: int) -> tuple[Any, ...] | None:
    width = {"b": 1, "B": 1, "?": 1, "h": 2, "H": 2, "e": 2, "i": 4, "I": 4, "f": 4}.get(letter, 8)
    return unpack(f"<{count}{letter}", data) if len(data) == count * width else None
