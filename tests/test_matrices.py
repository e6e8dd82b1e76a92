"""Convolutions as matrices and in a row: what must come out, and exact arrays from plain loops."""

from itertools import product

import numpy as np
import pytest

import convmath as cm
from convmath.book import borders, clashes
from convmath.book.working import stated
from convmath.errors import ProofError
from convmath.evaluate import evaluate
from convmath.language.tree import Int, Relation, Sym
from convmath.proof import visiting
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.step import take
from convmath.proof.visiting import blocks

KERNEL = "s_1·d_2·(k_2 − 1) + d_1·(k_1 − 1) + 1"
WINDOWS = "⌊({} + 2·p − d·(k − 1) − 1) / s⌋ + 1"
RESULTS = {
    "conv-after-conv-is-one-conv": {"K": KERNEL},
    "padded-conv-after-conv-is-one-conv-inside": {"K": KERNEL},
    "not-every-kernel-is-a-composition": {"E": "−4"},
    "conv-is-a-matrix-product-of-columns": {"P": WINDOWS.format("H"), "Q": WINDOWS.format("W")},
    "conv-is-a-toeplitz-matrix": {"M": WINDOWS.format("H")},
    "conv-2d-is-a-matrix-of-matrices": {"P": WINDOWS.format("H"), "Q": WINDOWS.format("W")},
    "conv-matrix-is-constant-along-diagonals": {},
    "conv-2d-matrix-is-doubly-block-toeplitz": {},
    "stride-selects-rows": {"M": "H + 2·p + d − d·k", "H'": WINDOWS.format("H")},
    "transposed-conv-is-the-transposed-matrix": {},
    "circular-conv-of-enough-length-is-the-plain-one": {},
    "circular-conv-is-a-circulant-matrix": {},
    "circular-conv-is-a-product-under-the-dft": {},
    "transposed-conv-is-the-adjoint": {"M": WINDOWS.format("H")},
}
LAST = {
    "conv-after-conv-is-one-conv": "Y[n,o,i] = Σ_{c<C, t<K} A[o,c,t]·X[n, c, s_1·s_2·i + t − p_1]",
    "padded-conv-after-conv-is-one-conv-inside": "Y[n,o] = "
    "Σ_{c<C, t<K} A[o,c,t]·X[n, c, s_1·s_2·i − s_1·p_2 + t − p_1]",
    "conv-is-a-matrix-product-of-columns": "F[n,o,x] = Σ_{i<P, j<Q : x = i·Q + j} Y[n,o,i,j]",
    "conv-is-a-toeplitz-matrix": "Y[i] = Σ_{x<H} T[i,x]·X[x]",
    "conv-2d-is-a-matrix-of-matrices": "Y[i,j] = Σ_{x<H, y<W} T[i,j,x,y]·X[x,y]",
    "conv-matrix-is-constant-along-diagonals": "S[i,x] = T[i,x]",
    "conv-2d-matrix-is-doubly-block-toeplitz": "R[i,j,x,y] = T[i,j,x,y]",
    "stride-selects-rows": "S[i,x] = Σ_{u<k : x = s·i + d·u − p} w[u]",
    "transposed-conv-is-the-transposed-matrix": "G[x] = Σ_{i<M} T[i,x]·V[i]",
    "transposed-conv-is-the-adjoint": "e[n] = Σ_{c<C, x<H} G[n,c,x]·X[n,c,x]",
    "not-every-kernel-is-a-composition": "E = −4",
    "circular-conv-of-enough-length-is-the-plain-one": "C[t] = Y[t]",
    "circular-conv-is-a-circulant-matrix": "T[i,x] = Σ_{y<n : n ∣ x + y − i} g[y]   for all i < n, x < n",
    "circular-conv-is-a-product-under-the-dft": "P[r] = B[r]   for all r < n",
}
FOUND = {
    ("conv-after-conv-is-one-conv", "p_2 = 0"): "the second [0, 2, 0]; one convolution with A = [1, 1] and padding 1 "
    "gives [1, 2, 1]",
    ("padded-conv-after-conv-is-one-conv-inside", "p_2 ≤ s_2·i"): "they differ at output 0",
    ("padded-conv-after-conv-is-one-conv-inside", "s_2·i + d_2·(k_2 − 1) + 1 ≤ M + p_2"): "they differ at output 2",
    ("not-every-kernel-is-a-composition", "V and U are real"): "V = (1, i) and U = (1, −i)",
    ("conv-is-a-matrix-product-of-columns", "g = 1"): "rows of weights have 1 entry",
    ("conv-is-a-toeplitz-matrix", "X is 0 in its padding"): "Y = [3, 3], but T·X = [2, 2]",
    ("conv-2d-is-a-matrix-of-matrices", "X is 0 in its padding"): "Y = [3, 3], but T·X = [2, 2]",
    ("conv-matrix-is-constant-along-diagonals", "s = 1"): "T = [[1, 0, 0], [0, 0, 1]]",
    ("conv-2d-matrix-is-doubly-block-toeplitz", "s = 1"): "T = [[1, 0, 0], [0, 0, 1]]",
    ("circular-conv-of-enough-length-is-the-plain-one", "H + k − 1 ≤ L"): "L = 1: circular, [2]; plain, [1, 1]",
    ("circular-conv-is-a-circulant-matrix", "the padding is circular"): "T = [[1, 1, 0], [1, 1, 1], [0, 1, 1]]",
    ("circular-conv-is-a-product-under-the-dft", "ω^n = 1"): "with the transform 1; those of g and X are 2 and 2",
    ("transposed-conv-is-the-adjoint", "X is 0 in its padding"): "⟨V, Z⟩ = 6",
}


