"""Sizes that one floor does not say: products of extents, sums of different ones, letters for kernels and strides."""

from __future__ import annotations

from functools import cached_property, reduce
from typing import Any

from convmath.errors import UnsupportedError
from convmath.language.monomials import Number, Polynomial
from convmath.language.polynomial import polynomial
from convmath.language.tidy import has_ratio, product, tidy, total
from convmath.language.tree import Add, Ceil, Expr, Floor, Int, Least, Mul, Pow, Ratio, Sym, letters_of
from convmath.network.extent import Extent, Size


class Form:
    """A size as an expression. Two are equal where their normal forms are."""

    def __init__(self, tree: Expr) -> None:
        self.tree = tree

    @cached_property
    def normal(self) -> Polynomial:
        """Its normal form."""
        return polynomial(self.tree)

    def __add__(self, other: Size) -> Size:
        return size_of(total([*_terms(self.tree), *_terms(tree_of(other))]))

    __radd__ = __add__

    def __sub__(self, other: Size) -> Size:
        return self + other * -1

    def __rsub__(self, other: int) -> Size:
        return self * -1 + other

    def __mul__(self, other: Size) -> Size:
        return size_of(product([self.tree, tree_of(other)]))

    __rmul__ = __mul__

    def __floordiv__(self, other: Size) -> Size:
        """⌊self/other⌋ for an ``other`` ≥ 1; a floor that stands inside is folded into it."""
        return simplest(size_of(divided(self.tree, tree_of(other))))

    def __rfloordiv__(self, other: int) -> Size:
        return size_of(divided(Int(other), self.tree))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Form) and self.normal == other.normal

    def __hash__(self) -> int:
        return hash(self.normal.key())

    def least(self, other: Size) -> Size:
        """The smaller of both."""
        mine, its = self.tree, tree_of(other)
        difference = (polynomial(its) - self.normal).value()
        if difference is None:
            difference = _apart(mine, its)
        if difference is not None:
            return self if difference >= 0 else other
        return simplest(Form(Least((mine, its))))

    def at(self, values: Any) -> Any:
        """The size at one value of each letter."""
        return evaluated(self.tree, values)

    def __str__(self) -> str:
        return str(self.tree)

    def __repr__(self) -> str:
        return str(self)


def simplest(size: Size) -> Size:
    """The size as one floor, where that says the same for every value of its letter."""
    from convmath.network.residues import in_one_floor

    return in_one_floor(size) if isinstance(size, Form) else size


def _apart(one: Expr, two: Expr) -> Number | None:
    """By how much the inside of a floor is larger in ``two``, where both are floors over one divisor: a floor grows."""
    first, second = _inside(one), _inside(two)
    if first is None or second is None or first[1] != second[1]:
        return None
    return (second[0] - first[0]).value()


def _inside(expr: Expr) -> tuple[Polynomial, Polynomial] | None:
    """⌊x/m⌋ + b as (x + m·b, m), where b is a whole number."""
    floors = [term for term in _terms(expr) if isinstance(term, Floor) and isinstance(term.argument, Ratio)]
    if len(floors) != 1 or not isinstance(floors[0].argument, Ratio):
        return None
    top, divisor = polynomial(floors[0].argument.numerator), polynomial(floors[0].argument.divisor)
    rest = [term for term in _terms(expr) if term is not floors[0]]
    return top + divisor * polynomial(total(rest)), divisor


def _terms(expr: Expr) -> tuple[Expr, ...]:
    return expr.terms if isinstance(expr, Add) else (expr,)


def tree_of(size: Size) -> Expr:
    """A size as an expression."""
    return Int(size) if isinstance(size, int) else size.tree


def size_of(expr: Expr) -> Size:
    """A number as an int, one letter's floor as an :class:`Extent`, anything else as a :class:`Form`."""
    match expr:
        case Int(value):
            return value
        case Sym(name):
            return Extent(name, 1, 0, 1, 1, 0)
        case Mul((Int(value), inner)):
            found = size_of(inner)
            return found * value if isinstance(found, Extent) else Form(expr)
        case Floor(Ratio(top, Int(divisor))):
            found = size_of(top)
            return found // divisor if isinstance(found, Extent) and found.times == 1 else Form(expr)
        case Add(terms):
            whole = total_of(list(map(size_of, terms)))
            return Form(expr) if whole is None else whole
    return Form(expr)


def total_of(parts: list[Size]) -> Size | None:
    """The sum, where it is a number or one floor."""
    whole: Size = 0
    for part in parts:
        if isinstance(part, Form) or isinstance(whole, Form):
            return None
        if isinstance(part, Extent) and isinstance(whole, Extent):
            alike = part.floor == whole.floor or (part.letter == whole.letter and part.period == whole.period == 1)
            if not alike:
                return None
        whole = part + whole
    return whole


def divided(top: Expr, divisor: Expr) -> Expr:
    """⌊top/divisor⌋: ⌊(⌊x/m⌋ + b)/s⌋ is ⌊(x + m·b)/(m·s)⌋; divisors of sizes are ≥ 1."""
    if isinstance(top, Int) and isinstance(divisor, Int):
        return Int(top.value // divisor.value)
    floors = [term for term in _terms(top) if isinstance(term, Floor) and isinstance(term.argument, Ratio)]
    if len(floors) == 1 and isinstance(floors[0].argument, Ratio):
        inside, period = floors[0].argument.numerator, floors[0].argument.divisor
        rest = total([term for term in _terms(top) if term is not floors[0]])
        if not has_ratio(rest) and not has_ratio(inside):
            return tidy(Floor(Ratio(total([inside, product([period, rest])]), product([period, divisor]))))
    return tidy(Floor(Ratio(top, divisor)))


def least(sizes: list[Any]) -> Any:
    """The smallest of some sizes."""
    return reduce(_smaller, sizes)


def _smaller(one: Any, two: Any) -> Any:
    for size, other in ((one, two), (two, one)):
        if isinstance(size, Extent | Form):
            return size.least(other)
    if isinstance(one, int) and isinstance(two, int):
        return min(one, two)
    import numpy as np

    return np.minimum(one, two)


def letters_in(size: Size) -> set[str]:
    """The letters of a size."""
    if isinstance(size, int):
        return set()
    return {size.letter} if isinstance(size, Extent) else letters_of(size.tree)


def evaluated(expr: Expr, values: Any) -> Any:
    """An expression at one value of each letter, in integers."""
    match expr:
        case Int(value):
            return value
        case Sym(name):
            return values[name]
        case Add(terms):
            return sum(evaluated(term, values) for term in terms)
        case Mul(factors):
            whole = 1
            for factor in factors:
                whole = whole * evaluated(factor, values)
            return whole
        case Pow(base, exponent):
            return evaluated(base, values) ** exponent
        case Floor(Ratio(top, below)):
            return evaluated(top, values) // evaluated(below, values)
        case Ceil(Ratio(top, below)):
            return -(-evaluated(top, values) // evaluated(below, values))
        case Least(options):
            return least([evaluated(option, values) for option in options])
        case Ratio(top, below):
            whole, left = divmod(evaluated(top, values), evaluated(below, values))
            if left == 0:
                return whole
    raise UnsupportedError(f"{expr} is no whole number here")
