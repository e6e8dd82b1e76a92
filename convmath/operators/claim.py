"""The claim of a quantity's derivation, checked by making the operator and the derivation again."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convmath.derive.quantity import QUANTITIES
from convmath.errors import ConvmathError, ParseError, ProofError
from convmath.language.definition import Definition
from convmath.language.tree import Expr
from convmath.language.trees import read_tree, write_tree
from convmath.operators.call import Call, read_arguments
from convmath.operators.shelf import ROOM_OF, maker
from convmath.proof.derivation import Claim, Derivation

if TYPE_CHECKING:
    from convmath.operators.operator import Operator


DEEPEST = 8
"""How many gradients of gradients a file may ask for."""


@dataclass(frozen=True)
class QuantityClaim(Claim):
    """The claim that ``quantity`` of the operator that ``call`` makes is what the derivation concludes."""

    kind: ClassVar[str] = "quantity"
    quantity: str
    call: Call
    sizes: tuple[tuple[str, Expr], ...]

    def check(self, derivation: Derivation) -> None:
        try:
            fresh = make(self.call.to_json()).derive_with(self.quantity, {}, dict(self.sizes))
        except ProofError:
            raise
        except ConvmathError as error:
            raise ProofError(f"the claim cannot be made again: {error}") from error
        derivation.compare(fresh)

    def to_json(self) -> dict[str, Any]:
        sizes = {name: write_tree(value) for name, value in self.sizes}
        return {"kind": self.kind, "quantity": self.quantity, "call": self.call.to_json(), "sizes": sizes}


def make(data: Any, depth: int = 0) -> Operator:
    """The operator that a call as plain data makes.

    Raises:
        ParseError: it names no public function, or arguments that the function does not take.
    """
    if not isinstance(data, dict) or depth > DEEPEST:
        raise ParseError("the claim's call is no object")
    function, arguments = data.get("function"), read_arguments(data.get("arguments"))
    made: Operator
    if function == "gradient":
        made = _bound(make(data.get("of"), depth + 1).gradient, arguments)
    elif function == "define":
        from convmath.operators.declare import define

        made = _bound(define, arguments)
    elif function in ROOM_OF:
        made = _bound(maker(str(function)), arguments)
    else:
        raise ParseError(f"there is no operator {str(function)[:40]!r}")
    return made


def _bound(function: Any, arguments: dict[str, Any]) -> Any:
    """The function called with exactly arguments that it takes."""
    try:
        inspect.signature(function).bind(**arguments)
    except TypeError as error:
        raise ParseError(f"the claim's call: {error}") from None
    return function(**arguments)


def read_claim(data: dict[str, Any], definitions: tuple[Definition, ...], values: dict[str, Expr]) -> Claim:
    """The claim that plain data describe."""
    quantity, sizes = data.get("quantity"), data.get("sizes")
    if quantity not in QUANTITIES or not isinstance(sizes, dict):
        raise ParseError("the claim names no known quantity, or no sizes")
    call = make(data.get("call")).call
    return QuantityClaim(str(quantity), call, tuple((str(name), read_tree(value)) for name, value in sizes.items()))