@pytest.mark.parametrize("slug", RESULTS)
def test_what_comes_out(slug):
    proof = cm.prove(slug)
    assert {line.name: str(line.derived) for line in proof.lines} == RESULTS[slug]
    assert str(proof.chains[-1].conclusion) == LAST[slug]


@pytest.mark.parametrize(("slug", "hypothesis"), FOUND)
def test_what_fails_without_a_hypothesis(slug, hypothesis):
    assert FOUND[slug, hypothesis] in str(cm.refute(slug, hypothesis))


def test_every_hypothesis_is_dropped_once():
    book = cm.theorems()
    assert {(slug, item) for slug in RESULTS for item in book[slug].hypotheses} == FOUND.keys()


def test_numbers():
    two = {"k_1": 3, "s_1": 1, "p_1": 0, "d_1": 1, "k_2": 3, "s_2": 1, "d_2": 1}
    assert cm.prove("conv-after-conv-is-one-conv", **two).result == (5,)
    assert cm.prove("conv-is-a-matrix-product-of-columns", H=224, W=224, k=7, s=2, p=3, d=1).result == (112, 112)
    assert cm.prove("stride-selects-rows", H=224, k=3, s=2, p=1, d=1).result == (224, 112)


def matrix(k, s, p, d, size):
    """The matrix of a convolution by what it makes of each unit vector."""
    w = np.arange(1, k + 1)[None, None]
    layer = cm.conv1d(1, 1, k, s, p, d, bias=False)
    return np.stack([layer(np.eye(size, dtype=np.int64)[i][None, None], w)[0, 0] for i in range(size)], axis=1)


@pytest.mark.parametrize(("k", "s", "p", "d"), [(1, 1, 0, 1), (3, 1, 1, 1), (3, 2, 1, 1), (2, 3, 1, 2)])
def test_the_matrix_is_the_operator(k, s, p, d):
    dense, strided = matrix(k, 1, p, d, 7), matrix(k, s, p, d, 7)
    assert np.array_equal(strided, clashes.toeplitz(np.arange(1, k + 1), 7, s, p, d))
    assert np.array_equal(strided, dense[::s])
    assert np.array_equal(dense[1:, 1:], dense[:-1, :-1])
    back = cm.conv_transpose1d(1, 1, k, s, p, output_padding=(7 + 2 * p - d * (k - 1) - 1) % s, dilation=d, bias=False)
    v = np.arange(2, 2 + len(strided))[None, None]
    assert np.array_equal(back(v, np.arange(1, k + 1)[None, None])[0, 0], strided.T @ v[0, 0])


def test_both_transforms_are_the_same_in_the_book():
    proof = cm.prove("circular-conv-is-a-product-under-the-dft")
    assert [str(chain.conclusion.right) for chain in proof.chains] == ["B[r]", "B[r]"]


@pytest.mark.parametrize(("n", "f"), [(1, 1), (2, 1), (4, 3), (5, 2), (6, 4)])
def test_transforms_multiply_with_every_root_of_1(n, f):
    """The definitions of the proof, run: lists of what stands before each power of ω."""
    proof = cm.prove("circular-conv-is-a-product-under-the-dft")
    random, made = np.random.default_rng(n), {}
    arrays = {"g": random.integers(-9, 10, n), "X": random.integers(-9, 10, n)}
    for number in (1, 0, 3, 4, 2, 5):
        definition = proof.definitions[number].substitute({"n": Int(n), "f": Int(f)})
        known = {tensor.name: (arrays | made)[tensor.name] for tensor in definition.tensors}
        made[definition.output.array] = evaluate(definition, (n,), known)
    assert made["F"].tolist() == made["P"].tolist() == made["B"].tolist()


