"""Two convolutions in a row: when they are one, and which kernels are no two in a row."""

from __future__ import annotations

from convmath.book.borders import border_of_two, complex_pair, no_border, one_after_another
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, stated
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.tree import Int, Pow, Relation, Sym
from convmath.proof.derivation import Derivation

CHAPTER = "Equivalences"
VGG = "Simonyan & Zisserman, arXiv:1409.1556 (2014), section 2.3, for how far two in a row see, and not for the kernel"
LETTERS = ("N", "H", "C", "R", "O", "k_1", "s_1", "p_1", "d_1", "k_2", "s_2", "d_2")
TWO = {"N": 1, "H": 28, "C": 3, "R": 8, "O": 16, "k_1": 3, "s_1": 2, "p_1": 1, "d_1": 1, "k_2": 3, "s_2": 1, "d_2": 1}
SEARCHED = "H ≤ 3, kernels ≤ 2, paddings ≤ 1, entries 0 and 1"


def _layers(second: str, place: str) -> tuple[Definition, ...]:
    """The second layer, the first, both at once, the kernel of both, and one convolution with it."""
    weights, image = {"V": "O,R,k_2", "U": "R,C,k_1"}, {"X": "N,C,H"}
    y, padding = second.partition(" = ")[0], {"X": "0,0,p_1"}
    place_of_x = f"X[n,c,{place}"
    return (
        stated(second, {"V": "O,R,k_2", "Z": "N,R,M"}, {"Z": "0,0,p_2"} if "i]" in y else {}, ("Z",)),
        stated("Z[n,r,y] = U[r,c,u]*X[n,c,s_1*y+d_1*u-p_1]", {"U": "R,C,k_1"} | image, padding),
        stated(f"{y} = V[o,r,v]*U[r,c,u]*{place_of_x}+s_1*d_2*v+d_1*u-p_1]", weights | image, padding),
        stated("A[o,c,t] = Σ_{r<R, v<k_2, u<k_1 : t = s_1*d_2*v + d_1*u} V[o,r,v]*U[r,c,u]", weights, None, (), t="K"),
        stated(f"{y} = A[o,c,t]*{place_of_x}+t-p_1]", {"A": "O,C,K"} | image, padding),
    )


def _rewritten(work: Working, *first: tuple[str, object]) -> None:
    """From the second layer to one convolution: both at once, how far they see, the same places together."""
    work.extent("How many outputs the first layer has", 1, 2, "M")
    moves = [move("insert", number=2), move("multiply out"), move("one sum")]
    both = move("recognise", number=3, words="both layers at once")
    work.chain("One output of the second layer", 0, *first, *moves, both)  # type: ignore[arg-type]
    work.span("K", 2, axis=2)
    work.chain(
        "The same places of X together",
        2,
        move("sum in turn", outer="c"),
        move("gather by place", letter="t", value=parse_size("s_1*d_2*v + d_1*u"), size=Sym("K")),
        move("use the condition", letter="t"),
        move("take out", index="v"),
        move("name", number=4, words="the kernel of both"),
        move("one sum"),
        move("recognise", number=5, words="one convolution with that kernel"),
    )


