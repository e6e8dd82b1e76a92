"""Which inputs a U-Net takes: where what is pooled and spread again has the size of what skips it."""

from __future__ import annotations

from itertools import pairwise

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.semigroup import claimed
from convmath.book.windows import outputs, slid, spread
from convmath.book.working import Working, move
from convmath.derive.extent import axis_steps, bounding_steps, tidied
from convmath.errors import ParseError, ProofError
from convmath.language.definition import Definition
from convmath.language.tree import Int, Relation, Sym
from convmath.operators.declare import declare
from convmath.proof.derivation import Derivation, Trial
from convmath.proof.reading import formula
from convmath.proof.step import take

PAPER = "Ronneberger, Fischer & Brox, U-Net (2015)"
MOST = 6
"""The deepest U-Net: 2⁶ sizes are told apart by the points."""


def pooled(size: str) -> Definition:
    """2×2 pooling with stride 2, along one axis."""
    return slid("Y[i] = X[2*i+u]", "", size, "2", "max")


def spread_again(size: str) -> Definition:
    """A transposed convolution of 2×2 with stride 2, along one axis."""
    return spread("Y[t] = w[u]*X[i] where t = 2*i+u", "", size, "2")


def convolved(size: str, padding: str = "") -> Definition:
    """A 3×3 convolution, along one axis."""
    text, pads = "Y[i] = w[u]*X[i+u-1]" if padding else "Y[i] = w[u]*X[i+u]", {"X": padding} if padding else {}
    return declare("window", text, {"X": size, "w": "3"}, pads).definition


def halved(work: Working, subject: int, before: str, name: str, plain: str) -> None:
    """The size that pooling leaves, as one floor of H."""
    ground = work.ground(subject)
    steps = bounding_steps(formula(ground.definition), "i", ground)
    if before != "H":
        steps.append(take(steps[-1].after, "put in", ground, only=before))
    if plain == "nested":
        steps.append(take(steps[-1].after, "nested floor", ground))
    steps.append(take(steps[-1].after, "count from 0", ground, name=name))
    steps.append(take(steps[-1].after, "into the floor", ground))
    work.add(f"How many places are left after pooling {name[2:]}", steps, subject)


def stepped(work: Working, subject: int, before: str, name: str, heading: str) -> None:
    """A size from the one ``before`` it, which is put in."""
    ground = work.ground(subject)
    if isinstance(ground.definition.output.subscripts[0], Sym) and not ground.definition.written:
        steps = bounding_steps(formula(ground.definition), "i", ground)
        steps += [take(steps[-1].after, "put in", ground, only=before)] if before in dict(ground.established) else []
        steps.append(take(steps[-1].after, "count from 0", ground, name=name))
    else:
        steps = axis_steps(ground.definition, 0, name, ground)
        steps.append(take(steps[-1].after, "put in", ground, only=before))
    work.add(heading, tidied(steps, ground), subject)


def _unpadded() -> str | None:
    """The smallest U-Net of depth 1 without padding whose parts do not fit, though 2 divides the size."""
    for size in range(2, 17, 2):
        skip = outputs(size, 3)
        bottom = outputs(outputs(skip, 2, 2), 3)
        if bottom and written(bottom) != skip:
            return (
                f"Counterexample (the smallest found): depth 1, X = {[1] * size}, one 3×3 convolution with p = 0 "
                f"before the pooling and one after it. {skip} places skip; pooling and the second convolution leave "
                f"{bottom}, and {written(bottom)} come back up."
            )
    return None


def written(size: int) -> int:
    """The places that a transposed convolution of 2×2 with stride 2 writes, one by one."""
    return len({2 * i + u for i in range(size) for u in range(2)})


def _fits(depth: int) -> Trial:
    """Every size up to four times 2 to the depth, pooled and spread again by going through the places."""
    for size in range(1, 4 * 2**depth + 1):
        skips = [size]
        for _ in range(depth):
            skips.append(outputs(skips[-1], 2, 2))
        fits = all(written(below) == skip for skip, below in pairwise(skips))
        if fits != (size % 2**depth == 0):
            raise ProofError(f"H = {size} is against it")
    return Trial("every size pooled and spread again, place by place", 4 * 2**depth, "sizes")


@theorem(
    title="A same-padded U-Net fits exactly where 2 to its depth divides the size",
    chapter="Sizes",
    hypotheses=("p = 1",),
    sources=(PAPER + ", figure 1, with padding that keeps the size; it does not say which inputs fit then",),
    settings=("depth", "H"),
    uses=("same-padding-exists-iff-the-span-is-odd", "transposed-conv-multiplies-the-size-by-s-iff"),
    example={"H": 224},
    without={"p = 1": Search("depth 1, even sizes up to 16, p = 0", _unpadded)},
)
def u_net_fits_iff_two_to_its_depth_divides_the_size(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every depth (1 to 6; 4 where nothing is said) and every H from 2 to that depth on, where each pooling has an
    output: what comes back up at each level has the size of what skips it ⟺ 2 to the depth divides H. The
    convolutions, 3×3 with p = 1, keep every size.
    """
    depth = numbers.get("depth", 4)
    if not 1 <= depth <= MOST:
        raise ParseError(f"{theorem.slug}: depth is {depth}; it must be 1 … {MOST}")
    names = ["H", *(f"M_{n}" for n in range(1, depth + 1))]
    definitions = [convolved("H", "(1,1)")]
    definitions += [pooled(name) for name in names[:-1]] + [spread_again(name) for name in names[1:]]
    known = {name: value for name, value in numbers.items() if name != "depth"}
    work = Working(theorem, known, tuple(definitions), (Relation(Sym("H"), "≥", Int(2**depth)),), tuple(names[1:]))
    work.extent("What becomes of the size in a convolution", 0, 0, "H'")
    for n, (before, name) in enumerate(pairwise(names), 1):
        halved(work, n, before, name, "nested" if n > 1 else "")
    for n, name in enumerate(names[1:], 1):
        work.extent(f"What comes back up from {name} places", depth + n, 0, f"U_{n}")
    pairs = tuple((name, Sym(f"U_{n}")) for n, name in enumerate(names[:-1], 1))
    moves = [move("put in everywhere"), move("put in everywhere"), move("no remainder", at=0)]
    moves += [move("remainders in turn")] * (depth - 1)
    work.chain("When all skips fit", 0, move("ask when all hold", pairs=pairs), *moves)
    labels = {name: f"after pooling {name[2:]}" for name in names[1:]}
    lines = work.lines(**{"H'": "after a convolution"}, **labels)
    return claimed(work.derivation("the sizes at which every skip fits", lines, (_fits(depth),)), numbers)
