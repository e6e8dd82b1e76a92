"""A derivation saved as JSON comes back equal, and nothing in the text is trusted."""

import contextlib
import copy
import json
import os
import signal
import subprocess
import sys
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import convmath as cm

SLUG = "pointwise-conv-is-per-pixel-linear"
N, C, O, H, W, k, s, p, d = cm.symbols("N C O H W k s p d")
CAUSAL = {"shapes": {"X": "N,C,L", "W": "O,C,k"}, "padding": {"X": "0,0,(d*(k-1),0)"}}
SUBJECTS = {
    "numbers": lambda: cm.conv2d(3, 64, 7, stride=2, padding=3).derive("all", (1, 3, 224, 224)),
    "letters": lambda: cm.conv2d(C, O, k, stride=s, padding=p, dilation=d).derive("all", (N, C, H, W)),
    "one axis": lambda: cm.conv1d(C, O, k, stride=s, padding=p, dilation=d).derive("all"),
    "output shape": lambda: cm.conv2d(192, 192, 1).derive("output_shape", (1, 192, 28, 28)),
    "parameters": lambda: cm.conv2d(C, 4, (3, 5), bias=False).derive("parameters"),
    "multiply-adds": lambda: cm.conv3d(2, 4, 3, groups=2).derive("macs", (1, 2, 9, 9, 9)),
    "receptive field": lambda: cm.conv1d(1, 1, 3, dilation=d).derive("receptive_field"),
    "huge": lambda: cm.conv1d(10**30, 1, 3).derive("all", (1, 10**30, 10**30 + 7)),
    "transposed": lambda: cm.conv_transpose1d(C, O, k, stride=s, padding=p).derive("all"),
    "transposed numbers": lambda: cm.conv_transpose2d(3, 4, 3, stride=2, output_padding=1).derive("all", (1, 3, 7, 7)),
    "max pool": lambda: cm.max_pool2d(3, stride=2, padding=1).derive("output_shape", (1, 64, 112, 112)),
    "mean pool": lambda: cm.avg_pool1d(k).derive("all"),
    "linear": lambda: cm.linear(C, 10).derive("all"),
    "sizes are expressions": lambda: cm.conv1d(C, 2 * C, 2 * k + 1, padding=k).derive("all", (N, C, 3 * H)),
    "causal": lambda: cm.define("Y[n,o,i] = W[o,c,u] * X[n,c,i+d*u-d*(k-1)]", **CAUSAL).derive("all"),
    "smaller of two": lambda: cm.define(
        "Y[n,o,i] = W[i,o,c,u] * X[n,c,s*i+u]", shapes={"X": "N,C,L", "W": "M,O,C,k"}
    ).derive("all"),
    "scores": lambda: cm.define("S[q,k] = Q[q,e] * K[k,e]", shapes={"Q": "M,E", "K": "T,E"}).derive("all", E=64),
    "maximum": lambda: cm.define(
        "Y[n,c,i] = X[n,c,2*i+u]", shapes={"X": "N,C,L"}, ranges={"u": "k"}, reduce="max"
    ).derive("all"),
    "the theorem": lambda: cm.prove(SLUG),
    "the theorem with numbers": lambda: cm.prove(SLUG, rank=2, s=2, H=28, W=28, C=192),
}
DEEP = ["floor", "H"]
for _ in range(300):
    DEEP = ["floor", DEEP]
ATTACKED = (
    "one axis",
    "output shape",
    "receptive field",
    "transposed",
    "max pool",
    "smaller of two",
    "the theorem with numbers",
)
"""Enough to meet every rule and every kind of chain."""


def read(data):
    return cm.Derivation.from_json(data if isinstance(data, str) else json.dumps(data))


def refuses(data):
    """Neither read nor proved."""
    with pytest.raises((cm.ProofError, cm.ParseError)) as error:
        read(data).check()
    assert type(error.value) in (cm.ProofError, cm.ParseError)
    assert str(error.value)


def false(data):
    """It can be read, and does not hold."""
    found = read(data)
    with pytest.raises(cm.ProofError):
        found.check()


@pytest.fixture(scope="module", params=ATTACKED)
def saved(request):
    return json.loads(SUBJECTS[request.param]().render("json"))


@pytest.fixture
def data(saved):
    return copy.deepcopy(saved)


@pytest.fixture
def one():
    """One derivation, to be changed here and there."""
    return json.loads(cm.conv2d(3, 4, 5, stride=2).derive("output_shape", (1, 3, 9, 28)).render("json"))


