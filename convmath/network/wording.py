"""Sets of sizes in words: H ≡ 12 (mod 16) and H ≥ 188."""

from __future__ import annotations

from fractions import Fraction

from convmath.network.classes import Classes
from convmath.network.extent import Extent, Size

MOST_SHOWN = 8


def classes_text(found: Classes, letter: str) -> str:
    """The set as a congruence and a bound; sizes that fall out of the pattern stand by themselves."""
    found = found.reduced()
    if found.empty:
        return "no size"
    if found.largest is not None:
        return _finite(found, letter)
    open_ = [(at, b) for at, b in enumerate(found.bounds) if b is not None and b[1] is None]
    pattern = _pattern([at for at, _ in open_], found.period, letter)
    floor = _from(found, [at for at, _ in open_])
    early = [size for size in _upto(found, floor) if size < floor]
    natural = min(at or found.period for at, _ in open_)  # a size is ≥ 1: that goes without saying
    parts = [part for part in (pattern, f"{letter} ≥ {floor}" if floor > natural or not pattern else "") if part]
    text = " and ".join(parts) or f"{letter} ≥ 1"
    if early:
        text += f", or {letter} = {_listed(early)}"
    return text


def _pattern(residues: list[int], period: int, letter: str) -> str:
    if len(residues) == period:
        return ""
    if len(residues) == 1:
        return f"{letter} ≡ {residues[0]} (mod {period})"
    if len(residues) == period - 1:
        missing = next(at for at in range(period) if at not in residues)
        return f"{letter} ≢ {missing} (mod {period})"
    return f"{letter} ≡ {_listed(residues)} (mod {period})"


def _from(found: Classes, open_: list[int]) -> int:
    """The smallest size from which on every size of the open classes is in the set."""
    starts = [bounds[0] for at in open_ if (bounds := found.bounds[at]) is not None]
    latest = max(starts)
    floor = latest
    while floor > 1:  # one place back as long as nothing is missing there
        before = floor - 1
        if before % found.period in open_ and before not in found:
            break
        if before < min(starts):
            break
        floor = before
    first = found.above(floor)
    return floor if first is None else first


def _upto(found: Classes, limit: int) -> list[int]:
    sizes: list[int] = []
    size = found.above(1)
    while size is not None and size < limit and len(sizes) <= MOST_SHOWN:
        sizes.append(size)
        size = found.above(size + 1)
    return sizes


def _finite(found: Classes, letter: str) -> str:
    first, last = found.smallest, found.largest
    assert first is not None
    assert last is not None
    if first == last:
        return f"{letter} = {first}"
    if found.period == 1:
        return f"{first} ≤ {letter} ≤ {last}"
    sizes = _upto(found, last + 1)
    return f"{letter} = {_listed(sizes)}"


def _listed(items: list[int]) -> str:
    shown = [str(item) for item in items[:MOST_SHOWN]]
    return (
        ", ".join(shown[:-1]) + f" or {shown[-1]}"
        if len(shown) == len(items) > 1
        else ", ".join([*shown, *(["…"] if len(items) > len(shown) else [])])
    )


def within(size: Size, found: Classes) -> str:
    """A size written for the sets' own sizes: where one class is left, its floor is exact and falls away."""
    reduced = found.reduced()
    residues = [at for at, bounds in enumerate(reduced.bounds) if bounds is not None]
    if not isinstance(size, Extent) or len(residues) != 1 or reduced.period % size.period:
        return str(size)
    left = (size.slope * residues[0] + size.shift) % size.period
    slope = Fraction(size.slope * size.times, size.period)
    rest = Fraction(size.times * (size.shift - left), size.period) + size.rest
    if slope.denominator == 1 and rest.denominator == 1:
        head = size.letter if slope == 1 else f"{slope}·{size.letter}"
        return head if rest == 0 else f"{head} {'+' if rest > 0 else '−'} {abs(rest)}"
    top = within_fraction(size.letter, slope, rest)
    return f"{top} / {slope.denominator}"


def within_fraction(letter: str, slope: Fraction, rest: Fraction) -> str:
    """(H − 20) over a common divisor."""
    number = rest * slope.denominator
    head = letter if slope.numerator == 1 else f"{slope.numerator}·{letter}"
    return head if number == 0 else f"({head} {'+' if number > 0 else '−'} {abs(number)})"
