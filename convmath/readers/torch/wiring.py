"""A recorded program wired up as a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from convmath.errors import ConvmathError
from convmath.language.letters import fresh
from convmath.language.tokens import shown
from convmath.network.extent import Size, letter
from convmath.network.graph import Network, Node, wired
from convmath.network.layer import Layer, Unknown
from convmath.operators.shapes import named_axes
from convmath.readers.torch.calls import Call, Tensor
from convmath.readers.torch.entries import ENTRIES
from convmath.readers.torch.moved import MOVED, PIECES, piece
from convmath.readers.torch.record import Record
from convmath.readers.torch.sized import Stored
from convmath.readers.torch.steps import Step
from convmath.readers.torch.weighted import WEIGHTED

FINDERS = {**WEIGHTED, **MOVED, **ENTRIES}


class Wiring:
    """The network while it is made."""

    def __init__(self, module: Any, program: Any) -> None:
        self.record = Record(module, program)
        self.now = self.record.now
        self.nodes: list[Node] = []
        self.names: Counter[str] = Counter()
        self.shared: dict[Any, Layer] = {}
        self.stored: dict[str, str] = {}

    def network(self, name: str, fixed: str) -> Network:
        inputs = self._inputs()
        self.names.update(inputs)
        ends = self.record.ends()
        for call in self.record.calls():
            self._call(call, call.path if call.name in ends else f"{call.path}.{call.name}".lstrip("."))
        outputs = tuple(dict.fromkeys(self._taken(self.now[out]) for out in self.record.outputs() if out in self.now))
        source = f"torch.nn.Module {self.record.title}{fixed}{self._bounds(inputs)}"
        return wired(shown(name).strip("“”"), inputs, self.nodes, outputs, source)

    def _bounds(self, inputs: Mapping[str, Sequence[Size]]) -> str:
        """From which sizes on the record is what the module does: below, it may take another way, or fail."""
        symbols = {
            symbol: size
            for tensor in self.record.inputs()
            for symbol, size in zip(tensor.shape, inputs[tensor.name], strict=True)
        }
        least = {str(symbols[one]): low for one, low in self.record.least().items() if one in symbols and low > 2}
        return "".join(f"; recorded for {name} ≥ {low}" for name, low in least.items())

    def _inputs(self) -> dict[str, tuple[Size, ...]]:
        """The inputs: a letter for each size that is open, the same one where PyTorch has the same symbol."""
        letters: dict[Any, str] = {}
        found: dict[str, tuple[Size, ...]] = {}
        for tensor in self.record.inputs():
            self.now[tensor.name] = tensor
            sizes: list[Size] = []
            for size, (wanted, _) in zip(tensor.shape, named_axes(len(tensor.shape)), strict=True):
                if not isinstance(size, int) and size not in letters:
                    letters[size] = fresh(wanted, letters.values())
                sizes.append(size if isinstance(size, int) else letter(letters[size]))
            found[tensor.name] = tuple(sizes)
        return found

    def _call(self, call: Call, called: str) -> None:
        """Enters what a call gives, by the module's path or by a name behind it."""
        made = call.outputs[0] if call.outputs else None
        given = call.tensors()
        if made and given and all(one.stored for one in given) and all(isinstance(size, int) for size in made.shape):
            sources = frozenset(name for one in given for name in one.sources or ())
            self.now |= {out.name: Tensor(out.name, out.shape, sources) for out in call.outputs}
            return
        try:
            if call.why or call.op not in FINDERS | dict.fromkeys(PIECES):
                self._unknown(call, called, call.why or "this operator of PyTorch's is not known here")
            elif call.op in PIECES:
                for number, out in enumerate(call.outputs):
                    self._enter(call, piece(call, number), out, f"{called}.{number}")
            else:
                self._enter(call, FINDERS[call.op](call), call.outputs[0], called)
                self._others(call, called)
        except ConvmathError as error:
            self._unknown(call, called, str(error))

    def _enter(self, call: Call, found: Tensor | Step | list[Step], out: Tensor, called: str) -> None:
        if isinstance(found, Tensor):
            self.now[out.name] = found
            return
        steps = found if isinstance(found, list) else [found]
        before: tuple[Tensor, ...] = ()
        for number, one in enumerate(steps):
            name = self._fresh(called if number == 0 else f"{called}.{one.layer.kind}")
            takes = tuple(map(self._taken, one.takes or before))
            layer = self._learning(call, one.layer, [*one.takes], first=number == 0)
            self.nodes.append(Node(name, layer, takes, (name,)))
            before = (Tensor(name, out.shape),)
        self.now[out.name] = Tensor(before[0].name, out.shape)

    def _others(self, call: Call, called: str) -> None:
        """Further outputs: places beside maxima have the shape of these; others are not known."""
        for number, out in enumerate(call.outputs[1:], 1):
            self.now[out.name] = self.now[call.outputs[0].name]
            if out.shape != call.outputs[0].shape and out.name in self.record.asked:
                name = self._fresh(f"{called}.{number}")
                takes = (self._taken(self.now[call.outputs[0].name]),)
                self.nodes.append(
                    Node(name, Unknown(call.op, "its further outputs are not known here"), takes, (name,))
                )
                self.now[out.name] = Tensor(name, out.shape)

    def _learning(self, call: Call, layer: Layer, takes: list[Tensor], first: bool) -> Layer:
        """The layer with the arrays that it learns and keeps; the same layer for the same arrays."""
        own = [one for one in call.tensors() if one.stored and one not in takes] if first else []
        layer.learned, layer.kept = self._arrays(own)
        if not layer.learned and not layer.kept:
            return layer
        key = (layer.kind, tuple(layer.learned), tuple(layer.kept), repr(sorted(_plain(call))))
        return self.shared.setdefault(key, layer)

    def _arrays(self, tensors: Iterable[Tensor]) -> tuple[dict[str, int], dict[str, int]]:
        names = dict.fromkeys(name for one in tensors for name in sorted(one.sources or ()))
        learned = {name: prod(self.record.sizes[name]) for name in names if name in self.record.parameters}
        kept = {name: prod(self.record.sizes[name]) for name in names if name not in self.record.parameters}
        return learned, self.record.beside(kept)

    def _taken(self, tensor: Tensor) -> str:
        """The name of a tensor; a stored array becomes a layer of its own, once."""
        if tensor.sources is None:
            return tensor.name
        if tensor.name not in self.stored:
            name = self._fresh(" ".join(sorted(tensor.sources)) or tensor.name)
            layer = Stored("parameter" if tensor.sources & self.record.parameters else "constant", tensor.numbers)
            layer.learned, layer.kept = self._arrays([tensor])
            self.nodes.append(Node(name, layer, (), (name,)))
            self.stored[tensor.name] = name
        return self.stored[tensor.name]

    def _unknown(self, call: Call, called: str, why: str) -> None:
        """A layer that is named and not traced."""
        name = self._fresh(called)
        several = len(call.outputs) > 1
        gives = tuple(f"{name}.{number}" for number in range(len(call.outputs))) if several else (name,)
        layer = Unknown(call.op, why, len(gives))
        layer.learned, layer.kept = self._arrays([one for one in call.tensors() if one.stored])
        takes = tuple(dict.fromkeys(self._taken(one) for one in call.tensors() if not one.stored))
        self.nodes.append(Node(name, layer, takes, gives))
        for out, tensor in zip(call.outputs, gives, strict=True):
            self.now[out.name] = Tensor(tensor, out.shape)

    def _fresh(self, name: str) -> str:
        found, number = name, 1
        while found in self.names:
            number += 1
            found = f"{name}#{number}"
        self.names[found] = 1
        return found


def _plain(call: Call) -> list[str]:
    return [f"{name}={value!r}" for name, value in call.arguments.items() if not isinstance(value, Tensor)]
