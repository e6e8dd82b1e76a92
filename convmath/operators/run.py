"""Running an operator on arrays: which array is which, what the sizes are, and then the definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convmath.derive.extent import extents
from convmath.errors import ShapeError
from convmath.evaluate import evaluate
from convmath.language.definition import Definition
from convmath.language.tidy import put
from convmath.language.tree import Expr, Int, Sym, letters_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convmath.operators.operator import Operator


def run(operator: Operator, arrays: Sequence[NDArray[Any]], named: Mapping[str, Any]) -> NDArray[Any]:
    """The output of ``operator`` on these arrays; see :meth:`Operator.__call__`."""
    import numpy as np

    given = _named(operator, arrays, named)
    ready = {name: np.asarray(given[name]) for name in given if name in operator.general.arrays}
    shapes = tuple((name, array.shape) for name, array in ready.items())
    sizes = tuple((name, value) for name, value in given.items() if name not in operator.general.arrays)
    definition, extent = concrete(operator, shapes, sizes)
    return evaluate(definition, extent, ready)


def _named(operator: Operator, arrays: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    order = [tensor.name for tensor in operator.general.tensors]
    if len(arrays) > len(order):
        raise ShapeError(
            f"{operator.name} takes {len(order)} arrays ({', '.join(order)}), but {len(arrays)} were given"
        )
    given = dict(zip(order, arrays, strict=False))
    for name, value in named.items():
        if name in given:
            raise ShapeError(f"{operator.name}: {name} was given twice, by place and by name")
        given[name] = value
    missing = [name for name in order if name not in given]
    if missing:
        raise ShapeError(f"{operator.name} needs the arrays {', '.join(order)}: {', '.join(missing)} is missing")
    return given


@lru_cache(maxsize=256)
def concrete(
    operator: Operator, shapes: tuple[tuple[str, tuple[int, ...]], ...], sizes: tuple[tuple[str, Any], ...]
) -> tuple[Definition, tuple[int, ...]]:
    """The definition with every size a number, and the output's shape."""
    bound, _ = operator.bound(dict(shapes), dict(sizes))
    missing = [letter for letter in operator.general.sizes if letters_of(bound.get(letter, Sym(letter)))]
    if missing:
        names = ", ".join(missing)
        raise ShapeError(f"{operator.name}: no array says what {names} is; give it by name, as in {missing[0]}=1")
    size = tuple(_number(put(extent, bound)) for extent in extents(operator.general))
    # A user's letter may be called like an index of the formula, which stays one.
    sizes_only = {letter: bound[letter] for letter in operator.general.sizes if letter in bound}
    return operator.general.substitute(sizes_only), size


def _number(expr: Expr) -> int:
    assert isinstance(expr, Int), "every letter has a number"
    return expr.value
