"""The questions that can be asked of an operator, each answered by a derivation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from convmath.derive.conditions import assumptions
from convmath.derive.counted import Counted, counting_chains, given, with_counts
from convmath.derive.counts import flop_chains, mac_chains, parameter_chain
from convmath.derive.extent import extent_chains
from convmath.derive.receptive import receptive_chains
from convmath.errors import ParseError, UnsupportedError
from convmath.language.around import no_index_sum
from convmath.language.definition import Definition
from convmath.language.letters import word
from convmath.language.tree import Expr, letters_of
from convmath.proof.agree import count_outputs
from convmath.proof.chain import Chain, fold
from convmath.proof.derivation import Claim, Derivation, Line, Trial
from convmath.proof.ground import Ground

TITLES = {
    "output_shape": ("Output shape", "how many values the output has along each axis"),
    "parameters": ("Parameters", "how many numbers are learned"),
    "macs": ("Multiply-adds", "how many products of two array entries are summed"),
    "flops": ("Floating-point operations", "how many there are, two for each multiply-add"),
    "flops_with_bias": ("Floating-point operations", "how many there are, with the additions of the bias"),
    "flops_exact": ("Floating-point operations", "how many multiplications and additions are made"),
    "receptive_field": ("Receptive field", "how far apart the places are that one output reads"),
}
PARTS = ("output_shape", "parameters", "macs", "receptive_field")
"""What "all" asks for."""
QUANTITIES = (*TITLES, "all")
FLOPS = {"flops": "2mac", "flops_with_bias": "2mac+bias", "flops_exact": "exact"}
"""The quantities that count floating-point operations, and the convention of each."""
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
"""What to call an output axis that comes from several axes, or from none."""
Worked = tuple[tuple[Chain, ...], tuple[Line, ...], tuple[Trial, ...], dict[str, str]]
"""Chains, results, trials, and the parts that could not be derived, each with the reason."""


def derive_quantity(
    operator: str,
    definition: Definition,
    quantity: str,
    values: Mapping[str, Expr],
    claim: Claim,
    symbols: Mapping[str, Any] | None = None,
    counted: Counted | None = None,
) -> Derivation:
    """The derivation of one quantity, in letters, with ``values`` to put in at the end.

    What another definition counts is derived first.

    Raises:
        ParseError: there is no such quantity.
    """
    if quantity not in QUANTITIES:
        raise ParseError(f"there is no quantity {quantity!r}: ask for {', '.join(QUANTITIES)}")
    chains, lines, trials, missing = _worked(definition, quantity, counted)
    title, find = TITLES[quantity] if quantity != "all" else _together(missing)
    definitions = (definition, counted.definition) if counted else (definition,)
    sizes = {letter for item in definitions for letter in item.sizes} - (counted.letters if counted else set())
    used = {letter: value for letter, value in values.items() if letter in sizes}
    return Derivation(
        title=f"{title} of {operator}",
        find=find,
        claim=claim,
        definitions=definitions,
        assumptions=given(definition, counted),
        chains=chains,
        lines=lines,
        values=used,
        trials=trials,
        notes=_notes(missing),
        single=quantity in ("parameters", "macs", *FLOPS),
        symbols=symbols or {},
    )


@lru_cache(maxsize=256)
def _worked(definition: Definition, quantity: str, counted: Counted | None) -> Worked:
    parts = PARTS if quantity == "all" else (quantity,)
    chains: list[Chain] = list(counting_chains(definition, counted)) if counted else []
    lines: list[Line] = []
    missing: dict[str, str] = {}
    for part in parts:
        try:
            found = _chains(definition, part)
        except UnsupportedError as error:
            if quantity != "all":
                raise
            missing[part] = no_index_sum(definition) or str(error).removeprefix(f"{definition}: ")
            continue
        found = tuple(with_counts(chain, definition, counted) for chain in found) if counted else found
        named = found[-1:] if part == "macs" or part in FLOPS else found
        chains += [chain for chain in found if chain not in chains]
        lines += [_line(chain, part, chains, axis, definition) for axis, chain in enumerate(named)]
    folded = fold(tuple(chains))
    return folded, tuple(lines), _trials(definition, folded, counted), missing


def _together(missing: Mapping[str, str]) -> tuple[str, str]:
    """The title of every quantity that could be derived, and what is to be found."""
    found = [TITLES[part][0] for part in PARTS if part not in missing]
    number = {1: "it", 2: "both", 3: "each of the three", 4: "each of the four"}[len(found)]
    return _listed(found), f"{number}, from the definition"


def _notes(missing: Mapping[str, str]) -> tuple[str, ...]:
    """What could not be derived, once for each reason."""
    reasons = dict.fromkeys(missing.values())
    return tuple(f"{_listed([TITLES[p][0] for p in missing if missing[p] == why])}: {why}" for why in reasons)


def _listed(titles: list[str]) -> str:
    """Output shape, parameters and multiply-adds."""
    *first, last = titles
    text = f"{', '.join(first)} and {last}" if first else last
    return text.capitalize()


def _chains(definition: Definition, part: str) -> tuple[Chain, ...]:
    if part == "output_shape":
        return extent_chains(definition)
    if part == "parameters":
        return (parameter_chain(definition),)
    if part in FLOPS:
        return flop_chains(definition, FLOPS[part])
    return mac_chains(definition) if part == "macs" else receptive_chains(definition)


def _line(chain: Chain, part: str, chains: list[Chain], axis: int, definition: Definition) -> Line:
    """The result of a chain, before what was derived earlier is put in."""
    name, last = str(chain.conclusion.left), chain.steps[-1]
    array = str(dict(chain.steps[0].arguments).get("array", "")) if len(definition.inputs) > 1 else ""
    merged = name.startswith("n_")
    shape = word(name) if not merged else f"{ORDINALS[axis]} axis" if axis < len(ORDINALS) else f"axis {axis}"
    label = {"output_shape": shape, "parameters": "parameters", "macs": "multiply-adds"}.get(part)
    label = "floating-point operations" if part in FLOPS else label
    label = label or receptive_label(name.partition("_")[2], array)
    if last.rule != "put in":
        return Line(name, label, chain.conclusion.right)
    known = {str(other.conclusion.left): other.conclusion.right for other in chains if other != chain}
    names = sorted(letters_of(last.before.right) & known.keys())
    return Line(name, label, last.before.right, tuple((used, known[used]) for used in names))


def receptive_label(axis: str, array: str = "") -> str:
    """What to call the receptive field along one axis: receptive height, or along L; of which array, if need be."""
    of, axis = (f" of {array}", axis.rstrip("'")) if array else ("", axis)
    return f"receptive {word(axis)}{of}" if word(axis) != axis else f"receptive field{of} along {axis}"


def _trials(definition: Definition, chains: tuple[Chain, ...], counted: Counted | None) -> tuple[Trial, ...]:
    """Counting the outputs one by one, for each chain that bounds an index."""
    found = []
    for chain in chains:
        first, last = chain.steps[0], chain.steps[-1]
        if first.rule == "read the bounds" and chain.like is None:
            subject = counted.definition if counted and chain.subject else definition
            points = Ground((subject,), assumptions(subject)).points(first.after, last.after)
            count_outputs(first.after, last.after, dict(first.arguments)["index"], points)
            found.append(Trial(f"{last.after.left} against counting the outputs one by one", points.count))
    return tuple(found)
