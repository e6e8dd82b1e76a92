"""The border with SymPy and Python numbers: what a user may give as a size, and what they get back.

Inside, a size is one of our trees. A user gives an int, a NumPy integer, a SymPy expression or a
text, and gets plain ints or SymPy expressions. SymPy is imported only where one of its objects is
in play.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from convmath.errors import ParseError
from convmath.language.limits import MOST_DIGITS, check_size
from convmath.language.parse import parse_expr
from convmath.language.tokens import NAME
from convmath.language.tree import (
    Add,
    Ceil,
    Expr,
    Floor,
    Int,
    Least,
    Mul,
    Pow,
    Ratio,
    Sym,
    negative,
    walk,
)

if TYPE_CHECKING:
    import sympy

LARGEST = 10**MOST_DIGITS
Symbols = dict[str, Any]
"""Letters and the SymPy symbols that a user gave for them."""


@cache
def _size_class() -> type:
    import sympy

    class Size(sympy.Symbol):  # type: ignore[misc]  # sympy ships no types for Symbol's metaclass
        """An integer symbol that SymPy's own printers put where a textbook does.

        The size first, then padding, dilation, kernel and stride: H + 2*p - d*(k - 1) - 1.
        """

        __slots__ = ()

        def sort_key(self, order: str | None = None) -> Any:
            rank = 0 if self.name[0].isupper() else "pdks".find(self.name[0]) % 9 + 1
            return self.class_key(), (1, (f"{rank}{self.name}",)), sympy.S.One.sort_key(), sympy.S.One

    return Size


def symbols(names: str) -> Any:
    """SymPy symbols for sizes, by name: ``H, W = symbols("H W")``; one name gives one symbol.

    They are integers. Any name is an ordinary letter, ``E``, ``I``, ``N``, ``S`` and ``lambda`` too.

    Raises:
        ParseError: a name is not a letter followed by letters, digits or underscores.
    """
    found = [symbol(name) for name in names.replace(",", " ").split()]
    if not found:
        raise ParseError("symbols() was given no name: write the letters with spaces, as in symbols('H W')")
    return found[0] if len(found) == 1 else tuple(found)


@cache
def symbol(name: str) -> sympy.Symbol:
    """The SymPy symbol for one letter."""
    if not NAME.match(name):
        raise ParseError(f"{name[:60]!r} is not a letter: a name is letters, digits and _, and starts with a letter")
    return _size_class()(name, integer=True)


def size(value: object, what: str, symbols: Symbols | None = None) -> Expr:
    """``value`` as a tree; the SymPy symbols met are kept in ``symbols``.

    Raises:
        ParseError: it is no integer and no expression in the language.
    """
    if type(value) is int:
        return _integer(value, what)
    if isinstance(value, Expr):
        return check_size(value, what)
    if isinstance(value, str):
        return parse_expr(value)
    if isinstance(value, bool | float):
        raise ParseError(f"{what} is {value!r}, a {type(value).__name__}: a size is an integer or a letter")
    if hasattr(value, "free_symbols"):
        return _from_sympy(value, what, {} if symbols is None else symbols)
    try:
        return _integer(operator.index(value), what)  # type: ignore[arg-type]  # NumPy's integers answer
    except TypeError:
        raise ParseError(f"{what} is {value!r}, a {type(value).__name__}: a size is an integer or a letter") from None


def _integer(value: int, what: str) -> Int:
    if abs(value) >= LARGEST:
        raise ParseError(
            f"{what} is an integer of more than {MOST_DIGITS} digits: the largest that is read has {MOST_DIGITS}"
        )
    return Int(value)


def shown(value: object) -> str:
    """A user's value for a message: short, and never longer to write than to read."""
    if isinstance(value, int) and abs(value) >= LARGEST:
        return f"an integer of more than {MOST_DIGITS} digits"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _from_sympy(value: Any, what: str, symbols: Symbols) -> Expr:
    import sympy

    def read(node: Any, depth: int) -> Expr:
        if depth > 40:
            raise ParseError(f"{what} nests deeper than 40 levels: write it flatter")
        if isinstance(node, sympy.Symbol):
            return _letter(node, what, symbols)
        if isinstance(node, sympy.Integer):
            return Int(int(node))
        if isinstance(node, sympy.Rational):
            return Ratio(Int(int(node.p)), Int(int(node.q)))
        if isinstance(node, sympy.Add):
            first, *rest = (read(arg, depth + 1) for arg in node.as_ordered_terms())
            total = first
            for term in rest:
                total = total + term
            return total
        if isinstance(node, sympy.Mul):
            return _product(node, lambda part: read(part, depth + 1))
        if isinstance(node, sympy.Pow) and isinstance(node.exp, sympy.Integer) and abs(int(node.exp)) <= 16:
            base, exponent = read(node.base, depth + 1), abs(int(node.exp))
            power = base if exponent == 1 else Pow(base, exponent)
            return power if node.exp > 0 else Ratio(Int(1), power)
        if isinstance(node, sympy.floor | sympy.ceiling):
            inside = read(node.args[0], depth + 1)
            return Floor(inside) if isinstance(node, sympy.floor) else Ceil(inside)
        if isinstance(node, sympy.Min):
            return Least(tuple(read(arg, depth + 1) for arg in node.args))
        shown = type(node).__name__
        raise ParseError(
            f"{what} holds a {shown}: sizes are built from integers, letters, + − * /, floor, ceiling, Min"
        )

    return check_size(read(value, 0), what)


