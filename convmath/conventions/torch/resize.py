"""``torch.nn.functional.interpolate``, ``upsample_nearest``, ``upsample_bilinear`` and ``grid_sample``.

A scale is a float, and is multiplied as one: 10 · 0.7 is 7, and 100 · 0.29 is 28.999…, so 28.
"""

from __future__ import annotations

from math import floor, isfinite
from typing import Any

from convmath.conventions.arguments import Shape, is_integer, rejected, shape_of
from convmath.conventions.torch.rules import NAME, answered, integers, listed
from convmath.conventions.translation import Translation

AXES = {
    "nearest": (3, 4, 5),
    "nearest-exact": (3, 4, 5),
    "area": (3, 4, 5),
    "linear": (3,),
    "bilinear": (4,),
    "bicubic": (4,),
    "lanczos": (4,),
    "trilinear": (5,),
}
"""How many axes an input has, by the mode."""
ALIGNED = ("linear", "bilinear", "bicubic", "trilinear")
SMOOTHED = ("bilinear", "bicubic", "lanczos")
LARGEST = 2**63


def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: Any = None,
    recompute_scale_factor: Any = None,
    antialias: bool = False,
) -> Translation:
    """``F.interpolate``: to a size, or by a scale along each spatial axis."""
    shape = shape_of(NAME, "interpolate", input)
    _check_mode(shape, mode, align_corners, antialias)
    if (size is None) == (scale_factor is None):
        which = (
            "either size or scale_factor should be defined"
            if size is None
            else "only one of size or scale_factor should be defined"
        )
        raise rejected(NAME, "interpolate", which)
    if size is not None and recompute_scale_factor:
        raise rejected(NAME, "interpolate", "recompute_scale_factor is not meaningful with an explicit size")
    if size is not None:
        found = _each("size", size, shape, integers("interpolate", "size", [size] if is_integer(size) else size))
    else:
        found = _scaled(shape[2:], _each("scale_factor", scale_factor, shape, _numbers(scale_factor)))
    _check_sizes(shape, found, mode)
    given: dict[str, Any] = {"input": (shape[0] or 1, *shape[1:]), "mode": mode, "align_corners": align_corners}
    exact = size is not None or bool(recompute_scale_factor)
    given |= {"size": found} if exact else {"scale_factor": scale_factor}
    name, arguments, missing = _operator(mode, found, given | {"antialias": antialias})
    return answered(name, arguments, shape, (*shape[:2], *found), batched=True, missing=missing)


BLENDS = {"linear": "upsample_linear1d", "bilinear": "upsample_bilinear2d", "trilinear": "upsample_trilinear3d"}
"""Modes that are weighted means, unless antialias widens them."""


def _operator(mode: str, sizes: Shape, given: dict[str, Any]) -> tuple[str, dict[str, Any], str]:
    """The ready-made operator of a mode, its arguments, and why there is none: an index sum where there is one."""
    if mode == "area":
        missing = "an axis of the output is empty" if 0 in sizes else ""
        return f"adaptive_avg_pool{len(sizes)}d", {"output_size": sizes}, missing
    whole = "size" in given or all(factor == int(factor) for factor in _numbers(given["scale_factor"]))
    if mode == "nearest" and whole:
        return f"upsample_nearest{len(sizes)}d", {"size": sizes}, ""
    if mode in BLENDS and whole and not given["antialias"] and not (given["align_corners"] and 1 in sizes):
        return BLENDS[mode], {"size": sizes, "align_corners": bool(given["align_corners"])}, ""
    return "interpolate", given, "the ready-made one has no mode 'lanczos'" if mode == "lanczos" else ""


def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Translation:
    """``F.upsample_nearest``."""
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Translation:
    """``F.upsample_bilinear``: with the corners aligned."""
    return interpolate(input, size, scale_factor, "bilinear", align_corners=True)


