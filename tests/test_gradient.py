"""Gradients: the adjoint identity ⟨J v, g⟩ = ⟨v, Jᵀ g⟩, exactly, for every array of every index sum."""

from contextlib import suppress
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracles.values import holds
from test_operators import ROWS

import convmath as cm
from convmath.derive.conditions import assumptions


class Row:
    """An operator, the shapes of its arrays, and what no shape gives."""

    def __init__(self, operator, shapes, **sizes):
        self.operator, self.shapes, self.sizes = operator, shapes, sizes

    def arrays(self, seed):
        random = np.random.default_rng(seed)
        return {name: random.integers(-9, 10, shape) for name, shape in self.shapes.items()}

    def gradient(self, array):
        inputs = [self.shapes[name] for name in self.operator.general.inputs]
        return self.operator.gradient(array, *inputs, **self.sizes)

    def run(self, arrays):
        # Letters that a shape gives already are not given twice.
        return self.operator(**arrays, **self.sizes)


def ready(name, shape, *arguments, **keywords):
    operator = getattr(cm, name)(*arguments, **keywords)
    shapes = {"X": shape}
    for tensor in operator.definition.tensors:
        if tensor.name not in shapes:
            shapes[tensor.name] = tuple(int(str(size)) for size in tensor.shape)
    return pytest.param(Row(operator, shapes), id=f"{name}{arguments}{keywords or ''}")


def defined(title, formula, arrays, sizes=None, **given):
    """``arrays``: for each array its declared shape and the shape of the test."""
    shapes = {name: declared for name, (declared, _) in arrays.items()}
    operator = cm.define(formula, shapes=shapes, **given)
    return pytest.param(Row(operator, {name: shape for name, (_, shape) in arrays.items()}, **(sizes or {})), id=title)


READY = [
    ready("conv1d", (2, 3, 9), 3, 4, 3),
    ready("conv1d", (2, 4, 11), 4, 6, 3, 2, 1, 2, 2),
    ready("conv1d", (1, 2, 7), 2, 2, 4, 3, ((2, 5),), 1, 2, False),
    ready("conv1d", (1, 1, 5), 1, 1, 1, 3, 4),
    ready("conv1d", (1, 2, 10), 2, 3, 2, stride=5),
    ready("conv1d", (1, 2, 7), 2, 2, 4, padding="same", dilation=3),
    ready("conv2d", (2, 4, 5, 6), 4, 6, (2, 3), (2, 1), ((1, 0), 2), (1, 2), 2),
    ready("conv2d", (1, 3, 7, 5), 3, 3, 3, (1, 3), (0, (3, 1)), (2, 1), 3, False),
    ready("conv2d", (1, 2, 6, 6), 2, 1, 3, 2, 1),
    ready("conv3d", (1, 2, 3, 4, 5), 2, 4, (1, 2, 3), (1, 2, 1), (0, (1, 0), (0, 2)), (1, 1, 2), 2),
    ready("conv3d", (1, 1, 4, 4, 4), 1, 2, 2, 3, 1),
    ready("conv_transpose1d", (2, 3, 5), 3, 4, 3, 2, 1, 1),
    ready("conv_transpose1d", (1, 4, 4), 4, 6, 2, 3, ((0, 1),), 2, 2, True, 2),
    ready("conv_transpose1d", (1, 1, 6), 1, 1, 2, 4, ((2, 0),)),
    ready("conv_transpose1d", (1, 1, 4), 1, 1, 3, 1, 0, 2, 1, False, 3),
    ready("conv_transpose2d", (2, 4, 3, 4), 4, 6, (3, 2), (2, 3), ((1, 0), 1), (1, 2), 2, True, (1, 2)),
    ready("conv_transpose2d", (1, 2, 4, 3), 2, 2, 3, 2, 1, 1, 2, False),
    ready("conv_transpose3d", (1, 2, 2, 3, 2), 2, 3, (2, 1, 3), (1, 2, 3), (1, 0, 2), (0, 1, 2)),
    ready("avg_pool1d", (2, 3, 10), 4, 3, 2),
    ready("avg_pool1d", (1, 1, 7), 2, 3),
    ready("avg_pool2d", (1, 3, 7, 8), (2, 3), padding=(1, 0)),
    ready("avg_pool2d", (1, 2, 7, 5), 3, 2, 1),
    ready("avg_pool2d", (1, 2, 7, 5), 3, 2, 1, divisor_override=5),
    ready("avg_pool3d", (1, 1, 5, 6, 7), (2, 3, 4), (1, 2, 3), (1, 1, 2)),
    ready("linear", (3, 4), 4, 5),
    ready("linear", (1, 7), 7, 1, bias=False),
]

