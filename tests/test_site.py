"""The generated pages, and the site that MkDocs builds from them."""

import ast
import importlib.util
import inspect
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import convmath as cm
from convmath.chapters import ABOUT, indexed
from convmath.families import FAMILIES, family_of, members
from convmath.operators.shelf import SHELF, maker, operator_names
from convmath.site import in_letters, pages

ROOT = Path(__file__).parent.parent
FONT = "assets/fonts/STIXTwoMath-subset.woff2"

# --- the generated pages

TABLES = "theorems/break-even.md"
"""A page of tables: no formula stands on it."""


@pytest.fixture(scope="module")
def made():
    return pages()


def test_every_operator_theorem_and_network_has_a_page(made):
    wanted = {f"operators/{name}.md" for name in operator_names()} | {f"theorems/{slug}.md" for slug in cm.theorems()}
    wanted |= {f"networks/{name}.md" for name in cm.catalogue}
    wanted |= {"operators/index.md", "theorems/index.md", "theorems/claims.md", "networks/index.md", TABLES}
    assert set(made) == wanted
    assert len(operator_names()) >= 13


def test_no_page_leaves_its_directory(made):
    for path in made:
        assert re.fullmatch(r"(operators|theorems|networks)/[a-z0-9_-]+\.md", path)


def sections(page):
    """The derivations of a page."""
    return re.findall(r'<section class="cm-derivation">.*?</section>', page, re.DOTALL)


READ_OFF = {
    *("add", "sub", "cat", "stack", "expand", "flip", "fold", "narrow", "permute", "squeeze", "transpose"),
    *("unflatten", "unsqueeze", "upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d"),
    *SHELF["convmath.operators.activations"].split(),
    *("softmax", "log_softmax", "grid_sample", "upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d"),
    *(f"instance_norm{rank}d" for rank in (1, 2, 3)),
}
"""Their sizes are read off the definition: no step of theirs has to be proved."""


@pytest.mark.parametrize("name", operator_names())
def test_an_operator_page_derives_from_the_definition(made, name):
    page = made[f"operators/{name}.md"]
    summary, _, rest = page.removeprefix(f"# {name}\n\n").partition("\n\n```python\n")
    assert page.startswith(f"# {name}\n\n")
    assert summary == inspect.cleandoc(maker(name).__doc__).partition("\n\n")[0]
    assert rest.startswith(f"convmath.{name}(")
    assert "Args:" not in page
    derived = sections(page)
    assert derived
    for section in derived:
        root = ET.fromstring(section)
        assert list(root.iter("math"))
        words = "".join(root.itertext())
        assert "proved · " in words or name in READ_OFF or (name, section) == ("interpolate", derived[-1])
    words = "".join(ET.fromstring(derived[0]).itertext())
    title = words.partition(f" of {name}\n")[0].strip()
    parts = ["Output shape", "parameters", "multiply-adds", "receptive field"]
    missing = re.search(r"Not derived(.*?): ", words)
    refused = missing[1].lower() if missing else ""
    assert [part for part in parts if part in title] == [part for part in parts if part not in refused]
    head = page.partition("\n```\n")[0].partition("```python\n")[2]
    head = " ".join(head.split()).replace("( ", "(")
    again = {"groups=": 2, "(size=": 2, "input, size=": 1, "padding_mode=": 1, "ceil_mode=": 1, "mode='constant'": 1}
    assert len(derived) == 1 + sum(times for option, times in again.items() if option in head)


@pytest.mark.parametrize("name", [name for name in operator_names() if name.startswith("avg_pool")])
def test_the_page_of_a_mean_derives_the_mean_and_names_what_changes_it(made, name):
    page = made[f"operators/{name}.md"]
    first = "".join(ET.fromstring(sections(page)[0]).itertext())
    assert "mean" in first
    assert "∑" not in first.partition("Given")[0]
    assert "## With ceil_mode" in page
    assert "## Without count_include_pad" in page
    assert ("## With divisor_override" in page) == (name != "avg_pool1d")  # PyTorch's has none


