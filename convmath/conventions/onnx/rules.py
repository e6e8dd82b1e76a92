"""Who is asked, in which order they are believed, and what both look at first.

Sources: onnx 1.23.2 (opset 22), shape inference in strict mode; onnxruntime 1.31.1 on the CPU; the text of
the operators' schemas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convmath.conventions.arguments import Shape, is_integer, rejected, shape_of
from convmath.conventions.translation import Translation
from convmath.errors import RejectedError
from convmath.operators.operator import Operator

INFERENCE = "onnx 1.23.2 shape inference"
RUNTIME = "onnxruntime 1.31.1"
SPECIFICATION = "specification"
BOTH = "onnx 1.23.2"
"""Shape inference refuses, and onnxruntime runs it before it loads a model."""

Answer = Shape | str
"""A shape, or the text of a refusal."""


class LimitError(RejectedError):
    """onnxruntime refuses what the specification allows: it has not been written."""


def answer(compute: Callable[[], Shape]) -> Answer:
    """What one implementation gives: a shape, or its refusal as text."""
    try:
        return compute()
    except RejectedError as refusal:
        return str(refusal)


def limited(name: str, why: str, fix: str) -> LimitError:
    """The refusal of a call that onnxruntime has no code for."""
    return LimitError(str(rejected(RUNTIME, name, why, fix)), RUNTIME)


def settled(
    name: str,
    runs: Callable[[], Shape],
    others: Mapping[str, Answer],
    operator: str,
    arguments: Mapping[str, Any],
    shape: Shape,
    made: Operator | None = None,
    notes: tuple[str, ...] = (),
) -> Translation:
    """One call's translation. The shape is that of onnxruntime, which computes the values.

    Where onnxruntime has no code for a call, the shape is that of inference. Where they differ, or the
    specification does, ``answers`` has them all; a refusal names what the others give.

    Raises:
        RejectedError: onnxruntime refuses the call.
    """
    try:
        found = runs()
        given: dict[str, Answer] = {RUNTIME: found}
    except LimitError as refusal:
        inferred = others[INFERENCE]
        if isinstance(inferred, str) or min(inferred[2:], default=1) < 1:
            raise refused(refusal, others) from None
        found, given = inferred, {RUNTIME: str(refusal)}
        notes = (*notes, str(refusal))
    except RejectedError as refusal:
        raise refused(refusal, others) from None
    answers = {INFERENCE: others[INFERENCE], **given, **others}
    agreed = all(one == found for one in answers.values())
    return Translation(BOTH, operator, arguments, shape, found, notes, {} if agreed else answers, made)


def refused(refusal: RejectedError, others: Mapping[str, object]) -> RejectedError:
    """onnxruntime's refusal, with what the others give instead."""
    instead = [f"{who} gives {what}" for who, what in others.items() if not isinstance(what, str)]
    text = f"{refusal} But {', the '.join(instead)}." if instead else str(refusal)
    return RejectedError(text, refusal.framework, refusal.at, {RUNTIME: str(refusal), **others})


def tensor(name: str, shape: object, what: str) -> Shape:
    """The shape of one input."""
    return shape_of(BOTH, name, shape, what)


def listed(name: str, attribute: str, value: Any, count: int, default: int = 1, least: int | None = 1) -> Shape:
    """An attribute of ``count`` integers.

    Raises:
        RejectedError: it has another length, or an entry is below ``least``.
    """
    if value is None:
        return (default,) * count
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(map(is_integer, value)):
        raise rejected(BOTH, name, f"{attribute} is {value!r}", f"It is a list of {count} integers.")
    if len(value) != count:
        raise rejected(
            BOTH,
            name,
            f"{attribute} is {list(value)}: attribute {attribute} has incorrect size",
            f"There are {count // 2} spatial axes: give {count} numbers, the beginnings and then the ends."
            if attribute == "pads"
            else f"Give {count} numbers, one for each spatial axis.",
        )
    if least is not None and min(value, default=least) < least:
        must = "must only contain positive values" if least else "must not contain negative values"
        raise rejected(BOTH, name, f"{attribute} is {list(value)}: attribute {attribute} {must}")
    return tuple(value)


def agreed(
    name: str,
    inferred: Shape,
    operator: str,
    arguments: Mapping[str, Any],
    shape: Shape,
    *,
    runs: Callable[[], Shape] | None = None,
    made: Operator | None = None,
) -> Translation:
    """The translation of a call that only onnxruntime may still refuse, or see otherwise."""
    return settled(name, runs or (lambda: inferred), {INFERENCE: inferred}, operator, arguments, shape, made)


def numbers(name: str, what: str, value: Any) -> Shape:
    """An input of integers, in order.

    Raises:
        RejectedError: it is no list of integers.
    """
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(map(is_integer, value)):
        raise rejected(BOTH, name, f"{what} is {value!r}", "It is a list of integers.")
    return tuple(value)


def located(name: str, axes: Sequence[int], rank: int, *, once: bool = True) -> Shape:
    """Axes counted from 0; negative ones count from the end.

    Raises:
        RejectedError: there is no such axis, or it is named twice.
    """
    found: list[int] = []
    for axis in axes:
        if not -rank <= axis < rank:
            raise rejected(BOTH, name, f"Unexpected axis value: {axis}. Expected range [-{rank}, {rank})")
        found.append(axis % rank)
        if once and found.count(found[-1]) > 1:
            raise rejected(BOTH, name, f"Axis {found[-1]} is referred to more than once")
    return tuple(found)
