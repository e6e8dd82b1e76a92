"""Windows as columns (im2col), and columns added back into a picture (col2im).

Both say h = s·i + d·u − p, from its two sides. How many windows there are is derived: it is how many
values i has where every read of the window stays in the padded picture.
"""

from __future__ import annotations

from typing import Any

from convmath.derive.conditions import conditions
from convmath.derive.counted import Counted
from convmath.derive.extent import extents
from convmath.language.letters import fresh
from convmath.language.tidy import put
from convmath.language.tree import Relation, letters_of
from convmath.operators.axes import Axes, spread
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.operator import Operator


def _windows(name: str, a: Axes, values: dict[str, Any], picture: str = "X") -> Operator:
    """Each window on axes of its own: what the columns hold, before they are columns."""
    return declare(
        name,
        f"Z[n,c,{a('{u}')},{a('{i}')}] = {picture}[n,c,{a('{s}*{i}+{d}*{u}-{p}')}]",
        {picture: f"N,C,{a('{L}')}"},
        {picture: f"0,0,{a('({p},{q})')}"},
        ranges={axis.tap: axis.kernel for axis in a.axes},
        values=values,
    )


def _counts(windows: Operator) -> tuple[str, ...]:
    """A letter for how many windows there are along each axis: P and Q, where they are free."""
    used = {letter for value in windows.values.values() for letter in letters_of(value)}
    taken = used | set(windows.general.sizes) | windows.general.indices
    return tuple(fresh(name, taken) for name in ("P", "Q"))


def _sizes(a: Axes, windows: Operator) -> dict[str, Any]:
    """The sizes of the picture, and how many windows fit along each, as it is derived."""
    picture = windows.general.tensors[0].shape[2:]
    counts = extents(windows.general)[-2:]
    found = {axis.size: put(size, windows.values) for axis, size in zip(a.axes, picture, strict=True)}
    return found | {name: put(count, windows.values) for name, count in zip(_counts(windows), counts, strict=True)}


def _counting(made: Operator, windows: Operator) -> Operator:
    """The operator that knows what counts its windows, so that a derivation can show it."""
    names = zip(range(-2, 0), _counts(windows), strict=True)
    made.counted = Counted(windows.general, tuple(names))
    return made


def _stated(name: str, a: Axes) -> tuple[Relation, ...]:
    """What must hold of the sizes so that there is a window."""
    return tuple(condition.relation for condition in conditions(_windows(name, a, {}).general))


def _row(a: Axes) -> str:
    """The row of channel c and tap (u, v), in row-major order."""
    first, second = a.axes
    return f"c*{first.kernel}*{second.kernel}+{first.tap}*{second.kernel}+{second.tap}"


@remembered
def unfold(kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Operator:
    """The windows of X (N, C, H, W) as columns, (N, C·k·k, L): im2col.

    Row c·k·k + u·k + v holds what tap (u, v) reads in channel c, and the columns are the windows in
    row-major order. How many there are, P along H and Q along W, is derived from the windows.

    Raises:
        DefinitionError: an argument is out of range.
    """
    a = Axes("unfold", 2, kernel=kernel_size, stride=stride, padding=padding, dilation=dilation)
    windows = _windows("unfold", a, a.values)
    high, wide = _counts(windows)
    made = declare(
        "unfold",
        f"Y[n,{_row(a)},i*{wide}+j] = X[n,c,{a('{s}*{i}+{d}*{u}-{p}')}]",
        {"X": "N,C,H,W"},
        {"X": f"0,0,{a('({p},{q})')}"},
        ranges={axis.tap: axis.kernel for axis in a.axes} | {"i": high, "j": wide},
        values={**a.values, **_sizes(a, windows)},
        given=_stated("unfold", a),
    )
    return _counting(made, windows)


@remembered
def fold(output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Operator:
    """Columns X (N, C·k·k, L) added into the places that they were read from, (N, C, H, W): col2im.

    The transpose of ``unfold``, not its inverse: a place that lies in several windows gets their sum. What
    falls into the padding is dropped.

    Args:
        output_size: H and W, one size or both.
        kernel_size: of the windows, as the other arguments; see ``unfold``.
        dilation: how far apart two taps are.
        padding: how many places around the output are dropped.
        stride: how far apart two windows are.

    Raises:
        DefinitionError: an argument is out of range, or no window fits.
    """
    a = Axes("fold", 2, kernel=kernel_size, stride=stride, padding=padding, dilation=dilation)
    sizes = dict(zip("HW", spread(output_size, 2, "fold: output_size"), strict=True))
    windows = _windows("fold", a, {**sizes, **a.values}, "Y")
    high, wide = _counts(windows)
    places = ", ".join(a("{t}={s}*{i}+{d}*{u}-{p}").split(","))
    first, second = a.axes
    made = declare(
        "fold",
        f"Y[n,c,t,r] = X[n,{_row(a)},i*{wide}+j] where {places}",
        {"X": f"N,C*{first.kernel}*{second.kernel},{high}*{wide}"},
        {"Y": f"0,0,{a('({p},{q})')}"},
        ranges={axis.tap: axis.kernel for axis in a.axes} | {"c": "C", "i": high, "j": wide, "t": "H", "r": "W"},
        values={**a.values, **_sizes(a, windows)},
        given=_stated("fold", a),
    )
    return _counting(made, windows)
