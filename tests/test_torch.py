"""PyTorch's functions and layers: shapes, refusals in its words, what is learned, and the operators behind them."""

from math import prod

import pytest
from differential import opinfo, torch_misc
from differential.score import UndecidedError, cases_in
from test_differential import DATA

import convmath as cm
from convmath.conventions.translation import Translation

TORCH = cm.frameworks["torch"]

SHAPES = [
    (lambda: TORCH.conv2d((1, 4, 9, 9), (6, 2, 3, 3), (6,), 2, 1, 1, 2), (1, 6, 5, 5)),
    (lambda: TORCH.conv1d((3, 7), (5, 3, 3), padding="same"), (5, 7)),
    (lambda: TORCH.conv2d((1, 4, 9, 9), (6, 4, 3, 3), stride=[2], padding=(1,)), (1, 6, 5, 5)),
    (lambda: TORCH.conv1d((0, 3, 0), (5, 3, 3), padding=2), (0, 5, 2)),
    (lambda: TORCH.conv_transpose2d((1, 4, 5, 5), (4, 3, 3, 3), None, 2, 1, 1), (1, 3, 10, 10)),
    (lambda: TORCH.max_pool2d((1, 3, 9, 9), 3, stride=[]), (1, 3, 3, 3)),
    (lambda: TORCH.avg_pool1d((3, 9), 3, 2, 1, True), (3, 5)),
    (lambda: TORCH.lp_pool2d((1, 3, 9, 9), 2, (3, 2)), (1, 3, 3, 4)),
    (lambda: TORCH.adaptive_avg_pool2d((2, 3, 8, 9), (None, 4)), (2, 3, 8, 4)),
    (lambda: TORCH.adaptive_max_pool1d((2, 3, 8), 0), (2, 3, 0)),
    (lambda: TORCH.adaptive_avg_pool2d((2, 0, 8, 9), 3), (2, 0, 3, 3)),
    (lambda: TORCH.adaptive_avg_pool2d((3, 0, 4), 1), (3, 1, 1)),
    (lambda: TORCH.fractional_max_pool2d((1, 3, 9, 9), 3, output_ratio=(0.5, 0.7)), (1, 3, 4, 6)),
    (lambda: TORCH.max_unpool1d((1, 2, 3), (1, 2, 3), 2), (1, 2, 6)),
    (lambda: TORCH.max_unpool1d((1, 2, 3), (1, 2, 3), 2, output_size=(1, 2, 7)), (1, 2, 7)),
    (lambda: TORCH.unfold((2, 3, 9, 9), 3, padding=(1, 0)), (2, 27, 63)),
    (lambda: TORCH.fold((12, 9), (4, 4), 2), (3, 4, 4)),
    (lambda: TORCH["Tensor.unfold"]((5, 7), 1, 3, 2), (5, 3, 3)),
    (lambda: TORCH["Tensor.unfold"]((), 0, 1, 1), (1,)),
    (lambda: TORCH.pad((2, 3, 4), (1, -2, 3, 0)), (2, 6, 3)),
    (lambda: TORCH.pad((1, 1, 4), (-2, 3), "reflect"), (1, 1, 5)),
    (lambda: TORCH.pad((0, 3, 4), (1, 2), "replicate"), (0, 3, 7)),
    (lambda: TORCH.pad((2, 0, 4), (1, 2), "circular"), (2, 0, 7)),
    (lambda: TORCH.pad((2, 2, 4), (-2, 3), "circular"), (2, 2, 5)),
    (lambda: TORCH.interpolate((1, 2, 10), scale_factor=0.7), (1, 2, 7)),
    (lambda: TORCH.interpolate((1, 2, 100), scale_factor=0.29), (1, 2, 28)),
    (lambda: TORCH.interpolate((1, 2, 5), scale_factor=0.1, mode="area"), (1, 2, 0)),
    (lambda: TORCH.upsample_bilinear((1, 2, 4, 4), scale_factor=1.7), (1, 2, 6, 6)),
    (lambda: TORCH.grid_sample((2, 3, 5, 5), (2, 4, 7, 2)), (2, 3, 4, 7)),
    (lambda: TORCH.pixel_shuffle((2, 1, 8, 3, 5), 2), (2, 1, 2, 6, 10)),
    (lambda: TORCH.pixel_unshuffle((0, 1, 4, 4), 2), (0, 1, 4, 4)),
    (lambda: TORCH.channel_shuffle((1, 6, 2, 2), 3), (1, 6, 2, 2)),
    (lambda: TORCH.linear((2, 3, 4), (5, 4), (5,)), (2, 3, 5)),
    (lambda: TORCH.linear((4,), (4,)), ()),
    (lambda: TORCH.matmul((3, 1, 2, 4), (5, 4, 6)), (3, 5, 2, 6)),
    (lambda: TORCH.matmul((4,), (3, 4, 6)), (3, 6)),
    (lambda: TORCH.matmul((0,), (0,)), ()),
    (lambda: TORCH.add((2, 0), (1, 1)), (2, 0)),
    (lambda: TORCH.cat([(2, 3), (0,), (2, 4)], 1), (2, 7)),
    (lambda: TORCH.cat([(0,), (0,)], 3), (0,)),
    (lambda: TORCH.reshape((2, 0, 3), (2, -1, 3)), (2, 0, 3)),
    (lambda: TORCH.reshape((2, 6), (3, -1)), (3, 4)),
    (lambda: TORCH.flatten(()), (1,)),
    (lambda: TORCH.flatten((2, 3, 4), 1), (2, 12)),
    (lambda: TORCH.unflatten((0, 2), 0, (-1, 2)), (0, 2, 2)),
]


