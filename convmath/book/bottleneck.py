"""What a 1×1 convolution costs, and what it saves."""

from __future__ import annotations

from convmath.book.dropped import other_count, other_ratio, saves_or_not
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, saves, stated
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.tree import Expr, Int, Relation, Sym
from convmath.operators.conv import conv2d
from convmath.proof.derivation import Derivation

CHAPTER = "The 1×1 convolution"
NIN = "Lin, Chen & Yan, Network in Network (2014), section 3.1"
INCEPTION = "Szegedy et al., Going Deeper with Convolutions (2015), section 4"
ONE = (("k", Int(1)), ("p", Int(0)))
MODULE = {"N": 1, "C": 192, "O": 192, "H": 28, "W": 28}


def changed(what: str) -> dict[str, Search]:
    """Each hypothesis about the window, dropped: the least other number in its place."""
    return {
        "k = 1": Search("kernels of 2, inputs up to 4×4", lambda: other_count(what, k=2)),
        "p = 0": Search("padding 1, inputs up to 4×4", lambda: other_count(what, p=1)),
        "s = 1": Search("stride 2, inputs up to 4×4", lambda: other_count(what, s=2)),
    }


def pointwise(theorem: Theorem, numbers: dict[str, int], *more: Definition) -> Working:
    """A convolution with k = 1 and p = 0 assumed."""
    conv = conv2d("C", "O", "k", padding="p").definition
    return Working(theorem, numbers, (conv, *more), tuple(Relation(Sym(name), "=", value) for name, value in ONE))


