"""PyTorch's layers one after another: every shape, the totals, and what single units were measured to read.

Measured means: the gradient of one unit by the input, along each axis the lowest and the highest place where
it is not 0, and at how many places it is not.
"""

import convmath as cm

from . import torch

OPS_OF = {"conv": "conv", "convt": "conv_transpose", "avg_pool": "avg_pool"}
POINTWISE = {"relu", "batch_norm"}
"""Layers whose unit reads the one place that it stands at."""


def stack(case, found):
    shape, rank = case["x"], case["n"]
    found["shapes"] = []
    totals = {"np": 0, "fl": 0}
    for layer in case["layers"]:
        if layer["t"] in POINTWISE:
            totals["np"] += 2 * layer.get("c", 0)  # a scale and a shift for each channel
        else:
            part = _alone(layer, rank, shape)
            answer = {}
            torch.OPS[part["op"]](part, answer)
            shape = answer["y"]
            for key in totals:
                totals[key] += answer.get(key, 0)
        found["shapes"].append(shape)
    chain = [_operator(layer, rank) for layer in case["layers"] if layer["t"] not in POINTWISE]
    found["rf"] = [_measured(chain, case["x"], unit["unit"]) for unit in case.get("rf", ())]
    found.update(totals)


OPS = {"stack": stack}


def _alone(layer, rank, shape):
    """The layer as a case of its own."""
    case = {"op": OPS_OF[layer["t"]], "n": rank, "x": shape, "k": layer["k"], "s": layer["s"]}
    case |= {"d": layer.get("d", [1] * rank), "p": [[p, p] for p in layer["p"]]}
    if layer["t"] == "avg_pool":
        return case | {"ceil": layer["ceil"], "cip": True}
    case |= {"oc": layer["o"], "g": layer["g"], "b": layer["b"]}
    return case | ({"opad": layer["opad"]} if layer["t"] == "convt" else {})


def _operator(layer, rank):
    make = getattr(cm, f"{OPS_OF[layer['t']]}{rank}d")
    window = {"kernel_size": layer["k"], "stride": layer["s"], "padding": tuple(layer["p"])}
    if layer["t"] == "avg_pool":
        return make(**window, ceil_mode=layer["ceil"])
    more = {"output_padding": layer["opad"]} if layer["t"] == "convt" else {}
    return make(layer["i"], layer["o"], **window, **more, dilation=layer["d"], groups=layer["g"], bias=layer["b"])


def _measured(chain, shape, unit):
    axes = cm.receptive_positions(chain, shape, unit) if chain else [(place,) for place in unit]
    return {"unit": unit, "rf": [[min(axis), max(axis), len(axis)] if axis else [] for axis in axes]}
