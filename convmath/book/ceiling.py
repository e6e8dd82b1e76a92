"""Ceil mode: how many windows PyTorch's pooling has when the last may run over the end."""

from __future__ import annotations

from itertools import product

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.windows import assembled, outputs, sized
from convmath.book.working import Working
from convmath.derive.extent import extents
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.tidy import put
from convmath.language.tree import Int, Relation, Sym
from convmath.operators.declare import declare
from convmath.proof.derivation import Derivation, Trial
from convmath.proof.reading import formula
from convmath.proof.step import take

RULE = "PyTorch, MaxPool2d, ceil_mode: “sliding windows that would start in the right padded region are ignored”"
NARROW = "p + s ≤ k"
FITS = "k ≤ H + 2·p + s − 1"


def _pooled(*given: Relation) -> Definition:
    """s − 1 more places padded after; a window starts inside the input or before it."""
    text, pads = "Y[i] = X[s*i+u-p] where s*i <= H+p-1", {"X": "(p,p+s-1)"}
    return declare("pool", text, {"X": "H"}, pads, reduce="max", ranges={"u": "k"}, given=given).general


def _windows(size: int, k: int, s: int, p: int) -> list[int]:
    """Where the windows of ceil mode start, one by one."""
    fit = outputs(size, k, s, p, 1, p + s - 1)
    return [s * i - p for i in range(fit) if s * i <= size + p - 1]


def _dropped() -> str | None:
    """The smallest pooling on which the printed formula counts a window that is not there."""
    box = product(range(1, 5), range(1, 5), range(1, 5), range(3))
    for size, k, s, p in sorted(box, key=lambda item: (sum(item), item)):
        if 2 * p <= k <= size + 2 * p:
            starts = _windows(size, k, s, p)
            said = sum(1 for start in range(0, size + 2 * p - k + s, s))
            if len(starts) != said:
                return (
                    f"Counterexample (the smallest found): X = {list(range(1, size + 1))}, k = {k}, s = {s}, p = {p}. "
                    f"The formula gives {said} outputs, but the last window would start at place {starts[-1] + s}, "
                    f"past the end of X: there {'is' if len(starts) == 1 else 'are'} {len(starts)}."
                )
    return None


def _none_fits() -> str | None:
    """The smallest pooling whose windows are all too wide, though the formula gives it a size."""
    (found,) = extents(_pooled())
    for size, k, s, p in sorted(product(range(1, 4), range(1, 5), (1, 2), (0, 1)), key=lambda box: (sum(box), box)):
        here = {"H": size, "k": k, "s": s, "p": p}
        said = put(found, {name: Int(value) for name, value in here.items()})
        if said != Int(len(_windows(size, k, s, p))):
            return (
                f"Counterexample (the smallest found): X = {list(range(1, size + 1))}, k = {k}, s = {s}, p = {p}. "
                f"{len(_windows(size, k, s, p)) or 'No'} window fits, not even over the end by s − 1 = {s - 1}, but "
                f"the smaller of the two bounds gives {said}."
            )
    return None


NONE_FITS = Search("H ≤ 3, k ≤ 4, s ≤ 2, p ≤ 1", _none_fits)


@theorem(
    title="Ceil mode takes the smaller of two bounds",
    chapter="Sizes",
    hypotheses=(FITS,),
    sources=(RULE,),
    settings=("H", "k", "s", "p"),
    uses=("conv-size-is-one-floor",),
    example={"H": 5, "k": 2, "s": 3, "p": 1},
    without={FITS: NONE_FITS},
)
def ceil_mode_is_the_smaller_of_two_bounds(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s ≥ 1 and p ≥ 0 with k ≤ H + 2·p + s − 1, where s − 1 more places are padded after and every
    window starts before the end of the input: H' = min(⌊(H + 2·p + s − k − 1) / s⌋ + 1, ⌊(H + p − 1) / s⌋ + 1).
    """
    return sized(theorem, numbers, _pooled(), trials=(_counted(),))


@theorem(
    title="The printed ceil formula, and when it holds",
    chapter="Sizes",
    hypotheses=(NARROW, FITS),
    sources=("PyTorch, MaxPool2d, “Shape”, with ⌈ ⌉ for ⌊ ⌋, as it is commonly printed", RULE),
    settings=("H", "k", "s", "p"),
    uses=("ceil-mode-is-the-smaller-of-two-bounds",),
    example={"H": 6, "k": 3, "s": 2, "p": 0},
    without={NARROW: Search("H, k, s ≤ 4, p ≤ 2 and 2·p ≤ k", _dropped), FITS: NONE_FITS},
)
def ceil_formula_holds_if_p_plus_s_is_at_most_k(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s ≥ 1 and p ≥ 0 with p + s ≤ k and k ≤ H + 2·p + s − 1, ceil mode has
    H' = ⌈(H + 2·p − k) / s⌉ + 1. Without p + s ≤ k the last window may start beyond the input, and is dropped.
    """
    work = Working(theorem, numbers, (_pooled(Relation(Sym("p") + Sym("s"), "≤", Sym("k"))),))
    ground = work.ground()
    steps = [take(formula(ground.definition), "read the bounds", ground, index="i")]
    rules = [("always holds", 0), ("farthest read", 0), ("gather", 0), ("divide", 0), ("divide", 1)]
    for rule, at in rules:
        steps.append(take(steps[-1].after, rule, ground, at=at, index="u" if rule == "farthest read" else "i"))
    for rule in ("smaller bound", "integer"):
        steps.append(take(steps[-1].after, rule, ground))
    steps.append(take(steps[-1].after, "count from 0", ground, name="H'"))
    work.add("How many windows there are", [*steps, take(steps[-1].after, "as a ceiling", ground)])
    return assembled(work, "how many windows there are", {"H'": "outputs"})


def _counted() -> Trial:
    """PyTorch's rule in plain words: the ceiling, less the last window where it would start in the padding after."""
    layers = 0
    for size, k, s, p in product(range(1, 9), range(1, 6), range(1, 6), range(3)):
        if 2 * p <= k <= size + 2 * p + s - 1:
            ceiling = -((k - size - 2 * p) // s)
            beyond = ceiling * s >= size + p
            if len(_windows(size, k, s, p)) != ceiling + (not beyond):
                raise ProofError(f"ceil mode at H={size}, k={k}, s={s}, p={p} has {_windows(size, k, s, p)}")
            layers += 1
    return Trial(
        "the ceiling, less the last window where it starts beyond the input: H ≤ 8, k, s ≤ 5", layers, "layers"
    )
