"""The transposed convolution: the transpose of the matrix, and the adjoint of the map."""

from __future__ import annotations

from convmath.book.clashes import inner_products, mirrored_adjoint
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, stated
from convmath.proof.derivation import Derivation

CHAPTER = "Equivalences"
PAPER = "Dumoulin & Visin (2016), arXiv:1603.07285, section 4.2"


@theorem(
    title="The matrix of a transposed convolution is the transpose of the matrix of the convolution",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(PAPER,),
    settings=("H", "M", "k", "s", "p", "d"),
    uses=("conv-is-a-toeplitz-matrix",),
)
def transposed_conv_is_the_transposed_matrix(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, k, s, p and d: the transposed convolution that adds w[u]·V[i] into place s·i + d·u − p of G is
    G[x] = Σ_{i<M} T[i,x]·V[i], with the matrix T of the convolution: its transpose times V.
    """
    added = stated("G[x] = Σ_{i<M, u<k : x = s*i + d*u - p} w[u]*V[i]", {"w": "k", "V": "M"}, None, ("V",), x="H")
    matrix = stated("T[i,x] = Σ_{u<k : x = s*i + d*u - p} w[u]", {"w": "k"}, None, (), i="M", x="H")
    product = stated("G[x] = T[i,x]*V[i]", {"T": "M,H", "V": "M"}, None, ("V",))
    work = Working(theorem, numbers, (added, matrix, product))
    work.chain(
        "The transposed convolution, rewritten",
        0,
        move("sum in turn", outer="i"),
        move("take out", index="u"),
        move("name", number=2, words="the entry of the convolution's matrix"),
        move("recognise", number=3, words="row x of the transpose times V"),
    )
    return work.derivation("the matrix of the transposed convolution")


@theorem(
    title="A transposed convolution is the adjoint of the convolution",
    chapter=CHAPTER,
    hypotheses=("X is 0 in its padding",),
    sources=(PAPER + ", which says it of the matrices",),
    settings=("N", "C", "O", "H", "k", "s", "p", "d"),
    example={"N": 1, "C": 3, "O": 16, "H": 28, "k": 3, "s": 2, "p": 1, "d": 1},
    uses=("transposed-conv-is-the-transposed-matrix",),
    without={"X is 0 in its padding": Search("X and V of up to 3 ones and zeros, k = 3, reflected", mirrored_adjoint)},
)
def transposed_conv_is_the_adjoint(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, k, s, p and d, and for every example n: ⟨V, Z⟩ = ⟨G, X⟩, where Z is the convolution of X, and G
    the transposed convolution of V with the same array W, cut to the H places of X. Proved along one axis, with all
    channels; more axes are tried.
    """
    left = stated("e[n] = V[n,o,i]*Z[n,o,i]", {"V": "N,O,M", "Z": "N,O,M"}, None, ("V", "Z"))
    conv = stated("Z[n,o,i] = W[o,c,u]*X[n,c,s*i+d*u-p]", {"W": "O,C,k", "X": "N,C,H"}, {"X": "0,0,p"})
    text = "G[n,c,x] = Σ_{o<O, i<M, u<k : x = s*i + d*u - p} W[o,c,u]*V[n,o,i]"
    back = stated(text, {"W": "O,C,k", "V": "N,O,M"}, None, ("V",), x="H")
    right = stated("e[n] = G[n,c,x]*X[n,c,x]", {"G": "N,C,H", "X": "N,C,H"}, None, ("G", "X"))
    work = Working(theorem, numbers, (left, conv, back, right), derived=("M",))
    work.extent("How many outputs the convolution has", 1, 2, "M")
    work.chain(
        "The inner product of V with the convolution, rewritten",
        0,
        move("insert", number=2),
        move("one place", array="X", axis=2, index="x"),
        move("multiply out"),
        move("one sum"),
        move("sum in turn", outer="c x"),
        move("take out", index="u"),
        move("name", number=3, words="the transposed convolution of V"),
        move("recognise", number=4, words="its inner product with X"),
    )
    return work.derivation("the inner product", work.lines(M="outputs of the convolution"), (inner_products(),))
