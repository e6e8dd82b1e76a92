"""A trace as rows: what each layer gives, learns, costs and reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convmath.errors import ParseError, UnsupportedError
from convmath.language.tree import Int
from convmath.network import window
from convmath.network.costs import CONVENTIONS, buffers, cost, parameters
from convmath.network.extent import Size
from convmath.network.graph import Node
from convmath.network.program import Shape
from convmath.network.window import Window

if TYPE_CHECKING:
    from convmath.network.trace import Trace

Windows = tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One layer of a trace.

    Attributes:
        name: the layer's name.
        op: its operator.
        outputs: the shape of each tensor that it gives.
        parameters: how many numbers it learns; 0 where it shares them with an earlier layer.
        buffers: how many numbers it keeps and does not learn.
        macs: its multiply-adds with a weight, None where it has no weights.
        windows: what one unit reads of each spatial axis of the input, or None with ``why``.
        why: why there are no windows; or, where ways meet, why their middles do not lie on one another.
        shares: the layer whose parameters it uses.
    """

    name: str
    op: str
    outputs: Mapping[str, Shape | None]
    parameters: Size
    buffers: Size
    macs: Size | None
    windows: Windows | None
    why: str = ""
    shares: str = ""


def rows(trace: Trace) -> tuple[Row, ...]:
    """The rows of a trace, in the order of the layers."""
    return tuple(_rows(trace))


def _rows(trace: Trace) -> Iterator[Row]:
    owner: dict[object, str] = {}
    counted: set[str] = set()
    windows = all_windows(trace)
    for node in trace.network.nodes:
        shared = owner.setdefault(node.layer, node.name)
        mine = shared == node.name
        found = windows[node.outputs[0]]
        taken = trace.known(node)
        ready = None if taken is None else node.layer.at(taken)
        yield Row(
            node.name,
            node.layer.kind,
            {tensor: trace.shapes[tensor] for tensor in node.outputs},
            _entries(node.layer.learned, counted, ready and mine and parameters(ready.operator)),
            _entries(node.layer.kept, counted, ready and mine and buffers(ready.operator)),
            None if ready is None or taken is None else cost(ready, taken),
            None if isinstance(found, str) else found,
            found if isinstance(found, str) else aligned(trace, node, windows),
            "" if mine or node.layer.learned == {} else shared,
        )


def _entries(arrays: Mapping[str, int] | None, counted: set[str], own: Size | None) -> Size:
    """The entries of named arrays that no layer before had, or of arrays without names."""
    if arrays is None:
        return own or 0
    new = {name: count for name, count in arrays.items() if name not in counted}
    counted.update(new)
    return sum(new.values())


def all_windows(trace: Trace) -> dict[str, Windows | str]:
    """For every tensor the windows of its units on the first input, or why there are none."""
    found: dict[str, Windows | str] = dict.fromkeys(trace.network.inputs, "another input")
    found |= {first: window.start(len(trace.shapes[first] or ())) for first in list(found)[:1]}
    for node in trace.network.nodes:
        try:
            made: Windows | str = _through(trace, node, found)
        except UnsupportedError as error:
            made = str(error)
        found |= dict.fromkeys(node.outputs, made)
    return found


def aligned(trace: Trace, node: Node, found: Mapping[str, Windows | str]) -> str:
    """Where several ways meet: why the middles of their windows do not lie on one another, or nothing."""
    ways = [way for tensor in node.inputs if not isinstance(way := found[tensor], str)]
    if len(ways) < 2 or len(ways) < len(node.inputs) or len(set(map(len, ways))) > 1:
        return ""
    for windows in zip(*ways, strict=True):
        if any(one.whole for one in windows):
            continue
        try:
            strides, middles = ({getattr(one, what) for one in windows} for what in ("stride", "middle"))
        except UnsupportedError as error:
            return str(error)
        if len(strides) > 1:
            return f"not aligned: the ways have the strides {', '.join(map(str, sorted(strides)))}"
        if len(middles) > 1:
            return f"not aligned: the middles of the ways lie {max(middles) - min(middles)} apart"
    return ""


def _through(trace: Trace, node: Node, found: Mapping[str, Windows | str]) -> Windows:
    taken = trace.known(node)
    if taken is None:
        raise UnsupportedError("its sizes are not known")
    operator, program, _ = node.layer.at(taken)
    reads = range(len(node.inputs)) if node.layer.reads is None else node.layer.reads
    shapes = [taken[place] for place in reads]
    if program.ranks != tuple(map(len, shapes)):
        raise UnsupportedError(f"{node.layer.kind} is no index sum here, so what a unit reads is not known")
    numbers = {
        name: Int(size)
        for name, size in zip(program.letters, program.bind(shapes, []), strict=True)
        if isinstance(size, int)
    }
    ways = []
    for name, place in zip(operator.general.inputs, reads, strict=True):
        before = found[node.inputs[place]]
        if isinstance(before, str):
            raise UnsupportedError(before)
        ways.append(window.through(operator, name, before, numbers))
    if len(set(map(len, ways))) > 1:
        raise UnsupportedError("the ways have different numbers of axes")
    return tuple(window.together(list(axis)) for axis in zip(*ways, strict=True))


def totals(trace: Trace, convention: str = "macs") -> dict[str, Size]:
    """The sums over all layers: parameters, buffers, and the operations that ``convention`` counts.

    Raises:
        ParseError: there is no such convention.
        UnsupportedError: the convention does not say how to count some layer; the message names it.
    """
    if convention not in CONVENTIONS:
        raise ParseError(f"there is no convention {str(convention)[:60]!r}: there are {', '.join(CONVENTIONS)}")
    learned: Size = 0
    kept: Size = 0
    counted: Size = 0
    for node, row in zip(trace.network.nodes, trace.rows, strict=True):
        learned, kept = row.parameters + learned, row.buffers + kept
        own = row.macs if convention == "macs" else _cost(trace, node, convention)
        counted = counted if own is None else own + counted
    return {"parameters": learned, "buffers": kept, convention: counted}


def _cost(trace: Trace, node: Node, convention: str) -> Size | None:
    taken = trace.known(node)
    try:
        return None if taken is None else cost(node.layer.at(taken), taken, convention)
    except UnsupportedError as error:
        raise UnsupportedError(f"{trace.network.name}, layer {node.name}: {error}") from error
