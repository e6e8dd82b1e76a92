"""Definitions that nobody had in mind: each gives what scanning its reads gives, or is refused with the place."""

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import convmath as cm


def texts(entries):
    return tuple(map(str, entries))


def symbolic(operator):
    return ", ".join(texts(operator.output_shape())), str(operator.parameters()), str(operator.macs())


CAUSAL = {
    "formula": "Y[n,o,i] = W[o,c,u] * X[n,c,i+d*u-d*(k-1)]",
    "shapes": {"X": "N,C,L", "W": "O,C,k"},
    "padding": {"X": "0,0,(d*(k-1),0)"},
}
BACKWARDS = {"formula": "Y[n,o,i] = W[o,c,u] * X[n,c,k-1+3*i-u]", "shapes": {"X": "N,C,L", "W": "O,C,k"}}
LOCAL = {"formula": "Y[n,o,i] = W[i,o,c,u] * X[n,c,i+u]", "shapes": {"X": "N,C,L", "W": "M,O,C,k"}}
EXACT_LOCAL = LOCAL | {"shapes": {"X": "N,C,L", "W": "L-k+1,O,C,k"}}
BILINEAR = {
    "formula": "Y[n,o,i] = X[n,a,i] * W[o,a,b] * Z[n,b,i]",
    "shapes": {"X": "N,A,L", "W": "O,A,B", "Z": "N,B,L"},
    "inputs": ("X", "Z"),
}
MAX_POOL = {"formula": "Y[n,c,i] = X[n,c,s*i+u]", "shapes": {"X": "N,C,L"}, "reduce": "max", "ranges": {"u": "k"}}
SHUFFLE = {
    "formula": "Y[n, c, r*h+a, r*w+b] = X[n, r^2*c+r*a+b, h, w]",
    "shapes": {"X": "N,C,H,W"},
    "ranges": {"a": "r", "b": "r"},
}

WORKED = [
    ("causal", CAUSAL, "N, O, L", "C*O*k", "C*L*N*O*k"),
    ("backwards", BACKWARDS, "N, O, floor((L - k)/3) + 1", "C*O*k", "C*N*O*k*(floor((L - k)/3) + 1)"),
    ("bilinear", BILINEAR, "N, O, L", "A*B*O", "A*B*L*N*O"),
    ("outer product", {"formula": "Y[i,j] = a[i]*b[j]", "shapes": {"a": "M", "b": "K"}}, "M, K", "0", "K*M"),
    (
        "locally connected",
        LOCAL,
        "N, O, Min(M, L - k + 1)",
        "C*M*O*k",
        "C*N*O*k*Min(M, L - k + 1)",
    ),
    ("locally connected, exact", EXACT_LOCAL, "N, O, L - k + 1", "C*O*k*(L - k + 1)", "C*N*O*k*(L - k + 1)"),
    (
        "attention scores",
        {"formula": "S[q,k] = Q[q,e]*K[k,e]", "shapes": {"Q": "M,E", "K": "T,E"}},
        "M, T",
        "0",
        "E*M*T",
    ),
    ("max pooling", MAX_POOL, "N, C, floor((L - k)/s) + 1", "0", "0"),
    ("the last row first", {"formula": "Y[i] = X[L-1-i]", "shapes": {"X": "L"}}, "L", "0", "0"),
    ("diagonal", {"formula": "Y[i] = X[i,i]", "shapes": {"X": "L,L"}}, "L", "0", "0"),
    ("trace", {"formula": "Y[n] = X[n,i,i]", "shapes": {"X": "N,L,L"}}, "N", "0", "0"),
    ("transpose", {"formula": "Y[j,i] = X[i,j]", "shapes": {"X": "H,W"}}, "W, H", "0", "0"),
    ("every third", {"formula": "Y[i] = X[3*i+1]", "shapes": {"X": "L"}}, "floor((L - 2)/3) + 1", "0", "0"),
    ("concatenated differences", {"formula": "Y[i] = X[i+1] - X[i]", "shapes": {"X": "L"}}, "L - 1", "0", "0"),
    ("windows", {"formula": "Y[i,j] = X[i+j]", "shapes": {"X": "L"}, "ranges": {"i": "m"}}, "m, L - m + 1", "0", "0"),
    (
        "band of a matrix",
        {"formula": "Y[i] = X[i,i+u]*W[u]", "shapes": {"X": "H,W", "W": "k"}},
        "Min(H, W - k + 1)",
        "k",
        "k*Min(H, W - k + 1)",
    ),
    (
        "batched matrix product",
        {"formula": "Y[n,i,j] = A[n,i,e]*B[n,e,j]", "shapes": {"A": "N,I,E", "B": "N,E,J"}},
        "N, I, J",
        "0",
        "E*I*J*N",
    ),
    (
        "two inputs, one kernel",
        {
            "formula": "Y[i] = W[u]*X[i+u] + W[u]*Z[2*i+u]",
            "shapes": {"X": "L", "Z": "M", "W": "k"},
            "inputs": ("X", "Z"),
        },
        "Min(L - k + 1, floor((M - k)/2) + 1)",
        "k",
        "2*k*Min(L - k + 1, floor((M - k)/2) + 1)",
    ),
    (
        "transposed by hand",
        {"formula": "Y[t] = X[i]*W[u] where t = 2*i + u", "shapes": {"X": "L", "W": "k"}},
        "2*L + k - 2",
        "k",
        "L*k",
    ),
]


