"""What stands in the padding: zeros, a number, or the array itself, mirrored, repeated or wrapped around."""

import json
import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from oracles.padding import along, padded

import convmath as cm
from convmath.derive.conditions import assumptions
from convmath.errors import ProofError
from convmath.language.normal import same_outside
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.step import take
from convmath.render.json import read_derivation

REPEATING = ("reflect", "replicate", "circular")
MOST = {"reflect": -1, "circular": 0, "replicate": 4}
"""How much larger than the axis a padding may be: these two are PyTorch's rules, the last one is for the tests."""


def convolved(x, w, stride, dilation):
    """Σ w·x over windows of a padded array of one channel and one or two axes, in loops."""
    taps = list(product(*map(range, w.shape)))
    counts = [
        sum(1 for start in range(0, size, stride) if start + dilation * (k - 1) < size)
        for size, k in zip(x.shape, w.shape, strict=True)
    ]
    found = np.zeros(counts, dtype=object)
    for place in product(*map(range, counts)):
        reads = [tuple(stride * i + dilation * u for i, u in zip(place, tap, strict=True)) for tap in taps]
        found[place] = sum((w[tap] * x[read] for tap, read in zip(taps, reads, strict=True)), 0)
    return found


def cases(count):
    pick = random.Random(7)
    for _ in range(count):
        mode, rank = pick.choice(REPEATING), pick.choice((1, 2))
        sizes = [pick.randint(1, 5) for _ in range(rank)]
        pads = [tuple(pick.randint(0, max(0, min(5, size + MOST[mode]))) for _ in "pq") for size in sizes]
        kernel = [pick.randint(1, min(3, size + sum(pair))) for size, pair in zip(sizes, pads, strict=True)]
        yield mode, sizes, pads, kernel, pick.randint(1, 3)


@pytest.mark.parametrize(("mode", "sizes", "pads", "kernel", "stride"), list(cases(40)))
def test_convolutions_read_what_walking_out_of_the_array_reads(mode, sizes, pads, kernel, stride):
    x, w = (np.random.default_rng(place).integers(-9, 10, size) for place, size in enumerate((sizes, kernel)))
    conv = getattr(cm, f"conv{len(sizes)}d")(1, 1, kernel, stride, pads, bias=False, padding_mode=mode)
    wanted = convolved(np.array(padded(x.tolist(), pads, mode)), w, stride, 1)
    found = conv(x[None, None], w[None, None])
    assert found.dtype == np.int64
    assert found[0, 0].tolist() == wanted.tolist()
    assert conv.output_shape((1, 1, *sizes))[2:] == wanted.shape
    thirds = np.array([[Fraction(int(entry), 3) for entry in x.ravel()]], dtype=object).reshape(1, 1, *sizes)
    assert (conv(thirds, w[None, None])[0, 0] * 3).tolist() == wanted.tolist()
    assert conv(x[None, None].astype(np.float32), w[None, None].astype(np.float32))[0, 0].tolist() == wanted.tolist()


def test_each_mode_differs_from_the_others_where_it_should():
    """The negative: an oracle of another mode is caught."""
    x = np.array([[[1, 2, 4, 8]]])
    found = {mode: cm.pad(x.shape, (2, 1), mode)(x)[0, 0].tolist() for mode in ("constant", *REPEATING)}
    assert found == {
        "constant": [0, 0, 1, 2, 4, 8, 0],
        "reflect": [4, 2, 1, 2, 4, 8, 4],
        "replicate": [1, 1, 1, 2, 4, 8, 8],
        "circular": [4, 8, 1, 2, 4, 8, 1],
    }


def pads(count):
    pick = random.Random(11)
    for _ in range(count):
        mode = pick.choice(("constant", *REPEATING))
        padded_axes = pick.choice((1, 2))
        shape = [pick.randint(1, 5) for _ in range(padded_axes + pick.choice((1, 2)))]
        numbers = [pick.choice((-2, -1, 0, 1, 2, 4)) for _ in range(2 * padded_axes)]
        yield mode, shape, numbers, pick.choice((0, 3)) if mode == "constant" else 0


