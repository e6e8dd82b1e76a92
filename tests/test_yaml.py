"""Networks from YAML files: what they mean, what is refused and where, and what no file can do."""

import random
import re
from pathlib import Path

import pytest

import convmath as cm
from convmath.readers.catalogue import ROOM
from convmath.readers.yaml import nodes, wiring
from convmath.readers.yaml.nodes import LONGEST

DOCS = Path(__file__).parent.parent / "docs"
HEAD = "name: x\ninput: [N, 8, H, W]\n"


def read(layers, head=HEAD):
    return cm.read_yaml(text=head + layers)


def names(net):
    return [node.name for node in net.nodes]


def test_a_layer_takes_the_one_before_it_or_those_that_it_names():
    net = read(
        """
layers:
  - {name: conv1, op: conv2d, out_channels: 4, kernel_size: 3, stride: 2, padding: 1}
  - {op: relu}
  - {op: relu, from: conv1}
  - {name: both, op: cat, dim: 1, from: [relu_1, relu_2]}
  - {name: add, op: add, from: [both, both]}
"""
    )
    assert names(net) == ["conv1", "relu_1", "relu_2", "both", "add"]
    assert [node.inputs for node in net.nodes] == [
        ("input",), ("conv1",), ("conv1",), ("relu_1", "relu_2"), ("both", "both"),
    ]  # fmt: skip
    assert net.outputs == ("add",)
    assert net.trace((1, 8, 9, 9)).output == (1, 8, 5, 5)
    assert str(net.trace().output) == "(N, 8, ⌊(H + 1) / 2⌋, ⌊(W + 1) / 2⌋)"


def test_channels_that_are_left_out_are_those_that_arrive():
    net = read(
        """
layers:
  - {op: conv2d, out_channels: 6, kernel_size: 1}
  - {op: batch_norm2d}
  - {op: group_norm, num_groups: 3}
  - {op: conv_transpose2d, out_channels: 5, kernel_size: 2, stride: 2}
  - {op: global_avg_pool2d}
  - {op: flatten, start_dim: 1}
  - {op: linear, out_features: 7}
"""
    )
    assert net.trace().totals()["parameters"] == 8 * 6 + 6 + 2 * 6 + 2 * 6 + 6 * 5 * 4 + 5 + 5 * 7 + 7


def test_channels_that_are_not_known_have_to_be_written():
    for layers, told in (
        (
            "layers:\n  - {op: flatten, start_dim: 1}\n  - {op: linear, out_features: 7}\n",
            "line 5, column 5: in_features",
        ),
        (
            "layers:\n  - {name: wide, op: conv2d, in_channels: 9, out_channels: 2, kernel_size: 1}\n"
            "  - {op: batch_norm2d}\n",
            "line 5, column 5: num_features is left out, and what reaches the layer is not known .wide does not fit",
        ),
    ):
        with pytest.raises(cm.ParseError, match=told):
            read(layers)


def test_a_shared_layer_has_its_parameters_once():
    net = cm.read_yaml(
        text="""
name: siamese
inputs: {left: [N, 3, H, W], right: [N, 3, I, J]}
layers:
  - {name: a, op: conv2d, out_channels: 8, kernel_size: 3, from: left}
  - {name: b, shares: a, from: right}
  - {name: c, op: conv2d, out_channels: 8, kernel_size: 3, from: right}
outputs: [b, a, c]
"""
    )
    first, second, third = (node.layer for node in net.nodes)
    assert first is second
    assert first is not third
    assert first.operator is third.operator
    assert net.outputs == ("b", "a", "c")
    assert net.trace().totals()["parameters"] == 2 * (3 * 8 * 9 + 8)
    assert str(net.trace().output) == "(N, 8, I − 2, J − 2)"


