"""A subscript, taken apart: s·i + d·u − p is {i: s, u: d} and the offset −p."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from convmath.language.polynomial import polynomial
from convmath.language.tidy import product, tidy, total
from convmath.language.tree import Add, Expr, Int, Mul, Sym, letters_of


def linear(expr: Expr, indices: Iterable[str]) -> tuple[Mapping[str, Expr], Expr] | None:
    """(slopes, offset) with expr = Σ slope·index + offset, or None where it is not of that form.

    >>> slopes, offset = linear(Sym("s") * Sym("i") - Sym("p"), {"i"})
    >>> str(slopes["i"]), str(offset)
    ('s', '−p')
    """
    return _linear(expr, frozenset(indices))


@lru_cache(maxsize=4096)
def _linear(expr: Expr, names: frozenset[str]) -> tuple[Mapping[str, Expr], Expr] | None:
    slopes: dict[str, list[Expr]] = {}
    offset: list[Expr] = []
    for term in _expanded(expr, names):
        inside = letters_of(term) & names
        if not inside:
            offset.append(term)
            continue
        slope = _slope(term, names)
        if slope is None:
            return None
        slopes.setdefault(slope[0], []).append(slope[1])
    gathered = {name: total(parts) for name, parts in slopes.items()}
    kept = {name: slope for name, slope in gathered.items() if polynomial(slope)}
    return MappingProxyType(kept), total(offset)


def _expanded(expr: Expr, names: frozenset[str]) -> list[Expr]:
    """The terms of ``expr``, with brackets that hold an index multiplied out."""
    expr = tidy(expr)
    if isinstance(expr, Add):
        return [part for term in expr.terms for part in _expanded(term, names)]
    if isinstance(expr, Mul):
        for position, factor in enumerate(expr.factors):
            if isinstance(factor, Add) and letters_of(factor) & names:
                others = [*expr.factors[:position], *expr.factors[position + 1 :]]
                return [part for term in factor.terms for part in _expanded(product([*others, term]), names)]
    return [expr]


def _slope(term: Expr, names: frozenset[str]) -> tuple[str, Expr] | None:
    """(index, factor) of one term, where it is one index times sizes."""
    factors = term.factors if isinstance(term, Mul) else (term,)
    found = [factor for factor in factors if isinstance(factor, Sym) and factor.name in names]
    rest = [factor for factor in factors if factor not in found]
    if len(found) != 1 or any(letters_of(factor) & names for factor in rest):
        return None
    index = found[0]
    assert isinstance(index, Sym)
    return index.name, product(rest) if rest else Int(1)
