"""The page of the claims: a table, each verdict with what it rests on, and one example worked in full."""

from __future__ import annotations

from html import escape

from convmath.book.claims import Judgement, claims
from convmath.book.entries import theorems
from convmath.book.witnesses import EDGE, decided, same_channel_pairs, scores
from convmath.language.around import Around
from convmath.language.functions import Function
from convmath.language.tree import Int
from convmath.operators.activations import relu
from convmath.operators.declare import declare
from convmath.operators.operator import Operator
from convmath.proof.reading import formula
from convmath.render.mathml import MathMLWriter, math

CELL, LEFT, TOP = 16, 24, 24
PANEL = (2 * EDGE + 1) * CELL
WIDTH, HEIGHT = 2 * (PANEL + LEFT) + 12, TOP + PANEL + 24
SHOWN = ((3, 1), (3, 2), (1, 3), (2, 2))
"""The pixels (cat, dog) of the table."""


def claims_page() -> str:
    """The claims in a table, then one by one, then the example."""
    rows = [f"| {j.number} | [{j.claim}](#claim-{j.number}) | {j.verdict} |" for j in claims().values()]
    parts = [
        "# Claims about 1×1 convolutions",
        "People say these things. A 1×1 convolution here has stride 1 and no padding unless the claim says otherwise. "
        "*True when* comes with the exact condition, and *not a mathematical claim* with what would have to be "
        "measured. Every number below is computed when this page is made.",
        "| | claim | verdict |\n|--:|---|---|\n" + "\n".join(rows),
        "## One by one",
        *(part for judgement in claims().values() for part in _section(judgement)),
        *_example(),
        "## Ask for them",
        "```console\n$ convmath claims\n$ convmath claims 7\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _section(judgement: Judgement) -> list[str]:
    """One claim with its verdict."""
    said = {
        "When": judgement.when,
        "To be measured": judgement.measure,
        "Computed": judgement.example,
        "Rests on": ", ".join(map(_link, judgement.theorems)),
    }
    rows = [f"- {what}: {text if what == 'Rests on' else _plain(text)}" for what, text in said.items() if text]
    more = ["The [example below](#more-cat-than-dog) works this out."] if judgement.number == SHOWN_IN_FULL else []
    return [
        f"### Claim {judgement.number}",
        f"*{_plain(judgement.claim)}* **{judgement.verdict.capitalize()}.** {_plain(judgement.why)}",
        "\n".join(rows),
        *more,
    ]


SHOWN_IN_FULL = 7


def _plain(text: str) -> str:
    """Words in which Markdown finds nothing of its own."""
    return "".join(f"\\{sign}" if sign in "*_[]|\\" else sign for sign in escape(text, quote=False))


def _link(slug: str) -> str:
    return f"[{escape(theorems()[slug].title, quote=False)}]({slug}.md)" if slug in theorems() else f"`{slug}`"


def _example() -> list[str]:
    """More cat than dog: the layer, pixels in numbers, why no elementwise function does it, the picture."""
    shapes = {"X": "N,2,H,W", "w": "1,2"}
    layer = declare("compare", "Y[n,o,i,j] = w[o,c]*X[n,c,i,j]", shapes, {}, around=Around(result=Function("relu")))
    values = scores(SHOWN)
    slope = values[1] - values[0]
    rows = [f"| {cat} | {dog} | {value} |" for (cat, dog), value in zip(SHOWN, values, strict=True)]
    return [
        "## More cat than dog",
        "Channel 0 says how much cat there is at a pixel, channel 1 how much dog. Where is more cat than dog? "
        "A 1×1 convolution with one filter, w = (1, −1), and a ReLU:",
        _formula(layer),
        "With these weights this is relu(cat − dog), which is above 0 exactly where cat > dog:",
        "| cat | dog | relu(cat − dog) |\n|--:|--:|--:|\n" + "\n".join(rows),
        "Where cat > dog the ReLU passes its argument on, so ∂Y/∂cat = 1 and ∂Y/∂dog = −1. The first two pixels show "
        f"it: dog grows by 1, and the output changes by {Int(slope)}. A function f applied entry by entry, such as",
        _formula(relu(("N", "2", "H", "W"))),
        "makes each output from one entry. Its channel 0 does not change with dog, so ∂Y[0]/∂dog = 0: its matrix of "
        "derivatives over the channels is diagonal, and the −1 above stands beside the diagonal. It can be seen "
        "without derivatives too, in two pairs of pixels with",
        *_pairs(),
        "Whatever f is, an output that knows cat alone, or dog alone, gives the same at both pixels of a pair. "
        "The layer does not.",
        _picture(),
    ]


def _pairs() -> list[str]:
    rows = []
    for kept, (one, two) in zip(("cat", "dog"), same_channel_pairs(), strict=True):
        first, second = scores([one, two])
        rows.append(f"- the same {kept}: (cat, dog) = {one} gives {first}, and {two} gives {second}")
    return ["\n".join(rows)]


def _formula(operator: Operator) -> str:
    return f"<p>{math(MathMLWriter().statement(formula(operator.definition)), display=True)}</p>"


def _picture() -> str:
    """Both decision regions: one square for each pixel that was run through the operator."""
    layer, alone = decided()
    panels = [_panel(LEFT, "relu(cat − dog) &gt; 0", layer), _panel(2 * LEFT + PANEL + 12, "relu(cat) &gt; 0", alone)]
    words = (
        f"Each square is a pixel that was run through the operator, with cat from −{EDGE} to {EDGE} to the right and "
        f"dog from −{EDGE} to {EDGE} upwards. It is filled where the output is above 0. On the left the border is the "
        "diagonal cat = dog. An elementwise function knows one coordinate for each output channel, so its regions are "
        "upright or level strips, whatever the function is."
    )
    return "\n".join(
        [
            "<figure>",
            f'<svg role="img" aria-label="Two decision regions" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
            'fill="currentColor" font-size="13">',
            *panels,
            "</svg>",
            f"<figcaption>{words}</figcaption>",
            "</figure>",
        ]
    )


def _panel(left: int, title: str, rows: list[list[bool]]) -> str:
    """The squares of one region, the axes and what is above 0."""
    middle = left + PANEL // 2
    squares = "".join(
        f'<rect x="{left + at * CELL}" y="{TOP + row * CELL}" width="{CELL - 1}" height="{CELL - 1}" '
        f'fill-opacity="{0.75 if dark else 0.1}"/>'
        for row, line in enumerate(rows)
        for at, dark in enumerate(line)
    )
    return (
        f'<text x="{middle}" y="15" text-anchor="middle">{title}</text>{squares}'
        f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">cat →</text>'
        f'<text transform="translate({left - 8} {TOP + PANEL // 2}) rotate(-90)" text-anchor="middle">dog →</text>'
    )
