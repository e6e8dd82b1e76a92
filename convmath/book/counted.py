"""Stacks of layers counted window by window: what is tried beside the proofs, and what fails where nothing fits."""

from __future__ import annotations

from itertools import accumulate, product
from operator import mul
from random import Random

from convmath.book.windows import outputs
from convmath.derive.extent import extents
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.tidy import put
from convmath.language.tree import Int
from convmath.proof.derivation import Trial

Layers = list[tuple[int, int, int, int, int]]
"""k, s, p, q, d of each layer."""
STACKS = 150


def sizes(size: int, layers: Layers) -> list[int]:
    """The size of the input and of every layer, each counted window by window on the one before."""
    found = [size]
    for k, s, p, q, d in layers:
        found.append(outputs(found[-1], k, s, p, d, q))
    return found


def as_one(size: int, layers: Layers) -> int:
    """How many windows that reach through all layers fit, counted one by one."""
    before = [1, *accumulate((s for _, s, *_ in layers), mul)]
    span = sum(step * max(d * u for u in range(k)) for step, (k, _, _, _, d) in zip(before, layers, strict=False)) + 1
    p, q = (sum(step * layer[at] for step, layer in zip(before, layers, strict=False)) for at in (2, 3))
    return outputs(size, span, before[-1], p, 1, q)


def counted(depth: int) -> Trial:
    """Stacks of small layers, drawn by chance, counted window by window."""
    random, held = Random(depth), 0
    while held < STACKS:
        pick = random.randint
        layers = [(pick(1, 3), pick(1, 2), pick(0, 1), pick(0, 1), pick(1, 2)) for _ in range(depth)]
        size = pick(1, 12)
        found = sizes(size, layers)
        if 0 not in found:
            if found[-1] != as_one(size, layers):
                raise ProofError(f"H = {size} and (k, s, p, q, d) = {layers} are against it")
            held += 1
    return Trial(f"windows of {depth} layers counted one by one, on inputs up to 12", held, "stacks")


def none_fits(through: Definition) -> str | None:
    """The smallest stack of three layers, not all of which have an output, whose size is not that of one."""
    (size,) = extents(through)
    layers = list(product((1, 2, 3), (1, 2), (0, 1)))
    boxes = list(product((1, 2, 3), product(layers, repeat=3)))
    for h, stack in sorted(boxes, key=lambda box: (box[0] + sum(map(sum, box[1])), box)):
        full = [(k, s, p, p, 1) for k, s, p in stack]
        found = sizes(h, full)
        if 0 in found[1:]:
            values = {f"{name}_{n}": layer[at] for n, layer in enumerate(full, 1) for at, name in enumerate("kspqd")}
            said = put(size, {name: Int(value) for name, value in {"H": h, **values}.items()})
            if said != Int(found[-1]):
                shown = "; then ".join(f"k = {k}, s = {s}, p = {p}" for k, s, p in stack)
                return (
                    f"Counterexample (the smallest found): X = {[1] * h}; {shown}. Outputs of the three layers: "
                    f"{', '.join(map(str, found[1:]))}; of the one convolution: {said}."
                )
    return None
