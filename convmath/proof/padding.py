"""Rules for a padding that is asked for by what it must make room for."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.tidy import has_ratio, tidy
from convmath.language.tree import Add, Ceil, Int, Least, Ratio, Relation, Sym, negative
from convmath.proof.agree import counted_index
from convmath.proof.ground import Ground
from convmath.proof.reading import check_start
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Arguments, Move, rule


def _letters(before: Statement, ground: Ground, arguments: Arguments, *names: str) -> list[Sym]:
    check_start(before, ground)
    return [Sym(str(arguments[name])) for name in names]


@rule(
    "read SAME",
    "SAME asks for as many windows as there are places that a stride apart can start in: ⌈size/stride⌉",
    "one window starts in every {stride} places, the last of them begun: this is what SAME asks for",
    verdict="by definition",
)
def read_same(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    name, size, stride = _letters(before, ground, arguments, "name", "size", "stride")
    after = value_of(name.name, Ceil(Ratio(size, stride)))
    return Move(after, "the meaning of the word", {"stride": stride.name})


@rule(
    "read what is missing",
    "x padded places are too few ⟺ size + x < the places that are reached",
    "{index} padded places are too few as long as {size} + {index} stays below the {reach} places that are reached",
    verdict="by definition",
)
def read_missing(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    index, size, reach = _letters(before, ground, arguments, "index", "size", "reach")
    after = Statement((Relation(index, "≤", reach - size - 1),))
    return Move(after, "the meaning of too few", {"index": index.name, "size": size.name, "reach": reach.name})


@rule(
    "count from 0, or none",
    "#{x ≥ 0 : x ≤ b} = max(0, b + 1), where b is an integer",
    "{index} = 0, 1, … meet it up to that bound: one more than the bound, or 0 where it is below 0",
)
def count_from_zero_or_none(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    index, bound = counted_index(before), before.right
    if len(before.relations) != 1 or has_ratio(bound):
        raise ProofError(f"{before} is no single bound by an integer")
    least = tidy(bound + 1)
    terms = least.terms if isinstance(least, Add) else (least,)
    after = negative(Least((Int(0), Add(tuple(map(negative, terms))) if len(terms) > 1 else negative(least))))
    return Move(value_of(str(arguments["name"]), after), "a bound below 0 is met by none", {"index": index})
