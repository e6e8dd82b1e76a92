"""A network from a live ``torch.nn.Module``."""

from __future__ import annotations

from typing import Any

from convmath.errors import ParseError, UnsupportedError
from convmath.network.graph import Network


def read_torch(module: Any, *examples: Any, name: str | None = None, dynamic: bool = True) -> Network:
    """The network that a module runs on inputs like the examples, as ``torch.export`` records it.

    Nothing is computed: PyTorch follows the sizes alone. No weight is copied or changed, no file is opened or written.
    The module is recorded as ``eval()`` has it, and is in training afterwards where it was before.

    ``read_torch(model, (1, 3, 224, 224))`` takes pictures of any size where the module does: the batch and the sizes
    along the spatial axes become letters. A size that the module fixes stays a number, and ``source`` says so. Which
    way a module takes where it asks for a size is the way that the examples take.

    Args:
        module: the module.
        examples: for each of its inputs a shape, or a tensor where it is not made of floating-point numbers.
        name: what to call the network; by default the module's class.
        dynamic: whether letters are tried; otherwise the examples' sizes are the only ones.

    Raises:
        ParseError: there is no example, or one is no shape.
        UnsupportedError: PyTorch is not installed, or its ``torch.export`` cannot record the module.
    """
    try:
        import torch
    except ImportError:
        raise UnsupportedError(
            'a module is recorded by PyTorch, which is not installed. Install it: pip install "convmath[torch]"'
        ) from None
    from convmath.readers.torch.export import exported
    from convmath.readers.torch.wiring import Wiring

    if not isinstance(module, torch.nn.Module):
        raise ParseError(f"module is of type {type(module).__name__}; a network is read from a torch.nn.Module")
    program, fixed = exported(module, examples, dynamic)
    return Wiring(module, program).network(name or type(module).__name__, fixed)