# --- there and back


@pytest.mark.parametrize("name", SUBJECTS)
def test_what_was_saved_comes_back_equal_and_holds(name):
    proof = SUBJECTS[name]()
    again = read(proof.render("json"))
    again.check()
    assert again == proof
    assert again.steps == proof.steps
    assert again.assumptions == proof.assumptions
    assert str(again.result) == str(proof.result)
    for format_ in ("text", "latex", "markdown", "html", "json"):
        assert again.render(format_) == proof.render(format_)


def test_numbers_of_any_size_come_back_exact():
    proof = SUBJECTS["huge"]()
    result = read(proof.render("json")).result
    assert result[:3] == (1, 1, 10**30 + 5)
    assert str(10**30) in proof.render("json")
    assert all(type(value) is int for value in result)


def test_no_number_is_written_that_another_reader_would_round(saved):
    def numbers(node):
        if isinstance(node, dict | list):
            for item in node.values() if isinstance(node, dict) else node:
                yield from numbers(item)
        elif not isinstance(node, str):
            yield node

    assert all(node is None or isinstance(node, bool) or abs(node) < 2**53 for node in numbers(saved))


# --- every step


def places(data):
    return [(c, n) for c, chain in enumerate(data["chains"]) for n in range(len(chain["steps"]))]


def at_every_step(data, change, check=refuses):
    """``change(steps, n)`` at every step of a fresh copy; it may answer that there is nothing to change."""
    changed = 0
    for c, n in places(data):
        fresh = copy.deepcopy(data)
        if change(fresh["chains"][c]["steps"], n) is not False:
            check(fresh)
            changed += 1
    assert changed


def another(relation):
    """The same relation with one more on its right side."""
    left, op, right = relation
    return [left, op, ["+", right, 1]]


def test_no_step_can_be_deleted(saved):
    at_every_step(saved, lambda steps, n: steps.pop(n) and None)


def test_no_step_can_be_made_twice(saved):
    """A step that leaves its line as it is could be said twice in a row: the claim has it once."""
    at_every_step(saved, lambda steps, n: steps.insert(n, copy.deepcopy(steps[n])))


def test_no_two_steps_can_be_swapped(saved):
    def swap(steps, n):
        if n + 1 == len(steps):
            return False
        steps[n], steps[n + 1] = steps[n + 1], steps[n]
        return None

    if all(len(chain["steps"]) == 1 for chain in saved["chains"]):
        pytest.skip("every chain has one step")
    at_every_step(saved, swap)


def test_no_line_can_be_altered(saved):
    def alter(steps, n):
        relations = steps[n]["after"]["relations"]
        relations[-1] = another(relations[-1])
        if n + 1 < len(steps):
            steps[n + 1]["before"] = copy.deepcopy(steps[n]["after"])

    at_every_step(saved, alter)


def test_no_first_line_can_be_altered(saved):
    def alter(steps, n):
        relations = steps[n]["before"]["relations"]
        relations[-1] = another(relations[-1])

    at_every_step(saved, alter)


def test_no_reason_can_be_altered(saved):
    at_every_step(saved, lambda steps, n: steps[n].update(reason="it is plain to see"), false)


def test_no_rule_can_be_exchanged(saved):
    def exchange(steps, n):
        steps[n]["rule"] = "divide" if steps[n]["rule"] != "divide" else "integer"

    at_every_step(saved, exchange, false)


def test_no_rule_can_be_invented(saved):
    at_every_step(saved, lambda steps, n: steps[n].update(rule="by inspection"), false)


@pytest.mark.parametrize(("place", "value"), [(0, "tried"), (1, "everyone knows"), (2, 1_000_000)])
def test_no_evidence_can_be_altered(saved, place, value):
    def alter(steps, n):
        steps[n]["evidence"][place] = value

    at_every_step(saved, alter, false)


def test_what_is_by_definition_cannot_be_called_proved(saved):
    def promote(steps, n):
        if steps[n]["evidence"][0] == "proved":
            return False
        steps[n]["evidence"][0] = "proved"
        return None

    at_every_step(saved, promote, false)


