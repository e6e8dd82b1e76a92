"""A model by whatever names it: a YAML file, an ONNX file, or a network of the catalogue."""

from __future__ import annotations

from difflib import get_close_matches
from os import PathLike
from pathlib import Path

from convmath.errors import ParseError
from convmath.network.graph import Network

SUFFIXES = (".yaml", ".yml", ".onnx")


def read_model(given: str | PathLike[str]) -> Network:
    """The network in a ``.yaml`` or ``.onnx`` file, or the one of that name in the catalogue.

    Raises:
        ParseError: it is neither, or the file describes no network.
    """
    text = str(given)
    suffix = Path(text).suffix.lower()
    if suffix == ".onnx":
        from convmath.readers.onnx import read_onnx

        return read_onnx(given)
    if suffix in SUFFIXES:
        from convmath.readers.yaml import read_yaml

        return read_yaml(given)
    from convmath.readers.catalogue import catalogue

    if text in catalogue:
        return catalogue[text]
    near = get_close_matches(text, catalogue, n=3)
    hint = f"did you mean {', '.join(near)}?" if near else f"the catalogue has {', '.join(catalogue)}"
    raise ParseError(f"{text[:80]!r} is no .yaml or .onnx file and no network of the catalogue: {hint}")
