"""Which inputs fit a network: the requirements of its layers, solved exactly.

A size of one letter H satisfies f(H + M) = f(H) + c for a period M and a slope c: floors of linear functions do, and
sums and multiples of them. So along the class of one residue mod M, the difference of two sizes is linear in H. It is
worked out at one size of the class, and the slope says the rest: a finite check that holds for all H.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm, prod

from convmath.errors import UnsupportedError
from convmath.language.tree import Add, Expr, Floor, Int, Least, Mul, Ratio, Sym, letters_of, walk
from convmath.network.classes import Classes, check_period, every, settled
from convmath.network.extent import Extent, Size
from convmath.network.form import evaluated, letters_in, tree_of
from convmath.network.program import Requirement


@dataclass(frozen=True)
class Admissible:
    """The sizes of one letter at which every layer fits.

    Attributes:
        letter: the letter.
        sizes: the sizes.
        requirements: what was solved, in the order of the layers.
        contradiction: where no size fits: the requirements that contradict one another.
    """

    letter: str
    sizes: Classes
    requirements: tuple[Requirement, ...]
    contradiction: tuple[Requirement, ...] = field(default=())

    def __str__(self) -> str:
        from convmath.network.wording import classes_text

        return classes_text(self.sizes, self.letter)


def solve(letter: str, requirements: Sequence[Requirement]) -> Admissible:
    """The sizes of ``letter`` at which all ``requirements`` hold; each has no other letter.

    Raises:
        UnsupportedError: a requirement is no comparison of sizes that repeat.
    """
    found = every()
    for number, requirement in enumerate(requirements):
        own = solved(letter, requirement)
        both = found & own
        if both.empty:
            return Admissible(letter, both, tuple(requirements), _quarrel(letter, requirements[: number + 1]))
        found = both
    return Admissible(letter, found.reduced(), tuple(requirements))


def _quarrel(letter: str, requirements: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """The fewest requirements that contradict one another: the last one with one before it, where two suffice."""
    *earlier, last = requirements
    own = solved(letter, last)
    if own.empty:
        return (last,)
    for other in earlier:
        if (solved(letter, other) & own).empty:
            return other, last
    kept = list(requirements)
    for requirement in earlier:
        fewer = [one for one in kept if one is not requirement]
        if _all(letter, fewer).empty:
            kept = fewer
    return tuple(kept)


def _all(letter: str, requirements: Sequence[Requirement]) -> Classes:
    found = every()
    for requirement in requirements:
        found &= solved(letter, requirement)
    return found


def solved(letter: str, requirement: Requirement) -> Classes:
    """The sizes at which one requirement holds.

    Raises:
        UnsupportedError: it is no comparison of sizes that repeat.
    """
    left, op, right, _ = requirement
    if op == "∣":
        return _divides(letter, left, right)
    if _turns(letter, left) or _turns(letter, right):
        from convmath.network.turning import solved_in_pieces

        return solved_in_pieces(letter, left, op, right)
    return _Difference(letter, left, right).solved(op)


def _turns(letter: str, size: Size) -> bool:
    """Whether the smallest of sizes that grow differently stands in it: from some size on it is another one."""
    return any(isinstance(node, Least) and not _alike(node, letter) for node in walk(tree_of(size)))


def _alike(least: Least, letter: str) -> bool:
    """Whether all options grow alike: then the smallest of them repeats as they do."""
    known: dict[int, tuple[int, Fraction]] = {}
    return len({_growth(option, letter, known)[1] for option in least.options}) == 1


def _divides(letter: str, divisor: Size, size: Size) -> Classes:
    if not isinstance(divisor, int):
        raise UnsupportedError(f"{divisor} has to divide {size}: the divisor is no number")
    period = period_of(tree_of(size), letter) * divisor
    check_period(period)
    tree = tree_of(size)
    fits = [evaluated(tree, {letter: at + period}) % divisor == 0 for at in range(period)]
    return Classes(tuple((at or period, None) if fit else None for at, fit in enumerate(fits)))


class _Difference:
    """right − left along each class of one period."""

    def __init__(self, letter: str, left: Size, right: Size) -> None:
        self.letter, self.left, self.right = letter, tree_of(left), tree_of(right)
        self.period = lcm(period_of(self.left, letter), period_of(self.right, letter))
        check_period(self.period)

    def at(self, size: int) -> int:
        values = {self.letter: size}
        found: int = evaluated(self.right, values) - evaluated(self.left, values)
        return found

    @cached_property
    def slope(self) -> int:
        """By how much it grows from one size to the next of the same class: the same for every class."""
        return self.at(2 * self.period) - self.at(self.period)

    def solved(self, op: str) -> Classes:
        """The sizes at which the difference is 0, or at least 0."""
        bounds = []
        for residue in range(self.period):
            first = residue or self.period
            bounds.append(self._class(first, self.at(first), op, residue))
        return Classes(tuple(bounds))

    def _class(self, first: int, value: int, op: str, residue: int) -> tuple[int, int | None] | None:
        """From difference ``value`` at ``first``, growing by the slope every period."""
        step = self.slope
        if step == 0:
            return (first, None) if (value == 0 if op == "=" else value >= 0) else None
        if op == "=":
            times, left = divmod(-value, step)
            return (first + times * self.period,) * 2 if left == 0 and times >= 0 else None
        if step > 0:
            times = max(0, -(value // step))
            return first + times * self.period, None
        if value < 0:
            return None
        return settled(first, first + value // -step * self.period, residue, self.period)


def period_of(tree: Expr, letter: str) -> int:
    """A period M with f(H + M) = f(H) + c, for sums, multiples and floors of linear functions.

    Raises:
        UnsupportedError: the expression is none of these.
    """
    if letters_of(tree) - {letter}:
        raise UnsupportedError(f"{tree} has other letters than {letter}")
    return _growth(tree, letter, {})[0]


def _growth(tree: Expr, letter: str, known: dict[int, tuple[int, Fraction]]) -> tuple[int, Fraction]:
    """A period, and by how much the expression grows from one size to the next on the average.

    Floors side by side need only a common multiple of their periods. ``known`` holds what was met before: an
    expression occurs more than once where many paths meet.
    """
    found = known.get(id(tree))
    if found is None:
        found = known[id(tree)] = _grown(tree, letter, known)
    return found


def _grown(tree: Expr, letter: str, known: dict[int, tuple[int, Fraction]]) -> tuple[int, Fraction]:
    match tree:
        case Int():
            return 1, Fraction(0)
        case Sym():
            return 1, Fraction(1)
        case Floor(Ratio(top, Int(divisor))) | Ratio(top, Int(divisor)):
            period, rate = _growth(top, letter, known)
            return (period * divisor, rate / divisor) if rate or period > 1 else (1, rate)
        case Add(parts) | Least(parts):
            grown = [_growth(part, letter, known) for part in parts]
            rates = [rate for _, rate in grown]
            if isinstance(tree, Least) and len(set(rates)) > 1:  # only then does the smallest not repeat as they do
                raise UnsupportedError(f"{tree} is no sum of floors")
            return lcm(*(period for period, _ in grown)), rates[0] if isinstance(tree, Least) else sum(
                rates, Fraction(0)
            )
        case Mul(factors):
            open_ = [factor for factor in factors if letter in letters_of(factor)]
            if len(open_) > 1:
                raise UnsupportedError(f"{tree} is not linear in {letter}")
            times = prod(evaluated(factor, {}) for factor in factors if factor not in open_)
            period, rate = _growth(open_[0], letter, known) if open_ else (1, Fraction(0))
            return period, rate * times
    raise UnsupportedError(f"{tree} is no sum of floors")


def by_letter(requirements: Sequence[Requirement]) -> tuple[dict[str, list[Requirement]], list[Requirement]]:
    """The requirements of each single letter, and those that hold several together."""
    own: dict[str, list[Requirement]] = {}
    joint = []
    for requirement in requirements:
        letters = letters_in(requirement.left) | letters_in(requirement.right)
        if len(letters) == 1:
            own.setdefault(next(iter(letters)), []).append(requirement)
        elif letters:
            joint.append(requirement)
    return own, joint


def factors(requirement: Requirement) -> tuple[int, Extent, Extent] | None:
    """(n, e, f) where the requirement says e·f = n for sizes of two letters, as a layer on flattened pixels does."""
    sides = (requirement.left, requirement.right)
    number = next((side for side in sides if isinstance(side, int)), None)
    product = next((side for side in sides if not isinstance(side, int)), None)
    if requirement.op != "=" or number is None or product is None:
        return None
    tree = tree_of(product)
    if not isinstance(tree, Mul):
        return None
    from convmath.network.form import size_of

    parts = [size_of(factor) for factor in tree.factors]
    extents = [part for part in parts if isinstance(part, Extent)]
    whole = 1
    for part in parts:
        if isinstance(part, int):
            whole *= part
        elif not isinstance(part, Extent):
            return None
    if len(extents) != 2 or number % whole:
        return None
    return number // whole, extents[0], extents[1]
