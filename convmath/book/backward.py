"""Gradients of linear layers, mean pooling and the linear parts of a normalisation."""

from __future__ import annotations

from convmath.book.entries import Theorem, theorem
from convmath.book.gradients import CHAPTER
from convmath.book.roles import collect, collected, role
from convmath.book.windows import slid, where_none_fits
from convmath.book.working import Working, stated
from convmath.operators.declare import declare
from convmath.operators.linear import linear
from convmath.operators.pool import avg_pool1d
from convmath.proof.derivation import Derivation

DEEP = "Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.5"
NORM = "Ioffe & Szegedy, Batch Normalization (2015), section 3"


@theorem(
    title="The gradients of a linear layer are two matrix products",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(f"{DEEP}.6, which gives both for a matrix product",),
    settings=("N", "C", "O"),
    example={"N": 32, "C": 512, "O": 10},
)
def linear_gradients_are_matrix_products(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with Y = X·Wᵀ + b, G = ∂L/∂Y and D the slope of Y: ∂L/∂X = G·W and ∂L/∂W = Gᵀ·X, each as many
    multiply-adds as the layer itself.
    """
    layer = linear("C", "O").general
    of_x = stated("dX[m,e] = G[m,o]*W[o,e]", {"G": "N,O", "W": "O,C"}, inputs=("G",))
    of_w = stated("dW[e,f] = G[n,e]*X[n,f]", {"G": "N,O", "X": "N,C"}, inputs=("G", "X"))
    by_x, by_w = collected(layer, "X", "m,e"), collected(layer, "W", "e,f")
    work = Working(theorem, numbers, (layer, by_x, of_x, by_w, of_w))
    collect(work, "∂L/∂X, rewritten", "X", "n c", 3, "the matrix product G·W")
    collect(work, "∂L/∂W, rewritten", "W", "o c", 5, "the matrix product of Gᵀ and X", subject=3)
    for subject, name in ((0, "M"), (2, "A"), (4, "B")):
        work.count(f"What {work.definitions[subject].output} costs", subject, "multiply-adds", name)
    names = {"M": "the layer", "A": "∂L/∂X", "B": "∂L/∂W"}
    return work.derivation("what ∂L/∂X and ∂L/∂W are", work.lines(**names))


@theorem(
    title="Average pooling hands back a k-th of the output gradient to each place of its window",
    chapter=CHAPTER,
    hypotheses=("k ≤ L + p + q",),
    sources=(f"{DEEP}.2, the chain rule that is used",),
    settings=("L", "k", "s", "p", "q"),
    example={"L": 6, "k": 3, "s": 2, "p": 1, "q": 1},
    without={"k ≤ L + p + q": where_none_fits(lambda: slid("Y[i] = X[s*i+u-p]", "p", reduce="mean"))},
)
def average_pooling_hands_back_equal_parts(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, padding counted, with G = ∂L/∂Y and D the slope of Y: each place of X gets G / k from every window
    that it lies in. This is the transposed convolution of each channel by itself whose weights are all 1 / k.
    """
    layer = avg_pool1d("k", "s", (("p", "q"),)).general
    text, pads = "dX[m,e,x] = 1/k*G[m,e,i] where x = s*i+u-p", {"dX": "0,0,(p,q)"}
    back = declare("spread", text, {"G": "N,C,H"}, pads, ("G",), ranges={"u": "k"}).general
    work = Working(theorem, numbers, (layer, collected(layer, "X", "m,e,x", i="H"), back), (), ("H",))
    work.extent("How many windows there are", 0, 2, "H")
    collect(work, "The gradient, rewritten", "X", "n c", 3, "a transposed convolution with all weights 1/k")
    return work.derivation("what ∂L/∂X is", work.lines(H="windows"))


@theorem(
    title="Global average pooling hands back the same to every pixel",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Lin, Chen & Yan, Network in Network (2014), section 3.2, for the layer",),
    settings=("N", "C", "P"),
    example={"N": 1, "C": 512, "P": 49},
)
def global_average_hands_back_the_same_everywhere(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with P pixels along all axes together, G = ∂L/∂Y and D the slope of Y: ∂L/∂X is G[m,e] / P at
    every pixel of channel e of example m.
    """
    layer = declare("mean", "Y[n,c] = X[n,c,i]", {"X": "N,C,P"}, {}, reduce="mean").general
    back = stated("dX[m,e,x] = 1/P*G[m,e]", {"G": "N,C"}, inputs=("G",), x="P")
    work = Working(theorem, numbers, (layer, collected(layer, "X", "m,e,x"), back))
    collect(work, "The gradient, rewritten", "X", "n c i", 3, "the same at every pixel", "x")
    work.extent("How many pixels get it", 2, 2, "P'")
    return work.derivation("what ∂L/∂X is", work.lines(**{"P'": "pixels"}))


@theorem(
    title="Centring is its own gradient: the mean of the gradient is taken off",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(f"{NORM}, the backward formulas, where this is the part through the mean",),
    settings=("C", "M"),
    example={"C": 64, "M": 1792},
)
def centring_is_its_own_gradient(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with M entries in each channel, those of all examples and places, G = ∂L/∂Y and D the slope of Y:
    where a normalisation takes the mean of each channel off, ∂L/∂X is G with the mean of each channel taken off. What
    goes through the variance is not covered here.
    """
    layer = stated("Y[c,i] = X[c,i] - 1/M*X[c,j]", {"X": "C,M"})
    back = role(layer, "c→e i→x j→i", X="G", Y="dX")
    work = Working(theorem, numbers, (layer, collected(layer, "X", "e,x"), back))
    collect(work, "The gradient, rewritten", "X", "c i j", 3, "G, centred", "x")
    work.extent("How many entries a channel has", 2, 1, "M'")
    return work.derivation("what ∂L/∂X is", work.lines(**{"M'": "entries"}))


@theorem(
    title="The gradients of a scale and a shift",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(f"{NORM}, the backward formulas for γ and β",),
    settings=("N", "C", "L"),
    uses=("bias-gradient-is-the-sum",),
    example={"N": 32, "C": 64, "L": 56},
)
def scale_and_shift_gradients_are_sums(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with Y = w·X + b for each channel, G = ∂L/∂Y and D the slope of Y: ∂L/∂X is w·G, ∂L/∂w the sum of
    G·X, and ∂L/∂b the sum of G, both over the batch and all places.
    """
    layer = stated("Y[n,c,i] = w[c]*X[n,c,i] + b[c]", {"X": "N,C,L", "w": "C", "b": "C"})
    given = {"G": "N,C,L", "X": "N,C,L"}
    backs = {
        "X": ("f,e,x", "n c i", stated("dX[f,e,x] = w[e]*G[f,e,x]", {"G": "N,C,L", "w": "C"}, inputs=("G",)), "x"),
        "w": ("e", "c", stated("dw[e] = G[n,e,i]*X[n,e,i]", given, inputs=("G", "X")), ""),
        "b": ("e", "c", stated("db[e] = G[n,e,i]", {"G": "N,C,L"}, inputs=("G",)), ""),
    }
    pairs = [(collected(layer, array, entry), back) for array, (entry, _, back, _) in backs.items()]
    work = Working(theorem, numbers, (layer, *(item for pair in pairs for item in pair)))
    for at, (array, (_, fixed, _, within)) in enumerate(backs.items()):
        words = "the scaled gradient" if array == "X" else "the sum over batch and places"
        collect(work, f"∂L/∂{array}, rewritten", array, fixed, 2 * at + 3, words, within, 2 * at + 1)
    work.count("How many numbers the layer learns", 0, "parameters", "P")
    return work.derivation("what the three gradients are", work.lines(P="parameters"))
