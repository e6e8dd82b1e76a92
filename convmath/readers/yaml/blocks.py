"""Blocks: groups of layers with parameters, put in where they are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convmath.language.tokens import NAME, shown
from convmath.readers.yaml.nodes import Scalar, Table, Value, check_keys, items, table
from convmath.readers.yaml.values import NONE, Parameters, name, names, plain

KEYS = ("takes", "parameters", "layers", "gives")
USE = ("name", "block", "from", "repeat", "count_from", "expect")
"""Keys of a block's use that are no parameters of it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A group of layers.

    Attributes:
        name: what it is called.
        takes: the tensors that reach it, by the names that its layers know them by.
        parameters: their names, each with its default; those without one have to be given.
        layers: its entries.
        gives: which of its layers' outputs it gives; by default the last one's.
    """

    name: str
    takes: tuple[str, ...]
    parameters: dict[str, Any]
    layers: list[Value]
    gives: Value | None

    def values(self, use: Table, known: Parameters) -> dict[str, Any]:
        """Its parameters for one use.

        Raises:
            ParseError: one is missing or unknown.
        """
        check_keys(use, (*USE, *self.parameters), f"a use of the block {self.name}")
        found = {key: plain(use.entries[key], known) for key in self.parameters if key in use.entries}
        for key, default in self.parameters.items():
            if key not in found and default is Block:
                use.place.refuse(f"the block {self.name} needs {key}: write “{key}: …”")
            found.setdefault(key, default)
        return found


def read_blocks(given: Value) -> dict[str, Block]:
    """The blocks of a file.

    Raises:
        ParseError: one is written in another way.
    """
    found = table(given, "blocks")
    return {key: _block(key, table(value, f"the block {shown(key)}"), found) for key, value in found.entries.items()}


def _block(key: str, given: Table, among: Table) -> Block:
    name(Scalar(among.at(key), key, True), "the name of a block")
    check_keys(given, KEYS, f"the block {key}")
    if "layers" not in given.entries:
        given.place.refuse(f"the block {key} has no layers")
    layers = items(given.entries["layers"], "layers")
    if not layers:
        given.at("layers").refuse(f"the block {key} has no layers")
    takes = names(given.entries["takes"], "takes") if "takes" in given.entries else ("input",)
    parameters: dict[str, Any] = {}
    for value in items(given.entries["parameters"], "parameters") if "parameters" in given.entries else ():
        for word, default in _parameter(value).items():
            if word in parameters or word in USE or not NAME.match(word):
                value.place.refuse(
                    f"{shown(word)} cannot be the name of a parameter: it is a word of letters, digits and _, stands "
                    f"once, and is none of {', '.join(USE)}"
                )
            parameters[word] = default
    return Block(key, takes, parameters, layers, given.entries.get("gives"))


def _parameter(value: Value) -> dict[str, Any]:
    """A parameter's name, with its default or the mark that it has none."""
    if isinstance(value, Table):
        return {word: plain(default, NONE) for word, default in value.entries.items()}
    return {name(value, "a parameter"): Block}
