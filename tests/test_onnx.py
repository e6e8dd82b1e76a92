"""ONNX's operators by their own attributes: what each implementation says, and what is computed."""

from pathlib import Path

import numpy as np
import pytest
from differential import onnx as translated
from differential import score as scoring

import convmath as cm
from convmath.operators.shelf import operator_names

ONNX = cm.frameworks["onnx"]
INFERENCE, RUNTIME, TEXT = "onnx 1.23.2 shape inference", "onnxruntime 1.31.1", "specification"
CASES = [
    pytest.param(case, id=f"{path.name.removesuffix('.json.gz')}-{place}")
    for path in sorted((Path(__file__).parent / "data").glob("onnx_*.json.gz"))
    for place, case in enumerate(scoring.cases_in(path))
]


def kept(monkeypatch):
    """The translation that a case asks for last."""
    seen = []

    class Recording(dict):
        def __missing__(self, name):
            def call(*shapes, **attributes):
                seen.append(ONNX[name](*shapes, **attributes))
                return seen[-1]

            return call

    monkeypatch.setattr(translated, "ONNX", Recording())
    return seen


@pytest.mark.parametrize("case", CASES)
def test_every_implementation_is_named_with_its_own_answer(case):
    """Also where onnxruntime refuses: what inference gives then, negative sizes and missing axes, is named."""
    found = {}
    try:
        translated.OPS[case["op"]](case, found)
    except cm.RejectedError as refusal:
        found["e"] = str(refusal)
    recorded = {key: case[key] for key in ("infer", "ort") if key in case} | case.get("dis", {})
    for who, answer in recorded.items():
        ours = found.get("dis", {}).get(who, found.get("e", found.get("y")))
        assert isinstance(ours, str) == isinstance(answer, str), who
        assert isinstance(answer, str) or ours == answer, who


@pytest.mark.parametrize("case", CASES)
def test_the_operator_has_the_shape_that_is_computed(case, monkeypatch):
    seen = kept(monkeypatch)
    try:
        translated.OPS[case["op"]](case, {})
    except cm.RejectedError:
        assert not seen
        return
    (answer,) = seen
    if isinstance(answer, tuple):
        answer = answer[0]
    runs = not isinstance(answer.answers.get(RUNTIME), str)
    if runs and 0 not in answer.shape and 0 not in answer.output_shape and known(answer):
        assert answer.operator.output_shape(answer.shape) == answer.output_shape


def known(answer):
    return answer.made is not None or answer.name in operator_names()


def test_a_call_takes_shapes_where_the_operator_takes_tensors():
    found = ONNX.Conv((1, 3, 32, 32), (8, 3, 3, 3), (8,), pads=[0, 1, 2, 3], strides=[2, 1])
    assert found.output_shape == (1, 8, 16, 34)
    assert found.padding == ((0, 2), (1, 3))
    assert found.operator.parameters() == 8 * 3 * 9 + 8
    assert not found.answers
    assert ONNX.MaxPool((1, 3, 9, 9), kernel_shape=[3, 3]).output_shape == (1, 3, 7, 7)
    assert ONNX.GlobalAveragePool((1, 3, 9, 9)).output_shape == (1, 3, 1, 1)


