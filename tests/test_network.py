"""Networks: wiring, traces in numbers and in letters, and the table."""

import csv
import io
import json

import pytest

import convmath as cm
from convmath.network.graph import network
from convmath.network.layer import Unknown, layer
from convmath.network.sequence import sequential
from convmath.network.table import write_trace
from convmath.network.verify import verify


def alexnet():
    return sequential(
        cm.conv2d(3, 64, 11, stride=4, padding=2), "relu", cm.max_pool2d(3, 2),
        cm.conv2d(64, 192, 5, padding=2), "relu", cm.max_pool2d(3, 2),
        cm.conv2d(192, 384, 3, padding=1), "relu", cm.conv2d(384, 256, 3, padding=1), "relu",
        cm.conv2d(256, 256, 3, padding=1), "relu", ("last", cm.max_pool2d(3, 2)),
        layer("adaptive_avg_pool2d", output_size=6), layer("flatten", start_dim=1), layer("dropout"),
        cm.linear(9216, 4096), "relu", layer("dropout"), cm.linear(4096, 4096), "relu", cm.linear(4096, 1000),
        name="alexnet",
    )  # fmt: skip


def residual():
    return network(
        {"x": "N,8,H,W"},
        {
            "conv": (cm.conv2d(8, 8, 3, stride=2, padding=1), "x"),
            "short": (cm.conv2d(8, 8, 1, stride=2), "x"),
            "sum": (layer("add"), "conv", "short"),
            "both": (layer("cat", dim=1), "sum", "short"),
        },
    )


def test_alexnet_in_numbers_and_in_letters():
    net = alexnet()
    trace = net.trace((1, 3, 224, 224))
    assert trace.shapes["last"] == (1, 256, 6, 6)
    assert trace.output == (1, 1000)
    assert trace.totals() == {"parameters": 61100840, "buffers": 0, "macs": 714188480}
    assert [str(size) for size in net.trace().shapes["last"]] == ["N", "256", "⌊(H − 31) / 32⌋", "⌊(W − 31) / 32⌋"]


def test_two_ways_that_meet():
    trace = residual().trace((2, 8, 9, 14))
    assert trace.shapes["sum"] == (2, 8, 5, 7)
    assert trace.output == (2, 16, 5, 7)
    letters = residual().trace()
    assert str(letters.output[2]) == "⌊(H + 1) / 2⌋"
    assert [requirement for requirement in letters.requirements if requirement.op == "="] == []


@pytest.mark.parametrize("net", [alexnet, residual], ids=["alexnet", "residual"])
def test_letters_give_what_numbers_give(net):
    net = net()
    letters = net.trace()
    for h in (1, 7, 31, 62, 63, 64, 65, 94, 95, 224, 10**15 + 3):
        shape = (3, next(iter(net.inputs.values()))[1], h, 2 * h + 1)
        values = {"N": 3, "H": h, "W": 2 * h + 1}
        fits = all(_holds(requirement, values) for requirement in letters.requirements)
        if not fits:
            with pytest.raises(cm.ShapeError):
                net.trace(shape)
            continue
        numbers = net.trace(shape)
        for tensor, sizes in letters.shapes.items():
            assert numbers.shapes[tensor] == tuple(s if isinstance(s, int) else s.at(values) for s in sizes)
        total = letters.totals()["macs"]
        assert numbers.totals()["macs"] == (total if isinstance(total, int) else total.at(values))


def _holds(requirement, values):
    left, right = (s if isinstance(s, int) else s.at(values) for s in (requirement.left, requirement.right))
    return {"=": left == right, "≤": left <= right, "∣": right % left == 0}[requirement.op]


def test_the_quick_way_is_the_slow_way():
    net = alexnet()
    assert net.steps is None
    first = net.trace((1, 3, 224, 224)).shapes
    assert net.steps is not None
    for height in (63, 64, 100, 224, 500):
        fresh = alexnet()
        assert net.trace((2, 3, height, 99)).shapes == fresh.trace((2, 3, height, 99)).shapes
    with pytest.raises(cm.ShapeError, match="max_pool2d_2"):
        net.trace((1, 3, 20, 224))
    assert net.trace((1, 3, 224, 224)).shapes == first


def test_letters_for_kernels_and_strides():
    net = sequential(cm.conv2d(3, 64, "k", stride="s", padding="p"), cm.max_pool2d("l", "t"), input="1,3,H,W")
    sizes = net.trace().output
    for h, k, s, p, l, t in ((40, 3, 2, 1, 3, 2), (57, 5, 1, 0, 2, 3), (64, 7, 3, 2, 2, 2)):
        once = (h + 2 * p - k) // s + 1
        values = {"H": h, "k": k, "s": s, "p": p, "l": l, "t": t}
        assert sizes[2].at(values) == (once - l) // t + 1