DEFINED = [
    defined(
        "bilinear",
        "Y[n,o,i] = X[n,a,i] * W[o,a,b] * Z[n,b,i]",
        {"X": ("N,A,L", (2, 3, 4)), "W": ("O,A,B", (5, 3, 2)), "Z": ("N,B,L", (2, 2, 4))},
        inputs=("X", "Z"),
    ),
    defined(
        "causal",
        "Y[n,o,i] = W[o,c,u] * X[n,c,i+d*u-d*(k-1)]",
        {"X": ("N,C,L", (2, 2, 7)), "W": ("O,C,k", (3, 2, 3))},
        {"d": 2, "k": 3},
        padding={"X": "0,0,(d*(k-1),0)"},
    ),
    defined(
        "backwards",
        "Y[n,o,i] = W[o,c,u] * X[n,c,k-1+3*i-u]",
        {"X": ("N,C,L", (1, 2, 9)), "W": ("O,C,k", (2, 2, 4))},
        {"k": 4},
    ),
    defined("the last first", "Y[i] = X[L-1-i]", {"X": ("L", (6,))}),
    defined("every third", "Y[i] = X[3*i+1]", {"X": ("L", (9,))}),
    defined("transpose", "Y[j,i] = X[i,j]", {"X": ("H,W", (2, 3))}),
    defined(
        "locally connected",
        "Y[n,o,i] = W[i,o,c,u] * X[n,c,i+u]",
        {"X": ("N,C,L", (2, 2, 6)), "W": ("L-k+1,O,C,k", (4, 3, 2, 3))},
        {"k": 3},
    ),
    defined(
        "pixel shuffle",
        "Y[n, c, r*h+a, r*w+b] = X[n, r^2*c+r*a+b, h, w]",
        {"X": ("N,C,H,W", (1, 8, 2, 3))},
        {"r": 2},
        ranges={"a": "r", "b": "r"},
    ),
    defined(
        "depthwise, two filters each",
        "Y[n,2*c+m,i] = W[2*c+m,u]*X[n,c,2*i+u]",
        {"X": ("N,C,L", (2, 3, 7)), "W": ("2*C,k", (6, 3))},
        {"k": 3},
        ranges={"m": 2},
    ),
    defined("windows", "Y[i,j] = X[i+j]", {"X": ("L", (7,))}, {"m": 3}, ranges={"i": "m"}),
    defined("moving mean", "Y[n,i] = X[n,2*i+u]", {"X": ("N,L", (2, 9))}, {"k": 4}, reduce="mean", ranges={"u": "k"}),
    defined("matrix product", "Y[i,j] = A[i,e]*B[e,j]", {"A": ("I,E", (2, 3)), "B": ("E,J", (3, 4))}),
    defined("attention scores", "S[q,k] = Q[q,e]*K[k,e]", {"Q": ("M,E", (2, 3)), "K": ("T,E", (4, 3))}),
    defined("outer product", "Y[i,j] = a[i]*b[j]", {"a": ("M", (3,)), "b": ("K", (4,))}),
    defined("squares", "Y[i] = X[i]*X[i]", {"X": ("L", (5,))}),
    defined("arrays called G and dX", "Y[i] = G[i+u]*dX[u]", {"G": ("L", (6,)), "dX": ("k", (3,))}, {"k": 3}),
    defined(
        "transposed by hand, cropped",
        "Y[t] = X[i]*W[u] where t = 2*i + u - 1",
        {"X": ("L", (4,)), "W": ("k", (3,))},
        {"k": 3},
        padding={"Y": "(1,0)"},
    ),
    defined(
        "a number in the padding, a mirror in the other one",
        "Y[i] = X[i+u-2]*Z[2*i-u+1]",
        {"X": ("L", (6,)), "Z": ("M", (11,))},
        {"k": 3},
        inputs=("X", "Z"),
        ranges={"u": "k"},
        padding={"X": "2", "Z": "(1, 2)"},
        padding_mode={"X": 3, "Z": "reflect"},
    ),
    defined("a difference", "Y[i,o] = X[i,o] - Z[o]", {"X": ("L,O", (3, 4)), "Z": ("O", (4,))}, inputs=("X", "Z")),
]

