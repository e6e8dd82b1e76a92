"""The chapters on the 1×1 convolution and on costs: what must come out, in letters and in numbers."""

import numpy as np
import pytest

import convmath as cm
from convmath.errors import ProofError
from convmath.language.tree import Sym

ENDS = {
    "pointwise-parameters": {"How many parameters there are": "P = O·C + O"},
    "pointwise-cost": {"How many multiply-adds there are": "M = N·O·H·W·C"},
    "pointwise-reduces-iff-fewer-filters": {
        "When there are fewer values after than before": "O < C",
        "When there are more values after than before": "C < O",
    },
    "conv-is-sum-over-channels": {"The convolution, rewritten": "Y[n,o,i,j] = b[o] + Σ_{c<C} Z[n,o,c,i,j]"},
    "pointwise-mixes-channels-not-pixels": {
        "How an output depends on one entry of the input": "D[n,o,i,j,m,e,x,y] = [n = m, i = x, j = y]·W[o,e]   "
        "for all m < N, e < C, x < H, y < W"
    },
    "pointwise-over-concat-is-sum": {
        "The 1×1 convolution of the concatenation, rewritten": "Y[n,o,i,j] = b[o] + U[n,o,i,j] + V[n,o,i,j]"
    },
    "bottleneck-saves-iff": {"When the two together cost less": "R·(C + O·k²) < O·C·k²"},
    "bottleneck-bounds-rank": {
        "The second after the first, rewritten": "Y[n,o,i,j] = e[o] + Σ_{c<C} A[o,c]·X[n,c,i,j]",
        "When the two matrices have fewer weights": "R < O·C/(O + C)",
    },
    "pointwise-commutes-with-global-average": {
        "The mean of the convolution, rewritten": "Y[n,o] = b[o] + Σ_{c<C} M[o,c]·G[n,c]"
    },
    "pointwise-is-translation-equivariant": {
        "The convolution, moved, rewritten": "Y[n,o,x] = S[x]·b[o] + Σ_{c<C} W[o,c]·Z[n,c,x]"
    },
    "pointwise-relu-is-a-per-pixel-layer": {
        "One layer, rewritten": "Y[n,o,i,j] = relu(b[o] + Σ_{c<C} W[o,c]·X[n,c,i,j])",
        "Two layers in a row": "T[n,r,i,j] = relu(a[r] + Σ_{o<O} V[r,o]·relu(b[o] + Σ_{c<C} W[o,c]·X[n,c,i,j]))",
    },
    "relu-alone-cannot-compare-channels": {
        "What the layer makes of the pixel (1, 0)": "V = 1",
        "What the layer makes of the pixel (1, 1)": "U = 0",
        "What the layer makes of the pixel (0, 0)": "T = 0",
    },
    "fully-connected-is-conv": {
        "How many rows come out": "H' = 1",
        "The one output pixel, rewritten": "Y[n,o,i,j] = b[o] + Σ_{c<C, u<H, v<W} V[o,c,u,v]·X[n,c,u,v]   "
        "for all i < 1, j < 1",
    },
    "grouped-conv-parameters": {"How many parameters there are": "P = O·(C/g)·k² + O"},
    "grouped-conv-cost": {},
    "transposed-conv-cost-is-on-its-input": {"How many multiply-adds there are": "M = N·O·(C/g)·k²·H·W"},
    "groups-divide-the-cost": {"The ratio: how many times as much": "R = g"},
    "depthwise-separable-cost-ratio": {"The ratio: the two together, over the one": "R = 1/k² + 1/O"},
    "unpadded-multiplications-of-3x3": {
        "How many multiplications there are": "M = 9·H·W",
        "How many touch no padded zero": "T = (3·H − 2)·(3·W − 2)",
    },
    "stacked-3x3-weights-ratio": {"The ratio: n small layers, over the large one": "R = 9·n/(2·n + 1)²"},
}
PIXELS = 28 * 28
NUMBERS = [
    ("pointwise-parameters", {"C": 192, "O": 192}, {"P": 37_056}),
    ("pointwise-cost", {"N": 1, "C": 192, "O": 192, "H": 28, "W": 28}, {"H'": 28, "W'": 28, "M": 28_901_376}),
    (
        "pointwise-reduces-iff-fewer-filters",
        {"N": 1, "C": 192, "O": 64, "H": 28, "W": 28},
        {"E": 192 * PIXELS, "C_F": 64, "H_F": 28, "W_F": 28, "F": 64 * PIXELS},
    ),
    ("conv-is-sum-over-channels", {"C": 3, "O": 7, "H": 28, "W": 28, "k": 5}, {"O'": 7, "H'": 24, "W'": 24}),
    (
        "bottleneck-saves-iff",
        {"N": 1, "C": 192, "O": 32, "R": 16, "H": 28, "W": 28, "k": 5},
        {"M_1": 120_422_400, "M_2": 2_408_448, "M_3": 10_035_200, "M": 12_443_648},
    ),
    ("bottleneck-bounds-rank", {"C": 192, "O": 192, "R": 16}, {"P": 2 * 16 * 192, "Q": 192 * 192}),
    ("fully-connected-is-conv", {"C": 512, "O": 4096, "H": 7, "W": 7}, {"H'": 1, "W'": 1, "P": 4096 * (512 * 49 + 1)}),
    ("grouped-conv-parameters", {"C": 64, "O": 128, "k": 3, "g": 4}, {"P": 18_560}),
    (
        "grouped-conv-cost",
        {"N": 1, "C": 64, "O": 128, "H": 56, "W": 56, "k": 3, "s": 2, "p": 1, "d": 1, "g": 4},
        {"H'": 28, "W'": 28, "M": PIXELS * 128 * 16 * 9},
    ),
    (
        "transposed-conv-cost-is-on-its-input",
        {"N": 1, "C": 64, "O": 32, "H": 14, "W": 14, "k": 4, "g": 1},
        {"M": 14 * 14 * 64 * 32 * 16},
    ),
    ("stacked-3x3-weights-ratio", {"C": 64, "n": 3}, {"P": 9 * 64**2, "Q": 49 * 64**2, "R": "27/49"}),
]


