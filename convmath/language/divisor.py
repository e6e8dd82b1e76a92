"""What a term is divided by where it differs from output to output: how many values meet some inequalities.

    dX[n,c,t] = Σ_{i<o : o·t ≤ L·i + L − 1, …} G[n,c,i]/(Σ_{t'<L : o·t' ≤ L·i + L − 1, …} 1)

It is a sum of ones. The letters that it sums over are its own; the other indices in it are those of the term.
"""

from __future__ import annotations

from collections.abc import Mapping

from convmath.errors import DefinitionError
from convmath.language.substitute import Values
from convmath.language.tidy import put
from convmath.language.tree import Int, Read, Reduce, Relation, Sym, walk


def own_letters(count: Reduce | None) -> tuple[str, ...]:
    """The letters that run in the count alone."""
    return () if count is None else tuple(name for name, _ in count.ranges)


def put_in_count(count: Reduce | None, values: Values) -> Reduce | None:
    """The count with sizes, and indices of its term, replaced."""
    if count is None:
        return None
    ranges = tuple((name, put(size, values)) for name, size in count.ranges)
    where = tuple(Relation(put(r.left, values), r.op, put(r.right, values)) for r in count.where)
    return Reduce(count.kind, ranges, count.body, where)


def renamed_count(count: Reduce | None, names: Mapping[str, str]) -> Reduce | None:
    """The count with letters renamed, its own among them."""
    if count is None:
        return None
    moved = put_in_count(count, {old: Sym(new) for old, new in names.items()})
    assert moved is not None, "a count stays one"
    return Reduce(
        moved.kind, tuple((names.get(name, name), size) for name, size in moved.ranges), moved.body, moved.where
    )


def check_count(count: Reduce | None) -> None:
    """Holds a divisor to its form.

    Raises:
        DefinitionError: it is no sum of ones where inequalities hold.
    """
    if count is None:
        return
    sides = [side for relation in count.where for side in (relation.left, relation.right)]
    sides += [size for _, size in count.ranges]
    plain = count.kind == "sum" and count.body == Int(1) and all(relation.op == "≤" for relation in count.where)
    if not plain or any(isinstance(node, Read | Reduce) for side in sides for node in walk(side)):
        raise DefinitionError(f"the divisor {count} is no count: it must be a sum of ones where inequalities hold")
