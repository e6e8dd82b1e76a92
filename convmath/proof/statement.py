"""What stands on one line of a derivation."""

from __future__ import annotations

from dataclasses import dataclass

from convmath.language.substitute import Values, substitute
from convmath.language.tree import Expr, Ranges, Relation, Sym, letters_of
from convmath.language.write import write

Conditions = tuple[Relation, ...]
"""What the sums around have to meet."""


@dataclass(frozen=True, slots=True, repr=False)
class Statement:
    """Relations that all hold, for every value of the indices in ``ranges``."""

    relations: tuple[Relation, ...]
    ranges: Ranges = ()

    @property
    def left(self) -> Expr | None:
        """The left side, where this is one equation."""
        return self.relations[0].left if len(self.relations) == 1 and self.relations[0].op == "=" else None

    @property
    def right(self) -> Expr:
        """The right side of the (first) relation."""
        return self.relations[0].right

    @property
    def is_value(self) -> bool:
        """Whether this says what a named quantity is, H′ = …."""
        return isinstance(self.left, Sym)

    def letters(self) -> set[str]:
        sides = [side for relation in self.relations for side in (relation.left, relation.right)]
        return letters_of(*sides, *(size for _, size in self.ranges)) | {name for name, _ in self.ranges}

    def substitute(self, values: Values) -> Statement:
        relations = tuple(
            Relation(substitute(r.left, values), r.op, substitute(r.right, values)) for r in self.relations
        )
        return Statement(relations, tuple((name, substitute(size, values)) for name, size in self.ranges))

    def with_relation(self, at: int, *relations: Relation) -> Statement:
        """The same with the relation at ``at`` replaced; indices that no relation uses any more are dropped."""
        kept = (*self.relations[:at], *relations, *self.relations[at + 1 :])
        used = {name for relation in kept for name in letters_of(relation.left, relation.right)}
        return Statement(kept, tuple((name, size) for name, size in self.ranges if name in used))

    def __str__(self) -> str:
        text = join_relations([(write(r.left), r.op, write(r.right)) for r in self.relations])
        if self.ranges:
            text += "   for all " + ", ".join(f"{name} < {write(size)}" for name, size in self.ranges)
        return text

    def __repr__(self) -> str:
        return f"<{self}>"


def join_relations(parts: list[tuple[str, str, str]], gap: str = " ", separator: str = ",  ") -> str:
    """``a ≤ b`` and ``b ≤ c`` as a ≤ b ≤ c; others side by side."""
    pieces: list[str] = []
    last = ""
    for left, op, right in parts:
        if pieces and left == last:
            pieces[-1] += f"{gap}{op}{gap}{right}"
        else:
            pieces.append(f"{left}{gap}{op}{gap}{right}")
        last = right
    return separator.join(pieces)


def value_of(name: str, expr: Expr) -> Statement:
    """``name = expr``."""
    return Statement((Relation(Sym(name), "=", expr),))
