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
from convmath.language.tree import Add, Apply, Int, Mul, Ratio, Read, Reduce, Relation, Sym
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
ROW = cm.define("Y[i] = w[u]*X[s*i+d*u-p]", shapes={"X": "L", "w": "k"}, padding={"X": "p"}).general
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
            {"before": "M = mean_{u<k, v<s : u = v} (v + L)"},
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
            {"before": "M = Σ_{t<k, v<k + 1 : t = v} t*v"},
            {"before": "M = Σ_{v<k} (Σ_{t<k : t = v/2} t)"},
            {"before": "M = Σ_{t<k, v<t : t = p} v", "given": SIZES + "; p <= k - 1"},
        ),
    ),
    Row("one value meets it", "M = Σ_{t<k, v<k : t = v} t*(v + L)", "M = Σ_{v<k} v*(v + L)", {"index": "t"}, SIZES),
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
        {}, SIZES, box=3,
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
        "M = floor((L - k)/s) + p - 1", "M = floor((L - k + s*(p - 1))/s)", {}, SIZES, z3=True,
        refused=(
            {"given": "L >= 1"},
            {"before": "M = floor(L/s)"},
            {"before": "M = 2*floor(L/s) + 1"},
            {"before": "M = floor(L/s) + floor(k/s)"},
            {"before": "M = floor(L/s) + k/s"},
            {"before": "M = L + 1"},
            {"before": "i <= floor(L/s) + 1; i <= k"},
        ),
    ),
    Row(
        "out of the floor",
        "M = floor((L + s*p - k)/s) + 1", "M = floor((L - k)/s) + p + 1", {"value": Sym("p")}, SIZES, z3=True,
        refused=(
            {"given": "L >= 1"},
            {"before": "M = 2*floor((L + s*p)/s)"},
            {"before": "M = L"},
            {"before": "i <= floor((L + s*p)/s)"},
            {"arguments": {"value": parse_size("p/s")}},
            {"arguments": {"value": "p"}},
            {"arguments": {}},
        ),
    ),
    Row(
        "put in everywhere",
        "H <= 2*H - s; k <= H", "L - 1 <= 2*(L - 1) - s; k <= L - 1", {}, SIZES,
        established=(("H", parse_size("L - 1")),),
        refused=({"established": ()}, {"before": "L = 2*k; k = p"}),
    ),
    Row(
        "no remainder", "L - 4 = 3*floor((L - 4)/3)", "3 | L - 4", {}, "L >= 1", z3=True, box=14,
        refused=(
            {"before": "L = 3*floor((L - 4)/3)"},
            {"before": "L = 2*floor(L/3)"},
            {"before": "L = 3*floor(L/3) + 1"},
            {"before": "L <= 3*floor(L/3)"},
            {"before": "L = 3*k"},
            {"before": "L = d*floor(L/d)", "given": "L >= 1; d >= 0"},
            {"arguments": {"at": 1}},
            {"arguments": {"at": -1}},
        ),
    ),
    Row("no remainder", "k = s; L = d*floor(L/d)", "k = s; d | L", {"at": 1}, SIZES),
    Row(
        "remainders in turn",
        "2 | L - 4; floor((L - 4)/2) - 4 = 3*floor((L - 12)/6)", "6 | L - 12", {}, "L >= 1", z3=True, box=26,
        refused=(
            {"before": "2 | L; floor((L - 4)/2) - 4 = 3*floor((L - 12)/6)"},
            {"before": "3 | L - 4; floor((L - 4)/2) - 4 = 3*floor((L - 12)/6)"},
            {"before": "2 | L - 4; floor((L - 4)/2) - 4 = 3*floor((L - 11)/6)"},
            {"before": "2 | L - 4; floor((L - 4)/2) - 4 = 2*floor((L - 12)/6)"},
            {"before": "2 | L - 4; floor((L - 4)/2) - 4 = 3*floor((L - 12)/5)"},
            {"before": "2 | L - 4; floor((L - 4)/2) - 4 <= 3*floor((L - 12)/6)"},
            {"before": "L = 4; floor((L - 4)/2) - 4 = 3*floor((L - 12)/6)"},
            {"before": "2 | L; floor(L/2) = k"},
            {"before": "2 | L"},
            {"arguments": {"at": 1}},
            {"arguments": {"at": -1}},
            {"before": "d | L; floor(L/d) = 2*floor(L/(2*d))", "given": "L >= 1; d >= 0"},
        ),
    ),
    Row("remainders in turn", "d | L; floor(L/d) = s*floor(L/(s*d))", "s*d | L", {}, SIZES),
    Row(
        "less a multiple", "6 | L - 14", "6 | L - 2", {"value": Int(2)}, "L >= 1", z3=True, box=14,
        refused=(
            {"before": "L <= 12"},
            {"before": "6 | L; 2 | k"},
            {"arguments": {"value": parse_size("1/2")}},
            {"arguments": {"value": 2}},
            {"arguments": {}},
        ),
    ),
    Row(
        "agree on one period",
        "M = floor(floor((L - 1)/2)/2) + 1", "M = ceil(L/4)", {"right": parse_size("ceil(L/4)")}, "L >= 1", z3=True,
        box=14,
        refused=(
            {"before": "M = floor(floor(L/2)/2) + 1"},
            {"before": "M = floor(floor((L - 1)/2)/3) + 1"},
            {"before": "M = floor(floor((L - 1)/k)/2) + 1"},
            {"before": "M = floor((L - 1)*L/4) + 1"},
            {"before": "M = L/4"},
            {"before": "i <= floor(floor((L - 1)/2)/2) + 1"},
            {"before": "M = floor((L - 1)/8192) + 1", "arguments": {"right": parse_size("ceil(L/8192)")}},
            {"given": "k >= 1"},
            {"arguments": {"right": parse_size("ceil(k/4)")}},
            {"arguments": {"right": parse_size("(L + 3)/4")}},
            {"arguments": {"right": 1}},
            {"arguments": {}},
        ),
    ),
    Row(
        "one period decides",
        "L - 4 = 2*floor(L/2) - 4; floor(L/2) = 3*floor(L/6); 4 | L - 6", "12 | L - 6", {}, "L >= 5", z3=True, box=40,
        refused=(
            {"before": "L = 2*floor(L/2) + 1; 2 | L"},
            {"before": "L = floor(L/2)"},
            {"before": "L = 2*floor(L/2) + k"},
            {"before": "L = 2*floor(L/k)"},
            {"before": "L*L = 2*floor(L/2)"},
            {"before": "d | L"},
            {"before": "0 | L"},
            {"before": "L <= 2*floor(L/2)"},
            {"before": "L/2 = floor(L/2)"},
            {"given": "k >= 1"},
        ),
    ),
    Row(
        "above none", "k + p <= max(0, L - d)", "k + p <= L - d", {}, SIZES, z3=True,
        refused=(
            {"given": "k >= 0; p >= 0; L >= 1; d >= 1; s >= 1"},
            {"before": "k <= L - d"},
            {"before": "k <= max(1, L - d)"},
            {"before": "k = max(0, L - d)"},
            {"arguments": {"at": 1}},
        ),
    ),
    Row(
        "below a floor", "k <= floor((L - p)/s) + 1", "s*(k - 1) <= L - p", {}, SIZES, z3=True,
        refused=(
            {"given": "L >= 1"},
            {"before": "k = floor(L/s)"},
            {"before": "k <= 2*floor(L/s)"},
            {"before": "k <= L"},
            {"before": "k/2 <= floor(L/s)"},
            {"arguments": {"at": 1}},
        ),
    ),
    Row(
        "follows", "k <= L; k + s <= L; p <= d", "k + s <= L; p <= d", {"at": 0}, SIZES, z3=True,
        refused=(
            {"before": "k + s <= L; k <= L"},
            {"before": "k <= L"},
            {"before": "k <= L for u < k"},
            {"before": "k <= L; k + u <= L for u < s"},
            {"before": "k = L; k + s <= L"},
            {"given": "k >= 1; p >= 0; d >= 1; L >= 1"},
            {"arguments": {"at": 3}},
        ),
    ),
    Row("follows", "k <= L; k + 1 <= d; d <= L", "k + 1 <= d; d <= L", {"at": 0}, SIZES),
    Row(
        "isolate", "k <= p; s*(p - 1) <= L - k", "k <= p; s*(p - 1) + k <= L", {"letter": "L", "at": 1}, SIZES, z3=True,
    ),
    Row(
        "put in", "M = k*H + K", "M = k*(L - k + 1) + K", {"only": "H"}, SIZES + "; k <= L",
        established=(("H", parse_size("L - k + 1")), ("K", parse_size("2*L"))),
        refused=({"arguments": {"only": "L"}}, {"before": "M = K"}),
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
    Row(
        "gather terms",
        "M = 2*k*L + s - 3*L*k + k*L + p/2 - (3/2)*p", "M = s - p", {}, SIZES,
        refused=(
            {"before": "M = k*L + k*s"},
            {"before": "M = k*L + k*L*L"},
            {"before": "M = L"},
            {"before": "i <= L + L"},
        ),
    ),
    Row("gather terms", "M = k*L - L*k", "M = 0", {}, SIZES),
    Row("gather terms", "M = Σ_{u<k} 2*u*s + Σ_{v<k} v*s", "M = 3*(Σ_{u<k} u*s)", {}, SIZES),
    Row(
        "in steps of",
        "M = Σ_{y<s*(k + L) + 1} min(1, Σ_{u<k, v<L : y = s*u + 2*s*v} 1)",
        "M = Σ_{y<k + L + 1} min(1, Σ_{u<k, v<L : y = u + 2*v} 1)",
        {"by": Sym("s")}, "k >= 1; s >= 1; L >= 1", box=3,
        refused=(
            {"given": "k >= 1; L >= 1"},
            {"before": "M = Σ_{y<s*k + 2} min(1, Σ_{u<k : y = s*u} 1)"},
            {"before": "M = Σ_{y<s*k + 1} min(1, Σ_{u<k : y = s*u + 1} 1)"},
            {"before": "M = Σ_{y<s*k + 1} min(2, Σ_{u<k : y = s*u} 1)"},
            {"before": "M = Σ_{y<s*k + 1} min(1, Σ_{u<k : y <= s*u} 1)"},
            {"before": "M = Σ_{y<s*k + 1} (Σ_{u<k : y = s*u} 1)"},
            {"arguments": {"by": Int(1)}},
            {"arguments": {"by": "s"}},
            {"arguments": {}},
        ),
    ),
    Row(
        "one value at most",
        "M = Σ_{y<L} (Σ_{u<k, v<d : y = u + s*v} (u + v))",
        "M = Σ_{y<L} (Σ_{v<d : s*v <= y, y <= s*v + k - 1} (y - s*v + v))",
        {"index": "u"}, SIZES, box=3,
        refused=(
            {"before": "M = Σ_{u<k : L = 2*u} 1"},
            {"before": "M = Σ_{u<k : L <= u} 1"},
            {"before": "M = Σ_{u<k : L = u + p/2} 1"},
            {"before": "M = Σ_{u<k : L = u + X[p]} 1"},
            {"before": "M = Σ_{u<k, v<u : L = u + v} 1"},
            {"before": "M = Σ_{v<d, u<v : L = u + v} 1"},
            {"before": "M = Σ_{u<k : u = u + p} 1"},
            {"before": "M = max_{u<k : L = u + p} u"},
            {"before": "M = Σ_{u<k} u"},
            {"arguments": {"index": "v"}},
            {"arguments": {}},
        ),
    ),
    Row(
        "one value at most",
        "M = Σ_{y<L} min(d, Σ_{u<k, v<s : y = u + v} 1)",
        "M = Σ_{y<L} min(d, Σ_{v<s : v <= y, y <= v + k - 1} 1)", {"index": "u"}, SIZES, box=3,
    ),
    Row(
        "one value at most",
        "M = Σ_{u<k, v<s : L = u + p, u <= d} u", "M = Σ_{v<s : L - p <= d, p <= L, L <= p + k - 1} (L - p)",
        {"index": "u"}, SIZES,
    ),
    Row(
        "one window after the other",
        "M = Σ_{y<s*(L - 1) + k} min(1, Σ_{v<L : s*v <= y, y <= s*v + k - 1} 1)",
        "M = k + Σ_{v<L - 1} min(s, k)",
        {}, SIZES,
        refused=(
            {"given": "k >= 1; s >= 0; L >= 1"},
            {"given": "k >= 0; s >= 1; L >= 1"},
            {"given": "k >= 1; s >= 1; L >= 0"},
            {"before": "M = Σ_{y<s*(L - 1)} min(1, Σ_{v<L : s*v <= y, y <= s*v + k - 1} 1)"},
            {"before": "M = Σ_{y<s*L + k} min(1, Σ_{v<L : s*v + 1 <= y, y <= s*v + k} 1)"},
            {"before": "M = Σ_{y<s*L + k*L} min(1, Σ_{v<L : s*v <= y, y <= s*v + v} 1)"},
            {"before": "M = Σ_{y<s*L + k} min(2, Σ_{v<L : s*v <= y, y <= s*v + k - 1} 1)"},
            {"before": "M = Σ_{y<s*L + k} (Σ_{v<L : s*v <= y, y <= s*v + k - 1} 1)"},
            {"before": "M = Σ_{y<s*L + k} min(1, Σ_{v<L : y*v <= y, y <= y*v + k - 1} 1)"},
            {"before": "M = Σ_{y<2*L + k} min(1, Σ_{v<L : 3*v/2 <= y, y <= 3*v/2 + k - 1} 1)"},
            {"before": "M = Σ_{y<s*L + k} min(1, Σ_{v<L : s*v <= y} 1)"},
        ),
    ),
    Row(
        "the smaller of two", "M = L + min(k, k + s)*p", "M = L + k*p", {}, SIZES,
        refused=(
            {"given": "k >= 1; L >= 1; p >= 0"},
            {"before": "M = min(k, s)"},
            {"before": "M = min(1, Σ_{u<k} 1)"},
            {"before": "M = Σ_{s<L} min(s, 1)"},
            {"before": "M = k"},
        ),
    ),
    Row("the smaller of two", "M = Σ_{u<L} min(1, k)*u", "M = Σ_{u<L} 1*u", {}, SIZES),
    Row(
        "what exceeds the smaller",
        "M = k*s*L - s*L - (k - 1)*min(s*L, p)",
        value_of("M", Mul((parse_size("k - 1"), parse_size("max(0, s*L - p)")))), {}, SIZES,
        refused=(
            {"before": "M = k*s*L - s*L + (k - 1)*min(s*L, p)"},
            {"before": "M = k*s*L - (k - 1)*min(s*L, p)"},
            {"before": "M = k*s*L - k*min(d, p)"},
            {"before": "M = k*L - k*min(L, d, p)"},
            {"before": "M = k*L"},
            {"before": "k*L - k*min(L, d) <= p"},
        ),
    ),
    Row("what exceeds the smaller", "M = L - min(k, L)", "M = max(0, L - k)", {}, SIZES),
    Row(
        "a positive maximum", "0 < (k + 1)*max(0, L - s - p)", "s + p < L", {}, SIZES, z3=True,
        refused=(
            {"given": "L >= 1"},
            {"before": "0 < k*min(0, L - s)"},
            {"before": "0 < max(1, L - s)"},
            {"before": "1 < max(0, L - s)"},
            {"before": "0 < max(0, L - s) + k"},
            {"before": "0 <= max(0, L - s)"},
            {"before": "M = max(0, L - s)"},
        ),
    ),
    Row("a positive maximum", "0 < max(0, L - s)", "s < L", {}, SIZES, z3=True),
    Row(
        "equal at every index",
        "s*i + p - 1 = k*i + d for i < L", "s = k; p - 1 = d", {}, SIZES + "; L >= 2", z3=True,
        refused=(
            {"given": SIZES},
            {"before": "s*i + p = k*i + d"},
            {"before": "s*i <= k*i for i < L"},
            {"before": "s*i*i = k*i for i < L"},
            {"before": "s*i = k*u for i < L, u < L"},
        ),
    ),
    Row(
        "sum in turn",
        "M = Σ_{u<k, v<s : v = p, u = v} (u*v + L)", "M = Σ_{v<s : v = p} (Σ_{u<k : u = v} (u*v + L))",
        {"outer": "v"}, SIZES,
    ),
    Row(
        "gather by place",
        "M = Σ_{u<k, v<s} (u*v + L)",
        "M = Σ_{t<d*(k - 1) + s} (Σ_{u<k, v<s : t = d*u + v} (u*v + L))",
        {"letter": "t", "value": parse_size("d*u + v"), "size": parse_size("d*(k - 1) + s")}, SIZES, box=3,
        refused=(
            {"given": "k >= 1; s >= 1; L >= 1"},
            {"arguments": {"letter": "t", "value": parse_size("d*u + v"), "size": parse_size("d*(k - 1) + s - 1")}},
            {"arguments": {"letter": "t", "value": parse_size("d*u - v"), "size": parse_size("d*k + s")}},
            {"arguments": {"letter": "t", "value": parse_size("u/2"), "size": Sym("k")}},
            {"arguments": {"letter": "t", "value": Sym("L"), "size": parse_size("L + 1")}},
            {"arguments": {"letter": "L", "value": Sym("u"), "size": Sym("k")}},
            {"arguments": {"letter": "t", "value": Sym("u"), "size": parse_size("u + 1")}},
            {"before": "M = max_{u<k, v<s} (u*v + L)"},
        ),
    ),
    Row(
        "settle", "M = Σ_{u<k : 1 = 1} (u + L) + Σ_{u<k : 0 = 1} L", "M = Σ_{u<k} (u + L)", {}, SIZES,
        refused=(
            {"before": "M = Σ_{u<k : u = 1} L"},
            {"before": "M = Σ_{u<k} L"},
            {"before": "M = max_{u<k : 0 = 1} L"},
        ),
    ),
    Row(
        "by its digits", "M = Σ_{y<k*s} (y + L)", "M = Σ_{u<k, v<s} (u*s + v + L)",
        {"index": "y", "digits": (("u", Sym("k")), ("v", Sym("s")))}, SIZES, box=3,
        refused=(
            {"given": "k >= 0; s >= 1; L >= 1"},
            {"before": "M = Σ_{y<k*s + 1} (y + L)"},
            {"before": "M = max_{y<k*s} (y + L)"},
            {"before": "M = Σ_{x<k*s} (x + L)"},
            {"before": "M = Σ_{y<k*s, x<y} (x + L)"},
            {"arguments": {"index": "y", "digits": (("u", Sym("k")), ("u", Sym("s")))}},
            {"arguments": {"index": "y", "digits": (("L", Sym("k")), ("v", Sym("s")))}},
            {"arguments": {"index": "y", "digits": "u v"}},
        ),
    ),
    Row(
        "regroup", "M = (L + k)*(L - k) + k*k", "M = L*L", {"right": parse_size("L*L")}, SIZES,
        refused=(
            {"arguments": {"right": parse_size("L*k")}},
            {"arguments": {"right": parse_size("(L + k)*(L - k) + k*k")}},
            {"arguments": {"right": "L"}},
            {"arguments": {}},
            {"before": "L <= k"},
        ),
    ),
    Row(
        "a square", "M = (L - k)^2", "M = (L - k)^2", {}, SIZES,
        refused=({"before": "M = (L - k)^3"}, {"before": "M = L*k"}, {"before": "M = -k^2"}, {"before": "L <= k^2"}),
    ),
    Row("a square", "M = (L - k)*(L - k)", "M = (L - k)*(L - k)", {}, SIZES),
    Row(
        "round once",
        "M = Σ_{u<k, v<d, m<s + 1 : p = u + 1 - L*m} (u + m + v)", "M = Σ_{u<k, v<d : p = u + 1} (u + v)",
        {"letter": "m"},
        SIZES + "; k + 1 <= L",
        refused=(
            {"given": SIZES},
            {"given": SIZES + "; k <= L"},
            {"before": "M = Σ_{u<k, m<p : p = u + 1 - L*m} (u + m)"},
            {"before": "M = Σ_{u<k, m<s : p = u + 1 + L*m} (u + m)"},
            {"before": "M = Σ_{u<k, m<s : p = u + 1 - L*m, m = u} (u + m)"},
            {"before": "M = Σ_{u<k, m<s : p <= u + 1 - L*m} (u + m)"},
            {"before": "M = max_{u<k, m<s : p = u + 1 - L*m} (u + m)"},
            {"arguments": {"letter": "v"}},
        ),
    ),
    Row(
        "as a multiple",
        "M = Σ_{u<k, m<d : p = d*u - k*m} (u + L)", "M = Σ_{u<k : k | d*u - p} (u + L)", {"letter": "m"},
        SIZES + "; p <= k - 1",
        refused=(
            {"given": SIZES},
            {"before": "M = Σ_{u<k, m<d : p = d*u - k*m} (m + L)"},
            {"before": "M = Σ_{u<k, m<d : p = d*u - k*m, m = s} (u + L)"},
            {"before": "M = Σ_{u<k, m<d : p = d*u + k*m} (u + L)"},
            {"before": "M = Σ_{u<k, m<s : p = d*u - k*m} (u + L)"},
            {"before": "M = Σ_{u<k + 1, m<d : p = d*u - k*m} (u + L)"},
            {"before": "M = Σ_{u<k, m<d : p <= d*u - k*m} (u + L)"},
        ),
    ),
    Row(
        "count the rounds",
        "M = Σ_{u<k : k | d*u - p} (u + L)", "M = Σ_{u<k, m<d : p = d*u - k*m} (u + L)",
        {"letter": "m", "place": "p", "rounds": Sym("d")}, SIZES + "; p <= k - 1",
        refused=(
            {"given": SIZES},
            {"arguments": {"letter": "m", "place": "p", "rounds": parse_size("d - 1")}},
            {"arguments": {"letter": "m", "place": "p", "rounds": Sym("u")}},
            {"arguments": {"letter": "L", "place": "p", "rounds": Sym("d")}},
            {"arguments": {"letter": "m", "place": "d", "rounds": Sym("d")}},
            {"arguments": {"letter": "m", "place": "p", "rounds": "d"}},
            {"before": "M = Σ_{u<k : k | d*u + p} (u + L)"},
            {"before": "M = max_{u<k : k | d*u - p} (u + L)"},
        ),
    ),
    Row(
        "one residue",
        "M = Σ_{x<L, u<k : L | u + d - x, L | s*x + p} (u + s)", "M = Σ_{u<k : L | s*(u + d) + p} (u + s)",
        {"letter": "x"}, SIZES,
        refused=(
            {"before": "M = Σ_{x<L, u<k : L | u + d - x, L | s*x + p} (x + s)"},
            {"before": "M = Σ_{x<k, u<k : L | u + d - x, L | s*x + p} (u + s)"},
            {"before": "M = Σ_{x<L, u<k : L | u + d - x, k | s*x + p} (u + s)"},
            {"before": "M = Σ_{x<L, u<k : L | u + d - x, p = s*x} (u + s)"},
            {"before": "M = Σ_{x<L, u<k : L | u + d - 2*x} (u + s)"},
            {"before": "M = Σ_{x<L, u<k : L | u + d - x, L | p + x/2} (u + s)"},
            {"before": "M = Σ_{x<p, u<k : p | u + d - x} (u + s)"},
        ),
    ),
    Row("one residue", "M = Σ_{x<L : L | x + d - p} s", "M = s", {"letter": "x"}, SIZES),
    Row(
        "one sum",
        "M = Σ_{u<k} (Σ_{v<s : v = u} (u*v + L))", "M = Σ_{u<k, v<s : v = u} (u*v + L)", {}, SIZES,
        refused=(
            {"before": "M = Σ_{u<k} (u + L)"},
            {"before": "M = Σ_{u<k} (Σ_{v<u} (v + L))"},
            {"before": "M = Σ_{u<k} (Σ_{u<s} (u + L))"},
            {"before": "M = max_{u<k} (Σ_{v<s} u*v)"},
            {"before": "M = max_{u<k} (max_{v<s} (v + u))"},
            {"before": "M = Σ_{u<k} (max_{v<s} (v + u))"},
            {"before": "M = Σ_{u<k} (mean_{v<s} u*v)"},
            {"before": "M = mean_{u<k} (Σ_{v<s} v)"},
            {"before": "M = Σ_{u<k} u*(Σ_{v<s} v)"},
            {"before": "M = L"},
            {"before": "i <= Σ_{u<k} (Σ_{v<s} (u + v))"},
        ),
    ),
    Row(
        "one sum",
        "M = Σ_{u<k : u = p} (Σ_{v<s : v = u} (v + L))", "M = Σ_{u<k, v<s : u = p, v = u} (v + L)", {}, SIZES,
    ),
    Row("one sum", "M = Σ_{v<s} (Σ_{u<k} (Σ_{w<L} 1*u*w))", "M = Σ_{v<s, u<k, w<L} u*w", {}, SIZES),
    Row(
        "backwards",
        "M = Σ_{u<k, v<s : v = u} (d*u + v)", "M = Σ_{u<k, v<s : v = k - u - 1} (d*(k - u - 1) + v)", {"index": "u"},
        SIZES,
        refused=(
            {"before": "M = Σ_{v<k} (v + L)"},
            {"before": "M = max_{u<k} (u + L)"},
            {"before": "M = Σ_{u<k, v<u} (v + L)"},
            {"arguments": {}},
        ),
    ),
    Row(
        "solve",
        "M = Σ_{u<k, v<s : u + L = v + p} (u*v + 1)", "M = Σ_{u<k, v<s : u = v + p - L} (u*v + 1)", {"letter": "u"},
        SIZES,
        refused=(
            {"before": "M = Σ_{u<k, v<s : 2*u = v} (v + 1)"},
            {"before": "M = Σ_{u<k, v<s : v = u + L/2} (v + 1)"},
            {"before": "M = Σ_{u<k, v<s : v <= u + L} (v + 1)"},
            {"before": "M = Σ_{u<k, v<s : u = v + L} (v + 1)"},
            {"before": "M = Σ_{u<k, v<s : u*u = v} (v + 1)"},
            {"before": "M = Σ_{u<k : L = s + v} u"},
            {"before": "M = L + u"},
            {"arguments": {"letter": "d"}},
            {"arguments": {}},
        ),
    ),
    Row(
        "solve", "M = Σ_{u<k : p + s = L + d*u} (u + s)", "M = Σ_{u<k : p = L + d*u - s} (u + s)",
        {"letter": "p"}, SIZES,
    ),
    Row(
        "same digits",
        "M = Σ_{i<L, u<s : s*p + d = s*i + u} (i*u + 1)", "M = Σ_{i<L, u<s : i = p, u = d} (i*u + 1)",
        {"digits": (("i", Sym("p")), ("u", Sym("d")))}, SIZES + "; d <= s - 1",
        refused=(
            {"given": SIZES},
            {"before": "M = Σ_{i<L, u<s + 1 : s*p + d = s*i + u} (i*u + 1)"},
            {"before": "M = Σ_{i<L, u<s : s*p + d = k*i + u} (i*u + 1)"},
            {"before": "M = Σ_{i<L, u<s : s*p + 2*d = s*i + u} (i*u + 1)"},
            {"before": "M = Σ_{i<L, u<s : s*p + d <= s*i + u} (i*u + 1)"},
            {"before": "M = Σ_{i<L, u<s : s*p + d = s*i + u + 1} (i*u + 1)"},
            {"before": "M = max_{i<L, u<s : s*p + d = s*i + u} (i*u + 1)"},
            {"arguments": {"digits": (("i", Sym("d")), ("u", Sym("p")))}},
            {"arguments": {"digits": (("u", Sym("d")), ("i", Sym("p")))}},
            {"arguments": {"digits": (("u", Sym("d")),)}},
            {"arguments": {"digits": "i u"}},
        ),
    ),
    Row(
        "as a mean", "M = Σ_{u<k, v<s} (u*v + L)", "M = k*s*(mean_{u<k, v<s} (u*v + L))", {"index": "u"}, SIZES,
        refused=(
            {"given": "k >= 0; s >= 1; L >= 1"},
            {"before": "M = max_{u<k} (u + L)"},
            {"before": "M = Σ_{u<k : u = p} (u + L)"},
            {"before": "M = Σ_{u<k, v<u} (v + L)"},
            {"arguments": {"index": "d"}},
        ),
    ),
    Row(
        "out of the maximum", "M = max_{u<k} (d*u + L + 1)", "M = max_{u<k} d*u + L + 1", {}, SIZES,
        refused=(
            {"before": "M = max_{u<k} u"},
            {"before": "M = max_{u<k} (u + L*u)"},
            {"before": "M = Σ_{u<k} (u + L)"},
        ),
    ),
    Row(
        "the sign turns it", "M = max_{u<k} (-d*(L - u))", "M = -(min_{u<k} d*(L - u))", {}, SIZES,
        refused=({"before": "M = max_{u<k} d*u"}, {"before": "M = Σ_{u<k} (-d*u)"}, {"before": "M = max_{u<k} (-2*u)"}),
    ),
    Row(
        "always met", "M = Σ_{u<k : u <= k + L, s <= u} (u + 1)", "M = Σ_{u<k : s <= u} (u + 1)", {}, SIZES,
        refused=(
            {"before": "M = Σ_{u<k : u <= k - 2} (u + 1)"},
            {"before": "M = Σ_{u<k : u = k - 1} (u + 1)"},
            {"before": "M = Σ_{u<k : u <= k + L/2} (u + 1)"},
            {"before": "M = Σ_{u<k} (u + 1)"},
            {"before": "M = max_{u<k : u <= k} (u + 1)"},
        ),
    ),
]  # fmt: skip

