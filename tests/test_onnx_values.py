"""Sizes that a graph calculates: held against ONNX's reference evaluator, and in letters against numbers."""

import random
from fractions import Fraction

import numpy as np
import pytest
from made_models import TensorProto, array, helper, model, node, numbers, onnx, read

import convmath as cm
from convmath.network.extent import letter
from convmath.readers.onnx import exact
from convmath.readers.onnx.graph import Node, Stored
from convmath.readers.onnx.values import Array, calculated, entries_of

H = letter("H")


def made(values, kind=np.int64):
    given = np.array(values, kind)
    return given, entries_of(
        Stored("v", given.shape, str(given.dtype).replace("float32", "float"), tuple(given.ravel().tolist()))
    )


def ours(op, arrays, attributes, outputs=1, version=20):
    names = tuple("" if item is None else f"i{place}" for place, item in enumerate(arrays))
    lists = {name: tuple(value) if isinstance(value, list) else value for name, value in attributes.items()}
    call = Node("", op, "", version, names, tuple(f"o{place}" for place in range(outputs)), lists)
    return calculated(call, arrays, [None if item is None else item.dims for item in arrays])


def reference(op, arrays, attributes, outputs=1, version=20):
    from onnx.reference import ReferenceEvaluator

    names = ["" if item is None else f"i{place}" for place, item in enumerate(arrays)]
    gives = [f"o{place}" for place in range(outputs)]
    call = helper.make_node(op, names, gives, **attributes)
    given = {name: item for name, item in zip(names, arrays, strict=True) if name}
    inputs = [array(n, v.shape, helper.np_dtype_to_tensor_dtype(v.dtype)) for n, v in given.items()]
    graph = helper.make_graph([call], "g", inputs, [array(name, None) for name in gives])
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)])
    return ReferenceEvaluator(whole).run(None, given)


def agree(op, arrays, outputs=1, version=20, **attributes):
    pairs = [None if item is None else made(*item) if isinstance(item, tuple) else made(item) for item in arrays]
    wanted = reference(op, [p and p[0] for p in pairs], attributes, outputs, version)
    found = ours(op, [p and p[1] for p in pairs], attributes, outputs, version)
    for one, other in zip(found, wanted, strict=True):
        assert one is not None, (op, arrays)
        assert one.dims == other.shape, (op, arrays)
        assert list(one.entries) == [Fraction(v) if isinstance(v, float) else v for v in other.ravel().tolist()], (
            op,
            arrays,
        )


