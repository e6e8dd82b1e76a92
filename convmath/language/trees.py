"""Expressions as nested lists, ``["+", "H", ["*", 2, "p"], -1]``, and back, node by node."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, get_args

from convmath.errors import ParseError, UnsupportedError
from convmath.language.functions import Function, Number
from convmath.language.limits import DEEPEST, check_size
from convmath.language.parse import LARGEST_POWER
from convmath.language.tokens import LONGEST_NAME, LONGEST_NUMBER, NAME
from convmath.language.tree import (
    Add,
    Apply,
    Ceil,
    Expr,
    Floor,
    Int,
    Kind,
    Least,
    Mul,
    Pow,
    Ratio,
    Read,
    Reduce,
    Relation,
    Sym,
)

_SEVERAL: dict[str, Callable[[tuple[Expr, ...]], Expr]] = {"+": Add, "*": Mul, "min": Least}
_ROUNDED: dict[str, Callable[[Expr], Expr]] = {"floor": Floor, "ceil": Ceil}


def write_tree(expr: Expr) -> Any:
    """``expr`` as JSON data: a number is an int, a letter a text, anything else a list that starts with its kind."""
    match expr:
        case Int(value):
            return value if abs(value) < 2**53 else ["integer", str(value)]
        case Sym(name):
            return name
        case Add(items):
            return ["+", *map(write_tree, items)]
        case Mul(items):
            return ["*", *map(write_tree, items)]
        case Least(items):
            return ["min", *map(write_tree, items)]
        case Pow(base, exponent):
            return ["^", write_tree(base), exponent]
        case Ratio(numerator, divisor):
            return ["/", write_tree(numerator), write_tree(divisor)]
        case Floor(argument):
            return ["floor", write_tree(argument)]
        case Ceil(argument):
            return ["ceil", write_tree(argument)]
        case Read(array, subscripts):
            return ["read", array, *map(write_tree, subscripts)]
        case Apply(function, argument):
            return ["apply", write_function(function), write_tree(argument)]
        case Reduce(kind, ranges, body, where):
            conditions = [[write_tree(r.left), r.op, write_tree(r.right)] for r in where]
            return ["reduce", kind, [[n, write_tree(s)] for n, s in ranges], write_tree(body), conditions]
    raise UnsupportedError(f"no JSON is known for a node of type {type(expr).__name__}")


def read_tree(data: Any) -> Expr:
    """The expression that ``data`` describes, no larger than any that is written.

    Raises:
        ParseError: it describes none.
    """
    return check_size(_read(data, 0), "an expression")


def _read(data: Any, depth: int) -> Expr:
    if depth > DEEPEST:
        raise ParseError(f"an expression nests deeper than {DEEPEST} levels")
    if isinstance(data, bool):
        raise ParseError(f"{data} is no expression")
    if isinstance(data, int):
        return _integer(str(data))
    if isinstance(data, str):
        return Sym(_name(data))
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise ParseError(f"{str(data)[:60]!r} is no expression")
    kind, *rest = data
    if kind in _SEVERAL and len(rest) >= 2:
        return _SEVERAL[kind](tuple(_read(item, depth + 1) for item in rest))
    if kind == "/" and len(rest) == 2:
        return Ratio(_read(rest[0], depth + 1), _read(rest[1], depth + 1))
    if kind in _ROUNDED and len(rest) == 1:
        return _ROUNDED[kind](_read(rest[0], depth + 1))
    if kind == "integer" and len(rest) == 1 and isinstance(rest[0], str):
        return _integer(rest[0])
    if kind == "^" and len(rest) == 2 and type(rest[1]) is int and 2 <= rest[1] <= LARGEST_POWER:
        return Pow(_read(rest[0], depth + 1), rest[1])
    if kind == "read" and len(rest) >= 1:
        return Read(_name(rest[0]), tuple(_read(item, depth + 1) for item in rest[1:]))
    if kind in ("apply", "reduce"):
        return _whole(kind, rest, depth)
    raise ParseError(f"there is no node {kind[:20]!r} with {len(rest)} parts")


def _whole(kind: str, rest: list[Any], depth: int) -> Expr:
    """A function or a reduction, with what stands under it."""
    if kind == "apply" and len(rest) == 2:
        return Apply(read_function(rest[0]), _read(rest[1], depth + 1))
    if kind == "reduce" and len(rest) == 4 and rest[0] in get_args(Kind):
        return _reduction(rest, depth)
    raise ParseError(f"there is no node {kind!r} with {len(rest)} parts")


def _reduction(rest: list[Any], depth: int) -> Expr:
    kind, ranges, body, where = rest
    conditions = []
    for left, op, right in where:
        if op not in ("=", "<", "≤", "≥", "∣"):
            raise ParseError(f"there is no relation {op!r}")
        conditions.append(Relation(_read(left, depth + 1), op, _read(right, depth + 1)))
    sizes = tuple((_name(name), _read(size, depth + 1)) for name, size in ranges)
    return Reduce(kind, sizes, _read(body, depth + 1), tuple(conditions))


def _integer(text: str) -> Int:
    if len(text) > LONGEST_NUMBER or not text.removeprefix("-").isdecimal():
        raise ParseError(f"{text[:20]!r} is no integer of at most {LONGEST_NUMBER} digits")
    return Int(int(text))


def write_function(function: Function) -> list[Any]:
    """A function as its name and its parameters: integers, ["fraction", p, q], ["float", base-16 digits]."""
    return [function.name, *map(_number, function.parameters)]


def _number(value: Number) -> Any:
    if isinstance(value, float):
        return ["float", value.hex()]
    return ["fraction", *map(str, value.as_integer_ratio())]


def read_function(data: Any) -> Function:
    """The function that ``data`` describes.

    Raises:
        ParseError: there is none.
    """
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise ParseError(f"{str(data)[:60]!r} is no function")
    return Function(data[0], tuple(map(_read_number, data[1:])))


def _read_number(data: Any) -> Number:
    match data:
        case ["float", str(digits)]:
            return read_float(digits)
        case ["fraction", str(top), str(bottom)] if _integer(bottom).value > 0:
            found = Fraction(_integer(top).value, _integer(bottom).value)
            return int(found) if found.denominator == 1 else found
    raise ParseError(f"{str(data)[:60]!r} is no number")


def read_float(digits: str) -> float:
    """The double that was written in base 16."""
    try:
        return float.fromhex(digits)
    except (ValueError, OverflowError):
        raise ParseError(f"{digits[:60]!r} is no floating-point number in base 16") from None


def _name(data: Any) -> str:
    if not isinstance(data, str) or len(data) > LONGEST_NAME or not NAME.match(data):
        raise ParseError(f"{str(data)[:40]!r} is no letter")
    return data
