"""Sizes of one definition that another one counts: how many windows ``unfold`` makes of a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from convmath.derive.conditions import assumptions
from convmath.derive.extent import axis_steps
from convmath.language.definition import Definition
from convmath.language.tree import Expr, Relation, letters_of
from convmath.proof.chain import Chain
from convmath.proof.ground import Ground
from convmath.proof.step import take


@dataclass(frozen=True)
class Counted:
    """Letters that stand for how many values some output axes of ``definition`` have; each an axis and its letter."""

    definition: Definition
    names: tuple[tuple[int, str], ...]

    @property
    def letters(self) -> frozenset[str]:
        return frozenset(name for _, name in self.names)

    def renamed(self, names: Mapping[str, str]) -> Counted:
        """The same with letters renamed."""
        return Counted(self.definition.renamed(names), tuple((axis, names.get(n, n)) for axis, n in self.names))


def given(definition: Definition, counted: Counted | None) -> tuple[Relation, ...]:
    """What must hold of the sizes of both definitions."""
    more = assumptions(counted.definition) if counted else ()
    return tuple(dict.fromkeys((*assumptions(definition), *more)))


@lru_cache(maxsize=256)
def counting_chains(definition: Definition, counted: Counted) -> tuple[Chain, ...]:
    """One chain for each letter; each concludes ``letter = size`` from the definition that counts it."""
    chains: list[Chain] = []
    for axis, name in counted.names:
        ground = Ground(
            (counted.definition, definition, counted.definition), given(definition, counted), concluded(tuple(chains))
        )
        item = counted.definition.output.subscripts[axis]
        steps = tuple(axis_steps(counted.definition, axis, name, ground))
        chains.append(Chain(f"How many windows there are: {name} is how many values {item} has", steps, subject=1))
    return tuple(chains)


def concluded(chains: tuple[Chain, ...]) -> tuple[tuple[str, Expr], ...]:
    """What chains conclude, by name."""
    return tuple((str(chain.conclusion.left), chain.conclusion.right) for chain in chains)


def with_counts(chain: Chain, definition: Definition, counted: Counted) -> Chain:
    """The chain where the letters are known: if its result names one, what was derived for it is put in."""
    known = concluded(counting_chains(definition, counted))
    ground = Ground((definition, definition, counted.definition), given(definition, counted), known)
    steps = [take(step.before, step.rule, ground, **dict(step.arguments)) for step in chain.steps]
    if letters_of(steps[-1].after.right) & counted.letters:
        steps.append(take(steps[-1].after, "put in", ground))
    return replace(chain, steps=tuple(steps))
