"""The printers: each well-formed, complete, and harmless whatever the names are."""

import copy
import dataclasses
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html import unescape

import pytest

import convmath as cm
from convmath.language.tree import Expr, Int, Relation, Sym
from convmath.language.write import write
from convmath.proof.statement import Statement
from convmath.render import FORMATS, blocks, layout
from convmath.render.html import write_html
from convmath.render.latex import write_latex
from convmath.render.markdown import write_markdown
from convmath.render.mathml import MathMLWriter
from convmath.render.tex import LaTeXWriter
from convmath.render.text import write_text

SLUG = "pointwise-conv-is-per-pixel-linear"
PAGES = ("text", "latex", "markdown", "html")
SUBJECTS = {
    "numbers": lambda: cm.conv2d(3, 64, 7, stride=2, padding=3).derive("all", (1, 3, 224, 224)),
    "letters": lambda: cm.conv2d("C", "O", "k", stride="s", padding="p", dilation="d").derive("all"),
    "two sizes": lambda: cm.conv2d("C", "O", ("k", 3), stride=("s", "t"), padding=((1, 2), 0)).derive("all"),
    "groups": lambda: cm.conv1d("C", "O", "k", groups="g").derive("macs"),
    "transposed": lambda: cm.conv_transpose2d("C", "O", "k", stride="s", padding="p").derive("all"),
    "max pool": lambda: cm.max_pool2d("k").derive("all"),
    "smaller of two": lambda: cm.define(
        "Y[n,o,i] = W[i,o,c,u] * X[n,c,s*i+u]", shapes={"X": "N,C,L", "W": "M,O,C,k"}
    ).derive("all"),
    "greek": lambda: cm.define("Y[i] = w[u] * X[σ*i+u]", shapes={"X": "λ", "w": "kappa_1"}).derive("all"),
    "the theorem": lambda: cm.prove(SLUG),
    "the theorem with numbers": lambda: cm.prove(SLUG, rank=1, s=2, L=28),
}


@pytest.fixture(scope="module", params=SUBJECTS)
def proof(request):
    return SUBJECTS[request.param]()


def plain(page):
    """A page as words alone: no tags, no entities, no marks of Markdown, no spaces."""
    text = unescape(re.sub(r"</?[a-z]\w*( [^>]*)?>", "", page))
    return re.sub(r"[\s\\*`]", "", text.replace(r"\ensuremath{\cdot}", "·"))


# --- what every format shows


def test_every_format_is_on_the_shelf(proof):
    assert set(FORMATS) == {*PAGES, "json"}
    for name, function in zip(PAGES, (write_text, write_latex, write_markdown, write_html), strict=True):
        assert proof.render(name) == function(proof)
    with pytest.raises(cm.ParseError, match="there is no format 'pdf'; give one of text, latex, markdown, html, json"):
        proof.render("pdf")


def test_jupyter_is_shown_the_pages(proof):
    assert proof._repr_html_() == proof.render("html")
    assert proof._repr_latex_() == proof.render("latex")
    assert str(proof) == proof.render("text")


def test_printing_changes_nothing_and_says_the_same_twice(proof):
    before, saved = copy.deepcopy(proof), proof.render("json")
    for name in PAGES:
        assert proof.render(name) == proof.render(name)
    assert proof == before
    assert proof.render("json") == saved


@pytest.mark.parametrize("format_", PAGES)
def test_how_each_step_is_held_up_is_visible(proof, format_):
    page = proof.render(format_)
    page = page.replace(r"\ensuremath{\cdot}", "·")
    wanted = [
        line.evidence for block in layout.layout(proof) if isinstance(block, blocks.Steps) for line in block.lines
    ]
    proved = {evidence.points for evidence in wanted if evidence.verdict == "proved"}
    assert page.count("by definition") >= sum(evidence.verdict == "by definition" for evidence in wanted)
    assert page.count("proved") >= sum(evidence.verdict == "proved" for evidence in wanted)
    assert all(f"proved · {points} points" in page for points in proved)


