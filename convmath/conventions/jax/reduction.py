"""``jax.lax.reduce_window``: the maximum or the sum of each window, along every axis that has one."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from convmath.conventions.arguments import Numbers, Shape, rejected, shape_of
from convmath.conventions.jax.formula import Pooled, pool
from convmath.conventions.jax.rules import (
    NAME,
    check_positive,
    check_rank,
    dilated,
    notes_of,
    outputs,
    padded,
    sequence,
)
from convmath.conventions.translation import Translation
from convmath.conventions.windows import Window

COMPUTATIONS: dict[str, Pooled] = {"max": "max", "add": "sum"}


def reduce_window(
    operand: Any,
    computation: str,
    window_dimensions: Any,
    window_strides: Any = None,
    padding: Any = "VALID",
    base_dilation: Any = None,
    window_dilation: Any = None,
) -> Translation:
    """``jax.lax.reduce_window`` with ``computation`` "max" or "add", and the initial value that changes nothing.

    There is a window for each axis of the operand. The axes whose window is one place, and moves by one, are batch
    and channels of the operator; where they are not the first two, or the first and the last, they are one batch.

    Raises:
        RejectedError: JAX refuses it, with its reason.
        UnsupportedError: another computation, or windows along no axis or more than three.
    """
    name = "reduce_window"
    shape = shape_of(NAME, name, operand, "operand")
    if computation not in COMPUTATIONS:
        raise rejected(NAME, name, f"computation is {computation!r}", 'convmath has "max" and "add".')
    windows, holes = _windows(name, shape, window_dimensions, window_strides, padding, base_dilation, window_dilation)
    sizes = outputs(windows, dilated(shape, holes))
    kept = [at for at, window in enumerate(windows) if window == Window(1) and holes[at] == 1]
    lead = _lead(kept, len(shape))
    slid = [at for at in range(len(shape)) if at not in kept] if lead is None else _others(lead, len(shape))
    check_rank(NAME, name, len(slid))
    seen = (prod(shape[at] for at in kept), 1) if lead is None else (shape[lead[0]], shape[lead[1]])
    return pooled(
        NAME,
        name,
        COMPUTATIONS[computation],
        (*seen, *(shape[at] for at in slid)),
        [windows[at] for at in slid],
        tuple(holes[at] for at in slid),
        sizes,
        padding,
    )


def _lead(kept: Sequence[int], rank: int) -> tuple[int, int] | None:
    """The axes that are batch and channels."""
    if rank <= 2:
        return None
    return (0, 1) if {0, 1} <= set(kept) else (0, rank - 1) if {0, rank - 1} <= set(kept) else None


def _others(lead: tuple[int, int], rank: int) -> list[int]:
    return [at for at in range(rank) if at not in lead]


def _windows(
    name: str, shape: Shape, dimensions: Any, strides: Any, padding: Any, base_dilation: Any, window_dilation: Any
) -> tuple[list[Window], Numbers]:
    """The window along each axis, and how far apart the places lie."""
    rank = len(shape)
    kernels = sequence(NAME, name, "window_dimensions", dimensions)
    if len(kernels) != rank:
        raise rejected(
            NAME,
            name,
            f"got the wrong number of window_dimensions for operand: got operand shape {shape} with "
            f"window_dimensions {kernels}",
            "Give 1 for an axis without a window.",
        )
    if strides is None and isinstance(padding, str) and padding.upper() != "VALID":
        raise rejected(NAME, name, f"padding is {padding!r} and no window_strides are given", "Give the strides.")
    given = {"window_strides": strides, "base_dilation": base_dilation, "window_dilation": window_dilation}
    found = {key: (1,) * rank if n is None else sequence(NAME, name, key, n, rank) for key, n in given.items()}
    for argument, numbers in (("window_dimensions", kernels), *found.items()):
        check_positive(NAME, name, argument, numbers)
    triples = zip(kernels, found["window_strides"], found["window_dilation"], strict=True)
    windows = [Window(k, s, d) for k, s, d in triples]
    return padded(NAME, name, padding, windows, shape), found["base_dilation"]


def pooled(
    framework: str,
    name: str,
    reduce: Pooled,
    shape: Shape,
    windows: Sequence[Window],
    holes: Numbers,
    output: Shape,
    padding: Any,
    counted: bool = True,
) -> Translation:
    """The answer: the ready-made pool where it is one, or else its own definition."""
    rank = len(windows)
    kind = {"max": "max_pool", "mean": "avg_pool", "sum": "sum_pool"}[reduce]
    arguments: dict[str, Any] = {
        "kernel_size": tuple(window.kernel for window in windows),
        "stride": tuple(window.stride for window in windows),
        "padding": tuple((window.before, window.after) for window in windows),
    }
    arguments |= (
        {"count_include_pad": counted} if reduce == "mean" else {"dilation": tuple(w.dilation for w in windows)}
    )
    ready = reduce != "sum" and max(holes) == 1 and all(_halved(window) for window in windows)
    made = None if ready else pool(name, reduce, windows, holes, padded=counted)
    notes = notes_of(output, windows, padding)
    return Translation(framework, f"{kind}{rank}d", arguments, shape, output, notes, made=made)


def _halved(window: Window) -> bool:
    """Whether the ready-made pools take this padding: 0 or more, and at most half of the kernel."""
    return all(0 <= side <= window.kernel // 2 for side in (window.before, window.after))