BLOCKS = """
blocks:
  conv:
    parameters: [width, kernel: 3, stride: 1]
    layers:
      - {name: conv, op: conv2d, out_channels: width, kernel_size: kernel, stride: stride, padding: kernel//2}
      - {name: relu, op: relu}
  residual:
    parameters: [width]
    layers:
      - {name: squeeze, block: conv, width: width//4, kernel: 1}
      - {name: expand, block: conv, width: width}
      - {name: add, op: add, from: [expand, input]}
  join:
    takes: [skip, below]
    gives: cat
    layers:
      - {name: up, op: upsample_nearest2d, scale_factor: 2, from: below}
      - {name: cat, op: cat, dim: 1, from: [skip, up]}
      - {name: unused, op: relu}
layers:
  - {name: stage, block: residual, width: 8, repeat: 2, count_from: 1}
  - {name: down, block: conv, width: 16, stride: 2, expect: [N, 16, (H + 1)//2, "(W + 1)//2"]}
  - {name: top, block: join, from: [stage, down]}
"""


def test_a_block_is_put_in_with_its_parameters():
    net = read(BLOCKS)
    assert names(net) == [
        *(f"stage.{at}.{name}" for at in (1, 2) for name in (
            "squeeze.conv", "squeeze.relu", "expand.conv", "expand.relu", "add",
        )),
        "down.conv", "down.relu", "top.up", "top.cat", "top.unused",
    ]  # fmt: skip
    shapes = net.trace((1, 8, 6, 6)).shapes
    assert shapes["stage.1.squeeze.relu"] == (1, 2, 6, 6)
    assert shapes["down.relu"] == (1, 16, 3, 3)
    assert shapes["top.cat"] == (1, 24, 6, 6)
    assert net.node("stage.2.squeeze.conv").inputs == ("stage.1.add",)
    assert {tensor: str(shape) for tensor, shape in net.expected.items()} == {
        "down.relu": "(N, 16, ⌊(H + 1) / 2⌋, ⌊(W + 1) / 2⌋)"
    }
    assert net.expected["down.relu"] == net.trace().shapes["down.relu"]


def test_words_that_yaml_takes_for_truths_and_numbers_stay_words():
    net = read("layers:\n  - {name: no, op: relu}\n  - {name: on, op: relu, from: no}\n  - {name: 1_0, op: relu}\n")
    assert names(net) == ["no", "on", "1_0"]


def test_a_file_is_read_by_its_path(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + (HEAD + "layers: [{op: relu}]\n").encode())
    assert cm.read_yaml(file).source == cm.read_yaml(str(file)).source == "small.yaml"
    file.write_text(HEAD + "layers: [{op: rely}]\n")
    with pytest.raises(cm.ParseError, match=r"^small\.yaml, line 3, column 15: there is no operator “rely”"):
        cm.read_yaml(file)
    file.write_bytes(b"name: \xff\n")
    with pytest.raises(cm.ParseError, match=r"no text in UTF-8 \(at byte 6\)"):
        cm.read_yaml(file)
    file.write_bytes(b"#" * (4 * LONGEST + 1))
    with pytest.raises(cm.ParseError, match="is too large"):
        cm.read_yaml(file)


