"""Rules about places on a circle: after n places it begins again, and m counts how often."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tidy import flipped, has_ratio, product, put, tidy
from convmath.language.tree import Expr, Int, Mul, Ranges, Reduce, Relation, Sym, letters_of
from convmath.proof.conditions import new_letter
from convmath.proof.given import under, worked_out
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import inside_sums, rewrite


def _round(expr: Reduce, letter: str) -> tuple[Relation, Expr, Expr] | None:
    """(the condition t = e − n·m, e − t, n), where no other condition and no range uses m; None if there is none."""
    chosen = [r for r in expr.where if letter in letters_of(r.left, r.right)]
    ranges = [size for _, size in expr.ranges]
    if len(chosen) != 1 or chosen[0].op != "=" or letter in letters_of(chosen[0].left, *ranges):
        return None
    form = linear(chosen[0].right, {letter})
    if form is None or letter not in form[0] or has_ratio(form[1]) or has_ratio(form[0][letter]):
        return None
    return chosen[0], tidy(form[1] - chosen[0].left), flipped(form[0][letter])


def _in_its_place(expr: Reduce, letter: str, old: Relation, new: Relation, body: Expr) -> Expr:
    """The sum without ``letter``, and with ``new`` where ``old`` stood."""
    ranges = tuple(pair for pair in expr.ranges if pair[0] != letter)
    return Reduce("sum", ranges, body, tuple(new if r == old else r for r in expr.where))


def _shown(why: list[str]) -> str:
    return ", ".join(dict.fromkeys(part for proof in why for part in proof.split(", ")))


def _where_given(after: Statement, multiples: list[Expr], ground: Ground) -> Statement:
    """The line for the places that the output has: outside of them, a round more or less may be counted."""
    known, had = ground.definition.known_ranges, dict(after.ranges)
    letters = [n for n in ground.definition.output_indices if n in letters_of(*multiples) and n in known]
    return Statement(after.relations, (*after.ranges, *((n, known[n]) for n in letters if n not in had)))


@rule(
    "round once",
    "Σ_{m<b : t = e − n·m} f(m) = Σ_{t = e} f(0), where n ≥ 0, e − n ≤ t − 1 and b ≥ 1",
    "{value} is below {place}, so {letter} = 0: nothing comes round again",
)
def round_once(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter, why, words = str(arguments["letter"]), list[str](), dict[str, str]()

    def once(expr: Reduce, ranges: Ranges) -> Expr | None:
        found = _round(expr, letter) if letter in dict(expr.ranges) and expr.kind == "sum" else None
        if found is None:
            return None
        (chosen, beyond, length), known = found, under(ground, (*ranges, *expr.ranges))
        why.append(need(known.not_negative(worked_out(length, ground)), f"{length} ≥ 0"))
        why.append(need(known.not_negative(worked_out(length - 1 - beyond, ground)), f"{beyond} ≤ {length} − 1"))
        size = dict(expr.ranges)[letter]
        outer = under(ground, (*ranges, *(pair for pair in expr.ranges if pair[0] != letter)))
        why.append(need(outer.positive(worked_out(size, ground)), f"{size} ≥ 1"))
        value = put(chosen.right, {letter: Int(0)})
        words.update(value=str(tidy(value - length)), place=str(chosen.left), letter=letter)
        here = Relation(chosen.left, "=", value)
        return _in_its_place(expr, letter, chosen, here, put(expr.body, {letter: Int(0)}))

    after = rewrite(before, inside_sums(once, before.ranges), f"no condition … = … − n·{letter} stands under a sum")
    return Move(after, _shown(why), words)


@rule(
    "as a multiple",
    "Σ_{m<b : t = e − n·m} f = Σ_{n ∣ e − t} f, where n ≥ 1, −n < e − t < n·b and f does not depend on m",
    "where {multiple} is a multiple of {length}, one {letter} says which, and elsewhere none does",
)
def as_a_multiple(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter, why, words = str(arguments["letter"]), list[str](), dict[str, str]()
    multiples: list[Expr] = []

    def gone(expr: Reduce, ranges: Ranges) -> Expr | None:
        found = _round(expr, letter) if letter in dict(expr.ranges) and expr.kind == "sum" else None
        if found is None or letter in letters_of(expr.body):
            return None
        chosen, multiple, length = found
        inside = (*ranges, *(pair for pair in expr.ranges if pair[0] != letter))
        why.extend(_one_round(multiple, length, dict(expr.ranges)[letter], ground, inside))
        words.update(letter=letter, multiple=str(multiple), length=str(length))
        multiples.append(multiple)
        return _in_its_place(expr, letter, chosen, Relation(length, "∣", multiple), expr.body)

    lack = f"{letter} stands in no condition … = … − n·{letter} alone"
    after = rewrite(before, inside_sums(gone, before.ranges), lack)
    return Move(_where_given(after, multiples, ground), _shown(why), words)


def _one_round(multiple: Expr, length: Expr, rounds: Expr, ground: Ground, ranges: Ranges) -> list[str]:
    """Why a multiple of ``length`` is 0·length … (rounds − 1)·length."""
    known = under(ground, ranges)
    last = tidy(product([length, rounds]) - 1 - multiple)
    return [
        need(known.positive(worked_out(length, ground)), f"{length} ≥ 1"),
        need(known.not_negative(worked_out(tidy(multiple + length - 1), ground)), f"{multiple} ≥ 1 − {length}"),
        need(known.not_negative(worked_out(last, ground)), f"{multiple} ≤ {length}·{rounds} − 1"),
    ]


@rule(
    "count the rounds",
    "Σ_{n ∣ e − t} f = Σ_{m<b : t = e − n·m} f, where n ≥ 1 and −n < e − t < n·b",
    "{letter} counts how often {length} fits: fewer than {rounds} times",
)
def count_the_rounds(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter, place = new_letter(arguments["letter"], before, ground), str(arguments["place"])
    rounds, why, words = arguments["rounds"], list[str](), dict[str, str]()
    multiples: list[Expr] = []
    if not isinstance(rounds, Expr) or has_ratio(rounds):
        raise ProofError(f"{rounds!r} is no number of rounds")

    def count(expr: Reduce, ranges: Ranges) -> Expr | None:
        chosen = next((r for r in expr.where if r.op == "∣" and place in letters_of(r.right)), None)
        form = linear(chosen.right, {place}) if chosen is not None else None
        if chosen is None or form is None or form[0].get(place) != Int(-1) or expr.kind != "sum":
            return None
        if letters_of(rounds, chosen.left) & {name for name, _ in expr.ranges}:
            return None
        why.extend(_one_round(chosen.right, chosen.left, rounds, ground, (*ranges, *expr.ranges)))
        multiples.append(chosen.right)
        words.update(letter=letter, length=str(chosen.left), rounds=str(rounds))
        here = Relation(Sym(place), "=", form[1] - Mul((chosen.left, Sym(letter))))
        where = tuple(here if r == chosen else r for r in expr.where)
        return Reduce("sum", (*expr.ranges, (letter, rounds)), expr.body, where)

    after = rewrite(before, inside_sums(count, before.ranges), f"no condition n ∣ … − {place} stands under a sum")
    return Move(_where_given(after, multiples, ground), _shown(why), words)


@rule(
    "one residue",
    "Σ_{i<n : n ∣ e − i, n ∣ g(i)} f = Σ_{n ∣ g(e)} f, where g is a polynomial, n ≥ 1 and f does not depend on i",
    "one {letter} differs from {value} by a multiple of {length}, and leaves the same remainders",
)
def one_residue(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter, why, words = str(arguments["letter"]), list[str](), dict[str, str]()

    def pick(expr: Reduce, ranges: Ranges) -> Expr | None:
        size = dict(expr.ranges).get(letter)
        if size is None or expr.kind != "sum" or letter in letters_of(expr.body, *(n for _, n in expr.ranges)):
            return None
        mine = [r for r in expr.where if letter in letters_of(r.left, r.right)]
        values = {r: _residue(r, letter, size) for r in mine}
        chosen = next((r for r, value in values.items() if value is not None), None)
        value = values[chosen] if chosen is not None else None
        if value is None or any(r.op != "∣" or r.left != size or has_ratio(r.right) for r in mine):
            return None
        inside = (*ranges, *(pair for pair in expr.ranges if pair[0] != letter))
        why.append(need(under(ground, inside).positive(worked_out(size, ground)), f"{size} ≥ 1"))
        words.update(letter=letter, value=str(value), length=str(size))
        where = tuple(Relation(r.left, r.op, put(r.right, {letter: value})) for r in expr.where if r != chosen)
        ranges = tuple(pair for pair in expr.ranges if pair[0] != letter)
        return Reduce("sum", ranges, expr.body, where) if ranges or where else expr.body

    after = rewrite(before, inside_sums(pick, before.ranges), f"no condition n ∣ … says what {letter} is")
    return Move(after, _shown(why), words)


def _residue(relation: Relation, letter: str, size: Expr) -> Expr | None:
    """What ``letter`` is, up to multiples of ``size``, where the condition says so."""
    form = linear(relation.right, {letter}) if relation.op == "∣" and equal(relation.left, size) else None
    if form is None or form[0].get(letter) not in (Int(1), Int(-1)) or has_ratio(form[1]):
        return None
    return form[1] if form[0][letter] == Int(-1) else flipped(form[1])
