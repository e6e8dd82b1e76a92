"""JAX: a case's arguments, given to ``cm.frameworks["jax"]``.

The recorded input is N, C and spatial axes for every call; the calls that are channels last get it so. A case of
``conv`` is ``lax.conv_general_dilated``, of ``conv_transpose`` ``lax.conv_transpose`` with the padding of the dilated
input, of ``max_pool`` ``lax.reduce_window`` along all axes, of ``avg_pool`` ``flax.linen.avg_pool``. A case of
``values`` names its call, with the arrays in that call's own layout and what JAX computed.
"""

import numpy as np

import convmath as cm

from .score import UndecidedError

COMMON = {"op", "n", "x", "k", "s", "d", "p", "y", "e", "ran"}
JAX = cm.frameworks["jax"]


def conv(case, found):
    _only(case, COMMON | {"g", "oc", "b", "ld"})
    _, channels, *_ = case["x"]
    kernel = (case["oc"], channels // case["g"], *case["k"])
    more = {"rhs_dilation": case["d"], "feature_group_count": case["g"], "lhs_dilation": case.get("ld")}
    _asked("conv_general_dilated", (case["x"], kernel, case["s"], case["p"]), more, found)


def conv_transpose(case, found):
    _only(case, COMMON | {"oc", "b"})
    _, channels, *_ = case["x"]
    kernel = (*case["k"], channels, case["oc"])
    more = {"rhs_dilation": case["d"]}
    _asked("conv_transpose", (_last(case["x"]), kernel, case["s"], case["p"]), more, found, last=True)


def max_pool(case, found):
    _only(case, COMMON)
    pads = case["p"] if isinstance(case["p"], str) else [[0, 0], [0, 0], *case["p"]]
    window = ([1, 1, *case["k"]], [1, 1, *case["s"]], pads)
    _asked("reduce_window", (case["x"], "max", *window), {"window_dilation": [1, 1, *case["d"]]}, found)


def avg_pool(case, found):
    _only(case, COMMON | {"cip"})
    if any(d != 1 for d in case["d"]):
        raise UndecidedError("avg_pool has no dilation")
    window = (tuple(case["k"]), tuple(case["s"]), case["p"], case["cip"])
    _asked("avg_pool", (_last(case["x"]), *window), {}, found, last=True)


def values(case, found):
    """What the operator gives for the arrays themselves: a layer takes x's shape, a function the kernel's as well."""
    x, arguments = np.array(case["x"]), {key: _tuples(value) for key, value in case["arguments"].items()}
    kernel = np.array(case["w"]) if "w" in case else None
    call = JAX[case["call"]]
    try:
        if case["call"] in ("Conv", "ConvTranspose"):
            answer = call(**arguments)(x.shape)
        else:
            answer = call(*(array.shape for array in (x, kernel) if array is not None), **arguments)
    except cm.UnsupportedError as reason:
        raise UndecidedError(str(reason)) from None
    first_channels = case["call"] in ("conv_general_dilated", "reduce_window")
    rank = len(answer.shape) - 2
    given = [x if first_channels else np.moveaxis(x.reshape(-1, *x.shape[-rank - 1 :]), -1, 1)]
    if kernel is not None:
        given.append(kernel if first_channels else kernel.transpose(rank + 1, rank, *range(rank)))
    given += [np.array(case["b"])] if "b" in case else []
    y = answer.operator(*given)
    found["y"] = (y if first_channels else np.moveaxis(y, 1, -1).reshape(answer.output_shape)).tolist()


OPS = {"conv": conv, "conv_transpose": conv_transpose, "max_pool": max_pool, "avg_pool": avg_pool, "values": values}


def _only(case, known):
    for key in sorted(case.keys() - known):
        raise UndecidedError(f"the argument {key}")


def _last(shape):
    """Channels last."""
    return [shape[0], *shape[2:], shape[1]]


def _tuples(value):
    """Lists as tuples: flax takes nothing else."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _asked(name, arguments, more, found, last=False):
    try:
        answer = JAX[name](*arguments, **more)
    except cm.UnsupportedError as reason:
        raise UndecidedError(str(reason)) from None
    shape = list(answer.output_shape)
    found["y"] = [shape[0], shape[-1], *shape[1:-1]] if last else shape
    if 0 not in answer.shape and 0 not in shape:  # where the definition has an answer, it must be the same
        sizes = answer.operator.output_shape(answer.shape)
        assert [*sizes[2:]] == found["y"][2:], f"the definition gives {sizes}"
