"""Transposed convolutions as plain convolutions: zeros stuffed between the inputs, or pixels shuffled."""

from __future__ import annotations

from convmath.book.counterexamples import blocks_overlap, negative_padding
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.windows import PAPER
from convmath.book.working import Working, move, stated
from convmath.language.parse import parse_size
from convmath.language.tree import Sym
from convmath.proof.derivation import Derivation

CHAPTER = "Equivalences"


@theorem(
    title="A transposed convolution is a convolution of the input with zeros between its entries",
    chapter=CHAPTER,
    hypotheses=("p ≤ d·(k − 1)",),
    sources=(f"{PAPER}, relationships 13 and 14, which have the sizes and leave p ≤ k − 1 unsaid",),
    settings=("N", "C", "O", "L", "k", "s", "p", "d", "a"),
    example={"N": 1, "C": 64, "O": 32, "L": 14, "k": 4, "s": 2, "p": 1, "d": 1, "a": 0},
    without={"p ≤ d·(k − 1)": Search("inputs up to 4, kernels up to 3, p up to 3", negative_padding)},
)
def transposed_conv_is_conv_of_the_stuffed_input(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For one spatial axis and all sizes with p ≤ d·(k − 1): put s − 1 zeros between the entries of X, turn the kernel
    round, and convolve with stride 1, dilation d and the padding d·(k − 1) − p, and a more after: that is the
    transposed convolution with stride s, dilation d, padding p and output padding a.
    """
    back = "d*(k-1)-p"
    conv = stated(
        f"Y[n,o,t] = F[o,c,u]*S[n,c,t+d*u-({back})]",
        {"F": "O,C,k", "S": "N,C,s*(L-1)+1"},
        {"S": f"0,0,({back},{back}+a)"},
        ("S",),
    )
    stuffed = stated("S[n,c,x] = X[n,c,i] where x = s*i", {"X": "N,C,L"}, x="s*(L-1)+1")
    turned = stated("F[o,c,u] = W[c,o,k-1-u]", {"W": "C,O,k"}, inputs=(), u="k")
    transposed = stated(
        "Y[n,o,t] = W[c,o,u]*X[n,c,i] where t = s*i+d*u-p", {"W": "C,O,k", "X": "N,C,L"}, {"Y": "0,0,(p,p-a)"}
    )
    work = Working(theorem, numbers, (conv, stuffed, turned, transposed))
    work.chain(
        "The convolution of the stuffed input, rewritten",
        0,
        move("insert", number=3),
        move("backwards", index="u"),
        move("insert", number=2),
        move("multiply out"),
        move("one sum"),
        move("solve", letter="t"),
        move("recognise", number=4, words="the transposed convolution: the products of its place t"),
    )
    work.extent("How many outputs the convolution has", 0, 2, "L'")
    work.extent("How many places the transposed convolution writes", 3, 2, "T")
    work.count("What the convolution costs, zeros included", 0, "multiply-adds", "M", t="L'")
    work.count("What the transposed convolution costs", 3, "multiply-adds", "E")
    names = {"L'": "outputs", "T": "places written", "M": "with the zeros", "E": "without"}
    return work.derivation("one convolution that gives the same", work.lines(**names))


@theorem(
    title="A transposed convolution whose kernel is its stride is a 1×1 convolution and pixel shuffle",
    chapter=CHAPTER,
    hypotheses=("k = s = r", "p = 0"),
    sources=("Shi et al., Is the deconvolution layer the same as a convolutional layer? (2016), arXiv:1609.07009",),
    settings=("N", "C", "O", "H", "W", "r"),
    example={"N": 1, "C": 64, "O": 3, "H": 28, "W": 28, "r": 2},
    without={
        "k = s = r": Search("kernels up to 3, strides up to 3, two inputs", lambda: blocks_overlap(0)),
        "p = 0": Search("kernel and stride 2, p = 1, two inputs", lambda: blocks_overlap(1)),
    },
)
def transposed_conv_with_k_equal_s_is_pixel_shuffle(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with an r×r kernel, stride r and no padding: place (r·i + f, r·j + h) of output channel o is
    entry (i, j) of channel o·r² + f·r + h of a 1×1 convolution, whose weight has W[c,o,f,h] there. Pixel shuffle puts
    that channel at that place.
    """
    blocks = stated("B[n,o,i,f,j,h] = Y[n,o,r*i+f,r*j+h]", {"Y": "N,O,r*H,r*W"}, f="r", h="r", i="H", j="W")
    upscaled = stated(
        "Y[n,o,x,y] = M[c,o,u,v]*X[n,c,l,e] where x = r*l+u, y = r*e+v",
        {"M": "C,O,r,r", "X": "N,C,H,W"},
        x="r*H",
        y="r*W",
    )
    weight = stated("M[c,o,u,v] = V[o*r*r+u*r+v,c]", {"V": "O*r*r,C"}, inputs=(), o="O", u="r", v="r")
    pointwise = stated("Z[n,q,i,j] = V[q,c]*X[n,c,i,j]", {"V": "O*r*r,C", "X": "N,C,H,W"})
    shuffled = stated("B[n,o,i,f,j,h] = Z[n,o*r*r+f*r+h,i,j]", {"Z": "N,O*r*r,H,W"}, o="O", f="r", h="r")
    work = Working(theorem, numbers, (blocks, upscaled, weight, pointwise, shuffled))
    channel = (("q", parse_size("o*r*r + f*r + h")),)
    work.chain(
        "The place (r·i + f, r·j + h), rewritten",
        0,
        move("insert", number=2),
        move("same digits", digits=(("l", Sym("i")), ("u", Sym("f")))),
        move("same digits", digits=(("e", Sym("j")), ("v", Sym("h")))),
        *(move("one value meets it", index=index) for index in "luev"),
        move("insert", number=3),
        move("name", number=4, values=channel, words="the 1×1 convolution with O·r² outputs"),
        move("recognise", number=5, words="pixel shuffle of the 1×1 convolution"),
    )
    work.count("What the transposed convolution costs", 1, "multiply-adds", "F")
    work.count("What the 1×1 convolution costs", 3, "multiply-adds", "E")
    names = {"F": "transposed", "E": "1×1"}
    return work.derivation("where each entry of the 1×1 convolution stands", work.lines(**names))
