"""The harness itself, and what it says of the small data; the whole folder where it lies beside the repository."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from differential import score as scoring
from differential.__main__ import main

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[2] / "shared" / "cases"
FILES = scoring.files_in(DATA)
SAMPLED = {"numeric": 8, "stack": 2}
LEAST = {"torch": (150, 40), "tf": (60, 15), "keras": (60, 15), "jax": (60, 0), "onnx": (60, 0)}
"""How many cases a framework's file holds at least, and how many shapes and refusals among them."""


@pytest.mark.parametrize("path", FILES, ids=map(scoring.stem, FILES))
def test_no_answer_is_wrong(path):
    cases = scoring.cases_in(path)
    # What is recorded of numbers has tests of its own.
    result = scoring.score(scoring.stem(path), cases[:: SAMPLED.get(scoring.stem(path), 1)])
    assert not result.wrong, "\n".join(result.lines(path.name))
    assert result.decided == result.equal >= 0.8 * result.cases


def test_the_small_data_have_every_kind_of_answer():
    for path in FILES:
        cases = scoring.cases_in(path)
        kinds = len({case.get("op") for case in cases})
        least, each = LEAST.get(path.name.split("_")[0], (150, 0)) if kinds == 1 else (60, 18)
        assert len(cases) >= least
        assert kinds >= 20 or not path.name.startswith(("torch_misc", "onnx_misc", "opinfo"))
        if kinds == 1 and each and cases[0]["op"] != "pad":
            assert {case["n"] for case in cases} == {1, 2, 3}
        if each and not path.name.startswith("numeric"):
            assert min(sum("e" in case for case in cases), sum("e" not in case for case in cases)) >= each
    assert sum(path.stat().st_size for path in FILES) < 200_000


RECORDED = [
    *(f"{f}_{op}" for f in ("torch", "jax", "onnx") for op in ("conv", "conv_transpose", "max_pool", "avg_pool")),
    *(
        "keras_conv",
        "keras_conv_transpose",
        "keras_max_pool",
        "keras_avg_pool",
        "tf_conv",
        "tf_max_pool",
        "tf_avg_pool",
    ),
    "onnx_misc",
]


@pytest.mark.skipif(not SHARED.is_dir(), reason="there is no folder ../shared/cases beside the repository")
@pytest.mark.parametrize("name", RECORDED)
def test_no_answer_is_wrong_on_a_part_of_the_recorded_folder(name):
    """``python -m tests.differential ../shared/cases`` scores all of it; here every 80th case."""
    result = scoring.score(name, scoring.cases_in(SHARED / f"{name}.json.gz")[::80])
    assert not result.wrong, "\n".join(result.lines(name))


@pytest.mark.skipif(not SHARED.is_dir(), reason="there is no folder ../shared/cases beside the repository")
@pytest.mark.parametrize(("name", "every"), [("torch_misc", 4), ("opinfo_torch", 16)])
def test_no_answer_is_wrong_on_a_part_of_the_other_functions(name, every):
    result = scoring.score(name, scoring.cases_in(SHARED / f"{name}.json.gz")[::every])
    assert not result.wrong, "\n".join(result.lines(name))
    assert result.decided >= 0.98 * result.cases


# The harness.

CONV = {"op": "conv", "n": 1, "k": [3], "s": [1], "d": [1], "p": [[0, 0]], "g": 1, "oc": 2, "b": True, "x": [1, 1, 5]}
POOL = {"op": "max_pool", "n": 1, "k": [2], "s": [2], "d": [1], "p": [[0, 0]], "ceil": False, "x": [1, 1, 5]}
TRANSPOSED = CONV | {"op": "conv_transpose", "opad": [0]}
RIGHT = CONV | {"y": [1, 2, 3], "np": 8, "fl": 36}