@pytest.mark.parametrize("format_", PAGES)
def test_every_step_is_numbered_and_has_its_rule(proof, format_):
    page = plain(proof.render(format_))
    places = 0
    for block in layout.layout(proof):
        if isinstance(block, blocks.Steps):
            for line in block.lines:
                rule = f"{line.rule}:".replace(" ", "")
                places = page.find(rule, places)
                assert places >= 0, f"step {line.number} has no rule {line.rule}"
                places += len(rule)


@pytest.mark.parametrize("format_", PAGES)
def test_assumptions_stand_before_the_first_step(proof, format_):
    page = plain(proof.render(format_))
    first = next(block for block in layout.layout(proof) if isinstance(block, blocks.Heading))
    heading = page.index(re.sub(r"\s", "", first.text))
    given = page.index("Given")
    assert given < heading
    opening = page[given:heading]
    for name in {name for made in proof.definitions for name in made.sizes if name.isascii()}:
        assert name.partition("_")[0].rstrip("'") in opening
    assert ("≥1" if format_ != "latex" else "ge1") in opening


@pytest.mark.parametrize("format_", PAGES)
def test_numbers_and_results_are_visible(format_):
    page = plain(SUBJECTS["numbers"]().render(format_))
    for wanted in ("224", "112", "9472", str(64 * 112 * 112 * 3 * 49), "With"):
        assert wanted in page
    assert page.index("With") > page.index("Given")
    assert page.rindex("112") > page.index("With")


@pytest.mark.parametrize("format_", PAGES)
def test_what_was_tried_is_said_beside_what_was_proved(format_):
    for name in ("numbers", "the theorem"):
        proof = SUBJECTS[name]()
        page = plain(proof.render(format_))
        assert proof.trials
        for trial in proof.trials:
            assert f"all{trial.points}{trial.unit}".replace(" ", "") in page


@pytest.mark.parametrize("format_", PAGES)
def test_a_step_that_was_only_tried_says_so(format_):
    proof = SUBJECTS["numbers"]()
    chains = [list(chain.steps) for chain in proof.chains]
    at = next(n for n, steps in enumerate(chains) if len(steps) > 2)
    step = chains[at][-1]
    chains[at][-1] = replace(step, evidence=replace(step.evidence, verdict="tried", points=77))
    made = replace(
        proof, chains=tuple(replace(chain, steps=tuple(s)) for chain, s in zip(proof.chains, chains, strict=True))
    )
    assert "tried at 77 points" in made.render(format_)


def test_a_chain_that_is_folded_says_its_weakest_evidence():
    proof = SUBJECTS["letters"]()
    at = next(n for n, chain in enumerate(proof.chains) if chain.like is not None)
    chain = proof.chains[at]
    step = replace(chain.steps[1], evidence=replace(chain.steps[1].evidence, verdict="tried", points=3))
    changed = replace(chain, steps=(chain.steps[0], step, *chain.steps[2:]))
    made = replace(proof, chains=(*proof.chains[:at], changed, *proof.chains[at + 1 :]))
    for format_ in PAGES:
        assert "tried at 3 points" in made.render(format_)


# --- text


def test_text_keeps_its_width(proof):
    for width in (80, 100, 140):
        for line in write_text(proof, width=width).splitlines():
            assert line == line.rstrip()
            assert len(line) <= width or re.search(r"\S{20}", line), line
    assert write_text(proof, width=100) == proof.render("text")
    assert "\N{NO-BREAK SPACE}" not in proof.render("text")


# --- HTML


def tree(page):
    return ET.fromstring(f'<?xml version="1.0" encoding="UTF-8"?><root>{page}</root>')


ELEMENTS = {
    *("section", "h3", "h4", "dl", "dt", "dd", "ol", "li", "div", "span", "p"),
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msub", "msup", "munder", "mphantom"),
    *("mtable", "mtr", "mtd"),
}
ATTRIBUTES = {
    *("class", "start", "style", "role", "displaystyle", "form", "stretchy", "separator", "movablelimits"),
    *("width", "lspace"),
}


