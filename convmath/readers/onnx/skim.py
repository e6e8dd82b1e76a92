"""A model file without its weights: they are passed over, and never read.

An ONNX file is a protobuf message. This module walks over the messages that a graph is made of, copies what says
how the graph is wired, and leaves out long arrays, subgraphs, texts for people, and metadata. So a model of any size
is read in the time and the memory of its graph.

Source: onnx.proto of ONNX 1.23 (the numbers of the fields never change), protobuf's encoding.
"""

from __future__ import annotations

from typing import BinaryIO

from convmath.errors import ParseError

MOST_BYTES = 64 * 2**20
MOST_FIELDS = 1_000_000
LONGEST_ARRAY = 32 * 2**10
"""Bytes of an array that are still copied: 4096 integers of 64 bits."""
LEFT_OUT, EMPTIED, ARRAY = "left out", "emptied", "array"
FIELDS = {
    "model": {6: LEFT_OUT, 7: "graph", 14: LEFT_OUT, 20: LEFT_OUT, 25: "function", 26: LEFT_OUT},
    "graph": {1: "node", 5: "tensor", 10: LEFT_OUT, 11: "value", 12: "value", 13: "value", 14: LEFT_OUT, 15: "sparse"}
    | {16: LEFT_OUT},
    "node": {5: "attribute", 6: LEFT_OUT, 9: LEFT_OUT, 10: LEFT_OUT},
    "attribute": {5: "tensor", 6: EMPTIED, 10: "tensor", 11: EMPTIED, 13: LEFT_OUT, 22: "sparse", 23: "sparse"},
    "function": {7: "node", 8: LEFT_OUT, 11: "attribute", 12: LEFT_OUT, 14: LEFT_OUT},
    "tensor": {4: ARRAY, 5: ARRAY, 6: ARRAY, 7: ARRAY, 9: ARRAY, 10: ARRAY, 11: ARRAY, 12: LEFT_OUT, 13: LEFT_OUT}
    | {16: LEFT_OUT},
    "sparse": {1: "tensor", 2: "tensor"},
    "value": {2: "type", 3: LEFT_OUT, 4: LEFT_OUT},
    "type": {1: "shaped"},
    "shaped": {2: "shape"},
    "shape": {1: "size"},
    "size": {},
}
"""What each numbered field of a message is: a message of this kind, or what is done with it. Others are copied."""
VARINT, EIGHT, LENGTH, FOUR = 0, 1, 2, 5
WIDTHS = {EIGHT: 8, FOUR: 4}


class Skimmer:
    """One file, walked over once from its beginning to its end.

    Attributes:
        name: of the file, for messages.
        file: open for reading, at its beginning.
        kept: how many bytes were copied.
        fields: how many fields were met.
    """

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name, self.file, self.kept, self.fields = name, file, 0, 0

    def message(self, kind: str, end: int) -> bytes:
        """The message up to the byte ``end`` of the file, with what is left out left out.

        Raises:
            ParseError: it is no protobuf message, is cut off, or is larger than what is read.
        """
        found = bytearray()
        fields, file = FIELDS[kind], self.file
        while file.tell() < end:
            self.fields += 1
            if self.fields > MOST_FIELDS:
                raise ParseError(f"{self.name} has more than {MOST_FIELDS} entries, which are the most that are read")
            tag = self.varint()
            field, wire = tag >> 3, tag & 7
            if wire == LENGTH:
                found += self.bounded(tag, fields.get(field, ""), end)
            elif field and (wire == VARINT or wire in WIDTHS):
                found += varint(tag)
                found += varint(self.varint()) if wire == VARINT else self.copied(WIDTHS[wire], end)
            else:
                raise self.broken(f"byte {file.tell()} opens no field")
        if file.tell() > end:
            raise self.broken("a field runs over the end of its message")
        return bytes(found)

    def bounded(self, tag: int, what: str, end: int) -> bytes:
        """A field that says its own length."""
        length = self.varint()
        start = self.file.tell()
        if start + length > end or not tag >> 3:
            raise self.broken(f"at byte {start} it announces {length} bytes, but {end - start} are left")
        if what in FIELDS:
            body = self.message(what, start + length)
        elif what in (LEFT_OUT, EMPTIED) or (what == ARRAY and length > LONGEST_ARRAY):
            self.file.seek(start + length)
            body = b""
        else:
            body = self.copied(length, end)
        return b"" if what in (LEFT_OUT, ARRAY) and not body else varint(tag) + varint(len(body)) + body

    def copied(self, count: int, end: int) -> bytes:
        self.kept += count
        if self.kept > MOST_BYTES:
            raise ParseError(f"{self.name} has more than {MOST_BYTES >> 20} MiB beside its weights: no more is read")
        found = self.file.read(count)
        if len(found) < count or self.file.tell() > end:
            raise self.broken("it is cut off")
        return found

    def varint(self) -> int:
        """A number of 7 bits a byte, the lowest first."""
        value = shift = 0
        while shift < 70:
            byte = self.file.read(1)
            if not byte:
                raise self.broken("it is cut off")
            value |= (byte[0] & 127) << shift
            if byte[0] < 128:
                return value & (2**64 - 1)
            shift += 7
        raise self.broken(f"byte {self.file.tell()} belongs to no number")

    def broken(self, why: str) -> ParseError:
        return ParseError(f"{self.name} is no ONNX model: {why}. An .onnx file is one protobuf message, whole")


def varint(value: int) -> bytes:
    """``value`` as protobuf writes it."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
