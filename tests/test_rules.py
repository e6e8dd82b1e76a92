"""Every rule of the book: right on every small integer, z3 finds nothing against it, false variants are refused.

A rule's row says what it is applied to and what must come out. The check is written from the row's
mathematics; it shares nothing with the rule, nor with the points at which a step tries itself.
"""

import re
from dataclasses import dataclass, field, replace
from itertools import product

import pytest
import z3
from judge import objection
from oracles.values import holds, true, value

import convmath as cm
import convmath.book.entries  # enters the theorems' rules
from convmath.errors import ProofError
from convmath.language.functions import Function
from convmath.language.parse import parse_size
from convmath.language.tree import Add, Apply, Int, Ratio, Read, Reduce, Relation, Sym
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.rules import JUDGED, RULES
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Move, take

CONV = cm.define(
    "Y[n,o,i] = W[o,c,u] * X[n,c,s*i+d*u-p] + b[o]",
    shapes={"X": "N,C,L", "W": "O,C,k", "b": "O"},
    padding={"X": "0,0,p"},
).general
TRANSPOSED = cm.conv_transpose1d("C", "O", "k", stride="s", padding="p", dilation="d").general
POOL = cm.max_pool1d("k", "s", "p").general
POINTWISE = cm.conv1d("C", "O", "k", stride="s").general
LINEAR = cm.define("Y[n,o,i] = b[o] + W[o,c]*X[n,c,s*i]", shapes={"X": "N,C,L", "W": "O,C", "b": "O"}).general


def relation(text):
    """``"i <= r/c"`` as a relation, ``"g | C"`` is divides."""
    left, op, right = re.split(r"\s*(<=|>=|=|\|| < )\s*", text, maxsplit=1)
    op = op.strip()
    return Relation(parse_size(left), {"<=": "≤", ">=": "≥", "|": "∣"}.get(op, op), parse_size(right))


def statement(text):
    """``"0 <= i + u; i + u <= b for u < k"`` as a line of a derivation."""
    if isinstance(text, Statement):
        return text
    body, _, ranges = text.partition(" for ")
    pairs = tuple(
        (name.strip(), parse_size(size)) for name, size in (part.split("<") for part in ranges.split(",") if part)
    )
    return Statement(tuple(map(relation, body.split(";"))), pairs)


def multiples(kind="max", *, divisor="s", multiple="y", body="y/s"):
    """R = max_{y<k : s ∣ y} y/s + 1, or something like it."""
    where = (Relation(parse_size(divisor), "∣", parse_size(multiple)),) if divisor else ()
    return value_of("R", Reduce(kind, (("y", Sym("k")),), parse_size(body), where) + 1)


def relu(text):
    return Apply(Function("relu"), parse_size(text))


def relus(*texts):
    """M = relu(…) + relu(…)."""
    return value_of("M", relu(texts[0]) if len(texts) == 1 else Add(tuple(map(relu, texts))))


RAGGED = "R = max_{i<s} (max_{t<L : L*i <= s*t + s - 1, s*t <= L*i + L - 1} t - "
RAGGED += "min_{t<L : L*i <= s*t + s - 1, s*t <= L*i + L - 1} t + 1)"


@dataclass(frozen=True)
class Row:
    """A rule at work, and what it must refuse: changes of ``before``, ``given`` or the arguments."""

    rule: str
    before: str
    after: str
    arguments: dict = field(default_factory=dict)
    given: str = ""
    refused: tuple = ()
    definition: object = CONV
    established: tuple = ()
    z3: bool = False
    box: int = 4

    def step(self, **changes):
        row = replace(self, **changes)
        before = formula(row.definition) if row.before == "the definition" else statement(row.before)
        return take(before, row.rule, row.ground(), **row.arguments)

    def ground(self):
        assumed = tuple(map(relation, self.given.split(";"))) if self.given else ()
        return Ground((self.definition, CONV, LINEAR), assumed, self.established)


