"""The public names, and the lines of the face as they are promised."""

import re
from pathlib import Path

import numpy as np

import convmath as cm

FACE = {
    "conv1d", "conv2d", "conv3d",
    "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
    "max_pool1d", "max_pool2d", "max_pool3d",
    "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d",
    "adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d",
    "global_avg_pool1d", "global_avg_pool2d", "global_avg_pool3d",
    "global_max_pool1d", "global_max_pool2d", "global_max_pool3d",
    "matmul", "bilinear", "add", "sub", "mul",
    "pad", "flatten", "unflatten", "reshape", "permute", "transpose", "squeeze", "unsqueeze", "expand",
    "cat", "stack", "split", "narrow", "slice", "flip", "fold", "unfold",
    "pixel_shuffle", "pixel_unshuffle", "depth_to_space", "space_to_depth", "channel_shuffle",
    "upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d",
    "upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d",
    "lp_pool1d", "lp_pool2d", "lp_pool3d",
    "relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh", "softplus",
    "hardswish", "hardsigmoid", "hardtanh", "dropout", "identity",
    "softmax", "log_softmax", "max_unpool1d", "max_unpool2d", "max_unpool3d", "grid_sample", "interpolate",
    "batch_norm1d", "batch_norm2d", "batch_norm3d", "layer_norm", "group_norm",
    "instance_norm1d", "instance_norm2d", "instance_norm3d",
    "linear", "define", "symbols",
    "receptive_positions", "Positions",
    "prove", "theorems", "refute", "claims", "winograd",
    "Operator", "Derivation",
    "ConvmathError", "DefinitionError", "ShapeError", "ProofError", "ParseError", "UnsupportedError",
    "RejectedError", "frameworks", "compare", "translate",
    "Network", "network", "sequential", "layer", "read_onnx", "read_torch", "read_yaml", "catalogue",
    "assert_shapes", "explain", "read_model", "verify",
}  # fmt: skip
FORMATS = ("text", "latex", "markdown", "html", "json")


def test_the_public_names_are_these():
    assert set(cm.__all__) - {"__version__"} == FACE
    assert len(cm.__all__) == len(set(cm.__all__))
    rooms = {
        "book",
        "cli",
        "conventions",
        "derive",
        "errors",
        "evaluate",
        "fences",
        "language",
        "network",
        "operators",
        "proof",
        "readers",
        "render",
        "site",
    }
    assert {name for name in dir(cm) if not name.startswith("_")} - rooms <= FACE | rooms | {"annotations"}
    assert all(hasattr(cm, name) for name in cm.__all__)


def test_type_checkers_see_the_same_names():
    stub = (Path(cm.__file__).parent / "__init__.pyi").read_text("utf-8")
    assert {name.partition(" as ")[2] for name in re.findall(r"import (\w+ as \w+)", stub)} == set(cm.__all__)


def test_a_ready_operator_answers_in_plain_ints():
    conv = cm.conv2d(192, 192, 1)
    assert conv.output_shape((1, 192, 28, 28)) == (1, 192, 28, 28)
    assert conv.parameters() == 37056
    assert conv.macs((1, 192, 28, 28)) == 28901376
    assert str(conv.definition) == "Y[n,o,i,j] = b[o] + Σ_{c<192, u<1, v<1} W[o,c,u,v]·X[n, c, i + u, j + v]"
    assert isinstance(conv, cm.Operator)


def test_an_operator_runs_from_its_definition():
    conv = cm.conv2d(3, 2, 1)
    x = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    weight, bias = np.array([[1, 2, 3], [4, 5, 6]]).reshape(2, 3, 1, 1), np.array([7, 8])
    wanted = np.einsum("oc,ncij->noij", weight[:, :, 0, 0], x) + bias.reshape(1, 2, 1, 1)
    found = conv(x, weight, bias)
    assert found.dtype == x.dtype
    assert (found == wanted).all()
    single = conv(x.astype(np.float32), weight.astype(np.float32), bias.astype(np.float32))
    assert single.dtype == np.float32


def test_letters_answer_in_textbook_order():
    N, C, O, H, W, k, s, p, d = cm.symbols("N C O H W k s p d")
    shape = cm.conv2d(C, O, k, stride=s, padding=p, dilation=d).output_shape((N, C, H, W))
    assert str(shape) == "(N, O, floor((H + 2*p - d*(k - 1) - 1)/s) + 1, floor((W + 2*p - d*(k - 1) - 1)/s) + 1)"


def test_a_derivation_shows_checks_and_saves_itself():
    conv = cm.conv2d(192, 192, 1)
    for quantity in ("output_shape", "parameters", "macs", "receptive_field"):
        proof = conv.derive(quantity, (1, 192, 28, 28))
        assert isinstance(proof, cm.Derivation)
        assert proof.result == {
            "output_shape": (1, 192, 28, 28), "parameters": 37056, "macs": 28901376, "receptive_field": (1, 1),
        }[quantity]  # fmt: skip
        assert "C ≥ 1" in map(str, proof.assumptions)
        for step in proof.steps:
            assert str(step.before)
            assert str(step.after)
            assert step.rule
            assert step.reason
            assert step.evidence.verdict in ("proved", "tried", "by definition")
        proof.check()
        rendered = {name: proof.render(name) for name in FORMATS}
        assert all(rendered.values())
        assert "<math" in rendered["html"]
        again = cm.Derivation.from_json(rendered["json"])
        again.check()
        assert again.result == proof.result
        assert again.render("text") == rendered["text"]
        assert proof._repr_html_() == rendered["html"]


def test_any_index_sum_can_be_defined():
    op = cm.define(
        "Y[n,o,i] = W[o,c,u] * X[n,c,s*i+d*u-p] + b[o]",
        shapes={"X": "N,C,L", "W": "O,C,k", "b": "O"},
        padding={"X": "0,0,p"},
    )
    assert str(op.output_shape()) == "(N, O, floor((L + 2*p - d*(k - 1) - 1)/s) + 1)"
    assert str(op.parameters()) == "C*O*k + O"
    assert str(op.macs()) == "C*N*O*k*(floor((L + 2*p - d*(k - 1) - 1)/s) + 1)"
    assert op.macs(N=2, L=11, C=3, O=4, k=3, s=2, d=1, p=1) == 2 * 4 * 6 * 3 * 3
    x, w, b = np.arange(2 * 3 * 11).reshape(2, 3, 11), np.arange(4 * 3 * 3).reshape(4, 3, 3), np.arange(4)
    found = op(W=w, X=x, b=b, s=2, d=1, p=1)
    assert found.shape == (2, 4, 6)
    assert (found == op(x, w, b, s=2, d=1, p=1)).all()
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    wanted = sum(np.einsum("oc,nci->noi", w[:, :, u], padded[:, :, u : u + 11 : 2]) for u in range(3)) + b[:, None]
    assert (found == wanted).all()


def test_theorems_are_listed_and_proved():
    assert "pointwise-conv-is-per-pixel-linear" in str(cm.theorems())
    proof = cm.prove("pointwise-conv-is-per-pixel-linear")
    proof.check()
    assert proof.render("text")
