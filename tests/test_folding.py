"""The second half of the chapter on equivalences: what must come out, in letters, in numbers and on arrays."""

import numpy as np
import pytest

import convmath as cm

REWRITTEN = {
    "batch-norm-folds-into-the-conv-before-it": (
        "Y[n,m,o,i,j] = e[m,o] + Σ_{c<B, u<k, v<k} V[m,o,c,u,v]·X[n, m, c, s·i + d·u − p, s·j + d·v − p]"
    ),
    "batch-norm-folds-into-the-transposed-conv-before-it": (
        "Y[n,m,o,x] = e[m,o] + Σ_{c<B, u<k, i<L : x = s·i + d·u − p} V[m,c,o,u]·X[n,m,c,i]"
    ),
    "shift-before-padding-leaves-a-border-bias": ("Y[n,o,i] = r[o,i] + Σ_{c<C, u<k} V[o,c,u]·X[n, c, s·i + d·u − p]"),
    "batch-norm-folds-into-the-next-conv-if-unpadded": ("Y[n,o,i] = e[o] + Σ_{c<C, u<k} V[o,c,u]·X[n, c, s·i + d·u]"),
    "a-scale-folds-into-the-next-conv": "Y[n,o,i] = b[o] + Σ_{c<C, u<k} V[o,c,u]·X[n, c, s·i + d·u − p]",
    "dilated-conv-is-conv-with-zeros-in-the-kernel": ("Y[n,o,i] = b[o] + Σ_{c<C, u<k} W[o,c,u]·X[n, c, s·i + d·u − p]"),
    "grouped-conv-has-a-block-diagonal-weight": (
        "Y[n,m,o,i] = b[m,o] + Σ_{c<B, u<k} W[m,o,c,u]·X[n, m, c, s·i + d·u − p]"
    ),
    "depthwise-conv-has-a-diagonal-weight": (
        "Y[n,o,i,j] = Σ_{u<k, v<k} w[o,u,v]·X[n, o, s·i + d·u − p, s·j + d·v − p]"
    ),
    "strided-conv-is-a-subsampled-conv": "Y[n,o,i] = b[o] + Σ_{c<C, u<k} W[o,c,u]·X[n, c, s·i + d·u − p]",
    "transposed-conv-is-conv-of-the-stuffed-input": (
        "Y[n,o,t] = Σ_{c<C, u<k, i<L : t = s·i + d·u − p} W[c,o,u]·X[n,c,i]"
    ),
    "transposed-conv-with-k-equal-s-is-pixel-shuffle": "B[n,o,i,f,j,h] = Z[n, o·r·r + f·r + h, i, j]",
    "average-pooling-is-a-depthwise-conv": "Y[n,c,i,j] = k²·q[c]·A[n,c,i,j]",
    "separable-kernels-are-rows-then-columns": ("Y[n,i,j] = Σ_{u<k, v<k} w[u,v]·X[n, s·i + d·u − p, s·j + d·v − p]"),
    "true-convolution-flips-the-kernel": "Y[n,o,i] = Σ_{c<C, u<k} W[o,c,u]·X[n, c, s·i + k − 1 − u − p]",
    "full-convolution-commutes": "Y[t] = Σ_{i<L} x[i]·w[t − i]",
    "max-pooling-is-not-linear": "Y[n,c,i,j] = −B[n,c,i,j]",
    "max-pooling-commutes-with-a-shift": "Y[n,c,i,j] = B[n,c,i,j] + t[c]",
    "products-meet-evenly-iff-the-stride-divides-the-kernel": "B[i,h] = Σ_{l<L} w[s·i + h − s·l]·X[l]",
}
NUMBERS = [
    ("batch-norm-folds-into-the-conv-before-it", {"g": 2, "B": 3, "D": 5, "k": 3}, {"F": 280, "G": 20, "E": 280}),
    ("dilated-conv-is-conv-with-zeros-in-the-kernel", {"C": 1, "O": 1, "k": 3, "d": 4}, {"F": 1 + 9, "E": 1 + 3}),
    (
        "grouped-conv-has-a-block-diagonal-weight",
        {"g": 4, "B": 16, "D": 32, "k": 3},
        {"F": 128 * 64 * 3 + 128, "E": 128 * 16 * 3 + 128},
    ),
    ("strided-conv-is-a-subsampled-conv", {"L": 224, "k": 7, "s": 2, "p": 3, "d": 1}, {"P": 112, "L'": 112}),
    (
        "transposed-conv-is-conv-of-the-stuffed-input",
        {"L": 14, "k": 3, "s": 2, "p": 1, "d": 1, "a": 1},
        {"L'": 28, "T": 28},
    ),
    (
        "separable-kernels-are-rows-then-columns",
        {"N": 1, "R": 1, "H": 28, "W": 28, "P": 28, "Q": 28, "k": 5},
        {"M": 19_600, "E": 7_840},
    ),
    (
        "products-meet-evenly-iff-the-stride-divides-the-kernel",
        {"m": 2, "e": 1, "s": 3},
        {"E": 3, "F": 2, "G": 2},
    ),
]