SIZES = "k >= 1; s >= 1; d >= 1; p >= 0; L >= 1"
ROWS = [
    Row(
        "always holds",
        "-p <= s*i + d*u - p; s*i <= L for u < k", "s*i <= L", {"at": 0}, SIZES, z3=True,
        refused=(
            {"given": "k >= 1; d >= 1"},
            {"before": "-p <= s*i - d*u - p; s*i <= L for u < k"},
            {"before": "1 - p <= s*i + d*u - p; s*i <= L for u < k"},
            {"before": "-p <= s*i + d*u - p for u < k"},
            {"arguments": {"at": 1}},
            {"arguments": {"at": 2}},
            {"arguments": {"at": -1}},
        ),
    ),
    Row(
        "farthest read",
        "s*i + d*u - p <= L for u < k", "s*i + d*(k - 1) - p <= L", {"at": 0, "index": "u"}, SIZES, z3=True,
        refused=(
            {"given": "k >= 1; s >= 1"},
            {"before": "s*i + (d - 2)*u <= L for u < k"},
            {"before": "s*i + u*u <= L for u < k"},
            {"arguments": {"at": 0, "index": "v"}},
            {"arguments": {"at": 1, "index": "u"}},
        ),
    ),
    Row("farthest read", "s*i - d*u <= L for u < k", "s*i <= L", {"at": 0, "index": "u"}, SIZES, z3=True),
    Row("farthest read", "0 <= s*i + d*u - 2 for u < k", "0 <= s*i - 2", {"at": 0, "index": "u"}, SIZES, z3=True),
    Row(
        "farthest read",
        "0 <= L - s*i - d*u for u < k", "0 <= L - s*i - d*(k - 1)", {"at": 0, "index": "u"}, SIZES, z3=True,
    ),
    Row(
        "gather",
        "s*i + d*(k - 1) - p <= L + p - 1", "s*i <= L + 2*p - d*(k - 1) - 1", {"at": 0, "index": "i"}, SIZES, z3=True,
        refused=(
            {"before": "s*i*i <= L"},
            {"before": "s*L <= k"},
            {"before": "s*i >= L"},
            {"arguments": {"at": 0, "index": "u"}},
        ),
    ),
    Row("gather", "1 <= L - s*i", "s*i <= L - 1", {"at": 0, "index": "i"}, SIZES, z3=True),
    Row(
        "divide",
        "s*i <= L - k", "i <= (L - k)/s", {"at": 0, "index": "i"}, SIZES, z3=True,
        refused=(
            {"given": "L >= 1"},
            {"given": "s >= 0; L >= 1"},
            {"before": "s*i + 1 <= L - k"},
            {"before": "(s - 1)*i <= L - k"},
            {"before": "-s*i <= L - k"},
        ),
    ),
    Row(
        "integer", "i <= (L - k)/s", "i <= floor((L - k)/s)", {"at": 0}, SIZES, z3=True,
        refused=({"before": "L <= k/s"}, {"before": "2*i <= L/s"}, {"before": "i >= L/s"}),
    ),
    Row(
        "the floor between",
        "i <= floor(L/s)", "i <= k", {"value": Sym("k")}, SIZES + "; s*k <= L; L <= s*k + s - 1", z3=True,
        refused=(
            {"given": SIZES + "; s*k <= L"},
            {"given": SIZES + "; L <= s*k + s - 1"},
            {"before": "i <= L"},
            {"before": "i <= ceil(L/s)"},
            {"arguments": {"value": Sym("d")}},
            {"arguments": {"value": Ratio(Sym("L"), Sym("s"))}},
            {"arguments": {"value": "k"}},
            {"arguments": {}},
        ),
    ),
    Row(
        "smaller bound",
        "i <= L - k; i <= floor(L/s)", "i <= min(L - k, floor(L/s))", {}, SIZES, z3=True,
        refused=({"before": "i <= L; j <= L"}, {"before": "2*i <= L; i <= k"}),
    ),
    Row("smaller bound", "i <= L - 1; i <= L - k", "i <= L - k", {}, SIZES, z3=True),
    Row("smaller bound", "i <= L - k; i <= L - 1; i <= L - k", "i <= L - k", {}, SIZES, z3=True),
    Row(
        "count from 0",
        "i <= floor((L - k)/s)", "M = floor((L - k)/s) + 1", {"name": "M"}, SIZES + "; k <= L", z3=True,
        refused=(
            {"given": SIZES},
            {"before": "i <= (L - k)/s"},
            {"before": "i <= L; i <= k"},
            {"before": "i <= L - k - 1", "given": SIZES},
            {"before": "2*i <= L"},
            {"arguments": {}},
        ),
    ),
    Row(
        "count from 0, or none",
        "i <= L - k - 1", "M = max(0, L - k)", {"name": "M"}, SIZES, z3=True,
        refused=(
            {"before": "i <= (L - k)/s"},
            {"before": "i <= L; i <= k"},
            {"before": "2*i <= L"},
            {"arguments": {}},
        ),
    ),
    Row("count from 0, or none", "i <= floor(L/s)", "M = max(0, floor(L/s) + 1)", {"name": "M"}, SIZES, z3=True),
    Row("count from 0", "i <= L - 2", "M = L - 1", {"name": "M"}, SIZES, z3=True),
    Row("count from 0", "i <= min(L - 1, k - 1)", "M = min(L, k)", {"name": "M"}, SIZES, z3=True),
    Row(
        "farthest place",
        "R = max_{u<k} (s*i + d*u) - min_{u<k} (s*i + d*u) + 1", "R = s*i + d*(k - 1) - s*i + 1", {}, SIZES,
        refused=(
            {"given": "k >= 1"},
            {"before": "R = s*i + 1"},
            {"before": "R = max_{u<k} (u*u)"},
            {"before": "R = max_{u<k} (d*u - s*u)"},
            {"before": "max_{u<k} (d*u) <= L"},
        ),
    ),
    Row("farthest place", "R = max_{u<k, v<p} (d*u - s*v)", "R = d*(k - 1)", {}, SIZES + "; p >= 1"),
    Row(
        "last multiple", multiples(), "R = floor((k - 1)/s) + 1", {}, "k >= 1; s >= 1; p >= 0", box=7,
        refused=(
            {"given": "k >= 1"},
            {"given": "s >= 1"},
            {"before": multiples("min")},
            {"before": multiples(body="y")},
            {"before": multiples(divisor="d")},
            {"before": multiples(divisor="")},
            {"before": multiples(multiple="d*y", body="d*y/s")},
        ),
    ),
    Row(
        "first and last place", RAGGED,
        "R = max_{i<s} (floor((L*i + L - 1)/s) - ceil((L*i - s + 1)/s) + 1)", {}, SIZES,
        refused=(
            {"given": "k >= 1"},
            {"before": "R = max_{i<s} (max_{t<L : s*t <= L*i + L} t + 1)"},
            {"before": "R = max_{i<s} (max_{t<L : L*i <= s*t - 1, s*t <= L*i + L - 1} t + 1)"},
            {"before": "R = max_{i<s} (max_{t<L : L*i <= s*t} t + 1)"},
            {"before": "R = max_{i<s} (max_{t<L : t <= i, t <= s - 1} t + 1)"},
            {"before": "R = max_{i<s} (Σ_{t<L : s*t <= L*i} t + 1)"},
            {"before": "R = max_{i<s} (i + 1)"},
        ),
    ),
    Row("first and last place", "R = min_{t<L : 1 <= s*t + s} t", "R = ceil((1 - s)/s)", {}, SIZES),
    Row(
        "ceiling", "R = ceil((L + k)/s) + ceil(k/d)", "R = floor((L + k + s - 1)/s) + floor((k + d - 1)/d)", {}, SIZES,
        refused=({"given": "k >= 1"}, {"before": "R = floor(k/s)"}, {"before": "R = ceil((L/2 + k)/s)"}),
    ),
    Row(
        "count a box", "P = Σ_{o<L, u<k, v<k} 1 + Σ_{o<L} 1", "P = L*k*k + L", {}, SIZES,
        refused=(
            {"before": "P = L*k"},
            {"before": "P = Σ_{o<L} 2"},
            {"before": "P = Σ_{u<k, v<u} 1"},
            {"before": "P = Σ_{u<k : u = v} 1"},
            {"before": "P = max_{u<k} 1"},
        ),
    ),
    Row(
        "arithmetic",
        "P = L*k*k + 0*d + 2*(k - 1) - k + k", "P = L*k^2 + 2*k - 2", {}, SIZES,
        refused=({"before": "i <= L + 0"},),
    ),
    Row(
        "put in",
        "M = k*H + 1", "M = k*(L - k + 1) + 1", {}, SIZES + "; k <= L", established=(("H", parse_size("L - k + 1")),),
        refused=({"before": "M = k + 1"}, {"established": ()}, {"before": "i <= L"}),
    ),
    Row(
        "put",
        "M = k*L + s", "M = L + s", {"values": (("k", Int(1)),)}, SIZES + "; k = 1",
        refused=(
            {"given": SIZES},
            {"given": SIZES + "; k = 2"},
            {"before": "i <= k"},
            {"arguments": {"values": "k"}},
            {"arguments": {}},
        ),
    ),
    Row(
        "sum over one value", "M = Σ_{u<1, v<k} (u + v + L)", "M = Σ_{v<k} (v + L)", {}, SIZES,
        refused=(
            {"before": "M = Σ_{v<k} (v + L)"},
            {"before": "M = Σ_{u<2} (u + L)"},
            {"before": "M = L"},
            {"arguments": {"indices": "u v"}},
        ),
    ),
    Row("sum over one value", "M = Σ_{u<1} (u + L)", "M = L", {"indices": "u"}, SIZES),
    Row(
        "multiply out",
        "M = (L + p)*(Σ_{u<k} (u + s))", "M = Σ_{u<k} L*u + Σ_{u<k} L*s + Σ_{u<k} p*u + Σ_{u<k} p*s", {}, SIZES,
        refused=(
            {"before": "M = Σ_{u<k} L*u"},
            {"before": "M = max_{u<k} (u + L)"},
            {"before": "M = u*(Σ_{u<k} (u + L))"},
            {"before": "i <= L*(k + s)"},
        ),
    ),
    Row(
        "sum in turn", "M = Σ_{u<k, v<s} (u*v + L)", "M = Σ_{v<s} (Σ_{u<k} (u*v + L))", {"outer": "v"}, SIZES,
        refused=(
            {"before": "M = Σ_{u<k} (u + L)"},
            {"before": "M = Σ_{v<s} (v + L)"},
            {"before": "M = max_{u<k, v<s} (u*v + L)"},
            {"before": "M = Σ_{u<k, v<u} (v + L)"},
            {"before": "M = Σ_{u<k, v<s : u = v} (v + L)"},
            {"arguments": {}},
        ),
    ),
    Row(
        "exchange",
        "M = Σ_{u<k} (Σ_{v<s : v = u} (u*v + L))", "M = Σ_{v<s} (Σ_{u<k : v = u} (u*v + L))", {"outer": "v"}, SIZES,
        refused=(
            {"before": "M = Σ_{u<k} (u + L)"},
            {"before": "M = Σ_{v<s} (Σ_{u<k} (u*v + L))"},
            {"before": "M = Σ_{u<k} (Σ_{v<u} (v + L))"},
            {"before": "M = max_{u<k} (Σ_{v<s} (v + u))"},
            {"before": "M = mean_{u<k} (mean_{v<s : v = u} (v + u))"},
        ),
    ),
    Row(
        "exchange", "M = mean_{u<k} (Σ_{v<s} u*v)", "M = Σ_{v<s} (mean_{u<k} u*v)", {"outer": "v"}, SIZES,
    ),
    Row(
        "take out", "M = Σ_{u<k} L*u*s", "M = L*s*(Σ_{u<k} u)", {"index": "u"}, SIZES,
        refused=(
            {"before": "M = Σ_{u<k} u"},
            {"before": "M = Σ_{u<k} (u + L)"},
            {"before": "M = max_{u<k} L*u"},
            {"arguments": {"index": "v"}},
        ),
    ),
    Row(
        "the same in every term", "M = mean_{u<k} L + Σ_{u<k, v<s} p", "M = L + k*s*p", {"index": "u"}, SIZES,
        refused=(
            {"given": "L >= 1; s >= 1; k >= 0"},
            {"before": "M = Σ_{u<k} u"},
            {"before": "M = max_{u<k} L"},
            {"before": "M = Σ_{u<k : u = p} L"},
            {"before": "M = Σ_{u<k, v<u + 1} L"},
            {"arguments": {"index": "d"}},
        ),
    ),
    Row(
        "one value meets it",
        "M = Σ_{v<k} (Σ_{t<L + k : t = v + L} t*v)", "M = Σ_{v<k} (v + L)*v", {"index": "t"}, SIZES,
        refused=(
            {"before": "M = Σ_{v<k} (Σ_{t<L : t = v + L} t*v)"},
            {"before": "M = Σ_{v<k} (Σ_{t<L + k : t = v - L} t*v)"},
            {"before": "M = Σ_{v<k} (Σ_{t<L + k} t*v)"},
            {"before": "M = max_{t<L + 1 : t = L} t"},
            {"before": "M = Σ_{t<k, v<k : t = v} t*v"},
            {"before": "M = Σ_{v<k} (Σ_{t<k : t = v/2} t)"},
            {"before": "M = Σ_{t<k, v<t : t = p} v", "given": SIZES + "; p <= k - 1"},
        ),
    ),
    Row(
        "put in on both sides",
        "H*k < p", "(L - k)*k < p", {}, SIZES, established=(("H", parse_size("L - k")),), z3=True,
        refused=({"before": "i < k"}, {"established": ()}, {"before": "M = H"}),
    ),
    Row(
        "divide both sides",
        "k*s*L + 2*k*s < k*s*p", "L + 2 < p", {"by": parse_size("k*s")}, SIZES, z3=True,
        refused=(
            {"given": "k >= 0; s >= 1; L >= 1; p >= 0"},
            {"before": "M = k*s*L"},
            {"arguments": {"by": "k"}},
            {"arguments": {}},
        ),
    ),
    Row("divide both sides", "L <= k*s", "L/(k + 1) <= k*s/(k + 1)", {"by": parse_size("k + 1")}, SIZES),
    Row(
        "factor",
        "L*k + k*k*s < p", "k*(L + k*s) < p", {"by": Sym("k"), "side": "left"}, SIZES, z3=True,
        refused=(
            {"before": "L*k + s < p"},
            {"before": "M = L*k + k"},
            {"arguments": {"by": Sym("k"), "side": "right"}},
            {"arguments": {"by": Sym("k"), "side": "above"}},
        ),
    ),
    Row("factor", "p < 2*k*s + k", "p < k*(2*s + 1)", {"by": Sym("k"), "side": "right"}, SIZES, z3=True),
    Row(
        "cancel",
        "R = (k*L + k)/(k*(s + 1))", "R = (L + 1)/(s + 1)", {"by": Sym("k")}, SIZES,
        refused=(
            {"given": "k >= 0; s >= 1; L >= 1"},
            {"before": "R = (k*L + 1)/(k*(s + 1))"},
            {"before": "R = (k*L + k)/(s + 1)"},
            {"before": "R = k*L"},
            {"before": "R < k/(k*s)"},
        ),
    ),
    Row(
        "sums apart",
        "M = Σ_{i<L, j<s, u<k : 1 <= i + u, j <= 1} 1", "M = (Σ_{i<L, u<k : 1 <= i + u} 1)*(Σ_{j<s : j <= 1} 1)",
        {}, SIZES,
        refused=(
            {"before": "M = Σ_{i<L, u<k : i <= u} 1"},
            {"before": "M = Σ_{i<L, u<k} u"},
            {"before": "M = Σ_{i<L, u<i} 1"},
            {"before": "M = Σ_{i<L, u<k : L <= k} 1"},
            {"before": "M = max_{i<L, u<k} 1"},
        ),
    ),
    Row(
        "one by one",
        "M = Σ_{i<L, u<3 : i + u <= k} (u + 1)",
        "M = Σ_{i<L : i <= k} 1 + Σ_{i<L : i + 1 <= k} 2 + Σ_{i<L : i + 2 <= k} 3",
        {"index": "u"}, SIZES,
        refused=(
            {"before": "M = Σ_{i<L, u<k} 1"},
            {"before": "M = Σ_{u<13} u"},
            {"before": "M = max_{u<3} u"},
            {"arguments": {"index": "i"}},
        ),
    ),
    Row("one by one", "M = Σ_{u<3} (u + 1)*k", "M = k + 2*k + 3*k", {"index": "u"}, SIZES),
    Row(
        "count between",
        "M = Σ_{i<L : 0 <= i - 1, i + 1 <= L - 1} 1", "M = L - 2", {"index": "i"}, SIZES + "; L >= 2",
        refused=(
            {"given": "L >= 1"},
            {"before": "M = Σ_{i<L : k <= i} 1"},
            {"before": "M = Σ_{i<L : 1 <= 2*i} 1"},
            {"before": "M = Σ_{i<L : 1/2 <= i} 1"},
            {"before": "M = Σ_{i<L, j<k : 1 <= i} 1"},
            {"before": "M = Σ_{i<L} 1"},
            {"before": "M = Σ_{i<L : 1 <= i} i"},
        ),
    ),
    Row(
        "relu of a number",
        relus("L - 1", "d - 3"), value_of("M", parse_size("L - 1") + relu("d - 3")), {}, SIZES,
        refused=({"before": relus("L - k")}, {"before": "M = L"}),
    ),
    Row("relu of a number", relus("-k"), "M = 0", {}, SIZES),
    Row("sum over one value", "M = Σ_{u<1, v<1} (u + v + L)", "M = L", {}, SIZES),
    Row(
        "nested floor",
        "i <= floor((floor((L - k)/s) + p - 1)/d)", "i <= floor((L - k + s*(p - 1))/(s*d))", {}, SIZES, z3=True,
        refused=(
            {"given": "k >= 1; s >= 1"},
            {"given": "k >= 1; d >= 1"},
            {"before": "i <= floor((2*floor(L/s) + p)/d)"},
            {"before": "i <= floor((floor(L/s) + floor(L/k))/d)"},
            {"before": "i <= floor((L + p)/d)"},
            {"before": "i <= floor(L)"},
            {"before": "i <= floor((floor(L/s) + p/k)/d)"},
            {"before": "i <= floor(floor(L/s)/d); i <= k"},
        ),
    ),
    Row(
        "into the floor",
        "i <= floor((L - k)/s) + p - 1", "i <= floor((L - k + s*(p - 1))/s)", {}, SIZES, z3=True,
        refused=(
            {"given": "k >= 1"},
            {"before": "i <= floor((L - k)/s)"},
            {"before": "i <= 2*floor(L/s) + p"},
            {"before": "i <= floor(L/s) + floor(L/k)"},
            {"before": "i <= floor(L/s) + p/k"},
            {"before": "i <= L + p"},
            {"before": "i <= floor(L/s) + p; i <= k"},
        ),
    ),
    Row(
        "undo the floor",
        "p = floor((L - k)/s) + 1", "s*(p - 1) <= L - k; L - k <= s*(p - 1) + s - 1", {}, SIZES, z3=True,
        refused=(
            {"given": "L >= 1"},
            {"before": "p <= floor(L/s)"},
            {"before": "p = 2*floor(L/s)"},
            {"before": "p = floor(L/s) + floor(k/s)"},
            {"before": "p = floor(L/s) + k/s"},
            {"before": "p = L"},
        ),
    ),
    Row(
        "isolate",
        "s*(p - 1) <= L - k; L - k <= s*p", "s*(p - 1) + k <= L; L <= s*p + k", {"letter": "L"}, SIZES, z3=True,
        refused=(
            {"before": "s <= 2*L"},
            {"before": "L - k <= s + L"},
            {"before": "s <= k - L"},
            {"before": "s = L"},
            {"arguments": {"letter": "d"}},
            {"arguments": {}},
        ),
    ),
    Row(
        "balance", "L = L + 2*p - d*(k - 1)", "2*p = d*(k - 1)", {}, SIZES,
        refused=({"before": "L <= p"}, {"before": "L = 2*L - k"}),
    ),
    Row(
        "add", "2*p = d*(k - 1)", "2*p + 1 = d*(k - 1) + 1", {"value": Int(1)}, SIZES,
        refused=({"before": "L <= p"}, {"arguments": {"value": 1}}, {"arguments": {}}),
    ),
    Row(
        "put back", "2*p = L - k + s", "2*p = H + s - 1", {"right": parse_size("H + s - 1")}, SIZES,
        established=(("H", parse_size("L - k + 1")),),
        refused=(
            {"established": ()},
            {"arguments": {"right": parse_size("H + s")}},
            {"arguments": {"right": parse_size("L - k + s")}},
            {"arguments": {"right": 1}},
            {"arguments": {"right": parse_size("H + s - 1"), "at": 1}},
            {"arguments": {"right": parse_size("H + s - 1"), "at": -1}},
            {"arguments": {}},
        ),
    ),
    Row(
        "as a ceiling", "M = floor((L - k + s - 1)/s) + 1", "M = ceil((L - k)/s) + 1", {}, SIZES,
        refused=(
            {"given": "k >= 1"},
            {"before": "M = L"},
            {"before": "M = 2*floor(L/s)"},
            {"before": "i <= floor(L/s)"},
            {"before": "M = floor((L/k)/s)"},
        ),
    ),
]  # fmt: skip

