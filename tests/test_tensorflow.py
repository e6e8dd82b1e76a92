"""tf.nn: what its arguments mean, what it refuses and in which words, and where its values lie."""

import importlib.util
import json
import os
import subprocess
import sys
from itertools import product

import numpy as np
import pytest

import convmath as cm

TF = cm.frameworks["tensorflow"]
TAPS = np.array([1, 2, 3])


def line(values):
    return np.array(values).reshape(1, 1, -1)


def test_same_pads_after_so_equal_sizes_are_not_equal_values():
    found = TF.conv1d((1, 4, 1), (3, 1, 1), 2, "SAME")
    torch = cm.frameworks["torch"].Conv1d(1, 1, 3, 2, 1, bias=False)((1, 1, 4))
    assert (found.output_shape, torch.output_shape) == ((1, 2, 1), (1, 1, 2))
    assert (found.padding, torch.padding) == (((0, 1),), ((1, 1),))
    x = line([1, 10, 100, 1000])
    assert found.operator(x, line(TAPS))[0, 0].tolist() == [321, 2100]
    assert torch.operator(x, line(TAPS))[0, 0].tolist() == [32, 3210]
    assert "another size pads otherwise" in found.notes[0]


@pytest.mark.parametrize(("size", "kernel", "stride"), [(2, 3, 1), (2, 7, 7), (1, 4, 2), (3, 7, 3)])
def test_less_than_a_stride_short_is_an_empty_output(size, kernel, stride):
    found = TF.conv1d((1, size, 3), (kernel, 3, 2), stride, "VALID")
    assert found.output_shape == (1, 0, 2)
    assert any("divides toward zero" in note for note in found.notes)
    assert TF.avg_pool1d((1, size, 3), kernel, stride, "VALID").output_shape == (1, 0, 3)


def test_shapes_have_the_channels_last_and_any_batch():
    found = TF.conv2d((5, 2, 9, 8, 6), (3, 3, 3, 4), [1, 2, 1, 1], [[0, 0], [1, 0], [2, 2], [0, 0]], dilations=2)
    assert found.output_shape == (5, 2, 3, 8, 4)
    assert found.shape == (10, 6, 9, 8)
    assert found.operator.output_shape(found.shape) == (10, 4, 3, 8)
    assert found.arguments["groups"] == 2
    assert TF.depthwise_conv2d((1, 8, 8, 3), (3, 3, 3, 2), [1, 2, 2, 1], "SAME").output_shape == (1, 4, 4, 6)
    assert TF.max_pool((0, 8, 8, 3), 2, 2, "SAME").output_shape == (0, 4, 4, 3)


def test_channels_first_is_what_only_some_kernels_compute():
    found = TF.conv2d((1, 3, 8, 9), (3, 3, 3, 4), 1, "VALID", data_format="NCHW")
    assert found.output_shape == (1, 4, 6, 7)
    assert found.answers == {"with oneDNN": (1, 4, 6, 7), "without oneDNN": "refused: only channels-last on the CPU"}
    assert not TF.conv2d((1, 8, 9, 3), (3, 3, 3, 4), 1, "VALID").answers


@pytest.mark.parametrize(
    ("output", "stride", "padding", "values"),
    [
        (5, 2, "SAME", [2, 13, 20, 130, 200]),
        (6, 2, "SAME", [1, 2, 13, 20, 130, 200]),
        (7, 2, "VALID", [1, 2, 13, 20, 130, 200, 300]),
        (8, 2, "VALID", [1, 2, 13, 20, 130, 200, 300, 0]),
        (6, 2, (0, 1), [1, 2, 13, 20, 130, 200]),
        (7, 2, (0, 1), [1, 2, 13, 20, 130, 200, 300]),
        (7, 2, (1, 0), [2, 13, 20, 130, 200, 300, 0]),
        (3, 2, (2, 2), [13, 20, 130]),
    ],
)
def test_a_transposed_convolution_lies_where_tensorflow_puts_it(output, stride, padding, values):
    """The values are TensorFlow's own, run."""
    pads = padding if isinstance(padding, str) else [[0, 0], padding, [0, 0], [0, 0]]
    found = TF.conv2d_transpose((1, 3, 1, 1), (3, 1, 1, 1), (1, output, 1, 1), [stride, 1], pads)
    assert found.output_shape == (1, output, 1, 1)
    made = found.operator(line([1, 10, 100])[..., None], line(TAPS)[..., None])
    assert made[0, 0, :, 0].tolist() == values


@pytest.mark.parametrize(("padding", "accepted"), [("SAME", [9, 10]), ("VALID", [11, 12])])
def test_every_output_is_accepted_whose_forward_convolution_has_the_inputs_size(padding, accepted):
    def takes(size):
        try:
            return TF.conv1d_transpose((1, 5, 1), (3, 1, 1), (1, size, 1), 2, padding).output_shape == (1, size, 1)
        except cm.RejectedError:
            return False

    assert [size for size in range(15) if takes(size)] == accepted


