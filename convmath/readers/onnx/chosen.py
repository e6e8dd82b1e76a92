"""Nodes that are operators of the shelf: convolutions, pools, matrix products, and what stands between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from convmath.conventions.framework import frameworks
from convmath.errors import ConvmathError
from convmath.network.layer import Fixed, Layer, Shaped
from convmath.operators.join import MOST
from convmath.operators.operator import Operator
from convmath.operators.shelf import maker
from convmath.readers.onnx.choice import Choice
from convmath.readers.onnx.dense import batch_norm, gemm, matmul
from convmath.readers.onnx.sized import TOGETHER

LARGE = 2**20
"""A size that every window fits into: which operator a window is does not depend on the size, but for small ones."""


SAME = ("SAME_UPPER", "SAME_LOWER")
FUNCTIONS = {"Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "HardSwish": "hardswish", "Softplus": "softplus"} | {
    "Gelu": "gelu",
    "Identity": "identity",
    "Dropout": "dropout",
}
ENTRY_BY_ENTRY = frozenset(
    name
    for names in (
        "LRN Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Cast CastLike Ceil Celu Clip Cos Cosh Elu Erf Exp",
        "Floor HardSigmoid IsInf IsNaN LeakyRelu Log Mish Neg Not Reciprocal Round Selu Shrink Sign Sin Sinh",
        "Softsign Sqrt Swish Tan ThresholdedRelu",
    )
    for name in names.split()
)
"""Functions that the shelf does not have: each output reads its own place, LRN in the channels beside it too."""
PAIRS = {"Add": "add", "Sub": "sub", "Mul": "mul"}


def chosen(choice: Choice) -> Layer | None:
    """The layer on the open inputs of a node, or None where the shelf has none for it."""
    find = FINDERS.get(choice.node.op)
    if find is None or choice.node.domain or len(choice.node.outputs) != 1:
        return None
    try:
        return find(choice)
    except ConvmathError:
        return None  # the shelf refuses it: the node's own rules say what is wrong, when it is reached


def _conv(choice: Choice) -> Layer | None:
    weight, bias = choice.stored(1), choice.stored(2)
    attributes = {**choice.node.attributes}
    if weight is None or len(weight) < 3 or choice.open != [0] or attributes.get("auto_pad") in SAME:
        return None
    channels = weight[1] * attributes.get("group", 1) if choice.node.op == "Conv" else weight[0]
    if "output_shape" in attributes or attributes.get("group", 1) < 1:
        return None
    small = (LARGE,) * (len(weight) - 2)
    found = _translated(choice.node.op, ((1, channels, *small), weight, bias), _frozen(attributes))
    return Fixed(found)


def _pool(choice: Choice) -> Layer | None:
    attributes = choice.node.attributes
    kernel = attributes.get("kernel_shape")
    if not isinstance(kernel, tuple) or attributes.get("auto_pad") in SAME:
        return None
    return Fixed(_translated(choice.node.op, ((1, 1, *(LARGE,) * len(kernel)),), _frozen(attributes)))


def _frozen(attributes: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(attributes.items()))


@lru_cache(maxsize=4096)
def _translated(op: str, shapes: tuple[Any, ...], attributes: tuple[tuple[str, Any], ...]) -> Operator:
    """The operator that ONNX's call is, for an input of large spatial sizes."""
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in attributes}
    while shapes[-1] is None:
        shapes = shapes[:-1]
    found: Operator = frameworks["onnx"][op](*shapes, **given).operator
    return found


def _global(kind: str) -> Callable[[Choice], Layer | None]:
    def find(choice: Choice) -> Layer | None:
        rank = choice.rank - 2
        return Fixed(_ready_made(f"global_{kind}_pool{rank}d")) if rank in (1, 2, 3) else None

    return find


@lru_cache(maxsize=4096)
def _ready_made(name: str) -> Operator:
    made: Operator = maker(name)()
    return made


def _reduced(choice: Choice) -> Layer | None:
    """The mean or maximum over all spatial axes, which stay as axes of size 1: a global pool."""
    node, rank = choice.node, choice.rank
    array = getattr(choice.bound.get(1), "array", None)
    axes = array.integers() if array is not None else node.attributes.get("axes")
    if not isinstance(axes, tuple) or rank < 3 or not node.attributes.get("keepdims", 1) or choice.open != [0]:
        return None
    if {axis % rank for axis in axes} != set(range(2, rank)):
        return None
    return _global("avg" if node.op == "ReduceMean" else "max")(choice)


