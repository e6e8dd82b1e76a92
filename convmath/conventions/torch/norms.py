"""Layers that normalize: batch, instance, group, layer and root-mean-square norm, with what they learn and keep."""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Shape, is_integer, rejected
from convmath.conventions.torch.rules import NAME, answered, integer, integers, listed
from convmath.conventions.translation import Layer, Translation


def _scaled(shape: Shape, affine: bool, bias: bool = True) -> dict[str, Shape]:
    """The weight and the bias of a norm, one number each for what is scaled."""
    return {"weight": shape} | ({"bias": shape} if bias else {}) if affine else {}


def _running(features: int, kept: bool) -> dict[str, Shape]:
    """The running means and variances, and how many batches they have seen, which is one number."""
    return {"running_mean": (features,), "running_var": (features,), "num_batches_tracked": ()} if kept else {}


def batch_norm(
    rank: int,
    num_features: int,
    eps: float = 1e-5,
    momentum: float | None = 0.1,
    affine: bool = True,
    track_running_stats: bool = True,
    *,
    bias: bool = True,
) -> Layer:
    """``torch.nn.BatchNorm1d`` to ``BatchNorm3d``; the call takes ``training``, which ``eval()`` turns off."""
    name, axes = f"BatchNorm{rank}d", (2, 3) if rank == 1 else (rank + 2,)
    arrays, state = _scaled((num_features,), affine, bias), _running(num_features, track_running_stats)
    given = {"num_features": num_features, "affine": affine, "track_running_stats": track_running_stats}

    def apply(shape: Shape, training: bool = True) -> Translation:
        _check_axes(name, axes, shape)
        if (arrays or state) and shape[1] != num_features and prod(shape):  # of an empty array nothing is normalized
            which = "running_mean" if state else "weight"
            raise rejected(
                NAME,
                name,
                f"{which} should contain {shape[1]} elements not {num_features}",
                f"Use num_features={shape[1]}.",
            )
        if (training or not state) and shape[0] * prod(shape[2:]) == 1:
            raise _single(name, shape)
        missing = (
            "" if len(shape) == rank + 2 and bias else "the ready-made one takes (N, C, L), and has both of its arrays"
        )
        return answered(f"batch_norm{rank}d", given, shape, shape, batched=True, missing=missing)

    return Layer(NAME, name, apply, arrays=arrays, state=state)


def instance_norm(
    rank: int,
    num_features: int,
    eps: float = 1e-5,
    momentum: float = 0.1,
    affine: bool = False,
    track_running_stats: bool = False,
    *,
    bias: bool = True,
) -> Layer:
    """``torch.nn.InstanceNorm1d`` to ``InstanceNorm3d``: without a batch axis as well."""
    name = f"InstanceNorm{rank}d"
    arrays, state = _scaled((num_features,), affine, bias), _running(num_features, track_running_stats)
    given = {"num_features": num_features, "affine": affine, "track_running_stats": track_running_stats}

    def apply(shape: Shape, training: bool = True) -> Translation:
        _check_axes(name, (rank + 1, rank + 2), shape)
        channels = shape[-rank - 1]
        if (arrays or state) and channels != num_features:
            raise rejected(
                NAME,
                name,
                f"expected input's size at dim={len(shape) - rank - 1} to match num_features "
                f"({num_features}), but got: "
                f"{channels}",
                f"Use num_features={channels}.",
            )
        if arrays and not shape[0] and len(shape) == rank + 2:
            raise rejected(NAME, name, "select(): index 0 out of range for tensor of size [0]", "The batch is empty.")
        if (training or not state) and prod(shape[-rank:]) == 1:
            raise rejected(
                NAME, name, f"Expected more than 1 spatial element when training, got input size {listed(shape)}"
            )
        single, missing = len(shape) == rank + 1, "" if bias else "the ready-made one has both of its arrays"
        return answered(f"instance_norm{rank}d", given, shape, shape, single=single, batched=True, missing=missing)

    return Layer(NAME, name, apply, arrays=arrays, state=state)


