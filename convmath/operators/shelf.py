"""The ready-made operators by name, and the room that each is imported from when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

SHELF = {
    "convmath.operators.conv": "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d",
    "convmath.operators.linear": "linear",
    "convmath.operators.pool": "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d",
}
ROOM_OF = {name: room for room, names in SHELF.items() for name in names.split()}


def operator_names() -> tuple[str, ...]:
    """The names of the ready-made operators, in the order of the shelf."""
    return tuple(ROOM_OF)


def maker(name: str) -> Callable[..., Any]:
    """The function that makes the operator called ``name``."""
    found: Callable[..., Any] = getattr(import_module(ROOM_OF[name]), name)
    return found