BY_DEFINITION = {
    "ask when": (CONV, {"left": Sym("L"), "right": parse_size("2*s")}, "L = 2*s"),
    "ask when all hold": (
        CONV,
        {"pairs": (("L", parse_size("2*s")), ("k", Sym("d")))},
        "L = 2*s; k = d",
    ),
    "read the first windows": (
        POOL,
        {"numbers": "0"},
        "-p <= d*u - p; d*u - p <= L + p - 1 for u < k",
    ),
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
                        (relation("n = m"), relation("c = e"), relation("x = s*i")),
                    ),
                ),
            ),
            (("m", Sym("N")), ("e", Sym("C")), ("x", Sym("L"))),
        ),
    ),
    "read an end": (ROW, {"array": "X", "end": "last", "name": "B"}, "B = max_{u<k} (s*i + d*u - p)"),
    "read the taps inside": (
        ROW,
        {"array": "X", "name": "T"},
        "T = Σ_{u<k : 0 <= s*i + d*u - p, s*i + d*u - p <= L - 1} 1",
    ),
    "read an input end": (
        cm.define("Y[t] = w[u]*X[i] where t = s*i+u-p", shapes={"X": "L", "w": "k"}, padding={"Y": "p"}).general,
        {"array": "X", "end": "first", "name": "A"},
        "A = min_{i<L : s*i - p <= t, t <= s*i - p + k - 1} i",
    ),
    "put in the slope": (
        cm.define("S[n] = D[n,m]*X[m]", {"D": "N,L", "X": "L"}).general,
        {"slope": "D", "array": "X", "number": 0},
        Statement(
            (
                Relation(
                    Read("S", (Sym("n"),)),
                    "=",
                    Reduce(
                        "sum",
                        (("m", Sym("L")),),
                        Mul(
                            (
                                Reduce(
                                    "sum",
                                    (("m'", Sym("L")),),
                                    Read("D", (Sym("n"), Sym("m'"))),
                                    (Relation(Sym("m'"), "=", Sym("m")),),
                                ),
                                Read("X", (Sym("m"),)),
                            )
                        ),
                    ),
                ),
            )
        ),
    ),
    "read one place": (LINEAR, {"array": "X", "axis": 2, "name": "R"}, "R = 1"),
}
"""Rules that prove nothing: they say what the words mean. (definition, arguments, what is read off)"""

