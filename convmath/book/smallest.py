"""The smallest input of a stack: at least one output in every layer."""

from __future__ import annotations

from itertools import product
from random import Random

from convmath.book.counted import STACKS, as_one, sizes
from convmath.book.entries import Search, Theorem, theorem
from convmath.book.semigroup import ARAUJO, LETTERS, claimed, padded, quantity, through
from convmath.book.working import Working
from convmath.derive.extent import bounding_steps
from convmath.errors import ParseError, ProofError
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.tree import Int, Relation, Sym
from convmath.operators.declare import declare
from convmath.proof.derivation import Derivation, Trial
from convmath.proof.reading import formula
from convmath.proof.step import Step, take

MOST = 4
"""How many layers: that one bound follows from another is certified by as many assumptions."""
NARROW = "p + q < d·(k − 1) + 1 in every layer"


def _layer(number: int) -> Definition:
    """Layer ``number``, with a letter of its own for its taps."""
    n, size = number, f"M_{number - 1}" if number > 1 else "H"
    text = f"Y[i] = w[u_{n}]*X[s_{n}*i+d_{n}*u_{n}-p_{n}]"
    return declare("layer", text, {"X": size, "w": f"k_{n}"}, {"X": f"(p_{n},q_{n})"}).general


def _narrow(number: int) -> Relation:
    n = number
    return Relation(parse_size(f"p_{n}+q_{n}"), "≤", parse_size(f"d_{n}*(k_{n}-1)"))


def _none() -> str | None:
    """The smallest two layers that have outputs on other inputs than the theorem says."""
    layers = list(product((1, 2, 3), (1, 2), (0, 1, 2)))
    boxes = list(product((1, 2, 3), product(layers, repeat=2)))
    for h, two in sorted(boxes, key=lambda box: (box[0] + sum(map(sum, box[1])), box)):
        stack = [(k, s, p, p, 1) for k, s, p in two]
        found = sizes(h, stack)[1:]
        if (0 not in found) != (as_one(h, stack) > 0):
            shown = "; then ".join(f"k = {k}, s = {s}, p = {p}" for k, s, p in two)
            return (
                f"Counterexample (the smallest found): X = {[1] * h}; {shown}. Outputs of the layers: "
                f"{found[0]} and {found[1]}, though a window through both fits {as_one(h, stack)} times."
            )
    return None


@theorem(
    title="The smallest input of a stack",
    chapter="Sizes",
    hypotheses=(NARROW,),
    sources=(ARAUJO + "; nor is its smallest input",),
    settings=("layers", *LETTERS[:20]),
    uses=("floors-of-layers-compose", "deep-stack-has-the-sizes-of-one"),
    example={"k_1": 11, "s_1": 4, "p_1": 2, "q_1": 2, "d_1": 1, "k_2": 3, "s_2": 2, "p_2": 0, "q_2": 0, "d_2": 1}
    | {"k_3": 5, "s_3": 1, "p_3": 2, "q_3": 1, "d_3": 1},
    without={NARROW: Search("two layers, k ≤ 3, strides 1 and 2, paddings ≤ 2", _none)},
)
def smallest_input_of_a_stack(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For as many layers as are given (1 to 4; 3 where nothing is said), with p + q < d·(k − 1) + 1 in each: every
    layer has an output ⟺ R_0 − P_0 − Q_0 ≤ H. So the smallest input is E = R_0 − P_0 − Q_0, where R_0 is what one
    output of the stack spans, and P_0, Q_0 is what it pads. Where the last layer has an output, all have: this needs
    the hypothesis in the layers after the first; in the first it says that E ≥ 1.
    """
    depth = numbers.get("layers", 3)
    if not 1 <= depth <= MOST:
        raise ParseError(f"{theorem.slug}: layers is {depth}; it must be 1 … {MOST}")
    every = range(1, depth + 1)
    derived = ("H", *(f"M_{n}" for n in every))
    assumed = (Relation(Sym("H"), "≥", Int(1)), *map(_narrow, every))
    known = {name: value for name, value in numbers.items() if name != "layers"}
    work = Working(theorem, known, (*map(_layer, every), through(depth)), assumed, derived)
    for letter, side in (("p", "before"), ("q", "after")):
        quantity(work, f"{letter.upper()}_0", padded(letter, depth), f"the padding of the stack {side} its input")
    work.span("R_0", depth)
    for n in every[:-1]:
        ground = work.ground(n - 1)
        found = bounding_steps(formula(ground.definition), "i", ground)
        found.append(take(found[-1].after, "count from 0, or none", ground, name=f"M_{n}"))
        work.add(f"How many outputs layer {n} has, if any", found, n - 1)
    work.add("When every layer has an output", _asked(work, depth))
    quantity(work, "E", "R_0-P_0-Q_0", "the smallest such H", "put in", "arithmetic")
    names = {"P_0": "padding before", "Q_0": "padding after", "R_0": "places that one output spans", "E": "smallest H"}
    made = work.derivation("the inputs on which every layer has an output", work.lines(**names), (_counted(),))
    return claimed(made, numbers)


def _asked(work: Working, depth: int) -> list[Step]:
    """From the first windows of all layers to one bound of H, the last layer first."""
    ground, sizes = work.ground(), ["H", *(f"M_{n}" for n in range(1, depth))]
    numbers = " ".join(map(str, range(1, depth + 1)))
    steps = [take(formula(ground.definition), "read the first windows", ground, numbers=numbers)]

    def move(rule: str, **arguments: str | int) -> None:
        steps.append(take(steps[-1].after, rule, ground, **arguments))

    for at, size in enumerate(sizes):
        move("always holds", at=at)
        move("farthest read", at=at, index=f"u_{at + 1}")
        move("isolate", at=at, letter=size)
    for at in range(depth - 1, 0, -1):
        move("put in", only=sizes[at])
        for rule in ("above none", "below a floor"):
            move(rule, at=at)
        move("isolate", at=at, letter=sizes[at - 1])
        move("follows", at=at - 1)
    return [*steps, take(steps[-1].after, "put back", ground, left=parse_size("R_0-P_0-Q_0"))]


def _counted() -> Trial:
    """Stacks drawn by chance: the inputs up to 30 on which every layer has an output, one by one."""
    random, held = Random(1), 0
    while held < STACKS:
        pick = random.randint
        stack = [(pick(1, 5), pick(1, 3), pick(0, 2), pick(0, 2), pick(1, 2)) for _ in range(pick(1, 4))]
        if all(p + q < max(d * u for u in range(k)) + 1 for k, _, p, q, d in stack):
            for h in range(1, 31):
                if (0 not in sizes(h, stack)) != (as_one(h, stack) > 0):
                    raise ProofError(f"H = {h} and (k, s, p, q, d) = {stack} are against it")
            held += 1
    return Trial("up to 4 layers counted window by window, on every input up to 30", held, "stacks")
