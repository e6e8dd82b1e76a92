"""Sizes of transposed convolutions: relationships 8 to 14 of Dumoulin & Visin, and which size leads back."""

from __future__ import annotations

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.misfits import beyond_full_padding, where_all_is_cropped
from convmath.book.windows import PAPER, assembled, check_alike, sized, slid, spread
from convmath.book.working import Working
from convmath.derive.extent import bounding_steps, tidied
from convmath.language.definition import Definition
from convmath.language.tree import Int
from convmath.proof.derivation import Derivation
from convmath.proof.reading import formula
from convmath.proof.step import take

UNSAID = "there the size is inferred from the equivalent convolution, here first from the transposed sum"


@theorem(
    title="The transpose of an unpadded convolution gives its k − 1 places back",
    chapter="Sizes",
    hypotheses=(),
    sources=(
        f"{PAPER}, relationship 8, with i' = H and o' = H'; that k ≤ i in the convolution is left unsaid, and is the "
        f"same as H ≥ 1; {UNSAID}",
    ),
    settings=("H", "k"),
    example={"H": 2, "k": 3},
)
def transposed_conv_adds_k_minus_1(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k ≥ 1, with stride 1 and no padding: the transposed convolution of H places, and the convolution of
    them with padding k − 1, both have H' = H + k − 1.
    """
    scattered = spread("Y[t] = w[u] * X[i] where t = i+u")
    return sized(theorem, numbers, scattered, slid("Y[i] = w[u] * X[i+u-(k-1)]", "k-1"))


def _past_the_kernel() -> str:
    """The smallest transposed convolution that no padding p' ≥ 0 gives."""
    size, kernel, padding = min(
        ((h, k, p) for h in range(1, 5) for k in range(1, 4) for p in range(4) if p >= k and h + k > 2 * p + 1),
        key=lambda case: (sum(case), case),
    )
    written = sorted({i + u for i in range(size) for u in range(kernel)})
    kept = written[padding : len(written) - padding]
    return (
        f"Counterexample (the smallest found): X = {[1] * size}, w = {[1] * kernel}, p = {padding}. The transposed "
        f"convolution has {len(kept)} output, but p' = k − 1 − p = {Int(kernel - padding - 1)}: "
        "there is no such convolution."
    )


def _cropped() -> Definition:
    return spread("Y[t] = w[u] * X[i] where t = i+u-p", "p")


@theorem(
    title="Padding of the convolution is cropped from the transposed one",
    chapter="Sizes",
    hypotheses=("p ≤ k − 1", "2·p ≤ H + k − 2"),
    sources=(f"{PAPER}, relationship 9, which leaves p ≤ k − 1 unsaid: else p' < 0; {UNSAID}",),
    settings=("H", "k", "p"),
    example={"H": 6, "k": 4, "p": 2},
    without={
        "p ≤ k − 1": Search("H ≤ 4, k ≤ 3, p ≤ 3", _past_the_kernel),
        "2·p ≤ H + k − 2": where_all_is_cropped(_cropped),
    },
)
def padding_crops_the_transpose(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k ≥ 1 and 0 ≤ p ≤ k − 1, with stride 1: the transpose of a convolution with padding p, applied to H
    places, and the convolution of them with padding p' = k − 1 − p, both have H' = H + k − 2·p − 1.
    """
    return sized(theorem, numbers, _cropped(), slid("Y[i] = w[u] * X[i+u-(k-1-p)]", "k-1-p"))


@theorem(
    title="The transpose of half padding keeps the size",
    chapter="Sizes",
    hypotheses=(),
    sources=(
        f"{PAPER}, relationship 10, with k = 2·n + 1 and p = n; it holds for every H ≥ 1, so nothing is left unsaid; "
        f"{UNSAID}",
    ),
    settings=("H", "n"),
    uses=("same-padding-exists-iff-the-span-is-odd",),
    example={"H": 5, "n": 1},
)
def transpose_of_half_padding_keeps_the_size(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H ≥ 1 and n ≥ 1, with stride 1: the transpose of a convolution with 2·n + 1 weights and padding n, and
    the convolution with the same padding, both have H' = H.
    """
    scattered = spread("Y[t] = w[u] * X[i] where t = i+u-n", "n", kernel="2*n+1")
    return sized(theorem, numbers, scattered, slid("Y[i] = w[u] * X[i+u-n]", "n", kernel="2*n+1"))


@theorem(
    title="The transpose of full padding is the convolution without padding",
    chapter="Sizes",
    hypotheses=("k ≤ H",),
    sources=(
        f"{PAPER}, relationship 11, which leaves k ≤ H unsaid: so it is where H is the size of an output of that "
        f"convolution; {UNSAID}",
    ),
    settings=("H", "k"),
    uses=("unpadded-conv-loses-k-minus-1-places",),
    example={"H": 7, "k": 3},
    without={"k ≤ H": Search("H and k up to 3", beyond_full_padding)},
)
def full_padding_transposed_loses_k_minus_1(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k ≥ 1 with k ≤ H, and stride 1: the transpose of a convolution with padding k − 1, and the convolution
    without padding, both have H' = H − k + 1.
    """
    scattered = spread("Y[t] = w[u] * X[i] where t = i+u-(k-1)", "k-1")
    return sized(theorem, numbers, scattered, slid("Y[i] = w[u] * X[i+u]"))


BOTH_WAYS = "how many places there are, written and in windows"
STRETCHED = "Y[t] = X[i] where t = s*i"
PLACES = {"E": "places of the stretched input", "H'": "outputs"}


def both_ways(theorem: Theorem, numbers: dict[str, int], scattered: Definition, gathered: Definition) -> Working:
    """The size of a transposed convolution, and of a convolution over the E places of its stretched input."""
    work = Working(theorem, numbers, (spread(STRETCHED), scattered, gathered), derived=("E",))
    work.extent("How long the input is with s − 1 zeros between its places", 0, 0, "E")
    work.extent("How many places the transposed sum writes", 1, 0, "H'")
    ground = work.ground(2)
    steps = bounding_steps(formula(gathered), "i", ground)
    steps.append(take(steps[-1].after, "put in", ground))
    steps.append(take(steps[-1].after, "count from 0", ground, name="H'"))
    work.add("How many windows fit on the stretched input", tidied(steps, ground), 2)
    check_alike(theorem, work.chains[1:])
    return work


@theorem(
    title="The transpose of a strided convolution: zeros between the places",
    chapter="Sizes",
    hypotheses=(),
    sources=(
        f"{PAPER}, relationship 12, whose input is a size with s ∣ i − k: then o' = i; that k ≤ i is left unsaid, and "
        f"is the same as H ≥ 1; {UNSAID}",
    ),
    settings=("H", "k", "s"),
    example={"H": 2, "k": 3, "s": 2},
)
def transpose_of_a_stride_spreads_its_input(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s ≥ 1: the transpose of an unpadded convolution of stride s, applied to H places, and the
    convolution of stride 1 with padding k − 1 over the E = s·(H − 1) + 1 places of the input with s − 1 zeros between
    its places, both have H' = s·(H − 1) + k.
    """
    scattered = spread("Y[t] = w[u] * X[i] where t = s*i+u")
    work = both_ways(theorem, numbers, scattered, slid("Y[i] = w[u] * X[i+u-(k-1)]", "k-1", "E"))
    return assembled(work, BOTH_WAYS, PLACES)


def _strided() -> Definition:
    return spread("Y[t] = w[u] * X[i] where t = s*i+u-p", "p")


PAST_THE_KERNEL = "p ≤ k − 1"
BEYOND = Search("H ≤ 4, k ≤ 3, p ≤ 3, at stride 1", _past_the_kernel)


@theorem(
    title="The transpose of a padded, strided convolution",
    chapter="Sizes",
    hypotheses=(PAST_THE_KERNEL, "2·p + 1 ≤ s·(H − 1) + k"),
    sources=(
        f"{PAPER}, relationship 13, whose input is a size with s ∣ i + 2·p − k: then o' = i; it leaves p ≤ k − 1 "
        f"unsaid: else p' < 0; {UNSAID}",
    ),
    settings=("H", "k", "s", "p"),
    uses=("transpose-of-a-stride-spreads-its-input",),
    example={"H": 3, "k": 3, "s": 2, "p": 1},
    without={PAST_THE_KERNEL: BEYOND, "2·p + 1 ≤ s·(H − 1) + k": where_all_is_cropped(_strided)},
)
def padding_crops_the_strided_transpose(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s ≥ 1 and 0 ≤ p ≤ k − 1: the transpose of a convolution of stride s and padding p, applied to H
    places, and the convolution of stride 1 with padding p' = k − 1 − p over the E = s·(H − 1) + 1 places of the
    stretched input, both have H' = s·(H − 1) + k − 2·p.
    """
    work = both_ways(theorem, numbers, _strided(), slid("Y[i] = w[u] * X[i+u-(k-1-p)]", "k-1-p", "E"))
    return assembled(work, BOTH_WAYS, PLACES)
