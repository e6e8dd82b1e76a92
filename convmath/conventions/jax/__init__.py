"""JAX and flax: ``jax.lax``'s functions on shapes, and the layers and pools of ``flax.linen``.

* A function takes shapes where JAX takes arrays: ``conv_general_dilated((1, 3, 8, 8), (4, 3, 3, 3), (1, 1), "SAME")``.
* ``jax.lax`` is channels first where ``dimension_numbers`` is None, but ``conv_transpose`` is channels last. flax is
  channels last always.
* A window that does not fit is no error: the axis of the output is 0.
* Padding below 0 crops. A crop of more than there is is refused by convolutions, and gives 0 in windows.
* The operator's arrays have convmath's layouts: X (N, C, spatial axes), W (O, C/groups, kernel axes), with
  ``transpose_kernel`` W (C, O, kernel axes).

Source: jax and jaxlib 0.10.2, flax 0.12.8, run on the CPU and read.
"""

from convmath.conventions.jax.conv import conv_general_dilated
from convmath.conventions.jax.layers import conv, conv_transpose_layer
from convmath.conventions.jax.pool import avg_pool, max_pool
from convmath.conventions.jax.reduction import reduce_window
from convmath.conventions.jax.transposed import conv_transpose

CALLS = {
    "conv_general_dilated": conv_general_dilated,
    "conv_transpose": conv_transpose,
    "reduce_window": reduce_window,
    "Conv": conv,
    "ConvTranspose": conv_transpose_layer,
    "max_pool": max_pool,
    "avg_pool": avg_pool,
}