REPEATED = [
    ready("conv1d", (1, 2, 6), 2, 3, 3, 2, 5, 2, padding_mode="reflect"),
    ready("conv1d", (2, 2, 4), 2, 2, 3, 1, ((4, 2),), padding_mode="circular"),
    ready("conv1d", (1, 2, 3), 2, 2, 2, 3, 4, padding_mode="replicate"),
    ready("conv2d", (1, 4, 4, 5), 4, 2, (2, 3), (2, 1), ((3, 1), 2), (2, 1), 2, padding_mode="reflect"),
    ready("conv2d", (1, 2, 3, 2), 2, 2, 2, 1, (3, (0, 2)), padding_mode="circular"),
    ready("conv2d", (1, 1, 1, 3), 1, 2, 3, 1, 2, padding_mode="replicate"),
    ready("conv3d", (1, 1, 2, 3, 2), 1, 1, 2, 1, (1, 2, 0), padding_mode="reflect"),
    ready("pad", (2, 1, 4), (2, 1, 4), (2, 3), "reflect"),
    ready("pad", (1, 3, 4), (1, 3, 4), (-1, 3, 2, 1), "reflect"),
    ready("pad", (1, 2, 2, 3), (1, 2, 2, 3), (4, -2, 0, 3), "replicate"),
    ready("pad", (1, 2, 2, 3), (1, 2, 2, 3), (3, 1, -1, 0), "circular"),
    ready("pad", (1, 2, 5), (1, 2, 5), (-1, -2, 1, 0), "constant", 4),
]
"""Arrays that stand in their own padding: each place of it adds to the place that it repeats."""

