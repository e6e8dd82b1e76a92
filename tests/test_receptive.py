"""The chapter on receptive fields: what must come out, in letters and in numbers, and what is read off."""

from itertools import pairwise, product
from math import prod

import pytest

import convmath as cm
from convmath.errors import ParseError, ProofError
from convmath.language.parse import parse_size
from convmath.language.polynomial import equal
from convmath.language.tree import Int, Relation, Sym
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.step import take

STACK = "receptive-field-is-a-sum-over-layers"
RESULTS = {
    "window-of-output-i-begins-at-s-i-minus-p": (
        {"R": "d*(k-1) + 1", "S": "s", "P": "p", "C": "S*i - P + (R - 1)/2"},
        (7, 2, 3, "2*i"),
    ),
    "two-windows-are-one-window": (
        {
            "R_1": "d_1*(k_1-1) + 1",
            "R_2": "d_2*(k_2-1) + 1",
            "R": "R_1 + s_1*(R_2 - 1)",
            "S": "s_1*s_2",
            "P": "p_1 + s_1*p_2",
            "C": "S*i - P + (R - 1)/2",
        },
        (7, 3, 11, 4, 5, "4*i"),
    ),
    STACK: (
        {
            "R": "1 + d_1*(k_1-1) + s_1*d_2*(k_2-1) + s_1*s_2*d_3*(k_3-1)",
            "S": "s_1*s_2*s_3",
            "P": "p_1 + s_1*p_2 + s_1*s_2*p_3",
            "C": "S*i - P + (R - 1)/2",
        },
        (212, 32, 90, "32*i + 31/2"),
    ),
    "equal-layers-widen-the-window-linearly": ({"G": "d*(k-1)", "R": "n*d*(k-1) + 1", "P": "n*p"}, (2, 7, 3)),
    "half-padding-centres-every-window": (
        {"R": "1 + d_1*(k_1-1) + s_1*d_2*(k_2-1)", "E": "(R - 1)/2", "C": "s_1*s_2*i"},
        (11, 5, "4*i"),
    ),
    "paths-align-iff-strides-and-offsets-agree": (
        {f"{name}_{n}": f"{text}_{n}" for n in (1, 2) for name, text in {"S": "s", "P": "p"}.items()},
        (3, 2, 1, 1, 2, 0, "4*i", "4*i"),
    ),
    "stacked-dilations-leave-holes": (
        {"R": "d*(k_1 + k_2 - 2) + 1", "T": "k_1 + k_2 - 1", "E": "(d - 1)*(T - 1)"},
        (9, 5, 4),
    ),
    "two-layers-leave-a-hole-iff-s1-d2-exceeds-k1": (
        {
            "R": "k_1 + s_1*d_2*(k_2-1)",
            "T": "k_1 + (k_2-1)*min(s_1*d_2, k_1)",
            "E": "(k_2-1)*max(0, s_1*d_2 - k_1)",
        },
        (10, 6, 4),
    ),
    "neighbouring-windows-overlap-iff-s-is-below-k": (
        {"A": "s*i - p", "B": "s*i - p + k - 1", "O": "max(0, k - s)"},
        ("2*i - 1", "2*i + 1", 1),
    ),
    "window-in-the-padding-reads-s-i-minus-p-fewer-places": (
        {"R": "k", "T": "k + s*i - p", "E": "p - s*i"},
        (7, 6, 1),
    ),
    "place-of-a-transpose-reads-a-run-of-inputs": (
        {"A": "ceil((t + p - k + 1)/s)", "B": "floor((t + p)/s)", "R": "floor((t+p)/s) - ceil((t+p-k+1)/s) + 1"},
        (1, 2, 2),
    ),
}
"""The chapter: the results of each theorem in letters, and those of its example."""
LAST = {
    "paths-align-iff-strides-and-offsets-agree": "S_1 = S_2,  (R_1 − 1) / 2 − P_1 = (R_2 − 1) / 2 − P_2",
    "two-layers-leave-a-hole-iff-s1-d2-exceeds-k1": "k_1 < s_1·d_2",
    "neighbouring-windows-overlap-iff-s-is-below-k": "s < k",
}
"""What the last chain comes to, where it is no result."""