ON_RESULTS = {
    *("read the step", "read the start", "read the touched places", "read the shared places"),
    *("read a repetition", "ask at every output"),
}
"""Rules that read off a definition and earlier results; their rows stand in test_receptive.py."""
ON_FORMULAS = {"abbreviate", "recognise", "the same everywhere", "insert", "name", "the only place"} | {
    "use the condition",
}  # fmt: skip
ON_FORMULAS |= {"only inside", "outside too", "one place"}
ON_FORMULAS |= {"add the quotients", "recognise an entry"}
"""Rules on whole formulas; their rows are the tests of their names below, or those of tests/test_border.py."""


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
    assert {row.rule for row in ROWS} | BY_DEFINITION.keys() | ON_FORMULAS | ON_RESULTS == RULES.keys()


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
        ("ask when all hold", CONV, {"pairs": (("L", Sym("z")),)}),
        ("ask when all hold", CONV, {"pairs": ()}),
        ("read the first windows", CONV, {"numbers": "0 0"}),
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
PADDED = cm.define("Y[n,o,i] = V[o,u]*X[n,i+u-1]", {"V": "O,k", "X": "N,L"}, {"X": "0,1"}).general
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


LOWER = cm.define("Z[n,i] = U[u]*X[n,s*i+u]", shapes={"U": "k", "X": "N,s*(L-1)+k"}).general
UPPER = cm.define("Y[n,j] = V[v]*Z[n,2*j+v]", shapes={"V": "C", "Z": "N,L"}, inputs="Z").general
STRIDED = (*POSITIVE, relation("s >= 1"))