def upsample(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = None
) -> Translation:
    """``F.upsample``."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def _check_mode(shape: Shape, mode: str, align_corners: Any, antialias: bool) -> None:
    if mode not in AXES:
        raise rejected(NAME, "interpolate", f"mode is {mode!r}", f"Use {', '.join(map(repr, AXES))}.")
    if mode not in ALIGNED and align_corners is not None and mode != "lanczos":
        raise rejected(
            NAME,
            "interpolate",
            f"mode is {mode!r}: align_corners option can only be set with the interpolating modes: "
            f"{' | '.join(ALIGNED)}",
            "Leave align_corners out.",
        )
    if mode == "lanczos" and not antialias:
        raise rejected(NAME, "interpolate", "Lanczos mode requires antialias=True")
    if mode == "lanczos" and align_corners:
        raise rejected(NAME, "interpolate", "Lanczos mode does not support align_corners=True")
    if antialias and (mode not in SMOOTHED or len(shape) != 4):
        raise rejected(
            NAME,
            "interpolate",
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D "
            "tensor as input",
        )
    if len(shape) not in AXES[mode]:
        needs = " or ".join(f"{axes}D" for axes in AXES[mode])
        raise rejected(
            NAME,
            "interpolate",
            f"Got {len(shape)}D input, but {mode} mode needs {needs} input",
            "Give the batch and the channels before the spatial axes.",
        )


def _each(argument: str, given: Any, shape: Shape, numbers: tuple[Any, ...]) -> tuple[Any, ...]:
    """One number for each spatial axis; a single number stands for all."""
    rank = len(shape) - 2
    if not isinstance(given, tuple | list):
        return numbers * rank
    if len(numbers) != rank:
        raise rejected(
            NAME,
            "interpolate",
            f"Input and {'output' if argument == 'size' else argument} must have the same number of "
            "spatial dimensions, "
            f"but got input with spatial dimensions of {listed(shape[2:])} and {argument} {given}",
            f"Give {rank} numbers, or one.",
        )
    return numbers


def _numbers(scale: Any) -> tuple[float, ...]:
    given = tuple(scale) if isinstance(scale, tuple | list) else (scale,)
    if any(not isinstance(item, int | float) for item in given):
        raise rejected(NAME, "interpolate", f"scale_factor is {scale!r}", "It is a number, or one for each axis.")
    return tuple(float(item) for item in given)


def _scaled(sizes: Shape, scales: tuple[float, ...]) -> Shape:
    """PyTorch's rule: ⌊size · scale⌋, both of them floats of 64 bits."""
    products = [float(size) * scale for size, scale in zip(sizes, scales, strict=True)]
    if any(not isfinite(product) or abs(product) >= LARGEST for product in products):
        raise rejected(
            NAME, "interpolate", f"scale_factor is {scales}: value cannot be converted to type int64_t without overflow"
        )
    return tuple(floor(product) for product in products)


def _check_sizes(shape: Shape, found: Shape, mode: str) -> None:
    if mode == "area":
        places = shape[1:] if len(shape) == 5 else shape[2:]  # in three dimensions the channels are looked at as well
        if set(found) != {1} and (0 in places or min(found) < 0):
            raise rejected(
                NAME,
                "interpolate",
                f"the input is {listed(shape[2:])}, the output {listed(found)}: expected input to have "
                "non-zero size for "
                "non-batch dimensions, and elements of output_size must be greater than or equal to 0",
            )
        return
    if 0 in shape[2:] or min(found) < 1:
        raise rejected(
            NAME,
            "interpolate",
            f"Input and output sizes should be greater than 0, but got input {listed(shape[2:])} output "
            f"{listed(found)}",
            "Use a larger scale or size.",
        )
    if not shape[1]:
        raise rejected(
            NAME,
            "interpolate",
            f"Non-empty {len(shape)}D data tensor expected but got a tensor with sizes {listed(shape)}",
        )


def grid_sample(
    input: Any, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: Any = None
) -> Translation:
    """``F.grid_sample``: the output has the places of the grid, (N, H, W, 2) or (N, D, H, W, 3)."""
    shape, places = shape_of(NAME, "grid_sample", input), shape_of(NAME, "grid_sample", grid, "the grid")
    name, sizes = "grid_sample", f"input with sizes {listed(shape)} and grid with sizes {listed(places)}"
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise rejected(NAME, name, f"expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise rejected(
            NAME, name, f"expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'"
        )
    if len(shape) not in (4, 5) or len(places) != len(shape):
        raise rejected(NAME, name, f"expected 4D or 5D input and grid with same number of dimensions, but got {sizes}")
    if shape[0] != places[0]:
        raise rejected(NAME, name, f"expected grid and input to have same batch size, but got {sizes}")
    if places[-1] != len(shape) - 2:
        raise rejected(NAME, name, f"expected grid to have size {len(shape) - 2} in last dimension, but got {sizes}")
    if 0 in shape[2:]:
        raise rejected(NAME, name, f"expected input to have non-empty spatial dimensions, but got {sizes}")
    if mode == "bicubic" and len(shape) == 5:
        raise rejected(NAME, name, "bicubic interpolation only supports 4D input")
    missing = "" if len(shape) == 4 else "the ready-made one is for pictures, (N, C, H, W)"
    given = {"input": (shape[0] or 1, *shape[1:]), "grid": (places[0] or 1, *places[1:])}
    found = (*shape[:2], *places[1:-1])
    return answered(name, given, shape, found, batched=True, others=(given["grid"],), missing=missing)
