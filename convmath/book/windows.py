"""One axis: definitions of windows that slide along it, their sizes as proofs, and windows counted one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

from convmath.book.entries import Search, Theorem
from convmath.book.working import Working
from convmath.derive.extent import extent_chains, extents
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.tidy import put, total
from convmath.language.tree import Expr, Int, Kind, Ratio, Sym, mapped, negative
from convmath.operators.declare import declare
from convmath.proof.chain import Chain
from convmath.proof.counting import plainest
from convmath.proof.derivation import Derivation, Line, Trial

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


def assembled(work: Working, find: str, labels: Mapping[str, str], trials: tuple[Trial, ...] = ()) -> Derivation:
    """The derivation with the chains of ``work``; ``labels`` names the results that are shown, by what they are called.

    Raises:
        ProofError: the numbers are outside the hypotheses, or the statement says something that was not derived.
    """
    lines: dict[str, Line] = {}
    for name, value in work.found:
        if name in labels and name not in lines:
            before = tuple((line.name, line.derived) for line in lines.values())
            lines[name] = Line(name, labels[name], value, before)
    for line in lines.values():
        if f"{line.name} = {line.derived}" not in work.theorem.statement:
            text = f"{line.name} = {line.derived}"
            raise ProofError(f"{work.theorem.slug}: {text} is derived, and the statement has it not")
    return work.derivation(find, tuple(lines.values()), trials)


def sized(
    theorem: Theorem, numbers: Mapping[str, int], *definitions: Definition, trials: tuple[Trial, ...] = ()
) -> Derivation:
    """The size of every definition, which must be the same, as the proof of ``theorem``."""
    work = Working(theorem, numbers, definitions)
    for subject, definition in enumerate(definitions):
        (chain,) = extent_chains(definition)
        work.extent(chain.heading, subject, 0, "H'")
    check_alike(theorem, work.chains)
    return assembled(work, "how many outputs there are", {"H'": "outputs"}, trials)


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
    long = "L" if "L" in names else "H"
    least = [0 if name in "pq" else 1 for name in names]
    boxes = sorted(product(*(range(low, 5) for low in least)), key=lambda box: (sum(box), box))
    for box in boxes:
        here = dict(zip(names, box, strict=True))
        said = put(size, {name: Int(value) for name, value in here.items()})
        counted = outputs(here[long], **{name: value for name, value in here.items() if name != long})
        if said != Int(counted):
            window = f"a window of k = {here['k']} places"
            rest = ", ".join(f"{name} = {value}" for name, value in here.items() if name not in long + "k")
            return (
                f"Counterexample (the smallest found): X = {[1] * here[long]}, {window}{', ' if rest else ''}{rest}. "
                f"{counted or 'No'} window{'s' if counted > 1 else ''} fit{'' if counted > 1 else 's'}, "
                f"but {size} = {said}."
            )
    return None
