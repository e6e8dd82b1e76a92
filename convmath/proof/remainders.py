"""Rules for whole parts and remainders: in and out of a floor, and what divides what."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.polynomial import equal
from convmath.language.tidy import has_ratio, product, tidy, total
from convmath.language.tree import Expr, Floor, Int, Ratio, Relation, Sym, letters_of, walk
from convmath.language.write import write
from convmath.proof.comparing import quotient
from convmath.proof.ground import Ground
from convmath.proof.reading import check_start
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule


def one_floor(expr: Expr) -> tuple[Floor, Expr, Expr, Expr]:
    """(the floor, its top, its divisor, the integer beside it), where ``expr`` is one floor of a quotient plus that."""
    found = [node for node in walk(expr) if isinstance(node, Floor) and isinstance(node.argument, Ratio)]
    if len(found) != 1 or not isinstance(found[0].argument, Ratio):
        raise ProofError(f"{expr} does not hold one floor of a quotient, but {len(found)}")
    rest = tidy(expr - found[0])
    if found[0] in walk(rest) or has_ratio(rest) or has_ratio(found[0].argument.numerator):
        raise ProofError(f"{expr} is not {found[0]} and an integer")
    return found[0], found[0].argument.numerator, found[0].argument.divisor, rest


@rule(
    "into the floor",
    "⌊r/c⌋ + e = ⌊(r + c·e)/c⌋, where c ≥ 1 and e are integers",
    "{rest} is an integer: it may go into the floor, as {divisor} times itself",
)
def into_the_floor(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation = before.relations[0]
    _, top, divisor, rest = one_floor(relation.right)
    if len(before.relations) > 1 or rest == Int(0):
        raise ProofError(f"{before}: there is nothing beside the floor")
    certificate = need(ground.facts(before).positive(divisor), f"{divisor} ≥ 1")
    inside = total([tidy(top), product([divisor, rest])])
    after = Relation(relation.left, relation.op, Floor(tidy(Ratio(inside, divisor))))
    words = {"rest": write(rest), "divisor": write(divisor)}
    return Move(before.with_relation(0, after), certificate, words)


@rule(
    "out of the floor",
    "⌊(r + c·e)/c⌋ = ⌊r/c⌋ + e, where c ≥ 1 and e are integers",
    "{whole} is a multiple of {divisor}: it leaves the floor as {value}",
)
def out_of_the_floor(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    value = arguments["value"]
    _, top, divisor, rest = one_floor(before.relations[0].right)
    if before.left is None or not isinstance(value, Expr) or has_ratio(value):
        raise ProofError(f"{before} is no value, or {value} is no integer")
    certificate = need(ground.facts(before).positive(divisor), f"{divisor} ≥ 1")
    whole = product([divisor, tidy(value)])
    right = total([Floor(Ratio(tidy(top - whole), divisor)), tidy(value), rest])
    words = {"whole": write(whole), "divisor": write(divisor), "value": write(value)}
    return Move(Statement((Relation(before.left, "=", right),), before.ranges), certificate, words)


@rule(
    "ask when all hold",
    "the question is for which sizes several are equal at once",
    "the question: for which sizes are all of these so?",
    verdict="by definition",
)
def ask_when_all_hold(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    pairs = arguments["pairs"]
    check_start(before, ground)
    if not isinstance(pairs, tuple) or not pairs:
        raise ProofError(f"the equations are {pairs!r}; they must be names with expressions")
    after = Statement(tuple(Relation(Sym(name), "=", right) for name, right in pairs))
    assumed = {name for r in ground.assumptions for name in letters_of(r.left, r.right)}
    if unknown := after.letters() - assumed - {name for name, _ in ground.established}:
        raise ProofError(f"{', '.join(sorted(unknown))} is neither a size nor derived above")
    return Move(after, "a question")


@rule(
    "put in everywhere",
    "f(x) = g(x) ⟺ f(e) = g(e), where x = e was derived before",
    "put in {what}, derived above",
)
def put_in_everywhere(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    known = dict(ground.established)
    names = [name for name in known if name in before.letters()]
    if not names:
        raise ProofError(f"{before} uses nothing that was derived before")
    after = before.substitute({name: known[name] for name in names})
    what = ", ".join(names)
    return Move(after, f"derived above: {what}", {"what": what})


@rule("no remainder", "x = c·⌊x/c⌋ ⟺ c ∣ x, where c ≥ 1", "nothing is lost exactly where there is no remainder")
def no_remainder(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at = _position(before, arguments, 1)
    relation = before.relations[at]
    inner, top, divisor = _quotient(relation.right)
    if relation.op != "=" or not equal(top, relation.left) or not equal(relation.right, divisor * inner):
        raise ProofError(f"{relation} does not say that a number is a divisor times its floor")
    certificate = need(ground.facts(before).positive(divisor), f"{divisor} ≥ 1")
    return Move(before.with_relation(at, Relation(divisor, "∣", relation.left)), certificate)


@rule(
    "remainders in turn",
    "(c ∣ x and ⌊x/c⌋ + e = b·⌊(x + c·e)/(b·c)⌋) ⟺ b·c ∣ x + c·e, where b, c ≥ 1 and e are integers",
    "{divisor} divides {top}, so this says that {whole} divides {both}",
)
def remainders_in_turn(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at = _position(before, arguments, 2)
    first, second = before.relations[at : at + 2]
    _, top, divisor, rest = one_floor(second.left)
    inner, both, whole = _quotient(second.right)
    times = quotient(whole, divisor)
    if (first.op, second.op) != ("∣", "=") or not equal(first.right, top) or not equal(first.left, divisor):
        raise ProofError(f"{first} and {second} do not speak of a number and its quotient")
    if times is None or not equal(second.right, times * inner) or not equal(both, top + divisor * rest):
        raise ProofError(f"{second} does not say that a number is a divisor times its floor")
    known = ground.facts(before)
    why = [need(known.positive(size), f"{size} ≥ 1") for size in (divisor, times)]
    kept = (*before.relations[:at], Relation(whole, "∣", both), *before.relations[at + 2 :])
    words = {"divisor": write(divisor), "top": write(top), "whole": write(whole), "both": write(both)}
    return Move(Statement(kept, before.ranges), "; ".join(dict.fromkeys(why)), words)


def _position(before: Statement, arguments: Arguments, several: int) -> int:
    """Where ``several`` relations are taken from."""
    at = int(str(arguments.get("at", 0)))
    if not 0 <= at <= len(before.relations) - several:
        raise ProofError(f"{before} has not {several} relations from number {at}")
    return at


def _quotient(expr: Expr) -> tuple[Floor, Expr, Expr]:
    """(the floor, its top, its divisor) of the one floor of a quotient in ``expr``."""
    for node in walk(expr):
        match node:
            case Floor(Ratio(top, divisor)):
                return node, top, divisor
    raise ProofError(f"{expr} holds no floor of a quotient")


@rule("less a multiple", "c ∣ x ⟺ c ∣ x + c·e, where e is an integer", "{what} is a multiple of {divisor}")
def less_a_multiple(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    (relation,), value = before.relations, arguments["value"]
    if relation.op != "∣" or not isinstance(value, Expr) or has_ratio(value):
        raise ProofError(f"{before} says not what divides a number, or {value} is no integer")
    added = product([relation.left, tidy(value)])
    after = Relation(relation.left, "∣", total([tidy(relation.right), added]))
    words = {"what": write(added), "divisor": write(relation.left)}
    return Move(Statement((after,), before.ranges), "a multiple more or less", words)
