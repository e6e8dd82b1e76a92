"""Gradients of convolutions, and the operators that they are."""

from __future__ import annotations

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.raised import input_gradients, lost_places, weight_gradients
from convmath.book.roles import collect, collected, conv, enough, role, sized, transposed
from convmath.book.windows import PAPER, slid, where_none_fits
from convmath.book.working import Working, move, stated
from convmath.language.parse import parse_size
from convmath.language.tree import Relation, Sym
from convmath.proof.derivation import Derivation

CHAPTER = "Gradients"
DEEP = "Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.5"
FITS = "d·(k − 1) + 1 ≤ L + p + q"
REMAINDER = "a = (L + p + q − d·(k − 1) − 1) mod s"
LEFT = "L+p+q-d*(k-1)-1"
LAYER = ("L", "k", "s", "p", "q", "d")
NO_WINDOW = where_none_fits(lambda: slid("Y[i] = w[u]*X[s*i+d*u-p]", "p"))


@theorem(
    title="The input gradient of a convolution is a transposed convolution",
    chapter=CHAPTER,
    hypotheses=(FITS, REMAINDER),
    sources=(
        f"{DEEP}, equations 9.12 and 9.13, without padding and dilation",
        f"{PAPER}, section 4.1, in words, and relationship 14 for the output padding",
    ),
    settings=(*LAYER, "a"),
    uses=("output-padding-is-the-remainder",),
    example={"L": 6, "k": 3, "s": 2, "p": 1, "q": 1, "d": 1, "a": 1},
    without={FITS: NO_WINDOW, REMAINDER: Search("L ≤ 4, s ≤ 3, k ≤ L, a = 0", lost_places)},
)
def input_gradient_of_a_conv_is_a_transposed_conv(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with G = ∂L/∂Y and D[y,e] = ∂Y[y]/∂X[e]: ∂L/∂X is the transposed convolution of G with the same
    weights, stride, padding and dilation, and output padding a. It has as many places as X. This is along one axis;
    each further axis brings one more condition of the same form.
    """
    layer, back = conv(bias=True), role(transposed(), "C→O O→C L→H c→o o→e t→x n→m", X="G", Y="dX")
    remainder = parse_size(f"{LEFT}-s*floor(({LEFT})/s)")
    given = (Relation(Sym("a"), "=", remainder),)
    work = Working(theorem, numbers, (layer, collected(layer, "X", "m,e,x", i="H"), back), given, ("H",))
    work.extent("How many outputs the convolution has", 0, 2, "H")
    collect(work, "The gradient, rewritten", "X", "n c", 3, "a transposed convolution of G with the same W")
    put = move("put", values=(("a", remainder),))
    sized(work, "How many places the transposed convolution has", 2, "x", "E", put)
    return work.derivation("what ∂L/∂X is", work.lines(H="outputs", E="places of ∂L/∂X"), (input_gradients(),))


@theorem(
    title="In groups, the input gradient is the same transposed convolution in the same groups",
    chapter=CHAPTER,
    hypotheses=(FITS,),
    sources=(f"{DEEP}, equations 9.12 and 9.13, without groups",),
    settings=("g", *LAYER),
    uses=("input-gradient-of-a-conv-is-a-transposed-conv",),
    example={"g": 4, "L": 6, "k": 3, "s": 2, "p": 1, "q": 1, "d": 1},
    without={FITS: NO_WINDOW},
)
def input_gradient_stays_in_its_group(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with G = ∂L/∂Y, D the slope of Y, and the channels numbered by their group and their place in it,
    A inputs and B outputs a group: ∂L/∂X in group r is the transposed convolution of the G of group r with the weights
    of group r. Its size is that of the theorem without groups.
    """
    shapes, pads = {"X": "N,g,A,L", "W": "g,B,A,k"}, {"X": "0,0,0,(p,q)"}
    layer = stated("Y[n,m,o,i] = W[m,o,c,u]*X[n,m,c,s*i+d*u-p]", shapes, pads)
    text = "dX[f,r,e,x] = W[r,o,e,u]*G[f,r,o,i] where x = s*i+d*u-p"
    back = stated(text, {"W": "g,B,A,k", "G": "N,g,B,H"}, {"dX": "0,0,0,(p,q)"}, ("G",))
    work = Working(theorem, numbers, (layer, collected(layer, "X", "f,r,e,x", i="H"), back), (), ("H",))
    work.extent("How many outputs the convolution has", 0, 3, "H")
    collect(work, "The gradient, rewritten", "X", "n m c", 3, "a transposed convolution within each group")
    work.count("How many weights it takes", 2, "parameters", "P")
    return work.derivation("what ∂L/∂X is", work.lines(H="outputs", P="weights"))


@theorem(
    title="The weight gradient of a convolution is a convolution with stride and dilation exchanged",
    chapter=CHAPTER,
    hypotheses=(FITS,),
    sources=(f"{DEEP}, equation 9.11, without padding and dilation; that too many places may come out is left unsaid",),
    settings=LAYER,
    uses=("dilation-widens-the-window",),
    example={"L": 6, "k": 3, "s": 2, "p": 1, "q": 1, "d": 1},
    without={FITS: NO_WINDOW},
)
def weight_gradient_exchanges_stride_and_dilation(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with G = ∂L/∂Y and D[y,e] = ∂Y[y]/∂W[e]: ∂L/∂W is the convolution of X with G as its kernel, its
    stride d and its dilation s; the channels of X stand for the batch, and the batch is summed. It has
    K = k + ⌊r / d⌋ places, where r is what the last window leaves over, and the first k are ∂L/∂W. There are no more
    exactly where r ≤ d − 1; with d = 1, where nothing is left over.
    """
    letters = "N→C C→N k→H s→d d→s n→f o→e i→v c→n u→i"
    layer, back = conv(), role(conv(), letters, "X dW G", W="G", Y="dW")
    work = Working(theorem, numbers, (layer, collected(layer, "W", "e,f,v", i="H"), back), derived=("H",))
    work.extent("How many outputs the convolution has", 0, 2, "H")
    collect(work, "The gradient, rewritten", "W", "o c u", 3, "a convolution of X with the kernel G", "v")
    read = move("read a quantity", name="r", value=parse_size(f"{LEFT}-s*(H-1)"), words="places after the last window")
    work.chain("What the last window leaves over", 0, read, move("put in"), move("arithmetic"))
    back_in = move("put back", right=parse_size("floor((d*(k-1)+r)/d)+1"))
    sized(work, "How many places that has", 2, "v", "K", back_in, move("out of the floor", value=Sym("k") - 1))
    enough(work, "When there are no more than k", "k", "K")
    names = {"H": "outputs", "r": "left over", "K": "places of the convolution"}
    return work.derivation("what ∂L/∂W is", work.lines(**names), (weight_gradients(),))


@theorem(
    title="The bias gradient is the sum of the output gradient over batch and places",
    chapter=CHAPTER,
    hypotheses=(FITS,),
    sources=("Nielsen, Neural Networks and Deep Learning (2015), equation BP3, for one example and one place",),
    settings=LAYER,
    example={"L": 6, "k": 3, "s": 2, "p": 1, "q": 1, "d": 1},
    without={FITS: NO_WINDOW},
)
def bias_gradient_is_the_sum(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with G = ∂L/∂Y and D[y,e] = ∂Y[y]/∂b[e]: ∂L/∂b[e] is the sum of G[n,e,i] over all examples n and
    all places i. Neither the weights nor X appear.
    """
    layer, total = conv(bias=True), stated("db[e] = G[n,e,i]", {"G": "N,O,H"}, inputs=("G",))
    work = Working(theorem, numbers, (layer, collected(layer, "b", "e", i="H"), total), (), ("H",))
    work.extent("How many outputs the convolution has", 0, 2, "H")
    collect(work, "The gradient, rewritten", "b", "o", 3, "the sum over batch and places")
    return work.derivation("what ∂L/∂b is", work.lines(H="places that are summed"))
