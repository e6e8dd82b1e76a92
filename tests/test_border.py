"""Rules about the border: what they give, and what they refuse. Outside of its places an array is 0."""

from dataclasses import replace

import pytest
from test_rules import PADDED, on, statement

import convmath as cm
from convmath.errors import ProofError
from convmath.proof.reading import formula
from convmath.proof.step import take

INSIDE = "Y[n,o,i] = Σ_{u<k : 0 <= i + u - 1, i + u - 1 <= L - 1} V[o,u]*X[n,i+u-1]"
SHIFTED = cm.define("X[n,x] = W[n,x] + t[n]", {"W": "N,L", "t": "N"}).general
SCALED = cm.define("X[n,x] = W[n,x]*t[n]", {"W": "N,L", "t": "N"}).general
LONGER = cm.define("X[n,x] = W[n,x]*t[n]", {"W": "N,L+1", "t": "N"}).general


def padded_with(mode):
    return cm.define(
        "Y[n,o,i] = V[o,u]*X[n,i+u-1]", {"V": "O,k", "X": "N,L"}, {"X": "0,1"}, padding_mode={"X": mode}
    ).general


def test_only_inside():
    step = take(formula(PADDED), "only inside", on(PADDED), array="X", axes="1")
    assert str(step.after) == str(statement(INSIDE))
    back = take(step.after, "outside too", on(PADDED), array="X")
    assert back.after == formula(PADDED)
    assert step.evidence.points == back.evidence.points == 200


def test_one_place_and_one_value_meets_it():
    step = take(formula(PADDED), "one place", on(PADDED), array="X", axis=1, index="x")
    assert str(step.after) == "Y[n,o,i] = Σ_{u<k} V[o,u]·(Σ_{x<L : x = i + u − 1} X[n,x])"
    step = take(take(step.after, "multiply out", on(PADDED)).after, "one sum", on(PADDED))
    back = take(step.after, "one value meets it", on(PADDED), index="x")
    assert back.after == formula(PADDED)
    other = take(take(step.after, "solve", on(PADDED), letter="u").after, "one value meets it", on(PADDED), index="u")
    assert str(other.after) == "Y[n,o,i] = Σ_{x<L} V[o, x − i + 1]·X[n,x]"


@pytest.mark.parametrize("mode", ["replicate", "reflect", "circular", 1])
@pytest.mark.parametrize(
    ("rule", "line", "arguments"),
    [
        ("only inside", None, {"array": "X", "axes": "1"}),
        ("outside too", INSIDE, {"array": "X"}),
        ("one place", None, {"array": "X", "axis": 1, "index": "x"}),
        ("one value meets it", "Y[n,o,i] = Σ_{x<L : x = i - 1} X[n,x]", {"index": "x"}),
    ],
)
def test_an_array_that_holds_something_outside_is_refused(rule, line, arguments, mode):
    subject = padded_with(mode)
    with pytest.raises(ProofError, match="outside of its places, not 0"):
        take(formula(subject) if line is None else statement(line), rule, on(subject), **arguments)


def test_a_maximum_reads_no_0_outside():
    """Its padding adds nothing to a maximum: it is −∞, where the points have 0."""
    pool = cm.define("Y[n,i] = max_{u<k} X[n,i+u-1]", {"X": "N,L"}, {"X": "0,1"}).general
    with pytest.raises(ProofError, match="is no sum"):
        take(formula(pool), "one place", on(pool), array="X", axis=1, index="x")
    with pytest.raises(ProofError, match="is padded"):
        take(formula(pool), "insert", on(pool, SCALED), number=2)


