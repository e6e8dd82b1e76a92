"""``tidy`` changes how an expression is written, never what it is worth."""

import pytest
from hypothesis import given
from oracles.values import value
from strategies import points, trees

from convmath.language.linear import linear
from convmath.language.parse import parse_size
from convmath.language.polynomial import equal
from convmath.language.substitute import substitute
from convmath.language.tidy import flipped, put, tidy
from convmath.language.tree import Int, Ratio, Sym, letters_of


@given(trees, points)
def test_the_value_stays(tree, at):
    assert value(tidy(tree), at) == value(tree, at)


@given(trees)
def test_tidy_is_tidy(tree):
    once = tidy(tree)
    assert tidy(once) == once


@given(trees)
def test_tidy_invents_no_letter(tree):
    assert letters_of(tidy(tree)) <= letters_of(tree)


@given(trees)
def test_tidy_does_not_change_the_normal_form(tree):
    assert equal(tidy(tree), tree)


@given(trees, points)
def test_flipped_is_the_negative(tree, at):
    assert value(flipped(tidy(tree)), at) == -value(tree, at)


@given(trees, points)
def test_numbers_put_in_give_the_value(tree, at):
    found = put(tree, {name: Int(number) for name, number in at.items()})
    number = value(tree, at)
    whole = number.denominator == 1
    assert found == (Int(int(number)) if whole else Ratio(Int(number.numerator), Int(number.denominator)))


@given(trees, trees, points)
def test_an_expression_put_in_is_worth_what_it_is_worth(tree, inner, at):
    found = substitute(tree, {"p": inner})
    assert ("p" not in letters_of(tree)) <= (found == tree)
    if value(inner, at) > 0:  # it may be put in for a divisor
        assert value(found, at) == value(tree, {**at, "p": value(inner, at)})


@given(trees, points)
def test_what_linear_takes_apart_adds_up_again(tree, at):
    form = linear(tree, {"H", "k"})
    if form is not None:
        slopes, offset = form
        assert not letters_of(offset, *slopes.values()) & {"H", "k"}
        total = value(offset, at) + sum(value(slope, at) * at[name] for name, slope in slopes.items())
        assert total == value(tree, at)


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("H + 0 - 1*(k - 1) - 1", "H − k"),
        ("H + 2*0 - 1*(3 - 1) - 1", "H − 3"),
        ("-p + H", "H − p"),
        ("1*s*i + 0*u", "s·i"),
        ("k*k*k", "k³"),
        ("g*(C/g)", "C"),
        ("(2*H + 4)/2", "H + 2"),
        ("(H + 4)/1", "H + 4"),
        ("6/4", "3/2"),
        ("floor(7/2) + ceil(7/2)", "7"),
        ("floor(-7/2)", "−4"),
        ("floor(H + k)", "H + k"),
        ("floor((H - 1)/2) + 1", "⌊(H − 1) / 2⌋ + 1"),
        ("min(H, 3, H, 5)", "min(H, 3)"),
        ("min(H, H)", "H"),
        ("d*(k - 1) + 1", "d·(k − 1) + 1"),
        ("2*(k - 1)", "2·(k − 1)"),
        ("2*(k - 1) + 1", "2·k − 1"),
        ("1 - 1", "0"),
        ("-H", "−H"),
        ("-1*(-1)*H", "H"),
    ],
)
def test_tidied_as_a_person_would(written, tidied):
    assert str(tidy(parse_size(written))) == tidied


def test_linear_names_the_slope_of_each_index():
    slopes, offset = linear(parse_size("s*(i + 2) + d*u - p"), {"i", "u"})
    assert {name: str(slope) for name, slope in slopes.items()} == {"i": "s", "u": "d"}
    assert str(offset) == "2·s − p"
    assert linear(parse_size("i*u"), {"i", "u"}) is None
    assert linear(parse_size("i/2"), {"i"}) is None
    assert linear(Sym("p"), {"i"}) == ({}, Sym("p"))