def test_ceil_mode_is_one_floor_too():
    net = sequential(
        cm.max_pool2d(3, 2, ceil_mode=True), cm.max_pool2d(2, 2, padding=1, ceil_mode=True), input="1,1,H,W"
    )
    size = net.trace().output[2]
    assert str(size).count("⌊") == 1
    for h in range(1, 60):
        try:
            found = net.trace((1, 1, h, 9)).output[2]
        except cm.ShapeError:
            continue
        assert size.at({"H": h}) == found


def test_a_shared_layer_is_counted_once():
    conv = layer(cm.conv2d(8, 8, 3, padding=1))
    net = network({"x": "1,8,5,5"}, {"a": (conv, "x"), "b": (conv, "a")})
    rows = net.trace().rows
    assert [row.parameters for row in rows] == [584, 0]
    assert [row.macs for row in rows] == [8 * 8 * 9 * 25] * 2
    assert rows[1].shares == "a"


def test_what_is_not_known_is_named_and_the_rest_is_traced():
    net = network(
        {"x": "1,8,5,5"},
        {
            "a": (cm.conv2d(8, 4, 1), "x"),
            "odd": (Unknown("Odd", "there is no such operator"), "a"),
            "b": ("relu", "odd"),
            "c": (cm.conv2d(4, 2, 3), "a"),
        },
    )
    trace = net.trace()
    assert trace.shapes["odd"] is None
    assert trace.shapes["b"] is None
    assert trace.shapes["c"] == (1, 2, 3, 3)
    assert trace.unsupported == {"odd": "Odd: there is no such operator"}
    assert "not known: odd" in write_trace(trace)
    assert json.loads(write_trace(trace, "json"))["unsupported"] == trace.unsupported


def test_conventions_of_counting():
    net = sequential(cm.conv2d(2, 4, 3, padding=1), "relu", name="one")
    trace = net.trace((1, 2, 6, 6))
    macs = 36 * 2 * 4 * 9
    assert trace.totals("2mac")["2mac"] == 2 * macs
    assert trace.totals("2mac+bias")["2mac+bias"] == 2 * macs + 36 * 4
    with pytest.raises(cm.ParseError, match="no convention"):
        trace.totals("flops")


def test_receptive_fields_of_vgg_16():
    layers, channels = [], 3
    for width in (64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"):
        if width == "M":
            layers.append(cm.max_pool2d(2))
        else:
            layers += [cm.conv2d(channels, width, 3, padding=1), "relu"]
            channels = width
    row = sequential(*layers).trace((1, 3, 224, 224)).rows[-1]
    assert [(w.size, w.stride, w.padding) for w in row.windows] == [(212, 32, 90)] * 2


def test_formats():
    trace = alexnet().trace((1, 3, 224, 224))
    data = json.loads(write_trace(trace, "json"))
    assert data["layers"][0]["name"] == "conv2d_1"
    assert data["layers"][0]["outputs"] == {"conv2d_1": [1, 64, 55, 55]}
    assert data["totals"]["parameters"] == 61100840
    rows = list(csv.reader(io.StringIO(write_trace(trace, "csv"))))
    assert len(rows) == len(trace.rows) + 1
    assert rows[1][2] == "(1, 64, 55, 55)"
    assert write_trace(trace, "markdown").startswith("| layer | operator |")
    assert "61,100,840" in write_trace(trace)
    symbolic = json.loads(write_trace(alexnet().trace(), "json"))
    assert symbolic["layers"][0]["outputs"]["conv2d_1"] == ["N", 64, "⌊(H − 3) / 4⌋", "⌊(W − 3) / 4⌋"]
    with pytest.raises(cm.ParseError, match="no format"):
        write_trace(trace, "xml")


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "\x1b[31mred", "a|b", "=cmd()", "$x$", "__import__('os')", "`x`", "![a](b)"]
)
def test_foreign_names_are_harmless(name):
    trace = network({"x": "1,1,4,4"}, {name: ("relu", "x")}).trace()
    assert "\x1b" not in "".join(write_trace(trace, f) for f in ("text", "markdown", "csv", "json"))
    assert "<script" not in write_trace(trace, "markdown")
    cells = next(csv.reader(io.StringIO(write_trace(trace, "csv").splitlines()[1])))
    assert not cells[0].startswith(("=", "+", "-", "@"))
    line = write_trace(trace, "markdown").splitlines()[2]
    assert line.replace("\\|", "").count("|") == 7


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: network({"x": "1,1,4,4"}, {"x": ("relu", "x")}), "give 'x'"),
        (lambda: network({"x": "1,1,4,4"}, {"a": ("relu", "y")}), "which no layer and no input gives"),
        (lambda: network({"x": "1,1,4,4"}, {"a": ("relu", "b"), "b": ("relu", "a")}), "circle"),
        (lambda: network({"x": "1,1,4,4"}, {"a": ("add", "x")}), "takes 2 tensors, but 1 are given"),
        (lambda: network({"x": "1,1,4,4"}, {"a": ("relu", "x")}, outputs=["z"]), "given by no layer"),
        (lambda: network({"x": "1,0,4,4"}, {"a": ("relu", "x")}), "size 0 along axis 1"),
        (lambda: network({"x": "1;4"}, {"a": ("relu", "x")}), "not in the language"),
        (sequential, "no layer"),
        (lambda: sequential("relu"), "say what comes in"),
        (lambda: sequential(("a", cm.conv2d(1, 1, 1)), ("a", "relu")), "two layers are called"),
        (lambda: layer("os.system"), "is no layer"),
        (lambda: layer("relu", x=1), "has no argument"),
        (lambda: layer("flatten", input="N"), "has no argument"),
        (lambda: layer("conv2d", in_channels=1), "needs out_channels, kernel_size"),
    ],
)
def test_what_is_no_network_is_refused(make, message):
    with pytest.raises((cm.DefinitionError, cm.ParseError), match=message.replace("(", "\\(")):
        make()


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((1, 3, 224), "has 3 axes"),
        ((1, 4, 224, 224), "size 4 along axis 1"),
        ((1, 3, 20, 224), "max_pool2d"),
        ("1,3,-2,5", "size -2 along axis 2"),
    ],
)
def test_an_input_that_does_not_fit(shape, message):
    with pytest.raises((cm.ShapeError, cm.ParseError), match=message):
        alexnet().trace(shape)
    with pytest.raises(cm.ParseError, match="no input 'z'"):
        alexnet().trace(z=(1, 3, 4, 4))


