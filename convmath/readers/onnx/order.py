"""Names held against each other, and calls put in order."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from convmath.errors import ParseError
from convmath.language.tokens import shown
from convmath.readers.onnx.graph import Node

MOST_NAMED = 8


def checked(file: str, nodes: Sequence[Node], given: set[str], wanted: Sequence[str]) -> tuple[Node, ...]:
    """The nodes, each after those whose results it takes; their order in the file is kept where it can be.

    Args:
        file: its name, for messages.
        nodes: in the order of the file.
        given: the names of inputs and of stored arrays.
        wanted: the names of what the model gives.

    Raises:
        ParseError: an array has no maker, or two; the calls go round in a circle.
    """
    makers: dict[str, int] = {}
    for place, node in enumerate(nodes):
        for name in filter(None, node.outputs):
            if name in given or makers.setdefault(name, place) != place or node.outputs.count(name) > 1:
                other = nodes[makers[name]].title if name in makers else "an input or a stored array"
                raise ParseError(
                    f"{file}: {node.title} gives {shown(name)}, which {other} gives too: each name stands for one array"
                )
    for node in nodes:
        for name in filter(None, node.inputs):
            if name not in given and name not in makers:
                raise ParseError(
                    f"{file}: {node.title} takes {shown(name)}, which no node, input or stored array gives"
                )
    for name in wanted:
        if name not in given and name not in makers:
            raise ParseError(f"{file}: the output {shown(name)} is given by no node, input or stored array")
    return _ordered(file, nodes, makers)


def _ordered(file: str, nodes: Sequence[Node], makers: dict[str, int]) -> tuple[Node, ...]:
    before = [{makers[name] for name in node.inputs if name in makers} for node in nodes]
    if all(max(places, default=-1) < place for place, places in enumerate(before)):
        return tuple(nodes)
    after: list[list[int]] = [[] for _ in nodes]
    for place, places in enumerate(before):
        for other in places:
            after[other].append(place)
    missing = [len(places) for places in before]
    ready = [place for place, count in enumerate(missing) if not count]
    heapify(ready)
    found = []
    while ready:
        place = heappop(ready)
        found.append(nodes[place])
        for other in after[place]:
            missing[other] -= 1
            if not missing[other]:
                heappush(ready, other)
    if len(found) < len(nodes):
        raise ParseError(f"{file} goes round in a circle: {_circle(nodes, before, missing)}. A graph has a beginning")
    return tuple(found)


def _circle(nodes: Sequence[Node], before: Sequence[set[int]], missing: Sequence[int]) -> str:
    """One circle in words: backwards from a node that waits, until a node comes again."""
    seen: dict[int, int] = {}
    place = next(place for place, count in enumerate(missing) if count)
    while place not in seen:
        seen[place] = len(seen)
        place = min(other for other in before[place] if missing[other])
    circle = [other for other, number in seen.items() if number >= seen[place]][::-1]
    named = [nodes[other].title for other in circle[:MOST_NAMED]]
    more = f" → {len(circle) - MOST_NAMED} more" if len(circle) > MOST_NAMED else ""
    return " → ".join([*named]) + more + f" → {named[0]}"
