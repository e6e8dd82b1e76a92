"""Rules about how outputs depend on single entries of an input."""

from __future__ import annotations

from convmath.errors import ProofError, UnsupportedError
from convmath.language.definition import letters_used
from convmath.language.functions import Function
from convmath.language.tidy import put, tidy
from convmath.language.tree import Add, Apply, Expr, Int, Read, Reduce, Relation, Sym, letters_of, negative
from convmath.proof.counting import rebuild
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Arguments, Move, rule
from convmath.proof.sums import product_of, rewrite


@rule(
    "read the slope",
    "∂Y/∂X[e]: in a sum of products that read X once, that read becomes 1 where it is X[e], and 0 elsewhere",
    "what the output gains for each 1 that is added to {entry}",
    verdict="by definition",
)
def read_slope(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition, array = ground.definition, str(arguments["array"])
    if before != formula(definition):
        raise ProofError(f"{before} is not the definition {definition}")
    letters = str(arguments["letters"]).split()
    if set(letters) & letters_used(definition) or len(set(letters)) != len(definition.arrays[array].shape):
        raise ProofError(f"{', '.join(letters)} are not one new letter for each axis of {array}")
    if definition.around or definition.reduce != "sum":
        raise UnsupportedError(f"{definition} is no sum of products")
    found: list[Expr] = []
    for term in definition.terms:
        own = [read for read in term.reads if read.array == array]
        if len(own) > 1:
            raise UnsupportedError(f"{definition} multiplies {array} by itself")
        if own:
            others = [term.scale] * (term.scale != Int(1)) + [read for read in term.reads if read != own[0]]
            pairs = zip(own[0].subscripts, letters, strict=True)
            where = (*term.where, *(Relation(item, "=", Sym(letter)) for item, letter in pairs))
            ranges = tuple((name, definition.range_of(name)) for name in term.reduced)
            found.append(Reduce("sum", ranges, product_of(others) if others else Int(1), where))
    if not found:
        raise ProofError(f"{definition} does not read {array}")
    places = tuple(zip(letters, definition.arrays[array].shape, strict=True))
    left = Read(str(arguments["name"]), (*definition.output.subscripts, *map(Sym, letters)))
    after = Relation(left, "=", found[0] if len(found) == 1 else Add(tuple(found)))
    entry = str(Read(array, tuple(map(Sym, letters))))
    return Move(Statement((after,), places), "the formula is linear in each entry", {"entry": entry})


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
    if before != formula(ground.definition):
        raise ProofError(f"{before} is not the definition {ground.definition}")
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