@pytest.mark.parametrize(
    ("given", "shape", "parameters", "macs"), [row[1:] for row in WORKED], ids=[row[0] for row in WORKED]
)
def test_worked_in_letters(given, shape, parameters, macs):
    operator = cm.define(**given)
    import sympy

    names = {str(letter): letter for size in operator.output_shape() for letter in sympy.sympify(size).free_symbols}
    found = symbolic(operator)
    for entry, wanted in zip(operator.output_shape(), shape.split(", ") if "Min" not in shape else [], strict=False):
        assert str(entry) == wanted
    assert found[0] == shape or "Min" in shape
    assert same(operator.parameters(), parameters, names)
    assert same(operator.macs(), macs, names)
    if "Min" in shape:
        assert all(
            same(entry, wanted, names) for entry, wanted in zip(operator.output_shape(), split(shape), strict=True)
        )
    operator.derive("output_shape").check()
    operator.derive("parameters").check()
    operator.derive("macs").check()


def split(shape):
    """The entries of “a, Min(b, c), d”."""
    entries, depth = [""], 0
    for character in shape:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            entries.append("")
        else:
            entries[-1] += character
    return [entry.strip() for entry in entries]


def same(found, wanted, names):
    """Equal as SymPy expressions in the same integer letters; ``wanted`` is this file's own text."""
    import sympy

    letters = {
        name: cm.symbols(name)
        for name in ["N", "C", "O", "L", "M", "K", "k", "s", "p", "d", "A", "B", "E", "I", "J", "H", "W", "T", "m"]
    }
    return sympy.expand(sympy.sympify(found) - sympy.sympify(wanted, locals=letters)) == 0


@pytest.mark.parametrize(
    ("given", "sizes", "field"),
    [
        (CAUSAL, {"k": 3, "d": 4}, (9,)),
        (BACKWARDS, {"k": 5}, (5,)),
        (MAX_POOL, {"k": 4, "s": 2}, (4,)),
        (LOCAL, {"k": 3}, (3,)),
        (BILINEAR, {"A": 3, "B": 4}, (3, 4)),
    ],
)
def test_receptive_field(given, sizes, field):
    assert cm.define(**given).receptive_field(**sizes)[-len(field) :] == field


def test_pixel_shuffle_writes_every_place_once():
    shape = cm.define(**SHUFFLE).output_shape((2, 12, 3, 5), r=2)
    assert shape == (2, 3, 6, 10)
    numbers = {
        "formula": "Y[n, c, 2*h+a, 2*w+b] = X[n, 4*c+2*a+b, h, w]",
        "shapes": {"X": "N,C,H,W"},
        "ranges": {"a": 2, "b": 2},
    }
    assert cm.define(**numbers).output_shape((1, 8, 3, 5)) == (1, 2, 6, 10)
    assert cm.define(**numbers).macs((1, 8, 3, 5)) == 0