DISPUTES = [
    # VALID in ceil mode: the text says floor mode, both implementations round up.
    (
        lambda: ONNX.MaxPool((1, 1, 10), kernel_shape=[3], strides=[2], auto_pad="VALID", ceil_mode=1),
        {INFERENCE: (1, 1, 5), RUNTIME: (1, 1, 5), TEXT: (1, 1, 4)},
    ),
    # A kernel one place too large: cut off toward 0, both implementations find a window.
    (
        lambda: ONNX.AveragePool((1, 1, 2), kernel_shape=[3], strides=[4]),
        {INFERENCE: (1, 1, 1), RUNTIME: (1, 1, 1), TEXT: (1, 1, 0)},
    ),
    # SAME with dilation: onnxruntime forgets the dilation when it pads.
    (
        lambda: ONNX.MaxPool((1, 1, 37), kernel_shape=[7], dilations=[3], auto_pad="SAME_UPPER"),
        {INFERENCE: (1, 1, 37), RUNTIME: (1, 1, 25), TEXT: (1, 1, 37)},
    ),
    # SAME where the kernel is smaller than the stride: the text wants H·s places.
    (
        lambda: ONNX.ConvTranspose((1, 1, 5), (1, 1, 2), strides=[3], auto_pad="SAME_UPPER"),
        {INFERENCE: (1, 1, 14), RUNTIME: (1, 1, 14), TEXT: (1, 1, 15)},
    ),
    # SAME and output padding: inference adds it after SAME has cropped.
    (
        lambda: ONNX.ConvTranspose((1, 1, 3), (1, 1, 3), strides=[2], auto_pad="SAME_UPPER", output_padding=[1]),
        {INFERENCE: (1, 1, 7), RUNTIME: (1, 1, 6), TEXT: (1, 1, 6)},
    ),
    # A factor in 32 bits: 64-bit products with it are below 7.
    (lambda: ONNX.Resize((1, 1, 10), None, [1, 1, 0.7]), {INFERENCE: (1, 1, 6), RUNTIME: (1, 1, 7)}),
    # No end, backwards: inference clamps it, onnxruntime goes as far as there is.
    (lambda: ONNX.Slice((7,), [5], [2**63 - 1], [0], [-1]), {INFERENCE: (0,), RUNTIME: (6,)}),
    # No axis is named: no axis for inference, all for onnxruntime.
    (lambda: ONNX.Squeeze((1, 2, 1), []), {INFERENCE: (1, 2, 1), RUNTIME: (2,)}),
    # An output smaller than the input: inference loses the axis.
    (
        lambda: ONNX.ConvTranspose((1, 1, 5), (1, 1, 3), output_shape=[4]),
        {INFERENCE: (1, 1), RUNTIME: (1, 1, 4), TEXT: (1, 1, 4)},
    ),
]


@pytest.mark.parametrize(("call", "answers"), DISPUTES)
def test_a_dispute_names_every_answer_with_its_version(call, answers):
    found = call()
    assert found.answers == answers
    assert found.output_shape == answers[RUNTIME], "the shape is that of the implementation that computes the values"


def test_where_onnxruntime_has_no_code_the_shape_is_inferred_and_the_limit_named():
    found = ONNX.Conv((1, 1, 9), (1, 1, 3), auto_pad="SAME_LOWER", dilations=[2], strides=[3])
    assert found.output_shape == found.answers[INFERENCE] == (1, 1, 3)
    assert found.padding == ((1, 1),)
    assert "onnxruntime 1.31.1 refuses Conv: Dilation not supported for AutoPadType" in found.answers[RUNTIME]
    assert found.notes == (found.answers[RUNTIME],)
    found = ONNX.MaxPool((1, 1, 9), kernel_shape=[2], pads=[2, 0])
    assert found.output_shape == (1, 1, 10)
    assert "Pad should be smaller than kernel" in found.answers[RUNTIME]


