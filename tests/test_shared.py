"""Adaptive and global pooling, products of two arrays: values against plain loops, and the words of refusals."""

import re
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from oracles.shared import Adaptive, Global, mean, window

import convmath as cm

SHAPES = {1: (2, 2, 7), 2: (1, 2, 5, 6), 3: (1, 2, 3, 4, 5)}


def drawn(*shape):
    return np.random.default_rng(sum(shape) + len(shape)).integers(-99, 100, shape)


@pytest.mark.parametrize("size", [1, 3, 8, None])
@pytest.mark.parametrize("rank", SHAPES)
def test_adaptive_pooling_is_what_the_windows_give(rank, size):
    x, oracle = drawn(*SHAPES[rank]), Adaptive(rank, size)
    largest, means = (getattr(cm, f"adaptive_{kind}_pool{rank}d")(size)(x) for kind in ("max", "avg"))
    assert largest.shape == means.shape == oracle.output_shape(x.shape)
    nested = x.tolist()
    for place in product(*map(range, largest.shape)):
        entries = oracle.value(nested, place)
        assert largest[place] == max(entries)
        assert means[place] == mean(entries)


@pytest.mark.parametrize("rank", SHAPES)
def test_global_pooling_takes_everything(rank):
    x, oracle = drawn(*SHAPES[rank]), Global(rank)
    largest, means = (getattr(cm, f"global_{kind}_pool{rank}d")()(x) for kind in ("max", "avg"))
    for place in product(*map(range, oracle.output_shape(x.shape))):
        entries = oracle.value(x.tolist(), place)
        assert largest[place] == max(entries)
        assert means[place] == mean(entries)


def test_the_windows_are_pytorchs_on_the_whole_box():
    for size, count in product(range(1, 13), range(1, 15)):
        x = np.arange(size)[None, None]
        found = cm.adaptive_avg_pool1d(count)(x)[0, 0].tolist()
        assert found == [mean(list(window(i, size, count))) for i in range(count)]
        assert cm.adaptive_max_pool1d(count)(x)[0, 0].tolist() == [window(i, size, count)[-1] for i in range(count)]
        field = cm.adaptive_avg_pool1d(count).receptive_field(L=size)
        assert field == (max(len(window(i, size, count)) for i in range(count)),)


def test_maxima_of_fractions_and_floats_keep_their_kind():
    x = np.array([[[Fraction(1, 3), Fraction(1, 2), Fraction(-7)]]])
    assert cm.adaptive_max_pool1d(2)(x)[0, 0].tolist() == [Fraction(1, 2), Fraction(1, 2)]
    floats = cm.adaptive_max_pool1d(2)(np.array([[[0.5, -np.inf, 3]]], np.float32))
    assert (floats.dtype, floats[0, 0].tolist()) == (np.float32, [0.5, 3.0])


def test_the_page_derives_both_roundings():
    lines = [str(step.after) for step in cm.adaptive_avg_pool1d("o").derive("receptive_field").steps]
    assert "L·i ≤ o·t + o − 1, o·t ≤ L·i + L − 1" in lines[0]
    assert lines[1] == "R_L = max_{i<o} (⌊(L·i + L − 1) / o⌋ − ⌈(L·i − o + 1) / o⌉ + 1)"
    assert lines[2] == "R_L = max_{i<o} (⌊(L·i + L − 1) / o⌋ − ⌊L·i/o⌋ + 1)"


def test_a_maximum_over_places_that_meet_an_inequality():
    triangle = cm.define("Y[i] = X[t] where t <= i", shapes={"X": "L"}, ranges={"i": "L"}, reduce="max")
    assert triangle(np.array([3, 1, 4, 1, 5])).tolist() == [3, 3, 4, 4, 5]
    least = cm.define("Y[i] = X[i,t] where t <= i", shapes={"X": "L,M"}, reduce="min")
    assert least(np.array([[3, 1, 4], [1, 5, 9], [2, 6, 5]])).tolist() == [3, 1, 2]
    fixed = cm.define("Y[i] = X[i,t] where 1 <= t", shapes={"X": "L,M"}, reduce="max")
    assert fixed(np.array([[9, 1, 4], [1, 5, 2]])).tolist() == [4, 5]
    empty = cm.define("Y[i] = X[t] where t + 1 <= i", shapes={"X": "L"}, ranges={"i": "L"}, reduce="max")
    with pytest.raises(cm.ConvmathError, match="a window has no place, and no integer is the max of nothing"):
        empty(np.array([3, 1]))
    assert empty(np.array([3.0, 1.0])).tolist() == [-np.inf, 3.0]


@pytest.mark.parametrize(
    ("formula", "ranges"),
    [
        ("Y[i] = X[t]*Z[t] where t <= i", {"i": 3}),
        ("Y[i] = X[t+u] where t + u <= i", {"i": 3, "t": 2, "u": 2}),
        ("Y[i,j] = X[t] where t <= i+j", {"i": 3, "j": 3}),
    ],
)
def test_other_filtered_maxima_are_refused_by_name(formula, ranges):
    shapes = {"X": 3} | ({"Z": 3} if "Z" in formula else {})
    made = cm.define(formula, shapes=shapes, ranges=ranges, reduce="max")
    with pytest.raises(cm.UnsupportedError, match="is evaluated for one read without padding"):
        made(*(np.arange(3) for _ in shapes))


