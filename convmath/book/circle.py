"""Convolution on a circle: when it is the plain one, its matrix, and the discrete Fourier transform."""

from __future__ import annotations

from convmath.book.circles import blocks, no_root, not_circulant, on_the_circle, transformed, wrapped
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, stated
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.tree import Relation
from convmath.proof.derivation import Derivation

CHAPTER = "Equivalences"
OPPENHEIM = "Oppenheim & Schafer, Discrete-Time Signal Processing, chapter on the discrete Fourier transform"
ROUND = "Y[i] = Σ_{x<n, y<n, m<2 : i = x + y - n*m} g[y]*X[x]"


def _transform(result: str, of: str, place: str, letter: str) -> Definition:
    """The coefficients of ω^place in the sum of of[letter]·ω^(f·letter), where ωⁿ = 1."""
    text = f"{result}[{place}] = Σ_{{{letter}<n, m<f : {place} = f*{letter} - n*m}} {of}[{letter}]"
    return stated(text, {of: "n"}, None, (of,), **{place: "n"})


@theorem(
    title="A circular convolution that is long enough is the plain one",
    chapter=CHAPTER,
    hypotheses=("H + k − 1 ≤ L",),
    sources=(OPPENHEIM,),
    settings=("H", "k", "L"),
    without={"H + k − 1 ≤ L": Search("H, k ≤ 3, entries 1", wrapped)},
)
def circular_conv_of_enough_length_is_the_plain_one(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k and L with H + k − 1 ≤ L: the circular convolution C of length L, where the product of X[x] and w[u]
    goes to the place x + u, less L as often as it takes, is the plain convolution Y of H + k − 1 places, filled up
    with 0. So a convolution by Fourier transforms needs the length H + k − 1. That no shorter length does for
    every X and w is tried, not proved.
    """
    around = stated("C[t] = Σ_{x<H, u<k, m<H+k : t = x + u - L*m} w[u]*X[x]", {"X": "H", "w": "k"}, t="L")
    plain = stated("Y[t] = Σ_{x<H, u<k : t = x + u} w[u]*X[x]", {"X": "H", "w": "k"}, t="L")
    enough = Relation(parse_size("H + k - 1"), "≤", parse_size("L"))
    work = Working(theorem, numbers, (around, plain), (enough,))
    work.chain(
        "The circular convolution, rewritten",
        0,
        move("round once", letter="m"),
        move("name", number=2, words="the plain convolution"),
    )
    return work.derivation("what the circular convolution is", (), (on_the_circle(),))


@theorem(
    title="A circular convolution is a circulant matrix",
    chapter=CHAPTER,
    hypotheses=("the padding is circular",),
    sources=("Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.1",),
    settings=("n",),
    uses=("conv-is-a-toeplitz-matrix",),
    without={"the padding is circular": Search("n ≤ 3, k = 3, zeros in the padding", not_circulant)},
)
def circular_conv_is_a_circulant_matrix(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every n: Y = T·X, where T[i,x] is g[y] for the one y with n ∣ x + y − i. It depends on i − x up to multiples
    of n only: each row is the row above, moved by one, and what leaves on the right comes in on the left. A layer with
    circular padding is such a convolution, with w[u] at the place p − d·u of g, up to multiples of n: this is tried.
    """
    conv = stated(ROUND, {"g": "n", "X": "n"}, i="n")
    matrix = stated("T[i,x] = Σ_{y<n, m<2 : i = x + y - n*m} g[y]", {"g": "n"}, None, (), i="n", x="n")
    product = stated("Y[i] = T[i,x]*X[x]", {"T": "n,n", "X": "n"})
    work = Working(theorem, numbers, (conv, matrix, product))
    work.chain(
        "The circular convolution, rewritten",
        0,
        move("sum in turn", outer="x"),
        move("take out", index="y"),
        move("name", number=2, words="the entry of the matrix"),
        move("recognise", number=3, words="a matrix times a vector"),
    )
    work.chain("The entries of the matrix", 1, move("as a multiple", letter="m"))
    return work.derivation("the matrix of the circular convolution", (), (transformed(),))


@theorem(
    title="A circular convolution along two axes is a circulant matrix of circulant matrices",
    chapter=CHAPTER,
    hypotheses=("the padding is circular",),
    sources=("Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.1",),
    settings=("n", "r"),
    uses=("circular-conv-is-a-circulant-matrix", "conv-2d-is-a-matrix-of-matrices"),
    without={"the padding is circular": Search("n ≤ 3, k = 3, zeros in the padding, one row", not_circulant)},
)
def circular_conv_2d_is_a_block_circulant_matrix(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every n and r: Y = T·X, where T[i,j,x,z] is g[y,t] for the one y with n ∣ x + y − i and the one t with
    r ∣ z + t − j. Block (i, x) holds all j and z: the blocks depend on i − x up to multiples of n only, and in each
    block the entries on j − z up to multiples of r.
    """
    meets = "i = x + y - n*m, j = z + t - r*l"
    text = f"Y[i,j] = Σ_{{x<n, z<r, y<n, m<2, t<r, l<2 : {meets}}} g[y,t]*X[x,z]"
    conv = stated(text, {"g": "n,r", "X": "n,r"}, i="n", j="r")
    text, sizes = f"T[i,j,x,z] = Σ_{{y<n, m<2, t<r, l<2 : {meets}}} g[y,t]", {"i": "n", "j": "r", "x": "n", "z": "r"}
    matrix = stated(text, {"g": "n,r"}, None, (), **sizes)
    product = stated("Y[i,j] = T[i,j,x,z]*X[x,z]", {"T": "n,r,n,r", "X": "n,r"})
    work = Working(theorem, numbers, (conv, matrix, product))
    entry = move("name", number=2, words="the entry of the matrix")
    last = move("recognise", number=3, words="a matrix times a vector")
    turn = move("sum in turn", outer="x z"), move("take out", index="y")
    work.chain("The circular convolution, rewritten", 0, *turn, entry, last)
    work.chain("The entries of the matrix", 1, move("as a multiple", letter="m"), move("as a multiple", letter="l"))
    return work.derivation("the matrix of the circular convolution", (), (blocks(),))


@theorem(
    title="The discrete Fourier transform makes a circular convolution a product",
    chapter=CHAPTER,
    hypotheses=("ω^n = 1",),
    sources=(OPPENHEIM,),
    settings=("n", "f"),
    uses=("circular-conv-is-a-circulant-matrix",),
    without={"ω^n = 1": Search("n ≤ 3, ω = 2, entries 0 and 1", no_root)},
)
def circular_conv_is_a_product_under_the_dft(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every n and every frequency f ≥ 1, with ω any number with ω^n = 1, kept as a letter: F[r] is what stands
    before ω^r in the transform Σ Y[i]·ω^(f·i) of the circular convolution Y of g and X, and P[r] what stands before
    it in the product of the transforms of g and X. Both are B[r]. So the circulant matrix acts on each frequency by one
    factor: the transform makes it diagonal.
    """
    definitions = (
        _transform("F", "Y", "r", "i"),
        stated(ROUND, {"g": "n", "X": "n"}, i="n"),
        stated("P[r] = Σ_{q<n, t<n, m<2 : r = q + t - n*m} G[q]*V[t]", {"G": "n", "V": "n"}, None, ("G", "V"), r="n"),
        _transform("G", "g", "q", "y"),
        _transform("V", "X", "t", "x"),
        stated("B[r] = Σ_{x<n, y<n, m<2*f : r = f*x + f*y - n*m} g[y]*X[x]", {"g": "n", "X": "n"}, r="n"),
    )
    work = Working(theorem, numbers, definitions)
    last = (
        move("count the rounds", letter="m", place="r", rounds=parse_size("2*f")),
        move("name", number=6),
    )
    work.chain(
        "The transform of the convolution",
        0,
        move("insert", number=2),
        move("one sum"),
        move("as a multiple", letter="m"),
        move("as a multiple", letter="m'"),
        move("one residue", letter="i"),
        *last,
    )
    rounds = [move("as a multiple", letter=letter) for letter in ("m", "m'", "m''")]
    inserted = [move("insert", number=number) for number in (4, 5)]
    residues = [move("one residue", letter=letter) for letter in ("q", "t")]
    product = (*inserted, move("multiply out"), move("one sum"), *rounds, *residues, *last)
    work.chain("The product of the transforms", 2, *product)
    return work.derivation("the transform of the convolution", (), (transformed(),))
