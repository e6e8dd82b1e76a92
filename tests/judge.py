"""z3 asked about one step: the negation of what it claims has to be unsatisfiable, with strides symbolic.

It is written from the mathematics of trees and statements, and shares nothing with the rules nor with the
points at which a step tries itself. What holds for all u is instantiated: at any u, and at both ends.
"""

from itertools import product

import z3

WORK = 3_000_000
"""How much z3 may do for one question, in its own units: the same on a slow machine as on a fast one."""


def to_z3(node, letters):
    """A tree as integers and reals of z3: a quotient is real, its floor is an integer again."""

    def at(inner):
        return to_z3(inner, letters)

    match type(node).__name__:
        case "Int":
            return z3.IntVal(node.value)
        case "Sym":
            return letters[node.name]
        case "Add":
            return z3.Sum([at(term) for term in node.terms])
        case "Mul":
            return z3.Product([at(factor) for factor in node.factors])
        case "Pow":
            return z3.Product([at(node.base)] * node.exponent)
        case "Ratio":
            top, bottom = (
                part if part.is_real() else z3.ToReal(part) for part in map(at, (node.numerator, node.divisor))
            )
            return top / bottom
        case "Floor" | "Ceil" as rounding if type(node.argument).__name__ == "Ratio":
            top, bottom = whole(at(node.argument.numerator)), whole(at(node.argument.divisor))
            return top / bottom if rounding == "Floor" else -(-top / bottom)  # Euclidean: a floor where bottom ≥ 1
        case "Least":
            first, *others = map(at, node.options)
            for other in others:
                first = z3.If(first <= other, first, other)
            return first
    raise TypeError(f"z3 is not asked about {node!r}")


def whole(part):
    """A part that z3 takes for an integer; of a real one it cannot tell whether it is."""
    if not part.is_int():
        raise TypeError(f"z3 takes {part} for a real number")
    return part


def z3_relation(item, letters):
    """A relation between integers; i ≤ a/c is asked as c·i ≤ a, which is the same where c ≥ 1."""
    if item.op == "∣":
        return whole(to_z3(item.right, letters)) % whole(to_z3(item.left, letters)) == 0
    if item.op == "≤" and type(item.right).__name__ == "Least":
        parts = [type(item)(item.left, "≤", option) for option in item.right.options]
        return z3.And([z3_relation(part, letters) for part in parts])
    if type(item.right).__name__ == "Ratio":
        left = to_z3(item.left, letters) * to_z3(item.right.divisor, letters)
        right = to_z3(item.right.numerator, letters)
    else:
        left, right = to_z3(item.left, letters), to_z3(item.right, letters)
    return {"=": left == right, "<": left < right, "≤": left <= right, "≥": left >= right}[item.op]


def z3_all(line, letters):
    return z3.And([z3_relation(item, letters) for item in line.relations])


def inside(line, letters):
    """That the quantified indices of a line lie in their ranges."""
    return z3.And([z3.And(letters[u] >= 0, letters[u] < to_z3(size, letters)) for u, size in line.ranges])


def everywhere(line, letters):
    """What “for all u” gives at the ends of each range and at u itself."""
    names = [u for u, _ in line.ranges]
    ends = [(z3.IntVal(0), to_z3(size, letters) - 1, letters[u]) for u, size in line.ranges]
    places = [letters | dict(zip(names, place, strict=True)) for place in product(*ends)]
    return z3.And([z3.Implies(inside(line, place), z3_all(line, place)) for place in places])


def claims_of(before, after, letters):
    """What a step says, in parts that each have to follow from what is given."""
    if before.left is not None and before.left == after.left:
        return [to_z3(before.right, letters) == to_z3(after.right, letters)]
    if after.is_value:
        assert not before.ranges
        (index,) = {item.left.name for item in before.relations}
        size, counted = to_z3(after.right, letters), letters[index] >= 0
        return [size >= 0, z3.Implies(counted, z3_all(before, letters) == (letters[index] < size))]
    return [
        z3.Implies(z3.And(inside(one, letters), everywhere(other, letters)), z3_all(one, letters))
        for one, other in ((before, after), (after, before))
    ]


def given(ground, letters):
    """The assumptions, what was established, and indices ≥ 0. What z3 has no words for is left out: less is given."""
    facts = [letters[index] >= 0 for index in sorted(ground.definition.indices)]
    for relation in ground.assumptions:
        try:
            facts.append(z3_relation(relation, letters))
        except TypeError:
            continue
    for name, expr in ground.established:
        try:
            facts.append(letters[name] == to_z3(expr, letters))
        except TypeError:
            continue
    return facts


class Letters(dict):
    """A number of z3 for each letter that is asked for: integers, or reals."""

    def __init__(self, kind, known=()):
        super().__init__(known)
        self.kind = kind

    def __missing__(self, name):
        self[name] = self.kind(name)
        return self[name]

    def __or__(self, other):
        return Letters(self.kind, {**self, **other})


def answer(step, ground, kind, logic):
    """(whether z3 finds nothing, what it says) of a step between numbers of one kind."""
    letters = Letters(kind)
    claims = claims_of(step.before, step.after, letters)
    for claim in claims:
        solver = z3.SolverFor(logic) if logic else z3.Solver()
        solver.set("rlimit", WORK)
        solver.add(*given(ground, letters), z3.Not(claim))
        found = solver.check()
        if found != z3.unsat:
            return found, str(solver.model()) if found == z3.sat else f"z3 cannot say: {solver.reason_unknown()}"
    return z3.unsat, ""


def objection(step, ground):
    """What z3 finds against a step: a counterexample, or that it cannot say; None where there is nothing.

    Where it cannot say for integers, it is asked about real numbers: what holds for all of them holds for integers.
    """
    found, said = answer(step, ground, z3.Int, None)
    if found == z3.unknown:
        try:
            found, _ = answer(step, ground, z3.Real, "QF_NRA")
        except TypeError:  # a rounding, or a divisor: it is about integers
            return said
    return None if found == z3.unsat else said
