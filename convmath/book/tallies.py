"""Other counts: operations under named conventions, and what is left where the grid halves and channels double."""

from __future__ import annotations

from convmath.book.costs import CHAPTER, grid, ratio, sliding
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.misfits import odd_grid
from convmath.book.working import Working, move, stated
from convmath.language.parse import parse_size
from convmath.language.tidy import tidy
from convmath.language.tree import Sym
from convmath.proof.derivation import Derivation

WAYS = {"D": "2mac", "E": "2mac+bias", "F": "exact"}
"""The names of what is counted, and the conventions."""


@theorem(
    title="What counts as a floating-point operation",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("PyTorch, torch.utils.flop_counter, which counts two for each multiply-add and no bias",),
    settings=("N", "C", "O", "H", "W", "k", "s"),
    example={"N": 1, "C": 64, "O": 128, "H": 28, "W": 28, "k": 3, "s": 1},
    uses=("grouped-conv-cost",),
)
def flops_depend_on_what_is_counted(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, a convolution with a bias: D counts two operations for each of the M multiply-adds, E one more for
    each output, its bias. F counts what is done: M products, and one addition less than there are summands, in each
    output. With the bias there is one summand more than products, so F is D, and E one too many an output.
    """
    layer = sliding("Y[n,o,i,j] = b[o] + W[o,c,u,v]*X[n,c,s*i+u,s*j+v]", W="O,C,k,k", b="O")
    work = Working(theorem, numbers, (layer,))
    grid(work)
    work.count("How many multiply-adds there are", 0, "multiply-adds", "M", i="P", j="Q")
    sizes = (("i", Sym("P")), ("j", Sym("Q")))
    for name, way in WAYS.items():
        read = move("read the operations", name=name, sizes=sizes, convention=way)
        work.chain(f"By the convention {way}", 0, read, move("put in"), move("count a box"), move("arithmetic"))
    read = move("read a quantity", name="R", value=parse_size("E-F"), words="counted, and not done")
    work.chain("What the bias is counted for and does not take", 0, read, move("put in"), move("arithmetic"))
    names = {"M": "multiply-adds", "D": "2mac", "E": "2mac+bias", "F": "exact", "R": "one for each output"}
    return work.derivation("how many operations there are, by three conventions", work.lines(**names))


EVEN = "2 divides H and W"


@theorem(
    title="Half the grid and twice the channels: half the volume, the same cost, four times the weights",
    chapter=CHAPTER,
    hypotheses=(EVEN,),
    sources=("He et al., Deep Residual Learning for Image Recognition (2016), section 3.3, for the cost, in words",),
    settings=("N", "C", "P", "Q", "p"),
    example={"N": 1, "C": 64, "P": 28, "Q": 28, "p": 1},
    uses=("grouped-conv-cost",),
    without={EVEN: Search("C = 1 and grids up to 4×4", odd_grid)},
)
def half_the_grid_and_twice_the_channels_halve_the_volume(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with H = 2·P, W = 2·Q and odd kernels of 2·p + 1, padded by p: a convolution of stride 2 to 2·C
    channels leaves P×Q pixels, so there are R = 2 times as many values before as after. A convolution that keeps
    channels and grid takes as many multiply-adds before as after, S = 1, and has T = 4 times the weights after.
    """
    side, pads = "2*p+1", {"X": "0,0,p,p"}
    text = "Y[n,o,i,j] = W[o,c,u,v]*X[n,c,{0}i+u-p,{0}j+v-p]"
    down = stated(text.format("2*"), {"W": f"2*C,C,{side},{side}", "X": "N,C,2*P,2*Q"}, pads)
    before = stated(text.format(""), {"W": f"C,C,{side},{side}", "X": "N,C,2*P,2*Q"}, pads)
    after = stated(text.format(""), {"W": f"2*C,2*C,{side},{side}", "X": "N,2*C,P,Q"}, pads)
    work = Working(theorem, numbers, (down, before, after))
    for subject, (rows, columns), words in ((0, "AB", "of stride 2"), (1, "DE", "before"), (2, "FG", "after")):
        work.extent(f"How many rows the layer {words} leaves", subject, 2, rows)
        work.extent(f"How many columns the layer {words} leaves", subject, 3, columns)
    work.count("What the layer before costs", 1, "multiply-adds", "M_1", i="D", j="E")
    work.count("What the layer after costs", 2, "multiply-adds", "M_2", i="F", j="G")
    work.count("How many weights the layer before has", 1, "parameters", "P_1")
    work.count("How many weights the layer after has", 2, "parameters", "P_2")
    ratio(work, "N*C*(2*P)*(2*Q)/(N*(2*C)*A*B)", "values before, over values after")
    square = tidy(parse_size(f"C*C*({side})*({side})"))
    kept = ("S", "M", "the costs", move("arithmetic")), ("T", "P", "the weights", move("cancel", by=square))
    for name, letter, words, last in kept:
        value = parse_size(f"{letter}_2/{letter}_1")
        read = move("read a quantity", name=name, value=value, words=f"{words}, after over before")
        work.chain(f"The ratio of {words}", 0, read, move("put in"), last)
    names = {"A": "rows left", "B": "columns left", "R": "values", "S": "costs", "T": "weights"}
    return work.derivation("what is kept and what falls", work.lines(**names))