def test_html_is_well_formed_and_made_of_nothing_but_words_and_mathematics(proof):
    root = tree(proof.render("html"))
    assert [element.tag for element in root] == ["section"]
    for element in root.iter():
        assert element.tag in {*ELEMENTS, "root"}
        assert set(element.attrib) <= ATTRIBUTES
        if "style" in element.attrib:
            assert re.fullmatch(r"counter-reset: cm-step \d+", element.attrib["style"])
        for text in (element.text, element.tail):
            if element.tag in {"mrow", "mfrac", "msub", "msup", "munder", "math", "ol", "dl"} and text is element.text:
                assert not (text or "").strip(), f"words stand between the parts of {element.tag}"
    sides = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2}
    for element in root.iter():
        if element.tag in sides:
            assert len(element) == sides[element.tag]


def test_html_loads_nothing_and_runs_nothing(proof):
    page = proof.render("html")
    assert not re.search(r"<script|<style|<link|<img|<iframe|\bon\w+\s*=|javascript:|https?:|url\(|src=|href=", page)


def test_the_numbers_of_the_steps_go_on_over_the_lists(proof):
    for chains in tree(proof.render("html")).iter("section"):
        starts = [int(steps.get("start", 1)) for steps in chains.iter("ol")]
    wanted = [block.lines[0].number for block in layout.layout(proof) if isinstance(block, blocks.Steps)]
    assert starts == wanted


HOSTILE = '<script>alert("x")</script>&amp;\'</section>'
HOSTILE_TEX = r"\input{/etc/passwd}$}{%#_^~&"


def hostile(name):
    """A derivation with this text wherever a text or a letter stands."""
    proof = cm.conv1d(3, 4, 5, stride=2).derive("output_shape", (1, 3, 28))
    letters = {"H": name, "L": name, "k": name, "s": name}

    def changed(node):
        if isinstance(node, Sym):
            return Sym(letters.get(node.name, node.name))
        if isinstance(node, Expr | Relation | Statement) or dataclasses.is_dataclass(node):
            fields = {field.name: changed(getattr(node, field.name)) for field in dataclasses.fields(node)}
            return type(node)(**{key: value for key, value in fields.items() if key != "symbols"})
        if isinstance(node, tuple):
            return tuple(map(changed, node))
        return node

    chains = changed(proof.chains)
    steps = tuple(replace(step, reason=name, evidence=replace(step.evidence, certificate=name)) for step in proof.steps)
    return replace(
        proof,
        title=name,
        find=name,
        source=name,
        assumptions=changed(proof.assumptions),
        chains=(
            *(replace(chain, heading=name) for chain in chains),
            replace(proof.chains[-1], heading=name, steps=steps[-7:]),
        ),
        lines=tuple(replace(line, name=name, label=name, derived=changed(line.derived)) for line in proof.lines),
        values={name: Int(7), "N": Sym(name)},
        trials=tuple(replace(trial, what=name) for trial in proof.trials),
    )


def test_html_escapes_every_name():
    page = hostile(HOSTILE).render("html")
    assert "<script" not in page
    assert "alert(&quot;" in page or 'alert("' in page
    root = tree(page)
    assert [element.tag for element in root] == ["section"]
    assert {element.tag for element in root.iter()} <= {*ELEMENTS, "root"}


def test_markdown_escapes_every_name():
    page = hostile(HOSTILE).render("markdown")
    without_code = re.sub(r"`[^`\n]*`", "", page)
    assert "<script" not in without_code
    assert set(re.findall(r"</?\w+", without_code)) <= {"<br", "<code", "</code"}
    marked = hostile("*_`[x](http://e.org)|$<b>").render("markdown")
    without_code = re.sub(r"`[^`\n]*`|<code>[^<\n]*</code>", "", marked.replace("\\`", ""))
    assert "`" not in without_code
    assert not re.search(r"(?<!\\)\[x", without_code)
    assert "<b>" not in without_code


def test_latex_escapes_every_name():
    page = hostile(HOSTILE_TEX).render("latex")
    assert r"\input" not in page
    assert not re.search(r"(?<!\\)[%#~]", page)
    assert balanced(page)


# --- LaTeX


