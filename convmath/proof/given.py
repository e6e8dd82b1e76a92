"""Whether a place that is read is one at which a definition gives its array."""

from __future__ import annotations

from itertools import product as choices

from convmath.language.bounding import bounding, ranges_in
from convmath.language.definition import Definition
from convmath.language.tidy import has_ratio, product, put, tidy, total
from convmath.language.tree import Add, Expr, Floor, Int, Ranges, Ratio, Read, Relation, Sym, letters_of, negative, walk
from convmath.proof.facts import Facts, facts
from convmath.proof.ground import Ground


def given_there(
    definition: Definition, letter: str, item: Expr, read: Read, ground: Ground, ranges: Ranges
) -> str | None:
    """Why ``item`` is a value of ``letter``, an index of the output of ``definition``; None where that is not known.

    ``read`` is where it stands, under sums over ``ranges``.
    """
    wanted = _wanted(definition, letter, item)
    if has_ratio(item) or not wanted:
        return None
    known = under(ground, ranges, _window(ground, read, dict(ranges)))
    proofs: dict[str, None] = {}
    for relation in wanted:
        slack = worked_out(relation.right - relation.left, ground)
        proof = known.not_negative(slack) or _below_a_floor(known, slack)
        if proof is None:
            return None
        proofs |= dict.fromkeys(proof.split(", "))
    return f"it is given at {item}: {', '.join(proofs)}"


def _below_a_floor(known: Facts, slack: Expr) -> str | None:
    """⌊a/c⌋ + r ≥ 0 where a + c·r ≥ 0, r is whole and c ≥ 1."""
    terms = slack.terms if isinstance(slack, Add) else (slack,)
    for at, term in enumerate(terms):
        if isinstance(term, Floor) and isinstance(term.argument, Ratio):
            top, step = term.argument.numerator, term.argument.divisor
            rest = total([*terms[:at], *terms[at + 1 :]])
            if known.positive(step) is not None and not has_ratio(rest):
                return known.not_negative(tidy(top + product([step, rest])))
    return None


def _wanted(definition: Definition, letter: str, item: Expr) -> list[Relation]:
    """What makes ``item`` a value of ``letter``; nothing where the definition does not say how many there are."""
    size, found = definition.known_ranges.get(letter), _at_the_ends(definition, letter)
    if size is None and not found:
        return []
    asked = [r for r in definition.bounds if letter in letters_of(r.left, r.right)]
    if any(letters_of(r.left, r.right) & definition.indices - {letter} for r in asked):
        return []
    found += asked
    found += [] if size is None else [Relation(Sym(letter), "≤", tidy(size - 1))]
    value = {letter: item}
    return [Relation(Int(0), "≤", item), *(Relation(put(r.left, value), r.op, put(r.right, value)) for r in found)]


def under(ground: Ground, ranges: Ranges, more: tuple[Relation, ...] = ()) -> Facts:
    """What is known under sums over ``ranges``: the assumptions, what bounds the output, what was derived before."""
    subject, bound = ground.definition, {name for name, _ in ranges}
    outer = tuple((n, subject.known_ranges[n]) for n in subject.output_indices if n in subject.known_ranges)
    free = [name for name in sorted(subject.indices) if name not in bound]
    relations = [*ground.assumptions, *(Relation(Sym(name), "≥", Int(0)) for name in free), *more]
    relations += [r for r in subject.bounds if not letters_of(r.left, r.right) & bound]
    relations += [r for name in free for r in _at_the_ends(subject, name)]
    relations = [Relation(worked_out(r.left, ground), r.op, worked_out(r.right, ground)) for r in relations]
    sizes = tuple((name, worked_out(size, ground)) for name, size in (*outer, *ranges))
    plain = facts(tuple(relations), sizes)
    return facts((*relations, *_floors(plain)), sizes)


def _at_the_ends(subject: Definition, letter: str) -> list[Relation]:
    """That the first and the last place of the window of an output lie in the padded array: so do those between."""
    found = []
    for place in bounding(subject).windows.get(letter, ()):
        ranges = ranges_in(place.position, subject, without=letter)
        for ends in choices(*((Int(0), tidy(size - 1)) for _, size in ranges)):
            values = {name: end for (name, _), end in zip(ranges, ends, strict=True)}
            found += [Relation(put(r.left, values), r.op, put(r.right, values)) for r in place.relations()]
    return found


def assumed(ground: Ground) -> dict[str, Expr]:
    """The letters whose values are assumed, k = 1."""
    return {r.left.name: r.right for r in ground.assumptions if isinstance(r.left, Sym) and r.op == "="}


def worked_out(expr: Expr, ground: Ground) -> Expr:
    """``expr`` with what was derived before put in; a later result may speak of an earlier one."""
    for name, value in reversed(ground.established):
        expr = put(expr, {name: value})
    return expr


def _floors(known: Facts) -> list[Relation]:
    """c·⌊r/c⌋ ≤ r for every floor that is spoken of, where c ≥ 1."""
    sides = [side for r in known.relations for side in (r.left, r.right)] + [size for _, size in known.ranges]
    found = []
    for node in dict.fromkeys(node for side in sides for node in walk(side)):
        if isinstance(node, Floor) and isinstance(node.argument, Ratio):
            top, step = node.argument.numerator, node.argument.divisor
            if known.positive(step) is not None:
                found.append(Relation(step * node, "≤", top))
    return found


def _window(ground: Ground, read: Read, ranges: dict[str, Expr]) -> tuple[Relation, ...]:
    """What an output that reads here says: there is one only where all that it reads lies in the padded array."""
    subject, values = ground.definition, assumed(ground)
    for own in subject.reads:
        summed = letters_of(own) & subject.indices - set(subject.output_indices)
        same = all(ranges.get(name) == subject.known_ranges.get(name) for name in summed)
        if Read(own.array, tuple(put(item, values) for item in own.subscripts)) != read or not same:
            continue
        if ranges.keys() & set(subject.output_indices):
            continue
        tensor, found = subject.arrays[own.array], list[Relation]()
        for item, size, (before, after) in zip(read.subscripts, tensor.shape, tensor.padding, strict=True):
            found.append(Relation(tidy(negative(put(before, values))), "≤", item))
            found.append(Relation(item, "≤", tidy(size - 1 + put(after, values))))
        return tuple(found)
    return ()
