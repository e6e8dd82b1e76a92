"""The frameworks by name, and in each its own calls by their own names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial, update_wrapper
from importlib import import_module
from typing import Any

from convmath.conventions.arguments import rejected
from convmath.errors import ParseError

Call = Callable[..., Any]
ROOMS = {"torch": "2.13.0", "jax": "0.10.2", "tensorflow": "2.21.0", "keras": "3.15.1", "onnx": "1.23.2"}
"""The version that each room follows; where implementations differ, the answer names them."""


COUNTS = ("in_channels", "out_channels", "groups", "group", "in_features", "out_features")
"""Arguments that are one integer wherever they occur."""
CHOICES = ("mode", "padding_mode", "computation")
"""Arguments that choose by a name."""


def _bound(framework: str, name: str, call: Call) -> Call:
    """``call``, which refuses arguments that it does not have, and what no count or name can be."""
    signature = inspect.signature(call)

    def made(*args: Any, **kwargs: Any) -> Any:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise rejected(framework, name, str(error), f"It takes {', '.join(signature.parameters)}.") from None
        for argument, value in given.items():
            if argument in COUNTS and not isinstance(value, int):
                raise rejected(framework, name, f"{argument} is {value!r}", "It must be an integer.")
            if argument in CHOICES and isinstance(value, list | dict | set):
                raise rejected(framework, name, f"{argument} is {value!r}", "It is one name.")
        return call(*args, **kwargs)

    return update_wrapper(made, call)


class Framework(Mapping[str, Call]):
    """One framework: ``cm.frameworks["torch"].Conv2d(3, 8, 3)``, with that framework's arguments and defaults.

    Attributes:
        name: as in ``"torch"``.
        version: whose behaviour is followed.
    """

    def __init__(self, name: str, version: str, calls: Mapping[str, Call]) -> None:
        self.name, self.version = name, version
        self._calls = {call: _bound(str(self), call, make) for call, make in calls.items()}

    def __getitem__(self, call: str) -> Call:
        try:
            return self._calls[call]
        except KeyError:
            raise ParseError(f"{self} has no call {call!r}: it has {', '.join(self._calls)}") from None

    def __getattr__(self, call: str) -> Call:
        if call.startswith("_"):
            raise AttributeError(call)
        try:
            return self[call]
        except ParseError as error:
            raise AttributeError(str(error)) from None

    def __contains__(self, call: object) -> bool:
        return call in self._calls

    def __iter__(self) -> Iterator[str]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def __repr__(self) -> str:
        return f"<{self}: {', '.join(self)}>"


class Frameworks(Mapping[str, Framework]):
    """Every framework by its name; the room of each is imported when it is asked for."""

    def __init__(self) -> None:
        self._found: dict[str, Framework] = {}

    def __getitem__(self, name: str) -> Framework:
        if name not in ROOMS:
            raise ParseError(f"there is no framework {str(name)[:60]!r}: there are {', '.join(ROOMS)}")
        if name not in self._found:
            calls: Mapping[str, Call] = import_module(f"convmath.conventions.{name}").CALLS
            self._found[name] = Framework(name, ROOMS[name], calls)
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in ROOMS

    def __iter__(self) -> Iterator[str]:
        return iter(ROOMS)

    def __len__(self) -> int:
        return len(ROOMS)

    def __repr__(self) -> str:
        return f"<frameworks: {', '.join(ROOMS)}>"


def of_ranks(pattern: str, call: Call, *given: Any) -> dict[str, Call]:
    """``call`` for ranks 1, 2 and 3, under its name in each: ``Conv{rank}d``."""
    return {pattern.format(rank=rank): partial(call, rank, *given) for rank in (1, 2, 3)}


frameworks = Frameworks()