CALLS = [
    ("Add", [[1, 2, 3], [10]], {}),
    ("Sub", [[[1], [2]], [5, 6, 7]], {}),
    ("Mul", [[3, -4], 5], {}),
    ("Div", [[7, -7, 7, -7], [2, 2, -2, -2]], {}),
    ("Mod", [[7, -7, 7, -7], [2, 2, -2, -2]], {}),
    ("Neg", [[1, -2]], {}),
    ("Abs", [[1, -2]], {}),
    ("Max", [[1, 9], [5, 5], [4, 4]], {}),
    ("Min", [[1, 9], [5, 5], [4, 4]], {}),
    ("Pow", [[2, 3], [10, 3]], {}),
    ("Equal", [[1, 2], [1, 3]], {}),
    ("Less", [[1, 2], [1, 3]], {}),
    ("Greater", [[1, 4], [1, 3]], {}),
    ("LessOrEqual", [[1, 4], [1, 3]], {}),
    ("GreaterOrEqual", [[1, 4], [1, 3]], {}),
    ("Not", [([True, False], bool)], {}),
    ("And", [([True, False], bool), ([True, True], bool)], {}),
    ("Or", [([True, False], bool), ([False, False], bool)], {}),
    ("Where", [([True, False], bool), [1, 2], [8, 9]], {}),
    ("Floor", [([1.5, -1.5], np.float32)], {}),
    ("Ceil", [([1.5, -1.5], np.float32)], {}),
    ("Round", [([0.5, 1.5, -2.5, 2.4], np.float32)], {}),
    ("Sqrt", [([4.0, 0.25], np.float32)], {}),
    ("Div", [([7.0, 1.0], np.float32), ([3.0, 10.0], np.float32)], {}),
    ("Mul", [([0.1, 3.0], np.float32), ([0.7, 1e-3], np.float32)], {}),
    ("Add", [([0.1, 1e8], np.float32), ([0.2, 1.0], np.float32)], {}),
    ("Clip", [([-1.0, 0.5, 9.0], np.float32), (0.0, np.float32), (6.0, np.float32)], {}),
    ("Clip", [([-1.0, 0.5, 9.0], np.float32), (0.0, np.float32)], {}),
    ("Cast", [([1.9, -1.9], np.float32)], {"to": TensorProto.INT64}),
    ("Cast", [[16777217, 3]], {"to": TensorProto.FLOAT}),
    ("Cast", [[0, 3]], {"to": TensorProto.BOOL}),
    ("ReduceProd", [[2, 3, 4]], {"keepdims": 0}),
    ("ReduceProd", [[[2, 3], [4, 5]], [0]], {}),
    ("ReduceSum", [[[2, 3], [4, 5]], [-1]], {"keepdims": 0}),
    ("ReduceMax", [[[2, 3], [4, 5]], [1]], {}),
    ("ReduceMin", [[[2, 3], [4, 5]]], {"keepdims": 0}),
    ("Shape", [[[1, 2, 3]]], {}),
    ("Shape", [[[[1, 2, 3]]]], {"start": 1}),
    ("Shape", [[[[1, 2, 3]]]], {"start": -2, "end": -1}),
    ("Size", [[[1, 2, 3]]], {}),
    ("Gather", [[5, 6, 7], 1], {}),
    ("Gather", [[5, 6, 7], [-1, 0]], {}),
    ("Gather", [[[5, 6], [7, 8]], [[1, 0]]], {"axis": 1}),
    ("Concat", [[1], [2, 3], [4]], {"axis": 0}),
    ("Concat", [[[1], [2]], [[3], [4]]], {"axis": -1}),
    ("Slice", [[0, 1, 2, 3, 4], [1], [3]], {}),
    ("Slice", [[0, 1, 2, 3, 4], [-3], [2**63 - 1]], {}),
    ("Slice", [[0, 1, 2, 3, 4], [-1], [-(2**63) + 1], [0], [-1]], {}),
    ("Slice", [[[0, 1, 2], [3, 4, 5]], [0, 1], [2, 3], [0, 1], [1, 2]], {}),
    ("Reshape", [[0, 1, 2, 3, 4, 5], [-1, 2]], {}),
    ("Reshape", [[[0, 1, 2], [3, 4, 5]], [0, -1, 1]], {}),
    ("Squeeze", [[[[1, 2]]]], {}),
    ("Squeeze", [[[[1, 2]]], [0]], {}),
    ("Unsqueeze", [[1, 2], [0, -1]], {}),
    ("Unsqueeze", [7, [0]], {}),
    ("Transpose", [[[1, 2, 3], [4, 5, 6]]], {}),
    ("Transpose", [[[[1, 2, 3], [4, 5, 6]]]], {"perm": [2, 0, 1]}),
    ("Expand", [[1, 2], [3, 1]], {}),
    ("Tile", [[1, 2], [3]], {}),
    ("Range", [1, 10, 4], {}),
    ("Range", [10, 1, -4], {}),
    ("NonZero", [[0, 5, 0, 6]], {}),
    ("ConstantOfShape", [[2, 2]], {"value": helper.make_tensor("v", TensorProto.INT64, [1], [7])}),
    ("Identity", [[1, 2]], {}),
]


@pytest.mark.parametrize(
    ("op", "arrays", "attributes"), CALLS, ids=[f"{place} {call[0]}" for place, call in enumerate(CALLS)]
)
def test_entries_are_those_of_the_reference(op, arrays, attributes):
    if op == "ConstantOfShape":
        ((found,), wanted) = (
            ours(op, [made(arrays[0])[1]], {"value": Stored("v", (1,), "int64", (7,))}),
            [[7, 7], [7, 7]],
        )
        assert (found.dims, found.entries) == ((2, 2), tuple(np.ravel(wanted)))
        return
    agree(op, arrays, **attributes)


def test_split_gives_each_of_its_pieces():
    agree("Split", [[1, 2, 3, 4, 5], [2, 3]], outputs=2)
    agree("Split", [[1, 2, 3, 4, 5]], outputs=3, num_outputs=3)


def test_older_operators_have_lists_as_attributes():
    agree("Slice", [[0, 1, 2, 3]], version=9, starts=[1], ends=[3], axes=[0])
    agree("Unsqueeze", [[1, 2]], version=11, axes=[0])
    agree("Squeeze", [[[1, 2]]], version=11, axes=[0])
    agree("Split", [[1, 2, 3]], version=11, outputs=2, split=[1, 2], axis=0)
    agree("ReduceSum", [[[1, 2], [3, 4]]], version=11, axes=[1], keepdims=0)


def test_sums_of_random_numbers_agree_in_32_bits():
    """Every quotient and product is rounded as a 32-bit float is."""
    chance = random.Random(3)
    for op in ("Add", "Sub", "Mul", "Div"):
        one, two = ([chance.uniform(1, 1000) * 10 ** chance.randrange(-6, 6) for _ in range(64)] for _ in "ab")
        agree(op, [(one, np.float32), (two, np.float32)])