@pytest.mark.parametrize(("call", "shape"), SHAPES)
def test_what_comes_out(call, shape):
    assert call().output_shape == shape


def test_a_maximum_may_give_its_indices_as_well():
    assert TORCH.max_pool2d((1, 3, 9, 9), 3).output_shapes == ((1, 3, 3, 3),)
    assert TORCH.max_pool2d((1, 3, 9, 9), 3, return_indices=True).output_shapes == ((1, 3, 3, 3),) * 2
    assert TORCH.MaxPool1d(3, 2, 0, 1, True)((1, 3, 9)).output_shapes == ((1, 3, 4),) * 2
    assert TORCH.adaptive_max_pool1d((3, 9), 2, return_indices=True).output_shapes == ((3, 2),) * 2


REFUSALS = [
    (lambda: TORCH.conv2d((1, 3, 9, 9), (6, 2, 3, 3)), "to have 2 channels, but got 3 channels instead"),
    (lambda: TORCH.conv1d((2, 2, 4), (2, 2, 2), groups=3), "expected weight to be at least 3 at dimension 0"),
    (lambda: TORCH.conv1d((2, 4, 4), (3, 2, 2), groups=2), "expected weight to be divisible by 2 at dimension 0"),
    (lambda: TORCH.conv1d((2, 2, 4), (2, 2, 2), groups=0), "non-positive groups is not supported"),
    (lambda: TORCH.conv1d((2, 2, 4), (3, 2, 2), (4,)), "expected bias to be 1-dimensional with 3 elements"),
    (lambda: TORCH.conv2d((2, 2, 4, 4), (3, 2, 2)), "expected a 4-dimensional weight"),
    (lambda: TORCH.conv2d((1, 3, 9, 9), (6, 3, 0, 3)), "kernel_size must be greater than zero"),
    (lambda: TORCH.conv2d((1, 3, 9, 9), (6, 3, 3, 3), None, 2, "same"), "not supported for strided convolutions"),
    (lambda: TORCH.avg_pool1d((1, 3, 9), 3, divisor_override=2), "avg_pool1d takes none"),
    (lambda: TORCH.lp_pool1d((1, 3, 9), 2, [3]), "In one dimension it is an integer"),
    (lambda: TORCH.adaptive_avg_pool2d((1, 3, 9, 9), (2, -1)), "must be greater than or equal to 0"),
    (lambda: TORCH.adaptive_avg_pool2d((9, 9), (2, 2)), "Input dimension should be at least 3"),
    (lambda: TORCH.adaptive_max_pool2d((1, 0, 9, 9), 2), "non-zero size for non-batch dimensions"),
    (lambda: TORCH.adaptive_avg_pool1d((1, 3, 9), None), "output_size is None"),
    (lambda: TORCH.fractional_max_pool2d((1, 3, 9, 9), 3, 8), "pool too large relative to input"),
    (lambda: TORCH.fractional_max_pool3d((1, 3, 6, 6, 6), 2, 5), "one place must be left over"),
    (lambda: TORCH.fractional_max_pool2d((1, 3, 9, 9), 3), "either an output_size or an output_ratio"),
    (lambda: TORCH.max_unpool1d((1, 2, 3), (1, 2, 4), 2), "Expected shape of indices to be: [1, 2, 3]"),
    (
        lambda: TORCH.max_unpool2d((1, 2, 3, 3), (1, 2, 3, 3), 2, output_size=(8, 6)),
        'invalid output_size "[8, 6]" (dim 0 must be between 4 and 8)',
    ),
    (
        lambda: TORCH.unfold((1, 2, 4, 3), (2, 4), (3, 2), (1, 0), (3, 2)),
        "Given input with spatial size (4, 3), kernel_size=(2, 4), dilation=(3, 2), padding=(1, 0), stride=(3, 2), "
        "calculated shape of the array of sliding blocks as (1, -1), but its components must be at least one",
    ),
    (
        lambda: TORCH.fold((3, 17, 1), (3, 6), 4),
        "divisible by the product of kernel_size, but got input.size(1)=17 and kernel_size=(4, 4)",
    ),
    (
        lambda: TORCH.fold((1, 16, 3), (3, 4), 2),
        "expected size of input's dimension 2 to match the calculated number of sliding blocks 2 * 3 = 6, but got "
        "input.size(2)=3",
    ),
    (lambda: TORCH["Tensor.unfold"]((5,), 0, 6, 1), "maximum size for tensor at dimension 0 is 5 but size is 6"),
    (lambda: TORCH["Tensor.unfold"]((5,), 0, 2, 0), "step is 0 but must be > 0"),
    (lambda: TORCH.pad((3,), (-4, 5)), "narrow(): length must be non-negative"),
    (lambda: TORCH.pad((3, 4), (1, 1, 1)), "Padding length must be divisible by 2"),
    (lambda: TORCH.pad((1, 1, 4), (4, 0), "reflect"), "Padding size should be less than the corresponding input"),
    (lambda: TORCH.pad((1, 1, 4), (5, 0), "circular"), "causes wrapping around more than once"),
    (lambda: TORCH.pad((1, 1, 4), (0, -5), "circular"), "resulting in an empty dimension"),
    (lambda: TORCH.pad((1, 1, 4), (-2, 3), "circular"), "overlaps its own source"),
    (lambda: TORCH.pad((1, 1, 4), (-2, -2), "replicate"), "input [4] is too small. Calculated output [0]"),
    (lambda: TORCH.pad((4, 4), (1, 1, 1, 1), "reflect"), "Padding size 4 is not supported for 2D input tensor"),
    (lambda: TORCH.pad((1, 4, 4), (1, 1), "reflect", 2), 'Padding mode "reflect" doesn\'t take in value argument'),
    (lambda: TORCH.pad((4,), (1, 1), "wrap"), "Unrecognised padding mode wrap"),
    (lambda: TORCH.interpolate((1, 2, 5), scale_factor=0.1), "Input and output sizes should be greater than 0"),
    (lambda: TORCH.interpolate((1, 2, 5)), "either size or scale_factor should be defined"),
    (lambda: TORCH.interpolate((1, 2, 5), 3, mode="bilinear"), "Got 3D input, but bilinear mode needs 4D input"),
    (lambda: TORCH.interpolate((1, 2, 5), 3, align_corners=True), "align_corners option can only be set with"),
    (lambda: TORCH.interpolate((1, 2, 5), scale_factor=(2, 2)), "must have the same number of spatial dimensions"),
    (lambda: TORCH.interpolate((1, 2, 5), scale_factor=1e30), "cannot be converted to type int64_t without overflow"),
    (lambda: TORCH.grid_sample((2, 3, 5, 5), (1, 4, 7, 2)), "expected grid and input to have same batch size"),
    (lambda: TORCH.grid_sample((2, 3, 5, 5), (2, 4, 7, 3)), "expected grid to have size 2 in last dimension"),
    (lambda: TORCH.pixel_shuffle((1, 6, 2, 2), 2), "input.size(-3)=6 is not divisible by 4"),
    (lambda: TORCH.pixel_unshuffle((1, 6, 3, 2), 2), "expects height to be divisible by downscale_factor"),
    (lambda: TORCH.channel_shuffle((1, 3, 3, 3), 2), "Got 3 channels and 2 groups"),
    (lambda: TORCH.linear((6,), (5, 7)), "mat1 and mat2 shapes cannot be multiplied (1x6 and 7x5)"),
    (lambda: TORCH.linear((4, 3, 4, 4), (4, 5)), "mat1 and mat2 shapes cannot be multiplied (48x4 and 5x4)"),
    (
        lambda: TORCH.linear((4, 3), (2, 3), (5,)),
        "The expanded size of the tensor (2) must match the existing size (5)",
    ),
    (lambda: TORCH.matmul((3,), (4,)), "inconsistent tensor size, expected tensor [3] and src [4]"),
    (lambda: TORCH.matmul((2, 3), (4,)), "size mismatch, got input (2), mat (2x3), vec (4)"),
    (lambda: TORCH.matmul((2, 2, 3), (2, 4, 5)), "of batch2 tensor to be: [2, 3] but got: [2, 4]"),
    (lambda: TORCH.matmul((), (4,)), "need to be at least 1D, but they are 0D and 1D"),
    (
        lambda: TORCH.add((2, 3), (2, 4)),
        "The size of tensor a (3) must match the size of tensor b (4) at non-singleton",
    ),
    (
        lambda: TORCH.cat([(2, 3), (2, 4), (5, 3)], 1),
        "Sizes of tensors must match except in dimension 1. Expected size 2 but got size 5 for tensor number 2",
    ),
    (lambda: TORCH.cat([(2, 3), (4,)]), "Tensors must have same number of dimensions: got 2 and 1"),
    (lambda: TORCH.cat([]), "expected a non-empty list of Tensors"),
    (lambda: TORCH.cat([(), (2,)]), "zero-dimensional tensor (at position 0) cannot be concatenated"),
    (lambda: TORCH.reshape((24,), (5, -1)), "shape '[5, -1]' is invalid for input of size 24"),
    (lambda: TORCH.reshape((6,), (-1, -1)), "only one dimension can be inferred"),
    (lambda: TORCH.reshape((0,), (-1, 0)), "the unspecified dimension size -1 can be any value and is ambiguous"),
    (lambda: TORCH.flatten((4, 3), -1, -2), "flatten() has invalid args: start_dim cannot come after end_dim"),
    (
        lambda: TORCH.flatten((2, 5), 1, 2),
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
    ),
    (lambda: TORCH.unflatten((2, 6), 1, (4, -1)), "don't multiply up to the size of dim 1 (6) in the input tensor"),
    (lambda: TORCH.unflatten((2, 6), 1, ()), "unflatten: sizes must be non-empty"),
    (lambda: TORCH.flatten((2, 5), begin=1), "got an unexpected keyword argument 'begin'"),
    (lambda: TORCH.flatten("2,5"), "Give its shape as a tuple of integers"),
]


