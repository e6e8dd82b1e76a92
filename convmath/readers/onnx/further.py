"""Shapes of operators that vision models use less often: quantised products, recurrent layers, attention, sampling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from convmath.errors import ShapeError, UnsupportedError
from convmath.readers.onnx.reshaped import needed
from convmath.readers.onnx.sized import SIZED, Met, Rule, axis, same, shape_of
from convmath.readers.onnx.values import Asked, Sizes
from convmath.readers.onnx.windowed import slid

GATES = ("LSTM", "GRU", "RNN")


def _quantised(op: str, weight: int, rule: Rule) -> Rule:
    """The shape is that of ``op``, whose second array stands in place ``weight`` behind scales and zero points."""

    def sized(asked: Asked, met: Met) -> Sequence[Sizes]:
        node = replace(asked.node, op=op, inputs=(asked.node.inputs[0], asked.node.inputs[weight]))
        return rule(Asked(node, [None, None], [shape_of(asked), shape_of(asked, weight)]), met)

    return sized


def _recurrent(asked: Asked, met: Met) -> Sequence[Sizes]:
    """All steps, the last of them, and for an LSTM its cell; ``layout`` puts the batch before the steps."""
    x, weights = shape_of(asked), shape_of(asked, 2)
    if len(x) != 3 or len(weights) != 3:
        raise ShapeError(f"{asked.node.title}: {len(x)} and {len(weights)} axes; each array has 3")
    ways, size = weights[0], weights[2]
    steps, batch = (x[1], x[0]) if asked.integer("layout", 0) else (x[0], x[1])
    if asked.integer("layout", 0):
        found = [(batch, steps, ways, size), *[(batch, ways, size)] * 2]
    else:
        found = [(steps, ways, batch, size), *[(ways, batch, size)] * 2]
    return found[: len(asked.node.outputs)]


def _one_hot(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, depth = shape_of(asked), needed(asked, 1)
    at = axis(asked, asked.integer("axis", -1), len(shape) + 1)
    return [(*shape[:at], depth[0], *shape[at:])]


def _sampled(asked: Asked, met: Met) -> Sequence[Sizes]:
    x, grid = shape_of(asked), shape_of(asked, 1)
    if len(grid) != len(x) or len(x) < 3:
        raise ShapeError(f"{asked.node.title}: {len(x)} axes are sampled by a grid with {len(grid)}")
    same(asked, x[0], grid[0], met)
    return [(*x[:2], *grid[1:-1])]


def _regions(asked: Asked, met: Met) -> Sequence[Sizes]:
    sides = (asked.integer("output_height", 1), asked.integer("output_width", 1))
    return [(shape_of(asked, 1)[0], shape_of(asked)[1], *sides)]


def _attention(asked: Asked, met: Met) -> Sequence[Sizes]:
    """One entry of the values' width for each query; heads stand in an axis of their own, or side by side."""
    q, v = shape_of(asked), shape_of(asked, 2)
    if len(asked.node.outputs) > 1 or len(q) != len(v) or len(q) not in (3, 4):
        raise UnsupportedError(f"{asked.node.title}: its keys and values that are kept are not followed")
    if len(q) == 4:
        return [(*q[:3], v[3])]
    heads, theirs = asked.integer("q_num_heads", 0), asked.integer("kv_num_heads", 0)
    if not heads or not theirs:
        raise ShapeError(f"{asked.node.title} has no numbers of heads")
    return [(*q[:2], v[2] // theirs * heads)]


def _einsum(asked: Asked, met: Met) -> Sequence[Sizes]:
    """Letters for axes; those that stand once come out, in order, where it is not said what does."""
    text = str(asked.node.attributes.get("equation", "")).replace(" ", "")
    taken, arrow, given = text.partition("->")
    terms = taken.split(",")
    if "." in text or len(terms) != len(asked.node.inputs) or not text.replace(",", "").replace("->", "").isalpha():
        raise UnsupportedError(f"{asked.node.title}: an equation that is not read here")
    sizes: dict[str, Any] = {}
    for place, term in enumerate(terms):
        shape = shape_of(asked, place)
        if len(shape) != len(term):
            raise ShapeError(f"{asked.node.title}: {len(term)} letters for {len(shape)} axes")
        for name, size in zip(term, shape, strict=True):
            if sizes.setdefault(name, size) != size:
                same(asked, sizes[name], size, met)
    once = sorted(name for name in sizes if taken.count(name) == 1)
    if set(given) - set(sizes):
        raise ShapeError(f"{asked.node.title}: a letter comes out that does not go in")
    return [tuple(sizes[name] for name in (given if arrow else once))]


FURTHER: Mapping[str, Rule] = {
    "QLinearConv": _quantised("Conv", 3, slid),
    "ConvInteger": _quantised("Conv", 1, slid),
    "QLinearMatMul": _quantised("MatMul", 3, SIZED["MatMul"]),
    "MatMulInteger": _quantised("MatMul", 1, SIZED["MatMul"]),
    "DynamicQuantizeLinear": lambda asked, met: [shape_of(asked), (), ()],
    "CumProd": lambda asked, met: [shape_of(asked)],
    "Det": lambda asked, met: [shape_of(asked)[:-2]],
    **dict.fromkeys(GATES, _recurrent),
    "OneHot": _one_hot,
    "GridSample": _sampled,
    "RoiAlign": _regions,
    "Attention": _attention,
    "Einsum": _einsum,
}