@pytest.mark.parametrize("slug", ENDS)
def test_a_proof_ends_where_the_theorem_says_and_survives_being_saved(slug):
    proof = cm.prove(slug)
    found = {chain.heading: str(chain.conclusion) for chain in proof.chains}
    assert {heading: found[heading] for heading in ENDS[slug]} == ENDS[slug]
    assert [step.evidence.verdict for step in proof.steps].count("tried") == 0
    assert sum(step.evidence.verdict == "proved" for step in proof.steps) >= 2 or slug.startswith("pointwise-mixes")
    proof.check()
    cm.Derivation.from_json(proof.render("json")).check()
    for format_ in ("latex", "markdown", "html", "text"):
        assert proof.render(format_)


@pytest.mark.parametrize(("slug", "numbers", "wanted"), NUMBERS)
def test_the_numbers_of_a_theorem(slug, numbers, wanted):
    proof = cm.prove(slug, **numbers)
    assert {line.name: str(line.value(proof.values)) for line in proof.lines} == {k: str(v) for k, v in wanted.items()}


@pytest.mark.parametrize("slug", ENDS)
def test_the_example_is_one_that_the_theorem_takes(slug):
    entry = cm.theorems()[slug]
    assert set(entry.example) <= set(entry.settings)
    assert all(used in cm.theorems() for used in entry.uses)
    proof = entry.prove(**entry.example)
    assert not [line for line in proof.lines if isinstance(line.value(proof.values), Sym)]
    assert entry.statement


@pytest.mark.parametrize("slug", [slug for slug in ENDS if cm.theorems()[slug].without])
def test_a_dropped_hypothesis_has_a_counterexample(slug):
    for drop in cm.theorems()[slug].without:
        assert "Counterexample (the smallest found)" in cm.refute(slug, drop).counterexample


def test_a_1x1_convolution_of_a_concatenation_on_arrays():
    random = np.random.default_rng(7)
    x, z, w = (random.integers(-9, 10, shape) for shape in ((2, 3, 4, 5), (2, 2, 4, 5), (6, 5, 1, 1)))
    whole = cm.conv2d(5, 6, 1, bias=False)(np.concatenate([x, z], 1), w)
    parts = cm.conv2d(3, 6, 1, bias=False)(x, w[:, :3]), cm.conv2d(2, 6, 1, bias=False)(z, w[:, 3:])
    assert np.array_equal(whole, sum(parts))


def test_two_1x1_convolutions_have_a_matrix_of_bounded_rank():
    random = np.random.default_rng(8)
    x, u, v = (random.integers(-9, 10, shape) for shape in ((2, 5, 3, 4), (2, 5, 1, 1), (6, 2, 1, 1)))
    twice = cm.conv2d(2, 6, 1, bias=False)(cm.conv2d(5, 2, 1, bias=False)(x, u), v)
    once = v[:, :, 0, 0] @ u[:, :, 0, 0]
    assert np.array_equal(twice, cm.conv2d(5, 6, 1, bias=False)(x, once[:, :, None, None]))
    assert np.linalg.matrix_rank(once) <= 2


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 4), (2, 3), (5, 5)])
def test_the_multiplications_inside_counted_one_by_one(height, width):
    inside = sum(0 <= i + u - 1 < height and 0 <= j + v - 1 < width for i, j, u, v in np.ndindex(height, width, 3, 3))
    proof = cm.prove("unpadded-multiplications-of-3x3", H=height, W=width)
    assert {line.name: int(str(line.value(proof.values))) for line in proof.lines} == {
        "M": 9 * height * width,
        "T": inside,
    }


def test_a_slope_is_what_an_output_gains():
    random = np.random.default_rng(9)
    layer, w = cm.conv2d(2, 3, 1), random.integers(-9, 10, (3, 2, 1, 1))
    b, x = random.integers(-9, 10, 3), random.integers(-9, 10, (1, 2, 2, 3))
    for place in np.ndindex(x.shape):
        more = x.copy()
        more[place] += 1
        gain = layer(more, w, b) - layer(x, w, b)
        wanted = np.zeros_like(gain)
        wanted[0, :, place[2], place[3]] = w[:, place[1], 0, 0]
        assert np.array_equal(gain, wanted)


def test_a_proof_with_a_changed_line_does_not_hold():
    text = cm.prove("bottleneck-saves-iff").render("json")
    assert '"<"' in text
    with pytest.raises((ProofError, cm.ParseError)):
        cm.Derivation.from_json(text.replace('"<"', '"≤"')).check()


@pytest.mark.parametrize("k", [2, 4])
def test_numbers_outside_what_is_assumed_are_refused(k):
    with pytest.raises(cm.ProofError, match=r"p = .* is needed, and with these numbers it is false"):
        cm.prove("bottleneck-saves-iff", k=k)
