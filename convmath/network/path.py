"""The way from an input to a tensor along one axis, and the derivation of its size."""

from __future__ import annotations

from contextlib import suppress

from convmath.errors import ParseError, UnsupportedError
from convmath.network.closed import derive_size
from convmath.network.form import letters_in
from convmath.network.graph import Network, Node
from convmath.network.program import Shape
from convmath.network.rows import all_windows
from convmath.network.table import plain
from convmath.network.trace import Trace
from convmath.network.window import has_letters
from convmath.proof.derivation import Derivation


def derive_along(net: Network, letter: str, tensor: str | None = None) -> Derivation:
    """See :meth:`convmath.network.graph.Network.derive_size`."""
    first, axis = _source(net, letter)
    trace = net.trace()
    wanted = tensor if tensor is not None else _last(trace, letter)
    if wanted not in trace.shapes:
        raise ParseError(f"{net.name} has no tensor {wanted[:80]!r}")
    nodes, joins = _path(trace, first, wanted, letter, axis)
    title = f"{plain(net.name)}, {plain(wanted)}"
    operators = tuple(node.layer.at(trace.known(node) or []).operator for node in nodes)
    return derive_size(operators, axis, title, [node.name for node in nodes], joins)


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


def _widths(trace: Trace, axis: int) -> dict[str, int]:
    """How many places along an axis of the first input one unit of each tensor spans; 0 where no number says it."""
    found = dict.fromkeys(trace.shapes, 0)
    for name, windows in all_windows(trace).items():
        if isinstance(windows, str) or not 2 <= axis < len(windows) + 2:
            continue
        window = windows[axis - 2]
        if not window.whole and not has_letters(window):
            with suppress(UnsupportedError):  # units at different places span different numbers: no one number
                found[name] = window.size
    return found


def _path(trace: Trace, first: str, wanted: str, letter: str, axis: int) -> tuple[list[Node], list[str]]:
    """The layers from the input to the tensor, and the names of those that join several tensors.

    Of several ways it is the one with the widest windows, then the longest.
    What meets has one size along the axis, so the layer that joins it leaves the size as it is.
    """
    giver: dict[str, Node] = {name: node for node in trace.network.nodes for name in node.outputs}
    depth, wide = _depths(trace.network), _widths(trace, axis)
    nodes: list[Node] = []
    joins: list[str] = []
    tensor = wanted
    while tensor != first:
        node = giver.get(tensor)
        taken = None if node is None else trace.known(node)
        if node is None or taken is None:
            raise UnsupportedError(f"{trace.network.name}: the way from {first} to {wanted} is not known")
        having = [at for at, shape in enumerate(taken) if _along(shape, letter)]
        if not having:
            raise UnsupportedError(f"{trace.network.name}, layer {node.name}: its input does not depend on {letter}")
        number = max(having, key=lambda at: (wide[node.inputs[at]], depth[node.inputs[at]]))
        if _has_definition(node, taken):
            nodes.append(node)
        else:
            _check_join(trace, node, taken[number], tensor, letter)
            joins += [node.name] if len(taken) > 1 else []
        tensor = node.inputs[number]
    return nodes[::-1], joins[::-1]


def _has_definition(node: Node, taken: list[Shape]) -> bool:
    """Whether the layer has one input, and an index definition that takes it."""
    return len(taken) == 1 and node.layer.at(taken).program.ranks == (len(taken[0]),)


def _check_join(trace: Trace, node: Node, before: Shape, tensor: str, letter: str) -> None:
    """Refuses a layer that makes one size of several; where it needs them to be equal, they are.

    Raises:
        UnsupportedError: the size after it is another than that of the way.
    """
    after = trace.shapes[tensor] or ()
    mine, its = ([size for size in shape if letters_in(size) == {letter}] for shape in (before, after))
    needed = [{r.left, r.right} for r in trace.requirements if r.node == node.name and r.op == "="]
    if len(mine) != len(its) or any(a != b and {a, b} not in needed for a, b in zip(mine, its, strict=True)):
        several = len(node.inputs) > 1
        why = "out of several ways: the derivation follows one" if several else "and has no index definition here"
        raise UnsupportedError(
            f"{trace.network.name}, layer {node.name}: {node.layer.kind} makes {', '.join(map(str, its)) or 'no size'} "
            f"of {', '.join(map(str, mine))} along {letter}, {why}"
        )
