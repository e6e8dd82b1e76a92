"""Gradients of transposed convolutions: the two passes of a convolution change places."""

from __future__ import annotations

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.gradients import CHAPTER, LAYER
from convmath.book.raised import none_left
from convmath.book.roles import collected, conv, enough, role, sized, transposed
from convmath.book.windows import PAPER
from convmath.book.working import Working, move
from convmath.language.tree import Sym
from convmath.proof.derivation import Derivation

SOME_LEFT = "1 ≤ s·(L − 1) + d·(k − 1) − p − q + a + 1"
NONE_LEFT = {SOME_LEFT: Search("L, k ≤ 3, s ≤ 2 and p = q ≤ 3, with a = 0 and d = 1", none_left)}
ITS = {"L": 3, "k": 3, "s": 2, "p": 1, "q": 1, "d": 1, "a": 1}


@theorem(
    title="The input gradient of a transposed convolution is a convolution",
    chapter=CHAPTER,
    hypotheses=(SOME_LEFT,),
    sources=(f"{PAPER}, section 4.1, in words",),
    settings=(*LAYER, "a"),
    uses=("input-gradient-of-a-conv-is-a-transposed-conv",),
    example=ITS,
    without=NONE_LEFT,
)
def input_gradient_of_a_transposed_conv_is_a_conv(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with G = ∂L/∂Y and D[y,e] = ∂Y[y]/∂X[e]: ∂L/∂X is the convolution of G with the same weights,
    stride, padding and dilation. It has P = L + ⌊a / s⌋ places, and the first L are ∂L/∂X: all of them exactly where
    a ≤ s − 1.
    """
    layer, back = transposed(), role(conv(), "C→O O→C L→E c→o o→e i→x n→m", X="G", Y="dX")
    work = Working(theorem, numbers, (layer, collected(layer, "X", "m,e,x", t="E"), back), derived=("E",))
    work.extent("How many places the transposed convolution writes", 0, 2, "E")
    work.chain(
        "The gradient, rewritten",
        1,
        move("put in the slope", slope="D", array="X", number=1, within="x"),
        *(move("multiply out"), move("one sum")),
        *(move("one value meets it", index=index) for index in "nc"),
        move("one value meets it", index="t"),
        move("one value meets it", index="i"),
        move("recognise", number=3, words="a convolution of G with the same W"),
    )
    sized(work, "How many places that has", 2, "x", "P", move("out of the floor", value=Sym("L") - 1))
    enough(work, "When there are no more than X has", "L", "P")
    return work.derivation("what ∂L/∂X is", work.lines(E="outputs", P="places of the convolution"))


@theorem(
    title="The weight gradient of a transposed convolution: the two inputs change roles",
    chapter=CHAPTER,
    hypotheses=(SOME_LEFT,),
    sources=(f"{PAPER}, section 4.1, which exchanges the two passes in words",),
    settings=(*LAYER, "a"),
    uses=("weight-gradient-exchanges-stride-and-dilation",),
    example=ITS,
    without=NONE_LEFT,
)
def weight_gradient_of_a_transposed_conv_reads_g_in_windows(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with G = ∂L/∂Y and D[y,e] = ∂Y[y]/∂W[e]: ∂L/∂W is the convolution of G with X as its kernel, its
    stride d and its dilation s, the batch summed: that of a convolution, with X and G in each other's place. It has
    K = k + ⌊a / d⌋ places, and the first k are ∂L/∂W.
    """
    letters = "N→O C→N O→C k→L L→E s→d d→s n→f o→e i→v c→n u→i"
    layer, back = transposed(), role(conv(), letters, "X dW G", X="G", W="X", Y="dW")
    work = Working(theorem, numbers, (layer, collected(layer, "W", "e,f,v", t="E"), back), derived=("E",))
    work.extent("How many places the transposed convolution writes", 0, 2, "E")
    work.chain(
        "The gradient, rewritten",
        1,
        move("put in the slope", slope="D", array="W", number=1, within="v"),
        *(move("multiply out"), move("one sum")),
        *(move("one value meets it", index=index) for index in "co"),
        move("one value meets it", index="t"),
        move("one value meets it", index="u"),
        move("recognise", number=3, words="a convolution of G with the kernel X"),
    )
    sized(work, "How many places that has", 2, "v", "K", move("out of the floor", value=Sym("k") - 1))
    enough(work, "When there are no more than k", "k", "K")
    return work.derivation("what ∂L/∂W is", work.lines(E="outputs", K="places of the convolution"))
