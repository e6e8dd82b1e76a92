"""A hypothesis dropped: a counterexample that a person can check, or what was looked through."""

import pytest
from click.testing import CliRunner

import convmath as cm
from convmath.book.entries import BOOK, Search
from convmath.cli import main

SLUG = "pointwise-conv-is-per-pixel-linear"
DROPPED = [(slug, drop) for slug, theorem in cm.theorems().items() for drop in theorem.without]


@pytest.mark.parametrize(("slug", "drop"), DROPPED)
def test_what_is_dropped_is_a_hypothesis_of_the_theorem(slug, drop):
    assert drop in cm.theorems()[slug].hypotheses
    found = cm.refute(slug, drop)
    assert (found.slug, found.dropped) == (slug, drop)
    assert found.found == bool(found.counterexample)
    assert drop in str(found)


@pytest.mark.parametrize("slug", cm.theorems())
def test_every_hypothesis_is_needed(slug):
    """Each is dropped in a search, and each search finds something: no hypothesis stands for nothing."""
    theorem = cm.theorems()[slug]
    assert set(theorem.without) == set(theorem.hypotheses)
    assert all(cm.refute(slug, drop).found for drop in theorem.without)


def test_a_3x3_is_no_map_of_the_pixel_under_it():
    found = cm.refute(SLUG, "k = 1")
    assert "X of 3×3" in found.counterexample
    assert "Change X[0,0,0,1] from 0 to 1 and Y[0,0,0,0] changes" in found.counterexample
    assert cm.conv2d(1, 1, 3, bias=False)([[[[0, 1, 0], [0] * 3, [0] * 3]]], [[[[0, 1, 0], [0] * 3, [0] * 3]]]) == 1


@pytest.mark.parametrize("drop", ["p2=0", "p2 = 0", "p_2 = 0", "p₂ = 0"])
def test_a_number_at_a_letter_is_typed_as_one_likes(drop):
    assert cm.refute("conv-after-conv-is-one-conv", drop).dropped == "p_2 = 0"


@pytest.mark.parametrize("drop", ["k=1", " k = 1 ", "k = 1"])
def test_a_hypothesis_is_named_however_it_is_typed(drop):
    assert cm.refute(SLUG, drop).dropped == "k = 1"


def test_nothing_found_says_where_it_was_looked():
    entry = cm.theorems()[SLUG]
    without = {"k = 1": Search("one case", lambda: None)}
    BOOK["nothing"] = type(entry)(
        "nothing", entry.title, "", entry.chapter, ("k = 1", "p = 0"), (), (), entry.proof, without=without
    )
    try:
        assert (
            str(cm.refute("nothing", "k = 1")) == "Without k = 1, no counterexample to nothing was found in one case."
        )
        with pytest.raises(cm.UnsupportedError, match="no search is known for what happens without p = 0"):
            cm.refute("nothing", "p = 0")
    finally:
        del BOOK["nothing"]


def test_a_hypothesis_that_is_none_is_refused():
    with pytest.raises(cm.ParseError, match="has no hypothesis 's = 1': it has k = 1, p = 0"):
        cm.refute(SLUG, "s = 1")
    with pytest.raises(cm.ParseError, match="there is no theorem"):
        cm.refute("nonsense", "s = 1")


def test_the_command_line_refutes():
    done = CliRunner().invoke(main, ["refute", SLUG, "--without", "p = 0"])
    assert done.exit_code == 0
    assert done.output.startswith(f"Without p = 0, {SLUG} is false.\nCounterexample")
