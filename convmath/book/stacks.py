"""Two layers, one after the other, have the sizes of one."""

from __future__ import annotations

from itertools import product

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.windows import assembled, check_alike, named, outputs, slid
from convmath.book.working import Working
from convmath.derive.extent import axis_steps, bounding_steps, extents
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.tidy import put
from convmath.language.tree import Int
from convmath.operators.declare import declare
from convmath.proof.derivation import Derivation, Trial
from convmath.proof.reading import formula
from convmath.proof.step import take

FIRST = "d_1·(k_1 − 1) + 1 ≤ H + p_1 + q_1"
WHOLE = "d_1·(k_1 − 1) + s_1·d_2·(k_2 − 1) + 1 ≤ H + p_1 + q_1 + s_1·(p_2 + q_2)"

STEM = {"k_1": 7, "s_1": 2, "p_1": 3, "q_1": 3, "d_1": 1, "k_2": 3, "s_2": 2, "p_2": 1, "q_2": 1, "d_2": 1}
"""A 7×7 convolution of stride 2 and a pooling of 3×3 with stride 2, along one axis: how a ResNet begins."""
SEARCHED = "H, k_1, k_2 ≤ 3, strides 1 and 2, paddings ≤ 2"


def _layers() -> tuple[Definition, ...]:
    """Two convolutions, and the window of X that one output of the second reads through the first."""
    shapes, pads = {"X": "H", "w": "k_1", "W": "k_2"}, {"X": "(p_1+s_1*p_2,q_1+s_1*q_2)"}
    through = "Y[i] = w[u] * W[v] * X[s_1*s_2*i + s_1*d_2*v + d_1*u - (p_1 + s_1*p_2)]"
    return (
        slid("Y[i] = w[u] * X[s_1*i+d_1*u-p_1]", "(p_1,q_1)", kernel="k_1"),
        slid("Y[i] = w[u] * X[s_2*i+d_2*u-p_2]", "(p_2,q_2)", "M", "k_2"),
        declare("through both", through, shapes, pads).general,
    )


@theorem(
    title="Two layers have the sizes of one convolution",
    chapter="Sizes",
    hypotheses=(FIRST, WHOLE),
    sources=(
        "Araujo, Norris & Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill (2019), "
        "“Single-path networks”, for the window, the stride and the padding of a stack; its size is not derived there",
    ),
    settings=("H", "k_1", "s_1", "p_1", "q_1", "d_1", "k_2", "s_2", "p_2", "q_2", "d_2"),
    uses=("dilation-widens-the-window",),
    example={"H": 224, **STEM},
    without={
        FIRST: Search(SEARCHED, lambda: unlike(first=False)),
        WHOLE: Search(SEARCHED, lambda: unlike(first=True)),
    },
)
def two_layers_have_the_sizes_of_one(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes with the hypotheses: the first layer has
    M = ⌊(H + q_1 + p_1 − d_1·(k_1 − 1) − 1) / s_1⌋ + 1 outputs; one output of the second, which slides over those M,
    spans R_H = s_1·d_2·(k_2 − 1) + d_1·(k_1 − 1) + 1 places of X; and the second has
    H' = ⌊(H + q_1 + p_1 + s_1·q_2 + s_1·p_2 − R_H) / (s_1·s_2)⌋ + 1 outputs: those of one convolution with a window of
    R_H places, stride s_1·s_2, and padding p_1 + s_1·p_2 before and q_1 + s_1·q_2 after. That
    one, as a first layer with k_1 = R_H and d_1 = 1, has the sizes of one with a third layer, and so on.
    """
    first, second, whole = _layers()
    work = Working(theorem, numbers, (first, second, whole), derived=("M",))
    work.extent("How many outputs the first layer has", 0, 0, "M")
    reach = work.span("R_H", 2).conclusion.right
    ground = work.ground(1)
    steps = bounding_steps(formula(second), "i", ground)
    for rule in ("put in", "nested floor"):
        steps.append(take(steps[-1].after, rule, ground))
    steps.append(take(steps[-1].after, "count from 0", ground, name="H'"))
    back = named(steps[-1].after.right, "R_H", reach)
    work.add("How many outputs the second has", [*steps, take(steps[-1].after, "put back", ground, right=back)], 1)
    ground = work.ground(2)
    steps = axis_steps(whole, 0, "H'", ground)
    steps.append(take(steps[-1].after, "put back", ground, right=back))
    work.add("How many windows fit that reach through both", steps, 2)
    check_alike(theorem, work.chains[2:])
    labels = {"M": "outputs of the first layer", "R_H": "places that one output spans", "H'": "outputs of the second"}
    return assembled(work, "the one convolution that has the same sizes", labels, (_counted(),))


def unlike(*, first: bool) -> str | None:
    """The smallest two layers whose size is another, where one of the two windows does not fit."""
    size = extents(_layers()[2])[0]
    boxes = product((1, 2, 3), (1, 2, 3), (1, 2, 3), (1, 2), (1, 2), (0, 1, 2), (0, 1, 2))
    for h, k, l, s, t, p, q in sorted(boxes, key=lambda box: (sum(box), box)):
        letters = {"H": h, "k_1": k, "k_2": l, "s_1": s, "s_2": t, "p_1": p, "p_2": q, "q_1": p, "q_2": q}
        said = put(size, {name: Int(value) for name, value in {**letters, "d_1": 1, "d_2": 1}.items()})
        fits = k <= h + 2 * p, k + s * (l - 1) <= h + 2 * p + 2 * s * q
        between = outputs(h, k, s, p)
        counted = outputs(between, l, t, q)
        if fits == (first, not first) and said != Int(counted):
            return (
                f"Counterexample (the smallest found): X = {[1] * h}, windows of k_1 = {k} and then k_2 = {l} places, "
                f"strides {s} and {t}, paddings {p} and {q}. Number of outputs of the first layer: {between}; of the "
                f"second, which slides over them and {2 * q} padded places: {counted}; of the one convolution: {said}."
            )
    return None


def _counted() -> Trial:
    """Windows of two layers counted one by one, and those of the one convolution."""
    layers = 0
    for h, k, l, s, t, d, p in product((5, 8), (1, 2, 3), (1, 3), (1, 2, 3), (1, 2, 3), (1, 2), (0, 1)):
        spans, between = max(d * u for u in range(k)) + 1, outputs(h, k, s, p, d, p + 1)
        through = spans + max(s * 2 * v for v in range(l))
        if spans <= h + 2 * p + 1 and through <= h + 2 * p + 1 + s * (2 * p + 1):
            if outputs(between, l, t, p + 1, 2, p) != outputs(h, through, s * t, p + s * (p + 1), 1, p + 1 + s * p):
                raise ProofError(f"H = {h}, kernels {k} and {l}, strides {s} and {t}, d = {d}, p = {p} is against it")
            layers += 1
    return Trial("windows of both layers counted one by one: kernels and strides ≤ 3", layers, "stacks")
