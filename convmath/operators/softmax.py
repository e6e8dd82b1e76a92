"""Softmax, and other opaque operators whose output is as large as a formula says: unpooling, sampling on a grid."""

from __future__ import annotations

from typing import Any

from convmath.errors import DefinitionError
from convmath.operators.axes import Axes
from convmath.operators.call import remembered
from convmath.operators.opaque import Opaque, opaque
from convmath.operators.shapes import named_axes, read_shape


def _softmax(name: str, input: Any, dim: Any) -> Opaque:
    shape = read_shape(input, f"{name}: input")
    rank = max(len(shape), 1)
    if type(dim) is not int or not -rank <= dim < rank:
        raise DefinitionError(
            f"{name}: Dimension out of range (expected to be in range of [{-rank}, {rank - 1}], but got {dim}): dim is "
            "the axis along which the entries add up to 1"
        )
    axes = named_axes(len(shape))
    letters, places = (",".join(pair[at] for pair in axes) for at in (0, 1))
    values = {letter: value for (letter, _), value in zip(axes, shape, strict=True)}
    return opaque(name, name, f"Y[{places}] = X[{places}]", {"X": letters or ()}, values=values)


@remembered
def softmax(input: Any, dim: int) -> Opaque:
    """exp(x) over the sum of exp(x) along the axis dim: as large as the input.

    Raises:
        DefinitionError: there is no such axis.
    """
    return _softmax("softmax", input, dim)


@remembered
def log_softmax(input: Any, dim: int) -> Opaque:
    """The logarithm of the softmax along the axis dim: as large as the input.

    Raises:
        DefinitionError: there is no such axis.
    """
    return _softmax("log_softmax", input, dim)


def _max_unpool(rank: int, kernel_size: Any, stride: Any, padding: Any) -> Opaque:
    """The output has the places that windows of the input's places reach: those that a transposed window writes."""
    name = f"max_unpool{rank}d"
    a = Axes(name, rank, kernel=kernel_size, stride=kernel_size if stride is None else stride, padding=padding)
    places = ", ".join(a("{t}={s}*{i}+{u}-{p}").split(","))
    return opaque(
        name,
        "max_unpool",
        f"Y[n,c,{a('{t}')}] = X[n,c,{a('{i}')}] where {places}",
        {"X": f"N,C,{a('{L}')}"},
        padding={"Y": f"0,0,{a('({p},{q})')}"},
        ranges={axis.tap: axis.kernel for axis in a.axes},
        values=a.values,
    )


@remembered
def max_unpool1d(kernel_size: Any, stride: Any = None, padding: Any = 0) -> Opaque:
    """Puts the entries of X (N, C, L) back where max_pool1d found them, by its array of indices.

    Without output_size, which PyTorch takes besides, the output has the places that windows of this kernel, stride
    and padding reach.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _max_unpool(1, kernel_size, stride, padding)


@remembered
def max_unpool2d(kernel_size: Any, stride: Any = None, padding: Any = 0) -> Opaque:
    """Puts the entries of X (N, C, H, W) back where max_pool2d found them, by its array of indices.

    Without output_size, which PyTorch takes besides, the output has the places that windows of this kernel, stride
    and padding reach.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _max_unpool(2, kernel_size, stride, padding)


@remembered
def max_unpool3d(kernel_size: Any, stride: Any = None, padding: Any = 0) -> Opaque:
    """Puts the entries of X (N, C, D, H, W) back where max_pool3d found them, by its array of indices.

    Without output_size, which PyTorch takes besides, the output has the places that windows of this kernel, stride
    and padding reach.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _max_unpool(3, kernel_size, stride, padding)


@remembered
def grid_sample(input: Any, grid: Any) -> Opaque:
    """The entries of X (N, C, H, W) at the places that a grid (N, height, width, 2) says: (N, C, height, width).

    Raises:
        DefinitionError: the two shapes do not fit.
    """
    first, second = read_shape(input, "grid_sample: input"), read_shape(grid, "grid_sample: grid")
    if (len(first), len(second)) != (4, 4) or second[3] != 2:
        raise DefinitionError(
            f"grid_sample: expected input (N, C, H, W) and grid (N, height, width, 2), but the shapes are {first} and "
            f"{second}"
        )
    if first[0] != second[0]:
        raise DefinitionError(
            f"grid_sample: expected grid and input to have same batch size, but got input with sizes {first} and grid "
            f"with sizes {second}"
        )
    return opaque(
        "grid_sample",
        "grid_sample",
        "Y[n,c,i,j] = X[n,c,t,r] + G[n,i,j,e]",
        {"X": "N,C,H,W", "G": "N,I,J,2"},
        inputs=("X", "G"),
        values=dict(zip("NCHW", first, strict=True)) | {"I": second[1], "J": second[2]},
    )