@pytest.mark.parametrize(("call", "words"), REFUSALS)
def test_a_refusal_has_pytorchs_words(call, words):
    with pytest.raises(cm.RejectedError) as caught:
        call()
    assert words in str(caught.value)
    assert (caught.value.framework, caught.value.at) == ("torch 2.13.0", "call")


def test_a_value_goes_back_only_where_the_output_has_its_place():
    """x has 5 places, the window 3, the stride 2: the last window reads places 2 to 4."""
    pooled = TORCH.max_pool1d((1, 1, 5), 3, 2, return_indices=True)
    assert TORCH.max_unpool1d((1, 1, 2), pooled, 3, 2).output_shape == (1, 1, 5)
    with pytest.raises(cm.UnsupportedError, match="an index of 4 or more depends on the values"):
        TORCH.max_unpool1d((1, 1, 2), pooled, 3, 2, output_size=(4,))
    pooled = TORCH.max_pool1d((1, 1, 7), 1, 3, return_indices=True)
    with pytest.raises(
        cm.RejectedError, match=r"Found an invalid max index: 6 or more \(output volumes are of size 5\)"
    ):
        TORCH.max_unpool1d((1, 1, 3), pooled, 1, 3, output_size=(5,))
    assert "refused where an index is 6 or more" in TORCH.max_unpool1d((1, 1, 3), (1, 1, 3), 2).notes


