"""Where a definition gives its array, and what stands outside: there an array is 0."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.definition import NO_PADDING, Definition, Term
from convmath.language.polynomial import equal
from convmath.language.tidy import has_ratio, put, tidy
from convmath.language.tree import Expr, Int, Ranges, Read, Relation, Sym, letters_of
from convmath.proof.facts import Facts, facts
from convmath.proof.given import given_there
from convmath.proof.ground import Ground
from convmath.proof.statement import Conditions, Statement


def known_at(ground: Ground, ranges: Ranges, where: Conditions = ()) -> Facts:
    """What is known where the sums with these ranges and conditions run, the output's own indices included."""
    bound = {name for name, _ in ranges}
    known = ground.definition.known_ranges
    more = tuple((n, known[n]) for n in ground.definition.output_indices if n in known and n not in bound)
    return facts((*_with_numbers(ground), *where), (*more, *ranges))


def _with_numbers(ground: Ground) -> Conditions:
    """What is assumed, with the numbers put in that letters are assumed to be: p = 0 makes H + 2·p plainly H."""
    given = ground.facts(Statement(())).relations
    values = {
        str(r.left): r.right for r in given if r.op == "=" and isinstance(r.left, Sym) and isinstance(r.right, Int)
    }
    kept = (r if str(r.left) in values else Relation(put(r.left, values), r.op, put(r.right, values)) for r in given)
    return tuple(kept) if values else given


def letters_given(definition: Definition) -> tuple[str, ...]:
    """The letters of the places at which ``definition`` gives its array."""
    letters = tuple(item.name for item in definition.output.subscripts if isinstance(item, Sym))
    if len(letters) != len(definition.output.subscripts):
        raise ProofError(f"{definition} gives its array at places that are no bare indices")
    return letters


def check_places(
    definition: Definition, read: Read, ground: Ground, ranges: Ranges, where: Conditions = ()
) -> list[str]:
    """Why ``read`` is what ``definition`` says: it is a place that is given, or both are 0 there.

    Raises:
        ProofError: neither is known.
    """
    why: list[str] = []
    for axis, (letter, item) in enumerate(zip(letters_given(definition), read.subscripts, strict=True)):
        bounded = any(letter in letters_of(r.left, r.right) for r in definition.bounds)
        found = None if bounded else _plainly(definition, letter, read, axis, ground, (ranges, where))
        found = given_there(definition, letter, item, read, ground, ranges) if found is None else found
        if found is None:
            tensor = ground.definition.arrays.get(read.array)
            padded = tensor is not None and not _unpadded(ground, tensor.padding[axis])
            what = "is padded" if padded else "need not be one of its places"
            raise ProofError(f"{read}: that {definition.output} is given there could not be proved, {item} {what}")
        why += [found] if found else []
    return why


def _plainly(
    definition: Definition, letter: str, read: Read, axis: int, ground: Ground, around: tuple[Ranges, Conditions]
) -> str | None:
    """Why ``read`` is what ``definition`` says along one axis: "" where that needs no word; None where unknown."""
    (ranges, where), item, given = around, read.subscripts[axis], definition.known_ranges.get(letter)
    asked = {**ground.definition.known_ranges, **dict(ranges)}.get(item.name) if isinstance(item, Sym) else None
    tensor = ground.definition.arrays.get(read.array)
    padded = tensor is not None and not _unpadded(ground, tensor.padding[axis])
    if given is None:  # a window may bound it, in both formulas the same
        return "" if not padded and asked is None and item == Sym(letter) else None
    if asked is not None and equal(given, asked):
        return ""
    found = inside(item, given, known_at(ground, ranges, where))
    if found is None and _read_by_the_subject(read, axis, given, ground, ranges):
        found = f"{read} is read where there is an output, so inside"
    if found is None and padded and _zero_outside(ground, read.array, axis, given):
        found = vanishes(definition, letter, given, ground)
    return found


def _read_by_the_subject(read: Read, axis: int, size: Expr, ground: Ground, ranges: Ranges) -> bool:
    """Whether the definition itself makes this read, of an array unpadded there: an output has all that it reads."""
    definition, tensor = ground.definition, ground.definition.arrays.get(read.array)
    if tensor is None or read not in definition.reads:
        return False
    inside = [pair for pair in ranges if pair[0] in letters_of(read.subscripts[axis])]
    own = {**definition.known_ranges, **dict(definition.ranges)}
    alike = all(name in own and equal(own[name], other) for name, other in inside)
    return alike and _unpadded(ground, tensor.padding[axis]) and equal(tensor.shape[axis], size)


def _unpadded(ground: Ground, pair: tuple[Expr, Expr]) -> bool:
    zero = {r.left for r in ground.assumptions if r.op == "=" and r.right == Int(0)}
    return pair == NO_PADDING or all(side == Int(0) or side in zero for side in pair)


def inside(item: Expr, size: Expr, known: Facts) -> str | None:
    """Why 0 ≤ item ≤ size − 1."""
    if has_ratio(item):
        return None
    low, high = known.not_negative(item), known.not_negative(tidy(size - 1 - item))
    return None if low is None or high is None else f"0 ≤ {item} ≤ {tidy(size - 1)}: {low}; {high}"


def _zero_outside(ground: Ground, array: str, axis: int, size: Expr) -> bool:
    """Whether the subject reads 0 beyond ``size`` places; a maximum reads what adds nothing to it, which is −∞."""
    subject = ground.definition
    summed = subject.reduce in ("sum", "mean") and not subject.around
    return summed and equal(subject.arrays[array].shape[axis], size)


def vanishes(definition: Definition, letter: str, size: Expr, ground: Ground) -> str | None:
    """Why the formula is 0 where ``letter`` is none of 0 … size − 1: so is every array outside of its places."""
    if definition.around or definition.reduce != "sum":
        return None
    found = [_term_vanishes(definition, term, letter, size, ground) for term in definition.terms]
    why = [reason for reason in found if reason is not None]
    return "; ".join(dict.fromkeys(why)) if len(why) == len(found) else None


def _term_vanishes(definition: Definition, term: Term, letter: str, size: Expr, ground: Ground) -> str | None:
    for read in term.reads:
        tensor = definition.arrays[read.array]
        for item, own in zip(read.subscripts, tensor.shape, strict=True):
            if item == Sym(letter) and equal(own, size) and tensor.outside == "zeros":
                return f"outside of {letter} < {size} there is no {read.array}, and both are 0"
    ranges = tuple((name, definition.range_of(name)) for name in term.reduced)
    known = facts(ground.facts(Statement(())).relations, (*definition.known_ranges.items(), *ranges))
    for relation in term.where:
        if relation.op == "=" and relation.left == Sym(letter):
            written = inside(relation.right, size, known)
            if written is not None:
                return f"outside of {letter} < {size} nothing is written, and both are 0: {written}"
    return None
