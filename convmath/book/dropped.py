"""Searches for what fails when a hypothesis about 1×1 convolutions is dropped: the smallest case first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

import numpy as np

from convmath.errors import ProofError
from convmath.operators.conv import conv1d, conv2d

SMALL = range(1, 5)


def grids() -> Iterator[tuple[int, int]]:
    """Heights and widths up to 4, those with the fewest pixels first."""
    return iter(sorted(product(SMALL, SMALL), key=lambda grid: (grid[0] * grid[1], grid)))


def other_count(what: str, **changed: int) -> str | None:
    """A layer with one channel in and out whose parameters, cost or outputs are not those of the theorem."""
    made = {"k": 1, "s": 1, "p": 0, **changed}
    layer = conv2d(1, 1, made["k"], made["s"], made["p"])
    for grid in grids():
        if min(grid) + 2 * made["p"] < made["k"]:
            continue
        shape = (1, 1, *grid)
        found, said = {
            "parameters": (layer.parameters(), 2),
            "multiply-adds": (layer.macs(shape), grid[0] * grid[1]),
            "outputs": (int(np.prod(layer.output_shape(shape))), grid[0] * grid[1]),
        }[what]
        if found != said:
            sizes = ", ".join(f"{name} = {value}" for name, value in made.items())
            return (
                f"Counterexample (the smallest found): C = O = 1, X of {grid[0]}×{grid[1]}, {sizes}: "
                f"{found} {what}, where the theorem says {said}."
            )
    return None


def saves_or_not(**changed: int) -> str | None:
    """A case in which the inequality says one thing and the costs, counted, another."""
    for size, (c, o, r) in product(range(3, 7), product(SMALL, SMALL, SMALL)):
        made = {"s": 1, "p": 1, **changed}
        straight, second = (conv2d(n, o, 3, made["s"], made["p"]).macs((1, n, size, size)) for n in (c, r))
        both = conv2d(c, r, 1).macs((1, c, size, size)) + second
        if (both < straight) != (r * (c + 9 * o) < 9 * c * o):
            said = "save" if r * (c + 9 * o) < 9 * c * o else "not save"
            return (
                f"Counterexample (the smallest found): X of {size}×{size}, k = 3, s = {made['s']}, p = {made['p']}, "
                f"C = {c}, O = {o}, R = {r}: the two together cost {both} and the one {straight}, "
                f"but R·(C + k²·O) = {r * (c + 9 * o)} and k²·C·O = {9 * c * o}, which would {said}."
            )
    return None


def other_ratio(k: int, s: int, p: int) -> str | None:
    """A k×k layer that does not cost k² times the 1×1 convolution of the whole grid."""
    for size in range(k, 7):
        wide, narrow = conv2d(1, 1, k, s, p), conv2d(1, 1, 1)
        costs = [layer.macs((1, 1, size, size)) for layer in (wide, narrow)]
        if costs[0] != k * k * costs[1]:
            return (
                f"Counterexample (the smallest found): C = O = 1, X of {size}×{size}, k = {k}, s = {s}, p = {p}: "
                f"{costs[0]} multiply-adds, and {costs[1]} of the 1×1 on the whole grid; k² = {k * k} times that "
                f"would be {k * k * costs[1]}."
            )
    return None


def kink() -> str | None:
    """Two 1×1 convolutions with ReLU between them that are no linear map: one channel, one pixel."""
    pointwise = conv1d(1, 1, 1, bias=False)

    def both(x: int, first: int, second: int) -> int:
        between = np.maximum(pointwise(_array(x), _array(first)), 0)
        return int(pointwise(between, _array(second))[0, 0, 0])

    for x, first, second in product(range(1, 4), range(-1, 2), range(-1, 2)):
        there, back = both(x, first, second), both(-x, first, second)
        if there != -back:
            return (
                f"Counterexample (the smallest found): one channel, one pixel, U = {first}, V = {second}, ReLU "
                f"between: x = {x} gives {there} and x = {-x} gives {back}; one 1×1 convolution gives opposite values."
            )
    return None


def _array(value: int) -> Any:
    return np.full((1, 1, 1), value, np.int64)


def moved_otherwise() -> str | None:
    """A kernel of 3 and a permutation of a few pixels that do not commute."""
    layer = conv1d(1, 1, 3, padding=1, bias=False)
    for length in range(1, 5):
        for order, tap, place in product(permutations(range(length)), range(3), range(length)):
            x, w = np.zeros((1, 1, length), np.int64), np.zeros((1, 1, 3), np.int64)
            x[0, 0, place] = w[0, 0, tap] = 1
            first, then = layer(x[..., list(order)], w)[0, 0], layer(x, w)[0, 0, list(order)]
            if not np.array_equal(first, then):
                return (
                    f"Counterexample (the smallest found): k = 3, W = {w[0, 0].tolist()}, X = {x[0, 0].tolist()}, the "
                    f"pixels in the order {list(order)}: the convolution of the moved pixels is {first.tolist()}, the "
                    f"moved convolution {then.tolist()}."
                )
    return None


def bias_moved() -> str | None:
    """One pixel, one channel, a bias, and a 1×1 matrix that moves it."""
    layer = conv1d(1, 1, 1)
    for q, b, x, w in product((0, 2), (1,), (0, 1), (0, 1)):
        moved, then = (layer(_array(n), _array(w), np.array([b]))[0, 0, 0] for n in (q * x, x))
        if moved != q * then:
            return (
                f"Counterexample (the smallest found): one pixel, W = {w}, b = {b}, x = {x}, Q = {q}: the convolution "
                f"of Q·x is {moved}, and Q times the convolution is {q * then}."
            )
    return None


def several_pixels(padding: int) -> str | None:
    """A kernel that is smaller than its input, or padded: more than one output pixel."""
    for height, width in grids():
        for kernel in product(range(1, height + 1), range(1, width + 1)):
            if (kernel == (height, width)) != bool(padding):
                continue
            found = conv2d(1, 1, kernel, padding=padding).output_shape((1, 1, height, width))[2:]
            if found != (1, 1):
                return (
                    f"Counterexample (the smallest found): X of {height}×{width}, a kernel of {kernel[0]}×{kernel[1]}, "
                    f"p = {padding}: {found[0]}×{found[1]} output pixels, where a linear layer gives one."
                )
    return None


def elementwise_differ(w: tuple[int, int]) -> int:
    """How many functions of one channel there are on pixels of 0 and 1, each different from relu(w·x) at some pixel.

    Raises:
        ProofError: one of them is the same.
    """
    layer, tables = conv1d(2, 1, 1, bias=False), list(product((0, 1), repeat=2))
    pixels = list(product((0, 1), repeat=2))
    image, weight = np.array([pixels]).transpose(0, 2, 1), np.array(w).reshape(1, 2, 1)
    wanted = np.maximum(layer(image, weight)[0, 0], 0).tolist()
    for channel, table in product(range(2), tables):
        if [table[pixel[channel]] for pixel in pixels] == wanted:
            raise ProofError(f"with w = {w}, relu(w·x) is {table} of channel {channel} at pixels of 0 and 1")
    return 2 * len(tables)


def one_channel_is_enough() -> str | None:
    """Weights with which relu(w·x) is a function of one channel."""
    for w in [(first, second) for first in (0, 1) for second in (0, 1)]:
        try:
            elementwise_differ(w)
        except ProofError as error:
            return f"Counterexample (the smallest found): {error}: an elementwise function is enough."
    return None