SMALL = [case for name in ("torch_misc", "opinfo_torch") for case in cases_in(DATA / f"{name}.json.gz")]


def translated(monkeypatch):
    """Every translation that the small data lead to."""
    seen, plain = [], torch_misc.decided

    def watched(call, *arguments, **named):
        seen.append(plain(call, *arguments, **named))
        return seen[-1]

    monkeypatch.setattr(torch_misc, "decided", watched)
    for case in SMALL:
        translate = (opinfo if "input" in case else torch_misc).OPS[case["op"]]
        try:
            translate(case, {})
        except (cm.RejectedError, UndecidedError):
            continue
    return [one for one in seen if isinstance(one, Translation)]


def test_where_there_is_an_operator_it_has_the_same_shape(monkeypatch):
    """PyTorch's rule and the derivation say the same; a batch may be missing, several axes of it, or none in it."""
    names = set()
    for one in translated(monkeypatch):
        try:
            found = one.operator.output_shape(one.shape, *one.others)
        except cm.UnsupportedError:
            continue
        names.add(one.name)
        whole = one.output_shape
        tail = max(len(found) - 1, 0)
        assert found == whole or found[1:] == whole[len(whole) - tail :], one
        assert found == whole or found[0] == (prod(whole[: len(whole) - tail]) or 1), one
    assert len(names) >= 34


