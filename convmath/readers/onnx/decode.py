"""The messages of a model as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from convmath.errors import ParseError, UnsupportedError
from convmath.language.tokens import shown
from convmath.readers.onnx.checks import check_call
from convmath.readers.onnx.entries import MOST_AXES, checked_dims, element, stored
from convmath.readers.onnx.graph import SUBGRAPH, Declared, Dim, Graph, Node, Stored
from convmath.readers.onnx.inline import MOST_NODES, Body, Reference, inlined
from convmath.readers.onnx.order import checked

LONGEST_TEXT = 1000
ONNX = ("", "ai.onnx")
"""The two names of ONNX's own operators."""


def decoded(data: bytes, name: str) -> Graph:
    """The graph in a model's bytes, its functions put in where they are called, its nodes in order.

    Raises:
        ParseError: the bytes are no model, or its graph is none.
        UnsupportedError: the package onnx is not installed.
    """
    return _graph(_parsed(data, name), name)


def _parsed(data: bytes, name: str) -> Any:
    try:
        from google.protobuf.message import DecodeError
        from onnx import ModelProto
    except ImportError:
        raise UnsupportedError(
            f"{name}: reading ONNX models takes the package onnx, which is not installed. "
            'Install it: pip install "convmath[onnx]"'
        ) from None
    try:
        model = ModelProto.FromString(data)
    except DecodeError as error:
        raise ParseError(f"{name} is no ONNX model: {error}") from None
    if not model.HasField("graph") or not model.graph.output:
        raise ParseError(f"{name} is no ONNX model: there is no graph in it that gives anything")
    if len(model.graph.node) > MOST_NODES:
        raise ParseError(f"{name} has {len(model.graph.node)} nodes; at most {MOST_NODES} are read")
    return model


def _graph(model: Any, name: str) -> Graph:
    graph, versions = model.graph, opsets(model.opset_import)
    kept = [stored(item) for item in graph.initializer]
    kept += [_sparse(item) for item in graph.sparse_initializer]
    arrays = _by_name(kept, name, "stored array")
    inputs = [declared(item) for item in graph.input]
    _by_name(inputs, name, "input")
    outputs = tuple(declared(item) for item in graph.output)
    functions = {
        (_domain(f.domain), _overloaded(f)): Body(
            words(f.input),
            words(f.output),
            tuple(node(item, opsets(f.opset_import)) for item in f.node),
            MappingProxyType({word(item.name): _value(item) for item in f.attribute_proto}),
        )
        for f in model.functions
    }
    calls = inlined([node(item, versions) for item in graph.node], functions)
    for call in calls:
        check_call(call)
    return Graph(
        word(graph.name),
        versions,
        tuple(item for item in inputs if item.name not in arrays),
        outputs,
        arrays,
        checked(name, calls, {item.name for item in inputs} | arrays.keys(), [item.name for item in outputs]),
        MappingProxyType({item.name: item for item in map(declared, graph.value_info)}),
    )


def _by_name(items: Iterable[Any], name: str, what: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if found.setdefault(item.name, item) is not item:
            raise ParseError(f"{name} has the {what} {shown(item.name)} twice: each name stands for one array")
    return MappingProxyType(found)


def opsets(imports: Any) -> Mapping[str, int]:
    """The version of each domain."""
    return MappingProxyType({_domain(item.domain): int(item.version) for item in imports})


def _domain(domain: Any) -> str:
    return "" if domain in ONNX else word(domain)


def word(text: Any) -> str:
    """A name. protobuf gives bytes where it is no UTF-8.

    Raises:
        ParseError: it is none.
    """
    if not isinstance(text, str):
        raise ParseError(f"a name in the model is no text: {shown(repr(text))} is no UTF-8")
    return text


def words(texts: Any) -> tuple[str, ...]:
    """Names."""
    return tuple(map(word, texts))


def node(item: Any, versions: Mapping[str, int]) -> Node:
    """One call. The overload of a function stands behind its name."""
    domain = _domain(item.domain)
    attributes = MappingProxyType({word(one.name): _value(one) for one in item.attribute})
    return Node(
        word(item.name),
        _overloaded(item),
        domain,
        versions.get(domain, 0),
        words(item.input),
        words(item.output),
        attributes,
    )


def _overloaded(item: Any) -> str:
    """What a node calls, or a function is called: with its overload, which is a second name."""
    name = word(item.op_type if hasattr(item, "op_type") else item.name)
    return f"{name}:{word(item.overload)}" if item.overload else name


def _value(item: Any) -> Any:
    """An attribute as a number, a text, an array, or a tuple of them."""
    if item.ref_attr_name:
        return Reference(word(item.ref_attr_name))
    kind = item.AttributeType.Name(item.type) if item.type in item.AttributeType.values() else ""
    match kind:
        case "FLOAT":
            return float(item.f)
        case "INT":
            return int(item.i)
        case "STRING":
            return _text(item.s)
        case "TENSOR":
            return stored(item.t)
        case "FLOATS" | "INTS":
            return tuple(item.floats if kind == "FLOATS" else item.ints)
        case "STRINGS":
            return tuple(map(_text, item.strings))
        case "TENSORS":
            return tuple(map(stored, item.tensors))
        case "GRAPH" | "GRAPHS":
            return SUBGRAPH
    return kind.lower().replace("_", " ") or "undefined"


def _text(value: bytes) -> str:
    return value[:LONGEST_TEXT].decode("utf-8", "backslashreplace")


def _sparse(item: Any) -> Stored:
    found = stored(item.values)
    return replace(found, dims=checked_dims(found.name, item.dims), values=None)


def declared(item: Any) -> Declared:
    """A declared array; ``dims`` is None where the file says no shape."""
    name, which = word(item.name), item.type.WhichOneof("value")
    if which != "tensor_type":
        return Declared(name, None, (which or "undefined").removesuffix("_type"))
    inner = item.type.tensor_type
    if not inner.HasField("shape"):
        return Declared(name, None, element(inner.elem_type))
    if len(inner.shape.dim) > MOST_AXES:
        raise ParseError(f"{shown(name)} is declared with {len(inner.shape.dim)} axes; {MOST_AXES} are the most")
    return Declared(name, tuple(_dim(name, one) for one in inner.shape.dim), element(inner.elem_type))


def _dim(name: str, dim: Any) -> Dim:
    if dim.WhichOneof("value") != "dim_value":
        return word(dim.dim_param) or None
    if dim.dim_value < -1:
        raise ParseError(
            f"{shown(name)} is declared with the size {dim.dim_value}: sizes are ≥ 0, and -1 leaves one open"
        )
    return dim.dim_value if dim.dim_value >= 0 else None
