"""The 1×1 convolution and the pixels: what it mixes, what it leaves where it is."""

from __future__ import annotations

from convmath.book.compare import another_pixel
from convmath.book.dropped import bias_moved, elementwise_differ, moved_otherwise, one_channel_is_enough, several_pixels
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, stated
from convmath.language.around import Around
from convmath.language.definition import Definition
from convmath.language.functions import Function
from convmath.language.tree import Int, Relation, Sym
from convmath.operators.declare import declare
from convmath.proof.derivation import Derivation, Trial

CHAPTER = "The 1×1 convolution"
NIN = "Lin, Chen & Yan, Network in Network (2014)"
IMAGE = {"X": "N,C,H,W"}
WIDER = {"k = 1": Search("kernels of 3, inputs up to 6 along each axis", lambda: another_pixel(2, {"k": 3}))}
RELU = Around(result=Function("relu"))


@theorem(
    title="A 1×1 convolution mixes channels, and no pixels",
    chapter=CHAPTER,
    hypotheses=("k = 1",),
    sources=(NIN + ", section 3.1, in words",),
    settings=("C", "O"),
    example={"C": 192, "O": 64},
    without=WIDER,
    uses=("pointwise-conv-is-per-pixel-linear",),
)
def pointwise_mixes_channels_not_pixels(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: the slope of the output o at pixel (i, j) by the input e at pixel (x, y) is W[o,e] where the
    pixels (and the examples) are the same, and 0 elsewhere.
    """
    conv = stated("Y[n,o,i,j] = W[o,c]*X[n,c,i,j]", IMAGE | {"W": "O,C"})
    work = Working(theorem, numbers, (conv,))
    work.chain(
        "How an output depends on one entry of the input",
        0,
        move("read the slope", array="X", letters="m e x y", name="D"),
        move("one value meets it", index="c"),
    )
    work.count("How many numbers the slopes are taken from", 0, "parameters", "P")
    return work.derivation("the slope of each output by each input", work.lines(P="weights"))


@theorem(
    title="A 1×1 convolution commutes with every permutation of the pixels",
    chapter=CHAPTER,
    hypotheses=("k = 1", "every row of Q sums to 1"),
    sources=("Cohen & Welling, Group Equivariant Convolutional Networks (2016), section 2, for shifts",),
    settings=("N", "C", "O", "P"),
    example={"N": 1, "C": 192, "O": 64, "P": 784},
    uses=("pointwise-conv-is-per-pixel-linear",),
    without={
        "k = 1": Search("kernels of 3 and permutations of up to 4 pixels", moved_otherwise),
        "every row of Q sums to 1": Search("one pixel, small numbers", bias_moved),
    },
)
def pointwise_is_translation_equivariant(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and every matrix Q that moves the pixels: the 1×1 convolution moved by Q is the 1×1 convolution
    of the moved input, its bias times the row sums S of Q. A permutation, such as a circular shift, has S = 1: it
    commutes with the convolution, bias included.
    """
    moved = stated("Y[n,o,x] = Q[x,y]*V[n,o,y]", {"Q": "P,P", "V": "N,O,P"}, inputs=("V",))
    conv = stated("V[n,o,y] = b[o] + W[o,c]*X[n,c,y]", {"X": "N,C,P", "W": "O,C", "b": "O"})
    shifted = stated("Z[n,c,x] = Q[x,y]*X[n,c,y]", {"Q": "P,P", "X": "N,C,P"})
    sums = stated("S[x] = Q[x,y]", {"Q": "P,P"}, inputs=())
    after = stated(
        "Y[n,o,x] = S[x]*b[o] + W[o,c]*Z[n,c,x]", {"S": "P", "b": "O", "W": "O,C", "Z": "N,C,P"}, inputs=("Z",)
    )
    work = Working(theorem, numbers, (moved, conv, shifted, sums, after))
    work.chain(
        "The convolution, moved, rewritten",
        0,
        move("insert", number=2),
        move("multiply out"),
        move("exchange", outer="c"),
        move("take out", index="y"),
        move("name", number=3, words="the moved input"),
        move("name", number=4, words="the sum of a row of Q"),
        move("recognise", number=5, words="the convolution of the moved input"),
    )
    work.count("What the convolution costs, wherever the pixels are", 1, "multiply-adds", "M")
    return work.derivation("what the moved convolution is", work.lines(M="multiply-adds"))


@theorem(
    title="A 1×1 convolution with ReLU is one fully connected layer, applied at every pixel",
    chapter=CHAPTER,
    hypotheses=("k = 1", "p = 0"),
    sources=(NIN + ", section 3.1, equation 2",),
    settings=("C", "O", "R"),
    example={"C": 192, "O": 96, "R": 96},
    uses=("pointwise-conv-is-per-pixel-linear",),
    without=WIDER | {"p = 0": Search("padding 1, inputs up to 6 along each axis", lambda: another_pixel(2, {"p": 1}))},
)
def pointwise_relu_is_a_per_pixel_layer(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: a 1×1 convolution and then ReLU is relu(W·x + b) of each pixel x; two in a row are a network of
    two layers of each pixel. The same weights serve all pixels.
    """
    text = "Y[n,o,i,j] = b[o] + W[o,c,u,v]*X[n,c,i+u-p,j+v-p]"
    conv = _with_relu(text, IMAGE | {"W": "O,C,k,k", "b": "O"}, {"X": "0,0,p,p"})
    layer = _with_relu("Y[n,o,i,j] = b[o] + W[o,c]*X[n,c,i,j]", IMAGE | {"W": "O,C", "b": "O"})
    second = _with_relu("T[n,r,i,j] = a[r] + V[r,o]*Y[n,o,i,j]", {"a": "R", "V": "R,O", "Y": "N,O,H,W"}, inputs=("Y",))
    one = (("k", Int(1)), ("p", Int(0)))
    work = Working(theorem, numbers, (conv, layer, second), tuple(Relation(Sym(n), "=", v) for n, v in one))
    work.chain(
        "One layer, rewritten",
        0,
        move("put", values=one),
        move("sum over one value", indices="u v"),
        move("abbreviate"),
        move("recognise", number=2, words="relu of W·x + b, with x the pixel X[n, :, i, j]"),
        move("the same everywhere", indices="i j"),
    )
    work.chain("Two layers in a row", 2, move("insert", number=2), move("the same everywhere", indices="i j"))
    work.count("What the first layer learns", 1, "parameters", "P")
    work.count("What the second layer learns", 2, "parameters", "Q")
    names = {"P": "parameters of the first", "Q": "parameters of the second"}
    return work.derivation("what is computed at each pixel", work.lines(**names))


def _with_relu(
    text: str, shapes: dict[str, str], padding: dict[str, str] | None = None, inputs: tuple[str, ...] | None = None
) -> Definition:
    return declare("the formula", text, shapes, padding or {}, inputs, around=RELU).general


@theorem(
    title="A fully connected layer is a convolution whose kernel covers its input",
    chapter=CHAPTER,
    hypotheses=("the kernel is as large as the input", "p = 0"),
    sources=("Long, Shelhamer & Darrell, Fully Convolutional Networks (2015), section 3.1, in words",),
    settings=("N", "C", "O", "H", "W"),
    example={"N": 1, "C": 512, "O": 4096, "H": 7, "W": 7},
    without={
        "the kernel is as large as the input": Search("inputs up to 4×4, smaller kernels", lambda: several_pixels(0)),
        "p = 0": Search("inputs up to 4×4, padding 1", lambda: several_pixels(1)),
    },
)
def fully_connected_is_conv(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: a convolution with an H×W kernel on a C×H×W input has one output pixel, and there it is the
    linear layer that takes all C·H·W entries.
    """
    conv = stated("Y[n,o,i,j] = b[o] + V[o,c,u,v]*X[n,c,i+u,j+v]", IMAGE | {"V": "O,C,H,W", "b": "O"})
    linear = stated("Y[n,o,i,j] = b[o] + V[o,c,u,v]*X[n,c,u,v]", IMAGE | {"V": "O,C,H,W", "b": "O"}, i="1", j="1")
    work = Working(theorem, numbers, (conv, linear))
    work.extent("How many rows come out", 0, 2, "H'")
    work.extent("How many columns come out", 0, 3, "W'")
    work.chain(
        "The one output pixel, rewritten",
        0,
        move("the only place", index="i", size="H'"),
        move("the only place", index="j", size="W'"),
        move("recognise", number=2, words="the linear layer on all entries"),
    )
    work.count("How many parameters there are", 0, "parameters", "P")
    return work.derivation("what the convolution gives", work.lines(**{"H'": "height", "W'": "width"}, P="parameters"))


PIXELS = {"V": (1, 0), "U": (1, 1), "T": (0, 0)}
"""Three pixels of two channels, by the names of what the layer makes of them."""


@theorem(
    title="ReLU alone cannot compare two channels; a 1×1 convolution with ReLU can",
    chapter=CHAPTER,
    hypotheses=("w = (1, −1)",),
    sources=(NIN + ", section 3.1, which says that it lets channels interact",),
    settings=("N",),
    example={"N": 1},
    uses=("pointwise-relu-is-a-per-pixel-layer", "pointwise-mixes-channels-not-pixels"),
    without={"w = (1, −1)": Search("weights 0 and 1, pixels of 0 and 1", one_channel_is_enough)},
)
def relu_alone_cannot_compare_channels(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """relu(X[n,0] − X[n,1]), more cat than dog, is 1 at the pixel (1, 0) and 0 at (1, 1) and (0, 0). A function of
    each entry alone makes the same of channel 0 at (1, 0) and (1, 1), and of channel 1 at (1, 0) and (0, 0): so none
    of its channels is this function.
    """
    layer = _with_relu("Y[n] = X[n,0] - X[n,1]", {"X": "N,2"})
    work = Working(theorem, numbers, (layer, stated("Z[n] = X[n,0] - X[n,1]", {"X": "N,2"})))
    work.chain(
        "How the difference depends on channel e",
        1,
        move("read the slope", array="X", letters="m e", name="D"),
    )
    for name, (cat, dog) in PIXELS.items():
        entries = (("0", Int(cat)), ("1", Int(dog)))
        read = move("read at an input", array="X", entries=entries, name=name)
        work.chain(f"What the layer makes of the pixel ({cat}, {dog})", 0, read, move("relu of a number"))
    names = {name: f"at ({cat}, {dog})" for name, (cat, dog) in PIXELS.items()}
    trial = Trial("every function of one channel on pixels of 0 and 1 differs from it", elementwise_differ((1, -1)))
    return work.derivation("what the layer makes of three pixels", work.lines(**names), (trial,))
