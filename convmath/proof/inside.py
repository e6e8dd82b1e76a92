"""Rules that count the products whose reads lie inside the array: those that touch no padding."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.definition import NO_PADDING, Definition, Term
from convmath.language.linear import linear
from convmath.language.tidy import flipped, has_ratio, product, put, tidy, total
from convmath.language.tree import Expr, Int, Reduce, Relation, letters_of
from convmath.proof.facts import Facts
from convmath.proof.ground import Ground
from convmath.proof.reading import check_start
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import rewrite, sum_of

LONGEST = 12
"""How many terms a sum may be written out in."""


@rule(
    "read the multiply-adds inside",
    "one multiply-add for every choice of the indices at which no read lies in the padding",
    "one product for every choice of the indices whose reads lie inside {arrays}",
    verdict="by definition",
)
def read_inside(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition, sizes = ground.definition, arguments["sizes"]
    check_start(before, ground)
    if len(definition.terms) != 1 or definition.terms[0].where or not isinstance(sizes, tuple):
        raise ProofError(f"{definition} is no single sum of products")
    (term,) = definition.terms
    where = _inside(definition, term)
    known = dict(sizes)
    letters = (*definition.output_indices, *term.reduced)
    ranges = tuple((letter, known.get(letter) or definition.range_of(letter)) for letter in letters)
    arrays = " and ".join(tensor.name for tensor in definition.tensors if set(tensor.padding) != {NO_PADDING})
    after = value_of(str(arguments["name"]), Reduce("sum", ranges, Int(1), where))
    return Move(after, "the meaning of inside", {"arrays": arrays})


def _inside(definition: Definition, term: Term) -> tuple[Relation, ...]:
    found: list[Relation] = []
    for read in term.reads:
        tensor = definition.arrays[read.array]
        for item, size, padding in zip(read.subscripts, tensor.shape, tensor.padding, strict=True):
            if padding != NO_PADDING:
                found += [Relation(Int(0), "≤", item), Relation(item, "≤", tidy(size - 1))]
    return tuple(found)


@rule(
    "sums apart",
    "Σ_{i, j : A(i), B(j)} 1 = (Σ_{i : A(i)} 1)·(Σ_{j : B(j)} 1)",
    "no condition joins {groups}: the choices multiply",
)
def sums_apart(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    shown: list[str] = []

    def part(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum" or expr.body != Int(1):
            return None
        groups = _groups(expr)
        if any(not letters_of(r.left, r.right) & {name for name, _ in expr.ranges} for r in expr.where):
            return None  # a condition without an index belongs to no group
        if len(groups) < 2:
            return None
        shown.extend(", ".join(sorted(group)) for group in groups)
        return product([_only(expr, group) for group in groups])

    after = rewrite(before, part, "every index is joined to every other")
    return Move(after, "each condition uses the indices of one group", {"groups": " with ".join(shown)})


def _groups(expr: Reduce) -> list[set[str]]:
    """The indices, those that share a condition or a range together."""
    names = [name for name, _ in expr.ranges]
    joined = [letters_of(r.left, r.right) & set(names) for r in expr.where]
    joined += [(letters_of(size) & set(names)) | {name} for name, size in expr.ranges]
    groups: list[set[str]] = []
    for item in joined:
        touching = [group for group in groups if group & item]
        groups = [group for group in groups if not group & item] + [item.union(*touching)] * bool(item)
    return sorted(groups, key=lambda group: min(map(names.index, group)))


def _only(expr: Reduce, group: set[str]) -> Reduce:
    where = tuple(r for r in expr.where if letters_of(r.left, r.right) & group)
    return Reduce("sum", tuple(pair for pair in expr.ranges if pair[0] in group), Int(1), where)


@rule("one by one", "Σ_{u<3} f(u) = f(0) + f(1) + f(2)", "every value of {index}, written out")
def one_by_one(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    wanted = str(arguments["index"]).split()

    def spell(expr: Expr) -> Expr | None:
        size = dict(expr.ranges) if isinstance(expr, Reduce) and expr.kind == "sum" else {}
        name = next((name for name in wanted if isinstance(size.get(name), Int)), None)
        if not isinstance(expr, Reduce) or name is None:
            return None
        number = size[name]
        if not isinstance(number, Int) or not 1 <= number.value <= LONGEST:
            raise ProofError(f"{name} takes {number} values; at most {LONGEST} are written out")
        ranges = tuple(pair for pair in expr.ranges if pair[0] != name)
        return sum_of([_at(expr, ranges, {name: Int(value)}) for value in range(number.value)])

    after = rewrite(before, spell, f"no sum over {', '.join(wanted)} has a number of values")
    return Move(after, "every value is there once", {"index": ", ".join(wanted)})


def _at(expr: Reduce, ranges: tuple[tuple[str, Expr], ...], values: dict[str, Expr]) -> Expr:
    where = tuple(Relation(put(r.left, values), r.op, put(r.right, values)) for r in expr.where)
    ranges = tuple((name, put(size, values)) for name, size in ranges)
    return Reduce("sum", ranges, put(expr.body, values), where) if ranges or where else put(expr.body, values)


@rule(
    "count between",
    "Σ_{i<n : a ≤ i, i ≤ b} 1 = min(b, n − 1) − max(a, 0) + 1, where that is ≥ 0",
    "from the first to the last {index} that meets the conditions, both counted",
)
def count_between(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    known, why = ground.facts(before), list[str]()
    wanted = str(arguments["index"])

    def count(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum" or expr.body != Int(1) or not expr.where:
            return None
        if [name for name, _ in expr.ranges] != [wanted]:
            return None
        lows, highs = [Int(0), *_bounds(expr, 0)], [tidy(expr.ranges[0][1] - 1), *_bounds(expr, 1)]
        first, last = _outermost(lows, 1, known, why), _outermost(highs, -1, known, why)
        number = total([last, flipped(first), Int(1)])
        why.append(need(known.not_negative(number), f"{number} ≥ 0"))
        return number

    after = rewrite(before, count, f"no ones are counted over {wanted} alone")
    return Move(after, "; ".join(dict.fromkeys(why)), {"index": wanted})


def _bounds(expr: Reduce, side: int) -> list[Expr]:
    """What bounds the index from below (0) or from above (1)."""
    (index,) = (name for name, _ in expr.ranges)
    found = []
    for relation in expr.where:
        form = linear(tidy(relation.right - relation.left), {index}) if relation.op == "≤" else None
        if form is None or form[0].get(index) not in (Int(1), Int(-1)):
            raise ProofError(f"{relation} does not bound {index} by itself")
        if has_ratio(form[1]):
            raise ProofError(f"{relation}: its sides are not whole")
        if (form[0][index] == Int(1)) == (side == 0):
            found.append(flipped(tidy(form[1])) if side == 0 else tidy(form[1]))
    return found


def _outermost(bounds: list[Expr], sign: int, known: Facts, why: list[str]) -> Expr:
    """The greatest (sign 1) or least (sign −1) of the bounds, where the assumptions say which."""
    for bound in bounds:
        proofs = [known.not_negative((bound - other) * sign) for other in bounds]
        if None not in proofs:
            why.extend(proof for proof in proofs if proof)
            return bound
    raise ProofError(f"which of {', '.join(map(str, bounds))} is outermost is not known")
