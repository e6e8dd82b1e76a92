"""The 1×1 convolution as linear algebra over the channels."""

from __future__ import annotations

from convmath.book.dropped import kink
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, saves, stated
from convmath.proof.derivation import Derivation

CHAPTER = "The 1×1 convolution"
PIXEL = {"X": "N,C,H,W"}
NIN = "Lin, Chen & Yan, Network in Network (2014), section 3.1"
INCEPTION = "Szegedy et al., Going Deeper with Convolutions (2015), section 4"


@theorem(
    title="A convolution is the sum over its input channels of single-channel convolutions",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Dumoulin & Visin (2016), section 1.1, which shows it in a figure",),
    settings=("N", "C", "O", "H", "W", "k"),
    example={"N": 1, "C": 3, "O": 7, "H": 28, "W": 28, "k": 5},
)
def conv_is_sum_over_channels(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: output channel o is b[o] plus, for every input channel c, that channel convolved with its own
    slice W[o,c] of kernel o. O kernels make O output channels.
    """
    part = stated("Z[n,o,c,i,j] = W[o,c,u,v]*X[n,c,i+u,j+v]", {"X": "N,C,H,W", "W": "O,C,k,k"})
    whole = stated("Y[n,o,i,j] = b[o] + W[o,c,u,v]*X[n,c,i+u,j+v]", {"b": "O", **KERNEL})
    summed = stated("Y[n,o,i,j] = b[o] + Z[n,o,c,i,j]", {"b": "O", "Z": "N,O,C,P,Q"})
    work = Working(theorem, numbers, (whole, part, summed))
    work.chain(
        "The convolution, rewritten",
        0,
        move("sum in turn", outer="c"),
        move("name", number=2, words="channel c with its own slice of the kernel"),
        move("recognise", number=3, words="one sum over the channels"),
    )
    for axis, name in enumerate(("N'", "O'", "H'", "W'")):
        work.extent(f"How many values the output has along axis {axis}", 0, axis, name)
    names = {"O'": "output channels", "H'": "height", "W'": "width"}
    return work.derivation("what one output channel is, and how many there are", work.lines(**names))


KERNEL = {"X": "N,C,H,W", "W": "O,C,k,k"}


@theorem(
    title="A 1×1 convolution over concatenated branches is the sum of a 1×1 convolution of each",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(INCEPTION + ", which concatenates branches without this remark",),
    settings=("N", "A", "B", "O", "H", "W"),
    example={"N": 1, "A": 64, "B": 128, "O": 256, "H": 28, "W": 28},
    uses=("pointwise-conv-is-per-pixel-linear",),
)
def pointwise_over_concat_is_sum(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with X of A channels and Z of B channels end to end in T: a 1×1 convolution of T is a 1×1
    convolution of X with the first A columns of W plus one of Z with the other B.
    """
    shapes = {"X": "N,A,H,W", "Z": "N,B,H,W"}
    joined = stated(
        "T[n,t,i,j] = Σ_{c<A : t = c} X[n,c,i,j] + Σ_{e<B : t = e + A} Z[n,e,i,j]",
        shapes,
        inputs=("X", "Z"),
        t="A+B",
    )
    whole = stated("Y[n,o,i,j] = b[o] + W[o,t]*T[n,t,i,j]", {"b": "O", "W": "O,A+B", "T": "N,A+B,H,W"}, inputs=("T",))
    first = stated("U[n,o,i,j] = Σ_{c<A} W[o,c]*X[n,c,i,j]", {"W": "O,A+B", "X": "N,A,H,W"})
    second = stated("V[n,o,i,j] = Σ_{e<B} W[o,e+A]*Z[n,e,i,j]", {"W": "O,A+B", "Z": "N,B,H,W"}, inputs=("Z",))
    added = stated("Y[n,o,i,j] = b[o] + U[n,o,i,j] + V[n,o,i,j]", {"b": "O", "U": "N,O,H,W", "V": "N,O,H,W"})
    work = Working(theorem, numbers, (whole, joined, first, second, added))
    work.chain(
        "The 1×1 convolution of the concatenation, rewritten",
        0,
        move("insert", number=2),
        move("multiply out"),
        move("exchange", outer="c"),
        move("exchange", outer="e"),
        move("one value meets it", index="t"),
        move("name", number=3, words="a 1×1 convolution of X"),
        move("name", number=4, words="a 1×1 convolution of Z"),
        move("recognise", number=5, words="the two are added"),
    )
    for subject, name in enumerate(("M", "", "M_1", "M_2")):
        if name:
            work.count(f"What {work.definitions[subject].output} costs", subject, "multiply-adds", name)
    names = {"M": "over the concatenation", "M_1": "over X", "M_2": "over Z"}
    return work.derivation("what the convolution of the concatenation is made of", work.lines(**names))


@theorem(
    title="Two 1×1 convolutions in a row are one, with the product of their matrices",
    chapter=CHAPTER,
    hypotheses=("no function between them",),
    sources=("Szegedy et al., Rethinking the Inception Architecture (2016), section 2, in words",),
    settings=("C", "O", "R"),
    example={"C": 192, "O": 192, "R": 16},
    without={"no function between them": Search("one channel, weights and inputs up to 3", kink)},
    uses=("pointwise-conv-is-per-pixel-linear",),
)
def bottleneck_bounds_rank(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: V after U, through R channels, is one 1×1 convolution with the matrix A = V·U and the bias
    V·b + a. A is a sum of R products of a column and a row, so its rank is at most R.
    The two need fewer weights than one O×C matrix exactly when R < C·O/(C + O).
    """
    two = stated("Y[n,o,i,j] = a[o] + V[o,r]*Z[n,r,i,j]", {"a": "O", "V": "O,R", "Z": "N,R,H,W"}, inputs=("Z",))
    one = stated("Z[n,r,i,j] = b[r] + U[r,c]*X[n,c,i,j]", {"b": "R", "U": "R,C", "X": "N,C,H,W"})
    product = stated("A[o,c] = V[o,r]*U[r,c]", {"V": "O,R", "U": "R,C"}, inputs=())
    bias = stated("e[o] = a[o] + V[o,r]*b[r]", {"a": "O", "V": "O,R", "b": "R"}, inputs=())
    single = stated("Y[n,o,i,j] = e[o] + A[o,c]*X[n,c,i,j]", {"e": "O", "A": "O,C", "X": "N,C,H,W"})
    matrix = stated("f[o] = A[o,c]*x[c]", {"A": "O,C", "x": "C"}, inputs=("x",))
    work = Working(theorem, numbers, (two, one, product, bias, single, matrix))
    work.chain(
        "The second after the first, rewritten",
        0,
        move("insert", number=2),
        move("multiply out"),
        move("exchange", outer="c"),
        move("take out", index="r"),
        move("name", number=3, words="the product of the matrices"),
        move("name", number=4, words="the bias"),
        move("recognise", number=5, words="one 1×1 convolution with the matrix A and the bias e"),
    )
    work.count("How many weights the two matrices have", 2, "parameters", "P")
    work.count("How many weights the one matrix has", 5, "parameters", "Q")
    saves(work, "P", "Q", "the two matrices have fewer weights", (), ("R",), "O + C")
    names = {"P": "weights of the two", "Q": "weights of the one"}
    return work.derivation("what the two are together, and when they need fewer weights", work.lines(**names))


@theorem(
    title="A 1×1 convolution and global average pooling commute",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Zhou et al., Learning Deep Features for Discriminative Localization (2016), equations 1 and 2",),
    settings=("N", "C", "O", "H", "W"),
    example={"N": 1, "C": 512, "O": 1000, "H": 7, "W": 7},
    uses=("pointwise-conv-is-per-pixel-linear",),
)
def pointwise_commutes_with_global_average(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, bias included: the mean over the pixels of a 1×1 convolution is the same linear map of the mean
    over the pixels.
    """
    after = stated("Y[n,o] = mean_{i<H, j<W} Z[n,o,i,j]", {"Z": "N,O,H,W"})
    conv = stated("Z[n,o,i,j] = b[o] + M[o,c]*X[n,c,i,j]", {"b": "O", "M": "O,C", "X": "N,C,H,W"})
    mean = stated("G[n,c] = mean_{i<H, j<W} X[n,c,i,j]", {"X": "N,C,H,W"})
    before = stated("Y[n,o] = b[o] + M[o,c]*G[n,c]", {"b": "O", "M": "O,C", "G": "N,C"}, inputs=("G",))
    work = Working(theorem, numbers, (after, conv, mean, before))
    work.chain(
        "The mean of the convolution, rewritten",
        0,
        move("insert", number=2),
        move("multiply out"),
        move("the same in every term", index="i"),
        move("exchange", outer="c"),
        move("take out", index="i"),
        move("name", number=3, words="the mean of channel c"),
        move("recognise", number=4, words="the linear map of the mean"),
    )
    work.count("What the convolution of every pixel costs", 1, "multiply-adds", "M_1")
    work.count("What the linear map of the mean costs", 3, "multiply-adds", "M_2")
    names = {"M_1": "convolution first", "M_2": "mean first"}
    return work.derivation("what the mean of the convolution is", work.lines(**names))
