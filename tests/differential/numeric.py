"""Recorded values and gradients on small integers: no framework's convention is left in them."""

from fractions import Fraction

import numpy as np

import convmath as cm


def operator(case):
    """The operator of a case, by PyTorch's argument names."""
    op, rank = case["op"], case["n"]
    window = {"kernel_size": case["k"], "stride": case["s"], "padding": [tuple(pair) for pair in case["p"]]}
    if op.endswith("_pool"):
        more = {"ceil_mode": case["ceil"]}
        more |= {"dilation": case["d"]} if op == "max_pool" else {"count_include_pad": case["cip"]}
        return getattr(cm, f"{op}{rank}d")(**window, **more)
    groups, (first, second) = case["g"], np.array(case["w"]).shape[:2]
    channels = (second * groups, first) if op == "conv" else (first, second * groups)
    more = {"dilation": case["d"], "groups": groups, "bias": case["b"] is not None}
    more |= {"output_padding": case["opad"]} if op == "conv_transpose" else {}
    return getattr(cm, f"{op}{rank}d")(*channels, **window, **more)


def arrays(case):
    """The arrays of a case, under the names of the definition."""
    names = {"X": "x", "W": "w", "b": "b"}
    return {name: np.array(case[key]) for name, key in names.items() if case.get(key) is not None}


def gradient(made, name, given, seed):
    """The gradient by one array, from ``seed``, that of the output."""
    found = made.gradient(name, given["X"].shape)
    kept = {other: given[other] for other in found.general.arrays if other in given}
    return found(**{found.general.tensors[0].name: seed}, **kept)


def convolution(case, found):
    made, given = operator(case), arrays(case)
    found["y"] = made(**given).tolist()
    for name, key in (("X", "dx"), ("W", "dw"), ("b", "db")):
        if "gy" in case and name in given:
            found[key] = gradient(made, name, given, np.array(case["gy"])).tolist()


def mean(case, found):
    found["y"] = _texts(operator(case)(**arrays(case)).tolist())


def maximum(case, found):
    """A window without an element has the maximum −∞, which is no integer: then in floats, which hold these exactly."""
    made, given = operator(case), arrays(case)
    try:
        found["y"] = made(**given).tolist()
    except cm.ConvmathError:
        found["y"] = _with_infinity(made(given["X"].astype(float)).tolist())


OPS = {"conv": convolution, "conv_transpose": convolution, "avg_pool": mean, "max_pool": maximum}


def _texts(nested):
    return [_texts(item) for item in nested] if isinstance(nested, list) else str(Fraction(nested))


def _with_infinity(nested):
    if isinstance(nested, list):
        return [_with_infinity(item) for item in nested]
    return "-inf" if nested == float("-inf") else int(nested)
