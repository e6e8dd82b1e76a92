"""Which inputs fit a network: held against running every size; why one does not; shapes that are declared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convmath as cm
from convmath.network.admissible import solved
from convmath.network.classes import Classes, every
from convmath.network.explain import explain
from convmath.network.extent import letter
from convmath.network.graph import network
from convmath.network.layer import layer
from convmath.network.program import Requirement
from convmath.network.sequence import sequential
from convmath.network.verify import assert_shapes, verify


def unet(depth, padding, crop=None):
    nodes, last, channels, skips = {}, "x", 3, []
    for level in range(depth):
        width = 8 * 2**level
        nodes[f"down{level}"] = (cm.conv2d(channels, width, 3, padding=padding), last)
        nodes[f"pool{level}"] = (cm.max_pool2d(2), f"down{level}")
        skips.append(width)
        last, channels = f"pool{level}", width
    for level in reversed(range(depth)):
        nodes[f"up{level}"] = (cm.conv_transpose2d(channels, skips[level], 2, stride=2), last)
        nodes[f"cat{level}"] = (layer("cat", dim=1), f"up{level}", f"down{level}")
        nodes[f"conv{level}"] = (cm.conv2d(2 * skips[level], skips[level], 3, padding=padding), f"cat{level}")
        last, channels = f"conv{level}", skips[level]
    return network({"x": "1,3,H,W"}, nodes, name="unet")


def fits(net, h, w=None):
    try:
        net.trace((1, 3, h, w or h))
    except cm.ShapeError:
        return False
    return True


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_a_u_net_takes_multiples_of_two_to_its_depth(depth):
    net = unet(depth, 1)
    found = net.sizes()
    assert found.said("H") == f"H ≡ 0 (mod {2**depth})"
    assert found.output_along("H") == ("H",)
    for h in range(1, 70):
        assert fits(net, h, 2**depth) == (h in found.letters["H"].sizes) == (h % 2**depth == 0)
    assert found.nearest("H", 65) == (64, 64 + 2**depth)
    assert found.mends("H", 64) == ()
    assert "crop H by 1, to 64" in found.mends("H", 65)[0]


def test_where_no_input_fits_the_layers_that_disagree_are_named():
    found = unet(2, 0).sizes()
    assert found.letters["H"].sizes.empty
    assert found.letters["H"].contradiction[-1].node.startswith("cat")
    assert "no size" in str(found)
    assert "contradict" in str(found)
    assert not any(fits(unet(2, 0), h) for h in range(1, 80))


STACKS = st.lists(
    st.one_of(
        st.tuples(st.just("conv"), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2)),
        st.tuples(st.just("pool"), st.integers(1, 3), st.integers(1, 3), st.booleans()),
        st.tuples(st.just("up"), st.integers(2, 3)),
        st.tuples(st.just("back"), st.integers(1, 4), st.integers(1, 3)),
        st.tuples(st.just("meet")),
    ),
    min_size=1,
    max_size=5,
)


def stack(items):
    nodes, last, earlier = {}, "x", ["x"]
    for at, item in enumerate(items):
        match item:
            case ("conv", k, s, p, d):
                made = cm.conv2d(3, 3, k, stride=s, padding=p, dilation=d)
            case ("pool", k, s, ceil):
                made = cm.max_pool2d(k, s, padding=k // 2, ceil_mode=ceil)
            case ("up", f):
                made = cm.upsample_nearest2d(scale_factor=f)
            case ("back", k, s):
                made = cm.conv_transpose2d(3, 3, k, stride=s)
            case _:
                made = None
        nodes[f"n{at}"] = (made, last) if made else (layer("add"), last, earlier[len(earlier) // 2])
        last = f"n{at}"
        earlier.append(last)
    return network({"x": "1,3,H,5"}, nodes)


def fits_height(net, h):
    for width in (5,):
        try:
            net.trace((1, 3, h, width))
        except cm.ShapeError:
            return False
    return True


@given(STACKS)
@settings(max_examples=60, deadline=None)
def test_the_sizes_that_fit_are_those_that_run(items):
    tall = network({"x": "1,3,H,5"}, {"a": ("relu", "x")})
    del tall
    net = stack(items)
    try:
        found = net.sizes()
    except cm.ShapeError:  # the width 5 does not fit
        assert not any(fits_height(net, h) for h in range(1, 40))
        return
    for h in range(1, 60):
        assert (h in found.letters["H"].sizes) == fits_height(net, h) or _by_broadcasting(net, h)


def _by_broadcasting(net, h):
    """A sum in which one size is 1 runs, too: such sizes are left out."""
    try:
        shapes = net.trace((1, 3, h, 5)).shapes
    except cm.ShapeError:
        return False
    return any(node.layer.kind == "add" and len({shapes[t] for t in node.inputs}) > 1 for node in net.nodes)


@given(
    st.integers(1, 6), st.integers(-5, 9), st.integers(1, 4), st.integers(-5, 9), st.integers(1, 5), st.integers(1, 3),
    st.sampled_from(["=", "≤", "∣"]),
)  # fmt: skip
def test_one_requirement_is_solved_exactly(s, a, t, b, divisor, times, op):
    h = letter("H")
    left, right = ((h + a) // s + b) * times, (h + b) // t + a
    if op == "∣":
        left = divisor
    found = solved("H", Requirement(left, op, right))
    for size in range(1, 120):
        one = left if isinstance(left, int) else left.at({"H": size})
        two = right.at({"H": size})
        assert (size in found) == {"=": one == two, "≤": one <= two, "∣": two % divisor == 0}[op]
    assert [x for x in range(1, 60) if x in found] == [x for x in range(1, 60) if x in found.reduced()]


def test_sets_of_sizes():
    evens = Classes(((2, None), None))
    late = every(7)
    both = evens & late
    assert [size for size in range(1, 12) if size in both] == [8, 10]
    assert both.smallest == 8
    assert both.below(7) is None
    assert both.above(9) == 10
    assert (evens & Classes((None, (1, None)))).empty
    assert str(both) == "H ≡ 0 (mod 2) and H ≥ 8"


def lenet():
    return sequential(
        cm.conv2d(1, 6, 5), cm.max_pool2d(2), cm.conv2d(6, 16, 5), cm.max_pool2d(2), layer("flatten", start_dim=1),
        ("fc", cm.linear(400, 120)), name="LeNet",
    )  # fmt: skip


def test_pixels_that_are_flattened_hold_two_letters_together():
    found = lenet().sizes()
    assert [requirement.node for requirement in found.joint] == ["fc"]
    assert "32 ≤ H ≤ 35 and 32 ≤ W ≤ 35" in str(found)
    for h, w in ((32, 32), (35, 33), (31, 32), (36, 32), (16, 112), (19, 115), (28, 28)):
        assert ({"H": h, "W": w} in found) == ((((h - 12) // 4) * ((w - 12) // 4)) == 25)


def test_why_a_linear_layer_does_not_fit():
    found = explain(lenet(), (1, 1, 28, 28))
    assert found.node.name == "fc"
    assert "mat1 and mat2 shapes cannot be multiplied (1x256 and 400x120)" in found.torch
    assert found.fixes[0] == "in_features = 256 (= 16·⌊(H − 12) / 4⌋·⌊(W − 12) / 4⌋) in layer fc"
    assert found.fixes[1] == "an input with 32 ≤ H ≤ 35 and 32 ≤ W ≤ 35"
    assert [place.size for place in found.ways[0]] == [28, 24, 12, 8, 4, 256]
    assert lenet().trace((1, 1, 33, 34)).output == (1, 120)


def test_why_a_skip_does_not_fit():
    found = explain(unet(3, 1), (1, 3, 24, 20))
    assert found.node.name == "cat2"
    assert "Expected size 4 but got size 5" in found.torch
    assert found.fixes == ("an input with W = 16 or W = 24 (it takes W ≡ 0 (mod 8))",)
    assert "How the size came about" in str(found)


def test_why_a_kernel_does_not_fit():
    net = sequential(cm.conv2d(3, 8, 3, stride=2), cm.conv2d(8, 8, 3, stride=2), ("last", cm.conv2d(8, 8, 5)))
    found = explain(net, (1, 3, 18, 40))
    assert found.node.name == "last"
    assert "Kernel size can't be greater than actual input size" in found.torch
    assert found.fixes == ("an input with H = 23 (it takes H ≥ 23)",)
    assert explain(net, (1, 3, 23, 40)).fits
    assert not fits(net, 22, 40)


def test_wrong_channels():
    found = explain(sequential(cm.conv2d(3, 8, 3), ("two", cm.conv2d(16, 8, 3))), (1, 3, 9, 9))
    assert found.fixes == ("in_channels = 8 in layer two",)


def test_declared_shapes():
    net = network({"x": "N,3,H,W"}, {"a": (cm.conv2d(3, 4, 3, stride=2), "x")}, expected={"a": "N,4,12,12"})
    assert verify(net, (1, 3, 25, 26), expected={"a": (1, 4, 12, 12)})
    wrong = verify(net, (1, 3, 25, 27))
    assert not wrong
    assert wrong.differences[0].found == (1, 4, 12, 13)
    assert "(1, 4, 12, 13)" in str(wrong)
    assert_shapes(net, {"a": (1, 4, 12, 12)}, (1, 3, 25, 25))
    with pytest.raises(AssertionError, match="do not hold"):
        assert_shapes(net, {"a": (1, 4, 12, 13)}, (1, 3, 25, 25))
    assert verify(net, expected={"a": "batch,4,high,wide"})
    assert not verify(net, expected={"a": "batch,4,same,same"})
    with pytest.raises(cm.ParseError, match="no tensor"):
        verify(net, expected={"b": (1,)})
    with pytest.raises(cm.ParseError, match="declares no shape"):
        verify(sequential(cm.conv2d(1, 1, 1)))


def test_an_input_in_numbers_leaves_nothing_to_choose():
    net = sequential(cm.conv2d(3, 8, 3), input="1,3,9,9")
    assert "every size is a number" in str(net.sizes())