def test_the_chapter_is_whole():
    assert [s for s, entry in cm.theorems().items() if entry.chapter == "Receptive fields"] == [*RESULTS]


@pytest.mark.parametrize("slug", RESULTS)
def test_what_comes_out_in_letters(slug):
    proof = cm.prove(slug)
    found = {line.name: line.derived for line in proof.lines}
    for name, text in RESULTS[slug][0].items():
        assert equal(found[name], parse_size(text)), f"{name} = {found[name]}"
    assert str(proof.steps[-1].after) == LAST.get(slug, str(proof.steps[-1].after))
    assert {step.evidence.verdict for step in proof.steps} == {"proved", "by definition"}


@pytest.mark.parametrize("slug", RESULTS)
def test_what_comes_out_in_numbers(slug):
    theorem = cm.theorems()[slug]
    found = theorem.prove(**theorem.example).result
    assert tuple(map(str, found)) == tuple(map(str, RESULTS[slug][1]))


@pytest.mark.parametrize("slug", RESULTS)
def test_it_replays_with_numbers(slug):
    theorem = cm.theorems()[slug]
    cm.Derivation.from_json(theorem.prove(**theorem.example).render("json")).check()


@pytest.mark.parametrize(("slug", "drop"), [(s, drop) for s in RESULTS for drop in cm.theorems()[s].hypotheses])
def test_every_hypothesis_is_needed(slug, drop):
    assert cm.refute(slug, drop).counterexample.startswith("Counterexample (the smallest found)")


def seen(layers, output):
    """The places that one output of the last layer (k, s, d, p) reads, tap by tap."""
    found = {output}
    for k, s, d, p in reversed(layers):
        found = {s * place + d * tap - p for place in found for tap in range(k)}
    return found


VGG_16 = [(3, 1, 1, 1)] * 2 + [(2, 2, 1, 0)] + [(3, 1, 1, 1)] * 2 + [(2, 2, 1, 0)]
VGG_16 += ([(3, 1, 1, 1)] * 3 + [(2, 2, 1, 0)]) * 3
STEM = [(7, 2, 1, 3), (3, 2, 1, 1)]


@pytest.mark.parametrize("layers", [STEM, VGG_16[:6], [(3, 2, 1, 1)] * 8, [(3, 1, 2, 2), (2, 3, 1, 0), (4, 1, 3, 1)]])
def test_a_stack_of_any_depth(layers):
    """Against the sums, and against the places that two outputs read."""
    numbers = {
        f"{name}_{n}": size for n, layer in enumerate(layers, 1) for name, size in zip("ksdp", layer, strict=True)
    }
    span, stride, padding, _ = cm.prove(STACK, layers=len(layers), **numbers).result
    before = [prod(s for _, s, _, _ in layers[:n]) for n in range(len(layers))]
    assert span == 1 + sum(d * (k - 1) * step for (k, _, d, _), step in zip(layers, before, strict=True))
    assert stride == prod(s for _, s, _, _ in layers)
    assert padding == sum(p * step for (*_, p), step in zip(layers, before, strict=True))
    first, second = seen(layers, 0), seen(layers, 1)
    assert (span, stride, padding) == (max(first) - min(first) + 1, min(second) - min(first), -min(first))


def test_the_blocks_of_vgg_16_are_its_layers():
    """Published: 212, 32 and 90. The layers in blocks: equal layers, then two windows at a time."""
    blocks = []
    for convs in (2, 2, 3, 3, 3):
        _, span, padding = cm.prove("equal-layers-widen-the-window-linearly", n=convs, k=3, d=1, p=1).result
        pool = dict(zip(("k_2", "s_2", "d_2", "p_2"), (2, 2, 1, 0), strict=True))
        both = {"k_1": span, "s_1": 1, "d_1": 1, "p_1": padding, **pool}
        _, _, span, stride, padding, _ = cm.prove("two-windows-are-one-window", **both).result
        blocks.append((span, stride, 1, padding))
    example = cm.theorems()[STACK].example
    assert blocks == [tuple(example[f"{name}_{n}"] for name in "ksdp") for n in range(1, 6)]
    first, second = seen(VGG_16, 0), seen(VGG_16, 1)
    assert (max(first) - min(first) + 1, min(second) - min(first), -min(first)) == (212, 32, 90)


