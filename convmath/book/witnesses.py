"""What a person can check beside a claim: small arrays run through the operators, and counts derived from them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np

from convmath.language.border import symbols
from convmath.operators.activations import relu
from convmath.operators.conv import conv2d

Pixel = tuple[int, int]
GRID = (28, 28)
CHANNELS, FILTERS, KERNEL, THROUGH = 192, 32, 5, 16
"""The layer of the examples: 28×28×192 through 5×5 filters, and through 16 channels first."""


def one_by_one(x: Any, weight: Any) -> Any:
    """A 1×1 convolution without bias of one image x[c][i][j], with the matrix weight[o][c]."""
    image, matrix = np.array([x]), np.array(weight)
    layer = conv2d(matrix.shape[1], matrix.shape[0], 1, bias=False)
    return layer(image, matrix.reshape(*matrix.shape, 1, 1))[0]


def channel_counts() -> str:
    """The shapes that fewer, as many and more filters give."""
    found = [conv2d(2, filters, 1).output_shape((1, 2, 3, 3)) for filters in (1, 2, 3)]
    shown = ", ".join("×".join(map(str, shape[1:])) for shape in found)
    return f"X of 2×3×3 through 1, 2 and 3 filters gives {shown} (channels × height × width)."


def bottleneck_costs(channels: int, filters: int, kernel: int, through: int) -> tuple[int, int]:
    """(multiply-adds of the k×k layer, of a 1×1 to ``through`` channels with the k×k layer behind it)."""
    wide = conv2d(channels, filters, kernel, padding="same")
    narrow = conv2d(through, filters, kernel, padding="same")
    first = conv2d(channels, through, 1)
    straight = wide.macs((1, channels, *GRID))
    return straight, first.macs((1, channels, *GRID)) + narrow.macs((1, through, *GRID))


def cheaper_and_not() -> str:
    """A bottleneck that saves, and the narrowest one that does not."""
    straight, short = bottleneck_costs(CHANNELS, FILTERS, KERNEL, THROUGH)
    widths = range(1, CHANNELS + 1)
    least = widths[bisect_left(widths, straight, key=lambda r: bottleneck_costs(CHANNELS, FILTERS, KERNEL, r)[1])]
    most = bottleneck_costs(CHANNELS, FILTERS, KERNEL, least)[1]
    return (
        f"28×28×{CHANNELS} through {FILTERS} filters {KERNEL}×{KERNEL} takes {straight} multiply-adds. With a 1×1 to "
        f"{THROUGH} channels before it, {short}. With a 1×1 to {least} channels before it, {most}: nothing is saved."
    )


def channels_meet() -> str:
    """The smallest change of one channel that an output made of another one shows."""
    weight = [[1, 1]]
    before, after = ([[[0]], [[entry]]] for entry in (0, 1))
    found = [one_by_one(x, weight).tolist() for x in (before, after)]
    return (
        f"C = 2, O = 1, one pixel, W = {weight}. X = {before} gives Y = {found[0]}, X = {after} gives Y = {found[1]}: "
        "channel 0 is the same, and the output is not."
    )


def pixels_exchanged() -> str:
    """Two pixels exchanged before and after."""
    x, weight = np.array([[[1, 2]], [[5, 3]]]), [[1, 1]]
    here, there = one_by_one(x, weight).tolist(), one_by_one(x[..., ::-1], weight).tolist()
    return f"W = {weight}. X = {x.tolist()} gives {here}; with its two pixels exchanged it gives {there}."


def weighted_sums() -> str:
    """One pixel, and its weighted sums."""
    x, weight = [1, 2, 3], [[1, 0, 2], [0, 1, -1]]
    found = one_by_one([[[entry]] for entry in x], weight).ravel().tolist()
    sums = [
        " + ".join(f"{w}·{entry}" if w >= 0 else f"({w})·{entry}" for w, entry in zip(row, x, strict=True))
        for row in weight
    ]
    shown = ", ".join(f"{text} = {value}" for text, value in zip(sums, found, strict=True))
    return f"The pixel {x} with W = {weight} gives {found}: {shown}."


def not_additive() -> str:
    """Two inputs, their sum, and what relu makes of each."""
    one, two = [[[1]]], [[[-1]]]
    found = [relu((1, 1, 1))(one_by_one(x, [[1]])).item() for x in (one, two, np.add(one, two))]
    return f"W = [[1]], then relu. x = 1 gives {found[0]}, x = −1 gives {found[1]}, and their sum 0 gives {found[2]}."


def same_channel_pairs() -> list[tuple[Pixel, Pixel]]:
    """Two pairs of pixels (cat, dog): the same cat, then the same dog; “more cat than dog” differs within each."""
    pixels = sorted(((cat, dog) for cat in range(3) for dog in range(3)), key=lambda pixel: (sum(pixel), pixel))
    pairs = [(one, two) for at, two in enumerate(pixels) for one in pixels[:at] if scores([one]) != scores([two])]
    return [next(pair for pair in pairs if pair[0][kept] == pair[1][kept]) for kept in (0, 1)]


def scores(pixels: Sequence[Pixel]) -> list[int]:
    """relu(cat − dog) at pixels (cat, dog), by a 1×1 convolution with w = (1, −1) and relu."""
    image = np.array(pixels).T.reshape(2, 1, len(pixels))
    found = relu((1, 1, len(pixels)))(one_by_one(image, [[1, -1]]))
    return [int(entry) for entry in found.ravel()]


def channels_compared() -> str:
    """The pixels that no elementwise function tells apart as relu(cat − dog) does."""
    said = []
    for kept, (one, two) in zip(("cat", "dog"), same_channel_pairs(), strict=True):
        first, second = scores([one, two])
        said.append(f"(cat, dog) = {one} gives {first} and {two} gives {second}: a function of {kept} alone cannot")
    return f"w = (1, −1), C = 2, O = 1. {'; '.join(said)}."


def kernel_costs() -> str:
    """What a 1×1, a 3×3 and a 5×5 cost on the same grid."""
    costs = {k: conv2d(CHANNELS, CHANNELS, k, padding="same").macs((1, CHANNELS, *GRID)) for k in (1, 3, 5)}
    shown = ", ".join(f"{k}×{k}: {cost} ({cost // costs[1]} times the 1×1)" for k, cost in costs.items())
    return f"28×28×{CHANNELS} through {CHANNELS} filters, in multiply-adds. {shown}."


def grids() -> str:
    """The grid with stride 1, and with stride 2 for a 1×1 and a 3×3."""
    shape = (1, 1, *GRID)
    settings = (("1×1, s = 1", 1, 1, 0), ("1×1, s = 2", 1, 2, 0), ("3×3, s = 2, p = 1", 3, 2, 1))
    found = [(name, conv2d(1, 1, k, stride=s, padding=p).output_shape(shape)) for name, k, s, p in settings]
    return "28×28: " + "; ".join(f"{name} gives {shape[2]}×{shape[3]}" for name, shape in found) + "."


def even_pixels() -> str:
    """Equal pixels at different places."""
    x = [[[3, 3], [3, 3]]]
    found = [one_by_one(x, [[w]]).tolist() for w in (0, 1)]
    return f"X = {x}: w = 0 gives {found[0]}, w = 1 gives {found[1]}. No w gives [[[3, 0], [0, 0]]]."


def ring_of_zeros() -> str:
    """A 1×1, and the 3×3 whose only weight is its middle."""
    x, middle = np.array([[[1, 2], [3, 4]]]), 5
    weight = np.pad(np.array([[[[middle]]]]), ((0, 0), (0, 0), (1, 1), (1, 1)))
    wide = conv2d(1, 1, 3, padding=1, bias=False)(x[None], weight)[0].tolist()
    here = one_by_one(x, [[middle]]).tolist()
    return f"X = {x.tolist()}: the 1×1 with {middle} gives {here}, the 3×3 {weight[0, 0].tolist()} with p = 1 {wide}."


def halved_and_doubled() -> str:
    """A stage and the next one, in letters: entries, multiply-adds and weights of a 3×3 that keeps the channels."""
    channels, height, width = symbols("C h w")
    stages = ((channels, 2 * height, 2 * width), (2 * channels, height, width))
    rows = []
    for shape in stages:
        layer = conv2d(shape[0], shape[0], 3, padding=1, bias=False)
        volume = shape[0] * shape[1] * shape[2]
        rows.append(
            [
                f"{item}".replace("**2", "²").replace("*", "·")
                for item in (volume, layer.macs((1, *shape)), layer.parameters())
            ]
        )
    named = zip(("entries", "multiply-adds of a 3×3", "weights of a 3×3"), *rows, strict=True)
    return "; ".join(f"{what}: {one}, then {two}" for what, one, two in named) + "."


def slices_added() -> str:
    """Each channel convolved with its own slice, and the sum."""
    x = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    weight = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]]])
    single = conv2d(1, 1, 2, bias=False)
    parts = [single(x[None, [c]], weight[None, [c]]).item() for c in (0, 1)]
    whole = conv2d(2, 1, 2, bias=False)(x[None], weight[None]).item()
    return f"X = {x.tolist()}, W = {weight.tolist()}: the slices give {parts[0]} and {parts[1]}, all at once {whole}."


EDGE = 4
"""How far the picture goes from 0, in each channel."""


def decided() -> tuple[list[list[bool]], list[list[bool]]]:
    """Where relu(cat − dog), and relu of the cat alone, are above 0: cat grows to the right, dog upwards."""
    cat, dog = np.meshgrid(np.arange(-EDGE, EDGE + 1), np.arange(EDGE, -EDGE - 1, -1))
    both = one_by_one([cat, dog], [[1, -1]])
    layer, alone = relu(both.shape)(both), relu((2, *cat.shape))(np.array([cat, dog]))
    return (layer[0] > 0).tolist(), (alone[0] > 0).tolist()