@pytest.mark.parametrize("slug", REWRITTEN)
def test_a_layer_becomes_the_other(slug):
    proof = cm.prove(slug)
    (found,) = [str(chain.conclusion) for chain in proof.chains if chain.heading.endswith("rewritten")][:1]
    assert found == REWRITTEN[slug]
    assert {step.evidence.verdict for step in proof.steps} <= {"proved", "by definition"}


BORDER = "a-shift-before-padding-folds-into-no-bias"
"""It counts taps and rewrites nothing; tests/test_shifts.py has it."""


def test_every_theorem_of_these_files_is_tested():
    files = ("folding", "next_layer", "kernels", "stuffed", "separable", "pooling", "checkerboard")
    made = {slug for slug, entry in cm.theorems().items() if entry.proof.__module__.rpartition(".")[2] in files}
    assert made - {BORDER} == REWRITTEN.keys()
    for slug in made:
        assert cm.theorems()[slug].without.keys() == set(cm.theorems()[slug].hypotheses)


@pytest.mark.parametrize(("slug", "numbers", "wanted"), NUMBERS)
def test_the_numbers(slug, numbers, wanted):
    proof = cm.prove(slug, **numbers)
    found = {line.name: str(line.value(proof.values)) for line in proof.lines}
    assert {name: found[name] for name in wanted} == {name: str(value) for name, value in wanted.items()}


def test_other_conclusions():
    def ends(slug):
        return {chain.heading: str(chain.conclusion) for chain in cm.prove(slug).chains}

    assert ends("separable-kernels-are-rows-then-columns")["When the two passes cost less"] == "R·(H + P) < P·k"
    assert ends("full-convolution-commutes")["Cross-correlation, rewritten"] == "V[t] = U[L + k − 2 − t]"
    assert ends("shift-before-padding-leaves-a-border-bias")["What one weight adds to r"] == (
        "S[o,i,f,e,v] = [0 ≤ s·i + d·v − p, s·i + d·v − p ≤ L − 1, o = f]·t[e]   for all f < O, e < C, v < k"
    )
    stuffed = cm.prove("transposed-conv-is-conv-of-the-stuffed-input")
    assert len({str(line.derived) for line in stuffed.lines if line.name in ("L'", "T")}) == 1


@pytest.mark.parametrize(
    ("slug", "drop", "shown"),
    [
        ("batch-norm-folds-into-the-next-conv-if-unpadded", "p=0", "p = 1 with zeros: Y = [0, 1, 0]"),
        ("a-scale-folds-into-the-next-conv", "t = 0", "Z = [1]; W = [1]"),
        ("batch-norm-folds-into-the-conv-before-it", "the statistics are fixed", "[0, 1] and X = [0, 2] both"),
        ("transposed-conv-is-conv-of-the-stuffed-input", "p <= d*(k-1)", "W = [1], s = 2, p = 1"),
        ("transposed-conv-with-k-equal-s-is-pixel-shuffle", "k=s=r", "s = 1, p = 0: Y = [1, 1, 0]"),
        ("transposed-conv-with-k-equal-s-is-pixel-shuffle", "p=0", "s = 2, p = 1: Y = [1, 0]"),
        ("average-pooling-is-a-depthwise-conv", "w[c,u,v] = q[c]", "w = [0, 1]"),
        ("separable-kernels-are-rows-then-columns", "the padding holds 0", "in a border of ones"),
        ("separable-kernels-are-rows-then-columns", "w[u,v] = Σ a[r,u]*b[r,v]", "w = [[0, 1], [1, 0]]"),
        ("max-pooling-is-not-linear", "k>=2", "[0, 1] is [0, 1], of −X it is [0, -1]"),
        ("max-pooling-commutes-with-a-shift", "t is the same at every place", "X = [0, 1], t = [1, 0]"),
    ],
)
def test_without_its_hypothesis_it_is_false(slug, drop, shown):
    found = cm.refute(slug, drop)
    assert found.found
    assert shown in found.counterexample


