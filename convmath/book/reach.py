"""The window of one output: chains that derive where it begins, how long it is, and how it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

from convmath.book.entries import Theorem
from convmath.book.working import Working, move, stated
from convmath.derive.extent import tidied
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.substitute import substitute
from convmath.language.tidy import put
from convmath.language.tree import Expr, Int, Relation, Sym, letters_of
from convmath.proof.chain import Chain
from convmath.proof.derivation import Derivation, Line, Trial
from convmath.proof.reading import formula
from convmath.proof.step import Argument, Step, take

Moves = tuple[str, Mapping[str, Argument]]
Count = Callable[..., tuple[int, ...]]
"""Results counted one by one, for numbers that are given by name."""
DISTILL = "Araujo, Norris & Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill (2019)"


def layer(text: str, array: str, size: str, weights: str, kernel: str, padding: str = "") -> Definition:
    """A window of ``kernel`` weights over the places of one array."""
    pads = {array: padding} if padding else {}
    return stated(text, {array: size, weights: kernel}, pads, inputs=(array,))


def working(
    theorem: Theorem, numbers: Mapping[str, int], *definitions: Definition, more: tuple[Relation, ...] = ()
) -> Working:
    """The window of an output is where its taps lie, whatever the input holds: that windows fit is not assumed."""
    sizes = tuple(dict.fromkeys(name for d in definitions for t in d.tensors for name in _letters(t.shape)))
    known = tuple(Relation(Sym(name), "≥", Int(1)) for name in sizes)
    return Working(theorem, numbers, definitions, (*known, *more), derived=sizes)


def _letters(shape: tuple[Expr, ...]) -> list[str]:
    return [size.name for size in shape if isinstance(size, Sym)]


def concluded(work: Working, heading: str, subject: int, *moves: Moves) -> Chain:
    """A chain that is closed by arithmetic where there is any left to do."""
    ground, steps, before = work.ground(subject), list[Step](), formula(work.definitions[subject])
    for rule, arguments in moves:
        steps.append(take(before, rule, ground, **arguments))
        before = steps[-1].after
    return work.add(heading, tidied(steps, ground), subject)


def ends(
    work: Working,
    subject: int,
    array: str,
    names: tuple[str, str],
    below: tuple[str, str, int] | None = None,
    back: tuple[str, str] | None = None,
) -> None:
    """The first and the last place that output i reads; ``below`` names those of the layer that gives the array.

    With ``back`` they are written with what was derived before.
    """
    output = work.definitions[subject].output.array
    for at, (end, name) in enumerate(zip(("first", "last"), names, strict=True)):
        through: dict[str, Argument] = {} if below is None else {"through": below[at], "number": below[2]}
        moves = [move("read an end", array=array, end=end, name=name, **through)]
        moves += [move("put in")] if below and back else []
        moves += [move("farthest place")]
        moves += [move("put back", right=parse_size(back[at]))] if back else []
        concluded(work, f"Where the window of output i of {output} {('begins', 'ends')[at]}", subject, *moves)


def own_span(work: Working, subject: int, array: str, name: str) -> None:
    """How many places of the array that it reads one output of a layer spans."""
    output = work.definitions[subject].output.array
    read = move("read the window", array=array, axis=0, name=name)
    concluded(work, f"How many places of {array} one output of {output} spans", subject, read, move("farthest place"))


def called(work: Working, subject: int, name: str, value: str, heading: str, words: str) -> None:
    """A name for what is made of results, in letters."""
    moves = [move("read a quantity", name=name, value=parse_size(value), words=words)]
    moves += [move("put in")] if letters_of(parse_size(value)) & dict(work.found).keys() else []
    concluded(work, heading, subject, *moves)


LETTERS = (move("arithmetic"), move("put in"))
"""What is left when the window is written with results: they go into it."""


def span(work: Working, subject: int, names: tuple[str, str], *last: Moves, name: str = "R") -> None:
    """R: how many places there are from the first to the last."""
    value = parse_size(f"{names[1]} - {names[0]} + 1")
    read = move("read a quantity", name=name, value=value, words="from the first place to the last, both counted")
    concluded(work, "How many places that window spans", subject, read, move("put in"), *last)


def stride_and_padding(
    work: Working, subject: int, first: str, *last: Moves, names: tuple[str, str] = ("S", "P")
) -> None:
    """S and P: how far the window moves from one output to the next, and how far before place 0 the first begins."""
    step = move("read the step", first=first, name=names[0])
    start = move("read the start", first=first, name=names[1])
    concluded(work, "How far it moves from one output to the next", subject, step, *last)
    concluded(work, "How far before place 0 it begins", subject, start, *last[1:])


def centre(work: Working, subject: int, names: tuple[str, str]) -> None:
    """C: the middle of the window, a place or halfway between two."""
    read = move("read a quantity", name="C", value=parse_size(f"({names[0]} + {names[1]})/2"), words="the middle")
    back = move("put back", right=parse_size("S*i - P + (R - 1)/2"))
    concluded(work, "Where its middle is", subject, read, move("put in"), back)


def results(work: Working, find: str, labels: Mapping[str, str], trials: tuple[Trial, ...] = ()) -> Derivation:
    """The derivation with these results, each in letters; one that uses another by name says so.

    Raises:
        ProofError: the numbers are outside what is assumed.
    """
    found = dict(work.found)
    lines: list[Line] = []
    for name, label in labels.items():
        if name not in found:
            raise ProofError(f"{work.theorem.slug}: {name} was not derived")
        used = tuple((line.name, line.derived) for line in lines)
        lines.append(Line(name, label, found[name], used))
    return work.derivation(find, tuple(lines), trials)


def tried(work: Working, what: str, unit: str, names: str, boxes: Mapping[str, range], count: Count) -> Trial:
    """The results with one-letter ``names``, held against ``count`` with every choice of numbers for the letters.

    Raises:
        ProofError: it counts something else.
    """
    found, boxed = {name: in_letters(work, name) for name in names}, list(product(*boxes.values()))
    for place in boxed:
        numbers = dict(zip(boxes, place, strict=True))
        values = {name: Int(number) for name, number in numbers.items()}
        for name, counted in zip(names, count(**numbers), strict=True):
            if (said := put(found[name], values)) != Int(counted):
                raise ProofError(f"{work.theorem.slug}: {name} comes to {said} and counts {counted} with {numbers}")
    return Trial(what, len(boxed), unit)


def in_letters(work: Working, name: str) -> Expr:
    """A result with those that it names put in."""
    found = dict(work.found)
    value = found[name]
    while letters_of(value) & found.keys():
        value = substitute(value, found)
    return value
