"""Maximum pooling: what it commutes with, and why it is no convolution."""

from __future__ import annotations

from convmath.book.counterexamples import flat_windows, pools_apart, uneven_shift
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, stated
from convmath.proof.derivation import Derivation

CHAPTER = "Equivalences"
PLACE = "s*i+u,s*j+v"
IMAGE = {"X": "N,C,H,W"}


@theorem(
    title="Maximum pooling is not linear: of −X it is minus the minimum",
    chapter=CHAPTER,
    hypotheses=("k ≥ 2",),
    sources=("Dumoulin & Visin (2016), section 1.2, which has pooling as some other function than a sum",),
    settings=("N", "C", "H", "W", "k", "s"),
    example={"N": 1, "C": 64, "H": 56, "W": 56, "k": 2, "s": 2},
    without={"k ≥ 2": Search("windows of 1, inputs of two places with entries 0 to 2", flat_windows)},
)
def max_pooling_is_not_linear(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: maximum pooling of −X is −B, with B the minimum of each window; a linear map would give minus the
    maximum. The two differ at every window whose entries are not all the same: for a window (0, 1) it gives 1, for (0,
    −1) it gives 0, and not −1. Nor is it additive: the sum of both inputs is 0, and 1 + 0 is not.
    """
    pool = stated(f"Y[n,c,i,j] = max_{{u<k, v<k}} Z[n,c,{PLACE}]", {"Z": "N,C,H,W"})
    turned = stated("Z[n,c,x,y] = -1*X[n,c,x,y]", IMAGE)
    least = stated(f"B[n,c,i,j] = min_{{u<k, v<k}} X[n,c,{PLACE}]", IMAGE)
    minus = stated("Y[n,c,i,j] = -1*B[n,c,i,j]", {"B": "N,C,P,Q"})
    work = Working(theorem, numbers, (pool, turned, least, minus))
    work.chain(
        "Maximum pooling of −X, rewritten",
        0,
        move("insert", number=2),
        move("the sign turns it"),
        move("name", number=3, words="the minimum of the window"),
        move("recognise", number=4, words="minus the minimum"),
    )
    work.extent("How many rows come out", 0, 2, "H'")
    return work.derivation("what maximum pooling makes of −X", work.lines(**{"H'": "rows"}), pools_apart())


@theorem(
    title="Maximum pooling commutes with adding a number to each channel",
    chapter=CHAPTER,
    hypotheses=("t is the same at every place",),
    sources=("Dumoulin & Visin (2016), section 1.2, for the window",),
    settings=("N", "C", "H", "W", "k", "s"),
    example={"N": 1, "C": 64, "H": 56, "W": 56, "k": 2, "s": 2},
    without={"t is the same at every place": Search("two places, k = 2, entries 0 and 1", uneven_shift)},
)
def max_pooling_commutes_with_a_shift(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and strides, unpadded: maximum pooling of X + t, with a number t[c] for each channel, is maximum
    pooling of X, plus t. So the bias of a convolution may be added before or after the pooling.
    """
    pool = stated(f"Y[n,c,i,j] = max_{{u<k, v<k}} Z[n,c,{PLACE}]", {"Z": "N,C,H,W"})
    shifted = stated("Z[n,c,x,y] = X[n,c,x,y] + t[c]", IMAGE | {"t": "C"})
    first = stated(f"B[n,c,i,j] = max_{{u<k, v<k}} X[n,c,{PLACE}]", IMAGE)
    after = stated("Y[n,c,i,j] = B[n,c,i,j] + t[c]", {"B": "N,C,P,Q", "t": "C"}, inputs=("B",))
    work = Working(theorem, numbers, (pool, shifted, first, after))
    work.chain(
        "Maximum pooling of X + t, rewritten",
        0,
        move("insert", number=2),
        move("out of the maximum"),
        move("name", number=3, words="maximum pooling of X"),
        move("recognise", number=4, words="t is added after the pooling"),
    )
    work.extent("How many rows come out", 0, 2, "H'")
    return work.derivation("where t may be added", work.lines(**{"H'": "rows"}))