def test_insert_a_layer():
    ground = Ground((UPPER, UPPER, LOWER), STRIDED)
    step = take(formula(UPPER), "insert", ground, number=2)
    assert str(step.after) == "Y[n,j] = Σ_{v<C} V[v]·(Σ_{u<k} U[u]·X[n, s·(2·j + v) + u])"
    with pytest.raises(ProofError, match="Z is not read"):
        take(step.after, "insert", ground, number=2)


@pytest.mark.parametrize(
    ("upper", "lower", "wanted"),
    [
        (("Y[n,j] = V[v]*Z[n,2*j+v-1]", {"V": "C", "Z": "N,L"}, {"Z": "0,1"}), None, "is padded"),
        (("Y[n,j] = V[v]*Z[n,2*j+v]", {"V": "C", "Z": "N,L+1"}), None, "could not be proved"),
        (("Y[n,j] = V[v]*Z[n,2*j+v]", {"V": "C", "Z": "C,L"}), None, "could not be proved"),
        (None, ("Z[n,i] = X[n,i] where i <= 2", {"X": "N,L"}), "could not be proved"),
        (None, ("Z[n,t] = X[n,i] where t = 2*i", {"X": "N,L"}), "could not be proved"),
        (("Y[n,j] = V[v]*X[n,2*j+v]", {"V": "C", "X": "N,L"}), None, "Z is not read"),
    ],
)
def test_a_layer_is_not_inserted_where_it_may_not_be_read(upper, lower, wanted):
    top = cm.define(upper[0], *upper[1:]).general if upper else UPPER
    below = cm.define(*lower).general if lower else LOWER
    with pytest.raises(ProofError, match=wanted):
        take(formula(top), "insert", Ground((top, top, below), STRIDED), number=2)


