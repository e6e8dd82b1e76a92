"""The matrices of a fast convolution, derived from points: evaluate, multiply, interpolate, and transpose.

A polynomial h of m coefficients times one w of r coefficients has as many coefficients as there are sums e + u of
their places. So many points fix it: take both values at each point, multiply them, and interpolate. That is the
algorithm of Toom and Cook. Its three matrices, two of them exchanged and transposed, give m outputs of a convolution
with r taps: that is Winograd's.

A point is kept as a pair (p, q) that stands for p/q; infinity is (1, 0). The value of h there is Σ h[e]·p^e·q^(m−1−e),
which at infinity is the last coefficient. So every point, infinity too, is treated alike, and no case is special.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, islice

from convmath.errors import DefinitionError, ParseError, UnsupportedError

Point = tuple[int, int]
Row = tuple[Fraction, ...]
Matrix = tuple[Row, ...]
INFINITY: Point = (1, 0)
MOST = 64
"""The most points of one algorithm."""
LONGEST_NUMBER = 40
"""The most digits of a point's numerator or divisor."""


@dataclass(frozen=True, slots=True)
class Transforms:
    """What F(m, r) does to its input, its filter and the products, for some points.

    Attributes:
        m: outputs of one tile.
        r: taps of the filter.
        points: where the polynomials are evaluated, as pairs (p, q) for p/q; (1, 0) is infinity.
        output: A^T, of m rows: outputs from products.
        filter: G, a row for each point: the filter's value there, divided by what interpolation divides by.
        data: B^T, a row for each point: what takes an input tile to the other factor of the product.
    """

    m: int
    r: int
    points: tuple[Point, ...]
    output: Matrix
    filter: Matrix
    data: Matrix


def transforms(m: object, r: object, points: Sequence[object] | None = None) -> Transforms:
    """The matrices of F(m, r) from distinct points and infinity.

    Args:
        m: how many outputs one tile gives, an integer ≥ 1.
        r: how many taps the filter has, an integer ≥ 1.
        points: m + r − 2 distinct numbers (integers, Fractions or texts such as ``"1/2"``), to which infinity is
            added; or m + r − 1 points, one of which may be ``"inf"``. By default 0, 1, −1, 2, −2, 1/2, −1/2, 3, ….

    Raises:
        ParseError: m, r or a point is not what it must be, or there are too many.
        DefinitionError: two points are equal, or there are not as many as the product has coefficients.
    """
    outputs, taps = _count("m", m), _count("r", r)
    needed = coefficients(outputs, taps) if max(outputs, taps) <= MOST else max(outputs, taps)
    if needed > MOST:
        raise UnsupportedError(f"F({outputs}, {taps}) needs more than {MOST} points: use smaller tiles")
    found = read_points(points, needed)
    evaluated = tuple(powers(point, outputs) for point in found)
    data, filters = [], []
    for place, point in enumerate(found):
        others = found[:place] + found[place + 1 :]
        row, divisor = _vanishing(others), _at(others, point)
        sign = 1 if divisor > 0 else -1
        data.append(tuple(sign * entry for entry in row))
        filters.append(tuple(value / (sign * divisor) for value in powers(point, taps)))
    return Transforms(outputs, taps, found, tuple(zip(*evaluated, strict=True)), tuple(filters), tuple(data))


def coefficients(m: int, r: int) -> int:
    """How many coefficients the product of polynomials with m and r coefficients has: one for each sum of places."""
    return len({e + u for e in range(m) for u in range(r)})


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ParseError(f"{name} is {str(value)[:60]!r}; it must be an integer ≥ 1, as in winograd(2, 3)")
    return value


def read_points(given: Sequence[object] | None, needed: int) -> tuple[Point, ...]:
    """``needed`` distinct points; infinity is added where it is left out and one is missing."""
    if given is None:
        return (*islice(usual_points(), needed - 1), INFINITY)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise ParseError(f"points is {str(given)[:60]!r}; it must be a list such as (0, 1, -1)")
    if len(given) > MOST:
        raise ParseError(f"{len(given)} points; at most {MOST} are taken")
    found = tuple(_point(value) for value in given)
    if len(found) == needed - 1 and INFINITY not in found:
        found = (*found, INFINITY)
    for place, point in enumerate(found):
        if point in found[:place]:
            raise DefinitionError(
                f"the point {named(point)} is given twice: two equal rows say the same, so {needed} coefficients "
                "are not fixed by the values; give distinct points"
            )
    if len(found) != needed:
        raise DefinitionError(
            f"{len(found)} points (infinity counted), but the product has {needed} coefficients: give {needed - 1} "
            "distinct numbers, or as many points as coefficients"
        )
    return found


def usual_points() -> Iterator[Point]:
    """0, 1, −1, 2, −2, 1/2, −1/2, 3, −3, 1/3, …: small numerators and divisors keep the matrices small."""
    yield (0, 1)
    yield from ((1, 1), (-1, 1))
    for size in count(2):
        yield from ((size, 1), (-size, 1), (1, size), (-1, size))


def _point(value: object) -> Point:
    if isinstance(value, str) and value.strip().lower() in ("inf", "infinity", "oo", "∞"):
        return INFINITY
    if isinstance(value, bool) or not isinstance(value, int | Fraction | str):
        raise ParseError(f"the point {str(value)[:60]!r} is no integer, Fraction or text such as '1/2' or 'inf'")
    if isinstance(value, str):
        value = _fraction(value)
    if max(abs(value.numerator), value.denominator) >= 10**LONGEST_NUMBER:
        raise ParseError(f"a point has more than {LONGEST_NUMBER} digits: give smaller ones")
    return (value.numerator, value.denominator)


def _fraction(text: str) -> Fraction:
    top, slash, bottom = text.strip().replace("−", "-").partition("/")
    digits = (top.removeprefix("-"), bottom if slash else "1")
    if len(text) > 3 * LONGEST_NUMBER or not all(part.isascii() and part.isdigit() for part in digits):
        raise ParseError(
            f"the point {text[:60]!r} is no integer and no quotient of two, such as '1/2'; 'inf' is infinity"
        )
    if int(digits[1]) == 0:
        raise ParseError(f"the point {text[:60]!r} divides by 0: write 'inf' for infinity")
    return Fraction(int(top), int(digits[1]))


def named(point: Point) -> str:
    """The point as a person writes it: 1/2, −1, ∞."""
    top, bottom = point
    text = "∞" if bottom == 0 else str(Fraction(top, bottom))
    return text.replace("-", "−")


def powers(point: Point, length: int) -> Row:
    """What a polynomial's coefficients are multiplied by to get its value at the point."""
    top, bottom = point
    return tuple(Fraction(top**place * bottom ** (length - place - 1)) for place in range(length))


def _vanishing(points: Sequence[Point]) -> Row:
    """The coefficients of the product of the factors q·x − p, which is 0 at every one of the points."""
    row = [Fraction(1)]
    for top, bottom in points:
        shifted, same = [Fraction(0), *row], [*row, Fraction(0)]
        row = [bottom * up - top * here for up, here in zip(shifted, same, strict=True)]
    return tuple(row)


def _at(points: Sequence[Point], place: Point) -> Fraction:
    """The value of that product at another point: not 0, since the points are distinct."""
    value = Fraction(1)
    for top, bottom in points:
        value *= bottom * place[0] - top * place[1]
    return value
