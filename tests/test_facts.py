"""Signs are proved or left open: a certificate is never given for something that is false."""

from itertools import product

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import z3_relation
from oracles.values import holds, value
from test_rules import relation, statement

from convmath.language.parse import parse_size
from convmath.language.tree import Add, Floor, Int, Mul, Ratio, Relation, Sym
from convmath.proof.facts import Facts, facts

LETTERS = ("a", "b", "c")
small = st.integers(-3, 3).map(Int)
letter = st.sampled_from(LETTERS).map(Sym)
monomial = st.lists(letter, min_size=1, max_size=2).map(
    lambda factors: Mul(tuple(factors)) if factors[1:] else factors[0]
)
term = st.one_of(small, st.builds(lambda number, rest: Mul((number, rest)), small, monomial))
expression = st.lists(term, min_size=2, max_size=4).map(lambda terms: Add(tuple(terms)))
at_least = st.builds(Relation, letter, st.just("≥"), st.integers(-1, 2).map(Int))
inequality = st.builds(Relation, expression, st.sampled_from(["≤", "≥", "="]), expression)
assumed = st.tuples(st.lists(at_least, max_size=3), st.lists(inequality, max_size=2)).map(
    lambda both: (*both[0], *both[1])
)


def box(relations):
    """Every point of −3 … 4 at which the relations hold."""
    for numbers in product(range(-3, 5), repeat=len(LETTERS)):
        here = dict(zip(LETTERS, numbers, strict=True))
        if all(holds(fact, here) for fact in relations):
            yield here


@settings(max_examples=150)
@given(assumed, expression)
def test_what_is_certified_is_true_on_the_whole_box(relations, claim):
    facts = Facts(relations)
    if facts.not_negative(claim) is not None:
        assert all(value(claim, here) >= 0 for here in box(relations))
    if facts.positive(claim) is not None:
        assert all(value(claim, here) >= 1 for here in box(relations))


@settings(max_examples=150)
@given(assumed, st.lists(st.tuples(st.integers(0, 2), letter), max_size=3), st.integers(0, 3))
def test_a_sum_of_assumed_parts_is_certified_only_where_it_is_true(relations, parts, number):
    """Claims made from the assumptions themselves: these are the ones that certificates are found for."""
    pieces = [Mul((Int(weight), name)) for weight, name in parts] + [Int(number), Int(0)]
    pieces += [item.right - item.left if item.op == "≤" else item.left - item.right for item in relations[:2]]
    claim = Add(tuple(pieces))
    if Facts(relations).not_negative(claim) is not None:
        assert all(value(claim, here) >= 0 for here in box(relations))


SIZES = "k >= 1; s >= 1; d >= 1; p >= 0; q >= 0; H >= 1; C >= 1; g >= 1; i >= 0"
CERTIFIED = [
    ("k - 1", SIZES, ""),
    ("d*(k - 1)", SIZES, ""),
    ("s*i + d*u - p + p", SIZES, "u < k"),
    ("k - 1 - u", SIZES, "u < k"),
    ("d*(k - 1) - d*u", SIZES, "u < k"),
    ("s*(k - 1 - u) + i", SIZES, "u < k"),
    ("H + 2*p - d*(k - 1) - 1", SIZES + "; d*(k - 1) + 1 <= H + 2*p", ""),
    ("H - k + s", SIZES + "; k <= H", ""),
    ("2*H - 2*k", SIZES + "; k <= H", ""),
    ("C/g", SIZES, ""),
    ("k*k - 2*k + 1", SIZES, ""),
    ("3 - k", "k = 2", ""),
    ("x^2", "", ""),
]
LEFT_OPEN = [
    ("k - 2", SIZES, ""),
    ("p - 1", SIZES, ""),
    ("H - k", SIZES, ""),
    ("d*u - 1", SIZES, "u < k"),
    ("k - 2 - u", SIZES, "u < k"),
    ("H - k - 1", SIZES + "; k <= H", ""),
    ("k - H", SIZES + "; k <= H", ""),
    ("x", "", ""),
    ("-x^2", "", ""),
    ("x*y", "x >= -1; y >= -1", ""),
    ("x", "x >= -1", ""),
    ("C/g - 1", SIZES, ""),
    ("1 - k", SIZES, ""),
    ("s - d", SIZES, ""),
    ("k - 3", "k = 2", ""),
    ("floor(x)", "", ""),
]


def facts_of(given, ranges):
    line = statement("z <= z" + (f" for {ranges}" if ranges else ""))
    return Facts(tuple(map(relation, given.split(";"))) if given else (), line.ranges)


@pytest.mark.parametrize(("claim", "given", "ranges"), CERTIFIED)
def test_certified(claim, given, ranges):
    assert facts_of(given, ranges).not_negative(parse_size(claim)) is not None


@pytest.mark.parametrize(("claim", "given", "ranges"), LEFT_OPEN)
def test_left_open(claim, given, ranges):
    assert facts_of(given, ranges).not_negative(parse_size(claim)) is None


@pytest.mark.parametrize(
    ("claim", "given", "ranges"), [row for row in CERTIFIED if "/" not in row[0] and "^" not in row[0]]
)
def test_z3_finds_no_point_against_a_certificate(claim, given, ranges):
    facts = facts_of(given, ranges)
    names = {letter for fact in facts.relations for letter in statement_letters(fact)} | set("kuid") | set("spqHCgu")
    letters = {name: z3.Int(name) for name in names}
    solver = z3.Solver()
    solver.set("timeout", 10_000)
    solver.add([z3_relation(fact, letters) for fact in facts.relations])
    for name, size in facts.ranges:
        solver.add(letters[name] >= 0, z3_relation(Relation(Sym(name), "≤", size - 1), letters))
    solver.add(z3.Not(z3_relation(Relation(Int(0), "≤", parse_size(claim)), letters)))
    assert solver.check() == z3.unsat


def statement_letters(fact):
    from convmath.language.tree import letters_of

    return letters_of(fact.left, fact.right)


def test_a_certificate_says_what_it_used():
    facts = facts_of("d*(k - 1) + 1 <= H + 2*p; p >= 0", "")
    assert facts.not_negative(parse_size("H + 2*p - d*(k - 1) - 1")) == "d·(k − 1) + 1 ≤ H + 2·p"
    assert facts_of("k >= 1; d >= 1", "").not_negative(parse_size("d*(k - 1)")) == "d ≥ 1, k ≥ 1"
    assert facts_of("", "").not_negative(parse_size("3")) == "every part is ≥ 0"


def test_a_floor_is_near_its_quotient_by_whole_numbers_only():
    """r ≤ c·⌊r/c⌋ + c − 1 needs a whole r: at L = 5, c = 2 and r = 5/2 it is false."""
    known = facts((Relation(Sym("L"), "≥", Int(1)), Relation(Sym("c"), "≥", Int(1))))
    for top, sure in ((Sym("L"), True), (Ratio(Sym("L"), Int(2)), False)):
        below = Sym("c") * Floor(Ratio(top, Sym("c"))) + Sym("c") - 1 - top
        assert (known.not_negative(below) is not None) == sure
