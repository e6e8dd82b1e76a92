"""Opaque operators: their shape and their parameters are derived, the rest is refused by name."""

import re
from fractions import Fraction

import numpy as np
import pytest
from oracles.opaque import count, normalisation, resized, unpooled

import convmath as cm
from convmath.operators.opaque import Opaque
from convmath.operators.shelf import SHELF

NAMES = {name for room in ("softmax", "norm", "interpolate") for name in SHELF[f"convmath.operators.{room}"].split()}
LONGER = Fraction(7, 4)
SHAPES = {1: (2, 6, 5), 2: (2, 6, 5, 7), 3: (2, 6, 5, 7, 3)}


def row(name, shapes, wanted, parameters, buffers, *arguments, **keywords):
    return pytest.param(name, shapes, wanted, (parameters, buffers), arguments, keywords, id=f"{name}{arguments}")


ROWS = [
    row("softmax", [(2, 3, 4)], (2, 3, 4), 0, 0, (2, 3, 4), 1),
    row("log_softmax", [(7,)], (7,), 0, 0, (7,), -1),
    row("softmax", [()], (), 0, 0, (), 0),
    *(
        row(
            f"{kind}_norm{rank}d", [shape], shape, *normalisation(6, affine, kept), 6,
            affine=affine, track_running_stats=kept,
        )
        for kind in ("batch", "instance")
        for rank, shape in SHAPES.items()
        for affine in (True, False)
        for kept in (True, False)
    ),
    row("layer_norm", [(5, 3, 4)], (5, 3, 4), 2 * count(3, 4), 0, (3, 4)),
    row("layer_norm", [(5, 8)], (5, 8), count(8), 0, 8, bias=False),
    row("layer_norm", [(5, 8)], (5, 8), 0, 0, 8, elementwise_affine=False),
    *(row("group_norm", [shape], shape, 2 * count(6), 0, 3, 6, rank=rank) for rank, shape in SHAPES.items()),
    row("group_norm", [(1, 6, 2, 2)], (1, 6, 2, 2), 0, 0, 6, 6, affine=False),
    row("max_unpool1d", [(2, 3, 5)], (2, 3, unpooled(5, 3, 2, 1)), 0, 0, 3, 2, 1),
    row("max_unpool2d", [(2, 3, 5, 4)], (2, 3, unpooled(5, 2, 2, 0), unpooled(4, 3, 3, 0)), 0, 0, (2, 3)),
    row("max_unpool3d", [(1, 1, 2, 3, 4)], (1, 1, *(unpooled(n, 3, 4, 1) for n in (2, 3, 4))), 0, 0, 3, 4, 1),
    row("grid_sample", [(2, 3, 8, 9), (2, 5, 6, 2)], (2, 3, 5, 6), 0, 0, (2, 3, 8, 9), (2, 5, 6, 2)),
    row("interpolate", [(1, 2, 9)], (1, 2, resized(9, LONGER)), 0, 0, (1, 2, 9), None, LONGER, "linear"),
    row("interpolate", [(1, 2, 9, 8)], (1, 2, 5, 6), 0, 0, (1, 2, 9, 8), (5, 6), mode="bicubic"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "shapes", "wanted", "counts", "arguments", "keywords"), ROWS)
def test_shape_and_parameters_are_what_counting_gives(name, shapes, wanted, counts, arguments, keywords):
    made = getattr(cm, name)(*arguments, **keywords)
    assert isinstance(made, Opaque)
    assert made.output_shape(*shapes) == wanted
    assert (made.parameters(), made.buffers()) == counts
    proof = made.derive("all", *shapes)
    assert made.derive("output_shape", *shapes).result == wanted
    assert made.derive("parameters").result == counts[0]
    assert len(proof.notes) == 1
    assert all("has no index sum" in note for note in proof.notes)
    again = cm.Derivation.from_json(proof.render("json"))
    again.check()
    assert again == proof
    for format_ in ("text", "latex", "markdown", "html"):
        assert again.render(format_) == proof.render(format_)


@pytest.mark.parametrize(("name", "shapes", "wanted", "counts", "arguments", "keywords"), ROWS)
def test_the_rest_is_refused_by_name(name, shapes, wanted, counts, arguments, keywords):
    made = getattr(cm, name)(*arguments, **keywords)
    values, _ = made.bound(dict(zip(made.general.inputs, shapes, strict=True)), {})
    arrays = [np.ones([size.value for size in t.shape]) for t in made.general.substitute(values).tensors]
    unit = (0,) * len(wanted)
    questions = {
        "its multiply-adds": lambda: made.macs(*shapes),
        "its receptive field": made.receptive_field,
        "its gradients": lambda: made.gradient("X"),
        "its values": lambda: made(*arrays),
        "which places a unit reads": lambda: made.receptive_positions(unit, *shapes, array="X"),
    }
    for what, ask in questions.items():
        with pytest.raises(cm.UnsupportedError, match=f"has no index sum, since .* nothing to derive {what} from"):
            ask()


def test_every_opaque_operator_has_a_row():
    assert {param.values[0] for param in ROWS} == NAMES


