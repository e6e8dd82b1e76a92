"""Networks on the command line: what each command prints, its exit status, and one clear line for what is wrong."""

import csv
import io
import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

import convmath as cm
from convmath.cli import main

SMALL = """\
name: small
input: [N, 3, H, W]
layers:
  - {name: conv, op: conv2d, out_channels: 8, kernel_size: 3, stride: 2,
     expect: [N, 8, "floor((H-1)/2)", "floor((W-1)/2)"]}
  - {name: pool, op: max_pool2d, kernel_size: 2}
"""
CLASSIFIER = """\
name: classifier
input: [N, 3, H, W]
layers:
  - {name: conv, op: conv2d, out_channels: 16, kernel_size: 3, stride: 2}
  - {name: pool, op: max_pool2d, kernel_size: 2}
  - {name: flat, op: flatten, start_dim: 1}
  - {name: fc, op: linear, in_features: 4096, out_features: 10}
"""


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def done(*words, status=0):
    """What a command prints that succeeds, or that says no."""
    found = run(*words)
    assert found.exit_code == status, found.output
    assert found.stderr == ""
    return found.stdout


def refused(*words):
    """The one line of a command that fails."""
    found = run(*words)
    assert found.exit_code == 2, found.output
    assert found.stdout == ""
    assert len(found.stderr.splitlines()) == 1, found.stderr
    assert found.stderr.startswith("convmath: ")
    assert found.stderr.rstrip("\n").isprintable()
    return found.stderr


@pytest.fixture
def small(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, "utf-8")
    return file


@pytest.fixture
def classifier(tmp_path):
    file = tmp_path / "classifier.yaml"
    file.write_text(CLASSIFIER, "utf-8")
    return file


# --- trace


def test_a_trace_in_numbers():
    text = done("trace", "resnet50", "--input", "1,3,224,224")
    assert text.startswith("ResNet-50 v1.5\n")
    assert "parameters      25,557,032" in text
    assert "multiply-adds   4,089,184,256  (macs: " in text


def test_a_trace_in_letters():
    text = done("trace", "alexnet", "--input", "N,3,H,W")
    row = next(line for line in text.splitlines() if line.startswith("features.12 "))
    assert "(N, 256, ⌊(H − 31) / 32⌋, ⌊(W − 31) / 32⌋)" in row
    assert row.endswith("195/32/66")
    assert text.endswith("for these sizes to fit:\n  H ≥ 63\n  W ≥ 63\n")
    assert done("trace", "alexnet") == text


def test_the_formats_say_the_same():
    ask = ("trace", "unet", "--input", "1,1,572,572", "--format")
    data = json.loads(done(*ask, "json"))
    rows = list(csv.DictReader(io.StringIO(done(*ask, "csv"))))
    marked = [line for line in done(*ask, "markdown").splitlines() if line.startswith("| ")][1:]
    net = cm.catalogue["unet"]
    trace = net.trace((1, 1, 572, 572))
    assert len(data["layers"]) == len(rows) == len(marked) == len(net.nodes)
    for layer, row, node in zip(data["layers"], rows, net.nodes, strict=True):
        shape = trace.shapes[node.outputs[0]]
        assert layer["outputs"] == {node.outputs[0]: list(shape)}
        assert (layer["name"], layer["op"]) == (row["layer"], row["operator"]) == (node.name, node.layer.kind)
        assert row["output"] == str(shape)
        assert str(layer["parameters"]) == row["parameters"]
    assert data["totals"] == {"parameters": 31030658, "buffers": 0, "macs": 150428424448, "convention": "macs"}
    assert data["unsupported"] == {}


def test_letters_are_texts_in_json():
    layer = json.loads(done("trace", "alexnet", "--format", "json"))["layers"][0]
    assert layer["outputs"] == {"features.0": ["N", 64, "⌊(H − 3) / 4⌋", "⌊(W − 3) / 4⌋"]}


