"""convmath derives what a convolution gives, and shows why.

>>> import convmath as cm
>>> conv = cm.conv2d(192, 192, 1)
>>> conv.output_shape((1, 192, 28, 28)), conv.parameters(), conv.macs((1, 192, 28, 28))
((1, 192, 28, 28), 37056, 28901376)

Each name is imported when it is first used, so that ``import convmath`` costs next to nothing.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from convmath.operators.shelf import ROOM_OF

__version__ = "0.1.0"

_ROOMS = {
    "convmath.errors": "ConvmathError DefinitionError ParseError ProofError RejectedError ShapeError UnsupportedError",
    "convmath.conventions.compare": "compare",
    "convmath.conventions.framework": "frameworks",
    "convmath.conventions.translate": "translate",
    "convmath.language.border": "symbols",
    "convmath.operators.declare": "define",
    "convmath.operators.operator": "Operator",
    "convmath.operators.unit": "receptive_positions",
    "convmath.evaluate.positions": "Positions",
    "convmath.proof.derivation": "Derivation",
    "convmath.operators.slices": "split",
    "convmath.network.explain": "explain",
    "convmath.network.graph": "Network network",
    "convmath.network.layer": "layer",
    "convmath.network.sequence": "sequential",
    "convmath.network.verify": "assert_shapes verify",
    "convmath.readers.model": "read_model",
    "convmath.readers.onnx": "read_onnx",
    "convmath.readers.torch": "read_torch",
    "convmath.readers.yaml": "read_yaml",
    "convmath.readers.catalogue": "catalogue",
    "convmath.book.algorithm": "winograd",
    "convmath.book.entries": "prove theorems",
    "convmath.book.claims": "claims",
    "convmath.book.refutation": "refute",
}
_WHERE = ROOM_OF | {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = sorted(_WHERE)  # noqa: PLE0605  # type checkers read them in __init__.pyi


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'convmath' has no attribute {name!r}")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


class _Face(ModuleType):
    """Python binds a room's name here when the room is imported; ``network`` is a room and a public function."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (isinstance(value, ModuleType) and name in _WHERE):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
