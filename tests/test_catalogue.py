"""The networks of the catalogue: published figures, exactly; sizes in one floor; which inputs fit."""

import json
from collections import Counter
from pathlib import Path

import pytest

import convmath as cm
from convmath.network.extent import Extent
from convmath.readers.catalogue import ROOM, Catalogue

PUBLISHED = {
    "alexnet": (61100840, 714188480),
    "vgg11": (132863336, 7609090048),
    "vgg16": (138357544, 15470264320),
    "vgg19": (143667240, 19632062464),
    "googlenet": (6624904, 1498376192),
    "resnet18": (11689512, 1814073344),
    "resnet34": (21797672, 3663761408),
    "resnet50": (25557032, 4089184256),
    "resnet101": (44549160, 7801405440),
    "resnet152": (60192808, 11513626624),
    "squeezenet1_0": (1248424, 818924576),
    "squeezenet1_1": (1235496, 349151936),
    "mobilenet_v1": (4231976, 568740352),
    "mobilenet_v2": (3504872, 300774272),
    "densenet121": (7978856, 2834161664),
    "googlenet_paper": (6998552, 1582671872),
    "resnet50_v1": (25557032, 3857973248),
    "resnet101_v1": (44549160, 7570194432),
    "resnet152_v1": (60192808, 11282415616),
}
"""Parameters, and multiply-adds of convolutions and linear layers at 224×224: torchvision's, Keras's, the paper's."""
SMALLEST = {
    "alexnet": 63,
    "vgg16": 32,
    "googlenet": 15,
    "resnet18": 1,
    "resnet50": 1,
    "resnet152": 1,
    "squeezenet1_0": 21,
    "squeezenet1_1": 17,
    "mobilenet_v2": 1,
    "densenet121": 29,
    "googlenet_paper": 223,
    "lenet5": 32,
}
FEATURES = {
    "alexnet": ("features.12", lambda h: (h - 31) // 32),
    "vgg16": ("pool5", lambda h: h // 32),
    "googlenet": ("inception5b.cat", lambda h: (h + 17) // 32),
    "resnet18": ("layer4.1.relu2", lambda h: (h + 31) // 32),
    "resnet50": ("layer4.2.relu3", lambda h: (h + 31) // 32),
    "resnet50_v1": ("layer4.2.relu3", lambda h: (h + 31) // 32),
    "squeezenet1_0": ("relu10", lambda h: (h - 5) // 16),
    "squeezenet1_1": ("relu10", lambda h: (h - 1) // 16),
    "mobilenet_v1": ("block13.relu2", lambda h: h // 32),
    "mobilenet_v2": ("features.18.2", lambda h: (h + 31) // 32),
    "densenet121": ("relu5", lambda h: (h + 3) // 32),
    "nin": ("mlpconv3.relu2", lambda h: h // 4),
    "unet": ("output", lambda h: h - 184),
    "unet_same": ("output", lambda h: h),
}
"""The last tensor that is a picture, and its height."""


def counted(net, shape):
    """Parameters and multiply-adds, each layer asked by itself."""
    trace, seen, learned, made = net.trace(shape), set(), 0, 0
    for node in net.nodes:
        taken = [trace.shapes[tensor] for tensor in node.inputs]
        operator = node.layer.at(taken).operator
        if id(node.layer) not in seen:
            learned += operator.parameters()
            seen.add(id(node.layer))
        if node.layer.kind in ("conv2d", "conv_transpose2d", "linear"):
            made += operator.macs(*taken)
    return learned, made


def channels(net):
    return net.inputs["input"][1]


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_and_multiply_adds_are_the_published_ones(name):
    net = cm.catalogue[name]
    assert counted(net, (1, 3, 224, 224)) == PUBLISHED[name]
    totals = net.trace((1, 3, 224, 224)).totals()
    assert (totals["parameters"], totals["macs"]) == PUBLISHED[name]
    assert net.trace((2, 3, 224, 224)).output == (2, 1000)


def test_the_smaller_networks_have_the_figures_that_follow_from_their_papers():
    assert counted(cm.catalogue["lenet5"], (1, 1, 32, 32)) == (61706, 416520)
    assert counted(cm.catalogue["nin"], (1, 3, 32, 32))[0] == 966986
    assert counted(cm.catalogue["unet"], (1, 1, 572, 572))[0] == 31030658


def test_inception_3a_and_the_bottleneck_cost_what_the_papers_say():
    """Table 1 of Going deeper with convolutions: inception (3a) has 159K parameters and 128M operations at 28×28."""
    learned, made = counted(cm.catalogue["inception_module"], (1, 192, 28, 28))
    assert (learned, made) == (163696, 128049152)
    assert counted(cm.catalogue["bottleneck"], (1, 256, 14, 14)) == (70400, 69632 * 14 * 14)


@pytest.mark.parametrize("name", SMALLEST)
def test_the_smallest_input_fits_and_one_less_does_not(name):
    net, least = cm.catalogue[name], SMALLEST[name]
    assert net.trace((1, channels(net), least, least)).output
    if least > 1:
        with pytest.raises(cm.ShapeError, match=r"layer .*Use H ≥"):
            net.trace((1, channels(net), least - 1, least - 1))


def test_the_u_nets_take_the_inputs_that_their_skips_allow():
    def fits(name, sizes):
        found = []
        for size in sizes:
            try:
                found.append((size, cm.catalogue[name].trace((1, 1, size, size)).output[2]))
            except cm.ShapeError:
                continue
        return found

    wanted = [(size, size - 184) for size in range(1, 240) if size % 16 == 12 and size >= 188]
    assert fits("unet", range(1, 240)) == wanted
    assert cm.catalogue["unet"].trace((1, 1, 572, 572)).output == (1, 2, 388, 388)
    assert fits("unet_same", range(1, 70)) == [(16, 16), (32, 32), (48, 48), (64, 64)]


@pytest.mark.parametrize("name", cm.catalogue)
def test_every_size_is_one_floor(name):
    """All but the entries that flatten makes of a picture: those are a product of two."""
    net = cm.catalogue[name]
    trace = net.trace()
    kinds = {node.name: node.layer.kind for node in net.nodes}
    for tensor, shape in trace.shapes.items():
        if kinds.get(tensor) != "flatten":
            assert all(isinstance(size, int | Extent) for size in shape), (tensor, shape)


@pytest.mark.parametrize("name", FEATURES)
def test_the_floor_is_the_one_that_the_layers_give(name):
    tensor, height = FEATURES[name]
    net = cm.catalogue[name]
    found = net.trace().shapes[tensor][2]
    assert all(found.at({"H": size}) == height(size) for size in range(1, 300))
    fitting = 572 if name == "unet" else 224
    assert net.trace((1, channels(net), fitting, fitting)).shapes[tensor][2] == height(fitting)


def test_the_two_kinds_of_resnet_differ_in_one_stride():
    first, second = cm.catalogue["resnet50_v1"], cm.catalogue["resnet50"]
    small, large = (net.trace((1, 3, 224, 224)).shapes for net in (first, second))
    differing = {name for name in small if small[name] != large[name]}
    wanted = {f"layer{stage}.0.{layer}" for stage in (2, 3, 4) for layer in ("conv1", "bn1", "relu1")}
    assert differing == wanted
    assert small["layer2.0.conv1"] == (1, 128, 28, 28)
    assert large["layer2.0.conv1"] == (1, 128, 56, 56)


def test_googlenet_has_the_sizes_of_its_table():
    shapes = cm.catalogue["googlenet_paper"].trace((1, 3, 224, 224)).shapes
    wanted = {"conv1.relu": 112, "pool1": 56, "pool2": 28, "pool3": 14, "pool4": 7, "pool5": 1}
    assert {name: shapes[name][2] for name in wanted} == wanted
    widths = {"inception3a": 256, "inception3b": 480, "inception4a": 512, "inception4d": 528, "inception4e": 832}
    assert {name: shapes[f"{name}.output"][1] for name in widths} == widths


def test_the_catalogue_is_a_mapping_that_reads_a_file_once():
    catalogue = Catalogue()
    assert len(catalogue) == 25
    assert list(catalogue) == sorted(file.stem for file in ROOM.glob("*.yaml"))
    assert catalogue["lenet5"] is catalogue["lenet5"]
    assert catalogue["lenet5"].name == "LeNet-5"
    assert "1998" in catalogue["lenet5"].source
    assert "resnet9" not in catalogue
    assert catalogue.get("resnet9") is None
    with pytest.raises(cm.ParseError, match="no network “resnet9”: it has alexnet, bottleneck"):
        catalogue["resnet9"]
    with pytest.raises(KeyError):
        catalogue["../../etc/passwd"]


def test_every_network_says_where_it_is_from():
    assert all("19" in net.source or "20" in net.source for net in cm.catalogue.values())


def test_the_face_keeps_its_names_where_a_room_has_the_same():
    import convmath.network.graph  # noqa: F401  # it binds the room's name

    assert callable(cm.network)
    assert "unet" in cm.catalogue


BUFFERS = {"alexnet": 0, "vgg16": 0, "googlenet": 14617, "resnet18": 9620, "resnet50": 53173, "mobilenet_v2": 34164}


@pytest.mark.parametrize("name", BUFFERS)
def test_what_is_kept_and_not_learned_is_torchvisions(name):
    assert cm.catalogue[name].trace((1, 3, 224, 224)).totals()["buffers"] == BUFFERS[name]


MODELS = Path(__file__).parent.parent.parent / "shared" / "models"
SAME = {"Conv": "conv2d", "Gemm": "linear", "MaxPool": "max_pool2d"}


@pytest.mark.parametrize(
    "name", ["alexnet", "vgg16", "googlenet", "resnet50", "squeezenet1_0", "mobilenet_v2", "densenet121"]
)
def test_the_shapes_are_those_that_were_measured(name):
    """Every convolution, linear layer and maximum of torchvision's model, as onnxruntime computed it."""
    file = MODELS / f"tv_{name}.truth.json"
    if not file.exists():
        pytest.skip("../shared/models is not there")
    nodes = json.loads(file.read_text("utf-8"))["nodes"]
    net = cm.catalogue[name]
    shapes = net.trace((1, 3, 224, 224)).shapes
    for theirs, ours in SAME.items():
        measured = Counter(tuple(node["ort"][0]) for node in nodes if node["op"] == theirs)
        assert Counter(shapes[node.name] for node in net.nodes if node.layer.kind == ours) == measured, theirs
