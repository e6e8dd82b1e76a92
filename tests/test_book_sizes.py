"""The chapter on sizes: what must come out, in letters and in numbers, and counterexamples without a hypothesis."""

import re
from itertools import product

import pytest
from oracles.box import windows, writers

import convmath as cm
from convmath.derive.extent import extents
from convmath.language.tree import Int
from convmath.render import FORMATS

PAPER = "Dumoulin & Visin (2016), arXiv:1603.07285"
WANTED = {
    "unpadded-conv-loses-k-minus-1-places": (1, "H' = H − k + 1", (2,)),
    "padding-adds-2p-outputs": (2, "H' = H + 2·p − k + 1", (6,)),
    "same-padding-exists-iff-the-span-is-odd": (3, "2·p + 1 = R_H", (5, 3)),
    "full-padding-adds-k-minus-1-outputs": (4, "H' = H + k − 1", (7,)),
    "stride-keeps-one-window-in-s": (5, "H' = ⌊(H − k) / s⌋ + 1", (2,)),
    "conv-size-is-one-floor": (6, "H' = ⌊(H + 2·p − k) / s⌋ + 1", (3,)),
    "pooling-has-the-size-of-an-unpadded-conv": (7, "H' = ⌊(H − k) / s⌋ + 1", (3,)),
    "transposed-conv-adds-k-minus-1": (8, "H' = H + k − 1", (4,)),
    "padding-crops-the-transpose": (9, "H' = H + k − 2·p − 1", (5,)),
    "transpose-of-half-padding-keeps-the-size": (10, "H' = H", (5,)),
    "full-padding-transposed-loses-k-minus-1": (11, "H' = H − k + 1", (5,)),
    "transpose-of-a-stride-spreads-its-input": (12, "H' = s·(H − 1) + k", (3, 5)),
    "padding-crops-the-strided-transpose": (13, "H' = s·(H − 1) + k − 2·p", (5, 5)),
    "output-padding-adds-places-at-the-end": (14, "H' = s·(H − 1) + k − 2·p + a", (5, 6)),
    "dilation-widens-the-window": (15, "H' = ⌊(H + 2·p − R_H) / s⌋ + 1", (5, 3)),
    "conv-maps-s-consecutive-sizes-to-one": (0, "E ≤ L ≤ E + s − 1", (3, 5)),
    "output-padding-is-the-remainder": (
        14, "s·⌊(L + q + p − d·(k − 1) − 1) / s⌋ + a = p + q + L − d·(k − 1) − 1", (3, 6),
    ),
    "transposed-conv-multiplies-the-size-by-s-iff": (0, "d·(k − 1) + a − p − q + 1 = s", (28,)),
    "ceil-mode-is-the-smaller-of-two-bounds": (
        0, "H' = min(⌊(H + 2·p + s − k − 1) / s⌋ + 1, ⌊(H + p − 1) / s⌋ + 1)", (2,),
    ),
    "ceil-formula-holds-if-p-plus-s-is-at-most-k": (0, "H' = ⌈(H + 2·p − k) / s⌉ + 1", (3,)),
    "two-layers-have-the-sizes-of-one": (
        0, "H' = ⌊(H + q_1 + p_1 + s_1·q_2 + s_1·p_2 − R_H) / (s_1·s_2)⌋ + 1", (112, 11, 56),
    ),
}  # fmt: skip
"""(number of the relationship, last line, results in the theorem's example); the numbers are the paper's figures."""
DROPPED = [(slug, drop) for slug in WANTED for drop in cm.theorems()[slug].without]
SMALLEST = {
    ("unpadded-conv-loses-k-minus-1-places", "k ≤ H"): "X = [1], a window of k = 3 places. No window fits",
    ("padding-crops-the-transpose", "p ≤ k − 1"): "X = [1, 1, 1], w = [1], p = 1.",
    (
        "output-padding-is-the-remainder",
        "a = (L + p + q − d·(k − 1) − 1) mod s",
    ): "X = [1, 1], k = 1, s = 2, no padding. The convolution has 1 output, its transpose with a = 0 has 1, and not 2",
    ("ceil-formula-holds-if-p-plus-s-is-at-most-k", "p + s ≤ k"): "X = [1, 2], k = 1, s = 2, p = 0. The formula "
    "gives 2 outputs, but the last window would start at place 2, past the end of X: there is 1.",
    ("padding-crops-the-transpose", "2·p ≤ H + k − 2"): "X = [1], w = [1, 1, 1], p = 2. The places 0 … 2 are written, "
    "and all of them cropped",
    ("conv-maps-s-consecutive-sizes-to-one", "E ≥ 1"): "k = 1, s = 1, p = 0, q = 1, m = 1: E = 0.",
    ("ceil-mode-is-the-smaller-of-two-bounds", "k ≤ H + 2·p + s − 1"): "X = [1], k = 3, s = 1, p = 0. No window fits",
}


def value(slug, name="H'", **numbers):
    """A result of the general proof with numbers put in."""
    proof = cm.prove(slug)
    line = next(line for line in proof.lines if line.name == name)
    return line.value({letter: Int(number) for letter, number in numbers.items()}).value