def test_insert_gives_bound_letters_new_names():
    other = cm.define("Z[n,a,i] = U[a,r]*X[n,r,i]", shapes={"U": "R,C", "X": "N,C,L"}).general
    step = take(formula(OUTER), "insert", on(OUTER, other), number=2)
    assert str(step.after) == "Y[n,o,i] = Σ_{r<R} V[o,r]·(Σ_{r'<C} U[r,r']·X[n,r',i])"


@pytest.mark.parametrize(
    ("outer", "wanted"),
    [
        (("Y[n,o,i] = V[o,r]*Z[n,r,i]", {"V": "O,k", "Z": "N,k,L"}), "could not be proved"),
        (
            ("Y[n,o,i] = V[o,r]*Z[n,r,i+u]", {"V": "O,R", "Z": "N,R,P"}, None, "Z", "sum", {"u": "k"}),
            "could not be proved",
        ),
        (("Y[n,o,i] = V[o,r,u]*Z[n,r,i+u-1]", {"V": "O,R,k", "Z": "N,R,L"}, {"Z": "0,0,1"}), "is padded"),
    ],
)
def test_insert_refuses_places_at_which_the_definition_does_not_give_the_array(outer, wanted):
    subject = cm.define(outer[0], outer[1], *outer[2:]).general
    with pytest.raises(ProofError, match=wanted):
        take(formula(subject), "insert", on(subject, INNER), number=2)


