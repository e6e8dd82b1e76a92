"""tf.nn: a case's arguments, given to ``cm.frameworks["tensorflow"]``.

The recorded shapes are N, C, sizes; tf.nn has the channels last. An answer that is not empty must also be what the
operator itself derives.
"""

import convmath as cm

from .score import UndecidedError

COMMON = {"op", "n", "x", "k", "s", "p", "y", "e"}
TF = cm.frameworks["tensorflow"]


def conv(case, found):
    only(case, COMMON | {"d", "g", "oc"})
    rank, channels = case["n"], case["x"][1]
    filters = (*case["k"], channels // case["g"], case["oc"])
    strides, dilations = ([1, *case[key], 1] for key in "sd")
    if rank == 1:
        strides, dilations = case["s"], case["d"]
    _asked(TF[f"conv{rank}d"], (filters, strides, padding(case)), case, found, dilations=dilations)


def max_pool(case, found):
    only(case, COMMON)
    _asked(TF[f"max_pool{case['n']}d"], (case["k"], case["s"], padding(case)), case, found)


def avg_pool(case, found):
    only(case, COMMON)
    _asked(TF[f"avg_pool{case['n']}d"], (case["k"], case["s"], padding(case)), case, found)


OPS = {"conv": conv, "max_pool": max_pool, "avg_pool": avg_pool}


def only(case, known):
    for key in sorted(case.keys() - known):
        raise UndecidedError(f"the argument {key}")


def padding(case):
    """A word, or [before, after] for every axis."""
    return case["p"] if isinstance(case["p"], str) else [[0, 0], *case["p"], [0, 0]]


def last(shape):
    """(N, C, sizes) with the channels last."""
    return (shape[0], *shape[2:], shape[1])


def first(shape):
    """(N, sizes, C) with the channels after the batch."""
    return [shape[0], shape[-1], *shape[1:-1]]


def checked(answer):
    """The answer, whose operator derives the same sizes."""
    if all(answer.output_shape) and all(answer.shape):
        assert answer.operator.output_shape(answer.shape)[2:] == answer.output_shape[1:-1], answer
    return answer


def _asked(call, arguments, case, found, **more):
    try:
        answer = call(last(case["x"]), *arguments, **more)
    except cm.UnsupportedError as reason:
        raise UndecidedError(str(reason)) from None
    found["y"] = first(checked(answer).output_shape)