def test_one_layer_and_one_axis_are_derived():
    text = done("trace", "alexnet", "--input", "1,3,224,224", "--explain", "features.0")
    assert "height 55" in text
    assert "proved · " in text
    text = done("trace", "alexnet", "--along", "H")
    assert text.endswith("H_6 = ⌊(H − 63) / 32⌋ + 1\n") or "= ⌊(H − 63) / 32⌋ + 1" in text.splitlines()[-1]
    saved = done("trace", "alexnet", "--along", "H", "--format", "json")
    cm.Derivation.from_json(saved).check()


@pytest.mark.parametrize(
    ("convention", "total"), [("macs", 714188480), ("2mac", 1428376960), ("2mac+bias", 1428871144)]
)
def test_the_convention_is_named_beside_the_total(convention, total):
    text = done("trace", "alexnet", "--input", "1,3,224,224", "--convention", convention)
    assert f"{total:,}  ({convention}: " in text


def test_a_count_that_nobody_agrees_on_is_refused():
    assert "layer bn1" in refused("trace", "resnet18", "--input", "1,3,9,9", "--convention", "exact")


def test_a_file_is_traced_by_its_path(small):
    assert "(1, 8, 4, 4)" in done("trace", small, "--input", "1,3,9,9")
    assert "(1, 8, 4, 4)" in done("trace", small, "--input", "input=1,3,9,9")


# --- sizes


def test_the_sizes_that_fit_and_what_mends_one_that_does_not():
    text = done("sizes", "unet", "--near", "H=512", "--near", "W=572")
    assert "  H   H ≡ 12 (mod 16) and H ≥ 188; output H − 184\n" in text
    assert "H = 512 does not fit. Nearest: 508 and 524.\n  crop H by 4, to 508 (2 before, 2 after)\n" in text
    assert text.endswith("\nW = 572 fits.\n")


def test_a_whole_input_can_be_asked_about():
    text = done("sizes", "unet_same", "--near", "1,1,500,512")
    assert "N = 1 fits." in text
    assert "H = 500 does not fit. Nearest: 496 and 512." in text
    assert "W = 512 fits." in text


def test_a_layer_that_holds_two_axes_together_is_named():
    assert "H = 40 fits by itself; f6 holds it together with W." in done("sizes", "lenet5", "--near", "H=40")
    assert "H = 33 fits by itself, but not with this W in f6." in done("sizes", "lenet5", "--near", "1,1,33,36")
    assert "H = 33 fits.\n" in done("sizes", "lenet5", "--near", "1,1,33,35")


def test_the_pairs_of_sizes_that_fill_a_linear_layer(classifier):
    text = done("sizes", classifier)
    assert "fc: 16·⌊(H − 1) / 4⌋·⌊(W − 1) / 4⌋ = 4096" in text
    assert "65 ≤ H ≤ 68 and 65 ≤ W ≤ 68" in text


# --- explain


def test_an_input_that_fits():
    assert "every layer fits" in done("explain", "alexnet", "--input", "1,3,224,224")


@pytest.mark.parametrize(
    ("model", "input_", "layer", "words", "fix"),
    [
        (
            "unet_same",
            "1,1,500,500",
            "up3.cat",
            "Sizes of tensors must match except in dimension 1. Expected size 125 but got size 124",
            "an input with H = 496 or H = 512",
        ),
        ("alexnet", "1,3,224,60", "features.12", "the calculated output size is 6 x 0", "an input with W = 63"),
        (
            None,
            "1,3,96,96",
            "fc",
            "mat1 and mat2 shapes cannot be multiplied (1x8464 and 4096x10)",
            "in_features = 8464 (= 16·⌊(H − 1) / 4⌋·⌊(W − 1) / 4⌋) in layer fc",
        ),
    ],
)
def test_why_an_input_does_not_fit(model, input_, layer, words, fix, classifier):
    text = done("explain", model or classifier, "--input", input_, status=1)
    assert f"layer {layer} (" in text.splitlines()[0]
    assert words in text
    assert "How the size came about:" in text
    assert f"  • {fix}" in text