def test_where_there_is_none_the_reason_is_given():
    for found, reason in [
        (TORCH.grid_sample((2, 3, 5, 5, 5), (2, 4, 7, 6, 3)), "for pictures"),
        (TORCH.fractional_max_pool2d((1, 3, 9, 9), 3, 2), "drawn at random"),
        (TORCH.max_unpool1d((1, 2, 3), (1, 2, 3), 2, output_size=(7,)), "takes no output_size"),
        (TORCH.BatchNorm1d(3)((2, 3)), "has both of its arrays"),
        (TORCH.reshape((0,), (0, 4)), "an array is empty"),
        (TORCH.adaptive_max_pool1d((2, 3, 8), 0), "an axis of the output is empty"),
        (TORCH.interpolate((1, 2, 5, 5), 3, mode="lanczos", antialias=True), "no mode 'lanczos'"),
        (TORCH.LSTM(3, 4)((5, 3)), "no index sum"),
        (TORCH.Mish()((5, 3)), "no operator mish"),
    ]:
        with pytest.raises(cm.UnsupportedError, match=reason):
            _ = found.operator


def test_interpolation_reads_like_the_operator_behind_it():
    assert TORCH.interpolate((1, 2, 5), 3, mode="area").operator.name == "adaptive_avg_pool1d"
    nearest = TORCH.interpolate((1, 2, 5, 5), scale_factor=2)
    assert nearest.name == "upsample_nearest2d"
    assert nearest.operator.output_shape((1, 2, 5, 5)) == nearest.output_shape == (1, 2, 10, 10)


