"""Padding that is asked for by a word."""

from __future__ import annotations

from itertools import product

from convmath.book.entries import Theorem, TheoremClaim, theorem
from convmath.conventions.windows import Window
from convmath.derive.extent import axis_steps, tidied
from convmath.errors import ProofError
from convmath.language.definition import Definition
from convmath.language.tree import Ceil, Int, Ratio, Relation, Sym
from convmath.operators.declare import declare
from convmath.proof.chain import Chain
from convmath.proof.derivation import Derivation, Line, Trial
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.step import Step, take

WINDOWS = Ceil(Ratio(Sym("H"), Sym("s")))
LETTERS = ("H", "k", "s", "d")


@theorem(
    title="SAME padding makes room for ⌈H/s⌉ windows",
    chapter="Sizes",
    hypotheses=(),
    sources=("TensorFlow, tf.nn.convolution, “SAME”; ONNX Conv, auto_pad=SAME_UPPER",),
    settings=LETTERS,
    example={"H": 28, "k": 4, "s": 3, "d": 1},
)
def same_padding_makes_ceil_h_over_s_windows(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all H, k, s, d ≥ 1: SAME asks for ⌈H/s⌉ windows and pads as few places P as make room for them, ⌊P/2⌋ of
    them before and the rest after. Then exactly ⌈H/s⌉ windows fit. P depends on H, so the same layer pads differently
    on inputs of other sizes; H and H + s places it pads alike, which is tried here, so that H mod s is what counts.
    """
    definitions = _definitions()
    assumed = tuple(Relation(Sym(letter), "≥", Int(1)) for letter in LETTERS)
    chains = _chains(definitions, assumed)
    return Derivation(
        title=theorem.title,
        find="how much is padded, and how many windows fit",
        claim=TheoremClaim(theorem.slug, tuple(numbers.items())),
        definitions=definitions,
        assumptions=assumed,
        chains=chains,
        lines=_lines(chains),
        values={name: Int(value) for name, value in numbers.items()},
        trials=(_counted(),),
        source="; ".join(theorem.sources),
        single=False,
        statement=theorem.statement,
    )


def _definitions() -> tuple[Definition, Definition]:
    """A window over X with its padding, and the places that m windows reach."""
    pads = {"X": "(floor(P/2),P-floor(P/2))"}
    padded = declare("SAME", "Y[i] = w[u]*X[s*i+d*u-floor(P/2)]", {"X": "H", "w": "k"}, pads)
    reached = declare("reach", "Y[t] = X[i] where t = s*i+d*u", {"X": "m"}, {}, ranges={"u": "k"})
    return padded.general, reached.general


def _chains(definitions: tuple[Definition, Definition], assumed: tuple[Relation, ...]) -> tuple[Chain, ...]:
    padded, reached = definitions
    chains: list[Chain] = []

    def ground(subject: Definition) -> Ground:
        found = tuple((str(chain.conclusion.left), chain.conclusion.right) for chain in chains)
        return Ground((subject, *definitions), assumed, found)

    asked = take(formula(padded), "read SAME", ground(padded), name="m", size="H", stride="s")
    chains.append(Chain("How many windows SAME asks for", (asked,)))
    reach = axis_steps(reached, 0, "E", ground(reached))
    chains.append(Chain("How many places m windows reach", tuple(reach), subject=1))
    chains.append(Chain("How many places have to be padded", tuple(_missing(ground(padded)))))
    chains.append(Chain("How many windows fit then", tuple(_fitting(ground(padded)))))
    return tuple(chains)


def _missing(ground: Ground) -> list[Step]:
    steps = [take(formula(ground.definition), "read what is missing", ground, index="x", size="H", reach="E")]
    return [*steps, take(steps[-1].after, "count from 0, or none", ground, name="P")]


def _fitting(ground: Ground) -> list[Step]:
    steps = [take(formula(ground.definition), "read the bounds", ground, index="i")]

    def then(rule: str, **arguments: str | int) -> None:
        steps.append(take(steps[-1].after, rule, ground, **arguments))

    then("always holds", at=0)
    then("farthest read", at=0, index="u")
    then("gather", at=0, index="i")
    then("divide", at=0, index="i")
    then("integer", at=0)
    for _ in ("P", "E", "m"):
        then("put in")
    steps.append(take(steps[-1].after, "the floor between", ground, value=WINDOWS - 1))
    then("count from 0", name="H'")
    return tidied(steps, ground)


def _lines(chains: tuple[Chain, ...]) -> tuple[Line, ...]:
    asked, reach, padding, fitting = ((str(c.conclusion.left), c.conclusion.right) for c in chains)
    return (
        Line(*asked[:1], "windows", asked[1]),
        Line(*reach[:1], "places reached", reach[1], (asked,)),
        Line(*padding[:1], "padded places", padding[1], (asked, reach)),
        Line(*fitting[:1], "windows that fit", fitting[1]),
    )


def _counted() -> Trial:
    """Windows counted one by one, on every small layer; with a place less, one window less fits."""
    layers = 0
    for size, kernel, stride, dilation in product(range(1, 13), range(1, 6), range(1, 5), (1, 2, 3)):
        window = Window(kernel, stride, dilation).same(size)
        last = max(dilation * tap for tap in range(kernel))
        ends = range(last - window.before, size + window.after, stride)
        if window != Window(kernel, stride, dilation).same(size + stride):
            raise ProofError(f"SAME pads {size} and {size + stride} places differently: k={kernel}, s={stride}")
        if len(ends) != -(-size // stride):
            raise ProofError(f"SAME at H={size}, k={kernel}, s={stride}, d={dilation}: {len(ends)} windows fit")
        layers += 1
    return Trial(
        "the windows of SAME counted one by one, H and H + s padded alike: H ≤ 12, k ≤ 5, s ≤ 4, d ≤ 3",
        layers,
        "layers",
    )