BY_DEFINITION = {
    "ask when": (CONV, {"left": Sym("L"), "right": parse_size("2*s")}, "L = 2*s"),
    "read the bounds": (CONV, {"index": "i"}, "-p <= s*i + d*u - p; s*i + d*u - p <= L - 1 + p for u < k"),
    "read SAME": (CONV, {"name": "m", "size": "L", "stride": "s"}, "m = ceil(L/s)"),
    "read what is missing": (CONV, {"index": "x", "size": "L", "reach": "E"}, "x <= E - L - 1"),
    "read an axis": (CONV, {"index": "n", "name": "M"}, "M = N"),
    "read the places written": (
        TRANSPOSED,
        {"axis": 2, "name": "M"},
        "M = max_{u<k, i<L} (s*i + d*u - p) + 1 - (p - a)",
    ),
    "read the parameters": (CONV, {"name": "P"}, "P = Σ_{o<O, c<C, u<k} 1 + Σ_{o<O} 1"),
    "read the multiply-adds": (CONV, {"name": "M", "sizes": (("i", Sym("H")),)}, "M = Σ_{n<N, o<O, i<H, c<C, u<k} 1"),
    "read the operations": (
        CONV,
        {"name": "F", "sizes": (("i", Sym("H")),), "convention": "2mac+bias"},
        "F = 2*(Σ_{n<N, o<O, i<H, c<C, u<k} 1) + Σ_{n<N, o<O, i<H} 1",
    ),
    "read the window": (
        POOL,
        {"array": "X", "axis": 2, "name": "R"},
        "R = max_{u<k} (s*i + d*u - p) - min_{u<k} (s*i + d*u - p) + 1",
    ),
    "read the inputs of a place": (
        TRANSPOSED,
        {"array": "X", "axis": 2, "name": "R"},
        multiples(multiple="d*y", body="d*y/s"),
    ),
    "read a ragged window": (cm.adaptive_max_pool1d("s").general, {"array": "X", "axis": 2, "name": "R"}, RAGGED),
    "read at an input": (
        cm.define("Y[n] = X[n,0] - 2*X[n,1]", {"X": "N,2"}).general,
        {"array": "X", "entries": (("0", parse_size("L")), ("1", Int(3))), "name": "M"},
        "M = L - 2*3",
    ),
    "read the multiply-adds inside": (
        cm.define("Y[i] = w[u]*X[i+u-p]", {"X": "L", "w": "k"}, {"X": "p"}).general,
        {"name": "M", "sizes": (("i", Sym("H")),)},
        "M = Σ_{i<H, u<k : 0 <= i + u - p, i + u - p <= L - 1} 1",
    ),
    "read a quantity": (CONV, {"name": "M", "value": parse_size("k*L"), "words": "both"}, "M = k*L"),
    "read a comparison": (CONV, {"less": Sym("k"), "more": parse_size("2*L"), "words": "fewer"}, "k < 2*L"),
    "read the slope": (
        LINEAR,
        {"array": "X", "letters": "m e x", "name": "D"},
        Statement(
            (
                Relation(
                    Read("D", tuple(map(Sym, "noimex"))),
                    "=",
                    Reduce(
                        "sum",
                        (("c", Sym("C")),),
                        Read("W", (Sym("o"), Sym("c"))),
                        (relation("n = m"), relation("c = e"), relation("s*i = x")),
                    ),
                ),
            ),
            (("m", Sym("N")), ("e", Sym("C")), ("x", Sym("L"))),
        ),
    ),
    "read one place": (LINEAR, {"array": "X", "axis": 2, "name": "R"}, "R = 1"),
}
"""Rules that prove nothing: they say what the words mean. (definition, arguments, what is read off)"""

