"""The pages of the catalogue: every network has one, and what stands there is what other ways of asking give."""

import re
import xml.etree.ElementTree as ET
from html import unescape

import pytest

import convmath as cm
from convmath.exhibit import USUAL, Exhibit
from convmath.gallery import network_pages
from convmath.network.admissible import by_letter, solve
from convmath.network.fitting import needed


@pytest.fixture(scope="module")
def made():
    return network_pages()


def cells(page, summary=""):
    """The rows of the first table after ``summary``, as texts."""
    table = page[page.index(summary) :].partition("<table")[2].partition("</table>")[0]
    return [
        [unescape(cell) for cell in re.findall(r"<t[dh]>(.*?)</t[dh]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", table)
    ]


def test_every_network_has_a_page(made):
    assert set(made) == {f"networks/{name}.md" for name in (*cm.catalogue, "index")}
    assert set(USUAL) <= set(cm.catalogue)


@pytest.mark.parametrize("name", list(cm.catalogue))
def test_the_table_of_layers_is_the_trace(made, name):
    size = USUAL.get(name, 224)
    net = cm.catalogue[name]
    shape = (1, *(size_ if isinstance(size_, int) else size for size_ in next(iter(net.inputs.values()))[1:]))
    trace = net.trace(shape)
    head, *rows = cells(made[f"networks/{name}.md"], f"<summary>All {len(net.nodes)} layers")
    assert head[:2] == ["layer", "operator"]
    assert [row[0] for row in rows] == [node.name for node in net.nodes]
    assert [row[2] for row in rows] == [str(trace.shapes[node.outputs[0]]) for node in net.nodes]
    learned = sum(int(row[3].replace(",", "")) for row in rows if not row[3].startswith("("))
    counted = sum(int(row[4].replace(",", "")) for row in rows if row[4] != "–")
    assert {"parameters": learned, "macs": counted}.items() <= trace.totals().items()


@pytest.mark.parametrize("name", list(cm.catalogue))
def test_the_closed_form_is_the_trace_s_and_the_derivation_s(made, name):
    page, exhibit = made[f"networks/{name}.md"], Exhibit(name)
    size = exhibit.along(exhibit.letters.shapes[exhibit.last])
    fits = exhibit.fitting.letters["H"].sizes
    heights = [fits.above(1), fits.above(300), fits.above(10**12)]
    sections = re.findall(r'<section class="cm-derivation">.*?</section>', page, re.DOTALL)
    assert all(list(ET.fromstring(section).iter("math")) for section in sections)
    if not sections:
        assert "There is no derivation: no layer changes the height." in page
        assert str(size) == "H"
        return
    derivation = cm.catalogue[name].derive_size("H")
    derivation.check()
    derived = re.sub(r"(\d)·", r"\1*", str(derivation.lines[0].derived)).replace("·", "*").replace("−", "-")
    python = re.sub(r"⌊([^⌊⌋]*?) ?/ ?(\d+)⌋", r"((\1)//\2)", derived)
    for height in heights:
        assert size.at({"H": height}) == arithmetic(python.replace("H", str(height)))


def arithmetic(text):
    """Sums, products and whole quotients of integers, calculated by a parser of three lines."""
    tokens = re.findall(r"\d+|//|[-+*()]", text)
    assert "".join(tokens) == text.replace(" ", "")

    def atom():
        token = tokens.pop(0)
        if token == "(":
            value = total()
            assert tokens.pop(0) == ")"
            return value
        return int(token)

    def term():
        value = atom()
        while tokens and tokens[0] in ("*", "//"):
            value = value * atom() if tokens.pop(0) == "*" else value // atom()
        return value

    def total():
        value = term()
        while tokens and tokens[0] in "+-":
            value += term() if tokens.pop(0) == "+" else -term()
        return value

    found = total()
    assert not tokens
    return found


@pytest.mark.parametrize("name", list(cm.catalogue))
def test_the_layers_that_are_shown_say_all_that_is_needed(name):
    own, _ = by_letter(cm.catalogue[name].trace().requirements)
    requirements = own.get("H", [])
    kept = [requirement for requirement, _ in needed("H", requirements)]
    whole = solve("H", requirements).sizes
    assert solve("H", kept).sizes.reduced() == whole.reduced()
    for requirement in kept:
        fewer = [one for one in kept if one is not requirement]
        assert solve("H", fewer).sizes.reduced() != whole.reduced(), requirement


def test_the_index_says_what_is_known_of_each(made):
    index = made["networks/index.md"]
    rows = {}
    for line in index.splitlines():
        if found := re.match(r"\| \[(.*?)\]\((\w+)\.md\) \| (.*) \|$", line):
            rows.setdefault(found[2], []).append([found[1], *found[3].split(" | ")])
    assert set(rows) == set(cm.catalogue)
    assert all(row[0] == cm.catalogue[name].name for name, pair in rows.items() for row in pair)
    assert rows["alexnet"] == [
        ["AlexNet", "H ≥ 63", "⌊(H − 31) / 32⌋", "195/32/66"],
        ["AlexNet", "22", "61,100,840", "714,188,480", "224×224"],
    ]
    assert rows["unet"][0] == ["U-Net", "H ≡ 12 (mod 16) and H ≥ 188", "H − 184", "188–204/1/0"]
    assert rows["vgg16"][0][-1] == "212/32/90"
    assert rows["lenet5"][0][1] == "32 ≤ H ≤ 35 and 32 ≤ W ≤ 35"


def test_a_page_says_which_layers_ask_for_what(made):
    head, *rows = cells(made["networks/unet_same.md"], "## Which inputs fit")
    assert head == ["layer", "needs", "so"]
    assert [row[0] for row in rows] == ["up4.cat", "up3.cat", "up2.cat", "up1.cat"]
    assert rows[-1] == ["up1.cat", "2·⌊H/2⌋ = H", "H ≡ 0 (mod 2)"]
    assert "A height **H ≡ 0 (mod 16)**, a width **W ≡ 0 (mod 16)**." in made["networks/unet_same.md"]
    assert "No layer needs more than that." in made["networks/bottleneck.md"]


def test_a_page_shows_the_file_and_escapes_it(made):
    for name in cm.catalogue:
        page = made[f"networks/{name}.md"]
        assert cm.catalogue.path(name).read_text("utf-8").rstrip() in page
        outside = re.sub(r"<section.*?</section>|```.*?```|<math.*?</math>", "", page, flags=re.DOTALL)
        known = r"</?(table|thead|tbody|tr|td|th|details|summary|p|span)( [^<>]*)?>"
        assert "<" not in re.sub(known, "", outside)
        assert page.count("<details") == page.count("</details>") == 3 - ("There is no derivation" in page)