@pytest.mark.parametrize(("mode", "shape", "numbers", "value"), list(pads(60)))
def test_pad_is_what_walking_gives_or_refuses_as_pytorch_does(mode, shape, numbers, value):
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))[::-1]
    pairs = [(0, 0)] * (len(shape) - len(pairs)) + pairs
    sided = list(zip(shape, pairs, strict=True))
    x = np.random.default_rng(3).integers(-9, 10, shape)
    gone = any(size + sum(pair) < 1 for size, pair in sided)
    too_far = any(side > size + MOST.get(mode, side) for size, pair in sided for side in pair) and mode != "replicate"
    narrowed = mode == "constant" and any(-side > size for size, pair in sided for side in pair)
    mixed = mode == "circular" and any(min(pair) < 0 < max(pair) for _, pair in sided)
    if gone or too_far or narrowed or mixed:
        with pytest.raises((cm.DefinitionError, cm.UnsupportedError)):
            cm.pad(shape, numbers, mode, value)
        return
    made = cm.pad(shape, numbers, mode, value)
    wanted = np.array(padded(x.tolist(), pairs, mode, value))
    assert made(x).tolist() == wanted.tolist()
    assert made.output_shape() == wanted.shape == tuple(len(along(size, *pair, mode)) for size, pair in sided)


def test_a_number_in_the_padding_is_exact_or_refused():
    x = np.array([[[1, 2]]], np.int8)
    assert cm.pad((1, 1, 2), (1, 0), value=-128)(x).tolist() == [[[-128, 1, 2]]]
    for value in (300, 0.5, Fraction(1, 3)):
        with pytest.raises(cm.ShapeError, match="which int8 cannot hold: convert X"):
            cm.pad((1, 1, 2), (1, 0), value=value)(x)
    third = cm.pad((1, 1, 2), (1, 0), value=Fraction(1, 3))(x.astype(object))
    assert third.tolist() == [[[Fraction(1, 3), 1, 2]]]
    assert cm.pad((1, 1, 2), (1, 0), value=0.5)(x.astype(np.float32)).tolist() == [[[0.5, 1, 2]]]
    assert cm.pad((1, 1, 2), (1, 0), value=5000).derive("all").render("json") is not None
    for value in (float("inf"), float("nan"), "x"):
        with pytest.raises(cm.ParseError, match="must be a finite number"):
            cm.pad((1, 1, 2), (1, 0), value=value)


def test_a_maximum_sees_the_number_and_the_mirror_but_never_zeros():
    def pooled(mode):
        made = cm.define("Y[i] = X[2*i+u-1]", {"X": "L"}, {"X": "1"}, None, "max", {"u": 2}, padding_mode={"X": mode})
        return made(np.array([-5, -3, -4])).tolist()

    assert pooled("zeros") == [-5, -3]
    assert pooled(0) == [0, -3]
    assert pooled(-4) == [-4, -3]
    assert pooled("reflect") == [-3, -3]
    assert pooled("circular") == [-4, -3]


def test_a_mean_over_the_places_inside_counts_no_mirrored_one():
    made = cm.define(
        "Y[i] = X[i+u-1] where 0 <= i+u-1, i+u-1 <= L-1",
        {"X": "L"},
        {"X": "1"},
        None,
        "mean",
        {"u": 3},
        padding_mode={"X": "reflect"},
    )
    assert made(np.array([3, 6, 9])).tolist() == [Fraction(9, 2), 6, Fraction(15, 2)]


# What is assumed, and what is said.


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [("reflect", ["p ≤ L − 1", "q ≤ L − 1"]), ("circular", ["p ≤ L", "q ≤ L"]), ("replicate", []), ("zeros", [])],
)
def test_the_condition_of_a_mode_is_among_the_assumptions(mode, wanted):
    conv = cm.conv1d("C", "O", "k", padding=(("p", "q"),), padding_mode=mode)
    found = [str(relation) for relation in assumptions(conv.general)]
    assert [text for text in found if text.endswith(("L − 1", "≤ L"))] == wanted
    assert all(
        text in cm.conv1d("C", "O", "k", padding=(("p", "q"),), padding_mode=mode).derive("all").render()
        for text in wanted
    )


