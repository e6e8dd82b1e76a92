"""Operators that are no index sum: they have their shape and their parameters, and refuse the rest by name.

The formula of an opaque operator says which entries of which arrays the function stands around, and so how large its
output is and how many parameters it has: softmax(X[n,c]). It is not evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convmath.language.around import Around
from convmath.language.functions import Function
from convmath.operators.declare import declare
from convmath.operators.operator import Operator


class Opaque(Operator):
    """An operator without an index sum.

    Attributes:
        kept: an operator that reads every array that is kept beside the parameters and not learned, or None.
    """

    kept: Operator | None = None

    def buffers(self, **sizes: Any) -> Any:
        """How many numbers are kept and not learned, such as running means: the entries of those arrays."""
        return 0 if self.kept is None else self.kept.parameters(**sizes)


def opaque(
    name: str,
    function: str,
    formula: str,
    shapes: Mapping[str, Any],
    kept: Mapping[str, str] | None = None,
    *,
    padding: Mapping[str, Any] | None = None,
    inputs: tuple[str, ...] = ("X",),
    ranges: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Opaque:
    """``declare`` for an operator whose right side lists what its function reads: X[n,c] + W[c] is f(X[n,c], W[c]).

    ``kept`` has the shapes of the arrays that are kept and not learned.
    """
    around = Around(result=Function(function))
    made = declare(name, formula, shapes, padding or {}, inputs, ranges=ranges, values=values, around=around)
    found = Opaque(name, made.general, made.values, made.symbols)
    if kept:
        reads = " + ".join(f"{array}[{shape.lower()}]" for array, shape in kept.items())
        sized = {array: shape or () for array, shape in kept.items()}
        found.kept = declare(f"what {name} keeps", f"Y[c] = {reads}", sized, {}, (), values=values)
    return found
