"""``torch.nn.functional.linear`` and ``torch.matmul``: shapes stand where tensors stand."""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Shape, rejected, shape_of
from convmath.conventions.torch.rules import NAME, answered, listed
from convmath.conventions.torch.shapes import broadcast
from convmath.conventions.translation import Translation
from convmath.errors import UnsupportedError


def linear(input: Any, weight: Any, bias: Any = None) -> Translation:
    """``F.linear``: the last axis times the weight, (out, in) or (in); the axes before it are one batch."""
    shape, factor = shape_of(NAME, "linear", input), shape_of(NAME, "linear", weight, "the weight")
    added = None if bias is None else shape_of(NAME, "linear", bias, "the bias")
    if len(factor) > 2 or not shape or not factor:
        raise rejected(
            NAME,
            "linear",
            f"the input has {len(shape)} axes, the weight {len(factor)}: both arguments to linear need to "
            "be at least 1D, "
            "and the weight at most 2D",
            "The weight is (out_features, in_features).",
        )
    found = _multiplied("linear", shape, factor[::-1])
    if added is not None:
        _check_bias(factor, added)
    if len(factor) == 1:
        return answered("matmul", {"input": shape, "other": factor}, shape, found, others=(factor,))
    arguments = {"in_features": factor[1], "out_features": factor[0], "bias": bias is not None}
    plain = added in (None, factor[:1])
    missing = "" if plain else "the bias is broadcast, and not one number for each output"
    return answered("linear", arguments, (prod(shape[:-1]), shape[-1]), found, batched=True, missing=missing)


def _check_bias(factor: Shape, added: Shape) -> None:
    """A vector with one number for each output, or with one for all of them."""
    if len(factor) == 1 or len(added) != 1:
        raise UnsupportedError(
            f"{NAME}: linear with a weight of shape {listed(factor)} and a bias of shape {listed(added)} "
            "goes one of two "
            "ways inside, which take different ones"
        )
    if added[0] not in (1, factor[0]):
        raise rejected(
            NAME,
            "linear",
            f"The expanded size of the tensor ({factor[0]}) must match the existing size ({added[0]}) at non-singleton "
            "dimension 1",
            f"The bias has shape {listed(added)}: make it [{factor[0]}].",
        )


def matmul(input: Any, other: Any) -> Translation:
    """``torch.matmul``: the last two axes are matrices, the axes before them are broadcast."""
    first, second = shape_of(NAME, "matmul", input), shape_of(NAME, "matmul", other, "the other")
    if not first or not second:
        raise rejected(
            NAME,
            "matmul",
            f"both arguments to matmul need to be at least 1D, but they are {len(first)}D and {len(second)}D",
            "Use mul for numbers.",
        )
    found = _multiplied("matmul", first, second)
    return answered("matmul", {"input": first, "other": second}, first, found, others=(second,))


def _multiplied(name: str, first: Shape, second: Shape) -> Shape:
    inner = second[-2] if len(second) > 1 else second[0]
    if first[-1] != inner:
        raise rejected(NAME, name, _unequal(first, second), f"Make {first[-1]} and {inner} the same.")
    batch = broadcast(name, first[:-2], second[:-2])
    return (*batch, *first[-2:-1], *(second[-1:] if len(second) > 1 else ()))


def _unequal(first: Shape, second: Shape) -> str:
    """What PyTorch says of two inner sizes that differ: it depends on the kernel that would have run."""
    if len(second) == 1 and len(first) == 1:
        return (
            f"inconsistent tensor size, expected tensor {listed(first)} and src {listed(second)} to have "
            "the same number "
            f"of elements, but got {first[0]} and {second[0]} elements respectively"
        )
    if len(second) == 1:
        rows = prod(first[:-1])
        return f"size mismatch, got input ({rows}), mat ({rows}x{first[-1]}), vec ({second[0]})"
    if len(second) == 2:
        return f"mat1 and mat2 shapes cannot be multiplied ({prod(first[:-1])}x{first[-1]} and {second[0]}x{second[1]})"
    batch = prod(broadcast("matmul", first[:-2], second[:-2]))
    return (
        f"Expected size for first two dimensions of batch2 tensor to be: [{batch}, {first[-1]}] "
        f"but got: [{batch}, {second[-2]}]"
    )
