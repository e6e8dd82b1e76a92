"""The attributes that every window has, and the windows that each implementation makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import RUNTIME, listed
from convmath.conventions.windows import Window

SAME = ("SAME_UPPER", "SAME_LOWER")
WORDS = ("NOTSET", "VALID", *SAME)
Windows = tuple[Window, ...]


@dataclass(frozen=True)
class Sliding:
    """Windows along several axes, as the attributes say: ``plain`` without padding, ``pads`` as they were given."""

    name: str
    sizes: Shape
    plain: Windows
    auto_pad: str
    pads: tuple[tuple[int, int], ...] | None

    @property
    def kernels(self) -> Shape:
        return tuple(window.kernel for window in self.plain)

    @property
    def explicit(self) -> Windows:
        """The windows with the pads that were given, or without any."""
        pairs = self.pads or ((0, 0),) * len(self.plain)
        return tuple(replace(w, before=a, after=b) for w, (a, b) in zip(self.plain, pairs, strict=True))

    @property
    def inferred(self) -> Windows:
        """Shape inference: pads count before ``auto_pad`` does, and an unknown word is no padding.

        SAME is worked out from what is left over of the size, so that a size of 0 is padded as a stride is.
        """
        if self.pads is not None or self.auto_pad not in SAME:
            return self.explicit
        lower = self.auto_pad == "SAME_LOWER"
        return tuple(w.same(size or w.stride, lower=lower) for w, size in zip(self.plain, self.sizes, strict=True))

    def check_word(self) -> None:
        """Raises where ``auto_pad`` is no word of onnxruntime."""
        if self.auto_pad not in WORDS:
            raise rejected(
                RUNTIME,
                self.name,
                f"auto_pad is {self.auto_pad!r}: Unknown AutoPadType String",
                f"The words are {', '.join(WORDS)}.",
            )


def sliding(
    name: str, sizes: Shape, kernel: Sequence[int], auto_pad: Any, dilations: Any, pads: Any, strides: Any
) -> Sliding:
    """The attributes, held against the number of axes.

    Raises:
        RejectedError: an attribute has the wrong length or sign; inference and onnxruntime agree there.
    """
    rank = len(sizes)
    numbers = (
        listed(name, "kernel_shape", kernel, rank),
        listed(name, "strides", strides, rank),
        listed(name, "dilations", dilations, rank),
    )
    plain = tuple(Window(k, s, d) for k, s, d in zip(*numbers, strict=True))
    given = None if pads is None else listed(name, "pads", pads, 2 * rank, least=0)
    pairs = None if given is None else tuple(zip(given[:rank], given[rank:], strict=True))
    return Sliding(name, sizes, plain, str(auto_pad), pairs)


def whole(window: Window, size: int) -> int:
    """How many windows there are where the quotient is cut off toward 0, as C does."""
    found = window.fitting(size)
    return found if found > 0 else window.overrunning(size)


def started(window: Window, size: int, count: int) -> int:
    """``count`` in ceil mode: a last window that starts in the padding behind the input is dropped."""
    return count - 1 if replace(window, kernel=1).spanned(count) > size + window.before else count


def padding(windows: Windows) -> tuple[tuple[int, int], ...]:
    """(before, after) for each axis."""
    return tuple((window.before, window.after) for window in windows)


def braces(sizes: Sequence[int]) -> str:
    """A shape as onnxruntime writes it."""
    return "{" + ",".join(map(str, sizes)) + "}"
