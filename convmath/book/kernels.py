"""Convolutions with dilation, groups or a stride are plain convolutions with another kernel, or with fewer outputs."""

from __future__ import annotations

from convmath.book.entries import Theorem, theorem
from convmath.book.working import Working, move, stated
from convmath.proof.derivation import Derivation

CHAPTER = "Equivalences"


@theorem(
    title="A dilated convolution is a convolution whose kernel has zeros between its weights",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Dumoulin & Visin (2016), section 5.1, which has the size k + (k − 1)·(d − 1) of that kernel",),
    settings=("N", "C", "O", "L", "k", "s", "p", "d"),
    example={"N": 1, "C": 64, "O": 64, "L": 56, "k": 3, "s": 1, "p": 2, "d": 2},
)
def dilated_conv_is_conv_with_zeros_in_the_kernel(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For one spatial axis and all sizes, strides and paddings: spread the k weights d places apart, V[o,c,t] = Σ_u [t
    = d·u]·W[o,c,u] for t < d·(k − 1) + 1. The convolution with V, undilated, is the convolution with W dilated by d,
    of the same size.
    """
    image, pads = {"X": "N,C,L", "b": "O"}, {"X": "0,0,p"}
    long = "d*(k-1)+1"
    plain = stated("Y[n,o,i] = b[o] + V[o,c,t]*X[n,c,s*i+t-p]", image | {"V": f"O,C,{long}"}, pads)
    spread = stated("V[o,c,t] = W[o,c,u] where t = d*u", {"W": "O,C,k"}, inputs=(), t=long)
    dilated = stated("Y[n,o,i] = b[o] + W[o,c,u]*X[n,c,s*i+d*u-p]", image | {"W": "O,C,k"}, pads)
    work = Working(theorem, numbers, (plain, spread, dilated))
    work.chain(
        "The convolution with the long kernel, rewritten",
        0,
        move("insert", number=2),
        move("multiply out"),
        move("exchange", outer="u"),
        move("one value meets it", index="t"),
        move("one sum"),
        move("recognise", number=3, words="the convolution dilated by d"),
    )
    work.extent("How many outputs it has", 0, 2, "L'")
    work.extent("How many outputs the dilated one has", 2, 2, "M'")
    work.count("How many weights the long kernel has, with its zeros", 0, "parameters", "F")
    work.count("How many weights the dilated convolution has", 2, "parameters", "E")
    names = {"L'": "outputs", "M'": "outputs when dilated", "F": "with zeros", "E": "dilated"}
    return work.derivation("one convolution that gives the same", work.lines(**names))


@theorem(
    title="A grouped convolution is a convolution whose weight is block-diagonal",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Krizhevsky, Sutskever & Hinton, ImageNet Classification (2012), which has two groups on two processors",),
    settings=("N", "g", "B", "D", "L", "k", "s", "p", "d"),
    example={"N": 1, "g": 4, "B": 16, "D": 32, "L": 56, "k": 3, "s": 1, "p": 1, "d": 1},
)
def grouped_conv_has_a_block_diagonal_weight(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For one spatial axis and all sizes: number the input channels B·e + c and the output channels D·m + o. The
    weight V that has the g blocks W[r,o,c,u] at m = e = r, and 0 elsewhere, makes the convolution over all channels
    the grouped one.
    """
    image, pads = {"X": "N,g,B,L", "b": "g,D"}, {"X": "0,0,0,p"}
    place = "s*i+d*u-p"
    dense = stated(f"Y[n,m,o,i] = b[m,o] + V[m,o,e,c,u]*X[n,e,c,{place}]", image | {"V": "g,D,g,B,k"}, pads)
    blocks = stated("V[m,o,e,c,u] = W[r,o,c,u] where m = r, e = r", {"W": "g,D,B,k"}, inputs=(), m="g", e="g")
    grouped = stated(f"Y[n,m,o,i] = b[m,o] + W[m,o,c,u]*X[n,m,c,{place}]", image | {"W": "g,D,B,k"}, pads)
    work = Working(theorem, numbers, (dense, blocks, grouped))
    _only_the_blocks(work, "e", "the grouped convolution")
    names = {"F": "over all channels", "E": "grouped"}
    return work.derivation("one convolution that gives the same", work.lines(**names))


def ratio(work: Working) -> None:
    """The numbers that both layers learn, without the bias: what is compared is their multiply-adds."""
    for subject, name, words in ((0, "F", "over all channels"), (2, "E", "in groups")):
        work.count(f"What the convolution {words} learns", subject, "parameters", name)


def _only_the_blocks(work: Working, channel: str, words: str) -> None:
    """The weight that is 0 outside of its blocks put in, the sum over ``channel`` done, and what both layers learn."""
    work.chain(
        "The convolution over all channels, rewritten",
        0,
        move("insert", number=2),
        move("multiply out"),
        move("one sum"),
        move("solve", letter="r"),
        *(move("one value meets it", index=index) for index in ("r", channel)),
        move("recognise", number=3, words=words),
    )
    ratio(work)


@theorem(
    title="A depthwise convolution is a convolution whose weight is diagonal over the channels",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Chollet, Xception (2017), in words",),
    settings=("N", "C", "H", "W", "k", "s", "p", "d"),
    example={"N": 1, "C": 64, "H": 56, "W": 56, "k": 3, "s": 1, "p": 1, "d": 1},
    uses=("grouped-conv-has-a-block-diagonal-weight",),
)
def depthwise_conv_has_a_diagonal_weight(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: as many groups as channels, so blocks of 1×1. The weight V[o,c,u,v] that is w[o,u,v] where o = c,
    and 0 elsewhere, makes the convolution over all channels one that works on each channel alone.
    """
    image, pads = {"X": "N,C,H,W"}, {"X": "0,0,p,p"}
    place = "s*i+d*u-p,s*j+d*v-p"
    dense = stated(f"Y[n,o,i,j] = V[o,c,u,v]*X[n,c,{place}]", image | {"V": "C,C,k,k"}, pads)
    blocks = stated("V[o,c,u,v] = w[r,u,v] where o = r, c = r", {"w": "C,k,k"}, inputs=(), o="C", c="C")
    alone = stated(f"Y[n,o,i,j] = w[o,u,v]*X[n,o,{place}]", image | {"w": "C,k,k"}, pads)
    work = Working(theorem, numbers, (dense, blocks, alone))
    _only_the_blocks(work, "c", "the depthwise convolution")
    names = {"F": "over all channels", "E": "depthwise"}
    return work.derivation("one convolution that gives the same", work.lines(**names))


@theorem(
    title="A convolution with stride s is every s-th output of the convolution with stride 1",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Dumoulin & Visin (2016), section 1.1, which shows it in a figure",),
    settings=("N", "C", "O", "L", "k", "s", "p", "d"),
    example={"N": 1, "C": 64, "O": 64, "L": 56, "k": 3, "s": 2, "p": 1, "d": 1},
)
def strided_conv_is_a_subsampled_conv(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For one spatial axis and all sizes, paddings and dilations: Y[n,o,i] = Z[n,o,s·i], with Z the convolution with
    stride 1, at every i with s·i < Q where Q is how many outputs Z has. These are all the outputs that the strided
    convolution has.
    """
    shapes, pads = {"X": "N,C,L", "W": "O,C,k", "b": "O"}, {"X": "0,0,p"}
    size = "L+2*p-d*(k-1)"
    subsampled = stated("Y[n,o,i] = Z[n,o,s*i]", {"Z": f"N,O,{size}"})
    one = stated("Z[n,o,x] = b[o] + W[o,c,u]*X[n,c,x+d*u-p]", shapes, pads, x=size)
    strided = stated("Y[n,o,i] = b[o] + W[o,c,u]*X[n,c,s*i+d*u-p]", shapes, pads)
    work = Working(theorem, numbers, (subsampled, one, strided))
    work.extent("How many outputs are left of Z", 0, 2, "P")
    work.extent("How many outputs the strided convolution has", 2, 2, "L'")
    work.chain(
        "Every s-th output, rewritten",
        0,
        move("insert", number=2),
        move("recognise", number=3, words="the convolution with stride s"),
    )
    names = {"P": "every s-th output", "L'": "outputs with stride s"}
    return work.derivation("the same outputs, and as many", work.lines(**names))
