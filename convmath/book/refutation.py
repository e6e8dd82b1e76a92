"""A hypothesis dropped: the smallest case in which the theorem fails, or what was looked through in vain."""

from __future__ import annotations

from dataclasses import dataclass

from convmath.book.entries import entry
from convmath.errors import ParseError, UnsupportedError


@dataclass(frozen=True, slots=True)
class Refutation:
    """What became of a theorem without one of its hypotheses.

    Attributes:
        slug: the theorem.
        dropped: the hypothesis that was left out.
        counterexample: the smallest one found, as arrays that a person can check, or "".
        through: what was looked through.
    """

    slug: str
    dropped: str
    counterexample: str
    through: str

    @property
    def found(self) -> bool:
        """Whether there is a counterexample: then the hypothesis is needed."""
        return bool(self.counterexample)

    def __str__(self) -> str:
        if self.found:
            return f"Without {self.dropped}, {self.slug} is false.\n{self.counterexample}"
        return f"Without {self.dropped}, no counterexample to {self.slug} was found in {self.through}."


def refute(slug: str, drop: str) -> Refutation:
    """The smallest counterexample to a theorem when the hypothesis ``drop`` is left out.

    Raises:
        ParseError: there is no such theorem, or it has no such hypothesis.
        UnsupportedError: no search is known for this hypothesis.
    """
    theorem = entry(slug)
    named = {_plain(item): item for item in theorem.hypotheses}
    found = named.get(_plain(str(drop)))
    if found is None:
        raise ParseError(
            f"{slug} has no hypothesis {str(drop)[:60]!r}: it has {', '.join(theorem.hypotheses) or 'none'}"
        )
    search = theorem.without.get(found)
    if search is None:
        raise UnsupportedError(f"{slug}: no search is known for what happens without {found}")
    return Refutation(slug, found, search.find() or "", search.through)


def _plain(text: str) -> str:
    """A hypothesis without spaces and underscores, and with the signs that a keyboard has: ``p2=0`` is ``p_2 = 0``."""
    for sign, typed in {"·": "*", "−": "-", "≥": ">=", "≤": "<=", "≠": "!=", "×": "x", "_": ""}.items():
        text = text.replace(sign, typed)
    return "".join(text.translate(LOW).split())


LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
"""Small digits, as pages print them."""
