"""What people say about 1×1 convolutions: the verdicts, what they rest on, and the example worked in full."""

import re
import xml.etree.ElementTree as ET
from itertools import product

import pytest
from click.testing import CliRunner

import convmath as cm
from convmath.book import witnesses
from convmath.book.claims import Judgement
from convmath.cli import main
from convmath.verdicts import claims_page

VERDICTS = {
    1: "proved",
    2: "true when",
    3: "refuted",
    4: "proved",
    5: "proved",
    6: "true when",
    7: "refuted",
    8: "true when",
    9: "refuted",
    10: "refuted",
    11: "not a mathematical claim",
    12: "proved",
    13: "true when",
    14: "proved",
}
ALL = [pytest.param(judgement, id=str(number)) for number, judgement in cm.claims().items()]


def test_the_fourteen_claims_have_their_verdicts():
    assert {number: judgement.verdict for number, judgement in cm.claims().items()} == VERDICTS
    assert list(cm.claims()) == [judgement.number for judgement in cm.claims().values()] == [*range(1, 15)]
    with pytest.raises(TypeError):
        cm.claims()[15] = cm.claims()[1]


@pytest.mark.parametrize("judgement", ALL)
def test_a_verdict_has_what_it_rests_on(judgement):
    assert judgement.why.endswith(".")
    assert bool(judgement.when) == (judgement.verdict == "true when")
    assert bool(judgement.measure) == (judgement.verdict == "not a mathematical claim")
    if judgement.verdict == "proved":
        assert judgement.theorems
    if judgement.verdict in ("refuted", "true when"):
        assert judgement.example
    assert set(judgement.theorems) <= cm.theorems().keys()


@pytest.mark.parametrize("judgement", ALL)
def test_a_judgement_is_shown_in_full(judgement):
    text = str(judgement)
    assert text.startswith(f"{judgement.number}. {judgement.claim}\n{judgement.verdict}.\n")
    for part in (judgement.why, judgement.when, judgement.measure, judgement.example, *judgement.theorems):
        assert part in text


def test_an_example_is_computed_when_it_is_asked_for():
    found = []
    judgement = Judgement(1, "", "refuted", "", witness=lambda: found.append(1) or "x")
    assert not found
    assert judgement.example == "x"
    assert found == [1]


# --- the exact conditions, in plain loops


def test_a_bottleneck_saves_exactly_where_claim_2_says():
    for channels, filters, kernel, through in product((1, 2, 5), (1, 3, 4), (1, 2, 3), range(1, 6)):
        straight, short = witnesses.bottleneck_costs(channels, filters, kernel, through)
        pixels = 28 * 28
        assert straight == pixels * kernel**2 * channels * filters
        assert short == pixels * through * (channels + kernel**2 * filters)
    assert "r·(C + k²·O) < k²·C·O" in cm.claims()[2].when
    shown = cm.claims()[2].example
    assert "120422400" in shown
    assert "12443648" in shown
    assert 154 * (192 + 25 * 32) < 25 * 192 * 32 <= 155 * (192 + 25 * 32)
    assert "1×1 to 155 channels" in shown


def test_a_kxk_costs_k_squared_times_as_much():
    C, O, H, W = cm.symbols("C O H W")
    for k in (1, 3, 5):
        wide, one = cm.conv2d(C, O, k, padding="same", bias=False), cm.conv2d(C, O, 1, bias=False)
        assert wide.macs((1, C, H, W)) == k**2 * one.macs((1, C, H, W))
        assert wide.parameters() == k**2 * one.parameters()
    assert "3×3: 260112384 (9 times the 1×1)" in cm.claims()[8].example


def test_volume_halves_where_both_sizes_are_even():
    assert cm.claims()[13].example == (
        "entries: 4·C·h·w, then 2·C·h·w; multiply-adds of a 3×3: 36·h·w·C², then 36·h·w·C²; "
        "weights of a 3×3: 9·C², then 36·C²."
    )
    for height, width in product(range(1, 7), repeat=2):
        shape = cm.conv2d(1, 2, 1, stride=2).output_shape((1, 1, height, width))
        halved = 2 * shape[1] * shape[2] * shape[3] == height * width
        assert halved or height % 2 or width % 2
    assert cm.conv2d(1, 2, 1, stride=2).output_shape((1, 1, 3, 4)) == (1, 2, 2, 2)


