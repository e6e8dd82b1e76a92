"""Rules that rewrite one operator's formula into another's."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.normal import same_operator, same_outside
from convmath.language.polynomial import equal
from convmath.language.tidy import put
from convmath.language.tree import Expr, Int, Read, Reduce, Relation, Sym, letters_of, walk
from convmath.proof.counting import rebuild
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, rule


def _with(before: Statement, right: Expr) -> Statement:
    return Statement((Relation(before.relations[0].left, "=", right),), before.ranges)


@rule("put", "f(x) = f(a), where x = a is assumed", "put {values}")
def put_values(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    if before.left is None:
        raise ProofError(f"{before} is no equation")
    wanted = arguments["values"]
    if not isinstance(wanted, tuple):
        raise ProofError(f"put needs values, found {wanted!r}")
    for letter, value in wanted:
        if Relation(Sym(letter), "=", value) not in ground.assumptions:
            raise ProofError(f"{letter} = {value} is not assumed")
    shown = ", ".join(f"{letter} = {value}" for letter, value in wanted)
    return Move(_with(before, put(before.right, dict(wanted))), f"assumed: {shown}", {"values": shown})


@rule("sum over one value", "Σ_{u<1} f(u) = f(0)", "a sum over one value is its term{times}")
def sum_over_one_value(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    gone: list[str] = []

    def resolve(expr: Expr) -> Expr | None:
        if not isinstance(expr, Reduce):
            return None
        single = {name: Int(0) for name, size in expr.ranges if equal(size, Int(1))}
        gone.extend(single)
        kept = tuple(pair for pair in expr.ranges if pair[0] not in single)
        body = put(expr.body, dict(single))
        where = tuple(Relation(put(r.left, dict(single)), r.op, put(r.right, dict(single))) for r in expr.where)
        return Reduce(expr.kind, kept, body, where) if kept or where else body

    after = _with(before, rebuild(before.right, resolve))
    wanted = arguments.get("indices")
    missing = [name for name in str(wanted).split() if name not in gone] if wanted else []
    if missing or not gone:
        sizes = {name: size for node in walk(before.right) if isinstance(node, Reduce) for name, size in node.ranges}
        shown = ", ".join(f"{name} takes {sizes[name]} values" for name in missing or sizes)
        raise ProofError(f"no sum over one value: {shown or 'nothing is summed'}")
    times = {1: "", 2: ", twice"}.get(len(gone), f", {len(gone)} times")
    return Move(after, f"{', '.join(gone)} = 0 is the only value", {"times": times})


@rule("abbreviate", "W[o,c,0,0] is called W[o,c]", "call {long} simply {short}", verdict="by definition")
def abbreviate(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    changed: dict[Read, Read] = {}

    def resolve(expr: Expr) -> Expr | None:
        if not isinstance(expr, Read) or expr.array in ground.definition.inputs:
            return None
        kept = list(expr.subscripts)
        while len(kept) > 1 and kept[-1] == Int(0):
            kept.pop()
        if len(kept) == len(expr.subscripts):
            return None
        changed[expr] = Read(expr.array, tuple(kept))
        return changed[expr]

    after = _with(before, rebuild(before.right, resolve))
    if not changed:
        raise ProofError(f"{before} reads no parameter at a trailing 0")
    words = {"long": ", ".join(map(str, changed)), "short": ", ".join(map(str, changed.values()))}
    return Move(after, "a name for the entries that are read", words)


@rule("recognise", "two formulas with the same terms are one operator", "{words}")
def is_the_operator(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    other = ground.definitions[int(str(arguments["number"]))]
    after = Statement(formula(other).relations, before.ranges)
    if not same_operator(before.relations[0], after.relations[0]):
        raise ProofError(f"{before} is not {after}: their terms differ")
    known = {r.left.name: r.right for r in ground.assumptions if isinstance(r.left, Sym) and r.op == "="}
    if not same_outside(ground.definition, other, known):
        raise ProofError(f"{before} is not {after}: what stands in the padding differs")
    return Move(after, "the terms are equal up to their order and bound letters", {"words": str(arguments["words"])})


@rule("the same everywhere", "an index that a parameter is not read at does not change it", "{words}")
def the_same_everywhere(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    indices = str(arguments["indices"]).split()
    known = [tensor.name for definition in ground.definitions for tensor in definition.parameters]
    reads = [node for node in walk(before.right) if isinstance(node, Read) and node.array in known]
    names = [name for name in dict.fromkeys(known) if any(read.array == name for read in reads)]
    for read in reads:
        for index in indices:
            if index in letters_of(read):
                raise ProofError(f"{read} is read at {index}")
    listed = ", ".join(indices[:-1]) + f" and {indices[-1]}" if len(indices) > 1 else indices[0]
    words = f"{listed} occur in no index of {_listed(names, 'or')}: the same {_listed(names, 'and')} serve every place"
    if len(indices) == 1:
        words = words.replace(" occur ", " occurs ", 1)
    return Move(before, "looked at every read", {"words": words})


def _listed(names: list[str], word: str) -> str:
    """a, b and c."""
    return f" {word} ".join([*([", ".join(names[:-1])] if names[1:] else []), names[-1]])
