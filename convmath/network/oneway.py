"""The window of one output along a way of layers, derived: receptive field, effective stride and paddings, least size.

Where the window of output i of one layer begins, put into where that of the layer below begins, gives the place in the
input: S·i − P. Where it ends gives the receptive field. The size is then that of one layer with this window.
"""

from __future__ import annotations

from collections.abc import Sequence

from convmath.derive.extent import tidied
from convmath.errors import ProofError, UnsupportedError
from convmath.language.letters import fresh
from convmath.language.parse import parse_size
from convmath.language.tree import Expr, Int, Reduce, Relation, Sym
from convmath.network.stages import Stage
from convmath.proof.chain import Chain
from convmath.proof.derivation import Line
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.step import Argument, Step, take

QUANTITIES = ("R", "S", "P", "Q")


class Way:
    """The chains along one way: the definitions and assumptions that they stand on, and what was found."""

    def __init__(self, letter: str, stages: Sequence[Stage], needed: tuple[Relation, ...]) -> None:
        self.letter, self.stages, self.needed = letter, stages, needed
        kept = dict.fromkeys(stage.definition for stage in stages if stage.changes or stage.reads)
        self.definitions = tuple(kept)
        self.number = {definition: at for at, definition in enumerate(self.definitions)}
        self.found: list[tuple[str, Expr]] = []
        self.chains: list[Chain] = []
        taken = {name for definition in self.definitions for name in (*definition.sizes, *definition.indices)}
        self.names = {wanted: fresh(wanted, taken) for wanted in (*QUANTITIES, "A", "B", "E")}

    def ground(self, subject: int) -> Ground:
        """What the next chain stands on."""
        return Ground((self.definitions[subject], *self.definitions), self.needed, tuple(self.found))

    def add(self, heading: str, steps: list[Step], subject: int) -> Chain:
        """Enters a chain; a value that it concludes is established."""
        chain = Chain(heading, tuple(steps), subject=subject)
        self.chains.append(chain)
        if chain.conclusion.is_value and chain.conclusion.left is not None:
            self.found.append((str(chain.conclusion.left), chain.conclusion.right))
        return chain

    def derived(self, heading: str, subject: int, *moves: tuple[str, dict[str, Argument]]) -> Expr:
        """A chain of moves from the definition, closed by arithmetic where there is any left to do."""
        ground, steps, before = self.ground(subject), list[Step](), formula(self.definitions[subject])
        for rule, arguments in moves:
            steps.append(take(before, rule, ground, **arguments))
            before = steps[-1].after
        return self.add(heading, tidied(steps, ground), subject).conclusion.right


def one_window(way: Way, size: str) -> tuple[Line, ...]:
    """R, S, P and Q, and the size as that of one layer with this window.

    Raises:
        UnsupportedError: the windows do not move evenly.
    """
    uneven = next((f"{stage.name}: {stage.why}" for stage in way.stages if stage.why), None)
    if uneven is not None:
        raise UnsupportedError(f"the windows are not those of one layer ({uneven})")
    kept = len(way.found), len(way.chains)
    try:
        return _one_window(way, size)
    except ProofError as error:  # the layers before fold to no single window: what was begun is taken back
        del way.found[kept[0] :], way.chains[kept[1] :]
        raise UnsupportedError(f"the windows are not those of one layer ({error})") from error


def _one_window(way: Way, size: str) -> tuple[Line, ...]:
    reading = [stage for stage in way.stages if stage.reads]
    ends: list[str] = []
    for end, name, word in (("first", "A", "begins"), ("last", "B", "ends")):
        below: Stage | None = None
        for number, stage in enumerate(reading, 1):
            own = way.names[name] + f"_{number}"
            _end(way, stage, end, own, f"Where the window of one output {word}, through {stage.name}", below, number)
            below = stage
        ends.append(way.names[name] + f"_{len(reading)}")
    last, names = reading[-1], way.names
    subject, index = way.number[last.definition], last.unit
    first: dict[str, Argument] = {"of": ends[0], "index": index}
    span: dict[str, Argument] = {"value": parse_size(f"{ends[1]} - {ends[0]} + 1")}
    span["words"] = "from the first place to the last, both counted"
    way.derived("Receptive field", subject, ("read a quantity", {"name": names["R"], **span}), ("put in", {}))
    way.derived("Effective stride", subject, ("read the stride along an axis", {"name": names["S"], **first}))
    way.derived("Padding before", subject, ("read the padding before", {"name": names["P"], **first}))
    behind: dict[str, Argument] = {"of": ends[1], "index": index, "size": size, "letter": way.letter}
    way.derived("Padding after", subject, ("read the padding after", {"name": names["Q"], **behind}))
    return _as_one_layer(way, size, subject)


