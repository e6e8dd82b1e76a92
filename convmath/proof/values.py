"""Rules about the one value that a condition leaves an index, and the way back."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.polynomial import equal
from convmath.language.tidy import has_ratio, put, tidy
from convmath.language.tree import Expr, Ranges, Read, Reduce, Relation, Sym, letters_of
from convmath.proof.border import factors, zero_outside
from convmath.proof.conditions import new_letter
from convmath.proof.ground import Ground
from convmath.proof.places import inside, known_at
from convmath.proof.statement import Conditions, Statement
from convmath.proof.step import Arguments, Move, rule
from convmath.proof.sums import depends, rewrite, within


@rule(
    "one value meets it",
    "Σ_{t<n : t = e} f(t) = f(e), where 0 ≤ e ≤ n − 1, or where f(t) has a factor X[t] and X is 0 outside of n places",
    "{index} = {value} is the only value that meets the condition{else}",
)
def one_value_meets_it(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    index, why, values = str(arguments["index"]), list[str](), list[str]()
    beyond: list[str] = []

    def pick(expr: Expr, ranges: Ranges, where: Conditions) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum" or index not in dict(expr.ranges):
            return None
        chosen = next((r for r in expr.where if r.op == "=" and r.left == Sym(index)), None)
        if chosen is None or index in letters_of(chosen.right) or has_ratio(chosen.right):
            return None
        names, size = {name for name, _ in expr.ranges}, dict(expr.ranges)[index]
        if any(depends(other, {index}) for _, other in expr.ranges) or depends(size, names):
            return None
        value, kept = {index: chosen.right}, tuple(pair for pair in expr.ranges if pair[0] != index)
        found = inside(chosen.right, size, known_at(ground, (*ranges, *kept), where))
        if found is None:
            read = _guard(expr, index, size, ground)
            found = f"{put(read, value)} is 0 outside"
            beyond.append(f"; where it is none of 0 … {tidy(size - 1)}, {put(read, value)} is 0")
        why.append(found)
        values.append(str(chosen.right))
        rest = tuple(Relation(put(r.left, value), r.op, put(r.right, value)) for r in expr.where if r != chosen)
        body = put(expr.body, value)
        return Reduce("sum", kept, body, rest) if kept or rest else body

    after = rewrite(before, within(pick, before.ranges), f"no condition says what {index} is")
    words = {"index": index, "value": " or ".join(dict.fromkeys(values)), "else": "".join(dict.fromkeys(beyond))}
    return Move(after, "; ".join(dict.fromkeys(why)), words)


def _guard(expr: Reduce, index: str, size: Expr, ground: Ground) -> Read:
    """A factor that is read at ``index``, of an array that has ``size`` places and is 0 outside of them."""
    for read in (factor for factor in factors(expr.body) if isinstance(factor, Read)):
        if Sym(index) in read.subscripts and read.array not in ground.formulas:
            pairs = zip(read.subscripts, zero_outside(read.array, ground), strict=True)
            if any(item == Sym(index) and equal(own, size) for item, own in pairs):
                return read
    last = tidy(size - 1)
    raise ProofError(f"{expr}: that {index} is one of 0 … {last} could not be proved, and nothing is 0 beyond")


@rule(
    "one place",
    "X[e] = Σ_{i<n : i = e} X[i], where X has n places and is 0 outside",
    "{read} is what stands at the one place {index} = {place}; there is none outside",
)
def one_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    array, axis = str(arguments["array"]), int(str(arguments["axis"]))
    index, shape, shown = new_letter(arguments["index"], before, ground), zero_outside(array, ground), list[Read]()
    if array in ground.formulas or not 0 <= axis < len(shape):
        raise ProofError(f"{array} is given by a definition, or has no axis {axis}: nothing is known outside")

    def change(expr: Expr) -> Expr | None:
        if not isinstance(expr, Read) or expr.array != array or has_ratio(expr.subscripts[axis]):
            return None
        shown.append(expr)
        places = (*expr.subscripts[:axis], Sym(index), *expr.subscripts[axis + 1 :])
        where = (Relation(Sym(index), "=", expr.subscripts[axis]),)
        return Reduce("sum", ((index, shape[axis]),), Read(array, places), where)

    after = rewrite(before, change, f"{array} is not read")
    words = {"read": str(shown[0]), "index": index, "place": str(shown[0].subscripts[axis])}
    return Move(after, f"{array} is 0 outside of its places", words)
