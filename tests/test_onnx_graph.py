"""ONNX files as data: what is read of them, what is not, and what is refused."""

import os
import random
import sys

import pytest
from made_models import TensorProto, array, helper, model, node, numbers, onnx, read, weight

import convmath as cm
from convmath.readers.onnx.graph import read_graph
from convmath.readers.onnx.skim import LONGEST_ARRAY, Skimmer, varint


def graph_of(made, tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
    return read_graph(file)


def field(number, body):
    return varint(number << 3 | 2) + varint(len(body)) + body


def test_a_graph_is_what_the_file_says(tmp_path):
    made = model(
        node("Conv", "x w", "a", name="first", strides=[2, 2], auto_pad="VALID"),
        node("Clip", "a low", "y"),
        stored=[weight("w", 8, 3, 3, 3), numbers("low", 0.5, TensorProto.FLOAT)],
        declared=[array("a", ["N", 8, None, 5])],
    )
    graph = graph_of(made, tmp_path)
    assert graph.opsets == {"": 20}
    assert [(item.name, item.dims, item.element) for item in graph.inputs] == [("x", ("N", 3, "H", "W"), "float")]
    assert [(n.name, n.op, n.inputs, n.outputs, n.version) for n in graph.nodes] == [
        ("first", "Conv", ("x", "w"), ("a",), 20),
        ("", "Clip", ("a", "low"), ("y",), 20),
    ]
    assert graph.nodes[0].attributes == {"strides": (2, 2), "auto_pad": "VALID"}
    assert (graph.stored["w"].dims, graph.stored["w"].values, graph.stored["w"].count) == ((8, 3, 3, 3), None, 216)
    assert (graph.stored["low"].dims, graph.stored["low"].values) == ((), (0.5,))
    assert graph.declared["a"].dims == ("N", 8, None, 5)


def test_entries_are_read_of_integers_and_of_few_floats_in_every_encoding(tmp_path):
    import numpy as np

    kinds = [
        "int8",
        "uint8",
        "int16",
        "uint16",
        "int32",
        "uint32",
        "int64",
        "uint64",
        "bool",
        "float32",
        "float64",
        "float16",
    ]
    listed = {kind: np.array([0, 1, 3], kind) for kind in kinds}
    stored = [onnx.numpy_helper.from_array(value, kind) for kind, value in listed.items()]
    for kind, value in listed.items():
        element = helper.np_dtype_to_tensor_dtype(value.dtype)
        stored.append(helper.make_tensor(kind + " fields", element, [3], value.tolist()))
    stored.append(onnx.numpy_helper.from_array(np.zeros(65, np.float32), "many floats"))
    stored.append(onnx.numpy_helper.from_array(np.zeros(5000, np.int64), "very many"))
    graph = graph_of(model(node("Relu", "x", "y"), stored=stored), tmp_path)
    for kind, value in listed.items():
        assert graph.stored[kind].values == graph.stored[kind + " fields"].values == tuple(value.tolist()), kind
    assert graph.stored["many floats"].values is graph.stored["very many"].values is None
    assert graph.stored["very many"].dims == (5000,)


def test_weights_are_passed_over_and_never_read(tmp_path):
    """The file has a weight of 40 MB; what is read of it is counted."""
    big = TensorProto(name="w", data_type=1, dims=[10_000_000], raw_data=bytes(40_000_000))
    made = model(node("Relu", "x", "y"), stored=[big])
    made.graph.doc_string = "x" * 100_000
    file = tmp_path / "model.onnx"
    file.write_bytes(made.SerializeToString())
    with file.open("rb") as opened:
        skimmer = Skimmer("it", opened)
        kept = skimmer.message("model", file.stat().st_size)
    assert len(kept) < 400
    assert skimmer.kept < 400 < LONGEST_ARRAY
    assert read_graph(file).stored["w"].count == 10_000_000


def test_no_other_file_is_opened_or_written(tmp_path):
    """Python itself reports every file that is opened."""
    made = model(node("Conv", "x w", "y"), stored=[weight("w", 8, 3, 3, 3)])
    read(made, tmp_path).trace((1, 3, 9, 9))  # what is imported on the way is imported now
    opened = []
    watching = [True]

    def watch(event, arguments):
        if watching[0] and event in ("open", "os.listdir", "os.remove", "socket.connect", "subprocess.Popen"):
            opened.append(arguments[0])

    sys.addaudithook(watch)
    net = cm.read_onnx(tmp_path / "model.onnx")
    net.trace((1, 3, 9, 9))
    watching[0] = False
    assert [os.fspath(name) for name in opened] == [str(tmp_path / "model.onnx")]
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]


def test_nodes_are_put_in_order(tmp_path):
    net = read(model(node("Relu", "b", "y"), node("Sigmoid", "a", "b"), node("Tanh", "x", "a")), tmp_path)
    assert [n.outputs for n in net.nodes] == [("a",), ("b",), ("y",)]