@pytest.mark.parametrize(
    "case",
    [
        RIGHT,
        CONV | {"x": [1, 5], "y": [2, 3], "np": 8, "fl": 36},
        CONV | {"x": [0, 1, 5], "y": [0, 2, 3], "np": 8, "fl": 0},
        CONV | {"x": [1, 1, 2], "e": "RuntimeError: …", "np": 8},
        CONV | {"x": [1, 1, 0], "p": [[4, 4]], "e": "RuntimeError: …", "np": 8},
        CONV | {"x": [5], "e": "RuntimeError: …"},
        CONV | {"g": 2, "e": "ValueError: …", "at": "init"},
        CONV | {"pm": "fancy", "e": "ValueError: …", "at": "init"},
        CONV | {"pm": "reflect", "p": [[4, 4]], "y": [1, 2, 11], "np": 8, "fl": 132},
        CONV | {"pm": "reflect", "p": [[5, 5]], "e": "RuntimeError: …", "np": 8},
        CONV | {"pm": "circular", "p": [[6, 6]], "e": "RuntimeError: …", "np": 8},
        CONV | {"pm": "replicate", "p": [[9, 9]], "y": [1, 2, 21], "np": 8, "fl": 252},
        CONV | {"p": [[-1, -1]], "e": "RuntimeError: …", "np": 8},
        CONV | {"p": [[1, 0]], "e": "RuntimeError: …"},
        CONV | {"p": "SAME", "e": "ValueError: …"},
        CONV | {"p": "valid", "s": [2], "y": [1, 2, 2], "np": 8, "fl": 24},
        CONV | {"p": "same", "k": [4], "y": [1, 2, 5], "np": 10, "fl": 80},
        CONV | {"p": "same", "s": [2], "e": "ValueError: …", "at": "init"},
        CONV | {"s": [0], "e": "RuntimeError: …", "np": 8},
        CONV | {"k": [0], "e": "RuntimeError: …", "np": 2},
        CONV | {"x": [0, 1, 0], "p": [[2, 2]], "y": [0, 2, 2], "np": 8, "fl": 0},
        CONV | {"d": [0], "e": "RuntimeError: …", "np": 8},
        TRANSPOSED | {"y": [1, 2, 7], "np": 8, "fl": 60},
        TRANSPOSED | {"p": "same", "e": "TypeError: …"},
        TRANSPOSED | {"opad": [1], "e": "RuntimeError: …", "np": 8},
        TRANSPOSED | {"opad": [1], "x": [0, 1, 5], "y": [0, 2, 8], "np": 8, "fl": 0},
        TRANSPOSED | {"p": [[5, 5]], "x": [0, 1, 5], "e": "RuntimeError: …", "np": 8},
        TRANSPOSED | {"p": [[3, 3]], "x": [0, 1, 4], "y": [0, 2, 0], "np": 8, "fl": 0},
        TRANSPOSED | {"p": [[4, 4]], "x": [1, 1, 5], "e": "RuntimeError: …", "np": 8},
        POOL | {"y": [1, 1, 2], "np": 0},
        POOL | {"ceil": True, "y": [1, 1, 3], "np": 0},
        POOL | {"k": [4], "s": [4], "p": [[2, 2]], "ceil": True, "x": [1, 1, 9], "y": [1, 1, 3], "np": 0},
        POOL | {"k": [1], "s": [3], "ceil": True, "y": [1, 1, 2], "np": 0},
        POOL | {"k": [3], "s": [3], "ceil": True, "x": [1, 1, 1], "y": [1, 1, 1], "np": 0},
        POOL | {"k": [3], "s": [2], "ceil": True, "x": [1, 1, 1], "e": "RuntimeError: …", "np": 0},
        POOL | {"k": [3], "d": [2], "p": [[2, 2]], "e": "RuntimeError: …", "np": 0},
        POOL | {"x": [1, 0, 5], "e": "RuntimeError: …", "np": 0},
    ],
    ids=str,
)
def test_pytorchs_own_rules(case):
    result = scoring.score("torch_any", [case])
    assert result.equal == 1, "\n".join(result.lines("torch"))


@pytest.mark.parametrize(("size", "accepted"), [((4, 4, 4), True), ((2, 4, 4), False)])
def test_avg_pool3d_alone_wants_the_input_as_large_as_the_kernel(size, accepted):
    case = POOL | {"op": "avg_pool", "n": 3, "k": [3] * 3, "s": [3] * 3, "d": [1] * 3, "p": [[1, 1]] * 3, "cip": True}
    answer = {"y": [1, 1, 2, 2, 2]} if accepted else {"e": "RuntimeError: …"}
    assert scoring.score("torch_avg_pool", [case | {"x": [1, 1, *size], "np": 0} | answer]).equal == 1


@pytest.mark.parametrize(
    ("name", "case", "reason"),
    [
        (
            "torch_conv",
            CONV | {"x": [1, 0, 5]},
            "torch 2.13.0: Conv1d without channels gives a channel count that is wrong",
        ),
        ("torch_conv", CONV | {"e": "CRASH: SIGSEGV"}, "the framework's process died"),
        ("torch_conv", CONV | {"unheard_of": 1}, "the argument unheard_of"),
        ("torch_misc", {"op": "unheard_of"}, "no translation of unheard_of yet"),
        ("torch_misc", {"op": "layer", "cls": "Unheard", "args": [], "kw": {}}, "no layer Unheard yet"),
        ("torch_misc", {"op": "add", "a": [1], "b": [1], "alpha": 2}, "the argument alpha"),
        (
            "opinfo_torch",
            {"op": "flatten", "input": {"tensor": [1]}, "args": [], "kw": {}, "e": "… should be the same"}
            | {"declared_error": True},
            "the refusal is about types of elements, and only shapes are recorded",
        ),
        (
            "torch_conv_transpose",
            TRANSPOSED | {"p": [[3, 3]], "x": [1, 1, 4]},
            "torch 2.13.0: an output of # is an error or empty, as the backend has it",
        ),
        ("nobody_conv", CONV, "no translation yet"),
        ("score", CONV, "no translation yet"),
    ],
)
def test_what_is_not_answered_is_undecided_with_its_reason(name, case, reason):
    result = scoring.score(name, [case])
    assert result.undecided == {reason: 1}
    assert result.decided == 0


