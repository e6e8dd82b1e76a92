"""Calls that move entries: views, pieces, joined arrays, padding, resizing."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from operator import mul
from typing import Any

from convmath.errors import UnsupportedError
from convmath.operators.join import MOST
from convmath.readers.torch.calls import Axis, Call, Tensor, Worked
from convmath.readers.torch.sized import Viewed
from convmath.readers.torch.steps import Finder, Found, Step, ruled, spatial, step

END = 2**62
"""Ends of slices from here on are no end at all."""
MODES = {"nearest": "nearest", "nearest_exact": "nearest-exact", "_nearest_exact": "nearest-exact"}
FINEST = 1024
"""A factor with at most this denominator is multiplied exactly in floating point."""


def _flatten(call: Call) -> Found:
    return step("flatten", [call.tensor()], {"start_dim": call["start_dim"], "end_dim": call["end_dim"]})


def _view(call: Call) -> Found:
    """A view: axes merged, one axis split, or else whatever the target says."""
    tensor, target = call.tensor(), call["size"] or call["shape"]
    if call.op == "unflatten":
        at = call["dim"] % len(tensor.shape)
        target = tuple(Axis(tensor, axis) for axis in range(at)) + call["sizes"]
        target += tuple(Axis(tensor, axis) for axis in range(at + 1, len(tensor.shape)))
    before, after = tensor.shape, call.outputs[0].shape
    first = _alike(before, after)
    last = _alike(before[first:][::-1], after[first:][::-1])
    merged, made = before[first : len(before) - last], after[first : len(after) - last]
    asked = target[first : len(target) - last]
    if not merged and not made:
        return tensor
    known = all(isinstance(size, int) for size in merged)
    if len(made) == 1 and len(merged) > 1 and (known or asked == (-1,) or not isinstance(asked[0], int)):
        return step("flatten", [tensor], {"start_dim": first, "end_dim": len(before) - last - 1}, label=call.op)
    if len(merged) == 1 and len(made) > 1 and all(isinstance(size, int) for size in asked):
        return step("unflatten", [tensor], {"dim": first, "sizes": asked}, label=call.op)
    viewed = Viewed(call.op, tensor, target)
    return Step(viewed, tuple(viewed.takes.values()))


def _alike(one: tuple[Any, ...], two: tuple[Any, ...]) -> int:
    """How many sizes are the same from the first on."""
    found = 0
    while found < min(len(one), len(two)) and one[found] == two[found]:
        found += 1
    return found


def _expand(call: Call) -> Found:
    tensor, target = call.tensor(), call["size"]
    if call.op == "expand_as":
        other = call.tensor("other")
        target = tuple(Axis(other, axis) for axis in range(len(other.shape)))
    new = len(target) - len(tensor.shape)
    after = call.outputs[0].shape
    sizes = tuple(-1 if at >= new and tensor.shape[at - new] == after[at] else item for at, item in enumerate(target))
    return tensor if set(sizes) == {-1} else step("expand", [tensor], {"sizes": sizes})


def _order(call: Call) -> Found:
    """Axes in another order: for each axis of the output which axis of the input it is."""
    tensor = call.tensor()
    order = list(range(len(tensor.shape)))
    if call.op in ("t", "numpy_T"):
        order.reverse()
    elif call.op == "permute":
        order = [axis % len(order) for axis in call["dims"]]
    else:
        one, two = (call[name] % len(order) for name in ("dim0", "dim1"))
        order[one], order[two] = order[two], order[one]
    return step("permute", [tensor], {"dims": tuple(order)}, label=call.op)


def _squeeze(call: Call) -> Found:
    return step("squeeze", [call.tensor()], {"dim": call["dim"]})


def _unsqueeze(call: Call) -> Found:
    return step("unsqueeze", [call.tensor()], {"dim": call["dim"]})


def _slice(call: Call) -> Found:
    tensor, start, end, every = call.tensor(), call["start"], call["end"], call["step"]
    axis, first, stop = call["dim"] % len(tensor.shape), start or None, end
    if isinstance(end, int) and (end >= END or end == tensor.shape[axis]):
        stop = None
    if first is None and stop is None and every == 1:
        return tensor
    return step("slice", [tensor], {"dim": axis, "start": first, "end": stop, "step": every})


def _select(call: Call) -> Found:
    axis = call["dim"] % len(call.tensor().shape)
    return _taken(call.tensor(), axis, call["index"])


def _taken(tensor: Tensor, axis: int, index: Any) -> list[Step]:
    one = step("narrow", [tensor], {"dim": axis, "start": index, "length": 1}, label="select")
    return [one, step("squeeze", [], {"dim": axis})]


def _narrow(call: Call) -> Found:
    names = ("dim", "start", "length")
    return step("narrow", [call.tensor()], {name: call[name] for name in names})


def _flip(call: Call) -> Found:
    return step("flip", [call.tensor()], {"dims": call["dims"]})


def _cat(call: Call) -> Found:
    tensors, axis = call["tensors"], call["dim"]
    if len(tensors) == 1 and call.op == "cat":
        return tensors[0]  # type: ignore[no-any-return]  # a list of tensors, whatever else may stand in arguments
    if len(tensors) > MOST:
        raise UnsupportedError(f"{len(tensors)} arrays are joined; at most {MOST} are taken")
    return step(call.op, tensors, {"dim": axis})


def _pad(call: Call) -> Found:
    tensor, mode = call.tensor(), call["mode"] or "constant"
    for name in ("reflect", "replicat"):
        if call.op.startswith(name):
            mode = "reflect" if name == "reflect" else "replicate"
    amounts = call["pad"] or call["padding"]
    return tensor if set(amounts) == {0} else step("pad", [tensor], {"pad": tuple(amounts), "mode": mode})


def _resize(call: Call) -> Found:
    tensor, kind = call.tensor(), call.op.removeprefix("_").removeprefix("upsample_")
    rank, given = spatial(tensor), {"mode": MODES.get(kind[:-2], kind[:-2])}
    more: dict[str, Any] = {"align_corners": True} if call["align_corners"] else {}
    more |= {"antialias": True} if call.op.endswith("_aa") else {}
    size, factors = call["output_size"], call["scale_factors"]
    if call.op.endswith("_aa"):
        given = {"mode": MODES.get(kind[:-5], kind[:-5])}
    if size is not None:
        return step("interpolate", [tensor], {"size": size * (rank if len(size) == 1 else 1), **given, **more})
    if factors is None:
        factors = tuple(call[name] for name in ("scales_d", "scales_h", "scales_w", "scales") if call[name])
    return step("interpolate", [tensor], {"scale_factor": tuple(map(_factor, factors)), **given, **more})


def _factor(value: float) -> Any:
    """A factor exactly, where PyTorch's product with it is exact too."""
    found = Fraction(value)
    return value if found.denominator > FINEST else int(found) if found.denominator == 1 else found


