"""Which inputs one place of a transposed convolution reads."""

from __future__ import annotations

from functools import partial

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.footprints import other_inputs
from convmath.book.reach import concluded, results, span, tried, working
from convmath.book.windows import spread
from convmath.book.working import move
from convmath.errors import ProofError
from convmath.language.parse import parse_size
from convmath.language.tree import Relation
from convmath.proof.derivation import Derivation

INSIDE = ("s ≤ k", "k ≤ t + p + 1", "t + p + 1 ≤ s·H")


@theorem(
    title="Which inputs one place of a transposed convolution reads",
    chapter="Receptive fields",
    hypotheses=INSIDE,
    sources=(
        "Dumoulin & Visin (2016), arXiv:1603.07285, section 4, describes the transpose as a convolution of a stretched "
        "input; which inputs meet at one place is not written out",
    ),
    settings=("H", "k", "s", "p", "t"),
    example={"H": 4, "k": 4, "s": 2, "p": 1, "t": 3},
    without={name: Search("X and k up to 3, s up to 3, p up to 1", partial(other_inputs, name)) for name in INSIDE},
)
def place_of_a_transpose_reads_a_run_of_inputs(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For k ≥ s and away from the border: place t of a transposed convolution reads the inputs from
    A = ⌈(t + p − k + 1)/s⌉ to B = ⌊(t + p)/s⌋, each of them and no other, so R = B − A + 1. That R is always
    k/s, rounded down or up, is only tried here.
    """
    near = ("s", "k"), ("k", "t + p + 1"), ("t + p + 1", "s*H")
    inside = tuple(Relation(parse_size(left), "≤", parse_size(right)) for left, right in near)
    work = working(theorem, numbers, spread("Y[t] = w[u]*X[i] where t = s*i+u-p", "p"), more=inside)
    for end, name in (("first", "A"), ("last", "B")):
        read = move("read an input end", array="X", end=end, name=name)
        concluded(work, f"The {end} input that place t reads", 0, read, move("first and last place"))
    span(work, 0, ("A", "B"))
    boxes = {"H": range(6, 7), "k": range(3, 6), "s": range(2, 4), "p": range(2), "t": range(4, 9)}
    what = "inputs gone through one by one; there are k/s of them, rounded down or up"
    labels = {"A": "first input", "B": "last input", "R": "inputs"}
    return results(work, "which inputs place t reads", labels, (tried(work, what, "places", "ABR", boxes, meeting),))


def meeting(**sizes: int) -> tuple[int, ...]:
    """The first and the last input that meet at place t, and how many do.

    Raises:
        ProofError: they are no run, or their number is not k/s, rounded down or up.
    """
    size, kernel, stride, padding, place = (sizes[name] for name in "Hkspt")
    found = [i for i in range(size) if any(stride * i + u - padding == place for u in range(kernel))]
    if found != [*range(found[0], found[-1] + 1)] or len(found) not in (kernel // stride, -(-kernel // stride)):
        raise ProofError(f"with {sizes} the inputs {found} meet")
    return found[0], found[-1], len(found)