@pytest.mark.parametrize(
    ("line", "values", "given"),
    [
        ("(u*k + v)*s + L", "u v L", "L <= s - 1"),
        ("((p + 1)*k + k - 1)*s", "p+1 k-1 0", "k >= 1"),
        ("u*k*s + s*v + s - 1", "u v s-1", "k >= 1"),
    ],
)
def test_three_digits(line, values, given):
    """The first may be anything; a digit too large, or in another's place, is none."""
    ground = Ground((CONV, CONV, LINEAR), tuple(map(relation, f"{SIZES}; {given}".split(";"))))
    sums, values = "Σ_{u<d, v<k} (Σ_{w<L, x<k, y<s :", tuple(map(parse_size, values.split()))
    before = statement(f"M = {sums} {line} = (w*k + x)*s + y}} (w + x*y))")
    step = take(before, "same digits", ground, digits=tuple(zip("wxy", values, strict=True)))
    met = ", ".join(f"{name} = {value}" for name, value in zip("wxy", values, strict=True))
    assert step.after == statement(f"M = {sums} {met}}} (w + x*y))")
    for at in range(1, 3):
        wrong = [*values]
        wrong[at - 1], wrong[at] = wrong[at - 1] - 1, wrong[at] + (Sym("k"), Sym("s"))[at - 1]
        with pytest.raises(ProofError, match="could not be proved"):
            take(before, "same digits", ground, digits=tuple(zip("wxy", wrong, strict=True)))
    with pytest.raises(ProofError, match="are the digits"):
        take(before, "same digits", ground, digits=tuple(zip("wxy", (*values[1:], values[0]), strict=True)))


