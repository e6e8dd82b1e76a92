"""From a formula's text, shapes and paddings to an :class:`Operator`; ``define`` is its public name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from convmath.errors import ConvmathError, DefinitionError, ParseError
from convmath.language.around import NOTHING, Around
from convmath.language.border import Symbols
from convmath.language.checks import checked
from convmath.language.definition import NO_PADDING, Definition, Pair, Tensor
from convmath.language.letters import keyword
from convmath.language.parse import parse_formula, parse_list
from convmath.language.sizes import size
from convmath.language.split import split_terms
from convmath.language.tree import Expr, Kind, Relation
from convmath.operators.call import remembered
from convmath.operators.lift import lift
from convmath.operators.modes import with_modes
from convmath.operators.naming import in_the_users_letters
from convmath.operators.operator import Operator

LONGEST_NAME = 80
Sizes = Any
"""``"N,C,L"``, or a tuple of integers, letters, texts and SymPy expressions; one alone for one axis."""


@remembered
def define(
    formula: str,
    shapes: Mapping[str, Sizes],
    padding: Mapping[str, Sizes] | None = None,
    inputs: Iterable[str] | None = None,
    reduce: Kind = "sum",
    ranges: Mapping[str, Any] | None = None,
    name: str = "the operator",
    padding_mode: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Operator:
    """Any operator that can be written as an index sum.

    >>> conv = define(
    ...     "Y[n,o,i] = W[o,c,u] * X[n,c,s*i+d*u-p] + b[o]",
    ...     shapes={"X": "N,C,L", "W": "O,C,k", "b": "O"},
    ...     padding={"X": "0,0,p"},
    ... )
    >>> conv.output_shape()[2]
    floor((L + 2*p - d*(k - 1) - 1)/s) + 1

    Args:
        formula: ``Y[…] = …``. Letters that stand bare as a subscript are indices; those that stand on
            the right only are reduced. Every other letter is a size. ``where u < k`` gives an index
            its range; ``where t = s*i + d*u - p`` adds each product into the place t.
        shapes: the size of each axis of each array that is read, as text (``"N,C,L"``) or as a tuple of
            integers, letters, texts and SymPy expressions.
        padding: how far reads may leave an array, for each axis one size (both sides) or a pair
            ``(before, after)``; for the output, how many written places are cropped.
        inputs: the arrays that are data; the others are parameters. By default ``X``, or every array
            where none is called X.
        reduce: how indices are reduced: ``"sum"``, ``"max"``, ``"min"`` or ``"mean"``.
        ranges: how many values an index takes that no array gives, as ``{"u": "k"}``.
        name: what to call the operator in messages and titles.
        padding_mode: what reads outside an array meet: ``"zeros"``, ``"reflect"``, ``"replicate"``,
            ``"circular"``, or a number, as in ``{"X": "reflect"}``.
        values: what some of the sizes are, as ``{"k": 3}``; the others stay open.

    Raises:
        ParseError: a text is not in the language; nothing of it was run.
        DefinitionError: the declaration contradicts itself; the message names the place.
    """
    _check_name(name)
    rest = (shapes, padding or {}, inputs, reduce, ranges or {})
    made = declare(name, formula, *rest, modes=padding_mode or {})
    if not values:
        return made
    if not isinstance(values, Mapping):
        raise ParseError(f"values is {values!r}; it must be a dictionary such as {{'k': 3}}")
    for letter in values:
        if letter not in made.general.sizes:
            raise DefinitionError(f"values names {letter}, but the sizes are {', '.join(made.general.sizes)}")
    return declare(name, formula, *rest, values, modes=padding_mode or {})


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise ParseError(
            f"name is {str(name)[:60]!r}; it must be one printable line of at most {LONGEST_NAME} characters"
        )


def declare(
    name: str,
    formula: str,
    shapes: Mapping[str, Sizes],
    padding: Mapping[str, Sizes],
    inputs: Iterable[str] | None = None,
    reduce: Kind = "sum",
    ranges: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    given: tuple[Relation, ...] = (),
    symbols: Symbols | None = None,
    around: Around = NOTHING,
    modes: Mapping[str, Any] | None = None,
) -> Operator:
    """``define``, with values for letters and functions around it: what the ready-made operators call."""
    symbols = dict(symbols or {})
    try:
        definition = _definition(formula, shapes, padding, inputs, reduce, ranges or {}, given, symbols)
        definition = replace(definition, around=around) if around else definition
        definition = with_modes(definition, modes or {})
        plain = not around and not modes  # 1 and 1.0 are one key, but not one parameter of a function or a padding
        definition, lifted = (_remembered if plain else _settled)(definition)
    except ParseError:
        raise
    except ConvmathError as error:
        raise DefinitionError(f"{name}: {error}" if name != "the operator" else str(error)) from None
    found = {k: size(v, f"{name}: {keyword(k)}", symbols) for k, v in (values or {}).items() if k in definition.sizes}
    general, left = in_the_users_letters(definition, {**lifted, **found})
    return Operator(name, general, left, symbols)


def _settled(definition: Definition) -> tuple[Definition, Mapping[str, Expr]]:
    """The definition, checked, with letters for its numbers, and what those stand for."""
    found, lifted = lift(checked(definition))
    return checked(found) if lifted else found, MappingProxyType(lifted)


_remembered = lru_cache(maxsize=256)(_settled)
"""The same one every time, for what is declared again with other values."""


def _definition(
    formula: str,
    shapes: Mapping[str, Sizes],
    padding: Mapping[str, Sizes],
    inputs: Iterable[str] | None,
    reduce: Kind,
    ranges: Mapping[str, Any],
    given: tuple[Relation, ...],
    symbols: Symbols,
) -> Definition:
    for what, given_for in (("shapes", shapes), ("padding", padding), ("ranges", ranges)):
        if not isinstance(given_for, Mapping):
            raise ParseError(f"{what} is {given_for!r}; it must be a dictionary such as {{'X': 'N,C,L'}}")
    if not isinstance(formula, str):
        raise ParseError(f'the formula is {formula!r}; it must be a text such as "Y[n,o] = W[o,c] * X[n,c]"')
    left, right, where, written_ranges = parse_formula(formula)
    if reduce not in ("sum", "max", "min", "mean"):
        raise DefinitionError(f"reduce is {reduce!r}; it must be 'sum', 'max', 'min' or 'mean'")
    sized = {name: _entries(shape, f"the shape of {name}", symbols) for name, shape in shapes.items()}
    padded = {name: _entries(pads, f"the padding of {name}", symbols) for name, pads in padding.items()}
    for name in padded.keys() - sized.keys() - {left.array}:
        raise DefinitionError(f"padding names {name}, which has no shape")
    tensors = []
    for name, entries in sized.items():
        pairs = _pairs(name, padded.get(name), len(entries))
        tensors.append(Tensor(name, tuple(_single(name, entry) for entry in entries), pairs))
    extra = tuple((k, size(v, f"the range of {k}", symbols)) for k, v in ranges.items())
    split = split_terms(left, right, where, (*written_ranges, *extra), reduce)
    named = [name.strip() for name in inputs.split(",")] if isinstance(inputs, str) else inputs
    data = tuple(named) if named is not None else ("X",) if "X" in sized else tuple(sized)
    crop = _pairs(left.array, padded.get(left.array), len(left.subscripts))
    return Definition(left, split.terms, tuple(tensors), crop, split.ranges, split.reduce, data, given, split.bounds)


def _entries(given: Sizes, what: str, symbols: Symbols) -> tuple[tuple[Expr, ...], ...]:
    """Each entry a tuple of one size, or of a pair."""
    if isinstance(given, str):
        return parse_list(given)
    if isinstance(given, Sequence):
        found = []
        for item in given:
            pair = item if isinstance(item, tuple | list) else (item,)
            found.append(tuple(size(part, what, symbols) for part in pair))
        return tuple(found)
    return ((size(given, what, symbols),),)


def _single(name: str, entry: tuple[Expr, ...]) -> Expr:
    if len(entry) != 1:
        raise DefinitionError(f"the shape of {name} has a pair {tuple(map(str, entry))}: an axis has one size")
    return entry[0]


def _pairs(name: str, entries: tuple[tuple[Expr, ...], ...] | None, rank: int) -> tuple[Pair, ...]:
    if entries is None:
        return (NO_PADDING,) * rank
    if len(entries) != rank:
        raise DefinitionError(f"the padding of {name} has {len(entries)} entries, but {name} has {rank} axes")
    found = []
    for entry in entries:
        if len(entry) > 2:
            raise DefinitionError(
                f"the padding of {name}: {len(entry)} sizes for one axis; give one, or (before, after)"
            )
        found.append((entry[0], entry[-1]))
    return tuple(found)
