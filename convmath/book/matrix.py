"""A convolution as a matrix: of its windows, and of its weights."""

from __future__ import annotations

from convmath.book.clashes import as_columns, grouped_weight, mirrored, off_the_diagonal
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, stated
from convmath.language.parse import parse_size
from convmath.language.tree import Sym
from convmath.proof.derivation import Derivation

CHAPTER = "Equivalences"
PAPER = "Dumoulin & Visin (2016), arXiv:1603.07285, section 4.1"
BOOK = "Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.1"
ROW = "T[i,x] = Σ_{u<k : x = s*i + d*u - p} w[u]"
GRID = "T[i,j,x,y] = Σ_{u<k, v<k : x = s*i + d*u - p, y = s*j + d*v - p} w[u,v]"
WINDOW = "Y[i] = w[u]*X[s*i+d*u-p]"
LINE = {"X": "H", "w": "k"}
SIZES = ("H", "k", "s", "p", "d")
ONE = {"H": 5, "k": 3, "s": 1, "p": 1, "d": 1}
DIGITS = tuple((name, parse_size(size)) for name, size in (("c", "C"), ("u", "k"), ("v", "k")))
SAME_ROW = tuple((f"{name}'", Sym(name)) for name, _ in DIGITS)


@theorem(
    title="A convolution is a matrix product with its windows as columns",
    chapter=CHAPTER,
    hypotheses=("g = 1",),
    sources=(
        "Chellapilla, Puri & Simard, High Performance Convolutional Neural Networks for Document Processing (2006), "
        "which unrolls the windows",
    ),
    settings=("N", "C", "O", "H", "W", "k", "s", "p", "d"),
    example={"N": 1, "C": 3, "O": 64, "H": 224, "W": 224, "k": 7, "s": 2, "p": 3, "d": 1},
    without={"g = 1": Search("2 channels in and out, k = 1", grouped_weight)},
)
def conv_is_a_matrix_product_of_columns(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, k, s, p and d, with one group: let row y = (c·k + u)·k + v of the columns L (im2col) hold what
    tap (u, v) reads in channel c, and entry y of row o of B the weight W[o,c,u,v]. Then B times L is the convolution,
    its pixels in row-major order: pixel (i, j) is column i·Q + j. A bias is added to both alike.
    """
    window, pixels = "X[n,c,s*i+d*u-p,s*j+d*v-p]", {"X": "N,C,H,W"}
    sums, padded = "c<C, u<k, v<k", {"X": "0,0,p,p"}
    product = stated("F[n,o,x] = B[o,y]*L[n,y,x]", {"B": "O,C*k*k", "L": "N,C*k*k,P*Q"}, None, ("L",))
    weight = stated(f"B[o,y] = Σ_{{{sums} : y = (c*k+u)*k+v}} W[o,c,u,v]", {"W": "O,C,k,k"}, None, (), y="C*k*k")
    columns = stated(
        f"L[n,y,x] = Σ_{{{sums}, i<P, j<Q : y = (c*k+u)*k+v, x = i*Q+j}} {window}", pixels, padded, y="C*k*k", x="P*Q"
    )
    conv = stated(f"Y[n,o,i,j] = W[o,c,u,v]*{window}", pixels | {"W": "O,C,k,k"}, padded)
    flat = stated("F[n,o,x] = Σ_{i<P, j<Q : x = i*Q+j} Y[n,o,i,j]", {"Y": "N,O,P,Q"}, None, ("Y",), x="P*Q")
    work = Working(theorem, numbers, (product, weight, columns, conv, flat), derived=("P", "Q"))
    work.extent("How many windows there are along the height", 3, 2, "P")
    work.extent("How many windows there are along the width", 3, 3, "Q")
    work.chain(
        "The matrix product, rewritten",
        0,
        move("by its digits", index="y", digits=DIGITS),
        move("insert", number=2),
        move("same digits", digits=SAME_ROW),
        *(move("one value meets it", index=name) for name, _ in SAME_ROW),
        move("insert", number=3),
        move("same digits", digits=SAME_ROW),
        *(move("one value meets it", index=name) for name, _ in SAME_ROW),
        move("multiply out"),
        move("one sum"),
        move("sum in turn", outer="i j"),
        move("name", number=4, words="the convolution at pixel (i, j)"),
        move("recognise", number=5, words="its pixels in row-major order"),
    )
    names = {"P": "windows along the height", "Q": "windows along the width"}
    return work.derivation("what the matrix product gives", work.lines(**names), (as_columns(),))


@theorem(
    title="A convolution is a matrix, which holds each weight along a slanted line",
    chapter=CHAPTER,
    hypotheses=("X is 0 in its padding",),
    sources=(PAPER, BOOK),
    settings=SIZES,
    example=ONE,
    without={"X is 0 in its padding": Search("X of up to 3 ones and zeros, k = 3, reflected", mirrored)},
)
def conv_is_a_toeplitz_matrix(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, k, s, p and d: Y = T·X, where row i of T holds the weight w[u] in column s·i + d·u − p, and 0
    elsewhere. M rows for H columns. With s = 1 it is a Toeplitz matrix.
    """
    conv = stated(WINDOW, LINE, {"X": "p"})
    matrix = stated(ROW, {"w": "k"}, None, (), i="M", x="H")
    product = stated("Y[i] = T[i,x]*X[x]", {"T": "M,H", "X": "H"})
    work = Working(theorem, numbers, (conv, matrix, product), derived=("M",))
    work.extent("How many rows the matrix has", 0, 0, "M")
    work.chain(
        "The convolution, rewritten",
        0,
        move("one place", array="X", axis=0, index="x"),
        move("multiply out"),
        move("exchange", outer="x"),
        move("take out", index="u"),
        move("name", number=2, words="the entry of the matrix"),
        move("recognise", number=3, words="a matrix times a vector"),
    )
    return work.derivation("the matrix of the convolution", work.lines(M="rows"))


@theorem(
    title="Every row of the matrix is the row above, moved by the stride",
    chapter=CHAPTER,
    hypotheses=("s = 1",),
    sources=(BOOK,),
    settings=("M", "H", "k", "s", "p", "d"),
    uses=("conv-is-a-toeplitz-matrix",),
    without={"s = 1": Search("H ≤ 4, k ≤ 2, stride 2, weights 0 and 1", off_the_diagonal)},
)
def conv_matrix_is_constant_along_diagonals(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, k, s, p and d: T[i + 1, x + s] = T[i,x] for the matrix T of a convolution, wherever both are
    in it. With s = 1 that is T[i + 1, x + 1] = T[i,x]: T is constant along its diagonals, a Toeplitz matrix.
    """
    matrix = stated(ROW, {"w": "k"}, None, (), i="M+1", x="H+s")
    moved = stated("S[i,x] = T[i+1,x+s]", {"T": "M+1,H+s"}, None, (), i="M", x="H")
    same = stated("S[i,x] = T[i,x]", {"T": "M+1,H+s"}, None, (), i="M", x="H")
    work = Working(theorem, numbers, (moved, matrix, same))
    work.chain(
        "One row on, and as many columns as the stride",
        0,
        move("insert", number=2),
        move("solve", letter="x"),
        move("name", number=2, words="the entry before"),
        move("recognise", number=3, words="the same weight"),
    )
    return work.derivation("what stands one row further down")


@theorem(
    title="A stride selects rows of the matrix",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(PAPER + ", which shows the matrix for s = 1",),
    settings=SIZES,
    example={"H": 224, "k": 3, "s": 2, "p": 1, "d": 1},
    uses=("conv-is-a-toeplitz-matrix",),
)
def stride_selects_rows(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, k, s, p and d: the matrix S of the convolution with stride s is made of the rows 0, s, 2·s, … of
    T, the matrix of the convolution with stride 1: H' of its M rows.
    """
    strided, dense = stated(WINDOW, LINE, {"X": "p"}), stated("V[i] = w[u]*X[i+d*u-p]", LINE, {"X": "p"})
    matrix = stated("T[y,x] = Σ_{u<k : x = y + d*u - p} w[u]", {"w": "k"}, None, (), y="M", x="H")
    selected = stated("S[i,x] = T[s*i,x]", {"T": "M,H"}, None, (), x="H")
    wanted = stated(ROW.replace("T[", "S["), {"w": "k"}, None, (), i="H'", x="H")
    work = Working(theorem, numbers, (strided, dense, matrix, selected, wanted), derived=("M", "H'"))
    work.extent("How many rows there are with stride 1", 1, 0, "M")
    work.extent("How many rows there are with stride s", 0, 0, "H'")
    work.chain(
        "Every s-th row",
        3,
        move("insert", number=3),
        move("recognise", number=5, words="the matrix with stride s"),
    )
    names = {"M": "rows with stride 1", "H'": "rows with stride s"}
    return work.derivation("which rows are kept", work.lines(**names))


@theorem(
    title="A 2-d convolution is a matrix of matrices",
    chapter=CHAPTER,
    hypotheses=("X is 0 in its padding",),
    sources=(PAPER, BOOK),
    settings=("H", "W", "k", "s", "p", "d"),
    example={"H": 4, "W": 4, "k": 3, "s": 1, "p": 0, "d": 1},
    uses=("conv-is-a-toeplitz-matrix",),
    without={"X is 0 in its padding": Search("X of up to 3 ones and zeros in a row, k = 3, reflected", mirrored)},
)
def conv_2d_is_a_matrix_of_matrices(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, k, s, p and d: Y = T·X, where the row of T for output (i, j) holds the weight w[u,v] in the column
    for the pixel (s·i + d·u − p, s·j + d·v − p), and 0 elsewhere. Rows and columns in row-major order, T is P×H blocks
    of Q×W entries: block (i, x) holds all rows (i, ·) and all columns (x, ·).
    """
    image = {"X": "H,W"}
    conv = stated("Y[i,j] = w[u,v]*X[s*i+d*u-p,s*j+d*v-p]", image | {"w": "k,k"}, {"X": "p,p"})
    matrix = stated(GRID, {"w": "k,k"}, None, (), i="P", j="Q", x="H", y="W")
    product = stated("Y[i,j] = T[i,j,x,y]*X[x,y]", image | {"T": "P,Q,H,W"})
    work = Working(theorem, numbers, (conv, matrix, product), derived=("P", "Q"))
    work.extent("How many rows of blocks there are", 0, 0, "P")
    work.extent("How many rows a block has", 0, 1, "Q")
    work.chain(
        "The convolution, rewritten",
        0,
        move("one place", array="X", axis=0, index="x"),
        move("one place", array="X", axis=1, index="y"),
        move("multiply out"),
        move("one sum"),
        move("sum in turn", outer="x y"),
        move("take out", index="u"),
        move("name", number=2, words="the entry of the matrix"),
        move("recognise", number=3, words="a matrix times the pixels"),
    )
    names = {"P": "rows of blocks", "Q": "rows of a block"}
    return work.derivation("the matrix of the convolution", work.lines(**names))


@theorem(
    title="The matrix of a 2-d convolution is doubly block Toeplitz",
    chapter=CHAPTER,
    hypotheses=("s = 1",),
    sources=(BOOK + ", for circular padding",),
    settings=("P", "Q", "H", "W", "k", "s", "p", "d"),
    uses=("conv-2d-is-a-matrix-of-matrices", "conv-matrix-is-constant-along-diagonals"),
    without={"s = 1": Search("one row of pixels, H ≤ 4, k ≤ 2, stride 2, weights 0 and 1", off_the_diagonal)},
)
def conv_2d_matrix_is_doubly_block_toeplitz(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, k, s, p and d: T[i + 1, j, x + s, y] = T[i,j,x,y], and T[i, j + 1, x, y + s] = T[i,j,x,y],
    wherever both are in T. With s = 1 the blocks are the same along each diagonal of blocks, and each block is the
    same along its diagonals.
    """
    matrix = stated(GRID, {"w": "k,k"}, None, (), i="P+1", j="Q+1", x="H+s", y="W+s")
    shape, ranges = {"T": "P+1,Q+1,H+s,W+s"}, {"i": "P", "j": "Q", "x": "H", "y": "W"}
    below = stated("S[i,j,x,y] = T[i+1,j,x+s,y]", shape, None, (), **ranges)
    beside = stated("R[i,j,x,y] = T[i,j+1,x,y+s]", shape, None, (), **ranges)
    work = Working(theorem, numbers, (below, beside, matrix))
    for subject, letter, what in ((0, "x", "One block on, along both axes"), (1, "y", "One entry on within a block")):
        work.chain(
            what,
            subject,
            move("insert", number=3),
            move("solve", letter=letter),
            move("name", number=3, words="the entry before"),
        )
    return work.derivation("what stands one block and one entry further on")
