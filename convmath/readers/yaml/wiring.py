"""A file's entries as nodes: names, what each takes from which, blocks put in, layers that are shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from convmath.errors import DefinitionError
from convmath.language.tokens import shown
from convmath.network.extent import Size
from convmath.network.form import letters_in
from convmath.network.graph import Node
from convmath.network.layer import Layer
from convmath.network.program import Shape
from convmath.readers.yaml.blocks import Block
from convmath.readers.yaml.making import OWN, Maker, Reached
from convmath.readers.yaml.nodes import Place, Table, Value, check_keys, table
from convmath.readers.yaml.values import NONE, Parameters, name, names, shape, whole

MOST_LAYERS = 100_000
LONGEST_NAME = 200
DEEPEST = 8
"""How many blocks stand in one another."""


@dataclass
class Scope:
    """What the entries of a block, or of the file itself, can name."""

    before: str
    tensors: dict[str, str]
    parameters: Parameters
    blocks: tuple[str, ...] = ()
    last: str | None = None
    layers: dict[str, Layer] = field(default_factory=dict)
    count: Counter[str] = field(default_factory=Counter)


class Wiring:
    """The nodes of a network, put down one after the other.

    Attributes:
        nodes: the nodes so far.
        expected: the shapes that the file declares, by tensor.
    """

    def __init__(self, inputs: Mapping[str, Shape], blocks: Mapping[str, Block]) -> None:
        self.nodes: list[Node] = []
        self.expected: dict[str, tuple[Size, ...]] = {}
        self.blocks = blocks
        self.places: dict[str, Place] = {}
        self.taken = set(inputs)
        self.letters = {letter for found in inputs.values() for size in found for letter in letters_in(size)}
        self.maker = Maker(Reached(inputs, self.nodes))
        only = next(iter(inputs)) if len(inputs) == 1 else None
        self.whole = Scope("", {key: key for key in inputs}, NONE, last=only)

    def entry(self, given: Value, scope: Scope) -> None:
        """One entry of a list of layers: a layer, a shared layer or the use of a block."""
        found = table(given, "a layer")
        kinds = [key for key in ("op", "shares", "block") if key in found.entries]
        if len(kinds) != 1:
            found.place.refuse(
                f"a layer has one of op, shares and block; here are {', '.join(kinds) or 'none of them'}"
            )
        called = self._called(found, kinds[0], scope)
        takes = self._takes(found, scope)
        if kinds[0] == "block":
            given_out = self._use(found, called, takes, scope)
        else:
            shared = kinds[0] == "shares"
            made = self._shared(found, scope) if shared else self.maker.make(found, scope.parameters, takes)
            given_out = self._node(found, scope.before + called, made, takes)
            scope.layers[called] = made
        scope.tensors[called] = scope.last = given_out
        if "expect" in found.entries:
            self.expected[given_out] = shape(found.entries["expect"], "expect", scope.parameters, self.letters)

    def _called(self, found: Table, kind: str, scope: Scope) -> str:
        """Its name among the entries beside it; without one, what it does with a number."""
        if "name" in found.entries:
            called = name(found.entries["name"], "name")
        else:
            does = name(found.entries[kind], kind)
            scope.count[does] += 1
            called = f"{does}_{scope.count[does]}"
        if called in scope.tensors:
            found.at("name").refuse(f"{shown(called)} is the name of something above: give each a name of its own")
        return called

    def _takes(self, found: Table, scope: Scope) -> list[str]:
        if "from" not in found.entries:
            if scope.last is None:
                found.place.refuse(f"say what it takes: “from:” with one of {', '.join(scope.tensors)}")
            return [scope.last]
        takes = []
        for word in names(found.entries["from"], "from"):
            if word not in scope.tensors:
                found.at("from").refuse(f"{shown(word)} does not stand above: a layer takes what comes before it")
            takes.append(scope.tensors[word])
        return takes

    def _shared(self, found: Table, scope: Scope) -> Layer:
        check_keys(found, OWN, "a layer that shares another's parameters")
        word = name(found.entries["shares"], "shares")
        if word not in scope.layers:
            found.at("shares").refuse(
                f"{shown(word)} is no layer above, beside this one, whose parameters it can share"
            )
        return scope.layers[word]

    def _node(self, found: Table, full: str, made: Layer, takes: list[str]) -> str:
        if full in self.places or full in self.taken:
            found.place.refuse(
                f"{shown(full)} is the name of something above: give each a name of its own", DefinitionError
            )
        if len(full) > LONGEST_NAME:
            found.place.refuse(f"with its blocks' names it is called {shown(full)}: at most {LONGEST_NAME} characters")
        if len(self.nodes) == MOST_LAYERS:
            found.place.refuse(f"there are more than {MOST_LAYERS} layers, counted with every block")
        if made.inputs is not None and made.inputs != len(takes):
            found.place.refuse(
                f"{made.kind} takes {made.inputs} tensor{'s' * (made.inputs != 1)}, but “from” names {len(takes)}",
                DefinitionError,
            )
        self.places[full] = found.place
        self.nodes.append(Node(full, made, tuple(takes), (full,)))
        return full

    def _use(self, found: Table, called: str, takes: list[str], scope: Scope) -> str:
        """The layers of a block, once or several times in a row."""
        block = self._block(found, scope)
        if len(takes) != len(block.takes):
            found.place.refuse(f"the block {block.name} takes {', '.join(block.takes)}, but “from” names {len(takes)}")
        values = block.values(found, scope.parameters)
        entries, known = found.entries, scope.parameters
        if "repeat" not in entries:
            if "count_from" in entries:
                found.at("count_from").refuse("count_from says how the repeated are numbered, but there is no repeat")
            return self._once(block, scope, called, takes, values)
        if len(takes) != 1:
            found.at("repeat").refuse(f"a block that takes {len(takes)} tensors cannot follow itself")
        number = whole(entries["repeat"], "repeat", known, MOST_LAYERS)
        first = whole(entries["count_from"], "count_from", known, MOST_LAYERS, 0) if "count_from" in entries else 0
        for at in range(first, first + number):
            takes = [self._once(block, scope, f"{called}.{at}", takes, values)]
        return takes[0]

    def _block(self, found: Table, scope: Scope) -> Block:
        word, place = name(found.entries["block"], "block"), found.at("block")
        if word not in self.blocks:
            place.refuse(f"there is no block {shown(word)}: the file has {', '.join(self.blocks) or 'none'}")
        if word in scope.blocks:
            place.refuse(f"the block {word} stands in itself: {' → '.join((*scope.blocks, word))}")
        if len(scope.blocks) == DEEPEST:
            place.refuse(f"blocks stand more than {DEEPEST} deep in one another: {' → '.join(scope.blocks)}")
        return self.blocks[word]

    def _once(self, block: Block, around: Scope, called: str, takes: list[str], values: Parameters) -> str:
        tensors = dict(zip(block.takes, takes, strict=True))
        last = takes[0] if len(takes) == 1 else None
        within = Scope(f"{around.before}{called}.", tensors, values, (*around.blocks, block.name), last)
        for entry in block.layers:
            self.entry(entry, within)
        if block.gives is None:
            return within.last or takes[0]
        word = name(block.gives, "gives")
        if word not in tensors:
            block.gives.place.refuse(f"gives is {shown(word)}, which is no layer of the block {block.name}")
        return tensors[word]
