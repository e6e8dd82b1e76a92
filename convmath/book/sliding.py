"""A network slid over a larger input, and the same network on crops of it."""

from __future__ import annotations

from functools import cache, partial
from itertools import product
from typing import Any

import numpy as np

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.working import Working, move, stated
from convmath.errors import ProofError
from convmath.operators.conv import conv1d
from convmath.proof.derivation import Derivation, Trial

INNER = "s_2*(R-1)+k_2"
"""How many places of the first layer the last one needs for one output."""
CROP = f"s_1*({INNER}-1)+k_1"
"""How many places of the input the network needs for one output."""
WHOLE = "s_1*(s_2*(Q+R-2)+k_2-1)+k_1"
"""An input on which the network has Q outputs, and no place is left over."""


def network(x: Any, w: Any, v: Any, s: int, p: int) -> Any:
    """A convolution of stride ``s``, padded by ``p``, and a fully connected layer as a convolution."""
    return conv1d(1, 1, v.shape[-1], bias=False)(conv1d(1, 1, w.shape[-1], s, p, bias=False)(x, w), v)


def _padded() -> str | None:
    """The smallest input on which a network that pads inside gives something else than on a crop."""
    for size, last in product(range(1, 5), range(1, 4)):
        w, v = np.ones((1, 1, 3), np.int64), np.ones((1, 1, last), np.int64)
        x = np.ones((1, 1, size), np.int64)
        for start in range(size - last + 1):
            whole = network(x, w, v, 1, 1)[0, 0]
            crop = network(x[..., start : start + last], w, v, 1, 1)[0, 0]
            if whole[start] != crop[0]:
                return (
                    f"Counterexample (the smallest found): X = {x[0, 0].tolist()}, W = {w[0, 0].tolist()} with p = 1 "
                    f"and s = 1, then V = {v[0, 0].tolist()} on all that is left. Slid over X the network gives "
                    f"{whole.tolist()}; on the crop {x[0, 0, start : start + last].tolist()}, which starts at "
                    f"{start}, it gives {crop.tolist()}: where the whole reads a neighbour, the crop reads a 0."
                )
    return None


def _cropped() -> Trial:
    """Networks of three layers on random integers, whole and crop by crop."""
    random, held, make = np.random.default_rng(2015), 0, cache(partial(conv1d, bias=False))
    for k, l, s, t, r in product((1, 3), (2, 3), (1, 2), (1, 2), (1, 2)):
        x = random.integers(-9, 10, (1, 2, 24))
        w, u, v = (random.integers(-9, 10, shape) for shape in ((3, 2, k), (2, 3, l), (2, 2, r)))
        span = s * (t * (r - 1) + l - 1) + k
        layers = make(2, 3, k, s), make(3, 2, l, t), make(2, 2, r)
        whole, parts = x, np.concatenate([x[..., at : at + span] for at in range(0, 24 - span + 1, s * t)])
        for layer, weight in zip(layers, (w, u, v), strict=True):
            whole, parts = layer(whole, weight), layer(parts, weight)
        if not np.array_equal(whole[0].T, parts[:, :, 0]):
            raise ProofError(f"k_1 = {k}, k_2 = {l}, s_1 = {s}, s_2 = {t}, R = {r} are against it")
        held += 1
    return Trial("three layers on random integers, whole and crop by crop", held, "networks")


@theorem(
    title="A network slid over a larger input is the network on every crop of it",
    chapter="The 1×1 convolution",
    hypotheses=("p = 0 inside",),
    sources=("Long, Shelhamer & Darrell, Fully Convolutional Networks (2015), section 3.1, in words, without p = 0",),
    settings=("N", "C", "F", "G", "O", "Q", "R", "k_1", "s_1", "k_2", "s_2"),
    uses=("fully-connected-is-conv",),
    example={"N": 1, "C": 3, "F": 64, "G": 128, "O": 10, "Q": 4, "R": 7, "k_1": 3, "s_1": 2, "k_2": 3, "s_2": 2},
    without={"p = 0 inside": Search("k = 3 and p = 1 inside, a last layer of 1 to 3 places", _padded)},
)
def sliding_is_cropping(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, along one axis: two convolutions without padding, of strides s_1 and s_2, and a fully connected
    layer that takes all G·R entries after them, as a convolution. Slid over an input on which it has Q outputs, it
    gives at t what the network gives on the crop that starts at s_1·s_2·t: cropping at the product of the strides.
    """
    last, second, first, flat = (
        stated("Y[n,o,t] = V[o,g,h]*T[n,g,t+h]", {"V": "O,G,R", "T": "N,G,Q+R-1"}, inputs=("T",)),
        stated("T[n,g,j] = U[g,f,v]*Z[n,f,s_2*j+v]", {"U": "G,F,k_2", "Z": "N,F,s_2*(Q+R-2)+k_2"}, inputs=("Z",)),
        stated("Z[n,f,i] = W[f,c,u]*X[n,c,s_1*i+u]", {"W": "F,C,k_1", "X": f"N,C,{WHOLE}"}),
        stated(
            "Y[n,o,t] = V[o,g,h]*U[g,f,v]*W[f,c,u]*X[n,c,s_1*(s_2*(t+h)+v)+u]",
            {"V": "O,G,R", "U": "G,F,k_2", "W": "F,C,k_1", "X": f"N,C,{WHOLE}"},
        ),
    )
    cut = stated("K[n,t,c,x] = X[n,c,s_1*s_2*t+x]", {"X": f"N,C,{WHOLE}"}, t="Q", x=CROP)
    one = stated("A[n,t,f,i] = W[f,c,u]*K[n,t,c,s_1*i+u]", {"W": "F,C,k_1", "K": f"N,Q,C,{CROP}"}, inputs=("K",))
    two = stated("B[n,t,g,j] = U[g,f,v]*A[n,t,f,s_2*j+v]", {"U": "G,F,k_2", "A": f"N,Q,F,{INNER}"}, inputs=("A",))
    linear = stated("Y[n,o,t] = V[o,g,h]*B[n,t,g,h]", {"V": "O,G,R", "B": "N,Q,G,R"}, inputs=("B",))
    work = Working(theorem, numbers, (last, second, first, flat, linear, two, one, cut))
    work.extent("How many outputs the network has on the larger input", 0, 2, "L'")
    inside = [move("insert", number=n) for n in (2, 3)]
    tidy = move("multiply out"), move("one sum")
    same = move("recognise", number=4, words="all layers in one sum")
    work.chain("The network on the larger input, rewritten", 0, *inside, *tidy, same)
    inside = [move("insert", number=n) for n in (6, 7, 8)]
    work.chain("The network on the crops, rewritten", 4, *inside, *tidy, same)
    return work.derivation("what the network gives at every position", work.lines(**{"L'": "outputs"}), (_cropped(),))
