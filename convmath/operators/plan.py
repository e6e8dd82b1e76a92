"""Derived sizes, ready to be asked for again and again with plain ints.

The derivation is made once. What it found is kept as small tuples of integers, so that asking for
another shape makes no tree and no SymPy object. Whatever is not plain (a letter, a NumPy integer, a
size that does not fit) is left to the full path, which explains itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from convmath.derive.conditions import assumptions
from convmath.derive.extent import extents
from convmath.language.definition import Definition
from convmath.language.polynomial import polynomial
from convmath.language.tidy import put
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
    Relation,
    Sym,
    children,
    letters_of,
)

Size = Callable[[tuple[int, ...]], int]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to get an output shape from one input shape of plain ints."""

    rank: int
    fixed: tuple[tuple[int, int], ...]
    least: tuple[tuple[int, int], ...]
    sizes: tuple[Size, ...]

    def __call__(self, shape: object) -> tuple[int, ...] | None:
        """The output shape, or None where the full path must answer."""
        if type(shape) is not tuple or len(shape) != self.rank:
            return None
        for item in shape:
            if type(item) is not int:
                return None
        for axis, value in self.fixed:
            if shape[axis] != value:
                return None
        for axis, value in self.least:
            if shape[axis] < value:
                return None
        return tuple([size(shape) for size in self.sizes])


def make_plan(definition: Definition, values: Mapping[str, Expr]) -> Plan | None:
    """The plan for an operator with one input, or None where some letter is not given by its shape."""
    if len(definition.inputs) != 1:
        return None
    tensor = definition.arrays[definition.inputs[0]]
    axes: dict[str, int] = {}
    fixed = []
    for axis, item in enumerate(tensor.shape):
        wanted = put(item, values)
        if isinstance(wanted, Int):
            fixed.append((axis, wanted.value))
        elif isinstance(wanted, Sym) and wanted.name not in values and wanted.name not in axes:
            axes[wanted.name] = axis
        else:
            return None
    sizes = [put(size, values) for size in extents(definition)]
    if any(letters_of(size) - axes.keys() or not _is_simple(size) for size in sizes):
        return None
    least = [_least(relation, values, axes) for relation in assumptions(definition)]
    if any(bound is None for bound in least):
        return None
    bounds: dict[int, int] = {}
    for pair in least:
        for axis, value in pair or ():
            bounds[axis] = max(value, bounds.get(axis, value))
    return Plan(len(tensor.shape), tuple(fixed), tuple(bounds.items()), tuple(_compiled(size, axes) for size in sizes))


def _least(relation: Relation, values: Mapping[str, Expr], axes: Mapping[str, int]) -> list[tuple[int, int]] | None:
    """The relation as least values of single axes, [] where it holds anyway, None where it is neither."""
    left, right = put(relation.left, values), put(relation.right, values)
    if relation.op == "∣":
        return [] if isinstance(left, Int) and isinstance(right, Int) and right.value % left.value == 0 else None
    slack = polynomial(right) - polynomial(left) if relation.op == "≤" else polynomial(left) - polynomial(right)
    number = slack.value()
    if number is not None:
        return [] if number >= 0 and relation.op != "=" else None
    (name, *others) = slack.atoms()
    form = slack.split(name)
    if others or form is None or name not in axes:
        return None
    slope, rest = form[0].value(), form[1].value()
    if slope is None or rest is None or slope <= 0 or relation.op == "=":
        return None
    return [(axes[name], -int(rest // slope))]


def _is_simple(expr: Expr) -> bool:
    """Whether every division stands directly inside a floor, so that // is exact."""
    match expr:
        case Floor(Ratio(numerator, divisor)):
            return _is_simple(numerator) and _is_simple(divisor)
        case Floor() | Ceil() | Ratio():
            return False
    return all(_is_simple(child) for child in children(expr))


def _compiled(expr: Expr, axes: Mapping[str, int]) -> Size:
    """``expr`` as a function of the shape; the common forms are one call deep."""
    match expr:
        case Int(number):
            return lambda shape: number
        case Sym(name):
            axis = axes[name]
            return lambda shape: shape[axis]
        case Add((Sym(name), Int(number))):
            axis = axes[name]
            return lambda shape: shape[axis] + number
        case Add((Floor(Ratio(Add((Sym(name), Int(inner))), Int(divisor))), Int(number))):
            axis = axes[name]
            return lambda shape: (shape[axis] + inner) // divisor + number
        case Add((Floor(Ratio(Sym(name), Int(divisor))), Int(number))):
            axis = axes[name]
            return lambda shape: shape[axis] // divisor + number
        case Add(items) | Mul(items) | Least(items):
            return _joined(expr, [_compiled(item, axes) for item in items])
        case Pow(base, exponent):
            inside = _compiled(base, axes)
            return lambda shape: inside(shape) ** exponent
        case Floor(Ratio(numerator, below)):
            top, bottom = _compiled(numerator, axes), _compiled(below, axes)
            return lambda shape: top(shape) // bottom(shape)
    raise AssertionError(f"{expr} is no size")


def _joined(expr: Expr, parts: list[Size]) -> Size:
    if isinstance(expr, Add):
        return lambda shape: sum([part(shape) for part in parts])
    if isinstance(expr, Least):
        return lambda shape: min([part(shape) for part in parts])

    def product(shape: tuple[int, ...]) -> int:
        result = 1
        for part in parts:
            result *= part(shape)
        return result

    return product
