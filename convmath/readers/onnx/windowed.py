"""Windows in letters: SAME, weights that are calculated, and pools that also say which place is the largest."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from convmath.conventions.framework import frameworks
from convmath.conventions.onnx.cropped import named
from convmath.conventions.windows import Window
from convmath.errors import ShapeError, UnsupportedError
from convmath.language.letters import axes
from convmath.network.layer import Ready, ready
from convmath.network.program import MisfitError
from convmath.operators.declare import define
from convmath.readers.onnx.exact import times, up
from convmath.readers.onnx.sized import Met, same, shape_of
from convmath.readers.onnx.values import Asked, Sizes

SAME = ("SAME_UPPER", "SAME_LOWER")
LARGE = 2**20
"""A size that every window fits into: which operator a window is does not depend on the size, but for small ones."""


def slid(asked: Asked, met: Met) -> Sequence[Sizes]:
    """The shape after a window has slid over an array; of a pool, for each of its outputs."""
    x, op = shape_of(asked), asked.node.op
    channels = x[1:2]
    if op in ("Conv", "ConvTranspose"):
        channels = _channels(asked, x, met)
    spatial = _same(asked, x[2:]) if asked.node.attributes.get("auto_pad") in SAME else _explicit(asked, x[2:], met)
    return [(*x[:1], *channels, *spatial)] * len(asked.node.outputs)


def _channels(asked: Asked, x: Sizes, met: Met) -> Sizes:
    w, group = shape_of(asked, 1), asked.integer("group", 1) or 1
    if len(w) != len(x) or len(x) < 3 or group < 1:
        raise ShapeError(f"{asked.node.title}: {len(x)} axes meet a weight with {len(w)}, in {group} groups")
    same(asked, x[1], w[0] if asked.node.op == "ConvTranspose" else times(group, w[1]), met)
    return (times(group, w[1]) if asked.node.op == "ConvTranspose" else w[0],)


def _kernel(asked: Asked) -> tuple[int, ...]:
    found = asked.node.attributes.get("kernel_shape")
    if found is None and asked.shape(1) is not None:
        found = tuple(shape_of(asked, 1)[2:])
    if not isinstance(found, tuple) or not all(isinstance(size, int) and size > 0 for size in found):
        raise UnsupportedError(f"{asked.node.title}: the size of its window is not known")
    return found


def _steps(asked: Asked, name: str, rank: int) -> tuple[int, ...]:
    found = asked.node.attributes.get(name, (1,) * rank)
    if not isinstance(found, tuple) or len(found) != rank or min(found, default=1) < 1:
        raise ShapeError(f"{asked.node.title}: {name} is {found}, and there are {rank} spatial axes")
    return found


def _same(asked: Asked, sizes: Sizes) -> Sizes:
    """What SAME means: one window starts in every stride of places, ⌈H/s⌉; for a transposed convolution, H·s come out.

    onnxruntime does so too, but where the stride leaves places out between the windows of some operators.
    """
    kernel = _kernel(asked)
    strides, dilations = (_steps(asked, name, len(kernel)) for name in ("strides", "dilations"))
    if len(kernel) != len(sizes):
        raise ShapeError(f"{asked.node.title}: a window along {len(kernel)} axes on {len(sizes)} spatial axes")
    gaps = any(Window(k, s, d).spanned(1) < s for k, s, d in zip(kernel, strides, dilations, strict=True))
    if gaps and asked.node.op in ("MaxPool", "ConvTranspose"):
        raise UnsupportedError(f"{asked.node.title}: SAME with a stride larger than the window is not known in letters")
    if asked.node.op == "ConvTranspose":
        return tuple(times(s, size) for size, s in zip(sizes, strides, strict=True))
    return tuple(up(times(_part(s), size)) for size, s in zip(sizes, strides, strict=True))


def _part(count: int) -> Any:
    from fractions import Fraction

    return Fraction(1, count)


def _explicit(asked: Asked, sizes: Sizes, met: Met) -> Sizes:
    """The sizes that follow from the operator on one channel."""
    node, kernel = asked.node, _kernel(asked)
    if "output_shape" in node.attributes:
        return tuple(node.attributes["output_shape"])
    left_out = ("group", "kernel_shape", "storage_order", "p")
    given = tuple(sorted((k, v) for k, v in node.attributes.items() if k not in left_out))
    made = _on_one_channel(node.op, kernel, given)
    try:
        return made.program([(1, 1, *sizes)], met)[2:]
    except MisfitError:
        raise ShapeError(f"{node.title}: no window fits into {' × '.join(map(str, sizes))} places") from None


@lru_cache(maxsize=1024)
def _on_one_channel(op: str, kernel: tuple[int, ...], attributes: tuple[tuple[str, Any], ...]) -> Ready:
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in attributes}
    shapes: list[Any] = [(1, 1, *(LARGE for _ in kernel))]
    if op == "LpPool":
        if given.get("ceil_mode"):
            raise UnsupportedError("LpPool with ceil_mode is not known in letters: give its input in numbers")
        op = "MaxPool"  # the windows are the same
    if op in ("Conv", "ConvTranspose"):
        shapes.append((1, 1, *kernel))
    else:
        given["kernel_shape"] = list(kernel)
    return ready(frameworks["onnx"][op](*shapes, **given).operator)


def same_convolution(asked: Asked) -> Ready | None:
    """The convolution that SAME asks for, with letters for the padding: it counts the products.

    None where that is not asked for, or the weight is not known.
    """
    node, w = asked.node, asked.shape(1)
    if node.op != "Conv" or node.attributes.get("auto_pad") not in SAME or w is None:
        return None
    if not all(isinstance(size, int) and size > 0 for size in w) or not 3 <= len(w) <= 5:
        return None
    group = asked.integer("group", 1) or 1
    if group < 1 or w[0] % group:
        return None
    steps = tuple(_steps(asked, name, len(w) - 2) for name in ("strides", "dilations"))
    return _convolution(w, group, *steps, not asked.left_out(2))


@lru_cache(maxsize=1024)
def _convolution(
    w: tuple[int, ...], group: int, strides: tuple[int, ...], dilations: tuple[int, ...], bias: bool
) -> Ready:
    letters = axes(len(w) - 2)
    (out, ranges), (read, more) = named("o", w[0] // group, group), named("c", w[1], group)
    taps = ",".join(tap for _, _, tap, _ in letters)
    places = [
        f"{s}*{at}+{d}*{tap}-p_{size}" for (size, at, tap, _), s, d in zip(letters, strides, dilations, strict=True)
    ]
    windows = {at: f"({size}+{s}-1)//{s}" for (size, at, _, _), s in zip(letters, strides, strict=True)}
    return ready(
        define(
            f"Y[n,{out},{','.join(at for _, at, _, _ in letters)}] = {f'b[{out}] + ' if bias else ''}"
            f"W[{out},{'c' if 'c' in more else '0'},{taps}] * X[n,{read},{','.join(places)}]",
            shapes={"X": ("N", w[1] * group, *(size for size, *_ in letters)), "W": w} | ({"b": w[:1]} if bias else {}),
            padding={"X": (0, 0, *((f"p_{size}", f"q_{size}") for size, *_ in letters))},
            ranges=ranges | more | windows,
            name="conv with SAME",
        )
    )
