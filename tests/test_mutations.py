"""One character of what a rule computes, altered: the exact points have to catch it.

A digit, a letter, a sign, a rounding, the kind of a sum, < for ≤. A mutant that says the same at every point
inside the assumptions is no wrong rule: ``SAME`` names each with the reason, and a box of integers is gone through.
"""

from dataclasses import replace

import pytest
from oracles.values import true, value
from test_rules import (
    AT,
    FULL,
    INNER,
    LINEAR,
    LOWER,
    OUTER,
    PADDED,
    POSITIVE,
    QUOTIENTS,
    ROWS,
    SIZES,
    STRIDED,
    TWO_TAPS,
    UPPER,
    Ground,
    formula,
    name_of,
    on,
    on_tiles,
    points,
    relation,
    statement,
)

from convmath.errors import ProofError
from convmath.language.tree import (
    Add,
    Ceil,
    Floor,
    Int,
    Least,
    Mul,
    Pow,
    Ratio,
    Reduce,
    Relation,
    Sym,
    letters_of,
    mapped,
    negative,
)
from convmath.proof.rules import RULES
from convmath.proof.step import Move, take

LETTERS = "Lksdp"
STEPS = "in steps of: M = Σ_{y<s*(k + L) + 1} min(1, Σ_{u<k, v<L : y = s*u + 2*s*v} 1)"
WEAKER = (
    "−1 ≤ i + u − 1, i + u − 1 ≤ L − 1",
    "0 ≤ i + u + 1, i + u − 1 ≤ L − 1",
    "0 ≤ i + u + 0, i + u − 1 ≤ L − 1",
    "0 ≤ i + u − 1, i·u·(−1) ≤ L − 1",
    "0 ≤ i + u − 1, −i + u − 1 ≤ L − 1",
    "0 ≤ i + u − 1, i − u − 1 ≤ L − 1",
    "0 ≤ i + u − 1, i + u − 2 ≤ L − 1",
    "0 ≤ i + u − 1, i + u − 1 ≤ L + 1",
    "0 ≤ i + u − 1, i + u − 1 ≤ L + 0",
)
"""Conditions that hold at least where X has a place."""
SAME = {
    STEPS: {
        "M = Σ_{y<(k + L + 1)} min(1, Σ_{u<k, v<L : y = u + 2·v} 2)": "the minimum is 1 where the sum is 1 or 2",
    },
    "gather by place: M = Σ_{u<k, v<s} (u*v + L)": {
        f"M = Σ_{{t<(d·(k + {more}) + s)}} (Σ_{{u<k, v<s : t = d·u + v}} (u·v + L))": "no term is at a place so far"
        for more in (0, 1)
    },
    "only inside": {
        f"Y[n,o,i] = Σ_{{u<k : {weaker}}} V[o,u]·X[n, i + u − 1]": "every term that is left out is 0 as it is"
        for weaker in WEAKER
    },
    "count from 0, or none: i <= floor(L/s)": {
        "M = max(−1, ⌊L/s⌋ + 1)": "L ≥ 1 and s ≥ 1, so the other side is at least 1",
        "M = max(1, ⌊L/s⌋ + 1)": "L ≥ 1 and s ≥ 1, so the other side is at least 1",
    },
    "remainders in turn: 2 | L - 4; floor((L - 4)/2) - 4 = 3*floor((L - 12)/6)": {
        "6 ∣ −L − 12": "what divides a number divides its negative, and 12 is a multiple of 6",
        "6 ∣ L + 12": "24 is a multiple of 6",
    },
    "one period decides: L - 4 = 2*floor(L/2) - 4; floor(L/2) = 3*floor(L/6); 4 | L - 6": {
        "12 ∣ −L − 6": "what divides a number divides its negative, and 12 is a multiple of 12",
        "12 ∣ L + 6": "12 is a multiple of 12",
    },
}
"""Mutants that change no value, by row, and why."""


def mutants(expr, letters):
    """Every expression that differs from ``expr`` in one character: a digit, a letter, a sign, a bracket."""
    yield from here(expr, letters)
    inside = []
    mapped(expr, lambda inner: inside.append(inner) or inner)
    for at, inner in enumerate(inside):
        for other in mutants(inner, letters):
            new = iter([*inside[:at], other, *inside[at + 1 :]])
            yield mapped(expr, lambda _, new=new: next(new))


def here(expr, letters):
    match expr:
        case Int(number):
            yield from (Int(number + 1), Int(number - 1))
        case Sym(name) if name in letters:
            yield from (Sym(other) for other in letters if other != name)
        case Add(terms):
            yield Mul(terms)
            for at, term in enumerate(terms):
                yield Add((*terms[:at], negative(term), *terms[at + 1 :]))
        case Mul(factors):
            yield Add(factors)
        case Pow(base, exponent):
            yield Pow(base, exponent + 1)
        case Floor(argument):
            yield Ceil(argument)
        case Ceil(argument):
            yield Floor(argument)
        case Ratio(top, bottom):
            yield Mul((top, bottom))
        case Least(options):
            yield negative(Least(tuple(map(negative, options))))
        case Reduce(kind, ranges, body, where):
            yield Reduce({"max": "min", "min": "max", "sum": "max", "mean": "sum"}[kind], ranges, body, where)


def wrong_lines(line, letters):
    """Every line that differs from ``line`` in one character to the right of a sign, or in the sign."""
    for at, item in enumerate(line.relations):
        for other in mutants(item.right, letters):
            yield line.with_relation(at, Relation(item.left, item.op, other))
        if item.op == "≤":
            yield line.with_relation(at, Relation(item.left, "≥", item.right))
            yield line.with_relation(at, less(item))


