"""The receptive field: the interval of input places that one output reads, axis by axis."""

from __future__ import annotations

from functools import lru_cache

from convmath.derive.conditions import assumptions
from convmath.derive.counts import quantity_name
from convmath.derive.extent import tidied
from convmath.errors import ProofError, UnsupportedError
from convmath.language.around import check_index_sum
from convmath.language.bounding import Place, bounding, moving_in, places
from convmath.language.definition import Definition, Tensor
from convmath.language.letters import fresh
from convmath.language.tidy import tidy
from convmath.language.tree import Expr, Int, Reduce, Relation, Sym, letters_of, walk
from convmath.proof.chain import Chain
from convmath.proof.counting import last_multiple
from convmath.proof.ground import Ground
from convmath.proof.ragged import conditions_on
from convmath.proof.reading import formula, reaching, windows_of
from convmath.proof.step import Step, take


def spatial_axes(definition: Definition) -> tuple[tuple[Tensor, int], ...]:
    """The axes of the inputs along which an output index slides a window.

    Where nothing slides, they are the axes that one output reads from end to end.
    """
    sliding = bounding(definition).windows.keys()
    found = [
        (definition.arrays[name], axis)
        for name in definition.inputs
        for axis in range(len(definition.arrays[name].shape))
    ]
    if definition.written:
        return tuple((t, axis) for t, axis in found if _letters(definition, t.name, axis) & _reached(definition))
    moving = [(t, axis) for t, axis in found if _letters(definition, t.name, axis) & set(definition.output_indices)]
    windows = [(t, axis) for t, axis in moving if _letters(definition, t.name, axis) & sliding]
    whole = [(t, axis) for t, axis in found if (t, axis) not in moving and t.shape[axis] != Int(1)]
    return tuple(windows or whole or moving)


def _letters(definition: Definition, array: str, axis: int) -> set[str]:
    return letters_of(*windows_of(definition, array, axis))


def _reached(definition: Definition) -> set[str]:
    """The indices from which places are written."""
    return {letter for right in definition.written.values() for letter in letters_of(right) & definition.indices}


@lru_cache(maxsize=256)
def receptive_chains(definition: Definition) -> tuple[Chain, ...]:
    """One chain for each spatial axis of the inputs."""
    check_index_sum(definition, "its receptive field")
    if definition.shared:
        raise UnsupportedError(
            f"{definition}: what one output reads depends on which output it is, since the terms are added into "
            "places by different conditions"
        )
    ground = Ground((definition,), assumptions(definition))
    chains: list[Chain] = []
    taken: set[str] = set()
    for tensor, axis in spatial_axes(definition):
        size = tensor.shape[axis]
        suffix = size.name if isinstance(size, Sym) else f"{tensor.name}{axis}"
        name = fresh(quantity_name(f"R_{suffix}", definition), taken)
        taken.add(name)
        heading = f"How many places of {tensor.name} one output reads along {suffix}"
        chains.append(Chain(heading, tuple(receptive_steps(definition, tensor.name, axis, name, ground))))
    return tuple(chains)


def _check_known(definition: Definition, array: str, place: Expr) -> None:
    """Inequalities say how long a window is where they are between its index and outputs whose number is given."""
    for letter in sorted({n for r in conditions_on(definition, place) for n in letters_of(r.left, r.right)}):
        unknown = letter in definition.output_indices and letter not in definition.known_ranges
        if unknown or any(letter in term.reduced and Sym(letter) != place for term in definition.terms):
            raise UnsupportedError(
                f"{definition}: how far apart one output reads {array} depends on {letter}, through an inequality"
            )


def receptive_steps(definition: Definition, array: str, axis: int, name: str, ground: Ground) -> list[Step]:
    """From the definition to the number of places that one output spans along one axis."""
    start = formula(definition)
    place = windows_of(definition, array, axis)[0]
    moving = {name for item in windows_of(definition, array, axis) for name, _ in moving_in(item, definition)}
    if moving and conditions_on(definition, place):
        _check_known(definition, array, place)
        return _ragged(definition, array, axis, name, ground)
    if isinstance(place, Sym) and place.name in moving and reaching(definition, place.name):
        steps = [take(start, "read the inputs of a place", ground, array=array, axis=axis, name=name)]
        following = "last multiple" if last_multiple(steps[0].after.right) else ""
    elif moving & _tied(definition, ground):
        raise UnsupportedError(
            f"{definition}: how far apart one output reads {array} depends on conditions that choose between the places"
        )
    elif len(windows_of(definition, array, axis)) > 1 or moving:
        steps = [take(start, "read the window", ground, array=array, axis=axis, name=name)]
        following = "farthest place" if any(isinstance(n, Reduce) for n in walk(steps[0].after.right)) else ""
    else:
        return [take(start, "read one place", ground, array=array, axis=axis, name=name)]
    if following:
        steps.append(take(steps[-1].after, following, ground))
    steps = tidied(steps, ground)
    if letters_of(steps[-1].after.right) & definition.indices:
        raise UnsupportedError(f"{definition}: how far apart one output reads {array} depends on which output it is")
    return steps


def _ragged(definition: Definition, array: str, axis: int, name: str, ground: Ground) -> list[Step]:
    """The longest of the windows that inequalities describe."""
    start = formula(definition)
    try:
        steps = [take(start, "read a ragged window", ground, array=array, axis=axis, name=name)]
        for move in ("first and last place", "ceiling"):
            steps.append(take(steps[-1].after, move, ground))
    except ProofError as error:
        raise UnsupportedError(
            f"{definition}: how far apart one output reads {array} is not derived ({error})"
        ) from error
    return tidied(steps, ground)


def _tied(definition: Definition, ground: Ground) -> set[str]:
    """The indices of conditions that leave out places inside the arrays; leaving out padding is no choice."""
    known = ground.facts(formula(definition))
    inside = [side for place in places(definition) for side in _inside(place)]

    def chooses(relation: Relation) -> bool:
        slack = tidy(relation.right - relation.left)
        return relation.op == "=" or all(known.not_negative(tidy(slack - side)) is None for side in inside)

    return {
        letter
        for term in definition.terms
        for relation in term.where
        if chooses(relation)
        for letter in letters_of(relation.left, relation.right)
    }


def _inside(place: Place) -> tuple[Expr, Expr]:
    """What is ≥ 0 where the place lies in the array itself."""
    return place.position, tidy(place.size - 1 - place.position)
