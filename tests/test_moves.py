"""Operators that only move entries: every answer against nested lists that are taken apart by hand."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from oracles.moves import ORACLES, shape_of

import convmath as cm
from convmath.operators.shelf import SHELF

ROOMS = ("columns", "join", "reshape", "resample", "shuffle", "slices")


def of(name, *arguments, **keywords):
    """A row of an operator that takes the shape of its input, or those of its inputs."""
    shapes = arguments[0] if name in ("cat", "stack") else [arguments[0]]
    return on(name, shapes, *arguments, **keywords)


def on(name, shapes, *arguments, **keywords):
    written = [*map(repr, arguments), *(f"{key}={value!r}" for key, value in keywords.items())]
    return pytest.param(name, shapes, arguments, keywords, id=f"{name}({', '.join(written)})")


ROWS = [
    of("flatten", (2, 3, 4, 5)),
    of("flatten", (2, 3, 4, 5), 1),
    of("flatten", (2, 3, 4, 5), -3, -2),
    of("flatten", (1, 3, 1), start_dim=1),
    of("flatten", (3,)),
    of("flatten", (1, 2, 1, 2, 1, 2), 2, 4),
    of("unflatten", (2, 12), 1, (3, -1)),
    of("unflatten", (24, 2), 0, (2, 3, 4)),
    of("unflatten", (2, 12, 3), -2, (1, 12)),
    of("reshape", (2, 3, 4), (-1,)),
    of("reshape", (2, 3), (3, 2)),
    of("reshape", (4, 6), (2, -1, 6)),
    of("reshape", (2, 6, 5), (4, 3, 5)),
    of("reshape", (1, 3, 4), (1, 12, 1)),
    of("reshape", (4, 9, 2), (6, 6, 2)),
    of("reshape", (2, 2, 9), (2, 3, -1)),
    of("reshape", (1, 1), (1,)),
    of("reshape", (1, 1), ()),
    of("reshape", (6,), (1, 2, 1, 3, 1)),
    of("permute", (2, 3, 4, 5), (0, 2, 3, 1)),
    of("permute", (2, 3, 4), (-1, 0, 1)),
    of("transpose", (2, 3, 4), 0, -1),
    of("transpose", (2, 3), 1, 1),
    of("squeeze", (2, 1, 4, 1)),
    of("squeeze", (2, 1, 4, 1), 1),
    of("squeeze", (2, 1, 4, 1), (0, -1)),
    of("squeeze", (1, 1)),
    of("unsqueeze", (2, 3), 0),
    of("unsqueeze", (2, 3), -1),
    of("expand", (3, 1), (-1, 4)),
    of("expand", (3, 1), (2, 3, 4)),
    of("expand", (1,), (1, 5)),
    of("cat", [(2, 3, 4), (2, 5, 4)], dim=1),
    of("cat", [(2, 3), (1, 3), (4, 3)]),
    of("cat", [(2, 3)], dim=-1),
    of("stack", [(2, 3)] * 3),
    of("stack", [(2, 3)] * 2, dim=1),
    of("stack", [(2, 3)], dim=-1),
    of("narrow", (2, 6, 3), 1, 2, 3),
    of("narrow", (2, 6), -1, -2, 1),
    of("slice", (2, 9), 1),
    of("slice", (2, 9), 1, 1, 8, 3),
    of("slice", (9, 2), 0, -3, 100),
    of("slice", (2, 9), 1, None, None, -1),
    of("slice", (2, 9), -1, 7, 1, -3),
    of("slice", (2, 9), 1, -100, -8, 5),
    of("slice", (2, 9), 1, 100, 0, -4),
    of("flip", (2, 3, 4), (1, 2)),
    of("flip", (3, 4), -1),
    on("pixel_shuffle", [(2, 12, 2, 3)], 2),
    on("pixel_shuffle", [(1, 9, 1, 2)], 3),
    on("pixel_unshuffle", [(2, 3, 4, 6)], 2),
    on("depth_to_space", [(1, 12, 2, 3)], 2),
    on("depth_to_space", [(1, 12, 2, 3)], 2, mode="CRD"),
    on("space_to_depth", [(2, 3, 4, 6)], 2),
    on("channel_shuffle", [(2, 6, 2, 3)], 3),
    on("channel_shuffle", [(1, 6, 1, 1)], 1),
    on("unfold", [(2, 3, 5, 6)], 3),
    on("unfold", [(1, 2, 6, 7)], (2, 3), dilation=(2, 1), padding=(1, 2), stride=(1, 2)),
    on("unfold", [(1, 2, 5, 4)], 2, padding=((1, 0), (0, 2)), stride=3),
    on("fold", [(2, 27, 12)], (5, 6), 3),
    on("fold", [(1, 12, 30)], (6, 7), (2, 3), dilation=(2, 1), padding=(1, 2), stride=(1, 2)),
    on("fold", [(1, 8, 4)], 5, 2, stride=3, padding=1),
    on("upsample_nearest1d", [(2, 3, 4)], scale_factor=3),
    on("upsample_nearest1d", [(2, 1, 7)], 3),
    on("upsample_nearest2d", [(1, 2, 3, 4)], scale_factor=2),
    on("upsample_nearest2d", [(1, 2, 3, 4)], scale_factor=(1, 3)),
    on("upsample_nearest2d", [(1, 2, 3, 4)], (5, 3)),
    on("upsample_nearest3d", [(1, 1, 2, 3, 2)], scale_factor=2),
    on("upsample_nearest3d", [(1, 1, 2, 3, 2)], 3),
]


def numbers(shape, seed=0):
    return np.random.default_rng(seed).integers(-99, 100, shape)


@pytest.mark.parametrize(("name", "shapes", "arguments", "keywords"), ROWS)
def test_a_move_is_what_taking_lists_apart_gives(name, shapes, arguments, keywords):
    operator = getattr(cm, name)(*arguments, **keywords)
    arrays = [numbers(shape, at) for at, shape in enumerate(shapes)]
    wanted = ORACLES[name](*(array.tolist() for array in arrays), *arguments, **keywords)
    found = operator(*arrays)
    assert found.tolist() == wanted
    assert operator.output_shape(*shapes) == found.shape == shape_of(wanted)
    assert (operator.parameters(), operator.macs(*shapes)) == (0, 0)
    proof = operator.derive("all", *shapes)
    again = cm.Derivation.from_json(proof.render("json"))
    again.check()
    assert again == proof
    assert operator.derive("output_shape", *shapes).result == found.shape


@pytest.mark.parametrize(("name", "shapes", "arguments", "keywords"), ROWS)
def test_the_gradient_of_a_move_is_its_transpose(name, shapes, arguments, keywords):
    operator = getattr(cm, name)(*arguments, **keywords)
    arrays = [numbers(shape, at) for at, shape in enumerate(shapes)]
    found = operator(*arrays)
    seed = numbers(found.shape, 9)
    total = 0
    for tensor, array in zip(operator.general.tensors, arrays, strict=True):
        back = operator.gradient(tensor.name, *shapes)(G=seed)
        assert back.shape == array.shape
        total += int((back * array).sum())
    assert total == int((seed * found).sum())


@pytest.mark.parametrize(("name", "shapes", "arguments", "keywords"), ROWS)
def test_one_output_of_a_move_reads_one_place_or_the_question_is_refused(name, shapes, arguments, keywords):
    operator = getattr(cm, name)(*arguments, **keywords)
    if name == "fold" or (name in ("cat", "stack") and len(shapes) > 1):
        with pytest.raises(cm.UnsupportedError, match="conditions"):
            operator.receptive_field()
    else:
        assert set(operator.receptive_field()) <= {1}


def test_every_move_has_a_row():
    names = {name for room in ROOMS for name in SHELF[f"convmath.operators.{room}"].split()}
    assert names == {name for name, *_ in (param.values for param in ROWS)}


def test_a_split_is_one_slice_a_piece():
    x = numbers((7, 2))
    pieces = cm.split((7, 2), 3)
    assert [piece(x).tolist() for piece in pieces] == [x[:3].tolist(), x[3:6].tolist(), x[6:].tolist()]
    assert [piece.output_shape() for piece in cm.split((2, 7), (4, 1, 2), dim=-1)] == [(2, 4), (2, 1), (2, 2)]
    assert [str(piece.output_shape()[1]) for piece in cm.split("N,C", ("a", "C-a"), 1)] == ["a", "C - a"]
    for piece in pieces:
        cm.Derivation.from_json(piece.derive("all").render("json")).check()


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("flatten", ("N,C,H,W", 1), "(N, C*H*W)"),
        ("flatten", ("B,T,E,2", 1, 2), "(B, E*T, 2)"),
        ("unflatten", ("N,C*H*W", 1, "C,H,W"), "(N, C, H, W)"),
        ("unflatten", ("N,F", 1, ("C", -1)), "(N, C, F/C)"),
        ("reshape", ("N,C,H,W", ("N", -1, "W")), "(N, C*H, W)"),
        ("reshape", ("H,W", "W,H"), "(W, H)"),
        ("reshape", ("N,g*m,L", "N,g,m,L"), "(N, g, m, L)"),
        ("permute", ("n,c,h,w", (0, 2, 3, 1)), "(n, h, w, c)"),
        ("squeeze", ("N,1,H", 1), "(N, H)"),
        ("unsqueeze", ("N,C", -1), "(N, C, 1)"),
        ("expand", ("N,1,L", "N,C,L"), "(N, C, L)"),
        ("cat", (["N,C,H", "N,D,H"], 1), "(N, C + D, H)"),
        ("stack", (["N,C"] * 2, 1), "(N, 2, C)"),
        ("narrow", ("N,C", 1, "a", "m"), "(N, m)"),
        ("slice", ("N,L", 1, None, None, "s"), "(N, floor((L - 1)/s) + 1)"),
        ("slice", ("N,L", 1, None, None, -2), "(N, floor((L - 1)/2) + 1)"),
        ("slice", ("N,L", 1, -3), "(N, 3)"),
        ("flip", ("N,L", 1), "(N, L)"),
        ("pixel_shuffle", ("r",), "(N, C/r**2, H*r, W*r)"),
        ("space_to_depth", (2,), "(N, 4*C, H/2, W/2)"),
        ("channel_shuffle", ("g",), "(N, C, H, W)"),
        ("unfold", ("k",), "(N, C*k**2, (H - k + 1)*(W - k + 1))"),
        ("unfold", ("H",), "(N, C*H**2, (-H + H' + 1)*(-H + W + 1))"),
        ("fold", (("A", "B"), "k", "d", "p", "s"), "(N, C, A, B)"),
        ("upsample_nearest2d", (("A", "B"),), "(N, C, A, B)"),
        ("upsample_nearest1d", (None, "f"), "(N, C, L*f)"),
    ],
)
def test_letters_stay_letters(name, arguments, wanted):
    operator = getattr(cm, name)(*arguments)
    assert str(operator.output_shape()) == wanted
    operator.derive("all").check()


def test_symbols_of_sympy_come_back():
    N, C, H = cm.symbols("N C H")
    assert cm.flatten((N, C, H), 1).output_shape() == (N, C * H)


def test_entries_may_be_fractions_and_floats():
    from fractions import Fraction

    x = np.array([[Fraction(1, 3), Fraction(2)], [Fraction(-1, 7), Fraction(0)], [Fraction(5), Fraction(1, 9)]], object)
    assert cm.reshape((3, 2), (2, 3))(x).tolist() == x.reshape(2, 3).tolist()
    y = np.linspace(0, 1, 12, dtype=np.float32).reshape(1, 2, 2, 3)
    found = cm.upsample_nearest2d(4)(y)
    assert found.dtype == np.float32
    assert found[0, 1, 3].tolist() == y[0, 1, 1][[0, 0, 1, 2]].tolist()


def test_a_factor_may_be_written_as_a_float_that_is_whole():
    operator = cm.upsample_nearest1d(scale_factor=2.0)
    assert operator.output_shape((1, 2, 3)) == (1, 2, 6)
    cm.Derivation.from_json(operator.derive("all").render("json")).check()


def test_how_many_windows_unfold_has_is_derived_from_the_windows():
    operator = cm.unfold("k", "d", "p", "s")
    assert "floor((H + 2*p - d*(k - 1) - 1)/s) + 1" in str(operator.output_shape()[2])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: cm.flatten((2, 3), 2), r"Dimension out of range \(expected to be in range of \[-2, 1\], but got 2\)"),
        (lambda: cm.flatten((2, 3), 1, 0), "start_dim cannot come after end_dim"),
        (lambda: cm.flatten((2, 0)), "a size is an integer ≥ 1"),
        (lambda: cm.reshape((2, 3), (4, 2)), r"shape '\[4, 2\]' is invalid for input of size 6: it has 8 entries"),
        (lambda: cm.reshape((2, 3), (4, -1)), r"shape '\[4, -1\]' is invalid for input of size 6: .* 4 entries"),
        (lambda: cm.reshape((2, 3), (-1, -1)), "only one dimension can be inferred"),
        (lambda: cm.reshape("N,C", "N,D"), r"shape '\[N, D\]' is invalid for input of size N·C"),
        (lambda: cm.unflatten((2, 6), 1, (4, 2)), r"don't multiply up to the size of dim 1 \(6\)"),
        (lambda: cm.permute((2, 3), (0,)), r"input.dim\(\) = 2 is not equal to len\(dims\) = 1"),
        (lambda: cm.permute((2, 3), (0, 0)), "dim 0 appears multiple times in dims"),
        (lambda: cm.transpose((2, 3), 0, 2), "dim1 names one of 2 axes"),
        (lambda: cm.squeeze("N,1"), "axis 0 has size N, and whether that is 1 decides the shape"),
        (lambda: cm.expand((3, 1), (2, 4)), r"expanded size of the tensor \(2\) must match the existing size \(3\)"),
        (lambda: cm.expand((3, 1), (4,)), r"the number of sizes provided \(1\) must be greater or equal"),
        (lambda: cm.expand((3, 1), (-1, 3, 1)), r"The expanded size of the tensor \(-1\) isn't allowed"),
        (
            lambda: cm.cat([(2, 3), (4, 5)], 1),
            "Sizes of tensors must match except in dimension 1. Expected size 2 but got size 4 along axis 0 for tensor "
            "number 1 in the list",
        ),
        (lambda: cm.cat([(2, 3), (2,)]), "must have same number of dimensions: got 2 and 1"),
        (lambda: cm.cat([]), "expected a non-empty list"),
        (lambda: cm.cat("N,C"), "it must be a list of shapes"),
        (lambda: cm.stack([(2,), (3,)]), r"expects each tensor to be equal size, but got \[2\] at entry 0 and \[3\]"),
        (lambda: cm.split((5,), (2, 2)), "to sum exactly to 5"),
        (lambda: cm.split("N,C", 2, 1), "how many pieces an axis of size C has depends on it"),
        (lambda: cm.narrow((5,), 0, 3, 3), r"start \(3\) \+ length \(3\) exceeds dimension size \(5\).*Use length ≤ 2"),
        (lambda: cm.slice((5,), 0, 3, 3), "leaves no place of an axis of size 5: a size is ≥ 1"),
        (lambda: cm.slice((5,), 0, step=0), "slice step cannot be zero"),
        (lambda: cm.slice("L", 0, 3, step=-1), "give numbers, or leave start and end out"),
        (lambda: cm.flip((2, 3), (1, -1)), "dim 1 appears multiple times"),
        (lambda: cm.flip((2, 3), True), "dims is True; it must be an integer"),
        (lambda: cm.pixel_shuffle(0), "expects a positive upscale_factor, but got 0"),
        (lambda: cm.pixel_shuffle(3).output_shape((1, 10, 2, 2)), "f·f = 9 does not divide in_channels = 10"),
        (lambda: cm.pixel_unshuffle(2).output_shape((1, 1, 5, 4)), "factor = 2 does not divide H = 5"),
        (lambda: cm.depth_to_space(2, "ABC"), "it must be 'DCR' or 'CRD'"),
        (lambda: cm.channel_shuffle(2).output_shape((1, 5, 2, 2)), "groups = 2 does not divide in_channels = 5"),
        (lambda: cm.unfold(5).output_shape((1, 1, 3, 3)), "Use H ≥ 5, or kernel_size ≤ 3, or padding ≥ 1"),
        (lambda: cm.fold(3, 5), "one output spans .* = 5 positions along H, but the padded input has .* = 3"),
        (lambda: cm.fold(5, 3).output_shape((1, 18, 8)), r"axis 2 \(P·Q\) has size 8, but the operator has 9"),
        (lambda: cm.upsample_nearest2d(None, None), "only one of size or scale_factor should be defined"),
        (lambda: cm.upsample_nearest2d(4, 2), "only one of size or scale_factor should be defined"),
        (lambda: cm.upsample_nearest2d(scale_factor=1.5), "only whole factors are written as an index sum"),
    ],
)
def test_a_move_that_cannot_be_is_refused_in_the_words_of_the_framework(call, says):
    with pytest.raises(cm.ConvmathError, match=says):
        call()


RECORDED = json.loads(gzip.decompress((Path(__file__).parent / "data" / "torch_moves.json.gz").read_bytes()))
ARGUMENTS = {
    "flatten": ("x", "start", "end"),
    "unflatten": ("x", "dim", "sizes"),
    "reshape": ("x", "shape"),
    "cat": ("xs", "dim"),
    "pixel_shuffle": ("r",),
    "pixel_unshuffle": ("r",),
    "channel_shuffle": ("g",),
    "unfold": ("k", "d", "p", "s"),
    "fold": ("out", "k", "d", "p", "s"),
}


def tuples(value):
    return tuple(map(tuples, value)) if isinstance(value, list) else value


@pytest.mark.parametrize("name", ARGUMENTS)
def test_what_pytorch_answered_is_what_comes_out(name):
    """Sizes as they were recorded; what it refused is refused, and so is an array without entries."""
    cases = [{key: tuples(value) for key, value in case.items()} for case in RECORDED if case["op"] == name]
    assert len(cases) >= 30
    for case in cases:
        arguments = [case[key] for key in ARGUMENTS[name]]
        shapes = case["xs"] if name == "cat" else [case["x"]]
        if "e" in case or any(0 in shape for shape in shapes):
            with pytest.raises(cm.ConvmathError):
                getattr(cm, name)(*arguments).output_shape(*shapes)
        else:
            assert getattr(cm, name)(*arguments).output_shape(*shapes) == case["y"], case


@pytest.mark.parametrize("call", [lambda: cm.flatten((2, 0)), lambda: cm.slice((5,), 0, 3, 3)])
def test_an_array_without_entries_is_not_decided(call):
    with pytest.raises(cm.UnsupportedError, match="a size is"):
        call()


def test_a_reshape_without_common_factors_is_as_quick_as_any():
    x = numbers((499, 503))  # its square would be 63 thousand million places
    assert np.array_equal(cm.reshape((499, 503), (503, 499))(x), x.reshape(503, 499))
    assert np.array_equal(cm.reshape((499, 503), (503, 499)).gradient("X")(G=x.reshape(503, 499)), x)


def test_an_output_whose_place_is_not_there_is_0():
    op = cm.define("Y[a] = X[i,j] where a <= W*i+j, W*i+j <= a", shapes={"X": "H,W"}, ranges={"a": "A"})
    x = numbers((2, 3))
    for kind in (np.int64, np.float32, object):
        found = op(x.astype(kind), A=8)
        assert found.dtype == kind
        assert found.tolist() == [*x.astype(kind).ravel().tolist(), 0, 0]
    with pytest.raises(cm.ShapeError, match="is not summed"):
        op(x > 0, A=8)


@pytest.mark.parametrize("rank", [2, 4, 5])
def test_many_arrays_are_joined(rank):
    """As a dense block joins the outputs of its layers."""
    shapes = [(1, 1 + n % 3, *(2, 2, 2)[: rank - 2]) for n in range(48)]
    made = cm.cat(shapes, 1)
    arrays = [np.full(shape, n) for n, shape in enumerate(shapes)]
    assert (made(*arrays) == np.concatenate(arrays, 1)).all()
    with pytest.raises(cm.UnsupportedError, match="at most 48 are joined in one formula"):
        cm.cat([*shapes, shapes[0]], 1)
