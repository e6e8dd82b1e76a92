"""PyTorch: its arguments are convmath's, so what stands here is what PyTorch itself adds or refuses.

* An input may come without its batch axis; the answer then has none either. An empty batch is fine.
* Padding is one size an axis, never negative; "same" and "valid" in lower case, for convolutions only.
* The constructor looks at the groups and at the word of the padding, the call at everything else.

Source: torch 2.13.0, run on the CPU.
"""

from convmath.conventions.framework import of_ranks
from convmath.conventions.torch.conv import conv
from convmath.conventions.torch.pool import avg_pool, max_pool
from convmath.conventions.torch.transposed import conv_transpose

CALLS = {
    **of_ranks("Conv{rank}d", conv),
    **of_ranks("ConvTranspose{rank}d", conv_transpose),
    **of_ranks("MaxPool{rank}d", max_pool),
    **of_ranks("AvgPool{rank}d", avg_pool),
}
