"""The house: imports run downwards, files and functions stay small, nothing that was read is ever run."""

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "convmath"
FILES = sorted(HOUSE.rglob("*.py"))
FLOORS = ["errors", "language", "proof", "derive", "evaluate", "operators", "conventions", "network", "readers", "book"]
"""From the ground up; a room imports only rooms below it."""
SEES = {"render": {"errors", "language", "proof", "render"}}
"""Rooms beside the stairs, and what they may see."""
ABOVE = {
    "__init__",
    "__main__",
    "chapters",
    "cli",
    "crossover",
    "exhibit",
    "families",
    "fences",
    "gallery",
    "site",
    "render",
    "verdicts",
}
"""What stands above the floors, or beside them."""
LONGEST_FILE, LONGEST_FUNCTION = 250, 30

KNOCKS = {
    ("proof/derivation.py", "render"): "a derivation shows itself: render is imported when it is asked to",
}
"""The imports that run upwards, each inside a function and with its reason."""


def name_of(path):
    return path.relative_to(HOUSE).as_posix()


def room_of(path):
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported(path):
    """(room, whether the import stands inside a function) of every import of the package."""
    tree = ast.parse(path.read_text("utf-8"))
    inner = {
        id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for node in ast.walk(function)
    }
    checked_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in checked_only:
            continue
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively"
            modules = [node.module] if node.module != "convmath" else [f"convmath.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        else:
            continue
        for module in modules:
            if module.split(".")[0] == "convmath":
                yield module.split(".")[1] if "." in module else "__init__", id(node) in inner


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_run_downwards(path):
    room = room_of(path)
    for other, inside in imported(path):
        if (name_of(path), other) in KNOCKS:
            assert inside, f"{name_of(path)} imports {other} outside a function"
        elif room in FLOORS:
            assert other in FLOORS[: FLOORS.index(room) + 1], (
                f"{name_of(path)} imports {other}, which stands above {room}"
            )
        elif room in SEES:
            assert other in SEES[room], f"{name_of(path)} imports {other}; it may see {', '.join(sorted(SEES[room]))}"


def test_every_room_has_its_floor():
    assert {room_of(path) for path in FILES} <= {*FLOORS, *ABOVE}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_are_small(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_are_small(path):
    """Counted without the docstring and the signature: what a reader has to follow."""
    long = {}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if body and body[-1].end_lineno - body[0].lineno + 1 > LONGEST_FUNCTION:
                long[node.name] = body[-1].end_lineno - body[0].lineno + 1
    assert not long


CALLS = {
    "eval",
    "exec",
    "compile",
    "sympify",
    "simplify",
    "nsimplify",
    "lambdify",
    "equals",
    "__import__",
    "loads",
    "system",
}
"""Calls that run what was read, or that decide truth by guessing."""


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_that_was_read_is_run_and_nothing_guesses(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.split(".")[-1] in CALLS:
                innocent = called in ("json.loads", "re.compile") or called == "equals"  # our own
                assert innocent, f"{name_of(path)}, line {node.lineno}: {called}"
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sympy":
            assert not {alias.name for alias in node.names} & {*CALLS, "parse_expr", "S"}, (
                f"{name_of(path)}, line {node.lineno}"
            )
        if isinstance(node, ast.ImportFrom | ast.Import):
            modules = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            assert not {(module or "").split(".")[0] for module in modules} & {
                "pickle",
                "subprocess",
                "marshal",
                "ctypes",
            }


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_closed_form_is_typed(path):
    """Neither in code nor in a text: a size rounds a quotient, a count multiplies the channels and the kernel."""
    source = without_words(path)
    assert not re.search(r"//\s*s\w*\s*\)?\s*\+\s*1\b", source)
    assert not re.search(r"\b(kernel_size|kernel|k)\s*-\s*1\b", source)
    assert not re.search(r"\b(d|dilation)\s*\*\s*\(", source)
    for text in texts(path):
        assert not re.search(r"(floor|⌊|//).*(/\s*s|//)", text), f"{name_of(path)}: {text!r}"
        assert not re.search(r"[cC]\w*\s*[*·]\s*[oO]\w*\s*[*·]\s*k", text), f"{name_of(path)}: {text!r}"


def docstrings(tree):
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    found = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, kinds) and ast.get_docstring(node)}
    for node in ast.walk(tree):  # a text that stands alone says what the name above it means
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
    return found


def texts(path):
    """Every text of the file that is no docstring and no rule's statement: formulas would stand there."""
    tree = ast.parse(path.read_text("utf-8"))
    words = docstrings(tree)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call) and ast.unparse(node.func) == "rule"
        ):  # its mathematics, and it is tested as a rule
            words |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in words:
            yield node.value


def without_words(path):
    """The file's code, its texts and comments left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.unparse(tree)


def test_sympy_is_imported_only_where_it_is_needed():
    """At import time nothing needs it: the command line starts without."""
    for path in FILES:
        for node in ast.parse(path.read_text("utf-8")).body:
            modules = [node.module] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not any((module or "").split(".")[0] == "sympy" for module in modules), name_of(path)
