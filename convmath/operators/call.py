"""The call that made an operator, as plain data: what a saved derivation is made again from.

A file says “conv2d with these arguments”, and nothing more is believed: the operator is made by the
same public function, its derivation is made again, and everything else in the file must agree.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from convmath.errors import ParseError
from convmath.language.sizes import size
from convmath.language.tree import Expr, Int, Ratio
from convmath.language.trees import read_float, read_tree, write_tree

if TYPE_CHECKING:
    from convmath.operators.operator import Operator

P = ParamSpec("P")
DEEPEST = 4
WORDS = ("same", "valid")
"""Paddings that are words and not letters."""
TEXTS = ("formula", "reduce", "name", "array", "mode", "approximate", "padding_mode")
"""Arguments that are texts and not sizes."""
LISTS = ("shapes", "padding", "inputs", "input", "other", "grid", "normalized_shape", "tensors", "shape", "sizes")
"""Arguments that may be a text with several sizes: "N,C,H,W"."""


@dataclass(frozen=True)
class Call:
    """A public function and its arguments; ``of`` is the call that made the operator it is asked of."""

    function: str
    arguments: tuple[tuple[str, Any], ...]
    of: Call | None = None

    def to_json(self) -> dict[str, Any]:
        """The call as plain data."""
        arguments = {name: _plain(value) for name, value in self.arguments}
        of = {} if self.of is None else {"of": self.of.to_json()}
        return {"function": self.function, "arguments": arguments, **of}


def remember(function: str, arguments: Mapping[str, Any], of: Call | None = None) -> Call:
    """A call with its arguments frozen: sizes as trees, the rest as they are."""
    return Call(function, tuple((name, _frozen(name, value)) for name, value in arguments.items()), of)


def remembered(function: Callable[P, Operator]) -> Callable[P, Operator]:
    """Makes a public function note on the operator that it gives with which arguments it was called."""
    signature = inspect.signature(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Operator:
        key = _plain_key((args, tuple(kwargs.items())))
        known = None if key is None else made_before.get(key)
        if known is not None:
            return copy(known)
        made = function(*args, **kwargs)
        made.call = remember(function.__name__, signature.bind(*args, **kwargs).arguments)
        if key is not None and len(made_before) < MOST_KEPT:
            made_before[key] = copy(made)
        return made

    made_before: dict[Any, Operator] = {}
    return call


MOST_KEPT = 1024
"""How many calls of one function are kept: a network has few different layers, and each many times."""


def _plain_key(value: Any) -> Any:
    """The arguments with their types, where they are plain numbers and texts: 1 is not True here. Else None."""
    if isinstance(value, tuple | list):
        parts = tuple(_plain_key(item) for item in value)
        return None if None in parts else (type(value), parts)
    return (type(value), value) if type(value) in (int, str, bool, type(None)) else None


def _frozen(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool) or (name in TEXTS and isinstance(value, str)):
        return value
    if isinstance(value, Mapping):
        return "map", tuple((str(key), _frozen(name, item)) for key, item in value.items())
    if isinstance(value, str) and name == "padding" and value in WORDS:
        return "text", value
    if isinstance(value, float):
        return "float", value.hex()
    if isinstance(value, Fraction):
        return Ratio(Int(value.numerator), Int(value.denominator))
    if isinstance(value, str) and name in LISTS and not value.isidentifier():
        return "text", value
    if name == "inputs":
        return "list", tuple(map(str, [value] if isinstance(value, str) else value))
    if isinstance(value, tuple | list):
        return "list", tuple(_frozen(name, item) for item in value)
    return size(value, name)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Expr):
        return {"size": write_tree(value)}
    kind, items = value
    if kind == "map":
        return {"map": {key: _plain(item) for key, item in items}}
    return {kind: [_plain(item) for item in items] if kind == "list" else items}


def read_arguments(data: Any) -> dict[str, Any]:
    """Keyword arguments as the public function takes them.

    Raises:
        ParseError: the data hold something that no argument is.
    """
    if not isinstance(data, dict):
        raise ParseError("the claim's arguments are no object")
    return {str(name): _thawed(value, 0) for name, value in data.items()}


def _thawed(data: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise ParseError(f"the claim's arguments nest deeper than {DEEPEST} levels")
    if data is None or isinstance(data, bool | str):
        return data
    if isinstance(data, dict) and len(data) == 1:
        ((kind, inner),) = data.items()
        if kind == "size":
            found = read_tree(inner)
            return found.value if isinstance(found, Int) else found
        if kind == "text" and isinstance(inner, str):
            return inner
        if kind == "float" and isinstance(inner, str):
            return read_float(inner)
        if kind == "list" and isinstance(inner, list):
            return tuple(_thawed(item, depth + 1) for item in inner)
        if kind == "map" and isinstance(inner, dict):
            return {str(key): _thawed(item, depth + 1) for key, item in inner.items()}
    raise ParseError(f"{str(data)[:60]!r} is no argument of an operator")
