"""Sizes repeat: what floors say after one period, and finite checks that are proofs."""

from __future__ import annotations

from itertools import product

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.semigroup import layer, room
from convmath.book.unpadded import DOWN, EVEN, counted_down, lost_below, way_down
from convmath.book.windows import outputs, slid
from convmath.book.working import Working, move
from convmath.derive.extent import axis_steps, bounding_steps
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.tree import Int, Relation, Sym
from convmath.operators.declare import declare
from convmath.proof.derivation import Derivation, Trial
from convmath.proof.reading import formula
from convmath.proof.step import take

UNSTATED = "No publication is known that states it; it follows from ⌊(r + c·e)/c⌋ = ⌊r/c⌋ + e for integers e"
WINDOW = "d·(k − 1) + 1 ≤ H + p + q"


def _short() -> str | None:
    """The smallest input on which no window fits, and the longer one with more outputs than it should have."""
    for h, k, s, m in sorted(product((1, 2), (2, 3, 4), (1, 2), (1, 2)), key=lambda box: (sum(box), box)):
        here, there = outputs(h, k, s), outputs(h + s * m, k, s)
        if k > h and there != here + m:
            return (
                f"Counterexample (the smallest found): X = {[1] * h}, a window of k = {k} places, s = {s}, no padding: "
                f"{here} outputs. With {s}·{m} places more there are {there}, and not {here + m}."
            )
    return None