def test_no_step_can_be_invented(saved):
    """Behind every step, one that goes nowhere, and one that goes too far."""

    def invent(steps, n, rule, change):
        line = copy.deepcopy(steps[n]["after"])
        made = copy.deepcopy(steps[n]) | {"before": line, "after": change(copy.deepcopy(line)), "rule": rule}
        steps.insert(n + 1, made)

    def further(line):
        line["relations"][-1] = another(line["relations"][-1])
        return line

    at_every_step(saved, lambda steps, n: invent(steps, n, "arithmetic", lambda line: line))
    at_every_step(saved, lambda steps, n: invent(steps, n, "arithmetic", further))


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, True, 1e300])
@pytest.mark.parametrize("key", ["before", "after", "rule", "arguments", "reason", "evidence"])
def test_no_part_of_a_step_can_be_of_another_kind(one, key, value):
    if key == "arguments" and value == {}:
        pytest.skip("a step may have no arguments")
    for change in (lambda step: step.update({key: value}), lambda step: step.pop(key)):
        at_every_step(one, lambda steps, n, change=change: change(steps[n]) and None)


@pytest.mark.parametrize(
    "value", ["x", "", -1, 10**30, {"tree": "H"}, {"tree": 1}, {"ranges": []}, {"ranges": [["u", 2]]}]
)
def test_no_argument_of_a_step_is_trusted(value):
    """An argument that the rule does not look at may be anything; none may make it stumble."""
    data = json.loads(cm.conv1d(3, 4, 5, stride=2).derive("all", (1, 3, 28)).render("json"))
    for c, n in places(data):
        for name in data["chains"][c]["steps"][n]["arguments"]:
            fresh = copy.deepcopy(data)
            fresh["chains"][c]["steps"][n]["arguments"][name] = value
            holds_or_is_refused(json.dumps(fresh))


# --- all that stands around the steps


def test_no_title_can_be_altered(data):
    data["title"] += "!"
    false(data)


def test_no_question_can_be_altered(data):
    data["find"] = "why it is so"
    false(data)


def test_no_source_can_be_altered(data):
    data["source"] = "Fermat, in the margin"
    false(data)


@pytest.mark.parametrize("relation", [["k", "=", 1], ["q", "≥", 1], [0, "=", 1], ["C", "≥", 2], [1, "≤", 2]])
def test_no_assumption_can_be_added(data, relation):
    if relation in data["assumptions"]:
        pytest.skip("the theorem assumes it")
    data["assumptions"].append(relation)
    false(data)


@pytest.mark.parametrize("relation", [["N", "≥", ["integer", str(10**30)]], ["N", "=", ["integer", str(-(10**30))]]])
def test_an_assumption_with_a_huge_number_is_refused(one, relation):
    one["assumptions"].append(relation)
    refuses(one)
    one["assumptions"] = [relation, *one["assumptions"][1:-1]]
    refuses(one)


def test_no_assumption_can_be_left_out_or_altered(saved):
    for place in range(len(saved["assumptions"])):
        fresh = copy.deepcopy(saved)
        del fresh["assumptions"][place]
        refuses(fresh)
        fresh = copy.deepcopy(saved)
        fresh["assumptions"][place] = another(fresh["assumptions"][place])
        refuses(fresh)


def test_no_chain_can_be_left_out_repeated_or_moved(saved):
    for place in range(len(saved["chains"])):
        fresh = copy.deepcopy(saved)
        del fresh["chains"][place]
        refuses(fresh)
        fresh = copy.deepcopy(saved)
        fresh["chains"].insert(place, copy.deepcopy(fresh["chains"][place]))
        refuses(fresh)
        fresh = copy.deepcopy(saved)
        fresh["chains"][place]["heading"] = "A lemma"
        false(fresh)
        if place:
            fresh = copy.deepcopy(saved)
            fresh["chains"][place], fresh["chains"][place - 1] = fresh["chains"][place - 1], fresh["chains"][place]
            refuses(fresh)


def test_no_chain_can_pretend_to_be_like_another(data):
    for chain in data["chains"]:
        for like, letters in ((0, []), (0, [["H", "W"]]), (len(data["chains"]), []), (99, [])):
            if (chain["like"], chain["letters"]) == (like, letters):
                continue
            fresh = copy.deepcopy(data)
            fresh["chains"][data["chains"].index(chain)] |= {"like": like, "letters": letters}
            refuses(fresh)


def test_no_result_can_be_altered(saved):
    for place in range(len(saved["lines"])):
        for change in (
            lambda line: [*line[:2], ["+", line[2], 1], *line[3:]],
            lambda line: [line[0], "depth of the sea", *line[2:]],
            lambda line: ["Z", *line[1:]],
        ):
            fresh = copy.deepcopy(saved)
            fresh["lines"][place] = change(fresh["lines"][place])
            false(fresh)
        fresh = copy.deepcopy(saved)
        del fresh["lines"][place]
        false(fresh)
    fresh = copy.deepcopy(saved)
    fresh["lines"].append(["Z", "zeal", 7, *fresh["lines"][-1][3:]])
    false(fresh)


