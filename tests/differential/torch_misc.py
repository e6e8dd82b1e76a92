"""PyTorch's other functions and layers: a case's arguments, given to ``cm.frameworks["torch"]``."""

import convmath as cm

from .score import UndecidedError

TORCH = cm.frameworks["torch"]


def function(name, *arguments, **named):
    """An op that is one function: which keys of the case are its arguments, in order or by name; {n} is the rank."""

    def translate(case, found):
        _only(case, {"op", "n", "y", "e", *arguments, *named.values()})
        call = TORCH[name.format(n=case.get("n"))]
        found["y"] = shape(
            call, *(case[key] for key in arguments), **{w: case[k] for w, k in named.items() if k in case}
        )

    return translate


def lp_pool(case, found):
    """The norm is not recorded: the sizes do not depend on it."""
    _only(case, {"op", "n", "x", "k", "s", "ceil", "y", "e"})
    kernel = case["k"] if case["n"] > 1 else case["k"][0]
    found["y"] = shape(TORCH[f"lp_pool{case['n']}d"], case["x"], 2, kernel, case["s"], case["ceil"])


def max_unpool(case, found):
    """A maximum is taken first, of the same window: its indices are those that the values go back to."""
    _only(case, {"op", "n", "x", "k", "s", "p", "osize", "y", "e"})
    window = (case["k"], case["s"], case["p"])
    pooled = decided(TORCH[f"max_pool{case['n']}d"], case["x"], *window, return_indices=True)
    unpool = TORCH[f"max_unpool{case['n']}d"]
    found["y"] = shape(unpool, pooled.output_shape, pooled, *window, case.get("osize"))


def output_size(case, found):
    """A transposed convolution with two channels out, called with an output_size."""
    _only(case, {"op", "n", "x", "k", "s", "d", "p", "osize", "y", "e"})
    make = TORCH[f"ConvTranspose{case['n']}d"]
    layer = make(case["x"][1], 2, case["k"], case["s"], case["p"], dilation=case["d"])
    found["y"] = shape(layer, case["x"], output_size=case["osize"])


def layer(case, found):
    """What a constructor gives: how many numbers it learns, and how many it keeps."""
    _only(case, {"op", "cls", "args", "kw", "np", "nb", "e"})
    if case["cls"] not in TORCH:
        raise UndecidedError(f"no layer {case['cls']} yet")
    made = decided(TORCH[case["cls"]], *case["args"], **case["kw"])
    found["np"], found["nb"] = made.parameters, made.buffers


OPS = {
    "adaptive_avg_pool": function("adaptive_avg_pool{n}d", "x", "out"),
    "adaptive_max_pool": function("adaptive_max_pool{n}d", "x", "out"),
    "add": function("add", "a", "b"),
    "cat": function("cat", "xs", "dim"),
    "channel_shuffle": function("channel_shuffle", "x", "g"),
    "conv_transpose_output_size": output_size,
    "flatten": function("flatten", "x", "start", "end"),
    "fold": function("fold", "x", "out", "k", "d", "p", "s"),
    "interpolate": function("interpolate", "x", size="size", scale_factor="scale", mode="mode"),
    "layer": layer,
    "linear": function("linear", "x", "w"),
    "lp_pool": lp_pool,
    "matmul": function("matmul", "a", "b"),
    "max_unpool": max_unpool,
    "pad": function("pad", "x", "pad", "mode"),
    "pixel_shuffle": function("pixel_shuffle", "x", "r"),
    "pixel_unshuffle": function("pixel_unshuffle", "x", "r"),
    "reshape": function("reshape", "x", "shape"),
    "unflatten": function("unflatten", "x", "dim", "sizes"),
    "unfold": function("unfold", "x", "k", "d", "p", "s"),
}


def shape(call, *arguments, **named):
    """The shape that comes out, or the shapes, where there are several."""
    shapes = [list(one) for one in decided(call, *arguments, **named).output_shapes]
    return shapes if len(shapes) > 1 else shapes[0]


def decided(call, *arguments, **named):
    """What the call gives; what it does not decide is undecided here as well."""
    try:
        return call(*arguments, **named)
    except cm.UnsupportedError as reason:
        raise UndecidedError(str(reason)) from None


def _only(case, known):
    for key in sorted(case.keys() - known):
        raise UndecidedError(f"the argument {key}")