@theorem(
    title="A 1×1 convolution learns one weight for each pair of channels",
    chapter=CHAPTER,
    hypotheses=("k = 1",),
    sources=(NIN,),
    settings=("C", "O"),
    example={"C": 192, "O": 192},
    without={"k = 1": Search("kernels of 2", lambda: other_count("parameters", k=2))},
)
def pointwise_parameters(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: a 1×1 convolution from C to O channels has C·O weights and O biases, whatever the grid."""
    work = pointwise(theorem, numbers)
    work.count("How many parameters there are", 0, "parameters", "P", put=ONE[:1])
    return work.derivation("how many numbers are learned", work.lines(P="parameters"))


@theorem(
    title="A 1×1 convolution multiplies once for each pixel and pair of channels",
    chapter=CHAPTER,
    hypotheses=("k = 1", "p = 0", "s = 1"),
    sources=(NIN,),
    settings=("N", "C", "O", "H", "W"),
    example=MODULE,
    without=changed("multiply-adds"),
)
def pointwise_cost(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: a 1×1 convolution of stride 1 without padding keeps the H×W grid, and takes N·H·W·C·O
    multiply-adds.
    """
    work = pointwise(theorem, numbers)
    grid(work, 0, *ONE)
    work.count("How many multiply-adds there are", 0, "multiply-adds", "M", i="H'", j="W'", put=ONE[:1])
    return work.derivation(
        "how many products there are", work.lines(**{"H'": "height", "W'": "width"}, M="multiply-adds")
    )


@theorem(
    title="A 1×1 convolution reduces the volume exactly when it has fewer filters than channels",
    chapter=CHAPTER,
    hypotheses=("k = 1", "p = 0", "s = 1"),
    sources=(NIN,),
    settings=("N", "C", "O", "H", "W"),
    example=MODULE,
    without=changed("outputs"),
    uses=("pointwise-cost",),
)
def pointwise_reduces_iff_fewer_filters(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: the grid stays H×W and the channels become O, so there are fewer values after a 1×1 convolution
    than before exactly when O < C, more exactly when C < O, and else as many.
    """
    work = pointwise(theorem, numbers, stated("X'[n,c,i,j] = X[n,c,i,j]", {"X": "N,C,H,W"}))
    for subject, name, word in ((1, "E", "before"), (0, "F", "after")):
        for axis, size in enumerate(("N", "C", "H", "W")):
            work.extent(f"The size of axis {axis} {word}", subject, axis, f"{size}_{name}", ONE if not subject else ())
        volume = parse_size("*".join(f"{size}_{name}" for size in "NCHW"))
        read = move(
            "read a quantity", name=name, value=volume, words=f"one value at every place {word} the convolution"
        )
        work.chain(f"How many values there are {word}", subject, read, move("put in"))
    saves(work, "F", "E", "there are fewer values after than before", ("N*H*W",))
    saves(work, "E", "F", "there are more values after than before", ("N*H*W",))
    names = {"C_F": "channels after", "H_F": "height after", "W_F": "width after", "E": "values before"}
    return work.derivation("when there are fewer values", work.lines(**names, F="values after"))


@theorem(
    title="A 1×1 convolution before a k×k one saves exactly below a bound on its filters",
    chapter=CHAPTER,
    hypotheses=("p = (k − 1)/2", "s = 1"),
    sources=(INCEPTION,),
    settings=("N", "C", "O", "R", "H", "W", "k"),
    example={"N": 1, "C": 192, "O": 32, "R": 16, "H": 28, "W": 28, "k": 5},
    uses=("pointwise-cost",),
    without={
        "p = (k − 1)/2": Search("k = 3 and p = 0, inputs up to 6×6, up to 4 channels", lambda: saves_or_not(p=0)),
        "s = 1": Search("k = 3 and s = 2, inputs up to 6×6, up to 4 channels", lambda: saves_or_not(s=2)),
    },
)
def bottleneck_saves_iff(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and odd k, at stride 1 with the padding that keeps the grid: a 1×1 convolution to R channels and
    then k×k to O channels takes fewer multiply-adds than k×k straight exactly when R·(C + k²·O) < k²·C·O.
    """
    straight = stated("Y[n,o,i,j] = W[o,c,u,v]*X[n,c,i+u-p,j+v-p]", KERNEL | {"X": "N,C,H,W"}, {"X": "0,0,p,p"})
    first = stated("Z[n,r,i,j] = U[r,c]*X[n,c,i,j]", {"U": "R,C", "X": "N,C,H,W"})
    then = stated(
        "Y[n,o,i,j] = V[o,r,u,v]*Z[n,r,i+u-p,j+v-p]", {"V": "O,R,k,k", "Z": "N,R,H,W"}, {"Z": "0,0,p,p"}, ("Z",)
    )
    same = parse_size("(k-1)/2")
    work = Working(theorem, numbers, (straight, first, then), (Relation(Sym("p"), "=", same),))
    grid(work, 0, ("p", same))
    work.count("What k×k straight costs", 0, "multiply-adds", "M_1", i="H'", j="W'")
    work.count("What 1×1 to R channels costs", 1, "multiply-adds", "M_2")
    work.count("What k×k from R channels costs", 2, "multiply-adds", "M_3", i="H'", j="W'")
    both = move("read a quantity", name="M", value=parse_size("M_2+M_3"), words="one after the other")
    work.chain("What the two cost together", 0, both, move("put in"))
    saves(work, "M", "M_1", "the two together cost less", ("N*H*W",), ("R",))
    names = {"M_1": "k×k straight", "M_2": "1×1 to R", "M_3": "k×k from R", "M": "the two together"}
    return work.derivation("when the two cost less than the one", work.lines(**names))


@theorem(
    title="A k×k convolution costs k² times a 1×1 convolution",
    chapter=CHAPTER,
    hypotheses=("p = (k − 1)/2", "s = 1"),
    sources=(NIN + ", which does not compare the costs",),
    settings=("N", "C", "O", "H", "W", "k"),
    example={**MODULE, "k": 5},
    uses=("pointwise-cost", "pointwise-parameters"),
    without={
        "p = (k − 1)/2": Search("k = 3 and p = 0, inputs up to 6×6", lambda: other_ratio(3, 1, 0)),
        "s = 1": Search("k = 3 and s = 2, inputs up to 6×6", lambda: other_ratio(3, 2, 1)),
    },
)
def wide_conv_costs_k_squared_times_a_pointwise(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and odd k, from the same C channels to the same O, both on the whole H×W grid: a k×k convolution
    takes k² times the multiply-adds of a 1×1, and has k² times its weights. So the 1×1 costs 1/k² of it.
    """
    wide = stated("Y[n,o,i,j] = W[o,c,u,v]*X[n,c,i+u-p,j+v-p]", KERNEL | {"X": "N,C,H,W"}, {"X": "0,0,p,p"})
    narrow = stated("Y[n,o,i,j] = U[o,c]*X[n,c,i,j]", {"U": "O,C", "X": "N,C,H,W"})
    same = parse_size("(k-1)/2")
    work = Working(theorem, numbers, (wide, narrow), (Relation(Sym("p"), "=", same),))
    grid(work, 0, ("p", same))
    work.count("What k×k costs", 0, "multiply-adds", "M_1", i="H'", j="W'")
    work.count("What 1×1 costs", 1, "multiply-adds", "M_2")
    work.count("How many weights k×k has", 0, "parameters", "P_1")
    work.count("How many weights 1×1 has", 1, "parameters", "P_2")
    for name, letter, words in (("R", "M", "the cost of k×k, over that of 1×1"), ("S", "P", "the weights of both")):
        read = move("read a quantity", name=name, value=parse_size(f"{letter}_1/{letter}_2"), words=words)
        work.chain(f"The ratio: {words}", 0, read, move("put in"), move("arithmetic"))
    names = {"M_1": "k×k", "M_2": "1×1", "R": "ratio of the costs", "S": "ratio of the weights"}
    return work.derivation("how many times as much k×k costs", work.lines(**names))


KERNEL = {"W": "O,C,k,k"}


def grid(work: Working, subject: int, *values: tuple[str, Expr]) -> None:
    """The height and the width that come out."""
    work.extent("What becomes of the height", subject, 2, "H'", values)
    work.extent("What becomes of the width", subject, 3, "W'", values)
