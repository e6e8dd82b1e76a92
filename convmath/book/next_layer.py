"""A scale and a shift before a convolution: what folds into it, and what the padding leaves over."""

from __future__ import annotations

from functools import partial

from convmath.book.counterexamples import shift_at_the_border
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.footprints import cut_otherwise
from convmath.book.reach import concluded, layer, results, working
from convmath.book.working import Working, move, stated
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.tree import Int, Relation, Sym
from convmath.proof.derivation import Derivation

CHAPTER = "Equivalences"
IOFFE = "Ioffe & Szegedy, Batch Normalization (2015), section 3.1, which has the scale and the shift at inference"
SETTINGS = ("N", "C", "O", "L", "P", "k", "s", "d")
SHAPE = {"N": 1, "C": 64, "O": 64, "L": 56, "P": 54, "k": 3, "s": 1, "d": 1}
BORDER = Search("inputs of up to 3 places, kernels up to 3, p = 1 and 2", shift_at_the_border)
PLACE = "s*i+d*u-p"
SCALED = "the weight, scaled along its input channels"


def _layers(norm: str = "a[c]*X[n,c,x] + t[c]") -> tuple[Definition, Definition, Definition]:
    """The convolution, the scale and the shift before it, and the scaled weight."""
    shapes = {"Z": "N,C,L", "W": "O,C,k", "b": "O"}
    after = stated(f"Y[n,o,i] = b[o] + W[o,c,u]*Z[n,c,{PLACE}]", shapes, {"Z": "0,0,p"}, ("Z",), i="P")
    shift = {"t": "C"} if "t" in norm else {}
    before = stated(f"Z[n,c,x] = {norm}", {"a": "C", "X": "N,C,L"} | shift)
    return after, before, stated("V[o,c,u] = W[o,c,u]*a[c]", {"W": "O,C,k", "a": "C"}, inputs=())


def _one(bias: str, shape: str) -> Definition:
    shapes = {bias[0]: shape, "V": "O,C,k", "X": "N,C,L"}
    return stated(f"Y[n,o,i] = {bias} + V[o,c,u]*X[n,c,{PLACE}]", shapes, {"X": "0,0,p"}, i="P")


def _numbers(work: Working, find: str) -> Derivation:
    work.count("What the convolution, the scale and the shift learn", 0, "parameters", "F")
    work.count("What the scale and the shift are", 1, "parameters", "G")
    work.count("What the one layer learns", len(work.definitions) - 1, "parameters", "E")
    names = {"F": "numbers in the convolution", "G": "numbers before it", "E": "numbers after folding"}
    return work.derivation(find, work.lines(**names))