ON_FORMULAS = {"abbreviate", "recognise", "the same everywhere", "insert", "name", "the only place"}
"""Rules on whole formulas; their rows are the tests of their names below."""


def one_more(line):
    """The line with 1 added to the right side of its last relation."""
    last = line.relations[-1]
    return line.with_relation(len(line.relations) - 1, Relation(last.left, last.op, last.right + 1))


def one_less(line):
    """The line with 1 taken from the right side of its first relation."""
    first = line.relations[0]
    return line.with_relation(0, Relation(first.left, first.op, first.right - 1))


def letters_of(*statements):
    return sorted({letter for line in statements for letter in line.letters()})


def points(row, step, box):
    """Every point of a small box at which what is given holds."""
    free = set(letters_of(step.before, step.after)) | {"L"}
    free -= {name for name, _ in (*step.before.ranges, *step.after.ranges)} | {bound(step.after)}
    given = list(map(relation, row.given.split(";")))
    free |= {letter for fact in given for letter in Statement((fact,)).letters()}
    names = sorted(free)
    known = dict(row.established)
    for numbers in product(range(box), repeat=len(names)):
        here = dict(zip(names, numbers, strict=True))
        here |= {name: value(expr, here) for name, expr in known.items()}
        if all(holds(fact, here) for fact in given):
            yield here