@pytest.mark.parametrize("padding", range(7))
@pytest.mark.parametrize("mode", REPEATING)
def test_what_is_refused_is_what_cannot_be_read(mode, padding):
    """On both sides of the bound, for lengths up to 5."""
    for length in range(1, 6):
        allowed = mode == "replicate" or padding <= length + MOST[mode]
        if allowed:
            assert cm.conv1d(1, 1, 1, padding=padding, padding_mode=mode).output_shape((1, 1, length))
        else:
            with pytest.raises(cm.ShapeError):
                cm.conv1d(1, 1, 1, padding=padding, padding_mode=mode).output_shape((1, 1, length))


MESSAGES = [
    (
        lambda: cm.conv2d(3, 4, 3, padding=3, padding_mode="reflect").output_shape((1, 3, 2, 9)),
        "conv2d on X of shape (1, 3, 2, 9): X is mirrored by 3 places along H, but it has 2 there: the padding size "
        "should be less than the corresponding input dimension (H = 2, p = 3). Use H ≥ 4, or padding ≤ 1.",
    ),
    (
        lambda: cm.conv1d(3, 4, 3, padding=3, padding_mode="circular").output_shape((1, 3, 2)),
        "conv1d on X of shape (1, 3, 2): X is wrapped around by 3 places along L, but it has 2 there: the padding "
        "value causes wrapping around more than once (L = 2, p = 3). Use L ≥ 3, or padding ≤ 2.",
    ),
    (
        lambda: cm.define("Y[i] = X[i-2]", {"X": 2}, {"X": 2}, padding_mode={"X": "reflect"}),
        "X[i − 2], axis 0: 2 places are padded, but the array can fill only 1 by itself",
    ),
    (
        lambda: cm.conv1d(1, 1, 1, padding_mode="mirror"),
        "conv1d: padding_mode is 'mirror'; it must be one of 'zeros', 'reflect', 'replicate', 'circular'",
    ),
    (
        lambda: cm.define("Y[i] = X[i]", {"X": 2}, padding_mode={"X": "mirror"}),
        "the padding_mode of X is 'mirror'; it must be 'zeros', 'reflect', 'replicate', 'circular' or the number that "
        "stands in the padding",
    ),
    (
        lambda: cm.define("Y[i] = X[i]", {"X": 2}, padding_mode={"Y": "reflect"}),
        "padding_mode names Y, but the formula reads X",
    ),
    (
        lambda: cm.define("Y[i] = X[i]", {"X": 2}, padding_mode="reflect"),
        "padding_mode is 'reflect'; it must be a dictionary such as {'X': 'reflect'}",
    ),
    (
        lambda: cm.pad("N,C,L", (1, 2, 3)),
        "pad: pad is (1, 2, 3), with 3 numbers: padding length must be divisible by 2",
    ),
    (
        lambda: cm.pad("N,C", (1,) * 6),
        "pad: pad has 6 numbers, the input 2 axes: padding length should be less than or equal to two times the input "
        "dimension. Give at most 4.",
    ),
    (
        lambda: cm.pad((5,), (1, 1), "reflect"),
        "pad: mode 'reflect' with 2 numbers on an input of 1 axes; PyTorch takes 2 for 2 or 3 axes, 4 for 3 or 4, "
        "6 for 4 or 5: only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now",
    ),
    (
        lambda: cm.pad((1, 1, 5), (1, 1), "reflect", 2),
        'pad: value is 2, but padding mode "reflect" doesn\'t take in value argument',
    ),
    (
        lambda: cm.pad((1, 1, 5), (1, 1), "mirror"),
        "pad: mode is 'mirror'; it must be one of 'constant', 'reflect', 'replicate', 'circular'",
    ),
    (
        lambda: cm.pad((1, 2, 5), (-2, -3)),
        "pad: no place is left, since e + b + 1 ≤ L does not hold (L = 5, b = 2, e = 3). Use L ≥ 6, or b ≤ 1, or "
        "e ≤ 2.",
    ),
    (
        lambda: cm.pad((1, 2, 5), (-6, 3)),
        "pad: b ≤ L does not hold (L = 5, b = 6). Use L ≥ 6, or b ≤ 5.",
    ),
    (
        lambda: cm.pad((1, 2, 5), (1, -2), "circular"),
        "pad: one end of an axis is wrapped around and the other one is cropped; PyTorch wraps around what the crop "
        "leaves. Crop first, and pad what is left.",
    ),
]


