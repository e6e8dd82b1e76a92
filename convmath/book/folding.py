"""A scale and a shift per channel, as batch normalisation has them, folded into the convolution beside it."""

from __future__ import annotations

from convmath.book.counterexamples import fold_on_arrays, own_statistics
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, stated
from convmath.proof.derivation import Derivation

CHAPTER = "Equivalences"
IOFFE = "Ioffe & Szegedy, Batch Normalization (2015), section 3.1, which fixes the statistics at inference"
PLACES = {"Z": "N,g,D,P,Q", "a": "g,D", "t": "g,D"}
FIXED = {"the statistics are fixed": Search("two pixels of one channel, entries up to 2", own_statistics)}
IMAGE = {"X": "N,g,B,H,W"}


@theorem(
    title="Batch normalisation after a convolution folds into it",
    chapter=CHAPTER,
    hypotheses=("the statistics are fixed",),
    sources=(IOFFE,),
    settings=("N", "g", "B", "D", "H", "W", "P", "Q", "k", "s", "p", "d"),
    example={"N": 1, "g": 1, "B": 64, "D": 64, "H": 56, "W": 56, "P": 56, "Q": 56, "k": 3, "s": 1, "p": 1, "d": 1},
    without=FIXED,
)
def batch_norm_folds_into_the_conv_before_it(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, any stride, padding, dilation and groups: a·(W ∗ X + b) + t, with a scale a and a shift t for
    each output channel, is the convolution with the weight a·W and the bias a·b + t. Channel o of group m is number
    D·m + o: axis 0 of the weight. Batch normalisation at inference has a = γ/√(σ² + ε), t = β − a·μ.
    """
    norm = stated("Y[n,m,o,i,j] = a[m,o]*Z[n,m,o,i,j] + t[m,o]", PLACES, inputs=("Z",))
    taps = "X[n,m,c,s*i+d*u-p,s*j+d*v-p]"
    pads = {"X": "0,0,0,p,p"}
    kernel = {"W": "g,D,B,k,k", "b": "g,D"}
    conv = stated(f"Z[n,m,o,i,j] = b[m,o] + W[m,o,c,u,v]*{taps}", IMAGE | kernel, pads, i="P", j="Q")
    weight = stated("V[m,o,c,u,v] = a[m,o]*W[m,o,c,u,v]", {"a": "g,D", "W": "g,D,B,k,k"}, inputs=())
    bias = stated("e[m,o] = a[m,o]*b[m,o] + t[m,o]", {"a": "g,D", "b": "g,D", "t": "g,D"}, inputs=())
    folded = {"V": "g,D,B,k,k", "e": "g,D"}
    one = stated(f"Y[n,m,o,i,j] = e[m,o] + V[m,o,c,u,v]*{taps}", IMAGE | folded, pads, i="P", j="Q")
    work = Working(theorem, numbers, (norm, conv, weight, bias, one))
    fold(work, "the convolution with the weight a·W and the bias a·b + t")
    return costs(work)


def fold(work: Working, words: str) -> None:
    """The definitions are: the scale and the shift, what they are taken of, weight, bias, and the whole."""
    work.chain(
        "The scale and the shift after it, rewritten",
        0,
        move("insert", number=2),
        move("multiply out"),
        move("name", number=3, words="the weight, scaled along its output channels"),
        move("name", number=4, words="the bias"),
        move("recognise", number=5, words=words),
    )


def costs(work: Working) -> Derivation:
    """What is learned in two layers, and in the one."""
    work.count("What the layer learns", 1, "parameters", "F")
    work.count("What the scale and the shift are", 0, "parameters", "G")
    work.count("What is left after folding", 4, "parameters", "E")
    names = {"F": "numbers in the layer", "G": "numbers in scale and shift", "E": "numbers after folding"}
    return work.derivation("one layer that gives the same", work.lines(**names), fold_on_arrays())


@theorem(
    title="Batch normalisation after a transposed convolution folds into it",
    chapter=CHAPTER,
    hypotheses=("the statistics are fixed",),
    sources=(IOFFE,),
    settings=("N", "g", "B", "D", "L", "T", "k", "s", "p", "d"),
    example={"N": 1, "g": 1, "B": 64, "D": 32, "L": 14, "T": 28, "k": 4, "s": 2, "p": 1, "d": 1},
    uses=("batch-norm-folds-into-the-conv-before-it",),
    without=FIXED,
)
def batch_norm_folds_into_the_transposed_conv_before_it(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For one spatial axis and all sizes, any stride, padding, dilation, groups and number T of places: the weight of
    a transposed convolution is W[m,c,o,u], input channel c of group m first (axis 0, number B·m + c) and then the
    output channel o within the group (axis 1). The scale goes along axis 1: it is a[m,o], another for each group.
    """
    norm = stated("Y[n,m,o,x] = a[m,o]*Z[n,m,o,x] + t[m,o]", {"Z": "N,g,D,T", "a": "g,D", "t": "g,D"}, inputs=("Z",))
    places = "X[n,m,c,i] where x = s*i+d*u-p"
    entry, kernel = {"X": "N,g,B,L"}, {"W": "g,B,D,k", "b": "g,D"}
    conv = stated(f"Z[n,m,o,x] = b[m,o] + W[m,c,o,u]*{places}", entry | kernel, x="T")
    weight = stated("V[m,c,o,u] = a[m,o]*W[m,c,o,u]", {"a": "g,D", "W": "g,B,D,k"}, inputs=())
    bias = stated("e[m,o] = a[m,o]*b[m,o] + t[m,o]", {"a": "g,D", "b": "g,D", "t": "g,D"}, inputs=())
    one = stated(f"Y[n,m,o,x] = e[m,o] + V[m,c,o,u]*{places}", entry | {"V": "g,B,D,k", "e": "g,D"}, x="T")
    work = Working(theorem, numbers, (norm, conv, weight, bias, one))
    fold(work, "the transposed convolution with the weight a·W and the bias a·b + t")
    return costs(work)