def bound(line):
    return line.left.name if line.is_value else None


def name_of(row):
    return f"{row.rule}: {row.before}"


def test_every_rule_of_the_book_has_its_row():
    assert {row.rule for row in ROWS} | BY_DEFINITION.keys() | ON_FORMULAS == RULES.keys()


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_a_rule_gives_what_its_row_says(row):
    step = row.step()
    assert str(step.after) == str(statement(row.after))
    assert step.evidence.verdict == "proved"
    assert step.evidence.points > 0


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_a_rule_is_right_on_every_small_integer(row):
    step = row.step()
    seen = 0
    for here in points(row, step, row.box):
        seen += 1
        if step.before.is_value and step.before.left == step.after.left:
            assert value(step.before.right, here) == value(step.after.right, here), here
        elif step.after.is_value:
            wanted = sum(1 for i in range(50) if true(step.before, {**here, "i": i}))
            assert value(step.after.right, here) == wanted, here
        else:
            assert true(step.before, here) == true(step.after, here), here
    assert seen > 10


@pytest.mark.parametrize("row", [row for row in ROWS if row.z3], ids=name_of)
def test_z3_finds_nothing_against_a_rule(row):
    """Strides and dilations stay symbolic."""
    assert objection(row.step(), row.ground()) is None


def test_the_rules_that_the_book_is_judged_by_are_judged_here():
    assert {row.rule for row in ROWS if row.z3} == JUDGED


