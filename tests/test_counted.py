"""Windows that become columns: how many fit is derived in the same derivation, and a saved one is checked for it."""

import json

import pytest

import convmath as cm
from convmath.errors import ConvmathError


def test_the_derivation_of_unfold_says_why_so_many_windows_fit():
    proof = cm.unfold(3).derive("output_shape", (1, 2, 5, 6))
    high, wide = proof.chains[:2]
    assert str(high.conclusion) == "P = ⌊(H + 2·p − d·(k − 1) − 1) / s⌋ + 1"
    assert [step.rule for step in high.steps][-3:] == ["divide", "integer", "count from 0"]
    assert str(wide.conclusion.left) == "Q"
    assert (wide.subject, wide.like) == (1, 0)
    assert proof.chains[-1].steps[-1].rule == "put in"
    assert proof.result == (1, 18, 12)
    assert "P" not in proof.values
    text = proof.render("text")
    assert "⌊(5 + 2·0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 3" in " ".join(text.split())
    assert "n_2 = P·Q = 3·4 = 12" in text
    given = text[text.index("Given") : text.index("Find")]
    assert "P" not in given
    assert "Q" not in given


def test_fold_counts_the_windows_of_its_picture():
    proof = cm.fold((5, 6), 3, stride=2, padding=1).derive("all", (1, 18, 9))
    assert [str(chain.conclusion.left) for chain in proof.chains[:2]] == ["P", "Q"]
    assert str(proof.definitions[1].output).startswith("Z[")
    assert proof.result[:4] == (1, 2, 5, 6)
    assert [line.label for line in proof.lines[:4]] == ["batch", "channels", "height", "width"]


MADE = [
    (lambda: cm.unfold("k", stride="s", padding="p"), ("N", "C", "H", "W")),
    (lambda: cm.unfold("P", dilation="Q"), ("N", "C", "P'", "W")),
    (lambda: cm.unfold(("k", "m"), padding=((1, 2), 0)), ("N", "C", "A", "B")),
    (lambda: cm.unfold((2, 3), stride=(1, 2)), (2, 3, 7, 9)),
    (lambda: cm.fold(("A", "B"), "k"), ()),
    (lambda: cm.fold(7, 2, stride=2, padding=1), (1, 4, 16)),
]


@pytest.mark.parametrize(("made", "shape"), MADE)
@pytest.mark.parametrize("quantity", ["output_shape", "all"])
def test_a_saved_derivation_is_made_again(made, shape, quantity):
    proof = made().derive(quantity, *([shape] if shape else []))
    again = cm.Derivation.from_json(proof.render("json"))
    again.check()
    assert again.result == proof.result
    for fmt in ("html", "latex", "markdown", "text"):
        assert proof.render(fmt)


@pytest.mark.parametrize("change", ["drop a chain", "drop the definition", "another subject"])
def test_a_changed_one_is_found(change):
    data = json.loads(cm.unfold(3).derive("output_shape", (1, 2, 5, 5)).render("json"))
    if change == "drop a chain":
        del data["chains"][0]
    elif change == "drop the definition":
        del data["definitions"][1]
    else:
        data["chains"][0]["subject"] = 0
    with pytest.raises(ConvmathError):
        cm.Derivation.from_json(json.dumps(data)).check()


NAMED = [
    (lambda: cm.pixel_shuffle("f"), "channels height width"),
    (lambda: cm.space_to_depth("f"), "channels height width"),
    (lambda: cm.cat(["N,C,H,W", "N,D,H,W"], 1), "channels height width"),
    (lambda: cm.unflatten("N,C*H*W", 1, "C,H,W"), "channels height width"),
    (lambda: cm.expand("N,C,1,1", "N,C,H,W"), "channels height width"),
    (lambda: cm.flatten("N,C,H,W", 1), "second axis"),
    (lambda: cm.conv1d("C", "O", "k").gradient("W"), "channels third axis"),
]


@pytest.mark.parametrize(("made", "labels"), NAMED)
def test_an_axis_is_called_what_a_person_calls_it(made, labels):
    found = [line.label for line in made().derive("output_shape").lines]
    assert " ".join(found[1:]) == labels
