"""Sizes with a letter: every operation is held against plain integers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convmath.language.parse import parse_size
from convmath.network.extent import Extent, letter
from convmath.network.form import Form, evaluated, least, size_of, tree_of

NUMBERS = st.integers(-9, 9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("+"), NUMBERS),
        st.tuples(st.just("*"), st.integers(1, 5)),
        st.tuples(st.just("//"), st.integers(1, 6)),
        st.tuples(st.just("slid"), st.tuples(NUMBERS, st.integers(1, 5), NUMBERS)),
    ),
    max_size=7,
)


def worked(size, steps):
    for what, value in steps:
        if what == "+":
            size = size + value
        elif what == "*":
            size = size * value
        elif what == "//":
            size = size // value
        else:
            before, stride, after = value
            size = size.slid(*value) if isinstance(size, Extent) else (size + before) // stride + after
    return size


def value(size, number):
    return size if isinstance(size, int) else size.at({"H": number})


@given(STEPS)
def test_sizes_in_letters_are_those_in_numbers(steps):
    found = worked(letter("H"), steps)
    for number in (*range(40), 997, 10**20 + 1):
        assert value(found, number) == worked(number, steps)
        assert evaluated(tree_of(found), {"H": number}) == worked(number, steps)


@given(STEPS, STEPS)
def test_sums_and_the_smaller_of_two(one, two):
    left, right = worked(letter("H"), one), worked(letter("H"), two)
    for number in range(30):
        assert value(left + right, number) == worked(number, one) + worked(number, two)
        assert value(left - right, number) == worked(number, one) - worked(number, two)
        assert value(least([left, right]), number) == min(worked(number, one), worked(number, two))


@given(STEPS, STEPS)
def test_equal_extents_are_those_that_are_equal_everywhere(one, two):
    left, right = worked(letter("H"), one), worked(letter("H"), two)
    if isinstance(left, Extent) and isinstance(right, Extent):
        period = left.period * right.period
        everywhere = all(value(left, n) == value(right, n) for n in range(2 * period + 1))
        assert (left == right) == everywhere
        assert not everywhere or hash(left) == hash(right)


@given(STEPS, st.integers(-40, 40))
def test_the_smallest_value_that_reaches_a_size(steps, wanted):
    found = worked(letter("H"), steps)
    if isinstance(found, Extent):
        first = found.reaches(wanted)
        assert value(found, first) >= wanted > value(found, first - 1)


@given(STEPS)
def test_a_tree_is_read_back(steps):
    found = worked(letter("H"), steps)
    again = size_of(tree_of(found))
    for number in range(25):
        assert value(again, number) == value(found, number)


def test_one_floor_for_a_floor_in_a_floor():
    h = letter("H")
    for before, stride in ((-7, 4), (-3, 2), (-1, 1), (-3, 2), (-3, 2)):
        h = (h + before) // stride + 1
    assert str(h) == "⌊(H − 31) / 32⌋"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("2*H", "2·H"), ("H+1", "H + 1"), ("H-1", "H − 1"), ("3*H-3", "3·H − 3")],
)
def test_linear_sizes(text, shown):
    assert str(size_of(parse_size(text))) == shown


def test_letters_for_kernels_and_strides_fold_as_well():
    size = size_of(parse_size("H"))
    once = Form(parse_size("floor((H+2*p-k)/s)+1"))
    twice = (once + size_of(parse_size("-l"))) // size_of(parse_size("t")) + 1
    for h, p, k, s, l, t in ((20, 1, 3, 2, 3, 2), (33, 0, 5, 3, 2, 4), (17, 2, 4, 1, 3, 3)):
        inner = (h + 2 * p - k) // s + 1
        values = {"H": h, "p": p, "k": k, "s": s, "l": l, "t": t}
        assert twice.at(values) == (inner - l) // t + 1
    assert str(twice).count("⌊") == 1
    assert isinstance(size, Extent)