@theorem(
    title="A stride more of places is one output more",
    chapter="Sizes",
    hypotheses=(WINDOW,),
    sources=(UNSTATED,),
    settings=("H", "m", "k", "s", "p", "q", "d"),
    uses=("dilation-widens-the-window",),
    example={"H": 224, "m": 3, "k": 7, "s": 2, "p": 3, "q": 3, "d": 1},
    without={WINDOW: Search("H ≤ 2, k ≤ 4, s ≤ 2, m ≤ 2, no padding", _short)},
)
def layer_repeats_after_its_stride(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes with the hypothesis, and every m ≥ 1: where H places give H' outputs, H + s·m places give H' + m.
    So a layer that is known on s sizes in a row is known on all that follow.
    """
    text, pads = "Y[i] = w[u]*X[s*i+d*u-p]", "(p,q)"
    work = Working(theorem, numbers, (slid(text, pads), slid(text, pads, "H+s*m")))
    work.extent("How many outputs H places give", 0, 0, "H'")
    ground = work.ground(1)
    steps = axis_steps(work.definitions[1], 0, "K", ground)
    steps.append(take(steps[-1].after, "out of the floor", ground, value=Sym("m")))
    steps.append(take(steps[-1].after, "put back", ground, right=parse_size("H'+m")))
    work.add("How many outputs H + s·m places give", steps, 1)
    return work.derivation("how the size grows", work.lines(**{"H'": "of H places"}, K="of H + s·m places"))


LETTERS = tuple(f"{name}_{n}" for n in (1, 2) for name in "kspqd")
BOTH = "both windows fit"


def _both_short() -> str | None:
    """The smallest two layers of which one has no output, and a longer input."""
    box = product((1, 2, 3), (1, 2, 3), (1, 2, 3), (1, 2), (1, 2))
    for h, k, l, s, t in sorted(box, key=lambda item: (sum(item), item)):
        here, there = (outputs(outputs(size, k, s), l, t) for size in (h, h + s * t))
        if there != here + 1:
            return (
                f"Counterexample (the smallest found): X = {[1] * h}, windows of {k} and then {l} places, strides {s} "
                f"and {t}, no padding: {here} outputs. With {s}·{t} places more there are {there}, and not {here + 1}."
            )
    return None


@theorem(
    title="A stack repeats after the product of its strides",
    chapter="Sizes",
    hypotheses=(BOTH,),
    sources=(UNSTATED,),
    settings=("H", "m", *LETTERS),
    uses=("layer-repeats-after-its-stride", "floors-of-layers-compose"),
    example={"H": 224, "m": 2, "k_1": 7, "s_1": 2, "p_1": 3, "q_1": 3, "d_1": 1, "k_2": 3, "s_2": 2, "p_2": 1}
    | {"q_2": 1, "d_2": 1},
    without={BOTH: Search("H and both windows up to 3, strides up to 2, no padding", _both_short)},
)
def stack_repeats_after_the_product_of_its_strides(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes of two layers whose windows fit, and every m ≥ 1: where H places give H' outputs of the second,
    H + s_1·s_2·m places give H' + m. Two layers are one (floors-of-layers-compose), so this holds for every depth,
    with the product of all strides.
    """
    longer = slid("Y[i] = w[u]*X[s_1*i+d_1*u-p_1]", "(p_1,q_1)", "H+s_1*s_2*m", "k_1")
    definitions = (layer(1, "H"), layer(2, "M"), longer, layer(2, "N"))
    work = Working(theorem, numbers, definitions, (room(1), room(2)), ("M", "N"))
    for subject, name, inner, heading in ((0, "H'", "M", "H places"), (2, "K", "N", "H + s_1·s_2·m places")):
        work.extent(f"How many outputs the first layer has of {heading}", subject, 0, inner)
        ground = work.ground(subject + 1)
        steps = bounding_steps(formula(ground.definition), "i", ground)
        steps.append(take(steps[-1].after, "put in", ground, only=inner))
        steps.append(take(steps[-1].after, "nested floor", ground))
        steps.append(take(steps[-1].after, "count from 0", ground, name=name))
        if name == "K":
            steps.append(take(steps[-1].after, "out of the floor", ground, value=Sym("m")))
            steps.append(take(steps[-1].after, "put back", ground, right=parse_size("H'+m")))
        work.add(f"How many outputs the second layer has of {heading}", steps, subject + 1)
    lines = work.lines(**{"H'": "of H places"}, K="of H + s_1·s_2·m places")
    return work.derivation("how the size grows", lines)


def _stem(k: str, p: str, size: str, *, pool: bool = False) -> Definition:
    """A layer of stride 2, its numbers put in."""
    pads = {"X": f"({p},{p})"}
    if pool:
        text = f"Y[i] = X[2*i+u-{p}]"
        return declare("pool", text, {"X": size}, pads, reduce="max", ranges={"u": k}).definition
    return declare("conv", f"Y[i] = w[u]*X[2*i+u-{p}]", {"X": size, "w": k}, pads).definition


def _thinner() -> str | None:
    """The smallest input on which the stem, padded by 2 and not by 3, has another size."""
    for size in range(3, 12):
        found = outputs(outputs(size, 7, 2, 2), 3, 2, 1)
        if found != -(-size // 4):
            return (
                f"Counterexample (the smallest found): X = {[1] * size}, p = 2. The convolution has "
                f"{outputs(size, 7, 2, 2)} outputs and the pooling {found}; a quarter, rounded up, is {-(-size // 4)}."
            )
    return None


@theorem(
    title="The stem of a ResNet leaves a quarter, rounded up",
    chapter="Sizes",
    hypotheses=("p = 3 in the convolution",),
    sources=("He et al., Deep Residual Learning for Image Recognition (2016), table 1, which gives 56 of 224 only",),
    settings=("H",),
    uses=("stack-repeats-after-the-product-of-its-strides",),
    example={"H": 225},
    without={"p = 3 in the convolution": Search("p = 2, inputs from 3 to 11", _thinner)},
)
def resnet_stem_leaves_a_quarter_rounded_up(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every H ≥ 1: a 7×7 convolution of stride 2 and padding 3, and then 3×3 pooling of stride 2 and padding 1,
    give H' = ⌈H/4⌉. Both sides grow by 1 when H grows by 4, the product of the strides, and agree on the first four
    sizes: so they agree on all. This finite check is a proof.
    """
    least = Relation(Sym("H"), "≥", Int(1))
    work = Working(theorem, numbers, (_stem("7", "3", "H"), _stem("3", "1", "M", pool=True)), (least,), ("M",))
    work.extent("How many places the convolution leaves", 0, 0, "M")
    ground = work.ground(1)
    steps = bounding_steps(formula(ground.definition), "i", ground)
    steps.append(take(steps[-1].after, "put in", ground))
    steps.append(take(steps[-1].after, "count from 0", ground, name="H'"))
    steps.append(take(steps[-1].after, "agree on one period", ground, right=parse_size("ceil(H/4)")))
    work.add("How many places the pooling leaves", steps, 1)
    lines = work.lines(M="after the convolution", **{"H'": "after the pooling"})
    return work.derivation("what is left of H places", lines, (_quarters(),))


def _quarters() -> Trial:
    """Inputs up to 64, window by window."""
    for size in range(1, 65):
        if outputs(outputs(size, 7, 2, 3), 3, 2, 1) != -(-size // 4):
            raise ProofError(f"H = {size} is against it")
    return Trial("windows counted one by one on every input up to 64", 64, "sizes")


@theorem(
    title="One period of sizes decides where the original U-Net fits",
    chapter="Sizes",
    hypotheses=("H ≥ 76",),
    sources=(UNSTATED,),
    settings=("H",),
    uses=("stack-repeats-after-the-product-of-its-strides", "original-u-net-pools-even-sizes-iff"),
    example={"H": 572},
    without={"H ≥ 76": Search("H up to 75", lost_below)},
)
def one_period_decides_where_the_u_net_fits(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every H ≥ 76: whether all four poolings of the original U-Net are of an even size repeats when H grows by
    16, since both sides of every equation then grow alike. The sizes of one period, each tried, decide for all: it is
    so exactly where 16 divides H − 12. The steps of original-u-net-pools-even-sizes-iff find the same.
    """
    work = way_down(theorem, numbers)
    work.chain("When every pooling is of an even size", 0, *EVEN, move("one period decides"))
    return work.derivation("the sizes at which no place is lost", work.lines(**DOWN), (counted_down(),))
