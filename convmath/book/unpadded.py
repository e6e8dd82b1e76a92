"""The original U-Net, without padding: which inputs it takes, and what they lose."""

from __future__ import annotations

from collections.abc import Callable

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.semigroup import quantity
from convmath.book.unet import PAPER, halved, pooled, spread_again, stepped, written
from convmath.book.windows import outputs
from convmath.book.working import Working, move
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.tree import Int, Relation, Sym
from convmath.operators.declare import declare
from convmath.proof.derivation import Derivation, Trial
from convmath.proof.step import take

Make = Callable[[str], Definition]


def twice(size: str) -> Definition:
    """Two 3×3 convolutions without padding, along one axis: what one output reads through both."""
    return declare("window", "Y[i] = w[u]*W[v]*X[i+u+v]", {"X": size, "w": "3", "W": "3"}, {}).definition


LEAST_POOLED = 76
"""The smallest input on which the fourth pooling has an output."""


def _down(size: int) -> list[int]:
    """The sizes on the way down, counted window by window: two convolutions and a pooling, four times."""
    found = [size]
    for _ in range(4):
        found.append(outputs(outputs(found[-1], 3), 3))
        found.append(outputs(found[-1], 2, 2))
    return found


def _through(size: int) -> list[int]:
    """The sizes on the whole way, down and up."""
    found = _down(size)
    found.append(outputs(outputs(found[-1], 3), 3))
    for _ in range(4):
        found.append(written(found[-1]))
        found.append(outputs(outputs(found[-1], 3), 3))
    return found


def _even(size: int) -> bool:
    found = _down(size)
    return all(found[n] == 2 * found[n + 1] for n in range(1, 9, 2))


def lost_below() -> str | None:
    """The smallest size below the least, on which the poolings are of even sizes and 16 does not divide H − 12."""
    for size in range(1, LEAST_POOLED):
        if _even(size) != (size % 16 == 12):
            return (
                f"Counterexample (the smallest found): H = {size}. The sizes on the way down are "
                f"{', '.join(map(str, _down(size)))}: every pooling is of an even number of places, and none is left."
            )
    return None


def _other(sizes: range) -> str | None:
    """The smallest of these sizes from which not 184 places are lost."""
    for size in sizes:
        found = _through(size)
        if found[-1] != size - 184:
            return (
                f"Counterexample (the smallest found): H = {size}. The sizes are {', '.join(map(str, found))}: the "
                f"output has {found[-1]} places, and H − 184 is {size - 184}."
            )
    return None