def test_no_trial_can_be_altered(data):
    data["trials"].append(["the whole, against an oracle", 1_000_000, "points"])
    false(data)
    for trial in data["trials"][:-1]:
        fresh = copy.deepcopy(data)
        del fresh["trials"][-1]
        fresh["trials"][data["trials"].index(trial)][1] += 1
        false(fresh)


def test_no_definition_can_be_altered(saved):
    for place in range(len(saved["definitions"])):
        for change in (
            lambda made: made["terms"].append(copy.deepcopy(made["terms"][-1])),
            lambda made: made["terms"][-1].update(scale=2),
            lambda made: made["tensors"][0][1].__setitem__(0, "Z"),
            lambda made: made["tensors"][0][2].__setitem__(0, [1, 1]),
            lambda made: made.update(reduce="min"),
            lambda made: made.update(inputs=[]),
            lambda made: made["given"].append(["k", "=", 1]),
            lambda made: made["output"].__setitem__(1, "Z"),
        ):
            fresh = copy.deepcopy(saved)
            change(fresh["definitions"][place])
            refuses(fresh)
    fresh = copy.deepcopy(saved)
    fresh["definitions"].append(copy.deepcopy(fresh["definitions"][0]))
    refuses(fresh)
    fresh = copy.deepcopy(saved)
    del fresh["definitions"][0]
    refuses(fresh)


def test_no_claim_can_be_exchanged(data):
    call = json.loads(cm.conv2d(3, 4, 7).derive("macs").render("json"))["claim"]["call"]
    for claim in (
        {"kind": "theorem", "slug": SLUG, "numbers": {"rank": 1}},
        {"kind": "theorem", "slug": "p-is-np", "numbers": {}},
        {"kind": "theorem", "slug": SLUG, "numbers": {"k": 3}},
        {"kind": "quantity", "quantity": "macs", "call": call, "sizes": {"H": 9}},
        {"kind": "quantity", "quantity": "beauty", "call": call, "sizes": {}},
        {"kind": "quantity", "quantity": "macs", "call": None, "sizes": {}},
        {"kind": "quantity", "quantity": "macs", "call": call},
        {"kind": "quantity"},
        {"kind": "guess"},
        {},
    ):
        refuses(data | {"claim": claim})


FORMULA = {"formula": "Y[i] = X[i]", "shapes": {"map": {"X": {"size": "L"}}}}


@pytest.mark.parametrize(
    "call",
    [
        {"function": name, "arguments": arguments}
        for name in (
            "system",
            "os.system",
            "__import__",
            "Operator",
            "prove",
            "symbols",
            "getattr",
            "",
            None,
            [],
            {},
            7,
        )
        for arguments in ({}, {"name": "os"})
    ]
    + [
        {"function": "conv1d", "arguments": arguments}
        for arguments in (None, [], {}, {"in_channels": 1}, {"x": 1}, {"self": 1}, {"in_channels": "__import__('os')"})
    ]
    + [
        {"function": "define", "arguments": FORMULA | change}
        for change in (
            {"formula": "__import__('os').system('true')"},
            {"formula": "(" * 100_000},
            {"formula": None},
            {"formula": ["Y[i] = X[i]"]},
            {"shapes": None},
            {"shapes": "X"},
            {"shapes": {"map": {"X": None}}},
            {"shapes": {"map": {"X": {"size": DEEP}}}},
            {"reduce": "system"},
            {"inputs": 7},
            {"ranges": 7},
            {"name": 7},
            {"more": 7},
        )
    ]
    + [
        {"function": "gradient"},
        {"function": "gradient", "of": {"function": "gradient"}, "arguments": {}},
        {"function": "gradient", "of": {"function": "conv1d", "arguments": {}}, "arguments": {"of": "X"}},
    ],
    ids=lambda call: str(call)[:60],
)
def test_no_call_is_trusted(one, call):
    """What the claim calls is an operator of the package, with arguments of their kinds; nothing else is run."""
    one["claim"]["call"] = call
    refuses(one)


def test_an_answer_to_another_question_is_refused(one):
    for quantity in ("parameters", "macs", "receptive_field", "all"):
        fresh = copy.deepcopy(one)
        fresh["claim"]["quantity"] = quantity
        false(fresh)


