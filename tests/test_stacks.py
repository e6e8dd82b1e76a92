"""Stacks, U-Nets and slid networks: what must come out, in letters and in numbers."""

from itertools import product

import pytest
from oracles.box import windows

import convmath as cm
from convmath.language.tree import Int

LAST = {
    "floors-of-layers-compose": "H' = ⌊(H + A_1 + s_1·A_2) / (s_1·s_2)⌋",
    "composing-layers-is-associative": "S_0 = s_1·s_2·s_3",
    "deep-stack-has-the-sizes-of-one": "H' = ⌊(H + P_0 + Q_0 − R_0) / S_0⌋ + 1",
    "layer-repeats-after-its-stride": "K = H' + m",
    "stack-repeats-after-the-product-of-its-strides": "K = H' + m",
    "resnet-stem-leaves-a-quarter-rounded-up": "H' = ⌈H/4⌉",
    "one-period-decides-where-the-u-net-fits": "16 ∣ H − 12",
    "original-u-net-pools-even-sizes-iff": "16 ∣ H − 12",
    "original-u-net-loses-184-places": "H' = H − 184",
    "u-net-fits-iff-two-to-its-depth-divides-the-size": "16 ∣ H",
}
"""The last line of each proof."""
ALEXNET = [(11, 4, 2), (3, 2, 0), (5, 1, 2), (3, 2, 0), (3, 1, 1), (3, 1, 1), (3, 1, 1), (3, 2, 0)]
"""k, s and p of its convolutions and poolings: ⌊(H − 31)/32⌋ outputs, and the smallest input 63."""


def letters(layers):
    """The numbers of a stack, by the letters of its layers."""
    named = enumerate(layers, 1)
    return {f"{x}_{n}": v for n, (k, s, p) in named for x, v in zip("kspqd", (k, s, p, p, 1), strict=True)}


@pytest.mark.parametrize("slug", LAST)
def test_the_last_line(slug):
    assert str(cm.prove(slug).steps[-1].after) == LAST[slug]


@pytest.mark.parametrize("slug", [*LAST, "smallest-input-of-a-stack", "sliding-is-cropping"])
def test_each_hypothesis_is_needed(slug):
    for hypothesis in cm.theorems()[slug].hypotheses:
        assert cm.refute(slug, hypothesis).found


def test_the_law_is_the_same_from_both_sides():
    found = [str(step.after) for step in cm.prove("composing-layers-is-associative").steps]
    assert found.count("A_0 = A_1 + s_1·A_2 + s_1·s_2·A_3") == 2
    assert found.count("S_0 = s_1·s_2·s_3") == 2


@pytest.mark.parametrize("depth", [2, 4])
def test_a_stack_of_some_depth(depth):
    proof = cm.prove("deep-stack-has-the-sizes-of-one", layers=depth)
    proof.check()
    cm.Derivation.from_json(proof.render("json")).check()
    values = {name: Int(value) for name, value in {"H": 224, **letters(ALEXNET[:depth])}.items()}
    size = 224
    for k, s, p in ALEXNET[:depth]:
        size = len(windows(size, k, s, p, 1))
    assert proof.lines[-1].value(values) == Int(size)


def test_eight_layers_are_those_of_alexnet():
    proof = cm.prove("deep-stack-has-the-sizes-of-one", layers=8)
    for size in (63, 224, 227):
        values = {name: Int(value) for name, value in {"H": size, **letters(ALEXNET)}.items()}
        found = {line.name: line.value(values) for line in proof.lines}
        assert found == {
            "S_0": Int(32), "P_0": Int(66), "Q_0": Int(66), "R_0": Int(195), "H'": Int((size - 31) // 32),
        }  # fmt: skip


@pytest.mark.parametrize("layers", [0, 1, 9])
def test_a_depth_that_is_none_is_refused(layers):
    with pytest.raises(cm.ParseError):
        cm.prove("deep-stack-has-the-sizes-of-one", layers=layers)


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_the_smallest_input(depth):
    layers = [(11, 4, 2), (3, 2, 0), (5, 1, 1), (3, 2, 0)][:depth]
    proof = cm.prove("smallest-input-of-a-stack", layers=depth)
    proof.check()
    least = proof.lines[-1].value({name: Int(value) for name, value in letters(layers).items()}).value
    for size in range(1, least + 3):
        found = size
        for k, s, p in layers:
            found = len(windows(found, k, s, p, 1)) if found else 0
        assert (found > 0) == (size >= least)


@pytest.mark.parametrize("depth", range(1, 7))
def test_a_u_net_of_some_depth(depth):
    proof = cm.prove("u-net-fits-iff-two-to-its-depth-divides-the-size", depth=depth)
    proof.check()
    assert str(proof.steps[-1].after) == f"{2**depth} ∣ H"


def test_the_original_u_net():
    found = cm.prove("original-u-net-loses-184-places", Q=35).result
    assert (found[0], found[-1]) == (572, 388)
    assert cm.prove("original-u-net-loses-184-places", Q=11).result[0] == 188
    with pytest.raises(cm.ProofError, match="Q ≥ 11 is needed"):
        cm.prove("original-u-net-loses-184-places", Q=10)


def test_sizes_repeat():
    for k, s, p in product((1, 3, 5), (1, 2, 3), (0, 1)):
        sizes = [len(windows(size, k, s, p, 1)) for size in range(k, k + 12)]
        assert all(later == size + 1 for size, later in zip(sizes, sizes[s:], strict=False))