def group_norm(
    num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True, *, bias: bool = True
) -> Layer:
    """``torch.nn.GroupNorm``."""
    name = "GroupNorm"
    _check_groups(num_groups, num_channels)
    arrays = _scaled((num_channels,), affine, bias)

    def apply(shape: Shape) -> Translation:
        if len(shape) < 2:
            raise rejected(
                NAME, name, f"Expected at least 2 dimensions for input tensor but received {len(shape)}", "(N, C, …)."
            )
        if shape[0] * shape[1] // num_groups * prod(shape[2:]) == 1:
            raise _single(name, shape)
        if shape[1] % num_groups or (arrays and shape[1] != num_channels):
            raise rejected(
                NAME,
                name,
                f"the input {listed(shape)} has {shape[1]} channels: Expected weight to be a vector of "
                "size equal to the "
                f"number of channels in input, and number of channels in input to be divisible by num_groups",
                f"Use num_channels={shape[1]}.",
            )
        rank = len(shape) - 2
        given = {"num_groups": num_groups, "num_channels": num_channels, "affine": affine, "rank": rank}
        missing = (
            "" if rank in (1, 2, 3) and bias else "the ready-made one has one to three spatial axes, and both arrays"
        )
        return answered("group_norm", given, shape, shape, batched=True, missing=missing)

    return Layer(NAME, name, apply, arrays=arrays)


def _check_groups(num_groups: int, num_channels: int) -> None:
    name = "GroupNorm"
    if integer(name, "num_groups", num_groups) < 1 or integer(name, "num_channels", num_channels) % num_groups:
        raise rejected(
            NAME,
            name,
            f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})",
            f"Use a multiple of {num_groups} channels, or other groups.",
            "init",
        )


def layer_norm(normalized_shape: Any, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True) -> Layer:
    """``torch.nn.LayerNorm``: over the last axes, of this shape."""
    whole = _normalized("LayerNorm", normalized_shape)
    return _over_last("LayerNorm", "layer_norm", whole, _scaled(whole, elementwise_affine, bias), eps)


def rms_norm(normalized_shape: Any, eps: float | None = None, elementwise_affine: bool = True) -> Layer:
    """``torch.nn.RMSNorm``: over the last axes, without a bias."""
    whole = _normalized("RMSNorm", normalized_shape)
    return _over_last("RMSNorm", "rms_norm", whole, _scaled(whole, elementwise_affine, bias=False), eps)


def _normalized(name: str, shape: Any) -> Shape:
    return integers(name, "normalized_shape", (shape,) if is_integer(shape) else shape)


def _over_last(name: str, operator: str, whole: Shape, arrays: dict[str, Shape], eps: float | None) -> Layer:
    def apply(shape: Shape) -> Translation:
        if not whole or shape[-len(whole) :] != whole:
            raise rejected(
                NAME,
                name,
                f"Given normalized_shape={listed(whole)}, expected input with shape [*, "
                f"{listed(whole)[1:]}, but got input "
                f"of size {listed(shape)}",
                "Give the last axes of the input.",
            )
        given = {"normalized_shape": whole, "elementwise_affine": bool(arrays), "bias": "bias" in arrays}
        batch = (prod(shape[: -len(whole)]), *whole)
        return answered(operator, given, batch, shape, batched=True)

    return Layer(NAME, name, apply, arrays=arrays)


def _check_axes(name: str, axes: tuple[int, ...], shape: Shape) -> None:
    if len(shape) not in axes:
        wanted = " or ".join(f"{count}D" for count in axes)
        raise rejected(NAME, name, f"expected {wanted} input (got {len(shape)}D input)")


def _single(name: str, shape: Shape) -> Exception:
    return rejected(
        NAME,
        name,
        f"Expected more than 1 value per channel when training, got input size {listed(shape)}",
        "The variance of one value is 0: use a larger batch.",
    )
