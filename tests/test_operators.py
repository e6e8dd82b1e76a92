"""One check for every operator: what is derived is what counting gives. A new operator is one row."""

import random
from itertools import cycle, product

import pytest
from oracles.counting import Convolution, Linear, Pool, PowerPool, Transposed
from oracles.moves import ORACLES as MOVES
from oracles.padding import Padded
from oracles.shared import Adaptive, Bilinear, Elementwise, Global, Matmul, Product, Same

import convmath as cm
from convmath.operators.shelf import SHELF, operator_names

ORACLES = {
    "conv": Convolution,
    "conv_transpose": Transposed,
    "max_pool": Pool,
    "avg_pool": Pool,
    "linear": Linear,
    "pad": Padded,
    "adaptive_avg_pool": Adaptive,
    "adaptive_max_pool": Adaptive,
    "global_avg_pool": Global,
    "global_max_pool": Global,
    "matmul": Matmul,
    "bilinear": Bilinear,
    "add": Elementwise,
    "sub": Elementwise,
    "mul": Product,
    "lp_pool": PowerPool,
    **dict.fromkeys(SHELF["convmath.operators.activations"].split(), Same),
}

SOME = cycle([(2, 3, 4, 5), (7,), (2, 3), (4, 1, 5), (2, 1, 3, 1, 2)])


def row(name, shape, *arguments, **keywords):
    """An operator by name, the shape of its input (or of each), and its arguments: for it and for its oracle alike."""
    written = [*map(repr, arguments), *(f"{key}={value!r}" for key, value in keywords.items())]
    return pytest.param(name, shape, arguments, keywords, id=f"{name}({', '.join(written)})")


