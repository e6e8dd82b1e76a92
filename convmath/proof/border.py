"""Rules about the border: an array is 0 outside of its places, so what is read there adds nothing."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.polynomial import equal
from convmath.language.tidy import has_ratio, put, tidy
from convmath.language.tree import Expr, Int, Mul, Ranges, Read, Reduce, Relation, Sym, letters_of
from convmath.proof.ground import Ground
from convmath.proof.naming import within
from convmath.proof.places import Conditions, known_at
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, rule
from convmath.proof.sums import LINEAR, depends, rewrite


def _shape(array: str, ground: Ground) -> tuple[Expr, ...]:
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


def _factors(expr: Expr) -> tuple[Expr, ...]:
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
    shape = _shape(array, ground)

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum":
            return None
        reads = [factor for factor in _factors(expr.body) if isinstance(factor, Read) and factor.array == array]
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
    shape = _shape(array, ground)

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum":
            return None
        reads = [factor for factor in _factors(expr.body) if isinstance(factor, Read) and factor.array == array]
        gone = {
            edge for read in reads for axis, item in enumerate(read.subscripts) for edge in _edges(item, shape[axis])
        }
        where = tuple(relation for relation in expr.where if relation not in gone)
        if where == expr.where:
            return None
        return Reduce("sum", expr.ranges, expr.body, where) if expr.ranges or where else expr.body

    after = rewrite(before, change, f"no sum has {array} as a factor, and conditions that keep it inside")
    return Move(after, f"{array} is 0 outside of its places", {"array": array})


@rule("always met", "Σ_{u : A} f(u) = Σ_u f(u), where A holds for every u", "{what} for every choice of the indices")
def always_met(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    why, shown = list[str](), list[str]()

    def change(expr: Expr, ranges: Ranges, where: Conditions) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum":
            return None
        known = known_at(ground, (*ranges, *expr.ranges), where)
        kept = []
        for relation in expr.where:
            slack = tidy(relation.right - relation.left)
            met = known.not_negative(slack) if relation.op == "≤" and not has_ratio(slack) else None
            kept += [relation] if met is None else []
            why.extend([met] if met is not None else [])
            shown.extend([str(relation)] if met is not None else [])
        if len(kept) == len(expr.where):
            return None
        return Reduce("sum", expr.ranges, expr.body, tuple(kept)) if expr.ranges or kept else expr.body

    after = rewrite(before, within(change, before.ranges), "no condition holds by itself")
    return Move(after, "; ".join(dict.fromkeys(why)), {"what": ", ".join(dict.fromkeys(shown))})


@rule(
    "one place",
    "X[e] = Σ_{i<n : i = e} X[i], where X has n places and is 0 outside",
    "{read} is what stands at the one place {index} = {place}; there is none outside",
)
def one_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    array, axis, index = str(arguments["array"]), int(str(arguments["axis"])), str(arguments["index"])
    size, shown = _shape(array, ground)[axis], list[Read]()
    if array in ground.formulas:
        raise ProofError(f"{array} is given by a definition; what it says outside is not known")
    if index in before.letters() | set(ground.definition.sizes):
        raise ProofError(f"{index} stands in {before}: take another letter")

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Read) or expr.array != array or has_ratio(expr.subscripts[axis]):
            return None
        shown.append(expr)
        places = (*expr.subscripts[:axis], Sym(index), *expr.subscripts[axis + 1 :])
        where = (Relation(Sym(index), "=", expr.subscripts[axis]),)
        return Reduce("sum", ((index, size),), Read(array, places), where)

    after = rewrite(before, change, f"{array} is not read")
    words = {"read": str(shown[0]), "index": index, "place": str(shown[0].subscripts[axis])}
    return Move(after, f"{array} is 0 outside of its places", words)


@rule(
    "one value or none",
    "Σ_{u<n : u = e} f(u)·X[u] = f(e)·X[e], where X has n places and is 0 outside",
    "{index} = {value} is the only value that meets the condition; where it is none of 0 … {last}, {read} is 0",
)
def one_value_or_none(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    index, words = str(arguments["index"]), dict[str, str]()

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum" or index not in dict(expr.ranges):
            return None
        names, size = {name for name, _ in expr.ranges}, dict(expr.ranges)[index]
        chosen = next((r for r in expr.where if r.op == "=" and r.left == Sym(index)), None)
        read = next((f for f in _factors(expr.body) if isinstance(f, Read) and _guards(f, index, size, ground)), None)
        if chosen is None or read is None or index in letters_of(chosen.right) or has_ratio(chosen.right):
            return None
        if any(depends(other, {index}) for _, other in expr.ranges) or depends(size, names):
            return None
        value = {index: chosen.right}
        words.update(index=index, value=str(chosen.right), last=str(tidy(size - 1)), read=str(put(read, value)))
        kept = tuple(pair for pair in expr.ranges if pair[0] != index)
        where = tuple(Relation(put(r.left, value), r.op, put(r.right, value)) for r in expr.where if r != chosen)
        body = put(expr.body, value)
        return Reduce("sum", kept, body, where) if kept or where else body

    after = rewrite(before, change, f"no condition says what {index} is, or no array is 0 outside of its values")
    return Move(after, f"{words['read']} is 0 outside", words)


def _guards(read: Read, index: str, size: Expr, ground: Ground) -> bool:
    """Whether the array that is read has as many places as the index has values, and is 0 outside."""
    if read.array in ground.formulas:
        return False
    shape = _shape(read.array, ground)
    return any(item == Sym(index) and equal(own, size) for item, own in zip(read.subscripts, shape, strict=True))
