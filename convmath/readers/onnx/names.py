"""Names of a stranger, made fit to be shown: printable, not too long, and still one for each thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from convmath.readers.onnx.graph import Declared, Graph

LONGEST = 200


def fit(name: str) -> bool:
    """Whether a name can be shown as it is."""
    return len(name) <= LONGEST and name.isprintable()


def printable(name: str) -> str:
    """The name in characters that can be shown: others as their number, and cut where it is long."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name[: LONGEST + 1])
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def with_fit_names(graph: Graph) -> Graph:
    """The graph with every name fit to be shown; one that is fit stays as it is."""
    inner = [name for node in graph.nodes for name in (*node.inputs, *node.outputs)]
    given = [item.name for item in (*graph.inputs, *graph.outputs)]
    calls = [word for node in graph.nodes for word in (node.name, node.op, node.domain)]
    if all(map(fit, {*inner, *given, *calls, *graph.stored, *graph.declared, graph.name})):
        return graph
    names = _one_for_each([*given, *graph.stored, *inner, *graph.declared])
    nodes = tuple(
        replace(
            node,
            name=printable(node.name),
            op=printable(node.op),
            domain=printable(node.domain),
            inputs=tuple(names[name] for name in node.inputs),
            outputs=tuple(names[name] for name in node.outputs),
        )
        for node in graph.nodes
    )

    def called(item: Declared) -> Declared:
        return replace(item, name=names[item.name])

    return Graph(
        printable(graph.name),
        graph.opsets,
        tuple(map(called, graph.inputs)),
        tuple(map(called, graph.outputs)),
        MappingProxyType({names[name]: replace(item, name=names[name]) for name, item in graph.stored.items()}),
        nodes,
        MappingProxyType({names[name]: called(item) for name, item in graph.declared.items()}),
    )


def _one_for_each(names: Iterable[str]) -> dict[str, str]:
    """A name to show for each name, no two the same; those that are fit keep theirs."""
    once = dict.fromkeys(names)
    found = {name: name for name in once if fit(name)}
    taken = set(found)
    for name in once:
        if name not in found:
            plain, count = printable(name), 1
            while plain in taken:
                count += 1
                plain = f"{printable(name)}#{count}"
            taken.add(plain)
            found[name] = plain
    return found
