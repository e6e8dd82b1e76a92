"""The derivation of a stack's size as one floor: the steps hold, replay, and end in what the trace says."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convmath as cm
from convmath.network.closed import derive_size
from convmath.network.graph import network
from convmath.network.layer import layer
from convmath.network.sequence import sequential
from convmath.readers.catalogue import catalogue

STEM = (cm.conv2d(3, 64, 7, stride=2, padding=3), cm.max_pool2d(3, 2, padding=1), cm.conv2d(64, 64, 3, stride=2))


def lines(derivation):
    return {line.label: str(line.derived) for line in derivation.lines}


def test_three_layers_are_one_floor():
    found = derive_size(STEM, 2, "stem")
    assert found.lines[0].name == "H_3"
    assert lines(found) == {
        "size": "⌊(H − 9) / 8⌋ + 1",
        "receptive field": "19",
        "effective stride": "8",
        "padding before": "5",
        "padding after": "5",
        "size, as of one layer": "⌊(H + P + Q − R) / S⌋ + 1",
        "smallest input": "9",
    }
    assert [str(r) for r in found.assumptions] == ["H ≥ 9"]
    assert {step.evidence.verdict for step in found.steps} == {"proved", "by definition"}
    found.check()
    net = sequential(*STEM)
    for h in range(9, 60):
        assert net.trace((1, 3, h, 50)).output[2] == (h - 9) // 8 + 1
    with pytest.raises(cm.ShapeError):
        net.trace((1, 3, 8, 50))


def test_it_replays_and_trusts_nothing():
    text = derive_size(STEM, 2, "stem", ("a", "b", "c"), ("d",)).render("json")
    cm.Derivation.from_json(text).check()
    data = json.loads(text)
    data["claim"]["calls"][0]["arguments"]["stride"] = {"size": 3}
    with pytest.raises((cm.ProofError, cm.ParseError)):
        cm.Derivation.from_json(json.dumps(data)).check()
    for key, value in (("names", ["a", "b"]), ("names", ["a", "b", "x"]), ("joins", [])):
        data = json.loads(text)
        data["claim"][key] = value
        with pytest.raises(cm.ProofError):
            cm.Derivation.from_json(json.dumps(data)).check()
    for key, value in (("names", "abc"), ("names", [1, 2, 3]), ("joins", [None])):
        data["claim"] = json.loads(text)["claim"] | {key: value}
        with pytest.raises(cm.ParseError, match="no texts"):
            cm.Derivation.from_json(json.dumps(data))


def test_letters_for_everything():
    layers = (
        cm.conv2d(3, 64, "k_1", stride="s_1", padding="p_1", dilation="d_1"),
        cm.max_pool2d("k_2", "s_2"),
    )
    found = derive_size(layers, 2, "two")
    assert str(found.lines[0].derived).count("⌊") == 1
    assert "by definition" in {step.evidence.verdict for step in found.steps}
    found.check()
    said = {line.label: line.derived for line in found.lines}
    for numbers in ((3, 2, 1, 1, 3, 2), (5, 3, 2, 2, 2, 3), (1, 2, 0, 1, 4, 1)):
        values = dict(zip(("k_1", "s_1", "p_1", "d_1", "k_2", "s_2"), map(cm.language.tree.Int, numbers), strict=True))
        k, s, p, d, l, t = numbers
        span = d * (k - 1) + 1
        worked = {label: cm.language.tidy.put(value, values) for label, value in said.items()}
        assert str(worked["receptive field"]) == str(span + s * (l - 1))
        assert str(worked["effective stride"]) == str(s * t)
        assert str(worked["padding before"]) == str(worked["padding after"]).replace("−", "-") == str(p)
        assert str(worked["smallest input"]).replace("−", "-") == str(span + s * (l - 1) - 2 * p)


def test_along_a_network():
    net = sequential(*STEM, "relu", layer("adaptive_avg_pool2d", output_size=1), layer("flatten", start_dim=1))
    found = net.derive_size("W")
    assert str(found.lines[0]) == "W_3 = ⌊(W − 9) / 8⌋ + 1 (size)"
    assert "(relu) keeps the width" in found.find
    with pytest.raises(cm.ParseError, match="no size 'Q'"):
        net.derive_size("Q")
    with pytest.raises(cm.ParseError, match="no tensor"):
        net.derive_size("H", "nowhere")


def test_layers_are_named_and_those_that_keep_the_size_share_a_line():
    found = catalogue["alexnet"].derive_size("H")
    headings = [chain.heading for chain in found.chains]
    assert headings[0] == "features.0: conv2d"
    assert headings[1] == "features.2: max_pool2d; before it features.1 (relu) keeps the height"
    assert headings[3] == (
        "features.12: max_pool2d; before it 6 layers, features.6 to features.11 (conv2d, relu), keep the height"
    )
    assert "Where the window of one output begins, through features.12" in headings


def test_names_from_a_stranger_are_made_fit_to_be_shown():
    names = ("<script>alert(1)</script>", "\x1b[31mred", "x" * 500)
    found = derive_size(STEM, 2, "stem", names)
    assert "\x1b" not in str(found)
    assert "\\x1b[31mred: max_pool2d" in str(found)
    assert "<script>" not in found.render("html")
    assert all(len(chain.heading) < 200 for chain in found.chains)
    cm.Derivation.from_json(found.render("json")).check()


PUBLISHED = {
    "vgg16": ("212", "32", "90"),
    "resnet50": ("427", "32", "213"),
    "resnet50_v1": ("483", "32", "241"),
    "mobilenet_v1": ("315", "32", "126"),
    "alexnet": ("195", "32", "66"),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_receptive_fields_come_out_of_the_same_proof(name):
    found = catalogue[name].derive_size("H")
    said = lines(found)
    assert (said["receptive field"], said["effective stride"], said["padding before"]) == PUBLISHED[name]
    found.check()


@pytest.mark.parametrize(
    ("name", "least"),
    [
        *(("alexnet", 63), ("googlenet", 15), ("squeezenet1_0", 21), ("squeezenet1_1", 17), ("densenet121", 29)),
        *(("vgg16", 32), ("unet", 188), ("unet_same", 16), ("nin", 4)),
    ],
)
def test_smallest_inputs(name, least):
    assert lines(catalogue[name].derive_size("H"))["smallest input"] == str(least)


LAYERS = st.lists(
    st.one_of(
        st.tuples(st.just("conv"), st.integers(1, 5), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2)),
        st.tuples(st.just("pool"), st.integers(1, 3), st.integers(1, 3), st.booleans(), st.booleans()),
        st.tuples(st.just("pad"), st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.just("relu")),
    ),
    min_size=1,
    max_size=4,
)


def made(item):
    match item:
        case ("conv", k, s, p, d):
            return cm.conv2d(1, 1, k, stride=s, padding=p, dilation=d)
        case ("pool", k, s, pad, ceil):
            return cm.max_pool2d(k, s, padding=k // 2 if pad else 0, ceil_mode=ceil)
        case ("pad", before, after):
            return layer("pad", pad=(0, 0, before, after))
    return layer("relu")


def stacked(layers):
    nodes, last = {}, "x"
    for at, one in enumerate(layers):
        nodes[f"n{at}"] = (one, last)
        last = f"n{at}"
    return network({"x": "1,1,H,40"}, nodes)


def ends(items):
    """(first, last) place that output 0 and output 1 read, tap by tap from the top down."""
    found = []
    for unit in (0, 1):
        places = {unit}
        for item in reversed(items):
            match item:
                case ("conv", k, s, p, d):
                    places = {s * i + d * u - p for i in places for u in range(k)}
                case ("pool", k, s, pad, _):
                    places = {s * i + u - (k // 2 if pad else 0) for i in places for u in range(k)}
                case ("pad", before, _):
                    places = {i - before for i in places}
        found.append((min(places), max(places)))
    return found


@given(LAYERS)
@settings(max_examples=40, deadline=None)
def test_windows_of_random_stacks(items):
    net = stacked(map(made, items))
    try:
        found = net.derive_size("H")
    except cm.UnsupportedError as error:
        assert "no layer changes the height" in str(error) or "floor" in str(error)  # noqa: PT017
        return
    found.check()
    size, *others = [line.derived for line in found.lines]
    del others
    said = lines(found)
    for h in range(1, 40):
        try:
            out = net.trace((1, 1, h, 40)).output[2]
        except cm.ShapeError:
            out = None
        if "smallest input" in said:
            assert (out is not None) == (h >= int(said["smallest input"].replace("−", "-")))
        if out is not None:
            assert str(cm.language.tidy.put(size, {"H": cm.language.tree.Int(h)})) == str(out)
    if "receptive field" in said:
        (first, last), (second, _) = ends(items)
        assert (said["receptive field"], said["effective stride"]) == (str(last - first + 1), str(second - first))
        assert said["padding before"].replace("−", "-") == str(-first)


def test_a_way_that_is_too_long_to_be_written_down_is_refused():
    net = sequential(*[cm.conv2d(1, 1, 2) for _ in range(401)])
    with pytest.raises(cm.UnsupportedError, match="401 layers with windows on the way"):
        net.derive_size("H")
    assert str(net.trace().output[2]) == "H − 401"


def test_ways_that_meet_are_told():
    nodes = {
        "a": (cm.conv2d(1, 1, 3, stride=2, padding=1), "x"),
        "b": (cm.conv2d(1, 1, 1, stride=2), "x"),
        "sum": (layer("add"), "b", "a"),
    }
    found = network({"x": "1,1,H,W"}, nodes).derive_size("H")
    assert lines(found)["receptive field"] == "3"
    assert found.notes == (
        "the sizes of the other ways that meet this one at sum: they are the same there; "
        "the window is that of this way alone",
    )


def test_a_layer_that_makes_one_size_of_several_is_refused_by_name():
    nodes = {
        "a": (cm.conv2d(1, 1, 3, stride=2), "x"),
        "b": (cm.conv2d(1, 1, 2, stride=2), "x"),
        "both": (layer("cat", dim=2), "a", "b"),
    }
    with pytest.raises(cm.UnsupportedError, match=r"layer both: cat makes .* along H, out of several ways"):
        network({"x": "1,1,H,W"}, nodes).derive_size("H")