PAIRS = [((2, 3, 4), (3, 1)), ((1,), (2, 3)), ((), (2, 2)), ((5, 1, 3), (1, 4, 1)), ((2, 1, 3, 1, 2, 2), (2, 1, 1))]


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("name", ["add", "sub", "mul"])
def test_two_arrays_broadcast_as_numpy_does(name, first, second):
    x, z = drawn(*first), drawn(*second)
    wanted = {"add": np.add, "sub": np.subtract, "mul": np.multiply}[name](x, z)
    made = getattr(cm, name)(first, second)
    assert made.output_shape() == wanted.shape
    assert (made(x, z) == wanted).all()


@pytest.mark.parametrize(
    ("first", "second"),
    [((4, 3), (3, 5)), ((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((2, 1, 4, 3), (5, 3, 2)), ((1, 1), (1, 1)),
     ((2, 2, 2, 3, 4), (4, 5)), ((3,), (2, 3, 4))],
)  # fmt: skip
def test_matrix_products_are_numpys(first, second):
    x, z = drawn(*first), drawn(*second)
    wanted = np.matmul(x, z)
    made = cm.matmul(first, second)
    assert made.output_shape() == wanted.shape
    assert made(x, z).shape == wanted.shape
    assert (made(x, z) == wanted).all()


def test_the_gradients_of_products_are_the_other_factor():
    x, z, g = drawn(2, 4, 3), drawn(3, 5), drawn(2, 4, 5)
    made = cm.matmul(x.shape, z.shape)
    assert (made.gradient("X")(g, z) == g @ z.T).all()
    assert (made.gradient("Z")(g, x) == np.einsum("nij,nik->kj", g, x)).all()
    spread = cm.add((2, 3, 4), (3, 1))
    assert (spread.gradient("Z")(drawn(2, 3, 4)) == drawn(2, 3, 4).sum((0, 2))[:, None]).all()


def test_bilinear_maps():
    x, z, w, b = drawn(2, 3), drawn(2, 4), drawn(5, 3, 4), drawn(5)
    assert (cm.bilinear(3, 4, 5)(x, z, w, b) == np.einsum("ocd,nc,nd->no", w, x, z) + b).all()


def test_letters_of_shapes_stay_letters():
    made = cm.add("N,C,H,W", "C,1,1")
    assert str(made.definition) == "Y[n,c,i,j] = X[n,c,i,j] + Z[c,0,0]"
    assert str(made.output_shape()) == "(N, C, H, W)"
    H = cm.symbols("H")
    assert cm.matmul((2, H), (H, 5)).macs() == 10 * H
    assert str(cm.matmul("N,I,K", "N,K,J").macs()) == "I*J*K*N"
    assert cm.add("n,i", "i").output_shape(n=2, i=3) == (2, 3)


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("matmul", ((4, 3), (4, 5)), "matmul: mat1 and mat2 shapes cannot be multiplied (4x3 and 4x5): input is (4, 3) "
         "and other is (4, 5), and the 3 columns of the one meet the 4 rows of the other. Make the two sizes equal."),
        ("matmul", ((6,), (7, 5)), "mat1 and mat2 shapes cannot be multiplied (1x6 and 7x5)"),
        ("matmul", ((2, 3, 4), (3, 4, 5)), "The size of tensor a (2) must match the size of tensor b (3) at "
         "non-singleton dimension 0"),
        ("matmul", ((), (2,)), "both arguments to matmul need to be at least 1D"),
        ("add", ((2, 2), (2, 3)), "add: The size of tensor a (2) must match the size of tensor b (3) at non-singleton "
         "dimension 1: input is (2, 2), other is (2, 3). Make the two sizes equal, or one of them 1."),
        ("mul", ("N,C", "N,H"), "two sizes that are equal need the same letter"),
        ("sub", ((0, 2), (2,)), "sub: input has size 0 along axis 0; a size is an integer ≥ 1"),
        ("add", ("N,(C,H)", "H"), "a shape has one size for each axis, as in 'N,C,H,W'"),
        ("add", ((1,) * 33, (1,)), "add: input has 33 axes; at most 32 are taken"),
        ("add", (1.5, 2), "add: input, axis 0, is 1.5, a float: a size is an integer or a letter"),
        ("adaptive_avg_pool2d", (0,), "adaptive_avg_pool2d: output_size (o) is 0; it must be an integer ≥ 1"),
        ("adaptive_max_pool1d", (-1,), "output_size (o) is −1"),
        ("adaptive_max_pool2d", ((3, 4, 5),), "output_size is (3, 4, 5), with 3 entries for 2 spatial axes"),
        ("bilinear", (3, 4, 5, 1), "bilinear: bias is 1; it must be True or False"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_as_pytorch_says_it(name, arguments, words):
    with pytest.raises(cm.ConvmathError, match=re.escape(words)):
        getattr(cm, name)(*arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "shapes"),
    [
        ("adaptive_avg_pool2d", ((3, None),), [(1, 2, 7, 8)]),
        ("global_max_pool1d", (), ["N,C,L"]),
        ("add", ("N,C,H,W", "C,1,1"), []),
        ("add", ((), ("N",)), []),
        ("matmul", ((2, 3, 4), (4, 5)), []),
        ("bilinear", ("C", "E", 3), []),
    ],
)
def test_saved_derivations_hold(name, arguments, shapes):
    made = getattr(cm, name)(*arguments)
    given = [tuple(shape.split(",")) if isinstance(shape, str) else shape for shape in shapes]
    proof = made.derive("all", *given)
    again = cm.Derivation.from_json(proof.render("json"))
    again.check()
    assert again == proof
    for format_ in ("text", "latex", "markdown", "html"):
        assert again.render(format_) == proof.render(format_)


def test_an_axis_of_size_1_that_is_read_at_0_is_not_a_receptive_field():
    assert cm.matmul((2, 3, 4), (1, 4, 5)).receptive_field() == (4, 4)
