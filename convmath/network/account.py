"""An explanation as text."""

from __future__ import annotations

from convmath.network.explain import Explanation, Place
from convmath.network.table import plain, shape_text

MOST_PLACES = 24


def account(found: Explanation) -> str:
    """The explanation as text: what fails, how its sizes came about, what would mend it."""
    given = ", ".join(f"{plain(name)} {shape_text(shape)}" for name, shape in found.given.items())
    if found.node is None:
        return f"{plain(found.network)} takes {given}: every layer fits."
    node = found.node
    lines = [
        f"{plain(found.network)} on {given}: layer {plain(node.name)} ({plain(node.layer.kind)}) does not fit.",
        "",
    ]
    lines.append(plain(found.why, 2000))
    if found.torch:
        lines += ["", f"PyTorch's words: {plain(found.torch, 1000)}"]
    for way in found.ways:
        lines += ["", "How the size came about:", *_places(way)]
    if found.fixes:
        lines += ["", "What would mend it, one of:", *(f"  • {plain(fix, 400)}" for fix in found.fixes)]
    return "\n".join(lines)


def _places(way: tuple[Place, ...]) -> list[str]:
    shown = way if len(way) <= MOST_PLACES else (*way[: MOST_PLACES // 2], *way[-MOST_PLACES // 2 :])
    cells = [(plain(p.name), plain(p.op), shape_text(p.shape), str(p.size), _formula(p)) for p in shown]
    wide = [max(len(row[at]) for row in cells) for at in range(4)]
    rows = []
    for name, op, shape, size, formula in cells:
        line = f"  {name:<{wide[0]}}  {op:<{wide[1]}}  {shape:<{wide[2]}}  {size:>{wide[3]}}"
        rows.append(f"{line}  {formula}".rstrip())
    if len(shown) < len(way):
        rows.insert(MOST_PLACES // 2, f"  … {len(way) - len(shown)} more layers")
    return rows


def _formula(place: Place) -> str:
    return "" if place.formula is None or isinstance(place.formula, int) else f"= {place.formula}"