# --- what a person checks by hand


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, "through 1, 2 and 3 filters gives 1×3×3, 2×3×3, 3×3×3"),
        (3, "X = [[[0]], [[0]]] gives Y = [[[0]]], X = [[[0]], [[1]]] gives Y = [[[1]]]"),
        (4, "X = [[[1, 2]], [[5, 3]]] gives [[[6, 5]]]; with its two pixels exchanged it gives [[[5, 6]]]"),
        (5, "[7, -1]: 1·1 + 0·2 + 2·3 = 7, 0·1 + 1·2 + (-1)·3 = -1"),
        (6, "x = 1 gives 1, x = −1 gives 0, and their sum 0 gives 0"),
        (7, "(cat, dog) = (1, 0) gives 1 and (1, 1) gives 0: a function of cat alone cannot"),
        (9, "1×1, s = 1 gives 28×28; 1×1, s = 2 gives 14×14; 3×3, s = 2, p = 1 gives 14×14"),
        (10, "w = 0 gives [[[0, 0], [0, 0]]], w = 1 gives [[[3, 3], [3, 3]]]"),
        (12, "the 1×1 with 5 gives [[[5, 10], [15, 20]]], the 3×3 [[0, 0, 0], [0, 5, 0], [0, 0, 0]] with p = 1 [[[5, "),
        (14, "the slices give 5 and 13, all at once 18"),
    ],
)
def test_an_example_says_what_comes_out(number, shown):
    assert shown in cm.claims()[number].example


# --- more cat than dog


def test_no_elementwise_function_tells_more_cat_than_dog():
    """For each of 3⁶ pairs of functions of one channel on 0, 1, 2: neither channel becomes relu(cat − dog)."""
    pixels = [*product(range(3), repeat=2)]
    wanted = [max(cat - dog, 0) for cat, dog in pixels]
    assert witnesses.scores(pixels) == wanted
    for f in product(range(3), repeat=3):
        assert [f[cat] for cat, _ in pixels] != wanted
        assert [f[dog] for _, dog in pixels] != wanted


def test_the_pairs_differ_though_one_channel_is_the_same():
    for kept, (one, two) in enumerate(witnesses.same_channel_pairs()):
        assert one[kept] == two[kept]
        assert max(one[0] - one[1], 0) != max(two[0] - two[1], 0)


def test_the_picture_is_what_the_operators_give():
    layer, alone = witnesses.decided()
    edge = witnesses.EDGE
    for row, line in enumerate(layer):
        for at, dark in enumerate(line):
            cat, dog = at - edge, edge - row
            assert dark == (cat > dog)
            assert alone[row][at] == (cat > 0)


def test_the_page_shows_both_regions_on_a_small_screen():
    page = claims_page()
    (figure,) = re.findall(r"<figure>.*?</figure>", page, re.DOTALL)
    assert "\n\n" not in figure
    svg = ET.fromstring(figure).find("svg")
    rows = 2 * witnesses.EDGE + 1
    squares = list(svg.iter("rect"))
    assert len(squares) == 2 * rows**2
    assert sum(float(square.get("fill-opacity")) > 0.5 for square in squares) == 2 * (rows * (rows - 1) // 2)
    left, top, width, height = map(int, svg.get("viewBox").split())
    assert (left, top) == (0, 0)
    assert width <= 360
    for square in squares:
        assert 0 <= int(square.get("x")) <= width - int(square.get("width"))
        assert 0 <= int(square.get("y")) <= height - int(square.get("height"))
    assert svg.get("fill") == "currentColor"
    assert not any(square.get("fill") for square in squares)


def test_the_page_has_every_claim_and_links_to_theorems_that_are_there():
    page = claims_page()
    for number, judgement in cm.claims().items():
        assert f"(#claim-{number})" in page
        assert f"\n### Claim {number}\n" in page
        assert page.count(judgement.claim) == 2
    linked = set(re.findall(r"\]\(([a-z0-9-]+)\.md\)", page))
    assert linked == {slug for judgement in cm.claims().values() for slug in judgement.theorems} & set(cm.theorems())
    assert page.count("<math") == 2
    assert page.count("∑") == 1  # the sum inside relu is written as a sum


# --- the command line


def test_the_table_is_printed():
    done = CliRunner().invoke(main, ["claims"])
    assert done.exit_code == 0
    for number, verdict in VERDICTS.items():
        assert re.search(rf"^{number} .*{verdict}", done.output, re.MULTILINE)


def test_one_claim_is_printed_in_full():
    done = CliRunner().invoke(main, ["claims", "7"])
    assert (done.exit_code, done.output) == (0, f"{cm.claims()[7]}\n")


@pytest.mark.parametrize("number", ["15", "0", "cat"])
def test_a_claim_that_is_none_is_refused(number):
    done = CliRunner().invoke(main, ["claims", number])
    assert done.exit_code == 2
    assert done.stderr.startswith("convmath: ")