@pytest.mark.parametrize(("call", "message"), MESSAGES)
def test_a_refusal_says_what_pytorch_says_and_what_to_change(call, message):
    with pytest.raises(cm.ConvmathError) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize("format_", ["text", "markdown", "latex", "html"])
@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("reflect", "is mirrored at its border along"),
        ("replicate", "repeats its border along"),
        ("circular", "is wrapped around along"),
    ],
)
def test_every_format_says_what_is_read_outside(mode, words, format_):
    plain = cm.conv2d("C", "O", "k", padding="p").derive("output_shape").render(format_)
    told = cm.conv2d("C", "O", "k", padding="p", padding_mode=mode).derive("output_shape").render(format_)
    assert (told.count(words), plain.count(words)) == (2, 0)


def test_the_line_is_a_formula():
    def line(made):
        text = " ".join(made.derive("output_shape").render("text").split())
        return text.partition("Outside ")[2].partition(" Given")[0]

    def conv(mode):
        return cm.conv1d("C", "O", "k", padding="p", padding_mode=mode)

    assert line(conv("reflect")) == (
        "X is mirrored at its border along L: X[−t] = X[t] and X[L + t − 1] = X[L − t − 1], for t ≥ 1"
    )
    assert (
        line(conv("replicate")) == "X repeats its border along L: X[−t] = X[0] and X[L + t − 1] = X[L − 1], for t ≥ 1"
    )
    assert (
        line(conv("circular")) == "X is wrapped around along L: X[−t] = X[L − t] and X[L + t − 1] = X[t − 1], for t ≥ 1"
    )
    assert line(cm.pad("N,C,L", ("p", 0), "reflect")) == "X is mirrored at its border along L: X[−t] = X[t], for t ≥ 1"
    assert line(cm.pad("N,C,L", ("p", 0), value=-3)) == "X is −3 along L"


# Saved, made again, compared.


def saved():
    yield cm.conv2d("C", "O", 3, padding=((1, 2), "p"), padding_mode="circular")
    yield cm.pad((1, 3, 8, 9), (1, 2, -3, 4), "reflect")
    yield cm.pad("N,C,L", ("p", "q"), value=0.5)
    yield cm.pad("N,C,L", ("-m", 3), value=Fraction(-2, 3))
    yield cm.define("Y[i] = X[i-p]", {"X": "L"}, {"X": "p"}, padding_mode={"X": 5000})
    yield cm.conv1d(1, 1, "k", padding=2, padding_mode="reflect").gradient("X")


@pytest.mark.parametrize("made", list(saved()), ids=lambda made: made.name)
def test_a_saved_derivation_is_read_back_and_holds(made):
    wanted = made.derive("output_shape")
    found = read_derivation(wanted.render("json"))
    found.check()
    assert found.render() == wanted.render()


@pytest.mark.parametrize("other", ["replicate", "circular", {"number": 3}, None])
def test_an_altered_mode_is_found(other):
    data = json.loads(
        cm.conv1d("C", "O", "k", padding="p", padding_mode="reflect").derive("output_shape").render("json")
    )
    tensor = (
        data["definitions"][0]["tensors"][1]
        if len(data["definitions"][0]["tensors"][0]) == 3
        else data["definitions"][0]["tensors"][0]
    )
    assert tensor[3] == "reflect"
    tensor[3:] = [] if other is None else [other]
    with pytest.raises(cm.ConvmathError):
        read_derivation(json.dumps(data)).check()


