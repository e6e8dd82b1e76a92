"""A module recorded by ``torch.export``: first with open sizes, then with fewer of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from convmath.errors import ParseError, UnsupportedError
from convmath.language.tokens import shown
from convmath.readers.torch.record import plain_size

Open = tuple[tuple[int, ...], ...]
"""For each input the axes whose sizes are left open."""


def exported(module: Any, examples: Sequence[Any], dynamic: bool) -> tuple[Any, str]:
    """The recorded program, and what is to be said of sizes that are fixed.

    Raises:
        ParseError: an example is no shape.
        UnsupportedError: the module cannot be recorded.
    """
    given = _tensors(module, examples)
    every = tuple(_open(tensor) for tensor in given)
    batch = tuple(axes[:1] for axes in every)
    attempts = [every, batch] if dynamic else []
    refusals: list[str] = []
    with _quiet(module):
        for axes in attempts:
            for tensors in _examples(given, axes):
                found = _tried(module, tensors, axes, refusals)
                if found is not None and _fits(found, tensors, given):
                    return found, _fixed(found, every)
        found = _tried(module, given, tuple(() for _ in given), refusals)
    if found is None:
        raise UnsupportedError(f"torch.export cannot record {type(module).__name__}: {refusals[-1]}")
    return found, _fixed(found, every)


def _tensors(module: Any, examples: Sequence[Any]) -> tuple[Any, ...]:
    """The examples as tensors on the module's device; their entries are never looked at."""
    import torch

    if not examples:
        raise ParseError("an example of each input is missing: give its shape, as in read_torch(model, (1, 3, 64, 64))")
    held = next(iter([*module.parameters(), *module.buffers()]), None)
    device = "cpu" if held is None else held.device
    found = []
    for number, example in enumerate(examples):
        if isinstance(example, torch.Tensor):
            found.append(example)
            continue
        sizes = list(example) if isinstance(example, tuple | list) else []
        if not sizes or any(type(size) is not int or size < 1 for size in sizes):
            raise ParseError(
                f"example {number + 1} is {shown(repr(example))}: give a shape of integers ≥ 1, "
                "as in (1, 3, 224, 224), or a tensor"
            )
        kind = held.dtype if held is not None and held.is_floating_point() else torch.float32
        found.append(torch.empty(sizes, device=device, dtype=kind))
    return tuple(found)


def _open(tensor: Any) -> tuple[int, ...]:
    """The axes that may have other sizes: all but the channels."""
    words = not tensor.is_floating_point()
    return tuple(axis for axis in range(tensor.dim()) if axis != 1 or words)


def _examples(given: tuple[Any, ...], axes: Open) -> Iterator[tuple[Any, ...]]:
    """The examples with 2 where an open size is 1, which ``torch.export`` would take for a fixed number; as given."""
    import torch

    larger = []
    for tensor, open_ in zip(given, axes, strict=True):
        sizes = [2 if axis in open_ and size == 1 else size for axis, size in enumerate(tensor.shape)]
        same = sizes == list(tensor.shape)
        larger.append(tensor if same else torch.zeros(sizes, dtype=tensor.dtype, device=tensor.device))
    if any(one is not two for one, two in zip(larger, given, strict=True)):
        yield tuple(larger)
    yield given


@contextmanager
def _quiet(module: Any) -> Iterator[None]:
    """The module as it is evaluated, and PyTorch without remarks on its own workings; both as before afterwards."""
    logger = logging.getLogger("torch")
    before, modes = logger.level, [(part, part.training) for part in module.modules()]
    logger.setLevel(logging.CRITICAL)
    try:
        module.train(False)
        yield
    finally:
        logger.setLevel(before)
        for part, training in modes:
            part.training = training


def _tried(module: Any, tensors: tuple[Any, ...], axes: Open, refusals: list[str]) -> Any:
    """The recorded program, or None with the reason noted."""
    import warnings

    import torch

    auto = torch.export.Dim.AUTO
    dynamic = tuple(dict.fromkeys(open_, auto) for open_ in axes) if any(axes) else None
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            return torch.export.export(module, tensors, dynamic_shapes=dynamic)
    except Exception as error:  # a module is foreign code: whatever it raises is why it is not recorded
        refusals.append(shown(f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"))
        return None


def shapes(program: Any) -> dict[str, tuple[Any, ...]]:
    """The recorded shape of each input: integers, and PyTorch's own symbols."""
    named = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    return {name: tuple(map(plain_size, named[name].meta["val"].shape)) for name in program.graph_signature.user_inputs}


def _fits(program: Any, tensors: tuple[Any, ...], given: tuple[Any, ...]) -> bool:
    """Whether every size that was changed for the record is open in it."""
    return all(
        one == two or not isinstance(size, int)
        for recorded, used, wanted in zip(shapes(program).values(), tensors, given, strict=True)
        for size, one, two in zip(recorded, used.shape, wanted.shape, strict=True)
    )


def _fixed(program: Any, wanted: Open) -> str:
    """Which sizes the module, or its record, fixes."""
    found = [
        f"{name} has the size {recorded[axis]} along axis {axis}"
        for (name, recorded), axes in zip(shapes(program).items(), wanted, strict=True)
        for axis in axes
        if isinstance(recorded[axis], int)
    ]
    return f"; fixed by the export: {', '.join(found)}" if found else ""
