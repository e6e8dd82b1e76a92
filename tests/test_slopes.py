"""The chapter on gradients: the operators, held against the engine's gradients, the sizes, and entries raised by 1."""

import numpy as np
import pytest
from test_rules import LINEAR, SIZES, relation, statement

import convmath as cm
from convmath.book.raised import changes, some
from convmath.book.roles import role
from convmath.derive.gradient import gradient
from convmath.errors import ProofError, UnsupportedError
from convmath.language.normal import terms_key
from convmath.language.parse import parse_size
from convmath.language.polynomial import equal
from convmath.language.tree import Int, Read, Sym
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.slopes import slope_of
from convmath.proof.step import take

CHAPTER = [slug for slug, entry in cm.theorems().items() if entry.chapter == "Gradients"]
RESULTS = {
    "input-gradient-of-a-conv-is-a-transposed-conv": {
        "H": "floor((L + p + q - d*(k - 1) - 1)/s) + 1",
        "E": "L",
    },
    "input-gradient-stays-in-its-group": {"P": "g*B*A*k"},
    "weight-gradient-exchanges-stride-and-dilation": {
        "r": "L + p + q - d*(k - 1) - 1 - s*floor((L + p + q - d*(k - 1) - 1)/s)",
        "K": "k + floor(r/d)",
    },
    "bias-gradient-is-the-sum": {"H": "floor((L + p + q - d*(k - 1) - 1)/s) + 1"},
    "input-gradient-of-a-transposed-conv-is-a-conv": {
        "E": "s*(L - 1) + d*(k - 1) - p - q + a + 1",
        "P": "L + floor(a/s)",
    },
    "weight-gradient-of-a-transposed-conv-reads-g-in-windows": {"K": "k + floor(a/d)"},
    "linear-gradients-are-matrix-products": {"M": "N*C*O", "A": "N*C*O", "B": "N*C*O"},
    "average-pooling-hands-back-equal-parts": {"H": "floor((L + p + q - k)/s) + 1"},
    "global-average-hands-back-the-same-everywhere": {"P'": "P"},
    "centring-is-its-own-gradient": {"M'": "M"},
    "scale-and-shift-gradients-are-sums": {"P": "2*C"},
    "gradients-go-through-two-layers-in-reverse": {"A": "N*L*O*R", "B": "N*L*R*C"},
    "gradients-of-a-shared-weight-add": {"P": "O*C"},
    "residual-gradient-adds-to-the-output-gradient": {"M": "N*L*C*C*k"},
    "relu-gates-the-gradient": {"R_1": "1", "L_1": "1", "R_2": "0", "L_2": "0", "R_3": "1", "L_3": "0"},
    "max-pooling-hands-the-gradient-to-the-maximum": {"M": "N*C*H*k"},
    "backward-costs-twice-forward": {"M": "N*O*H*C*k", "A": "N*O*H*C*k", "B": "N*O*H*C*k", "R": "2"},
}
NUMBERS = {
    "input-gradient-of-a-conv-is-a-transposed-conv": (3, 6),
    "input-gradient-stays-in-its-group": (3, None),
    "weight-gradient-exchanges-stride-and-dilation": (3, 1, 4),
    "bias-gradient-is-the-sum": (3,),
    "input-gradient-of-a-transposed-conv-is-a-conv": (6, 3),
    "weight-gradient-of-a-transposed-conv-reads-g-in-windows": (6, 4),
    "linear-gradients-are-matrix-products": (163_840, 163_840, 163_840),
    "average-pooling-hands-back-equal-parts": (3,),
    "backward-costs-twice-forward": (688_128, 688_128, 688_128, 2),
}
"""The results with the numbers of the example."""


@pytest.mark.parametrize("slug", RESULTS)
def test_the_sizes_are_the_closed_forms(slug):
    lines = {line.name: line.derived for line in cm.prove(slug).lines}
    for name, text in RESULTS[slug].items():
        assert equal(lines[name], parse_size(text)), (name, str(lines[name]))


@pytest.mark.parametrize("slug", NUMBERS)
def test_the_example_in_numbers(slug):
    found = cm.prove(slug, **cm.theorems()[slug].example)
    for line, wanted in zip(found.lines, NUMBERS[slug], strict=True):
        assert wanted is None or line.value(found.values) == Int(wanted), line


def test_every_hypothesis_of_the_chapter_is_needed_or_its_search_says_what_it_looked_through():
    for slug in CHAPTER:
        entry = cm.theorems()[slug]
        assert entry.without.keys() == set(entry.hypotheses), slug
        for hypothesis in entry.hypotheses:
            assert cm.refute(slug, hypothesis).found, (slug, hypothesis)


