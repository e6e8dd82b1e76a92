"""An array of a formula: its name, its sizes, how far reads may leave it, and what they meet there.

A *mode* says what a place outside reads: a place inside, so that the array repeats itself, or a number.

    reflect     X[−t] = X[t]        X[H − 1 + t] = X[H − 1 − t]
    replicate   X[−t] = X[0]        X[H − 1 + t] = X[H − 1]
    circular    X[−t] = X[H − t]    X[H − 1 + t] = X[t − 1]

Source: PyTorch, ``torch.nn.functional.pad``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from convmath.errors import DefinitionError
from convmath.language.tidy import flipped, tidy, total
from convmath.language.tree import Expr, Int, Ratio
from convmath.language.write import write

Pair = tuple[Expr, Expr]
NO_PADDING: Pair = (Int(0), Int(0))
Mode = Literal["zeros", "reflect", "replicate", "circular"]
MODES: tuple[Mode, ...] = get_args(Mode)
Outside = Mode | Expr
"""What is read outside: a mode, or the number that stands there."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """An array: its name, the size of each axis, and the padding (before, after) that reads may enter.

    For the output the pair is what is cropped: places that are written but not kept. ``outside`` is what
    stands in the padding; "zeros" is what adds nothing there: 0 for a sum and a mean, −∞ for a maximum.
    """

    name: str
    shape: tuple[Expr, ...]
    padding: tuple[Pair, ...]
    outside: Outside = "zeros"

    def __str__(self) -> str:
        return f"{self.name} of shape ({', '.join(write(size) for size in self.shape)})"

    @property
    def repeats(self) -> bool:
        """Whether places outside read places inside."""
        return isinstance(self.outside, str) and self.outside != "zeros"


def sources(outside: Outside, place: Expr, size: Expr) -> Pair | None:
    """The places that are read instead of ``place`` where it lies before the axis, and where it lies after.

    None where nothing inside is read.
    """
    place, back, last = tidy(place), flipped(tidy(place)), total([size, Int(-1)])
    match outside:
        case "reflect":
            return total([back]), total([last, last, back])
        case "replicate":
            return Int(0), last
        case "circular":
            return total([place, size]), total([place, flipped(size)])
    return None


def check_outside(tensor: Tensor) -> None:
    """Holds the mode of a tensor to what there is.

    Raises:
        DefinitionError: it is no mode, and no number.
    """
    outside = tensor.outside
    if isinstance(outside, Int) or outside in MODES:
        return
    if isinstance(outside, Ratio) and isinstance(outside.numerator, Int) and isinstance(outside.divisor, Int):
        return
    raise DefinitionError(
        f"the padding mode of {tensor.name} is {str(outside)[:60]!r}; it must be "
        f"{', '.join(map(repr, MODES))} or the number that stands in the padding"
    )