REFUSALS = [
    (lambda: ONNX.Conv((1, 3, 4), (8, 3, 5)), RUNTIME, "Invalid input shape: {4}"),
    (lambda: ONNX.Conv((1, 3, 4), (8, 3, 5)), RUNTIME, "But onnx 1.23.2 shape inference gives (1, 8, 0)."),
    (lambda: ONNX.Conv((1, 4, 9), (8, 3, 3)), RUNTIME, "C: 4 kernel channels: 3 group: 1"),
    (lambda: ONNX.Conv((1, 6, 9), (8, 2, 3), group=3), RUNTIME, "M is not divisible by group. M: 8 group: 3"),
    (lambda: ONNX.Conv((1, 3, 9), (8, 3, 3), (7,)), RUNTIME, "1D tensor of size output_channels (8)"),
    (lambda: ONNX.Conv((1, 3, 9), (8, 3, 3), auto_pad="SAME"), RUNTIME, "Unknown AutoPadType String"),
    (lambda: ONNX.Conv((1, 3, 9), (8, 3, 3), auto_pad="VALID", pads=[1, 1]), RUNTIME, "node has both"),
    (lambda: ONNX.Conv((1, 3, 9), (8, 3, 3), kernel_shape=[2]), RUNTIME, "kernel_shape: {2} W: {8,3,3}"),
    (lambda: ONNX.Conv((1, 3, 9, 9), (8, 3, 3)), "onnx 1.23.2", "weight tensor (1) does not match"),
    (lambda: ONNX.Conv((3, 9), (8, 3)), "onnx 1.23.2", "at least 3 dimensions"),
    (lambda: ONNX.Conv((1, 3, 9), (8, 3, 3), pads=[1]), "onnx 1.23.2", "attribute pads has incorrect size"),
    (lambda: ONNX.Conv((1, 3, 9), (8, 3, 3), strides=[0]), "onnx 1.23.2", "must only contain positive values"),
    (lambda: ONNX.Conv((1, 3, 9), (8, 3, 3), pads=[-1, 0]), "onnx 1.23.2", "must not contain negative values"),
    (lambda: ONNX.Conv((1, 3, 9), (8, 3, 3), dilations=2), "onnx 1.23.2", "It is a list of 1 integers"),
    (lambda: ONNX.Conv("picture", (8, 3, 3)), "onnx 1.23.2", "Give its shape as a tuple of integers"),
    (lambda: ONNX.MaxPool((1, 3, 9)), "onnx 1.23.2", "kernel_shape must be specified"),
    (lambda: ONNX.MaxPool((1, 3, 4), kernel_shape=[6]), RUNTIME, "output dimension is negative: [-1]"),
    (lambda: ONNX.MaxPool((1, 0, 4), kernel_shape=[2]), RUNTIME, "Only N can be zero"),
    (
        lambda: ONNX.MaxPool((1, 1, 38), kernel_shape=[1], strides=[2], auto_pad="SAME_LOWER"),
        RUNTIME,
        "padding values must be non-negative",
    ),
    (
        lambda: ONNX.ConvTranspose((1, 1, 5), (1, 1, 3), output_padding=[1]),
        RUNTIME,
        "output_padding[0] (1) must be less than max(stride, dilation) (1)",
    ),
    (
        lambda: ONNX.ConvTranspose((1, 1, 5), (1, 1, 3), strides=[2], output_shape=[20]),
        RUNTIME,
        "Expected input size 9 but got 5",
    ),
    (lambda: ONNX.ConvTranspose((1, 1, 1), (1, 1, 1), pads=[3, 0]), RUNTIME, "Computed output dimension is <= 0"),
    (lambda: ONNX.ConvTranspose((1, 3, 5), (2, 3, 3)), RUNTIME, "filter_number: 2 num_input_channels: 3"),
    (lambda: ONNX.Reshape((2, 3), [4, -1]), "onnx 1.23.2", "Dimension could not be inferred"),
    (lambda: ONNX.Reshape((2, 3), [-1, -1]), "onnx 1.23.2", "may not have multiple -1 dimensions"),
    (lambda: ONNX.Reshape((2, 3), [2, 3, 0]), "onnx 1.23.2", "Invalid position of 0"),
    (lambda: ONNX.Reshape((2, 3), [0, -1], allowzero=1), "onnx 1.23.2", "Invalid Target shape product of 0"),
    (lambda: ONNX.Reshape((2, 3), [7]), RUNTIME, "It has 6 entries, not 7"),
    (lambda: ONNX.Squeeze((2, 1), [0]), "onnx 1.23.2", "Dimension of input 0 must be 1 instead of 2"),
    (lambda: ONNX.Unsqueeze((2,), [0, -3]), "onnx 1.23.2", "Axis 0 is referred to more than once"),
    (lambda: ONNX.Flatten((2, 3), axis=3), "onnx 1.23.2", "Invalid value(3) for attribute 'axis'"),
    (lambda: ONNX.Transpose((2, 3), perm=[0, 0]), "onnx 1.23.2", "repeated value: 0"),
    (lambda: ONNX.Transpose((2, 3), perm=[0]), RUNTIME, "perm size: 1 does not match input rank: 2"),
    (lambda: ONNX.DepthToSpace((1, 6, 2, 2), blocksize=2), RUNTIME, "to be a multiple of (block_size * block_size)"),
    (lambda: ONNX.SpaceToDepth((1, 6, 3, 2), blocksize=2), RUNTIME, "height to be a multiple of block_size"),
    (lambda: ONNX.Concat((2, 3), (3, 2), axis=0), "onnx 1.23.2", "only axis 0 may differ"),
    (lambda: ONNX.Split((4,), num_outputs=3), RUNTIME, "inference gives ((2,), (2,), (0,))"),
    (lambda: ONNX.Split((1,), num_outputs=2), RUNTIME, "Size of dimension being split is 1"),
    (lambda: ONNX.Split((5,), [2, 2]), "onnx 1.23.2", "Mismatch between the sum of 'split' (4)"),
    (lambda: ONNX.Slice((5,), [0], [5], [0], [0]), "onnx 1.23.2", "'step' cannot be 0"),
    (lambda: ONNX.Slice((5,), [0], [5], [1]), "onnx 1.23.2", "Expected range [-1, 1)"),
    (lambda: ONNX.Pad((1, 3), [0, 3, 0, 0], mode="reflect"), RUNTIME, "exceeds maximum allowed (2) for axis 1"),
    (lambda: ONNX.Pad((1, 3), [0, -3, 0, 1], mode="edge"), RUNTIME, "with zero effective input extent"),
    (lambda: ONNX.Pad((1, 3), [0, 1]), "onnx 1.23.2", "Expected 2 * 2 values. Got 2 values"),
    (lambda: ONNX.Add((2, 3), (3, 2)), "onnx 1.23.2", "Axis -2 has the sizes 2 and 3"),
    (lambda: ONNX.MatMul((2, 3), (4, 5)), "onnx 1.23.2", "3 columns meet 4 rows"),
    (lambda: ONNX.Gemm((2, 3), (3, 4), (2,)), RUNTIME, "Invalid bias shape for broadcast"),
    (lambda: ONNX.Gemm((2, 3), (4, 3)), "onnx 1.23.2", "unification between 3 and 4"),
    (lambda: ONNX.ReduceMean((2, 3), [2]), "onnx 1.23.2", "Unexpected axis value: 2"),
    (lambda: ONNX.Col2Im((1, 4, 5), [3, 3], [2, 2]), RUNTIME, "number of sliding blocks (4)"),
    (lambda: ONNX.Col2Im((1, 3, 4), [3, 3], [2, 2]), RUNTIME, "positive multiple of prod(block_shape) (4)"),
    (lambda: ONNX.Resize((1, 1, 5)), "onnx 1.23.2", "but not both of them"),
    (lambda: ONNX.Resize((1, 1, 5), None, [1, 1, 0]), RUNTIME, "Scale value should be greater than 0"),
    (lambda: ONNX.BatchNormalization((1, 3, 5), *[(4,)] * 4), "onnx 1.23.2", "unification between 4 and 3"),
    (lambda: ONNX.InstanceNormalization((1, 3), (3,), (3,)), RUNTIME, "number of dimensions is less than 3: 2"),
    (
        lambda: ONNX.ConvTranspose((1, 1, 5), (1, 1, 3), auto_pad="VALID", pads=[1, 1]),
        "onnx 1.23.2",
        "cannot be used simultaneously with auto_pad",
    ),
]


