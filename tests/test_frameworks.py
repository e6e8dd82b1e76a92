"""The frameworks' own arguments: what they mean, what is refused, and in which words."""

import pytest

import convmath as cm
from convmath.conventions.windows import Window

TORCH = cm.frameworks["torch"]


def windows_by_counting(size, window):
    """How many windows lie inside the padded axis, one after another."""
    last = window.dilation * (window.kernel - 1)
    starts = range(-window.before, size + window.after, window.stride)
    return sum(start + last < size + window.after for start in starts)


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize("window", [Window(3), Window(2, 3), Window(3, 2, 2, 1, 2), Window(1, 4, 1, 0, 3)])
def test_windows_are_those_that_counting_finds(size, window):
    assert max(0, window.fitting(size)) == windows_by_counting(size, window)


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("stride", [1, 2, 3, 5])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
def test_same_pads_as_little_as_gives_its_number_of_windows(kernel, stride, lower):
    for size in range(1, 12):
        window = Window(kernel, stride).same(size, lower=lower)
        wanted = -(-size // stride)
        assert windows_by_counting(size, window) == wanted
        pads = (window.after, window.before) if lower else (window.before, window.after)
        assert pads[0] <= pads[1] <= pads[0] + 1
        if any(pads):
            less = Window(
                kernel, stride, 1, *((window.before - 1, window.after) if lower else (*pads[:1], pads[1] - 1))
            )
            assert windows_by_counting(size, less) < wanted


def test_a_negative_number_of_windows_is_rounded_up_as_c_divides():
    """H = 2, k = 7, s = 7: five places are missing, and −5/7 is 0 in C."""
    assert Window(7, 7).fitting(2) == 0
    assert Window(7, 7).overrunning(2) == 1
    assert Window(5, 1).fitting(2) == Window(5, 1).overrunning(2) == -2


def test_a_layer_of_torch_is_an_operator_and_a_shape():
    found = TORCH.Conv2d(3, 8, 3, padding="same")((1, 3, 32, 32))
    assert found.output_shape == (1, 8, 32, 32)
    assert found.padding == ((1, 1), (1, 1))
    assert found.operator.parameters() == 3 * 8 * 9 + 8
    assert TORCH.Conv2d(3, 8, 3)((3, 32, 32)).output_shape == (8, 30, 30)
    assert TORCH.MaxPool2d(2)((0, 3, 8, 8)).output_shape == (0, 3, 4, 4)


def test_output_size_becomes_output_padding():
    layer = TORCH.ConvTranspose2d(3, 2, 3, stride=2, padding=1)
    assert layer((1, 3, 5, 5)).output_shape == (1, 2, 9, 9)
    found = layer((1, 3, 5, 5), output_size=(10, 9))
    assert found.output_shape == (1, 2, 10, 9)
    assert found.arguments["output_padding"] == (1, 0)


REFUSALS = [
    (lambda: TORCH.Conv2d(3, 8, 5)((1, 3, 4, 4)), "call", "Kernel size can't be greater than actual input size"),
    (lambda: TORCH.Conv2d(3, 8, 3)((1, 4, 9, 9)), "call", "to have 3 channels, but got 4 channels instead"),
    (lambda: TORCH.Conv2d(3, 8, 3)((1, 3, 9)), "call", "but got 1 channels instead"),
    (lambda: TORCH.Conv2d(3, 8, 3)((9, 9)), "call", "3 (unbatched) or 4 are expected"),
    (lambda: TORCH.Conv2d(4, 8, 3, groups=3), "init", "in_channels must be divisible by groups"),
    (lambda: TORCH.Conv2d(4, 8, 3, stride=2, padding="same"), "init", "not supported for strided convolutions"),
    (lambda: TORCH.Conv2d(4, 8, 3, padding="SAME"), "init", "The words are 'same' and 'valid'"),
    (lambda: TORCH.Conv2d(4, 8, 3, padding=(1, 2, 1, 2)), "call", "one for each of the 2 spatial axes"),
    (lambda: TORCH.Conv2d(4, 8, 3, padding_mode="mirror"), "init", "It must be one of ('zeros', 'reflect'"),
    (
        lambda: TORCH.Conv2d(4, 8, 3, padding=3, padding_mode="reflect")((1, 4, 3, 9)),
        "call",
        "the padding size should be less than the corresponding input dimension",
    ),
    (lambda: TORCH.Conv2d(4, 8, 3, padding=-1)((1, 4, 9, 9)), "call", "negative padding is not supported"),
    (lambda: TORCH.ConvTranspose2d(4, 8, 3, 2, 1, 2)((1, 4, 5, 5)), "call", "smaller than either stride or dilation"),
    (lambda: TORCH.MaxPool2d(2, padding=2)((1, 4, 5, 5)), "call", "at most half of kernel_size"),
    (lambda: TORCH.MaxPool2d(4)((1, 4, 3, 3)), "call", "the calculated output size is 0 x 0: too small"),
    (lambda: TORCH.AvgPool3d(3, padding=1)((1, 4, 2, 5, 5)), "call", "smaller than kernel size"),
    (
        lambda: TORCH.ConvTranspose1d(3, 2, 3, 2)((1, 3, 5), output_size=20),
        "call",
        "valid sizes range from 11 to 12",
    ),
]


@pytest.mark.parametrize(("call", "at", "words"), REFUSALS)
def test_a_refusal_names_the_framework_its_reason_and_where(call, at, words):
    with pytest.raises(cm.RejectedError) as caught:
        call()
    assert words in str(caught.value)
    assert caught.value.framework == "torch 2.13.0"
    assert caught.value.at == at
    assert "refuses" in str(caught.value)


def test_what_depends_on_the_backend_is_not_decided():
    with pytest.raises(cm.UnsupportedError, match="as the backend has it"):
        TORCH.ConvTranspose1d(3, 2, 1, padding=1)((1, 3, 2))


def test_frameworks_and_calls_that_do_not_exist_are_named():
    assert "torch" in cm.frameworks
    with pytest.raises(cm.ParseError, match="there are torch, jax"):
        cm.frameworks["caffe"]
    with pytest.raises(AttributeError, match="Conv2d"):
        TORCH.Conv4d  # noqa: B018


REFUSED = [
    (lambda f: f["torch"].Conv2d(3, 4, 3, colour=1), "unexpected keyword argument 'colour'. It takes in_channels"),
    (lambda f: f["torch"].Conv2d(3), "missing a required argument: 'out_channels'"),
    (lambda f: f["torch"].Conv2d("a", 4, 3), "in_channels is 'a'. It must be an integer."),
    (lambda f: f["torch"].Linear(3, None), "out_features is None. It must be an integer."),
    (lambda f: f["torch"].pad((1, 3, 8), (1, 1), mode=[]), "mode is []. It is one name."),
    (lambda f: f["keras"].Conv2DTranspose(filters=2, kernel_size=3, groups=2), "unexpected keyword argument 'groups'"),
    (lambda f: f["onnx"].Conv((1, 3, 8, 8), (4, 3, 3, 3), group=None), "group is None. It must be an integer."),
    (lambda f: f["tensorflow"].conv2d_transpose((1, 8, 8, 3), (1,), (1, 16, 16, 4), 2), "must be 4-dimensional"),
]


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_arguments_that_a_call_does_not_have_are_refused(call, words):
    with pytest.raises(cm.RejectedError) as caught:
        call(cm.frameworks)
    assert words in str(caught.value)