def less(item):
    """a < b between integers is a ≤ b − 1; i < a/c is i ≤ (a − 1)/c."""
    if isinstance(item.right, Ratio):
        return Relation(item.left, "≤", Ratio(item.right.numerator - 1, item.right.divisor))
    return Relation(item.left, "≤", item.right - 1)


def taken(make, rule, line, monkeypatch):
    """The step that is made when ``rule`` answers ``line``, or None where the points catch it."""
    wrong = replace(RULES[rule], reason="", apply=lambda *_: Move(line, "altered", {}))
    with monkeypatch.context() as patch:
        patch.setitem(RULES, rule, wrong)
        try:
            return make()
        except ProofError:
            return None


def same_in_a_box(row, step, right):
    """Whether a line says what the right line says at every integer point of the row's box."""
    places = points(row, step, row.box)
    if step.after.is_value:
        return all(value(step.after.right, place) == value(right.right, place) for place in places)
    return all(true(step.after, place) == true(right, place) for place in places)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_one_character_altered_is_caught(row, monkeypatch):
    right = row.step().after
    found = [*dict.fromkeys(wrong_lines(right, [name for name in LETTERS if name in row.given]))]
    made = {str(line): taken(row.step, row.rule, line, monkeypatch) for line in found}
    uncaught = {text: step for text, step in made.items() if step is not None}
    assert uncaught.keys() == SAME.get(name_of(row), {}).keys()
    assert all(same_in_a_box(row, step, right) for step in uncaught.values())
    assert len(made) > len(uncaught)


ON_LINEAR = Ground(
    (LINEAR, LINEAR, LINEAR), tuple(map(relation, [*SIZES.split(";"), "N >= 1", "O >= 1", "C >= 1", "k = 1"]))
)
FORMULAS = {
    "recognise": ("Y[n,o,i] = Σ_{e<C} X[n,e,s*i]*W[o,e] + b[o]", ON_LINEAR, {"number": 2, "words": "the same"}),
    "the same everywhere": (formula(LINEAR), ON_LINEAR, {"indices": "i"}),
    "put": ("Y[n,o,i] = b[o] + Σ_{c<C} W[o,c]*X[n,c,k*i + p]", ON_LINEAR, {"values": (("k", Int(1)),)}),
    "insert": (formula(OUTER), on(OUTER, INNER), {"number": 2}),
    "insert: a layer": (formula(UPPER), Ground((UPPER, UPPER, LOWER), STRIDED), {"number": 2}),
    "add the quotients": (QUOTIENTS, replace(on_tiles(), assumptions=POSITIVE), {}),
    "recognise an entry": (TWO_TAPS, on_tiles(), {"number": 2, **AT}),
    "name": ("Y[n,o,i] = Σ_{r<R} V[o,r]*(b[r] + Σ_{c<C} U[r,c]*X[n,c,i])", on(OUTER, INNER), {"number": 2}),
    "use the condition": (
        "Y[n,o,i] = Σ_{t<L} (Σ_{c<C, u<d : t = s*u + p} W[o,c]*X[n,c,s*i + s*u + p])",
        ON_LINEAR,
        {"letter": "t"},
    ),
    "the only place": (formula(FULL), replace(on(FULL), established=(("H", Int(1)),)), {"index": "i", "size": "H"}),
    "only inside": (formula(PADDED), on(PADDED), {"array": "X", "axes": "1"}),
    "outside too": (
        "Y[n,o,i] = Σ_{u<k : 0 <= i + u - 1, i + u - 1 <= L - 1} V[o,u]*X[n,i+u-1]",
        on(PADDED),
        {"array": "X"},
    ),
    "one place: unpadded": (formula(LINEAR), ON_LINEAR, {"array": "X", "axis": 2, "index": "x"}),
    "one place": (formula(PADDED), on(PADDED), {"array": "X", "axis": 1, "index": "x"}),
    "one value meets it: or none": ("Y[n,o,i] = Σ_{u<k : u = i - 2} V[o,u]*X[n,i+u-1]", on(PADDED), {"index": "u"}),
    "one value meets it: or outside": (
        "Y[n,o,i] = Σ_{c<C, t<L : t = s*i - p} W[o,c]*X[n,c,t]",
        ON_LINEAR,
        {"index": "t"},
    ),
    "sum over one value": ("Y[n,o,i] = b[o] + Σ_{c<C, u<1} W[o,c]*X[n,c,s*i + u]", ON_LINEAR, {}),
}
"""The rules that act on whole formulas, some of them in several cases: (line before, ground, arguments)."""


@pytest.mark.parametrize("name", FORMULAS)
def test_one_character_of_a_formula_altered_is_caught(name, monkeypatch):
    rule, (before, ground, arguments) = name.partition(":")[0], FORMULAS[name]

    def make():
        return take(statement(before), rule, ground, **arguments)

    after = make().after
    found = [*dict.fromkeys(wrong_lines(after, sorted(letters_of(after.relations[0].left))))]
    made = {str(line): taken(make, rule, line, monkeypatch) for line in found}
    uncaught = {text for text, step in made.items() if step is not None}
    assert uncaught == SAME.get(name, {}).keys()
    assert len(made) > len(uncaught)


def test_every_rule_that_proves_is_altered():
    """The others read a definition: there is no line before them that the points could hold them against."""
    altered = {row.rule for row in ROWS} | {name.partition(":")[0] for name in FORMULAS}
    assert altered == {name for name, entry in RULES.items() if entry.verdict != "by definition"}
