"""A model's own functions, put in where they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from convmath.readers.onnx.graph import Node

MOST_NODES = 200_000
"""Functions that would become more nodes than this are left as they are, and named as not known."""
DEEPEST, LONGEST_NAME = 40, 100
"""The same for functions that call functions deeper than this; names that are longer are not repeated in others."""
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reference:
    """An attribute that is what the caller of the function gives under ``name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Body:
    """A function: the names that its calls give to its inputs and outputs, its nodes, and what it takes by default."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    defaults: Mapping[str, Any]


def inlined(nodes: Sequence[Node], functions: Mapping[Key, Body]) -> list[Node]:
    """The nodes, with the nodes of a function in the place of its call.

    Functions that call themselves, and those that would become too many nodes, stay calls.
    """
    if not functions:
        return list(nodes)
    sizes = _sizes(functions)
    simple = {key: body for key, body in functions.items() if sizes[key] <= MOST_NODES}
    called = [key for key in map(_key, nodes) if key in simple]
    if sum(sizes[key] for key in called) > MOST_NODES:
        return list(nodes)
    found: list[Node] = []
    taken = {name for node in nodes for name in (*node.inputs, *node.outputs)}
    for place, node in enumerate(nodes):
        found += _called(node, simple, f"{node.name if 0 < len(node.name) <= LONGEST_NAME else place}/", taken)
    return found


def _key(node: Node) -> Key:
    return node.domain, node.op


def _sizes(functions: Mapping[Key, Body]) -> dict[Key, int]:
    """How many nodes each function becomes; more than ``MOST_NODES`` for one that calls itself."""
    sizes: dict[Key, int] = {}
    waiting = dict(functions)
    for _ in range(DEEPEST):
        ready = [key for key, body in waiting.items() if not any(_key(node) in waiting for node in body.nodes)]
        for key in ready:
            sizes[key] = min(MOST_NODES + 1, sum(sizes.get(_key(node), 1) for node in waiting.pop(key).nodes))
    return sizes | dict.fromkeys(waiting, MOST_NODES + 1)


def _called(node: Node, functions: Mapping[Key, Body], prefix: str, taken: set[str]) -> Iterator[Node]:
    body = functions.get(_key(node))
    if body is None:
        yield node
        return
    names = {"": "", **dict.fromkeys(body.inputs, "")}
    names |= dict(zip(body.inputs, node.inputs, strict=False))
    handed = dict(zip(body.outputs, node.outputs, strict=False))
    given = {**body.defaults, **node.attributes}
    for inner in body.nodes:
        for name in inner.outputs:
            if name not in names:
                names[name] = handed.get(name) or _fresh(prefix + name, taken)
    for name in body.outputs:
        if name in body.inputs and handed.get(name):
            yield Node(prefix + name, "Identity", "", 1, (names[name],), (handed[name],), MappingProxyType({}))
    for inner in body.nodes:
        put = replace(
            inner,
            name=prefix + (inner.name or inner.op),
            inputs=tuple(names.get(name, prefix + name) for name in inner.inputs),
            outputs=tuple(names[name] for name in inner.outputs),
            attributes=_given(inner.attributes, given),
        )
        yield from _called(put, functions, put.name + "/", taken)


def _given(attributes: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Attributes with what the caller gives; one that nobody gives is left out."""
    found = {
        name: given.get(value.name) if isinstance(value, Reference) else value for name, value in attributes.items()
    }
    return MappingProxyType({name: value for name, value in found.items() if value is not None})


def _fresh(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    taken.add(name)
    return name
