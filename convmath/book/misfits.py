"""Searches for what fails where places, groups or channels do not fit what a theorem needs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from convmath.book.entries import Search, entry
from convmath.book.windows import outputs
from convmath.derive.extent import extents
from convmath.errors import ConvmathError
from convmath.language.definition import Definition
from convmath.language.tidy import put
from convmath.language.tree import Int
from convmath.operators.conv import conv1d, conv2d

FOUND = "Counterexample (the smallest found): "


def where_all_is_cropped(make: Callable[[], Definition]) -> Search:
    """The smallest transposed convolution that crops more than it writes."""
    return Search("sizes, kernels and paddings up to 3, strides up to 2, a = 0", lambda: _cropped(make()))


def _cropped(definition: Definition) -> str | None:
    (size,) = extents(definition)
    ranges = {"H": range(1, 4), "k": range(1, 4), "s": (1, 2), "p": range(4), "q": range(4), "d": (1,), "a": (0,)}
    boxes = product(*(ranges[name] for name in definition.sizes))
    for box in sorted(boxes, key=lambda box: (sum(box), box)):
        here = {"s": 1, "p": 0, **dict(zip(definition.sizes, box, strict=True))}
        q = here.setdefault("q", here["p"])
        written = sorted({here["s"] * i + u for i in range(here["H"]) for u in range(here["k"])})
        left = max(0, written[-1] + 1 - here["p"] - q)
        said = put(size, {name: Int(value) for name, value in here.items()})
        if here["p"] in range(here["k"]) and said != Int(left):
            sizes = ", ".join(f"{name} = {here[name]}" for name in definition.sizes if name not in "Hk")
            return (
                f"{FOUND}X = {[1] * here['H']}, w = {[1] * here['k']}, {sizes}. The places 0 … {written[-1]} are "
                f"written, and all of them cropped: none is left, but {size} = {said}."
            )
    return None


def beyond_full_padding() -> str | None:
    """The smallest input from which as many places are cropped as full padding added, and more than there are."""
    for h, k in sorted(product(range(1, 4), range(1, 4)), key=lambda box: (sum(box), box)):
        written = sorted({i + u for i in range(h) for u in range(k)})
        last = max(range(k))
        if len(written) - 2 * last < 0:
            return (
                f"{FOUND}X = {[1] * h}, w = {[1] * k}. The places 0 … {written[-1]} are written, and k − 1 = {last} "
                f"cropped at either end: none is left, but H − k + 1 = {Int(h - k + 1)}. No convolution with padding "
                "k − 1 has so few outputs, since it has H + k − 1 of H ≥ 1."
            )
    return None


def no_such_inputs() -> str | None:
    """The smallest layer for which the sizes that have m outputs would begin below 1."""
    box = product((1, 2), (1, 2), (0, 1), (0, 1), (1, 2))
    for k, s, p, q, m in sorted(box, key=lambda item: (sum(item), item)):
        least = s * (m - 1) + k - p - q
        if least < 1:
            sizes = ", ".join(f"{name} = {value}" for name, value in zip("kspqm", (k, s, p, q, m), strict=True))
            made = conv1d(1, 1, k, s, ((p, q),), bias=False).output_shape((1, 1, 1))[2]
            return (
                f"{FOUND}{sizes}: E = {least}. The {s} size{'s' * (s > 1)} from {least} on should have {m} output, but "
                f"no input is so small; the smallest, of 1 place, has {made} outputs."
            )
    return None


def cut_channels(slug: str, name: str) -> Search:
    """Two groups of which each has half a channel: a layer that is refused, though the theorem gives it a number."""
    return Search("C, O and g up to 2, every other letter 1", lambda: _cut(slug, name))


def _cut(slug: str, name: str) -> str | None:
    found = next(line.derived for line in entry(slug).prove().lines if line.name == name)
    others = {letter: Int(0 if letter == "p" else 1) for letter in entry(slug).settings}
    sizes = {"H'": Int(1), "W'": Int(1)}
    for channels, filters, groups in product((1, 2), repeat=3):
        try:
            conv2d(channels, filters, 1, groups=groups)
        except ConvmathError:
            here = {"C": Int(channels), "O": Int(filters), "g": Int(groups)}
            return (
                f"{FOUND}C = {channels}, O = {filters}, g = {groups}: a group would have half a channel, so there is "
                f"no such layer; but {name} = {found}, which is {put(found, others | sizes | here)} where every "
                "other size is 1."
            )
    return None


def narrower_between() -> str | None:
    """Two layers of 3×3 with another number of channels between them, against one of 5×5."""
    for channels, between in product((1, 2), repeat=2):
        first, second = conv2d(channels, between, 3, bias=False), conv2d(between, channels, 3, bias=False)
        two = int(first.parameters()) + int(second.parameters())
        one = int(conv2d(channels, channels, 5, bias=False).parameters())
        if two * 25 != one * 18:
            return (
                f"{FOUND}n = 2, {channels} channel{'s' * (channels > 1)} to {between} and back: "
                f"the two 3×3 have {two} weights, the one 5×5 has {one}; the ratio is not 18/25."
            )
    return None


def other_products(k: int = 3, s: int = 1, p: int = 1) -> str | None:
    """A layer with another window, whose products are counted one by one."""
    for h, w in sorted(product(range(1, 5), repeat=2), key=lambda grid: (grid[0] * grid[1], grid)):
        if min(h, w) + 2 * p < k:
            continue
        counted = [
            sum(0 <= s * i + u - p < size for i in range(outputs(size, k, s, p)) for u in range(k)) for size in (h, w)
        ]
        if counted[0] * counted[1] != (3 * h - 2) * (3 * w - 2):
            return (
                f"{FOUND}X of {h}×{w}, k = {k}, s = {s}, p = {p}: {counted[0] * counted[1]} products touch no padded "
                f"zero, and (3·H − 2)·(3·W − 2) = {(3 * h - 2) * (3 * w - 2)}."
            )
    return None


def two_weights() -> str | None:
    """A 3×3 with two weights, which no 1×1 is."""
    x = np.array([[[[0, 1]]]])
    for entries in product((0, 1), repeat=2):
        w = np.zeros((1, 1, 3, 3), np.int64)
        w[0, 0, 1, 1:] = entries
        y = conv2d(1, 1, 3, padding=1, bias=False)(x, w)[0, 0, 0].tolist()
        if y[0] and entries[1]:
            return (
                f"{FOUND}V with the middle row {w[0, 0, 1].tolist()} and else 0, p = 1: X = [[0, 1]] gives [{y}]. "
                "A 1×1 gives 0 at the first pixel, which is 0."
            )
    return None


def padded_shift() -> str | None:
    """The smallest input of which a padded convolution, moved, is not that of the moved input."""
    layer, w = conv1d(1, 1, 3, padding=1, bias=False), np.ones((1, 1, 3), np.int64)
    for length in range(2, 5):
        for entries in product((0, 1), repeat=length):
            x = np.array([[entries]])
            first, then = layer(x[..., 1:], w)[0, 0].tolist(), layer(x, w)[0, 0, 1:].tolist()
            if first != then:
                whole = layer(x, w)[0, 0].tolist()
                return (
                    f"{FOUND}W = [1, 1, 1], p = 1, s = 1 and m = 1: X = {list(entries)} gives {whole}, from place 1 on "
                    f"{then}; moved by 1 it is {list(entries[1:])}, which gives {first}."
                )
    return None


def between_strides() -> str | None:
    """The smallest input that is moved by less than a stride, and has an output that was not there."""
    layer, w = conv1d(1, 1, 1, 2, bias=False), np.ones((1, 1, 1), np.int64)
    for entries in product((0, 1), repeat=3):
        x = np.array([[entries]])
        whole, moved = layer(x, w)[0, 0].tolist(), layer(x[..., 1:], w)[0, 0].tolist()
        if not {*moved} <= {*whole}:
            return (
                f"{FOUND}W = [1], s = 2: X = {list(entries)} gives {whole}; moved by 1 it is {list(entries[1:])}, "
                f"which gives {moved}, and no place of {whole} has that."
            )
    return None


def odd_grid() -> str | None:
    """The smallest grid of which a layer of stride 2 to twice the channels does not leave half the values."""
    for h, w in sorted(product(range(1, 5), repeat=2), key=lambda grid: (grid[0] * grid[1], grid)):
        shape = [int(size) for size in conv2d(1, 2, 3, 2, 1).output_shape((1, 1, h, w))]
        left = shape[1] * shape[2] * shape[3]
        if 2 * left != h * w:
            return (
                f"{FOUND}C = 1, X of {h}×{w}: a 3×3 of stride 2 and padding 1 to 2 channels leaves "
                f"{shape[2]}×{shape[3]} pixels, so {left} values of {h * w}."
            )
    return None