@pytest.mark.parametrize("row", [row for row in ROWS if row.z3], ids=name_of)
@pytest.mark.parametrize("damage", [one_more, one_less])
def test_z3_objects_to_a_step_that_is_wrong_by_one(row, damage):
    step = row.step()
    assert objection(replace(step, after=damage(step.after)), row.ground()).startswith("[")


def test_z3_refutes_false_variants():
    """The translation above can say no: a floor one too large, a stride that may be negative."""
    i, r, s = z3.Ints("i r s")
    for given, claim in (
        ([s >= 1, r >= 0], (i * s <= r) == (i <= r / s + 1)),
        ([s != 0, r >= 0], (i * s <= r) == (i <= r / s)),
    ):
        solver = z3.Solver()
        solver.add(*given, z3.Not(claim))
        assert solver.check() == z3.sat


VARIANTS = [pytest.param(row, change, id=f"{row.rule}: {change}") for row in ROWS for change in row.refused]


@pytest.mark.parametrize(("row", "change"), VARIANTS)
def test_a_false_variant_is_refused(row, change):
    with pytest.raises(ProofError):
        row.step(**change)


@pytest.mark.parametrize("damage", [one_more, one_less])
@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_a_rule_that_is_wrong_by_one_is_caught_by_the_exact_points(row, damage, monkeypatch):
    entry = RULES[row.rule]

    def wrong(before, ground, arguments):
        move = entry.apply(before, ground, arguments)
        return Move(damage(move.after), move.certificate, move.words)

    monkeypatch.setitem(RULES, row.rule, replace(entry, apply=wrong))
    with pytest.raises(ProofError, match=r"differ at|is no integer"):
        row.step()


