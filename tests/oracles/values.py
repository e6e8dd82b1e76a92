"""The value of a tree at one integer point, with fractions, node by node; nodes are known by their names alone."""

from fractions import Fraction
from itertools import product
from math import ceil, floor, prod


def value(node, letters, arrays=None):
    """The exact value of ``node``; ``arrays`` maps a name to a function of the place that is read."""

    def at(inner, more=()):
        return value(inner, {**letters, **dict(more)}, arrays)

    match type(node).__name__:
        case "Int":
            return Fraction(node.value)
        case "Sym":
            return Fraction(letters[node.name])
        case "Add":
            return sum(map(at, node.terms), Fraction(0))
        case "Mul":
            return prod(map(at, node.factors), start=Fraction(1))
        case "Pow":
            return at(node.base) ** node.exponent
        case "Ratio":
            return at(node.numerator) / at(node.divisor)
        case "Floor":
            return Fraction(floor(at(node.argument)))
        case "Ceil":
            return Fraction(ceil(at(node.argument)))
        case "Least":
            return min(map(at, node.options))
        case "Read":
            return Fraction(arrays[node.array](*map(at, node.subscripts)))
        case "Apply":
            assert node.function.name == "relu"
            return max(at(node.argument), Fraction(0))
        case "Reduce":
            return reduced(node, letters, arrays)
    raise TypeError(f"no value for {node!r}")


def reduced(node, letters, arrays):
    """A sum, maximum, minimum or mean, visiting every place."""
    names = [name for name, _ in node.ranges]
    sizes = [range(int(value(size, letters, arrays))) for _, size in node.ranges]
    found = []
    for place in product(*sizes):
        here = {**letters, **dict(zip(names, place, strict=True))}
        if all(holds(relation, here, arrays) for relation in node.where):
            found.append(value(node.body, here, arrays))
    total = sum(found, Fraction(0))
    return {
        "sum": lambda: total,
        "max": lambda: max(found),
        "min": lambda: min(found),
        "mean": lambda: total / len(found),
    }[node.kind]()


def holds(relation, letters, arrays=None):
    """Whether a relation is true at one point."""
    left, right = value(relation.left, letters, arrays), value(relation.right, letters, arrays)
    divides = relation.op == "∣" and left != 0 and (right / left).denominator == 1
    return {"=": left == right, "<": left < right, "≤": left <= right, "≥": left >= right, "∣": divides}[relation.op]


def true(statement, letters, arrays=None):
    """Whether every relation holds for every value of the statement's quantified indices."""
    names = [name for name, _ in statement.ranges]
    sizes = [range(int(value(size, letters))) for _, size in statement.ranges]
    return all(
        holds(relation, {**letters, **dict(zip(names, place, strict=True))}, arrays)
        for place in product(*sizes)
        for relation in statement.relations
    )
