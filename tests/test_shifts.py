"""Shifts, the 1×1 among larger kernels, other counts, a shift at the border: what the theorems say, on arrays."""

from itertools import product

import numpy as np
import pytest

import convmath as cm

RANDOM = np.random.default_rng(20_260_101)


@pytest.mark.parametrize("p", [0, 1, 2])
def test_a_kernel_with_one_weight_is_a_1x1(p):
    x, w = RANDOM.integers(-9, 10, (2, 3, 5, 4)), RANDOM.integers(-9, 10, (4, 3, 1, 1))
    v = np.zeros((4, 3, 2 * p + 1, 2 * p + 1), np.int64)
    v[:, :, p, p] = w[:, :, 0, 0]
    large, small = cm.conv2d(3, 4, 2 * p + 1, padding=p, bias=False), cm.conv2d(3, 4, 1, bias=False)
    assert np.array_equal(large(x, v), small(x, w))
    counts = cm.prove("pointwise-is-a-larger-conv-with-one-weight", C=3, O=4, p=p).result
    assert counts == (large.parameters(), small.parameters())


@pytest.mark.parametrize(("k", "s", "d", "m"), [*product((1, 3), (1, 2), (1, 2), (1, 2))])
def test_a_moved_input_gives_the_moved_outputs(k, s, d, m):
    layer = cm.conv1d(2, 3, k, s, 0, d, bias=False)
    x, w = RANDOM.integers(-9, 10, (1, 2, 12)), RANDOM.integers(-9, 10, (3, 2, k))
    moved = layer(x[..., s * m :], w)
    assert np.array_equal(moved, layer(x, w)[..., m : m + moved.shape[-1]])


def test_operations_are_those_of_the_operator():
    layer, shape = cm.conv2d(64, 128, 3), (1, 64, 30, 30)
    sizes = {"N": 1, "C": 64, "O": 128, "H": 28, "W": 28, "k": 3, "s": 1}
    macs, twice, biased, exact, rest = cm.prove("flops-depend-on-what-is-counted", **sizes).result
    assert macs == layer.macs(shape)
    assert (twice, biased, exact) == tuple(layer.flops(shape, convention=way) for way in ("2mac", "2mac+bias", "exact"))
    assert rest == 28 * 28 * 128


def test_half_the_grid_and_twice_the_channels():
    for c, p in product((1, 3), (0, 1, 2)):
        side = 2 * p + 1
        before, after = (cm.conv2d(n, n, side, padding=p, bias=False) for n in (c, 2 * c))
        made = cm.prove("half-the-grid-and-twice-the-channels-halve-the-volume", N=1, C=c, P=3, Q=5, p=p).result
        assert made == (3, 5, 2, 1, 4)
        assert cm.conv2d(c, 2 * c, side, 2, p).output_shape((1, c, 6, 10)) == (1, 2 * c, 3, 5)
        assert before.macs((1, c, 6, 10)) == after.macs((1, 2 * c, 3, 5))
        assert 4 * before.parameters() == after.parameters()


def test_what_a_shift_adds_at_the_border():
    slug = "a-shift-before-padding-folds-into-no-bias"
    for k, s, p, i in product((2, 3), (1, 2), (0, 1, 2), (0, 1)):
        if not s * i <= p <= s * i + k <= 8 + p:
            continue
        y = cm.conv1d(1, 1, k, s, p, bias=False)(np.full((1, 1, 8), 5), np.ones((1, 1, k), np.int64))[0, 0]
        taps, less = cm.prove(slug, H=8, k=k, s=s, p=p, i=i, t=5).result
        assert y[i] == 5 * taps == 5 * k - less
        assert (less == 0) == (s * i == p)


def test_split_outputs_are_those_of_the_split_weight():
    x, w = RANDOM.integers(-9, 10, (2, 3, 4, 5)), RANDOM.integers(-9, 10, (6, 3, 1, 1))
    whole = cm.conv2d(3, 6, 1, bias=False)(x, w)
    parts = [cm.conv2d(3, n, 1, bias=False)(x, part) for n, part in ((2, w[:2]), (4, w[2:]))]
    assert np.array_equal(whole, np.concatenate(parts, axis=1))
    assert cm.prove("split-pointwise-is-a-pointwise-for-each-part", N=2, C=3, A=2, B=4, H=4, W=5).result == (
        720,
        240,
        480,
    )