def test_letters():
    C, H = cm.symbols("C H")
    assert str(cm.batch_norm2d("C").definition) == "Y[n,c,i,j] = batch_norm(X[n,c,i,j], gamma[c], beta[c])"
    assert cm.batch_norm2d(C).parameters() == 2 * C
    assert cm.batch_norm2d(C).buffers() == 2 * C + 1
    assert cm.batch_norm2d("C").buffers(C=64) == 129
    assert cm.max_unpool1d(3, 2, 1).output_shape((1, 1, H))[2] == 2 * H - 1
    L, k, s, p = cm.symbols("L k s p")
    assert (cm.max_unpool1d(k, s, p).output_shape()[2] - (s * (L - 1) + k - 2 * p)).expand() == 0
    third = cm.interpolate((1, 1, L), scale_factor=Fraction(2, 3), mode="linear").output_shape()[2]
    assert [third.subs({L: n}) for n in range(2, 12)] == [2 * n // 3 for n in range(2, 12)]
    assert str(cm.grid_sample("N,C,H,W", "N,I,J,2").output_shape()) == "(N, C, I, J)"


def test_a_float_is_multiplied_as_a_double():
    """Recorded from PyTorch 2.13: the exact product of 100 and 0.29 would be 29."""
    for length, factor, wanted in ((10, 0.7, 7), (100, 0.29, 28), (224, 706 / 224, 706), (17, 1.03, 17), (1, 1.5, 1)):
        assert cm.interpolate((1, 1, length), scale_factor=factor, mode="linear").output_shape() == (1, 1, wanted)
    assert cm.interpolate((1, 1, 100), scale_factor=Fraction(29, 100), mode="linear").output_shape() == (1, 1, 29)


def test_modes_that_are_index_sums_have_everything():
    x = np.arange(2 * 10).reshape(1, 2, 10)
    area = cm.interpolate(x.shape, 4, mode="area")
    assert (area(x) == cm.adaptive_avg_pool1d(4)(x)).all()
    assert area.receptive_field() == cm.adaptive_avg_pool1d(4).receptive_field(L=10)
    near = cm.interpolate(x.shape, 4)
    assert near(x).tolist() == x[:, :, [i * 10 // 4 for i in range(4)]].tolist()
    double = cm.interpolate(x.shape, scale_factor=2.0)
    assert double(x).tolist() == x.repeat(2, axis=2).tolist()
    for made in (area, near, double):
        proof = made.derive("output_shape")
        cm.Derivation.from_json(proof.render("json")).check()
        with pytest.raises(cm.ShapeError):
            made.output_shape((1, 2, 11))


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: cm.softmax((2, 3), 2), "Dimension out of range (expected to be in range of [-2, 1], but got 2)"),
        (lambda: cm.softmax((2, 3), True), "Dimension out of range"),
        (lambda: cm.group_norm(4, 7), "group_norm: num_channels (7) must be divisible by num_groups (4)"),
        (lambda: cm.group_norm(0, 7), "group_norm: groups (g) is 0"),
        (lambda: cm.group_norm("g", "C").output_shape((1, 7, 2, 2), g=2), "must be a multiple of it"),
        (lambda: cm.group_norm(1, 1, rank=4), "group_norm: rank is 4; it is the number of spatial axes, 1, 2 or 3"),
        (lambda: cm.layer_norm(()), "layer_norm: normalized_shape is (); expected at least one axis"),
        (lambda: cm.layer_norm((3, 4)).output_shape((2, 3, 5)), "but the operator has 4 there"),
        (lambda: cm.batch_norm2d(3).output_shape((1, 4, 5, 5)), "axis 1 (channels) has size 4, but the operator has 3"),
        (lambda: cm.batch_norm1d(3, affine=1), "batch_norm1d: affine is 1; it must be True or False"),
        (lambda: cm.grid_sample((2, 3, 8, 8), (2, 5, 6, 3)), "expected input (N, C, H, W) and grid"),
        (lambda: cm.grid_sample((2, 3, 8, 8), (1, 5, 6, 2)), "expected grid and input to have same batch size"),
        (lambda: cm.interpolate((1, 1, 4)), "either size or scale_factor should be defined"),
        (lambda: cm.interpolate((1, 1, 4), 3, 2), "only one of size or scale_factor should be defined"),
        (lambda: cm.interpolate((1, 1, 4), 3, mode="cubic"), "mode is 'cubic'; it must be one of nearest"),
        (lambda: cm.interpolate((1, 1, 4, 4), 3, mode="linear"), "Got 4D input, but linear mode needs 3D input"),
        (lambda: cm.interpolate((1, 1, 4), 3, align_corners=True), "align_corners option can only be set with"),
        (lambda: cm.interpolate((1, 1, 4), 3, antialias=2), "antialias is 2; it must be True or False"),
        (lambda: cm.interpolate((1, 1, 4), scale_factor=-1), "scale_factor is -1; it must be a number > 0"),
        (lambda: cm.interpolate((1, 1, 5, 4), scale_factor=(0.5, 0.1)), "Input and output sizes should be greater than "
         "0, but got input (5, 4) and output (2, 0)"),
        (lambda: cm.interpolate((1, 1, 5), scale_factor=Fraction(1, 9)), "Use L ≥ 9"),
        (lambda: cm.interpolate("N,C,L", scale_factor=0.3), "Give L as a number, or scale_factor as a Fraction"),
        (lambda: cm.max_unpool1d(1, 1, 4).output_shape((1, 1, 3)), "the output would have"),
    ],
)  # fmt: skip
def test_refusals_say_why(ask, words):
    with pytest.raises(cm.ConvmathError, match=re.escape(words)):
        ask()
