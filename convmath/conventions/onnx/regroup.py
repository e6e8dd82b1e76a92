"""Operators that put the same entries into other axes."""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import BOTH, RUNTIME, agreed, located, numbers, tensor
from convmath.conventions.translation import Translation


def reshape(data: Any, shape: Any, *, allowzero: int = 0) -> Translation:
    """``Reshape``: -1 is what is left; 0 is the axis of the input in this place, or with ``allowzero`` 0."""
    name = "Reshape"
    x, target = tensor(name, data, "data"), numbers(name, "shape", shape)
    found = _target(name, x, target, bool(allowzero))

    def runs() -> Shape:
        if prod(found) != prod(x):
            raise rejected(
                RUNTIME,
                name,
                f"the input tensor of shape {x} cannot be reshaped to the requested shape {target}",
                f"It has {prod(x)} entries, not {prod(found)}.",
            )
        return found

    return agreed(name, found, "reshape", {"input": x, "shape": found}, x, runs=runs)


def _target(name: str, x: Shape, target: Shape, allowzero: bool) -> Shape:
    found = []
    for place, size in enumerate(target):
        if size < -1:
            raise rejected(BOTH, name, f"Invalid dimension value: {size}", "Sizes are ≥ 0, or one of them -1.")
        if size == 0 and not allowzero and place >= len(x):
            raise rejected(BOTH, name, f"Invalid position of 0: axis {place} of an input with {len(x)} axes")
        found.append(x[place] if size == 0 and not allowzero else size)
    if found.count(-1) > 1:
        raise rejected(BOTH, name, f"shape is {list(target)}: Target shape may not have multiple -1 dimensions")
    if -1 not in found:
        return tuple(found)
    known = prod(size for size in found if size != -1)
    if not known:
        raise rejected(
            BOTH,
            name,
            "Invalid Target shape product of 0. Product cannot be 0 in combination with -1",
            "Name every size.",
        )
    if prod(x) % known:
        raise rejected(
            BOTH,
            name,
            "Dimension could not be inferred: incompatible shapes",
            f"The {prod(x)} entries of {x} are no multiple of {known}.",
        )
    return tuple(prod(x) // known if size == -1 else size for size in found)


def flatten(input: Any, *, axis: int = 1) -> Translation:
    """``Flatten``: always two axes, those before ``axis`` and the others."""
    x = tensor("Flatten", input, "input")
    if not -len(x) <= axis <= len(x):
        raise rejected(
            BOTH, "Flatten", f"Invalid value({axis}) for attribute 'axis'", f"It is in [-{len(x)}, {len(x)}]."
        )
    cut = axis + len(x) if axis < 0 else axis
    found = (prod(x[:cut]), prod(x[cut:]))
    return agreed("Flatten", found, "reshape", {"input": x, "shape": found}, x)


def squeeze(data: Any, axes: Any = None) -> Translation:
    """``Squeeze``: axes of size 1 are dropped; all of them where none is named."""
    name = "Squeeze"
    x = tensor(name, data, "data")
    ones = tuple(size for size in x if size != 1)
    if axes is None:
        return agreed(name, ones, "reshape", {"input": x, "shape": ones}, x)
    dropped = located(name, numbers(name, "axes", axes), len(x), once=False)
    for axis in dropped:
        if x[axis] != 1:
            raise rejected(BOTH, name, f"Dimension of input {axis} must be 1 instead of {x[axis]}")
    found = tuple(size for axis, size in enumerate(x) if axis not in dropped)
    shown = found if dropped else ones  # no axis named is none for inference and all for onnxruntime
    return agreed(name, found, "reshape", {"input": x, "shape": shown}, x, runs=lambda: shown)


def unsqueeze(data: Any, axes: Any) -> Translation:
    """``Unsqueeze``: new axes of size 1, in the places of the output that are named."""
    name = "Unsqueeze"
    x, given = tensor(name, data, "data"), numbers(name, "axes", axes)
    new = located(name, given, len(x) + len(given))
    rest = iter(x)
    found = tuple(1 if axis in new else next(rest) for axis in range(len(x) + len(given)))
    return agreed(name, found, "reshape", {"input": x, "shape": found}, x)


def transpose(data: Any, *, perm: Any = None) -> Translation:
    """``Transpose``: the axes in another order, reversed where none is given."""
    name = "Transpose"
    x = tensor(name, data, "data")
    order = tuple(reversed(range(len(x)))) if perm is None else numbers(name, "perm", perm)
    for axis in order:
        if not 0 <= axis < len(x):
            raise rejected(BOTH, name, f"Invalid attribute perm {list(order)}, input shape {x}")
        if order.count(axis) > 1:
            raise rejected(BOTH, name, f"Attribute perm for Transpose has repeated value: {axis}")

    def runs() -> Shape:
        if len(order) != len(x):
            raise rejected(RUNTIME, name, f"perm size: {len(order)} does not match input rank: {len(x)}")
        return tuple(x[axis] for axis in order)

    return agreed(name, tuple(x[axis] for axis in order), "permute", {"input": x, "dims": order}, x, runs=runs)


def depth_to_space(input: Any, *, blocksize: int, mode: str = "DCR") -> Translation:
    """``DepthToSpace``: channels become blocks; DCR counts the block first, CRD (PyTorch's) the channel."""
    name = "DepthToSpace"
    x = _picture(name, input, blocksize)
    n, c, height, width = x
    square = blocksize * blocksize

    def runs() -> Shape:
        if mode not in ("DCR", "CRD"):
            raise rejected(RUNTIME, name, f"mode is {mode!r}", "The words are 'DCR' and 'CRD'.")
        if c % square:
            raise rejected(
                RUNTIME,
                name,
                f"DepthToSpace requires input depth to be a multiple of (block_size * block_size): {c} channels, "
                f"block_size {blocksize}",
                f"Use a multiple of {square} channels.",
            )
        return found

    found = (n, c // square, height * blocksize, width * blocksize)
    which = ("pixel_shuffle", "upscale_factor") if mode == "CRD" else ("depth_to_space", "blocksize")
    return agreed(name, found, which[0], {which[1]: blocksize}, x, runs=runs)


def space_to_depth(input: Any, *, blocksize: int) -> Translation:
    """``SpaceToDepth``: blocks become channels, the block counted first."""
    name = "SpaceToDepth"
    x = _picture(name, input, blocksize)

    def runs() -> Shape:
        for what, size in (("height", x[2]), ("width", x[3])):
            if size % blocksize:
                raise rejected(
                    RUNTIME, name, f"SpaceToDepth requires input {what} to be a multiple of block_size: {size}"
                )
        return found

    found = (x[0], x[1] * blocksize * blocksize, x[2] // blocksize, x[3] // blocksize)
    return agreed(name, found, "space_to_depth", {"blocksize": blocksize}, x, runs=runs)


def _picture(name: str, input: Any, blocksize: int) -> Shape:
    x = tensor(name, input, "input")
    if len(x) != 4:
        raise rejected(
            BOTH, name, f"the input has shape {x}: Input tensor must be 4-dimensional", "It is (N, C, H, W)."
        )
    if blocksize < 1:
        raise rejected(BOTH, name, f"blocksize is {blocksize}: Blocksize must be positive")
    return x
