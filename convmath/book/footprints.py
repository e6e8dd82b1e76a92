"""Searches in the places that single outputs read, as the operators' relations give them: the smallest case first."""

from __future__ import annotations

from itertools import product

from convmath.operators.conv import conv1d
from convmath.operators.operator import Operator
from convmath.operators.unit import receptive_positions


def places(layers: list[Operator], size: int, output: int) -> list[int]:
    """The places of X that one output of the last layer reads."""
    return [int(place) for place in receptive_positions(layers, (1, 1, size), (output,))[0]]


def plain(kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> Operator:
    """A layer of one channel."""
    return conv1d(1, 1, kernel, stride, padding, dilation)


def off_centre() -> str | None:
    """One layer without half padding, and an output that reads inside X only: the middle of what it reads."""
    for size, kernel, padding in product(range(1, 5), range(1, 4), range(2)):
        if kernel > size + 2 * padding or 2 * padding == kernel - 1:
            continue
        layer = plain(kernel, padding=padding)
        for output in range(layer.output_shape((1, 1, size))[2]):
            found = places([layer], size, output)
            if len(found) == kernel and 2 * output != found[0] + found[-1]:
                return (
                    f"Counterexample (the smallest found): X = {[1] * size}, k = {kernel}, s = 1, p = {padding}: "
                    f"output {output} reads the places {', '.join(map(str, found))}, with the middle "
                    f"{(found[0] + found[-1]) / 2:g} and not {output}."
                )
    return None


def lone_output() -> str | None:
    """Two paths with different strides and one output: it looks at the same place."""
    for size, first, second in product((1, 2), (1, 2), (1, 2)):
        layers = plain(1, first), plain(1, second)
        counts = [layer.output_shape((1, 1, size))[2] for layer in layers]
        if first != second and counts == [1, 1] and places([layers[0]], size, 0) == places([layers[1]], size, 0):
            return (
                f"Counterexample (the smallest found): X = {[1] * size}, two 1×1 layers of strides {first} and "
                f"{second}: each has one output, and both read place 0, although the strides differ."
            )
    return None
