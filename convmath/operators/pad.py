"""Places added around an array, or taken away: ``torch.nn.functional.pad``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convmath.errors import DefinitionError, UnsupportedError
from convmath.language.sizes import size
from convmath.language.tidy import flipped
from convmath.language.tree import Expr, Int, Relation, Sym
from convmath.language.write import is_negative
from convmath.operators.call import remembered
from convmath.operators.declare import declare
from convmath.operators.modes import number
from convmath.operators.operator import Operator
from convmath.operators.shapes import named_axes, read_shape

MODES = ("constant", "reflect", "replicate", "circular")
RANKS = {2: (2, 3), 4: (3, 4), 6: (4, 5)}
"""PyTorch's rule for all modes but "constant": how many axes an input has, by how many numbers are given."""
NOTHING = Int(0)


@remembered
def pad(input: Any, pad: Any, mode: str = "constant", value: Any = 0) -> Operator:
    """X of the shape ``input`` with places added around it: the last axis first, as in PyTorch.

    ``input`` stands where PyTorch takes the tensor: its shape, as "N,C,H,W" or as a tuple. ``pad`` is
    (before, after) for the last axis, then for the one before it, and so on; a negative number crops.
    mode says what stands in the padding: "constant" is ``value``; "reflect" mirrors X at its border,
    "replicate" repeats the border and "circular" wraps around.

    Raises:
        DefinitionError: a size does not fit, or PyTorch does not take the mode for so many axes.
        UnsupportedError: one end of an axis is wrapped around and the other one is cropped.
    """
    sizes = read_shape(input, "pad: input")
    sides = _sides(sizes, pad, mode)
    if mode != "constant" and value not in (0, None):
        raise DefinitionError(f'pad: value is {value!r}, but padding mode "{mode}" doesn\'t take in value argument')
    axes = [_Axis(index, letter) for letter, index in named_axes(len(sizes))]
    values: dict[str, Any] = {axis.size: given for axis, given in zip(axes, sizes, strict=True)}
    for axis, amounts in zip(reversed(axes), sides, strict=False):
        axis.name(amounts, "" if len(sides) == 1 else f"_{axis.size}", values)
    bounds = [axis.bound for axis in axes if axis.bound]
    made = declare(
        "pad",
        f"Y[{','.join(axis.index for axis in axes)}] = X[{','.join(axis.place for axis in axes)}]"
        + (f" where {', '.join(bounds)}" if bounds else ""),
        {"X": ",".join(axis.size for axis in axes)},
        {"X": ",".join(axis.padding for axis in axes)},
        values=values,
        given=tuple(rule for axis in axes for rule in axis.rules) if mode == "constant" else (),
        modes={"X": number(value or 0, "pad: value") if mode == "constant" else mode},
    )
    if mode == "circular" and any(is_negative(a) != is_negative(b) and NOTHING not in (a, b) for a, b in sides):
        raise UnsupportedError(
            "pad: one end of an axis is wrapped around and the other one is cropped; PyTorch wraps around what the "
            "crop leaves. Crop first, and pad what is left."
        )
    return made


@dataclass
class _Axis:
    """One axis of the formula: ``Y[i] = X[i−p]``, padded by p before and q after, or cropped by b and e."""

    index: str
    size: str
    before: str = "0"
    after: str = "0"
    skipped: str = ""
    dropped: str = ""

    def name(self, amounts: tuple[Expr, Expr], suffix: str, values: dict[str, Any]) -> None:
        """A letter with a value for each side that is padded or cropped."""
        for side, (amount, padded, cropped) in enumerate(zip(amounts, "pq", "be", strict=True)):
            crops = is_negative(amount)
            letter = (cropped if crops else padded) + suffix
            if amount == NOTHING:
                continue
            values[letter] = flipped(amount) if crops else amount
            setattr(self, (("skipped", "dropped") if crops else ("before", "after"))[side], letter)

    @property
    def place(self) -> str:
        return self.index + (f"+{self.skipped}" if self.skipped else f"-{self.before}" if self.before != "0" else "")

    @property
    def padding(self) -> str:
        return f"({self.before},{self.after})"

    @property
    def bound(self) -> str:
        return f"{self.place} <= {self.size}-{self.dropped}-1" if self.dropped else ""

    @property
    def rules(self) -> tuple[Relation, ...]:
        """PyTorch crops before it pads, and takes no negative length: no more is cropped than there is."""
        mixed = self.skipped and self.after != "0", self.dropped and self.before != "0"
        crops = [letter for letter, also in zip((self.skipped, self.dropped), mixed, strict=True) if also]
        return tuple(Relation(Sym(letter), "≤", Sym(self.size)) for letter in crops)


def _sides(sizes: tuple[Any, ...], pad: Any, mode: str) -> list[tuple[Expr, Expr]]:
    """(before, after) for each axis that is padded, from the last one on."""
    if mode not in MODES:
        raise DefinitionError(f"pad: mode is {str(mode)[:60]!r}; it must be one of {', '.join(map(repr, MODES))}")
    if not isinstance(pad, tuple | list) or not pad:
        raise DefinitionError(f"pad: pad is {pad!r}; it must be (before, after) of the last axis, then of the others")
    if len(pad) % 2:
        raise DefinitionError(f"pad: pad is {pad!r}, with {len(pad)} numbers: padding length must be divisible by 2")
    rank = len(sizes)
    if len(pad) > 2 * rank:
        raise DefinitionError(
            f"pad: pad has {len(pad)} numbers, the input {rank} axes: padding length should be less than or equal to "
            f"two times the input dimension. Give at most {2 * rank}."
        )
    if mode != "constant" and rank not in RANKS.get(len(pad), ()):
        raise DefinitionError(
            f"pad: mode {mode!r} with {len(pad)} numbers on an input of {rank} axes; PyTorch takes 2 for 2 or 3 axes, "
            "4 for 3 or 4, 6 for 4 or 5: only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now"
        )
    amounts = [size(amount, "pad: pad") for amount in pad]
    return list(zip(amounts[::2], amounts[1::2], strict=True))