def _shuffle(call: Call) -> Found:
    name = {"pixel_shuffle": "upscale_factor", "pixel_unshuffle": "downscale_factor"}.get(call.op, "groups")
    return step(call.op, [call.tensor()], {name: call[name]})


def _columns(call: Call) -> Found:
    names = ("kernel_size", "dilation", "padding", "stride")
    given = {name: call[name] for name in names}
    if call.op == "col2im":
        return step("fold", [call.tensor()], {"output_size": call["output_size"], **given})
    return step("unfold", [call.tensor()], given)


def _repeat(call: Call) -> Found:
    repeats, rank = call["repeats"], len(call.tensor().shape)
    if any(not isinstance(count, int) for count in repeats):
        raise UnsupportedError("how often it repeats depends on the input")
    new = len(repeats) - rank
    return ruled("repeat", [call.tensor()], lambda shapes, met: tuple(map(mul, (*(1,) * new, *shapes[0]), repeats)))


def piece(call: Call, number: int) -> Found:
    """One of the pieces that an array is cut into."""
    tensor, count = call.tensor(), len(call.outputs)
    axis = (call["dim"] or 0) % len(tensor.shape)
    if call.op == "unbind":
        return _taken(tensor, axis, number)
    sizes = [piece.shape[axis] for piece in call.outputs]
    if call.op == "split_with_sizes":
        sizes = list(call["split_sizes"])
    if all(isinstance(size, int) for size in sizes):
        return _cut(tensor, axis, sum(sizes[:number]), sizes[number], call.op)
    whole = Axis(tensor, axis)
    if call.op == "chunk":
        each: Any = Worked("floordiv", (Worked("add", (whole, call["chunks"] - 1)), call["chunks"]))
    elif call.op == "split" and not isinstance(call["split_size"], tuple):
        each = call["split_size"]
    else:
        raise UnsupportedError("how it cuts the array depends on the input")
    start = Worked("mul", (each, number))
    length = each if number < count - 1 else Worked("sub", (whole, start))
    return _cut(tensor, axis, start, length, call.op)


def _cut(tensor: Tensor, axis: int, start: Any, length: Any, op: str) -> Step:
    return step("narrow", [tensor], {"dim": axis, "start": start, "length": length}, label=op)


PIECES = frozenset({"split", "split_with_sizes", "chunk", "unbind"})
MOVED: Mapping[str, Finder] = {
    "flatten": _flatten,
    **dict.fromkeys(("view", "reshape", "_unsafe_view", "unflatten"), _view),
    **dict.fromkeys(("expand", "expand_as"), _expand),
    **dict.fromkeys(("permute", "transpose", "t", "numpy_T"), _order),
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    "slice": _slice,
    "select": _select,
    "narrow": _narrow,
    "flip": _flip,
    **dict.fromkeys(("cat", "stack", "concat", "concatenate"), _cat),
    "pad": _pad,
    "constant_pad_nd": _pad,
    **{f"{kind}_pad{rank}d": _pad for kind in ("reflection", "replication") for rank in (1, 2, 3)},
    **{
        f"{dash}upsample_{kind}": _resize
        for dash in ("", "_")
        for kind in (
            *(f"{exact}{rank}d" for exact in ("nearest", "nearest_exact") for rank in (1, 2, 3)),
            *("linear1d", "bilinear2d", "bicubic2d", "trilinear3d", "bilinear2d_aa", "bicubic2d_aa"),
        )
    },
    **dict.fromkeys(("pixel_shuffle", "pixel_unshuffle", "channel_shuffle"), _shuffle),
    **dict.fromkeys(("im2col", "col2im"), _columns),
    "repeat": _repeat,
}
