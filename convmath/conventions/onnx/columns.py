"""``Col2Im``."""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import BOTH, RUNTIME, agreed, listed, numbers, tensor
from convmath.conventions.onnx.window import Sliding, padding, sliding
from convmath.conventions.translation import Translation


def col2im(
    input: Any, image_shape: Any, block_shape: Any, *, dilations: Any = None, pads: Any = None, strides: Any = None
) -> Translation:
    """``Col2Im`` on (N, C·block, blocks): the blocks are added where they lie in the image."""
    name = "Col2Im"
    x, image = tensor(name, input, "input"), numbers(name, "image_shape", image_shape)
    if len(x) != 3:
        raise rejected(BOTH, name, f"the input has shape {x}: input must have rank 3", "It is (N, C·block, blocks).")
    block = listed(name, "block_shape", block_shape, len(image))
    a = sliding(name, image, block, "NOTSET", dilations, pads, strides)
    found = (x[0], x[1] // prod(block), *image)

    def runs() -> Shape:
        _check_blocks(x, a)
        return found

    arguments = {"output_size": image, "kernel_size": block, "padding": padding(a.explicit)}
    arguments |= {"dilation": tuple(w.dilation for w in a.plain), "stride": tuple(w.stride for w in a.plain)}
    return agreed(name, found, "fold" if len(image) == 2 else name, arguments, x, runs=runs)


def _check_blocks(x: Shape, a: Sliding) -> None:
    """Raises where the input is not what the windows of the image would make."""
    counts = [window.fitting(size) for window, size in zip(a.explicit, a.sizes, strict=True)]
    entries, blocks = prod(a.kernels), prod(counts)
    if min(counts) < 1:
        why = f"Padded image extent is smaller than the dilated kernel for image_shape {list(a.sizes)}"
        raise rejected(RUNTIME, a.name, why, "Use a larger image, more pads or a smaller block.")
    if x[1] % entries or not x[1]:
        raise rejected(
            RUNTIME, a.name, f"'input' dim[1] ({x[1]}) must be a positive multiple of prod(block_shape) ({entries})"
        )
    if x[2] != blocks:
        raise rejected(
            RUNTIME,
            a.name,
            f"'input' dim[2] ({x[2]}) does not match the number of sliding blocks ({blocks})",
            f"{' x '.join(map(str, counts))} blocks fit into the image.",
        )
