"""One axis: definitions of windows that slide along it, their sizes as proofs, and windows counted one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

from convmath.book.entries import Search, Theorem, TheoremClaim
from convmath.derive.conditions import assumptions
from convmath.derive.extent import axis_steps, extent_chains, extents
from convmath.derive.receptive import receptive_steps
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.tidy import put, total
from convmath.language.tree import Expr, Int, Kind, Ratio, Relation, Sym, letters_of, mapped, negative
from convmath.operators.declare import declare
from convmath.proof.chain import Chain, fold
from convmath.proof.counting import plainest
from convmath.proof.derivation import Derivation, Line, Trial
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.statement import Statement
from convmath.proof.step import Step, take

PAPER = "Dumoulin & Visin (2016), arXiv:1603.07285"


def slid(text: str, padding: str = "", size: str = "H", kernel: str = "k", reduce: Kind = "sum") -> Definition:
    """A window of k weights over X, or of k places where no weight is read."""
    weights = {"w": kernel} if "w[" in text else {}
    ranges = {} if weights else {"u": kernel}
    pads = {"X": padding} if padding else {}
    return declare("window", text, {"X": size, **weights}, pads, reduce=reduce, ranges=ranges).general


def spread(text: str, crop: str = "", size: str = "H", kernel: str = "k") -> Definition:
    """Places that are written from X, with k weights where there are any."""
    weights = {"w": kernel} if "w[" in text else {}
    return declare("places", text, {"X": size, **weights}, {"Y": crop} if crop else {}).general


def merged(*definitions: Definition, derived: tuple[str, ...] = ()) -> tuple[Relation, ...]:
    """What all definitions assume together; what speaks of a ``derived`` size is left out."""
    every = dict.fromkeys(relation for definition in definitions for relation in assumptions(definition))
    return tuple(r for r in every if not letters_of(r.left, r.right) & {*derived})


def assembled(
    theorem: Theorem,
    numbers: Mapping[str, int],
    work: Work,
    labels: Mapping[str, str],
    trials: tuple[Trial, ...] = (),
) -> Derivation:
    """The derivation with the chains of ``work``; ``labels`` names the results that are shown, by what they are called.

    Raises:
        ProofError: the numbers are outside the hypotheses, or the statement says something that was not derived.
    """
    values: dict[str, Expr] = {name: Int(value) for name, value in numbers.items()}
    _check_numbers(theorem, work.assumed, values)
    lines: dict[str, Line] = {}
    for chain in work.chains:
        name, before = str(chain.conclusion.left), tuple((line.name, line.derived) for line in lines.values())
        if chain.conclusion.is_value and name in labels and name not in lines:
            lines[name] = Line(name, labels[name], chain.conclusion.right, before)
    for line in lines.values():
        if f"{line.name} = {line.derived}" not in theorem.statement:
            raise ProofError(f"{theorem.slug}: {line.name} = {line.derived} is derived, and the statement has it not")
    return Derivation(
        title=theorem.title,
        find=", ".join(dict.fromkeys(labels.values())),
        claim=TheoremClaim(theorem.slug, tuple(numbers.items())),
        definitions=work.definitions,
        assumptions=work.assumed,
        chains=fold(tuple(work.chains)),
        lines=tuple(lines.values()),
        values=values,
        trials=trials,
        source="; ".join(theorem.sources),
        single=False,
        statement=theorem.statement,
    )


def _check_numbers(theorem: Theorem, assumed: tuple[Relation, ...], values: Mapping[str, Expr]) -> None:
    for relation in assumed:
        left, right = put(relation.left, values), put(relation.right, values)
        if isinstance(left, Int) and isinstance(right, Int):
            met = {
                "=": left == right,
                "≤": left.value <= right.value,
                "≥": left.value >= right.value,
                "∣": left.value != 0 and right.value % left.value == 0,
            }
            if not met[relation.op]:
                raise ProofError(f"{theorem.slug}: {relation} is needed, and with these numbers it is false")


class Work:
    """Chains in the making: each stands on all definitions, and on what the chains before it concluded."""

    def __init__(self, *definitions: Definition, derived: tuple[str, ...] = ()) -> None:
        self.definitions = definitions
        self.assumed = merged(*definitions, derived=derived)
        self.chains: list[Chain] = []

    def ground(self, subject: int = 0) -> Ground:
        """What the next chain stands on, if it starts from the definition with this number."""
        found = [(str(c.conclusion.left), c.conclusion.right) for c in self.chains if c.conclusion.is_value]
        return Ground((self.definitions[subject], *self.definitions), self.assumed, tuple(found))

    def add(self, heading: str, steps: list[Step], subject: int = 0) -> Statement:
        """The conclusion of a new chain with these steps."""
        self.chains.append(Chain(heading, tuple(steps), subject=subject))
        return self.chains[-1].conclusion

    def size(self, heading: str, name: str, subject: int = 0) -> Statement:
        """The conclusion of a new chain: how many outputs the definition has."""
        return self.add(heading, axis_steps(self.definitions[subject], 0, name, self.ground(subject)), subject)

    def span(self, name: str, subject: int = 0) -> Statement:
        """The conclusion of a new chain: how many places of X one output spans."""
        steps = receptive_steps(self.definitions[subject], "X", 0, name, self.ground(subject))
        return self.add("How many places of X one output spans", steps, subject)

    def question(self, heading: str, left: Expr, right: Expr, *moves: Mapping[str, Any], subject: int = 0) -> Statement:
        """The conclusion of a new chain: when two expressions are equal, by moves given as rule and arguments."""
        ground = self.ground(subject)
        steps = [take(formula(ground.definition), "ask when", ground, left=left, right=right)]
        for move in moves:
            arguments = {name: value for name, value in move.items() if name != "rule"}
            steps.append(take(steps[-1].after, move["rule"], ground, **arguments))
        return self.add(heading, steps, subject)


def sized(
    theorem: Theorem, numbers: Mapping[str, int], *definitions: Definition, trials: tuple[Trial, ...] = ()
) -> Derivation:
    """The size of every definition, which must be the same, as the proof of ``theorem``."""
    work = Work(*definitions)
    for subject, definition in enumerate(definitions):
        (chain,) = extent_chains(definition)
        work.size(chain.heading, "H'", subject)
    check_alike(theorem, work.chains)
    return assembled(theorem, numbers, work, {"H'": "outputs"}, trials)


def named(expr: Expr, name: str, value: Expr) -> Expr:
    """``expr`` with ``name`` taken from the top of its quotient, in place of ``value``."""

    def change(inner: Expr) -> Expr:
        if isinstance(inner, Ratio):
            return Ratio(total([plainest(inner.numerator + value), negative(Sym(name))]), inner.divisor)
        return mapped(inner, change)

    return change(expr)


def check_alike(theorem: Theorem, chains: list[Chain]) -> None:
    """Raises where two chains conclude different things."""
    if len({str(chain.conclusion) for chain in chains}) > 1:
        shown = " and ".join(str(chain.conclusion) for chain in chains)
        raise ProofError(f"{theorem.slug}: the sizes differ: {shown}")


def outputs(size: int, k: int, s: int = 1, p: int = 0, d: int = 1, q: int | None = None) -> int:
    """Windows counted one by one: the first that leaves the padded array ends the count."""
    found, after = 0, p if q is None else q
    while all(-p <= s * found + d * u - p <= size - 1 + after for u in range(k)):
        found += 1
    return found


def where_none_fits(make: Callable[[], Definition]) -> Search:
    """The smallest input on which the derived size is not the number of windows that fit."""
    return Search("all letters up to 4", lambda: _miscounted(make()))


def _miscounted(definition: Definition) -> str | None:
    (size,) = extents(definition)
    names = definition.sizes
    least = [0 if name == "p" else 1 for name in names]
    boxes = sorted(product(*(range(low, 5) for low in least)), key=lambda box: (sum(box), box))
    for box in boxes:
        here = dict(zip(names, box, strict=True))
        said = put(size, {name: Int(value) for name, value in here.items()})
        counted = outputs(here["H"], **{name: value for name, value in here.items() if name != "H"})
        if said != Int(counted):
            window = f"a window of k = {here['k']} places"
            rest = ", ".join(f"{name} = {value}" for name, value in here.items() if name not in "Hk")
            return (
                f"Counterexample (the smallest found): X = {[1] * here['H']}, {window}{', ' if rest else ''}{rest}. "
                f"{counted or 'No'} window{'s' if counted > 1 else ''} fit{'' if counted > 1 else 's'}, "
                f"but {size} = {said}."
            )
    return None
