"""Keras: layers and their two answers, what they refuse and in which words, and where their values lie."""

import numpy as np
import pytest

import convmath as cm
from convmath.conventions.asked import asked_of
from convmath.conventions.asking import read_request

KERAS = cm.frameworks["keras"]


def values(found, *arrays):
    return found.operator(*(np.array(array).reshape(1, 1, -1) for array in arrays))[0, 0].tolist()


def test_a_layer_is_called_with_the_channels_last():
    found = KERAS.Conv2D(8, 3, padding="same")((1, 32, 30, 3))
    assert found.output_shape == (1, 32, 30, 8)
    assert found.padding == ((1, 1), (1, 1))
    assert found.operator.parameters() == 3 * 8 * 9 + 8
    assert KERAS.Conv2D(8, 3, use_bias=False, groups=2)((0, 32, 32, 4)).operator.parameters() == 2 * 8 * 9
    assert KERAS.Conv3D(4, 2, strides=(1, 2, 3))((2, 5, 5, 5, 1)).output_shape == (2, 4, 2, 2, 4)
    assert KERAS.DepthwiseConv2D(3, depth_multiplier=2)((1, 8, 8, 3)).output_shape == (1, 6, 6, 6)


def test_without_output_padding_is_not_output_padding_0():
    none = KERAS.Conv1DTranspose(1, 3, 2, "same", use_bias=False)((1, 3, 1))
    zero = KERAS.Conv1DTranspose(1, 3, 2, "same", output_padding=0, use_bias=False)((1, 3, 1))
    assert values(none, [1, 0, 0], [1, 2, 3]) == [1, 2, 3, 0, 0, 0]
    assert values(zero, [1, 0, 0], [1, 2, 3]) == [2, 3, 0, 0, 0]
    assert (none.padding, zero.padding) == (((0, 1),), ((1, 1),))
    assert none.arguments["output_padding"] == zero.arguments["output_padding"] == (0,)
    assert KERAS.Conv1DTranspose(1, 3, 2, "same")((1, 5, 1)).output_shape == (1, 10, 1)
    assert KERAS.Conv1DTranspose(1, 3, 2, "same", 0)((1, 5, 1)).output_shape == (1, 9, 1)


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("stride", [1, 2, 3, 5])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
def test_the_sizes_of_a_transposed_layer_are_keras_closed_forms(kernel, stride, size):
    def sizes(padding, extra):
        layer = KERAS.Conv2DTranspose(2, kernel, stride, padding, output_padding=extra)
        return layer.compute_output_shape((1, size, size, 3))[1]

    assert sizes("same", None) == size * stride
    assert sizes("valid", None) == size * stride + max(kernel - stride, 0)
    for extra in range(stride):
        assert sizes("same", extra) == (size - 1) * stride + kernel - 2 * (kernel // 2) + extra
        assert sizes("valid", extra) == (size - 1) * stride + kernel + extra


def test_an_even_kernel_and_output_padding_0_have_a_size_and_no_values():
    layer = KERAS.Conv2DTranspose(2, 4, 2, "same", output_padding=0)
    assert layer.compute_output_shape((1, 5, 5, 3)) == (1, 8, 8, 2)
    with pytest.raises(cm.RejectedError) as caught:
        layer((1, 5, 5, 3))
    assert "size of the input doesn't match computed: actual = 5, computed = 4" in str(caught.value)
    assert "compute_output_shape gives (1, 8, 8, 2) all the same, and the call fails" in str(caught.value)
    assert caught.value.answers["compute_output_shape"] == (1, 8, 8, 2)
    assert caught.value.answers["call"].startswith("refused: keras 3.15.1 refuses Conv2DTranspose")
    assert KERAS.Conv2DTranspose(2, 4, 2, "same", output_padding=1)((1, 5, 5, 3)).output_shape == (1, 9, 9, 2)
    assert KERAS.Conv2DTranspose(2, 4, 2, "same")((1, 5, 5, 3)).output_shape == (1, 10, 10, 2)


def test_causal_reads_nothing_that_comes_later():
    found = KERAS.Conv1D(1, 3, padding="causal", dilation_rate=2, use_bias=False)((1, 6, 1))
    assert found.output_shape == (1, 6, 1)
    assert found.padding == ((4, 0),)
    assert values(found, [1, 0, 0, 0, 0, 0], [1, 2, 3]) == [3, 0, 2, 0, 1, 0]
    assert KERAS.Conv1D(1, 3, 2, "causal")((1, 7, 1)).output_shape == (1, 4, 1)


def test_pooling_gives_an_empty_output_where_compute_output_shape_refuses():
    found = KERAS.MaxPooling2D(4, 2)((2, 8, 3, 2))
    assert found.output_shape == (2, 3, 0, 2)
    assert found.answers["call"] == (2, 3, 0, 2)
    assert "Computed output size would be zero or negative" in found.answers["compute_output_shape"]
    assert KERAS.MaxPooling2D(2, padding="SAME")((1, 5, 5, 1)).output_shape == (1, 3, 3, 1)
    assert "'valid' or 'same'" in KERAS.MaxPooling2D(2, padding="SAME")((1, 5, 5, 1)).answers["compute_output_shape"]
    assert not KERAS.MaxPooling2D(2, padding="same")((1, 5, 5, 1)).answers


def test_the_mean_does_not_count_what_same_pads():
    assert values(KERAS.AveragePooling1D(3, 1, "same")((1, 3, 1)), [2, 4, 9]) == [3, 5, 13 / 2]


def test_channels_first_says_which_kernels_take_it():
    found = KERAS.Conv2D(4, 3, data_format="channels_first", use_bias=False)((1, 3, 8, 9))
    assert found.output_shape == (1, 4, 6, 7)
    assert found.answers["without oneDNN"].startswith("refused")
    assert not KERAS.MaxPooling2D(2, data_format="channels_first")((1, 3, 8, 9)).answers
    with pytest.raises(cm.UnsupportedError, match="the last axis is as long as there are filters"):
        KERAS.Conv2D(4, 3, groups=1, data_format="channels_first")((1, 3, 8, 6))


def test_global_pooling_is_one_window():
    found = KERAS.GlobalAveragePooling2D()((2, 3, 4, 5))
    assert found.output_shape == (2, 5)
    assert found.operator.output_shape(found.shape) == (2, 5, 1, 1)
    assert KERAS.GlobalMaxPooling1D(keepdims=True)((2, 3, 5)).output_shape == (2, 1, 5)


REFUSALS = [
    (lambda: KERAS.Conv2D(0, 3), "init", "A strictly positive `filters` is expected"),
    (lambda: KERAS.Conv2D(4, 0), "init", "`kernel_size` argument is 0, and `value > 0` must hold"),
    (lambda: KERAS.Conv2D(4, (3,)), "init", "must be a tuple of 2 integers"),
    (lambda: KERAS.Conv2D(4, 3, groups=3), "init", "the number of filters must be evenly divisible"),
    (lambda: KERAS.Conv2D(4, 3, 2, dilation_rate=2), "init", "`strides > 1` not supported in conjunction with"),
    (lambda: KERAS.Conv2D(4, 3, (2, 1), dilation_rate=(1, 2)), "init", "`strides > 1` not supported"),
    (lambda: KERAS.Conv2D(4, 3, padding="causal"), "init", "It must be one of 'valid', 'same'"),
    (lambda: KERAS.Conv2D(4, 3, padding=1), "init", "the `padding` argument is 1"),
    (lambda: KERAS.Conv2D(4, 3, data_format="NHWC"), "init", "'channels_first' or 'channels_last'"),
    (lambda: KERAS.Conv2D(4, 3, groups=2)((1, 8, 8, 3)), "call", "the number of input channels must be evenly"),
    (lambda: KERAS.Conv2D(4, 3)((1, 2, 8, 3)), "call", "Computed output size would be zero or negative"),
    (lambda: KERAS.Conv2D(4, 3)((1, 8, 3)), "call", "4 are expected"),
    (lambda: KERAS.Conv1D(4, 3, padding="causal")((1, 0, 3)), "call", "resulted in an empty output"),
    (
        lambda: KERAS.Conv2D(4, 3, padding="same", groups=2, dilation_rate=2)((1, 0, 5, 2)),
        "call",
        "the convolution is compiled: negative dimension size",
    ),
    (lambda: KERAS.Conv2DTranspose(2, 3, 2, output_padding=2), "init", "strictly less than `strides`"),
    (lambda: KERAS.Conv2DTranspose(2, 3, output_padding=-1), "init", "`value >= 0` must hold"),
    (lambda: KERAS.Conv2DTranspose(2, 3, dilation_rate=2)((1, 5, 5, 3)), "call", "dilation rates larger than 1"),
    (lambda: KERAS.Conv1DTranspose(2, 2, 3, output_padding=0)((1, 0, 3)), "call", "Dimension -1 must be >= 0"),
    (lambda: KERAS.DepthwiseConv2D(3, strides=(1, 2))((1, 8, 8, 3)), "call", "only equal strides are supported"),
    (lambda: KERAS.MaxPooling2D(3, 1)((1, 1, 1, 1)), "call", "Computed output size would be negative: -1"),
    (lambda: KERAS.MaxPooling2D(2, 0)((1, 8, 8, 3)), "call", "stride must be > 0"),
    (lambda: KERAS.MaxPooling2D(2, padding="full")((1, 8, 8, 3)), "call", "either 'valid' or 'same'"),
]


@pytest.mark.parametrize(("call", "at", "words"), REFUSALS)
def test_a_refusal_has_keras_reason_and_where(call, at, words):
    with pytest.raises(cm.RejectedError) as caught:
        call()
    assert words in str(caught.value)
    assert str(caught.value).startswith("keras 3.15.1 refuses ")
    assert (caught.value.framework, caught.value.at) == ("keras 3.15.1", at)


def test_words_may_be_in_capitals_where_keras_takes_them():
    assert KERAS.Conv2D(4, 3, padding="SAME")((1, 8, 8, 3)).output_shape == (1, 8, 8, 4)
    assert KERAS.MaxPooling1D(padding="Valid")((1, 5, 3)).output_shape == (1, 2, 3)


def test_an_activation_is_another_operator():
    with pytest.raises(cm.UnsupportedError, match="two operators"):
        KERAS.Conv2D(4, 3, activation="relu")


def test_a_layer_of_three_axes_is_asked_of_tensorflow_with_a_list_for_every_axis():
    request = read_request("conv3d", (7, 7, 7), kernel_size=3, stride=2, padding="same")
    assert "strides=(1, 2, 2, 2, 1)" in str(asked_of("tensorflow", request))
    assert asked_of("tensorflow", request).answer().output_shape == (1, 4, 4, 4, 1)
