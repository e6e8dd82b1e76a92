"""The letters of a formula and the letters of a user, brought together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from convmath.errors import DefinitionError
from convmath.language.definition import Definition
from convmath.language.letters import fresh
from convmath.language.tree import Ceil, Expr, Floor, Ratio, Relation, Sym, children, letters_of


def in_the_users_letters(general: Definition, values: Mapping[str, Expr]) -> tuple[Definition, dict[str, Expr]]:
    """The definition with the letters that the user named, and the values that are left.

    A value that is one letter renames the formula's letter; the first to claim a name has it, and the
    name of an index is nobody's. A size of the formula whose letter the user gave to something else
    gives way and gets a prime.
    """
    users = {letter for value in values.values() for letter in letters_of(value)}
    names: dict[str, str] = {}
    for letter, value in values.items():
        if isinstance(value, Sym) and value.name not in general.indices and value.name not in names.values():
            names[letter] = value.name
    taken = set(general.sizes) | general.indices | users
    for letter in general.sizes:
        if letter in users and letter not in names:
            names[letter] = fresh(letter + "'", taken)
            taken.add(names[letter])
    changed = {old: new for old, new in names.items() if old != new}
    gone = {letter for letter, value in values.items() if value == Sym(names.get(letter, ""))}
    left = {names.get(letter, letter): value for letter, value in values.items() if letter not in gone}
    return general.renamed(changed), left


def with_given_names(
    general: Definition, given: Mapping[str, Expr], values: Mapping[str, Expr]
) -> tuple[dict[str, str], dict[str, Expr]]:
    """What a question calls the open letters of the definition, and the values that are left.

    A name that the definition, or another value, uses already is not taken over: it stays a value.
    """
    taken = set(general.sizes) | general.indices
    taken |= {letter for name, value in values.items() if name not in given for letter in letters_of(value)}
    names: dict[str, str] = {}
    for letter, value in given.items():
        free = isinstance(value, Sym) and (value.name == letter or value.name not in taken)
        if isinstance(value, Sym) and free and value.name not in names.values() and letter in general.sizes:
            names[letter] = value.name
    changed = {old: new for old, new in names.items() if old != new}
    left = {letter: value for letter, value in values.items() if letter not in names}
    return changed, left


def with_divisions(name: str, general: Definition, values: Mapping[str, Expr]) -> Definition:
    """The definition with what the user's divisions need: padding = (k − 1)/2 needs 2 ∣ k − 1.

    Raises:
        DefinitionError: a number is no integer.
    """
    needed = dict.fromkeys(
        Relation(node.divisor, "∣", node.numerator) for value in values.values() for node in _exact(value)
    )
    for relation in needed:
        if not letters_of(relation.left, relation.right):
            raise DefinitionError(f"{name}: {relation.right}/{relation.left} is no integer")
    new = tuple(relation for relation in needed if relation not in general.given)
    return replace(general, given=(*general.given, *new)) if new else general


def _exact(expr: Expr) -> list[Ratio]:
    """The divisions that no floor rounds."""
    if isinstance(expr, Floor | Ceil):
        return []
    own = [expr] if isinstance(expr, Ratio) else []
    return own + [node for child in children(expr) for node in _exact(child)]
