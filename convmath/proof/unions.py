"""Rules that count a union: places that are reached at least once, windows that follow one another."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tidy import flipped, has_ratio, product, put, tidy, total
from convmath.language.tree import Add, Expr, Int, Least, Mul, Reduce, Relation, Sym, letters_of, negative, walk
from convmath.language.write import is_negative, write
from convmath.proof.comparing import quotient
from convmath.proof.counting import plainest
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement
from convmath.proof.step import Arguments, Move, need, rule
from convmath.proof.sums import rewrite, sum_of

ONE = Int(1)


def _once(expr: Expr) -> tuple[str, Expr, Reduce] | None:
    """(y, n, the inner sum) of Σ_{y<n} min(1, Σ_{… : …} 1), or None."""
    match expr:
        case Reduce("sum", ((name, size),), Least((Int(1), Reduce("sum", _, Int(1), _) as hits)), ()):
            return (name, size, hits) if name not in dict(hits.ranges) else None
    return None


@rule(
    "in steps of",
    "Σ_{x<c·m + 1} min(1, Σ_{… : x = c·e} 1) = Σ_{x<m + 1} min(1, Σ_{… : x = e} 1), where c ≥ 1",
    "only multiples of {step} are reached: count in steps of {step}",
)
def in_steps_of(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    step = arguments["by"]
    if not isinstance(step, Expr) or step == ONE:
        raise ProofError(f"by is {step!r}; it must be an expression, and not 1")
    certificate = need(ground.facts(before).positive(step), f"{step} ≥ 1")

    def shrink(expr: Expr) -> Expr | None:
        found = _once(expr)
        if found is None or len(found[2].where) != 1:
            return None
        name, size, hits = found
        (where,) = hits.where
        if where.op != "=" or where.left != Sym(name) or letters_of(step) & {name, *dict(hits.ranges)}:
            return None
        inner, last = quotient(plainest(where.right), step), quotient(plainest(size - 1), step)
        if inner is None or last is None or name in letters_of(inner):
            raise ProofError(f"{where.right} and {size} − 1 are no multiples of {step}")
        every = Reduce("sum", hits.ranges, ONE, (Relation(Sym(name), "=", inner),))
        return Reduce("sum", ((name, tidy(last + 1)),), Least((ONE, every)))

    after = rewrite(before, shrink, "no places are counted once that one condition reaches")
    return Move(after, certificate, {"step": write(step)})


@rule(
    "solve for",
    "Σ_{u<a, … : y = u + r} f(u) = Σ_{… : r ≤ y, y ≤ r + a − 1} f(y − r)",
    "{value} is the only {index} that meets the condition, where it is one of 0 … {last}",
)
def solve_for(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    index, words = str(arguments["index"]), dict[str, str]()

    def solved(expr: Expr) -> Expr | None:
        match expr:
            case Least(options):
                inside = tuple(solved(option) or option for option in options)
                return Least(inside) if inside != options else None
            case Reduce("sum", ranges, _, where) if index in dict(ranges):
                chosen = next((r for r in where if r.op == "=" and index in letters_of(r.right)), None)
                return None if chosen is None else _without(expr, index, chosen, words)
        return None

    after = rewrite(before, solved, f"no condition says what {index} is")
    return Move(after, "two different values give two different sums", words)


def _without(expr: Reduce, index: str, chosen: Relation, words: dict[str, str]) -> Expr:
    size = dict(expr.ranges)[index]
    kept = tuple(pair for pair in expr.ranges if pair[0] != index)
    form = linear(chosen.right, {index})
    if form is None or form[0].get(index) != ONE or index in letters_of(chosen.left, *(n for _, n in kept)):
        raise ProofError(f"{chosen} does not have {index} once, on its right")
    rest, last = tidy(form[1]), tidy(size - 1)
    if has_ratio(rest) or has_ratio(chosen.left) or letters_of(size) & dict(kept).keys():
        raise ProofError(f"{chosen}: {rest} is no integer, or {size} depends on another index")
    value = tidy(chosen.left - rest)
    words |= {"value": write(value), "index": index, "last": write(last)}
    others = tuple(
        Relation(put(r.left, {index: value}), r.op, put(r.right, {index: value})) for r in expr.where if r != chosen
    )
    bounds = (Relation(rest, "≤", chosen.left), Relation(chosen.left, "≤", total([rest, last])))
    return Reduce("sum", kept, put(expr.body, {index: value}), (*others, *bounds))


@rule(
    "one window after the other",
    "#⋃_{v<b} {m·v, …, m·v + a − 1} = a + Σ_{v<b − 1} min(m, a), where a, b and m ≥ 1",
    "the first window has {length} places; each next one begins {step} further on, and adds as many, {length} at most",
)
def one_after_the_other(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    known, why, words = ground.facts(before), list[str](), dict[str, str]()

    def follow(expr: Expr) -> Expr | None:
        found = _once(expr)
        if found is None or len(found[2].ranges) != 1 or len(found[2].where) != 2:
            return None
        name, size, hits = found
        ((tap, count),) = hits.ranges
        low, high = hits.where
        if (low.op, high.op) != ("≤", "≤") or (low.right, high.left) != (Sym(name), Sym(name)):
            return None
        length, form = plainest(high.right - low.left + 1), linear(low.left, {tap})
        if form is None or tap not in form[0] or form[1] != Int(0) or {name, tap} & letters_of(length, count, size):
            raise ProofError(f"{expr} is no union of equal windows that begin at multiples of {tap}")
        step = form[0][tap]
        for least in (length, count, step):
            why.append(need(known.positive(least), f"{least} ≥ 1"))
        why.append(need(known.not_negative(size - step * (count - 1) - length), f"{size} places hold all windows"))
        words.update(length=write(length), step=write(step))
        return sum_of([length, Reduce("sum", ((tap, tidy(count - 1)),), Least((step, length)))])

    after = rewrite(before, follow, "no places are counted once that windows reach")
    return Move(after, "; ".join(dict.fromkeys(why)), words)


@rule("the smaller of two", "min(a, b) = a, where a ≤ b", "{why}")
def smaller_of_two(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    known, why = ground.facts(before), list[str]()

    def pick(expr: Expr) -> Expr | None:
        if not isinstance(expr, Least) or any(isinstance(node, Reduce) for node in walk(expr)):
            return None
        for option in expr.options:
            others = [other for other in expr.options if other != option]
            proofs = [known.not_negative(other - option) for other in others]
            if None not in proofs:
                why.append(f"{write(option)} ≤ {', '.join(map(write, others))}")
                return option
        return None

    after = rewrite(before, pick, "which side of the minimum is the smaller is not known")
    return Move(after, "the assumptions say which is the smaller", {"why": "; ".join(dict.fromkeys(why))})


@rule(
    "what exceeds the smaller",
    "t·a − t·min(a, b) = t·max(0, a − b)",
    "{more} less the smaller of {more} and {less} is what {more} exceeds {less} by, or 0",
)
def what_exceeds(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    words: dict[str, str] = {}

    def exceed(expr: Expr) -> Expr | None:
        terms = list(expr.terms) if isinstance(expr, Add) else [expr]
        for term in terms:
            found = _with_least(term)
            if found is None:
                continue
            times, least = flipped(found[0]), found[1]
            rest = tidy(Add((*(other for other in terms if other != term), Int(0))))
            for more, less in (least.options, least.options[::-1]):
                if equal(rest, product([times, more])):
                    words.update(more=write(more), less=write(less))
                    return _times(times, _or_none(more, less))
        return None

    after = rewrite(before, exceed, "it is no multiple of a, less the same multiple of min(a, b)")
    return Move(after, "if a ≤ b both sides are 0, and else both are t·(a − b)", words)


def _with_least(term: Expr) -> tuple[Expr, Least] | None:
    """(t, min(a, b)) where ``term`` is t·min(a, b), or None."""
    factors = _factors(term)
    least = [factor for factor in factors if isinstance(factor, Least) and len(factor.options) == 2]
    if len(least) != 1:
        return None
    return product([factor for factor in factors if factor is not least[0]]), least[0]


def _factors(term: Expr) -> list[Expr]:
    """The factors of a product, those of products in it too."""
    return [part for factor in term.factors for part in _factors(factor)] if isinstance(term, Mul) else [term]


def _times(times: Expr, largest: Expr) -> Expr:
    """The product with a maximum that stays one factor, so that it is written as one."""
    factors = times.factors if isinstance(times, Mul) else (times,)
    return largest if times == ONE else Mul((*factors, largest))


def _or_none(more: Expr, less: Expr) -> Expr:
    """max(0, more − less)."""
    apart = tidy(more - less)
    parts = apart.terms if isinstance(apart, Add) else (apart,)
    return negative(Least((Int(0), sum_of([negative(part) for part in parts]))))


@rule("a positive maximum", "0 < t·max(0, a − b) ⟺ b < a, where t ≥ 1", "it is above 0 exactly when {what} is")
def positive_maximum(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    relation, found = before.relations[0], _with_least(before.right)
    if len(before.relations) != 1 or (relation.op, relation.left) != ("<", Int(0)) or found is None:
        raise ProofError(f"{before} is not 0 < t·max(0, a)")
    times, options = flipped(found[0]), found[1].options
    other = next((options[not at] for at in (0, 1) if options[at] == Int(0)), None)
    if other is None:
        raise ProofError(f"{before} is not 0 < t·max(0, a)")
    apart = flipped(tidy(other))
    certificate = need(ground.facts(before).positive(times), f"{times} ≥ 1")
    parts = list(apart.terms) if isinstance(apart, Add) else [apart]
    more, less = ([part for part in parts if is_negative(part) == sign] for sign in (False, True))
    after = Relation(total([flipped(part) for part in less]), "<", total(more))
    return Move(before.with_relation(0, after), certificate, {"what": write(apart)})


@rule(
    "equal at every index",
    "(a·i + b = c·i + e for all i < n) ⟺ a = c and b = e, where n ≥ 2",
    "at {index} = 0 it says {first}; then at {index} = 1 it says {second}",
)
def equal_at_every_index(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    if before.left is None or len(before.ranges) != 1:
        raise ProofError(f"{before} is no equation for every value of one index")
    ((index, times),) = before.ranges
    certificate = need(ground.facts(Statement(())).not_negative(times - 2), f"{times} ≥ 2")
    sides = [linear(side, {index}) for side in (before.left, before.right)]
    parts: list[tuple[Expr, Expr]] = []
    for form in sides:
        if form is None:
            raise ProofError(f"{before} is not linear in {index}")
        parts.append((form[0].get(index, Int(0)), form[1]))
    (slope, rest), (other, left) = parts
    relations = (Relation(slope, "=", other), Relation(rest, "=", left))
    words = {"index": index, "first": str(relations[1]), "second": str(relations[0])}
    return Move(Statement(relations), certificate, words)