@theorem(
    title="A scale and a shift before a padded convolution leave a bias that knows the border",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(IOFFE,),
    settings=(*SETTINGS, "p"),
    example=SHAPE | {"P": 56, "p": 1},
)
def shift_before_padding_leaves_a_border_bias(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For one spatial axis and all sizes: W ∗ (a·X + t) + b, with zeros in the padding, is the convolution with the
    weight W·a plus r[o,i], which is b[o] and W[o,c,u]·t[c] for the taps that lie inside. A weight adds t[c] to r where
    its tap lies inside, and nothing where it lies in the padding, as the first tap does at i = 0 if p ≥ 1. So for t ≠
    0 two places have the same r for every W exactly when the same taps lie inside at both.
    """
    inside = f"0 <= {PLACE}, {PLACE} <= L-1"
    shapes = {"W": "O,C,k", "b": "O", "t": "C"}
    rest = stated(f"r[o,i] = b[o] + Σ_{{c<C, u<k : {inside}}} W[o,c,u]*t[c]", shapes, None, (), i="P")
    work = Working(theorem, numbers, (*_layers(), rest, _one("r[o,i]", "O,P")))
    work.chain(
        "The convolution after the scale and the shift, rewritten",
        0,
        move("only inside", array="Z", axes="2"),
        move("insert", number=2),
        move("multiply out"),
        move("outside too", array="X"),
        move("name", number=3, words=SCALED),
        move("name", number=4, words="the bias, and what the shift adds inside"),
        move("recognise", number=5, words="one convolution, with a bias for each place"),
    )
    work.chain(
        "What one weight adds to r",
        3,
        move("read the slope", array="W", letters="f e v", name="S"),
        move("one value meets it", index="c"),
        move("one value meets it", index="u"),
    )
    return _numbers(work, "what is left of the scale and of the shift")


@theorem(
    title="Batch normalisation folds into the convolution after it if nothing is padded",
    chapter=CHAPTER,
    hypotheses=("p = 0",),
    sources=(IOFFE,),
    settings=SETTINGS,
    example=SHAPE,
    uses=("shift-before-padding-leaves-a-border-bias",),
    without={"p = 0": BORDER},
)
def batch_norm_folds_into_the_next_conv_if_unpadded(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For p = 0, one spatial axis and all sizes, strides and dilations: W ∗ (a·X + t) + b is the convolution with the
    weight W·a and the bias e[o] = b[o] + Σ W[o,c,u]·t[c] over all taps. With padding a shift leaves a bias that knows
    the border.
    """
    none = (("p", Int(0)),)
    bias = stated("e[o] = b[o] + W[o,c,u]*t[c]", {"W": "O,C,k", "b": "O", "t": "C"}, inputs=())
    one = stated("Y[n,o,i] = e[o] + V[o,c,u]*X[n,c,s*i+d*u]", {"e": "O", "V": "O,C,k", "X": "N,C,L"}, i="P")
    layers = (*_layers(), bias, one)
    work = Working(theorem, numbers, layers, (Relation(Sym("p"), "=", Int(0)),))
    work.chain(
        "The convolution after the scale and the shift, rewritten",
        0,
        move("put", values=none),
        move("insert", number=2),
        move("multiply out"),
        move("name", number=3, words=SCALED),
        move("name", number=4, words="the bias"),
        move("recognise", number=5, words="one convolution, unpadded"),
    )
    return _numbers(work, "one convolution that gives the same")


@theorem(
    title="A scale alone folds into the convolution after it, padded or not",
    chapter=CHAPTER,
    hypotheses=("t = 0",),
    sources=(IOFFE,),
    settings=(*SETTINGS, "p"),
    example=SHAPE | {"P": 56, "p": 1},
    uses=("shift-before-padding-leaves-a-border-bias",),
    without={"t = 0": BORDER},
)
def a_scale_folds_into_the_next_conv(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For t = 0, one spatial axis and all sizes, any stride, dilation and padding with zeros: W ∗ (a·X) + b is the
    convolution with the weight W·a and the same bias.
    """
    work = Working(theorem, numbers, (*_layers("a[c]*X[n,c,x]"), _one("b[o]", "O")))
    work.chain(
        "The convolution after the scale, rewritten",
        0,
        move("insert", number=2),
        move("name", number=3, words=SCALED),
        move("recognise", number=4, words="the convolution with the weight W·a"),
    )
    return _numbers(work, "one convolution that gives the same")


EDGE = ("d = 1", "s·i ≤ p", "p ≤ s·i + k", "s·i + k ≤ H + p")


@theorem(
    title="A shift before a padded convolution folds into no bias",
    chapter=CHAPTER,
    hypotheses=EDGE,
    sources=(IOFFE + "; what padding does to it is left unsaid",),
    settings=("H", "k", "s", "p", "i", "t"),
    example={"H": 56, "k": 3, "s": 1, "p": 1, "i": 0, "t": 5},
    uses=("shift-before-padding-leaves-a-border-bias", "window-in-the-padding-reads-s-i-minus-p-fewer-places"),
    without={
        name: Search("X up to 3 places, k ≤ 3, s and d ≤ 2, p ≤ 2", partial(cut_otherwise, name)) for name in EDGE
    },
)
def a_shift_before_padding_folds_into_no_bias(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For a kernel of k ones along one axis, and a shift t ≥ 1 (a negative one likewise): the shift adds t·T to output
    i, where T = k + s·i − p of its taps lie inside, and t·k where all do. The difference is D = t·p − t·s·i, at output
    0 t·p. So for p ≥ 1 no bias serves every place, and a shift folds into the next convolution, whatever its weights
    are, exactly where p = 0 or t = 0.
    """
    near = ("s*i", "p"), ("p", "s*i + k"), ("s*i + k", "H + p")
    edge = tuple(Relation(parse_size(left), "≤", parse_size(right)) for left, right in near)
    shift, ones = Relation(Sym("t"), "≥", Int(1)), layer("Y[i] = w[u]*X[s*i+u-p]", "X", "H", "w", "k", "p")
    work = working(theorem, numbers, ones, more=(*edge, shift))
    read = move("read the taps inside", array="X", name="T")
    concluded(work, "How many taps of output i lie inside", 0, read, move("count between", index="u"))
    words = "what the shift adds where all taps lie inside, less what it adds to output i"
    less = move("read a quantity", name="D", value=parse_size("t*k - t*T"), words=words)
    concluded(work, "How much less the shift adds at the border", 0, less, move("put in"))
    return results(work, "how much the shift adds at the border", {"T": "taps inside", "D": "less at the border"})