@pytest.mark.parametrize(("call", "who", "words"), REFUSALS)
def test_a_refusal_names_who_refuses_and_what_the_others_give(call, who, words):
    with pytest.raises(cm.RejectedError) as caught:
        call()
    assert words in str(caught.value)
    assert caught.value.framework == who
    assert str(caught.value).startswith(f"{who} refuses ")
    assert (who == RUNTIME) == bool(caught.value.answers)


def test_what_is_not_known_is_not_decided():
    with pytest.raises(cm.UnsupportedError, match="fails or crashes"):
        ONNX.ConvTranspose((2, 1, 0, 5, 5), (1, 3, 3, 7, 3))
    with pytest.raises(cm.UnsupportedError, match="neither 0 nor 1"):
        ONNX.MaxPool((1, 1, 5), kernel_shape=[2], ceil_mode=2)
    with pytest.raises(cm.UnsupportedError, match="which are no numbers"):
        ONNX.Resize((1, 1, 5), None, [1, 1, float("nan")])
    with pytest.raises(cm.UnsupportedError, match="convmath has no operator conv4d"):
        ONNX.Conv((1, 1, 5, 5, 5, 5), (1, 1, 3, 3, 3, 3)).operator  # noqa: B018


# Values, as onnxruntime 1.31.1 gave them.


def run(found, x, **arrays):
    return found.operator(X=np.array(x).reshape(found.shape), **arrays).ravel().tolist()


