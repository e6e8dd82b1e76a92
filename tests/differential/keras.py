"""Keras: a case's arguments, given to ``cm.frameworks["keras"]``.

The recorded shapes are N, C, sizes; the layers have the channels last. ``y`` and ``e`` are the call's answer. Where
``compute_output_shape`` gave another it is recorded as ``cos``, and ours is held against it as well.
"""

import convmath as cm

from .score import UndecidedError
from .tf import checked, first, last, only

COMMON = {"op", "n", "x", "k", "s", "p", "y", "e", "np", "at", "cos"}
KERAS = cm.frameworks["keras"]


def conv(case, found):
    only(case, COMMON | {"d", "g", "oc", "b"})
    window = {"strides": case["s"], "padding": case["p"], "dilation_rate": case["d"]}
    make = KERAS[f"Conv{case['n']}D"]
    _asked(lambda: make(case["oc"], case["k"], groups=case["g"], use_bias=case["b"], **window), case, found)


def conv_transpose(case, found):
    only(case, COMMON | {"d", "oc", "b", "opad"})
    window = {"strides": case["s"], "padding": case["p"], "dilation_rate": case["d"], "output_padding": case["opad"]}
    make = KERAS[f"Conv{case['n']}DTranspose"]
    _asked(lambda: make(case["oc"], case["k"], use_bias=case["b"], **window), case, found)


def max_pool(case, found):
    only(case, COMMON)
    _asked(lambda: KERAS[f"MaxPooling{case['n']}D"](case["k"], case["s"], case["p"]), case, found)


def avg_pool(case, found):
    only(case, COMMON)
    _asked(lambda: KERAS[f"AveragePooling{case['n']}D"](case["k"], case["s"], case["p"]), case, found)


OPS = {"conv": conv, "conv_transpose": conv_transpose, "max_pool": max_pool, "avg_pool": avg_pool}


def _asked(make, case, found):
    try:
        layer = make()
        _compare(layer, case)
        answer = layer(last(case["x"]))
    except cm.UnsupportedError as reason:
        raise UndecidedError(str(reason)) from None
    found["np"] = answer.operator.parameters()
    found["y"] = first(checked(answer).output_shape)


def _compare(layer, case):
    """``compute_output_shape`` against what is recorded of it: a shape, or the text of a refusal."""
    wanted = case.get("cos", case.get("y"))
    if case.get("at") == "init" or wanted is None:
        return
    try:
        given = first(layer.compute_output_shape(last(case["x"])))
    except cm.RejectedError as error:
        given = str(error)
    assert given == wanted or (isinstance(given, str) and isinstance(wanted, str)), (given, wanted)
