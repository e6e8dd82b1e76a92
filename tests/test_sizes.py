"""The border with SymPy and Python numbers: what may be a size, and what comes back."""

import numpy as np
import pytest
import sympy
from hypothesis import given, reject
from oracles.values import value
from strategies import points, trees

import convmath as cm
from convmath.errors import ParseError
from convmath.language.border import answer, symbols, to_sympy
from convmath.language.sizes import size
from convmath.language.tree import Int, Sym


@given(trees, points)
def test_a_tree_in_sympy_has_the_same_value(tree, at):
    letters = {name: sympy.Symbol(name, integer=True) for name in at}
    found = to_sympy(tree, letters).subs({letters[name]: number for name, number in at.items()}).doit()
    assert sympy.Rational(found) == sympy.Rational(*value(tree, at).as_integer_ratio())


@given(trees, points)
def test_a_tree_goes_to_sympy_and_back(tree, at):
    try:
        again = size(to_sympy(tree, {}), "x")
    except ParseError as error:  # a tree that multiplies out too far is no example
        if "multiplies out" not in str(error):
            raise
        reject()
    assert value(again, at) == value(tree, at)


@pytest.mark.parametrize(
    "given",
    [7, np.int64(7), np.uint8(7), sympy.Integer(7), "7", " 3 + 4 ", Int(7)],
    ids=lambda given: f"{type(given).__name__} {given}",
)
def test_an_integer_of_any_kind_is_a_plain_int_again(given):
    found = cm.conv1d(1, given, 1).output_shape((1, 1, 5))
    assert found == (1, 7, 5)
    assert type(found[1]) is int


def test_the_users_own_symbols_come_back():
    mine = sympy.Symbol("H", integer=True, positive=True)
    found = cm.conv1d(1, 1, 3).output_shape((1, 1, mine))[2]
    assert found.free_symbols == {mine}
    assert found == mine - 2


def test_symbols_are_integers_one_for_each_name():
    H, W = symbols("H W")
    assert symbols("H") is H
    assert symbols("H, W") == (H, W)
    assert H.is_integer
    assert str(H + 2 * W) == "H + 2*W"


def test_expressions_are_sizes():
    H, s = symbols("H s")
    found = cm.conv1d(1, 2 * s, s + 1, stride=s).output_shape((1, 1, 3 * H + s))
    assert found[1] == 2 * s
    assert [found[2].subs({H: h, s: 2}) for h in (1, 2, 3)] == [2, 3, 5]


@pytest.mark.parametrize("names", ["E I N S O lambda", "Q pi beta gamma zeta re", "if for in def class print"])
def test_words_that_mean_something_elsewhere_are_ordinary_letters_here(names):
    a, b, c, *rest = letters = symbols(names)
    assert [str(letter) for letter in letters] == names.split()
    d, e, f = rest
    conv = cm.conv2d(a, b, (c, 1), stride=d)
    shape = conv.output_shape((e, a, f, 5))
    assert shape[:2] == (e, b)
    wanted = {a: 3, b: 4, c: 3, d: 2, e: 2, f: 9}
    assert [sympy.sympify(entry).subs(wanted) for entry in shape[:3]] == [2, 4, 4]
    assert conv.parameters().subs(wanted) == 3 * 4 * 3 + 4


@pytest.mark.parametrize("names", ["n o u", "i j u", "L N C", "k s p", "H W O", "X Y b"])
def test_the_formulas_own_letters_may_be_given_as_sizes(names):
    """The user's n is a size and the formula's n an index: neither may be taken for the other."""
    a, b, c = symbols(names)
    conv = cm.conv1d(a, b, c)
    shape = conv.output_shape((7, a, 50))
    assert shape[:2] == (7, b)
    at = {a: 2, b: 3, c: 5}
    assert shape[2].subs(at) == 46
    assert conv.parameters().subs(at) == 2 * 3 * 5 + 3
    assert sympy.sympify(conv.macs((7, a, 50))).subs(at) == 7 * 3 * 46 * 2 * 5
    conv.derive("all", (7, a, 50)).check()
    proof = conv.derive("output_shape", (7, a, 50))
    assert proof.result == shape


def test_letters_may_change_places():
    H, W, N, C, O, k, s = symbols("H W N C O k s")
    shape = cm.conv2d(O, C, s, stride=k).output_shape((H, O, W, N))
    assert [str(size) for size in shape] == ["H", "C", "floor((W - s)/k) + 1", "floor((N - s)/k) + 1"]


def test_two_symbols_of_one_name_are_refused():
    k, other = sympy.Symbol("k", integer=True), sympy.Symbol("k", positive=True)
    with pytest.raises(cm.ConvmathError, match="uses two different symbols that are both called k: use one of them"):
        cm.conv1d(k, other, 3)
    conv = cm.conv1d(k, 4, 3)
    with pytest.raises(cm.ShapeError, match="uses two different symbols that are both called k: use one of them"):
        conv.output_shape((1, k, other))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (2.5, "2.5, a float: a size is an integer or a letter"),
        (2.0, "2.0, a float: a size is an integer or a letter"),
        (True, "True, a bool: a size is an integer or a letter"),
        (None, "None, a NoneType: a size is an integer or a letter"),
        (1j, "1j, a complex: a size is an integer or a letter"),
        (float("nan"), "nan, a float: a size is an integer or a letter"),
        (np.float32(3), "a float32: a size is an integer or a letter"),
        (sympy.Symbol("x", integer=False), "x, which is declared not to be an integer: a size is an integer"),
        (sympy.Symbol("x.y"), "a symbol named 'x.y': a name is letters, digits and _"),
        (sympy.Symbol("__import__('os')"), "a name is letters, digits and _"),
        (sympy.pi, "holds a Pi: sizes are built from integers, letters"),
        (sympy.I, "holds a ImaginaryUnit: sizes are built from integers, letters"),
        (sympy.Float(3), "holds a Float: sizes are built from integers, letters"),
        (sympy.sin(sympy.Symbol("x")), "holds a sin: sizes are built from integers, letters"),
        (sympy.Symbol("x") ** sympy.Symbol("y"), "holds a Pow: sizes are built from integers, letters"),
        (sympy.Symbol("x") > 1, "holds a StrictGreaterThan: sizes are built from integers, letters"),
        (sympy.oo, "holds a Infinity: sizes are built from integers, letters"),
        (sympy.nan, "holds a NaN: sizes are built from integers, letters"),
    ],
    ids=str,
)
def test_what_is_no_size_is_refused_in_words(given, message):
    with pytest.raises(ParseError) as error:
        size(given, "a size")
    assert message in str(error.value)
    with pytest.raises(cm.ConvmathError):
        cm.conv1d(1, 1, given)
    with pytest.raises(cm.ShapeError):
        cm.conv1d(1, 1, 1).output_shape((1, 1, given))


@pytest.mark.parametrize("names", ["", "  ", "1x", "_x", "x-y", "x.y", "x=1", "f(x)", "__import__('os')", "x²"])
def test_names_that_are_no_letters_are_refused(names):
    with pytest.raises(ParseError):
        symbols(names)


def test_what_is_no_size_does_not_leave():
    with pytest.raises(cm.UnsupportedError):
        answer(cm.conv1d(1, 1, 1).general.right_side, {})
    assert answer(Int(3), {}) == 3
    assert answer(Sym("H"), {}) == symbols("H")
