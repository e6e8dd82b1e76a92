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
Published networks, each written in one YAML file, and what follows from it. The inputs that fit are solved exactly, and
every height is one expression in the height H of the input. The page of a network has the derivations.

[Networks](../how-to/network.md) says how to ask all this of a network of your own. Two pages work with what is here:
[which inputs fit a U-Net](which-inputs-fit.md), and [how many multiply-adds: why tools disagree](multiply-adds.md)."""
SIZES = """\
## Sizes

The last height is that of the last tensor whose height depends on H. The receptive field of a unit of the last layer
that does not read the whole input: size/stride/padding, in places of the input.

| network | heights that fit | last height | receptive field |
|---|---|---|---|"""
COSTS = """\
## Costs

Multiply-adds of convolutions and linear layers, for one input of the size given.

| network | layers | parameters | multiply-adds | for |
|---|--:|--:|--:|--:|"""


def networks_index(found: Iterable[Exhibit]) -> str:
    """The networks in two tables: sizes and costs."""
    sizes, costs = [SIZES], [COSTS]
    for page in found:
        link, sums = f"[{page.net.name}]({page.name}.md)", page.numbers.totals()
        sizes.append(_row(link, heights(page.fitting, page.letter), page.grown, shown(page.letters)))
        counts = (str(len(page.net.nodes)), f"{sums['parameters']:,}", f"{sums['macs']:,}")
        costs.append(_row(link, *counts, "×".join(map(str, page.input[2:]))))
    return "\n\n".join(["# Networks", INTRO, "\n".join(sizes), "\n".join(costs)]) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
