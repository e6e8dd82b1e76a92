"""What a convolution commutes with when its kernel is larger than 1×1, and a 1×1 as such a convolution."""

from __future__ import annotations

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.misfits import between_strides, padded_shift, two_weights
from convmath.book.working import Working, move, stated
from convmath.proof.derivation import Derivation

CHAPTER = "The 1×1 convolution"


@theorem(
    title="A 1×1 convolution is a larger one with one weight that is not 0",
    chapter=CHAPTER,
    hypotheses=("V is 0 beside its middle",),
    sources=("No publication is known that writes it out",),
    settings=("N", "C", "O", "H", "W", "p"),
    example={"N": 1, "C": 192, "O": 192, "H": 28, "W": 28, "p": 1},
    uses=("conv-is-sum-over-channels",),
    without={"V is 0 beside its middle": Search("3×3, two pixels, weights 0 and 1", two_weights)},
)
def pointwise_is_a_larger_conv_with_one_weight(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and every p ≥ 0: the convolution with padding p whose kernel V, of 2·p + 1 by 2·p + 1 weights,
    holds W[o,c] in its middle and 0 elsewhere is the 1×1 convolution with W. What the other weights read is what a 1×1
    lacks.
    """
    image, side = {"X": "N,C,H,W"}, "2*p+1"
    large = stated("Y[n,o,i,j] = V[o,c,t,r]*X[n,c,i+t-p,j+r-p]", image | {"V": f"O,C,{side},{side}"}, {"X": "0,0,p,p"})
    text = "V[o,c,t,r] = Σ_{u<1, v<1 : t = u + p, r = v + p} W[o,c,u,v]"
    middle = stated(text, {"W": "O,C,1,1"}, inputs=(), t=side, r=side)
    small = stated("Y[n,o,i,j] = W[o,c,u,v]*X[n,c,i+u,j+v]", image | {"W": "O,C,1,1"})
    work = Working(theorem, numbers, (large, middle, small))
    moves = move("insert", number=2), move("multiply out"), move("exchange", outer="u v")
    met = move("one value meets it", index="t"), move("one value meets it", index="r"), move("one sum")
    last = move("recognise", number=3, words="the 1×1 convolution")
    work.chain("The larger convolution, rewritten", 0, *moves, *met, last)
    work.count("How many weights the larger one has, with its zeros", 0, "parameters", "F")
    work.count("How many weights the 1×1 has", 2, "parameters", "E")
    return work.derivation("what the larger convolution is", work.lines(F="with zeros", E="1×1"))


@theorem(
    title="A convolution commutes with a shift by multiples of its stride, away from the border",
    chapter=CHAPTER,
    hypotheses=("p = 0", "the stride divides the shift"),
    sources=("Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.2, in words, for stride 1",),
    settings=("N", "C", "O", "L", "P", "k", "s", "d", "m"),
    example={"N": 1, "C": 3, "O": 64, "L": 28, "P": 26, "k": 3, "s": 1, "d": 1, "m": 2},
    uses=("pointwise-is-translation-equivariant",),
    without={
        "p = 0": Search("k = 3, p = 1, inputs of up to 4 places with entries 0 and 1", padded_shift),
        "the stride divides the shift": Search("k = 1, s = 2, inputs of 3 places", between_strides),
    },
)
def conv_commutes_with_shifts(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For one spatial axis and all sizes: moved by s·m places, Z[n,c,x] = X[n,c,x + s·m], the input gives the outputs
    moved by m, Y[n,o,i] = B[n,o,i + m], where B is the convolution of X: both are A. Every window lies in X, with no
    padding. A 1×1 commutes with every permutation of the pixels; a larger kernel with shifts only.
    """
    weights, reads = {"W": "O,C,k", "b": "O"}, "b[o] + W[o,c,u]"
    image, longer = {"X": "N,C,L+s*m"}, weights | {"X": "N,C,L+s*m"}
    conv = stated(f"Y[n,o,i] = {reads}*Z[n,c,s*i+d*u]", weights | {"Z": "N,C,L"}, None, ("Z",), i="P")
    moved = stated("Z[n,c,x] = X[n,c,x+s*m]", image, x="L")
    whole = stated(f"B[n,o,i] = {reads}*X[n,c,s*i+d*u]", longer, i="P+m")
    after = stated("Y[n,o,i] = B[n,o,i+m]", {"B": "N,O,P+m"}, None, ("B",), i="P")
    both = stated(f"Y[n,o,i] = {reads}*X[n,c,s*i+d*u+s*m]", longer, i="P")
    work = Working(theorem, numbers, (conv, moved, whole, after, both))
    same = move("recognise", number=5, words="windows that begin s·m places further on")
    work.chain("The convolution of the moved input", 0, move("insert", number=2), same)
    work.chain("The convolution, moved", 3, move("insert", number=3), same)
    work.count("How many weights both take", 0, "parameters", "F")
    return work.derivation("what the convolution of the moved input is", work.lines(F="parameters"))


@theorem(
    title="A 1×1 convolution whose outputs are split is a 1×1 convolution for each part",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Szegedy et al., Going Deeper with Convolutions (2015), section 4, which has several 1×1 on one input",),
    settings=("N", "C", "A", "B", "H", "W"),
    example={"N": 1, "C": 192, "A": 64, "B": 96, "H": 28, "W": 28},
    uses=("pointwise-over-concat-is-sum",),
)
def split_pointwise_is_a_pointwise_for_each_part(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: of a 1×1 convolution with A + B filters, the first A channels are the 1×1 convolution with the
    first A rows of W, and the other B that with the other rows. So branches that start with a 1×1 on the same input
    may compute it at once: the dual of a 1×1 over concatenated branches.
    """
    image, taps = {"X": "N,C,H,W"}, "*X[n,c,i,j]"
    whole = stated(f"T[n,o,i,j] = W[o,c]{taps}", image | {"W": "A+B,C"}, inputs=("X",))
    parts = []
    for name, kernel, count, place in (("Y", "U", "A", "o"), ("Z", "V", "B", "A+o")):
        parts += [
            stated(f"{name}[n,o,i,j] = T[n,{place},i,j]", {"T": "N,A+B,H,W"}, None, ("T",), o=count),
            stated(f"{kernel}[o,c] = W[{place},c]", {"W": "A+B,C"}, None, (), o=count),
            stated(f"{name}[n,o,i,j] = {kernel}[o,c]{taps}", image | {kernel: f"{count},C"}, inputs=("X",)),
        ]
    work = Working(theorem, numbers, (whole, *parts))
    for first, words in ((1, "first A"), (4, "other B")):
        named = (
            move("name", number=first + 2),
            move("recognise", number=first + 3, words="a 1×1 convolution"),
        )
        work.chain(f"The {words} channels, rewritten", first, move("insert", number=1), *named)
    for subject, name, part in ((0, "M", "whole"), (3, "M_A", "first part"), (6, "M_B", "other part")):
        work.count(f"What the {part} costs", subject, "multiply-adds", name)
    names = {"M": "all at once", "M_A": "the first part", "M_B": "the other part"}
    return work.derivation("what each part is", work.lines(**names))
