"""Numbers that a graph calculates sizes with: integers, fractions, and sizes with letters.

A size with letters is whatever adds, multiplies, compares and divides with ``//`` like an integer. Where it cannot
say what comes out, the result is None: not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, prod
from struct import pack, unpack
from typing import Any

from convmath.errors import ConvmathError, UnsupportedError
from convmath.language.tree import Add, Expr, Floor, Int, Least, Mul, Ratio, Sym, letters_of
from convmath.network.admissible import period_of
from convmath.network.form import evaluated

LETTERS = {"float": "f", "double": "d", "float16": "e"}
"""How the floating-point types are packed: what is calculated in them is rounded to them."""


MOST_PERIOD = 1024
"""A size that repeats later is not searched."""


@dataclass(frozen=True, slots=True)
class Share:
    """A size with letters, divided by a whole number that it need not be a multiple of."""

    top: Any
    below: int


class OpenError(UnsupportedError):
    """A comparison that depends on the letters."""


def is_number(entry: Any) -> bool:
    """Whether an entry is a plain number, without letters."""
    return isinstance(entry, int | Fraction)


def rounded(entry: Any, element: str) -> Any:
    """``entry`` as the type holds it; sizes with letters are taken to be small enough to be exact.

    None where the type cannot hold it.
    """
    if element == "bool" and entry is not None:
        return entry if isinstance(entry, bool) else not equal(entry, 0)
    if element not in LETTERS or not is_number(entry):
        return int(entry) if is_number(entry) and Fraction(entry).denominator == 1 else entry
    letter = LETTERS[element]
    try:
        value: float = unpack(letter, pack(letter, float(entry)))[0]
    except OverflowError:
        return None
    return Fraction(value) if isfinite(value) else None


def number(value: Any) -> Any:
    """A stored entry exactly; None for what is infinite or no number."""
    if isinstance(value, float):
        return Fraction(value) if isfinite(value) else None
    return value


def plus(a: Any, b: Any) -> Any:
    """a + b."""
    (one, first), (two, second) = _parts(a), _parts(b)
    return _share(one * second + two * first, first * second)


def minus(a: Any, b: Any) -> Any:
    """a − b."""
    return plus(a, times(-1, b))


def times(a: Any, b: Any) -> Any:
    """a·b."""
    (one, first), (two, second) = _parts(a), _parts(b)
    return _share(one * two, first * second)


def over(a: Any, b: Any) -> Any:
    """a/b, exactly; None where b is 0 or has letters that do not cancel."""
    (one, first), (two, second) = _parts(a), _parts(b)
    if not is_number(two):
        return _share(second, first) if not is_number(one) and one == two else None
    if two == 0:
        return None
    return _share(one * (second if two > 0 else -second), first * abs(two))


def down(a: Any) -> Any:
    """⌊a⌋."""
    top, below = _parts(a)
    return top // below


def up(a: Any) -> Any:
    """⌈a⌉."""
    top, below = _parts(a)
    return (top + (below - 1)) // below


def towards_zero(a: Any) -> Any:
    """``a`` cut off to a whole number, as C divides; a size that is whole already stays as it is."""
    if _parts(a)[1] == 1:
        return a
    return down(a) if not less(a, 0) else up(a)


def less(a: Any, b: Any) -> bool:
    """Whether a < b, for every value of the letters.

    Raises:
        OpenError: it is not the same for all, or cannot be decided here.
    """
    (one, first), (two, second) = _parts(a), _parts(b)
    one, two = one * second, two * first
    if is_number(one) and is_number(two):
        return bool(one < two)
    if (least := lower(two - one)) is not None and least > 0:
        return True
    if (least := lower(one - two)) is not None and least >= 0:
        return False
    raise OpenError(f"whether {one} is less than {two} depends on the letters")


def lower(size: Any) -> int | None:
    """A number that the size never falls below, where every letter is at least 1; None where none is found."""
    if isinstance(size, int):
        return size
    found = _lower(size.tree)
    return _repeated(size.tree) if found is None else found


def _repeated(expr: Expr) -> int | None:
    """The least value of a size with one letter that repeats, or repeats and grows: it stands in the first period."""
    letters = letters_of(expr)
    try:
        period = period_of(expr, *letters) if len(letters) == 1 else MOST_PERIOD + 1
    except UnsupportedError:
        return None
    if period > MOST_PERIOD:
        return None
    name = next(iter(letters))
    values = [evaluated(expr, {name: at}) for at in range(1, period + 2)]
    return min(values) if values[-1] >= values[0] else None


def _lower(expr: Expr) -> int | None:
    match expr:
        case Int(value):
            return value
        case Sym():
            return 1
        case Floor(Ratio(top, Int(below))) if below > 0:
            least = _lower(top)
            return None if least is None else least // below
        case Add(parts) | Mul(parts) | Least(parts):
            bounds = [_lower(part) for part in parts]
            known = [bound for bound in bounds if bound is not None]
            if len(known) < len(bounds) or (isinstance(expr, Mul) and min(known) < 0):
                return None
            return sum(known) if isinstance(expr, Add) else prod(known) if isinstance(expr, Mul) else min(known)
    return None


def equal(a: Any, b: Any) -> bool:
    """Whether a = b, for every value of the letters; it raises as ``less`` does."""
    if is_number(a) and is_number(b):
        return bool(a == b)
    (one, first), (two, second) = _parts(a), _parts(b)
    return bool(one * second == two * first) or not (less(a, b) or less(b, a))


def larger(a: Any, b: Any) -> Any:
    """The larger of both; of two sizes with letters, where neither always is, an expression."""
    return times(-1, smaller(times(-1, a), times(-1, b)))


def smaller(a: Any, b: Any) -> Any:
    """The smaller of both."""
    try:
        return b if less(b, a) else a
    except OpenError:
        if isinstance(a, Share | Fraction) or isinstance(b, Share | Fraction):
            raise
        return b.least(a) if isinstance(a, int) else a.least(b)


def tried(call: Any, *entries: Any) -> Any:
    """``call`` of entries that may be unknown, or that leave it open: then None."""
    if None in entries:
        return None
    try:
        return call(*entries)
    except ConvmathError:
        return None  # a comparison or a product of letters that no size says: what comes of it is not known


def _parts(entry: Any) -> tuple[Any, int]:
    if isinstance(entry, Share):
        return entry.top, entry.below
    if isinstance(entry, Fraction):
        return entry.numerator, entry.denominator
    return (int(entry), 1) if isinstance(entry, int) else (entry, 1)


def _share(top: Any, below: int) -> Any:
    if is_number(top):
        found = Fraction(top, below)
        return int(found) if found.denominator == 1 else found
    if below == 1:
        return top
    whole = top // below
    return whole if whole * below == top else Share(top, below)
