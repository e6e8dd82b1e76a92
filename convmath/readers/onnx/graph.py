"""A model as its file says it, in plain immutable values.

Names are texts of a stranger: they are kept as they are, and shown through ``shown``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any

from convmath.errors import ParseError
from convmath.language.tokens import shown

Dim = int | str | None
"""A size that is declared: a number, a name, or left open."""
SUBGRAPH = "subgraph"
"""Stands for an attribute that is a graph of its own."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An array whose shape is declared.

    Attributes:
        name: of the array.
        dims: its sizes; None where not even their number is said.
        element: the type of its entries, as in ``"float"``; of what is no array, what it is.
    """

    name: str
    dims: tuple[Dim, ...] | None
    element: str


@dataclass(frozen=True, slots=True)
class Stored:
    """An array that the model holds.

    Attributes:
        name: of the array.
        dims: its sizes.
        element: the type of its entries, as in ``"int64"``.
        values: the entries in row-major order; None for weights, which are not read, and for what lies in other files.
    """

    name: str
    dims: tuple[int, ...]
    element: str
    values: tuple[Any, ...] | None

    @property
    def count(self) -> int:
        """How many entries there are."""
        return prod(self.dims)


@dataclass(frozen=True, slots=True)
class Node:
    """One call of an operator.

    Attributes:
        name: which may be empty, and need not be the only one of its kind.
        op: the operator's name.
        domain: whose operator it is; ONNX's own is ``""``.
        version: of the set of operators that it is one of; 0 where the file names none.
        inputs: the names of the arrays that it takes; ``""`` where one is left out.
        outputs: the names of the arrays that it gives.
        attributes: numbers, texts, tuples of them, ``Stored`` arrays; ``SUBGRAPH`` for a graph.
    """

    name: str
    op: str
    domain: str
    version: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What to call it in a message: its operator, and its name or else that of what it gives."""
        name = self.name or next(filter(None, self.outputs), "")
        kind = f"{self.domain}.{self.op}" if self.domain else self.op
        return f"{_word(kind)} {shown(name)}" if name else f"{_word(kind)} without a name"


def _word(text: str) -> str:
    return text if text.isascii() and text.replace(".", "").replace("_", "").isalnum() else shown(text)


@dataclass(frozen=True, slots=True)
class Graph:
    """A model.

    Attributes:
        name: of the graph.
        opsets: the version of each domain's operators.
        inputs: what the model is given; arrays that it also holds are not among them.
        outputs: what it gives.
        stored: the arrays that it holds, by name.
        nodes: the calls, each after those whose results it takes.
        declared: the shapes that the file declares for what lies between, by name.
    """

    name: str
    opsets: Mapping[str, int]
    inputs: tuple[Declared, ...]
    outputs: tuple[Declared, ...]
    stored: Mapping[str, Stored]
    nodes: tuple[Node, ...]
    declared: Mapping[str, Declared]


def read_graph(path: str | PathLike[str]) -> Graph:
    """The graph in an ONNX file. No weight is read, and no other file is opened.

    Raises:
        ParseError: the file cannot be read, is no ONNX model, or its graph is none: a name without an array, an
            array with two makers, a cycle.
        UnsupportedError: the package onnx is not installed.
    """
    from convmath.readers.onnx.decode import decoded
    from convmath.readers.onnx.skim import Skimmer

    name = shown(str(path))
    try:
        file = Path(path)
        if not file.is_file():
            raise ParseError(f"{name} is no file: give the path of an .onnx file")
        size = file.stat().st_size
        if not size:
            raise ParseError(f"{name} is empty: an ONNX model has a graph")
        with file.open("rb") as opened:
            data = Skimmer(name, opened).message("model", size)
    except (OSError, ValueError) as error:
        raise ParseError(f"{name} cannot be read: {error}") from None
    return decoded(data, name)
