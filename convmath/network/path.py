"""The way from an input to a tensor along one axis, and the derivation of its size."""

from __future__ import annotations

from convmath.errors import ParseError, UnsupportedError
from convmath.network.closed import derive_size
from convmath.network.form import letters_in
from convmath.network.graph import Network, Node
from convmath.network.program import Shape
from convmath.network.trace import Trace
from convmath.operators.operator import Operator
from convmath.proof.derivation import Derivation


def derive_along(net: Network, letter: str, tensor: str | None = None) -> Derivation:
    """See :meth:`convmath.network.graph.Network.derive_size`."""
    first, axis = _source(net, letter)
    trace = net.trace()
    wanted = tensor if tensor is not None else _last(trace, letter)
    if wanted not in trace.shapes:
        raise ParseError(f"{net.name} has no tensor {wanted[:80]!r}")
    operators = _path(trace, first, wanted, letter)
    title = f"{net.name}, {wanted}"
    return derive_size(tuple(operators), axis, title)


def _source(net: Network, letter: str) -> tuple[str, int]:
    for name, shape in net.inputs.items():
        for axis, size in enumerate(shape):
            if letters_in(size) == {letter}:
                return name, axis
    letters = sorted({name for shape in net.inputs.values() for size in shape for name in letters_in(size)})
    raise ParseError(f"{net.name} has no size {letter[:40]!r}: its inputs have {', '.join(letters) or 'no letters'}")


def _along(shape: Shape | None, letter: str) -> bool:
    return any(letters_in(size) == {letter} for size in shape or ())


def _last(trace: Trace, letter: str) -> str:
    """The last tensor with an axis that depends on the letter alone."""
    found = [name for name, shape in trace.shapes.items() if _along(shape, letter)]
    return found[-1]


def _depths(net: Network) -> dict[str, int]:
    """How many layers the longest way to each tensor has."""
    found = dict.fromkeys(net.inputs, 0)
    for node in net.nodes:
        found |= dict.fromkeys(node.outputs, 1 + max((found[tensor] for tensor in node.inputs), default=0))
    return found


def _path(trace: Trace, first: str, wanted: str, letter: str) -> list[Operator]:
    """The operators from the input to the tensor; where several tensors meet, the longest way.

    What meets has one size along the axis, so the layer that joins it leaves the size as it is.
    """
    giver: dict[str, Node] = {name: node for node in trace.network.nodes for name in node.outputs}
    depth = _depths(trace.network)
    operators: list[Operator] = []
    tensor = wanted
    while tensor != first:
        node = giver.get(tensor)
        taken = None if node is None else trace.known(node)
        if node is None or taken is None:
            raise UnsupportedError(f"{trace.network.name}: the way from {first} to {wanted} is not known")
        having = [at for at, shape in enumerate(taken) if _along(shape, letter)]
        if not having:
            raise UnsupportedError(f"{trace.network.name}, layer {node.name}: its input does not depend on {letter}")
        number = max(having, key=lambda at: depth[node.inputs[at]])
        if len(taken) == 1:
            operators.append(node.layer.at(taken).operator)
        tensor = node.inputs[number]
    operators.reverse()
    return operators
