"""ONNX: a case's arguments, given to ``cm.frameworks["onnx"]``.

A translation's shape is that of onnxruntime; what the implementations give is ``dis``, where they are not agreed.
"""

from math import prod

import convmath as cm

from .score import UndecidedError

ONNX = cm.frameworks["onnx"]
NAMES = {"onnx 1.23.2 shape inference": "infer", "onnxruntime 1.31.1": "ort", "specification": "spec"}


def conv(case, found):
    x = case["x"]
    weight = (case["oc"], x[1] // case["g"], *case["k"])
    _weighted("Conv", case, found, weight, case["oc"])


def conv_transpose(case, found):
    x, each = case["x"], case["oc"] // case["g"]
    more = {"output_padding": case["opad"]} | ({"output_shape": case["oshape"]} if "oshape" in case else {})
    _weighted("ConvTranspose", case, found, (x[1], each, *case["k"]), each * case["g"], **more)


def max_pool(case, found):
    _window("MaxPool", [case["x"]], case, found, kernel_shape=case["k"], ceil_mode=int(case["ceil"]))


def avg_pool(case, found):
    more = {"kernel_shape": case["k"], "ceil_mode": int(case["ceil"]), "count_include_pad": int(case["cip"])}
    _window("AveragePool", [case["x"]], case, found, **more)


OPS = {"conv": conv, "conv_transpose": conv_transpose, "max_pool": max_pool, "avg_pool": avg_pool}


def _weighted(name, case, found, weight, channels, **more):
    """A weight and a bias beside the input; their entries are the parameters."""
    found["np"] = prod(weight) + (channels if case["b"] else 0)
    bias = (channels,) if case["b"] else None
    _window(name, [case["x"], weight, bias], case, found, group=case["g"], **more)


def _window(name, shapes, case, found, **more):
    padding = case["p"]
    if isinstance(padding, str):
        more["auto_pad"] = padding
    else:
        more["pads"] = [before for before, _ in padding] + [after for _, after in padding]
    asked(name, shapes, found, strides=case["s"], dilations=case["d"], **more)


def asked(name, shapes, found, **attributes):
    """The answer, and where there are several those of each; parameters are the operator's."""
    given = [None if shape is None else tuple(shape) for shape in shapes]
    try:
        answer = ONNX[name](*given, **attributes)
    except cm.UnsupportedError as reason:
        raise UndecidedError(str(reason)) from None
    except cm.RejectedError as refusal:
        found["dis"] = named(refusal.answers)
        raise
    found["y"] = list(answer.output_shape)
    found["dis"] = named(answer.answers)


def named(answers):
    return {NAMES[who]: what if isinstance(what, str) else list(what) for who, what in answers.items()}
