"""The border with SymPy: symbols that print as a textbook does, expressions in, expressions out.

SymPy is imported only where one of its objects is in play.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from convmath.errors import ParseError, UnsupportedError
from convmath.language.limits import DEEPEST, HIGHEST_DEGREE, check_size
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
    Reduce,
    Sym,
    letters_of,
    negative,
    walk,
)

if TYPE_CHECKING:
    import sympy

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
    if not isinstance(names, str):
        raise ParseError(f"symbols() takes the letters as a text, as in symbols('H W'); found {names!r}")
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


def from_sympy(value: Any, what: str, symbols: Symbols) -> Expr:
    """A SymPy expression as a tree; the symbols met are kept in ``symbols``.

    Raises:
        ParseError: it holds something that a size cannot hold.
    """
    return check_size(_read(value, what, symbols, 0), what)


def _read(node: Any, what: str, symbols: Symbols, depth: int) -> Expr:
    import sympy

    def inner(part: Any) -> Expr:
        return _read(part, what, symbols, depth + 1)

    if depth > DEEPEST:
        raise ParseError(f"{what} nests deeper than {DEEPEST} levels: write it flatter")
    match node:
        case sympy.Symbol():
            return _letter(node, what, symbols)
        case sympy.Integer():
            return Int(int(node))
        case sympy.Rational():
            return Ratio(Int(int(node.p)), Int(int(node.q)))
        case sympy.Add() if (fraction := node.as_numer_denom())[1] != 1:  # k/2 − 1/2 is (k − 1)/2
            return Ratio(inner(fraction[0]), inner(fraction[1]))
        case sympy.Add():
            terms = [inner(term) for term in node.as_ordered_terms()]
            return sum(terms[1:], terms[0])
        case sympy.Mul():
            return _product(node, inner)
        case sympy.Pow(exp=sympy.Integer()) if abs(int(node.exp)) <= HIGHEST_DEGREE:
            return _power(inner(node.base), int(node.exp))
        case sympy.floor() | sympy.ceiling() | sympy.Min() | sympy.Max():
            return _rounded(node, [inner(arg) for arg in node.args])
    kind = type(node).__name__
    raise ParseError(
        f"{what} holds a {kind}: sizes are built from integers, letters, + − * /, floor, ceiling, Min, Max"
    )


def _rounded(node: Any, parts: list[Expr]) -> Expr:
    import sympy

    if isinstance(node, sympy.Min):
        return Least(tuple(parts))
    if isinstance(node, sympy.Max):
        return negative(Least(tuple(map(negative, parts))))
    return Floor(parts[0]) if isinstance(node, sympy.floor) else Ceil(parts[0])


def _power(base: Expr, exponent: int) -> Expr:
    power = base if abs(exponent) == 1 else Pow(base, abs(exponent))
    return power if exponent > 0 else Ratio(Int(1), power)


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
        UnsupportedError: it holds a maximum over an index that could not be resolved.
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
            case Mul((Int(-1), Least(options))):
                return sympy.Max(*(build(negative(option)) for option in options), evaluate=False)
            case Mul(factors):
                return sympy.Mul(*(build(factor) for factor in factors))
            case Pow(base, exponent):
                return build(base) ** exponent
            case Ratio(numerator, divisor):
                inverse = 1 / build(divisor)
                return sympy.Mul(inverse, build(numerator), evaluate=not inverse.is_Number)
            case Floor(argument):
                inside = build(argument)
                return sympy.floor(inside, evaluate=bool(inside.is_Number))
            case Ceil(argument):
                inside = build(argument)
                return sympy.ceiling(inside, evaluate=bool(inside.is_Number))
            case Least(options):
                return sympy.Min(*(build(option) for option in options), evaluate=False)
        raise _no_value(node)

    return build(expr)


def _no_value(node: Expr) -> UnsupportedError:
    """The refusal of an extreme over an index: no letter of it may be open, and yet there may be too many cases."""
    bound = {name for part in walk(node) if isinstance(part, Reduce) for name, _ in part.ranges}
    if letters_of(node) - bound:
        return UnsupportedError(f"no closed form of {node} is known with these letters: give numbers for them")
    return UnsupportedError(f"{node}: there are too many cases to try one by one, and no closed form is known")


def answer(expr: Expr, symbols: Mapping[str, Any]) -> Any:
    """What a user gets: a plain int where it is one, else a SymPy expression."""
    return expr.value if isinstance(expr, Int) else to_sympy(expr, symbols)
