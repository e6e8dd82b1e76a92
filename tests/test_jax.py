"""JAX and flax: what their calls mean, on shapes and on numbers, and what they refuse."""

from itertools import product

import numpy as np
import pytest
from oracles import dilated

import convmath as cm

JAX = cm.frameworks["jax"]


def places(array):
    """[n][c] -> {place: number}, for the oracle."""
    return [[{place: int(v) for place, v in np.ndenumerate(part)} for part in row] for row in array]


def numbers(*shape, start=1):
    """Small integers of both signs, none the same as its neighbours."""
    count = int(np.prod(shape))
    return ((np.arange(start, start + count) * 7) % 11 - 5).reshape(shape)


AXES = [
    {"kernel": 3, "stride": 2, "input_dilation": 3, "before": 1, "after": 2},
    {"kernel": 2, "dilation": 2, "stride": 3, "input_dilation": 2, "before": -1, "after": 3},
    {"kernel": 2, "dilation": 2, "before": -1, "after": -1},
    {"kernel": 2, "stride": 2, "before": 3, "after": -1},
    {"kernel": 2, "input_dilation": 2, "before": 4, "after": 0},
    {"kernel": 3, "input_dilation": 2, "before": -2, "after": 5},
    {"kernel": 1, "stride": 2, "before": -6, "after": 4},
    {"kernel": 3, "dilation": 2, "before": 1, "after": 5},
]


