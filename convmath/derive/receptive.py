"""The receptive field: the interval of input places that one output reads, axis by axis."""

from __future__ import annotations

from functools import lru_cache

from convmath.derive.conditions import assumptions
from convmath.derive.counts import quantity_name
from convmath.derive.extent import tidied
from convmath.errors import UnsupportedError
from convmath.language.bounding import bounding, reduced_in
from convmath.language.definition import Definition, Tensor
from convmath.language.letters import fresh
from convmath.language.tree import Sym, letters_of
from convmath.proof.derivation import Chain
from convmath.proof.reading import formula, window
from convmath.proof.step import Ground, take


def spatial_axes(definition: Definition) -> tuple[tuple[Tensor, int], ...]:
    """The axes of the inputs along which an output index slides a window.

    Where nothing slides, they are the axes that an output index runs over alone.
    """
    sliding = bounding(definition).windows.keys()
    found = [
        (definition.arrays[name], axis) for name in definition.inputs for axis in range(len(definition.arrays[name].shape))
    ]
    moving = [(t, axis) for t, axis in found if _slides(definition, t.name, axis)]
    windows = [(t, axis) for t, axis in moving if letters_of(window(definition, t.name, axis)) & sliding]
    return tuple(windows or moving)


def _slides(definition: Definition, array: str, axis: int) -> bool:
    position = window(definition, array, axis)
    return bool(letters_of(position) & set(definition.output_indices))


@lru_cache(maxsize=256)
def receptive_chains(definition: Definition) -> tuple[Chain, ...]:
    """One chain for each spatial axis of the inputs.

    Raises:
        UnsupportedError: the operator adds into written places; its inverse relation is not derived.
    """
    if definition.written:
        raise UnsupportedError(f"{definition}: receptive field of an operator with a condition")
    ground = Ground((definition,), assumptions(definition))
    chains: list[Chain] = []
    taken: set[str] = set()
    for tensor, axis in spatial_axes(definition):
        size = tensor.shape[axis]
        suffix = size.name if isinstance(size, Sym) else f"{tensor.name}{axis}"
        name = fresh(quantity_name(f"R_{suffix}", definition), taken)
        taken.add(name)
        position = window(definition, tensor.name, axis)
        reduced = reduced_in(position, definition)
        rule = "read the window" if reduced else "read one place"
        steps = [take(formula(definition), rule, ground, array=tensor.name, axis=axis, name=name)]
        if reduced:
            steps.append(take(steps[-1].after, "farthest place", ground))
            steps = tidied(steps, ground)
        heading = f"How many places of {tensor.name} one output reads along {suffix}"
        chains.append(Chain(heading, tuple(steps)))
    return tuple(chains)