ROWS = [
    row("conv1d", (2, 3, 11), 3, 4, 3),
    row("conv1d", (1, 3, 11), 3, 4, 3, bias=False),
    row("conv1d", (2, 3, 11), 3, 5, 4, 3, 2, 2),
    row("conv1d", (1, 1, 1), 1, 1, 1),
    row("conv1d", (1, 2, 5), 2, 2, 7, padding=((4, 0),)),
    row("conv1d", (1, 2, 9), 2, 2, 3, padding=((4, 0),), dilation=2),
    row("conv1d", (1, 6, 9), 6, 4, 3, groups=2, stride=4),
    row("conv1d", (2, 4, 8), 4, 8, 3, groups=4, padding=1, bias=False),
    row("conv2d", (1, 3, 6, 6), 3, 4, 1),
    row("conv2d", (2, 6, 9, 9), 6, 4, (3, 5), stride=(1, 2), padding=((1, 2), 0), groups=2),
    row("conv2d", (1, 2, 7, 12), 2, 3, (2, 3), stride=(2, 3), padding=(1, 2), dilation=(3, 2)),
    row("conv2d", (1, 2, 8, 8), 2, 2, 3, stride=2, padding=((0, 1), (0, 1)), bias=False),
    row("conv2d", (1, 4, 5, 6), 4, 4, 3, padding=1, groups=4),
    row("conv2d", (1, 1, 5, 5), 1, 1, 5),
    row("conv2d", (3, 2, 4, 7), 2, 6, (1, 4), 5, (0, 3), 1, 2, False),
    row("conv3d", (1, 2, 4, 5, 6), 2, 3, 2),
    row("conv3d", (1, 4, 5, 6, 4), 4, 2, (1, 3, 2), stride=(2, 1, 3), padding=(0, (2, 1), 1), groups=2),
    row("conv3d", (1, 1, 5, 5, 5), 1, 2, 2, dilation=(1, 2, 4), bias=False),
    row("conv1d", (1, 2, 6), 2, 3, 3, padding=5, padding_mode="reflect"),
    row("conv2d", (1, 4, 5, 6), 4, 2, 3, 2, ((5, 1), 3), 1, 2, False, "circular"),
    row("conv3d", (1, 1, 2, 3, 1), 1, 1, 2, padding=(1, 2, 4), padding_mode="replicate"),
    row("conv_transpose1d", (2, 3, 5), 3, 4, 3),
    row("conv_transpose1d", (1, 3, 5), 3, 4, 3, 2, 1, 1),
    row("conv_transpose1d", (1, 4, 5), 4, 6, 2, 3, 0, 2, 2, False, 1),
    row("conv_transpose1d", (1, 1, 3), 1, 1, 2, stride=1, output_padding=2, dilation=3),
    row("conv_transpose1d", (1, 2, 4), 2, 2, 1, stride=4),
    row("conv_transpose2d", (1, 8, 5, 5), 8, 4, 3, stride=2, padding=1, output_padding=1),
    row("conv_transpose2d", (2, 4, 3, 4), 4, 6, (3, 2), (2, 3), ((1, 0), 1), (1, 2), 2, True, (1, 2)),
    row("conv_transpose3d", (1, 2, 2, 3, 2), 2, 3, (2, 1, 3), stride=(1, 2, 3), padding=(1, 0, 2)),
    row("max_pool1d", (2, 3, 10), 3),
    row("max_pool1d", (2, 3, 10), 3, 1, 1, 2),
    row("max_pool2d", (1, 3, 11, 11), 3, 2, 1),
    row("max_pool2d", (1, 2, 9, 13), (2, 5), (3, 1), (1, 2), (1, 2)),
    row("max_pool3d", (1, 1, 4, 5, 6), (2, 3, 2)),
    row("avg_pool1d", (2, 3, 10), 4, 3, 2),
    row("avg_pool2d", (1, 3, 7, 8), (2, 3), padding=(1, 0)),
    row("avg_pool3d", (1, 1, 5, 6, 7), (2, 3, 4), (1, 2, 3), (1, 1, 2)),
    row("conv2d", (1, 6, 5, 5), 6, 12, 3, groups=6),
    row("adaptive_avg_pool1d", (2, 3, 10), 3),
    row("adaptive_avg_pool1d", (1, 2, 3), 7),
    row("adaptive_avg_pool2d", (1, 2, 7, 10), (3, 4)),
    row("adaptive_avg_pool2d", (2, 3, 12, 5), (6, None)),
    row("adaptive_avg_pool3d", (1, 1, 4, 5, 6), (2, 3, 4)),
    row("adaptive_max_pool1d", (2, 3, 11), 4),
    row("adaptive_max_pool2d", (2, 3, 8, 9), 5),
    row("adaptive_max_pool3d", (1, 2, 3, 4, 5), (None, 2, 7)),
    row("global_avg_pool1d", (2, 3, 7)),
    row("global_avg_pool2d", (1, 4, 5, 6)),
    row("global_avg_pool3d", (1, 2, 3, 4, 5)),
    row("global_max_pool1d", (1, 2, 9)),
    row("global_max_pool2d", (2, 1, 3, 8)),
    row("global_max_pool3d", (1, 1, 4, 3, 2)),
    row("matmul", ((4, 3), (3, 5)), (4, 3), (3, 5)),
    row("matmul", ((2, 3, 4, 6), (3, 6, 5)), (2, 3, 4, 6), (3, 6, 5)),
    row("matmul", ((2, 3, 4, 5), (5,)), (2, 3, 4, 5), (5,)),
    row("matmul", ((5,), (3, 5, 2)), (5,), (3, 5, 2)),
    row("matmul", ((7,), (7,)), (7,), (7,)),
    row("bilinear", ((2, 3), (2, 4)), 3, 4, 5),
    row("bilinear", ((3, 5), (3, 2)), 5, 2, 4, bias=False),
    row("add", ((2, 3, 4, 5), (3, 1, 1)), (2, 3, 4, 5), (3, 1, 1)),
    row("sub", ((3, 1, 5), (4, 1)), (3, 1, 5), (4, 1)),
    row("mul", ((2, 3, 4), ()), (2, 3, 4), ()),
    row("lp_pool1d", (2, 3, 10), 2, 3),
    row("lp_pool2d", (1, 2, 9, 8), 1, (2, 3), (3, 1)),
    row("lp_pool3d", (1, 1, 4, 5, 6), 2.5, 2),
    *(
        row(name, shape, shape)
        for name, shape in zip(SHELF["convmath.operators.activations"].split(), SOME, strict=False)
    ),
    row("pad", (2, 3, 7), (2, 3, 7), (1, 2)),
    row("pad", (1, 3, 5, 6), (1, 3, 5, 6), (-1, -2, 4, 0), "reflect"),
    row("pad", (1, 2, 3, 4, 5), (1, 2, 3, 4, 5), (5, 1, 0, 4, 2, 3), "circular"),
    row("pad", (4, 1), (4, 1), (-1, 3, 2, -3), "constant", 7),
    row("linear", (2, 3), 3, 4),
    row("linear", (5, 7), 7, 1, bias=False),
]


