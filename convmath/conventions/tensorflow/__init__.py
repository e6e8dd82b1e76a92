"""TensorFlow's ``tf.nn``: functions, called with shapes where the arrays stand; channels last.

* SAME has one window for each stride begun, and pads what that takes, an odd place after; in a mean it is not counted.
* Elsewhere a size is divided toward zero, as C divides: an output may be empty without an error.
* A list of [before, after] for every axis is a padding for conv2d, depthwise_conv2d, max_pool1d and max_pool2d.
* A transposed convolution is given the size of its output.

Source: tensorflow-cpu 2.21.0, its own kernels, run on the CPU. With oneDNN more is taken: channels first, and
dilation in three dimensions and in transposed convolutions.
"""

from convmath.conventions.framework import of_ranks
from convmath.conventions.tensorflow.conv import conv1d, conv2d, conv3d, depthwise_conv2d
from convmath.conventions.tensorflow.pool import avg_pool, avg_pool_of, max_pool, max_pool_of
from convmath.conventions.tensorflow.transposed import conv_transpose

CALLS = {
    "conv1d": conv1d,
    "conv2d": conv2d,
    "conv3d": conv3d,
    "depthwise_conv2d": depthwise_conv2d,
    **of_ranks("conv{rank}d_transpose", conv_transpose),
    "max_pool": max_pool,
    **of_ranks("max_pool{rank}d", max_pool_of),
    "avg_pool": avg_pool,
    **of_ranks("avg_pool{rank}d", avg_pool_of),
}