REFUSED_OR_RIGHT = [
    defined("diagonal", "Y[i] = X[i,i]", {"X": ("L,L", (4, 4))}),
    defined("trace", "Y[n] = X[n,i,i]", {"X": ("N,L,L", (2, 3, 3))}),
    defined("band of a matrix", "Y[i] = X[i,i+u]*W[u]", {"X": ("H,W", (4, 6)), "W": ("k", (3,))}, {"k": 3}),
    defined("differences", "Y[i] = X[i+1] - X[i]", {"X": ("L", (6,))}),
    defined("neighbours", "Y[i] = X[i]*X[i+1]", {"X": ("L", (6,))}),
    defined(
        "locally connected, as far as there are weights",
        "Y[n,o,i] = W[i,o,c,u] * X[n,c,i+u]",
        {"X": ("N,C,L", (1, 2, 9)), "W": ("M,O,C,k", (4, 3, 2, 3))},
        {"M": 4, "k": 3},
    ),
    defined(
        "two inputs, one kernel",
        "Y[i] = W[u]*X[i+u] + W[u]*Z[2*i+u]",
        {"X": ("L", (6,)), "Z": ("M", (9,)), "W": ("k", (3,))},
        {"k": 3},
        inputs=("X", "Z"),
    ),
]
CLIPPED = [
    ready("avg_pool1d", (2, 3, 10), 4, 3, 2, ceil_mode=True),
    ready("avg_pool1d", (1, 1, 7), 3, 2, 1, count_include_pad=False),
    ready("avg_pool2d", (1, 2, 6, 5), (3, 2), 2, 1, True, False),
    ready("avg_pool2d", (1, 1, 6, 6), 3, 2, 1, True, divisor_override=7),
    ready("avg_pool3d", (1, 2, 3, 4, 5), 2, 2, 1, True, False),
    ready("adaptive_avg_pool1d", (2, 2, 5), 3),
    ready("adaptive_avg_pool1d", (1, 1, 3), 8),
    ready("adaptive_avg_pool2d", (1, 2, 5, 4), (3, None)),
    ready("lp_pool1d", (1, 2, 6), 1, 3, 2, True),
    defined(
        "a mean of products over a triangle",
        "Y[i,n] = -2/7 * X[n,i,u]*X[n,i,v]*W[u] where u <= i+1",
        {"X": ("N,L,M", (2, 3, 4)), "W": ("M", (4,))},
        reduce="mean",
    ),
    defined("a mean, counted where it is read", "Y[i] = X[i,u] where u <= i", {"X": ("L,M", (3, 5))}, reduce="mean"),
    defined(
        "places written as far as an inequality goes",
        "Y[t] = X[i]*W[u] where t = 2*i+u, i+u <= 4",
        {"X": ("L", (5,)), "W": ("k", (3,))},
    ),
]
"""Means over fewer places at the border, windows that are dropped, and sums under conditions."""


def exact(array):
    return array.astype(object)


def dot(left, right):
    assert left.shape == right.shape
    return sum((a * b for a, b in zip(exact(left).flat, exact(right).flat, strict=True)), Fraction(0))


def derivative(row, arrays, name, direction):
    """J v: the central difference, exact as no array is read more than twice in a product."""
    up, down = (row.run({**arrays, name: arrays[name] + sign * direction}) for sign in (1, -1))
    return np.asarray((exact(up) - exact(down)) * Fraction(1, 2), dtype=object)


def check_adjoint(row, name, seed=0):
    arrays, others = row.arrays(seed), row.arrays(seed + 1)
    gradient = row.gradient(name)
    forward = row.run(arrays)
    seed_name = gradient.general.tensors[0].name
    assert seed_name not in row.operator.general.arrays
    g = np.random.default_rng(seed + 2).integers(-9, 10, forward.shape)
    kept = {other: arrays[other] for other in gradient.general.arrays if other != seed_name}
    left = {seed_name: g, **kept}
    given = {letter: size for letter, size in row.sizes.items() if letter in gradient.general.sizes}
    pulled = gradient(**left, **given)
    assert pulled.shape == row.shapes[name]
    assert dot(derivative(row, arrays, name, others[name]), g) == dot(others[name], pulled)


@pytest.mark.parametrize("row", READY + DEFINED + REPEATED + CLIPPED)
def test_the_adjoint_identity_holds_for_every_array(row):
    for seed, name in enumerate(row.operator.general.arrays):
        check_adjoint(row, name, 10 * seed)


REFUSED = {
    "max": "a max passes its gradient to the place it chose",
    "function": r"the gradient of \w+ is not derived, since its slope depends on the values and not on the sizes",
}
"""What is no sum of products: why it has no gradient here."""


def kind(operator):
    """What about the definition makes it no sum of products, or "sum"."""
    definition = operator.general
    if definition.around:
        return "function"
    if definition.reduce in ("max", "min"):
        return definition.reduce
    return "sum"


