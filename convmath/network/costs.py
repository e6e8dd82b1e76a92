"""What a layer learns and costs, in numbers or in letters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from convmath.derive.counts import flop_chains, mac_chains
from convmath.errors import UnsupportedError
from convmath.language.definition import Definition
from convmath.language.tidy import put
from convmath.language.tree import Read
from convmath.network.extent import Size
from convmath.network.layer import Ready
from convmath.network.program import Closure, Requirement, Shape, compiled
from convmath.operators.opaque import Opaque
from convmath.operators.operator import Operator

CONVENTIONS = {
    "macs": "multiply-adds with a weight: convolutions and linear layers, as torchvision publishes them",
    "all": "multiply-adds of any two arrays: matrix products and gates as well",
    "2mac": "two operations for each multiply-add with a weight, as PyTorch's counter",
    "2mac+bias": "the same, and one for each bias that is added",
    "exact": "the multiplications and the additions that are made",
}
"""How a network's cost is counted, by name."""


@lru_cache(maxsize=4096)
def parameters(operator: Operator) -> Size:
    """How many numbers are learned."""
    found = operator.parameters()
    return found if isinstance(found, int) else _letters(found)


def _letters(found: object) -> Size:
    from convmath.language.sizes import size
    from convmath.network.form import size_of

    return size_of(size(found, "the parameters"))


@lru_cache(maxsize=4096)
def buffers(operator: Operator) -> Size:
    """How many numbers are kept and not learned: running means and variances."""
    if not isinstance(operator, Opaque):
        return 0
    found = operator.buffers()
    return found if isinstance(found, int) else _letters(found)


def cost(ready: Ready, shapes: Sequence[Shape], convention: str = "macs") -> Size | None:
    """The operations on inputs of these shapes, or None where the operator has none that the convention counts.

    Raises:
        UnsupportedError: the convention does not say how to count this operator.
    """
    operator = ready.operator
    if isinstance(operator, Opaque):
        if convention == "exact":
            raise UnsupportedError(f"{operator.name} is no index sum, so its operations are not known")
        return None
    if convention not in {"exact", "all"} and not weighted(operator.general):
        return None
    if convention == "all" and not _multiplies(operator.general):
        return None
    noted: list[Requirement] = []  # the trace holds them already
    values = ready.program.bind(shapes, noted)
    found: Size = _counting(operator, tuple(ready.program.letters), convention)(values)
    return found


@lru_cache(maxsize=4096)
def _counting(operator: Operator, letters: tuple[str, ...], convention: str) -> Closure:
    if convention in ("macs", "all"):
        counted = mac_chains(operator.general)[-1].conclusion.right
    else:
        counted = flop_chains(operator.general, convention)[-1].conclusion.right
    return compiled(put(counted, operator.values), {name: slot for slot, name in enumerate(letters)})


@lru_cache(maxsize=4096)
def weighted(definition: Definition) -> bool:
    """Whether a product of an input and a weight is summed."""
    inputs = set(definition.inputs)
    named = [{read.array for read in reads} for reads in _products(definition)]
    return any(arrays & inputs and arrays - inputs for arrays in named)


@lru_cache(maxsize=4096)
def _multiplies(definition: Definition) -> bool:
    return any(len(reads) > 1 for reads in _products(definition))


def _products(definition: Definition) -> list[list[Read]]:
    """The reads that each term multiplies."""
    return [list(term.reads) for term in definition.terms]
