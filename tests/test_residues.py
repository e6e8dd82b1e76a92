"""Sizes by residue: held against plain integers, and against z3 where the numbers are letters."""

import pytest
import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import convmath as cm
from convmath.network.admissible import solved
from convmath.network.classes import Classes
from convmath.network.extent import Extent, letter
from convmath.network.form import Form, least
from convmath.network.graph import network
from convmath.network.layer import layer
from convmath.network.program import Requirement
from convmath.network.residues import LONGEST, alike, in_one_floor, piecewise
from convmath.network.table import as_data, write_trace
from convmath.network.wording import within

NUMBERS = st.integers(-6, 6)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("+"), NUMBERS),
        st.tuples(st.just("*"), st.integers(1, 4)),
        st.tuples(st.just("//"), st.integers(1, 4)),
        st.tuples(st.just("both"), st.integers(1, 4)),
        st.tuples(st.just("min"), st.integers(1, 4), NUMBERS),
    ),
    max_size=5,
)


def worked(size, steps, whole):
    start = size
    for step in steps:
        match step:
            case ("+", value):
                size = size + value
            case ("*", value):
                size = size * value
            case ("//", value):
                size = size // value
            case ("both", value):
                size = size + start // value
            case ("min", value, more):
                size = least([size, start // value + more]) if whole else min(size, start // value + more)
    return size


def value(size, number):
    return size if isinstance(size, int) else size.at({"H": number})


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_a_size_by_residue_is_the_size(steps):
    size = worked(letter("H"), steps, True)
    try:
        found = piecewise(size, "H")
    except cm.UnsupportedError:
        assume(False)
    for number in (*range(1, 200), 10**12 + 7):
        assert value(size, number) == worked(number, steps, False)
        assert found.at(number) == worked(number, steps, False)
    for piece in found.pieces:
        assert piece.residues
    with pytest.raises(cm.UnsupportedError, match="is no size"):
        found.at(0)


@given(STEPS)
@settings(deadline=None)
def test_the_period_is_the_shortest(steps):
    size = worked(letter("H"), [step for step in steps if step[0] != "min"], True)
    found = piecewise(size, "H")
    slope = found.pieces[0].slope
    for shorter in (p for p in range(1, found.period) if found.period % p == 0):
        steps_ = {value(size, at + shorter) - value(size, at) for at in range(1, found.period + 1)}
        assert steps_ != {slope * shorter}


def everywhere_equal(one, two):
    return all(value(one, n) == value(two, n) for n in range(-300, 900))


@given(STEPS, STEPS)
@settings(deadline=None)
def test_sizes_that_are_equal_everywhere_are_alike(one, two):
    left, right = worked(letter("H"), one, True), worked(letter("H"), two, True)
    if alike(left, right):
        assert everywhere_equal(left, right)


@given(STEPS, st.integers(2, 4))
@settings(deadline=None)
def test_written_differently_and_alike(steps, times):
    """⌊t·f/(t·m)⌋ is ⌊f/m⌋, and f + ⌊H/t⌋ − ⌊H/t⌋ is f."""
    size = worked(letter("H"), [step for step in steps if step[0] != "min"], True)
    for other in (
        (size * times) // times,
        (size * times * 3) // (times * 3),
        size + letter("H") // 7 - letter("H") // 7,
    ):
        assert alike(size, other)
    assert not alike(size, size + 1)


@given(STEPS)
@settings(deadline=None)
def test_one_floor_where_one_says_it(steps):
    size = worked(letter("H"), [step for step in steps if step[0] != "min"], True)
    if isinstance(size, Form) and (found := in_one_floor(size)) is not size:
        assert isinstance(found, Extent | int)
        assert all(value(found, n) == value(size, n) for n in range(-100, 300))


@given(
    st.integers(1, 3), st.integers(0, 8), st.integers(1, 8), st.integers(1, 3), st.integers(-4, 4), st.integers(1, 4)
)
def test_one_floor_is_found_again(slope, shift, period, times, rest, more):
    """A floor that is taken apart into a sum of floors: ⌊x/m⌋ = Σ_{i<k} ⌊(x + i·m)/(k·m)⌋."""
    wanted = Extent("H", slope, shift, period, times, rest)
    parts = [Extent("H", slope, shift + at * period, period * more, times, 0).tree for at in range(more)]
    form = Form(cm.language.tidy.total([*parts, cm.language.tree.Int(rest)]))
    found = in_one_floor(form)
    assert (found == wanted) == (period * more <= LONGEST)


def test_words():
    h = letter("H")
    assert str(piecewise((h // 2 * 3) // 2, "H")) == (
        "3·H / 4 for H ≡ 0 (mod 4); (3·H − 3) / 4 for H ≡ 1 (mod 4); "
        "(3·H − 2) / 4 for H ≡ 2 (mod 4); (3·H − 5) / 4 for H ≡ 3 (mod 4)"
    )
    assert str(piecewise(h // 2, "H")) == "H / 2 for H even; (H − 1) / 2 for H odd"
    assert str(piecewise(h * 2 + 1, "H")) == "2·H + 1"
    assert str(piecewise(least([h - 2, 10]), "H")) == "H − 2 for H ≤ 11; 10 for H ≥ 12"
    assert str(piecewise(h // 16, "H")).endswith("and 8 more")
    assert str(h // 2 + (h + 1) // 2) == "H"
    with pytest.raises(cm.UnsupportedError, match="too late"):
        piecewise(least([h, 10**9]), "H")
    with pytest.raises(cm.UnsupportedError, match="other letters"):
        piecewise((h + letter("W")) // 2, "H")


def test_sizes_are_written_for_the_inputs_that_fit():
    h = letter("H")
    fours, evens = Classes(((4, None), None, None, None)), Classes(((2, None), None))
    form = (h // 2 * 3) // 2
    assert within(form, fours) == "3·H / 4"
    assert within(form, evens) == str(form)
    assert within(h // 2 * 2, evens) == "H"
    assert within(least([h - 2, 10]), Classes(((20, None),))) == "10"
    assert within(least([h - 2, 10]), Classes(((2, 8),))) == "H − 2"


STACKS = st.lists(
    st.one_of(
        st.tuples(st.just("pool"), st.integers(1, 3), st.integers(1, 3)),
        st.tuples(st.just("up"), st.integers(2, 3)),
        st.tuples(st.just("conv"), st.integers(1, 3), st.integers(1, 2), st.integers(0, 1)),
    ),
    min_size=1,
    max_size=5,
)


def built(nodes, name, items, detours):
    """The layers one after another; at a detour the pixels are repeated and taken together again."""
    last = "x"
    for at, item in enumerate(items):
        match item:
            case ("pool", k, s):
                made = cm.max_pool2d(k, s)
            case ("up", k):
                made = cm.upsample_nearest2d(scale_factor=k)
            case ("conv", k, s, p):
                made = cm.conv2d(1, 1, k, stride=s, padding=p)
        nodes[f"{name}{at}"] = (made, last)
        last = f"{name}{at}"
        for times in detours.get(at, ()):
            nodes[f"{last}u"] = (cm.upsample_nearest2d(scale_factor=times), last)
            nodes[f"{last}v"] = (cm.max_pool2d(times), f"{last}u")
            last = f"{last}v"
    return last


@given(STACKS, st.dictionaries(st.integers(0, 4), st.lists(st.integers(2, 4), min_size=1, max_size=2), min_size=1))
@settings(deadline=None, max_examples=60)
def test_no_requirement_is_noted_between_sizes_that_are_equal_everywhere(items, detours):
    """Two ways that come to the same sizes, written differently, meet in a sum."""
    nodes = {}
    plain, round_about = built(nodes, "a", items, {}), built(nodes, "b", items, detours)
    nodes["sum"] = (layer("add"), plain, round_about)
    trace = network({"x": "1,1,H,W"}, nodes).trace()
    assert not [one for one in trace.requirements if one.node == "sum"]


def test_a_requirement_that_does_not_always_hold_is_noted():
    nodes = {}
    one = built(nodes, "a", (("up", 3), ("pool", 2, 2)), {})
    two = built(nodes, "b", (("pool", 2, 2), ("up", 3)), {})
    nodes["sum"] = (layer("add"), one, two)
    net = network({"x": "1,1,H,4"}, nodes)
    assert [one.node for one in net.trace().requirements if one.op == "="] == ["sum"]
    assert net.sizes().said("H") == "H ≡ 0 (mod 2)"


def test_the_trace_shows_sizes_by_residue():
    nodes = {}
    built(nodes, "a", (("pool", 2, 2), ("up", 3), ("pool", 2, 2)), {})
    net = network({"x": "1,1,H,4"}, nodes)
    text = write_trace(net.trace())
    assert "sizes that one floor does not say, by residue:" in text
    assert "= 3·H / 4 for H ≡ 0 (mod 4); " in text
    (pieces,) = as_data(net.trace())["by_residue"].values()
    assert pieces.startswith("3·H / 4 for H ≡ 0 (mod 4)")
    assert "by residue" not in write_trace(net.trace((1, 1, 8, 4)))


@given(st.integers(1, 3), NUMBERS, st.integers(1, 4), NUMBERS, st.integers(1, 12), st.sampled_from(["=", "≤"]))
@settings(deadline=None)
def test_requirements_on_the_smallest_of_sizes_are_solved_exactly(s, a, t, b, wanted, op):
    h = letter("H")
    size = least([(h + a) // s, (h * 2 + b) // t + 3 if b % 2 else 10])
    try:
        found = solved("H", Requirement(wanted, op, size))
    except cm.UnsupportedError:
        assume(False)
    for number in range(1, 200):
        value = min((number + a) // s, (number * 2 + b) // t + 3 if b % 2 else 10)
        assert (number in found) == (value == wanted if op == "=" else wanted <= value)


def test_a_slice_with_an_end_bounds_the_input_from_below():
    nodes = {
        "cut": (layer("slice", dim=2, start=0, end=10), "x"),
        "conv": (cm.conv2d(1, 1, 5), "cut"),
    }
    net = network({"x": "1,1,H,9"}, nodes)
    assert net.sizes().said("H") == "H ≥ 5"
    nodes["conv"] = (cm.conv2d(1, 1, 11), "cut")
    found = network({"x": "1,1,H,20"}, nodes).sizes()
    assert found.letters["H"].sizes.empty


def test_z3_on_the_laws_of_folding():
    """The laws of convmath/network/extent.py with letters for all numbers; and variants that are false."""
    x, b, m, s, c, a = z3.Ints("x b m s c a")
    laws = [
        ([m >= 1, s >= 1], ((x / m) + b) / s == (x + m * b) / (m * s)),
        ([m >= 1, c >= 1], (c * a + b) / (c * m) == (a + b / c) / m),
        ([m >= 1], x / m + b == (x + m * b) / m),
        ([m >= 1, a >= 0], x / m <= (x + a) / m),
        ([m >= 1], (c <= x / m) == (m * c <= x)),
    ]
    for given_, law in laws:
        assert asked(given_, law) == z3.unsat
    wrong = [
        ([m >= 1, s >= 1], ((x / m) + b) / s == (x + b) / (m * s)),
        ([m >= 1, c >= 1], (c * a + b) / (c * m) == (a + b) / m),
        ([m >= 1], (c <= x / m) == (m * c < x)),
    ]
    for given_, law in wrong:
        assert asked(given_, law) == z3.sat


def asked(given_, law):
    """Whether the opposite of the law can be: unsat proves it, sat refutes it."""
    solver = z3.Solver()
    solver.set("rlimit", 3_000_000)
    solver.add(*given_, z3.Not(law))
    return solver.check()
