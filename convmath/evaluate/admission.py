"""Which arrays are admitted, and which dtype the result has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convmath.errors import ShapeError
from convmath.evaluate.plan import Plan
from convmath.evaluate.views import Array


def admitted(plan: Plan, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Array]:
    """The arrays that the plan reads.

    Raises:
        ShapeError: one is missing, of another shape, or of a dtype that is not summed.
    """
    names = dict(plan.arrays)
    for name in arrays:
        if name not in names:
            raise ShapeError(f"{plan.output} does not read {name}: it reads {', '.join(names)}")
    found: dict[str, Array] = {}
    for name, shape in plan.arrays:
        if name not in arrays:
            raise ShapeError(f"{plan.output} reads {name} of shape {shape}, but no such array is given")
        array = np.asarray(arrays[name])
        check_shape(name, shape, array.shape)
        if array.dtype.kind not in "iufcO":
            raise ShapeError(f"{name} has dtype {array.dtype}, which is not summed: convert it to integers or floats")
        found[name] = array
    return found


def check_shape(name: str, shape: tuple[int, ...], found: tuple[int, ...]) -> None:
    """Raises where an array is not of the declared shape."""
    if len(found) != len(shape):
        raise ShapeError(f"{name} has {len(found)} axes, of shape {found}: expected {len(shape)}, of shape {shape}")
    for axis, (size, other) in enumerate(zip(shape, found, strict=True)):
        if size != other:
            raise ShapeError(
                f"{name}, axis {axis}: expected size {size}, found {other} (shape {found}, expected {shape})"
            )


def result_dtype(data: Mapping[str, Array]) -> np.dtype[Any]:
    """NumPy's common dtype, where it keeps what is exact exact."""
    dtype = np.result_type(*(array.dtype for array in data.values()))
    kinds = {array.dtype.kind for array in data.values()}
    shown = ", ".join(f"{name} {array.dtype}" for name, array in data.items())
    if kinds <= {"i", "u"} and dtype.kind not in "iu":
        raise ShapeError(
            f"no integer dtype holds both int64 and uint64 ({shown}): convert to one of them, or to object"
        )
    if "O" in kinds and not kinds <= {"i", "u", "O"}:
        raise ShapeError(f"exact and floating arrays are mixed ({shown}): convert to one of the two")
    return dtype.newbyteorder("=")
