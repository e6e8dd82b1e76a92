"""Expressions, kept as a person writes them.

A node is a value: immutable, equal when written alike, and never rearranged behind your back. The
order of the terms is the order on the page, in every format. Whether two *differently written*
expressions are equal is decided by :mod:`convmath.language.polynomial`, never by ``==``.

>>> H, p = Sym("H"), Sym("p")
>>> H + 2 * p - 1 == Add((H, Mul((Int(2), p)), Int(-1)))
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from convmath.language.functions import Function

Kind = Literal["sum", "max", "min", "mean"]
Ranges = tuple[tuple[str, "Expr"], ...]
"""Indices and how many values each takes: ``(("u", k),)`` is u = 0 … k − 1."""


class Expr:
    """A node of the tree. ``+ - *`` with integers and other nodes build larger trees."""

    __slots__ = ()

    def __add__(self, other: Expr | int) -> Expr:
        return Add((*_terms(self), *_terms(as_expr(other))))

    def __radd__(self, other: int) -> Expr:
        return as_expr(other) + self

    def __sub__(self, other: Expr | int) -> Expr:
        return Add((*_terms(self), negative(as_expr(other))))

    def __rsub__(self, other: int) -> Expr:
        return as_expr(other) - self

    def __mul__(self, other: Expr | int) -> Expr:
        return Mul((*_factors(self), *_factors(as_expr(other))))

    def __rmul__(self, other: int) -> Expr:
        return as_expr(other) * self

    def __str__(self) -> str:
        from convmath.language.write import write

        return write(self)


@dataclass(frozen=True, slots=True)
class Int(Expr):
    """An integer of any size."""

    value: int


@dataclass(frozen=True, slots=True)
class Sym(Expr):
    """A size (H, k, s) or an index (i, u): a letter that stands for an integer."""

    name: str


@dataclass(frozen=True, slots=True)
class Add(Expr):
    """A sum of two or more terms, in the order written."""

    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Mul(Expr):
    """A product of two or more factors, in the order written."""

    factors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Pow(Expr):
    """A power with a fixed exponent ≥ 2."""

    base: Expr
    exponent: int


@dataclass(frozen=True, slots=True)
class Ratio(Expr):
    """An exact quotient; the divisor is positive wherever it is used."""

    numerator: Expr
    divisor: Expr


@dataclass(frozen=True, slots=True)
class Floor(Expr):
    """The greatest integer that is not above ``argument``."""

    argument: Expr


@dataclass(frozen=True, slots=True)
class Ceil(Expr):
    """The smallest integer that is not below ``argument``."""

    argument: Expr


@dataclass(frozen=True, slots=True)
class Least(Expr):
    """The smallest of several expressions."""

    options: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Read(Expr):
    """One entry of an array: ``X[n,c,s·i+u]``. Outside its shape it reads the padding."""

    array: str
    subscripts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Reduce(Expr):
    """A sum, maximum, minimum or mean of ``body`` over index ranges, where the ``where`` hold."""

    kind: Kind
    ranges: Ranges
    body: Expr
    where: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Apply(Expr):
    """A named function of one number: ``relu(X[n,c])``."""

    function: Function
    argument: Expr


@dataclass(frozen=True, slots=True, repr=False)
class Relation:
    """``left op right`` with op one of = < ≤ ≥ ∣ (divides)."""

    left: Expr
    op: Literal["=", "<", "≤", "≥", "∣"]
    right: Expr

    def __str__(self) -> str:
        from convmath.language.write import write_relation

        return write_relation(self)

    def __repr__(self) -> str:
        return f"<{self}>"


def as_expr(value: Expr | int) -> Expr:
    """An integer as a node; a node as it is."""
    return value if isinstance(value, Expr) else Int(value)


def negative(expr: Expr) -> Expr:
    """−expr, folded into a leading number where there is one, so that no double sign is written."""
    if isinstance(expr, Int):
        return Int(-expr.value)
    if isinstance(expr, Mul) and isinstance(expr.factors[0], Int):
        number, rest = expr.factors[0].value, expr.factors[1:]
        if number == -1:
            return rest[0] if len(rest) == 1 else Mul(rest)
        return Mul((Int(-number), *rest))
    return Mul((Int(-1), *_factors(expr)))


def _terms(expr: Expr) -> tuple[Expr, ...]:
    return expr.terms if isinstance(expr, Add) else (expr,)


def _factors(expr: Expr) -> tuple[Expr, ...]:
    return expr.factors if isinstance(expr, Mul) else (expr,)


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside, the ranges of a reduction and its conditions included."""
    match expr:
        case Add(items) | Mul(items) | Least(items) | Read(_, items):
            return items
        case Pow(base, _):
            return (base,)
        case Ratio(numerator, divisor):
            return (numerator, divisor)
        case Floor(argument) | Ceil(argument) | Apply(_, argument):
            return (argument,)
        case Reduce(_, ranges, body, where):
            sides = tuple(side for relation in where for side in (relation.left, relation.right))
            return (*(size for _, size in ranges), body, *sides)
        case _:
            return ()


def mapped(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same node with ``change`` made to each expression directly inside."""
    match expr:
        case Add(items) | Mul(items) | Least(items):
            return type(expr)(tuple(map(change, items)))
        case Pow(base, exponent):
            return Pow(change(base), exponent)
        case Ratio(numerator, divisor):
            return Ratio(change(numerator), change(divisor))
        case Floor(argument) | Ceil(argument):
            return type(expr)(change(argument))
        case Read(array, subscripts):
            return Read(array, tuple(map(change, subscripts)))
        case Apply(function, argument):
            return Apply(function, change(argument))
        case Reduce(kind, ranges, body, where):
            sizes = tuple((name, change(size)) for name, size in ranges)
            conditions = tuple(Relation(change(r.left), r.op, change(r.right)) for r in where)
            return Reduce(kind, sizes, change(body), conditions)
    return expr


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node, the root first."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def letters_of(*exprs: Expr) -> set[str]:
    """The names of all sizes and indices that occur, bound ones included."""
    found: set[str] = set()
    stack = list(exprs)
    while stack:
        node = stack.pop()
        if isinstance(node, Sym):
            found.add(node.name)
        elif not isinstance(node, Int):
            stack.extend(children(node))
    return found
