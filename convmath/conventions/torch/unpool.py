"""``torch.nn.functional.max_unpool1d`` to ``3d``: what a maximum came from gets it back, everything else is 0.

Where the values go stands in the indices, which are values. So shapes alone say what comes out, and not
always whether it does: an index beyond the output is refused. Give the translation of the pooling, with
``return_indices``, in the place of the indices, and what must be so is decided.
"""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, rejected, shape_of
from convmath.conventions.torch.rules import NAME, answered, check_axes, exactly, integers, listed
from convmath.conventions.translation import Layer, Translation
from convmath.conventions.windows import Window
from convmath.errors import UnsupportedError


def max_unpool(
    rank: int,
    input: Any,
    indices: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
) -> Translation:
    """``F.max_unpool1d`` to ``max_unpool3d``; the indices are a shape, or the pooling that gave them."""
    name = f"max_unpool{rank}d"
    shape = shape_of(NAME, name, input)
    pooled = indices if isinstance(indices, Translation) else None
    given = pooled.more[0] if pooled and pooled.more else shape_of(NAME, name, indices, "the indices")
    k, p = (exactly(name, rank, word, value) for word, value in (("kernel_size", kernel_size), ("padding", padding)))
    s = k if stride is None or stride == [] else exactly(name, rank, "stride", stride)
    check_axes(name, rank, shape)
    windows = [Window(*one) for one in zip(k, s, strict=True)]
    usual = [w.spanned(size) - 2 * one for w, size, one in zip(windows, shape[-rank:], p, strict=True)]
    sizes = tuple(usual) if output_size is None else _near(name, rank, output_size, usual, s)
    if given != shape:
        raise rejected(
            NAME, name, f"Expected shape of indices to be: {listed(shape)} but got: {listed(given)}", "Pool once more."
        )
    if 0 in shape[1:]:
        raise rejected(
            NAME, name, f"Expected input to have non-zero size for non-batch dimensions, but got {listed(shape)}"
        )
    if min(sizes) < 0:
        raise rejected(NAME, name, f"the output would be {listed(sizes)}", "Give an output_size.")
    if pooled is not None and all(sizes):
        _check_indices(name, rank, pooled, sizes)
    arguments = {"kernel_size": k, "stride": s, "padding": p}
    missing = "" if output_size is None else "the ready-made one takes no output_size"
    notes = () if pooled is not None else (f"refused where an index is {prod(sizes)} or more",)
    single, found = len(shape) == rank + 1, (*shape[:-rank], *sizes)
    return answered(name, arguments, shape, found, single=single, batched=True, missing=missing, notes=notes)


def _near(name: str, rank: int, given: Any, usual: list[int], strides: Numbers) -> Shape:
    """The output size that is asked for, less than a stride away from the usual one."""
    sizes = integers(name, "output_size", given)
    if len(sizes) == rank + 2:
        sizes = sizes[2:]
    if len(sizes) != rank:
        raise rejected(
            NAME,
            name,
            f"output_size should be a sequence containing {rank} or {rank + 2} elements, but it has a length of "
            f"'{len(sizes)}'",
        )
    for axis, (size, least, s) in enumerate(zip(sizes, usual, strides, strict=True)):
        if not least - s < size < least + s:
            raise rejected(
                NAME,
                name,
                f'invalid output_size "{listed(sizes)}" (dim {axis} must be between {least - s} and {least + s})',
                "The two bounds themselves are not taken.",
            )
    return sizes


def _check_indices(name: str, rank: int, pooled: Translation, sizes: Shape) -> None:
    """The indices of the last window are the largest: whether they lie in the output, whatever the values are."""
    spatial, counts = pooled.shape[-rank:], pooled.output_shape[-rank:]
    if not prod(pooled.output_shape):
        return
    words = ("kernel_size", "stride", "dilation", "padding")
    lasts: list[int] = []
    firsts: list[int] = []
    for axis in range(rank):
        k, s, d, (before, _) = (pooled.arguments[word][axis] for word in words)
        window = Window(k, s, d)
        start = window.spanned(counts[axis]) - window.spanned(1) - before
        reads = [place for place in range(start, start + window.spanned(1), d) if 0 <= place < spatial[axis]]
        if not reads:
            raise UnsupportedError(f"{NAME}: a window of the pooling before {name} reads no place at all")
        firsts, lasts = [*firsts, reads[0]], [*lasts, reads[-1]]
    room = prod(sizes)
    if _flat(firsts, spatial) >= room:
        raise rejected(
            NAME,
            name,
            f"Found an invalid max index: {_flat(firsts, spatial)} or more (output volumes are of size "
            f"{'x'.join(map(str, sizes))})",
            f"Give output_size={listed(spatial)}.",
        )
    if _flat(lasts, spatial) >= room:
        raise UnsupportedError(f"{NAME}: whether {name} finds an index of {room} or more depends on the values")


def _flat(places: list[int], sizes: Shape) -> int:
    """The number of a place in row-major order."""
    found = 0
    for place, size in zip(places, sizes, strict=True):
        found = found * size + place
    return found


def unpool_layer(rank: int, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Layer:
    """``torch.nn.MaxUnpool1d`` to ``MaxUnpool3d``: called with the input, the indices and an output_size."""

    def apply(shape: Shape, indices: Any, output_size: Any = None) -> Translation:
        return max_unpool(rank, shape, indices, kernel_size, stride, padding, output_size)

    return Layer(NAME, f"MaxUnpool{rank}d", apply, arrays={})
