"""What stands around a formula: a function of what is read, and a function of the whole right side."""

from __future__ import annotations

from dataclasses import dataclass

from convmath.language.functions import Function
from convmath.language.tree import Apply, Expr


@dataclass(frozen=True, slots=True)
class Around:
    """A function of what is read, and a function of the whole right side; None where there is none."""

    read: Function | None = None
    result: Function | None = None

    def __bool__(self) -> bool:
        return self.read is not None or self.result is not None

    def read_as(self, read: Expr) -> Expr:
        """A read, with its function around it."""
        return read if self.read is None else Apply(self.read, read)

    def result_as(self, right: Expr) -> Expr:
        """A right side, with its function around it."""
        return right if self.result is None else Apply(self.result, right)


NOTHING = Around()