@theorem(
    title="The original U-Net pools even sizes exactly where 16 divides H − 12",
    chapter="Sizes",
    hypotheses=("H ≥ 76",),
    sources=(PAPER + ", section 2: the input is to be such that every pooling is of an even size; no condition on it",),
    settings=("H",),
    uses=("two-layers-have-the-sizes-of-one", "u-net-fits-iff-two-to-its-depth-divides-the-size"),
    example={"H": 572},
    without={"H ≥ 76": Search("H up to 75", lost_below)},
)
def original_u_net_pools_even_sizes_iff(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every H ≥ 76, where each of the four poolings has an output: two 3×3 convolutions without padding and a
    pooling, four times. No place is lost in any pooling, C_n = 2·M_n ⟺ 16 divides H − 12, which is H ≡ 12 (mod 16).
    """
    work = way_down(theorem, numbers)
    moves = [move("no remainder", at=0), *[move("remainders in turn")] * 3, move("less a multiple", value=Int(3))]
    work.chain("When every pooling is of an even size", 0, *EVEN, *moves)
    return work.derivation("the sizes at which no place is lost", work.lines(**DOWN), (counted_down(),))


DOWN = {f"C_{n}": f"before pooling {n}" for n in range(1, 5)} | {"M_4": "after pooling 4"}
EVEN = (
    move("ask when all hold", pairs=tuple((f"C_{n}", parse_size(f"2*M_{n}")) for n in range(1, 5))),
    move("put in everywhere"),
)
"""The question when no pooling loses a place, with the sizes put in."""


def way_down(theorem: Theorem, numbers: dict[str, int]) -> Working:
    """Every size on the way down, as a floor of H."""
    names = ["H", *(f"M_{n}" for n in range(1, 5))]
    definitions = [definition for n in range(4) for definition in (twice(names[n]), pooled(f"C_{n + 1}"))]
    least = Relation(Sym("H"), "≥", Int(LEAST_POOLED))
    derived = (*names, *(f"C_{n}" for n in range(1, 5)))
    work = Working(theorem, numbers, tuple(definitions), (least,), derived)
    for n in range(1, 5):
        stepped(work, 2 * n - 2, names[n - 1], f"C_{n}", f"How many places two convolutions leave at level {n}")
        halved(work, 2 * n - 1, f"C_{n}", names[n], "nested" if n > 1 else "")
    return work


def counted_down() -> Trial:
    """Sizes from the least on, counted window by window."""
    sizes = range(LEAST_POOLED, LEAST_POOLED + 64)
    for size in sizes:
        if _even(size) != (size % 16 == 12):
            raise ProofError(f"H = {size} is against it")
    return Trial(f"every size from {LEAST_POOLED} on, counted window by window", len(sizes), "sizes")


SMALLEST = 11
"""H = 16·Q + 12 with this Q, 188, is the smallest input with an output."""


@theorem(
    title="The original U-Net loses 184 places along each axis",
    chapter="Sizes",
    hypotheses=("16 divides H − 12", "H ≥ 188"),
    sources=(PAPER + ", figure 1: 572 × 572 gives 388 × 388; other sizes are left unsaid",),
    settings=("Q",),
    uses=("original-u-net-pools-even-sizes-iff", "two-layers-have-the-sizes-of-one"),
    example={"Q": 35},
    without={
        "16 divides H − 12": Search("H from 188 to 204", lambda: _other(range(188, 205))),
        "H ≥ 188": Search("H = 12, 28, …, 172", lambda: _other(range(12, 188, 16))),
    },
)
def original_u_net_loses_184_places(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every H = 16·Q + 12 with Q ≥ 11, that is H ≡ 12 (mod 16) and H ≥ 188: the unpadded U-Net of depth 4 has an
    output at every layer, and at the end H' = H − 184. With Q = 10 the last convolutions have nothing to read.
    """
    plan = _plan()
    definitions = tuple(make(size) for size, _, make in plan)
    least = Relation(Sym("Q"), "≥", Int(SMALLEST))
    work = Working(theorem, numbers, definitions, (least,), ("H", *(name for _, name, _ in plan)))
    quantity(work, "H", "16*Q+12", "a size that 16 divides but for 12")
    for subject, (before, name, make) in enumerate(plan):
        stepped(work, subject, before, name, HEADINGS[make].format(before))
    ground, chain = work.ground(len(plan) - 1), work.chains.pop()
    back = take(chain.conclusion, "put back", ground, right=parse_size("H-184"))
    work.add(chain.heading, [*chain.steps, back], chain.subject)
    labels = {name: LABELS[make] for _, name, make in plan}
    trial = Trial("counted window by window: H = 188, 204, …, 572", _lost(), "sizes")
    return work.derivation("the size of the output", work.lines(H="input", **labels), (trial,))


def _lost() -> int:
    sizes = range(16 * SMALLEST + 12, 573, 16)
    for size in sizes:
        if _through(size)[-1] != size - 184:
            raise ProofError(f"H = {size} is against it")
    return len(sizes)


def _plan() -> list[tuple[str, str, Make]]:
    """The layers in their order: the size that each reads, the size that it gives, and what it is."""
    plan: list[tuple[str, str, Make]] = [("H", "C_1", twice), ("C_1", "M_1", pooled)]
    for n in (2, 3, 4):
        plan += [(f"M_{n - 1}", f"C_{n}", twice), (f"C_{n}", f"M_{n}", pooled)]
    plan += [("M_4", "C_5", twice), ("C_5", "U_4", spread_again), ("U_4", "E_4", twice)]
    for n in (3, 2, 1):
        plan += [(f"E_{n + 1}", f"U_{n}", spread_again), (f"U_{n}", f"E_{n}" if n > 1 else "H'", twice)]
    return plan


HEADINGS: dict[Make, str] = {
    twice: "What two convolutions leave of {0} places",
    pooled: "What a pooling leaves of {0} places",
    spread_again: "What comes back up from {0} places",
}
LABELS: dict[Make, str] = {
    twice: "after two convolutions",
    pooled: "after a pooling",
    spread_again: "after coming back up",
}
