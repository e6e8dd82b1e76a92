"""Which places of a window are read: holes, what neighbours share, what the border cuts off."""

from __future__ import annotations

from functools import partial

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.footprints import cut_otherwise, hole_or_none, neighbours_apart, other_count_of_reads
from convmath.book.reach import DISTILL, Moves, concluded, ends, layer, results, span, tried, working
from convmath.book.working import Working, move
from convmath.language.parse import parse_size
from convmath.language.tree import Int, Relation, Sym
from convmath.proof.derivation import Derivation

CHAPTER = "Receptive fields"
NAMES = ("A", "B")
NOTE = f"{DISTILL}, “Computing receptive field size”, the note that a window may contain holes; how many is left unsaid"
SEARCHED = "two layers without padding, kernels and dilations up to 3"
BOX = range(1, 5)
EDGE = ("d = 1", "s·i ≤ p", "p ≤ s·i + k", "s·i + k ≤ H + p")
COUNTED = {"R": "places spanned", "T": "places read", "E": "holes"}


def through_both(work: Working, first: tuple[Moves, ...], then: tuple[Moves, ...]) -> None:
    """The window through two layers: its ends, its span R, how many places T of it are read, and the E that are not."""
    ends(work, 0, "X", ("A_1", "B_1"))
    ends(work, 1, "Z", NAMES, ("A_1", "B_1", 1))
    span(work, 1, NAMES)
    read = move("read the touched places", array="Z", number=1, letter="x", first="A", span="R", name="T")
    last = move("one value at most", index="u"), move("one window after the other")
    concluded(work, "How many places one output reads", 1, read, move("put in"), *first, *last, *then)


def holes(work: Working, *moves: Moves) -> None:
    """The places of the window that are not read."""
    value = parse_size("R - T")
    read = move("read a quantity", name="E", value=value, words="the places of the window that no tap reads")
    work.chain("How many holes the window has", 1, read, move("put in"), *moves)


