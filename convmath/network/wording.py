"""Sets of sizes in words: H ≡ 12 (mod 16) and H ≥ 188."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from convmath.errors import UnsupportedError
from convmath.network.classes import Classes, check_period
from convmath.network.extent import Extent, Size
from convmath.network.form import Form, letters_in
from convmath.network.residues import Piece, Pieces, piecewise

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
    """A size written for the sets' own sizes: where it is linear on all of them, without its floor."""
    reduced = found.reduced()
    if not isinstance(size, Extent | Form) or len(letters := letters_in(size)) != 1:
        return str(size)
    try:
        pieces = piecewise(size, *letters)
        period = lcm(pieces.period, reduced.period)
        check_period(period)
    except UnsupportedError:  # no finite number of classes says it
        return str(size)
    here = {
        (piece.slope, piece.rest)
        for piece in pieces.pieces
        for at in range(period)
        if at % pieces.period in piece.residues
        and (bounds := reduced.bounds[at % reduced.period]) is not None
        and _meet(bounds, piece.low, piece.high)
    }
    return linear_text(pieces.letter, *here.pop()) if len(here) == 1 else str(size)


def _meet(bounds: tuple[int, int | None], low: int, high: int | None) -> bool:
    """Whether the two intervals have a size in common."""
    return (high is None or bounds[0] <= high) and (bounds[1] is None or low <= bounds[1])


def linear_text(letter: str, slope: Fraction, rest: Fraction) -> str:
    """3·H − 1, or (3·H − 1) / 4."""
    below = lcm(slope.denominator, rest.denominator)
    times, more = int(slope * below), int(rest * below)
    if times == 0:
        return str(more) if below == 1 else f"{more} / {below}"
    head = letter if times == 1 else f"−{letter}" if times == -1 else f"{str(times).replace('-', '−')}·{letter}"
    top = head if more == 0 else f"{head} {'+' if more > 0 else '−'} {abs(more)}"
    return top if below == 1 else f"({top}) / {below}" if more else f"{top} / {below}"


def pieces_text(found: Pieces) -> str:
    """H / 2 for H even, (H − 1) / 2 for H odd; where there are many classes, the first of them."""
    parts = []
    for piece in found.pieces:
        text = linear_text(found.letter, piece.slope, piece.rest)
        where = [part for part in (_class(piece, found), _range(piece, found.letter)) if part]
        parts.append(f"{text} for {' and '.join(where)}" if where else text)
    more = [f"and {len(parts) - MOST_SHOWN} more"] if len(parts) > MOST_SHOWN else []
    return "; ".join([*parts[:MOST_SHOWN], *more])


def _class(piece: Piece, found: Pieces) -> str:
    if found.period == 2 and len(piece.residues) == 1:
        return f"{found.letter} {('even', 'odd')[piece.residues[0]]}"
    return _pattern(list(piece.residues), found.period, found.letter)


def _range(piece: Piece, letter: str) -> str:
    if piece.high is None:
        return f"{letter} ≥ {piece.low}" if piece.low > 1 else ""
    return f"{letter} ≤ {piece.high}" if piece.low == 1 else f"{piece.low} ≤ {letter} ≤ {piece.high}"
