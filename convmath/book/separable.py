"""Kernels that are products, constant, or turned round: averages, rows and columns, true convolution."""

from __future__ import annotations

from convmath.book.counterexamples import another_weight, filled_padding, rank_two
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, saves, stated
from convmath.language.parse import parse_size
from convmath.proof.derivation import Derivation

CHAPTER = "Equivalences"


@theorem(
    title="Average pooling is a depthwise convolution with the constant weight 1/k²",
    chapter=CHAPTER,
    hypotheses=("w[c,u,v] = q[c]",),
    sources=(
        "Dumoulin & Visin (2016), section 1.2, which has both as windows that slide; chapter 3 counts mean pooling "
        "among the non-linearities, but it is linear",
    ),
    settings=("N", "C", "H", "W", "k", "s", "p"),
    example={"N": 1, "C": 64, "H": 56, "W": 56, "k": 2, "s": 2, "p": 0},
    without={"w[c,u,v] = q[c]": Search("k = 2 along one axis, weights 0 and 1", another_weight)},
    uses=("depthwise-conv-has-a-diagonal-weight",),
)
def average_pooling_is_a_depthwise_conv(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, strides and paddings: a depthwise convolution whose weights are all q[c] is k·k·q[c] times the
    average of the window, padded zeros counted; with 1/k² for q[c] it is the average, and with another it is not where
    the average is not 0.
    """
    place, image, pads = "s*i+u-p,s*j+v-p", {"X": "N,C,H,W"}, {"X": "0,0,p,p"}
    conv = stated(f"Y[n,c,i,j] = w[c,u,v]*X[n,c,{place}]", image | {"w": "C,k,k"}, pads)
    weight = stated("w[c,u,v] = q[c]", {"q": "C"}, inputs=(), u="k", v="k")
    pool = stated(f"A[n,c,i,j] = mean_{{u<k, v<k}} X[n,c,{place}]", image, pads)
    scaled = stated("Y[n,c,i,j] = k*k*q[c]*A[n,c,i,j]", {"q": "C", "A": "N,C,P,Q"}, inputs=("A",))
    known = stated(f"Y[n,c,i,j] = Σ_{{u<k, v<k}} 1/(k*k)*X[n,c,{place}]", image, pads)
    mean = stated("Y[n,c,i,j] = A[n,c,i,j]", {"A": "N,C,P,Q"}, inputs=("A",))
    work = Working(theorem, numbers, (conv, weight, pool, scaled, known, mean))
    work.chain(
        "The depthwise convolution, rewritten",
        0,
        move("insert", number=2),
        move("take out", index="u"),
        move("as a mean", index="u"),
        move("name", number=3, words="the average of the window"),
        move("recognise", number=4, words="k·k·q[c] times the average"),
    )
    averaged = move("take out", index="u"), move("as a mean", index="u"), move("name", number=3)
    work.chain("The same with all weights 1/k²", 4, *averaged, move("recognise", number=6, words="average pooling"))
    work.extent("How many rows come out", 0, 2, "H'")
    work.extent("How many rows the pooling has", 2, 2, "P'")
    names = {"H'": "rows", "P'": "rows of the pooling"}
    return work.derivation("what the convolution gives", work.lines(**names))


@theorem(
    title="A convolution with a kernel of rank R is R pairs of a row and a column",
    chapter=CHAPTER,
    hypotheses=("w[u,v] = Σ a[r,u]·b[r,v]", "the padding holds 0"),
    sources=("Rigamonti, Sironi, Lepetit & Fua, Learning Separable Filters (2013), in words",),
    settings=("N", "R", "H", "W", "P", "Q", "k", "s", "p", "d"),
    example={"N": 1, "R": 1, "H": 28, "W": 28, "P": 28, "Q": 28, "k": 5, "s": 1, "p": 2, "d": 1},
    without={
        "w[u,v] = Σ a[r,u]·b[r,v]": Search("R = 1, kernels of 2×2 with entries 0 and 1", rank_two),
        "the padding holds 0": Search("one pixel, padding 1 that holds ones, kernels of 2×2", filled_padding),
    },
)
def separable_kernels_are_rows_then_columns(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, strides and dilations, padded with zeros or not: if w is a sum of R products of a column a and a
    row b, convolving all H rows with b and then the columns with a gives what w gives. R = 1 is a separable kernel.
    The two passes cost less exactly when R·(H + P) < P·k: for as many rows out as in, when 2·R < k.
    """
    column, row = "s*i+d*u-p", "s*j+d*v-p"
    columns = stated(
        f"Y[n,i,j] = a[r,u]*Z[n,r,{column},j]", {"a": "R,k", "Z": "N,R,H,Q"}, {"Z": "0,0,p,0"}, ("Z",), i="P"
    )
    rows = stated(f"Z[n,r,x,j] = b[r,v]*X[n,x,{row}]", {"b": "R,k", "X": "N,H,W"}, {"X": "0,0,p"}, j="Q")
    kernel = stated("w[u,v] = a[r,u]*b[r,v]", {"a": "R,k", "b": "R,k"}, inputs=())
    shapes, pads = {"w": "k,k", "X": "N,H,W"}, {"X": "0,p,p"}
    both = stated(f"Y[n,i,j] = w[u,v]*X[n,{column},{row}]", shapes, pads, i="P", j="Q")
    work = Working(theorem, numbers, (columns, rows, kernel, both))
    work.chain(
        "The columns after the rows, rewritten",
        0,
        move("insert", number=2),
        move("multiply out"),
        move("one sum"),
        move("sum in turn", outer="u v"),
        move("take out", index="r"),
        move("name", number=3, words="the kernel"),
        move("recognise", number=4, words="one pass with the kernel w"),
    )
    work.count("What the rows cost", 1, "multiply-adds", "M_1")
    work.count("What the columns cost", 0, "multiply-adds", "M_2")
    work.count("What the one pass costs", 3, "multiply-adds", "M")
    both_passes = move("read a quantity", name="E", value=parse_size("M_1+M_2"), words="one after the other")
    work.chain("What the two passes cost", 0, both_passes, move("put in"))
    saves(work, "E", "M", "the two passes cost less", ("N*Q*k",), ("R",))
    names = {"M_1": "rows", "M_2": "columns", "E": "both passes", "M": "one pass"}
    return work.derivation("one pass that gives the same, and what each costs", work.lines(**names))


@theorem(
    title="True convolution is cross-correlation with the kernel turned round",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.1, equations 9.4 to 9.6",),
    settings=("N", "C", "O", "L", "k", "s", "p"),
    example={"N": 1, "C": 1, "O": 1, "L": 28, "k": 3, "s": 1, "p": 1},
)
def true_convolution_flips_the_kernel(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For one spatial axis and all sizes: with F[o,c,u] = W[o,c,k−1−u], what frameworks call a convolution, with F, is
    the convolution of mathematics with W, in which the place that is read falls as u grows.
    """
    image, pads = {"X": "N,C,L"}, {"X": "0,0,p"}
    correlated = stated("Y[n,o,i] = F[o,c,u]*X[n,c,s*i+u-p]", image | {"F": "O,C,k"}, pads)
    turned = stated("F[o,c,u] = W[o,c,k-1-u]", {"W": "O,C,k"}, inputs=(), u="k")
    true = stated("Y[n,o,i] = W[o,c,u]*X[n,c,s*i+k-1-u-p]", image | {"W": "O,C,k"}, pads)
    work = Working(theorem, numbers, (correlated, turned, true))
    work.chain(
        "Cross-correlation with the turned kernel, rewritten",
        0,
        move("insert", number=2),
        move("backwards", index="u"),
        move("recognise", number=3, words="the convolution of mathematics, with W"),
    )
    work.extent("How many outputs there are", 0, 2, "L'")
    work.extent("How many outputs the true convolution has", 2, 2, "M'")
    return work.derivation("the same outputs", work.lines(**{"L'": "outputs", "M'": "of the true convolution"}))


@theorem(
    title="Convolution commutes: the kernel and the input may change places",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.1, equations 9.4 and 9.5",),
    settings=("L", "k"),
    example={"L": 28, "k": 3},
    uses=("true-convolution-flips-the-kernel",),
)
def full_convolution_commutes(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For one axis, at all L + k − 1 places: Σ_u w[u]·x[t − u] = Σ_i x[i]·w[t − i], where outside of its places each
    of the two is 0. Of cross-correlation it is not so: Σ_u w[u]·x[t + u] is Σ_i x[i]·w[i − t], turned round.
    """
    pads, size = {"x": "k-1"}, "L+k-1"
    first = stated("Y[t] = w[u]*x[t-u]", {"w": "k", "x": "L"}, pads, ("x",), t=size)
    second = stated("Y[t] = x[i]*w[t-i]", {"w": "k", "x": "L"}, {"w": "L-1"}, ("x",), t=size)
    across = stated("V[t] = w[u]*x[t+u-(k-1)]", {"w": "k", "x": "L"}, pads, ("x",), t=size)
    other = stated("U[t] = x[i]*w[t+i-(L-1)]", {"w": "k", "x": "L"}, {"w": "L-1"}, ("x",), t=size)
    turned = stated("V[t] = U[L+k-2-t]", {"U": size}, t=size)
    work = Working(theorem, numbers, (first, second, across, other, turned))
    swap = (
        move("one place", array="x", axis=0, index="i"),
        move("multiply out"),
        move("one sum"),
        move("solve", letter="u"),
        move("one value meets it", index="u"),
    )
    work.chain("Convolution, rewritten", 0, *swap, move("recognise", number=2, words="the two have changed places"))
    back = (("t", parse_size("L+k-2-t")),)
    name = move("name", number=4, values=back, words="cross-correlation of w with x, from the last place to the first")
    work.chain("Cross-correlation, rewritten", 2, *swap, name, move("recognise", number=5, words="turned round"))
    work.count("What it costs", 0, "multiply-adds", "M")
    work.count("What it costs the other way", 1, "multiply-adds", "E")
    return work.derivation("the other way round", work.lines(M="over the kernel", E="over the input"))