@pytest.mark.parametrize(
    ("M", "L", "k", "wanted"), [(3, 10, 2, 3), (9, 10, 2, 9), (12, 10, 2, 9), (1, 4, 4, 1), (10**30, 10**31, 7, 10**30)]
)
def test_the_smaller_of_two_bounds_is_derived(M, L, k, wanted):
    assert cm.define(**LOCAL).output_shape((1, 1, L), M=M, k=k) == (1, cm.symbols("O"), wanted)


def test_a_locally_connected_layer_as_long_as_it_must_be():
    operator = cm.define(**EXACT_LOCAL)
    assert operator.output_shape((2, 3, 9), k=4, O=5) == (2, 5, 6)
    assert operator.parameters(L=9, k=4, O=5, C=3) == 6 * 5 * 3 * 4
    with pytest.raises(cm.ShapeError):
        operator.output_shape((2, 3, 3), k=5, O=5)


def test_numbers_are_sizes_and_the_derivation_is_in_letters():
    operator = cm.define("Y[n,o,i] = W[o,c,u]*X[n,c,i+u]", shapes={"X": (2, 3, 10), "W": (7, 3, 5)})
    assert operator.output_shape() == (2, 7, 6)
    assert {type(size) for size in operator.output_shape()} == {int}
    assert (operator.parameters(), operator.macs()) == (7 * 3 * 5, 2 * 7 * 6 * 3 * 5)
    assert operator.output_shape((2, 3, 10)) == (2, 7, 6)
    proof = operator.derive("output_shape")
    assert proof.result == (2, 7, 6)
    assert any(step.rule == "farthest read" for step in proof.steps)
    with pytest.raises(cm.ShapeError):
        operator.output_shape((2, 3, 11))


def test_numbers_letters_texts_and_symbols_may_stand_side_by_side():
    L = cm.symbols("L")
    operator = cm.define(
        "Y[n,o,i] = W[o,c,u]*X[n,c,2*i+u]",
        shapes={"X": (1, "C", 2 * L), "W": ("O", "C", 4)},
        padding={"X": (0, 0, (1, 2))},
    )
    extent = operator.output_shape()[2]
    assert [extent.subs({L: length}) for length in (1, 2, 3, 10)] == [1, 2, 3, 10]


@pytest.mark.parametrize(
    "padding",
    ["0,0,(1,2)", (0, 0, (1, 2)), ("0", 0, ("1", "2")), [0, (0, 0), [1, 2]]],
    ids=["text", "tuple", "mixed", "list"],
)
def test_padding_pairs_in_every_form(padding):
    operator = cm.define(
        "Y[n,o,i] = W[o,c,u]*X[n,c,i+u-1]", shapes={"X": "N,C,L", "W": "O,C,k"}, padding={"X": padding}
    )
    assert str(operator.output_shape()[2]) == "L - k + 4"


def test_one_padding_is_for_both_sides():
    given = {"formula": "Y[i] = W[u]*X[i+u-p]", "shapes": {"X": "L", "W": "k"}}
    assert str(cm.define(**given, padding={"X": "p"}).output_shape()[0]) == "L + 2*p - k + 1"
    operator = cm.define(**given, padding={"X": "(p,q)"})
    assert operator.output_shape(L=9, p=1, q=3, k=4) == (10,)


def test_large_padding_is_as_good_as_small():
    given = {"formula": "Y[i] = W[u]*X[i+u-7]", "shapes": {"X": "L", "W": "k"}}
    assert cm.define(**given, padding={"X": ((7, 5),)}).output_shape((10,), k=2) == (21,)
    with pytest.raises(cm.ConvmathError, match="the first output reads 7 places before"):
        cm.define(**given, padding={"X": ((6, 5),)})


