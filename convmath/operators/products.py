"""Two arrays at once: elementwise with broadcasting, matrix products, bilinear maps.

``input`` and ``other`` are shapes, in the place of the tensors: "N,C,H,W", or a tuple of sizes.
"""

from __future__ import annotations

from typing import Any

from convmath.errors import DefinitionError
from convmath.language.polynomial import equal
from convmath.operators.axes import check_flag
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.operator import Operator
from convmath.operators.shapes import broadcast, named_axes, read_at, read_shape, shown, shown_shape, tree

Shape = tuple[Any, ...]


def _elementwise(name: str, sign: str, input: Any, other: Any) -> Operator:
    first, second = read_shape(input, f"{name}: input"), read_shape(other, f"{name}: other")
    whole = broadcast(first, second, name)
    axes = named_axes(len(whole))
    (x, at_x), (z, at_z) = read_at(first, axes, whole), read_at(second, axes, whole)
    return declare(
        name,
        f"Y[{','.join(index for _, index in axes)}] = X[{at_x}] {sign} Z[{at_z}]",
        {"X": x or (), "Z": z or ()},
        {},
        inputs=("X", "Z"),
        values={letter: value for (letter, _), value in zip(axes, whole, strict=True)},
    )


@remembered
def add(input: Any, other: Any) -> Operator:
    """The sum of two arrays; missing axes and axes of size 1 are broadcast, from the last axis on.

    Raises:
        DefinitionError: two sizes differ, and neither is 1.
    """
    return _elementwise("add", "+", input, other)


@remembered
def sub(input: Any, other: Any) -> Operator:
    """The difference of two arrays; missing axes and axes of size 1 are broadcast, from the last axis on.

    Raises:
        DefinitionError: two sizes differ, and neither is 1.
    """
    return _elementwise("sub", "-", input, other)


@remembered
def mul(input: Any, other: Any) -> Operator:
    """The product of two arrays, entry by entry; missing axes and axes of size 1 are broadcast.

    Raises:
        DefinitionError: two sizes differ, and neither is 1.
    """
    return _elementwise("mul", "*", input, other)


@remembered
def matmul(input: Any, other: Any) -> Operator:
    """The matrix product of the last two axes of two arrays; the axes before them are broadcast.

    As in PyTorch an array of one axis is a row on the left and a column on the right, and the axis is not kept.

    Raises:
        DefinitionError: the inner sizes differ, an array has no axis, or the other axes do not broadcast.
    """
    first, second = read_shape(input, "matmul: input"), read_shape(other, "matmul: other")
    if not first or not second:
        raise DefinitionError("matmul: both arguments to matmul need to be at least 1D, but one is a number. Use mul.")
    rows, columns = first[-2:-1], second[-1:] if len(second) > 1 else ()
    _check_inner(first, second)
    whole = broadcast(first[:-2], second[:-2], "matmul")
    axes = named_axes(len(whole), spatial=False)
    (x, at_x), (z, at_z) = read_at(first[:-2], axes, whole), read_at(second[:-2], axes, whole)
    left, right = ("I" if rows else ""), ("J" if columns else "")
    values = dict(zip([letter for letter, _ in axes], whole, strict=True)) | {"K": first[-1]}
    values |= dict(zip(left + right, (*rows, *columns), strict=True))
    places = [index for _, index in axes] + list((left + right).lower())
    return declare(
        "matmul",
        f"Y[{','.join(places)}] = X[{_joined(at_x, left.lower(), 'k')}] * Z[{_joined(at_z, 'k', right.lower())}]",
        {"X": _joined(x, left, "K"), "Z": _joined(z, "K", right)},
        {},
        inputs=("X", "Z"),
        values=values,
    )


def _joined(*parts: str) -> str:
    return ",".join(part for part in parts if part)


def _check_inner(first: Shape, second: Shape) -> None:
    inner = second[-2] if len(second) > 1 else second[-1]
    if not equal(tree(first[-1]), tree(inner)):
        one = f"{shown(first[-2])}x{shown(first[-1])}" if len(first) > 1 else f"1x{shown(first[-1])}"
        two = f"{shown(inner)}x{shown(second[-1])}" if len(second) > 1 else f"{shown(inner)}x1"
        raise DefinitionError(
            f"matmul: mat1 and mat2 shapes cannot be multiplied ({one} and {two}): input is {shown_shape(first)} and "
            f"other is {shown_shape(second)}, and the {shown(first[-1])} columns of the one meet the {shown(inner)} "
            "rows of the other. Make the two sizes equal."
        )


@remembered
def bilinear(in1_features: Any, in2_features: Any, out_features: Any, bias: bool = True) -> Operator:
    """The bilinear map of X (N, in1_features) and Z (N, in2_features).

    The weight is (out_features, in1_features, in2_features).

    Raises:
        DefinitionError: an argument is out of range.
    """
    check_flag("bilinear", "bias", bias)
    return declare(
        "bilinear",
        "Y[n,o] = " + ("b[o] + " if bias else "") + "W[o,c,e] * X[n,c] * Z[n,e]",
        {"X": "N,C", "Z": "N,E", "W": "O,C,E"} | ({"b": "O"} if bias else {}),
        {},
        inputs=("X", "Z"),
        values={"C": in1_features, "E": in2_features, "O": out_features},
    )
