"""Parameters and multiply-adds: how many choices the indices have."""

from __future__ import annotations

from functools import lru_cache

from convmath.derive.conditions import assumptions
from convmath.derive.extent import counted, extent_chains, output_names, tidied
from convmath.language.around import check_index_sum
from convmath.language.definition import Definition
from convmath.language.letters import fresh
from convmath.language.tree import Expr, Sym, letters_of
from convmath.proof.chain import Chain
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.step import Step, take


@lru_cache(maxsize=256)
def parameter_chain(definition: Definition) -> Chain:
    """How many entries the arrays that are no inputs have."""
    ground = Ground((definition,), assumptions(definition))
    steps = [take(formula(definition), "read the parameters", ground, name=quantity_name("P V A", definition))]
    return Chain("How many parameters there are", tuple(_boxes_counted(steps, ground)))


@lru_cache(maxsize=256)
def mac_chains(definition: Definition) -> tuple[Chain, ...]:
    """How many multiply-adds there are; the chains before it derive the sizes that it needs.

    Raises:
        UnsupportedError: products are formed only where an inequality holds, or there is no index sum.
    """
    check_index_sum(definition, "its multiply-adds")
    return _counted(definition, "How many multiply-adds there are", "M Q Z", "read the multiply-adds")


@lru_cache(maxsize=256)
def flop_chains(definition: Definition, convention: str) -> tuple[Chain, ...]:
    """How many floating-point operations there are, as ``convention`` counts them.

    Raises:
        UnsupportedError: the convention does not say how to count this operator.
    """
    check_index_sum(definition, "its floating-point operations")
    heading = "How many floating-point operations there are"
    return _counted(definition, heading, "F V Z", "read the operations", convention=convention)


def _counted(definition: Definition, heading: str, names: str, rule: str, **more: str) -> tuple[Chain, ...]:
    needed = tuple(chain for chain in extent_chains(definition) if len(chain.steps) > 1)
    conclusions = {str(chain.conclusion.left): chain.conclusion.right for chain in needed}
    ground = Ground((definition,), assumptions(definition), tuple(conclusions.items()))
    sizes: list[tuple[str, Expr]] = []
    for item, (name, size) in zip(definition.output.subscripts, counted(definition), strict=True):
        if isinstance(item, Sym):
            sizes.append((item.name, Sym(name) if name in conclusions else size))
    name = quantity_name(names, definition)
    steps = [take(formula(definition), rule, ground, name=name, sizes=tuple(sizes), **more)]
    steps = _boxes_counted(steps, ground)
    if letters_of(steps[-1].after.right) & set(conclusions):
        steps.append(take(steps[-1].after, "put in", ground))
    used = tuple(chain for chain in needed if str(chain.conclusion.left) in _all_letters(steps))
    return (*(needed if used else ()), Chain(heading, tuple(steps)))


def quantity_name(wanted: str, definition: Definition) -> str:
    """A letter for a quantity that no size or index uses: the first free one of ``wanted``."""
    taken = {*definition.sizes, *definition.indices, *output_names(definition)}
    taken |= {definition.output.array, *definition.arrays}
    names = wanted.split()
    return next((name for name in names if name not in taken), fresh(names[0], taken))


def _all_letters(steps: list[Step]) -> set[str]:
    return {letter for step in steps for letter in step.after.letters()}


def _boxes_counted(steps: list[Step], ground: Ground) -> list[Step]:
    from convmath.language.tree import Reduce, walk

    if any(isinstance(node, Reduce) for node in walk(steps[-1].after.right)):
        steps.append(take(steps[-1].after, "count a box", ground))
    return tidied(steps, ground)