@pytest.mark.parametrize(("name", "shape", "arguments", "keywords"), ROWS)
def test_every_operator_on_the_shelf_has_an_adjoint_or_is_refused_by_name(name, shape, arguments, keywords):
    """The rows are those of every other universal test, so a new operator is held to this without a line here."""
    operator = getattr(cm, name)(*arguments, **keywords)
    given = shape if isinstance(shape[0], tuple) else (shape,)
    shapes = dict(zip(operator.general.inputs, given, strict=True))
    learned = operator.definition.parameters
    shapes |= {tensor.name: tuple(int(str(size)) for size in tensor.shape) for tensor in learned}
    for seed, array in enumerate(operator.general.arrays):
        if kind(operator) == "sum":
            check_adjoint(Row(operator, shapes), array, 10 * seed)
        else:
            with pytest.raises(cm.UnsupportedError, match=REFUSED[kind(operator)]):
                operator.gradient(array, *given)


@pytest.mark.parametrize("row", REFUSED_OR_RIGHT)
def test_a_sum_of_another_kind_is_right_or_refused_by_name(row):
    """One index reads two axes, one array stands in two terms."""
    for name in row.operator.general.arrays:
        with suppress(cm.UnsupportedError):
            check_adjoint(row, name)


@pytest.mark.parametrize(
    ("operator", "reason"),
    [
        (cm.max_pool1d(2), "a max passes its gradient to the place it chose"),
        (cm.max_pool2d(3, 2, 1), "a max passes its gradient"),
        (cm.max_pool3d((1, 2, 3)), "a max passes its gradient"),
        (cm.define("Y[i] = X[i+u] where u < k", shapes={"X": "L"}, reduce="min"), "a min passes its gradient"),
    ],
)
def test_an_extreme_has_no_gradient_here(operator, reason):
    with pytest.raises(cm.UnsupportedError, match=reason):
        operator.gradient("X")


def test_there_is_no_gradient_by_an_array_that_is_not_read():
    with pytest.raises(cm.DefinitionError, match="there is no array b: the arrays are"):
        cm.conv1d(1, 1, 3, bias=False).gradient("b")


# In letters.

LETTERS = {
    "conv1d": cm.conv1d("C", "O", "k", "s", "p", "d"),
    "conv1d, grouped": cm.conv1d("C", "O", "k", "s", "p", "d", "g"),
    "conv1d, asymmetric": cm.conv1d("C", "O", "k", "s", (("p", "q"),), "d"),
    "conv1d, same": cm.conv1d("C", "O", "k", padding="same", dilation="d"),
    "conv2d": cm.conv2d("C", "O", "k", "s", "p", "d"),
    "conv3d": cm.conv3d("C", "O", "k", "s", "p"),
    "conv_transpose1d": cm.conv_transpose1d("C", "O", "k", "s", "p", "a", dilation="d"),
    "conv_transpose1d, grouped": cm.conv_transpose1d("C", "O", "k", "s", "p", "a", "g"),
    "conv_transpose2d": cm.conv_transpose2d("C", "O", "k", "s", "p", "a"),
    "avg_pool1d": cm.avg_pool1d("k", "s", "p"),
    "avg_pool2d": cm.avg_pool2d("k", "s", "p"),
    "avg_pool1d, clipped": cm.avg_pool1d("k", "s", "p", True, False),
    "adaptive_avg_pool2d": cm.adaptive_avg_pool2d("o"),
    "linear": cm.linear("C", "O"),
}


@pytest.mark.parametrize("operator", LETTERS.values(), ids=LETTERS)
def test_the_gradient_in_letters_has_the_shape_of_the_array(operator):
    for name, tensor in operator.general.arrays.items():
        found = ", ".join(map(str, operator.gradient(name).output_shape()))
        declared = tuple(str(size).replace(" ", "").replace("·", "*") for size in tensor.shape)
        assert found.replace(" ", "") == ",".join(declared)