def test_a_bound_that_is_needed_is_an_assumption_and_with_numbers_a_check():
    operator = cm.define("Y[i] = W[u]*X[i+u]", shapes={"X": "L", "W": "k"})
    assert "k ≤ L" in map(str, operator.derive("output_shape").assumptions)
    assert operator.output_shape((5,), k=5) == (1,)
    with pytest.raises(cm.ShapeError, match="one output spans k = 6 positions along L, but the input has L = 5 there"):
        operator.output_shape((5,), k=6)


def test_a_window_may_be_an_expression():
    operator = cm.define("Y[n,i] = X[n,i+u]", shapes={"X": "N,L"}, reduce="max", ranges={"u": "2*r+1"})
    assert operator.output_shape((1, 10), r=2) == (1, 6)
    narrow = cm.define("Y[n,i] = X[n,i+u]", shapes={"X": "N,L"}, reduce="max", ranges={"u": "k-3"})
    assert narrow.output_shape((1, 10), k=5) == (1, 9)
    with pytest.raises(cm.ShapeError, match="1 ≤ k − 3 does not hold"):
        narrow.output_shape((1, 10), k=3)


REFUSED = [
    (
        {"formula": "Y[n,f,i] = K[g,f,c]*X[n,c,i]*W[g]", "shapes": {"X": "N,C,L", "K": "F,F,C", "W": "G"}},
        "W[g] runs g over F values (from K[g,f,c]), but W has G there: the two sizes must be one",
    ),
    ({"formula": "Y[i] = X[i]*Z[i]", "shapes": {"X": "L"}}, "Z[i] reads Z, whose shape is not given: add it to shapes"),
    (
        {"formula": "Y[i] = X[i]", "shapes": {"X": "L", "Z": "M"}},
        "Z of shape (M) is never read: the formula reads X",
    ),
    ({"formula": "Y[i] = X[i]", "shapes": {"X": "L,M"}}, "X[i] has 1 subscript, but X of shape (L, M) has 2 axes"),
    ({"formula": "X[i] = X[i]", "shapes": {"X": "L"}}, "X stands on both sides: an operator reads only its inputs"),
    ({"formula": "Y[i] = X[i]", "shapes": {"X": "L"}, "inputs": ("Z",)}, "inputs names Z, but the formula reads X"),
    (
        {"formula": "Y[i] = X[i]", "shapes": {"X": "i"}},
        "i is an index of the formula and also a size in X of shape (i): rename one of the two",
    ),
    (
        {"formula": "Y[i] = X[i*i]", "shapes": {"X": "L"}},
        "X[i·i]: the subscript i·i is not of the form size·index + … + size",
    ),
    ({"formula": "Y[i,i] = X[i]", "shapes": {"X": "L"}}, "Y[i,i]: i stands in two places on the left"),
    ({"formula": "Y[i,j] = X[i]", "shapes": {"X": "L"}}, "Y[i,j]: no array is read at j, so its range is unknown"),
    (
        {"formula": "Y[i,j] = X[i+j]", "shapes": {"X": "L"}},
        "X[i + j] bounds i and j only together: give one of them a range, as in ranges={'i': 'm'}",
    ),
    (
        {"formula": "Y[i] = X[i]", "shapes": {"X": "L"}, "ranges": {"u": "k"}},
        "u is given a range, but the formula does not use it",
    ),
    (
        {"formula": "Y[i] = Σ_{u<k} X[i+u]", "shapes": {"X": "L"}, "ranges": {"u": "m"}},
        "u is given two ranges, m and k",
    ),
    (
        {"formula": "Y[i] = X[i]", "shapes": {"X": "L"}, "reduce": "prod"},
        "reduce is 'prod'; it must be 'sum', 'max', 'min' or 'mean'",
    ),
    (
        {"formula": "Y[i] = max_{u<k} X[i+u]", "shapes": {"X": "L"}, "reduce": "mean"},
        "the formula says max, but reduce says mean",
    ),
    (
        {"formula": "Y[i] = X[i+u] + Z[i]", "shapes": {"X": "L", "Z": "M"}, "reduce": "max", "ranges": {"u": "k"}},
        "reduce='max' takes one term, but the formula adds 2",
    ),
    (
        {"formula": "Y[n,c,i] = X[n,c,s*i+u]", "shapes": {"X": "N,C,L"}, "reduce": "max"},
        "reduce='max', but no index stands on the right only: a window index needs its range, "
        "as in ranges={'u': 'k'} or “where u < k”",
    ),
    ({"formula": "Y[i] = X[i]", "shapes": {"X": "L"}, "padding": {"Z": "1"}}, "padding names Z, which has no shape"),
    (
        {"formula": "Y[i] = X[i]", "shapes": {"X": "L"}, "padding": {"X": "1,2"}},
        "the padding of X has 2 entries, but X has 1 axes",
    ),
    (
        {"formula": "Y[i] = X[i]", "shapes": {"X": "(L,M)"}},
        "the shape of X has a pair ('L', 'M'): an axis has one size",
    ),
    (
        {"formula": "Y[i] = X[i]", "shapes": {"X": "L"}, "padding": {"X": ((1, 2, 3),)}},
        "the padding of X: 3 sizes for one axis; give one, or (before, after)",
    ),
    (
        {"formula": "Y[i] = X[i]", "shapes": {"X": "L"}, "padding": {"X": (-1,)}},
        "X of shape (L): axis 0 has padding −1; padding is an integer ≥ 0",
    ),
    (
        {"formula": "Y[i] = X[i]", "shapes": {"X": (-1,)}},
        "X of shape (−1): axis 0 has size −1; a size is an integer ≥ 1",
    ),
    ({"formula": "Y[i] = X[0*i]", "shapes": {"X": "L"}}, "X[0·i]: the subscript 0·i multiplies i by 0"),
    (
        {"formula": "Y[i] = X[i-1]", "shapes": {"X": "L"}},
        "X[i − 1], axis 0: the first output reads 1 places before the start, but 0 are padded",
    ),
    (
        {"formula": "Y[t] = X[i]*W[u] where t = 2*i + u - p", "shapes": {"X": "L", "W": "k"}},
        "Y is first written at −p, and 0 places are cropped before: places are numbered from 0, "
        "so the padding of Y must start with p",
    ),
    (
        {"formula": "Y[i] = X[i]*W[u] where t = 2*i + u", "shapes": {"X": "L", "W": "k"}},
        "where t = 2·i + u: its left side must be an index of the output",
    ),
    (
        {"formula": "Y[2*i+u] = X[i]*W[u]", "shapes": {"X": "L", "W": "k"}},
        "Y[2·i + u]: the place 2·i + u is not given by exactly one set of indices; write a bare index on the left and "
        "“where t = 2·i + u” to add into it",
    ),
]


