"""Bad input, each tried: one clear error, nothing run, and soon. What may hang runs in a process of its own."""

import subprocess
import sys

import numpy as np
import pytest

import convmath as cm

ATTACKS = [
    "__import__('os').system('touch {witness}')",
    "__import__('os')",
    "H.subs.__globals__",
    "open('{witness}', 'w')",
    "exec(open)",
    "lambda: 0",
    "[c for c in ()]",
    "H if 1 else W",
    "H; import os",
    "9**9**9",
    "9^9^9",
    "(((((((9^16)^16)^16)^16)^16)^16)^16)",
    "((a+b+c+d+e+f)^16)^16",
    "*".join(f"(a{n}+b{n})" for n in range(40)),
    "(" * 100_000 + "H" + ")" * 100_000,
    "(" * 4_000 + "H" + ")" * 4_000,
    "[" * 4_000,
    "-" * 5_000 + "H",
    "a" + "/a" * 4_000,
    "a" + "//a" * 3_000,
    "a" + "^2" * 3_000,
    "Σ_{u<k}" * 1_200 + "1",
    "⌊" * 3_000 + "H" + "⌋" * 3_000,
    "min(" * 2_000 + "H" + ")" * 2_000,
    "1" * 9_999,
    "x" * 9_999,
    "H/0",
    "0/0",
    "H//0",
    "2.5",
    "1e9",
    "H\x00",
    "",
    " ",
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack[:30] or "empty")
def test_a_text_that_is_no_size_is_one_clear_error_and_nothing_is_run(attack, tmp_path):
    """In every place that takes a text, within one generous timeout for them all."""
    witness = tmp_path / "witness"
    program = """
import sys
import convmath as cm
text = sys.stdin.buffer.read().decode()
places = [
    lambda: cm.define("Y[i] = X[i]", shapes={"X": text}),
    lambda: cm.define("Y[i] = X[i]", shapes={"X": (text,)}),
    lambda: cm.define("Y[i] = " + text, shapes={"X": "L"}),
    lambda: cm.define("Y[i] = X[i + " + text + "]", shapes={"X": "L"}).output_shape((5,)),
    lambda: cm.define("Y[i] = X[i]", shapes={"X": "L"}, padding={"X": text}),
    lambda: cm.define("Y[i] = X[i+u]", shapes={"X": "L"}, ranges={"u": text}, reduce="max"),
    lambda: cm.conv1d(1, 1, text),
    lambda: cm.conv1d(1, 1, 1, groups=text),
    lambda: cm.conv1d(1, 1, 1).output_shape((1, 1, text)),
    lambda: cm.conv1d(1, 1, "k").output_shape((1, 1, 9), k=text),
    lambda: cm.symbols(text),
]
for number, place in enumerate(places):
    try:
        place()
    except cm.ConvmathError as error:
        message = str(error)
        if not message or len(message) > 600 or not message.replace("\\n", "").isprintable():
            print(number, "an unclear message:", message[:200])
    except BaseException as error:
        print(number, type(error).__name__, str(error)[:200])
    else:
        print(number, "accepted")
"""
    text = attack.replace("{witness}", str(witness))
    done = subprocess.run(
        [sys.executable, "-c", program], input=text.encode(), capture_output=True, timeout=20, check=False, cwd=tmp_path
    )
    assert done.stderr.decode() == ""
    assert done.stdout.decode() == ""
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def refused(call, kind):
    with pytest.raises(cm.ConvmathError) as error:
        call()
    assert type(error.value) is kind
    return str(error.value)


X = "conv2d on X of shape"


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((1, 3, -3, 28), f"{X} (1, 3, -3, 28): H is −3; it must be an integer ≥ 1"),
        ((1, 3, 0, 28), f"{X} (1, 3, 0, 28): H is 0; it must be an integer ≥ 1"),
        ((0, 3, 9, 28), f"{X} (0, 3, 9, 28): N is 0; it must be an integer ≥ 1"),
        ((1, 3, -(10**30), 28), f"{X} (1, 3, {-(10**30)}, 28): H is −{10**30}; it must be an integer ≥ 1"),
        ((1, 3, 2.5, 28), f"{X} (1, 3, 2.5, 28): axis 2 is 2.5, a float: a size is an integer or a letter"),
        ((1, 3, 28.0, 28), f"{X} (1, 3, 28.0, 28): axis 2 is 28.0, a float: a size is an integer or a letter"),
        ((True, 3, 28, 28), f"{X} (True, 3, 28, 28): axis 0 is True, a bool: a size is an integer or a letter"),
        ((1, 3, None, 28), f"{X} (1, 3, None, 28): axis 2 is None, a NoneType: a size is an integer or a letter"),
        ((1, 3, 28), f"{X} (1, 3, 28): it has 3 axes, but X is (N, C, H, W), with 4"),
        ((1, 3, 28, 28, 28), f"{X} (1, 3, 28, 28, 28): it has 5 axes, but X is (N, C, H, W), with 4"),
        ((), f"{X} (): it has 0 axes, but X is (N, C, H, W), with 4"),
        (
            (1, 4, 28, 28),
            f"{X} (1, 4, 28, 28): axis 1 (channels) has size 4, but the operator has 3 there (C, in_channels)",
        ),
        (5, "conv2d: the shape of X is 5; it must be a tuple (N, C, H, W)"),
        ("1,3,28,28", "conv2d: the shape of X is '1,3,28,28'; it must be a tuple (N, C, H, W)"),
        (None, "conv2d: the shape of X is None; it must be a tuple (N, C, H, W)"),
    ],
    ids=str,
)
@pytest.mark.parametrize("question", ["output_shape", "macs"])
def test_a_shape_that_does_not_fit_is_refused_in_words(question, shape, message):
    conv = cm.conv2d(3, 4, 3)
    assert refused(lambda: getattr(conv, question)(shape), cm.ShapeError) == message
    assert refused(lambda: conv.derive(question, shape), cm.ShapeError) == message


