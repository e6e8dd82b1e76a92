"""How many products meet at each place of a transposed convolution."""

from __future__ import annotations

from collections.abc import Mapping

from convmath.book.counterexamples import meet_on_arrays
from convmath.book.entries import Theorem, theorem
from convmath.book.windows import assembled
from convmath.book.working import Working, move, stated
from convmath.language.parse import parse_size
from convmath.language.tree import Expr, Relation
from convmath.proof.derivation import Derivation
from convmath.proof.step import Argument

CHAPTER = "Equivalences"
LONG = "s*m+e"
EVEN = (("r", "e - 1"), ("e", "q"), ("q", "s - 1"), ("f", "s - 1"))


@theorem(
    title="Equally many products meet everywhere exactly when the stride divides the kernel",
    chapter=CHAPTER,
    hypotheses=(),
    sources=("Odena, Dumoulin & Olah, Deconvolution and Checkerboard Artifacts (2016), in words",),
    settings=("L", "m", "e", "s", "r", "q", "f"),
    example={"L": 14, "m": 1, "e": 2, "s": 3, "r": 1, "q": 2, "f": 1},
)
def products_meet_evenly_iff_the_stride_divides_the_kernel(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For one spatial axis and all strides s, away from the border: place s·i + r reads the weights r, r + s, r + 2·s,
    … only. A kernel of k = s·m + e weights with 0 < e < s has E = m + 1 of them for r < e and F = m for e ≤ q < s: a
    checkerboard of ⌈k/s⌉ and ⌊k/s⌋, since m·s < k < (m + 1)·s. A kernel of s·m weights has G = m for every f < s.
    """
    size, pads = "s*L", {"w": "s*L"}
    phase = stated("B[i,h] = Y[s*i+h]", {"Y": size}, i="L", h="s")
    scattered = stated("Y[t] = w[u]*X[l] where t = s*l+u", {"w": LONG, "X": "L"}, t=size)
    gathered = stated("B[i,h] = w[s*i+h-s*l]*X[l]", {"w": LONG, "X": "L"}, pads, i="L", h="s")
    first = stated("T[j] = w[s*j+r]", {"w": LONG}, inputs=())
    rest = stated("U[j] = w[s*j+q]", {"w": LONG}, inputs=())
    even = stated("V[j] = v[s*j+f]", {"v": "s*m"}, inputs=())
    assumed = tuple(Relation(parse_size(a), "≤", parse_size(b)) for a, b in EVEN)
    work = Working(theorem, numbers, (phase, scattered, gathered, first, rest, even), assumed)
    work.chain(
        "The place s·i + h, rewritten",
        0,
        move("insert", number=2),
        move("solve", letter="u"),
        move("one value meets it", index="u"),
        move("recognise", number=3, words="the weights s·j + h, with j = i − l"),
    )
    for subject, name, last in ((3, "E", "m"), (4, "F", "m-1"), (5, "G", "m-1")):
        work.chain(
            f"How many weights {work.definitions[subject].output} has", subject, *counted(parse_size(last), name)
        )
    labels = {"E": "where r < e", "F": "where e ≤ q < s", "G": "for s·m weights"}
    return assembled(work, "how many weights each place reads", labels, meet_on_arrays())


def counted(last: Expr, name: str) -> tuple[tuple[str, Mapping[str, Argument]], ...]:
    """How many values j has, where the last is known to be ``last``."""
    return (
        move("read the bounds", index="j"),
        move("always holds", at=0),
        move("gather", at=0, index="j"),
        move("divide", at=0, index="j"),
        move("integer", at=0),
        move("the floor between", value=last),
        move("count from 0", name=name),
    )
