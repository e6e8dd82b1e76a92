"""``winograd``: one fast algorithm from points that a user gives, with its matrices, program and proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from convmath.book.bilinear import convolution
from convmath.book.entries import entry
from convmath.derive.programs import Program, direct, fast
from convmath.derive.programs import entry as name_of
from convmath.derive.transforms import Matrix, Transforms, named, transforms
from convmath.errors import ParseError, ShapeError
from convmath.language.definition import Definition
from convmath.language.tree import Expr
from convmath.proof.derivation import Claim, Derivation

THEOREM = "winograd-computes-the-convolution"
MOST_AXES = 2


def winograd(m: int, r: int, points: Sequence[Any] | None = None) -> Winograd:
    """Winograd's F(m, r): m outputs of a convolution with r taps, from as many products as there are points.

    >>> fast = winograd(2, 3, points=(0, 1, -1))
    >>> fast.multiplications, fast.program(2).multiplications
    (4, 16)
    >>> fast([1, 2, 3, 4], [1, 1, 1]).tolist()
    [6, 9]

    Args:
        m: outputs of one tile, an integer ≥ 1.
        r: taps of the filter, an integer ≥ 1.
        points: distinct integers, Fractions or texts such as ``"1/2"``, one less than m + r − 1: infinity is added,
            or is given as ``"inf"``. By default 0, 1, −1, 2, −2, 1/2, ….

    Raises:
        ParseError: m, r or a point is none.
        DefinitionError: two points are equal, or there are too few or too many.
        UnsupportedError: more points are needed than are taken.
    """
    return Winograd(transforms(m, r, points))


@dataclass(frozen=True)
class Winograd:
    """F(m, r) from some points. Called with an array and a filter, it convolves them exactly (no flip, stride 1)."""

    transforms: Transforms

    @property
    def m(self) -> int:
        """Outputs of one tile."""
        return self.transforms.m

    @property
    def r(self) -> int:
        """Taps of the filter."""
        return self.transforms.r

    @property
    def points(self) -> tuple[str, ...]:
        """The points, as a person writes them; ∞ is the last coefficient."""
        return tuple(map(named, self.transforms.points))

    @property
    def output(self) -> Matrix:
        """A^T, which makes m outputs of the products."""
        return self.transforms.output

    @property
    def filter(self) -> Matrix:
        """G, which makes one factor of each product of r taps."""
        return self.transforms.filter

    @property
    def data(self) -> Matrix:
        """B^T, which makes the other factor of m + r − 1 entries."""
        return self.transforms.data

    @property
    def multiplications(self) -> int:
        """The products of one tile, counted on the program."""
        return self.program().multiplications

    def program(self, axes: int = 1) -> Program:
        """What is done for one tile, line by line, along one axis or nested along two."""
        return fast(self.transforms, _axes(axes))

    def direct(self, axes: int = 1) -> Program:
        """What the definition does for the same outputs."""
        return direct(self.m, self.r, _axes(axes))

    def __call__(self, x: Any, w: Any) -> NDArray[Any]:
        """Y[i] = Σ w[u]·x[i+u], or the same along two axes, tile by tile by the program; nothing is rounded.

        Raises:
            ShapeError: the arrays are not of one rank (1 or 2), the filter has not r taps along each axis, the array
                is smaller, or an entry is neither an integer nor a Fraction.
        """
        data, taps = _exact("x", x), _exact("w", w)
        rank = data.ndim
        if taps.shape != (self.r,) * rank or rank not in range(1, MOST_AXES + 1):
            raise ShapeError(
                f"x has shape {data.shape} and w {taps.shape}: expected one axis and w of shape ({self.r},), or two "
                f"axes and ({self.r}, {self.r})"
            )
        places = [[at for at in range(size) if at + self.r <= size] for size in data.shape]
        if not all(places):
            raise ShapeError(f"x has shape {data.shape}: a filter of {self.r} taps does not fit into it")
        made, found = self.program(rank), np.zeros([len(along) for along in places], object)
        weights = {name_of("w", place): taps[place] for place in product(range(self.r), repeat=rank)}
        for start in product(*(along[:: self.m] for along in places)):
            for place, value in made.run(weights | self._tile(data, start)).items():
                at = tuple(a + b for a, b in zip(start, place, strict=True))
                if all(index < size for index, size in zip(at, found.shape, strict=True)):
                    found[at] = value
        return _plain(found)

    def _tile(self, data: NDArray[Any], start: tuple[int, ...]) -> dict[str, Any]:
        """The entries that one tile reads; past the end of the array they change no output that is kept."""
        tile = {}
        for place in product(range(len(self.points)), repeat=data.ndim):
            at = tuple(a + b for a, b in zip(start, place, strict=True))
            inside = all(index < size for index, size in zip(at, data.shape, strict=True))
            tile[name_of("x", place)] = data[at] if inside else 0
        return tile

    @cached_property
    def derivation(self) -> Derivation:
        """The proof, by checked steps, that it computes the convolution whatever the entries are."""
        theorem = entry(THEOREM)
        algorithm = convolution(self.transforms)
        work = algorithm.work(theorem, {})
        algorithm.prove_outputs(work, "Output {} of a tile")
        claim = WinogradClaim(self.m, self.r, self.points)
        title = f"F({self.m}, {self.r}) from the points {', '.join(self.points)} computes the convolution"
        statement = "For all X and W: what it makes of the products of a tile are the outputs of the convolution."
        return replace(work.derivation("the outputs of a tile"), title=title, statement=statement, claim=claim)

    def __repr__(self) -> str:
        return f"<F({self.m}, {self.r}) from {', '.join(self.points)}: {self.multiplications} multiplications>"


@dataclass(frozen=True)
class WinogradClaim(Claim):
    """The claim that F(m, r) from these points computes the convolution."""

    kind: ClassVar[str] = "winograd"
    m: int
    r: int
    points: tuple[str, ...]

    def check(self, derivation: Derivation) -> None:
        derivation.compare(winograd(self.m, self.r, self.points).derivation)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "m": self.m, "r": self.r, "points": list(self.points)}


def read_claim(data: dict[str, Any], definitions: tuple[Definition, ...], values: dict[str, Expr]) -> Claim:
    """The claim that plain data describe."""
    m, r, points = (data.get(name) for name in ("m", "r", "points"))
    if not isinstance(points, list) or not all(isinstance(point, str) for point in points):
        raise ParseError("the claim's points are no list of texts")
    made = winograd(m, r, points)  # type: ignore[arg-type]  # refused there if they are no integers
    return WinogradClaim(made.m, made.r, made.points)


def _axes(axes: object) -> int:
    if isinstance(axes, bool) or not isinstance(axes, int) or axes not in range(1, MOST_AXES + 1):
        raise ParseError(f"axes is {str(axes)[:60]!r}; a program is written for 1 or 2 axes")
    return axes


def _exact(name: str, given: Any) -> NDArray[Any]:
    try:
        found = np.asarray(given)
    except ValueError as error:
        raise ShapeError(f"{name} is no array: its rows are not of one length ({error})") from None
    values = found.ravel().tolist()
    if not all(isinstance(value, int | Fraction) and not isinstance(value, bool) for value in values):
        raise ShapeError(f"{name} has an entry that is neither an integer nor a Fraction: nothing is rounded here")
    exact = np.empty(found.shape, object)
    exact.ravel()[:] = values
    return exact


def _plain(found: NDArray[Any]) -> NDArray[Any]:
    """Integers of 64 bits where every entry is one."""
    whole = all(Fraction(value).denominator == 1 for value in found.ravel())
    small = whole and all(abs(value) < 2**63 for value in found.ravel())
    return found.astype(np.int64) if small else found
