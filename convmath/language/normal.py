"""When two formulas are one operator: the same terms, whatever the order and the letters of their sums."""

from __future__ import annotations

from itertools import permutations
from itertools import product as choices

from convmath.errors import UnsupportedError
from convmath.language.definition import Definition
from convmath.language.polynomial import polynomial
from convmath.language.substitute import Values, rename
from convmath.language.tensor import Outside, Tensor
from convmath.language.tidy import product, put
from convmath.language.tree import Add, Apply, Expr, Int, Mul, Ratio, Read, Reduce, Relation

MOST_SUMS = 7
"""Bound indices that nothing tells apart are matched by trying every order; a formula with more is left undecided."""


def same_operator(left: Relation, right: Relation) -> bool:
    """Whether both formulas write the same places with equal terms. False means *not shown*."""
    return _key(left.left) == _key(right.left) and terms_key(left.right) == terms_key(right.right)


def same_outside(left: Definition, right: Definition, values: Values) -> bool:
    """Whether the arrays that both formulas read hold the same in their padding; unpadded ones hold nothing there."""
    common = left.arrays.keys() & right.arrays.keys()
    return all(_outside(left.arrays[name], values) == _outside(right.arrays[name], values) for name in common)


def _outside(tensor: Tensor, values: Values) -> Outside:
    padded = any(put(side, values) != Int(0) for pair in tensor.padding for side in pair)
    return tensor.outside if padded else "zeros"


def terms_key(expr: Expr) -> tuple[str, ...]:
    """A key that is equal for sums that differ by the order of terms, factors, sums and bound letters."""
    if isinstance(expr, Apply):  # a function of the whole right side
        return (expr.function.key, *terms_key(expr.argument))
    terms = expr.terms if isinstance(expr, Add) else (expr,)
    return tuple(sorted(_term_key(term) for term in terms))


def _term_key(term: Expr) -> str:
    if not isinstance(term, Reduce):
        return _body_key(term)
    if len(term.ranges) > MOST_SUMS:
        raise UnsupportedError(f"a sum over {len(term.ranges)} indices; at most {MOST_SUMS} are matched")
    marks = [_mark(term, name) for name, _ in term.ranges]
    alike = [[place for place, mark in enumerate(marks) if mark == one] for one in sorted(set(marks))]
    return min(_ordered_key(term, sum(order, ())) for order in choices(*map(permutations, alike)))


def _mark(term: Reduce, index: str) -> str:
    """What tells ``index`` from the other indices of the sum, whatever they are called."""
    names = {name: "#0" if name == index else "#" for name, _ in term.ranges}
    return f"{_key(dict(term.ranges)[index])} {_where_key(term, names)} {_body_key(rename(term.body, names))}"


def _where_key(term: Reduce, names: dict[str, str]) -> list[str]:
    return sorted(_key(rename(r.left, names)) + r.op + _key(rename(r.right, names)) for r in term.where)


def _ordered_key(term: Reduce, order: tuple[int, ...]) -> str:
    names = {term.ranges[place][0]: f"#{position}" for position, place in enumerate(order)}
    sizes = [_key(term.ranges[place][1]) for place in order]
    return f"{term.kind} {sizes} {_where_key(term, names)} {_body_key(rename(term.body, names))}"


def _body_key(body: Expr) -> str:
    if isinstance(body, Ratio) and isinstance(body.divisor, Reduce):  # its own letters are never those around it
        return f"{_body_key(body.numerator)} / {_key(body.divisor)}"
    factors = body.factors if isinstance(body, Mul) else (body,)
    reads = sorted(f"{f.array}[{'; '.join(map(_key, f.subscripts))}]" for f in factors if isinstance(f, Read))
    scale = product([f for f in factors if not isinstance(f, Read)] or [Int(1)])
    return f"{_key(scale)} {reads}"


def _key(expr: Expr) -> str:
    if isinstance(expr, Read):
        return f"{expr.array}[{'; '.join(map(_key, expr.subscripts))}]"
    return polynomial(expr).key()
