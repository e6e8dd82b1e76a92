"""The normal form decides equality: always right, and complete where nothing is rounded or divided."""

import pytest
import sympy
from hypothesis import given
from oracles.values import value
from strategies import LETTERS, points, polynomials, trees

from convmath.language.expand import expanded
from convmath.language.parse import parse_size
from convmath.language.polynomial import equal, polynomial


def to_sympy(node):
    """A tree of + − · and powers in SymPy, without the package's own translation."""
    match type(node).__name__:
        case "Int":
            return sympy.Integer(node.value)
        case "Sym":
            return sympy.Symbol(node.name)
        case "Add":
            return sympy.Add(*map(to_sympy, node.terms))
        case "Mul":
            return sympy.Mul(*map(to_sympy, node.factors))
        case "Pow":
            return to_sympy(node.base) ** node.exponent
    raise TypeError(node)


@given(polynomials, polynomials)
def test_equality_is_that_of_sympy_expand(left, right):
    assert equal(left, right) == (sympy.expand(to_sympy(left) - to_sympy(right)) == 0)


@given(polynomials)
def test_multiplied_out_is_what_sympy_multiplies_out(tree):
    out = expanded(tree)
    assert equal(out, tree)
    assert sympy.expand(to_sympy(tree)) - to_sympy(out) == 0


@given(polynomials)
def test_the_coefficients_are_those_of_sympy(tree):
    letters = [sympy.Symbol(name) for name in LETTERS]
    wanted = sympy.Poly(to_sympy(tree), *letters).as_dict()
    found = {
        tuple(dict(monomial).get(name, 0) for name in LETTERS): number
        for monomial, number in polynomial(tree).terms.items()
    }
    assert found == {powers: number for powers, number in wanted.items() if number}


@given(trees, trees, points)
def test_what_is_equal_has_one_value_everywhere(left, right, at):
    if equal(left, right):
        assert value(left, at) == value(right, at)


@given(trees, points)
def test_a_number_is_its_value(tree, at):
    number = polynomial(tree).value()
    if number is not None:
        assert value(tree, at) == number


@given(trees, trees)
def test_keys_are_equal_exactly_for_equal_polynomials(left, right):
    one, two = polynomial(left), polynomial(right)
    assert (one.key() == two.key()) == (one == two)
    assert one != two or hash(one) == hash(two)


@given(polynomials, polynomials)
def test_a_letter_taken_apart_can_be_put_together(left, right):
    poly = polynomial(left) * polynomial(right)
    form = poly.split("H")
    if form is not None:
        slope, rest = form
        assert "H" not in slope.atoms() | rest.atoms()
        assert slope * polynomial(parse_size("H")) + rest == poly


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("d*(k - 1) + 1", "d*k - d + 1"),
        ("floor((H + 2*s)/s)", "floor(H/s) + 2"),
        ("floor((H - 1)/2) + 1", "floor((H + 1)/2)"),
        ("ceil(H/s)", "-floor(-H/s)"),
        ("min(H, W)", "min(W, H)"),
        ("g*(C/g)", "C"),
        ("floor(3*H/2)", "H + floor(H/2)"),
        ("Σ_{u<k} X[u]", "Σ_{v<k} X[v]"),
        ("Σ_{u<k} Σ_{v<u} X[u,v]", "Σ_{a<k} Σ_{b<a} X[a,b]"),
        ("(H + 1)/(k + 1)", "H/(k + 1) + 1/(k + 1)"),
    ],
)
def test_equal(left, right):
    assert equal(parse_size(left), parse_size(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("floor(H/2)", "H/2"),
        ("floor(min(H/2, W))", "min(H/2, W)"),
        ("ceil(min(H/2, W))", "floor(min(H/2, W))"),
        ("floor(mean_{u<k} X[u])", "mean_{u<k} X[u]"),
        ("floor(H/2)*2", "H"),
        ("ceil(H/s)", "floor(H/s) + 1"),
        ("Σ_{u<k} X[u]", "Σ_{u<k} X[u + 1]"),
        ("Σ_{u<k, v<k} X[u,v]", "Σ_{u<k, v<k} X[v,u + 1]"),
        ("max_{u<k} X[u]", "min_{u<k} X[u]"),
        ("X[i]", "W[i]"),
        ("H'", "H"),
    ],
)
def test_not_equal(left, right):
    assert not equal(parse_size(left), parse_size(right))
