"""A proof of several chains, worked out move by move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from convmath.book.entries import Theorem, TheoremClaim
from convmath.derive.conditions import assumptions
from convmath.derive.extent import axis_steps, tidied
from convmath.derive.receptive import receptive_steps
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.tidy import has_ratio, holds, put
from convmath.language.tree import Expr, Int, Relation, Sym, letters_of
from convmath.operators.declare import declare
from convmath.proof.chain import Chain, fold
from convmath.proof.derivation import Derivation, Line, Trial
from convmath.proof.facts import facts
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.step import Argument, Step, take

Values = tuple[tuple[str, Expr], ...]


def stated(
    text: str,
    shapes: Mapping[str, str],
    padding: Mapping[str, str] | None = None,
    inputs: tuple[str, ...] | None = None,
    **ranges: str,
) -> Definition:
    """A definition in letters: its formula, the shapes and paddings of what it reads, ranges of more indices."""
    return declare("the formula", text, shapes, padding or {}, inputs, ranges=ranges).general


def move(rule: str, **arguments: Argument) -> tuple[str, Mapping[str, Argument]]:
    """A rule, and where it acts."""
    return rule, arguments


@dataclass
class Working:
    """The chains of a proof as they are made: each stands on what those before it concluded.

    ``assumed`` is what the theorem assumes besides what its definitions need; what speaks of a ``derived`` size is
    no assumption.
    """

    theorem: Theorem
    numbers: Mapping[str, int]
    definitions: tuple[Definition, ...]
    assumed: tuple[Relation, ...] = ()
    derived: tuple[str, ...] = ()
    chains: list[Chain] = field(default_factory=list)

    @cached_property
    def assumptions(self) -> tuple[Relation, ...]:
        """What the definitions need, without what follows from the rest."""
        own = (relation for definition in self.definitions for relation in assumptions(definition))
        needed = (relation for relation in own if not letters_of(relation.left, relation.right) & {*self.derived})
        every = dict.fromkeys((*self.assumed, *needed))
        least: dict[str, Relation] = {}
        for relation in every:
            if isinstance(relation.left, Sym) and relation.op == "≥" and isinstance(relation.right, Int):
                name, before = relation.left.name, least.get(relation.left.name)
                if before is None or relation.right.value > before.right.value:  # type: ignore[attr-defined]
                    least[name] = relation
        kept = [*least.values(), *self.assumed]
        for relation in sorted(every, key=lambda relation: len(str(relation))):  # of two that say the same, the shorter
            if relation.op != "≤" or facts(tuple(kept)).not_negative(relation.right - relation.left) is None:
                kept += [] if isinstance(relation.left, Sym) and relation.op == "≥" else [relation]
        plain = list(least.values())
        return (*plain, *(relation for relation in every if relation in kept and relation not in plain))

    @property
    def found(self) -> tuple[tuple[str, Expr], ...]:
        """What was concluded so far, by name."""
        values = [chain.conclusion for chain in self.chains if chain.conclusion.is_value]
        return tuple((str(value.left), value.right) for value in values)

    def ground(self, subject: int = 0) -> Ground:
        """What the next chain stands on, if it starts from the definition with this number."""
        return Ground((self.definitions[subject], *self.definitions), self.assumptions, self.found)

    def chain(self, heading: str, subject: int, *moves: tuple[str, Mapping[str, Argument]]) -> Chain:
        """One line of thought, from the definition with the number ``subject``."""
        ground, steps = self.ground(subject), list[Step]()
        before = formula(self.definitions[subject])
        for rule, arguments in moves:
            steps.append(take(before, rule, ground, **arguments))
            before = steps[-1].after
        return self.add(heading, steps, subject)

    def extent(self, heading: str, subject: int, axis: int, name: str, values: Values = ()) -> Chain:
        """How many values an output axis has, with values that are assumed put in."""
        ground = self.ground(subject)
        steps = axis_steps(self.definitions[subject], axis, name, ground)
        if values and len(steps) > 1:
            steps.append(take(steps[-1].after, "put", ground, values=values))
        return self.add(heading, tidied(steps, ground) if len(steps) > 1 else steps, subject)

    def span(self, name: str, subject: int = 0, axis: int = 0) -> Chain:
        """How many places of X one output spans."""
        steps = receptive_steps(self.definitions[subject], "X", axis, name, self.ground(subject))
        return self.add("How many places of X one output spans", steps, subject)

    def count(self, heading: str, subject: int, what: str, name: str, put: Values = (), **sizes: str) -> Chain:
        """The ``parameters`` or the ``multiply-adds``; ``sizes`` names what was derived for an output index."""
        ground = self.ground(subject)
        more = {"sizes": tuple((index, Sym(size)) for index, size in sizes.items())} if what != "parameters" else {}
        start = formula(self.definitions[subject])
        steps = [take(start, f"read the {what}", ground, name=name, **more)]
        steps.append(take(steps[-1].after, "count a box", ground))
        if sizes:
            steps.append(take(steps[-1].after, "put in", ground))
        if put:
            steps.append(take(steps[-1].after, "put", ground, values=put))
        return self.add(heading, tidied(steps, ground), subject)

    def add(self, heading: str, steps: list[Step], subject: int = 0) -> Chain:
        """A new chain with these steps."""
        self.chains.append(Chain(heading, tuple(steps), subject=subject))
        return self.chains[-1]

    def lines(self, **labels: str) -> tuple[Line, ...]:
        """The results with these names, each with the earlier results that it uses."""
        known = self.found
        return tuple(
            Line(name, labels[name], value, known[:at]) for at, (name, value) in enumerate(known) if name in labels
        )

    def derivation(self, find: str, lines: tuple[Line, ...] = (), trials: tuple[Trial, ...] = ()) -> Derivation:
        """The whole, as the proof of the theorem.

        Raises:
            ProofError: the numbers are outside what is assumed.
        """
        values: dict[str, Expr] = {name: Int(value) for name, value in self.numbers.items()}
        for relation in self.assumptions:
            known = letters_of(relation.left, relation.right) <= values.keys()
            right = put(relation.right, values)
            broken = not letters_of(right) and has_ratio(right)  # p = (k − 1)/2 is no size where k is even
            if broken or (known and holds(relation, values) is False):
                raise ProofError(f"{self.theorem.slug}: {relation} is needed, and with these numbers it is false")
        return Derivation(
            title=self.theorem.title,
            find=find,
            claim=TheoremClaim(self.theorem.slug, tuple(self.numbers.items())),
            definitions=self.definitions,
            assumptions=self.assumptions,
            chains=fold(tuple(self.chains)),
            lines=lines,
            values=values,
            trials=trials,
            source="; ".join(self.theorem.sources),
            single=False,
            statement=self.theorem.statement,
        )


def saves(
    work: Working,
    less: str,
    more: str,
    words: str,
    divide: tuple[str, ...],
    factor: tuple[str, ...] = (),
    last: str = "",
) -> None:
    """When ``less`` is below ``more``: divided by what both contain, a factor taken out, and divided by the rest."""
    moves = [move("read a comparison", less=Sym(less), more=Sym(more), words=words), move("put in on both sides")]
    moves += [move("divide both sides", by=parse_size(by)) for by in divide]
    moves += [move("factor", by=parse_size(by), side="left") for by in factor]
    moves += [move("divide both sides", by=parse_size(last))] if last else []
    work.chain(f"When {words}", 0, *moves)
