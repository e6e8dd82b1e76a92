"""Rules that read along one axis of several layers, and what they refuse."""

import pytest

import convmath as cm
from convmath.errors import ProofError
from convmath.language.parse import parse_size
from convmath.language.tree import Relation, Sym
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.statement import Statement
from convmath.proof.step import take

CONV = cm.conv2d("C", "O", "k", stride="s", padding="p").general
KNOWN = tuple(
    (name, parse_size(text))
    for name, text in {
        "A": "s*i - p",
        "B": "s*i + k - 1 - p",
        "D": "i*i",
        "H_1": "floor((H + 2*p - k)/s) + 1",
        "H_2": "floor((H + 2*p - k + s)/s)",
        "H_3": "floor((2*H + 2*p - k)/s) + 1",
        "H_4": "floor(H/(2*s)) + 1",
    }.items()
)
GIVEN = tuple(Relation(Sym(name), "≥", parse_size("1")) for name in ("H", "W", "k", "s", "i"))
AFTER = {"of": "B", "index": "i", "size": "H_1", "letter": "H", "name": "Q"}

ROWS = [
    ("read the stride along an axis", {"of": "A", "index": "i", "name": "S"}, "S = s", ({"of": "D"}, {"of": "E"})),
    ("read the padding before", {"of": "A", "index": "i", "name": "P"}, "P = p", ({"index": "j"}, {"of": "E"})),
    ("read the padding after", AFTER, "Q = p",
     ({"size": "H_3"}, {"size": "H_4"}, {"of": "D"}, {"letter": "W"}, {"size": "A"})),
    ("read the padding after", AFTER | {"size": "H_2"}, "Q = p", ()),
    ("read an end along an axis",
     {"array": "X", "axis": 2, "index": "i", "end": "first", "name": "F", "through": "A", "unit": "i"},
     "F = min_{u<k} (s·(s·i + d·u − p) − p)", ({"through": "E"}, {"index": "j"}, {"axis": 9})),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_is_read_off(row):
    rule, arguments, wanted, refused = row
    ground = Ground((CONV, CONV), GIVEN, KNOWN)
    step = take(formula(CONV), rule, ground, **arguments)
    assert str(step.after) == wanted
    assert (step.evidence.verdict, step.evidence.points) == ("by definition", 0)
    for change in refused:
        with pytest.raises(ProofError):
            take(formula(CONV), rule, ground, **{**arguments, **change})
    with pytest.raises(ProofError, match="is not the definition"):
        take(Statement((Relation(Sym("H"), "=", Sym("W")),)), rule, ground, **arguments)
