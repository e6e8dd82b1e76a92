"""What an activation adds: a layer with ReLU that no affine map equals."""

from __future__ import annotations

from convmath.book.entries import Search, Theorem, theorem
from convmath.book.witnesses import one_by_one
from convmath.book.working import Working, move
from convmath.language.around import Around
from convmath.language.functions import Function
from convmath.language.parse import parse_size
from convmath.language.tree import Int, Relation, Sym
from convmath.operators.activations import relu
from convmath.operators.declare import declare
from convmath.proof.derivation import Derivation

PIXELS = {"P": 1, "M": -1, "Z": 0}
"""Three pixels of one channel, by the names of what the layer makes of them."""


def _affine() -> str | None:
    """A weight with which the layer is affine."""
    for w in (0, 1, -1):
        found = [int(relu((1, 1, 1))(one_by_one([[[x]]], [[w]])).item()) for x in (1, -1, 0)]
        if found[0] + found[1] == 2 * found[2]:
            return (
                f"Counterexample (the smallest found): w = {w}. The pixels 1, −1 and 0 give {found[0]}, {found[1]} and "
                f"{found[2]}: the layer is the constant map 0, which is affine."
            )
    return None


@theorem(
    title="A 1×1 convolution with ReLU is not affine where its weight is not 0",
    chapter="The 1×1 convolution",
    hypotheses=("w ≥ 1",),
    sources=("Lin, Chen & Yan, Network in Network (2014), section 3.1, in words",),
    settings=("N", "w"),
    example={"N": 1, "w": 1},
    uses=("pointwise-relu-is-a-per-pixel-layer", "bottleneck-bounds-rank"),
    without={"w ≥ 1": Search("w = 0, 1 and −1", _affine)},
)
def pointwise_with_relu_is_not_affine(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For every weight w ≥ 1 of an output for one channel (a negative one with −x for x): relu(w·x) is w at 1, 0 at −1
    and 0 at 0. An affine map has the same sum at 1 and −1 as twice at 0, and here D = w more. So the layer is no
    affine map; with w = 0 it is one. Other activations, and a bias, are not covered.
    """
    layer = declare("layer", "Y[n] = w*X[n,0]", {"X": "N,1"}, {}, around=Around(result=Function("relu"))).general
    work = Working(theorem, numbers, (layer,), (Relation(Sym("w"), "≥", Int(1)),))
    for name, x in PIXELS.items():
        read = move("read at an input", array="X", entries=(("0", Int(x)),), name=name)
        work.chain(f"What the layer makes of the pixel {Int(x)}", 0, read, move("relu of a number"))
    words = "what an affine map would have as 0"
    read = move("read a quantity", name="D", value=parse_size("P+M-2*Z"), words=words)
    work.chain("How far it is from an affine map", 0, read, move("put in"), move("arithmetic"))
    names = {name: f"at {Int(x)}" for name, x in PIXELS.items()}
    return work.derivation("how far the layer is from an affine map", work.lines(**names, D="difference"))
