"""One layer in every framework: sizes, where the padding lies, values, and the smallest input that tells two apart."""

import json

import pytest
from click.testing import CliRunner

import convmath as cm
from convmath.cli import main


def rows(found):
    return {row.framework.split()[0]: row for row in found.rows}


def told_apart(found, size):
    return next(difference for difference in found.differences if difference.size == size)


def test_the_same_size_and_other_values():
    """H=4, k=3, s=2: PyTorch's 1 on each side against SAME, which pads at the end. Both give two outputs."""
    same = rows(cm.compare("conv1d", (4,), kernel_size=3, stride=2, padding="same"))
    lower = rows(cm.compare("conv1d", (4,), kernel_size=3, stride=2, padding="same_lower"))
    plain = rows(cm.compare("conv1d", (4,), kernel_size=3, stride=2, padding=1))
    assert [r.sizes for r in (same["jax"], same["onnx"], lower["onnx"], plain["torch"])] == [(2,)] * 4
    assert same["tensorflow"].padding == same["keras"].padding == same["onnx"].padding == ((0, 1),)
    assert lower["jax"].padding == lower["onnx"].padding == ((1, 0),)
    assert plain["torch"].padding == ((1, 1),)
    assert "not supported for strided convolutions" in same["torch"].refused
    assert "must be one of 'valid', 'same'" in lower["keras"].refused


def test_a_transposed_convolution_is_turned_around_in_all_but_one():
    found = cm.compare("conv_transpose2d", (5, 5), kernel_size=3, stride=2, padding="same")
    assert {row.sizes for row in found.rows if row.sizes} == {(10, 10)}
    assert [rows(found)[name].group for name in ("jax", "tensorflow", "keras", "onnx")] == ["A", "B", "B", "B"]
    first = told_apart(found, 1)
    assert (first.x, first.w, first.refused) == ((1,), (1, 2, 3), ("torch",))
    assert dict(first.outputs) == {("jax",): (3, 2), ("tensorflow", "keras", "onnx"): (1, 2)}


def test_where_a_stride_is_larger_than_the_kernel_three_sizes_come_out():
    found = cm.compare("conv_transpose1d", (5,), kernel_size=2, stride=3, padding="valid")
    assert {name: row.sizes for name, row in rows(found).items() if row.sizes} == {
        "jax": (15,),
        "tensorflow": (14,),
        "keras": (15,),
        "onnx": (14,),
    }


def test_an_empty_output_and_a_refusal_are_told_apart():
    found = cm.compare("max_pool2d", (5, 5), kernel_size=2)
    first = told_apart(found, 1)
    assert dict(first.outputs)["jax", "tensorflow", "keras"] == ()
    assert first.refused == ("torch",)


def test_means_that_count_the_padding_and_means_that_do_not():
    first = told_apart(cm.compare("avg_pool1d", (5,), kernel_size=3, stride=2, padding="same"), 1)
    assert [(names, str(values[0])) for names, values in first.outputs] == [
        (("jax",), "1/3"),
        (("tensorflow", "keras", "onnx"), "1"),
    ]


def test_frameworks_that_agree_are_said_to():
    found = cm.compare("conv2d", (9, 9), kernel_size=3, stride=2, padding=0)
    assert {row.group for row in found.rows if row.sizes} == {"A"}
    assert len({row.sizes for row in found.rows}) == 1


def test_axes_that_differ_are_compared_each():
    found = rows(cm.compare("conv2d", (6, 9), kernel_size=(3, 2), stride=(2, 1), padding=((1, 1), (0, 1))))
    assert found["onnx"].sizes == found["jax"].sizes == (3, 9)
    assert found["onnx"].group == found["jax"].group
    assert "one size an axis" in found["torch"].refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cm.compare("linear", (4,), kernel_size=1), "'linear' is not compared"),
        (lambda: cm.compare("conv2d", (4,), kernel_size=3), "takes 2 spatial sizes from 1 to 4096"),
        (lambda: cm.compare("conv2d", (0, 4), kernel_size=3), "takes 2 spatial sizes from 1 to 4096"),
        (lambda: cm.compare("conv2d", (4, 4), kernel_size="k"), "kernel_size is 'k'"),
        (lambda: cm.compare("conv2d", (4, 4), kernel_size=(3, 3, 3)), "one for each of the 2 spatial axes"),
        (lambda: cm.compare("conv2d", (4, 4), kernel_size=3, padding=((1, 2, 3), 0)), "(before, after)"),
        (lambda: cm.translate("conv2d", (4, 4), "caffe", "torch", kernel_size=3), "there is no framework 'caffe'"),
    ],
)
def test_what_cannot_be_compared_is_said(call, words):
    with pytest.raises(cm.ParseError) as caught:
        call()
    assert words in str(caught.value)


TRANSLATIONS = [
    (
        "conv2d",
        (224, 224),
        "keras",
        "onnx",
        {"kernel_size": 3, "stride": 2, "padding": "same"},
        "auto_pad='SAME_UPPER'",
    ),
    ("conv2d", (225, 225), "torch", "keras", {"kernel_size": 3, "stride": 2, "padding": 1}, "padding='same'"),
    ("conv1d", (9,), "torch", "jax", {"kernel_size": 3, "padding": 2}, "padding=[(2, 2)]"),
    ("conv2d", (9, 9), "jax", "tensorflow", {"kernel_size": 3, "padding": ((0, 2), 1)}, "[0, 2], [1, 1]"),
    ("max_pool2d", (5, 5), "torch", "tensorflow", {"kernel_size": 2, "ceil_mode": True}, "padding='SAME'"),
    ("conv1d", (9,), "keras", "torch", {"kernel_size": 3, "padding": "same"}, "padding='same'"),
]


