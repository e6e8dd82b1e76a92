"""Rules about slopes: how outputs depend on single entries of an input."""

from __future__ import annotations

from convmath.errors import ProofError, UnsupportedError
from convmath.language.definition import Definition, Term, letters_used
from convmath.language.functions import Function
from convmath.language.letters import fresh
from convmath.language.polynomial import equal
from convmath.language.substitute import rename_all
from convmath.language.tidy import product, put, tidy
from convmath.language.tree import Add, Apply, Expr, Int, Ratio, Read, Reduce, Relation, Sym, letters_of, negative
from convmath.proof.counting import rebuild
from convmath.proof.ground import Ground
from convmath.proof.reading import check_start
from convmath.proof.statement import Statement, value_of
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
    check_start(before, ground)
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
    "read the slope",
    "∂Y/∂X[e]: in a sum of products that read X once, that read becomes 1 where it is X[e], and 0 elsewhere",
    "what the output gains for each 1 that is added to {entry}",
    verdict="by definition",
)
def read_slope(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition, array = ground.definition, str(arguments["array"])
    check_start(before, ground)
    letters = str(arguments["letters"]).split()
    if set(letters) & letters_used(definition) or len(set(letters)) != len(definition.arrays[array].shape):
        raise ProofError(f"{', '.join(letters)} are not one new letter for each axis of {array}")
    entry = Read(array, tuple(map(Sym, letters)))
    left = Read(str(arguments["name"]), (*definition.output.subscripts, *entry.subscripts))
    after = Relation(left, "=", slope_of(definition, entry, set(letters)))
    places = tuple(zip(letters, definition.arrays[array].shape, strict=True))
    return Move(Statement((after,), places), "the formula is linear in each entry", {"entry": str(entry)})


@rule("the only place", "f(i) = f(0), where i takes one value", "{index} = 0 is the only place, since {size} = 1")
def the_only_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    index, size = str(arguments["index"]), str(arguments["size"])
    known = dict(ground.established)
    if known.get(size) != Int(1):
        raise ProofError(f"{size} = 1 was not derived before")
    if before.left is None or index not in letters_of(before.left) or index not in ground.definition.output_indices:
        raise ProofError(f"{index} is no index of the output of {before}")

    def at_zero(expr: Expr) -> Expr | None:
        return put(expr, {index: Int(0)}) if isinstance(expr, Read | Reduce) else None

    after = Relation(before.left, "=", rebuild(before.right, at_zero))
    ranges = (*before.ranges, (index, Int(1)))
    return Move(Statement((after,), ranges), f"derived above: {size} = 1", {"index": index, "size": size})


@rule(
    "read at an input",
    "the output for an input whose channels are given numbers",
    "the output where the channels of {array} are {entries}",
    verdict="by definition",
)
def read_at_an_input(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    array, entries = str(arguments["array"]), arguments["entries"]
    check_start(before, ground)
    if not isinstance(entries, tuple):
        raise ProofError(f"the entries are {entries}; they must be channels with numbers")
    known = dict(entries)

    def entry(expr: Expr) -> Expr | None:
        if not isinstance(expr, Read):
            return None
        if expr.array != array or str(expr.subscripts[-1]) not in known:
            raise ProofError(f"{expr} is no channel of {array} that is given")
        return known[str(expr.subscripts[-1])]

    after = value_of(str(arguments["name"]), rebuild(before.right, entry))
    shown = ", ".join(map(str, known.values()))
    return Move(after, "the meaning of the words", {"array": array, "entries": shown})


@rule("relu of a number", "relu(x) = x where x ≥ 0, and 0 where x ≤ 0", "{why}")
def relu_of_a_number(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    known, why = ground.facts(before), list[str]()

    def worked(expr: Expr) -> Expr | None:
        match expr:
            case Apply(Function("relu"), argument):
                number = tidy(argument)
                if known.not_negative(number) is not None:
                    why.append(f"{number} ≥ 0")
                    return number
                if known.not_negative(negative(number)) is not None:
                    why.append(f"{number} ≤ 0")
                    return Int(0)
        return None

    after = rewrite(before, worked, "the sign of what relu is taken of is not known")
    return Move(after, "; ".join(why), {"why": "; ".join(why)})