REFUSED = {
    "a cycle": (
        lambda: model(node("Add", "x b", "a", name="A"), node("Relu", "a", "b", name="B"), node("Relu", "b", "y")),
        "goes round in a circle: .*“B” → Add “A” → Relu “B”",
    ),
    "a node that takes what it gives": (lambda: model(node("Add", "x y", "y", name="A")), "circle: Add “A” → Add “A”"),
    "a dangling input": (lambda: model(node("Add", "x nothing", "y")), "takes “nothing”, which no node"),
    "a dangling output": (lambda: model(node("Relu", "x", "z")), "output “y” is given by no node"),
    "two makers": (
        lambda: model(node("Relu", "x", "y"), node("Tanh", "x", "y")),
        "gives “y”, which Relu “y” gives too",
    ),
    "a node that gives the input": (lambda: model(node("Relu", "x", "x"), outputs=["x"]), "gives “x”, which an input"),
    "an input twice": (lambda: model(node("Relu", "x", "y"), inputs=[array("x"), array("x")]), "the input “x” twice"),
    "a weight twice": (
        lambda: model(node("Relu", "x", "y"), stored=[weight("w", 1), weight("w", 2)]),
        "stored array “w” twice",
    ),
    "a negative size": (lambda: model(node("Conv", "x w", "y"), stored=[weight("w", 8, -3, 3)]), "sizes are ≥ 0"),
    "a negative input": (lambda: model(node("Relu", "x", "y"), inputs=[array("x", [-7, 3])]), "with the size -7"),
    "a hundred axes": (lambda: model(node("Relu", "x", "y"), inputs=[array("x", [1] * 100)]), "with 100 axes"),
    "no outputs": (lambda: model(node("Relu", "x", "y"), outputs=[]), "no graph in it that gives anything"),
    "a text for pads": (
        lambda: model(node("MaxPool", "x", "y", kernel_shape="abc")),
        "kernel_shape is not a list of int",
    ),
    "five thousand axes": (lambda: model(node("MaxPool", "x", "y", kernel_shape=[2] * 5000)), "has 5000 entries"),
    "a foreign attribute": (
        lambda: model(node("Relu", "x", "y", colour=3)),
        "an attribute “colour”, which this operator",
    ),
    "no attribute": (lambda: model(node("Concat", "x x", "y")), "has no attribute axis"),
    "too few arrays": (lambda: model(node("Gemm", "x", "y")), "takes 1 arrays; it has to be 2 to 3"),
    "too many arrays": (lambda: model(node("Relu", "x x", "y")), "takes 2 arrays; it has to be 1"),
    "a name that is no UTF-8": (
        lambda: field(7, field(1, field(4, b"Re\xff") + field(2, b"y")) + field(12, field(1, b"y"))),
        "is no UTF-8",
    ),
    "a very deep graph": (lambda: field(7, deep(3000) + field(12, field(1, b"y"))), "no attribute else_branch"),
    "very many nodes": (lambda: field(7, field(1, b"") * 1_000_001), "more than 1000000 entries"),
    "an empty file": (lambda: b"", "is empty"),
    "a text": (lambda: b"hello, this is no model at all", "is no ONNX model"),
    "zeros": (lambda: bytes(1000), "is no ONNX model"),
    "an empty graph": (lambda: field(7, b""), "no graph in it"),
    "another message": (lambda: field(2, b"pytorch"), "no graph in it"),
}


def deep(count):
    body = b""
    for _ in range(count):
        body = field(1, field(5, field(1, b"then_branch") + field(6, body) + b"\xa0\x01\x05") + field(4, b"If"))
    return body


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_graph_is_one_clear_error(case, tmp_path):
    make, wanted = REFUSED[case]
    with pytest.raises(cm.ParseError, match=wanted) as caught:
        read(make(), tmp_path)
    assert str(caught.value).isprintable()


def test_a_cut_off_file_is_refused_wherever_it_is_cut(tmp_path):
    data = model(node("Conv", "x w", "a"), node("Relu", "a", "y"), stored=[weight("w", 8, 3, 3, 3)]).SerializeToString()
    for length in range(len(data)):
        try:
            read(data[:length], tmp_path)
        except cm.ParseError:
            continue
        assert length > len(data) - 20  # the versions of the operators stand last


def test_a_spoilt_file_is_read_or_refused(tmp_path):
    chance = random.Random(7)
    nodes = [node("Conv", "x w", "a", pads=[1, 1, 1, 1]), node("Shape", "a", "s"), node("Reshape", "a s", "y")]
    data = model(*nodes, stored=[weight("w", 8, 3, 3, 3)]).SerializeToString()
    refused = []
    for _ in range(400):
        spoilt = bytearray(data)
        for _ in range(chance.choice([1, 2, 5])):
            spoilt[chance.randrange(len(data))] = chance.randrange(256)
        try:
            trace = read(bytes(spoilt), tmp_path).trace()
            assert trace.totals() is not None
        except cm.ConvmathError as error:
            refused.append(str(error))
    assert 50 < len(refused) < 400
    assert all(map(str.isprintable, refused))


