"""Gradients of means over windows, as plain loops: each output hands an equal part to every place it is over."""

from fractions import Fraction
from itertools import product
from math import prod


def slid(i, size, kernel, stride, padding, *, inside):
    """(the places of window i, how many its mean is over): PyTorch counts the padding, but nothing beyond it."""
    start = i * stride - padding
    end = min(start + kernel, size + padding)
    places = range(max(start, 0), min(end, size))
    return places, len(places) if inside else end - start


def pulled(g, shape, windows):
    """``g`` as {place: value} of the output, one ``windows`` function for each axis: {place: value} of the input."""
    found = dict.fromkeys(product(*map(range, shape)), Fraction(0))
    for at, value in g.items():
        spans = [window(i) for window, i in zip(windows, at, strict=True)]
        part = Fraction(value, prod(count for _, count in spans))
        for place in product(*(places for places, _ in spans)):
            found[place] += part
    return found
