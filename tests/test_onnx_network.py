"""ONNX models as networks: shapes in numbers and in letters, parameters, costs; real models where they are at hand."""

import json
from pathlib import Path

import pytest
from made_models import TensorProto, array, helper, model, node, numbers, read, weight

import convmath as cm

SHARED = Path(__file__).parents[2] / "shared" / "models"


def at(shape, **letters):
    return tuple(size if isinstance(size, int) else size.at(letters) for size in shape)


def holds(trace, **letters):
    """Whether everything that the layers require is so at these sizes."""
    for left, op, right, *_ in trace.requirements:
        one, two = at((left, right), **letters)
        if not {"=": one == two, "≤": one <= two, "∣": one and two % one == 0}[op]:
            return False
    return True


NETS = {
    "conv and pool": (
        [
            node("Conv", "x w b", "a", strides=[2, 2], pads=[3, 2, 1, 0], dilations=[1, 2]),
            node("Relu", "a", "r"),
            node("MaxPool", "r", "y", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
        ],
        [weight("w", 8, 3, 5, 3), weight("b", 8)],
    ),
    "groups, clip and add": (
        [
            node("Conv", "x w", "a", group=3, pads=[1, 1, 1, 1]),
            node("Clip", "a low high", "c"),
            node("Add", "x c", "s"),
            node("Mul", "s half", "y"),
        ],
        [weight("w", 3, 1, 3, 3)]
        + [numbers(n, v, TensorProto.FLOAT) for n, v in (("low", 0.0), ("high", 6.0), ("half", 0.5))],
    ),
    "transposed": (
        [node("ConvTranspose", "x w", "y", strides=[2, 3], output_padding=[1, 2], group=3)],
        [weight("w", 3, 2, 3, 4)],
    ),
    "SAME": (
        [
            node("Conv", "x w", "a", auto_pad="SAME_UPPER", strides=[2, 3]),
            node("MaxPool", "a", "m", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_LOWER"),
            node("ConvTranspose", "m v", "y", auto_pad="SAME_UPPER", strides=[2, 2]),
        ],
        [weight("w", 4, 3, 3, 3), weight("v", 4, 5, 3, 3)],
    ),
    "pool with places": (
        [node("MaxPool", "x", "p q", kernel_shape=[2, 3], strides=[2, 2]), node("Identity", "q", "y")],
        [],
    ),
    "means": (
        [
            node("AveragePool", "x", "a", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
            node("ReduceMean", "a axes", "m", keepdims=0),
            node("Unsqueeze", "m axes", "y"),
        ],
        [numbers("axes", [2, 3])],
    ),
    "linear": (
        [
            node("GlobalAveragePool", "x", "g"),
            node("Flatten", "g", "f"),
            node("Gemm", "f w b", "h", transB=1),
            node("MatMul", "h v", "m"),
            node("Add", "m c", "s"),
            node("Softmax", "s", "y"),
        ],
        [weight("w", 10, 3), weight("b", 10), weight("v", 10, 7), weight("c", 7)],
    ),
    "cut and joined": (
        [
            node("Slice", "x one far axes", "c"),
            node("Slice", "x zero minus axes", "d"),
            node("Concat", "c d", "j", axis=1),
            node("Split", "j", "s t", axis=1, num_outputs=2),
            node("Concat", "s t s", "k", axis=2),
            node("Transpose", "k", "y", perm=[0, 2, 3, 1]),
        ],
        [
            numbers("one", [1, 1]),
            numbers("far", [2**63 - 1] * 2),
            numbers("axes", [2, 3]),
            numbers("zero", [0, 0]),
            numbers("minus", [-1, -1]),
        ],
    ),
    "padded and resized": (
        [
            node("Pad", "x pads", "p", mode="reflect"),
            node(
                "Resize",
                "p  scales",
                "r",
                mode="nearest",
                nearest_mode="floor",
                coordinate_transformation_mode="asymmetric",
            ),
            node("DepthToSpace", "r", "y", blocksize=1),
        ],
        [numbers("pads", [0, 0, 1, 2, 0, 0, 0, 1]), numbers("scales", [1.0, 1.0, 2.0, 1.5], TensorProto.FLOAT)],
    ),
    "resized as another": (
        [
            node("MaxPool", "x", "m", kernel_shape=[2, 2], strides=[2, 2]),
            node("Shape", "x", "s", start=2),
            node("Shape", "m", "t", end=2),
            node("Concat", "t s", "sizes", axis=0),
            node("Resize", "m   sizes", "r", mode="linear"),
            node("Add", "x r", "y"),
        ],
        [],
    ),
    "spread": (
        [
            node("Shape", "x", "s"),
            node("ConstantOfShape", "s", "e"),
            node("Add", "e x", "a"),
            node("Gather", "a zero", "g", axis=1),
            node("Expand", "x s", "h"),
            node("Div", "h a", "d"),
            node("ReduceMax", "d", "m", keepdims=0),
            node("Add", "g m", "y"),
        ],
        [numbers("zero", 0)],
    ),
    "padded to a multiple": (
        [
            node("Shape", "x", "s", start=2),
            node("Mod", "s seven", "r"),
            node("Sub", "seven r", "d"),
            node("Mod", "d seven", "e"),
            node("Concat", "before e", "p", axis=0),
            node("Cast", "p", "pads", to=TensorProto.INT64),
            node("Pad", "x pads", "y"),
        ],
        [numbers("seven", [7]), numbers("before", [0] * 6)],
    ),
    "attention": (
        [
            node("Shape", "x", "s"),
            node("Gather", "s zero", "n"),
            node("Concat", "n three minus", "target", axis=0),
            node("Reshape", "x target", "q"),
            node("Transpose", "q", "k", perm=[0, 2, 1]),
            node("MatMul", "q k", "a"),
            node("MatMul", "a q", "y"),
        ],
        [numbers("zero", [0]), numbers("three", [3]), numbers("minus", [-1])],
    ),
}
SIZES = [(1, 9, 11), (2, 16, 17), (3, 32, 20), (1, 13, 40)]


def runtime():
    return pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


def filled(stored):
    """A weight with entries, so that it can be run."""
    import numpy as np
    from onnx import numpy_helper

    if not stored.external_data:
        return stored
    return numpy_helper.from_array(np.zeros(stored.dims, np.float32), stored.name)


@pytest.mark.parametrize("case", NETS)
def test_every_shape_is_onnxruntimes(case, tmp_path):
    """At several sizes: in numbers, and in letters at the same numbers."""
    import numpy as np

    session = runtime().InferenceSession
    nodes, stored = NETS[case]
    net = read(model(*nodes, stored=stored), tmp_path)
    letters = net.trace()
    assert not letters.unsupported
    names = [name for call in nodes for name in call.output]
    whole = model(*nodes, stored=list(map(filled, stored)), outputs=names)
    whole.ir_version = 9
    for item in list(whole.graph.output):
        item.ClearField("type")
    from onnx import shape_inference

    typed = {v.name: v for v in (shape_inference.infer_shapes(whole).graph.value_info)}
    typed |= {v.name: v for v in shape_inference.infer_shapes(whole).graph.output}
    del whole.graph.output[:]
    whole.graph.output.extend(typed[name] for name in names)
    ran = session(whole.SerializeToString(), providers=["CPUExecutionProvider"])
    for n, h, w in SIZES:
        found = net.trace((n, 3, h, w))
        answers = ran.run(None, {"x": np.zeros((n, 3, h, w), np.float32)})
        for name, answer in zip(names, answers, strict=True):
            assert found.shapes[name] == answer.shape, (name, n, h, w)
            assert at(letters.shapes[name], N=n, H=h, W=w) == answer.shape, (name, n, h, w)
        assert holds(letters, N=n, H=h, W=w)


@pytest.mark.parametrize("case", NETS)
def test_letters_give_what_numbers_give(case, tmp_path):
    """Wherever what is required holds; and where it does not, the numbers are refused or one size is 0."""
    nodes, stored = NETS[case]
    net = read(model(*nodes, stored=stored), tmp_path)
    letters = net.trace()
    fits = 0
    for h in range(1, 24):
        for w in (1, 2, 5, 8, 19):
            known = {"N": 2, "H": h, "W": w}
            if not holds(letters, **known):
                continue
            fits += 1
            found = net.trace((2, 3, h, w))
            assert {name: at(shape, **known) for name, shape in letters.shapes.items()} == found.shapes
    assert fits > 20


def test_parameters_are_counted_once_though_they_hide_behind_identities(tmp_path):
    nodes = [
        node("Identity", "b", "b2"),
        node("Identity", "b2", "b3"),
        node("Conv", "x w b", "a"),
        node("Conv", "a v b2", "c"),
        node("Conv", "c v b3", "d"),
        node("BatchNormalization", "d s s2 m m2", "y"),
    ]
    stored = [weight("w", 4, 3, 3, 3), weight("v", 4, 4, 1, 1), weight("b", 4)]
    stored += [weight(name, 4) for name in ("s", "s2", "m", "m2")]
    trace = read(model(*nodes, stored=stored), tmp_path).trace((1, 3, 8, 8))
    assert [row.parameters for row in trace.rows] == [0, 0, 108 + 4, 16, 0, 8]
    assert trace.totals() == {"parameters": 136, "buffers": 8, "macs": 36 * (108 + 16 + 16)}
    assert {row.name: row.outputs for row in trace.rows}["Identity_0"] == {"b2": (4,)}


def test_a_stored_array_beside_another_is_learned_and_reads_nothing_new(tmp_path):
    """A scale of each channel, a bias behind a matrix; a number is a constant. What has few entries is learned too."""
    nodes = [
        node("Conv", "x w", "a", pads=[1, 1, 1, 1]),
        node("Mul", "a scale", "b"),
        node("Div", "b six", "c"),
        node("Mul", "c other", "d"),
        node("Transpose", "d", "t", perm=[0, 2, 3, 1]),
        node("MatMul", "t v", "m"),
        node("Add", "m bias", "y"),
    ]
    stored = [weight("w", 4, 3, 3, 3), weight("v", 4, 100), weight("bias", 100), numbers("six", 6.0, TensorProto.FLOAT)]
    stored.append(helper.make_tensor("scale", TensorProto.FLOAT, [4, 1, 1], [1.0] * 4))
    stored.append(helper.make_tensor("other", TensorProto.FLOAT, [1, 4, 1, 1], [1.0] * 4))
    net = read(model(*nodes, stored=stored), tmp_path)
    for trace in (net.trace((1, 3, 8, 8)), net.trace()):
        assert [row.parameters for row in trace.rows] == [108, 4, 0, 4, 0, 400, 100]
        assert trace.rows[3].windows == trace.rows[0].windows is not None
    assert net.trace((1, 3, 8, 8)).totals()["macs"] == 64 * (108 + 400)


def test_a_layer_whose_input_is_known_in_numbers_alone_costs_what_it_costs(tmp_path):
    """Where a size is cut off depends on a comparison, so the matrix behind it is met without a shape in letters."""
    nodes = [
        node("Shape", "x", "s", start=3),
        node("Less", "s ten", "small"),
        node("Where", "small s ten", "end"),
        node("Slice", "x zero end axes", "c"),
        node("GlobalAveragePool", "c", "g"),
        node("Flatten", "g", "f"),
        node("MatMul", "f v", "y"),
    ]
    stored = [numbers("ten", [10]), numbers("zero", [0]), numbers("axes", [3]), weight("v", 3, 100)]
    net = read(model(*nodes, stored=stored), tmp_path)
    assert list(net.trace().unsupported) == ["Slice_3"]
    trace = net.trace((2, 3, 8, 12))
    assert (trace.shapes["c"], trace.output) == ((2, 3, 8, 10), (2, 100))
    assert trace.totals() == {"parameters": 300, "buffers": 0, "macs": 600}


def test_a_learned_token_is_counted_where_it_is_spread_or_joined(tmp_path):
    nodes = [node("Expand", "token shape", "t"), node("Concat", "x t other", "y", axis=1)]
    stored = [weight("token", 1, 1, 16), numbers("shape", [2, 1, 16]), weight("other", 2, 1, 16)]
    net = read(model(*nodes, inputs=[array("x", [2, 49, 16])], stored=stored), tmp_path)
    assert (net.trace().output, net.trace().totals()["parameters"]) == ((2, 51, 16), 48)


def test_a_table_that_is_looked_up_is_learned(tmp_path):
    words = [array("x", ["N", "L"], TensorProto.INT64)]
    net = read(model(node("Gather", "table x", "y"), inputs=words, stored=[weight("table", 500, 16)]), tmp_path)
    trace = net.trace((2, 7))
    assert (trace.output, trace.totals()["parameters"]) == ((2, 7, 16), 8000)


def test_multiply_adds_with_same_are_counted_in_letters(tmp_path):
    nodes = [node("Conv", "x w b", "y", auto_pad="SAME_UPPER", strides=[2, 2], group=3)]
    net = read(model(*nodes, stored=[weight("w", 6, 1, 3, 3), weight("b", 6)]), tmp_path)
    cost, numbers_ = net.trace().totals(), net.trace((2, 3, 9, 12)).totals()
    assert numbers_ == {"parameters": 60, "buffers": 0, "macs": 2 * 6 * 9 * 5 * 6}
    assert (cost["parameters"], cost["macs"].at({"N": 2, "H": 9, "W": 12})) == (60, numbers_["macs"])


def test_an_operator_that_is_not_known_is_named_and_the_rest_is_traced(tmp_path):
    nodes = [
        node("Relu", "x", "a"),
        node("Unique", "a", "u", name="strange"),
        node("Relu", "u", "v"),
        node("Sigmoid", "a", "y"),
    ]
    trace = read(model(*nodes, outputs=["y", "v"]), tmp_path).trace((1, 3, 4, 4))
    assert trace.unsupported == {"strange": "Unique “strange”: this operator is not known here"}
    assert trace.shapes == {"x": (1, 3, 4, 4), "a": (1, 3, 4, 4), "u": None, "v": None, "y": (1, 3, 4, 4)}


def test_what_the_file_declares_of_an_unknown_operator_is_taken_where_the_input_is_fixed(tmp_path):
    nodes = [node("Unique", "x", "u", axis=0), node("MaxPool", "u", "y", kernel_shape=[2, 2])]
    fixed = model(*nodes, inputs=[array("x", [1, 3, 8, 8])], declared=[array("u", [1, 3, 8, 8])])
    trace = read(fixed, tmp_path).trace()
    assert (trace.output, list(trace.unsupported)) == ((1, 3, 7, 7), ["Unique_0"])
    loose = model(*nodes, declared=[array("u", [1, 3, 8, 8])])
    assert read(loose, tmp_path).trace().shapes["y"] is None


def test_declared_shapes_are_kept_to_be_verified(tmp_path):
    made = model(
        node("Conv", "x w", "a"),
        node("Relu", "a", "y"),
        stored=[weight("w", 8, 3, 3, 3)],
        declared=[array("a", ["N", 8, 5, "unheard"])],
        outputs=[array("y", ["N", 8, "H", 7])],
    )
    net = read(made, tmp_path)
    assert {name: tuple(map(str, shape)) for name, shape in net.expected.items()} == {
        "a": ("N", "8", "5", "H'"),
        "y": ("N", "8", "H", "7"),
    }


BROKEN = {
    "no groups": ([node("Conv", "x w", "y", group=0)], [weight("w", 8, 3, 3, 3)]),
    "negative groups": ([node("Conv", "x w", "y", group=-1)], [weight("w", 8, 3, 3, 3)]),
    "absurd groups": ([node("Conv", "x w", "y", group=2**62)], [weight("w", 8, 3, 3, 3)]),
    "an absurd weight": ([node("Conv", "x w", "y")], [weight("w", 2**62, 3, 2**62, 3)]),
    "an empty weight": ([node("Conv", "x w", "y")], [weight("w", 8, 3, 0, 3)]),
    "an absurd window": ([node("MaxPool", "x", "y", kernel_shape=[2**62, 2**62])], []),
    "a hundred axes": ([node("MaxPool", "x", "y", kernel_shape=[2] * 100)], []),
    "no stride": ([node("MaxPool", "x", "y", kernel_shape=[2, 2], strides=[0, 0])], []),
    "an axis that is not there": ([node("Concat", "x x", "y", axis=9)], []),
    "an axis twice": ([node("Transpose", "x", "y", perm=[0, 0, 1, 1])], []),
    "two open sizes": ([node("Reshape", "x s", "y")], [numbers("s", [-1, -1])]),
    "too few entries": ([node("Reshape", "x s", "y")], [numbers("s", [7])]),
    "columns that meet no rows": ([node("Flatten", "x", "f"), node("Gemm", "f w", "y")], [weight("w", 5, 4)]),
    "infinite scales": (
        [node("Resize", "x  s", "y")],
        [numbers("s", [1.0, 1.0, float("inf"), 1.0], TensorProto.FLOAT)],
    ),
    "scales beyond 32 bits": ([node("Resize", "x  s", "y")], [numbers("s", [1.0, 1.0, 3e38, 1.0], TensorProto.FLOAT)]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_does_not_fit_is_refused_or_named(case, tmp_path):
    nodes, stored = BROKEN[case]
    net = read(model(*nodes, stored=stored), tmp_path)
    try:
        trace = net.trace((2, 3, 16, 16))
        assert trace.output is None and trace.unsupported  # noqa: PT018
        messages = list(trace.unsupported.values())
    except cm.ConvmathError as error:
        messages = [str(error)]
    assert all(message.isprintable() and len(message) < 600 for message in messages)


def test_a_graph_that_doubles_its_tensor_sixty_times_is_traced(tmp_path):
    nodes = [
        node("Concat", f"{'x' if not i else f't{i}'} {'x' if not i else f't{i}'}", f"t{i + 1}", axis=1)
        for i in range(60)
    ]
    net = read(model(*nodes, node("Shape", "t60", "s"), node("Reshape", "t60 s", "y")), tmp_path)
    assert net.trace((1, 3, 4, 4)).output == (1, 3 * 2**60, 4, 4)
    assert at(net.trace().output, N=1, H=4, W=4) == (1, 3 * 2**60, 4, 4)


def test_lists_that_grow_without_end_are_not_followed(tmp_path):
    double = [node("Concat", f"s{i} s{i}", f"s{i + 1}", axis=0) for i in range(40)]
    square = [node("Mul", f"q{i} q{i}", f"q{i + 1}") for i in range(40)]
    nodes = [node("Shape", "x", "s0"), node("Identity", "s0", "q0"), *double, *square]
    net = read(
        model(*nodes, node("Reshape", "x s40", "y"), node("Reshape", "x q40", "z"), outputs=["y", "z"]), tmp_path
    )
    for trace in (net.trace(), net.trace((5, 3, 7, 9))):
        assert trace.shapes["s40"] == (4 * 2**40,)
        assert len(trace.unsupported) == 2


REAL = sorted(SHARED.glob("*.onnx"))


@pytest.mark.skipif(not REAL, reason="there is no folder ../shared/models beside the repository")
@pytest.mark.parametrize("file", REAL, ids=[file.stem for file in REAL])
def test_real_models(file):
    """Every shape that onnxruntime measured, the parameters that the file stores, and PyTorch's operations."""
    truth = json.loads(file.with_suffix(".truth.json").read_text("utf-8"))
    net = cm.read_onnx(file)
    used = truth.get("input_shapes_used")
    trace = net.trace(*map(tuple, used)) if used else net.trace()
    assert not trace.unsupported
    letters = net.trace()
    for call in truth["nodes"]:
        for name, wanted in zip(call["outs"], call["ort"], strict=True):
            assert list(trace.shapes[name]) == wanted, name
            if used:
                assert list(at(letters.shapes[name], N=used[0][0], H=used[0][-2], W=used[0][-1])) == wanted, name
    if "torch_flops_2mac" in truth:
        assert trace.totals("macs")["macs"] * 2 == truth["torch_flops_2mac"]
        assert trace.totals()["parameters"] == truth["float_initializer_elements"]


def test_a_table_leaves_out_what_is_stored_and_what_calculates_sizes(tmp_path):
    from convmath.network.table import write_trace

    nodes = [
        node("Identity", "b", "c"),
        node("Conv", "x w c", "a"),
        node("Shape", "a", "s", end=1),
        node("Concat", "s rest", "t", axis=0),
        node("Reshape", "a t", "y"),
    ]
    stored = [weight("w", 4, 3, 3, 3), weight("b", 4), numbers("rest", [-1])]
    trace = read(model(*nodes, stored=stored), tmp_path).trace((1, 3, 8, 8))
    for kind in ("text", "markdown"):
        short, whole = write_trace(trace, kind), write_trace(trace, kind, whole=True)
        assert "Shape" not in short.replace("Reshape", "")
        assert "1 of stored arrays and 2 that calculate sizes" in short
        assert "left out" not in whole
        assert whole.count("\n") == short.count("\n") + 2
    assert len(json.loads(write_trace(trace, "json"))["layers"]) == 5


def test_an_explanation_says_which_layers_it_could_not_ask(tmp_path):
    net = read(
        model(node("Relu", "x", "a"), node("Unique", "a", "u", name="strange"), node("Relu", "u", "y")), tmp_path
    )
    found = cm.explain(net, (1, 3, 4, 4))
    assert found.unknown == ("strange", "Relu_2")
    assert str(found).splitlines() == [
        "model takes x (1, 3, 4, 4): every layer but 2 fits.",
        "Not known, so not asked: strange, Relu_2",
    ]
