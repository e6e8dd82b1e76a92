"""Pooling windows as onnxruntime and the specification have them, where they differ from shape inference."""

from __future__ import annotations

from dataclasses import replace

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import RUNTIME
from convmath.conventions.onnx.window import SAME, Sliding, Windows, started, whole
from convmath.conventions.windows import Window


def ran(a: Sliding, *, kept: int = 0) -> Windows:
    """onnxruntime's windows: a word counts before the pads do, and SAME forgets the dilation.

    SAME does not stop at 0 either: where the stride is larger than the kernel, places are cropped,
    ``kept`` fewer than would leave the last window at the end.
    """
    if a.auto_pad == "VALID":
        return a.plain
    if a.auto_pad not in SAME:
        return a.explicit
    found = []
    for window, size in zip(a.plain, a.sizes, strict=True):
        total = replace(window, dilation=1).spanned(window.begun(size)) - size
        total = min(0, total + kept) if total < 0 else total
        before = _half(total + 1) if a.auto_pad == "SAME_LOWER" else _half(total)
        found.append(replace(window, before=before, after=total - before))
    return tuple(found)


def slid(name: str, windows: Windows, sizes: Shape, ceil: bool) -> Shape:
    """How many windows onnxruntime counts; none is an empty output, less is refused."""
    found = []
    for window, size in zip(windows, sizes, strict=True):
        upward = started(window, size, window.overrunning(size)) if ceil else whole(window, size)
        found.append(upward)
    if min(found) < 0:
        raise rejected(
            RUNTIME,
            name,
            f"Calculated output dimension is negative: {found}",
            "Use a smaller kernel or dilation, more padding, or a larger input.",
        )
    return tuple(found)


def specified(a: Sliding, ceil: bool, *, bounded: bool) -> Shape:
    """The text of the schema. VALID is floor mode, also in ceil mode.

    Windows that start in the padding behind the input are ignored, all of them; LpPool's text ignores none.
    """
    found = []
    for window, size in zip(a.plain if a.auto_pad == "VALID" else a.explicit, a.sizes, strict=True):
        if a.auto_pad in SAME:
            found.append(window.begun(size))
        elif not ceil or a.auto_pad == "VALID":
            found.append(window.fitting(size))
        else:
            upward = window.overrunning(size)
            inside = Window(1, window.stride, 1, window.before).fitting(size)
            found.append(min(upward, inside) if bounded else upward)
    return tuple(found)


def _half(total: int) -> int:
    """Half, cut off toward 0."""
    return total // 2 if total >= 0 else -(-total // 2)