@theorem(
    title="A convolution after a convolution is one convolution",
    chapter=CHAPTER,
    hypotheses=("p_2 = 0",),
    sources=(VGG,),
    settings=LETTERS,
    example=TWO,
    uses=("two-layers-have-the-sizes-of-one",),
    without={"p_2 = 0": Search(SEARCHED, border_of_two)},
)
def conv_after_conv_is_one_conv(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, if the second is not padded: V after U is one convolution with the kernel A of
    K = s_1·d_2·(k_2 − 1) + d_1·(k_1 − 1) + 1 taps, which adds V[o,r,v]·U[r,c,u] at the tap s_1·d_2·v + d_1·u, stride
    s_1·s_2 and padding p_1. Without dilation K is k_1 + s_1·(k_2 − 1). Proved along one axis,
    with all channels; two axes are tried.
    """
    definitions = _layers("Y[n,o,i] = V[o,r,v]*Z[n,r,s_2*i+d_2*v-p_2]", "s_1*s_2*i")
    work = Working(theorem, numbers, definitions, (Relation(Sym("p_2"), "=", Int(0)),), ("M", "K"))
    _rewritten(work, move("put", values=(("p_2", Int(0)),)))
    trial = one_after_another()
    return work.derivation("what the two are together", work.lines(K="taps of the one kernel"), (trial,))


@theorem(
    title="With a padded second convolution, the two are one away from the border",
    chapter=CHAPTER,
    hypotheses=("p_2 ≤ s_2·i", "s_2·i + d_2·(k_2 − 1) + 1 ≤ M + p_2"),
    sources=(VGG,),
    settings=(*LETTERS, "p_2", "i"),
    example={**TWO, "p_2": 1, "i": 1},
    uses=("conv-after-conv-is-one-conv",),
    without={
        "p_2 ≤ s_2·i": Search(SEARCHED, lambda: border_of_two("first")),
        "s_2·i + d_2·(k_2 − 1) + 1 ≤ M + p_2": Search(SEARCHED, lambda: border_of_two("last")),
    },
)
def padded_conv_after_conv_is_one_conv_inside(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and every output i of the second layer whose window lies in the M outputs of the first, from
    s_2·i − p_2 to s_2·i − p_2 + d_2·(k_2 − 1): Y[n,o], its value there, is that of one convolution with the kernel A of
    K = s_1·d_2·(k_2 − 1) + d_1·(k_1 − 1) + 1 taps, stride s_1·s_2 and padding p_1 + s_1·p_2. At the border the second
    layer reads 0, where the one convolution computes on: that is 0 as well if p_1 ≥ d_1·(k_1 − 1), which is tried here.
    """
    definitions = _layers("Y[n,o] = V[o,r,v]*Z[n,r,s_2*i+d_2*v-p_2]", "s_1*s_2*i-s_1*p_2")
    last = Relation(parse_size("s_2*i + d_2*(k_2 - 1) + 1"), "≤", parse_size("M + p_2"))
    inside = (Relation(Sym("s_2"), "≥", Int(1)), Relation(Sym("p_2"), "≤", parse_size("s_2*i")), last)
    work = Working(theorem, numbers, definitions, inside, ("M", "K"))
    _rewritten(work)
    lines = work.lines(K="taps of the one kernel")
    return work.derivation("what an inner output of the second is", lines, (no_border(),))


@theorem(
    title="Not every kernel is a composition of smaller ones",
    chapter=CHAPTER,
    hypotheses=("V and U are real",),
    sources=(
        "The discriminant of a quadratic polynomial: A holds the coefficients of (V[0] + V[1]·x)·(U[0] + U[1]·x)",
    ),
    settings=("N",),
    example={"N": 1},
    uses=("conv-after-conv-is-one-conv",),
    without={"V and U are real": Search("entries 0, 1, −1, i and −i", complex_pair)},
)
def not_every_kernel_is_a_composition(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every pair of kernels V and U of 2 real taps and their composition A of 3 taps, A[1]·A[1] − 4·A[0]·A[2] is a
    square: never below 0. For the kernel (1, 0, 1) it is E = −4, so no two kernels of 2 real taps compose to it.
    """
    measure = stated("D[n] = A[n,1]*A[n,1] - 4*A[n,0]*A[n,2]", {"A": "N,T"}, None, ("A",)).substitute({"T": Int(3)})
    pair = {"V": "N,2", "U": "N,2"}
    composed = stated("A[n,t] = Σ_{v<2, u<2 : t = v + u} V[n,v]*U[n,u]", pair, None, (), t="T")
    work = Working(theorem, numbers, (measure, composed.substitute({"T": Int(3)})))
    square = Pow(parse_size("V[n,0]*U[n,1] - V[n,1]*U[n,0]"), 2)
    work.chain(
        "What a composition has",
        0,
        move("insert", number=2),
        move("one by one", index="v"),
        move("one by one", index="u"),
        move("settle"),
        move("regroup", right=square),
        move("a square"),
    )
    entries = (("0", Int(1)), ("1", Int(0)), ("2", Int(1)))
    read = move("read at an input", array="A", entries=entries, name="E")
    work.chain("What the kernel (1, 0, 1) has", 0, read, move("arithmetic"))
    return work.derivation("what (1, 0, 1) has, and no composition", work.lines(E="for the kernel (1, 0, 1)"))