@pytest.mark.parametrize(("word", "values"), [("SAME_UPPER", [321, 2100]), ("SAME_LOWER", [32, 3210])])
def test_same_lies_where_its_word_says(word, values):
    found = ONNX.Conv((1, 1, 4), (1, 1, 3), auto_pad=word, strides=[2])
    assert run(found, [1, 10, 100, 1000], W=[[[1, 2, 3]]]) == values


@pytest.mark.parametrize(
    ("word", "values"),
    [
        ("NOTSET", [2, 13, 20, 130, 200, 300]),
        ("VALID", [2, 13, 20, 130, 200, 300]),
        ("SAME_LOWER", [2, 13, 20, 130, 200, 300]),
        ("SAME_UPPER", [1, 2, 13, 20, 130, 200]),
    ],
)
def test_an_odd_place_of_output_shape_is_cropped_at_the_beginning_but_for_same_upper(word, values):
    found = ONNX.ConvTranspose((1, 1, 3), (1, 1, 3), strides=[2], output_shape=[6], auto_pad=word)
    assert run(found, [1, 10, 100], W=[[[1, 2, 3]]]) == values


def test_output_shape_beyond_what_is_written_is_filled_at_the_end():
    found = ONNX.ConvTranspose((1, 1, 3), (1, 1, 3), strides=[2], output_shape=[8])
    assert run(found, [1, 10, 100], W=[[[1, 2, 3]]]) == [1, 2, 13, 20, 130, 200, 300, 0]


def test_means_of_windows_that_no_ready_made_pool_has():
    found = ONNX.AveragePool((1, 1, 5), kernel_shape=[3], dilations=[2], pads=[2, 2])
    assert found.made is not None
    assert run(found, [1, 3, 5, 7, 9]) == [3, 5, 5, 5, 7]
    counted = ONNX.AveragePool((1, 1, 2), kernel_shape=[3], strides=[4], count_include_pad=1)
    assert counted.output_shape == (1, 1, 1)
    assert run(counted, [3, 5]) == [4]


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "word", "values"),
    [
        (8, 1, 4, "SAME_UPPER", [2, 6]),
        (8, 1, 4, "SAME_LOWER", [1, 5]),
        (7, 1, 4, "SAME_UPPER", [1, 5]),
        (10, 2, 5, "SAME_UPPER", [2, 7]),
        (16, 1, 8, "SAME_LOWER", [3, 11]),
    ],
)
def test_same_of_a_stride_larger_than_the_kernel_begins_inside_the_input(size, kernel, stride, word, values):
    found = ONNX.Conv((1, 1, size), (1, 1, kernel), auto_pad=word, strides=[stride])
    assert run(found, list(range(1, size + 1)), W=[[[1] + [0] * (kernel - 1)]]) == values


