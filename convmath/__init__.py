"""convmath derives what a convolution gives, and shows why.

>>> import convmath as cm
>>> conv = cm.conv2d(192, 192, 1)
>>> conv.output_shape((1, 192, 28, 28)), conv.parameters(), conv.macs((1, 192, 28, 28))
((1, 192, 28, 28), 37056, 28901376)

Each name is imported when it is first used, so that ``import convmath`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convmath.operators.shelf import ROOM_OF

if TYPE_CHECKING:
    from convmath.book.entries import prove, theorems
    from convmath.conventions.framework import frameworks
    from convmath.errors import (
        ConvmathError,
        DefinitionError,
        ParseError,
        ProofError,
        RejectedError,
        ShapeError,
        UnsupportedError,
    )
    from convmath.evaluate.positions import Positions
    from convmath.language.border import symbols
    from convmath.operators.activations import (
        dropout,
        elu,
        gelu,
        hardsigmoid,
        hardswish,
        hardtanh,
        identity,
        leaky_relu,
        relu,
        relu6,
        sigmoid,
        silu,
        softplus,
        tanh,
    )
    from convmath.operators.adaptive import (
        adaptive_avg_pool1d,
        adaptive_avg_pool2d,
        adaptive_avg_pool3d,
        adaptive_max_pool1d,
        adaptive_max_pool2d,
        adaptive_max_pool3d,
        global_avg_pool1d,
        global_avg_pool2d,
        global_avg_pool3d,
        global_max_pool1d,
        global_max_pool2d,
        global_max_pool3d,
    )
    from convmath.operators.columns import fold, unfold
    from convmath.operators.conv import conv1d, conv2d, conv3d
    from convmath.operators.conv_transpose import conv_transpose1d, conv_transpose2d, conv_transpose3d
    from convmath.operators.declare import define
    from convmath.operators.interpolate import (
        interpolate,
    )
    from convmath.operators.join import cat, stack
    from convmath.operators.linear import linear
    from convmath.operators.lp import lp_pool1d, lp_pool2d, lp_pool3d
    from convmath.operators.norm import (
        batch_norm1d,
        batch_norm2d,
        batch_norm3d,
        group_norm,
        instance_norm1d,
        instance_norm2d,
        instance_norm3d,
        layer_norm,
    )
    from convmath.operators.operator import Operator
    from convmath.operators.pad import pad
    from convmath.operators.pool import (
        avg_pool1d,
        avg_pool2d,
        avg_pool3d,
        max_pool1d,
        max_pool2d,
        max_pool3d,
    )
    from convmath.operators.products import add, bilinear, matmul, mul, sub
    from convmath.operators.resample import upsample_nearest1d, upsample_nearest2d, upsample_nearest3d
    from convmath.operators.reshape import expand, flatten, permute, reshape, squeeze, transpose, unflatten, unsqueeze
    from convmath.operators.shuffle import (
        channel_shuffle,
        depth_to_space,
        pixel_shuffle,
        pixel_unshuffle,
        space_to_depth,
    )
    from convmath.operators.slices import flip, narrow, slice, split
    from convmath.operators.softmax import (
        grid_sample,
        log_softmax,
        max_unpool1d,
        max_unpool2d,
        max_unpool3d,
        softmax,
    )
    from convmath.operators.unit import receptive_positions
    from convmath.proof.derivation import Derivation

__version__ = "0.1.0"

_ROOMS = {
    "convmath.errors": "ConvmathError DefinitionError ParseError ProofError RejectedError ShapeError UnsupportedError",
    "convmath.conventions.framework": "frameworks",
    "convmath.language.border": "symbols",
    "convmath.operators.declare": "define",
    "convmath.operators.operator": "Operator",
    "convmath.operators.unit": "receptive_positions",
    "convmath.evaluate.positions": "Positions",
    "convmath.proof.derivation": "Derivation",
    "convmath.operators.slices": "split",
    "convmath.book.entries": "prove theorems",
}
_WHERE = ROOM_OF | {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = [
    "ConvmathError",
    "DefinitionError",
    "Derivation",
    "Operator",
    "ParseError",
    "Positions",
    "ProofError",
    "RejectedError",
    "ShapeError",
    "UnsupportedError",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "add",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm1d",
    "batch_norm2d",
    "batch_norm3d",
    "bilinear",
    "cat",
    "channel_shuffle",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "define",
    "depth_to_space",
    "dropout",
    "elu",
    "expand",
    "flatten",
    "flip",
    "fold",
    "frameworks",
    "gelu",
    "global_avg_pool1d",
    "global_avg_pool2d",
    "global_avg_pool3d",
    "global_max_pool1d",
    "global_max_pool2d",
    "global_max_pool3d",
    "grid_sample",
    "group_norm",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "identity",
    "instance_norm1d",
    "instance_norm2d",
    "instance_norm3d",
    "interpolate",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "matmul",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
    "mul",
    "narrow",
    "pad",
    "permute",
    "pixel_shuffle",
    "pixel_unshuffle",
    "prove",
    "receptive_positions",
    "relu",
    "relu6",
    "reshape",
    "sigmoid",
    "silu",
    "slice",
    "softmax",
    "softplus",
    "space_to_depth",
    "split",
    "squeeze",
    "stack",
    "sub",
    "symbols",
    "tanh",
    "theorems",
    "transpose",
    "unflatten",
    "unfold",
    "unsqueeze",
    "upsample_nearest1d",
    "upsample_nearest2d",
    "upsample_nearest3d",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'convmath' has no attribute {name!r}")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