@pytest.mark.parametrize(("kernel", "stride", "padding"), [*product([1, 3, 4], [1, 2, 3], ["SAME", "VALID"])])
def test_transposed_is_the_gradient_of_the_convolution(kernel, stride, padding):
    taps = line(range(1, kernel + 1))
    for size in (5, 6):
        forward = TF.conv1d((1, size, 1), (kernel, 1, 1), stride, padding)
        places = forward.output_shape[1]
        backward = TF.conv1d_transpose((1, places, 1), (kernel, 1, 1), (1, size, 1), stride, padding)
        seed = line([3 * i * i - 7 for i in range(places)])
        gradient = forward.operator.gradient("X", (1, 1, size))
        assert (backward.operator(seed, taps) == gradient(G=seed, W=taps)).all()


def test_an_average_does_not_count_what_same_pads():
    found = TF.avg_pool1d((1, 4, 1), 3, 1, "SAME")
    assert found.padding == ((1, 1),)
    assert found.operator(line([2, 4, 6, 10]))[0, 0].tolist() == [3, 4, cm.avg_pool1d(3)(line([4, 6, 10]))[0, 0, 0], 8]


def test_a_maximum_may_be_padded_by_more_than_half_a_window():
    found = TF.max_pool2d((1, 3, 3, 1), 3, [2, 1], [[0, 0], [2, 2], [0, 2], [0, 0]])
    x = np.arange(9).reshape(1, 1, 3, 3) - 20
    wanted = [[-18, -18, -18], [-12, -12, -12], [-12, -12, -12]]
    assert found.output_shape == (1, 3, 3, 1)
    assert found.operator(x)[0, 0].tolist() == wanted
    found.operator.derive("output_shape", found.shape).check()


def test_in_3d_windows_that_lie_apart_start_later_without_onednn():
    found = TF.max_pool3d((1, 6, 4, 4, 1), [1, 2, 2], [3, 2, 2], "SAME")
    assert found.output_shape == (1, 2, 2, 2, 1)
    assert "starts at place [1, 0, 0]" in found.answers["without oneDNN"]
    assert not TF.max_pool3d((1, 5, 4, 4, 1), [1, 2, 2], [3, 2, 2], "SAME").answers
    assert not TF.max_pool2d((1, 6, 6, 1), 1, 3, "SAME").answers


def test_an_empty_output_is_not_looked_at_further():
    found = TF.conv3d((1, 2, 9, 9, 4), (3, 3, 3, 2, 6), [1] * 5, "VALID", dilations=[1, 1, 2, 2, 1])
    assert found.output_shape == (1, 0, 5, 5, 6)
    assert any("does not look further" in note for note in found.notes)


def test_three_axes_may_be_cropped_unequally():
    found = TF.conv3d_transpose((1, 3, 4, 5, 2), (3, 3, 3, 1, 2), (1, 6, 8, 10, 1), 2)
    assert found.padding == ((0, 1),) * 3
    assert found.operator.output_shape(found.shape) == (1, 1, 6, 8, 10)