REFUSING = [
    ("Div", [[1, 2], [0, 1]], (None, 2)),
    ("Gather", [[5, 6], [2]], None),
    ("Reshape", [[5, 6], [3]], None),
    ("Add", [[1, 2], [1, 2, 3]], None),
    ("Mul", [[2**62], [2]], (None,)),
    ("Range", [0, 2**62, 1], None),
    ("Expand", [[1], [2**40]], None),
    ("Tile", [[1], [2**40]], None),
    ("Pow", [[2], [10**9]], (None,)),
]


@pytest.mark.parametrize(("op", "arrays", "wanted"), REFUSING, ids=[case[0] for case in REFUSING])
def test_what_has_no_value_is_not_known(op, arrays, wanted):
    (found,) = ours(op, [made(item)[1] for item in arrays], {})
    assert (found if found is None else found.entries) == wanted


def test_unknown_entries_stay_unknown_and_the_others_known():
    partly = Array((2,), (None, 3))
    (found,) = ours("Concat", [partly, made([4])[1]], {"axis": 0})
    assert found.entries == (None, 3, 4)
    (found,) = ours("Mul", [found, made(2)[1]], {})
    assert found.entries == (None, 6, 8)


def test_sizes_with_letters_are_calculated_like_numbers():
    """⌈H/2⌉ in floating point, as an exporter writes SAME; at every size what the numbers give."""
    sizes = Array((1,), (H,))
    (real,) = ours("Cast", [sizes], {"to": TensorProto.FLOAT})
    (half,) = ours("Div", [real, made(2.0, np.float32)[1]], {})
    (up,) = ours("Ceil", [half], {})
    (back,) = ours("Cast", [up], {"to": TensorProto.INT64})
    (odd,) = ours("Sub", [ours("Mul", [back, made(2)[1]], {})[0], sizes], {})
    (none,) = ours("Max", [odd, made(0)[1]], {})
    for value in range(1, 40):
        assert back.entries[0].at({"H": value}) == -(-value // 2)
        assert none.entries[0].at({"H": value}) == value % 2


def test_a_comparison_that_depends_on_the_letters_is_left_open():
    assert exact.less(0, H) is True
    assert exact.less(H, 1) is False
    assert exact.equal(H + 1, H + 1) is True
    assert exact.equal(H + 1, H) is False
    with pytest.raises(cm.UnsupportedError, match="depends on the letters"):
        exact.less(H, 7)
    (found,) = ours("Less", [Array((2,), (H, 3)), made([7, 7])[1]], {})
    assert found.entries == (None, True)


def test_a_reshape_that_is_calculated_holds_for_every_size(tmp_path):
    """x.view(N, C//2, 2, H, W).transpose(1, 2), with sizes from Shape, Gather, Div and Concat."""
    nodes = [
        node("Shape", "x", "s"),
        *(node("Gather", f"s i{at}", f"g{at}") for at in range(4)),
        node("Div", "g1 two", "half"),
        *(node("Unsqueeze", f"{name} zero", f"u_{name}") for name in ("g0", "half", "g2", "g3")),
        node("Concat", "u_g0 u_half pair u_g2 u_g3", "target", axis=0),
        node("Reshape", "x target", "r"),
        node("Transpose", "r", "t", perm=[0, 2, 1, 3, 4]),
        node("Shape", "x", "last", start=2),
        node("Concat", "u_g0 minus last", "flat", axis=0),
        node("Reshape", "t flat", "y"),
    ]
    stored = [numbers(f"i{at}", at) for at in range(4)]
    stored += [numbers("two", 2), numbers("zero", [0]), numbers("pair", [2]), numbers("minus", [-1])]
    net = read(model(*nodes, inputs=[array("x", ["N", 6, "H", "W"])], stored=stored), tmp_path)
    letters = net.trace()
    assert [str(size) for size in letters.shapes["r"]] == ["N", "3", "2", "H", "W"]
    assert [str(size) for size in letters.output] == ["N", "6", "H", "W"]
    assert net.trace((2, 6, 5, 7)).shapes["t"] == (2, 2, 3, 5, 7)


def test_onnx_is_the_version_that_the_rules_follow():
    assert onnx.defs.onnx_opset_version() >= 20


def test_the_least_value_of_a_size_that_repeats_stands_in_its_first_period():
    from convmath.network.extent import letter
    from convmath.readers.onnx.exact import larger, lower, over, towards_zero

    size = letter("H")
    rest = size // 2 - size // 4 * 2
    assert (lower(rest), lower(rest * -1), lower(size - 3), lower(3 - size)) == (0, -1, -2, None)
    pad = larger((size + 1) // 2 * 2 - size + 1, 0)
    assert lower(pad) == 1
    half = towards_zero(over(pad, 2))
    assert [half.at({"H": at}) for at in (7, 8)] == [1, 0]
