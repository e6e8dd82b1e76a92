"""What stands around a formula: a function of what is read, and a function of the whole right side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convmath.errors import DefinitionError, UnsupportedError
from convmath.language.functions import OPAQUE, Function
from convmath.language.tensor import NO_PADDING
from convmath.language.tree import Apply, Expr

if TYPE_CHECKING:
    from convmath.language.definition import Definition


@dataclass(frozen=True, slots=True)
class Around:
    """A function of what is read, and a function of the whole right side; None where there is none."""

    read: Function | None = None
    result: Function | None = None

    def __bool__(self) -> bool:
        return self.read is not None or self.result is not None

    def read_as(self, read: Expr) -> Expr:
        """A read, with its function around it."""
        return read if self.read is None else Apply(self.read, read)

    def result_as(self, right: Expr) -> Expr:
        """A right side, with its function around it."""
        return right if self.result is None else Apply(self.result, right)


NOTHING = Around()


def check_around(definition: Definition) -> None:
    """A function of what is read stands in one term with one read; what stands in the padding stays 0 under it.

    Raises:
        DefinitionError: it does not.
    """
    function = definition.around.read
    padded = [t for t in definition.tensors if any(pair != NO_PADDING for pair in t.padding) and not t.repeats]
    zero = function is None or (function.keeps_zero and all(isinstance(t.outside, str) for t in padded))
    if function is not None and (len(definition.reads) != 1 or (padded and not zero)):
        raise DefinitionError(
            f"{definition}: the function {function.name} is put around one read of an array, and padding stays 0 only "
            "under a power"
        )
    if function is not None and function.name in OPAQUE:
        raise DefinitionError(f"{definition}: {function.name} is no function of one entry")


def no_index_sum(definition: Definition) -> str:
    """Why a definition is no index sum, in words; empty where it is one."""
    function = definition.around.result
    return (
        f"{function.name} has no index sum, since {OPAQUE[function.name]}"
        if function and function.name in OPAQUE
        else ""
    )


def check_index_sum(definition: Definition, what: str) -> None:
    """Refuses what only an index sum has.

    Raises:
        UnsupportedError: the operator is opaque: it has its shape and its parameters.
    """
    if why := no_index_sum(definition):
        raise UnsupportedError(
            f"{why}. So there is nothing to derive {what} from; it has its output shape and its parameters only"
        )
