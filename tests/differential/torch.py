"""PyTorch: a case's arguments, given to ``cm.frameworks["torch"]``.

FLOPs are 2 for each multiply-add, without the bias. A case without an answer of ours is undecided: what
PyTorch does there depends on its backend, or is known to be wrong.
"""

import convmath as cm

from .score import RefusedError, UndecidedError
from .torch_misc import OPS as MISC

COMMON = {"op", "n", "x", "k", "s", "d", "p", "y", "e", "np", "fl", "at", "meta"}
TORCH = cm.frameworks["torch"]


def conv(case, found):
    _only(case, COMMON | {"g", "oc", "b", "pm"})
    rank, channels = case["n"], _channels(case)
    make = TORCH[f"Conv{rank}d"]
    window = (case["k"], case["s"], _padding(case), case["d"])
    options = (case["g"], case["b"], case.get("pm", "zeros"))
    _asked(make, (channels, case["oc"], *window, *options), case, found, flops=True)


def conv_transpose(case, found):
    _only(case, COMMON | {"g", "oc", "b", "opad"})
    rank, channels = case["n"], _channels(case)
    make = TORCH[f"ConvTranspose{rank}d"]
    window = (case["k"], case["s"], _padding(case), case["opad"])
    _asked(make, (channels, case["oc"], *window, case["g"], case["b"], case["d"]), case, found, flops=True)


def max_pool(case, found):
    _only(case, COMMON | {"ceil"})
    make = TORCH[f"MaxPool{case['n']}d"]
    window = (case["k"], case["s"], _padding(case), case["d"])
    _asked(make, (*window, False, case["ceil"]), case, found)


def avg_pool(case, found):
    _only(case, COMMON | {"ceil", "cip"})
    if any(d != 1 for d in case["d"]):
        raise UndecidedError("avg_pool has no dilation")
    make = TORCH[f"AvgPool{case['n']}d"]
    _asked(make, (case["k"], case["s"], _padding(case), case["ceil"], case["cip"]), case, found)


OPS = {"conv": conv, "conv_transpose": conv_transpose, "max_pool": max_pool, "avg_pool": avg_pool, **MISC}


def _only(case, known):
    for key in sorted(case.keys() - known):
        raise UndecidedError(f"the argument {key}")


def _channels(case):
    """in_channels, which the recorded cases take from their input."""
    return case["x"][1 if len(case["x"]) == case["n"] + 2 else 0]


def _padding(case):
    """A word, or one size an axis."""
    padding = case["p"]
    if isinstance(padding, str):
        return padding
    if any(before != after for before, after in padding):
        raise RefusedError("one padding an axis is taken; F.pad gives two")
    return [before for before, _ in padding]


def _asked(make, arguments, case, found, flops=False):
    try:
        layer = make(*arguments)
        found["np"] = layer.parameters
        answer = layer(case["x"])
    except cm.UnsupportedError as reason:
        raise UndecidedError(str(reason)) from None
    if not answer.missing:
        found["np"] = answer.operator.parameters()
    found["y"] = list(answer.output_shape)
    if flops:
        found["fl"] = 2 * answer.operator.macs(answer.shape) if case["x"][0] else 0
