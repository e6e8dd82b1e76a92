"""Rules about the border: an array is 0 outside of its places, so what is read there adds nothing."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.polynomial import equal
from convmath.language.tidy import tidy
from convmath.language.tree import Expr, Int, Mul, Read, Reduce, Relation
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, rule
from convmath.proof.sums import LINEAR, rewrite


def zero_outside(array: str, ground: Ground) -> tuple[Expr, ...]:
    """The shape of an array outside of which it is 0."""
    reading = [definition for definition in ground.definitions if array in definition.arrays]
    if not reading:
        raise ProofError(f"no definition reads {array}")
    for definition in reading:
        if definition.reduce not in LINEAR or definition.around:
            raise ProofError(f"{definition} is no sum: what stands outside of {array} is not 0 in it")
    tensors = [definition.arrays[array] for definition in reading]
    for tensor in tensors:
        if tensor.outside != "zeros":
            raise ProofError(f"{array} holds {tensor.outside} outside of its places, not 0")
        if len(tensor.shape) != len(tensors[0].shape) or not all(map(equal, tensor.shape, tensors[0].shape)):
            raise ProofError(f"{tensors[0]} is {tensor} elsewhere")
    return tensors[0].shape


def factors(expr: Expr) -> tuple[Expr, ...]:
    return expr.factors if isinstance(expr, Mul) else (expr,)


def _edges(item: Expr, size: Expr) -> tuple[Relation, Relation]:
    return Relation(Int(0), "≤", item), Relation(item, "≤", tidy(size - 1))


@rule(
    "only inside",
    "Σ f(u)·X[e] = Σ_{0 ≤ e, e ≤ n − 1} f(u)·X[e], where X is 0 outside of its n places",
    "where {array} is read outside it is 0, and the term with it",
)
def only_inside(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    array, axes = str(arguments["array"]), [int(part) for part in str(arguments["axes"]).split()]
    shape = zero_outside(array, ground)

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum":
            return None
        reads = [factor for factor in factors(expr.body) if isinstance(factor, Read) and factor.array == array]
        more = [edge for read in reads for axis in axes for edge in _edges(read.subscripts[axis], shape[axis])]
        more = [relation for relation in dict.fromkeys(more) if relation not in expr.where]
        return Reduce("sum", expr.ranges, expr.body, (*expr.where, *more)) if more else None

    after = rewrite(before, change, f"no sum has {array} as a factor")
    return Move(after, f"{array} is 0 outside of its places", {"array": array})


@rule(
    "outside too",
    "Σ_{0 ≤ e, e ≤ n − 1} f(u)·X[e] = Σ f(u)·X[e], where X is 0 outside of its n places",
    "the terms outside may stand with the others: {array} is 0 there",
)
def outside_too(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    array = str(arguments["array"])
    shape = zero_outside(array, ground)

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum":
            return None
        reads = [factor for factor in factors(expr.body) if isinstance(factor, Read) and factor.array == array]
        gone = {
            edge for read in reads for axis, item in enumerate(read.subscripts) for edge in _edges(item, shape[axis])
        }
        where = tuple(relation for relation in expr.where if relation not in gone)
        if where == expr.where:
            return None
        return Reduce("sum", expr.ranges, expr.body, where) if expr.ranges or where else expr.body

    after = rewrite(before, change, f"no sum has {array} as a factor, and conditions that keep it inside")
    return Move(after, f"{array} is 0 outside of its places", {"array": array})
