"""The README and the pages in docs/: every example is run, every list is held against what is there."""

import doctest
import os
import re
import shlex
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

import convmath as cm
from convmath.cli import main
from convmath.fences import FENCE, derivation_html

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)[ ]*\n(?P<text>.*?)^(?P=indent)```[ ]*$", re.MULTILINE | re.DOTALL)
LEFT_OUT = "…"
FLAGS = doctest.ELLIPSIS
pytestmark = pytest.mark.skipif(not (ROOT / "docs").exists(), reason="the pages do not lie beside the tests")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def blocks(path, kind):
    """(line, text) of every fence of this kind."""
    page = path.read_text("utf-8")
    for found in BLOCK.finditer(page):
        if found["kind"] == kind:
            yield page.count("\n", 0, found.start()) + 1, found["text"]


def with_blocks(kind):
    return [path for path in PAGES if any(blocks(path, kind))]


# --- Python


@pytest.mark.parametrize("path", with_blocks("python"), ids=name_of)
def test_the_python_of_a_page_gives_what_it_says(path):
    """The blocks of a page share their names, from top to bottom."""
    names, said, book = {}, [], set(cm.theorems())
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    for line, text in blocks(path, "python"):
        assert ">>> " in text, f"{name_of(path)}, line {line}: Python that is not run"
        test = doctest.DocTestParser().get_doctest(text, names, name_of(path), str(path), line)
        assert test.examples
        runner.run(test, out=said.append, clear_globs=False)
        names = test.globs
    assert runner.summarize(verbose=False).failed == 0, "".join(said)
    assert set(cm.theorems()) == book, "a page takes out of the book what it put in"


def test_a_page_that_is_wrong_is_found():
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    assert doctest.DocTestRunner(optionflags=FLAGS).run(test, out=lambda text: None).failed == 1


def test_the_package_itself_is_shown_with_an_example():
    found = doctest.testmod(cm, optionflags=FLAGS)
    assert found.attempted
    assert not found.failed


# --- consoles


def commands(path):
    """(line, command, what is shown below it)"""
    for line, text in blocks(path, "console"):
        pieces = re.split(r"^\$ ", text, flags=re.MULTILINE)
        assert pieces[0] == "", f"{name_of(path)}, line {line}: a console starts with a command"
        for piece in pieces[1:]:
            command, _, shown = piece.replace("\\\n", " ").partition("\n")
            yield line, command, shown


def agrees(shown, found):
    """Whether the lines are the same, where a line that is exactly … stands for any number of lines."""
    wanted = shown.rstrip("\n").split("\n")
    pattern = "".join(r"(?:[^\n]*\n)*?" if line.strip() == LEFT_OUT else re.escape(line) + "\n" for line in wanted)
    return re.fullmatch(pattern, found.rstrip("\n") + "\n") is not None


CONSOLES = [(path, *entry) for path in PAGES for entry in commands(path)]


@pytest.mark.parametrize(
    ("path", "line", "command", "shown"), CONSOLES, ids=[f"{name_of(path)}:{line}" for path, line, *_ in CONSOLES]
)
def test_a_console_shows_what_the_command_prints(path, line, command, shown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(command)
    assert program == "convmath", f"{name_of(path)}, line {line}: only convmath is run"
    result = CliRunner().invoke(main, arguments)
    found = "\n".join(text.rstrip() for text in result.output.splitlines())
    if not shown.strip():
        assert result.exit_code == 0
    else:
        printed = {*found.split("\n"), LEFT_OUT}
        missing = [text for text in shown.rstrip("\n").split("\n") if text not in printed]
        told = "these lines are not printed:\n" + "\n".join(missing) if missing else f"this is printed:\n{found}"
        assert agrees(shown, found), f"{name_of(path)}, line {line}: $ {command}\n{told}"


def test_the_comparison_of_consoles_tells_right_from_wrong():
    assert agrees("a\n…\nd\n", "a\nb\nc\nd\n")
    assert agrees("a\n…\n", "a\n")
    assert not agrees("a\n…\nd\n", "a\nb\nc\n")
    assert not agrees("a\nc\n", "a\nb\nc\n")
    assert not agrees("a…\n", "ab\n")


def test_the_readme_shows_its_own_consoles():
    assert len([entry for entry in CONSOLES if entry[0].name == "README.md"]) >= 4


# --- fences that become derivations


FENCES = [(path, found["command"]) for path in PAGES for found in FENCE.finditer(path.read_text("utf-8"))]


@pytest.mark.parametrize(
    ("path", "command"), FENCES, ids=[f"{name_of(path)}:{number}" for number, (path, _) in enumerate(FENCES)]
)
def test_a_fence_becomes_a_derivation(path, command):
    root = ET.fromstring(derivation_html(command))
    assert root.get("class") == "cm-derivation"
    assert list(root.iter("math"))


def test_every_tutorial_page_derives_something():
    pages = {path for path, _ in FENCES}
    assert {path for path in PAGES if path.parent.name == "tutorial" and path.name != "index.md"} <= pages


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("", "a convmath fence holds derive, define or prove, found ''"),
        ("theorems", "a convmath fence holds derive, define or prove, found 'theorems'"),
        ("site /nowhere", "a convmath fence holds derive, define or prove"),
        ("derive conv2d --kernel 0", "kernel_size (k) is 0; it must be an integer ≥ 1"),
        ("prove nonsense", "there is no theorem 'nonsense'"),
        ("derive conv9d", "conv9d"),
    ],
)
def test_a_fence_that_fails_stops_the_build(command, message):
    with pytest.raises(cm.ParseError) as error:
        derivation_html(command)
    assert message in str(error.value)


def test_a_fence_goes_over_several_lines():
    command = 'define "Y[i] = w[u] * X[i+u]" \\\n    --shape X=L --shape w=k'
    assert derivation_html(command) == derivation_html(command.replace("\\\n", ""))


def test_the_extension_replaces_a_fence_and_nothing_else():
    markdown = pytest.importorskip("markdown", reason="Python-Markdown comes with the extra [docs]")
    text = "# A\n\n```convmath\nderive linear -q parameters\n```\n\n    ```convmath\n    left\n    ```\n\n*b*\n"
    page = markdown.markdown(text, extensions=["convmath.fences"])
    assert page.count('<section class="cm-derivation">') == 1
    assert "<em>b</em>" in page
    assert "left" in page
    with pytest.raises(cm.ParseError):
        markdown.markdown("```convmath\nnonsense\n```\n", extensions=["convmath.fences"])


# --- lists


def test_the_map_of_the_architecture_lists_the_modules_that_are_there():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    listed = re.findall(r"^\| `(convmath/[\w/]+\.py)` \|", page, re.MULTILINE)
    there = {name_of(path) for path in (ROOT / "convmath").rglob("*.py")}
    assert len(listed) == len(set(listed))
    assert set(listed) == there


def test_every_path_that_a_page_names_is_there():
    for path in PAGES:
        page = re.sub(r"^ *```.*?^ *```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for named in set(re.findall(r"`((?:convmath|docs|tests|\.ci)/[\w./-]*)`", page)):
            if named != "convmath/render/outline.py":  # the example of how-to/format.md
                assert (ROOT / named).exists(), f"{name_of(path)} names {named}"


def test_every_relative_link_of_a_page_resolves():
    """As GitHub shows it; pages that only the site has are left to the test of the site."""
    gallery = {ROOT / "docs" / "networks" / f"{name}.md" for name in ("index", *cm.catalogue)}
    for path in PAGES:
        page = re.sub(r"^ *```.*?^ *```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)\s#]+)(?:#[\w-]*)?\)", page):
            if re.match(r"https?:|mailto:", target) or re.search(r"(^|/)(operators|theorems)/", target):
                continue
            if (path.parent / target).resolve() in gallery:
                continue
            assert (path.parent / target).exists(), f"{name_of(path)} links to {target}"


def test_the_readme_installs_and_tests_as_the_continuous_integration_does():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    lines = "".join(text for _, text in blocks(ROOT / "README.md", "sh"))
    extras = 'install -q -e ".[test,docs]"'
    assert extras in lines
    assert extras.replace("-q", "--quiet") in script
    assert re.search(r"&& \.venv/bin/pytest$", lines, re.MULTILINE)
    assert re.search(r"^step pytest\b", script, re.MULTILINE)
    assert re.search(r"^step mkdocs build --strict\b", script, re.MULTILINE)
    asked = re.findall(r"\.venv/bin/convmath (.*)$", lines, re.MULTILINE)
    run = re.findall(r"^step convmath (.*)$", script, re.MULTILINE)
    assert run
    assert set(run) <= set(asked), "the README's commands are the ones that are run"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_question_of_the_readme_is_answered():
    for line in re.findall(r"\.venv/bin/convmath (.*)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE):
        result = CliRunner().invoke(main, shlex.split(line))
        assert result.exit_code == 0, f"{line}: {result.output}"


def test_the_extras_and_the_groups_are_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for name, wanted in project["project"]["optional-dependencies"].items():
        assert project["dependency-groups"][name] == wanted


def test_the_version_is_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == cm.__version__
    assert f"## {cm.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8").replace("[", "").replace("]", "")
