"""Shapes, parameters and buffers of operators that are no index sum, by counting. Nothing here imports convmath."""

from itertools import product


def count(*sizes):
    return sum(1 for _ in product(*map(range, sizes)))


def normalisation(channels, affine, kept):
    """(parameters, buffers): a scale and a shift for each channel; a mean and a variance, and one counter."""
    learned = [count(channels)] * 2 if affine else []
    remembered = [count(channels), count(channels), 1] if kept else []
    return sum(learned), sum(remembered)


def unpooled(size, kernel, stride, padding):
    """How many places the windows of ``size`` places reach, less the padding: by writing them down."""
    reached = {stride * i + tap for i in range(size) for tap in range(kernel)}
    return len(range(max(reached) + 1)) - 2 * padding


def resized(size, factor):
    """How many whole places a factor leaves: place i is there if its far end is."""
    found = 0
    while (found + 1) * factor.denominator <= size * factor.numerator:
        found += 1
    return found
