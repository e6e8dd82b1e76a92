"""Sizes of convolutions and of pooling: relationships 1 to 7 and 15 of Dumoulin & Visin."""

from __future__ import annotations

from itertools import product

from convmath.book.entries import Theorem, theorem
from convmath.book.windows import PAPER, assembled, named, outputs, sized, slid, where_none_fits
from convmath.book.working import Working, move
from convmath.derive.extent import axis_steps
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.tree import Int, Sym
from convmath.proof.derivation import Derivation, Trial
from convmath.proof.step import take


def _unpadded() -> Definition:
    return slid("Y[i] = w[u] * X[i+u]")


@theorem(
    title="Without padding, a window of k places loses k − 1 of them",
    chapter="Sizes",
    hypotheses=("k ≤ H",),
    sources=(f"{PAPER}, relationship 1, which leaves k ≤ H unsaid",),
    settings=("H", "k"),
    example={"H": 4, "k": 3},
    without={"k ≤ H": where_none_fits(_unpadded)},
)
def unpadded_conv_loses_k_minus_1_places(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k ≥ 1 with k ≤ H, stride 1 and no padding: H' = H − k + 1."""
    return sized(theorem, numbers, _unpadded())


def _padded() -> Definition:
    return slid("Y[i] = w[u] * X[i+u-p]", "p")


@theorem(
    title="Padding by p on both sides adds 2·p outputs",
    chapter="Sizes",
    hypotheses=("k ≤ H + 2·p",),
    sources=(f"{PAPER}, relationship 2, which leaves k ≤ H + 2·p unsaid",),
    settings=("H", "k", "p"),
    example={"H": 5, "k": 4, "p": 2},
    without={"k ≤ H + 2·p": where_none_fits(_padded)},
)
def padding_adds_2p_outputs(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k ≥ 1 and p ≥ 0 with k ≤ H + 2·p, and stride 1: H' = H + 2·p − k + 1."""
    return sized(theorem, numbers, _padded())


def _dilated() -> Definition:
    return slid("Y[i] = w[u] * X[i+d*u-p]", "p")


@theorem(
    title="At stride 1 a padding keeps the size exactly where the window spans 2·p + 1 places",
    chapter="Sizes",
    hypotheses=("d·(k − 1) + 1 ≤ H + 2·p",),
    sources=(
        f"{PAPER}, relationship 3: its k = 2·n + 1 and p = n are enough; that no other p will do, and none where "
        "the window spans an even number of places, is left unsaid",
    ),
    settings=("H", "k", "p", "d"),
    example={"H": 5, "k": 3, "p": 1, "d": 1},
    without={"d·(k − 1) + 1 ≤ H + 2·p": where_none_fits(_dilated)},
)
def same_padding_exists_iff_the_span_is_odd(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, d ≥ 1 and p ≥ 0, at stride 1: H' = H + 2·p − d·(k − 1), and one output spans
    R_H = d·(k − 1) + 1 places. So H' = H ⟺ 2·p + 1 = R_H: such a p exists exactly where the span is odd, and it is
    half of what the span has beside its middle. With d = 1 the span is k.
    """
    work = Working(theorem, numbers, (_dilated(),))
    work.add("How many outputs there are", axis_steps(_dilated(), 0, "H'", work.ground()))
    work.span("R_H")
    back = move("put back", right=Sym("R_H"))
    moves = move("put in"), move("balance"), move("add", value=Int(1)), back
    work.chain("When the size is kept", 0, move("ask when", left=Sym("H"), right=Sym("H'")), *moves)
    labels = {"H'": "outputs", "R_H": "places that one output spans"}
    return assembled(work, "when the size is kept", labels, (_kept(),))


def _kept() -> Trial:
    """Windows counted one by one: the sizes that are kept, and those that are not."""
    box = list(product(range(1, 9), range(1, 7), range(1, 4), range(5)))
    for size, kernel, dilation, padding in box:
        span = max(dilation * u for u in range(kernel)) + 1
        if span <= size + 2 * padding and (outputs(size, kernel, 1, padding, dilation) == size) != (
            span == 2 * padding + 1
        ):
            raise ProofError(f"H = {size}, k = {kernel}, d = {dilation}, p = {padding} is against it")
    return Trial("windows counted one by one: H ≤ 8, k ≤ 6, d ≤ 3, p ≤ 4", len(box), "layers")


def _full() -> Definition:
    return slid("Y[i] = w[u] * X[i+u-(k-1)]", "k-1")


@theorem(
    title="Padding by k − 1 adds k − 1 outputs",
    chapter="Sizes",
    hypotheses=(),
    sources=(f"{PAPER}, relationship 4; k ≤ H + 2·(k − 1) holds for every H ≥ 1, so nothing is left unsaid",),
    settings=("H", "k"),
    example={"H": 5, "k": 3},
)
def full_padding_adds_k_minus_1_outputs(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k ≥ 1, with stride 1 and padding k − 1 on both sides: H' = H + k − 1."""
    return sized(theorem, numbers, _full())


def _strided() -> Definition:
    return slid("Y[i] = w[u] * X[s*i+u]")


@theorem(
    title="A stride s keeps one window in s",
    chapter="Sizes",
    hypotheses=("k ≤ H",),
    sources=(f"{PAPER}, relationship 5, which leaves k ≤ H unsaid",),
    settings=("H", "k", "s"),
    example={"H": 5, "k": 3, "s": 2},
    without={"k ≤ H": where_none_fits(_strided)},
)
def stride_keeps_one_window_in_s(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s ≥ 1 with k ≤ H, and no padding: H' = ⌊(H − k) / s⌋ + 1."""
    return sized(theorem, numbers, _strided())


def _general() -> Definition:
    return slid("Y[i] = w[u] * X[s*i+u-p]", "p")


@theorem(
    title="The size of the output of a convolution",
    chapter="Sizes",
    hypotheses=("k ≤ H + 2·p",),
    sources=(f"{PAPER}, relationship 6, which leaves k ≤ H + 2·p unsaid",),
    settings=("H", "k", "s", "p"),
    example={"H": 6, "k": 3, "s": 2, "p": 1},
    without={"k ≤ H + 2·p": where_none_fits(_general)},
)
def conv_size_is_one_floor(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s ≥ 1 and p ≥ 0 with k ≤ H + 2·p: H' = ⌊(H + 2·p − k) / s⌋ + 1."""
    return sized(theorem, numbers, _general())


def _pools() -> tuple[Definition, ...]:
    return slid("Y[i] = X[s*i+u]", reduce="max"), slid("Y[i] = X[s*i+u]", reduce="mean"), _strided()


@theorem(
    title="Pooling has the size of a convolution without padding",
    chapter="Sizes",
    hypotheses=("k ≤ H",),
    sources=(
        f"{PAPER}, relationship 7, which leaves k ≤ H unsaid; chapter 3 adds that pooling involves no zero padding, "
        "which the layers of frameworks do",
    ),
    settings=("H", "k", "s"),
    uses=("stride-keeps-one-window-in-s",),
    example={"H": 5, "k": 3, "s": 1},
    without={"k ≤ H": where_none_fits(lambda: _pools()[0])},
)
def pooling_has_the_size_of_an_unpadded_conv(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s ≥ 1 with k ≤ H, the maximum, the mean and the weighted sum of windows of k places, a stride s
    apart, are equally many: H' = ⌊(H − k) / s⌋ + 1.
    """
    return sized(theorem, numbers, *_pools())


def _wide() -> Definition:
    return slid("Y[i] = w[u] * X[s*i+d*u-p]", "p")


@theorem(
    title="A dilated window counts as wide as it spans",
    chapter="Sizes",
    hypotheses=("d·(k − 1) + 1 ≤ H + 2·p",),
    sources=(
        f"{PAPER}, relationship 15, written there with k + (k − 1)·(d − 1), which is the span; it leaves unsaid "
        "that the span must be at most H + 2·p",
    ),
    settings=("H", "k", "s", "p", "d"),
    uses=("conv-size-is-one-floor",),
    example={"H": 7, "k": 3, "s": 1, "p": 0, "d": 2},
    without={"d·(k − 1) + 1 ≤ H + 2·p": where_none_fits(_wide)},
)
def dilation_widens_the_window(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s, d ≥ 1 and p ≥ 0 with d·(k − 1) + 1 ≤ H + 2·p: one output spans R_H = d·(k − 1) + 1 places, and
    H' = ⌊(H + 2·p − R_H) / s⌋ + 1, as if the kernel had R_H weights.
    """
    work = Working(theorem, numbers, (_wide(),))
    reach = work.span("R_H").conclusion.right
    ground = work.ground()
    steps = axis_steps(_wide(), 0, "H'", ground)
    shown = named(steps[-1].after.right, "R_H", reach)
    work.add("How many outputs there are", [*steps, take(steps[-1].after, "put back", ground, right=shown)])
    labels = {"R_H": "places that one output spans", "H'": "outputs"}
    return assembled(work, "how many outputs there are", labels)