LAYERS = [
    (TORCH.BatchNorm2d(3), {"weight": (3,), "bias": (3,)}, 7),
    (TORCH.BatchNorm1d(3, affine=False, track_running_stats=False), {}, 0),
    (TORCH.InstanceNorm2d(3), {}, 0),
    (TORCH.InstanceNorm2d(3, affine=True, track_running_stats=True), {"weight": (3,), "bias": (3,)}, 7),
    (TORCH.GroupNorm(2, 4), {"weight": (4,), "bias": (4,)}, 0),
    (TORCH.LayerNorm([2, 3], bias=False), {"weight": (2, 3)}, 0),
    (TORCH.RMSNorm(4), {"weight": (4,)}, 0),
    (TORCH.PReLU(3), {"weight": (3,)}, 0),
    (TORCH.Linear(2, 3), {"weight": (3, 2), "bias": (3,)}, 0),
    (TORCH.Bilinear(2, 3, 4), {"weight": (4, 2, 3), "bias": (4,)}, 0),
    (TORCH.Embedding(3, 4), {"weight": (3, 4)}, 0),
    (TORCH.Conv2d(4, 6, 3, groups=2), {"weight": (6, 2, 3, 3), "bias": (6,)}, 0),
    (TORCH.Conv1d(4, 6, 0), {"weight": (6, 4, 0), "bias": (6,)}, 0),
    (TORCH.ConvTranspose1d(4, 6, 3, groups=2), {"weight": (4, 3, 3), "bias": (6,)}, 0),
    (TORCH.RNN(2, 3, bias=False), {"weight_ih_l0": (3, 2), "weight_hh_l0": (3, 3)}, 0),
    (TORCH.MaxPool2d(2), {}, 0),
    (TORCH.Dropout2d(), {}, 0),
    (TORCH.ZeroPad2d(1), {}, 0),
    (TORCH.Identity(54, unused=1), {}, 0),
    (
        TORCH.MultiheadAttention(4, 2, kdim=3, add_bias_kv=True),
        {"q_proj_weight": (4, 4), "k_proj_weight": (4, 3), "v_proj_weight": (4, 4), "in_proj_bias": (12,)}
        | {"bias_k": (1, 1, 4), "bias_v": (1, 1, 4), "out_proj.weight": (4, 4), "out_proj.bias": (4,)},
        0,
    ),
]


@pytest.mark.parametrize(("layer", "arrays", "buffers"), LAYERS, ids=lambda item: getattr(item, "name", ""))
def test_what_a_layer_learns_is_the_arrays_that_it_declares(layer, arrays, buffers):
    assert layer.arrays == arrays
    assert layer.parameters == sum(prod(shape) for shape in arrays.values())
    assert layer.buffers == buffers
    if layer.operator is not None:
        assert layer.parameters == layer.operator.parameters()


MEANT = [
    (TORCH.Softmax(), (2, 3, 4)),
    (TORCH.Softmax2d(), (2, 3, 4, 4)),
    (TORCH.LogSoftmax(-1), (2, 3)),
    (TORCH.ELU(), (2, 3)),
    (TORCH.Hardtanh(0, 1), (2, 3)),
    (TORCH.Dropout(), (2, 3)),
    (TORCH.Identity(), (2, 3)),
    (TORCH.Linear(3, 4), (2, 3)),
    (TORCH.BatchNorm2d(3), (2, 3, 4, 4)),
    (TORCH.BatchNorm1d(3, affine=False), (2, 3, 4)),
    (TORCH.InstanceNorm1d(3, affine=True, track_running_stats=True), (2, 3, 4)),
    (TORCH.GroupNorm(3, 6), (2, 6, 4)),
    (TORCH.GroupNorm(3, 6, affine=False), (2, 6, 4, 4)),
    (TORCH.LayerNorm((2, 3), bias=False), (4, 2, 3)),
]


@pytest.mark.parametrize(("layer", "shape"), MEANT, ids=lambda item: getattr(item, "name", ""))
def test_the_operator_of_a_layer_has_its_shape_and_counts_what_it_declares(layer, shape):
    found = layer(shape)
    assert found.operator.output_shape(found.shape) == found.output_shape
    assert found.operator.parameters() == layer.parameters
    assert layer.buffers == 0 or found.operator.buffers() == layer.buffers


def test_later_layers_of_an_lstm_take_what_both_directions_hand_on():
    layer = TORCH.LSTM(2, 5, 2, proj_size=3, bidirectional=True)
    assert layer.arrays["weight_ih_l0"] == (20, 2)
    assert layer.arrays["weight_ih_l1_reverse"] == (20, 6)
    assert layer.arrays["weight_hh_l1"] == (20, 3)
    assert layer.arrays["weight_hr_l1"] == (3, 5)
    assert layer((7, 4, 2)).output_shapes == ((7, 4, 6), (4, 4, 3), (4, 4, 5))
    assert TORCH.GRU(2, 3, batch_first=True)((4, 7, 2)).output_shapes == ((4, 7, 3), (1, 4, 3))