FIVE = [1] * 5
REFUSALS = [
    (lambda: TF.conv1d((1, 2, 1), (5, 1, 1), 1, "VALID"), "Computed output size would be negative: -2"),
    (lambda: TF.conv2d((0, 2, 8, 3), (5, 3, 3, 4), 1, "VALID"), "effective filter size 5, stride 1"),
    (lambda: TF.conv2d((1, 8, 8, 10), (3, 3, 3, 6), 1, "SAME"), "evenly divisible by filter depth: 10 vs 3"),
    (lambda: TF.conv2d((1, 8, 8, 6), (3, 3, 3, 5), 1, "SAME"), "divisible by number of groups: 5 vs 2"),
    (lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 3, 4), 1, "same"), "It is 'SAME', 'VALID' or a list"),
    (lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 3, 4), 1, "SAME_LOWER"), "padding is 'SAME_LOWER'"),
    (lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 3, 4), 1, 1), "padding is 1"),
    (lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 3, 4), 1, [[1, 1], [1, 1]]), "it must be of size 4"),
    (
        lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 3, 4), 1, [[0, 0], [-1, 1], [0, 0], [0, 0]]),
        "all elements of explicit_paddings must be nonnegative",
    ),
    (
        lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 3, 4), 1, [[1, 0], [1, 1], [0, 0], [0, 0]]),
        "nonzero explicit padding in the batch or depth dimensions",
    ),
    (lambda: TF.conv1d((1, 8, 3), (3, 3, 4), 1, [[0, 0], [1, 1], [0, 0]]), "It is 'SAME' or 'VALID'"),
    (lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 3, 4), 0, "SAME"), "strides must be > 0"),
    (lambda: TF.conv2d((2, 8, 8, 3), (3, 3, 3, 4), [2, 1, 1, 1], "SAME"), "the batch and the channels must be 1"),
    (lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 3, 4), [1, 1, 1], "SAME"), "strides should be of length 1, 2 or 4"),
    (lambda: TF.conv2d((8, 8, 3), (3, 3, 3, 4), 1, "SAME"), "4 are expected (batch, sizes, channels)"),
    (lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 4), 1, "SAME"), "It must be 4-dimensional"),
    (lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 0, 4), 1, "SAME"), "it must be strictly positive"),
    (lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 3, 4), 1, "SAME", "channels_last"), "The layouts are 'NHWC' and 'NCHW'"),
    (lambda: TF.conv3d((1, 8, 8, 8, 3), (3, 3, 3, 3, 4), 1, "SAME"), "a list of 5 is expected"),
    (lambda: TF.conv3d((1, 8, 8, 8, 6), (3, 3, 3, 3, 4), FIVE, "SAME"), "there are no 2 groups in 3-d"),
    (
        lambda: TF.conv3d((1, 8, 8, 8, 3), (3, 3, 3, 3, 4), FIVE, "SAME", dilations=[1, 2, 2, 2, 1]),
        "only supports dilated rates of 1",
    ),
    (lambda: TF.depthwise_conv2d((1, 8, 8, 3), (3, 3, 3, 2), [1, 1, 2, 1], "SAME"), "only equal strides"),
    (lambda: TF.depthwise_conv2d((1, 8, 8, 4), (3, 3, 3, 2), FIVE[:4], "SAME"), "the same depth: 4 vs 3"),
    (
        lambda: TF.conv2d_transpose((1, 5, 5, 1), (3, 3, 1, 1), (1, 9, 11, 1), 2),
        "size of the input doesn't match computed: actual = 5, computed = 6",
    ),
    (lambda: TF.conv2d_transpose((1, 5, 5, 1), (3, 3, 1, 1), (2, 9, 9, 1), 2), "the same batch size: 1 and 2"),
    (lambda: TF.conv2d_transpose((1, 5, 5, 2), (3, 3, 2, 2), (1, 9, 9, 4), 2), "gradients for grouped convolutions"),
    (lambda: TF.conv2d_transpose((1, 5, 5, 3), (3, 3, 2, 1), (1, 9, 9, 2), 2), "filter and input must have the same"),
    (
        lambda: TF.conv2d_transpose((1, 5, 5, 1), (3, 3, 1, 1), (1, 9, 9, 1), 1, "VALID", dilations=2),
        "do not yet support dilation rates larger than 1",
    ),
    (
        lambda: TF.max_pool2d((1, 8, 8, 3), 3, 1, [[0, 0], [1, 4], [0, 0], [0, 0]]),
        "Bottom padding 4 needs to be smaller",
    ),
    (lambda: TF.max_pool1d((1, 8, 3), 3, 1, [[0, 0], [3, 0], [0, 0]]), "Left padding 3 needs to be smaller than the"),
    (lambda: TF.avg_pool2d((1, 8, 8, 3), 3, 1, [[0, 0], [1, 1], [0, 0], [0, 0]]), "It is 'SAME' or 'VALID'"),
    (lambda: TF.max_pool((8, 3), 2, 2, "SAME"), "It must be 3, 4 or 5"),
]


@pytest.mark.parametrize(("call", "words"), REFUSALS)
def test_a_refusal_has_tensorflows_reason(call, words):
    with pytest.raises(cm.RejectedError) as caught:
        call()
    assert words in str(caught.value)
    assert str(caught.value).startswith("tensorflow 2.21.0 refuses ")
    assert caught.value.framework == "tensorflow 2.21.0"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: TF.depthwise_conv2d((1, 8, 8, 3), (3, 3, 3, 2), [1, 2, 2, 1], "SAME", None, [2, 2]), "no convolution"),
        (lambda: TF.conv2d((1, 8, 8, 3), (3, 3, 3, 0), 1, "SAME"), "without channels"),
        (
            lambda: TF.conv3d_transpose((1, 0, 1, 4, 2), (6, 6, 6, 1, 2), (1, 4, 7, 17, 1), 3, "VALID"),
            "TensorFlow's process dies",
        ),
    ],
)
def test_what_is_no_operator_is_not_answered(call, words):
    with pytest.raises(cm.UnsupportedError, match=words):
        call()


LIVE = """
import json, sys
import numpy as np, tensorflow as tf
found = []
for name, x, w, more in json.load(sys.stdin):
    x, w = (np.array(item, "float32") for item in (x, w))
    try:
        found.append(getattr(tf.nn, name)(x, w, *more).numpy().ravel().tolist())
    except Exception as error:
        found.append(type(error).__name__)
print(json.dumps(found))
"""


@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="TensorFlow is not installed")
def test_a_running_tensorflow_gives_the_same_values():
    cases, ours = [], []
    for size, kernel, stride, padding in product((1, 4, 7), (1, 2, 3), (1, 2, 3), ("SAME", "VALID")):
        x, w = np.arange(1, size + 1), np.arange(1, kernel + 1)
        cases.append(("conv1d", x.reshape(1, -1, 1).tolist(), w.reshape(-1, 1, 1).tolist(), (stride, padding)))
        try:
            found = TF.conv1d((1, size, 1), (kernel, 1, 1), stride, padding)
            ours.append(found.operator(line(x), line(w)).ravel().tolist() if all(found.output_shape) else [])
        except cm.RejectedError:
            ours.append("InvalidArgumentError")
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": "0"}
    command = [sys.executable, "-c", LIVE]
    done = subprocess.run(command, input=json.dumps(cases), env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == ours
