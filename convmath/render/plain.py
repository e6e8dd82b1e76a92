"""Definitions and lines as plain data, and back. What is read is held to its kind, place by place."""

from __future__ import annotations

from typing import Any, NoReturn, get_args

from convmath.errors import ParseError
from convmath.language.around import NOTHING, Around
from convmath.language.checks import checked
from convmath.language.definition import Definition, Tensor, Term
from convmath.language.tensor import MODES, Outside
from convmath.language.tree import Expr, Int, Kind, Ranges, Read, Reduce, Relation, walk
from convmath.language.trees import read_function, read_tree, write_function, write_tree
from convmath.proof.statement import Statement

LARGEST = 1_000
"""The largest number that a definition may hold; larger ones stand in the values."""


def as_list(data: Any) -> list[Any]:
    """``data``, which must be a list."""
    return data if isinstance(data, list) else _refuse("a list", data)


def as_dict(data: Any) -> dict[str, Any]:
    """``data``, which must be an object."""
    return data if isinstance(data, dict) else _refuse("an object", data)


def as_text(data: Any) -> str:
    """``data``, which must be a text."""
    return data if isinstance(data, str) else _refuse("a text", data)


def as_whole(data: Any) -> int:
    """``data``, which must be an integer ≥ 0."""
    return data if type(data) is int and data >= 0 else _refuse("an integer ≥ 0", data)


def as_truth(data: Any) -> bool:
    """``data``, which must be true or false."""
    return data if isinstance(data, bool) else _refuse("true or false", data)


def as_size(data: Any) -> Expr:
    """The size that ``data`` describes: no array is read and nothing is summed in it."""
    found = read_tree(data)
    if any(isinstance(node, Read | Reduce) for node in walk(found)):
        raise ParseError(f"{found} is no size")
    return found


def _refuse(wanted: str, data: Any) -> NoReturn:
    raise ParseError(f"expected {wanted}, found {str(data)[:60]!r}")


def write_relation(relation: Relation) -> list[Any]:
    """A relation as a list: left, op, right."""
    return [write_tree(relation.left), relation.op, write_tree(relation.right)]


def read_relation(data: Any) -> Relation:
    """The relation that ``data`` describes."""
    left, op, right = as_list(data)
    if op not in ("=", "<", "≤", "≥", "∣"):
        raise ParseError(f"there is no relation {op!r}")
    return Relation(read_tree(left), op, read_tree(right))


def write_ranges(ranges: Ranges) -> list[Any]:
    """Index ranges as a list of pairs."""
    return [[name, write_tree(size)] for name, size in ranges]


def read_ranges(data: Any) -> Ranges:
    """The index ranges that ``data`` describes."""
    return tuple((as_text(name), read_tree(size)) for name, size in as_list(data))


def write_statement(statement: Statement) -> dict[str, Any]:
    """A line as an object."""
    return {
        "relations": [write_relation(item) for item in statement.relations],
        "for": write_ranges(statement.ranges),
    }


def read_statement(data: Any) -> Statement:
    """The line that ``data`` describes."""
    relations = tuple(read_relation(item) for item in as_list(as_dict(data)["relations"]))
    if not relations:
        raise ParseError("a line says nothing")
    return Statement(relations, read_ranges(data["for"]))


def write_definition(definition: Definition) -> dict[str, Any]:
    """A definition as an object."""
    return {
        "output": write_tree(definition.output),
        "terms": [
            {
                "reads": [write_tree(read) for read in term.reads],
                "reduced": list(term.reduced),
                "where": [write_relation(item) for item in term.where],
                "scale": write_tree(term.scale),
                **({} if term.over is None else {"over": write_tree(term.over)}),
            }
            for term in definition.terms
        ],
        "tensors": [_write_tensor(tensor) for tensor in definition.tensors],
        "crop": _pairs(definition.crop),
        "ranges": write_ranges(definition.ranges),
        "reduce": definition.reduce,
        "inputs": list(definition.inputs),
        "given": [write_relation(item) for item in definition.given],
        "bounds": [write_relation(item) for item in definition.bounds],
        **({"around": _write_around(definition.around)} if definition.around else {}),
    }


def _write_around(around: Around) -> list[Any]:
    return [None if function is None else write_function(function) for function in (around.read, around.result)]


def _read_around(data: Any) -> Around:
    read, result = (None if function is None else read_function(function) for function in as_list(data))
    return Around(read, result)


def _pairs(pairs: tuple[tuple[Expr, Expr], ...]) -> list[Any]:
    return [[write_tree(before), write_tree(after)] for before, after in pairs]


def _read_pairs(data: Any) -> tuple[tuple[Expr, Expr], ...]:
    return tuple((_small(before), _small(after)) for before, after in as_list(data))


def _write_tensor(tensor: Tensor) -> list[Any]:
    """Name, sizes and padding; then what stands in the padding, where that is not zeros."""
    plain = [tensor.name, [write_tree(size) for size in tensor.shape], _pairs(tensor.padding)]
    if tensor.outside == "zeros":
        return plain
    return [*plain, tensor.outside if isinstance(tensor.outside, str) else {"number": write_tree(tensor.outside)}]


def _read_tensor(data: Any) -> Tensor:
    name, shape, padding, *more = as_list(data)
    mode = more[0] if more else "zeros"
    found = next((known for known in MODES if known == mode), None)
    outside: Outside = found if found is not None else as_size(as_dict(mode)["number"])
    if len(more) > 1:
        raise ParseError(f"an array has a name, a shape, a padding and a mode; found {len(more) - 1} entries more")
    return Tensor(as_text(name), tuple(map(_small, as_list(shape))), _read_pairs(padding), outside)


def read_definition(data: Any) -> Definition:
    """The definition, held against itself as any declaration is."""
    if as_dict(data)["reduce"] not in get_args(Kind):
        raise ParseError(f"there is no reduction {data['reduce']!r}")
    terms = tuple(
        Term(
            tuple(_read(read) for read in as_list(term["reads"])),
            tuple(map(as_text, as_list(term["reduced"]))),
            tuple(read_relation(item) for item in as_list(term["where"])),
            _small(term["scale"]),
            _count(term["over"]) if "over" in term else None,
        )
        for term in as_list(data["terms"])
    )
    tensors = tuple(_read_tensor(tensor) for tensor in as_list(data["tensors"]))
    return checked(
        Definition(
            output=_read(data["output"]),
            terms=terms,
            tensors=tensors,
            crop=_read_pairs(data["crop"]),
            ranges=tuple((as_text(name), _small(size)) for name, size in as_list(data["ranges"])),
            reduce=data["reduce"],
            inputs=tuple(map(as_text, as_list(data["inputs"]))),
            given=tuple(read_relation(item) for item in as_list(data["given"])),
            bounds=tuple(read_relation(item) for item in as_list(data["bounds"])),
            around=_read_around(data["around"]) if "around" in data else NOTHING,
        )
    )


def _read(data: Any) -> Read:
    found = _small(data)
    if not isinstance(found, Read):
        raise ParseError(f"{found} is no read of an array")
    return found


def _count(data: Any) -> Reduce:
    found = _small(data)
    if not isinstance(found, Reduce):
        raise ParseError(f"{found} is no count")
    return found


def _small(data: Any) -> Expr:
    found = read_tree(data)
    if any(isinstance(node, Int) and abs(node.value) > LARGEST for node in walk(found)):
        raise ParseError(f"{found}: a definition holds numbers up to {LARGEST}; larger ones stand in the values")
    return found
