"""Rules for sizes that are compared and composed: a floor of a floor, a floor undone, sides rearranged."""

from __future__ import annotations

from collections.abc import Mapping

from convmath.errors import ProofError
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.substitute import substitute
from convmath.language.tidy import flipped, has_ratio, product, tidy, total
from convmath.language.tree import Add, Ceil, Expr, Floor, Int, Ratio, Relation, Sym, letters_of, walk
from convmath.language.write import is_negative, write
from convmath.proof.ground import Ground
from convmath.proof.reading import check_start
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, expression, need, rule


def _equation(before: Statement) -> Relation:
    if before.left is None:
        raise ProofError(f"{before} is no single equation")
    return before.relations[0]


@rule(
    "ask when",
    "the question is for which sizes two expressions are equal",
    "the question: for which sizes is this so?",
    verdict="by definition",
)
def ask_when(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    left, right = expression(arguments, "left"), expression(arguments, "right")
    check_start(before, ground)
    assumed = {name for r in ground.assumptions for name in letters_of(r.left, r.right)}
    known = {name for name, _ in ground.established} | ground.definition.indices | assumed
    if unknown := letters_of(left, right) - known:
        raise ProofError(f"{', '.join(sorted(unknown))} is neither a size nor derived above")
    return Move(Statement((Relation(left, "=", right),)), "a question")


@rule(
    "nested floor",
    "⌊(⌊a/s⌋ + b)/t⌋ = ⌊(a + s·b)/(s·t)⌋, where a, b, s ≥ 1 and t ≥ 1 are integers",
    "{added} is an integer, so it may stand as {stride}·({added}) over {stride}, and two floors are one",
)
def nested_floor(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation = before.relations[0]
    if len(before.relations) > 1 or not isinstance(relation.right, Floor):
        raise ProofError(f"{before} has not one relation with a floor on the right")
    match relation.right.argument:
        case Ratio(top, outer):
            pass
        case _:
            raise ProofError(f"{relation.right} is no floor of a quotient")
    found = [node for node in walk(top) if isinstance(node, Floor) and isinstance(node.argument, Ratio)]
    if len(found) != 1 or not isinstance(found[0].argument, Ratio):
        raise ProofError(f"{top} does not hold one floor of a quotient, but {len(found)}")
    inside, stride = found[0].argument.numerator, found[0].argument.divisor
    added = tidy(top - found[0])
    if found[0] in walk(added) or has_ratio(added) or has_ratio(inside):
        raise ProofError(f"{top} is not {found[0]} and an integer")
    known = ground.facts(before)
    certificates = [need(known.positive(divisor), f"{divisor} ≥ 1") for divisor in (stride, outer)]
    whole = Floor(Ratio(tidy(inside + product([stride, added])), product([stride, outer])))
    words = {"added": write(added), "stride": write(stride)}
    after = before.with_relation(0, Relation(relation.left, relation.op, whole))
    return Move(after, "; ".join(dict.fromkeys(certificates)), words)


@rule(
    "undo the floor",
    "m = ⌊r/c⌋ + e ⟺ c·(m − e) ≤ r and r ≤ c·(m − e) + c − 1, where c ≥ 1",
    "the floor is {value} as long as {top} is at least {divisor} times it, and less than {divisor} more",
)
def undo_the_floor(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation = _equation(before)
    found = [node for node in walk(relation.right) if isinstance(node, Floor) and isinstance(node.argument, Ratio)]
    if len(found) != 1 or not isinstance(found[0].argument, Ratio):
        raise ProofError(f"{relation.right} does not hold one floor of a quotient, but {len(found)}")
    rest = tidy(relation.right - found[0])
    value = tidy(relation.left - rest)
    top, divisor = found[0].argument.numerator, found[0].argument.divisor
    if found[0] in walk(rest) or any(map(has_ratio, (value, top))):
        raise ProofError(f"{relation} is not an integer = {found[0]} + an integer")
    certificate = need(ground.facts(before).positive(divisor), f"{divisor} ≥ 1")
    least = product([divisor, value])
    relations = (Relation(least, "≤", top), Relation(top, "≤", total([least, divisor, Int(-1)])))
    words = {"value": write(value), "top": write(top), "divisor": write(divisor)}
    return Move(Statement(relations, before.ranges), certificate, words)


@rule("isolate", "a ≤ x + r ⟺ a − r ≤ x;   x + r ≤ b ⟺ x ≤ b − r", "leave {letter} alone")
def isolate(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter = str(arguments["letter"])
    relations, only = [], arguments.get("at")
    for at, relation in enumerate(before.relations):
        if only is not None and at != only:
            relations.append(relation)
            continue
        upper = letter in letters_of(relation.left)
        form = linear(relation.left if upper else relation.right, {letter})
        other = relation.right if upper else relation.left
        if relation.op != "≤" or form is None or form[0].get(letter) != Int(1) or letter in letters_of(other):
            raise ProofError(f"{relation} does not have {letter} once, on one side")
        moved = total([tidy(other), flipped(form[1])])
        relations.append(Relation(Sym(letter), "≤", moved) if upper else Relation(moved, "≤", Sym(letter)))
    return Move(Statement(tuple(relations), before.ranges), "the same on both sides", {"letter": letter})


@rule("balance", "a = b ⟺ b + c = a + c", "take the same from both sides, and move what is taken away")
def balance(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation = _equation(before)
    slack = tidy(relation.right - relation.left)
    terms = slack.terms if isinstance(slack, Add) else (slack,)
    left = total([term for term in terms if not is_negative(term)])
    right = total([flipped(term) for term in terms if is_negative(term)])
    if not equal(left - right, relation.right - relation.left) or isinstance(left, Sym):
        raise ProofError(f"{relation} cannot be balanced")
    return Move(Statement((Relation(left, "=", right),), before.ranges), "the same on both sides")


@rule("add", "a = b ⟺ a + c = b + c", "{value} more on both sides")
def add(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation, value = _equation(before), expression(arguments, "value")
    after = Relation(total([tidy(relation.left), value]), "=", total([tidy(relation.right), value]))
    return Move(Statement((after,), before.ranges), "the same on both sides", {"value": write(tidy(value))})


def _all_in(expr: Expr, known: Mapping[str, Expr]) -> Expr:
    """``expr`` with every result put in, and those that a result names in their turn."""
    for _ in known:
        expr = substitute(expr, known)
    return expr


@rule("put back", "f(e) = f(x), where x = e was derived before", "write it with what was derived above")
def put_back(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    at = int(str(arguments.get("at", 0)))
    relation = before.relations[at]
    known, sides = dict(ground.established), {"left": relation.left, "right": relation.right}
    if at < 0 or not arguments.keys() & sides.keys():
        raise ProofError(f"{before}: no side is named")
    for name in sides.keys() & arguments.keys():
        said = expression(arguments, name)
        if not letters_of(said) & known.keys() or not equal(_all_in(said, known), _all_in(sides[name], known)):
            raise ProofError(f"{said} does not become {sides[name]} with what was derived before")
        sides[name] = said
    after = before.with_relation(at, Relation(sides["left"], relation.op, sides["right"]))
    return Move(after, "the same normal form when it is put in")


@rule("as a ceiling", "⌊(x + c − 1)/c⌋ = ⌈x/c⌉, where x and c ≥ 1 are integers", "a floor is a ceiling: {why}")
def as_a_ceiling(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation = before.relations[0]
    found = [node for node in walk(relation.right) if isinstance(node, Floor) and isinstance(node.argument, Ratio)]
    if before.left is None or len(found) != 1 or not isinstance(found[0].argument, Ratio):
        raise ProofError(f"{before} holds not one floor of a quotient")
    divisor = found[0].argument.divisor
    certificate = need(ground.facts(before).positive(divisor), f"{divisor} ≥ 1")
    inside = tidy(found[0].argument.numerator - divisor + 1)
    rest = tidy(relation.right - found[0])
    if found[0] in walk(rest) or has_ratio(inside):
        raise ProofError(f"{relation.right} is not {found[0]} and an integer")
    after = Relation(relation.left, "=", total([Ceil(Ratio(inside, divisor)), rest]))
    why = f"{write(divisor)} − 1 is what is missing to the next multiple at most"
    return Move(Statement((after,), before.ranges), certificate, {"why": why})
