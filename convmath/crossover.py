"""The page on where fast algorithms break even: their programs, counted for filters of several sizes."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from convmath.derive.breakeven import MOST_POINTS, SIZES, Cost, cheapest

TAPS = range(2, 12)
CHANNELS = (1, 16, 256)
KINDS = {"the definition": "definition", "Winograd": "F(", "the Fourier transform": "DFT"}


@lru_cache(maxsize=1)
def break_even_page() -> str:
    """Tables of the fewest operations by each method, along one axis and two, for several numbers of channels."""
    parts = [
        "# Where fast algorithms break even",
        "Real multiplications and additions for each output and each pair of channels, where as many channels come in "
        "as go out. Each number is counted on a program that is written out line by line: the definition, "
        f"[F(m, r)](winograd-computes-the-convolution.md) with up to {MOST_POINTS} points along each axis, and a "
        f"radix-2 Fourier transform of {', '.join(map(str, SIZES[:-1]))} or {SIZES[-1]} entries. Of each kind, the one "
        "with the fewest operations is shown.",
        "Tiles overlap, so that each output is computed once. The transform of a tile is shared by all filters, and "
        "the transform back by all input channels; the filters are transformed beforehand, and not counted. A product "
        "of complex numbers counts as four multiplications and two additions. The filter is real, so the real and the "
        "imaginary part of a tile are two tiles at once.",
        "These are the programs that convmath writes; shorter ones may exist. Operations are not time: how fast a "
        "method is, and how much it rounds, would have to be measured.",
    ]
    for rank, axes in ((1, "One axis"), (2, "Two axes")):
        parts.append(f"## {axes}")
        for channels in CHANNELS:
            parts += [f"### {channels} channel{'s' * (channels > 1)}", _table(channels, rank), _told(channels, rank)]
    return "\n\n".join(parts) + "\n"


def _found(r: int, channels: int, rank: int) -> dict[str, Cost]:
    found = {name: cheapest(r, channels, rank, (start,)) for name, start in KINDS.items()}
    return {name: cost for name, cost in found.items() if cost is not None}


def _table(channels: int, rank: int) -> str:
    lines = ["| taps | definition | Winograd | | Fourier transform | |", "|--:|--:|--:|:--|--:|:--|"]
    for r in TAPS:
        found = _found(r, channels, rank)
        least = min(found.values(), key=lambda cost: cost.operations)
        cells = []
        for name in KINDS:
            cost = found.get(name)
            number = "" if cost is None else decimal(cost.operations)
            cells.append(f"**{number}**" if cost is least else number)
            cells += [] if name == "the definition" else ["" if cost is None else cost.method]
        lines.append(f"| {'×'.join([str(r)] * rank)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _told(channels: int, rank: int) -> str:
    """Which method takes the fewest operations, from which number of taps on."""
    best: list[tuple[int, str]] = []
    for r in TAPS:
        found = _found(r, channels, rank)
        name = min(found, key=lambda name: found[name].operations)
        if not best or best[-1][1] != name:
            best.append((r, name))
    parts = [f"{name} from {'×'.join([str(r)] * rank)} taps on" for r, name in best[1:]]
    return f"Fewest: {', then '.join([best[0][1], *parts])}."


def decimal(value: Fraction) -> str:
    """The number to one place after the point, rounded as a person does; no binary fraction is made."""
    tenths = (20 * value + 1) // 2
    return f"{tenths // 10}.{tenths % 10}"