def test_several_definitions_are_put_in_at_once():
    line = "Y[n,o,i] = b[o] + Σ_{r<R} V[o,r]*(b[r] + Σ_{c<C} U[r,c]*X[n,c,i])"
    bias = cm.define("a[o] = b[o]", shapes={"b": "O"}).general
    subject = cm.define("Y[n,o,i] = a[o] + V[o,r]*Z[n,r,i]", shapes={"a": "O", "V": "O,R", "Z": "N,R,L"}).general
    step = take(formula(subject), "insert", on(subject, INNER, bias), number="2 3")
    assert step.after == statement(line)
    for numbers in ("", "2", "2 2 3", "4", "2 1"):
        with pytest.raises(ProofError):
            take(formula(OUTER), "insert", on(OUTER, bias, INNER), number=numbers)


TILE = cm.define("Z[o,n] = M[o,n]", shapes={"M": "O,T"}, inputs="M").general
TAPS = cm.define("Y[o,i] = W[o,u]*X[i+u]", shapes={"W": "O,2", "X": "2*T+1"}).general
TWO_TAPS = "Z[o,n] = X[2*n]*W[o,0] + W[o,1]*X[2*n+1]"
AT = {"places": (("i", parse_size("2*n")),)}


def on_tiles(other=TAPS):
    return Ground((TILE, TILE, other), tuple(relation(f"{name} >= 1") for name in "OT"))