@pytest.mark.parametrize(
    "change",
    [{"y": [1, 2, 4]}, {"np": 9}, {"fl": 37}, {"x": [1, 1, 2]}, {"oc": None}],
)
def test_a_wrong_answer_is_wrong(change):
    assert len(scoring.score("torch_conv", [RIGHT | change]).wrong) == 1


def test_of_a_dispute_any_listed_answer_will_do_if_it_is_reported_as_one():
    dispute = {"op": "conv", "dis": {"infer": [1, 2, 1], "ort": "E:refused"}, "np": 8}

    def judged(**found):
        return scoring.judge(
            dispute, lambda _, answers: answers.update({"np": 8, "dis": {"infer": [1, 2, 1]}} | found)
        )[0]

    assert judged(y=[1, 2, 1])
    assert judged(e="refused")
    assert not judged(y=[1, 2, 2])
    assert not judged(y=[1, 2, 1], dis={})
    assert not judged(y=[1, 2, 1], np=9)


def test_an_error_is_as_wrong_as_an_answer_where_the_other_was_recorded():
    refused = CONV | {"e": "RuntimeError: …", "np": 8}
    (place, case, found) = scoring.score("torch_conv", [RIGHT, refused]).wrong[0]
    assert (place, case) == (1, refused)
    assert found == {"np": 8, "fl": 36, "y": [1, 2, 3]}


def test_parameters_are_compared_where_only_the_call_is_refused():
    assert scoring.score("torch_conv", [CONV | {"x": [1, 1, 2], "e": "RuntimeError: …", "np": 9}]).wrong


def test_what_is_raised_by_accident_is_no_rejection(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("by accident")

    monkeypatch.setattr("differential.torch.TORCH", {"Conv1d": broken})
    wrong = scoring.score("torch_conv", [CONV | {"e": "ValueError: …"}]).wrong
    assert wrong[0][2] == {"crash": "ZeroDivisionError: by accident"}


def write(folder, name, cases):
    (folder / f"{name}.json.gz").write_bytes(gzip.compress(json.dumps(cases).encode()))


def test_a_folder_is_scored_file_by_file(tmp_path, capsys):
    write(tmp_path, "torch_conv", [RIGHT, CONV | {"fancy": 1}, CONV | {"fancy": 2}])
    (tmp_path / "nobody_conv.json").write_text(json.dumps([RIGHT]))
    (tmp_path / "README.md").write_text("not a case file")
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "nobody_conv: 1 cases, 0 decided, 0 equal, 0 wrong, 1 undecided",
        "  undecided 1: no translation yet",
        "torch_conv: 3 cases, 1 decided, 1 equal, 0 wrong, 2 undecided",
        "  undecided 2: the argument fancy",
    ]


def test_any_wrong_answer_is_exit_1_with_the_first_one_shown(tmp_path, capsys):
    write(tmp_path, "torch_conv", [RIGHT, RIGHT | {"np": 7}, RIGHT | {"np": 6}])
    assert main([str(tmp_path)]) == 1
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == "torch_conv: 3 cases, 3 decided, 1 equal, 2 wrong, 0 undecided"
    assert second.startswith("  first wrong: case 1, {")
    assert third == '    convmath gives {"np": 8, "y": [1, 2, 3], "fl": 36}'


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["/no/such/folder"]])
def test_without_a_folder_it_says_how_it_is_used(arguments, capsys):
    assert main(arguments) == 2
    assert "usage: python -m tests.differential DIR" in capsys.readouterr().err


def test_a_folder_without_cases_is_no_success(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert "holds no .json or .json.gz file" in capsys.readouterr().err


def test_it_runs_as_a_module_from_the_repository(tmp_path):
    write(tmp_path, "torch_conv", [RIGHT])
    done = subprocess.run(
        [sys.executable, "-m", "tests.differential", str(tmp_path)],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "torch_conv: 1 cases, 1 decided, 1 equal, 0 wrong, 0 undecided\n"