def test_a_theorem_page_states_proves_and_says_how_to_ask(made):
    for slug, theorem in cm.theorems().items():
        page = made[f"theorems/{slug}.md"]
        assert page.startswith(f"# {theorem.title}\n\n{indexed(theorem.statement)}\n")
        assert all(f"`{hypothesis}`" in page for hypothesis in theorem.hypotheses)
        assert not theorem.hypotheses or page.index("**Hypotheses:**") < page.index("<section")
        [shown], whole = sections(page), theorem.prove().render("html")
        told = re.search(r"<h3>(.*?)</h3>\n.*?(<dt>Claim</dt><dd>(.*?)</dd>\n)", whole, re.DOTALL)
        assert (unescape(told[1]), unescape(told[3])) == (theorem.title, theorem.statement)
        assert shown == whole.replace(f"<h3>{told[1]}</h3>\n", "").replace(told[2], "")
        assert f"$ convmath prove {slug}\n" in page


def test_every_page_is_closed(made):
    for page in made.values():
        assert page.endswith("\n")
        assert not page.endswith("\n\n")
        assert page.count("<section") == page.count("</section>")
        assert page.count("```") % 2 == 0
        assert "Traceback" not in page
        outside = re.sub(r"<section.*?</section>", "", page, flags=re.DOTALL)
        assert not re.search(r"<(script|style|img|iframe)", outside)


def test_the_table_of_theorems_adds_up(made):
    """The numbers of the table, added again from the proofs; none is only tried, and each chapter says what it is."""
    index = made["theorems/index.md"]
    rows = re.findall(r"\(([a-z0-9-]+)\.md\) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", index)
    assert [slug for slug, *_ in rows] == list(cm.theorems())
    for slug, steps, proved, tried, _ in rows:
        verdicts = [step.evidence.verdict for step in cm.prove(slug).steps]
        assert [int(steps), int(proved), int(tried)] == [len(verdicts), verdicts.count("proved"), 0], slug
    steps, proved, tried, judged = (sum(map(int, column)) for column in list(zip(*rows, strict=True))[1:])
    assert f"{len(rows)} theorems" in index
    assert f"{steps} steps, of which {proved} are proved, {tried} only tried, and {judged} judged by z3." in index
    for chapter, line in ABOUT.items():
        assert f"\n## {chapter}\n\n{line}\n" in index


def test_the_indices_link_to_every_page(made):
    for room in ("operators", "theorems"):
        linked = set(re.findall(r"\]\(([^/)]+\.md)\)", made[f"{room}/index.md"]))
        assert linked == {path.removeprefix(f"{room}/") for path in made if path.startswith(f"{room}/")} - {"index.md"}


def test_every_operator_stands_in_one_family(made):
    grouped = [name for family in FAMILIES for group in members(family) for name in group]
    assert sorted(grouped) == sorted(operator_names())
    assert {family_of(name).title for name in operator_names()} == {family.title for family in FAMILIES}
    index = made["operators/index.md"]
    for family in FAMILIES:
        _, _, below = index.partition(f"\n## {family.title}\n\n{family.line}\n\n")
        for group in members(family):
            assert ", ".join(f"[{name}]({name}.md)" for name in group) in below.partition("\n## ")[0]


@pytest.mark.parametrize("name", operator_names())
def test_a_page_says_which_call_its_letters_come_from(made, name):
    call = re.search(r"\nWritten for `(\w+)\((.*)\)`", made[f"operators/{name}.md"])
    assert call[1] == name
    arguments = ast.literal_eval("{" + re.sub(r"(\w+)=", r"'\1': ", call[2]) + "}")
    assert str(maker(name)(**arguments).general) == str(in_letters(name).general)


def test_the_pages_are_the_same_every_time(made):
    assert pages() == made


