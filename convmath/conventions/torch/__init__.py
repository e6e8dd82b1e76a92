"""PyTorch: its arguments are convmath's, so what stands here is what PyTorch itself adds or refuses.

* An input may come without its batch axis; the answer then has none either. An empty batch is fine.
* Padding is one size an axis, never negative; "same" and "valid" in lower case, for convolutions only.
* The constructor looks at the groups and at the word of the padding, the call at everything else.
* Functions stand beside the layers under their own names: ``Conv2d`` is the layer, ``conv2d`` the function.
  Shapes stand where tensors stand.

Source: torch 2.13.0, run on the CPU.
"""

from functools import partial

from convmath.conventions.framework import Call, of_ranks
from convmath.conventions.torch.adaptive import adaptive_layer, adaptive_pool, fractional_layer, fractional_max_pool
from convmath.conventions.torch.columns import fold, tensor_unfold, unfold
from convmath.conventions.torch.conv import conv
from convmath.conventions.torch.dense import attention, bilinear, embedding, linear_layer, prelu
from convmath.conventions.torch.elementwise import KEPT, glu, identity, kept
from convmath.conventions.torch.functional import conv_function, conv_transpose_function
from convmath.conventions.torch.moves import MODES, OVER, over, padding_layer
from convmath.conventions.torch.norms import batch_norm, group_norm, instance_norm, layer_norm, rms_norm
from convmath.conventions.torch.pad import pad
from convmath.conventions.torch.pool import (
    avg_pool,
    avg_pool_function,
    lp_pool,
    lp_pool_function,
    max_pool,
    max_pool_function,
)
from convmath.conventions.torch.products import linear, matmul
from convmath.conventions.torch.recurrent import GATES, recurrent
from convmath.conventions.torch.resize import grid_sample, interpolate, upsample, upsample_bilinear, upsample_nearest
from convmath.conventions.torch.rules import function
from convmath.conventions.torch.shapes import add, cat, flatten, reshape, unflatten
from convmath.conventions.torch.shuffle import channel_shuffle, pixel_shuffle, pixel_unshuffle
from convmath.conventions.torch.transposed import conv_transpose
from convmath.conventions.torch.unpool import max_unpool, unpool_layer

LAYERS: dict[str, Call] = {
    **of_ranks("Conv{rank}d", conv),
    **of_ranks("ConvTranspose{rank}d", conv_transpose),
    **of_ranks("MaxPool{rank}d", max_pool),
    **of_ranks("AvgPool{rank}d", avg_pool),
    **of_ranks("LPPool{rank}d", lp_pool),
    **of_ranks("AdaptiveAvgPool{rank}d", adaptive_layer, "avg"),
    **of_ranks("AdaptiveMaxPool{rank}d", adaptive_layer, "max"),
    **of_ranks("MaxUnpool{rank}d", unpool_layer),
    "FractionalMaxPool2d": partial(fractional_layer, 2),
    "FractionalMaxPool3d": partial(fractional_layer, 3),
    **of_ranks("BatchNorm{rank}d", batch_norm),
    **of_ranks("InstanceNorm{rank}d", instance_norm),
    "GroupNorm": group_norm,
    "LayerNorm": layer_norm,
    "RMSNorm": rms_norm,
    "Linear": linear_layer,
    "Bilinear": bilinear,
    "Embedding": embedding,
    "PReLU": prelu,
    "MultiheadAttention": attention,
    **{name: partial(recurrent, name) for name in GATES},
    "Identity": identity,
    "GLU": glu,
    **{name: partial(kept, name) for name in KEPT},
    **{name: partial(over, name) for name in OVER},
    **{name: call for kind in MODES for name, call in of_ranks(f"{kind}Pad{{rank}}d", padding_layer, kind).items()},
}
FUNCTIONS: dict[str, Call] = {
    **of_ranks("conv{rank}d", conv_function),
    **of_ranks("conv_transpose{rank}d", conv_transpose_function),
    **of_ranks("max_pool{rank}d", max_pool_function),
    **of_ranks("avg_pool{rank}d", avg_pool_function),
    **of_ranks("lp_pool{rank}d", lp_pool_function),
    **of_ranks("adaptive_avg_pool{rank}d", adaptive_pool, "avg"),
    **of_ranks("adaptive_max_pool{rank}d", adaptive_pool, "max"),
    **of_ranks("max_unpool{rank}d", max_unpool),
    "fractional_max_pool2d": partial(fractional_max_pool, 2),
    "fractional_max_pool3d": partial(fractional_max_pool, 3),
    "Tensor.unfold": tensor_unfold,
    **{call.__name__: call for call in (unfold, fold, pad, interpolate, upsample, upsample_nearest, upsample_bilinear)},
    **{call.__name__: call for call in (grid_sample, pixel_shuffle, pixel_unshuffle, channel_shuffle)},
    **{call.__name__: call for call in (linear, matmul, add, cat, reshape, flatten, unflatten)},
}
CALLS = LAYERS | {name: function(name, call) for name, call in FUNCTIONS.items()}
