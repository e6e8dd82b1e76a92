"""A network's layers in numbers, one plain function each: nothing is made twice, and nothing is looked up by name.

Every function here is read off derived sizes; what does not fit gives None, and the layer itself says why.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from convmath.derive.extent import extents
from convmath.language.tidy import put
from convmath.language.tree import Add, Expr, Floor, Int, Ratio, Sym
from convmath.network.extent import Extent
from convmath.network.layer import Layer, Ready
from convmath.network.program import Requirement, Shape

Quick = Callable[..., Any]
"""From the shape of the one input to that of the output, or None. In letters it also takes where to note what is
required."""
Window = tuple[int, int, int]
"""(a, s, b): a size h becomes (h + a)//s + b."""


def quick(layer: Layer, ready: Ready, shapes: list[Shape]) -> Quick | None:
    """One layer with one input as a function of its shape, or None where it depends on more."""
    return _plain(ready) if len(shapes) == 1 and layer.steady else None


@lru_cache(maxsize=4096)
def _plain(ready: Ready) -> Quick | None:
    """An operator with one input; made once, however many layers have it."""
    plan = ready.plan
    if plan is None:
        return None
    definition, values = ready.operator.general, ready.operator.values
    tensor = definition.arrays[definition.inputs[0]]
    axes = {str(item): axis for axis, item in enumerate(tensor.shape) if isinstance(item, Sym)}
    sizes = [put(size, values) for size in extents(definition)]
    least = {axis: value for axis, value in plan.least if value > 1}
    if not plan.fixed and not least and [axes.get(str(size)) for size in sizes] == list(range(plan.rank)):
        return _the_same
    windows = [_window(size, name) for size, name in zip(sizes[2:], map(str, tensor.shape[2:]), strict=False)]
    if (
        plan.rank == len(sizes) == 4
        and sizes[0] == tensor.shape[0]
        and None not in windows
        and not least.keys() - {2, 3}
    ):
        fixed = dict(plan.fixed)
        if not fixed.keys() - {1}:
            gives = sizes[1].value if isinstance(sizes[1], Int) else None
            if gives is not None or sizes[1] == tensor.shape[1]:
                return _slid(fixed.get(1), gives, windows, (least.get(2, 1), least.get(3, 1)))
    return None


def _the_same(shape: Any, met: Any = None) -> Any:
    return shape


def _window(size: Expr, name: str) -> Window | None:
    """The size as (a, s, b), where it is one floor of the axis of that name."""
    match size:
        case Sym(letter) if letter == name:
            return 0, 1, 0
        case Add((Sym(letter), Int(number))) if letter == name:
            return number, 1, 0
        case Add((Floor(Ratio(Sym(letter), Int(divisor))), Int(number))) if letter == name:
            return 0, divisor, number
        case Add((Floor(Ratio(Add((Sym(letter), Int(inner))), Int(divisor))), Int(number))) if letter == name:
            return inner, divisor, number
        case Floor(Ratio(Sym(letter), Int(divisor))) if letter == name:
            return 0, divisor, 0
        case Floor(Ratio(Add((Sym(letter), Int(inner))), Int(divisor))) if letter == name:
            return inner, divisor, 0
    return None


def _slid(channels: int | None, gives: int | None, windows: list[Any], least: tuple[int, int]) -> Quick:
    """A window over pictures: channels held, two axes slid over."""
    (a, s, b), (c, t, d) = windows
    high, wide = least

    def step(shape: Any, met: Any = None) -> Any:
        n, was, h, w = shape
        if channels is not None and was != channels:
            return None
        if met is None:
            if h < high or w < wide:
                return None
            return n, was if gives is None else gives, (h + a) // s + b, (w + c) // t + d
        if not (_noted(h, high, met) and _noted(w, wide, met)):
            return None
        return n, was if gives is None else gives, _in_letters(h, a, s, b), _in_letters(w, c, t, d)

    return step


def _noted(size: Any, least: int, met: list[Any]) -> bool:
    """Holds a size against its least value, or notes that it has to be held."""
    if type(size) is int:
        return size >= least
    if least > 1:
        met.append(Requirement(least, "≤", size))
    return True


def _in_letters(size: Any, before: int, stride: int, after: int) -> Any:
    if stride == 1 and before == -after:
        return size
    if type(size) is Extent:
        return size.slid(before, stride, after)
    return (size + before) // stride + after