def test_a_window_larger_than_the_padded_input_is_refused_with_what_would_do():
    assert refused(lambda: cm.conv2d(3, 4, 5, padding=1, dilation=2).output_shape((2, 3, 4, 4)), cm.ShapeError) == (
        f"{X} (2, 3, 4, 4): one output spans d·(k − 1) + 1 = 9 positions along H, but the padded input has H + 2·p = 6 "
        "there (H = 4, d = 2, k = 5, p = 1). Use H ≥ 7, or dilation ≤ 1, or kernel_size ≤ 3, or padding ≥ 3."
    )


def test_every_remedy_that_is_named_mends_it():
    assert "Use L ≥ 10000, or kernel_size ≤ 5, or padding ≥ 4998." in refused(
        lambda: cm.conv1d(1, 1, 10_000).output_shape((1, 1, 5)), cm.ShapeError
    )
    assert cm.conv1d(1, 1, 10_000).output_shape((1, 1, 10_000)) == (1, 1, 1)
    assert cm.conv1d(1, 1, 5).output_shape((1, 1, 5)) == (1, 1, 1)
    assert cm.conv1d(1, 1, 10_000, padding=4998).output_shape((1, 1, 5)) == (1, 1, 2)
    huge = refused(lambda: cm.conv1d(1, 1, 10**30).output_shape((1, 1, 5)), cm.ShapeError)
    assert "kernel_size ≤ 5" in huge
    assert f"L ≥ {10**30}" in huge


@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        ((3, 4, 0), {}, "conv2d: kernel_size (k) is 0; it must be an integer ≥ 1"),
        ((3, 4, -3), {}, "conv2d: kernel_size (k) is −3; it must be an integer ≥ 1"),
        ((3, 4, (3, 0)), {}, "conv2d: kernel_size along W (k_W) is 0; it must be an integer ≥ 1"),
        ((3, -4, 3), {}, "conv2d: out_channels (O) is −4; it must be an integer ≥ 1"),
        ((0, 4, 3), {}, "conv2d: in_channels (C) is 0; it must be an integer ≥ 1"),
        ((3, 4, 3), {"stride": 0}, "conv2d: stride (s) is 0; it must be an integer ≥ 1"),
        ((3, 4, 3), {"dilation": 0}, "conv2d: dilation (d) is 0; it must be an integer ≥ 1"),
        ((3, 4, 3), {"padding": -1}, "conv2d: padding (p) is −1; it must be an integer ≥ 0"),
        ((3, 4, 3), {"groups": 0}, "conv2d: groups (g) is 0; it must be an integer ≥ 1"),
        ((3, 4, 3), {"groups": -1}, "conv2d: groups (g) is −1; it must be an integer ≥ 1"),
        (
            (6, 4, 3),
            {"groups": 4},
            "conv2d: groups = 4 does not divide in_channels = 6: in_channels must be a multiple of it",
        ),
        (
            (4, 6, 3),
            {"groups": 4},
            "conv2d: groups = 4 does not divide out_channels = 6: out_channels must be a multiple of it",
        ),
        ((3, 4, (3, 3, 3)), {}, "conv2d: kernel_size is (3, 3, 3), with 3 entries for 2 spatial axes"),
        ((3, 4, 3), {"padding": (1, 2, 3)}, "conv2d: padding is (1, 2, 3), with 3 entries for 2 spatial axes"),
        (
            (3, 4, 3),
            {"padding": ((1, 2, 3), 0)},
            "conv2d: padding (1, 2, 3) along one axis; give one size, or (before, after)",
        ),
    ],
)
def test_an_argument_out_of_range_is_refused_in_words(arguments, keywords, message):
    assert refused(lambda: cm.conv2d(*arguments, **keywords), cm.DefinitionError) == message


