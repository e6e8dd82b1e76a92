"""What PyTorch says where a layer does not fit: the message that people paste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convmath.conventions.framework import frameworks
from convmath.errors import ConvmathError, RejectedError
from convmath.network.graph import Node
from convmath.network.layer import Fixed, Shaped
from convmath.network.program import Shape
from convmath.operators.call import read_arguments

LAYERS = {"linear": "Linear"} | {
    f"{ours}{rank}d": f"{theirs}{rank}d"
    for rank in (1, 2, 3)
    for ours, theirs in (
        ("conv", "Conv"),
        ("conv_transpose", "ConvTranspose"),
        ("max_pool", "MaxPool"),
        ("avg_pool", "AvgPool"),
    )
}
"""PyTorch's layers behind our operators."""
FUNCTIONS = ("cat", "add", "mul", "sub", "matmul")


def torch_says(node: Node, taken: Sequence[Shape]) -> str:
    """PyTorch's reason to refuse what reaches a layer, or nothing where it has none of its own."""
    shapes = [tuple(size for size in shape if isinstance(size, int)) for shape in taken]
    try:
        _call(node, shapes)
    except RejectedError as refusal:
        return str(refusal)
    except ConvmathError:
        return ""
    return ""


def _call(node: Node, shapes: list[tuple[int, ...]]) -> Any:
    torch = frameworks["torch"]
    layer = node.layer
    if isinstance(layer, Fixed) and layer.kind in LAYERS:
        return torch[LAYERS[layer.kind]](**_arguments(layer))(shapes[0])
    if isinstance(layer, Shaped) and layer.kind == "cat":
        return torch["cat"](shapes, layer.arguments.get("dim", 0))
    if isinstance(layer, Shaped) and layer.kind in FUNCTIONS and layer.kind in torch:
        return torch[layer.kind](*shapes)
    return None


def _arguments(layer: Fixed) -> Mapping[str, Any]:
    return read_arguments(layer.operator.call.to_json()["arguments"])
