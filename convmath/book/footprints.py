"""Searches in the places that single outputs read, as the operators' relations give them: the smallest case first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from convmath.errors import ProofError
from convmath.operators.conv import conv1d
from convmath.operators.conv_transpose import conv_transpose1d
from convmath.operators.operator import Operator
from convmath.operators.unit import receptive_positions

Sizes = tuple[int, ...]
"""k, s, d and p of one layer."""
FOUND = "Counterexample (the smallest found)"


def places(layers: list[Operator], size: int, output: int) -> list[int]:
    """The places of X that one output of the last layer reads."""
    return [int(place) for place in receptive_positions(layers, (1, 1, size), (output,))[0]]


def plain(kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> Operator:
    """A layer of one channel."""
    return conv1d(1, 1, kernel, stride, padding, dilation)


def through(layers: Sequence[Sizes], output: int) -> set[int]:
    """The places that one output of the last layer reads, gone through tap by tap; those in the padding count."""
    found = {output}
    for kernel, stride, dilation, padding in reversed(layers):
        found = {stride * place + dilation * tap - padding for place in found for tap in range(kernel)}
    return found


def window(layers: Sequence[Sizes]) -> tuple[int, int, int]:
    """R, S and P of the window of a stack, from what its outputs 0 and 1 read."""
    first, second = through(layers, 0), through(layers, 1)
    return max(first) - min(first) + 1, min(second) - min(first), -min(first)


def middles_agree(boxes: Iterable[tuple[Sizes, Sizes]]) -> int:
    """How many pairs of layers there are; their middles agree for two outputs exactly where the theorem says so.

    Raises:
        ProofError: one pair is against it.
    """
    found = 0
    for pair in boxes:
        ends = [[(min(read), max(read)) for read in (through([layer], 0), through([layer], 1))] for layer in pair]
        same = [sum(ends[0][output]) == sum(ends[1][output]) for output in (0, 1)]
        (r, s, p), (q, t, o) = (window([layer]) for layer in pair)
        if all(same) != (s == t and r - 1 - 2 * p == q - 1 - 2 * o):
            raise ProofError(f"the layers {pair} are against it: their middles agree at outputs 0 and 1: {same}")
        found += 1
    return found


def off_centre() -> str | None:
    """One layer without half padding, and an output that reads inside X only: the middle of what it reads."""
    for size, kernel, padding in product(range(1, 5), range(1, 4), range(2)):
        if kernel > size + 2 * padding or 2 * padding == max(range(kernel)):
            continue
        layer = plain(kernel, padding=padding)
        for output in range(layer.output_shape((1, 1, size))[2]):
            found = places([layer], size, output)
            if len(found) == kernel and 2 * output != found[0] + found[-1]:
                return (
                    f"{FOUND}: X = {[1] * size}, k = {kernel}, s = 1, p = {padding}: "
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
                f"{FOUND}: X = {[1] * size}, two 1×1 layers of strides {first} and "
                f"{second}: each has one output, and both read place 0, although the strides differ."
            )
    return None


def two_layers(first: tuple[int, int, int], second: tuple[int, int, int]) -> list[int]:
    """The places of X that output 0 of two unpadded layers (k, s, d) reads; X is as long as its window."""
    layers = [plain(kernel, stride, dilation=dilation) for kernel, stride, dilation in (first, second)]
    return places(layers, max(through([(*first, 0), (*second, 0)], 0)) + 1, 0)


def other_count_of_reads(*, dilations: bool) -> str | None:
    """Two layers with different dilations, or a stride in the first, that do not read k_1 + k_2 − 1 places."""
    for k, l, d, e, s in sorted(product((1, 2, 3), (1, 2, 3), (1, 2, 3), (1, 2, 3), (1, 2, 3)), key=sum):
        if (d != e) != dilations or (s != 1) == dilations:
            continue
        found = two_layers((k, s, d), (l, 1, e))
        if len(found) != k + l - 1:
            return (
                f"{FOUND}: k_1 = {k}, s_1 = {s}, d_1 = {d}, k_2 = {l}, d_2 = {e}, no padding: output 0 reads the "
                f"{len(found)} places {_listed(found)}, and k_1 + k_2 − 1 = {k + l - 1}."
            )
    return None


def hole_or_none(*, dilation: bool) -> str | None:
    """Two layers with a hole where the theorem has none, or the other way round."""
    for k, l, d, e, s in sorted(product((1, 2, 3), (1, 2, 3), (1, 2, 3), (1, 2, 3), (1, 2, 3)), key=sum):
        if (d != 1) != dilation or (l == 1) == dilation:
            continue
        found = two_layers((k, s, d), (l, 1, e))
        hole = len(found) < found[-1] - found[0] + 1
        if hole != (k < s * e):
            less = f"{'less' if k < s * e else 'not less'} than s_1·d_2 = {s * e}"
            return (
                f"{FOUND}: k_1 = {k}, s_1 = {s}, d_1 = {d}, k_2 = {l}, d_2 = {e}, no padding: output 0 reads "
                f"{_listed(found)}, with {'a' if hole else 'no'} hole, and k_1 = {k} is {less}."
            )
    return None


def neighbours_apart() -> str | None:
    """A dilated layer whose neighbouring outputs do not share k − s places."""
    for kernel, stride, dilation in sorted(product((1, 2, 3), (1, 2, 3), (2, 3)), key=sum):
        size = max(through([(kernel, stride, dilation, 0)], 1)) + 1
        first, second = (places([plain(kernel, stride, dilation=dilation)], size, output) for output in (0, 1))
        shared = len({*first} & {*second})
        if shared != max(0, kernel - stride):
            return (
                f"{FOUND}: k = {kernel}, s = {stride}, d = {dilation}: output 0 reads {_listed(first)} and output 1 "
                f"{_listed(second)}: {shared} shared, and max(0, k − s) = {max(0, kernel - stride)}."
            )
    return None


def cut_otherwise(dropped: str) -> str | None:
    """A layer at the border that reads another number of places than k + s·i − p, with one hypothesis left out."""
    boxes = product((1, 2, 3), (1, 2, 3), (1, 2), (0, 1, 2), (1, 2))
    for h, k, s, p, d in sorted(boxes, key=lambda box: (sum(box), box)):
        if max(through([(k, s, d, 0)], 0)) >= h + 2 * p:
            continue
        layer = plain(k, s, p, d)
        for i in range(layer.output_shape((1, 1, h))[2]):
            true = {"d = 1": d == 1, "s·i ≤ p": s * i <= p, "p ≤ s·i + k": p <= s * i + k}
            true["s·i + k ≤ H + p"] = s * i + k <= h + p
            found = places([layer], h, i)
            if all(holds != (name == dropped) for name, holds in true.items()) and len(found) != k + s * i - p:
                return (
                    f"{FOUND}: X = {[1] * h}, k = {k}, s = {s}, p = {p}, d = {d}: output {i} reads "
                    f"{_listed(found) or 'no place'}: {len(found)}, and k + s·i − p = {k + s * i - p}."
                )
    return None


def other_inputs(dropped: str) -> str | None:
    """A place of a transposed convolution that reads other inputs than A to B, with one hypothesis left out."""
    for h, k, s, p in sorted(product((1, 2, 3), (1, 2, 3), (1, 2, 3), (0, 1)), key=lambda box: (sum(box), box)):
        layer = conv_transpose1d(1, 1, k, s, p)
        length = max(s * i + u for i in range(h) for u in range(k)) + 1 - 2 * p
        for t in range(length):
            true = {"s ≤ k": s <= k, "k ≤ t + p + 1": k <= t + p + 1, "t + p + 1 ≤ s·H": t + p + 1 <= s * h}
            found = places([layer], h, t)
            ends = [place // s for place in (t + p + s - k, t + p)]
            if all(holds != (name == dropped) for name, holds in true.items()) and ends != found[:1] + found[-1:]:
                return (
                    f"{FOUND}: X = {[1] * h}, k = {k}, s = {s}, p = {p}: place {t} reads "
                    f"{_listed(found) or 'no input'}, and A = {ends[0]}, B = {ends[1]}."
                )
    return None


def _listed(found: list[int]) -> str:
    return ", ".join(map(str, found))
