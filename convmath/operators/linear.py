"""Linear maps: on vectors, and the same one at every pixel."""

from __future__ import annotations

from typing import Any

from convmath.operators.axes import Axes, check_flag
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.operator import Operator


@remembered
def linear(in_features: Any, out_features: Any, bias: bool = True) -> Operator:
    """The linear map of X (N, in_features) with a weight (out_features, in_features).

    Raises:
        DefinitionError: an argument is out of range.
    """
    check_flag("linear", "bias", bias)
    return declare(
        "linear",
        "Y[n,o] = " + ("b[o] + " if bias else "") + "W[o,c] * X[n,c]",
        {"X": "N,C", "W": "O,C"} | ({"b": "O"} if bias else {}),
        {},
        values={"C": in_features, "O": out_features},
    )


def per_pixel_linear(rank: int, in_channels: Any, out_channels: Any, stride: Any = 1, bias: bool = True) -> Operator:
    """The same linear map at every (stride-th) pixel of X (N, in_channels, spatial…).

    Raises:
        DefinitionError: an argument is out of range.
    """
    a = Axes("per_pixel_linear", rank, stride=stride)
    return declare(
        f"per_pixel_linear{rank}d",
        f"Y[n,o,{a('{i}')}] = " + ("b[o] + " if bias else "") + f"W[o,c] * X[n,c,{a('{s}*{i}')}]",
        {"X": f"N,C,{a('{L}')}", "W": "O,C"} | ({"b": "O"} if bias else {}),
        {},
        values={"C": in_channels, "O": out_channels, **a.values},
    )
