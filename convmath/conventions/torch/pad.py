"""``torch.nn.functional.pad``: the last axis first, (before, after) for each; what is below 0 is cropped."""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Shape, rejected, shape_of
from convmath.conventions.torch.rules import NAME, answered, integers, listed
from convmath.conventions.translation import Translation

RANKS = {2: (2, 3), 4: (3, 4), 6: (4, 5)}
"""How many axes an input has, by how many numbers are given, in all modes but "constant"."""
Sides = dict[int, tuple[int, int]]


def pad(input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Translation:
    """``F.pad``: places added around an array, or taken away."""
    shape, numbers = shape_of(NAME, "pad", input), integers("pad", "pad", pad)
    if len(numbers) % 2:
        raise rejected(NAME, "pad", f"pad has {len(numbers)} numbers: Padding length must be divisible by 2")
    if len(numbers) > 2 * len(shape):
        raise rejected(
            NAME,
            "pad",
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(numbers)} and input of dimension {len(shape)}",
        )
    last = len(shape) - 1
    sides = {last - at // 2: (numbers[at], numbers[at + 1]) for at in range(0, len(numbers), 2)}
    found = tuple(size + sum(sides.get(axis, ())) for axis, size in enumerate(shape))
    if mode == "constant":
        _check_crops(shape, sides)
    elif mode in REPEATED:
        _check_mode(shape, numbers, mode, value)
        REPEATED[mode](shape, sides, found)
    else:
        raise rejected(
            NAME, "pad", f"Unrecognised padding mode {mode}", f"Use 'constant', {', '.join(map(repr, REPEATED))}."
        )
    arguments = {"input": shape, "pad": numbers, "mode": mode, "value": value or 0}
    return answered("pad", arguments, shape, found)


def _check_mode(shape: Shape, numbers: Shape, mode: str, value: Any) -> None:
    if value not in (None, 0):
        raise rejected(NAME, "pad", f'Padding mode "{mode}" doesn\'t take in value argument', "Leave the value out.")
    if len(shape) not in RANKS.get(len(numbers), ()):
        raise rejected(
            NAME,
            "pad",
            f"Padding size {len(numbers)} is not supported for {len(shape)}D input tensor",
            f"In mode {mode!r} give 2 numbers for 2 or 3 axes, 4 for 3 or 4, 6 for 4 or 5.",
        )


def _check_crops(shape: Shape, sides: Sides) -> None:
    """Places are taken away before any are added, and no more than there are."""
    for axis, (before, after) in sides.items():
        left = shape[axis] + min(before, 0) + min(after, 0)
        if left < 0:
            raise rejected(
                NAME,
                "pad",
                f"axis {axis} of {listed(shape)} is cropped by {-min(before, 0)} and {-min(after, 0)}: "
                "narrow(): length "
                "must be non-negative",
                f"At most {shape[axis]} places can be taken away there.",
            )


def _check_filled(shape: Shape, sides: Sides, found: Shape) -> None:
    """Only the batch may be empty, and something of the output must be left."""
    rank = len(sides)
    if 0 in shape[-rank - 1 :]:
        raise rejected(
            NAME,
            "pad",
            f"Expected {rank + 1}D or {rank + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {listed(shape)}",
        )
    if min(found[-rank:]) < 0 or max(found[-rank:]) < 1:
        raise rejected(
            NAME,
            "pad",
            f"input {listed(shape[-rank:])} is too small. Calculated output {listed(found[-rank:])}",
            "Crop less.",
        )


def _check_reflected(shape: Shape, sides: Sides, found: Shape) -> None:
    """An array is mirrored at its border once, and the border itself is not repeated."""
    _check_axes(shape, len(sides))
    for axis, pair in sides.items():
        if max(pair) >= shape[axis]:
            raise rejected(
                NAME,
                "pad",
                f"Padding size should be less than the corresponding input dimension, but got: padding {pair} at "
                f"dimension {axis} of input {listed(shape)}",
                f"Use at most {shape[axis] - 1} there.",
            )
    _check_filled(shape, sides, found)


def _check_axes(shape: Shape, rank: int) -> None:
    if 0 in shape[-rank - 1 :]:
        _check_filled(shape, dict.fromkeys(range(rank), (0, 0)), shape)


def _check_wrapped(shape: Shape, sides: Sides, found: Shape) -> None:
    """PyTorch copies the array into its place, and then one end of each axis to the other."""
    for axis, (before, after) in sides.items():
        if max(before, after) > shape[axis]:
            raise rejected(
                NAME,
                "pad",
                f"axis {axis} of {listed(shape)} is padded by {(before, after)}: Padding value causes wrapping around "
                "more than once",
                f"Use at most {shape[axis]} there.",
            )
        if found[axis] < 0:
            raise rejected(NAME, "pad", "Negative padding value is resulting in an empty dimension", "Crop less.")
    for axis, (before, after) in sides.items():
        if not _copied(shape[axis], found[axis], before, after, alone=prod(found[:axis]) == 1 and prod(found) > 0):
            raise rejected(
                NAME,
                "pad",
                f"axis {axis} of {listed(shape)} is padded by {(before, after)}: one end is cropped, and "
                "what is copied "
                "to the other overlaps its own source",
                "Crop first, and pad what is left.",
            )


def _copied(size: int, wanted: int, before: int, after: int, alone: bool) -> bool:
    """Whether the copies along one axis fit; overlaps are seen only where the axis lies alone in memory."""
    p, q = max(before, 0), max(after, 0)
    places = range(wanted)
    kept = range(size)[max(-before, 0) : size - max(-after, 0)]
    if len(kept) not in (1, len(places[p : wanted - q])):
        return False
    copies = [(places[:p], places[wanted - p - q : wanted - q])] if p else []
    copies += [(places[wanted - q :], places[p : p + q])] if q else []
    for target, source in copies:
        if len(source) not in (1, len(target)):
            return False
        if alone and target != source and set(target) & set(source):
            return False
    return True


REPEATED = {"reflect": _check_reflected, "replicate": _check_filled, "circular": _check_wrapped}
"""What PyTorch looks at in each mode that repeats the array."""
