"""The spatial axes of an operator, and their hyper-parameters as letters with values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convmath.errors import DefinitionError
from convmath.language.letters import Axis, axes, keyword
from convmath.language.sizes import size
from convmath.language.tidy import put, tidy
from convmath.language.tree import Floor, Int, Ratio, Sym

WORDS = ("same", "valid", "same_upper", "same_lower", "causal", "full", "explicit", "notset")
"""Words for a padding that some framework has: none of them is a letter."""


class Axes:
    """Writes one piece of a formula for each spatial axis: ``a("{s}*{i}")`` gives ``s*i,s*j``.

    A hyper-parameter that is the same along every axis is one letter (k); one that differs gets a
    letter an axis (k_H, k_W). A padding may be a pair (before, after) for an axis.
    """

    def __init__(self, name: str, rank: int, *, words: bool = False, **given: Any) -> None:
        self.words = words
        self.values: dict[str, Any] = {}
        letters: list[dict[str, str]] = [{} for _ in range(rank)]
        sizes = axes(rank)
        for role, letter in (("kernel", "k"), ("stride", "s"), ("dilation", "d"), ("extra", "a"), ("count", "o")):
            if role in given:
                per_axis = spread(given[role], rank, f"{name}: {keyword(letter)}")
                self._name(letters, role, letter, per_axis, sizes)
        if "padding" in given:
            pairs = self._pairs(name, given, rank)
            self._name(letters, "before", "p", [before for before, _ in pairs], sizes)
            if all(before is after or before == after for before, after in pairs):
                for found in letters:
                    found["after"] = found["before"]
            else:
                self._name(letters, "after", "q", [after for _, after in pairs], sizes)
        self.axes = [Axis(*names, **found) for names, found in zip(sizes, letters, strict=True)]

    def _pairs(self, name: str, given: dict[str, Any], rank: int) -> list[Any]:
        """(before, after) for each axis. "same" is PyTorch's: the taps but one, the odd one after."""
        padding = given["padding"]
        if isinstance(padding, str) and padding.lower() in WORDS and not (self.words and padding in ("same", "valid")):
            words = "PyTorch's words are 'same' and 'valid'" if self.words else "PyTorch takes no word here"
            raise DefinitionError(
                f"{name}: padding is {padding!r}; {words}: give sizes, one or (before, after) an axis"
            )
        if not isinstance(padding, str) or padding not in ("same", "valid"):
            return [_pair(item, name) for item in spread(padding, rank, f"{name}: padding")]
        if padding == "valid":
            return [(0, 0)] * rank
        strides = spread(given["stride"], rank, f"{name}: stride")
        if any(isinstance(stride, str) or stride != 1 for stride in strides):
            raise DefinitionError(
                f"{name}: padding='same' keeps the size, which takes stride 1; the stride is {given['stride']}. "
                "Use stride 1, or give the padding as a number."
            )
        kernels = spread(given["kernel"], rank, f"{name}: kernel_size")
        dilations = spread(given["dilation"], rank, f"{name}: dilation")
        pairs = []
        for kernel, dilation in zip(kernels, dilations, strict=True):
            total = put(Sym("d") * (Sym("k") - 1), {"k": size(kernel, "kernel_size"), "d": size(dilation, "dilation")})
            before = tidy(Floor(Ratio(total, Int(2))))
            pairs.append((before, tidy(total - before)))
        return pairs

    def _name(self, letters: list[dict[str, str]], role: str, letter: str, values: list[Any], sizes: Any) -> None:
        same = all(value is values[0] or value == values[0] for value in values)
        for found, value, (axis, *_) in zip(letters, values, sizes, strict=True):
            found[role] = letter if same else f"{letter}_{axis}"
            self.values[found[role]] = value

    def __call__(self, template: str) -> str:
        return ",".join(
            template.format(
                L=a.size,
                i=a.out,
                u=a.tap,
                t=a.place,
                k=a.kernel,
                s=a.stride,
                d=a.dilation,
                p=a.before,
                q=a.after,
                a=a.extra,
                o=a.count,
            )
            for a in self.axes
        )


def check_flag(name: str, argument: str, value: object) -> None:
    """Raises where a yes-or-no argument is neither True nor False."""
    if not isinstance(value, bool):
        raise DefinitionError(f"{name}: {argument} is {value!r}; it must be True or False")


def positive(name: str, argument: str, value: Any) -> Any:
    """``value``; raises where it is a number below 1."""
    if isinstance(value, int) and value < 1:
        raise DefinitionError(f"{name} expects a positive {argument}, but got {value}; use {argument} ≥ 1")
    return value


def spread(value: Any, rank: int, what: str) -> list[Any]:
    """One value for each axis."""
    if not isinstance(value, tuple | list):
        return [value] * rank
    if len(value) != rank:
        hint = (
            "; for (before, after) along one axis write ((before, after),)" if "padding" in what and rank == 1 else ""
        )
        raise DefinitionError(f"{what} is {value!r}, with {len(value)} entries for {rank} spatial axes{hint}")
    return list(value)


def _pair(value: Any, name: str) -> Sequence[Any]:
    if not isinstance(value, tuple | list):
        return value, value
    if len(value) != 2:
        raise DefinitionError(f"{name}: padding {value!r} along one axis; give one size, or (before, after)")
    return value