def test_nodes_in_any_order():
    net = network({"x": "1,1,4,4"}, {"b": ("relu", "a"), "a": ("relu", "x")})
    assert [node.name for node in net.nodes] == ["a", "b"]


def test_declared_shapes_are_held_with_what_the_letters_stand_for():
    text = "name: e\ninput: [N, 3, H, W]\nlayers:\n  - {op: conv2d, name: c, out_channels: 8, kernel_size: 3, expect: "
    net = cm.read_yaml(text=text + "[N, 8, H - 2, W - 2]}\n")
    for given in ("N,3,H,W", "1,3,32,20", "1,3,H,2*W"):
        assert verify(net, given).held == 1
    wrong = cm.read_yaml(text=text + "[N, 8, H - 1, W - 2]}\n")
    for given in ("N,3,H,W", "1,3,32,20"):
        assert not verify(wrong, given)


def test_a_wide_table_is_wrapped_between_sizes_and_nothing_is_lost():
    from convmath.network.table import write_trace

    trace = cm.catalogue["alexnet"].trace()
    wide, narrow = write_trace(trace), write_trace(trace, width=90)
    assert max(map(len, wide.splitlines())) > 90 >= max(map(len, narrow.splitlines()))
    said = [sorted("".join(text.split()).replace("─", "")) for text in (wide, narrow)]
    assert said[0] == said[1]
    assert "(N, 64," in narrow


def test_letters_that_no_number_fits_name_the_layer():
    text = "name: m\ninput: [N, 1, H, W]\nlayers:\n  - {op: flatten, start_dim: 1}\n"
    net = cm.read_yaml(text=text + "  - {op: linear, name: fc, in_features: 50, out_features: 10}\n")
    from convmath.network.table import needed

    assert needed(net.trace("1,1,H,7").requirements) == ["no H does: fc: 7·H = 50"]
    assert str(cm.explain(net, "1,1,H,5")) == "m on input (1, 1, H, 5): every layer fits where\n  H = 10"
    assert str(cm.explain(net, "1,1,10,5")) == "m takes input (1, 1, 10, 5): every layer fits."


def test_ways_through_the_same_layers_are_told_once():
    found = str(cm.explain(cm.catalogue["unet"], (1, 1, 500, 501)))
    assert found.count("How the size came about:") == 2
    assert "500  = H" in found
    assert "501  = W" in found


def test_two_inputs_that_do_not_suit_one_another_are_mended_one_at_a_time():
    net = network(
        {"a": "N,1,H,W", "b": "N,1,P,Q"}, {"half": (cm.max_pool2d(2), "b"), "sum": (cm.layer("add"), "a", "half")}
    )
    fixes = cm.explain(net, (1, 1, 8, 10), b=(1, 1, 20, 20)).fixes
    assert fixes == (
        "an input with H = 10 (it takes H = 10) where P = 20",
        "an input with P = 17 (it takes 16 ≤ P ≤ 17) where H = 8",
    )


def test_a_layer_is_derived_with_the_size_that_it_has_to_have():
    text = "name: m\ninput: [N, 1, H, W]\nlayers:\n  - {op: flatten, start_dim: 1}\n"
    net = cm.read_yaml(text=text + "  - {op: linear, name: fc, in_features: 50, out_features: 10}\n")
    derivation = net.trace().derive("fc")
    derivation.check()
    assert "10" in str(derivation)
