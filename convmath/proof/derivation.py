"""A derivation: definitions and assumptions first, then chains of checked steps, then the numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from convmath.errors import ConvmathError, ParseError, ProofError
from convmath.language.border import answer
from convmath.language.definition import Definition
from convmath.language.substitute import substitute
from convmath.language.tidy import put
from convmath.language.tree import Expr, Relation
from convmath.proof import rules  # noqa: F401  # enters the rules that a step is replayed by
from convmath.proof.chain import Chain
from convmath.proof.ground import Ground
from convmath.proof.step import Step


@dataclass(frozen=True, slots=True)
class Trial:
    """Something that was evaluated and held, and proves nothing: what, and at how many points or arrays."""

    what: str
    points: int
    unit: str = "points"


@dataclass(frozen=True, slots=True)
class Line:
    """One result: a name and the expression derived for it, before any number is put in.

    ``using`` are the results before it that the expression names: M = N·O·H′·W′ uses H′ and W′.
    """

    name: str
    label: str
    derived: Expr
    using: tuple[tuple[str, Expr], ...] = ()

    def __str__(self) -> str:
        return f"{self.name} = {self.derived} ({self.label})"

    def with_numbers(self, values: Mapping[str, Expr]) -> Expr:
        """The expression with the values put in and nothing worked out."""
        return substitute(self.derived, self._all(values))

    def value(self, values: Mapping[str, Expr]) -> Expr:
        """What it comes to."""
        return put(self.derived, self._all(values))

    def _all(self, values: Mapping[str, Expr]) -> dict[str, Expr]:
        known = dict(values)
        for name, expr in self.using:
            known[name] = put(expr, known)
        return known


class Claim(ABC):
    """What a derivation is for. ``check`` compares a derivation with what the claim demands."""

    kind: ClassVar[str]

    @abstractmethod
    def check(self, derivation: Derivation) -> None:
        """Raises :class:`ProofError` where the derivation does not reach the claim from its definition."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """The claim as plain data."""


CLAIMS = {
    "quantity": "convmath.operators.claim:read_claim",
    "path": "convmath.network.closed:read_claim",
    "theorem": "convmath.book.entries:read_claim",
    "winograd": "convmath.book.algorithm:read_claim",
}
"""The shelf: each kind of claim, and the function that reads it back, imported when it is asked for."""


SAID = (
    "title",
    "find",
    "statement",
    "definitions",
    "assumptions",
    "lines",
    "trials",
    "source",
    "notes",
    "single",
)
"""What a derivation says besides its steps: all of it is compared when it is checked."""


@dataclass(frozen=True)
class Derivation:
    """A worked, checked derivation. It shows itself in Jupyter.

    Attributes:
        title: what is derived, in words.
        definitions: the operator's formula in letters, and any other that the claim speaks of.
        assumptions: what must hold of the sizes, stated before anything else.
        chains: the steps, grouped by what they conclude.
        lines: the results, in letters.
        values: what the user gave for the letters; the numbers are put in at the end.
        trials: what was tried besides (not proved).
        source: where the statement is published, and what is unsaid there.
        statement: for a theorem, what is claimed, in words.
        notes: what was asked for and could not be derived, with the reason.
    """

    title: str
    find: str
    claim: Claim
    definitions: tuple[Definition, ...]
    assumptions: tuple[Relation, ...]
    chains: tuple[Chain, ...]
    lines: tuple[Line, ...]
    values: Mapping[str, Expr] = field(default_factory=dict)
    trials: tuple[Trial, ...] = ()
    source: str = ""
    single: bool = True
    statement: str = ""
    notes: tuple[str, ...] = ()
    symbols: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order. A step has before, after, rule, reason and evidence."""
        return tuple(step for chain in self.chains for step in chain.steps)

    @property
    def result(self) -> Any:
        """What was asked for: plain ints where the sizes are numbers, else SymPy; a tuple for a shape."""
        found = tuple(answer(line.value(self.values), self.symbols) for line in self.lines)
        return found[0] if self.single and len(found) == 1 else found

    def ground(self, chain: int = 0) -> Ground:
        """What the chain with this number stands on: the chains before it are established."""
        found = []
        for earlier in self.chains[:chain]:
            left = earlier.conclusion.left
            if earlier.conclusion.is_value and left is not None:
                found.append((str(left), earlier.conclusion.right))
        subject = self.definitions[self.chains[chain].subject]
        return Ground((subject, *self.definitions), self.assumptions, tuple(found))

    def compare(self, fresh: Derivation) -> None:
        """Raises where what this says is not what ``fresh`` says."""
        for what in SAID:
            _compare(what, getattr(self, what), getattr(fresh, what))
        _compare("values", dict(self.values), dict(fresh.values))
        for what in ("heading", "subject", "like", "letters", "moves"):
            _compare(what, *([getattr(c, what) for c in d.chains] for d in (self, fresh)))

    def check(self) -> None:
        """Replays every step by its rule, and holds the whole against its claim.

        Raises:
            ProofError: a step does not follow, or the steps do not reach the claim.
        """
        for position, chain in enumerate(self.chains):
            chain.check(self.ground(position), self.chains[:position])
        self.claim.check(self)

    def render(self, format: str = "text") -> str:  # noqa: A002 — the word a reader looks for
        """The derivation as ``text``, ``latex``, ``markdown``, ``html`` or ``json``."""
        from convmath.render import render

        return render(self, format)

    def __str__(self) -> str:
        return self.render("text")

    def _repr_html_(self) -> str:
        return self.render("html")

    def _repr_latex_(self) -> str:
        return self.render("latex")

    @classmethod
    def from_json(cls, text: str) -> Derivation:
        """A derivation read from what ``render("json")`` wrote. Call ``check``: nothing in the text is trusted.

        Raises:
            ParseError: the text is no derivation.
        """
        from convmath.render.json import read_derivation

        try:
            return read_derivation(text)
        except ConvmathError as error:
            raise error if isinstance(error, ParseError) else ParseError(f"no derivation: {error}") from error


def _compare(what: str, found: object, wanted: object) -> None:
    if found == wanted:
        return
    if isinstance(found, tuple | list) and isinstance(wanted, tuple | list) and len(found) == len(wanted):
        place = next(n for n, (one, two) in enumerate(zip(found, wanted, strict=True)) if one != two)
        _compare(f"{what}, entry {place + 1},", found[place], wanted[place])
    raise ProofError(
        f"the derivation's {what} are not those of its claim: found {_shown(found)}, expected {_shown(wanted)}"
    )


def _shown(item: object) -> str:
    if isinstance(item, tuple | list):
        return f"{len(item)} of them" if len(item) > 3 else f"({', '.join(map(_shown, item))})"
    if isinstance(item, dict):
        return ", ".join(f"{name} = {value}" for name, value in item.items()) or "none"
    text = str(item)
    return text if len(text) <= 160 else text[:157] + "…"