@pytest.mark.parametrize(("given", "message"), REFUSED, ids=[given["formula"] for given, _ in REFUSED])
def test_a_definition_that_contradicts_itself_is_refused_with_the_place(given, message):
    with pytest.raises(cm.DefinitionError) as error:
        cm.define(**given)
    assert str(error.value) == message


NOT_A_SUM = [
    ("Y[i] = X[i] + 3", "the term 3 reads no array"),
    ("Y[i] = X[i]*(X[i] + 1)", "X[i] + 1: a term is a product of array entries and sizes; multiply the brackets out"),
    ("Y[i] = X[X[i]]", "X[X[i]]: a subscript cannot read an array"),
]


@pytest.mark.parametrize(("formula", "message"), NOT_A_SUM)
def test_a_right_side_that_is_no_sum_of_products_is_refused(formula, message):
    with pytest.raises(cm.ParseError) as error:
        cm.define(formula, shapes={"X": "L"})
    assert str(error.value) == message


def test_two_numbers_that_must_be_one_are_shown_as_given():
    with pytest.raises(cm.DefinitionError) as error:
        cm.define("Y[n,o,i] = W[o,c,u]*X[n,c,i+u]", shapes={"X": (2, 4, 9), "W": (7, 3, 5)})
    assert "runs c over 3 values" in str(error.value)
    assert "X has 4 there" in str(error.value)