def _end(way: Way, stage: Stage, end: str, name: str, heading: str, below: Stage | None, number: int) -> None:
    arguments: dict[str, Argument] = {"array": stage.array, "axis": stage.source, "index": stage.unit, "end": end}
    if below is not None:
        arguments |= {"through": name.rpartition("_")[0] + f"_{number - 1}", "unit": below.unit}
    subject = way.number[stage.definition]
    ground = way.ground(subject)
    steps = [take(formula(stage.definition), "read an end along an axis", ground, name=name, **arguments)]
    if isinstance(steps[-1].after.right, Reduce):
        steps.append(take(steps[-1].after, "farthest place", ground))
    way.add(heading, tidied(steps, ground), subject)


def _as_one_layer(way: Way, size: str, subject: int) -> tuple[Line, ...]:
    """The size written with what was found: ⌊(H + P + Q − R)/S⌋ + 1."""
    names, known = way.names, dict(way.found)
    r, s, p, q = (names[one] for one in QUANTITIES)
    wanted = parse_size(f"floor(({way.letter} + {p} + {q} - {r})/{s}) + 1")
    whole = fresh("n", {*names.values(), *known, *way.definitions[subject].indices, *way.definitions[subject].sizes})
    value: dict[str, Argument] = {"name": whole, "value": Sym(size), "words": "the size"}
    back: dict[str, Argument] = {"right": wanted}
    ground, before = way.ground(subject), formula(way.definitions[subject])
    steps = [take(before, "read a quantity", ground, **value)]
    steps.append(take(steps[-1].after, "put in", ground, only=size))
    steps.append(take(steps[-1].after, "put back", ground, **back))
    way.add("The size, as that of one layer with this window", steps, subject)
    labels = ("receptive field", "effective stride", "padding before", "padding after")
    lines = [Line(names[one], label, known[names[one]]) for one, label in zip(QUANTITIES, labels, strict=True)]
    using = tuple((line.name, line.derived) for line in lines)
    return (*lines, Line(whole, "size, as of one layer", wanted, using))


def least_input(way: Way, size: str) -> tuple[Line, ...]:
    """The smallest input that every layer takes; ``size`` is the last size.

    Raises:
        UnsupportedError: it is no single bound.
    """
    layers: tuple[tuple[str, Expr], ...] = tuple(
        dict.fromkeys((stage.unit, Int(way.number[stage.definition] + 1)) for stage in way.stages if _slides(stage))
    )
    subject = way.number[next(stage for stage in way.stages if stage.after == size and stage.changes).definition]
    ground, before = way.ground(subject), formula(way.definitions[subject])
    try:
        steps = [take(before, "read the first windows along an axis", ground, layers=layers)]
        if steps[-1].after.letters() & dict(way.found).keys():
            steps.append(take(steps[-1].after, "put in everywhere", ground))
        steps.append(take(steps[-1].after, "the least size", ground, letter=way.letter))
    except ProofError as error:
        raise UnsupportedError(f"the smallest input is no single bound ({error})") from error
    found = steps[-1].after.relations
    if len(found) > 1:
        raise UnsupportedError(
            f"which is the largest of {', '.join(str(r.left) for r in found)} depends on the letters"
        )
    assumed = {r.right for r in way.needed if r.left == Sym(way.letter) and r.op == "≥"}
    if isinstance(found[0].left, Int) and assumed != {found[0].left}:
        raise UnsupportedError("more is needed of the input than that every window fits")
    way.add("When every layer has an output", steps, subject)
    return (Line(way.names["E"], "smallest input", found[0].left),)


def _slides(stage: Stage) -> bool:
    """Whether its windows have to fit."""
    from convmath.language.bounding import bounding

    return bool(bounding(stage.definition).windows.get(stage.unit)) and (stage.changes or stage.reads)