@pytest.mark.parametrize("other", ["mirror", 3, {"number": "p"}, {"number": ["read", "X", 0]}, {}, None])
def test_a_mode_that_is_none_is_not_read(other):
    data = json.loads(cm.pad("N,C,L", ("p", "q"), "reflect").derive("output_shape").render("json"))
    data["definitions"][0]["tensors"][0][3] = other
    with pytest.raises(cm.ConvmathError):
        read_derivation(json.dumps(data))


def test_two_formulas_with_different_padding_are_not_one_operator():
    mirrored, plain = (
        cm.define("Y[i] = X[i+u-p]*W[u]", {"X": "L", "W": "k"}, {"X": "p"}, padding_mode={"X": mode}).general
        for mode in ("reflect", "zeros")
    )
    assert same_outside(mirrored, mirrored, {})
    assert not same_outside(mirrored, plain, {})
    again = {"number": 1, "words": "the same"}
    take(formula(plain), "recognise", Ground((plain, plain), assumptions(plain)), **again)
    with pytest.raises(ProofError, match="what stands in the padding differs"):
        take(formula(mirrored), "recognise", Ground((mirrored, plain), assumptions(mirrored)), **again)


# What follows.


@pytest.mark.parametrize("mode", REPEATING)
def test_a_causal_convolution_is_a_padding_in_letters(mode):
    d, k = cm.symbols("d k")
    for given in ("d*(k-1)", d * (k - 1)):
        causal = cm.conv1d("C", "C", "k", padding=((given, 0),), dilation="d", groups="C", padding_mode=mode)
        assert str(causal.output_shape()[2]) == "L"
    assert cm.conv1d("C", "C", 3, padding=((4, 0),), dilation=2, groups="C").output_shape((1, 8, 10)) == (1, 8, 10)


def test_a_pad_and_a_convolution_are_the_convolution_that_pads():
    random_ = np.random.default_rng(5)
    x, w = random_.integers(-9, 10, (2, 2, 5, 4)), random_.integers(-9, 10, (3, 2, 2, 3))
    for mode in REPEATING:
        both = cm.conv2d(2, 3, (2, 3), bias=False)(cm.pad(x.shape, (3, 1, 2, 0), mode)(x), w)
        assert (cm.conv2d(2, 3, (2, 3), padding=((2, 0), (3, 1)), bias=False, padding_mode=mode)(x, w) == both).all()


@pytest.mark.parametrize(("mode", "sizes", "pads", "kernel", "stride"), list(cases(12)))
def test_one_unit_reads_the_places_that_change_it(mode, sizes, pads, kernel, stride):
    conv = getattr(cm, f"conv{len(sizes)}d")(1, 1, kernel, stride, pads, bias=False, padding_mode=mode)
    shape, w = (1, 1, *sizes), np.ones((1, 1, *kernel), np.int64)
    changed = {place: conv(unit_array(shape, place), w)[0, 0] for place in product(*map(range, sizes))}
    for unit in product(*map(range, conv.output_shape(shape)[2:])):
        found = set(product(*conv.receptive_positions(unit, shape)))
        assert found == {place for place, output in changed.items() if output[unit]}


def unit_array(shape, place):
    x = np.zeros(shape, np.int64)
    x[(0, 0, *place)] = 1
    return x


def test_a_number_in_the_padding_of_a_factor_leaves_the_product():
    made = cm.define("Y[i] = X[i]*Z[i-1]", {"X": "L", "Z": "L-2"}, {"Z": "1"}, ("X", "Z"), padding_mode={"Z": 3})
    found = [str(made.receptive_positions((i,), (4,), (2,), array=array)[0]) for array in "XZ" for i in range(4)]
    assert found == ["0", "1", "2", "3", "none", "0", "1", "none"]


def test_what_is_not_derived_of_a_gradient_is_refused_by_name():
    gradient = cm.conv1d(1, 1, "k", padding=1, padding_mode="reflect").gradient("X")
    with pytest.raises(cm.UnsupportedError, match="which places are written differs from term to term"):
        gradient.gradient("G")
    with pytest.raises(cm.UnsupportedError, match="how many products meet"):
        gradient.macs()