@pytest.mark.parametrize("operator", LETTERS.values(), ids=LETTERS)
def test_the_gradient_assumes_no_more_than_the_operator(operator):
    """On a box of sizes: where everything holds that the operator needs, everything holds that its gradients need."""
    forward = assumptions(operator.general)
    box = {"C": (1, 4), "O": (2, 4), "g": (1, 2), "p": (0, 1, 3), "q": (0, 2), "a": (0, 1), "k": (1, 3), "d": (1, 2)}
    letters = operator.general.sizes
    met = 0
    needed = {name: assumptions(operator.gradient(name).general) for name in operator.general.arrays}
    for values in product(*(box.get(letter, (1, 2, 5)) for letter in letters)):
        at = dict(zip(letters, values, strict=True))
        if not all(holds(relation, at) for relation in forward):
            continue
        met += 1
        for name, relations in needed.items():
            for relation in relations:
                assert holds(relation, at), f"the gradient by {name} needs {relation}, which {at} breaks"
        if met == 120:
            break
    assert met > 10 or operator is LETTERS["linear"]


@pytest.mark.parametrize("padding", [0, 1, ((0, 1),), ((2, 0),)])
def test_a_padding_of_nothing_is_no_obstacle(padding):
    for make in (cm.conv1d, cm.conv_transpose1d):
        for name in ("X", "W", "b"):
            assert make(1, 1, 3, padding=padding).gradient(name, (1, 1, 5)).output_shape()


@pytest.mark.parametrize("operator", LETTERS.values(), ids=LETTERS)
def test_its_derivations_are_checked_like_any_other(operator):
    for name in operator.general.arrays:
        operator.gradient(name).derive("output_shape").check()


# The gradient of a gradient.


@pytest.mark.parametrize(
    "row", [*(READY[at] for at in (1, 2, 6, 12, 15, 19, 22, 24)), *DEFINED[:3], DEFINED[6], *CLIPPED[:8]]
)
def test_the_gradient_by_g_of_the_gradient_is_the_linear_part_of_the_operator(row):
    """dX is linear in G with the transposed matrix; transposed once more it is the operator without its bias."""
    for name in row.operator.general.arrays:
        arrays, gradient = row.arrays(5), row.gradient(name)
        seed = gradient.general.tensors[0].name
        out = row.run(arrays).shape
        again = gradient.gradient(seed, *_inputs_of(gradient, {**row.shapes, seed: out}))
        first = again.general.tensors[0].name
        v = row.arrays(6)[name]
        kept = {key: arrays[key] for key in again.general.arrays if key != first}
        given = {letter: size for letter, size in row.sizes.items() if letter in again.general.sizes}
        found = again(**{first: v}, **kept, **given)
        assert (exact(found) == derivative(row, arrays, name, v)).all()


def _inputs_of(operator, shapes):
    return [shapes[name] for name in operator.general.inputs]


@pytest.mark.parametrize("row", [*(READY[at] for at in (1, 6, 12, 15)), DEFINED[0], *CLIPPED[1:6], *CLIPPED[8:]])
def test_a_gradient_has_the_adjoint_identity_itself(row):
    for name in row.operator.general.arrays:
        gradient = row.gradient(name)
        seed = gradient.general.tensors[0].name
        shapes = {seed: row.run(row.arrays(0)).shape, **row.shapes}
        kept = {key: shapes[key] for key in gradient.general.arrays}
        given = {letter: size for letter, size in row.sizes.items() if letter in gradient.general.sizes}
        for array in kept:
            check_adjoint(Row(gradient, kept, **given), array, 3)


# Known equivalences.

ARGUMENTS = st.fixed_dictionaries(
    {
        "k": st.tuples(st.integers(1, 3), st.integers(1, 3)),
        "s": st.tuples(st.integers(1, 3), st.integers(1, 3)),
        "p": st.tuples(st.integers(0, 2), st.integers(0, 2)),
        "d": st.tuples(st.integers(1, 3), st.integers(1, 3)),
        "size": st.tuples(st.integers(1, 7), st.integers(1, 7)),
        "groups": st.sampled_from([1, 2]),
    }
)