def test_two_layers_differ_at_the_border_only():
    random = np.random.default_rng(7)
    for s, t, p, q in product((1, 2), (1, 2), (0, 1), (1, 2)):
        x, u, v = (
            random.integers(-9, 10, (1, 1, 13)),
            random.integers(1, 9, (1, 1, 3)),
            random.integers(1, 9, (1, 1, 2)),
        )
        between = cm.conv1d(1, 1, 3, s, p, bias=False)(x, u)
        two = cm.conv1d(1, 1, 2, t, q, bias=False)(between, v)[0, 0]
        kernel = borders.composed(v, u, (s,), (1,), (1,))
        one = cm.conv1d(1, 1, kernel.shape[2], s * t, p + s * q, bias=False)(x, kernel)[0, 0]
        inside = [i for i in range(len(two)) if q <= t * i and t * i + 2 <= between.shape[-1] + q]
        assert inside
        assert all(two[i] == one[i] for i in inside)


SHIFTED = stated("Y[i] = v[r]*Z[i+r]", {"v": "k", "Z": "M"}, None, ("Z",))
INNER = stated("Z[y] = w[u]*X[y+u]", {"w": "k", "X": "H"})
GIVEN = tuple(Relation(Sym(name), "≥", Int(1)) for name in "MkH")


@pytest.mark.parametrize(
    ("subject", "inner", "established"),
    [
        (SHIFTED, INNER, ()),
        (SHIFTED, INNER, (("M", Sym("H")),)),
        (stated("Y[i] = v[r]*Z[i+r-1]", {"v": "k", "Z": "M"}, {"Z": "1"}, ("Z",)), INNER, (("M", Int(1)),)),
        (stated("Y[i] = v[r]*Z[i-r]", {"v": "k", "Z": "M"}, {"Z": "(k,0)"}, ("Z",)), INNER, (("M", Int(1)),)),
    ],
    ids=["not derived", "derived otherwise", "padded", "before its start"],
)
def test_a_definition_is_not_put_in_where_it_gives_nothing(subject, inner, established):
    ground = Ground((subject, subject, inner), GIVEN, established)
    with pytest.raises(ProofError, match="could not be proved"):
        take(formula(subject), "insert", ground, number=2)


def test_a_definition_is_put_in_where_every_read_is_shown_to_be_inside():
    size = Relation(Sym("k"), "≤", Sym("H"))
    ground = Ground((SHIFTED, SHIFTED, INNER), (*GIVEN, size), (("M", Sym("H") - Sym("k") + 1),))
    step = take(formula(SHIFTED), "insert", ground, number=2)
    assert str(step.after) == "Y[i] = Σ_{r<k} v[r]·(Σ_{u<k} w[u]·X[i + r + u])"
    assert "it is given at i + r" in step.evidence.certificate
    named = take(step.after, "name", ground, number=2, values=(("y", Sym("i") + Sym("r")),))
    assert str(named.after) == "Y[i] = Σ_{r<k} v[r]·Z[i + r]"


def test_what_is_not_0_outside_is_not_told_by_its_place():
    mirrored = cm.define(
        "Y[i] = w[u]*X[i+u-1]", {"X": "H", "w": "k"}, {"X": "1"}, padding_mode={"X": "reflect"}
    ).general
    for subject, arguments in (
        (mirrored, {"array": "X", "axis": 0, "index": "x"}),
        (INNER, {"array": "X", "axis": 0, "index": "H"}),
        (INNER, {"array": "w", "axis": 1, "index": "x"}),
        (INNER, {"array": "B", "axis": 0, "index": "x"}),
    ):
        with pytest.raises(ProofError):
            take(formula(subject), "one place", Ground((subject, subject), GIVEN), **arguments)
    inserted = Ground((SHIFTED, SHIFTED, INNER), GIVEN)
    with pytest.raises(ProofError, match="is given by a definition"):
        take(formula(SHIFTED), "one place", inserted, array="Z", axis=0, index="x")


def test_a_condition_is_used_only_where_it_says_what_is_read():
    subject = stated("Y[i] = w[u]*X[i+s*u]", {"w": "k", "X": "H"})
    ground = Ground((subject,), GIVEN)
    with pytest.raises(ProofError, match="no condition"):
        take(formula(subject), "use the condition", ground, letter="t")


def test_every_choice_of_indices_is_visited_once_at_each_point(monkeypatch):
    sizes = [np.array([2, 0, 3, 1]), np.array([1, 4, 2, -1])]
    wanted = [(row, i, j) for row in range(4) for i in range(sizes[0][row]) for j in range(sizes[1][row])]
    for most in (1, 4, 1 << 18):
        monkeypatch.setattr(visiting, "MOST_CELLS", most)
        found = [place for rows, index in blocks(sizes, 4) for place in zip(rows, *index, strict=True)]
        assert [tuple(map(int, place)) for place in found] == wanted
    assert [rows.tolist() for rows, _ in blocks([], 3)] == [[0, 1, 2]]