# Random affine definitions, against scanning every read.


@st.composite
def subscripts(draw, index, taps):
    """slope·index + Σ slope·tap + offset, as {letter: slope} and an offset."""
    slope = draw(st.sampled_from([1, 1, 2, 3, -1, -2]))
    slopes = {index: slope} | {tap: draw(st.integers(-3, 3).filter(bool)) for tap in taps}
    return slopes, draw(st.integers(-4, 6))


def written(slopes, offset):
    terms = [f"{'-' if slope < 0 else '+'} {abs(slope)}*{letter}" for letter, slope in slopes.items()]
    return " ".join(terms).removeprefix("+ ") + f" {'-' if offset < 0 else '+'} {abs(offset)}"


def scanned(slopes, offset, index, ranges, size, before, after, most=60):
    """How many of index = 0, 1, 2, … read inside the padded axis, before the first that does not."""
    taps = [tap for tap in slopes if tap != index]
    for i in range(most):
        for place in product(*(range(ranges[tap]) for tap in taps)):
            at = slopes[index] * i + offset + sum(slopes[tap] * u for tap, u in zip(taps, place, strict=True))
            if not -before <= at < size + after:
                return i
    raise AssertionError("the reads never leave the array")


taps_of = st.lists(st.sampled_from("uv"), unique=True, max_size=2)
lengths = st.integers(1, 14)
margins = st.integers(0, 5)


@settings(max_examples=200)
@given(
    taps_of.flatmap(lambda taps: subscripts("i", taps)), lengths, st.integers(1, 4), st.integers(1, 3), margins, margins
)
def test_a_random_row_has_the_extent_that_scanning_gives(place, length, first, second, before, after):
    slopes, offset = place
    ranges = {"u": first, "v": second}
    used = {tap: size for tap, size in ranges.items() if tap in slopes}
    wanted = scanned(slopes, offset, "i", ranges, length, before, after)
    given = {
        "formula": f"Y[i] = X[{written(slopes, offset)}]",
        "shapes": {"X": (length,)},
        "ranges": used,
        "padding": {"X": ((before, after),)},
    }
    check(given, (wanted,), (length,))


@settings(max_examples=60)
@given(subscripts("i", ["u"]), subscripts("j", ["v"]), lengths, lengths, st.integers(1, 3), st.integers(1, 3), margins)
def test_a_random_plane_has_the_extents_that_scanning_gives(row, column, high, wide, first, second, margin):
    ranges = {"u": first, "v": second}
    wanted = (
        scanned(*row, "i", ranges, high, margin, margin),
        scanned(*column, "j", ranges, wide, margin, 2 * margin),
    )
    given = {
        "formula": f"Y[i,j] = W[u,v]*X[{written(*row)}, {written(*column)}]",
        "shapes": {"X": (high, wide), "W": (first, second)},
        "padding": {"X": (margin, (margin, 2 * margin))},
    }
    check(given, wanted, (high, wide), macs=wanted[0] * wanted[1] * first * second)


@settings(max_examples=60)
@given(subscripts("i", ["u"]), subscripts("i", []), lengths, lengths, st.integers(1, 4), margins)
def test_two_random_reads_leave_the_outputs_that_both_leave(one, two, length, other, taps, margin):
    wanted = min(scanned(*one, "i", {"u": taps}, length, margin, margin), scanned(*two, "i", {}, other, margin, margin))
    given = {
        "formula": f"Y[i] = W[u]*X[{written(*one)}]*Z[{written(*two)}]",
        "shapes": {"X": (length,), "Z": (other,), "W": (taps,)},
        "padding": {"X": (margin,), "Z": (margin,)},
        "inputs": ("X", "Z"),
    }
    check(given, (wanted,), (length,), (other,), macs=wanted * taps)


def check(given, wanted, *shapes, macs=0):
    """Defined with the wanted extents where there is an output, refused where there is none."""
    if 0 in wanted:
        with pytest.raises(cm.DefinitionError):
            cm.define(**given)
        return
    operator = cm.define(**given)
    assert operator.output_shape() == wanted
    assert operator.output_shape(*shapes) == wanted
    assert operator.macs() == macs
    operator.derive("output_shape").check()