@pytest.mark.parametrize(("channels", "out", "groups"), [(4, 6, 1), (4, 6, 2), (2, 6, 2), (4, 2, 2), (3, 3, 3)])
def test_such_a_convolution_has_groups_and_a_bias(channels, out, groups):
    shapes = (2, channels, 8, 8), (out, channels // groups, 1, 1), (out,)
    found = ONNX.Conv(*shapes, auto_pad="SAME_UPPER", strides=[4, 4], group=groups)
    x, w, b = (np.arange(np.prod(shape)).reshape(shape) for shape in shapes)
    plain = cm.conv2d(channels, out, 1, 4, groups=groups)(x[:, :, 1:, 1:], w, b)
    assert found.operator(X=x, W=w, b=b).tolist() == plain.tolist()
    assert found.operator.parameters() == w.size + b.size


@pytest.mark.parametrize(("word", "ceil", "values"), [("SAME_UPPER", 0, [2]), ("SAME_UPPER", 1, [2, 5])])
def test_a_mean_ends_where_same_crops(word, ceil, values):
    """Window 2 would read places 4 and 6 of 0 … 6, and the last is cropped."""
    given = {"kernel_shape": [2], "strides": [4], "dilations": [2], "auto_pad": word, "ceil_mode": ceil}
    assert run(ONNX.AveragePool((1, 1, 7), **given), [1, 2, 3, 4, 5, 6, 7]) == values


@pytest.mark.parametrize(
    ("size", "factor", "inferred", "computed"),
    [(10, 0.7, 6, 7), (100, 0.29, 28, 29), (224, 706 / 224, 705, 706), (5, 0.1, 0, 0), (7, 2.3, 16, 16)],
)
def test_resize_multiplies_in_the_number_type_of_each(size, factor, inferred, computed):
    found = ONNX.Resize((1, 1, size), None, [1, 1, factor])
    assert found.output_shape == (1, 1, computed)
    assert found.answers.get(INFERENCE, found.output_shape) == (1, 1, inferred)


@pytest.mark.parametrize(
    ("policy", "shape"), [("stretch", (1, 1, 5, 5)), ("not_larger", (1, 1, 5, 3)), ("not_smaller", (1, 1, 10, 5))]
)
def test_one_scale_for_all_axes_and_a_half_is_rounded_up(policy, shape):
    found = ONNX.Resize((1, 1, 10, 5), None, None, [5, 5], axes=[2, 3], keep_aspect_ratio_policy=policy)
    assert found.output_shape == shape


@pytest.mark.parametrize(
    ("starts", "ends", "steps"),
    [([1], [4], [1]), ([-3], [100], [2]), ([5], [-100], [-2]), ([-1], [-4], [-1]), ([100], [2**31 - 1], [-3])],
)
def test_a_slice_takes_the_places_that_python_takes(starts, ends, steps):
    found = ONNX.Slice((6,), starts, ends, [0], steps)
    end = None if ends[0] > 2**30 else ends[0]
    assert run(found, list(range(6))) == list(range(6))[starts[0] : end : steps[0]]


def test_the_definitions_of_products_and_reductions():
    a, b, c = np.arange(6).reshape(3, 2), np.arange(12).reshape(4, 3), np.array([[1], [10]])
    found = ONNX.Gemm(a.shape, b.shape, c.shape, transA=1, transB=1)
    assert found.operator(A=a, B=b, C=c).tolist() == (a.T @ b.T + c).tolist()
    x = np.arange(24).reshape(2, 3, 4)
    assert ONNX.ReduceSum((2, 3, 4), [-1]).operator(X=x).tolist() == x.sum(-1, keepdims=True).tolist()
    assert ONNX.ReduceMax((2, 3, 4), [0, 2], keepdims=0).operator(X=x).tolist() == x.max((0, 2)).tolist()
    assert ONNX.ReduceMean((2, 3, 4), [1]).operator(X=x).tolist() == x.mean(1, keepdims=True).tolist()


def test_split_gives_a_translation_for_each_piece():
    pieces = ONNX.Split((1, 7), axis=-1, num_outputs=3)
    assert [piece.output_shape for piece in pieces] == [(1, 3), (1, 3), (1, 1)]
    assert [piece.arguments["start"] for piece in pieces] == [0, 3, 6]
    assert [piece.output_shape for piece in ONNX.Split((7,), [0, 7])] == [(0,), (7,)]


OTHERS = [
    (lambda: ONNX.Where((2, 1), (3,), ()), (2, 3)),
    (lambda: ONNX.Sum((2, 1), (1, 3), (1,)), (2, 3)),
    (lambda: ONNX.Tile((2, 3), [2, 0]), (4, 0)),
    (lambda: ONNX.Gather((2, 3, 4), (5, 6), axis=1), (2, 5, 6, 4)),
    (lambda: ONNX.ArgMax((2, 3, 4), axis=-1, keepdims=0), (2, 3)),
    (lambda: ONNX.Softmax((2, 3)), (2, 3)),
    (lambda: ONNX.Relu((2, 3)), (2, 3)),
    (lambda: ONNX.Clip((2, 3), (), ()), (2, 3)),
    (lambda: ONNX.ReduceSum((2, 3), noop_with_empty_axes=1), (2, 3)),
    (lambda: ONNX.ReduceProd((2, 3)), (1, 1)),
    (lambda: ONNX.BatchNormalization((2, 3, 4), *[(3,)] * 4), (2, 3, 4)),
    (lambda: ONNX.MatMul((3,), (2, 3, 4)), (2, 4)),
    (lambda: ONNX.MatMul((3,), (3,)), ()),
    (lambda: ONNX.Reshape((0, 3), [0, 3], allowzero=1), (0, 3)),
]


@pytest.mark.parametrize(("call", "shape"), OTHERS)
def test_the_shapes_of_other_operators(call, shape):
    found = call()
    assert found.output_shape == shape
    assert not found.answers
