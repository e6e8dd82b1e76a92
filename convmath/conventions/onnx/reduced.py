"""Reductions over axes, and what is normalised along them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import BOTH, RUNTIME, agreed, located, numbers, tensor
from convmath.conventions.translation import Translation
from convmath.operators.declare import define
from convmath.operators.operator import Operator

LETTERS = "abefghijlmno"
KINDS = {"ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "max", "ReduceMin": "min"}


def reduction(name: str) -> Callable[..., Translation]:
    """``ReduceMean`` and the others; all axes where none is named."""

    def call(data: Any, axes: Any = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Translation:
        x = tensor(name, data, "data")
        given = () if axes is None else numbers(name, "axes", axes)
        if not given and noop_with_empty_axes:
            return agreed(name, x, name, {}, x)
        gone = located(name, given or range(len(x)), len(x), once=False)
        found = tuple(1 if axis in gone else size for axis, size in enumerate(x) if keepdims or axis not in gone)
        small = 0 not in x and len(x) <= len(LETTERS) // 2
        return agreed(name, found, name, {}, x, made=_defined(name, x, gone, bool(keepdims)) if small else None)

    return call


def _defined(name: str, x: Shape, gone: Shape, keepdims: bool) -> Operator | None:
    """The index definition of a sum, a mean or an extreme; the others have none."""
    if name not in KINDS:
        return None
    letters, ones = LETTERS[: len(x)], LETTERS[len(x) : 2 * len(x)]
    left = [
        one if axis in gone else letter
        for axis, (letter, one) in enumerate(zip(letters, ones, strict=True))
        if keepdims or axis not in gone
    ]
    if not left or not x:
        return None
    return define(
        f"Y[{','.join(left)}] = X[{','.join(letters)}]",
        shapes={"X": x},
        reduce=KINDS[name],  # type: ignore[arg-type]
        ranges={ones[axis]: 1 for axis in gone if keepdims},
        name=name,
    )


def extreme(name: str) -> Callable[..., Translation]:
    """``ArgMax`` and ``ArgMin``: the place along one axis."""

    def call(data: Any, *, axis: int = 0, keepdims: int = 1, select_last_index: int = 0) -> Translation:
        x = tensor(name, data, "data")
        (at,) = located(name, (axis,), len(x))
        found = (*x[:at], *((1,) if keepdims else ()), *x[at + 1 :])
        return agreed(name, found, name, {}, x)

    return call


def along(name: str, operator: str) -> Callable[..., Translation]:
    """``Softmax`` and ``LogSoftmax``: the shape stays."""

    def call(input: Any, *, axis: int = -1) -> Translation:
        x = tensor(name, input, "input")
        (at,) = located(name, (axis,), len(x))
        return agreed(name, x, operator, {"dim": at}, x)

    return call


def batch_normalization(X: Any, *each: Any, **attributes: Any) -> Translation:
    """``BatchNormalization``: scale, B, mean and variance have one number for each channel."""
    name = "BatchNormalization"
    x = tensor(name, X, "X")
    channels = x[1] if len(x) > 1 else 1
    if len(each) != 4:
        raise rejected(BOTH, name, f"it has {len(each)} inputs beside X", "It takes scale, B, mean and variance.")
    for place, item in enumerate(each, 1):
        shape = tensor(name, item, f"input {place}")
        if len(shape) != 1:
            raise rejected(BOTH, name, f"Input {place} expected to have rank 1 but has rank {len(shape)}")
        if shape[0] != channels:
            raise rejected(
                BOTH, name, f"Dimension mismatch in unification between {shape[0]} and {channels}", f"X has shape {x}."
            )

    def runs() -> Shape:
        if not x:
            raise rejected(RUNTIME, name, "Invalid input X: NumDimensions() < 1")
        return x

    return agreed(name, x, name, {}, x, runs=runs)


def instance_normalization(input: Any, scale: Any, B: Any, *, epsilon: float = 1e-5) -> Translation:
    """``InstanceNormalization``: inference does not look at scale and B."""
    name = "InstanceNormalization"
    x = tensor(name, input, "input")

    def runs() -> Shape:
        if len(x) < 3:
            raise rejected(RUNTIME, name, f"Invalid input data: number of dimensions is less than 3: {len(x)}")
        for what, item in (("scale", scale), ("B", B)):
            shape = tensor(name, item, what)
            if shape != (x[1],):
                raise rejected(
                    RUNTIME, name, f"Mismatch between input data and {what}: {shape} vs. {x[1]} channels", "It is (C)."
                )
        return x

    return agreed(name, x, name, {}, x, runs=runs)