def test_recognise_an_entry():
    step = take(statement(TWO_TAPS), "recognise an entry", on_tiles(), number=2, **AT)
    assert str(step.after) == "Z[o,n] = Y[o,2·n]"
    assert "n ≤ T − 1" in step.evidence.certificate


@pytest.mark.parametrize(
    "line",
    [
        "Z[o,n] = X[2*n]*W[o,0] + W[o,1]*X[2*n]",
        "Z[o,n] = X[2*n]*W[o,0]",
        "Z[o,n] = X[2*n]*W[o,0] + 2*W[o,1]*X[2*n+1]",
        "Z[o,n] = Σ_{u<2 : u <= n} W[o,u]*X[2*n+u]",
        "n <= T",
    ],
)
def test_what_is_no_entry_is_not_recognised(line):
    with pytest.raises(ProofError):
        take(statement(line), "recognise an entry", on_tiles(), number=2, **AT)


@pytest.mark.parametrize(
    ("shapes", "padding", "wanted"),
    [
        ({"W": "O,2", "X": "T"}, {}, "could not be proved"),
        ({"W": "T,2", "X": "2*T+1"}, {}, "could not be proved"),
        ({"W": "O,2", "X": "2*T+1"}, {"X": "1"}, "without padding"),
    ],
)
def test_an_entry_is_recognised_only_where_the_definition_has_one(shapes, padding, wanted):
    other = cm.define("Y[o,i] = W[o,u]*X[i+u]", shapes=shapes, padding=padding).general
    with pytest.raises(ProofError, match=wanted):
        take(statement(TWO_TAPS), "recognise an entry", on_tiles(other), number=2, **AT)
    for wrong in ({"places": (("z", Int(0)),)}, {"places": "i"}, {}):
        with pytest.raises(ProofError):
            take(statement(TWO_TAPS), "recognise an entry", on_tiles(), number=2, **wrong)


def test_an_entry_to_which_nothing_is_added_is_no_entry():
    made = cm.define("S[o,n,t] = W[o,u]*M[o,n] where t = u", shapes={"W": "O,2", "M": "O,T"}).general
    step = take(
        statement("Z[o,n] = W[o,1]*M[o,n]"), "recognise an entry", on_tiles(made), number=2, places=(("t", Int(1)),)
    )
    assert str(step.after) == "Z[o,n] = S[o,n,1]"
    with pytest.raises(ProofError, match="no entry there"):
        take(statement("Z[o,n] = 0*M[o,n]"), "recognise an entry", on_tiles(made), number=2, places=(("t", Int(2)),))


QUOTIENTS = "Z[o,n] = k*M[o,n]/(k+L) + M[o,n]*L*(1/(L+k)) + (L-k)*X[n]/k - L*X[n]/k + U[n]/k - U[n]/k"


def test_add_the_quotients():
    ground = replace(on_tiles(), assumptions=POSITIVE)
    step = take(statement(QUOTIENTS), "add the quotients", ground)
    assert str(step.after) == "Z[o,n] = M[o,n] − X[n]"
    assert "come to 1, -1, 0" in step.reason
    assert "k ≥ 1" in step.evidence.certificate


@pytest.mark.parametrize(
    ("line", "given"),
    [
        (QUOTIENTS, "L >= 1; k >= 0"),
        ("Z[o,n] = k*M[o,n]/(k-L) - L*M[o,n]/(k-L)", "L >= 1; k >= 1"),
        ("Z[o,n] = k*M[o,n]/(k+L)", "L >= 1; k >= 1"),
        ("Z[o,n] = M[o,n]/k + M[o,n]/L", "L >= 1; k >= 1"),
        ("Z[o,n] = M[o,n] + 2*X[n]", "L >= 1; k >= 1"),
        ("Z[o,n] = k/k + M[o,n]", "L >= 1; k >= 1"),
        ("Z[o,n] = (M[o,n] + X[n])*k/k", "L >= 1; k >= 1"),
        ("Z[o,n] = Σ_{u<k} M[o,u]*k/k", "L >= 1; k >= 1"),
        ("n <= L/k", "L >= 1; k >= 1"),
    ],
)
def test_quotients_that_come_to_no_number_are_not_added(line, given):
    assumed = (*map(relation, given.split(";")), *map(relation, ("O >= 1", "T >= 1")))
    with pytest.raises(ProofError):
        take(statement(line), "add the quotients", replace(on_tiles(), assumptions=assumed))


def test_name():
    product_ = cm.define("A[o,c] = V[o,r]*U[r,c]", shapes={"V": "O,R", "U": "R,C"}).general
    ground = on(OUTER, INNER, product_)
    line = statement("Y[n,o,i] = Σ_{c<C} (Σ_{r<R} U[r,c]*V[o,r])*X[n,c,i]")
    step = take(line, "name", ground, number=3)
    assert str(step.after) == "Y[n,o,i] = Σ_{c<C} A[o,c]·X[n,c,i]"
    for other in ("Y[n,o,i] = Σ_{c<C} (Σ_{r<R} U[r,c]*V[r,o])*X[n,c,i]", "Y[n,o,i] = Σ_{c<C} V[o,c]*X[n,c,i]"):
        with pytest.raises(ProofError, match="does not stand here"):
            take(statement(other), "name", ground, number=3)
    with pytest.raises(ProofError, match="could not be proved"):
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
