"""Letters replaced in an expression, and nothing else changed."""

from __future__ import annotations

from collections.abc import Mapping

from convmath.language.tree import Expr, Reduce, Relation, Sym, mapped

Values = Mapping[str, Expr]


def substitute(expr: Expr, values: Values) -> Expr:
    """``expr`` with letters replaced, and nothing else changed: the line with the numbers put in."""
    if isinstance(expr, Sym):
        return values.get(expr.name, expr)
    if not isinstance(expr, Reduce):
        return mapped(expr, lambda part: substitute(part, values))
    sizes = tuple((name, substitute(size, values)) for name, size in expr.ranges)
    inside = {name: value for name, value in values.items() if name not in dict(expr.ranges)}
    where = tuple(Relation(substitute(r.left, inside), r.op, substitute(r.right, inside)) for r in expr.where)
    return Reduce(expr.kind, sizes, substitute(expr.body, inside), where)


def rename(expr: Expr, names: Mapping[str, str]) -> Expr:
    """``expr`` with free letters renamed."""
    return substitute(expr, {old: Sym(new) for old, new in names.items()})


def rename_all(expr: Expr, names: Mapping[str, str]) -> Expr:
    """``expr`` with letters renamed, those bound by a reduction too."""
    if isinstance(expr, Sym):
        return Sym(names.get(expr.name, expr.name))
    found = mapped(expr, lambda part: rename_all(part, names))
    if isinstance(found, Reduce):
        ranges = tuple((names.get(name, name), size) for name, size in found.ranges)
        return Reduce(found.kind, ranges, found.body, found.where)
    return found