@pytest.mark.parametrize(
    "axes", [[a] for a in AXES] + [[AXES[0], AXES[2]], [AXES[4], AXES[5]], [AXES[3], AXES[1]]], ids=str
)
@pytest.mark.parametrize(("groups", "batch_groups"), [(1, 1), (2, 1), (1, 2)])
def test_any_dilation_padding_and_crop_is_a_definition_with_jaxs_values(axes, groups, batch_groups):
    x = numbers(2, 2, *(5 + at for at in range(len(axes))))
    w = numbers(4, 2 // groups, *(axis["kernel"] for axis in axes), start=3)
    found = JAX.conv_general_dilated(
        x.shape,
        w.shape,
        [axis.get("stride", 1) for axis in axes],
        [(axis["before"], axis["after"]) for axis in axes],
        [axis.get("input_dilation", 1) for axis in axes],
        [axis.get("dilation", 1) for axis in axes],
        feature_group_count=groups,
        batch_group_count=batch_groups,
    )
    shape, values = dilated.convolution(places(x), places(w), axes, groups, batch_groups)
    assert list(found.output_shape) == shape == list(found.operator.output_shape(found.shape))
    assert found.operator(x, w).ravel().tolist() == values
    assert found.operator.parameters() == w.size


@pytest.mark.parametrize("axis", [a for a in AXES if "input_dilation" not in a or "stride" not in a], ids=str)
@pytest.mark.parametrize("computation", ["max", "add"])
def test_windows_are_reduced_over_what_they_see(axis, computation):
    x = numbers(1, 2, 6)
    found = JAX.reduce_window(
        x.shape,
        computation,
        (1, 1, axis["kernel"]),
        (1, 1, axis.get("stride", 1)),
        ((0, 0), (0, 0), (axis["before"], axis["after"])),
        (1, 1, axis.get("input_dilation", 1)),
        (1, 1, axis.get("dilation", 1)),
    )
    seen = [[[e for e in window if e is not None] for window in dilated.windows(row, **axis)] for row in x[0].tolist()]
    assert found.output_shape == (1, 2, len(seen[0]))
    if computation == "add":
        assert found.operator(x)[0].tolist() == [[sum(window) for window in row] for row in seen]
    elif axis.get("input_dilation", 1) > 1:
        with pytest.raises(cm.UnsupportedError, match="a max over places that meet an inequality"):
            found.operator(x)
    else:
        expected = [[float(max(window, default=-np.inf)) for window in row] for row in seen]
        assert found.operator(x.astype(float))[0].tolist() == expected


def test_a_transposed_kernel_is_not_turned_around_unless_asked():
    """delta against [1, 2, 3]: the convolution of the dilated input reads the kernel from its other end."""
    x = np.array([[[1]]])
    plain = JAX.conv_transpose((1, 1, 1), (3, 1, 1), (2,), "VALID")
    turned = JAX.conv_transpose((1, 1, 1), (3, 1, 1), (2,), "VALID", transpose_kernel=True)
    w = np.array([[[1, 2, 3]]])
    assert plain.operator(x, w).tolist() == [[[3, 2, 1]]]
    assert turned.operator(x, w).tolist() == [[[1, 2, 3]]]
    assert turned.made is None
    assert "the kernel is not turned around" in plain.notes[0]
    assert plain.operator.macs(plain.shape) == turned.operator.macs(turned.shape) == 3


@pytest.mark.parametrize(
    ("word", "pads", "values"), [("SAME", ((0, 1),), [321, 2100]), ("SAME_LOWER", ((1, 0),), [32, 3210])]
)
def test_equal_sizes_are_not_equal_values(word, pads, values):
    found = JAX.conv_general_dilated((1, 1, 4), (1, 1, 3), (2,), word)
    assert found.padding == pads
    assert found.operator(np.array([[[1, 10, 100, 1000]]]), np.array([[[1, 2, 3]]])).tolist() == [[values]]
    assert JAX.conv_general_dilated((1, 1, 4), (1, 1, 3), (2,), word.lower()).padding == pads
    assert str(pads) in found.notes[0]


def test_a_window_that_does_not_fit_gives_an_empty_axis():
    found = JAX.conv_general_dilated((1, 1, 2), (4, 1, 5), (3,), "VALID")
    assert found.output_shape == (1, 4, 0)
    assert "the output is empty" in found.notes[0]
    assert JAX.reduce_window((1, 1, 5), "max", (1, 1, 2), None, ((0, 0), (0, 0), (-4, -4))).output_shape == (1, 1, 0)
    assert JAX.conv_general_dilated((1, 1, 0), (1, 1, 3), (1,), [(3, 3)]).output_shape == (1, 1, 4)


@pytest.mark.parametrize("size", range(6))
@pytest.mark.parametrize(("kernel", "stride"), list(product((1, 2, 3, 5), (1, 2, 4))))
def test_the_words_of_a_transposed_convolution(size, kernel, stride):
    """SAME is a stride for each place, VALID at least the window's span for one; of nothing, what is left of it."""
    shapes = [
        JAX.conv_transpose((1, size, 1), (kernel, 1, 1), (stride,), word).output_shape[1] for word in ("SAME", "VALID")
    ]
    if size:
        assert shapes == [size * stride, size * stride + max(kernel - stride, 0)]
    else:
        assert shapes == [stride - 1, max(stride, kernel) - 1]


def test_words_in_lower_case_are_those_of_the_convolution_itself():
    """At stride 1 "same" is a word of the convolution under it alone: the odd place goes after."""
    assert JAX.conv_transpose((1, 5, 1), (4, 1, 1), (1,), "SAME").padding == ((2, 1),)
    assert JAX.conv_transpose((1, 5, 1), (4, 1, 1), (1,), "same").padding == ((1, 2),)
    with pytest.raises(cm.RejectedError, match="String padding is not implemented"):
        JAX.conv_transpose((1, 5, 1), (4, 1, 1), (2,), "same")


def test_consistent_padding_is_that_of_the_convolution_that_is_transposed():
    found = JAX.conv_transpose((1, 5, 1), (3, 1, 1), (2,), [(1, 1)], transpose_kernel=True, use_consistent_padding=True)
    assert found.output_shape == (1, 9, 1)
    assert (found.name, found.padding, found.made) == ("conv_transpose1d", ((1, 1),), None)


def test_more_padding_behind_is_output_padding_where_there_is_such():
    found = JAX.conv_transpose((1, 5, 1), (3, 1, 1), (2,), [(1, 2)], None, None, True)
    assert (found.padding, found.arguments["output_padding"], found.made) == (((1, 0),), (0,), None)
    found = JAX.conv_transpose((1, 5, 1), (3, 1, 1), (2,), [(1, 3)], None, None, True)
    assert (found.padding, found.arguments["output_padding"], found.made) == (((1, 0),), (1,), None)
    found = JAX.conv_transpose((1, 5, 1), (3, 1, 1), (2,), [(1, 4)], None, None, True)
    assert found.padding == ((1, -2),)
    assert found.made is not None


def test_axes_lie_where_the_letters_say():
    found = JAX.conv_general_dilated(
        (7, 2, 3, 5), (3, 3, 2, 4), (1, 2), "VALID", dimension_numbers=("WNCH", "HIWO", "HCNW")
    )
    assert found.shape == (2, 3, 5, 7)
    assert found.arguments["kernel_size"] == (3, 2)
    assert found.output_shape == (3, 4, 2, 3)


def test_a_made_operator_derives_and_is_replayed():
    made = JAX.conv_general_dilated((1, 2, 9), (4, 2, 3), (2,), [(1, -1)], (2,)).operator
    derivation = made.derive("output_shape", (1, 2, 9))
    assert derivation.result[2] == 8
    again = cm.Derivation.from_json(derivation.render("json"))
    again.check()
    with pytest.raises(cm.UnsupportedError, match="how many products meet"):
        made.macs((1, 2, 9))
    with pytest.raises(cm.UnsupportedError, match="depends on i, through an inequality"):
        made.receptive_field(L=9)


# flax


def test_flax_pads_same_and_moves_by_one_where_nothing_is_said():
    conv = JAX.Conv(8, (3, 3))((2, 8, 8, 3))
    assert (conv.framework, conv.output_shape, conv.padding) == ("flax 0.12.8", (2, 8, 8, 8), ((1, 1), (1, 1)))
    assert conv.operator.parameters() == 3 * 8 * 9 + 8
    assert JAX.max_pool((2, 8, 8, 3), (2, 2)).output_shape == (2, 7, 7, 3)
    mean = JAX.avg_pool((1, 3, 1), (2,), padding=((1, 0),))
    assert mean.operator(np.array([[[2, 4, 6]]])).tolist() == [[[1, 3, 5]]]
    mean = JAX.avg_pool((1, 3, 1), (2,), padding=((1, 0),), count_include_pad=False)
    assert mean.operator(np.array([[[2, 4, 6]]])).tolist() == [[[2, 3, 5]]]


@pytest.mark.parametrize("batch", [(), (5,), (5, 2)])
def test_flax_takes_any_number_of_batch_axes(batch):
    conv = JAX.Conv(4, 3, strides=2)((*batch, 8, 3))
    assert conv.output_shape == (*batch, 4, 4)
    assert conv.shape == (int(np.prod(batch)), 3, 8)
    assert JAX.ConvTranspose(4, (3,), strides=(2,))((*batch, 8, 3)).output_shape == (*batch, 16, 4)
    assert JAX.max_pool((*batch, 8, 3), (3,), (2,), "same").output_shape == (*batch, 4, 3)


def test_causal_padding_lies_before():
    found = JAX.Conv(1, 3, padding="CAUSAL", kernel_dilation=2)((1, 8, 1))
    assert (found.padding, found.output_shape) == (((4, 0),), (1, 8, 1))


@pytest.mark.parametrize(
    ("word", "kernel", "values"), [("CIRCULAR", 4, [25, 30, 40, 30, 25]), ("REFLECT", 3, [10, 14, 20, 26, 26])]
)
def test_flax_pads_with_the_input_itself(word, kernel, values):
    """1 … 5 against 1 … k; an even window has the odd place after."""
    found = JAX.Conv(1, kernel, padding=word, use_bias=False)((1, 5, 1))
    x, w = np.arange(1, 6).reshape(1, 1, 5), np.arange(1, kernel + 1).reshape(1, 1, kernel)
    assert found.operator(x, w).tolist() == [[values]]
    assert found.made is None
    with pytest.raises(cm.RejectedError, match="padding to empty axis"):
        JAX.Conv(1, 3, padding=word)((1, 0, 1))
    with pytest.raises(cm.UnsupportedError, match="more than once"):
        JAX.Conv(1, 7, padding=word)((1, 2, 1))
    with pytest.raises(cm.RejectedError, match="String padding is not implemented"):
        JAX.Conv(1, 3, padding=word, input_dilation=2)((1, 5, 1))


def test_a_mean_over_padding_alone_has_no_integer_value():
    mean = JAX.avg_pool((1, 2, 1), (1,), padding=((1, 0),), count_include_pad=False)
    with pytest.raises(cm.ConvmathError, match="a mean over no place at all"):
        mean.operator(np.array([[[2, 4]]]))
    assert str(mean.operator(np.array([[[2.0, 4.0]]])).tolist()) == "[[[nan, 2.0, 4.0]]]"


REFUSALS = [
    (
        lambda: JAX.conv_general_dilated((1, 4, 5), (4, 1, 3), (1,), "VALID", feature_group_count=3),
        "feature_group_count must divide lhs feature dimension size, but 3 does not divide 4",
    ),
    (
        lambda: JAX.conv_general_dilated((1, 4, 5), (3, 2, 3), (1,), "VALID", feature_group_count=2),
        "rhs output feature dimension size must be a multiple of feature_group_count, but 3 is not a multiple of 2",
    ),
    (
        lambda: JAX.conv_general_dilated((1, 4, 5), (3, 2, 3), (1,), "VALID"),
        "must equal the rhs input feature dimension size, but 4 // 1 != 2",
    ),
    (
        lambda: JAX.conv_general_dilated((3, 4, 5), (4, 4, 3), (1,), "VALID", batch_group_count=2),
        "batch_group_count must divide lhs batch dimension size, but 2 does not divide 3",
    ),
    (
        lambda: JAX.conv_general_dilated((1, 1, 5), (1, 1, 3), (1,), "SAME", (2,)),
        "String padding is not implemented for transposed convolution",
    ),
    (
        lambda: JAX.conv_general_dilated((1, 1, 5), (1, 1, 3), (1,), [(-3, -3)]),
        "Negative padding is larger than the size of the corresponding dimension: got padding=((-3, -3),)",
    ),
    (
        lambda: JAX.conv_general_dilated((1, 1, 5), (1, 1, 3), (1,), [(1, 1), (1, 1)]),
        "wrong number of explicit pads: expected 1, got 2",
    ),
    (lambda: JAX.conv_general_dilated((1, 1, 5), (1, 1, 3), (1,), (1, 1)), "should be a string or a sequence of"),
    (lambda: JAX.conv_general_dilated((1, 1, 5), (1, 1, 3), (1,), "FULL"), "expected 'VALID', 'SAME', or 'SAME_LOWER'"),
    (lambda: JAX.conv_general_dilated((1, 1, 5), (1, 1, 3), 1, "VALID"), "window_strides is 1: it must be a sequence"),
    (lambda: JAX.conv_general_dilated((1, 1, 5), (1, 1, 3), (0,), "VALID"), "strictly positive, got (0,)"),
    (lambda: JAX.conv_general_dilated((1, 1, 5), (1, 1, 3, 3), (1,), "VALID"), "ndim to be equal, got 3 and 4"),
    (
        lambda: JAX.conv_general_dilated((1, 5, 1), (3, 1, 1), (1,), "VALID", None, None, ("NHC", "HIO", "NWC")),
        "must each have the same set of spatial characters",
    ),
    (
        lambda: JAX.conv_general_dilated((1, 5, 1), (3, 1, 1), (1,), "VALID", None, None, ("NHH", "HIO", "NHC")),
        "must contain the characters 'N' and 'C' exactly once, got NHH",
    ),
    (lambda: JAX.conv_transpose((1, 5, 1), (3, 1, 1), (2,), "SAME_LOWER"), "String padding is not implemented"),
    (
        lambda: JAX.reduce_window((1, 1, 5), "max", (2,), (1,), "VALID"),
        "got operand shape (1, 1, 5) with window_dimensions (2,)",
    ),
    (lambda: JAX.reduce_window((1, 1, 5), "max", (1, 1, 0)), "window_dimensions must have every element be strictly"),
    (lambda: JAX.reduce_window((1, 1, 5), "max", (1, 1, 2), None, "SAME"), "no window_strides are given"),
    (lambda: JAX.Conv(4, (3,), feature_group_count=2)((1, 5, 3)), "flax asserts that it divides them"),
    (lambda: JAX.Conv(4, (3, 3), padding="CAUSAL")((1, 5, 5, 3)), "only implemented for 1D convolutions"),
    (lambda: JAX.Conv(4, 3, padding="CAUSAL", input_dilation=2)((1, 5, 3)), "String padding is not implemented"),
    (lambda: JAX.Conv(4, (3, 3), padding="circular")((1, 5, 5, 3)), "expected 'VALID', 'SAME', or 'SAME_LOWER'"),
    (lambda: JAX.Conv(4, (3, 3), padding=((1, 2),))((1, 5, 5, 3)), "Invalid padding format: ((1, 2),)"),
    (lambda: JAX.Conv(4, 3)((5,)), "lhs and rhs must have the same number of dimensions"),
    (lambda: JAX.max_pool((1, 5, 3), [2]), "window_shape is [2]: it must be a tuple"),
    (lambda: JAX.max_pool((1, 5, 5, 3), (2, 2), (1,)), "len((2, 2)) must equal len((1,))"),
    (lambda: JAX.avg_pool((1, 5, 3), (2,), padding=1), "the padding is 1"),
    (lambda: JAX.avg_pool((2, 3, 5, 3), (2,), padding=((1, 1),)), "there are 2 batch axes"),
]


@pytest.mark.parametrize(("call", "words"), REFUSALS)
def test_a_refusal_says_what_jax_says(call, words):
    with pytest.raises(cm.RejectedError) as caught:
        call()
    assert words in str(caught.value)
    assert caught.value.framework in ("jax 0.10.2", "flax 0.12.8")
    assert "refuses" in str(caught.value)


def test_what_is_not_decided():
    with pytest.raises(cm.UnsupportedError, match="along 4 axes; convmath has windows along 1, 2 or 3"):
        JAX.conv_general_dilated((1, 1, 5, 5, 5, 5), (1, 1, 3, 3, 3, 3), (1,) * 4, "VALID")
    with pytest.raises(cm.UnsupportedError, match="CIRCULAR adds what runs over the end to the start"):
        JAX.ConvTranspose(1, (3,), padding="CIRCULAR")((1, 5, 1))