@pytest.mark.parametrize("path", ["nothing.yaml", ".", "/dev/zero", "a\0b", "x" * 5000, "\x1b[31m.yaml"])
def test_what_is_no_file_is_refused_by_name(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(cm.ParseError, match=r"is no file|cannot be read") as caught:
        cm.read_yaml(path)
    assert str(caught.value).isprintable()


def test_one_of_path_and_text_is_given():
    for arguments in ({}, {"path": "a.yaml", "text": "a"}):
        with pytest.raises(cm.ParseError, match="one of both"):
            cm.read_yaml(**arguments)
    with pytest.raises(cm.ParseError, match="is of type bytes"):
        cm.read_yaml(text=b"name: x")


WRONG = {
    "": "line 1, column 1: the file is empty",
    "# nothing\n": "the file is empty",
    "name: x": "line 1, column 1: layers is missing",
    "- 1\n- 2": "a file is a mapping",
    "name: x\ncolour: red": "line 2, column 1: a network has no key “colour”: it has name, source, input",
    "name: x\nname: y": "line 2, column 1: “name” stands here a second time; the first is in line 1",
    "name: [": "this is no YAML",
    "name: x\n\tinput: y": "line 2, column 1: this is no YAML",
    "a: &x 1": "line 1, column 4: anchors and aliases",
    "a: *x": "anchors and aliases",
    "a: !!python/object/apply:os.system [ls]": "line 1, column 4: tags are not taken",
    "a: !!str b": "tags are not taken",
    "%TAG ! tag:a,2000:\n---\na: b": "%TAG",
    "a: b\n---\nc: d": "line 2, column 1: a file holds one network",
    "<<: {a: b}": "merge keys",
    "? [a]\n: b": "a key is one word",
    "[" * 100: "more than 12 deep",
    "- " * 100: "more than 12 deep",
    'name: "\\e[31m"': r"U\+001B",
    'name: "\\u202Ex"': r"U\+202E",
    'name: "\\uD800"': r"this is no YAML|U\+D800",
    "a: \0": "this is no YAML",
    "name: " + "x" * 100 + "\n" + "input: [N]\nlayers: [{op: relu}]": "name is one line of at most 80 characters",
    "name: x\ninput: [N]\ninputs: {a: [N]}\nlayers: []": "say what comes in once",
    "name: x\nlayers: []": "say what comes in once",
    "name: x\ninputs: {}\nlayers: []": "inputs is empty",
    "name: x\ninputs: {<b>: [N]}\nlayers: []": "the name of an input is made of letters",
    "name: x\ninput: [N, 0]\nlayers: []": "line 2, column 8: input has size 0 along axis 1",
    "name: x\ninput: [N, 1.5]\nlayers: []": "input has one integer or letter for each axis",
    "name: x\ninput: [N, true]\nlayers: []": "input has one integer or letter for each axis",
    "name: x\ninput: {a: b}\nlayers: []": "a mapping stands where",
    "name: x\ninput: [N, __import__('os')]\nlayers: []": "line 2, column 8",
    HEAD + "layers: []": "there is no layer",
    HEAD + "layers: {op: relu}": "layers is a list, and here is a mapping",
    HEAD + "layers: [relu]": "a layer is a mapping",
    HEAD + "layers: [{op: relu}]\noutputs: [relu_2]": "line 4, column 1: “relu_2” is no layer and no input",
}
LAYERS = {
    "{name: a}": "line 4, column 5: a layer has one of op, shares and block",
    "{op: relu, block: b}": "a layer has one of op, shares and block",
    "{op: __import__}": "there is no operator “__import__”",
    "{op: define, formula: a}": "there is no operator “define”",
    "{op: [relu]}": "op is made of letters",
    "{op: conv2d, out_channels: 1, kernel: 3}": "line 4, column 35: conv2d has no key “kernel”: it has name, op, from",
    "{op: relu, input: 3}": "relu has no key “input”",
    "{op: conv2d, out_channels: 1}": "line 4, column 5: conv2d needs kernel_size",
    "{op: conv2d, out_channels: 1, kernel_size: 0}": "line 4, column 5: conv2d",
    "{op: conv2d, out_channels: 9, kernel_size: 1, groups: 2}": "line 4, column 5: conv2d",
    "{op: conv2d, out_channels: 1, kernel_size: {a: b}}": "a mapping stands where a number",
    "{op: conv2d, out_channels: " + "9" * 500 + ", kernel_size: 1}": "line 4, column 32: “9+…” is larger",
    "{op: dropout, p: 1e999}": "column 22: “1e999” is larger than any number",
    "{op: relu, from: nowhere}": "column 16: “nowhere” does not stand above",
    "{name: a, op: relu, from: a}": "“a” does not stand above: a layer takes what comes before it",
    "{op: add}": "add takes 2 tensors, but “from” names 1",
    "{op: relu, from: [input, input]}": "relu takes 1 tensor, but “from” names 2",
    "{name: input, op: relu}": "“input” is the name of something above",
    "{name: <script>alert(1)</script>, op: relu}": "name is made of letters, digits",
    "{name: $(reboot), op: relu}": "name is made of letters",
    "{name: '\\input{/etc/passwd}', op: relu}": "name is made of letters",
    "{name: " + "x" * 201 + ", op: relu}": "name is made of letters",
    "{shares: input}": "“input” is no layer above",
    "{shares: input, kernel_size: 3}": "a layer that shares another's parameters has no key “kernel_size”",
    "{block: b}": "there is no block “b”: the file has none",
    "{op: relu, expect: [N, 8, H, Q]}": "expect has the letter Q, which stands in no input's shape",
    "{op: relu, expect: [N, 8, 0, 1]}": "expect has size 0",
}


@pytest.mark.parametrize("text", [*WRONG, *(HEAD + "layers:\n  - " + layer + "\n" for layer in LAYERS)])
def test_what_is_wrong_is_named_with_its_place(text):
    told = WRONG.get(text) or LAYERS[text.removeprefix(HEAD + "layers:\n  - ").rstrip("\n")]
    with pytest.raises((cm.ParseError, cm.DefinitionError), match=r"^the text, line \d+, column \d+: ") as caught:
        cm.read_yaml(text=text)
    assert re.search(told, str(caught.value)), str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


USES = {
    "blocks: {b: {parameters: [w], layers: [{op: relu}]}}\nlayers: [{block: b}]": "the block b needs w",
    "blocks: {b: {layers: [{op: relu}]}}\nlayers: [{block: b, w: 1}]": "a use of the block b has no key “w”",
    "blocks: {b: {layers: []}}\nlayers: [{block: b}]": "the block b has no layers",
    "blocks: {b: {}}\nlayers: [{block: b}]": "the block b has no layers",
    "blocks: {b: {layer: 1}}\nlayers: [{block: b}]": "the block b has no key “layer”",
    "blocks: {b: {parameters: [from], layers: [{op: relu}]}}\nlayers: [{block: b}]": "“from” cannot be the name",
    "blocks: {b: {parameters: [w, w], layers: [{op: relu}]}}\nlayers: [{block: b}]": "“w” cannot be the name",
    "blocks: {b: {layers: [{block: b}]}}\nlayers: [{block: b}]": "the block b stands in itself: b → b",
    "blocks: {b: {layers: [{block: c}]}, c: {layers: [{block: b}]}}\nlayers: [{block: b}]": "b → c → b",
    "blocks: {b: {gives: c, layers: [{op: relu}]}}\nlayers: [{block: b}]": "gives is “c”, which is no layer",
    "blocks: {b: {layers: [{op: relu, from: a}]}}\nlayers: [{name: a, op: relu}, {block: b}]": "“a” does not stand",
    "blocks: {b: {takes: [x, y], layers: [{op: relu}]}}\nlayers: [{block: b}]": "takes x, y, but “from” names 1",
    "blocks: {b: {takes: [x, y], layers: [{op: relu}]}}\nlayers: [{block: b, from: [input, input]}]": "say what",
    "blocks: {b: {layers: [{op: relu}]}}\nlayers: [{block: b, repeat: 0}]": "repeat is “0”; it is an integer from 1",
    "blocks: {b: {layers: [{op: relu}]}}\nlayers: [{block: b, repeat: 1000000}]": "repeat is “1000000”",
    "blocks: {b: {layers: [{op: relu}]}}\nlayers: [{block: b, count_from: 1}]": "there is no repeat",
    "blocks: {b: {parameters: [w], layers: [{op: dropout, p: 1//w}]}}\nlayers: [{block: b, w: 0}]": "divides by 0",
    "blocks: {b: {parameters: [w], layers: [{op: dropout, p: 2*w}]}}\nlayers: [{block: b, w: a}]": "whole numbers",
    "blocks: {b: {parameters: [w], layers: [{op: dropout, p: v*w}]}}\nlayers: [{block: b, w: 2}]": "v is no parameter",
    "blocks: {b: {layers: [{op: relu}, {name: relu_1, op: relu}]}}\nlayers: [{block: b}]": "the name of something",
    "blocks: {b: {layers: [{name: c, op: relu}]}}\nlayers: [{name: a.c, op: relu}, {name: a, block: b}]": "“a.c” is",
}


@pytest.mark.parametrize("text", USES)
def test_what_is_wrong_about_a_block_is_named_with_its_place(text):
    with pytest.raises((cm.ParseError, cm.DefinitionError), match=r"^the text, line \d+, column \d+: ") as caught:
        read(text)
    assert USES[text] in str(caught.value)


def test_a_graph_that_doubles_its_tensor_is_read_and_traced():
    net = read("blocks: {b: {layers: [{op: cat, dim: 1, from: [input, input]}]}}\nlayers: [{block: b, repeat: 40}]")
    assert net.trace((1, 8, 2, 2)).output == (1, 8 * 2**40, 2, 2)


def test_a_long_chain_is_read_and_traced():
    layer = "op: conv2d, out_channels: 8, kernel_size: 3, padding: 1"
    net = read("layers:\n" + "".join(f"  - {{name: conv{at}, {layer}}}\n" for at in range(2000)))
    assert len(net.nodes) == 2000
    assert len({id(node.layer) for node in net.nodes}) == 2000
    assert net.trace((1, 8, 9, 9)).output == (1, 8, 9, 9)
    assert net.trace().totals()["parameters"] == 2000 * (8 * 8 * 9 + 8)


def test_too_much_is_refused_before_it_is_read(monkeypatch):
    with pytest.raises(cm.ParseError, match="at most 4000000 are read"):
        cm.read_yaml(text="#" * (LONGEST + 1))
    monkeypatch.setattr(nodes, "MOST_VALUES", 1000)
    with pytest.raises(cm.ParseError, match="line 1, column 2000: there are more than 1000 values"):
        cm.read_yaml(text="[" + "1," * 1_900_000)
    assert wiring.MOST_LAYERS == 100_000
    monkeypatch.setattr(wiring, "MOST_LAYERS", 1000)
    many = ", ".join(f"{new}: {{layers: [{{block: {old}, repeat: 999}}]}}" for old, new in ("ab", "bc", "cd"))
    with pytest.raises(cm.ParseError, match="there are more than 1000 layers, counted with every block"):
        read(f"blocks: {{a: {{layers: [{{op: relu}}]}}, {many}}}\nlayers: [{{block: d, repeat: 999}}]")


def test_a_file_that_was_damaged_is_read_or_refused():
    """Words of real files left out, exchanged and replaced: an error of ours with its place, or a network."""
    chance = random.Random(5)
    texts = [(ROOM / f"{name}.yaml").read_text("utf-8") for name in ("lenet5", "unet", "bottleneck", "squeezenet1_1")]
    others = [
        "-1",
        "0",
        "null",
        "[1, 2]",
        "{a: b}",
        "H",
        "input",
        "*a",
        "!!x",
        "'",
        ":",
        "\n",
        "  ",
        "1e400",
        "<<",
        "cat",
    ]
    read_, refused = 0, 0
    for _ in range(150):
        text = chance.choice(texts)
        for _ in range(chance.choice((1, 1, 2, 4))):
            words = [(found.start(), found.end()) for found in re.finditer(r"[\w.*]+", text)]
            (start, end), (first, last) = chance.choice(words), chance.choice(words)
            text = text[:start] + chance.choice([chance.choice(others), text[first:last], ""]) + text[end:]
        try:
            cm.read_yaml(text=text).trace()
            read_ += 1
        except cm.ConvmathError:
            refused += 1
    assert read_ > 10
    assert refused > 50


@pytest.mark.skipif(not DOCS.exists(), reason="the pages do not lie beside the tests")
def test_the_examples_of_the_page_are_networks():
    page = (DOCS / "how-to" / "network.md").read_text("utf-8")
    whole, blocks = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert names(cm.read_yaml(text=whole)) == ["conv1", "relu_1", "pool1"]
    net = cm.read_yaml(text="name: x\ninput: [N, 256, H, W]\n" + blocks)
    assert (names(net)[0], names(net)[-1]) == ("stage1.0.reduce", "stage1.2.add")
