"""What convolutions cost: parameters and multiply-adds, and the ratios between layers."""

from __future__ import annotations

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.misfits import cut_channels, narrower_between, other_products
from convmath.book.working import Working, move, stated
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.tidy import tidy
from convmath.language.tree import Int, Relation, Sym
from convmath.operators.conv import conv2d
from convmath.operators.conv_transpose import conv_transpose2d
from convmath.proof.derivation import Derivation

CHAPTER = "Costs"
MOBILE = "Howard et al., MobileNets (2017), section 3.1"
DIVIDES = "g divides C and O"
GRID = "N,C,s*(H-1)+k,s*(W-1)+k"
"""An input from which windows of k at stride s make H×W outputs, no place left over."""


def grouped() -> Definition:
    """A convolution in groups, with every hyper-parameter a letter."""
    return conv2d("C", "O", "k", "s", "p", "d", "g").general


def sliding(text: str, **shapes: str) -> Definition:
    """A layer on an input from which its windows make H×W outputs."""
    return stated(text, {"X": GRID, **shapes})


@theorem(
    title="The parameters of a convolution in groups",
    chapter=CHAPTER,
    hypotheses=(DIVIDES,),
    sources=("PyTorch, torch.nn.Conv2d, “Variables”, which gives the shapes",),
    settings=("C", "O", "k", "g"),
    example={"C": 64, "O": 128, "k": 3, "g": 4},
    without={DIVIDES: cut_channels("grouped-conv-parameters", "P")},
)
def grouped_conv_parameters(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, any stride, padding and dilation: O·(C/g)·k² weights, and O biases."""
    work = Working(theorem, numbers, (grouped(),))
    work.count("How many parameters there are", 0, "parameters", "P")
    return work.derivation("how many numbers are learned", work.lines(P="parameters"))


@theorem(
    title="What a convolution in groups costs",
    chapter=CHAPTER,
    hypotheses=(DIVIDES,),
    sources=(MOBILE + ", without groups, stride and padding",),
    settings=("N", "C", "O", "H", "W", "k", "s", "p", "d", "g"),
    example={"N": 1, "C": 64, "O": 128, "H": 56, "W": 56, "k": 3, "s": 2, "p": 1, "d": 1, "g": 4},
    without={DIVIDES: cut_channels("grouped-conv-cost", "M")},
)
def grouped_conv_cost(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: N·H'·W' outputs a channel, each a sum of k²·C/g products: with padding counted as if it were
    multiplied.
    """
    work = Working(theorem, numbers, (grouped(),))
    work.extent("What becomes of the height", 0, 2, "H'")
    work.extent("What becomes of the width", 0, 3, "W'")
    work.count("How many multiply-adds there are", 0, "multiply-adds", "M", i="H'", j="W'")
    return work.derivation(
        "how many products there are", work.lines(**{"H'": "height", "W'": "width"}, M="multiply-adds")
    )


@theorem(
    title="What a transposed convolution costs is counted on its input",
    chapter=CHAPTER,
    hypotheses=(DIVIDES,),
    sources=("Dumoulin & Visin (2016), section 4.1, which says that its input is the other's output",),
    settings=("N", "C", "O", "H", "W", "k", "g"),
    example={"N": 1, "C": 64, "O": 32, "H": 14, "W": 14, "k": 4, "g": 1},
    without={DIVIDES: cut_channels("transposed-conv-cost-is-on-its-input", "M")},
)
def transposed_conv_cost_is_on_its_input(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, any stride, padding and output padding: every entry of the N×C×H×W input is multiplied by
    k²·O/g weights. The size of the output does not appear.
    """
    work = Working(theorem, numbers, (conv_transpose2d("C", "O", "k", "s", "p", "a", "g").general,))
    work.count("How many multiply-adds there are", 0, "multiply-adds", "M")
    return work.derivation("how many products there are", work.lines(M="multiply-adds"))


@theorem(
    title="g groups divide the cost by g",
    chapter=CHAPTER,
    hypotheses=(DIVIDES,),
    sources=("Krizhevsky et al., ImageNet Classification (2012), section 3.5, which halves a network",),
    settings=("N", "C", "O", "H", "W", "k", "s", "g"),
    example={"N": 1, "C": 64, "O": 128, "H": 28, "W": 28, "k": 3, "s": 1, "g": 4},
    without={DIVIDES: cut_channels("groups-divide-the-cost", "G")},
)
def groups_divide_the_cost(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: the same convolution in g groups takes a g-th of the multiply-adds."""
    whole = sliding("Y[n,o,i,j] = W[o,c,u,v]*X[n,c,s*i+u,s*j+v]", W="O,C,k,k")
    parts = stated(
        "Y[n,(O/g)*m+o,i,j] = W[(O/g)*m+o,c,u,v]*X[n,(C/g)*m+c,s*i+u,s*j+v]",
        {"X": GRID, "W": "O,C/g,k,k"},
        m="g",
        c="C/g",
        o="O/g",
    )
    work = Working(theorem, numbers, (whole, parts))
    grid(work)
    work.count("What the convolution costs", 0, "multiply-adds", "M", i="P", j="Q")
    work.count("What it costs in groups", 1, "multiply-adds", "G", i="P", j="Q")
    ratio(work, "M/G", "how many times as much")
    return work.derivation("what groups save", work.lines(M="without groups", G="in groups", R="ratio"))


@theorem(
    title="A depthwise separable convolution costs 1/O + 1/k² of a standard one",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(MOBILE + ", the ratio after equation 5",),
    settings=("N", "C", "O", "H", "W", "k", "s"),
    example={"N": 1, "C": 64, "O": 128, "H": 56, "W": 56, "k": 3, "s": 1},
    uses=("pointwise-cost",),
)
def depthwise_separable_cost_ratio(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and strides: one k×k filter for each channel and then a 1×1 convolution to O channels take
    1/O + 1/k² of the multiply-adds of a k×k convolution to O channels.
    """
    standard = sliding("Y[n,o,i,j] = W[o,c,u,v]*X[n,c,s*i+u,s*j+v]", W="O,C,k,k")
    depthwise = sliding("Z[n,c,i,j] = V[c,u,v]*X[n,c,s*i+u,s*j+v]", V="C,k,k")
    pointwise = stated("Y[n,o,i,j] = U[o,c]*Z[n,c,i,j]", {"U": "O,C", "Z": "N,C,H,W"}, None, ("Z",))
    work = Working(theorem, numbers, (standard, depthwise, pointwise))
    grid(work)
    work.count("What the standard convolution costs", 0, "multiply-adds", "M", i="P", j="Q")
    work.count("What one filter for each channel costs", 1, "multiply-adds", "D", i="P", j="Q")
    work.count("What the 1×1 convolution costs", 2, "multiply-adds", "E")
    ratio(work, "(D+E)/M", "the two together, over the one")
    names = {"M": "standard", "D": "depthwise", "E": "1×1", "R": "ratio"}
    return work.derivation("what part of the cost is left", work.lines(**names))


@theorem(
    title="n stacked 3×3 convolutions have 9·n/(2·n + 1)² of the weights of one as wide",
    chapter=CHAPTER,
    hypotheses=("C channels throughout",),
    sources=("Simonyan & Zisserman, Very Deep Convolutional Networks (2015), section 2.3, for n = 3",),
    settings=("C", "n"),
    example={"C": 64, "n": 3},
    without={"C channels throughout": Search("n = 2, up to 2 channels", narrower_between)},
)
def stacked_3x3_weights_ratio(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all C and n: n layers of 3×3 from C to C channels have 9·n·C² weights, and one of (2n+1)×(2n+1), which n
    layers of 3×3 span, has (2·n + 1)²·C².
    """
    small = stated("Y[m,o,i,j] = W[o,c,u,v]*X[m,c,i+u,j+v]", {"X": "N,C,H,W", "W": "C,C,k,k"})
    large = stated("Y[m,o,i,j] = V[o,c,u,v]*X[m,c,i+u,j+v]", {"X": "N,C,H,W", "V": "C,C,2*n+1,2*n+1"})
    three = (("k", Int(3)),)
    work = Working(theorem, numbers, (small, large), (Relation(Sym("k"), "=", Int(3)),))
    work.count("How many weights one small layer has", 0, "parameters", "P", three)
    work.count("How many weights the large layer has", 1, "parameters", "Q")
    ratio(work, "n*P/Q", "n small layers, over the large one", "C*C")
    return work.derivation("what part of the weights is left", work.lines(P="one 3×3", Q="the large one", R="ratio"))


def grid(work: Working) -> None:
    """The height and the width that come out, by the names P and Q."""
    work.extent("How many rows come out", 0, 2, "P")
    work.extent("How many columns come out", 0, 3, "Q")


def ratio(work: Working, value: str, words: str, common: str = "") -> None:
    """R, a quotient of what was counted, in its plainest form."""
    read = move("read a quantity", name="R", value=parse_size(value), words=words)
    last = move("cancel", by=tidy(parse_size(common))) if common else move("arithmetic")
    work.chain(f"The ratio: {words}", 0, read, move("put in"), last)


@theorem(
    title="The multiplications of a 3×3 convolution that touch no padded zero",
    chapter=CHAPTER,
    hypotheses=("k = 3", "p = 1", "s = 1"),
    sources=("Counted here; the usual counts, as in Dumoulin & Visin (2016), take padded zeros for inputs",),
    settings=("H", "W"),
    example={"H": 28, "W": 28},
    without={
        "k = 3": Search("k = 1, inputs up to 4×4", lambda: other_products(k=1)),
        "p = 1": Search("p = 0, inputs up to 4×4", lambda: other_products(p=0)),
        "s = 1": Search("s = 2, inputs up to 4×4", lambda: other_products(s=2)),
    },
)
def unpadded_multiplications_of_3x3(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H and W: 3×3 with padding 1 takes 9·H·W multiplications for a pair of channels, and (3·H − 2)·(3·W − 2)
    of them touch no padded zero.
    """
    layer = stated("Y[i,j] = V[u,v]*X[i+u-p,j+v-p]", {"X": "H,W", "V": "k,k"}, {"X": "p,p"})
    values = (("k", Int(3)), ("p", Int(1)))
    work = Working(theorem, numbers, (layer,), tuple(Relation(Sym(name), "=", value) for name, value in values))
    work.extent("What becomes of the height", 0, 0, "H'", values)
    work.extent("What becomes of the width", 0, 1, "W'", values)
    work.count("How many multiplications there are", 0, "multiply-adds", "M", values[:1], i="H'", j="W'")
    sizes = (("i", Sym("H'")), ("j", Sym("W'")))
    work.chain(
        "How many touch no padded zero",
        0,
        move("read the multiply-adds inside", name="T", sizes=sizes),
        move("put in"),
        move("put", values=values),
        move("sums apart"),
        move("one by one", index="u v"),
        move("count between", index="i"),
        move("count between", index="j"),
        move("arithmetic"),
    )
    names = {"M": "multiplications", "T": "of them inside"}
    return work.derivation("how many products have no padded zero in them", work.lines(**names))
