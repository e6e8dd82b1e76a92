"""One window along one axis, in numbers: how many fit, how far they reach.

Nothing is counted here by a formula of this file. The sizes are read off two definitions, and a size
below 1 is the number that the derived expression gives where no window fits: frameworks round it,
each in its way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from convmath.derive.extent import extents
from convmath.language.tidy import put
from convmath.language.tree import Expr, Int
from convmath.operators.declare import declare


@dataclass(frozen=True, slots=True)
class Window:
    """A window along one axis. ``before`` and ``after`` are padded places; below 0 they are cropped."""

    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0

    def fitting(self, size: int) -> int:
        """How many windows fit into ``size`` places and the padding; below 1, how many are missing."""
        return _value(_sliding(), self, size)

    def begun(self, size: int) -> int:
        """One window for each stride of the input, the last of them begun: what SAME asks for."""
        return -(-size // self.stride)

    def overrunning(self, size: int) -> int:
        """How many windows there are where the last may run over the end by less than a stride.

        So the quotient is rounded up: what ceil mode does, and a framework that divides as C does, below 0.
        """
        return self.fitting(size + self.stride - 1)

    def spanned(self, windows: int) -> int:
        """How many places this many windows cover, each a stride after the last, without padding."""
        return _value(_placing(), self, windows)

    def same(self, size: int, *, lower: bool = False) -> Window:
        """The window with the padding of SAME: as few places as make ⌈size/stride⌉ windows fit.

        An odd one goes after, or before where ``lower``.
        """
        wanted = self.begun(size)
        total = max(0, self.spanned(wanted) - size) if wanted else 0
        half = total // 2
        before, after = (total - half, half) if lower else (half, total - half)
        return replace(self, before=before, after=after)


@lru_cache(maxsize=1)
def _sliding() -> Expr:
    made = declare("a window", "Y[i] = X[s*i+d*u-p]", {"X": "L"}, {"X": "(p,q)"}, ranges={"u": "k"}, reduce="max")
    return extents(made.general)[0]


@lru_cache(maxsize=1)
def _placing() -> Expr:
    made = declare("windows", "Y[t] = X[i] where t = s*i+d*u", {"X": "L"}, {}, ranges={"u": "k"})
    return extents(made.general)[0]


@lru_cache(maxsize=4096)
def _value(size: Expr, window: Window, places: int) -> int:
    numbers = {"L": places, "k": window.kernel, "s": window.stride, "d": window.dilation}
    numbers |= {"p": window.before, "q": window.after}
    found = put(size, {letter: Int(number) for letter, number in numbers.items()})
    assert isinstance(found, Int), "every letter has a number"
    return found.value