def balanced(page):
    """Braces, \\left and \\right, $, environments: each opened is closed, in order."""
    open_ = []
    pairs = {r"\left": r"\right"}
    for token in re.findall(r"\\left\b|\\right\b|\\begin\{\w+\}|\\end\{\w+\}|\\.|[{}$]|\n\n", page, re.DOTALL):
        if token == "{":
            open_.append("}")
        elif token == "$":
            open_.pop() if open_ and open_[-1] == "$" else open_.append("$")
        elif token in pairs:
            open_.append(pairs[token])
        elif token.startswith(r"\begin"):
            open_.append(token.replace("begin", "end"))
        elif token in ("}", r"\right") or token.startswith(r"\end"):
            if not open_ or open_.pop() != token:
                return False
        elif token == "\n\n" and "$" in open_:
            return False
    return not open_


def test_the_balance_tells_right_from_wrong():
    assert balanced(r"\begin{a}$\left(\{x\}\right)$ {y}\end{a}")
    for wrong in (r"{", r"}", r"$\left( x$", r"$x", r"\begin{a}\end{b}", r"{$}$", r"\right)"):
        assert not balanced(wrong)


COMMANDS = {
    *("subsection", "subsubsection", "begin", "end", "item", "emph", "small", "raggedright", "setcounter", "noindent"),
    *("displaystyle", "phantom", "text", "ensuremath", "mathit", "operatorname", "substack"),
    *("left", "right", "lfloor", "rfloor", "lceil", "rceil", "frac", "sum", "min", "max", "prime", "cdot", "times"),
    "otimes",
    *(
        "le",
        "ge",
        "mid",
        "ldots",
        "qquad",
        "quad",
        "Sigma",
        "sigma",
        "lambda",
        "kappa",
        "in",
        "ne",
        "to",
        "iff",
        "otimes",
    ),
}


def test_latex_is_balanced_and_uses_amsmath_alone(proof):
    page = proof.render("latex")
    assert balanced(page)
    assert set(re.findall(r"(?<!\\)\\([A-Za-z]+)", page)) <= COMMANDS
    for environment in set(re.findall(r"\\begin\{(\w+)\}", page)):
        assert environment in ("description", "enumerate", "itemize")
    assert set(re.sub(r"[\x20-\x7e\n]", "", page)) <= set("“”’—–×1"), "signs that a text font lacks"


# --- Markdown


def test_markdown_has_one_list_entry_a_step(proof):
    numbers = [int(number) for number in re.findall(r"(?m)^(\d+)\. ", proof.render("markdown"))]
    wanted = [line.number for block in layout.layout(proof) if isinstance(block, blocks.Steps) for line in block.lines]
    assert numbers == wanted


def test_markdown_closes_every_code_span(proof):
    for line in proof.render("markdown").splitlines():
        assert line.count("`") % 2 == 0


# --- what a printer does not know


@dataclasses.dataclass(frozen=True)
class Strange(Expr):
    """A node that no printer knows."""


@dataclasses.dataclass(frozen=True)
class Curtain:
    """A block that no printer knows."""


@pytest.mark.parametrize("format_", FORMATS)
def test_every_printer_refuses_an_unknown_node(format_):
    proof = cm.conv1d(3, 4, 5).derive("parameters")
    line = replace(proof.lines[0], derived=Strange())
    for changed in (
        replace(proof, lines=(line,)),
        replace(proof, assumptions=(Relation(Strange(), "≤", Int(1)),)),
    ):
        with pytest.raises(cm.UnsupportedError, match="Strange"):
            changed.render(format_)


def test_every_writer_refuses_an_unknown_node():
    for writer in (write, MathMLWriter().write, LaTeXWriter().write):
        with pytest.raises(cm.UnsupportedError, match="Strange"):
            writer(Strange())
        with pytest.raises(cm.UnsupportedError, match="Strange"):
            writer(Int(1) + Strange())


@pytest.mark.parametrize("format_", PAGES)
def test_every_printer_refuses_an_unknown_block(format_, monkeypatch):
    proof = cm.conv1d(3, 4, 5).derive("parameters")
    monkeypatch.setattr(f"convmath.render.{format_}.layout", lambda derivation: (Curtain(),))
    with pytest.raises(cm.UnsupportedError, match=f"the {format_} format has no place for a block of type Curtain"):
        proof.render(format_)
