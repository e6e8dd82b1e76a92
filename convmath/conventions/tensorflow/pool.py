"""``tf.nn.max_pool`` and ``avg_pool``, of any rank and of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from convmath.conventions.arguments import Shape, rejected, shape_of
from convmath.conventions.tensorflow.layout import Laid
from convmath.conventions.tensorflow.rules import (
    NAME,
    by_kernels,
    by_starts,
    check_positive,
    counted,
    explicit,
    laid_out,
    padded,
    remarks,
    sequence,
    word,
)
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window
from convmath.language.letters import axes
from convmath.operators.declare import define
from convmath.operators.operator import Operator

SIDES = {1: (("Left", "Right"),), 2: (("Top", "Bottom"), ("Left", "Right"))}


def max_pool(input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = None) -> Translation:
    """``tf.nn.max_pool``: the input's axes tell the rank."""
    return max_pool_of(_rank("max_pool", input), input, ksize, strides, padding, data_format)


def avg_pool(input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = None) -> Translation:
    """``tf.nn.avg_pool``: the input's axes tell the rank."""
    return avg_pool_of(_rank("avg_pool", input), input, ksize, strides, padding, data_format)


def max_pool_of(rank: int, input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = None) -> Translation:
    """``tf.nn.max_pool1d`` to ``max_pool3d``; in 1-d and 2-d the padding may be a list."""
    name = f"max_pool{rank}d"
    where, windows = _windows(name, rank, input, ksize, strides, data_format)
    if rank == 3 or not isinstance(padding, tuple | list):
        word(name, padding, lists=rank < 3)
        windows = padded(windows, padding, where.sizes)
        return by_kernels(pooled(NAME, name, "max", where, windows, padding), where)
    pairs = explicit(name, padding, rank, where)
    for window, pair, sides in zip(windows, pairs, SIDES[rank], strict=True):
        for side, places in zip(sides, pair, strict=True):
            if places >= window.kernel:
                why = f"{side} padding {places} needs to be smaller than the window size {window.kernel}"
                raise rejected(NAME, name, why)
    windows = [replace(w, before=b, after=a) for w, (b, a) in zip(windows, pairs, strict=True)]
    return by_kernels(pooled(NAME, name, "max", where, windows, "EXPLICIT"), where)


def avg_pool_of(rank: int, input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = None) -> Translation:
    """``tf.nn.avg_pool1d`` to ``avg_pool3d``: what SAME pads is not counted in the mean."""
    name = f"avg_pool{rank}d"
    where, windows = _windows(name, rank, input, ksize, strides, data_format)
    windows = padded(windows, word(name, padding), where.sizes)
    return by_kernels(pooled(NAME, name, "avg", where, windows, padding), where)


def pooled(framework: str, name: str, kind: str, where: Laid, windows: Sequence[Window], padding: str) -> Translation:
    """Pooling with these windows, under the word that padded them."""
    sizes = counted(framework, name, windows, padding, where.sizes)
    arguments: dict[str, Any] = {
        "kernel_size": tuple(window.kernel for window in windows),
        "stride": tuple(window.stride for window in windows),
        "padding": tuple((window.before, window.after) for window in windows),
    }
    if kind == "avg":
        arguments["count_include_pad"] = False
    wide = any(2 * max(window.before, window.after) > window.kernel for window in windows)
    output = where.output(where.channels, sizes)
    found = Translation(
        framework,
        f"{kind}_pool{len(windows)}d",
        arguments,
        where.shape,
        output,
        remarks(windows, padding, where.sizes, sizes),
        made=_maximum(windows) if wide else None,
    )
    return by_starts(found, windows, padding, where)


def _maximum(windows: Sequence[Window]) -> Operator:
    """The maximum with more padding than half a window, which PyTorch and so ``max_pool2d`` do not take."""
    places, ranges, pads = [], {}, []
    letters = axes(len(windows))
    for window, (_, size, out, tap, *_) in zip(windows, letters, strict=True):
        places.append((size, out, f"{window.stride}*{out} + {tap} - {window.before}"))
        ranges[tap] = window.kernel
        pads.append(f"({window.before},{window.after})")
    sizes, outs, reads = (",".join(column) for column in zip(*places, strict=True))
    formula = f"Y[n,c,{outs}] = X[n,c,{reads}]"
    padding = {"X": "0,0," + ",".join(pads)}
    return define(formula, {"X": f"N,C,{sizes}"}, padding, reduce="max", ranges=ranges, name=f"max_pool{len(windows)}d")


def _windows(name: str, rank: int, given: Any, ksize: Any, strides: Any, data_format: Any) -> tuple[Laid, list[Window]]:
    where = laid_out(name, rank, given, data_format)
    kernels, steps = sequence(name, "ksize", ksize, rank, where), sequence(name, "strides", strides, rank, where)
    check_positive(name, ksize=kernels, strides=steps)
    return where, [Window(k, s) for k, s in zip(kernels, steps, strict=True)]


def _rank(name: str, given: Any) -> int:
    shape: Shape = shape_of(NAME, name, given)
    if not 3 <= len(shape) <= 5:
        raise rejected(NAME, name, f"the input {shape} has rank {len(shape)}", "It must be 3, 4 or 5.")
    return len(shape) - 2