def made(a):
    """A conv2d, its input, its weight and a gradient of its output; what the stride leaves over on each axis."""
    extents = [d * (k - 1) + 1 for k, d in zip(a["k"], a["d"], strict=True)]
    padded = [size + 2 * p for size, p in zip(a["size"], a["p"], strict=True)]
    assume(all(e <= H for e, H in zip(extents, padded, strict=True)))
    left = tuple((H - e) % s for H, e, s in zip(padded, extents, a["s"], strict=True))
    conv = cm.conv2d(4, 2, a["k"], a["s"], a["p"], a["d"], a["groups"], False)
    random = np.random.default_rng(7)
    x = random.integers(-9, 10, (2, 4, *a["size"]))
    w = random.integers(-9, 10, (2, 4 // a["groups"], *a["k"]))
    return conv, x, w, random.integers(-9, 10, conv(x, w).shape), left


@settings(max_examples=25)
@given(ARGUMENTS)
def test_the_gradient_by_x_of_a_conv2d_is_a_conv_transpose2d(a):
    """With output_padding (H + 2p − e) mod s, the rows that no window reached: their gradient is 0."""
    conv, x, w, g, left = made(a)
    pulled = conv.gradient("X", x.shape)(G=g, W=w)
    transposed = cm.conv_transpose2d(2, 4, a["k"], a["s"], a["p"], left, a["groups"], False, a["d"])
    assert (pulled == transposed(g, w)).all()
    assert pulled.shape == x.shape


@settings(max_examples=25)
@given(ARGUMENTS)
def test_the_gradient_by_w_of_a_conv2d_is_a_convolution_with_stride_and_dilation_swapped(a):
    """Channels are its batch, the batch its channels; what the stride left over gives rows that are not wanted."""
    conv, x, _, g, _ = made({**a, "groups": 1})
    pulled = conv.gradient("W", x.shape)(G=g, X=x)
    swapped = cm.conv2d(x.shape[0], g.shape[1], g.shape[2:], a["d"], a["p"], a["s"], 1, False)
    found = swapped(x.swapaxes(0, 1), g.swapaxes(0, 1)).swapaxes(0, 1)
    assert (pulled == found[:, :, : a["k"][0], : a["k"][1]]).all()


@settings(max_examples=25)
@given(ARGUMENTS)
def test_the_gradient_by_x_of_a_conv_transpose2d_is_the_convolution(a):
    conv, _, w, g, left = made(a)
    transposed = cm.conv_transpose2d(2, 4, a["k"], a["s"], a["p"], left, a["groups"], False, a["d"])
    seed = np.random.default_rng(8).integers(-9, 10, (2, 4, *a["size"]))
    assert (transposed.gradient("X", g.shape)(G=seed, W=w) == conv(seed, w)).all()


def test_the_gradient_by_the_bias_is_the_sum_of_the_gradient_of_the_output():
    for make in (cm.conv2d, cm.conv_transpose2d):
        operator = make(4, 6, 3, 2, 1, groups=2)
        g = np.random.default_rng(9).integers(-9, 10, operator.output_shape((2, 4, 7, 6)))
        assert (operator.gradient("b", (2, 4, 7, 6))(G=g) == g.sum((0, 2, 3))).all()


def test_what_no_window_reads_has_the_gradient_0():
    g = np.full((1, 1, 2), 3)
    w = np.array([[[1, 1]]])
    pulled = cm.conv1d(1, 1, 2, 3, bias=False).gradient("X", (1, 1, 7))(G=g, W=w)
    assert pulled.tolist() == [[[3, 3, 0, 3, 3, 0, 0]]]


def test_a_mean_of_integers_gives_back_fractions():
    pulled = cm.avg_pool1d(3, 2).gradient("X", (1, 1, 6))(G=np.array([[[1, 2]]]))
    third = Fraction(1, 3)
    assert pulled.tolist() == [[[third, third, 3 * third, 2 * third, 2 * third, 0]]]
