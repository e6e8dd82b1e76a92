"""Fast algorithms: polynomials multiplied by their values, and convolutions by the transpose of that."""

from __future__ import annotations

from convmath.book.bilinear import convolution, polynomials, rows
from convmath.book.coinciding import FEWER, SAME, programs_agree
from convmath.book.entries import Theorem, theorem
from convmath.book.working import Working, move, saves, stated
from convmath.derive.transforms import transforms
from convmath.proof.derivation import Derivation, Trial

CHAPTER = "Fast algorithms"
LAVIN = "Lavin & Gray, Fast Algorithms for Convolutional Neural Networks (2016), section 4.1"
WINOGRAD = "Winograd, Arithmetic Complexity of Computations (1980)"
KARATSUBA = "Karatsuba & Ofman, Multiplication of Multidigit Numbers on Automata (1962), for numbers"
POINTS = ("the points are distinct", "there are m + r − 1 points, infinity counted")
WITHOUT = {POINTS[0]: SAME, POINTS[1]: FEWER}
BOTH = {"L'": "outputs", "F": "products", "D": "in the definition"}


@theorem(
    title="Polynomials are multiplied by multiplying their values",
    chapter=CHAPTER,
    hypotheses=POINTS,
    sources=("Toom (1963); Cook, On the Minimum Computation Time of Functions (1966)",),
    settings=("m", "r", "T", "O"),
    example={"m": 3, "r": 2},
    without=WITHOUT,
)
def toom_cook_multiplies_polynomials(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all polynomials w with r coefficients W[o,0], W[o,1], … and h with m coefficients H[n,0], H[n,1], …: sums of
    the products of their values at m + r − 1 distinct points are all coefficients of w·h. The value at infinity is the
    last coefficient. V is h at a point; U is w at it, divided by what interpolation divides by. Proved for one m and r
    at a time (2 and 2 where none are given), at the points 0, 1, −1, 2, −2, 1/2, … and infinity.
    """
    algorithm = polynomials(transforms(numbers.get("m", 2), numbers.get("r", 2)))
    work = algorithm.work(theorem, numbers)
    work.extent("How many coefficients the product has", 0, 2, "P")
    algorithm.prove_outputs(work, "Coefficient {} of the product")
    return work.derivation("the coefficients of the product", work.lines(P="coefficients, and points"))


@theorem(
    title="An algorithm of products and its transpose are made of the same numbers",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(WINOGRAD,),
    settings=("N", "O", "P", "L", "m", "r"),
)
def transposing_an_algorithm_keeps_its_numbers(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and all matrices A, G, B: S = Bᵀ((G·W) × (A·H)), with × entry by entry, and Z = Aᵀ((G·W) × (B·X))
    are made of the same numbers D. Where S is the product of the polynomials W and H, D[e,u,t] is 1 at t = e + u and 0
    elsewhere; Z is then the sum of W[o,u]·X[n,e+u] over u, a convolution. So Winograd's algorithm is that of Toom and
    Cook, transposed.
    """
    product = stated("S[o,n,t] = B[q,t]*F[o,q]*E[n,q]", {"B": "P,L", "F": "O,P", "E": "N,P"}, inputs=("E",))
    taps = stated("F[o,q] = G[q,u]*W[o,u]", {"G": "P,r", "W": "O,r"}, inputs=())
    values = stated("E[n,q] = A[q,e]*H[n,e]", {"A": "P,m", "H": "N,m"}, inputs=("H",))
    output = stated("Z[o,n,e] = A[q,e]*F[o,q]*V[n,q]", {"A": "P,m", "F": "O,P", "V": "N,P"}, inputs=("V",))
    tile = stated("V[n,q] = B[q,t]*X[n,t]", {"B": "P,L", "X": "N,L"})
    made_of = stated("D[e,u,t] = A[q,e]*G[q,u]*B[q,t]", {"A": "P,m", "G": "P,r", "B": "P,L"}, inputs=())
    work = Working(theorem, numbers, (product, taps, values, output, tile, made_of))
    for heading, subject, factors, index in (
        ("The algorithm: what multiplies W[o,u]·H[n,e]", 0, "2 3", "e"),
        ("Its transpose: what multiplies W[o,u]·X[n,t]", 3, "2 5", "t"),
    ):
        moves = [move("insert", number=factors), move("multiply out"), move("one sum")]
        moves += [move("sum in turn", outer=f"u {index}"), move("take out", index="q"), move("name", number=6)]
        work.chain(heading, subject, *moves)
    return work.derivation("what both are made of")


@theorem(
    title="Winograd: F(m, r) computes the convolution",
    chapter=CHAPTER,
    hypotheses=POINTS,
    sources=(LAVIN + ", for F(2, 3)", WINOGRAD),
    settings=("m", "r", "T", "O"),
    example={"m": 4, "r": 3, "T": 56, "O": 64},
    without=WITHOUT,
    uses=("toom-cook-multiplies-polynomials", "transposing-an-algorithm-keeps-its-numbers"),
)
def winograd_computes_the_convolution(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all X and W, with r taps and T tiles of m outputs: from m + r − 1 products a tile, F(m, r) gives exactly the
    outputs of the convolution at stride 1. U is the filter's value at a point, divided by what interpolation divides
    by; V and Z are the transposed interpolation and evaluation. Proved for one m and r at a time (2 and 3 where none
    are given), at the points 0, 1, −1, 2, −2, 1/2, … and infinity; `winograd(m, r, points)` proves it for any others.
    """
    algorithm = convolution(transforms(numbers.get("m", 2), numbers.get("r", 3)))
    work = algorithm.work(theorem, numbers)
    work.extent("How many outputs there are", 0, 1, "L'")
    algorithm.prove_outputs(work, "Output {} of a tile")
    algorithm.count_products(work)
    return work.derivation("the outputs, and how many products they take", work.lines(**BOTH))


@theorem(
    title="Three products give two outputs of two taps",
    chapter=CHAPTER,
    hypotheses=POINTS,
    sources=(KARATSUBA, WINOGRAD),
    settings=("T", "O"),
    example={"T": 1, "O": 1},
    without=WITHOUT,
    uses=("winograd-computes-the-convolution",),
)
def three_products_give_two_outputs_of_two_taps(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all X and W with two taps: F(2, 2), from the points 0, 1 and infinity, gives two outputs from three products
    where the definition takes four. It is the transpose of Karatsuba's product of polynomials.
    """
    algorithm = convolution(transforms(2, 2))
    work = algorithm.work(theorem, numbers)
    work.extent("How many outputs there are", 0, 1, "L'")
    algorithm.prove_outputs(work, "Output {} of a tile")
    algorithm.count_products(work)
    return work.derivation("the two outputs of a tile", work.lines(**BOTH))


@theorem(
    title="Winograd: F(m, r) nests along two axes",
    chapter=CHAPTER,
    hypotheses=POINTS,
    sources=(LAVIN,),
    settings=("m", "r", "T", "O", "J", "K"),
    example={"m": 2, "r": 3, "T": 56},
    without=WITHOUT,
    uses=("winograd-computes-the-convolution",),
)
def winograd_nests_along_two_axes(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all X and W of r×K taps: F(m, r) along the first axis, where each product is a convolution along the second,
    gives exactly the rows of the convolution. Those convolutions may be computed by F again. Proved for one m and r at
    a time (2 and 3 where none are given) and for every K.
    """
    algorithm = rows(transforms(numbers.get("m", 2), numbers.get("r", 3)))
    work = algorithm.work(theorem, numbers)
    work.extent("How many rows there are", 0, 1, "L'")
    algorithm.prove_outputs(work, "Row {} of a tile")
    return work.derivation("the rows of a tile", work.lines(**{"L'": "rows"}))


@theorem(
    title="Winograd: F(m, r) needs m + r − 1 multiplications",
    chapter=CHAPTER,
    hypotheses=POINTS,
    sources=(LAVIN, WINOGRAD),
    settings=("m", "r", "T", "O"),
    example={"m": 2, "r": 3, "T": 1, "O": 1},
    without=WITHOUT,
    uses=("winograd-computes-the-convolution", "winograd-nests-along-two-axes"),
)
def winograd_needs_m_plus_r_minus_1_multiplications(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all m, r ≥ 1: as many points as a product of polynomials has coefficients, m + r − 1, and one multiplication
    for each; nested along two axes, the square. The definition takes m·r, and (m·r)². Additions and multiplications by
    constants are not counted. That no algorithm takes fewer is Winograd's theorem, and not proved here.
    """
    product = stated("S[t] = W[u]*H[e] where t = e + u", {"W": "r", "H": "m"}, inputs=("H",))
    values = stated("M[o,n,q] = U[o,q]*V[n,q]", {"U": "O,P", "V": "T,P"}, inputs=("V",))
    nested = stated("Q[o,n,q,l] = U[o,q,l]*V[n,q,l]", {"U": "O,P,P", "V": "T,P,P"}, inputs=("V",))
    tile = {"W": "O,r", "X": "T,m+r-1"}
    grid = {"W": "O,r,r", "X": "T,m+r-1,m+r-1"}
    straight = stated("Y[o,n,e] = W[o,u]*X[n,e+u]", tile, e="m")
    square = stated("Z[o,n,e,f] = W[o,u,v]*X[n,e+u,f+v]", grid, e="m", f="m")
    work = Working(theorem, numbers, (product, values, straight, nested, square), derived=("P",))
    work.extent("How many coefficients the product has, and points fix it", 0, 0, "P")
    work.count("How many multiplications there are, along one axis", 1, "multiply-adds", "F", q="P")
    work.count("How many the definition takes", 2, "multiply-adds", "D")
    work.count("How many there are, nested along two axes", 3, "multiply-adds", "F_2", q="P", l="P")
    work.count("How many the definition takes along two axes", 4, "multiply-adds", "D_2")
    saves(work, "F", "D", "F(m, r) takes fewer multiplications", divide=("O*T",))
    names = {"P": "points", "F": "F(m, r)", "D": "the definition", "F_2": "F(m×m, r×r)", "D_2": "the definition in 2-d"}
    trial = Trial("the programs of F(m, r) and F(m×m, r×r), m and r up to 3, counted", programs_agree(), "programs")
    return work.derivation("how many multiplications a tile takes", work.lines(**names), (trial,))
