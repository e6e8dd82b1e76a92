"""Gradients of ReLU and of maximum pooling: which entries they reach."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.gradients import CHAPTER
from convmath.book.pixels import RELU
from convmath.book.raised import changes, some
from convmath.book.roles import collect, collected
from convmath.book.working import Working, move, stated
from convmath.errors import ProofError
from convmath.language.parse import parse_size
from convmath.language.tree import Relation, Sym
from convmath.operators.declare import declare
from convmath.operators.pool import max_pool1d
from convmath.proof.derivation import Derivation, Trial

POINTS = {"A": "x", "B": "x+t", "C": "x-t", "D": "-x", "E": "t-x", "F": "-x-t", "U": "0", "V": "t", "W": "-t"}
"""What stands under relu, by the name of what it gives: around x, around −x and around 0."""
SLOPES = {
    "R_1": ("(B-A)/t", "to the right of x"),
    "L_1": ("(A-C)/t", "to the left of x"),
    "R_2": ("(E-D)/t", "to the right of −x"),
    "L_2": ("(D-F)/t", "to the left of −x"),
    "R_3": ("(V-U)/t", "to the right of 0"),
    "L_3": ("(U-W)/t", "to the left of 0"),
}
ONCE = "the maximum of each window is attained once"


def kinked() -> str | None:
    """The smallest integer at which the slopes to the two sides differ."""
    for x in sorted(range(-3, 4), key=abs):
        below, here, above = (int(np.maximum(x + step, 0)) for step in (-1, 0, 1))
        if above - here != here - below:
            return (
                f"Counterexample (the smallest found): x = {x}. relu is {below}, {here} and {above} at {x - 1}, {x} "
                f"and {x + 1}: it gains {above - here} to the right and {here - below} from the left, so there is no "
                "slope. PyTorch takes 0 there."
            )
    return None


@theorem(
    title="ReLU lets the gradient through where its input is positive",
    chapter=CHAPTER,
    hypotheses=("x ≠ 0",),
    sources=("Nair & Hinton, Rectified Linear Units (2010), for the function; that x = 0 has no slope is unsaid",),
    settings=("x", "t"),
    example={"x": 3, "t": 2},
    without={"x ≠ 0": Search("the integers from −3 to 3", kinked)},
)
def relu_gates_the_gradient(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every x > 0 and every step t from 1 to x: relu gains 1 for each 1, to the right of x and to the left, and 0
    to both sides of −x. So ∂L/∂X is G where X > 0 and 0 where X < 0. At 0 the two slopes are 1 and 0: there is no
    gradient. Integers are enough, since relu(c·x) = c·relu(x) for every c > 0.
    """
    layer = declare("relu", "Y[n] = X[n,0]", {"X": "N,1"}, {}, around=RELU).general
    within = Relation(Sym("x"), "≥", parse_size("1")), Relation(Sym("t"), "≥", parse_size("1"))
    work = Working(theorem, numbers, (layer,), (*within, Relation(Sym("t"), "≤", Sym("x"))))
    for name, text in POINTS.items():
        read = move("read at an input", array="X", entries=(("0", parse_size(text)),), name=name)
        work.chain(f"What relu gives at {parse_size(text)}", 0, read, move("relu of a number"))
    for name, (text, words) in SLOPES.items():
        read = move("read a quantity", name=name, value=parse_size(text), words=f"the slope {words}")
        last = move("arithmetic") if name in ("R_2", "L_2", "L_3") else move("cancel", by=Sym("t"))
        work.chain(f"The slope {words}", 0, read, move("put in"), last)
    return work.derivation("the slope of relu", work.lines(**{name: words for name, (_, words) in SLOPES.items()}))


def tied() -> str | None:
    """Two equal entries in one window: raised and lowered, each gives another slope."""
    pool = max_pool1d(2)
    for a, b in product((0, 1), repeat=2):
        x = np.array([[[a, b]]])
        up, down = (changes(pool, {"X": x}, "X", np.array([[[1]]]), step)[0, 0].tolist() for step in (1, -1))
        if up != down:
            return (
                f"Counterexample (the smallest found): X = {[a, b]}, one window of k = 2, G = 1. One entry raised by 1 "
                f"gives the slopes {up}, lowered by 1 {down}: they differ, so X has no gradient there. PyTorch hands "
                "G to the first of the places."
            )
    return None


@theorem(
    title="Maximum pooling hands the gradient to the place of the maximum",
    chapter=CHAPTER,
    hypotheses=(ONCE,),
    sources=("Zeiler & Fergus, Visualizing and Understanding Convolutional Networks (2014), section 2.1: switches",),
    settings=("N", "C", "L", "H", "k", "s", "p", "d"),
    example={"N": 1, "C": 64, "L": 112, "H": 56, "k": 3, "s": 2, "p": 1, "d": 1},
    uses=("input-gradient-of-a-conv-is-a-transposed-conv",),
    without={ONCE: Search("windows of two entries, 0 and 1", tied)},
)
def max_pooling_hands_the_gradient_to_the_maximum(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with B[n,c,i,u] = 1 where the maximum of window i stands at its place u, and 0 at its other
    places: Y is the sum of B·X over each window, and B stays as it is as long as no entry moves by as much as the
    maximum lies above the next. There ∂L/∂X is the sum of the G of those windows whose maximum stands at x; none
    stands in the padding, which counts as −∞. That B stays is not put into steps: it is tried.
    """
    shapes, pads = {"B": "N,C,H,k", "X": "N,C,L"}, {"X": "0,0,p"}
    layer = stated("Y[n,c,i] = B[n,c,i,u]*X[n,c,s*i+d*u-p]", shapes, pads, ("B", "X"), i="H")
    text, shapes = "dX[m,e,x] = B[m,e,i,u]*G[m,e,i] where x = s*i+d*u-p", {"B": "N,C,H,k", "G": "N,C,H"}
    back = stated(text, shapes, {}, ("B", "G"), x="L")
    work = Working(theorem, numbers, (layer, collected(layer, "X", "m,e,x"), back))
    collect(work, "The gradient, rewritten", "X", "n c", 3, "G, added into the place of each maximum")
    work.count("How many entries of B are gone through", 2, "multiply-adds", "M")
    return work.derivation("what ∂L/∂X is", work.lines(M="entries of B"), (switched(),))


def switched() -> Trial:
    """G handed to the maxima, against entries raised and lowered by 1, where maxima lie at least 2 above the rest.

    Raises:
        ProofError: they differ.
    """
    entries = 0
    for length, k, s, d in product((5, 6), (2, 3), (1, 2), (1, 2)):
        pool, x = max_pool1d(k, s, k // 2, d), 2 * some(1, 1, length)
        y = pool(x)
        g = some(*y.shape) + 1
        for step in (1, -1):
            if not np.array_equal(handed(x, y, g, (k, s, d)), changes(pool, {"X": x}, "X", g, step)):
                raise ProofError(f"k = {k}, s = {s}, d = {d}, X = {x.tolist()} is against it")
        entries += 2 * x.size
    return Trial("entries raised and lowered by 1, where each maximum lies 2 above the rest", entries, "entries")


def handed(x: Any, y: Any, g: Any, layer: tuple[int, int, int]) -> Any:
    """G added into the place of each maximum, one place at a time."""
    (k, s, d), found = layer, np.zeros_like(x)
    for i, u in product(range(y.shape[2]), range(k)):
        place = s * i + d * u - k // 2
        if 0 <= place < x.shape[2] and x[0, 0, place] == y[0, 0, i]:
            found[0, 0, place] += g[0, 0, i]
    return found