@pytest.mark.parametrize(("name", "shape", "arguments", "keywords"), ROWS)
def test_what_is_derived_is_what_counting_gives(name, shape, arguments, keywords):
    operator = getattr(cm, name)(*arguments, **keywords)
    shapes = shape if isinstance(shape[0], tuple) else (shape,)
    kind, rank = name.rstrip("123d"), len(shapes[0]) - 2
    oracle = ORACLES[name if name in ORACLES else kind](rank, *arguments, **keywords)
    quantities = {
        "output_shape": oracle.output_shape(*shapes),
        "parameters": oracle.parameters(),
        "macs": oracle.macs(*shapes),
        "receptive_field": oracle.receptive_field(*shapes),
    }
    assert operator.output_shape(*shapes) == quantities["output_shape"]
    assert operator.parameters() == quantities["parameters"]
    assert operator.macs(*shapes) == quantities["macs"]
    whole = name.startswith(("adaptive", "global"))  # then what is read depends on how large the input is
    sizes = dict(zip({1: "L", 2: "HW", 3: "DHW"}[rank], shape[2:], strict=True)) if whole else {}
    assert operator.receptive_field(**sizes) == quantities["receptive_field"]
    for quantity, wanted in quantities.items():
        proof = operator.derive(quantity, *shapes)
        proof.check()
        assert proof.result == wanted
        numbers = proof.result if isinstance(proof.result, tuple) else (proof.result,)
        assert {type(number) for number in numbers} <= {int}


def test_every_operator_has_a_row():
    rows = {name for name, *_ in (param.values for param in ROWS)}
    rooms = ("softmax", "norm", "interpolate")
    opaque = {name for room in rooms for name in SHELF[f"convmath.operators.{room}"].split()}
    blended = set(SHELF["convmath.operators.blend"].split())
    # those that move entries have theirs in test_moves, the opaque ones in test_opaque, weighted means in test_blend
    assert set(operator_names()) - set(MOVES) - opaque - blended == rows


def test_the_receptive_field_of_a_transposed_conv_is_what_writing_gives():
    for k, s, d in product(range(1, 7), range(1, 5), range(1, 5)):
        conv = cm.conv_transpose1d(1, 1, k, s, dilation=d)
        assert conv.receptive_field() == Transposed(1, 1, 1, k, s, dilation=d).receptive_field(None), (k, s, d)


def test_a_question_that_has_no_closed_form_is_refused_by_name():
    with pytest.raises(cm.UnsupportedError):
        cm.conv_transpose1d("C", "O", "k", stride="s", dilation="d").receptive_field()


# The closed forms of the textbooks: what must come out. They are written nowhere else.


def conv_length(H, k, s, p, q, d):
    return (H + p + q - d * (k - 1) - 1) // s + 1


def transposed_length(H, k, s, p, q, d, a):
    return s * (H - 1) + d * (k - 1) + 1 - p - q + a


def test_symbolic_conv_prints_in_textbook_order():
    N, C, O, H, W, k, s, p, d, g = cm.symbols("N C O H W k s p d g")
    conv = cm.conv2d(C, O, k, stride=s, padding=p, dilation=d)
    shape = conv.output_shape((N, C, H, W))
    assert str(shape[2]) == "floor((H + 2*p - d*(k - 1) - 1)/s) + 1"
    assert str(shape[3]) == "floor((W + 2*p - d*(k - 1) - 1)/s) + 1"
    assert shape[:2] == (N, O)
    assert str(conv.parameters()) == "C*O*k**2 + O"
    assert str(conv.receptive_field()) == "(d*(k - 1) + 1, d*(k - 1) + 1)"
    assert str(cm.conv1d(C, O, k, groups=g).parameters()) == "C*O*k/g + O"
    assert str(cm.conv1d(C, O, k).output_shape()) == "(N, O, L - k + 1)"


def test_symbolic_conv_is_the_closed_form_at_many_points():
    N, C, O, H, W, k, s, p, q, d, g = letters = cm.symbols("N C O H W k s p q d g")
    conv = cm.conv2d(C, O, (k, 3), stride=(s, 2), padding=((p, q), 1), dilation=(d, 1), groups=g)
    shape, parameters, macs = conv.output_shape((N, C, H, W)), conv.parameters(), conv.macs((N, C, H, W))
    pick = random.Random(28)
    for _ in range(40):
        n, m, c, o = (pick.randint(1, 4) for _ in range(4))
        x = {
            "k": pick.randint(1, 6),
            "s": pick.randint(1, 5),
            "p": pick.randint(0, 4),
            "q": pick.randint(0, 4),
            "d": pick.randint(1, 4),
        }
        h, w = pick.randint(x["d"] * x["k"], 60), pick.randint(2, 60)
        at = dict(zip(letters, (n, c * m, o * m, h, w, x["k"], x["s"], x["p"], x["q"], x["d"], m), strict=True))
        high, wide = conv_length(h, **x), conv_length(w, 3, 2, 1, 1, 1)
        assert [entry.subs(at) for entry in shape] == [n, o * m, high, wide]
        assert parameters.subs(at) == o * m * c * x["k"] * 3 + o * m
        assert macs.subs(at) == n * o * m * high * wide * c * x["k"] * 3