# --- the numbers


def test_no_number_can_be_altered(saved):
    for name in saved["values"]:
        fresh = copy.deepcopy(saved)
        fresh["values"][name] = 7 if fresh["values"][name] != 7 else 8
        refuses(fresh)
        fresh = copy.deepcopy(saved)
        del fresh["values"][name]
        refuses(fresh)
    fresh = copy.deepcopy(saved)
    fresh["values"]["Z"] = 7
    refuses(fresh)


def test_another_true_claim_with_its_own_numbers_holds(one):
    """Both places at once: that is the derivation of another shape, and true."""
    one["values"]["H"] = one["claim"]["sizes"]["H"] = 11
    found = read(one)
    found.check()
    assert found.result == (1, 4, 4, 12)


@pytest.mark.parametrize(
    ("letter", "value"),
    [
        ("k", 99),
        ("s", 0),
        ("N", 0),
        ("N", -5),
        ("p", -1),
        ("H", 4),
        ("H", ["+", 2, 2]),
        ("d", 1000),
        ("Z", 3),
        ("i", 3),
    ],
)
def test_numbers_that_break_an_assumption_do_not_hold(one, letter, value):
    one["values"][letter] = value
    refuses(one)
    one["claim"]["sizes"][letter] = value
    refuses(one)


def test_the_numbers_of_a_theorem_are_those_of_its_claim():
    data = json.loads(SUBJECTS["the theorem with numbers"]().render("json"))
    data["values"]["H"] = 29
    false(data)


# --- hostile texts


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "null",
        "0",
        "NaN",
        "[]",
        "{}",
        "{",
        '"text"',
        "\ufeff{}",
        "\x00",
        "\ud800",
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        "1" * 1_000_000,
        "-" + "9" * 5000,
        " " * 5_000_000,
        '{"format": "convmath derivation", "version": 1}',
        '{"format": "convmath derivation", "version": "1"}',
        '{"format": "convmath derivation", "version": 2}',
        '{"format": ["convmath derivation"], "version": 1}',
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_a_text_that_is_no_derivation_is_a_parse_error(text):
    with pytest.raises(cm.ParseError) as error:
        cm.Derivation.from_json(text)
    assert 0 < len(str(error.value)) < 400


@pytest.mark.parametrize("key", ["claim", "title", "find", "definitions", "assumptions", "chains", "lines", "values"])
@pytest.mark.parametrize("value", [None, 7, -1, "x", [], {}, [[]], [{}], {"x": []}, True, 1e300])
def test_every_entry_is_held_to_its_kind(one, key, value):
    if (key, value) != ("values", {}):  # the same derivation in letters
        refuses(one | {key: value})
    refuses({name: entry for name, entry in one.items() if name != key})


TREES = [
    DEEP,
    ["+", *["H"] * 20_000],
    ["^", "H", 10**9],
    ["^", ["^", ["^", ["+", "H", "W"], 16], 16], 16],
    ["integer", "9" * 100_000],
    ["integer", "__import__('os')"],
    ["integer", "１２"],
    ["integer", "-"],
    ["/", "H", 0],
    ["/", 0, 0],
    ["floor"],
    ["min"],
    ["nope", 1],
    [1, 2],
    "__import__('os').system('true')",
    "H.subs",
    "H" * 10_000,
    "",
    1.5,
    float("nan"),
    True,
    None,
    {"+": [1, 2]},
    ["reduce", "sum", [["u", 10**9], ["v", 10**9]], "u", []],
    ["reduce", "sum", [["u", "k"]], "u", [["u", "≠", 1]]],
    ["reduce", "sum", "u", "u", "u"],
    ["read", "X"],
    ["read", "X", "H"],
]


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: str(tree)[:25])
def test_no_expression_is_trusted(one, tree):
    """Wherever an expression stands."""
    for change in (
        lambda data: data["lines"][0].__setitem__(2, tree),
        lambda data: data["assumptions"][0].__setitem__(0, tree),
        lambda data: data["definitions"][0].__setitem__("output", tree),
        lambda data: data["definitions"][0]["terms"][-1]["reads"][0].__setitem__(-1, tree),
        lambda data: data["definitions"][0]["tensors"][0][1].__setitem__(0, tree),
        lambda data: data["chains"][2]["steps"][1]["after"]["relations"][0].__setitem__(0, tree),
        lambda data: data["chains"][2]["steps"][0]["before"]["relations"][0].__setitem__(2, tree),
    ):
        fresh = copy.deepcopy(one)
        change(fresh)
        refuses(fresh)
    fresh = copy.deepcopy(one)
    fresh["values"]["N"] = tree
    holds_or_is_refused(json.dumps(fresh))