def test_a_residual_block_without_padding_looks_elsewhere():
    slug = "paths-align-iff-strides-and-offsets-agree"
    bare = cm.theorems()[slug].prove(**cm.theorems()[slug].example | {"p_1": 0}).result
    assert [str(twice) for twice in bare[-2:]] == ["4*i + 2", "4*i"]


def test_layers_that_are_not_there_are_refused():
    for numbers in ({"layers": 1}, {"layers": 9}, {"layers": 2, "k_3": 3}, {"k_4": 3}):
        with pytest.raises(ParseError, match=r"layers"):
            cm.prove(STACK, **numbers)


def test_the_exact_places_are_what_the_operators_read():
    """Two 3-tap layers with d = 2, and two that leave gaps of one place: the engine's own sets."""
    dilated = [cm.conv1d(1, 1, 3, dilation=2)] * 2
    assert str(cm.receptive_positions(dilated, (1, 1, 9), (0,))[0]) == "0, 2, … 8"
    line = cm.prove("two-layers-leave-a-hole-iff-s1-d2-exceeds-k1").lines[1]
    for k, s, l, d in product((1, 2, 3), (1, 2), (2, 3), (1, 2)):
        layers, span = [cm.conv1d(1, 1, k, s), cm.conv1d(1, 1, l, dilation=d)], k + s * d * (l - 1)
        found = [int(place) for place in cm.receptive_positions(layers, (1, 1, span), (0,))[0]]
        assert any(b - a > 1 for a, b in pairwise(found)) == (k < s * d)
        numbers = {"k_1": Int(k), "s_1": Int(s), "k_2": Int(l), "d_2": Int(d)}
        assert line.value(numbers) == Int(len(found))


LOWER = cm.define("Z[i] = w[u]*X[s*i+u-p]", {"X": "L", "w": "k"}, {"X": "p"}).general
UPPER = cm.define("Y[i] = W[v]*Z[i+v-q]", {"Z": "M", "W": "m"}, {"Z": "q"}, "Z").general
MIXED = cm.define("Y[i] = W[u]*Z[i+u-q]", {"Z": "M", "W": "m"}, {"Z": "q"}, "Z").general
PLANE = cm.define("Y[i,j] = X[i,j]", {"X": "L,M"}).general
GIVEN = tuple(Relation(Sym(name), "≥", Int(1)) for name in "LMkms")
KNOWN = (
    ("A", parse_size("s*i - p")),
    ("B", parse_size("s*i + k - 1 - p")),
    ("R", Sym("k")),
    ("G", parse_size("k - 1")),
)
READ_OFF = [
    ("read an end", UPPER, {"array": "Z", "end": "first", "name": "F", "through": "A", "number": 1},
     "F = min_{v<m} (s·(i + v − q) − p)",
     ({"through": "D"}, {"number": 2}, {"array": "X"}, {"end": "middle"})),
    ("read the step", LOWER, {"first": "A", "name": "S"}, "S = s·(i + 1) − p − (s·i − p)", ({"first": "D"},)),
    ("read the start", LOWER, {"first": "A", "name": "P"}, "P = p", ({"first": "D"},)),
    ("read the touched places", LOWER, {"array": "X", "first": "A", "span": "R", "letter": "x", "name": "T"},
     "T = Σ_{x<R} min(1, Σ_{u<k : x = u} 1)", ({"first": "D"}, {"span": "D"}, {"array": "Z"}, {"number": 2})),
    ("read the shared places", LOWER, {"first": "A", "last": "B", "letter": "x"},
     "s + s·i − p + x ≤ s·i + k − 1 − p", ({"first": "D"}, {"last": "D"})),
    ("read a repetition", LOWER, {"step": "G", "times": "L", "name": "N", "start": Int(1), "number": 2},
     "N = Σ_{l<L} G + 1", ({"step": "A"}, {"step": "D"}, {"start": Sym("L")}, {"start": "1"})),
    ("ask at every output", LOWER, {"left": Sym("A"), "right": Sym("B"), "times": "L"},
     "s·i − p = s·i + k − 1 − p   for all i < L", ({"left": Sym("D")}, {"right": Sym("L")}, {"left": "A"})),
]  # fmt: skip
"""Rules that read off a definition and earlier results: (what is read, and changes that are refused)."""


