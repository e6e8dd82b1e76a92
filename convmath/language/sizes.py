"""What a user may give as a size: an int, a NumPy integer, a SymPy expression, or a text. Inside it is a tree."""

from __future__ import annotations

import operator
from typing import Any

from convmath.errors import ParseError
from convmath.language.limits import MOST_DIGITS, check_size
from convmath.language.parse import parse_size
from convmath.language.tree import Expr, Int

LARGEST = 10**MOST_DIGITS


def size(value: object, what: str, symbols: dict[str, Any] | None = None) -> Expr:
    """``value`` as a tree; the SymPy symbols met are kept in ``symbols``.

    Raises:
        ParseError: it is no integer and no expression in the language.
    """
    if type(value) is int:
        return _integer(value, what)
    if isinstance(value, Expr):
        return check_size(value, what)
    if isinstance(value, str):
        return parse_size(value)
    if isinstance(value, bool | float):
        raise ParseError(f"{what} is {value!r}, a {type(value).__name__}: a size is an integer or a letter")
    if hasattr(value, "free_symbols"):
        from convmath.language.border import from_sympy

        return from_sympy(value, what, {} if symbols is None else symbols)
    try:
        return _integer(operator.index(value), what)  # type: ignore[arg-type]  # NumPy's integers answer
    except TypeError:
        raise ParseError(f"{what} is {value!r}, a {type(value).__name__}: a size is an integer or a letter") from None


def _integer(value: int, what: str) -> Int:
    if abs(value) >= LARGEST:
        raise ParseError(
            f"{what} is an integer of more than {MOST_DIGITS} digits: the largest that is read has {MOST_DIGITS}"
        )
    return Int(value)


def shown(value: object) -> str:
    """A user's value for a message: short, and never longer to write than to read."""
    if isinstance(value, int) and abs(value) >= LARGEST:
        return f"an integer of more than {MOST_DIGITS} digits"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"
