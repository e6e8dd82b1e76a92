"""The book: every theorem by its slug. A function with ``@theorem`` is all that a new one takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, ClassVar

from convmath import book
from convmath.errors import ParseError
from convmath.language.definition import Definition
from convmath.language.sizes import size
from convmath.language.tree import Expr, Int
from convmath.proof.derivation import Claim, Derivation

CHAPTERS = (
    "The 1×1 convolution",
    "Sizes",
    "Costs",
    "Receptive fields",
    "Equivalences",
    "Gradients",
    "Fast algorithms",
)
"""The chapters, in the order of the book."""


READING = (
    *("pointwise", "pixels", "channels", "bottleneck", "kinks", "shifts", "sliding"),
    *("sizes", "transposed", "remainder", "ceiling", "padding", "stacks", "semigroup", "smallest"),
    *("unet", "unpadded", "repeating", "costs", "tallies"),
    *("receptive", "paths", "holes", "upwards"),
    *("matrix", "adjoint", "composition", "circle"),
    *("kernels", "folding", "next_layer", "stuffed", "checkerboard", "separable", "pooling"),
    *("gradients", "passes", "backward", "gates", "composed", "fast", "letters"),
)
"""Files in the order in which they are read, from simple to hard; the others follow."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search for the smallest counterexample: what it looks through, and what it finds, as a text, or None."""

    through: str
    find: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Theorem:
    """A statement with its hypotheses and sources. ``prove(**numbers)`` gives the derivation.

    Attributes:
        slug: its name, which never changes; so are its page and its golden file called.
        title: the statement in a few words.
        statement: what holds, with its quantifiers.
        chapter: where it stands in the book.
        hypotheses: what it needs; :func:`convmath.book.refutation.refute` drops one.
        sources: where it is published, with the number of the relation or equation.
        settings: the names that ``prove`` takes; letters of hypotheses replace the hypothesis.
        uses: the slugs of theorems that its proof rests on.
        example: numbers that its page puts in.
        without: for each hypothesis that can be dropped, the search for the smallest counterexample.
    """

    slug: str
    title: str
    statement: str
    chapter: str
    hypotheses: tuple[str, ...]
    sources: tuple[str, ...]
    settings: tuple[str, ...]
    proof: Callable[..., Derivation]
    uses: tuple[str, ...] = ()
    example: Mapping[str, int] = field(default_factory=dict)
    without: Mapping[str, Search] = field(default_factory=dict)

    def prove(self, **numbers: Any) -> Derivation:
        """The derivation, in general or with ``numbers`` for letters.

        Raises:
            ParseError: a name or a number is not one that the theorem takes.
            ProofError: with these numbers it does not hold; a counterexample is shown.
        """
        for name in numbers:
            if name not in self.settings:
                raise ParseError(f"{self.slug} has no letter {name!r}: it takes {', '.join(self.settings)}")
        return self.proof(self, {name: _whole(self.slug, name, value) for name, value in numbers.items()})


def _whole(slug: str, name: str, value: Any) -> int:
    found = size(value, f"{slug}: {name}")
    least = 0 if name[0] in "pqa" or name == "i" else 1
    if not isinstance(found, Int):
        raise ParseError(f"{slug}: {name} is {found}; it must be an integer")
    if found.value < least:
        raise ParseError(f"{slug}: {name} is {found}; it must be an integer ≥ {least}")
    if name.islower() and found.value > LARGEST:
        raise ParseError(f"{slug}: {name} is {found}; give at most {LARGEST}, or leave it out for the general proof")
    return found.value


LARGEST = 32
"""The largest number that may replace a hypothesis: a counterexample is looked for by visiting every place."""
BOOK: dict[str, Theorem] = {}


def theorem(
    title: str,
    chapter: str,
    hypotheses: tuple[str, ...],
    sources: tuple[str, ...],
    settings: tuple[str, ...],
    **more: Any,
) -> Callable[[Callable[..., Derivation]], Callable[..., Derivation]]:
    """Writes a theorem into the book. The slug is the function's name, the statement its docstring.

    ``more`` may give ``uses``, ``example`` and ``without``; see :class:`Theorem`.
    """

    def enter(proof: Callable[..., Derivation]) -> Callable[..., Derivation]:
        slug = proof.__name__.replace("_", "-")
        statement = " ".join((proof.__doc__ or "").split())
        BOOK[slug] = Theorem(slug, title, statement, chapter, hypotheses, sources, settings, proof, **more)
        return proof

    return enter


def theorems() -> Mapping[str, Theorem]:
    """Every theorem of the book, by slug, in the order of the chapters."""
    files = _files()
    for name in files:
        import_module(name)  # reading a file enters its theorems
    place = {name: at for at, name in enumerate(files)}
    known = [slug for slug, entry in BOOK.items() if entry.chapter in CHAPTERS]

    def order(slug: str) -> tuple[int, int]:
        return CHAPTERS.index(BOOK[slug].chapter), place.get(BOOK[slug].proof.__module__, len(files))

    ordered = sorted(known, key=order)
    return MappingProxyType({slug: BOOK[slug] for slug in dict.fromkeys((*ordered, *BOOK))})


def _files() -> list[str]:
    """The files of the book, in the order in which they are read."""
    found = [module.name for module in iter_modules(book.__path__)]
    ordered = sorted(found, key=lambda name: READING.index(name) if name in READING else len(READING))
    return [f"{book.__name__}.{name}" for name in ordered]


def _text(name: str) -> str:
    """The text of a file of the book."""
    return (Path(book.__path__[0]) / f"{name.rpartition('.')[2]}.py").read_text("utf-8")


def prove(slug: str, **numbers: Any) -> Derivation:
    """The derivation of one theorem, in general, or with numbers for its letters.

    Raises:
        ParseError: there is no theorem with this slug, or it has no such letter.
        ProofError: with these numbers it does not hold; a counterexample is shown.
    """
    return entry(slug).prove(**numbers)


def entry(slug: object) -> Theorem:
    """The theorem with this slug.

    Raises:
        ParseError: there is none.
    """
    if not isinstance(slug, str):
        raise ParseError(f"a theorem is asked for by its slug, a text; found {slug!r}")
    for name in _files() if slug not in BOOK else ():
        if f"def {slug.replace('-', '_')}(" in _text(name):  # no more is read than what holds it
            import_module(name)
    if slug not in BOOK:
        found = theorems()
        near = get_close_matches(slug, found, n=1)
        hint = f"did you mean {near[0]}?" if near else f"`convmath theorems` lists all {len(found)}"
        raise ParseError(f"there is no theorem {slug[:80]!r}: {hint}")
    return BOOK[slug]


@dataclass(frozen=True)
class TheoremClaim(Claim):
    """The claim that a theorem of the book holds, with these numbers."""

    kind: ClassVar[str] = "theorem"
    slug: str
    numbers: tuple[tuple[str, int], ...]

    def check(self, derivation: Derivation) -> None:
        derivation.compare(prove(self.slug, **dict(self.numbers)))

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "slug": self.slug, "numbers": dict(self.numbers)}


def read_claim(data: dict[str, Any], definitions: tuple[Definition, ...], values: dict[str, Expr]) -> Claim:
    """The claim that plain data describe."""
    slug, numbers = data.get("slug"), data.get("numbers")
    if not isinstance(slug, str) or not isinstance(numbers, dict):
        raise ParseError("the claim names no theorem, or no numbers")
    if not all(type(value) is int for value in numbers.values()):
        raise ParseError("the claim's numbers are not all integers")
    return TheoremClaim(slug, tuple(numbers.items()))