def test_symbolic_transposed_conv_is_the_closed_form_at_many_points():
    N, C, O, L, k, s, p, q, d, a = letters = cm.symbols("N C O L k s p q d a")
    conv = cm.conv_transpose1d(C, O, k, stride=s, padding=((p, q),), dilation=d, output_padding=a)
    shape, parameters, macs = conv.output_shape((N, C, L)), conv.parameters(), conv.macs((N, C, L))
    pick = random.Random(29)
    for _ in range(40):
        values = [pick.randint(1, 6) for _ in letters]
        n, c, o, length, kernel, stride, before, after, dilation, extra = values
        at = dict(zip(letters, values, strict=True))
        wanted = transposed_length(length, kernel, stride, before, after, dilation, extra)
        assert [entry.subs(at) for entry in shape] == [n, o, wanted]
        assert parameters.subs(at) == c * o * kernel + o
        assert macs.subs(at) == n * length * c * o * kernel


def test_symbolic_pool_is_the_closed_form_at_many_points():
    N, C, L, k, s, p, d = letters = cm.symbols("N C L k s p d")
    pool = cm.max_pool1d(k, s, p, d)
    assert (pool.parameters(), pool.macs()) == (0, 0)
    extent = pool.output_shape((N, C, L))[2]
    pick = random.Random(30)
    for _ in range(40):
        values = (
            1,
            1,
            pick.randint(24, 60),
            pick.randint(1, 6),
            pick.randint(1, 5),
            pick.randint(0, 3),
            pick.randint(1, 4),
        )
        _, _, length, kernel, stride, pad, dilation = values
        at = dict(zip(letters, values, strict=True))
        assert extent.subs(at) == conv_length(length, kernel, stride, pad, pad, dilation)


def test_some_letters_may_stay_open():
    H = cm.symbols("H")
    found = cm.conv2d(3, 64, 7, stride=2, padding=3).output_shape((1, 3, H, 224))
    assert found == (1, 64, found[2], 112)
    assert [found[2].subs({H: h}) for h in (1, 2, 223, 224)] == [1, 1, 112, 112]
    assert type(found[3]) is int


@pytest.mark.parametrize("shape", [(1, 3, 10**30, 10**30 + 7), [1, 3, 10**30, 10**30 + 7]])
def test_ints_in_are_ints_out_exact_at_any_size(shape):
    conv = cm.conv2d(3, 4, 3, stride=2, padding=1)
    high, wide = 5 * 10**29, 5 * 10**29 + 4
    assert conv.output_shape(shape) == (1, 4, high, wide)
    assert {type(size) for size in conv.output_shape(shape)} == {int}
    assert conv.macs(shape) == high * wide * 4 * 3 * 9
    assert type(conv.macs(shape)) is type(conv.parameters()) is int


def test_huge_kernels_and_strides_are_exact():
    conv = cm.conv1d(10**20, 10**21, 10**30, stride=10**15)
    assert conv.output_shape((1, 10**20, 10**30 + 10**16)) == (1, 10**21, 11)
    assert conv.parameters() == 10**71 + 10**21
    assert conv.receptive_field() == (10**30,)


def test_numpy_integers_are_sizes_like_any_other():
    import numpy as np

    conv = cm.conv2d(np.int64(3), np.int32(4), np.uint8(3))
    found = conv.output_shape(tuple(np.array([2, 3, 9, 9])))
    assert found == (2, 4, 7, 7)
    assert {type(size) for size in found} == {int}


def test_the_literature_and_the_seed_come_out():
    pointwise = cm.conv2d(192, 192, 1)
    assert pointwise.output_shape((1, 192, 28, 28)) == (1, 192, 28, 28)
    assert (pointwise.parameters(), pointwise.macs((1, 192, 28, 28))) == (37_056, 28_901_376)
    n = cm.symbols("n")
    assert cm.conv2d(3, n, 5).output_shape((1, 3, 28, 28)) == (1, n, 24, 24)
    first = cm.conv2d(3, 64, 7, stride=2, padding=3)
    assert first.output_shape((1, 3, 224, 224)) == (1, 64, 112, 112)
    assert cm.conv2d(192, 32, 5, padding=2, bias=False).macs((1, 192, 28, 28)) == 120_422_400


def test_places_of_three_axes_and_a_padding_after_have_letters_of_their_own():
    made = cm.conv_transpose3d(2, 2, 3, padding=((1, 0),) * 3)
    assert made.output_shape((1, 2, 5, 6, 7)) == (1, 2, 6, 7, 8)


def test_an_exact_mean_over_no_place_is_refused():
    made = cm.define(
        "Y[i] = X[2*i+2*u-1] where 1<=2*i+2*u, 2*i+2*u<=L", {"X": "L"}, {"X": 1}, reduce="mean", ranges={"u": 2}
    )
    with pytest.raises(cm.ConvmathError, match="a mean over no place"):
        made([1])