@pytest.mark.parametrize(
    "given", [2.5, 3.0, True, None, float("nan"), 1j, "3.5", np.array([3, 3]), np.float64(3), b"3", {3}]
)
@pytest.mark.parametrize(
    "argument", ["in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups"]
)
def test_an_argument_that_is_no_integer_is_refused(argument, given):
    sizes = {"in_channels": 1, "out_channels": 1, "kernel_size": 1, argument: given}
    with pytest.raises(cm.ConvmathError):
        cm.conv2d(**sizes)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: cm.max_pool2d(2, padding=2),
            "max_pool2d: padding is 2; it must be at most half of kernel_size (2), as in PyTorch. "
            "Use padding ≤ 1 or kernel_size ≥ 4.",
        ),
        (
            lambda: cm.conv2d(6, 4, 3, groups=5),
            "conv2d: groups = 5 does not divide in_channels = 6: in_channels must be a multiple of it",
        ),
        (lambda: cm.linear(0, 3), "linear: in_channels (C) is 0; it must be an integer ≥ 1"),
    ],
)
def test_other_operators_speak_alike(make, message):
    assert refused(make, cm.DefinitionError) == message


def test_a_transposed_convolution_that_crops_everything_is_refused():
    message = refused(lambda: cm.conv_transpose1d(1, 1, 3, padding=5).output_shape((1, 1, 5)), cm.ShapeError)
    assert message.startswith("conv_transpose1d on X of shape (1, 1, 5): the output would have s·(L − 1) + ")
    assert " = −3 places (L = 5, a = 0, " in message
    assert "padding ≤ 3" in message


def test_an_output_padding_that_no_stride_explains_is_refused():
    with pytest.raises(cm.DefinitionError, match="output_padding"):
        cm.conv_transpose1d(1, 1, 3, output_padding=3)
    with pytest.raises(cm.DefinitionError, match="output_padding"):
        cm.conv_transpose1d(1, 1, 3, stride=2, output_padding=2)
    assert cm.conv_transpose1d(1, 1, 3, stride=2, dilation=3, output_padding=2).output_shape((1, 1, 5)) == (1, 1, 17)


def test_a_word_of_a_framework_is_no_size():
    for word in ("SAME", "SAME_UPPER", "causal"):
        with pytest.raises(cm.DefinitionError, match="PyTorch's words are 'same' and 'valid'"):
            cm.conv2d(3, 4, 3, padding=word)


@pytest.mark.parametrize("size", [10**30, 10**999])
def test_huge_sizes_are_sizes(size):
    assert cm.conv1d(1, 1, 3).output_shape((1, 1, size)) == (1, 1, size - 2)
    assert cm.conv1d(size, 1, 1, bias=False).parameters() == size


def test_sizes_too_long_to_print_are_refused_or_exact():
    huge = 10**5000
    for question in (
        lambda: cm.conv1d(1, 1, 3).output_shape((1, 2, huge)),
        lambda: cm.conv1d(1, 1, huge).output_shape((1, 1, 5)),
        lambda: cm.conv1d(1, 1, 3, stride=-huge),
        lambda: cm.define("Y[i] = X[i]", shapes={"X": (-huge,)}),
    ):
        with pytest.raises(cm.ConvmathError):
            question()


@pytest.mark.parametrize(
    ("question", "kind", "message"),
    [
        (
            lambda conv: conv.derive("nope", (1, 3, 9, 9)),
            cm.ParseError,
            "there is no quantity 'nope': ask for output_shape, parameters, macs, flops, flops_with_bias, flops_exact, "
            "receptive_field, all",
        ),
        (
            lambda conv: conv.macs(Z=3),
            cm.ShapeError,
            "conv2d has no size called Z: its sizes are N, C, H, W, O, k, s, d, p",
        ),
        (
            lambda conv: conv.output_shape((1, 3, 9, 9), (1, 3, 9, 9)),
            cm.ShapeError,
            "conv2d takes the shape of X, but 2 were given",
        ),
        (lambda conv: conv.macs(k=5), cm.ShapeError, "conv2d: kernel_size (k) is 3 already, so it cannot be 5"),
        (lambda conv: conv.macs((1, 3, 9, 9), H=5), cm.ShapeError, "conv2d: H is 9 already, so it cannot be 5"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_in_words(question, kind, message):
    assert refused(lambda: question(cm.conv2d(3, 4, 3)), kind) == message


def test_every_error_is_in_the_tree():
    names = ["ParseError", "DefinitionError", "ShapeError", "ProofError", "UnsupportedError"]
    assert all(issubclass(getattr(cm, name), cm.ConvmathError) for name in names)
    assert issubclass(cm.ConvmathError, Exception)
    assert not issubclass(cm.ConvmathError, ValueError)


def test_numbers_that_are_too_many_are_not_asked_for_again():
    """The window lengths of a million outputs are not tried one by one; there is no letter to give."""
    with pytest.raises(cm.UnsupportedError, match="too many cases to try one by one"):
        cm.adaptive_avg_pool1d(10**6).receptive_field(L=10**9 + 7)
