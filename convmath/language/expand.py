"""An expression multiplied out, in the order in which its letters appear."""

from __future__ import annotations

from collections.abc import Mapping

from convmath.language.monomials import Monomial
from convmath.language.polynomial import polynomial
from convmath.language.tree import Expr, Int, Mul, Pow, Ratio, Sym, walk


def expanded(expr: Expr) -> Expr | None:
    """``expr`` multiplied out, its terms in the order of their letters; None where it is not all letters."""
    poly = polynomial(expr)
    order = {node.name: place for place, node in reversed(list(enumerate(walk(expr)))) if isinstance(node, Sym)}
    whole = {monomial: value for monomial, value in poly.terms.items() if isinstance(value, int)}
    if any(name not in order for name in poly.atoms()) or len(whole) < len(poly.terms):
        return None
    terms = sorted(whole.items(), key=lambda item: (not item[0], sorted(order[name] for name, _ in item[0])))
    found: Expr | None = None
    for monomial, value in terms:
        term = _monomial(monomial, value, order)
        found = term if found is None else found + term
    return found or Int(0)


def _monomial(monomial: Monomial, value: int, order: Mapping[str, int]) -> Expr:
    top: list[Expr] = [] if value == 1 else [Int(value)]
    bottom: list[Expr] = []
    for name, power in sorted(monomial, key=lambda item: order[item[0]]):
        (top if power > 0 else bottom).append(Sym(name) if abs(power) == 1 else Pow(Sym(name), abs(power)))
    numerator = Int(1) if not top else top[0] if len(top) == 1 else Mul(tuple(top))
    if not bottom:
        return numerator
    return Ratio(numerator, bottom[0] if len(bottom) == 1 else Mul(tuple(bottom)))
