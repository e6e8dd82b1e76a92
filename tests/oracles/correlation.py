"""Convolutions without a flip, and around a circle, in plain loops."""

from itertools import product


def correlate(x, w):
    """y[i] = Σ w[u]·x[i+u] where all of w lies on x, for dictionaries from places to numbers."""
    size = [1 + max(place[axis] for place in x) for axis in range(len(next(iter(x))))]
    taps = [1 + max(place[axis] for place in w) for axis in range(len(size))]
    found = {}
    for at in product(*(range(n) for n in size)):
        if all(a + k <= n for a, k, n in zip(at, taps, size, strict=True)):
            found[at] = sum(w[u] * x[tuple(a + b for a, b in zip(at, u, strict=True))] for u in w)
    return found


def around(x, w, size):
    """y[t] = Σ w[u]·x[t−u], places taken around a circle of ``size``."""
    found = dict.fromkeys(x, 0)
    for u, v in product(w, x):
        found[tuple((a + b) % size for a, b in zip(u, v, strict=True))] += w[u] * x[v]
    return found