@pytest.mark.parametrize("name", [name for name, entry in RULES.items() if entry.verdict != "by definition"])
def test_a_rule_that_drops_a_requirement_is_caught(name, monkeypatch):
    before = statement("s*i <= L; i <= k - 1")
    ground = Ground((CONV,), tuple(map(relation, SIZES.split(";"))))
    entry = replace(RULES[name], reason="", apply=lambda *_: Move(before.with_relation(1), "because", {}))
    monkeypatch.setitem(RULES, name, entry)
    with pytest.raises(ProofError, match="differ at"):
        take(before, name, ground)


@pytest.mark.parametrize("name", BY_DEFINITION)
def test_what_is_read_off_is_what_the_definition_says(name):
    definition, arguments, wanted = BY_DEFINITION[name]
    ground = Ground((definition,), tuple(map(relation, SIZES.split(";"))))
    step = take(formula(definition), name, ground, **arguments)
    assert str(step.after) == str(statement(wanted))
    assert (step.evidence.verdict, step.evidence.points) == ("by definition", 0)
    with pytest.raises(ProofError, match="is not the definition"):
        take(statement("M = N"), name, ground, **arguments)
    with pytest.raises(ProofError, match=r"cannot be applied|is no formula"):
        take(formula(definition), name, ground)


@pytest.mark.parametrize(
    ("name", "definition", "arguments"),
    [
        ("read an axis", CONV, {"index": "i", "name": "M"}),
        ("read the bounds", CONV, {"index": "z"}),
        ("read the places written", CONV, {"axis": 2, "name": "M"}),
        ("ask when", CONV, {"left": Sym("L"), "right": Sym("z")}),
        ("ask when", CONV, {"left": Sym("L"), "right": 2}),
        ("read one place", CONV, {"array": "X", "axis": 2, "name": "R"}),
        ("read a ragged window", CONV, {"array": "X", "axis": 2, "name": "R"}),
    ],
)
def test_what_the_definition_does_not_say_is_not_read_off(name, definition, arguments):
    with pytest.raises(ProofError):
        take(formula(definition), name, Ground((definition,), ()), **arguments)


def test_abbreviate():
    ground = Ground((POINTWISE,), ())
    row = Row("abbreviate", "the definition", "", definition=POINTWISE)
    with pytest.raises(ProofError, match="trailing 0"):
        row.step()
    line = statement("Y[n,o,i] = Σ_{c<C} W[o,c,0]*X[n,c,0]")
    assumed = replace(ground, assumptions=tuple(map(relation, ["C >= 1", " N >= 1", " O >= 1", " L >= 1", " k >= 1"])))
    step = take(line, "abbreviate", assumed)
    assert str(step.after) == "Y[n,o,i] = Σ_{c<C} W[o,c]·X[n,c,0]"


def test_is_the_operator():
    assumed = (*tuple(map(relation, SIZES.split(";"))), relation("C >= 1"), relation("N >= 1"), relation("O >= 1"))
    ground = Ground((LINEAR, CONV, LINEAR), assumed)
    words = "the same terms"
    step = take(statement("Y[n,o,i] = Σ_{e<C} X[n,e,s*i]*W[o,e] + b[o]"), "recognise", ground, number=2, words=words)
    assert step.after == formula(LINEAR)
    for other in ("Y[n,o,i] = Σ_{c<C} X[n,c,s*i]*W[o,c]", "Y[n,o,i] = b[o] + Σ_{c<C} W[o,c]*X[n,c,i]"):
        with pytest.raises(ProofError, match="their terms differ"):
            take(statement(other), "recognise", ground, number=2, words=words)
    with pytest.raises(ProofError):
        take(formula(LINEAR), "recognise", ground, number=9, words=words)


def test_the_same_everywhere():
    assumed = (*tuple(map(relation, SIZES.split(";"))), relation("C >= 1"), relation("N >= 1"), relation("O >= 1"))
    ground = Ground((LINEAR,), assumed)
    step = take(formula(LINEAR), "the same everywhere", ground, indices="i")
    assert step.after == formula(LINEAR)
    with pytest.raises(ProofError, match=r"b\[o\] is read at o"):
        take(formula(LINEAR), "the same everywhere", ground, indices="i o")


def test_a_rule_that_is_not_in_the_book_is_refused():
    with pytest.raises(ProofError, match="there is no rule called 'wishful thinking'"):
        take(formula(CONV), "wishful thinking", Ground((CONV,), ()))


def test_assumptions_that_contradict_each_other_prove_nothing():
    with pytest.raises(ProofError, match="no integer point satisfies"):
        Row("arithmetic", "P = k + k", "P = 2*k", given="k >= 1; k = 0").step()


