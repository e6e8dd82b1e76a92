"""What people say about 1×1 convolutions, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from convmath.book import witnesses

Verdict = Literal["proved", "refuted", "true when", "not a mathematical claim"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A claim, its verdict and what that rests on.

    Attributes:
        number: its place among the claims.
        claim: what people say.
        verdict: ``proved``, ``refuted``, ``true when`` or ``not a mathematical claim``.
        why: the verdict in a sentence or two.
        when: the exact condition, where the verdict is ``true when``.
        theorems: slugs of the theorems that it rests on.
        witness: computes arrays or counts that a person can check; None where there are none.
        measure: what would have to be measured, where mathematics cannot say.
    """

    number: int
    claim: str
    verdict: Verdict
    why: str
    when: str = ""
    theorems: tuple[str, ...] = ()
    witness: Callable[[], str] | None = None
    measure: str = ""

    @property
    def example(self) -> str:
        """The witness, computed now; "" where there is none."""
        return self.witness() if self.witness else ""

    def __str__(self) -> str:
        parts = {
            "": self.why,
            "When: ": self.when,
            "Example: ": self.example,
            "To be measured: ": self.measure,
            "Rests on: ": ", ".join(self.theorems),
        }
        rows = [f"{name}{text}" for name, text in parts.items() if text]
        return "\n".join([f"{self.number}. {self.claim}", f"{self.verdict}.", *rows])


def claims() -> Mapping[int, Judgement]:
    """The fourteen claims by number, each with its verdict."""
    return MappingProxyType({judgement.number: judgement for judgement in CLAIMS})


CLAIMS = (
    Judgement(
        1,
        "It can reduce, keep or expand the number of channels.",
        "proved",
        "There are as many output channels as filters, whatever the input has.",
        theorems=("pointwise-reduces-iff-fewer-filters",),
        witness=witnesses.channel_counts,
    ),
    Judgement(
        2,
        "It reduces computation and parameters in the layers that follow.",
        "true when",
        "The next layer needs r/C of its multiply-adds and weights, so it gets cheaper where r < C. "
        "The 1×1 has a cost of its own, and both together have to stay below the layer alone.",
        when="1×1 from C to r channels, then k×k to O channels on the same grid: r·(C + k²·O) < k²·C·O",
        theorems=("bottleneck-saves-iff", "pointwise-cost", "pointwise-parameters"),
        witness=witnesses.cheaper_and_not,
    ),
    Judgement(
        3,
        "It works on each input channel independently.",
        "refuted",
        "Every output channel reads every input channel: ∂Y[o,x]/∂X[c,x] = W[o,c].",
        theorems=("pointwise-mixes-channels-not-pixels",),
        witness=witnesses.channels_meet,
    ),
    Judgement(
        4,
        "It ignores relations between spatial positions.",
        "proved",
        "An output at x reads the input at x only, and exchanging pixels before or after is the same.",
        theorems=("pointwise-mixes-channels-not-pixels", "pointwise-is-translation-equivariant"),
        witness=witnesses.pixels_exchanged,
    ),
    Judgement(
        5,
        "It mixes information across channels; each output channel is a weighted sum of input channels.",
        "proved",
        "At every pixel y = W·x + b. Row o of W holds the weights of output channel o.",
        theorems=("pointwise-conv-is-per-pixel-linear", "pointwise-mixes-channels-not-pixels"),
        witness=witnesses.weighted_sums,
    ),
    Judgement(
        6,
        "With an activation it adds non-linearity.",
        "true when",
        "Alone it is affine, and two in a row are one. With an activation f that is not affine, the layer is not "
        "affine either: a row of W that is not 0 reaches every number, so f is met everywhere.",
        when="W ≠ 0 and f is not of the form f(x) = a·x + c",
        theorems=("pointwise-with-relu-is-not-affine", "pointwise-relu-is-a-per-pixel-layer", "bottleneck-bounds-rank"),
        witness=witnesses.not_additive,
    ),
    Judgement(
        7,
        "With as many filters as channels it is no more than a ReLU.",
        "refuted",
        "A ReLU sees one channel at a time. A 1×1 before it compares channels, which no elementwise function can.",
        theorems=("relu-alone-cannot-compare-channels",),
        witness=witnesses.channels_compared,
    ),
    Judgement(
        8,
        "It lets a network grow deeper at little cost (against a k×k layer: 1/k² of the cost).",
        "true when",
        "A k×k kernel has k² taps for every pair of channels, a 1×1 has one. The biases are as many in both. How much "
        "“little” is depends on what can be spent.",
        when="channels in · filters · output pixels is the same number for both layers, as where both map the same C "
        "channels to the same O on one grid",
        theorems=("wide-conv-costs-k-squared-times-a-pointwise", "pointwise-cost", "pointwise-parameters"),
        witness=witnesses.kernel_costs,
    ),
    Judgement(
        9,
        "It reduces the size of the grid.",
        "refuted",
        "With stride 1 and no padding every pixel stays. A stride reduces the grid, with any kernel.",
        theorems=("pointwise-reduces-iff-fewer-filters", "pointwise-conv-is-per-pixel-linear"),
        witness=witnesses.grids,
    ),
    Judgement(
        10,
        "It emphasises or ignores single pixels by their position.",
        "refuted",
        "The same W and b serve every pixel: equal pixels are mapped to equal pixels, wherever they are.",
        theorems=("pointwise-is-translation-equivariant", "pointwise-conv-is-per-pixel-linear"),
        witness=witnesses.even_pixels,
    ),
    Judgement(
        11,
        "It acts as a regulariser and prevents overfitting.",
        "not a mathematical claim",
        "What is proved is a number of weights and a bound of the rank. What a network then does on data that it has "
        "not seen depends on the data and on how it is trained.",
        theorems=("pointwise-parameters", "bottleneck-bounds-rank"),
        measure="train the network with the 1×1 layers, without them, and with other layers of as many weights, on the "
        "same data and from several seeds; compare the error on data that was held out with the error in training",
    ),
    Judgement(
        12,
        "It is no different in kind from a 3×3: it only cannot aggregate neighbours.",
        "proved",
        "Both are a sum over channels and taps with the same weights at every place. A 1×1 is the 3×3 with padding 1 "
        "whose eight outer weights are 0, and what those read is what it lacks.",
        theorems=("pointwise-is-a-larger-conv-with-one-weight", "pointwise-mixes-channels-not-pixels"),
        witness=witnesses.ring_of_zeros,
    ),
    Judgement(
        13,
        "A network that halves resolution and doubles channels keeps activations' volume halving.",
        "true when",
        "With two axes, a quarter of the pixels with twice the channels is half the entries. A layer that keeps the "
        "channels costs as many multiply-adds as before, and has four times the weights. With one axis the entries "
        "stay as many, with three they fall to a quarter.",
        when="two spatial axes, 2 | H and 2 | W; an odd size is rounded",
        theorems=("half-the-grid-and-twice-the-channels-halve-the-volume",),
        witness=witnesses.halved_and_doubled,
    ),
    Judgement(
        14,
        "Each channel of the picture is convolved with its own slice, then the results are added.",
        "proved",
        "The sum over channels and taps is the sum over channels of the sums over taps, for every kernel size.",
        theorems=("conv-is-sum-over-channels",),
        witness=witnesses.slices_added,
    ),
)
