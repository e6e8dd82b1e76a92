"""ONNX models: the graph, the sizes that it calculates, and the layers that it means."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from convmath.network.graph import Network
from convmath.readers.onnx.graph import read_graph
from convmath.readers.onnx.model import Reader
from convmath.readers.onnx.names import printable, with_fit_names


def read_onnx(path: str | PathLike[str]) -> Network:
    """The network in an ONNX file.

    The file is data: no weight in it is read, no other file is opened, nothing is run. Every node is a layer under its
    name; sizes that the graph calculates (Shape, Gather, Concat, Reshape) are followed, in letters too. A node whose
    operator is not known is a layer too, which is named where the network is traced.

    Raises:
        ParseError: the file is no ONNX model, or its graph is none.
        UnsupportedError: the package onnx is not installed, or an input is no array of known rank.
    """
    graph = with_fit_names(read_graph(path))
    return Reader(graph, printable(Path(path).stem)).network(printable(str(path)))
