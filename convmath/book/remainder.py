"""Which sizes a strided convolution maps to one, and what output padding has to do with it."""

from __future__ import annotations

from itertools import product

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.misfits import no_such_inputs, where_all_is_cropped
from convmath.book.transposed import BEYOND, BOTH_WAYS, PAST_THE_KERNEL, PLACES, UNSAID, both_ways
from convmath.book.windows import PAPER, assembled, outputs, slid, spread, where_none_fits
from convmath.book.working import Working, move
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.tree import Sym
from convmath.proof.derivation import Derivation, Trial

LAYER = ("k", "s", "p", "q", "d")
SLID = "Y[i] = w[u] * X[s*i+d*u-p]"
WRITTEN = "Y[t] = w[u] * X[i] where t = s*i+d*u-p"
FITS = "d·(k − 1) + 1 ≤ L + p + q"
NO_WINDOW = where_none_fits(lambda: slid(SLID, "(p,q)", "L"))


def _longer() -> Definition:
    return spread("Y[t] = w[u] * X[i] where t = s*i+u-p", "(p,p-a)")


@theorem(
    title="Output padding adds places at the end",
    chapter="Sizes",
    hypotheses=(PAST_THE_KERNEL, "2·p + 1 ≤ s·(H − 1) + k + a"),
    sources=(
        f"{PAPER}, relationship 14, with a = (i + 2·p − k) mod s; the size holds for every a; it leaves p ≤ k − 1 "
        f"unsaid: else p' < 0; the caption of figure 4.7, its example, says “over a 2 × 2 input”, though i' = 3 there; "
        f"{UNSAID}",
    ),
    settings=("H", "k", "s", "p", "a"),
    uses=("padding-crops-the-strided-transpose",),
    example={"H": 3, "k": 3, "s": 2, "p": 1, "a": 1},
    without={PAST_THE_KERNEL: BEYOND, "2·p + 1 ≤ s·(H − 1) + k + a": where_all_is_cropped(_longer)},
)
def output_padding_adds_places_at_the_end(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s ≥ 1, 0 ≤ p ≤ k − 1 and a ≥ 0: the transpose of a convolution of stride s and padding p with
    output padding a, applied to H places, and the convolution of stride 1 over the E = s·(H − 1) + 1 places of the
    stretched input, padded by p' = k − 1 − p before and p' + a after, both have H' = s·(H − 1) + k − 2·p + a.
    """
    work = both_ways(theorem, numbers, _longer(), slid("Y[i] = w[u] * X[i+u-(k-1-p)]", "(k-1-p,k-1-p+a)", "E"))
    return assembled(work, BOTH_WAYS, PLACES)


@theorem(
    title="A convolution of stride s maps s consecutive sizes to one",
    chapter="Sizes",
    hypotheses=(FITS, "E ≥ 1"),
    sources=(
        f"{PAPER}, section 2.4, below relationship 6: the sizes i + a with a < s share an output size where s divides "
        "i + 2·p − k; that no other size does is left unsaid",
    ),
    settings=("L", "m", *LAYER),
    uses=("dilation-widens-the-window",),
    example={"L": 6, "m": 3, "k": 3, "s": 2, "p": 1, "q": 1, "d": 1},
    without={FITS: NO_WINDOW, "E ≥ 1": Search("k, s, m ≤ 2, p and q ≤ 1, d = 1", no_such_inputs)},
)
def conv_maps_s_consecutive_sizes_to_one(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all k, s, d, m ≥ 1 and p, q ≥ 0: let a convolution of L places have
    L' = ⌊(L + q + p − d·(k − 1) − 1) / s⌋ + 1 outputs, and let its transpose of m places have
    E = s·(m − 1) + d·(k − 1) − p − q + 1, with no output padding. Then L' = m ⟺ E ≤ L ≤ E + s − 1:
    exactly the s sizes E, E + 1, …, E + s − 1 are mapped to m.
    """
    work = Working(theorem, numbers, (slid(SLID, "(p,q)", "L"), spread(WRITTEN, "(p,q)", "m")))
    work.extent("How many outputs the convolution has", 0, 0, "L'")
    work.extent("How many places the transpose of m places has", 1, 0, "E")
    first = move("put back", at=0, left=Sym("E"))
    last = move("put back", at=1, right=Sym("E") + Sym("s") - 1)
    moves = move("put in"), move("undo the floor"), move("isolate", letter="L"), first, last
    work.chain("Which sizes L have m outputs", 0, move("ask when", left=Sym("m"), right=Sym("L'")), *moves)
    labels = {"L'": "outputs of the convolution", "E": "places of the transpose"}
    return assembled(work, "which sizes are mapped to m", labels)


def _lost() -> str | None:
    """The smallest size that a transposed convolution without output padding does not give back."""
    for size, stride, kernel in ((h, s, k) for h, s, k in product(range(1, 5), range(1, 4), range(1, 5)) if k <= h):
        outs = outputs(size, kernel, stride)
        back = max(stride * i + u for i in range(outs) for u in range(kernel)) + 1
        if back != size:
            return (
                f"Counterexample (the smallest found): X = {[1] * size}, k = {kernel}, s = {stride}, no padding. The "
                f"convolution has {outs} output, its transpose with a = 0 has {back}, and not {size}: the remainder "
                f"{size - kernel} mod {stride} is {(size - kernel) % stride}."
            )
    return None


@theorem(
    title="Output padding is the remainder that the stride leaves",
    chapter="Sizes",
    hypotheses=(FITS, "a = (L + p + q − d·(k − 1) − 1) mod s"),
    sources=(f"{PAPER}, relationship 14, which gives this a; that no other will do is left unsaid",),
    settings=("L", *LAYER, "a"),
    uses=("output-padding-adds-places-at-the-end", "conv-maps-s-consecutive-sizes-to-one"),
    example={"L": 6, "k": 3, "s": 2, "p": 1, "q": 1, "d": 1, "a": 1},
    without={
        FITS: NO_WINDOW,
        "a = (L + p + q − d·(k − 1) − 1) mod s": Search("L ≤ 4, s ≤ 3, k ≤ L, a = 0", _lost),
    },
)
def output_padding_is_the_remainder(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all L, k, s, d ≥ 1 and p, q, a ≥ 0 with d·(k − 1) + 1 ≤ L + p + q: a convolution of L places has
    H = ⌊(L + q + p − d·(k − 1) − 1) / s⌋ + 1 outputs, and its transpose of those H, with output padding a, has
    E = s·(H − 1) + d·(k − 1) − p − q + a + 1. The size comes back, E = L, exactly where r = s·⌊r/s⌋ + a with
    r = L + p + q − d·(k − 1) − 1: where a is the remainder r mod s.
    """
    work = Working(theorem, numbers, (slid(SLID, "(p,q)", "L"), spread(WRITTEN, "(p,q-a)")), derived=("H",))
    work.extent("How many outputs the convolution has", 0, 0, "H")
    work.extent("How many places its transpose has", 1, 0, "E")
    add = move("add", value=0 - Sym("d") * (Sym("k") - 1) - 1)
    moves = move("put in"), move("put in"), move("balance"), add
    work.chain("When the size comes back", 0, move("ask when", left=Sym("L"), right=Sym("E")), *moves)
    labels = {"H": "outputs of the convolution", "E": "places of the transpose"}
    return assembled(work, "when the size comes back", labels)


def _written() -> Definition:
    return spread(WRITTEN, "(p,q-a)")


@theorem(
    title="When a transposed convolution multiplies the size by its stride",
    chapter="Sizes",
    hypotheses=("1 ≤ s·(H − 1) + d·(k − 1) − p − q + a + 1",),
    sources=("PyTorch, ConvTranspose2d, “Shape”; stated there for given numbers only",),
    settings=("H", *LAYER, "a"),
    uses=("output-padding-adds-places-at-the-end",),
    example={"H": 14, "k": 4, "s": 2, "p": 1, "q": 1, "d": 1, "a": 0},
    without={"1 ≤ s·(H − 1) + d·(k − 1) − p − q + a + 1": where_all_is_cropped(_written)},
)
def transposed_conv_multiplies_the_size_by_s_iff(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s, d ≥ 1 and p, q, a ≥ 0: H' = s·(H − 1) + d·(k − 1) − p − q + a + 1, and H' = s·H, for one H and
    so for every H, ⟺ d·(k − 1) − p − q + a + 1 = s. With s = 2 this is when the size doubles.
    """
    work = Working(theorem, numbers, (_written(),))
    work.extent("How many places the transpose has", 0, 0, "H'")
    add = move("add", value=0 - Sym("s") * (Sym("H") - 1) - Sym("p") - Sym("q"))
    moves = move("put in"), move("balance"), add, move("arithmetic")
    work.chain("When it is s times the size", 0, move("ask when", left=Sym("s") * Sym("H"), right=Sym("H'")), *moves)
    return assembled(work, "when the size is multiplied by s", {"H'": "outputs"}, (_multiplied(),))


def _multiplied() -> Trial:
    """Places written one by one, for every small layer."""
    layers = 0
    for size, kernel, stride, left in product(range(1, 6), range(1, 6), (1, 2, 3), (-2, -1, 0, 1)):
        written = max(stride * i + u for i in range(size) for u in range(kernel)) + 1 + left
        if (written == stride * size) != (kernel + left == stride):
            raise ProofError(f"H = {size}, k = {kernel}, s = {stride}, a − p − q = {left} is against it")
        layers += 1
    return Trial("places written one by one: H, k ≤ 5, s ≤ 3, a − p − q from −2 to 1", layers, "layers")