def integers(*shape):
    return np.random.default_rng(sum(shape)).integers(-9, 10, shape)


def test_a_dilated_kernel_on_arrays():
    x, w, long = integers(2, 3, 12), integers(4, 3, 3), np.zeros((4, 3, 7), np.int64)
    long[..., ::3] = w
    dilated = cm.conv1d(3, 4, 3, stride=2, padding=2, dilation=3, bias=False)(x, w)
    assert np.array_equal(dilated, cm.conv1d(3, 4, 7, stride=2, padding=2, bias=False)(x, long))


def test_groups_on_arrays():
    x, w, dense = integers(2, 6, 8), integers(4, 3, 3), np.zeros((4, 6, 3), np.int64)
    dense[:2, :3], dense[2:, 3:] = w[:2], w[2:]
    grouped = cm.conv1d(6, 4, 3, groups=2, bias=False)(x, w)
    assert np.array_equal(grouped, cm.conv1d(6, 4, 3, bias=False)(x, dense))


@pytest.mark.parametrize(
    ("k", "s", "p", "d", "a"), [(3, 2, 1, 1, 1), (3, 3, 0, 2, 2), (2, 1, 1, 1, 0), (4, 2, 1, 2, 0)]
)
def test_a_stuffed_input_on_arrays(k, s, p, d, a):
    x, w, stuffed = integers(2, 3, 5), integers(3, 4, k), np.zeros((2, 3, s * 4 + 1), np.int64)
    stuffed[..., ::s] = x
    turned, back = np.ascontiguousarray(w.transpose(1, 0, 2)[..., ::-1]), d * (k - 1) - p
    conv = cm.conv1d(3, 4, k, padding=[(back, back + a)], dilation=d, bias=False)(stuffed, turned)
    wanted = cm.conv_transpose1d(3, 4, k, stride=s, padding=p, output_padding=a, dilation=d, bias=False)(x, w)
    assert np.array_equal(conv, wanted)


@pytest.mark.parametrize("r", [1, 2, 3])
def test_pixel_shuffle_on_arrays(r):
    x, w = integers(2, 3, 4, 5), integers(3, 2, r, r)
    wanted = cm.conv_transpose2d(3, 2, r, stride=r, bias=False)(x, w)
    weight = w.transpose(1, 2, 3, 0).reshape(2 * r * r, 3, 1, 1)
    found = cm.pixel_shuffle(r)(cm.conv2d(3, 2 * r * r, 1, bias=False)(x, weight))
    assert np.array_equal(found, wanted)


def test_rows_and_columns_on_arrays():
    x, a, b = integers(1, 1, 6, 7), integers(2, 3), integers(3, 3)[:2]
    one = cm.conv2d(1, 1, 3, padding=1, bias=False)(x, np.einsum("ru,rv->uv", a, b)[None, None])
    rows = cm.conv2d(1, 2, (1, 3), padding=(0, 1), bias=False)(x, b[:, None, None, :])
    columns = cm.conv2d(2, 1, (3, 1), padding=(1, 0), bias=False)(rows, a[None, :, :, None])
    assert np.array_equal(one, columns)


def test_a_border_bias_on_arrays():
    x, w, b, a, t = integers(1, 2, 5), integers(3, 2, 3), integers(3), integers(2), integers(2) + 1
    layer = cm.conv1d(2, 3, 3, padding=1)
    wanted = layer(a[:, None] * x + t[:, None], w, b)
    rest = np.array(
        [[b[o] + sum(w[o, :, u] @ t for u in range(3) if 0 <= i + u - 1 < 5) for i in range(5)] for o in range(3)]
    )
    assert np.array_equal(wanted, cm.conv1d(2, 3, 3, padding=1, bias=False)(x, w * a[:, None]) + rest)


@pytest.mark.parametrize(("k", "s"), [(k, s) for k in range(1, 7) for s in range(1, 5)])
def test_how_many_products_meet(k, s):
    y = cm.conv_transpose1d(1, 1, k, stride=s, bias=False)(np.ones((1, 1, 12), int), np.ones((1, 1, k), int))[0, 0]
    found = y[s * 6 : s * 7].tolist()
    m, e = divmod(k, s)
    assert found == [m + 1] * e + [m] * (s - e)
    assert (len(set(found)) == 1) == (e == 0)
