"""The derivation of a stack's size as one floor: the steps hold, replay, and end in what the trace says."""

import json

import pytest

import convmath as cm
from convmath.network.closed import derive_size
from convmath.network.layer import layer
from convmath.network.sequence import sequential

STEM = (cm.conv2d(3, 64, 7, stride=2, padding=3), cm.max_pool2d(3, 2, padding=1), cm.conv2d(64, 64, 3, stride=2))


def test_three_layers_are_one_floor():
    found = derive_size(STEM, 2, "stem")
    assert str(found.chains[-1].conclusion) == "H_3 = ⌊(H − 9) / 8⌋ + 1"
    assert [str(r) for r in found.assumptions] == ["H ≥ 9"]
    assert {step.evidence.verdict for step in found.steps} == {"proved", "by definition"}
    found.check()
    net = sequential(*STEM)
    for h in range(9, 60):
        assert net.trace((1, 3, h, 50)).output[2] == (h - 9) // 8 + 1
    with pytest.raises(cm.ShapeError):
        net.trace((1, 3, 8, 50))


def test_it_replays_and_trusts_nothing():
    text = derive_size(STEM, 2, "stem").render("json")
    cm.Derivation.from_json(text).check()
    data = json.loads(text)
    data["claim"]["calls"][0]["arguments"]["stride"] = {"size": 3}
    with pytest.raises((cm.ProofError, cm.ParseError)):
        cm.Derivation.from_json(json.dumps(data)).check()


def test_letters_for_everything():
    layers = (cm.conv2d(3, 64, "k_1", stride="s_1", padding="p_1"), cm.max_pool2d("k_2", "s_2"))
    found = derive_size(layers, 2, "two")
    conclusion = found.chains[-1].conclusion.right
    assert str(conclusion).count("⌊") == 1
    assert "by definition" in {step.evidence.verdict for step in found.steps}
    found.check()


def test_along_a_network():
    net = sequential(*STEM, "relu", layer("adaptive_avg_pool2d", output_size=1), layer("flatten", start_dim=1))
    found = net.derive_size("W")
    assert str(found.chains[-1].conclusion) == "W_3 = ⌊(W − 9) / 8⌋ + 1"
    with pytest.raises(cm.ParseError, match="no size 'Q'"):
        net.derive_size("Q")
    with pytest.raises(cm.ParseError, match="no tensor"):
        net.derive_size("H", "nowhere")
