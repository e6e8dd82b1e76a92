"""Convolutions, linear maps, normalisations and pools: PyTorch's calls as operators of the shelf."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from convmath.errors import UnsupportedError
from convmath.network.layer import Fixed
from convmath.operators.declare import define
from convmath.operators.operator import Operator
from convmath.operators.shapes import named_axes
from convmath.readers.torch.calls import Call, Tensor
from convmath.readers.torch.sized import Beside
from convmath.readers.torch.steps import Finder, Found, Step, named, ruled, spatial, step


def _stored(call: Call, name: str) -> Tensor:
    found = call.tensor(name)
    if not found.stored:
        raise UnsupportedError(f"its {name} is calculated from the input")
    return found


def _batched(call: Call, rank: int) -> Tensor:
    found = call.tensor()
    if spatial(found) != rank:
        raise UnsupportedError(f"its input has {len(found.shape)} axes; with batch and channels they are {rank + 2}")
    return found


def _conv(call: Call) -> Found:
    weight = _stored(call, "weight").numbers
    rank, groups = len(weight) - 2, call["groups"]
    given = {name: call[name] for name in ("stride", "padding", "dilation")}
    transposed = call["transposed"] or call.op.startswith("conv_transpose")
    tensor = _batched(call, rank)
    if transposed:
        channels = {"in_channels": weight[0], "out_channels": weight[1] * groups}
        given["output_padding"] = call["output_padding"]
    else:
        channels = {"in_channels": weight[1] * groups, "out_channels": weight[0]}
    given |= {"groups": groups, "bias": call["bias"] is not None, "kernel_size": weight[2:]}
    return step(f"conv_transpose{rank}d" if transposed else f"conv{rank}d", [tensor], channels | given)


def _linear(call: Call) -> Found:
    weight, tensor = _stored(call, "weight").numbers, call.tensor()
    return _mapped(tensor, weight[1], weight[0], call["bias"] is not None)


def _mapped(tensor: Tensor, features: int, gives: int, bias: bool) -> Step:
    if len(tensor.shape) == 2:
        return step("linear", [tensor], {"in_features": features, "out_features": gives, "bias": bias})
    return Step(Fixed(_along_last(len(tensor.shape), features, gives, bias)), (tensor,))


@lru_cache(maxsize=1024)
def _along_last(rank: int, features: int, gives: int, bias: bool) -> Operator:
    """A linear map along the last axis of an array of any rank."""
    axes = named_axes(rank)[:-1]
    places = ",".join([*(index for _, index in axes), ""])
    return define(
        f"Y[{places}o] = {'b[o] + ' if bias else ''}W[o,k]*X[{places}k]",
        shapes={"X": (*(letter for letter, _ in axes), features), "W": (gives, features)}
        | ({"b": (gives,)} if bias else {}),
        inputs=("X",),
        name="linear",
    )


def _product(call: Call) -> Found:
    """Two arrays multiplied as matrices; a stored one is the weight of a linear map."""
    added, first, second = None, call.tensor("input"), call["mat2"] or call["other"] or call["batch2"]
    if call.op in ("addmm", "baddbmm"):
        added, first, second = call.tensor("input"), call["mat1"] or call["batch1"], call["mat2"] or call["batch2"]
    if second.stored and len(second.shape) == 2 and (added is None or (added.stored and len(added.shape) == 1)):
        features, gives = second.numbers
        return _mapped(first, features, gives, added is not None)
    product = step("matmul", [first, second], label=call.op)
    return product if added is None else [product, _added(added)]


def _added(tensor: Tensor) -> Step:
    if not tensor.stored:
        raise UnsupportedError("what it adds is calculated from the input")
    return Step(Beside("add", "add", tensor.numbers))


def _batch_norm(call: Call) -> Found:
    tensor, function = call.tensor(), "instance_norm" if call.op == "instance_norm" else "batch_norm"
    held = call["weight"] or call["running_mean"]
    channels = held.numbers[0] if held else tensor.shape[1]
    kept = {"affine": call["weight"] is not None, "track_running_stats": call["running_mean"] is not None}
    if spatial(tensor) not in (1, 2, 3) or not isinstance(channels, int):
        return named(function, tensor)
    return step(f"{function}{spatial(tensor)}d", [tensor], {"num_features": channels, **kept})


def _layer_norm(call: Call) -> Found:
    tensor, shape = call.tensor(), call["normalized_shape"]
    if len(tensor.shape) != len(shape) + 1 or not all(isinstance(size, int) for size in shape):
        return named("layer_norm", tensor)
    affine = {"elementwise_affine": call["weight"] is not None, "bias": call["bias"] is not None}
    return step("layer_norm", [tensor], {"normalized_shape": shape, **affine})


def _group_norm(call: Call) -> Found:
    tensor = call.tensor()
    if spatial(tensor) not in (1, 2, 3):
        return named("group_norm", tensor)
    given = {"num_groups": call["num_groups"], "num_channels": tensor.shape[1], "affine": call["weight"] is not None}
    return step("group_norm", [tensor], {**given, "rank": spatial(tensor)})


def _pool(call: Call) -> Found:
    function = call.op.removesuffix("_with_indices")
    rank = int(function[-2])
    names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "count_include_pad", "divisor_override")
    given: dict[str, Any] = {name: call[name] for name in names if name in call.arguments}
    if given["stride"] == ():
        given["stride"] = None
    if rank == 1:
        given.pop("divisor_override", None)
    return step(function, [_batched(call, rank)], given)


def _adaptive(call: Call) -> Found:
    """Adaptive pooling; a size that is the input's own stays open."""
    tensor = _batched(call, int(call.op[-2]))
    kept = [call.outputs[0].shape[axis] == size for axis, size in enumerate(tensor.shape)][2:]
    whole = [not isinstance(size, int) for size in tensor.shape[2:]]
    given = call["output_size"]
    asked = tuple(
        None if same and open_ and not isinstance(size, int) else size
        for size, same, open_ in zip(given * (len(kept) if len(given) == 1 else 1), kept, whole, strict=True)
    )
    return step(call.op, [tensor], {"output_size": asked})


def _embedding(call: Call) -> Found:
    width = _stored(call, "weight").numbers[1]
    return ruled("embedding", [call.tensor("indices")], lambda shapes, met: (*shapes[0], width))


WEIGHTED: Mapping[str, Finder] = {
    **dict.fromkeys(("convolution", "conv1d", "conv2d", "conv3d"), _conv),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _conv),
    "linear": _linear,
    **dict.fromkeys(("matmul", "mm", "bmm", "addmm", "baddbmm"), _product),
    **dict.fromkeys(("batch_norm", "instance_norm"), _batch_norm),
    "layer_norm": _layer_norm,
    "group_norm": _group_norm,
    **{
        f"{kind}_pool{rank}d{more}": _pool
        for kind in ("max", "avg")
        for rank in (1, 2, 3)
        for more in ("", "_with_indices")
    },
    **{f"adaptive_{kind}_pool{rank}d": _adaptive for kind in ("avg", "max") for rank in (1, 2, 3)},
    "embedding": _embedding,
}
