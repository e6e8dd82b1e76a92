"""The pages of the catalogue: one for each network, and one table of them all."""

from __future__ import annotations

from collections.abc import Iterable

from convmath.exhibit import Exhibit, heights, shown
from convmath.readers.catalogue import catalogue


def network_pages() -> dict[str, str]:
    """Every page of the catalogue: its path under the site, and its Markdown."""
    found = {name: Exhibit(name) for name in catalogue}
    pages = {f"networks/{name}.md": exhibit.text() for name, exhibit in found.items()}
    return pages | {"networks/index.md": networks_index(found.values())}


INTRO = """\
Published networks, each written in one YAML file, and what follows from it. The inputs that fit are solved exactly. The
height of every tensor is one expression in the height H of the input; the table has that of the last tensor whose
height depends on H. A receptive field is given as size/stride/padding, in places of the input. Multiply-adds are those
of convolutions and linear layers.

[Networks](../how-to/network.md) says how to ask all this of a network of your own. Two pages work with what is here:
[which inputs fit a U-Net](which-inputs-fit.md), and [how many multiply-adds: why tools disagree](multiply-adds.md)."""
HEAD = """\
| network | layers | parameters | multiply-adds | at | heights that fit | last height | receptive field |
|---|--:|--:|--:|--:|---|---|---|"""


def networks_index(found: Iterable[Exhibit]) -> str:
    """The networks in one table."""
    rows = []
    for page in found:
        sums = page.numbers.totals()
        size = "×".join(map(str, page.input[2:]))
        row = [f"[{page.net.name}]({page.name}.md)", len(page.net.nodes), f"{sums['parameters']:,}"]
        row += [f"{sums['macs']:,}", size, heights(page.fitting, page.letter), page.grown, shown(page.letters)]
        rows.append("| " + " | ".join(map(str, row)) + " |")
    return "\n\n".join(["# Networks", INTRO, "\n".join([HEAD, *rows])]) + "\n"
