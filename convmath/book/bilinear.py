"""A fast algorithm as definitions: two transforms, one product for each point, and sums of the products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm

from convmath.book.entries import Theorem
from convmath.book.working import Working, move
from convmath.derive.transforms import Matrix, Row, Transforms
from convmath.errors import UnsupportedError
from convmath.language.checks import checked
from convmath.language.definition import NO_PADDING, Definition, Tensor, Term
from convmath.language.factors import as_node
from convmath.language.tidy import tidy
from convmath.language.tree import Add, Expr, Int, Read, Relation, Sym

FILTERS, TILES, COLUMNS, TAPS = map(Sym, "OTJK")
o, n, t, u, e, i, j, v = map(Sym, "ontueijv")
MOST_POINTS = 9
"""The most points of an algorithm that is proved: every product is written out."""
LARGEST = 1_000
"""The largest number of a transform that is proved: a definition holds no larger ones."""
FARTHEST = 2**60
"""What values at the exact points may come to, so that 64 bits hold them."""
Shapes = Mapping[str, tuple[Expr, ...]]
Places = tuple[tuple[str, Expr], ...]


@dataclass(frozen=True)
class Bilinear:
    """What is to be computed, and three matrices that are said to compute it.

    Attributes:
        target: the definition of what comes out.
        filter: a row for each product: what it takes of ``taps``, the filter's entries.
        data: a row for each product: what it takes of ``reads``, the entries of the tile n.
        output: a row for each output of a tile: what it takes of the products.
        shapes: the shapes of W and of the array that ``reads`` reads.
        places: where the target has the outputs of the tile n.
        column: the index of a second axis, along which each product is a convolution with taps v; or none.
    """

    target: Definition
    filter: Matrix
    data: Matrix
    output: Matrix
    taps: tuple[Read, ...]
    reads: tuple[Read, ...]
    shapes: Shapes
    places: tuple[Places, ...]
    column: tuple[Sym, ...] = ()

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """The target; V and U, what each product takes; M, the products; Z, what is made of them."""
        size, inner = range(len(self.filter)), (v,) * len(self.column)
        tiles, filters, products = (n, *self.column, *inner), (o, *inner), (o, n, *self.column)
        ranges = {"n": TILES, "j": COLUMNS, "v": TAPS}
        bound = {str(item): ranges[str(item)] for item in tiles}
        known = {"o": FILTERS, **ranges}

        def shape(places: tuple[Sym, ...]) -> tuple[Expr, ...]:
            return tuple(known[str(item)] for item in places)

        made = [self.target]
        made += [combination(Read(f"V_{at}", tiles), self.data[at], self.reads, self.shapes, **bound) for at in size]
        made += [combination(Read(f"U_{at}", filters), self.filter[at], self.taps, self.shapes) for at in size]
        for at in size:
            factors = {f"U_{at}": shape(filters), f"V_{at}": shape(tiles)}
            term = Term((Read(f"U_{at}", filters), Read(f"V_{at}", tiles)), tuple(map(str, inner)))
            made.append(defined(Read(f"M_{at}", products), [term], factors))
        reads = [Read(f"M_{at}", products) for at in size]
        shapes = {read.array: shape(products) for read in reads}
        for at, row in enumerate(self.output):
            made.append(combination(Read(f"Z_{at}", products), row, reads, shapes))
        return tuple(made)

    def work(self, theorem: Theorem, numbers: Mapping[str, int]) -> Working:
        """A proof in which nothing is proved yet.

        Raises:
            UnsupportedError: there are too many products, or numbers too large for the exact points.
        """
        if len(self.filter) > MOST_POINTS:
            raise UnsupportedError(
                f"{len(self.filter)} products; at most {MOST_POINTS} are proved term by term: take a smaller tile"
            )
        entries = [entry for matrix in (self.filter, self.data, self.output) for row in matrix for entry in row]
        largest = max(max(abs(entry.numerator), entry.denominator) for entry in entries)
        if largest > LARGEST or self._reach() > FARTHEST:
            raise UnsupportedError(
                f"the transforms have numbers up to {str(largest)[:20]}, too large for exact points in 64 bits: take "
                "points nearer to 0, or a smaller tile"
            )
        return Working(theorem, numbers, self.definitions)

    def _reach(self) -> int:
        """A bound of what stands in a line at an exact point, divisors multiplied out."""
        bound, entries = Fraction(200), [entry for row in self.filter for entry in row]
        for matrix in (self.filter, self.data, self.output):
            bound *= max(sum(map(abs, row)) for row in matrix)
            entries += [entry for row in matrix for entry in row]
        return ceil(bound * lcm(*(entry.denominator for entry in entries)) ** 2)

    def prove_outputs(self, work: Working, words: str) -> None:
        """One chain for each output of a tile: products put in, multiplied out, gathered, recognised.

        ``words`` is its heading, with {} for the output's number.
        """
        size = len(self.filter)
        for at, place in enumerate(self.places):
            used = [point for point in range(size) if self.output[at][point]]
            factors = [2 + side * size + point for point in used for side in (1, 0)]
            opened = any(sum(map(bool, side[point])) > 1 for point in used for side in (self.filter, self.data))
            work.chain(
                words.format(at),
                1 + 3 * size + at,
                move("insert", number=" ".join(str(2 + 2 * size + point) for point in used)),
                move("insert", number=" ".join(map(str, factors))),
                *([move("multiply out")] if opened else []),
                *([move("gather terms")] if len(used) > 1 else []),
                move("recognise an entry", number=1, places=place),
            )

    def count_products(self, work: Working) -> None:
        """How many products the algorithm makes, and how many the definition does, in all tiles."""
        size = len(self.filter)
        for at in range(size):
            work.count(f"How often U_{at} is multiplied with V_{at}", 1 + 2 * size + at, "multiply-adds", f"P_{at}")
        parts = [Sym(f"P_{at}") for at in range(size)]
        total = parts[0] if size == 1 else Add(tuple(parts))
        steps = [move("read a quantity", name="F", value=total, words="one after the other"), move("put in")]
        work.chain("How many products there are", 0, *steps, *([move("arithmetic")] if size > 1 else []))
        work.count("How many there are in the definition", 0, "multiply-adds", "D", i="L'")


def defined(output: Read, terms: Sequence[Term], shapes: Shapes, **ranges: Expr) -> Definition:
    """A definition from its parts; its numbers stay numbers."""
    tensors = tuple(Tensor(name, shape, (NO_PADDING,) * len(shape)) for name, shape in shapes.items())
    inputs = tuple(name for name in shapes if name != "W")
    crop = (NO_PADDING,) * len(output.subscripts)
    return checked(Definition(output, tuple(terms), tensors, crop, tuple(ranges.items()), inputs=inputs))


def combination(output: Read, row: Row, reads: Sequence[Read], shapes: Shapes, **ranges: Expr) -> Definition:
    """The sum of the reads, each times its number in the row, a positive one first."""
    pairs = [(number, read) for number, read in zip(row, reads, strict=True) if number]
    first = next((place for place, (number, _) in enumerate(pairs) if number > 0), 0)
    ordered = [pairs[first], *pairs[:first], *pairs[first + 1 :]]
    kept = {name: shape for name, shape in shapes.items() if any(read.array == name for _, read in pairs)}
    return defined(output, [Term((read,), scale=as_node(number)) for number, read in ordered], kept, **ranges)


def convolution(made: Transforms) -> Bilinear:
    """F(m, r): the target is the convolution, a tile is the m + r − 1 entries that m outputs read."""
    length = tidy(made.m * TILES + len(made.points) - made.m)
    shapes: Shapes = {"W": (FILTERS, Int(made.r)), "X": (length,)}
    target = defined(Read("Y", (o, i)), [Term((Read("W", (o, u)), Read("X", (i + u,))), ("u",))], shapes)
    places = [tidy(made.m * n + at) for at in range(len(made.points))]
    taps, reads = (Read("W", (o, Int(at))) for at in range(made.r)), (Read("X", (place,)) for place in places)
    outputs = tuple((("i", place),) for place in places[: made.m])
    return Bilinear(target, made.filter, made.data, made.output, tuple(taps), tuple(reads), shapes, outputs)


def rows(made: Transforms) -> Bilinear:
    """F(m, r) along the first axis of two: where one tile multiplies numbers, this convolves rows of K taps."""
    length = tidy(made.m * TILES + len(made.points) - made.m)
    shapes: Shapes = {"W": (FILTERS, Int(made.r), TAPS), "X": (length, COLUMNS + TAPS - 1)}
    term = Term((Read("W", (o, u, v)), Read("X", (i + u, j + v))), ("u", "v"))
    target = defined(Read("Y", (o, i, j)), [term], shapes, j=COLUMNS)
    places = [tidy(made.m * n + at) for at in range(len(made.points))]
    taps, reads = (Read("W", (o, Int(at), v)) for at in range(made.r)), (Read("X", (place, j + v)) for place in places)
    outputs = tuple((("i", place),) for place in places[: made.m])
    return Bilinear(target, made.filter, made.data, made.output, tuple(taps), tuple(reads), shapes, outputs, (j,))


def polynomials(made: Transforms) -> Bilinear:
    """The product of polynomials: the data are coefficients, and data and output change places, transposed."""
    shapes: Shapes = {"W": (FILTERS, Int(made.r)), "H": (TILES, Int(made.m))}
    term = Term((Read("W", (o, u)), Read("H", (n, e))), ("u", "e"), (Relation(t, "=", u + e),))
    target = defined(Read("S", (o, n, t)), [term], shapes)
    taps, reads = (Read("W", (o, Int(at))) for at in range(made.r)), (Read("H", (n, Int(at))) for at in range(made.m))
    data, output = tuple(zip(*made.output, strict=True)), tuple(zip(*made.data, strict=True))
    outputs = tuple((("t", Int(at)),) for at in range(len(made.points)))
    return Bilinear(target, made.filter, data, output, tuple(taps), tuple(reads), shapes, outputs)
