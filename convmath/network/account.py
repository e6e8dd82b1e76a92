"""An explanation as text."""

from __future__ import annotations

from collections.abc import Sequence

from convmath.network.explain import Explanation, Place
from convmath.network.table import needed, plain, shape_text

MOST_PLACES = 24
MOST_UNKNOWN = 8


def account(found: Explanation) -> str:
    """The explanation as text: what fails, how its sizes came about, what would mend it."""
    given = ", ".join(f"{plain(name)} {shape_text(shape)}" for name, shape in found.given.items())
    if found.node is None:
        return "\n".join(_fits(found, given))
    node = found.node
    lines = [
        f"{plain(found.network)} on {given}: layer {plain(node.name)} ({plain(node.layer.kind)}) does not fit.",
        "",
    ]
    lines.append(plain(found.why, 2000))
    if found.torch:
        lines += ["", f"PyTorch's words: {plain(found.torch, 1000)}"]
    for ways in _alike(found.ways):
        lines += ["", "How the size came about:", *_places(ways)]
    if found.fixes:
        lines += ["", "What would mend it, one of:", *(f"  • {plain(fix, 400)}" for fix in found.fixes)]
    return "\n".join(lines)


def _fits(found: Explanation, given: str) -> list[str]:
    """That every layer fits; with letters, where; and which layers nobody could ask."""
    name, wanted, count = plain(found.network), needed(found.requirements), len(found.unknown)
    every = f"every layer but {count} fits" if count else "every layer fits"
    lines = [f"{name} on {given}: {every} where", *(f"  {w}" for w in wanted)]
    lines = lines if wanted else [f"{name} takes {given}: {every}."]
    if count:
        shown = ", ".join(plain(one) for one in found.unknown[:MOST_UNKNOWN])
        lines.append(f"Not known, so not asked: {shown}{' and more' * (count > MOST_UNKNOWN)}")
    return lines


def _alike(ways: Sequence[tuple[Place, ...]]) -> list[list[tuple[Place, ...]]]:
    """Ways through the same layers together: height and width mostly come about alike."""
    found: dict[tuple[str, ...], list[tuple[Place, ...]]] = {}
    for way in ways:
        found.setdefault(tuple(place.name for place in way), []).append(way)
    return list(found.values())


def _places(ways: Sequence[tuple[Place, ...]]) -> list[str]:
    rows = list(zip(*ways, strict=True))
    shown = rows if len(rows) <= MOST_PLACES else [*rows[: MOST_PLACES // 2], *rows[-MOST_PLACES // 2 :]]
    cells = []
    for places in shown:
        sizes = (cell for place in places for cell in (str(place.size), _formula(place)))
        cells.append([plain(places[0].name), plain(places[0].op), shape_text(places[0].shape), *sizes])
    wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        set_ = [c.rjust(wide[at]) if at > 2 and at % 2 else c.ljust(wide[at]) for at, c in enumerate(row)]
        lines.append(f"  {'  '.join(set_)}".rstrip())
    if len(shown) < len(rows):
        lines.insert(MOST_PLACES // 2, f"  … {len(rows) - len(shown)} more layers")
    return lines


def _formula(place: Place) -> str:
    return "" if place.formula is None or isinstance(place.formula, int) else f"= {place.formula}"
