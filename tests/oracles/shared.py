"""Operators of two arrays, and pooling that shares an axis out, as plain Python loops."""

from fractions import Fraction
from itertools import product
from math import prod


def window(place, size, count):
    """The places of window ``place`` of ``count`` that share out an axis: PyTorch's two roundings, by counting."""
    start = max(t for t in range(size) if t * count <= place * size)
    end = min(t for t in range(size + 1) if t * count >= (place + 1) * size)
    return range(start, end)


class Adaptive:
    """N, C, spatial… with output_size windows an axis; None keeps it."""

    def __init__(self, rank, output_size):
        self.sizes = tuple(output_size) if isinstance(output_size, tuple) else (output_size,) * rank

    def extents(self, shape):
        return tuple(size if wanted is None else wanted for size, wanted in zip(shape[2:], self.sizes, strict=True))

    def output_shape(self, shape):
        return (*shape[:2], *self.extents(shape))

    def parameters(self):
        return 0

    def macs(self, shape):
        return 0

    def receptive_field(self, shape):
        pairs = [(size, count) for size, count in zip(shape[2:], self.sizes, strict=True) if count is not None]
        return tuple(max(len(window(i, size, count)) for i in range(count)) for size, count in pairs)

    def value(self, x, place):
        """(the entries of one window) of nested lists."""
        n, c, *where = place
        picture = x[n][c]
        shape = []
        inner = picture
        while isinstance(inner, list):
            shape.append(len(inner))
            inner = inner[0]
        counts = zip(where, shape, self.sizes, strict=True)
        spans = [[i] if count is None else window(i, size, count) for i, size, count in counts]
        return [_entry(picture, spot) for spot in product(*spans)]


class Global(Adaptive):
    """One window over everything."""

    def __init__(self, rank):
        super().__init__(rank, (1,) * rank)


def _entry(nested, place):
    for at in place:
        nested = nested[at]
    return nested


def mean(entries):
    return Fraction(sum(entries), len(entries))


class Elementwise:
    """Two arrays, entry by entry; an axis of size 1, or one that is missing, is read again and again."""

    multiplies = False

    def __init__(self, rank, first, second):
        self.shapes = first, second

    def output_shape(self, *shapes):
        rank = max(map(len, shapes))
        full = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
        return tuple(max(sizes) for sizes in zip(*full, strict=True))

    def parameters(self):
        return 0

    def macs(self, *shapes):
        return sum(1 for _ in product(*map(range, self.output_shape(*shapes)))) if self.multiplies else 0

    def receptive_field(self, *shapes):
        """Each output reads one place of each axis that moves with it."""
        return tuple(1 for shape in shapes for size in shape if size != 1) or None


class Product(Elementwise):
    multiplies = True


class Matmul:
    """Rows by columns, batch by batch; what is read from end to end is the inner axis, of both."""

    def __init__(self, rank, first, second):
        self.shapes = first, second

    def output_shape(self, first, second):
        batch = Elementwise(0, (), ()).output_shape(first[:-2], second[:-2])
        return (*batch, *first[-2:-1], *(second[-1:] if len(second) > 1 else ()))

    def parameters(self):
        return 0

    def macs(self, first, second):
        return sum(1 for _ in product(*map(range, (*self.output_shape(first, second), first[-1]))))

    def receptive_field(self, first, second):
        return (first[-1], first[-1])


class Bilinear:
    """N, C and N, E with a weight of (O, C, E)."""

    def __init__(self, rank, first, second, out, bias=True):
        self.sizes, self.bias = (out, first, second), bias

    def output_shape(self, first, second):
        return (first[0], self.sizes[0])

    def parameters(self):
        return prod(self.sizes) + (self.sizes[0] if self.bias else 0)

    def macs(self, first, second):
        return sum(1 for _ in product(*map(range, (first[0], *self.sizes))))

    def receptive_field(self, first, second):
        return (first[1], second[1])


class Same:
    """Entry by entry."""

    def __init__(self, rank, shape):
        self.shape = shape

    def output_shape(self, shape):
        return tuple(len(range(size)) for size in shape)

    def parameters(self):
        return 0

    def macs(self, shape):
        return 0

    def receptive_field(self, shape):
        return tuple(1 for _ in shape)