# --- the site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if importlib.util.find_spec("mkdocs") is None:
        pytest.skip("mkdocs is not installed: it comes with the extra [docs]")
    if not (ROOT / "mkdocs.yml").exists():
        pytest.skip("there is no mkdocs.yml beside the tests")
    target = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        env=os.environ | {"DISABLE_MKDOCS_2_WARNING": "true"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "WARNING" not in done.stderr
    return target


class Page(HTMLParser):
    """What a page refers to, and the places that can be referred to."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.links, self.places, self.elements = [], [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.elements.append(tag)
        self.places |= {found[name] for name in ("id", "name") if found.get(name)}
        for name in ("src", "srcset", "data", "poster", "action"):
            if found.get(name):
                self.loaded.append(found[name])
        if found.get("href") is not None:
            (self.loaded if tag in ("link", "use", "image", "base") else self.links).append(found["href"])


@pytest.fixture(scope="module")
def built(site):
    return {path.relative_to(site).as_posix(): Page(path.read_text("utf-8")) for path in site.rglob("*.html")}


def test_every_source_has_a_page(built, made):
    wanted = {path.replace(".md", ".html") for path in made}
    wanted |= {
        path.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for path in (ROOT / "docs").rglob("*.md")
    }
    assert wanted | {"index.html", "contributing.html", "changelog.html"} <= set(built)


def test_nothing_generated_is_written_into_the_sources(site, made):
    assert not [path for path in made if (ROOT / "docs" / path).exists()]


def test_derivations_are_mathml(built, site, made):
    with_mathematics = {path for path, page in built.items() if "math" in page.elements}
    shown = {path.replace(".md", ".html") for path in made if "/index" not in path and path != TABLES}
    assert shown <= with_mathematics
    tutorial = {path for path in built if path.startswith("tutorial/") and not path.endswith("index.html")}
    assert len(tutorial) == 11
    assert tutorial <= with_mathematics
    for path in tutorial:
        text = (site / path).read_text("utf-8")
        assert "```" not in text
        assert not re.search(r"<code[^>]*>\s*(derive|define|prove) ", text), f"{path}: a fence was not replaced"


def test_nothing_is_loaded_from_elsewhere(built, site):
    for path, page in built.items():
        assert "base" not in page.elements
        assert "iframe" not in page.elements
        for target in page.loaded:
            address = urlsplit(target)
            assert not address.scheme, f"{path} loads {target}"
            assert not address.netloc, f"{path} loads {target}"
    for sheet in site.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"url\(\s*['\"]?([^'\")]+)", text) + re.findall(r"@import\s+['\"]([^'\"]+)", text):
            assert target.startswith(("data:", "#")) or not urlsplit(target).netloc, f"{sheet.name} loads {target}"
    for path in built:
        scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", (site / path).read_text("utf-8"), re.DOTALL)
        assert not any(re.search(r"https?://|import\(|fetch\(|eval\(", script) for script in scripts), path


def test_mathematics_needs_no_script(site):
    names = {path.name.lower() for path in site.rglob("*.js")}
    assert not any(word in name for name in names for word in ("mathjax", "katex"))


def test_the_font_is_shipped_and_used(site):
    font = (site / FONT).read_bytes()
    assert font[:4] == b"wOF2"
    assert (site / FONT).with_name("OFL.txt").exists()
    sheet = (site / "assets/extra.css").read_text("utf-8")
    assert re.search(r"@font-face\s*{[^}]*url\([\"']?fonts/STIXTwoMath-subset\.woff2", sheet)


def test_every_file_that_a_sheet_names_is_there(site):
    sheet = site / "assets/extra.css"
    for target in re.findall(r"url\(\s*['\"]?([^'\")]+)", sheet.read_text("utf-8")):
        if not target.startswith(("data:", "#")):
            assert (sheet.parent / urlsplit(target).path).exists(), target


def test_every_internal_link_resolves(built, site):
    for path, page in built.items():
        for target in [*page.links, *page.loaded]:
            address = urlsplit(target)
            if address.scheme or address.netloc:
                assert address.scheme in ("https", "http", "mailto"), f"{path} links to {target}"
                continue
            if path == "404.html" and target.startswith("/"):
                target_file = site / unquote(address.path).lstrip("/")
            else:
                assert not target.startswith("/"), f"{path} links to {target}: the site could not be moved"
                target_file = (site / path).parent / unquote(address.path) if address.path else site / path
            if target_file.is_dir():
                target_file /= "index.html"
            assert target_file.exists(), f"{path} links to {target}"
            where = target_file.resolve().relative_to(site.resolve()).as_posix()
            if address.fragment and where in built:
                assert unquote(address.fragment) in built[where].places, f"{path} links to {target}"


def test_every_page_says_its_language_and_fits_a_small_screen(built, site):
    for path in built:
        text = (site / path).read_text("utf-8")
        assert re.search(r'<html[^>]*\blang="en"', text), path
        assert 'name="viewport"' in text, path
        assert len(re.findall(r"<h1[ >]", text)) <= 1, path