def _function(choice: Choice) -> Layer | None:
    name = FUNCTIONS[choice.node.op]
    return _shaped(name) if choice.open == [0] else None


def _entrywise(choice: Choice) -> Layer | None:
    """A function of each entry. Its operator is the identity, since it reads what that reads."""
    return _named(choice.node.op) if choice.open == [0] else None


@lru_cache(maxsize=256)
def _named(op: str) -> Layer:
    found = Shaped("identity", {})
    found.kind = op
    return found


def _clip(choice: Choice) -> Layer | None:
    """Between 0 and 6, or other bounds that are stored."""
    node = choice.node
    bounds: list[Any] = []
    for place, name in ((1, "min"), (2, "max")):
        array = getattr(choice.bound.get(place), "array", None)
        entries = (node.attributes.get(name),) if array is None else array.entries
        bounds.append(entries[0] if len(entries) == 1 else None)
    if choice.open != [0] or None in bounds or not bounds[0] < bounds[1]:
        return _entrywise(choice)
    return _shaped("relu6") if bounds == [0, 6] else _shaped("hardtanh", min_val=bounds[0], max_val=bounds[1])


def _pair(choice: Choice) -> Layer | None:
    """Two arrays that are added."""
    older = choice.node.attributes.get("axis") is not None or choice.node.attributes.get("broadcast")
    return _shaped(PAIRS[choice.node.op]) if choice.open == [0, 1] and not older else _with_stored(choice)


def _with_stored(choice: Choice) -> Layer | None:
    """An array and stored ones that are spread to its shape: a function of each entry, for which a constant stands."""
    x = choice.shapes.get(choice.open[0]) if len(choice.open) == 1 else None
    if x is None or choice.node.version < 7:
        return None
    for shape in choice.bound.values():
        sizes = zip(reversed(shape), reversed(x), strict=False)
        if len(shape) > len(x) or not all(one == 1 or (isinstance(size, int) and one == size) for one, size in sizes):
            return None
    return _named(choice.node.op)


@lru_cache(maxsize=4096)
def _shaped(name: str, **arguments: Any) -> Layer:
    return Shaped(name, arguments)


def _concat(choice: Choice) -> Layer | None:
    axis = choice.node.attributes.get("axis", 1)
    few = 1 < len(choice.open) <= MOST
    return _shaped("cat", dim=axis) if few and not choice.bound else None


def _flatten(choice: Choice) -> Layer | None:
    rank = choice.rank
    return _shaped("flatten", start_dim=1) if choice.node.attributes.get("axis", 1) == 1 and rank > 1 else None


def _softmax(choice: Choice) -> Layer | None:
    axis = choice.node.attributes.get("axis", -1 if choice.node.version >= 13 else 1)
    return _shaped("softmax" if choice.node.op == "Softmax" else "log_softmax", dim=axis)


def _transpose(choice: Choice) -> Layer | None:
    order = choice.node.attributes.get("perm")
    return _shaped("permute", dims=order) if isinstance(order, tuple) and len(order) == choice.rank else None


FINDERS: Mapping[str, Callable[[Choice], Layer | None]] = {
    "Conv": _conv,
    "ConvTranspose": _conv,
    **dict.fromkeys(("MaxPool", "AveragePool", "LpPool"), _pool),
    "GlobalAveragePool": _global("avg"),
    "GlobalMaxPool": _global("max"),
    "ReduceMean": _reduced,
    "ReduceMax": _reduced,
    **dict.fromkeys(FUNCTIONS, _function),
    **dict.fromkeys(ENTRY_BY_ENTRY, _entrywise),
    "Clip": _clip,
    **dict.fromkeys(TOGETHER, _with_stored),
    **dict.fromkeys(PAIRS, _pair),
    "Concat": _concat,
    "Flatten": _flatten,
    "Softmax": _softmax,
    "LogSoftmax": _softmax,
    "Transpose": _transpose,
    "Gemm": gemm,
    "MatMul": matmul,
    "BatchNormalization": batch_norm,
}
