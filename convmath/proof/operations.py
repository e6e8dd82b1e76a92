"""How many floating-point operations there are: it depends on what one counts, so each way has a name."""

from __future__ import annotations

from convmath.errors import ProofError, UnsupportedError
from convmath.language.definition import Definition, Term
from convmath.language.tree import Expr, Int
from convmath.proof.counting import box
from convmath.proof.ground import Ground
from convmath.proof.reading import check_start
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Arguments, Move, rule

CONVENTIONS = {
    "2mac": "a multiplication and an addition for each multiply-add, the bias left out",
    "2mac+bias": "a multiplication and an addition for each multiply-add, and one addition for each bias",
    "exact": "the multiplications that are made, and one addition less than there are summands in an output",
}
"""Ways of counting, and what each counts. The first is PyTorch's FlopCounterMode."""


@rule(
    "read the operations",
    "floating-point operations: as many as the named convention counts",
    "{words}",
    verdict="by definition",
)
def read_operations(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition = ground.definition
    check_start(before, ground)
    sizes, convention = arguments["sizes"], str(arguments["convention"])
    if not isinstance(sizes, tuple) or convention not in CONVENTIONS:
        raise ProofError(f"{sizes} and {convention!r} are no sizes and no convention: {', '.join(CONVENTIONS)}")
    counted = (
        _exact(definition, dict(sizes)) if convention == "exact" else _doubled(definition, dict(sizes), convention)
    )
    total = counted[0] if counted else Int(0)
    for part in counted[1:]:
        total = total + part
    return Move(value_of(str(arguments["name"]), total), CONVENTIONS[convention], {"words": CONVENTIONS[convention]})


def _doubled(definition: Definition, sizes: dict[str, Expr], convention: str) -> list[Expr]:
    products = [2 * _choices(definition, term, sizes) for term in definition.terms if len(term.reads) > 1]
    if convention == "2mac" or not products:
        return products
    return products + [_choices(definition, term, sizes) for term in definition.terms if len(term.reads) == 1]


def _exact(definition: Definition, sizes: dict[str, Expr]) -> list[Expr]:
    """Multiplications, then additions; a mean is one division more for each output."""
    if definition.reduce in ("max", "min"):
        raise UnsupportedError(f"{definition}: a comparison is no floating-point operation in this count")
    if definition.written or any(term.scale != Int(1) for term in definition.terms):
        raise UnsupportedError(f"{definition}: exact operations are counted where every output sums products only")
    outputs = box(*((letter, _range(definition, letter, sizes)) for letter in definition.output_indices))
    found: list[Expr] = []
    for term in definition.terms:
        more = len(term.reads) - 1
        choices = _choices(definition, term, sizes)
        found += [choices if more == 1 else more * choices] if more else []
    found += [_choices(definition, term, sizes) for term in definition.terms]
    return found if definition.reduce == "mean" else [*found, -1 * outputs]


def _choices(definition: Definition, term: Term, sizes: dict[str, Expr]) -> Expr:
    """One for every choice of the indices of a term."""
    if clipped := [relation for relation in term.where if relation.op == "≤"]:
        raise UnsupportedError(f"{definition}: how many operations meet {clipped[0]} is not counted")
    if definition.written and len(term.reads) == 1:
        return box(*((letter, _range(definition, letter, sizes)) for letter in definition.output_indices))
    outer = [letter for letter in definition.output_indices if letter not in definition.written]
    return box(*((letter, _range(definition, letter, sizes)) for letter in (*outer, *term.reduced)))


def _range(definition: Definition, letter: str, sizes: dict[str, Expr]) -> Expr:
    return sizes.get(letter) or definition.range_of(letter)
