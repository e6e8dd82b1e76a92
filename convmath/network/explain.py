"""Why an input does not fit a network: the first layer that fails, how its sizes came about, and what would mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from convmath.errors import ConvmathError, UnsupportedError
from convmath.network.extent import Size
from convmath.network.form import letters_in
from convmath.network.graph import Network, Node
from convmath.network.mending import fixes_for
from convmath.network.misfits import misfits
from convmath.network.program import Requirement, Shape
from convmath.network.trace import inputs

Stop = tuple["Node | None", "ConvmathError | None", dict[str, Shape], list[Requirement]]


@dataclass(frozen=True)
class Place:
    """A size on the way to the layer that fails: after which layer, in numbers and in letters."""

    name: str
    op: str
    shape: Shape
    size: int
    formula: Size | None


@dataclass(frozen=True)
class Explanation:
    """What happens to one input.

    Attributes:
        network: its name.
        given: the shapes that came in.
        node: the first layer that fails, None where every layer fits.
        why: the layer's own words.
        torch: what PyTorch says there, where it says something of its own.
        ways: for each size that is wrong there, the layers that made it, from the input on.
        fixes: what would mend it, the least change first.
        requirements: where every layer fits: what must hold of letters.
        unknown: layers whose sizes are not known, so that nobody asked whether they, and those behind them, fit.
    """

    network: str
    given: Mapping[str, Shape]
    node: Node | None = None
    why: str = ""
    torch: str = ""
    ways: tuple[tuple[Place, ...], ...] = ()
    fixes: tuple[str, ...] = field(default=())
    requirements: tuple[Requirement, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether every layer takes what reaches it."""
        return self.node is None

    def __str__(self) -> str:
        from convmath.network.account import account

        return account(self)


def explain(net: Network, *given: Any, **named: Any) -> Explanation:
    """Why an input of these shapes fits, or does not.

    Raises:
        ShapeError: the shape is none that the network's inputs can have.
    """
    shapes = inputs(net, given, named)
    node, error, found, required = _until(net, dict(shapes))
    if node is None or error is None:
        unknown = tuple(n.name for n in net.nodes if any(tensor not in found for tensor in n.outputs))
        return Explanation(net.name, shapes, requirements=tuple(required), unknown=unknown)
    letters = {name: tuple(size) for name, size in net.inputs.items()}
    formulas = dict(letters)
    stop, _, formulas, met = _until(net, formulas)
    if stop is not None:
        met = [requirement for requirement in met if requirement.node != stop.name]
    numbers = _numbers(letters, shapes)
    taken = [found[tensor] for tensor in node.inputs]
    wrong = misfits(node, taken)
    sources = dict.fromkeys((tensor, axis) for number, axis, *_ in wrong for tensor in _together(node, number))
    ways = tuple(_way(net, tensor, axis, found, formulas) for tensor, axis in sources)
    fixes = fixes_for(node, taken, wrong, [formulas.get(t) for t in node.inputs], met, numbers)
    from convmath.network.words import torch_says

    return Explanation(net.name, shapes, node, str(error), torch_says(node, taken), ways, tuple(fixes))


def _together(node: Node, number: int) -> tuple[str, ...]:
    """The tensors whose sizes are held against one another: the first input, and the one that differs."""
    return (node.inputs[0], node.inputs[number]) if number else (node.inputs[0],)


def _until(net: Network, shapes: dict[str, Shape]) -> Stop:
    """The shapes of every tensor up to the first layer that does not fit."""
    met: list[Requirement] = []
    unknown: set[str] = set()
    for node in net.nodes:
        if unknown & set(node.inputs):
            unknown |= set(node.outputs)
            continue
        before = len(met)
        try:
            shapes |= zip(node.outputs, node.layer([shapes[t] for t in node.inputs], met), strict=True)
        except UnsupportedError:
            unknown |= set(node.outputs)
        except ConvmathError as error:
            return node, error, shapes, met
        finally:
            met[before:] = [requirement._replace(node=node.name) for requirement in met[before:]]
    return None, None, shapes, met


def _numbers(letters: Mapping[str, Shape], shapes: Mapping[str, Shape]) -> dict[str, int]:
    """The numbers that were given for the letters of the inputs."""
    found: dict[str, int] = {}
    for name, shape in letters.items():
        for size, number in zip(shape, shapes[name], strict=True):
            for letter in letters_in(size):
                if isinstance(number, int):
                    found.setdefault(letter, number)
    return found


def _way(
    net: Network, tensor: str, axis: int, found: Mapping[str, Shape], formulas: Mapping[str, Shape]
) -> tuple[Place, ...]:
    """The layers that made one size, from the input on; those that leave it as it is are left out."""
    giver = {name: node for node in net.nodes for name in node.outputs}
    places: list[Place] = []
    while True:
        shape = found[tensor]
        node = giver.get(tensor)
        whole = formulas.get(tensor)
        size = shape[axis] if axis < len(shape) else shape[-1]
        assert isinstance(size, int)
        formula = whole[axis] if whole is not None and axis < len(whole) else None
        places.append(Place(node.name if node else tensor, node.layer.kind if node else "input", shape, size, formula))
        if node is None or not node.inputs:
            break
        before = found[node.inputs[0]]
        axis = axis if len(before) == len(shape) else len(before) - 1 if axis == len(shape) - 1 else axis
        tensor = node.inputs[0]
    places.reverse()
    kept = [p for at, p in enumerate(places) if at in (0, len(places) - 1) or p.shape != places[at - 1].shape]
    return tuple(kept)
