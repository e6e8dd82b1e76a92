"""Networks of layers that follow one another."""

from __future__ import annotations

from collections import Counter
from typing import Any

from convmath.errors import DefinitionError
from convmath.language.tidy import put
from convmath.network.graph import Network, network
from convmath.network.layer import Fixed, Layer, layer


def sequential(*layers: Any, input: Any = None, name: str = "network", source: str = "") -> Network:
    """Layers one after the other: ``sequential(cm.conv2d(3, 64, 3), "relu", cm.max_pool2d(2))``.

    Args:
        layers: operators, layers, or names of functions that need no argument; a pair (name, layer) names one.
        input: the shape of the input; by default letters for as many axes as the first layer takes.
        name: what to call it.
        source: where it is published.

    Raises:
        DefinitionError: there is no layer.
    """
    if not layers:
        raise DefinitionError(f"{name} has no layer: give at least one")
    nodes: dict[str, Any] = {}
    count: Counter[str] = Counter()
    last = "input"
    for entry in layers:
        named = isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[0], str)
        found = layer(entry[1] if named else entry)
        count[found.kind] += not named
        key = entry[0] if named else f"{found.kind}_{count[found.kind]}"
        if key in nodes:
            raise DefinitionError(f"{name}: two layers are called {key!r}")
        nodes[key] = (found, last)
        last = key
    shape = input if input is not None else _first_shape(next(iter(nodes.values()))[0], name)
    return network({"input": shape}, nodes, name=name, source=source)


def _first_shape(first: Layer, name: str) -> Any:
    if not isinstance(first, Fixed):
        raise DefinitionError(f"{name}: say what comes in, as in input='N,3,H,W'")
    operator = first.operator
    return [put(item, operator.values) for item in operator.general.arrays[operator.general.inputs[0]].shape]
