"""A convolution that begins inside its input: SAME of onnxruntime, where the stride is larger than the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convmath.conventions.onnx.window import Windows
from convmath.language.letters import axes
from convmath.operators.declare import define
from convmath.operators.operator import Operator


def cuts(windows: Windows) -> bool:
    """Whether places before the first window, or behind the last, are never read."""
    return len(windows) <= len(axes(3)) and any(min(window.before, window.after) < 0 for window in windows)


def cropped(name: str, windows: Windows, arguments: Mapping[str, Any]) -> Operator | None:
    """The definition; None where the groups do not divide the channels, so that there is none.

    Places behind the last window need no word: less than a stride of them is left, and no window fits in.
    """
    group, ins, outs = arguments["groups"], arguments["in_channels"], arguments["out_channels"]
    if group < 1 or ins % group or outs % group or not ins or not outs:
        return None
    letters = axes(len(windows))
    places = [
        f"{window.stride}*{out}+{window.dilation}*{tap}{-window.before:+d}"
        for window, (_, out, tap, _) in zip(windows, letters, strict=True)
    ]
    channel, ranges = named("o", outs // group, group)
    read, more = named("c", ins // group, group)
    taps = ",".join(tap for _, _, tap, _ in letters)
    product = f"W[{channel},{'c' if more.get('c') else '0'},{taps}] * X[n,{read},{','.join(places)}]"
    shapes: dict[str, Any] = {"X": ("N", ins, *(size for size, *_ in letters))}
    shapes["W"] = (outs, ins // group, *arguments["kernel_size"])
    shapes |= {"b": (outs,)} if arguments["bias"] else {}
    return define(
        f"Y[n,{channel},{','.join(out for _, out, _, _ in letters)}] = "
        + (f"b[{channel}] + " if arguments["bias"] else "")
        + product,
        shapes=shapes,
        padding={"X": (0, 0, *((max(0, window.before), max(0, window.after)) for window in windows))},
        ranges=ranges | more,
        name=name,
    )


def named(index: str, each: int, group: int) -> tuple[str, dict[str, int]]:
    """Which channel it is: ``each`` of them in every group. An index with one value is not written."""
    if group == 1:
        return index, {index: each}
    return ("m", {"m": group}) if each == 1 else (f"{each}*m+{index}", {"m": group, index: each})