@pytest.mark.parametrize("place", ["", ".", "missing.onnx", "a\0b", "/dev/null"])
def test_a_path_without_a_model_is_refused(place, tmp_path):
    with pytest.raises(cm.ParseError, match=r"is no file|cannot be read"):
        cm.read_onnx(place)


HOSTILE = [
    "__import__('os').system('touch witness')",
    "<script>alert(1)</script>",
    "\\input{/etc/passwd}",
    "\x1b]0;owned\x07\x1b[31m",
    "\u202egnirts",
    "two\nlines",
    "x" * 100_000,
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_names_are_shown_and_nothing_else(name, tmp_path):
    """As the name of everything that has one; two that look alike once they are shown stay two."""
    made = model(
        node("Relu", "x", "y"),
        node("Relu", "y", "z"),
        node("Mystery", "z", "q", domain="far away"),
        outputs=["q"],
        name=name,
    )
    for item in (*made.graph.node, *made.graph.input):
        item.name = name if item.name != "x" else "x"
    made.graph.node[0].output[0] = made.graph.node[1].input[0] = name
    made.graph.node[1].output[0] = made.graph.node[2].input[0] = name + "\t"
    made.graph.node[2].op_type = name
    trace = read(made, tmp_path).trace()
    assert len(trace.shapes) == len(trace.network.tensors) == 4
    texts = [*trace.shapes, *trace.unsupported, *trace.unsupported.values(), trace.network.name]
    texts += [text for row in trace.rows for text in (row.name, row.op)]
    assert all(text.isprintable() and len(text) < 700 for text in texts)
    assert len(trace.unsupported) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]


def test_functions_of_a_model_are_put_in(tmp_path):
    inner = helper.make_function(
        "own",
        "Twice",
        ["a"],
        ["b"],
        [node("Relu", "a", "t"), node("MaxPool", "t", "b", kernel_shape=[2, 2])],
        [helper.make_opsetid("", 20)],
    )
    outer = helper.make_function(
        "own",
        "Both",
        ["a"],
        ["b", "c"],
        [helper.make_node("Twice", ["a"], ["b"], domain="own"), helper.make_node("Twice", ["b"], ["c"], domain="own")],
        [helper.make_opsetid("own", 1)],
    )
    call = helper.make_node("Both", ["x"], ["t", "y"], domain="own")
    net = read(model(call, node("Relu", "t", "z"), functions=[outer, inner], outputs=["y", "z"]), tmp_path)
    trace = net.trace((1, 3, 9, 13))
    assert (trace.shapes["t"], trace.shapes["y"], trace.shapes["z"]) == ((1, 3, 8, 12), (1, 3, 7, 11), (1, 3, 8, 12))


def test_an_attribute_of_a_function_is_what_the_caller_gives(tmp_path):
    pool = node("MaxPool", "a", "b")
    given = pool.attribute.add()
    given.name, given.ref_attr_name, given.type = "kernel_shape", "k", onnx.AttributeProto.INTS
    function = helper.make_function("own", "Pool", ["a"], ["b"], [pool], [helper.make_opsetid("", 20)], ["k"])
    call = helper.make_node("Pool", ["x"], ["y"], domain="own", k=[3, 4])
    assert read(model(call, functions=[function]), tmp_path).trace((1, 3, 9, 9)).output == (1, 3, 7, 6)


@pytest.mark.parametrize("bomb", ["calls itself", "doubles 60 times"])
def test_a_function_without_an_end_is_named_as_not_known(bomb, tmp_path):
    imports = [helper.make_opsetid("", 20), helper.make_opsetid("own", 1)]

    def called(number, inputs, outputs):
        return helper.make_node(f"F{number}", [inputs], [outputs], domain="own")

    last = 60 if bomb != "calls itself" else 0
    functions = [
        helper.make_function("own", f"F{i}", ["a"], ["b"], [called(i + 1, "a", "t"), called(i + 1, "t", "b")], imports)
        for i in range(last)
    ]
    end = node("Relu", "a", "b") if last else called(0, "a", "b")
    functions.append(helper.make_function("own", f"F{last}", ["a"], ["b"], [end], imports))
    trace = read(model(called(0, "x", "y"), functions=functions), tmp_path).trace()
    assert list(trace.unsupported.values()) == ["own.F0 “y”: this operator is not known here"]


def test_without_the_package_onnx_it_says_what_to_install(tmp_path, monkeypatch):
    file = tmp_path / "model.onnx"
    file.write_bytes(model(node("Relu", "x", "y")).SerializeToString())
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(cm.UnsupportedError, match=r'pip install "convmath\[onnx\]"'):
        cm.read_onnx(file)