@theorem(
    title="Stacked dilations leave holes",
    chapter=CHAPTER,
    hypotheses=("d_1 = d_2", "s_1 = 1"),
    sources=(
        "Yu, Koltun & Funkhouser, Dilated Residual Networks (2017), section 4, which calls what comes of it gridding",
        NOTE,
    ),
    settings=("k_1", "k_2", "d"),
    uses=("two-windows-are-one-window",),
    example={"k_1": 3, "k_2": 3, "d": 2},
    without={
        "d_1 = d_2": Search(f"s_1 = 1, {SEARCHED}", lambda: other_count_of_reads(dilations=True)),
        "s_1 = 1": Search(f"s_1 = 2 and 3, equal dilations, {SEARCHED}", lambda: other_count_of_reads(dilations=False)),
    },
)
def stacked_dilations_leave_holes(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all k_1, k_2, d ≥ 1 and every output of two layers with the same dilation d, the first of stride 1: its
    window spans R = d·(k_1 − 1) + d·(k_2 − 1) + 1 places, and T = k_1 + k_2 − 1 of them are read, those in steps of
    d. The other E = R − T are holes. Two 3-tap layers with d = 2 span 9 places and read 5.
    """
    lower = layer("Z[i] = w[u]*X[i+d*u-p_1]", "X", "H", "w", "k_1", "p_1")
    upper = layer("Y[i] = W[v]*Z[i+d*v-p_2]", "Z", "M", "W", "k_2", "p_2")
    work = working(theorem, numbers, lower, upper)
    through_both(work, (move("in steps of", by=Sym("d")),), (move("the smaller of two"), move("count a box")))
    holes(work, move("put back", right=parse_size("(d - 1)*(T - 1)")))

    def read(k_1: int, k_2: int, d: int) -> tuple[int, ...]:
        return counted({d * u + d * v for u in range(k_1) for v in range(k_2)})

    trial = tried(work, "places gone through one by one", "stacks", "RTE", {"k_1": BOX, "k_2": BOX, "d": BOX}, read)
    return results(work, "how many places of its window one output reads", COUNTED, (trial,))


def counted(places: set[int]) -> tuple[int, int, int]:
    """(places from the first to the last, places read, holes) of what one output reads."""
    span = max(places) - min(places) + 1
    return span, len(places), span - len(places)


@theorem(
    title="Two layers leave a hole when the second steps further than the first reads",
    chapter=CHAPTER,
    hypotheses=("d_1 = 1", "k_2 ≥ 2"),
    sources=(NOTE,),
    settings=("k_1", "s_1", "k_2", "s_2", "d_2"),
    uses=("two-windows-are-one-window",),
    example={"k_1": 2, "s_1": 2, "k_2": 3, "s_2": 1, "d_2": 2},
    without={
        "d_1 = 1": Search(f"k_2 ≥ 2, strides up to 3, {SEARCHED}", lambda: hole_or_none(dilation=True)),
        "k_2 ≥ 2": Search(f"d_1 = 1, strides up to 3, {SEARCHED}", lambda: hole_or_none(dilation=False)),
    },
)
def two_layers_leave_a_hole_iff_s1_d2_exceeds_k1(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all k_1, s_1, s_2, d_2 ≥ 1 and k_2 ≥ 2, and every output of two layers, the first without dilation: of the R
    places that its window spans, T = k_1 + (k_2 − 1)·min(s_1·d_2, k_1) are read, since each tap of the second adds at
    most the k_1 places of the first, and E = (k_2 − 1)·max(0, s_1·d_2 − k_1) are holes. There is one exactly when
    k_1 < s_1·d_2. With k_2 = 1 there is none; a first layer with dilation is not covered.
    """
    lower = layer("Z[i] = w[u]*X[s_1*i+u-p_1]", "X", "H", "w", "k_1", "p_1")
    upper = layer("Y[i] = W[v]*Z[s_2*i+d_2*v-p_2]", "Z", "M", "W", "k_2", "p_2")
    work = working(theorem, numbers, lower, upper, more=(Relation(Sym("k_2"), "≥", Int(2)),))
    through_both(work, (), (move("the same in every term", index="v"),))
    holes(work, move("arithmetic"), move("what exceeds the smaller"))
    ask = move("read a comparison", less=Int(0), more=Sym("E"), words="there is at least one hole")
    work.chain("When there is a hole", 1, ask, move("put in"), move("a positive maximum"))

    def read(k_1: int, s_1: int, k_2: int, d_2: int) -> tuple[int, ...]:
        return counted({u + s_1 * d_2 * v for u in range(k_1) for v in range(k_2)})

    boxes = {"k_1": BOX, "s_1": BOX, "k_2": BOX[1:], "d_2": BOX[:2]}
    trial = tried(work, "places gone through one by one", "stacks", "RTE", boxes, read)
    return results(work, "when a window has a hole", COUNTED, (trial,))


@theorem(
    title="What neighbouring windows share",
    chapter=CHAPTER,
    hypotheses=("d = 1",),
    sources=("Dumoulin & Visin (2016), arXiv:1603.07285, section 1, for the stride as the distance of two windows",),
    settings=("k", "s", "p"),
    uses=("window-of-output-i-begins-at-s-i-minus-p",),
    example={"k": 3, "s": 2, "p": 1},
    without={"d = 1": Search("kernels and strides up to 3, d = 2 and 3", neighbours_apart)},
)
def neighbouring_windows_overlap_iff_s_is_below_k(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all k, s ≥ 1 and p ≥ 0: the windows of the outputs i and i + 1 share O = max(0, k − s) places. They overlap
    exactly when s < k, and share none otherwise.
    """
    work = working(theorem, numbers, layer("Y[i] = w[u]*X[s*i+u-p]", "X", "H", "w", "k", "p"))
    ends(work, 0, "X", NAMES)
    read = move("read the shared places", first="A", last="B", letter="x")
    count = move("gather", index="x"), move("count from 0, or none", name="O")
    work.chain("How many places the windows of i and i + 1 share", 0, read, *count)
    ask = move("read a comparison", less=Int(0), more=Sym("O"), words="they share at least one place")
    work.chain("When they overlap", 0, ask, move("put in"), move("a positive maximum"))

    def shared(k: int, s: int) -> tuple[int, ...]:
        return (len({*range(k)} & {s + u for u in range(k)}),)

    trial = tried(work, "places of both windows, gone through one by one", "layers", "O", {"k": BOX, "s": BOX}, shared)
    labels = {"A": "first place", "B": "last place", "O": "places shared"}
    return results(work, "how many places two neighbours share", labels, (trial,))


@theorem(
    title="A window that begins before place 0 reads fewer places",
    chapter=CHAPTER,
    hypotheses=EDGE,
    sources=(f"{DISTILL}, “Computing receptive field size”, the note on border effects, in words",),
    settings=("H", "k", "s", "p", "i"),
    uses=("window-of-output-i-begins-at-s-i-minus-p",),
    example={"H": 224, "k": 7, "s": 2, "p": 3, "i": 1},
    without={
        name: Search("X up to 3 places, k ≤ 3, s and d ≤ 2, p ≤ 2", partial(cut_otherwise, name)) for name in EDGE
    },
)
def window_in_the_padding_reads_s_i_minus_p_fewer_places(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For an output i whose window, of R = k places, begins before X or at its first place, and ends in X or just
    before it: it reads T = k + s·i − p places of X and misses the E = p − s·i that lie in the padding.
    """
    near = ("s*i", "p"), ("p", "s*i + k"), ("s*i + k", "H + p")
    edge = tuple(Relation(parse_size(left), "≤", parse_size(right)) for left, right in near)
    work = working(theorem, numbers, layer("Y[i] = w[u]*X[s*i+u-p]", "X", "H", "w", "k", "p"), more=edge)
    ends(work, 0, "X", NAMES)
    span(work, 0, NAMES)
    read = move("read the taps inside", array="X", name="T")
    concluded(work, "How many of its taps read inside X", 0, read, move("count between", index="u"))
    value = parse_size("R - T")
    lost = move("read a quantity", name="E", value=value, words="the places of its window that lie in the padding")
    concluded(work, "How many places it misses", 0, lost, move("put in"))
    labels = {"R": "places spanned", "T": "places read", "E": "places in the padding"}
    return results(work, "how many places a window at the border reads", labels)
