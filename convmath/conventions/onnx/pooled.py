"""The operator that a pool means: a ready-made one, or its definition where PyTorch's rules leave none.

PyTorch pads at most half the kernel and has no dilated mean; onnxruntime pads less than the kernel.
"""

from __future__ import annotations

from typing import Any

from convmath.conventions.arguments import Shape
from convmath.conventions.onnx.window import Windows, padding
from convmath.conventions.windows import Window
from convmath.language.letters import Axis, axes
from convmath.operators.declare import define
from convmath.operators.operator import Operator

Found = tuple[str, dict[str, Any], Operator | None]
RANKS = (1, 2, 3)


def pooled(kind: str, windows: Windows, sizes: Shape, ceil: bool, options: dict[str, Any]) -> Found:
    """(name, arguments, definition or None) of the pool with these windows."""
    name = f"{kind}_pool{len(windows)}d"
    arguments = {
        "kernel_size": tuple(window.kernel for window in windows),
        "stride": tuple(window.stride for window in windows),
        "padding": padding(windows),
        "ceil_mode": ceil,
        **options,
    }
    dilated = any(window.dilation != 1 for window in windows)
    if kind == "max" or dilated:
        arguments["dilation"] = tuple(window.dilation for window in windows)
    overrun = [ceil or window.fitting(size) < 1 for window, size in zip(windows, sizes, strict=True)]
    ready = all(0 <= 2 * p <= w.kernel for w in windows for p in (w.before, w.after)) and all(
        o == ceil for o in overrun
    )
    if kind == "lp":
        return _powers(name, arguments, options["norm_type"] % 2 == 0 and not dilated and not any(overrun))
    if len(windows) not in RANKS or (ready and (kind == "max" or not dilated)):
        return name, arguments, None
    return name, arguments, _declared(name, kind, windows, overrun, bool(options.get("count_include_pad")))


def _powers(name: str, arguments: dict[str, Any], plain: bool) -> Found:
    """The norm of a window: PyTorch takes no absolute value, so its pool is the same for even powers only."""
    if plain and not any(p for pair in arguments["padding"] for p in pair):
        return name, {key: arguments[key] for key in ("norm_type", "kernel_size", "stride")}, None
    return "LpPool", arguments, None


def _declared(name: str, kind: str, windows: Windows, overrun: list[bool], counted: bool) -> Operator:
    """Windows that may overrun along some axes start inside the input or before it, and are cut at its end.

    A window that is too large by less than a stride is one: the quotient below 0 is cut off to 0.
    """
    letters = [Axis(*names, **ROLES) for names in axes(len(windows))]
    pieces = [_piece(*one) for one in zip(letters, windows, overrun, strict=True)]
    where = [limit for piece in pieces for limit in piece["starts"]]
    if kind == "avg":
        where += [limit for piece in pieces for limit in piece["within" if counted else "inside"]]
    return define(
        f"Y[n,c,{','.join(letter.out for letter in letters)}] = X[n,c,{','.join(p['place'] for p in pieces)}]"
        + (f" where {', '.join(where)}" if where else ""),
        shapes={"X": ("N", "C", *(letter.size for letter in letters))},
        padding={"X": (0, 0, *(piece["pads"] for piece in pieces))},
        ranges={letter.tap: window.kernel for letter, window in zip(letters, windows, strict=True)},
        reduce="max" if kind == "max" else "mean",
        name=name,
    )


ROLES = {"kernel": "k", "stride": "s", "dilation": "d", "before": "p", "after": "q", "extra": "a"}


def _piece(letter: Axis, window: Window, overrun: bool) -> dict[str, Any]:
    """One axis of the formula, with the numbers of its window."""
    start = f"{window.stride}*{letter.out}"
    tap = f"{start}+{window.dilation}*{letter.tap}"
    before, after = window.before, window.after + (window.stride - 1 if overrun else 0)
    starts = [f"{start}<={letter.size}{before - 1:+d}"] if overrun else []
    if after < 0:  # cropped places are there, but no window may end in them
        starts = [f"{start}<={letter.size}{before + after - window.spanned(1):+d}"]
    return {
        "place": f"{tap}{-before:+d}",
        "pads": (max(0, before), max(0, after)),
        "starts": starts,
        "inside": [f"{max(0, before)}<={tap}", f"{tap}<={letter.size}{before + min(0, window.after) - 1:+d}"],
        "within": [f"{tap}<={letter.size}{before + window.after - 1:+d}"] if overrun else [],
    }
