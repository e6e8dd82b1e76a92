"""One line of thought: steps that start where the one before ended, and chains that repeat one another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from convmath.errors import ProofError
from convmath.language.substitute import rename_all
from convmath.language.tree import Sym, walk
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.statement import Statement
from convmath.proof.step import Step, replay


@dataclass(frozen=True, slots=True)
class Chain:
    """One line of thought: every step starts where the one before it ended.

    ``like`` names an earlier chain whose steps these are with other letters; both are checked, and
    a reader is shown one. ``subject`` is the number of the definition that it starts from.
    """

    heading: str
    steps: tuple[Step, ...]
    like: int | None = None
    letters: tuple[tuple[str, str], ...] = ()
    subject: int = 0

    @property
    def conclusion(self) -> Statement:
        return self.steps[-1].after

    @property
    def moves(self) -> tuple[tuple[str, object, Statement], ...]:
        """What each step does, where, and where it leads."""
        return tuple((step.rule, step.arguments, step.after) for step in self.steps)

    def check(self, ground: Ground, earlier: tuple[Chain, ...]) -> None:
        """Replays every step, and the joints between them."""
        if not self.steps:
            raise ProofError(f"{self.heading}: there are no steps")
        if self.steps[0].before != formula(ground.definition):
            raise ProofError(f"{self.heading}: it does not start from the definition {ground.definition}")
        for last, step in zip(self.steps, self.steps[1:], strict=False):
            if step.before != last.after:
                raise ProofError(f"{self.heading}: {step.before} does not follow; the line before it is {last.after}")
        for step in self.steps:
            replay(step, ground)
        if (self.like, self.letters) != (None, ()):
            found = alike(self, earlier)
            if found != (self.like, self.letters):
                raise ProofError(f"{self.heading}: its steps are not those of another chain with other letters")


def fold(chains: tuple[Chain, ...]) -> tuple[Chain, ...]:
    """The same chains; one that repeats an earlier one with other letters says so."""
    folded: list[Chain] = []
    for chain in chains:
        like, letters = alike(chain, tuple(folded))
        folded.append(replace(chain, like=like, letters=letters))
    return tuple(folded)


def alike(chain: Chain, earlier: tuple[Chain, ...]) -> tuple[int | None, tuple[tuple[str, str], ...]]:
    """(which earlier chain makes the same moves, with which letters changed), or (None, ())."""
    for position, other in enumerate(earlier):
        if other.like is None and len(other.steps) == len(chain.steps) > 1:
            letters = _matching(other, chain)
            if letters is not None:
                return position, letters
    return None, ()


def _matching(other: Chain, chain: Chain) -> tuple[tuple[str, str], ...] | None:
    pairs: dict[str, str] = {}
    for one, two in zip(other.steps, chain.steps, strict=True):
        if one.rule != two.rule:
            return None
        if len(one.after.relations) != len(two.after.relations) or len(one.after.ranges) != len(two.after.ranges):
            return None
        trees = [(r.left, q.left) for r, q in zip(one.after.relations, two.after.relations, strict=True)]
        trees += [(r.right, q.right) for r, q in zip(one.after.relations, two.after.relations, strict=True)]
        trees += [(a[1], b[1]) for a, b in zip(one.after.ranges, two.after.ranges, strict=True)]
        for left, right in trees:
            for a, b in zip(walk(left), walk(right), strict=False):
                if isinstance(a, Sym) and isinstance(b, Sym) and pairs.setdefault(a.name, b.name) != b.name:
                    return None
            if rename_all(left, pairs) != right:
                return None
    return tuple((old, new) for old, new in pairs.items() if old != new)
