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


def misc(case, found):
    """Any operator: shapes, and values where an input is one; the answers are lists of shapes, one an output."""
    inputs = [item["v"] if isinstance(item, dict) else item for item in case["in"]]
    try:
        given = ONNX[case["op"]](*(item if item is None else tuple(item) for item in inputs), **case["at"])
    except cm.UnsupportedError as reason:
        raise UndecidedError(str(reason)) from None
    except cm.RejectedError as refusal:
        found["dis"] = {
            who: what if isinstance(what, str) else _outputs(what) for who, what in named(refusal.answers).items()
        }
        raise
    outputs = given if isinstance(given, tuple) else (given,)
    found["y"] = [list(answer.output_shape) for answer in outputs]
    reported = [named(answer.answers) for answer in outputs]
    found["dis"] = {
        who: [answers.get(who, y) for answers, y in zip(reported, found["y"], strict=True)]
        for who in {who for answers in reported for who in answers}
    }


def _outputs(answer):
    """The shapes of all outputs, where ``answer`` may be that of the only one."""
    return [list(shape) for shape in answer] if answer and isinstance(answer[0], tuple) else [answer]


OPS = {"conv": conv, "conv_transpose": conv_transpose, "max_pool": max_pool, "avg_pool": avg_pool}
OPS |= {name: misc for name in ONNX if name not in OPS}


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
