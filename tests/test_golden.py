"""What a reader is shown, line for line, as it was looked at and found right.

The files lie in ``tests/golden/`` as ``<slug>.<format>``. When a page is meant to change, renew them,
and read the difference before you commit it::

    CONVMATH_RENEW_GOLDEN=1 pytest tests/test_golden.py
"""

import difflib
import os
from pathlib import Path

import pytest

import convmath as cm

GOLDEN = Path(__file__).parent / "golden"
RENEW = "CONVMATH_RENEW_GOLDEN"
N, C, O, H, W, k, s, p, d = cm.symbols("N C O H W k s p d")
PAGES = {
    "pointwise-conv-is-per-pixel-linear": (
        lambda: cm.prove("pointwise-conv-is-per-pixel-linear"),
        ("text", "markdown", "latex", "html", "json"),
    ),
    "conv2d-letters": (
        lambda: cm.conv2d(C, O, k, stride=s, padding=p, dilation=d).derive("all", (N, C, H, W)),
        ("text", "markdown", "latex", "html"),
    ),
    "conv2d-224x224x3-kernel-7": (
        lambda: cm.conv2d(3, 64, 7, stride=2, padding=3).derive("all", (1, 3, 224, 224)),
        ("text", "markdown", "latex", "html"),
    ),
}
FILES = [(slug, format_) for slug, (_, formats) in PAGES.items() for format_ in formats]


@pytest.mark.parametrize(("slug", "format_"), FILES)
def test_a_page_is_what_it_was(slug, format_):
    file = GOLDEN / f"{slug}.{format_}"
    found = PAGES[slug][0]().render(format_).rstrip("\n") + "\n"
    if os.environ.get(RENEW) == "1":
        GOLDEN.mkdir(exist_ok=True)
        file.write_bytes(found.encode())
    wanted = file.read_bytes().decode() if file.exists() else ""
    if found != wanted:
        lines = difflib.unified_diff(wanted.splitlines(), found.splitlines(), str(file.name), "now", lineterm="", n=1)
        pytest.fail(
            f"{file.name} is not what is printed now. If the change is meant, renew the golden files with\n"
            f"    {RENEW}=1 pytest {Path(__file__).parent.name}/{Path(__file__).name}\n"
            "and read the difference before you commit it.\n" + "\n".join([*lines][:60]),
            pytrace=False,
        )


def test_every_golden_file_is_compared():
    assert {file.name for file in GOLDEN.iterdir()} == {f"{slug}.{format_}" for slug, format_ in FILES}


def test_a_saved_theorem_still_holds():
    """What was written to disk, not what is made now."""
    cm.Derivation.from_json((GOLDEN / "pointwise-conv-is-per-pixel-linear.json").read_text("utf-8")).check()