CONV = cm.conv1d("C", "O", "k", "s", (("p", "q"),), "d").general
SCATTER = cm.conv_transpose1d("C", "O", "k", "s", (("p", "q"),), "a", 1, True, "d").general
POOL = cm.avg_pool1d("k", "s", (("p", "q"),)).general
SWITCHED = cm.define(
    "Y[n,c,i] = B[n,c,i,u]*X[n,c,s*i+d*u-p]",
    {"B": "N,C,H,k", "X": "N,C,L"},
    {"X": "0,0,p"},
    inputs="B,X",
    ranges={"i": "H"},
).general
LAYER = cm.linear("C", "O").general
ENGINE = {
    "average-pooling-hands-back-equal-parts": (POOL, "X", {"n": "m", "c": "e", "l": "x"}),
    "max-pooling-hands-the-gradient-to-the-maximum": (SWITCHED, "X", {"n": "m", "c": "e", "l": "x"}),
    "linear-gradients-are-matrix-products": (LAYER, "X", {"n": "m", "c": "e"}),
    "input-gradient-of-a-conv-is-a-transposed-conv": (CONV, "X", {"n": "m", "c": "e", "l": "x"}),
    "weight-gradient-exchanges-stride-and-dilation": (CONV, "W", {"o": "e", "c": "f", "u": "v"}),
    "bias-gradient-is-the-sum": (CONV, "b", {"o": "e"}),
    "input-gradient-of-a-transposed-conv-is-a-conv": (SCATTER, "X", {"n": "m", "c": "e", "i": "x"}),
    "weight-gradient-of-a-transposed-conv-reads-g-in-windows": (SCATTER, "W", {"c": "e", "o": "f", "u": "v"}),
}


@pytest.mark.parametrize("slug", ENGINE)
def test_the_gradient_is_the_one_that_the_engine_derives(slug):
    """Another way to the same formula: derive/gradient.py swaps a read with the output's."""
    layer, array, letters = ENGINE[slug]
    found = gradient(layer, array).renamed(letters)
    proof = cm.prove(slug)
    chain = next(chain for chain in proof.chains if chain.subject == 1)
    known = {str(c.conclusion.left): c.conclusion.right for c in proof.chains if c.conclusion.is_value}
    right = chain.conclusion.substitute(known).right
    assert terms_key(right) == terms_key(found.right_side)


@pytest.mark.parametrize("slug", CHAPTER)
def test_a_gradient_starts_from_the_chain_rule(slug):
    """Every chain that ends in a gradient starts from Σ G·D, and the slope is put in first, once."""
    proof = cm.prove(slug)
    for chain in proof.chains:
        reads = {read.array for read in proof.definitions[chain.subject].reads}
        rules = [step.rule for step in chain.steps]
        assert ("D" in reads) == ("put in the slope" in rules)
        assert rules.count("put in the slope") == (rules[0] == "put in the slope")


def test_a_wrong_output_padding_is_no_instance():
    with pytest.raises(ProofError, match="it is false"):
        cm.prove("input-gradient-of-a-conv-is-a-transposed-conv", L=6, k=3, s=2, p=1, q=1, d=1, a=0)


GROUND = Ground(
    (LINEAR, LINEAR, LINEAR), tuple(map(relation, [*SIZES.split(";"), "N >= 1", "O >= 1", "C >= 1", "k = 1"]))
)


def test_one_value_meets_it():
    line = statement("Y[n,o,i] = Σ_{c<C, t<L : t = s*i - p} W[o,c]*X[n,c,t]")
    step = take(line, "one value meets it", GROUND, index="t")
    assert str(step.after) == "Y[n,o,i] = Σ_{c<C} W[o,c]·X[n, c, s·i − p]"


@pytest.mark.parametrize(
    "text",
    [
        "Y[n,o,i] = Σ_{c<C, t<L : t = s*i} W[o,c]",
        "Y[n,o,i] = Σ_{c<C, t<L : t = s*i} W[o,c]*X[n,c,t + 1]",
        "Y[n,o,i] = Σ_{c<C, t<L + 1 : t = s*i} W[o,c]*X[n,c,t]",
        "Y[n,o,i] = Σ_{c<C, t<L} W[o,c]*X[n,c,t]",
        "Y[n,o,i] = Σ_{c<C, t<L : t = s*i + t} W[o,c]*X[n,c,t]",
        "Y[n,o,i] = max_{c<C, t<L : t = s*i} W[o,c]*X[n,c,t]",
    ],
)
def test_a_value_that_may_lie_outside_needs_an_array_that_is_zero_there(text):
    with pytest.raises(ProofError):
        take(statement(text), "one value meets it", GROUND, index="t")


MEAN = cm.avg_pool1d("k", "s").general
ENTRY = Read("X", (Sym("m"), Sym("e"), Sym("x")))


def test_the_slope_of_a_mean_divides_by_its_terms():
    assert str(slope_of(MEAN, ENTRY, set())) == "Σ_{u<k : n = m, c = e, x = s·i + u − p} 1/k"