@pytest.mark.parametrize(("operator", "sizes", "source", "target", "given", "wanted"), TRANSLATIONS)
def test_a_layer_in_the_words_of_another(operator, sizes, source, target, given, wanted):
    assert wanted in cm.translate(operator, sizes, source, target, **given).after


def test_a_translation_that_holds_for_this_input_only_says_so():
    found = cm.translate("conv2d", (225, 225), "torch", "keras", kernel_size=3, stride=2, padding=1)
    assert found.notes == ("the same for this input, not for every one: at size 2 the two differ",)


def test_a_kernel_that_has_to_be_reversed_is_named():
    given = {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}
    found = cm.translate("conv_transpose2d", (5, 5), "torch", "jax", **given)
    assert "padding=[(1, 2), (1, 2)]" in found.after
    assert "kernel reversed" in found.notes[-1]


def test_where_there_is_no_translation_it_says_why_and_what_to_do():
    found = cm.translate("conv2d", (224, 224), "keras", "torch", kernel_size=3, stride=2, padding="same")
    assert found.after == ""
    assert found.notes[0] == "torch 2.13.0 has no arguments for it"
    assert found.notes[1].startswith(
        "pad the input with zeros first, (0, 1), (0, 1) along its axes; then torch.nn.Conv2d"
    )
    assert any("one size an axis is taken" in note for note in found.notes)


def test_what_the_source_refuses_is_not_translated():
    with pytest.raises(cm.RejectedError, match="not supported for strided"):
        cm.translate("conv2d", (9, 9), "torch", "keras", kernel_size=3, stride=2, padding="same")


def test_the_command_line_compares():
    line = "compare conv_transpose2d --input 5,5 --kernel 3 --stride 2 --padding same"
    done = CliRunner().invoke(main, line.split())
    assert done.exit_code == 0
    assert "10 × 10" in done.output
    assert "First apart at size 1: x = [1], w = [1, 2, 3]\n  jax: [3, 2]\n" in done.output
    assert "  torch: refused" in done.output


def test_the_comparison_as_json():
    line = "compare avg_pool1d --input 5 --kernel 3 --stride 2 --padding same --format json"
    found = json.loads(CliRunner().invoke(main, line.split()).output)
    assert found["name"] == "avg_pool1d"
    assert [row["framework"].split()[0] for row in found["rows"]] == ["torch", "flax", "tensorflow", "keras", "onnx"]


def test_the_command_line_translates():
    line = "translate conv2d --from keras --to onnx --input 224x224 --kernel 3 --stride 2 --padding same"
    done = CliRunner().invoke(main, line.split())
    assert done.exit_code == 0
    assert done.output.splitlines()[1] == "onnx 1.23.2: Conv(X, W, strides=[2, 2], auto_pad='SAME_UPPER')"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("compare conv2d --input H,W --kernel 3", "frameworks take numbers here"),
        ("compare conv2d --input 5 --kernel 3", "takes 2 spatial sizes"),
        ("compare conv2d --input 5,5 --kernel 3 --padding (1,2,3)", "--padding"),
        ("translate conv2d --from torch --to jax --input 3,3 --kernel 5", "Kernel size can't be greater"),
    ],
)
def test_bad_input_is_one_line(line, words):
    done = CliRunner().invoke(main, line.split())
    assert done.exit_code == 2
    assert words in done.output + done.stderr


TRANSPOSED = {"kernel_size": 3, "in_channels": 4, "out_channels": 4, "groups": 2}


@pytest.mark.parametrize("target", ["jax", "tensorflow", "keras"])
def test_groups_of_a_transposed_convolution_are_not_lost_on_the_way(target):
    found = cm.translate("conv_transpose2d", (5, 5), "torch", target, **TRANSPOSED)
    assert found.after == ""
    assert "groups is 2, and this transposed convolution has none" in found.notes[-1]
    assert "group=2" in cm.translate("conv_transpose2d", (5, 5), "torch", "onnx", **TRANSPOSED).after


def test_a_source_that_refuses_its_channels_is_not_translated():
    with pytest.raises(cm.RejectedError, match="in_channels must be divisible by groups"):
        cm.translate("conv2d", (8, 8), "torch", "jax", kernel_size=3, in_channels=4, out_channels=4, groups=3)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("compare conv1d --input 5 --kernel 99999999999 --padding same", "at most 4096"),
        ("compare conv1d --input 5 --kernel 3 --padding 99999999999", "at most 4096"),
        ("compare conv_transpose1d --input 4096 --kernel 3 --stride 4096", "more than 16384 places"),
        ("translate conv2d --from torch --to jax --input 5,5 --kernel 3 --groups 0", "groups is 0"),
    ],
)
def test_a_layer_that_no_array_holds_is_one_line(line, words):
    done = CliRunner().invoke(main, line.split())
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert words in done.stderr


def test_a_stride_of_0_is_a_stride_of_0():
    assert (
        "stride must be greater than zero" in rows(cm.compare("conv1d", (5,), kernel_size=2, stride=0))["torch"].refused
    )


def test_a_layer_without_a_kernel_or_with_other_arguments_is_refused():
    with pytest.raises(cm.ParseError, match="has no kernel_size"):
        cm.compare("conv1d", (5,))
    with pytest.raises(cm.ParseError, match="takes no argument colour"):
        cm.compare("conv1d", (5,), kernel_size=2, colour=3)


def test_brackets_of_a_refusal_are_printed_as_they_are():
    line = "compare conv2d --input 5,7 --kernel 3 --padding same_lower"
    done = CliRunner().invoke(main, line.split())
    assert "[before, after]" in done.output
    assert "\\" not in done.output