@settings(max_examples=60)
@given(
    st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(0, 4), st.integers(0, 4), st.integers(1, 30)
)
def test_letters_give_at_every_point_what_numbers_give(s, d, k, before, after, length):
    operator = cm.define("Y[i] = W[u]*X[s*i+d*u-p]", shapes={"X": "L", "W": "k"}, padding={"X": "(p,q)"})
    wanted = scanned({"i": s, "u": d}, -before, "i", {"u": k}, length, before, after)
    assume(wanted)
    assert operator.output_shape((length,), s=s, d=d, k=k, p=before, q=after) == (wanted,)


@pytest.mark.parametrize(
    ("given", "shape", "macs"),
    [
        ({"formula": "Y[i] = W[u]*X[i-4*u+4*(k-1)]", "shapes": {"X": (20,), "W": (3,)}}, (12,), 36),
        ({"formula": "Y[i] = W[v]*X[i-2*v]", "shapes": {"X": (9,), "W": (3,)}, "padding": {"X": ((4, 1),)}}, (10,), 30),
        ({"formula": "Y[i] = X[(20-3)*i]", "shapes": {"X": (40,)}}, (3,), 0),
        ({"formula": "Y[n,o,i] = W[o,c,u]*X[n,c,i+9*u]", "shapes": {"X": (1, 2, 30), "W": (3, 2, 2)}}, (1, 3, 21), 252),
        (
            {
                "formula": "Y[i,j] = W[u,v]*X[i+u, j+v+3]",
                "shapes": {"X": (1, 1), "W": (3, 3)},
                "padding": {"X": (3, (3, 6))},
            },
            (2, 2),
            36,
        ),
    ],
    ids=lambda given: given["formula"] if isinstance(given, dict) else "",
)
def test_numbers_in_a_formula_are_as_good_as_letters(given, shape, macs):
    letters = {"k": 3} if "(k" in given["formula"] else {}
    operator = cm.define(**given)
    assert operator.output_shape(**letters) == shape
    assert operator.macs(**letters) == macs
    operator.derive("all", **letters).check()


# Values for letters.


def test_values_stand_for_letters_and_the_derivation_stays_general():
    made = cm.define("Y[i] = w[u]*X[s*i+u]", shapes={"X": "L", "w": "k"}, values={"k": 3, "s": 2})
    assert made.output_shape((9,)) == (4,)
    derivation = made.derive("output_shape", (9,))
    assert "s·i + u" in str(derivation)
    cm.Derivation.from_json(derivation.render("json")).check()


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"q": 3}, cm.DefinitionError, "values names q, but the sizes are L, k, s"),
        ({"k": 0}, cm.DefinitionError, "must be an integer ≥ 1"),
        ([("k", 3)], cm.ParseError, "it must be a dictionary such as {'k': 3}"),
    ],
)
def test_values_that_fit_no_letter_are_refused(values, error, words):
    with pytest.raises(error, match=re.escape(words)):
        cm.define("Y[i] = w[u]*X[s*i+u]", shapes={"X": "L", "w": "k"}, values=values)


def test_a_bound_alone_says_how_far_an_output_goes():
    """A dilated input is read where a condition says; the bound says which outputs there are."""
    made = cm.define(
        "Y[i] = X[x] where e*x <= s*i, s*i <= e*x, s*i <= e*(L-1)", shapes={"X": "L"}, values={"e": 3, "s": 2}
    )
    assert made.output_shape((5,)) == (7,)
    assert made(np.array([1, 2, 3, 4, 5])).tolist() == [1, 0, 0, 3, 0, 0, 5]


def test_the_padding_after_is_no_index_of_a_written_place():
    """(2 − 1)·2 + 3 places along each axis, less one behind."""
    made = cm.conv_transpose3d(1, 1, 3, stride=2, padding=((0, 1),) * 3)
    assert made.output_shape((1, 1, 2, 2, 2)) == (1, 1, 4, 4, 4)
