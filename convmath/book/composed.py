"""Gradients through several layers: in a row, in parallel, around a layer; the adjoint; the cost."""

from __future__ import annotations

from convmath.book.costs import ratio
from convmath.book.entries import Theorem, theorem
from convmath.book.gradients import CHAPTER, LAYER
from convmath.book.roles import collect, collected, role, transposed
from convmath.book.working import Working, move, stated
from convmath.language.definition import Definition
from convmath.proof.derivation import Derivation

HE = "He et al., Identity Mappings in Deep Residual Networks (2016), equation 5"


@theorem(
    title="The gradient goes through two layers in reverse: through each by its transposed matrix",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.5.2, the chain rule for vectors",),
    settings=("N", "C", "O", "R", "L"),
    uses=("linear-gradients-are-matrix-products",),
    example={"N": 1, "C": 192, "O": 64, "R": 16, "L": 784},
)
def gradients_go_through_two_layers_in_reverse(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with 1×1 convolutions Z = U·X and Y = V·Z: ∂L/∂X is Uᵀ applied to ∂L/∂Z, and ∂L/∂Z is Vᵀ applied
    to G = ∂L/∂Y. D is the slope that each chain names.
    """
    second = stated("Y[n,o,i] = V[o,f]*Z[n,f,i]", {"V": "O,R", "Z": "N,R,L"}, inputs=("Z",))
    first = stated("Z[n,r,i] = U[r,c]*X[n,c,i]", {"U": "R,C", "X": "N,C,L"})
    both = stated("Y[n,o,i] = V[o,r]*U[r,c]*X[n,c,i]", {"V": "O,R", "U": "R,C", "X": "N,C,L"})
    by_x, by_z = collected(both, "X", "m,e,x"), collected(second, "Z", "m,r,x")
    of_z = stated("dZ[m,r,x] = V[o,r]*G[m,o,x]", {"V": "O,R", "G": "N,O,L"}, inputs=("G",))
    of_x = stated("dX[m,e,x] = U[r,e]*dZ[m,r,x]", {"U": "R,C", "dZ": "N,R,L"}, inputs=("dZ",))
    work = Working(theorem, numbers, (second, first, both, by_z, of_z, by_x, of_x))
    joined = move("insert", number=2), move("multiply out"), move("one sum")
    work.chain("The two layers as one", 0, *joined, move("recognise", number=3, words="one sum"))
    collect(work, "∂L/∂Z, rewritten", "Z", "n f i", 5, "the transposed matrix V, applied to G", "x", 3)
    work.chain(
        "∂L/∂X, rewritten",
        5,
        move("put in the slope", slope="D", array="X", number=3, within="x"),
        *(move("multiply out"), move("one sum")),
        *(move("one value meets it", index=index) for index in "nci"),
        move("sum in turn", outer="r"),
        move("take out", index="o"),
        move("name", number=5, words="the gradient of Z"),
        move("recognise", number=7, words="the transposed matrix U, applied to ∂L/∂Z"),
    )
    for subject, name in ((4, "A"), (6, "B")):
        work.count(f"What {work.definitions[subject].output} costs", subject, "multiply-adds", name)
    return work.derivation("what ∂L/∂X is", work.lines(A="back to Z", B="back to X"))


@theorem(
    title="The gradients of a weight that is used twice add",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.5.6, where what all uses give is summed",
    ),
    settings=("N", "C", "O"),
    uses=("linear-gradients-are-matrix-products",),
    example={"N": 32, "C": 512, "O": 10},
)
def gradients_of_a_shared_weight_add(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with Y = W·X + W·Z, G = ∂L/∂Y and D the slope of Y: ∂L/∂W is A + B, what it is for the first use
    alone and for the second use alone.
    """
    given = {"W": "O,C", "X": "N,C", "Z": "N,C"}
    layer = stated("Y[n,o] = W[o,c]*X[n,c] + W[o,c]*Z[n,c]", given, inputs=("X", "Z"))
    first = stated("A[e,f] = G[n,e]*X[n,f]", {"G": "N,O", "X": "N,C"}, inputs=("G", "X"))
    second = stated("B[e,f] = G[n,e]*Z[n,f]", {"G": "N,O", "Z": "N,C"}, inputs=("G", "Z"))
    added = stated("dW[e,f] = A[e,f] + B[e,f]", {"A": "O,C", "B": "O,C"}, inputs=("A", "B"))
    work = Working(theorem, numbers, (layer, collected(layer, "W", "e,f"), first, second, added))
    work.chain(
        "The gradient, rewritten",
        1,
        move("put in the slope", slope="D", array="W", number=1),
        *(move("multiply out"), move("one sum")),
        *(move("one value meets it", index=index) for index in "oc"),
        move("name", number=3, words="what the first use gives"),
        move("name", number=4, words="what the second use gives"),
        move("recognise", number=5, words="the two are added"),
    )
    work.count("How many numbers are shared", 0, "parameters", "P")
    return work.derivation("what ∂L/∂W is", work.lines(P="weights"))


@theorem(
    title="A residual layer hands its output gradient on, and adds to it",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(f"{HE}, for any number of layers",),
    settings=("N", "C", "L", "k", "p", "q"),
    uses=("input-gradient-of-a-conv-is-a-transposed-conv",),
    example={"N": 1, "C": 64, "L": 56, "k": 3, "p": 1, "q": 1},
)
def residual_gradient_adds_to_the_output_gradient(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with Y = X + W∗X, a convolution that is padded to keep the L places of X, G = ∂L/∂Y and D the
    slope of Y: ∂L/∂X is G itself, and the transposed convolution of G added to it.
    """
    shapes, pads = {"X": "N,C,L", "W": "C,C,k"}, {"X": "0,0,(p,q)"}
    layer = stated("Y[n,o,i] = X[n,o,i] + W[o,c,u]*X[n,c,i+u-p]", shapes, pads, i="L")
    given = {"G": "N,C,L", "W": "C,C,k"}
    back = stated("T[m,e,x] = W[o,e,u]*G[m,o,i] where x = i+u-p", given, {}, ("G",), x="L")
    work = Working(theorem, numbers, (layer, collected(layer, "X", "m,e,x"), back))
    work.chain(
        "The gradient, rewritten",
        1,
        move("put in the slope", slope="D", array="X", number=1, within="x"),
        *(move("multiply out"), move("one sum")),
        *(move("one value meets it", index=index) for index in "ncoi"),
        move("name", number=3, words="the transposed convolution of G"),
    )
    work.count("What the transposed convolution costs", 2, "multiply-adds", "M")
    return work.derivation("what ∂L/∂X is", work.lines(M="multiply-adds beside G"))


@theorem(
    title="A convolution and its transpose are adjoint",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Dumoulin & Visin (2016), arXiv:1603.07285, section 4.1, as the matrices C and Cᵀ",),
    settings=("H", *LAYER),
    uses=("input-gradient-of-a-conv-is-a-transposed-conv",),
)
def conv_and_transposed_conv_are_adjoint(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with Y the convolution of X and E the transposed convolution of G with the same weights: for each
    example n, the sum P[n] of X·E over all places of X is the sum of G·Y over all H places of G.
    """
    outer = stated("P[n] = X[n,c,x]*E[n,c,x]", {"X": "N,C,L", "E": "N,C,L"}, inputs=("X", "E"))
    text = "E[n,c,x] = W[o,c,u]*G[n,o,i] where x = s*i+d*u-p"
    back = stated(text, {"W": "O,C,k", "G": "N,O,H"}, {}, ("G",), x="L")
    inner = stated("P[n] = G[n,o,i]*Y[n,o,i]", {"G": "N,O,H", "Y": "N,O,H"}, inputs=("G", "Y"))
    work = Working(theorem, numbers, (outer, back, sliding(), inner))
    work.chain(
        "The sum over the places of X, rewritten",
        0,
        move("insert", number=2),
        move("multiply out"),
        move("one sum"),
        move("one value meets it", index="x"),
        move("sum in turn", outer="o i"),
        move("take out", index="c"),
        move("name", number=3, words="the convolution of X"),
        move("recognise", number=4, words="the sum over the places of G"),
    )
    return work.derivation("what the sum of X·E is")


@theorem(
    title="The backward pass of a convolution costs twice its forward pass",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Counted here, on the operators that the gradients are",),
    settings=("N", "C", "O", "H", *LAYER),
    uses=("input-gradient-of-a-conv-is-a-transposed-conv", "weight-gradient-exchanges-stride-and-dilation"),
    example={"N": 1, "C": 64, "O": 64, "H": 56, "L": 56, "k": 3, "s": 1, "p": 1, "q": 1, "d": 1},
)
def backward_costs_twice_forward(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes: ∂L/∂X and ∂L/∂W take as many multiply-adds each as the convolution, R = 2 times as many together:
    every product W·X of the forward pass comes back once as W·G and once as G·X. Products with padded zeros are
    counted in all three, and of ∂L/∂W the k places that are kept; the bias gradient multiplies nothing.
    """
    layer, of_x = sliding(), role(transposed(), "C→O O→C L→H c→o o→e t→x n→m", X="G", Y="dX")
    given = {"G": "N,O,H", "X": "N,C,L"}
    of_w = stated("dW[e,f,v] = G[n,e,i]*X[n,f,s*i+d*v-p]", given, {"X": "0,0,(p,q)"}, ("G", "X"), v="k")
    work = Working(theorem, numbers, (layer, of_x, of_w))
    work.count("What the convolution costs", 0, "multiply-adds", "M")
    work.count("What ∂L/∂X costs", 1, "multiply-adds", "A")
    work.count("What ∂L/∂W costs", 2, "multiply-adds", "B")
    ratio(work, "(A+B)/M", "the two gradients, over the convolution", "N*O*H*C*k")
    names = {"M": "the convolution", "A": "∂L/∂X", "B": "∂L/∂W", "R": "ratio"}
    return work.derivation("what the backward pass costs", work.lines(**names))


def sliding() -> Definition:
    """The convolution with H of its windows, as many as fit or fewer."""
    text, shapes = "Y[n,o,i] = W[o,c,u]*X[n,c,s*i+d*u-p]", {"X": "N,C,L", "W": "O,C,k"}
    return stated(text, shapes, {"X": "0,0,(p,q)"}, i="H")