def test_a_large_power_in_a_subscript_is_refused_before_it_is_worked_out():
    power = ["+", "H", "W"]
    for _ in range(3):
        power = ["^", power, 16]
    data = json.loads(cm.conv1d("C", "O", "k", groups="g").derive("output_shape").render("json"))
    for change in (
        lambda made: made["output"][3][1].__setitem__(1, power),
        lambda made: made["terms"][0]["reads"][0][2][1].__setitem__(1, power),
        lambda made: made["tensors"][0][1].__setitem__(0, power),
        lambda made: made["ranges"].append(["u", power]),
        lambda made: made["terms"][0].update(scale=power),
    ):
        fresh = copy.deepcopy(data)
        change(fresh["definitions"][0])
        with not_for_ever():
            refuses(fresh)


# --- any node, replaced by anything


@contextlib.contextmanager
def not_for_ever(seconds=60):
    """Stops what hangs. It measures nothing: the bound is far above what any text takes."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number, frame):
        raise TimeoutError(f"still running after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def holds_or_is_refused(text):
    """Either it holds, and shows itself; or it is refused with an error of this package."""
    with not_for_ever():
        try:
            found = cm.Derivation.from_json(text)
            found.check()
        except cm.ConvmathError:
            return
        for format_ in ("text", "latex", "markdown", "html", "json"):
            assert found.render(format_)
        assert found.result is not None


def nodes(data, path=()):
    """The path of every node."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, item in items:
        yield from nodes(item, (*path, key))


def replaced(data, path, value):
    if not path:
        return value
    fresh = copy.copy(data)
    fresh[path[0]] = replaced(fresh[path[0]], path[1:], value)
    return fresh


BASES = {name: json.loads(SUBJECTS[name]().render("json")) for name in ("output shape", "transposed", "maximum")}
PATHS = {name: sorted(nodes(data), key=lambda path: (len(path), str(path))) for name, data in BASES.items()}
SAMPLES = [
    node
    for data in BASES.values()
    for node in (data["chains"][-1], data["chains"][-1]["steps"][0], *data["definitions"], data["assumptions"], DEEP)
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(),
    st.floats(),
    st.sampled_from(
        [10**9, 10**30, -(10**30), "∣", "≤", "=", "≥", "sum", "max", "H", "H'", "k", "i", "u", "X", "W", "Y"]
    ),
    st.sampled_from(["+", "*", "^", "/", "floor", "min", "read", "reduce", "integer", "divide", "put", "tried", ""]),
    st.text(max_size=6),
)
values = st.one_of(
    scalars,
    st.sampled_from(TREES),
    st.sampled_from(SAMPLES),
    st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["relations", "for", "tree"]), inner)
        ),
        max_leaves=6,
    ),
)


@st.composite
def mutations(draw):
    """A saved derivation with one or two random nodes replaced: by anything, or by a node from elsewhere in it."""
    name = draw(st.sampled_from(sorted(BASES)))
    data = BASES[name]
    for _ in range(draw(st.integers(1, 2))):
        paths = PATHS[name] if data is BASES[name] else sorted(nodes(data), key=lambda path: (len(path), str(path)))
        path = draw(st.sampled_from(paths))
        if draw(st.booleans()):
            value = BASES[name]
            for key in draw(st.sampled_from(PATHS[name])):
                value = value[key]
        else:
            value = draw(values)
        data = replaced(data, path, value)
    return data


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutations())
def test_a_random_change_holds_or_is_refused(data):
    holds_or_is_refused(json.dumps(data))


@settings(max_examples=100)
@given(st.text(), st.integers(0, 10_000), st.integers(0, 40))
def test_a_random_edit_of_the_text_holds_or_is_refused(insert, place, gone):
    text = json.dumps(BASES["maximum"], ensure_ascii=False)
    place %= len(text)
    holds_or_is_refused(text[:place] + insert + text[place + gone :])


def test_a_certificate_is_the_same_in_every_process():
    """Texts hash differently from process to process; no certificate may depend on that."""
    program = "import convmath as cm; print(cm.prove('same-padding-makes-ceil-h-over-s-windows').render('json'))"
    found = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