INNER = cm.define("Z[n,r,i] = b[r] + U[r,c]*X[n,c,i]", shapes={"b": "R", "U": "R,C", "X": "N,C,L"}).general
FULL = cm.define("Y[n,o,i] = b[o] + V[o,u]*X[n,i+u]", shapes={"b": "O", "V": "O,L", "X": "N,L"}).general
OUTER = cm.define("Y[n,o,i] = V[o,r]*Z[n,r,i]", shapes={"V": "O,R", "Z": "N,R,L"}, inputs="Z").general
POSITIVE = tuple(relation(f"{name} >= 1") for name in "NROCLk")


def on(subject, *others):
    return Ground((subject, subject, *others), POSITIVE)


def test_insert():
    ground = on(OUTER, INNER)
    step = take(formula(OUTER), "insert", ground, number=2)
    assert str(step.after) == "Y[n,o,i] = Σ_{r<R} V[o,r]·(b[r] + Σ_{c<C} U[r,c]·X[n,c,i])"
    with pytest.raises(ProofError, match="Z is not read"):
        take(step.after, "insert", ground, number=2)


def test_insert_gives_bound_letters_new_names():
    other = cm.define("Z[n,a,i] = U[a,r]*X[n,r,i]", shapes={"U": "R,C", "X": "N,C,L"}).general
    step = take(formula(OUTER), "insert", on(OUTER, other), number=2)
    assert str(step.after) == "Y[n,o,i] = Σ_{r<R} V[o,r]·(Σ_{r'<C} U[r,r']·X[n,r',i])"


@pytest.mark.parametrize(
    ("outer", "wanted"),
    [
        (("Y[n,o,i] = V[o,r]*Z[n,r,i]", {"V": "O,k", "Z": "N,k,L"}), "takes k values"),
        (
            ("Y[n,o,i] = V[o,r]*Z[n,r,i+u]", {"V": "O,R", "Z": "N,R,L"}, None, "Z", "sum", {"u": "k"}),
            "takes None values",
        ),
        (("Y[n,o,i] = V[o,r,u]*Z[n,r,i+u-1]", {"V": "O,R,k", "Z": "N,R,L"}, {"Z": "0,0,1"}), "Z is padded"),
    ],
)
def test_insert_refuses_places_at_which_the_definition_does_not_give_the_array(outer, wanted):
    subject = cm.define(outer[0], outer[1], *outer[2:]).general
    with pytest.raises(ProofError, match=wanted):
        take(formula(subject), "insert", on(subject, INNER), number=2)


def test_name():
    product_ = cm.define("A[o,c] = V[o,r]*U[r,c]", shapes={"V": "O,R", "U": "R,C"}).general
    ground = on(OUTER, INNER, product_)
    line = statement("Y[n,o,i] = Σ_{c<C} (Σ_{r<R} U[r,c]*V[o,r])*X[n,c,i]")
    step = take(line, "name", ground, number=3)
    assert str(step.after) == "Y[n,o,i] = Σ_{c<C} A[o,c]·X[n,c,i]"
    for other in ("Y[n,o,i] = Σ_{c<C} (Σ_{r<R} U[r,c]*V[r,o])*X[n,c,i]", "Y[n,o,i] = Σ_{c<C} V[o,c]*X[n,c,i]"):
        with pytest.raises(ProofError, match="does not stand here"):
            take(statement(other), "name", ground, number=3)
    with pytest.raises(ProofError, match="takes k values"):
        take(statement("Y[n,o,i] = Σ_{c<k} (Σ_{r<R} U[r,c]*V[o,r])*X[n,c,i]"), "name", ground, number=3)


def test_some_terms_of_a_sum_get_a_name():
    bias = cm.define("e[o] = a[o] + V[o,r]*b[r]", shapes={"a": "O", "V": "O,R", "b": "R"}).general
    line = statement("Y[n,o,i] = a[o] + Σ_{r<R} V[o,r]*b[r] + Σ_{r<R} V[o,r]*Z[n,r,i]")
    step = take(line, "name", on(OUTER, INNER, bias), number=3)
    assert str(step.after) == "Y[n,o,i] = e[o] + Σ_{r<R} V[o,r]·Z[n,r,i]"


def test_the_only_place():
    ground = replace(on(FULL), established=(("H", Int(1)), ("P", Int(2))))
    step = take(formula(FULL), "the only place", ground, index="i", size="H")
    assert str(step.after) == "Y[n,o,i] = b[o] + Σ_{u<L} V[o,u]·X[n,u]   for all i < 1"
    for index, size in (("i", "P"), ("i", "L"), ("u", "H")):
        with pytest.raises(ProofError, match=r"was not derived before|is no index"):
            take(formula(FULL), "the only place", ground, index=index, size=size)


def test_the_slope_is_read_of_sums_of_products_only():
    square = cm.define("Y[n] = X[n]*X[n]", shapes={"X": "N"}).general
    for definition, letters in ((square, "m"), (LINEAR, "m e"), (LINEAR, "n o i"), (POOL, "m e x")):
        with pytest.raises(cm.ConvmathError):
            take(formula(definition), "read the slope", on(definition), array="X", letters=letters, name="D")


def test_what_is_not_known_of_a_relu_is_not_said():
    """The second relu stays: nothing is said about the sign of what stands in it."""
    step = next(row for row in ROWS if row.rule == "relu of a number").step()
    assert step.evidence.certificate == "L − 1 ≥ 0"