# --- check


def test_declared_shapes_that_hold(small):
    assert done("check", small) == "small: 1 declared shapes hold.\n"
    assert done("check", small, "--input", "1,3,9,9") == "small: 1 declared shapes hold.\n"
    assert done("check", small, "--input", "2,3,H,9") == "small: 1 declared shapes hold.\n"


def test_declared_shapes_that_do_not_hold(small):
    small.write_text(SMALL.replace("kernel_size: 3", "kernel_size: 5"), "utf-8")
    text = done("check", small, status=1)
    assert re.split(r" {2,}", text.splitlines()[-1])[1:] == [
        "conv",
        "(N, 8, ⌊(H − 1) / 2⌋, ⌊(W − 1) / 2⌋)",
        "(N, 8, ⌊(H − 3) / 2⌋, ⌊(W − 3) / 2⌋)",
    ]
    assert "(1, 8, 4, 4)  (1, 8, 3, 3)" in done("check", small, "--input", "1,3,9,9", status=1)


def test_a_saved_derivation_is_still_replayed(tmp_path):
    file = tmp_path / "saved.json"
    assert (
        run("derive", "conv2d", "--input", "9x9x3", "--filters", 8, "--kernel", 3, "-f", "json", "-o", file).output
        == ""
    )
    assert "holds." in done("check", file)
    file.write_text(file.read_text("utf-8")[:-100], "utf-8")
    refused("check", file)


# --- networks


def test_the_catalogue_is_listed():
    lines = done("networks").splitlines()
    assert [line.split()[0] for line in lines] == list(cm.catalogue)


# --- what is wrong is said in one line


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("trace resnet5", "did you mean resnet50"),
        ("trace .", "no network of the catalogue"),
        ("trace nothing.yaml", "is no file"),
        ("trace nothing.onnx", "is no file"),
        ("trace alexnet --input 1,3,224", "has 3 axes (1, 3, 224), but the network takes 4: (N, 3, H, W)"),
        ("trace alexnet --input 1,4,224,224", "size 4 along axis 1"),
        ("trace alexnet --input 1,3,10,10", "layer features.2: max_pool2d"),
        ("trace alexnet --input 1,3,-1,5", "a size is an integer ≥ 1"),
        ("trace alexnet --input 1,3,2.5,5", "--input 1,3,2.5,5"),
        ("trace alexnet --input __import__('os').getcwd(),3,H,W", "is not in the language"),
        ("trace alexnet --input picture=1,3,9,9", "has no input 'picture'"),
        ("trace alexnet --input 1,3,63,63 --input 1,3,63,63", "takes input only"),
        ("trace alexnet --input input=1,3,63,63 --input input=1,3,63,63", "gives 'input' twice"),
        ("trace alexnet --explain conv1", "has no layer 'conv1'"),
        ("trace alexnet --along Q", "has no size 'Q'"),
        ("trace bottleneck --along H", "no layer changes the height"),
        ("trace alexnet --convention flops", "'flops' is not one of"),
        ("trace alexnet --format pdf", "'pdf' is not one of"),
        ("sizes alexnet --near X=3", "has no size 'X'"),
        ("sizes alexnet --near H=abc", "must be a whole number"),
        ("sizes alexnet --near H=-3", "must be a whole number"),
        ("sizes alexnet --near H=9999999999999999999999", "must be a whole number"),
        ("sizes alexnet --near 1,2", "with 2 sizes, but the input has 4 axes"),
        ("explain alexnet --input 1,3", "has 2 axes"),
        ("check nothing.yaml", "does not exist"),
        ("sizes", "Missing argument 'MODEL'"),
    ],
)
def test_bad_input(line, words):
    message = refused(*line.split())
    if not words.startswith("--"):
        assert words in message


