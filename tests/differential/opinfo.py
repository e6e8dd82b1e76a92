"""PyTorch's own samples of its functions: each call as it was recorded, shapes in the place of tensors.

Some recorded refusals are about the types of the elements, which shapes do not have.
"""

from .score import UndecidedError
from .torch_misc import TORCH, shape

KNOWN = {"op", "input", "args", "kw", "y", "e", "declared_error"}
TYPES = "should be the same"
"""What PyTorch says of two arrays with different types of elements."""


def function(name):
    """The op that is this function."""

    def translate(case, found):
        for key in sorted(case.keys() - KNOWN):
            raise UndecidedError(f"the argument {key}")
        if case.get("declared_error") and case["e"].endswith(TYPES):
            raise UndecidedError("the refusal is about types of elements, and only shapes are recorded")
        arguments = [_plain(item) for item in case["args"]]
        named = {word: _plain(item) for word, item in case["kw"].items()}
        found["y"] = shape(TORCH[name], _plain(case["input"]), *arguments, **named)

    return translate


OPS = {f"nn.functional.{name}": function(name) for name in TORCH}
OPS |= {"flatten": function("flatten"), "unflatten": function("unflatten"), "unfold": function("Tensor.unfold")}


def _plain(item):
    """An argument; a tensor is its shape."""
    return item["tensor"] if isinstance(item, dict) else item