CALLED = [
    (lambda: TORCH.Flatten()((2, 3, 4)), (2, 12)),
    (lambda: TORCH.ReflectionPad2d((1, 2, 0, 1))((1, 3, 4, 4)), (1, 3, 5, 7)),
    (lambda: TORCH.Upsample(scale_factor=2, mode="nearest")((1, 3, 4)), (1, 3, 8)),
    (lambda: TORCH.Unflatten(1, unflattened_size=(2, -1))((2, 6)), (2, 2, 3)),
    (lambda: TORCH.GLU()((2, 6)), (2, 3)),
    (lambda: TORCH.Bilinear(2, 3, 4)((5, 2), (5, 3)), (5, 4)),
    (lambda: TORCH.Embedding(10, 4)((2, 3)), (2, 3, 4)),
    (lambda: TORCH.BatchNorm2d(3)((1, 3, 1, 1), training=False), (1, 3, 1, 1)),
    (lambda: TORCH.MaxUnpool1d(2)((1, 2, 3), (1, 2, 3), output_size=(7,)), (1, 2, 7)),
    (lambda: TORCH.MultiheadAttention(4, 2)((5, 1, 4), (6, 1, 4), (6, 1, 4)), (5, 1, 4)),
    (lambda: TORCH.Softmax2d()((3, 4, 4)), (3, 4, 4)),
]


@pytest.mark.parametrize(("call", "shape"), CALLED)
def test_layers_are_called_with_shapes(call, shape):
    assert call().output_shape == shape


LAYER_REFUSALS = [
    (lambda: TORCH.GroupNorm(4, 7), "init", "num_channels (7) must be divisible by num_groups (4)"),
    (lambda: TORCH.Dropout(1.5), "init", "dropout probability has to be between 0 and 1, but got 1.5"),
    (lambda: TORCH.Threshold(1), "init", "missing a required argument: 'value'"),
    (lambda: TORCH.LSTM(2, 3, proj_size=3), "init", "smaller than hidden_size"),
    (lambda: TORCH.MultiheadAttention(5, 2), "init", "embed_dim must be divisible by num_heads"),
    (lambda: TORCH.FractionalMaxPool2d(2), "init", "exactly one of output_size and output_ratio"),
    (lambda: TORCH.BatchNorm2d(3)((1, 3, 4)), "call", "expected 4D input (got 3D input)"),
    (lambda: TORCH.BatchNorm2d(3)((2, 4, 4, 4)), "call", "running_mean should contain 4 elements not 3"),
    (lambda: TORCH.BatchNorm2d(3)((1, 3, 1, 1)), "call", "Expected more than 1 value per channel when training"),
    (lambda: TORCH.InstanceNorm1d(3)((2, 3, 1)), "call", "Expected more than 1 spatial element when training"),
    (lambda: TORCH.LayerNorm(4)((2, 3)), "call", "Given normalized_shape=[4], expected input with shape [*, 4]"),
    (lambda: TORCH.PReLU(3)((2, 4)), "call", "Found parameter numbers = 3 and channel size = 4"),
    (lambda: TORCH.Bilinear(2, 3, 4)((5, 2), (5, 4)), "call", "input2 size does not match weight size: got 4 but"),
    (lambda: TORCH.GLU()((2, 5)), "call", "Halving dimension must be even, but dimension 1 of [2, 5] is size 5"),
    (lambda: TORCH.GRU(2, 3)((4, 5)), "call", "input.size(-1) must be equal to input_size. Expected 2, got 5"),
]


@pytest.mark.parametrize(("call", "at", "words"), LAYER_REFUSALS)
def test_a_layer_refuses_at_its_constructor_or_its_call(call, at, words):
    with pytest.raises(cm.RejectedError) as caught:
        call()
    assert words in str(caught.value)
    assert caught.value.at == at
