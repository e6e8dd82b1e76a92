"""Normalisations: shape, parameters and buffers. What they compute is no index sum.

gamma and beta are the learned scale and shift, one entry for each channel (for layer_norm for each normalised place).
"""

from __future__ import annotations

from typing import Any

from convmath.errors import DefinitionError
from convmath.operators.axes import Axes, check_flag
from convmath.operators.call import remembered
from convmath.operators.opaque import Opaque, opaque
from convmath.operators.shapes import read_shape

RUNNING = {"running_mean": "C", "running_var": "C", "num_batches_tracked": ""}
"""The arrays that PyTorch keeps of the batches it has seen."""


def _by_channel(function: str, rank: int, num_features: Any, affine: Any, track_running_stats: Any) -> Opaque:
    name = f"{function}{rank}d"
    check_flag(name, "affine", affine)
    check_flag(name, "track_running_stats", track_running_stats)
    a = Axes(name, rank)
    places = f"n,c,{a('{i}')}"
    return opaque(
        name,
        function,
        f"Y[{places}] = X[{places}]" + (" + gamma[c] + beta[c]" if affine else ""),
        {"X": f"N,C,{a('{L}')}"} | ({"gamma": "C", "beta": "C"} if affine else {}),
        RUNNING if track_running_stats else None,
        values={"C": num_features},
    )


@remembered
def batch_norm1d(
    num_features: Any, eps: Any = 1e-5, momentum: Any = 0.1, affine: bool = True, track_running_stats: bool = True
) -> Opaque:
    """X (N, num_features, L): every channel less its mean, over its standard deviation.

    Mean and deviation are taken over the batch and all places.

    With affine each channel is scaled and shifted by two learned numbers; with track_running_stats a mean and a
    variance of each channel are kept, and the number of batches. eps and momentum change neither shape nor counts.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _by_channel("batch_norm", 1, num_features, affine, track_running_stats)


@remembered
def batch_norm2d(
    num_features: Any, eps: Any = 1e-5, momentum: Any = 0.1, affine: bool = True, track_running_stats: bool = True
) -> Opaque:
    """X (N, num_features, H, W): every channel less its mean, over its standard deviation.

    Mean and deviation are taken over the batch and all places.

    With affine each channel is scaled and shifted by two learned numbers; with track_running_stats a mean and a
    variance of each channel are kept, and the number of batches. eps and momentum change neither shape nor counts.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _by_channel("batch_norm", 2, num_features, affine, track_running_stats)


@remembered
def batch_norm3d(
    num_features: Any, eps: Any = 1e-5, momentum: Any = 0.1, affine: bool = True, track_running_stats: bool = True
) -> Opaque:
    """X (N, num_features, D, H, W): every channel less its mean, over its standard deviation.

    Mean and deviation are taken over the batch and all places.

    With affine each channel is scaled and shifted by two learned numbers; with track_running_stats a mean and a
    variance of each channel are kept, and the number of batches. eps and momentum change neither shape nor counts.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _by_channel("batch_norm", 3, num_features, affine, track_running_stats)


@remembered
def instance_norm1d(
    num_features: Any, eps: Any = 1e-5, momentum: Any = 0.1, affine: bool = False, track_running_stats: bool = False
) -> Opaque:
    """X (N, num_features, L): every channel less its mean, over its standard deviation.

    Mean and deviation are taken over the places of each example.

    With affine each channel is scaled and shifted by two learned numbers; with track_running_stats a mean and a
    variance of each channel are kept, and the number of batches. eps and momentum change neither shape nor counts.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _by_channel("instance_norm", 1, num_features, affine, track_running_stats)


@remembered
def instance_norm2d(
    num_features: Any, eps: Any = 1e-5, momentum: Any = 0.1, affine: bool = False, track_running_stats: bool = False
) -> Opaque:
    """X (N, num_features, H, W): every channel less its mean, over its standard deviation.

    Mean and deviation are taken over the places of each example.

    With affine each channel is scaled and shifted by two learned numbers; with track_running_stats a mean and a
    variance of each channel are kept, and the number of batches. eps and momentum change neither shape nor counts.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _by_channel("instance_norm", 2, num_features, affine, track_running_stats)


@remembered
def instance_norm3d(
    num_features: Any, eps: Any = 1e-5, momentum: Any = 0.1, affine: bool = False, track_running_stats: bool = False
) -> Opaque:
    """X (N, num_features, D, H, W): every channel less its mean, over its standard deviation.

    Mean and deviation are taken over the places of each example.

    With affine each channel is scaled and shifted by two learned numbers; with track_running_stats a mean and a
    variance of each channel are kept, and the number of batches. eps and momentum change neither shape nor counts.

    Raises:
        DefinitionError: an argument is out of range.
    """
    return _by_channel("instance_norm", 3, num_features, affine, track_running_stats)


@remembered
def layer_norm(normalized_shape: Any, eps: Any = 1e-5, elementwise_affine: bool = True, bias: bool = True) -> Opaque:
    """Each example of X (N, *normalized_shape) less its mean, over its standard deviation.

    With elementwise_affine each place is scaled, and with bias shifted, by a learned number.

    Raises:
        DefinitionError: an argument is out of range.
    """
    check_flag("layer_norm", "elementwise_affine", elementwise_affine)
    check_flag("layer_norm", "bias", bias)
    shape = read_shape(normalized_shape, "layer_norm: normalized_shape")
    if not shape:
        raise DefinitionError("layer_norm: normalized_shape is (); expected at least one axis, as in PyTorch")
    letters = [f"S_{axis}" for axis in range(1, len(shape) + 1)]
    places, sizes = ",".join(f"x_{axis}" for axis in range(1, len(shape) + 1)), ",".join(letters)
    learned = [name for name, has in (("gamma", elementwise_affine), ("beta", elementwise_affine and bias)) if has]
    return opaque(
        "layer_norm",
        "layer_norm",
        f"Y[n,{places}] = X[n,{places}]" + "".join(f" + {name}[{places}]" for name in learned),
        {"X": f"N,{sizes}"} | dict.fromkeys(learned, sizes),
        values=dict(zip(letters, shape, strict=True)),
    )


@remembered
def group_norm(num_groups: Any, num_channels: Any, eps: Any = 1e-5, affine: bool = True, rank: int = 2) -> Opaque:
    """The channels of X (N, num_channels, H, W) in num_groups groups, each less its mean, over its deviation.

    rank is the number of spatial axes: 1, 2 or 3 (PyTorch takes any input; the shape has to be known here).

    Raises:
        DefinitionError: num_groups does not divide num_channels, or an argument is out of range.
    """
    check_flag("group_norm", "affine", affine)
    if rank not in (1, 2, 3) or isinstance(rank, bool):
        raise DefinitionError(f"group_norm: rank is {rank!r}; it is the number of spatial axes, 1, 2 or 3")
    both = type(num_groups) is int and type(num_channels) is int
    if both and num_groups > 0 and num_channels % num_groups:
        raise DefinitionError(
            f"group_norm: num_channels ({num_channels}) must be divisible by num_groups ({num_groups}): the groups are "
            "of one size"
        )
    a, channel = Axes("group_norm", rank), "(C/g)*m+c"
    places = f"n,{channel},{a('{i}')}"
    return opaque(
        "group_norm",
        "group_norm",
        f"Y[{places}] = X[{places}]" + (f" + gamma[{channel}] + beta[{channel}]" if affine else ""),
        {"X": f"N,C,{a('{L}')}"} | ({"gamma": "C", "beta": "C"} if affine else {}),
        ranges={"m": "g", "c": "C/g"},
        values={"C": num_channels, "g": num_groups},
    )
