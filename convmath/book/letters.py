"""Winograd's algorithm from points that are letters: any that are distinct."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod

from convmath.book.bilinear import FILTERS, TILES, defined, i, n, o, u
from convmath.book.coinciding import SAME
from convmath.book.entries import Theorem, theorem
from convmath.book.working import Working, move
from convmath.derive.transforms import coefficients
from convmath.errors import UnsupportedError
from convmath.language.definition import Definition, Term
from convmath.language.expand import expanded
from convmath.language.tidy import tidy
from convmath.language.tree import Expr, Int, Ratio, Read, Relation, Sym, negative
from convmath.proof.derivation import Derivation

POINTS = tuple(map(Sym, "abc"))
DISTINCT = "the points are distinct"


def _vanishing(points: Sequence[Expr]) -> list[Expr]:
    """The coefficients of the product of x − p over the points, multiplied out."""
    row: list[Expr] = [Int(1)]
    for point in points:
        shifted, same = [Int(0), *row], [*row, Int(0)]
        sums = [up + here * negative(point) for up, here in zip(shifted, same, strict=True)]
        row = [expanded(entry) or tidy(entry) for entry in sums]
    return row


def _power(point: Expr, exponent: int) -> Expr:
    return tidy(prod([point] * exponent, start=Int(1)))


def definitions(r: int) -> tuple[Definition, ...]:
    """The convolution; V, U, M and Z, those of infinity last. Each point is below the next."""
    points, size = POINTS[:r], coefficients(2, r)
    length, weights = tidy(2 * TILES + (size - 2)), (FILTERS, Int(r))
    term = Term((Read("W", (o, u)), Read("X", (i + u,))), ("u",))
    made = [defined(Read("Y", (o, i)), [term], {"W": weights, "X": (length,)})]
    reads = [Read("X", (tidy(2 * n + at),)) for at in range(size)]
    for q, row in enumerate(_data(points)):
        terms = [Term((read,), scale=entry) for read, entry in zip(reads, row, strict=False)]
        made.append(defined(Read(f"V_{q}", (n,)), terms, {"X": (length,)}, n=TILES))
    taps = [Read("W", (o, Int(at))) for at in range(r)]
    for q, row in enumerate(_filter(points)):
        terms = [Term((tap,), scale=entry) for tap, entry in zip(taps, row, strict=True) if entry != Int(0)]
        made.append(defined(Read(f"U_{q}", (o,)), terms, {"W": weights}))
    products = [Read(f"M_{q}", (o, n)) for q in range(size)]
    for q, read in enumerate(products):
        term = Term((Read(f"U_{q}", (o,)), Read(f"V_{q}", (n,))))
        made.append(defined(read, [term], {f"U_{q}": (FILTERS,), f"V_{q}": (TILES,)}))
    for e in range(2):
        scales = [*(_power(point, e) for point in points), Int(e)]
        terms = [Term((read,), scale=scale) for read, scale in zip(products, scales, strict=True) if scale != Int(0)]
        shapes = {term.reads[0].array: (FILTERS, TILES) for term in terms}
        made.append(defined(Read(f"Z_{e}", (o, n)), terms, shapes))
    return tuple(made)


def _data(points: Sequence[Expr]) -> list[list[Expr]]:
    """For each point the product that is 0 at the others, positive at it; for infinity, 0 at all."""
    rows = []
    for q in range(len(points)):
        above = points[q + 1 :]
        row = _vanishing((*points[:q], *above))
        rows.append([expanded(negative(entry)) or entry for entry in row] if len(above) % 2 else row)
    return [*rows, _vanishing(points)]


def _filter(points: Sequence[Expr]) -> list[list[Expr]]:
    """For each point its powers over what that product is at it; for infinity, the last coefficient."""
    rows: list[list[Expr]] = []
    for q, point in enumerate(points):
        factors = [point - other for other in points[:q]] + [other - point for other in points[q + 1 :]]
        divisor = prod(factors[1:], start=factors[0])
        rows.append([Ratio(_power(point, at), divisor) for at in range(len(points))])
    return [*rows, [Int(int(at == len(points) - 1)) for at in range(len(points))]]


@theorem(
    title="Winograd: F(2, r) takes any distinct points",
    chapter="Fast algorithms",
    hypotheses=(DISTINCT,),
    sources=("Winograd, Arithmetic Complexity of Computations (1980)",),
    settings=("r", "T", "O", "a", "b", "c"),
    example={"T": 112},
    uses=("winograd-computes-the-convolution",),
    without={DISTINCT: SAME},
)
def winograd_takes_any_distinct_points(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all X and W, and all points a < b (for three taps a < b < c): F(2, r), from them and infinity, gives two
    outputs of the convolution. V_0 has the coefficients of a product that is 0 at the other points, and U_0 is the
    filter's value at a, divided by the value of that product there. The points are integers ≥ 1 here.
    `winograd(m, r, points)` proves it for fractions, negative numbers and more outputs, one choice at a time.
    """
    r = numbers.get("r", 2)
    if r not in (2, 3):
        raise UnsupportedError(f"F(2, {r}) from points that are letters is proved for 2 or 3 taps; numbers take any")
    points, size = POINTS[:r], r + 1
    order = tuple(Relation(low, "<", high) for low, high in pairwise(points))
    work = Working(theorem, numbers, definitions(r), order)
    work.extent("How many outputs there are", 0, 1, "L'")
    for e in range(2):
        used = range(size if e else r)
        factors = [2 + side * size + q for q in used for side in (1, 0)]
        work.chain(
            f"Output {e} of a tile",
            1 + 3 * size + e,
            move("insert", number=" ".join(str(2 + 2 * size + q) for q in used)),
            move("insert", number=" ".join(map(str, factors))),
            move("multiply out"),
            move("add the quotients"),
            move("recognise an entry", number=1, places=(("i", tidy(2 * n + e)),)),
        )
    return work.derivation("the outputs of a tile", work.lines(**{"L'": "outputs"}))
