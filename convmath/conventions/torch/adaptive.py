"""Pooling to a size: ``adaptive_avg_pool*``, ``adaptive_max_pool*`` and ``fractional_max_pool*``; and their layers."""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Shape, is_integer, rejected, shape_of
from convmath.conventions.torch.rules import NAME, answered, check_axes, exactly, integers, listed, tupled
from convmath.conventions.translation import Layer, Translation
from convmath.conventions.windows import Window


def adaptive_pool(rank: int, kind: str, input: Any, output_size: Any, return_indices: bool = False) -> Translation:
    """``F.adaptive_avg_pool1d`` to ``adaptive_max_pool3d``: windows share out each axis; 0 gives an empty array."""
    name = f"adaptive_{kind}_pool{rank}d"
    shape = shape_of(NAME, name, input)
    sizes = _sizes(name, rank, output_size, shape)
    single = len(shape) == rank + 1
    more = ((*shape[:-rank], *sizes),) if return_indices else ()
    missing = "an axis of the output is empty" if 0 in sizes else ""
    if kind == "avg" and set(sizes) == {1} and rank > 1 and len(shape) >= rank:
        # PyTorch takes one mean there, and looks at nothing
        missing = "" if len(shape) in (rank + 1, rank + 2) else "it is a mean over the last axes"
    else:
        _check_input(name, rank, kind, shape, sizes)
    found = (*shape[:-rank], *sizes)
    return answered(name, {"output_size": sizes}, shape, found, single=single, batched=True, more=more, missing=missing)


def _check_input(name: str, rank: int, kind: str, shape: Shape, sizes: Shape) -> None:
    check_axes(name, rank, shape)
    if rank == 1 and kind == "avg" and sizes == (1,):
        return
    where = shape[-rank:] if kind == "avg" and rank < 3 else shape[1:]
    if 0 in where:
        raise rejected(
            NAME,
            name,
            f"Expected input to have non-zero size for non-batch dimensions, but input has sizes {listed(shape)}",
        )
    if min(sizes) < 0:
        raise rejected(
            NAME, name, f"output_size is {tupled(sizes)}: elements of output_size must be greater than or equal to 0"
        )


def _sizes(name: str, rank: int, given: Any, shape: Shape) -> Shape:
    """One size for each axis; None keeps that of the input, but not in one dimension."""
    if is_integer(given):
        return (int(given),) * rank
    if rank > 1 and isinstance(given, tuple | list):
        if len(shape) <= len(given):
            raise rejected(NAME, name, f"Input dimension should be at least {len(given) + 1}, but it is {len(shape)}")
        places = shape[len(shape) - len(given) :]
        given = tuple(size if one is None else one for one, size in zip(given, places, strict=True))
    sizes = integers(name, "output_size", given)
    if len(sizes) != rank:
        raise rejected(
            NAME, name, f"output_size is {tupled(sizes)}: output_size must be {rank}", f"Give {rank} numbers."
        )
    return sizes


def adaptive_layer(rank: int, kind: str, output_size: Any, return_indices: bool = False) -> Layer:
    """``torch.nn.AdaptiveAvgPool1d`` to ``AdaptiveMaxPool3d``."""
    name = f"Adaptive{kind.title()}Pool{rank}d"
    more = {"return_indices": return_indices} if kind == "max" else {}
    return Layer(NAME, name, lambda shape: adaptive_pool(rank, kind, shape, output_size, **more), arrays={})


def fractional_max_pool(
    rank: int,
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
) -> Translation:
    """``F.fractional_max_pool2d`` and ``3d``: windows whose places are drawn at random."""
    name = f"fractional_max_pool{rank}d"
    shape = shape_of(NAME, name, input)
    check_axes(name, rank, shape)
    kernels = exactly(name, rank, "kernel_size", kernel_size)
    sizes = _wanted(name, rank, shape, output_size, output_ratio)
    if 0 in shape[-rank:] or (len(shape) == rank + 2 and not shape[1]):
        raise rejected(
            NAME, name, f"Expected input to have non-zero size for non-batch dimensions, but got {listed(shape)}"
        )
    for places, k, size in zip(shape[-rank:], kernels, sizes, strict=True):
        spare = places - Window(k).spanned(size)
        if spare < (0 if rank == 2 else 1):
            raise rejected(
                NAME,
                name,
                f"{size} windows of {k} on {places} places: pool too large relative to input",
                "Use fewer or smaller windows." if rank == 2 else "In three dimensions one place must be left over.",
            )
    if min(sizes) < 0:
        raise rejected(NAME, name, f"output_size is {tupled(sizes)}: Trying to create tensor with negative dimension")
    found = (*shape[:-rank], *sizes)
    more = (found,) if return_indices else ()
    return answered(name, {}, shape, found, more=more, missing="its windows are drawn at random")


def _wanted(name: str, rank: int, shape: Shape, size: Any, ratio: Any) -> Shape:
    """The output size, or the ratio of the input that it is: PyTorch multiplies floats, and cuts off."""
    if size is not None:
        return exactly(name, rank, "output_size", size)
    if ratio is None:
        raise rejected(NAME, name, f"{name} requires specifying either an output_size or an output_ratio")
    ratios = (ratio,) * rank if rank == 3 and isinstance(ratio, int | float) else ratio
    if (
        not isinstance(ratios, tuple | list)
        or len(ratios) < rank
        or len(ratios) > rank == 2  # the third dimension's function takes more, and reads three
        or any(not isinstance(r, int | float) for r in ratios)
    ):
        raise rejected(NAME, name, f"output_ratio is {ratio!r}", f"Give {rank} numbers.")
    return tuple(int(places * r) for places, r in zip(shape[-rank:], ratios, strict=False))


def fractional_layer(
    rank: int,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
) -> Layer:
    """``torch.nn.FractionalMaxPool2d`` and ``3d``: exactly one of size and ratio is given; a ratio lies in (0, 1)."""
    name = f"FractionalMaxPool{rank}d"
    if (output_size is None) == (output_ratio is None):
        raise rejected(NAME, name, f"{name} takes exactly one of output_size and output_ratio", at="init")
    ratios = None
    if output_ratio is not None:
        ratios = output_ratio if isinstance(output_ratio, tuple | list) else (output_ratio,) * rank
        if any(not 0 < ratio < 1 for ratio in ratios):
            raise rejected(NAME, name, f"output_ratio must be between 0 and 1 (got {output_ratio})", at="init")
    return Layer(
        NAME,
        name,
        lambda shape: fractional_max_pool(rank, shape, kernel_size, output_size, ratios, return_indices),
        arrays={},
    )
