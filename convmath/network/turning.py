"""Requirements between sizes whose expression turns at some size: the smallest of sizes that grow differently."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from convmath.errors import UnsupportedError
from convmath.language.tidy import product, total
from convmath.language.tree import Int
from convmath.network.classes import Bounds, Classes, settled
from convmath.network.extent import Size
from convmath.network.form import size_of, tree_of
from convmath.network.residues import Piece, piecewise


def solved_in_pieces(letter: str, left: Size, op: str, right: Size) -> Classes:
    """The sizes at which ``left = right`` or ``left ≤ right``: the difference is linear along each class.

    Raises:
        UnsupportedError: in one class it holds for two ranges of sizes that do not touch.
    """
    apart = size_of(total([tree_of(right), product([Int(-1), tree_of(left)])]))
    found = piecewise(apart, letter)
    bounds: list[Bounds | None] = []
    for residue in range(found.period):
        ranges = [
            inside
            for piece in found.pieces
            if residue in piece.residues and (inside := _inside(piece, op, residue, found.period)) is not None
        ]
        bounds.append(_joined(sorted(ranges, key=lambda one: one[0]), found.period, f"{left} {op} {right}"))
    return Classes(tuple(bounds))


def _inside(piece: Piece, op: str, residue: int, period: int) -> Bounds | None:
    """Where slope·H + rest is 0, or at least 0, within the sizes that the piece is for."""
    low, high = piece.low, piece.high
    if piece.slope == 0:
        fits = piece.rest == 0 if op == "=" else piece.rest >= 0
        return settled(low, high, residue, period) if fits else None
    at = Fraction(-piece.rest) / piece.slope
    if op == "=":
        low, high = max(low, ceil(at)), floor(at) if high is None else min(high, floor(at))
    elif piece.slope > 0:
        low = max(low, ceil(at))
    else:
        high = floor(at) if high is None else min(high, floor(at))
    return settled(low, high, residue, period)


def _joined(ranges: list[Bounds], period: int, what: str) -> Bounds | None:
    """One range out of several that touch."""
    if not ranges:
        return None
    low, high = ranges[0]
    for more in ranges[1:]:
        if high is None or more[0] > high + period:
            raise UnsupportedError(f"{what} holds for two ranges of sizes that do not touch")
        high = more[1]
    return low, high
