"""The ready-made operators by name, and the room that each is imported from when it is asked for."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

SHELF = {
    "convmath.operators.conv": "conv1d conv2d conv3d",
    "convmath.operators.conv_transpose": "conv_transpose1d conv_transpose2d conv_transpose3d",
    "convmath.operators.linear": "linear",
    "convmath.operators.columns": "fold unfold",
    "convmath.operators.join": "cat stack",
    "convmath.operators.reshape": "expand flatten permute reshape squeeze transpose unflatten unsqueeze",
    "convmath.operators.resample": "upsample_nearest1d upsample_nearest2d upsample_nearest3d",
    "convmath.operators.blend": "upsample_linear1d upsample_bilinear2d upsample_trilinear3d",
    "convmath.operators.shuffle": "channel_shuffle depth_to_space pixel_shuffle pixel_unshuffle space_to_depth",
    "convmath.operators.slices": "flip narrow slice",
    "convmath.operators.pad": "pad",
    "convmath.operators.pool": "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d",
    "convmath.operators.adaptive": "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d "
    "adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d "
    "global_avg_pool1d global_avg_pool2d global_avg_pool3d global_max_pool1d global_max_pool2d global_max_pool3d",
    "convmath.operators.lp": "lp_pool1d lp_pool2d lp_pool3d",
    "convmath.operators.products": "matmul bilinear add sub mul",
    "convmath.operators.activations": "relu relu6 leaky_relu elu gelu silu sigmoid tanh softplus hardswish hardsigmoid "
    "hardtanh dropout identity",
    "convmath.operators.softmax": "softmax log_softmax max_unpool1d max_unpool2d max_unpool3d grid_sample",
    "convmath.operators.norm": "batch_norm1d batch_norm2d batch_norm3d layer_norm group_norm "
    "instance_norm1d instance_norm2d instance_norm3d",
    "convmath.operators.interpolate": "interpolate",
}
SHOWN: dict[str, Any] = {
    "in_channels": "C",
    "out_channels": "O",
    "in_features": "C",
    "out_features": "O",
    "in1_features": "C",
    "in2_features": "E",
    "kernel_size": "k",
    "output_size": "o",
    "groups": "g",
    "upscale_factor": "f",
    "downscale_factor": "f",
    "blocksize": "f",
    "norm_type": 2,
    "dim": 1,
    "num_features": "C",
    "num_channels": "C",
    "num_groups": "g",
    "normalized_shape": "C",
    "grid": "N,I,J,2",
    "input": "N,C,H,W",
    "other": "C,1,1",
}
"""What stands for an argument that has to be given, where an operator is shown in letters."""
SHOWN_BY: dict[str, dict[str, Any]] = {
    "matmul": {"input": "N,I,K", "other": "N,K,J"},
    "unflatten": {"input": "N,C*H*W", "dim": 1, "sizes": "C,H,W"},
    "reshape": {"shape": "N,C,-1"},
    "permute": {"dims": (0, 2, 3, 1)},
    "transpose": {"dim0": 1, "dim1": 3},
    "squeeze": {"input": "N,C,1,1", "dim": (2, 3)},
    "unsqueeze": {"input": "N,C", "dim": 2},
    "expand": {"input": "N,C,1,1", "sizes": "N,C,H,W"},
    "cat": {"tensors": ("N,C,H,W", "N,D,H,W"), "dim": 1},
    "stack": {"tensors": ("N,C,H,W", "N,C,H,W"), "dim": 1},
    "narrow": {"input": "N,C,L", "dim": 2, "start": "b", "length": "m"},
    "slice": {"input": "N,C,L", "dim": 2, "start": "b", "end": "e", "step": "s"},
    "flip": {"dims": (2, 3)},
    "fold": {"output_size": ("H", "W")},
    "upsample_linear1d": {"size": "o"},
    "upsample_bilinear2d": {"size": ("o", "m")},
    "upsample_trilinear3d": {"size": ("o", "m", "h")},
    "upsample_nearest1d": {"scale_factor": "f"},
    "upsample_nearest2d": {"scale_factor": "f"},
    "upsample_nearest3d": {"scale_factor": "f"},
    "interpolate": {"scale_factor": 2, "mode": "bilinear"},
    "pad": {"input": "N,C,L", "pad": ("p", "q")},
}
"""The same for single operators; and what is shown though it need not be given."""
INSTEAD: dict[str, dict[str, Any]] = {"size": {"scale_factor": None}}
"""Arguments that stand in the place of others."""
ROOM_OF = {name: room for room, names in SHELF.items() for name in names.split()}


def operator_names() -> tuple[str, ...]:
    """The names of the ready-made operators, in the order of the shelf."""
    return tuple(ROOM_OF)


def in_letters(name: str, *, shown: bool = True) -> dict[str, Any]:
    """The arguments that the operator called ``name`` has to be given, in letters, and those that are ``shown``."""
    parameters = inspect.signature(maker(name)).parameters.values()
    own = SHOWN_BY.get(name, {})
    known = SHOWN | own
    more = own if shown else {}
    return {p.name: known[p.name] for p in parameters if p.default is inspect.Parameter.empty or p.name in more}


def maker(name: str) -> Callable[..., Any]:
    """The function that makes the operator called ``name``."""
    found: Callable[..., Any] = getattr(import_module(ROOM_OF[name]), name)
    return found