def _product(node: Any, read: Any) -> Expr:
    """A SymPy product, with its negative powers gathered into one divisor."""
    numerator, divisor = node.as_numer_denom() if not node.is_Rational else (node, 1)
    if divisor != 1:
        return Ratio(read(numerator), read(divisor))
    factors = [read(arg) for arg in node.as_ordered_factors()]
    if factors[0] == Int(-1):
        rest = factors[1] if len(factors) == 2 else Mul(tuple(factors[1:]))
        return negative(rest)
    return Mul(tuple(factors))


def _letter(node: Any, what: str, symbols: Symbols) -> Expr:
    name = node.name
    if not NAME.match(name):
        raise ParseError(f"{what} uses a symbol named {name[:40]!r}: a name is letters, digits and _")
    if node.is_integer is False:
        raise ParseError(f"{what} uses {name}, which is declared not to be an integer: a size is an integer")
    if symbols.setdefault(name, node) != node:
        raise ParseError(f"{what} uses two different symbols that are both called {name}: use one of them")
    return Sym(name)


def to_sympy(expr: Expr, symbols: Mapping[str, Any]) -> Any:
    """``expr`` as a SymPy expression, left in the order and the form in which it is written.

    Raises:
        ParseError: it holds a node that is no size (an array entry, a sum over indices).
    """
    import sympy

    def build(node: Expr) -> Any:
        match node:
            case Int(value):
                return sympy.Integer(value)
            case Sym(name):
                return symbols.get(name) or symbol(name)
            case Add(terms):
                return sympy.Add(*(build(term) for term in terms))
            case Mul(factors):
                return sympy.Mul(*(build(factor) for factor in factors))
            case Pow(base, exponent):
                return build(base) ** exponent
            case Ratio(numerator, divisor):
                inverse = 1 / build(divisor)
                return sympy.Mul(inverse, build(numerator), evaluate=not inverse.is_Number)
            case Floor(argument):
                return sympy.floor(build(argument), evaluate=False)
            case Ceil(argument):
                return sympy.ceiling(build(argument), evaluate=False)
            case Least(options):
                return sympy.Min(*(build(option) for option in options))
        raise ParseError(f"{node} is no size")

    return build(expr)


def answer(expr: Expr, symbols: Mapping[str, Any]) -> Any:
    """What a user gets: a plain int where it is one, else a SymPy expression."""
    return expr.value if isinstance(expr, Int) else to_sympy(expr, symbols)


def is_numeric(expr: Expr) -> bool:
    """Whether no letter occurs."""
    return not any(isinstance(node, Sym) for node in walk(expr))