@pytest.mark.parametrize(
    "layer",
    [
        cm.max_pool1d("k", "s").general,
        cm.define("Y[n,c,l] = X[n,c,l]*X[n,c,l]", {"X": "N,C,L"}).general,
        cm.avg_pool1d("k", "s", "p", count_include_pad=False).general,
        cm.conv1d("C", "O", "k", padding="p", padding_mode="reflect").general,
    ],
    ids=["max", "square", "ragged mean", "mirrored"],
)
def test_no_slope_is_read_where_the_output_is_no_sum_of_products(layer):
    with pytest.raises(UnsupportedError):
        slope_of(layer, ENTRY, set())


def test_a_slope_stands_at_the_places_of_the_output_and_of_the_array():
    """D[n,m] of a layer with other places, or other sizes, is not its slope."""
    layer = cm.define("S[n] = A[n,m]*X[m]", {"A": "N,L", "X": "L"}).general
    for text, shape in (("E[m] = G[n]*D[m,n]", "L,N"), ("E[m] = G[n]*D[n,m]", "N,L+1")):
        collected = cm.define(text, {"G": "N", "D": shape}, inputs=("G", "D")).general
        with pytest.raises(ProofError, match=r"not read at the places|its axes are not"):
            take(formula(collected), "put in the slope", Ground((collected, layer), ()), slope="D", array="X", number=1)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_in_groups_the_transposed_convolution_is_the_gradient(groups):
    """PyTorch's numbering of channels: the group times its size, and the place in the group."""
    forward = cm.conv1d(4, 4, 2, 2, 1, groups=groups, bias=False)
    x, w = some(1, 4, 5), some(4, 4 // groups, 2)
    g = some(*forward.output_shape(x.shape))
    found = cm.conv_transpose1d(4, 4, 2, 2, 1, (5 + 2 - 2) % 2, groups, bias=False)(g, w)
    assert np.array_equal(found, changes(forward, {"X": x, "W": w}, "X", g))


def test_the_adjoint_on_numbers():
    """The sum of X·E is the sum of G·Y, for each example."""
    x, w, g = some(2, 2, 6), some(3, 2, 2), some(2, 3, 3)
    y = cm.conv1d(2, 3, 2, 2, 1, 2, bias=False)(x, w)
    e = cm.conv_transpose1d(3, 2, 2, 2, 1, 1, bias=False, dilation=2)(g, w)
    assert y.shape == g.shape
    assert np.array_equal((x * e).sum((1, 2)), (g * y).sum((1, 2)))


def test_centring_on_numbers():
    """Four times the centring, so that it is exact in integers, against raised entries."""
    layer = cm.define("Y[c,i] = 4*X[c,i] - X[c,j]", {"X": "C,M"})
    x, g = some(2, 4), some(2, 4) + 1
    assert np.array_equal(layer(g), changes(layer, {"X": x}, "X", g))


def test_the_two_searches_find_the_kink_and_the_tie():
    relu = cm.refute("relu-gates-the-gradient", "x ≠ 0").counterexample
    assert "x = 0" in relu
    assert "gains 1 to the right and 0 from the left" in relu
    (once,) = cm.theorems()["max-pooling-hands-the-gradient-to-the-maximum"].hypotheses
    tie = cm.refute("max-pooling-hands-the-gradient-to-the-maximum", once).counterexample
    assert "X = [0, 0]" in tie
    assert "the slopes [1, 1], lowered by 1 [0, 0]" in tie


def test_a_residual_layer_on_numbers():
    layer = cm.define("Y[n,o,i] = X[n,o,i] + W[o,c,u]*X[n,c,i+u-1]", {"X": "N,C,5", "W": "C,C,3"}, {"X": "0,0,1"})
    x, w, g = some(1, 2, 5), some(2, 2, 3), some(1, 2, 5) - 1
    wanted = g + cm.conv_transpose1d(2, 2, 3, padding=1, bias=False)(g, w)
    assert np.array_equal(wanted, changes(lambda X: layer(X=X, W=w), {"X": x}, "X", g))


def test_along_two_axes_it_is_the_transposed_convolution_as_well():
    """The formulas of the engine's gradient and of conv_transpose2d, with letters renamed: the same terms."""
    layer = cm.conv2d("C", "O", "k", "s", (("p", "q"), ("p", "q")), "d", bias=False).general
    back = cm.conv_transpose2d("C", "O", "k", "s", (("p", "q"), ("p", "q")), "a", 1, False, "d").general
    found = gradient(layer, "X")
    height, width = found.arrays["G"].shape[2:]
    axes = dict(zip(back.output.subscripts, found.output.subscripts, strict=True))
    names = {old.name: new.name for old, new in axes.items()} | {"c": "o", "C": "O"}
    here = role(back, " ".join(f"{old}→{new}" for old, new in names.items()), X="G", Y="dX")
    here = here.substitute(dict(zip(map(str, here.arrays["G"].shape[2:]), (height, width), strict=True)))
    assert terms_key(here.right_side) == terms_key(found.right_side)