@pytest.mark.parametrize("row", READ_OFF, ids=lambda row: row[0])
def test_what_is_read_off(row):
    rule, subject, arguments, wanted, refused = row
    ground = Ground((subject, LOWER, UPPER), GIVEN, KNOWN)
    step = take(formula(subject), rule, ground, **arguments)
    assert str(step.after) == wanted
    assert (step.evidence.verdict, step.evidence.points) == ("by definition", 0)
    for change in refused:
        with pytest.raises(ProofError):
            take(formula(subject), rule, ground, **{**arguments, **change})
    for other in (PLANE, cm.conv_transpose1d(1, 1, 2).general):
        with pytest.raises(ProofError, match="is not the definition"):
            take(formula(other), rule, ground, **arguments)
        with pytest.raises(ProofError, match="of one axis"):
            take(formula(other), rule, Ground((other, LOWER, UPPER), GIVEN, KNOWN), **arguments)
    with pytest.raises(ProofError, match="cannot be applied"):
        take(formula(subject), rule, ground)


def test_taps_with_the_same_letter_are_not_mixed():
    arguments = {"array": "Z", "number": 1, "first": "A", "span": "R", "letter": "x", "name": "T"}
    with pytest.raises(ProofError, match="same letter"):
        take(formula(MIXED), "read the touched places", Ground((MIXED, LOWER), GIVEN, KNOWN), **arguments)


def test_inputs_that_leave_gaps_are_not_called_a_run():
    """With a dilation, or with another number of taps, the inputs of a place need not follow one another."""
    dilated = cm.define("Y[t] = w[u]*X[i] where t = s*i+d*u", {"X": "L", "w": "k"}).general
    twice = cm.define("Y[t] = w[u,v]*X[i] where t = s*i+u+v", {"X": "L", "w": "k,k"}).general
    for definition in (dilated, twice):
        with pytest.raises(ProofError, match="next to one another"):
            take(
                formula(definition), "read an input end", Ground((definition,), GIVEN), array="X", end="last", name="B"
            )


def test_a_side_that_another_never_exceeds_is_left_out_however_often_paths_meet():
    from convmath.language.tree import Least
    from convmath.network.form import tree_of

    nodes, last = {}, "x"
    for at in range(12):
        nodes[f"pool{at}"] = (cm.max_pool2d(3, stride=2, padding=1), last)
        nodes[f"up{at}"] = (cm.layer("interpolate", scale_factor=2), f"pool{at}")
        nodes[f"sum{at}"] = (cm.layer("add"), f"up{at}", last)
        last = f"sum{at}"
    trace = cm.network({"x": "N,1,H,W"}, nodes).trace((1, 1, 64, 64))
    window = trace.rows[-1].windows[0]
    assert window.sizes == (25, 25)
    assert not isinstance(tree_of(window.first), Least)


def test_a_mean_that_leaves_out_the_padding_reads_its_window_and_no_more():
    pools = [cm.avg_pool2d(3, 1, 1, count_include_pad=False), cm.avg_pool2d(3, 2, 1, count_include_pad=False)]
    net = cm.sequential(*pools, cm.avg_pool2d(2, 2, ceil_mode=True))
    for given in ((1, 3, 35, 35), "1,3,H,W"):
        found = [row.windows[0] for row in net.trace(given).rows]
        assert [(w.size, w.stride, w.padding) for w in found] == [(3, 1, 1), (5, 2, 2), (7, 4, 2)]
