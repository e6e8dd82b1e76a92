"""Windows of equal layers, centred windows, and two paths that meet."""

from __future__ import annotations

from itertools import product

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.footprints import lone_output, middles_agree, off_centre, window
from convmath.book.reach import DISTILL, concluded, ends, layer, results, span, stride_and_padding, tried, working
from convmath.book.working import move
from convmath.language.parse import parse_size
from convmath.language.tree import Int, Relation, Sym
from convmath.proof.derivation import Derivation, Trial

CHAPTER = "Receptive fields"
OF_A_PATH = {"R": "span", "S": "stride", "P": "padding"}
VGG = "Simonyan & Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition (2015), section 2.3"


@theorem(
    title="Equal layers of stride 1 widen the window by the same amount each",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(f"{VGG}, in words, for two and three 3×3 layers",),
    settings=("n", "k", "d", "p"),
    uses=("two-windows-are-one-window",),
    example={"n": 3, "k": 3, "d": 1, "p": 1},
)
def equal_layers_widen_the_window_linearly(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all k, d, n ≥ 1 and p ≥ 0: over any stack of stride 1, one more layer of stride 1 adds G = d·(k − 1) places
    to the window and F = p to the effective padding, whatever lies below. So n equal layers span R = n·d·(k − 1) + 1
    places with the effective padding P = n·p: n layers of 3×3 span 2·n + 1, as one (2·n + 1)×(2·n + 1) does.
    """
    below = layer("Z[i] = w[u]*X[i+u-q]", "X", "H", "w", "r", "q")
    above = layer("Y[i] = v[u]*Z[i+d*u-p]", "Z", "M", "v", "k", "p")
    work = working(theorem, numbers, below, above, more=(Relation(Sym("n"), "≥", Int(1)),))
    ends(work, 0, "X", ("A_1", "B_1"))
    ends(work, 1, "Z", ("A_2", "B_2"), ("A_1", "B_1", 1))
    for number, subject in (("1", 0), ("2", 1)):
        span(work, subject, (f"A_{number}", f"B_{number}"), name=f"R_{number}")
        read = move("read the start", first=f"A_{number}", name=f"P_{number}")
        concluded(work, "How far before place 0 it begins", subject, read)
    for name, value, total, what in (("G", "R_2 - R_1", "R", "spans"), ("F", "P_2 - P_1", "P", "is padded")):
        more = move("read a quantity", name=name, value=parse_size(value), words="what the layer adds")
        concluded(work, f"How much more the window {what} with the layer", 1, more, move("put in"))
        start = Int(int(total == "R"))
        again = move("read a repetition", name=total, step=name, times="n", start=start, number=1)
        same = move("the same in every term", index="l")
        concluded(work, f"How much it {what} with n such layers", 1, again, move("put in"), same)
    labels = {"G": "places that a layer adds", "R": "places spanned", "P": "effective padding"}

    def count(n: int, k: int, d: int, p: int) -> tuple[int, ...]:
        span, _, padding = window([(k, 1, d, p)] * n)
        return span, padding

    boxes = {"n": range(1, 5), "k": range(1, 4), "d": range(1, 3), "p": range(2)}
    trial = tried(work, "places gone through tap by tap", "stacks", "RP", boxes, count)
    return results(work, "how the window grows with the layers", labels, (trial,))


@theorem(
    title="Half padding puts the middle of every window at S·i",
    chapter=CHAPTER,
    hypotheses=("p_l = d_l·(k_l − 1)/2",),
    sources=(f"{DISTILL}, “Computing receptive field region in input image”, without dilation",),
    settings=("k_1", "s_1", "d_1", "k_2", "s_2", "d_2"),
    uses=("two-windows-are-one-window",),
    example={"k_1": 7, "s_1": 2, "d_1": 1, "k_2": 3, "s_2": 2, "d_2": 1},
    without={"p_l = d_l·(k_l − 1)/2": Search("one layer, X up to 4 places, k ≤ 3, p ≤ 1", off_centre)},
)
def half_padding_centres_every_window(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: if every layer pads by half of what its window has beside its middle, p_l = d_l·(k_l − 1)/2, which
    needs an odd span, then the window of output i has its middle at place C = s_1·s_2·i of X. Two such layers are one
    with P = (R − 1)/2 again, so this holds for any number of them.
    """
    lower = layer("Z[i] = w[u]*X[s_1*i+d_1*u-p_1]", "X", "H", "w", "k_1", "p_1")
    upper = layer("Y[i] = v[u]*Z[s_2*i+d_2*u-p_2]", "Z", "M", "v", "k_2", "p_2")
    half = tuple((f"p_{n}", parse_size(f"d_{n}*(k_{n} - 1)/2")) for n in (1, 2))
    equal = tuple(Relation(Sym(name), "=", value) for name, value in half)
    work = working(theorem, numbers, lower, upper, more=equal)
    ends(work, 0, "X", ("A_1", "B_1"))
    ends(work, 1, "Z", ("A", "B"), ("A_1", "B_1", 1))
    span(work, 1, ("A", "B"))
    stride_and_padding(work, 1, "A")
    more = move("put back", right=parse_size("(R - 1)/2"))
    read = move("read a quantity", name="E", value=Sym("P"), words="what is padded, with p_1 and p_2 put in")
    concluded(work, "How the padding and the span are related", 1, read, move("put in"), move("put", values=half), more)
    read = move("read a quantity", name="C", value=parse_size("(A + B)/2"), words="the middle")
    concluded(work, "Where the middle is", 1, read, move("put in"), move("arithmetic"), move("put", values=half))
    labels = {"R": "places spanned", "E": "effective padding", "C": "middle"}
    return results(work, "where the middle of the window is", labels)


@theorem(
    title="When two paths look at the same places",
    chapter=CHAPTER,
    hypotheses=("n ≥ 2",),
    sources=(f"{DISTILL}, “Arbitrary computation graphs”, alignment criteria; n ≥ 2 is left unsaid",),
    settings=tuple(f"{letter}_{number}" for number in (1, 2) for letter in "ksdp"),
    uses=("receptive-field-is-a-sum-over-layers",),
    example={"k_1": 3, "s_1": 2, "d_1": 1, "p_1": 1, "k_2": 1, "s_2": 2, "d_2": 1, "p_2": 0},
    without={"n ≥ 2": Search("X of one place, strides ≤ 2", lone_output)},
)
def paths_align_iff_strides_and_offsets_agree(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For two paths from X whose n ≥ 2 outputs are added or concatenated, each with its span R, effective stride S and
    effective padding P: their windows have the same middle for every output exactly when S_1 = S_2 and
    (R_1 − 1)/2 − P_1 = (R_2 − 1)/2 − P_2. A 3×3 layer with padding 1 beside a 1×1 of the same stride, as in a residual
    block, is aligned. Without the padding it is not: its middle is one place further on.
    """
    first = layer("Y[i] = w[u]*X[s_1*i+d_1*u-p_1]", "X", "H", "w", "k_1", "p_1")
    second = layer("Z[i] = v[u]*X[s_2*i+d_2*u-p_2]", "X", "H", "v", "k_2", "p_2")
    work = working(theorem, numbers, first, second, more=(Relation(Sym("n"), "≥", Int(2)),))
    for subject, number in ((0, "_1"), (1, "_2")):
        names = (f"A{number}", f"B{number}")
        ends(work, subject, "X", names)
        span(work, subject, names, name=f"R{number}")
        stride_and_padding(work, subject, names[0], names=(f"S{number}", f"P{number}"))
        twice = move("read a quantity", name=f"E{number}", value=parse_size("+".join(names)), words="twice the middle")
        back = move("put back", right=parse_size(f"2*S{number}*i - 2*P{number} + R{number} - 1"))
        concluded(work, "Where the middle is, times 2", subject, twice, move("put in"), back)
    sides = {side: parse_size(f"(A_{n} + B_{n})/2") for side, n in (("left", 1), ("right", 2))}
    backs = {side: parse_size(f"S_{n}*i - P_{n} + (R_{n} - 1)/2") for side, n in (("left", 1), ("right", 2))}
    ask = move("ask at every output", times="n", **sides)
    heading = "When the middles are the same for every output"
    work.chain(heading, 0, ask, move("put back", **backs), move("equal at every index"))
    labels = {"E_1": "twice the middle of the first", "E_2": "twice the middle of the second"}
    lines = {f"{name}_{n}": f"{what} of path {n}" for n in (1, 2) for name, what in OF_A_PATH.items()}
    layers = list(product((1, 2, 3), (1, 2), (1, 2), (0, 1)))
    trial = Trial("middles at outputs 0 and 1, tap by tap", middles_agree(product(layers, layers)), "pairs of layers")
    return results(work, "when the two paths are aligned", {**lines, **labels}, (trial,))