@pytest.mark.parametrize(
    ("rule", "line", "arguments"),
    [
        ("only inside", "Y[n,o,i] = max_{u<k} V[o,u]*X[n,i+u-1]", {"array": "X", "axes": "1"}),
        ("only inside", "Y[n,o,i] = Σ_{u<k} (V[o,u] + X[n,i+u-1])", {"array": "X", "axes": "1"}),
        ("only inside", INSIDE, {"array": "X", "axes": "1"}),
        ("only inside", INSIDE, {"array": "Z", "axes": "1"}),
        ("outside too", "Y[n,o,i] = Σ_{u<k : 0 <= i + u - 2} V[o,u]*X[n,i+u-1]", {"array": "X"}),
        ("outside too", "Y[n,o,i] = Σ_{u<k : 0 <= i + u - 1} (V[o,u] + X[n,i+u-1])", {"array": "X"}),
        ("outside too", "Y[n,o,i] = max_{u<k : 0 <= i + u - 1} V[o,u]*X[n,i+u-1]", {"array": "X"}),
        ("one place", "Y[n,o,i] = Σ_{u<k} V[o,u]*X[n,i+u-1]", {"array": "X", "axis": 1, "index": "u"}),
        ("one place", "Y[n,o,i] = Σ_{u<k} V[o,u]*X[n,i+u-1]", {"array": "X", "axis": 2, "index": "x"}),
        ("one place", "Y[n,o,i] = Σ_{u<k} V[o,u]*X[n,u/2]", {"array": "X", "axis": 1, "index": "x"}),
        ("one value meets it", "Y[n,o,i] = Σ_{u<k : u = i - 2} X[n,i+u-1]", {"index": "u"}),
        ("one value meets it", "Y[n,o,i] = Σ_{u<L : u = i - 2} V[o,u]", {"index": "u"}),
        ("one value meets it", "Y[n,o,i] = Σ_{u<k : u = i/2} V[o,u]", {"index": "u"}),
        ("one value meets it", "Y[n,o,i] = Σ_{u<k} V[o,u]*X[n,i+u-1]", {"index": "u"}),
        ("one value meets it", "Y[n,o,i] = max_{u<k : u = i - 2} V[o,u]", {"index": "u"}),
    ],
)
def test_what_is_not_known_of_the_border_is_refused(rule, line, arguments):
    with pytest.raises(ProofError):
        take(statement(line), rule, on(PADDED), **arguments)


def test_what_is_given_by_a_formula_is_not_said_to_be_0_outside_unless_it_is():
    """X is W + t in its places; in the padding it is 0, and the formula would say t there."""
    with pytest.raises(ProofError, match="is padded"):
        take(formula(PADDED), "insert", on(PADDED, SHIFTED), number=2)
    with pytest.raises(ProofError, match="is padded"):
        take(formula(PADDED), "insert", on(PADDED, LONGER), number=2)
    for rule, more in (("one place", {"array": "X", "axis": 1, "index": "x"}), ("one value meets it", {"index": "x"})):
        line = "Y[n,o,i] = Σ_{x<L : x = i - 1} X[n,x]"
        with pytest.raises(ProofError):
            take(statement(line), rule, on(PADDED, SHIFTED), **more)
    step = take(formula(PADDED), "insert", on(PADDED, SCALED), number=2)
    assert str(step.after) == "Y[n,o,i] = Σ_{u<k} V[o,u]·W[n, i + u − 1]·t[n]"
    assert "outside of x < L there is no W, and both are 0" in step.evidence.certificate


def test_inside_the_formula_may_be_put_in():
    """The conditions say that every place that is read is one of X."""
    step = take(statement(INSIDE), "insert", on(PADDED, SHIFTED), number=2)
    assert str(step.after).endswith("V[o,u]·(W[n, i + u − 1] + t[n])")
    for line in (INSIDE.replace("0 <= i + u - 1", "0 <= i + u"), INSIDE.replace("<= L - 1", "<= L")):
        with pytest.raises(ProofError, match="is padded"):
            take(statement(line), "insert", on(PADDED, SHIFTED), number=2)


def test_the_points_know_that_padding_is_0(monkeypatch):
    """A rule that put the formula in where the array is padded would be caught."""
    from convmath.proof import naming

    monkeypatch.setattr(naming, "check_places", lambda *_: [])
    with pytest.raises(ProofError, match="differ at"):
        take(formula(PADDED), "insert", on(PADDED, SHIFTED), number=2)


def test_a_product_gets_a_name():
    weight = cm.define("A[o,u] = V[o,u]*a[o]", {"V": "O,k", "a": "O"}).general
    ground = on(PADDED, weight)
    line = statement("Y[n,o,i] = Σ_{u<k} a[o]*X[n,i+u-1]*V[o,u]")
    step = take(line, "name", ground, number=2)
    assert str(step.after) == "Y[n,o,i] = Σ_{u<k} A[o,u]·X[n, i + u − 1]"
    for other in ("Σ_{u<k} X[n,i+u-1]*V[o,u]", "Σ_{u<k} a[i]*X[n,i+u-1]*V[o,u]", "Σ_{u<k} (a[o] + V[o,u])*X[n,i+u-1]"):
        with pytest.raises(ProofError, match="does not stand here"):
            take(statement(f"Y[n,o,i] = {other}"), "name", ground, number=2)


def test_a_crop_is_not_put_in():
    cropped = cm.define("X[n,x] = W[n,i]*z[u] where x = i+u-1", {"W": "N,L", "z": "k"}, {"X": "0,1"}, "W").general
    with pytest.raises(ProofError, match="cropped"):
        take(formula(PADDED), "insert", replace(on(PADDED), definitions=(PADDED, PADDED, cropped)), number=2)
