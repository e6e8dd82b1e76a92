"""Keras: layers, called with the shape of the input; channels last unless data_format says "channels_first".

* "same" and "causal" have one window for each stride begun, "valid" refuses an input that no window fits into.
* A layer has two answers: that of ``compute_output_shape`` and that of the call. Where they differ both are given.
* ``output_padding=None`` is another size than ``output_padding=0``, and its values lie elsewhere.

Source: keras 3.15.1 on tensorflow-cpu 2.21.0, run on the CPU without oneDNN.
"""

from functools import partial

from convmath.conventions.framework import of_ranks
from convmath.conventions.keras import pool
from convmath.conventions.keras.conv import conv, depthwise
from convmath.conventions.keras.transposed import conv3d_transpose, conv_transpose

CALLS = {
    **of_ranks("Conv{rank}D", conv),
    "Conv1DTranspose": partial(conv_transpose, 1),
    "Conv2DTranspose": partial(conv_transpose, 2),
    "Conv3DTranspose": conv3d_transpose,
    "DepthwiseConv1D": partial(depthwise, 1),
    "DepthwiseConv2D": partial(depthwise, 2),
    **pool.CALLS,
}