@pytest.mark.parametrize(
    "content",
    [
        "",
        "name: x\ninput: [N]\nlayers: [",
        "- 1\n- 2\n",
        "name: x\ninput: [N, 3]\nlayers:\n  - {op: eval}\n",
        "\x00\x01",
    ],
    ids=["empty", "cut off", "a list", "an unknown operator", "binary"],
)
@pytest.mark.parametrize("command", ["trace", "sizes", "explain", "check"])
def test_files_that_describe_no_network(command, content, tmp_path):
    file = tmp_path / "model.yaml"
    file.write_text(content, "utf-8")
    refused(command, file)


# --- files are written whole


def test_a_trace_goes_to_a_file(tmp_path):
    file = tmp_path / "new" / "trace.md"
    assert done("trace", "lenet5", "--format", "markdown", "-o", file) == ""
    assert file.read_text("utf-8") == done("trace", "lenet5", "--format", "markdown")
    assert [path.name for path in file.parent.iterdir()] == ["trace.md"]
    assert done("trace", "lenet5", "-o", "-") == done("trace", "lenet5")


@pytest.mark.parametrize("wrong", [["--input", "1,1,3,3"], ["--explain", "none"], ["--along", "Q"]])
def test_nothing_is_written_where_something_is_wrong(wrong, tmp_path):
    file = tmp_path / "trace.txt"
    file.write_text("as it was", "utf-8")
    refused("trace", "lenet5", *wrong, "-o", file)
    assert file.read_text("utf-8") == "as it was"
    assert list(tmp_path.iterdir()) == [file]


def test_a_place_that_cannot_be_written_to(tmp_path):
    file = tmp_path / "file"
    file.write_text("as it was", "utf-8")
    assert "cannot be written" in refused("trace", "lenet5", "-o", file / "below")
    assert file.read_text("utf-8") == "as it was"


# --- names of strangers

HOSTILE = [
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "\x1b[31mred",
    "a|b`c`",
    "$\\input{x}$",
    "__import__('os')",
    "é\u202e",
]


@pytest.fixture
def stranger(tmp_path):
    onnx = pytest.importorskip("onnx", reason="the extra [onnx] is not installed")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    nodes, last = [], "x"
    for at, name in enumerate(HOSTILE):
        nodes.append(helper.make_node("Relu", [last], [f"t{at}{name}"], name=name))
        last = f"t{at}{name}"
    ends = [helper.make_tensor_value_info(name, kind, ["N", 3, "H", "W"]) for name in ("x", last)]
    file = tmp_path / "model.onnx"
    onnx.save(helper.make_model(helper.make_graph(nodes, HOSTILE[1], ends[:1], ends[1:])), file)
    return file


@pytest.mark.parametrize("format_", ["text", "markdown", "csv", "json"])
def test_names_of_strangers_are_only_shown(format_, stranger):
    text = done("trace", stranger, "--input", "1,3,4,4", "--format", format_)
    assert all(character.isprintable() or character == "\n" for character in text)
    if format_ == "markdown":
        assert "<script" not in text
        assert all(line.replace("\\|", "").count("|") == 7 for line in text.splitlines() if line.startswith("|"))
    if format_ == "csv":
        rows = list(csv.reader(io.StringIO(text)))
        assert {len(row) for row in rows} == {6}
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    if format_ == "json":
        assert len(json.loads(text)["layers"]) == len(HOSTILE)


def test_names_of_strangers_in_the_other_commands(stranger):
    for words in (("sizes",), ("explain", "--input", "1,3,4,4"), ("check",)):
        text = done(words[0], stranger, *words[1:])
        assert all(character.isprintable() or character == "\n" for character in text)


# --- the start stays quick


def test_help_loads_no_network():
    code = "import sys; from convmath.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8").stdout
    modules = set(loaded.splitlines()[-1].split())
    assert not {
        name for name in modules if name.startswith(("convmath.network", "convmath.readers", "numpy", "yaml", "sympy"))
    }
    assert "trace" in loaded