@pytest.mark.parametrize("slug", WANTED)
def test_what_comes_out(slug):
    number, last, results = WANTED[slug]
    theorem = cm.theorems()[slug]
    proof = theorem.prove()
    assert str(proof.steps[-1].after) == last
    assert all(f"{line.name} = {line.derived}" in theorem.statement for line in proof.lines)
    assert theorem.prove(**theorem.example).result == results
    assert not number or f"{PAPER}, relationship {number}" in theorem.sources[0]
    assert {step.evidence.verdict for step in proof.steps} == {"proved", "by definition"}


@pytest.mark.parametrize("slug", WANTED)
def test_a_proof_replays_is_saved_and_is_shown(slug):
    theorem = cm.theorems()[slug]
    for proof in (theorem.prove(), theorem.prove(**theorem.example)):
        proof.check()
        cm.Derivation.from_json(proof.render("json")).check()
    assert all(theorem.prove().render(format_) for format_ in FORMATS)


def test_every_relationship_of_the_paper_is_there():
    cited = [source for slug in WANTED for source in cm.theorems()[slug].sources if source.startswith(PAPER)]
    numbers = [int(found[1]) for source in cited if (found := re.search(r"relationship (\d+)", source))]
    assert sorted(set(numbers)) == list(range(1, 16))


@pytest.mark.parametrize(("slug", "drop"), DROPPED)
def test_a_dropped_hypothesis_has_a_smallest_counterexample(slug, drop):
    found = cm.refute(slug, drop)
    assert found.found
    assert SMALLEST.get((slug, drop), "") in found.counterexample


@pytest.mark.parametrize(
    ("slug", "numbers", "needed"),
    [
        ("unpadded-conv-loses-k-minus-1-places", {"H": 2, "k": 3}, "k ≤ H"),
        ("padding-crops-the-transpose", {"H": 4, "k": 2, "p": 2}, "0 ≤ k − 1 − p"),
        ("ceil-formula-holds-if-p-plus-s-is-at-most-k", {"H": 2, "k": 1, "s": 2, "p": 0}, "p + s ≤"),
    ],
)
def test_numbers_outside_the_hypotheses_are_refused(slug, numbers, needed):
    with pytest.raises(cm.ProofError, match=re.escape(needed)):
        cm.prove(slug, **numbers)


def test_one_layer_against_counting():
    for length, k, s, p, d in product(range(1, 8), range(1, 5), (1, 2, 3), (0, 1, 2), (1, 2)):
        counted = len(windows(length, k, s, p, d))
        if counted:
            slug = "dilation-widens-the-window"
            assert value(slug, H=length, k=k, s=s, p=p, d=d) == counted
            kept = counted == length
            span = value(slug, "R_H", k=k, d=d)
            assert s > 1 or kept == (span == 2 * p + 1)


def test_exactly_s_sizes_are_mapped_to_one_and_the_remainder_picks_one():
    for k, s, p, d in product(range(1, 5), (1, 2, 3), (0, 1), (1, 2)):
        sizes = {length: len(windows(length, k, s, p, d)) for length in range(1, 24)}
        for m in (3, 4):
            first = value("conv-maps-s-consecutive-sizes-to-one", "E", m=m, k=k, s=s, p=p, q=p, d=d)
            if first >= 1:
                assert [length for length in sizes if sizes[length] == m] == list(range(first, first + s))
            for a in range(s):
                assert len(writers(m, k, s, p, d, a)) == max(0, first + a)


def test_ceil_mode_is_that_of_the_pooling_operators():
    pool = cm.max_pool1d("k", "s", "p", ceil_mode=True)
    size = str(extents(pool.general.substitute({"d": Int(1)}))[2]).replace("L", "H")
    assert size == str(cm.prove("ceil-mode-is-the-smaller-of-two-bounds").lines[0].derived)
    for length, k, s, p in product(range(1, 8), range(1, 5), range(1, 5), (0, 1, 2)):
        counted = len(windows(length, k, s, p, 1, True)) if 2 * p <= k else 0
        if counted:
            assert value("ceil-mode-is-the-smaller-of-two-bounds", H=length, k=k, s=s, p=p) == counted
            if p + s <= k:
                slug = "ceil-formula-holds-if-p-plus-s-is-at-most-k"
                assert value(slug, H=length, k=k, s=s, p=p) == counted


def test_two_layers_against_counting():
    proof = cm.prove("two-layers-have-the-sizes-of-one")
    size = next(line for line in proof.lines if line.name == "H'")
    letters = ("H", "k_1", "s_1", "p_1", "d_1", "k_2", "s_2", "p_2", "d_2")
    seen = 0
    for box in product((4, 7), (1, 2, 3), (1, 2, 3), (0, 1), (1, 2), (1, 3), (1, 2), (0, 1), (1, 2)):
        here = dict(zip(letters, box, strict=True))
        first = len(windows(box[0], *box[1:5]))
        second = len(windows(first, *box[5:])) if first else 0
        if second:
            seen += 1
            numbers = {name: Int(n) for name, n in {**here, "q_1": here["p_1"], "q_2": here["p_2"]}.items()}
            assert size.value(numbers).value == second
    assert seen > 300
