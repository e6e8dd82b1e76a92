"""Convolution by the discrete Fourier transform: a radix-2 program, run exactly and counted.

A sum over all entries splits into the sum over the even and that over the odd ones, which is the whole recursion.
Numbers are kept exact: with z^(L/2) = −1, polynomials in z are a ring in which z is a root of unity of order L, and
z ↦ exp(−2πi/L) takes what holds in it to complex numbers. A tile of L entries gives L − r + 1 outputs: at the others
the circular convolution wraps around. Since the filter is real, the real and the imaginary part of a tile are two
tiles that are convolved at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Literal

from convmath.derive.programs import entry
from convmath.errors import ParseError

Element = tuple[Fraction, ...]
"""A polynomial in z of degree below L/2, its coefficients from the constant on."""
Names = Mapping[tuple[int, ...], str]
LARGEST = 64


@dataclass(frozen=True, slots=True)
class Complex:
    """One line: ``name`` is ``left`` + or − ``right``, times ``right``, or, as a ``turn``, times z^``power``."""

    name: str
    kind: Literal["+", "−", "·", "turn"]
    left: str
    right: str = ""
    power: int = 0


@dataclass(frozen=True)
class Transformed:
    """The program of one tile: the data's transform, the products, and the transform back, without its 1/L.

    The filter's transform, made once for all tiles, is a program of its own: it takes up the 1/L.
    """

    size: int
    rank: int
    filter: tuple[Complex, ...]
    stages: Mapping[str, tuple[Complex, ...]]
    outputs: Names

    @property
    def counts(self) -> dict[str, Counter[str]]:
        """Real operations of one tile, stage by stage, a line counted as written out in real and imaginary parts.

        A sum is two additions, and a product four multiplications and two additions. A turn by quarters moves and
        negates parts; one by an eighth multiplies their sum and their difference by one constant; any other is a
        product with a constant.
        """
        found = {stage: Counter[str]() for stage in self.stages}
        for stage, lines in self.stages.items():
            for line in lines:
                found[stage].update(self._parts(line))
        return found

    def _parts(self, line: Complex) -> dict[str, int]:
        if line.kind in ("+", "−"):
            return {"additions": 2}
        if line.kind == "·":
            return {"multiplications": 4, "additions": 2}
        if 4 * line.power % self.size == 0:
            return {}
        return {"multiplications": 2 if 8 * line.power % self.size == 0 else 4, "additions": 2}

    def run(self, data: Mapping[str, Element], taps: Mapping[str, Element]) -> dict[tuple[int, ...], Element]:
        """The outputs by place, exactly, not yet divided by the number of entries."""
        known = {**data, **taps}
        for line in (*self.filter, *(line for stage in self.stages.values() for line in stage)):
            left = known[line.left]
            known[line.name] = (
                turned(left, line.power) if line.kind == "turn" else _both(line.kind, left, known[line.right])
            )
        return {place: known[name] for place, name in self.outputs.items()}


def _both(kind: str, left: Element, right: Element) -> Element:
    if kind == "·":
        total = (Fraction(0),) * len(left)
        for power, factor in enumerate(right):
            total = tuple(a + factor * b for a, b in zip(total, turned(left, power), strict=True))
        return total
    return tuple(a + b if kind == "+" else a - b for a, b in zip(left, right, strict=True))


def turned(value: Element, power: int) -> Element:
    """The element times z^power: coefficients move up, and come back at the bottom with the other sign."""
    half = len(value)
    found = [Fraction(0)] * half
    for place, number in enumerate(value):
        laps, at = divmod(place + power, half)
        found[at] = -number if laps % 2 else number
    return tuple(found)


class _Lines:
    """Lines as they are written."""

    def __init__(self) -> None:
        self.lines: list[Complex] = []
        self.number = 0

    def line(self, kind: Literal["+", "−", "·", "turn"], left: str, right: str = "", power: int = 0) -> str:
        self.number += 1
        self.lines.append(Complex(f"t{self.number}", kind, left, right, power))
        return self.lines[-1].name

    def take(self) -> tuple[Complex, ...]:
        stage, self.lines = tuple(self.lines), []
        return stage

    def transform(self, values: Sequence[str], step: int) -> list[str]:
        """Σ z^(step·place·k) of the values, for every k: the even places, and the odd ones turned."""
        if len(values) == 1:
            return list(values)
        even, odd = self.transform(values[::2], 2 * step), self.transform(values[1::2], 2 * step)
        turns = [name if k == 0 else self.line("turn", name, power=step * k) for k, name in enumerate(odd)]
        first = [self.line("+", a, b) for a, b in zip(even, turns, strict=True)]
        return first + [self.line("−", a, b) for a, b in zip(even, turns, strict=True)]

    def nested(self, names: Names, size: int, step: int) -> dict[tuple[int, ...], str]:
        """The transform along every axis in turn."""
        found, rank = dict(names), len(next(iter(names)))
        for axis in range(rank):
            for rest in product(range(size), repeat=rank - 1):
                places = [(*rest[:axis], here, *rest[axis:]) for here in range(size)]
                found |= dict(zip(places, self.transform([found[place] for place in places], step), strict=True))
        return found


def transformed(size: int, rank: int = 1) -> Transformed:
    """The program of a circular convolution of ``size`` entries along ``rank`` axes; ``size`` is a power of two.

    Raises:
        ParseError: it is none from 2 to 64.
    """
    if size not in (2**power for power in range(1, LARGEST.bit_length())):
        raise ParseError(f"size is {size}; it must be a power of two from 2 to {LARGEST}")
    lines, places = _Lines(), list(product(range(size), repeat=rank))
    taps = lines.nested({place: entry("w", place) for place in places}, size, 1)
    filters, stages = lines.take(), dict[str, tuple[Complex, ...]]()
    data = lines.nested({place: entry("x", place) for place in places}, size, 1)
    stages["data"] = lines.take()
    products = {place: lines.line("·", data[place], taps[place]) for place in places}
    stages["products"] = lines.take()
    outputs = lines.nested(products, size, -1)
    stages["output"] = lines.take()
    return Transformed(size, rank, filters, stages, outputs)
