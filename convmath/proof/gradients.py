"""Rules for gradients: what a slope is, and sums over places that one condition fixes."""

from __future__ import annotations

from convmath.errors import ProofError, UnsupportedError
from convmath.language.definition import Definition, Term
from convmath.language.letters import fresh
from convmath.language.polynomial import equal
from convmath.language.substitute import rename_all
from convmath.language.tidy import has_ratio, product, put
from convmath.language.tree import Add, Expr, Int, Mul, Ratio, Read, Reduce, Relation, Sym, letters_of
from convmath.proof.counting import rebuild
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, rule
from convmath.proof.sums import product_of, rewrite


@rule(
    "put in the slope",
    "the slope of Y by X[e]: in a sum of products that read X once, that read becomes 1 where it is X[e], and 0 "
    "elsewhere; a mean is such a sum, divided by its number of terms",
    "{slope} is what {output} gains for each 1 that is added to {entry}: what stands beside {array} where it is read "
    "there",
    verdict="by definition",
)
def put_in_the_slope(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    if before != formula(ground.definition):
        raise ProofError(f"{before} is not the definition {ground.definition}")
    name, array = str(arguments["slope"]), str(arguments["array"])
    other = ground.definitions[int(str(arguments["number"]))]
    entry: list[Read] = []

    def slope(expr: Expr) -> Expr | None:
        if not isinstance(expr, Read) or expr.array != name:
            return None
        entry.append(_entry(other, expr, array, ground))
        return slope_of(other, entry[-1], before.letters() | set(ground.definition.sizes))

    after = rewrite(before, slope, f"{name} is not read")
    within = str(arguments.get("within", "")).split()
    ranges = tuple((letter, ground.definition.known_ranges[letter]) for letter in within)
    after = Statement(after.relations, ranges)
    words = {"slope": name, "output": str(other.output), "entry": str(entry[0]), "array": array}
    return Move(after, "the formula is linear in each entry", words)


def _entry(other: Definition, read: Read, array: str, ground: Ground) -> Read:
    """The entry of ``array`` whose slope ``read`` is. Its axes are those of the output, given or derived before, and
    those of the array.
    """
    outer = other.output.subscripts
    if read.subscripts[: len(outer)] != outer:
        raise ProofError(f"{read} is not read at the places of {other.output} first")
    shape = ground.definition.arrays[read.array].shape
    inner = shape[len(outer) :], other.arrays[array].shape
    same = len(inner[0]) == len(inner[1]) and all(map(equal, *inner))
    for item, size in zip(outer, shape, strict=False):
        given = other.known_ranges.get(str(item))
        derived = isinstance(size, Sym) and size.name in dict(ground.established)
        same = same and (derived if given is None else equal(size, given))
    if not same:
        raise ProofError(f"{read}: its axes are not those of {other.output} and of {array}")
    return Read(array, read.subscripts[len(outer) :])


def slope_of(definition: Definition, entry: Read, taken: set[str]) -> Expr:
    """What an output gains for each 1 that is added to ``entry``; bound letters are none of ``taken``.

    Raises:
        UnsupportedError: the output is no sum of products that read the array once each.
    """
    if definition.around or definition.reduce not in ("sum", "mean"):
        raise UnsupportedError(f"{definition} is no sum of products")
    if definition.arrays[entry.array].outside != "zeros" and definition.arrays[entry.array].repeats:
        raise UnsupportedError(f"{definition} reads {entry.array} again in its padding")
    found = []
    for term in definition.terms:
        own = [read for read in term.reads if read.array == entry.array]
        if len(own) > 1:
            raise UnsupportedError(f"{definition} multiplies {entry.array} by itself")
        if own:
            names = {old: fresh(old, taken) for old in sorted({*term.reduced} & taken)}
            found.append(_part(definition, term, own[0], entry, names))
    if not found:
        raise ProofError(f"{definition} does not read {entry.array}")
    return found[0] if len(found) == 1 else Add(tuple(found))


def _part(definition: Definition, term: Term, own: Read, entry: Read, names: dict[str, str]) -> Reduce:
    """The factors beside ``own``, summed over where it is the entry; bound letters get new ``names``."""
    if term.over is not None or (definition.reduce == "mean" and term.where):
        raise UnsupportedError(f"{definition} divides by a number of places that differs from output to output")
    ranges = tuple((names.get(name, name), definition.range_of(name)) for name in term.reduced)
    factors: list[Expr] = [] if term.scale == Int(1) else [term.scale]
    if definition.reduce == "mean":
        factors.append(Ratio(Int(1), product([size for _, size in ranges])))
    factors += [rename_all(read, names) for read in term.reads if read != own]
    items = (rename_all(item, names) for item in own.subscripts)
    where = [Relation(r.left, r.op, rename_all(r.right, names)) for r in term.where]
    where += [_met(item, place) for item, place in zip(items, entry.subscripts, strict=True)]
    return Reduce("sum", ranges, product_of(factors) if factors else Int(1), tuple(where))


def _met(item: Expr, place: Expr) -> Relation:
    """item = place, with what is fixed by it on the left."""
    return Relation(item, "=", place) if isinstance(item, Sym) else Relation(place, "=", item)


@rule(
    "as one sum",
    "Σ_r Σ_{c : A} f = Σ_{r, c : A} f",
    "a sum of sums is one sum over all their indices",
)
def as_one_sum(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    def join(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum":
            return None
        body = rebuild(expr.body, join)
        if not isinstance(body, Reduce) or body.kind != "sum":
            return None if body == expr.body else Reduce(expr.kind, expr.ranges, body, expr.where)
        if {name for name, _ in expr.ranges} & {name for name, _ in body.ranges}:
            raise ProofError(f"{expr}: one letter runs in both sums")
        return Reduce("sum", (*expr.ranges, *body.ranges), _without_ones(body.body), (*expr.where, *body.where))

    return Move(rewrite(before, join, "no sum stands directly in another"), "sums are finite")


def _without_ones(body: Expr) -> Expr:
    kept = [factor for factor in body.factors if factor != Int(1)] if isinstance(body, Mul) else []
    return product_of(kept) if kept else body


@rule(
    "one value, or outside",
    "Σ_{t<n : t = e} f·A[t] = f·A[e], where A has n places and is 0 outside of them",
    "{index} = {value} is the only value that meets the condition; where it is no place of {array}, {array} is 0",
)
def one_value_or_outside(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    wanted = str(arguments["index"])
    arrays, values = list[str](), list[str]()

    def pick(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce) or expr.kind != "sum" or wanted not in dict(expr.ranges):
            return None
        chosen = next((r for r in expr.where if r.op == "=" and r.left == Sym(wanted)), None)
        inner = letters_of(*(size for _, size in expr.ranges))
        if chosen is None or wanted in letters_of(chosen.right) | inner or has_ratio(chosen.right):
            return None
        arrays.append(_zero_outside(expr, wanted, ground))
        values.append(str(chosen.right))
        value = {wanted: chosen.right}
        kept = tuple(pair for pair in expr.ranges if pair[0] != wanted)
        where = tuple(Relation(put(r.left, value), r.op, put(r.right, value)) for r in expr.where if r != chosen)
        return Reduce("sum", kept, put(expr.body, value), where) if kept or where else put(expr.body, value)

    after = rewrite(before, pick, f"no condition says what {wanted} is")
    words = {"index": wanted, "value": " or ".join(dict.fromkeys(values)), "array": arrays[0]}
    return Move(after, f"{', '.join(dict.fromkeys(arrays))} has a place for each {wanted}, and 0 outside", words)


def _zero_outside(expr: Reduce, index: str, ground: Ground) -> str:
    """A factor that is read at ``index``, has so many places as it takes values, and is 0 outside of them."""
    factors = expr.body.factors if isinstance(expr.body, Mul) else (expr.body,)
    size = dict(expr.ranges)[index]
    for read in (factor for factor in factors if isinstance(factor, Read)):
        tensor = ground.definition.arrays.get(read.array)
        if tensor is None:
            tensor = next((d.arrays[read.array] for d in ground.definitions if read.array in d.arrays), None)
        if tensor is None or read.array in ground.formulas or tensor.outside != "zeros":
            continue
        for item, length in zip(read.subscripts, tensor.shape, strict=True):
            if item == Sym(index) and equal(length, size):
                return read.array
    raise ProofError(f"no array that is 0 outside of {size} places is read at {index}")
