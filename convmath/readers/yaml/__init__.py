"""A network from a YAML file.

    name: small
    input: [N, 3, H, W]
    layers:
      - {name: conv1, op: conv2d, out_channels: 64, kernel_size: 7, stride: 2, padding: 3}
      - {op: relu}

``docs/how-to/network.md`` describes the keys. Numbers, words and lists are all that a file can hold; nothing in it is
run, and no other file is opened.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from convmath.errors import ConvmathError, ParseError
from convmath.language.tokens import shown
from convmath.network.graph import Network, wired
from convmath.network.program import Shape
from convmath.readers.yaml.blocks import read_blocks
from convmath.readers.yaml.nodes import LONGEST, Scalar, Table, check_keys, items, read_nodes, table
from convmath.readers.yaml.values import line, name, names, shape
from convmath.readers.yaml.wiring import Wiring

KEYS = ("name", "source", "input", "inputs", "blocks", "layers", "outputs")
LONGEST_SOURCE = 500


def read_yaml(path: str | PathLike[str] | None = None, *, text: str | None = None) -> Network:
    """The network that a YAML file describes, or a ``text`` in the same language.

    >>> net = read_yaml(text="{name: pool, input: [N, 1, H, W], layers: [{op: max_pool2d, kernel_size: 2}]}")
    >>> net.trace().output
    (N, 1, ⌊H / 2⌋, ⌊W / 2⌋)

    Raises:
        ParseError: it is no such file; with the name of the file, line and column.
        DefinitionError: an operator does not take its arguments, or a name stands twice.
    """
    if (path is None) == (text is None):
        raise ParseError("read_yaml takes one of both: the path of a file, or text=…")
    if path is not None:
        return _network(_read(path), shown(Path(path).name).strip("“”"))
    if not isinstance(text, str):
        raise ParseError(f"text is of type {type(text).__name__}; a network is read from a str")
    return _network(text, "the text")


def _read(path: str | PathLike[str]) -> str:
    """The text of a file; never more than is taken."""
    what = shown(str(path))
    try:
        file = Path(path)
        if not file.is_file():
            raise ParseError(f"{what} is no file: give the path of a YAML file that describes a network")
        with file.open("rb") as opened:
            data = opened.read(4 * LONGEST + 1)
        if len(data) > 4 * LONGEST:
            raise ParseError(f"{what} is too large: at most {LONGEST} characters are read")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError(f"{what} is no text in UTF-8 (at byte {error.start}): a network is read from YAML") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ParseError(f"{what} cannot be read: {shown(reason)}") from None


def _network(text: str, file: str) -> Network:
    found = table(read_nodes(text, file), "a file")
    check_keys(found, KEYS, "a network")
    for key in ("name", "layers"):
        if key not in found.entries:
            found.place.refuse(f"{key} is missing: a network has at least name, input and layers")
    entries = found.entries
    inputs = _inputs(found)
    wiring = Wiring(inputs, read_blocks(entries["blocks"]) if "blocks" in entries else {})
    for entry in items(entries["layers"], "layers"):
        wiring.entry(entry, wiring.whole)
    if not wiring.nodes:
        entries["layers"].place.refuse("there is no layer: a network has at least one")
    called = line(entries["name"], "name")
    source = line(entries["source"], "source", LONGEST_SOURCE) if "source" in entries else file
    try:
        return wired(called, inputs, wiring.nodes, _outputs(found, wiring), source, wiring.expected)
    except ConvmathError as error:
        found.place.refuse(str(error), type(error))


def _inputs(found: Table) -> dict[str, Shape]:
    if ("input" in found.entries) == ("inputs" in found.entries):
        found.place.refuse("say what comes in once: “input: [N, 3, H, W]”, or “inputs:” with a name for each shape")
    if "input" in found.entries:
        return {"input": shape(found.entries["input"], "input")}
    given = table(found.entries["inputs"], "inputs")
    if not given.entries:
        given.place.refuse("inputs is empty: a network takes at least one")
    return {_name(given, key): shape(value, f"the input {key}") for key, value in given.entries.items()}


def _name(given: Table, key: str) -> str:
    return name(Scalar(given.at(key), key, True), "the name of an input")


def _outputs(found: Table, wiring: Wiring) -> tuple[Any, ...] | None:
    """The tensors that the file names as outputs, or None where it names none."""
    if "outputs" not in found.entries:
        return None
    words = names(found.entries["outputs"], "outputs")
    for word in words:
        if word not in wiring.whole.tensors:
            found.at("outputs").refuse(f"{shown(word)} is no layer and no input")
    return tuple(wiring.whole.tensors[word] for word in words)
