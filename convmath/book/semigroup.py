"""Layers are floors of shifted sizes, and compose: a stack of any depth has the sizes of one convolution."""

from __future__ import annotations

from dataclasses import replace

from convmath.book.counted import counted, none_fits
from convmath.book.entries import Search, Theorem, TheoremClaim, theorem
from convmath.book.stacks import FIRST, SEARCHED, STEM, WHOLE, unlike
from convmath.book.windows import assembled, check_alike, slid
from convmath.book.working import Working, move
from convmath.derive.extent import axis_steps, bounding_steps, tidied
from convmath.errors import ParseError
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.language.tree import Expr, Floor, Int, Ratio, Relation, Sym
from convmath.operators.declare import declare
from convmath.proof.derivation import Derivation, Line
from convmath.proof.reading import formula
from convmath.proof.step import Step, take

ARAUJO = (
    "Araujo, Norris & Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill (2019), “Single-path "
    "networks”, for the window, the stride and the padding of a stack; its size is not derived there"
)
FITS = "every window fits in what it slides over"
DEEPEST = 8
LETTERS = tuple(f"{name}_{n}" for n in range(1, DEEPEST + 1) for name in "kspqd")


def layer(number: int, size: str) -> Definition:
    """Layer ``number`` of a stack, over so many places."""
    n = number
    return slid(f"Y[i] = w[u]*X[s_{n}*i+d_{n}*u-p_{n}]", f"(p_{n},q_{n})", size, f"k_{n}")


def shift(number: int) -> str:
    """What the layer adds to a size before it divides by its stride."""
    n = number
    return f"p_{n}+q_{n}-d_{n}*(k_{n}-1)-1+s_{n}"


def steps(upto: int) -> str:
    """The product of the strides of the first layers."""
    return "*".join(f"s_{n}" for n in range(1, upto + 1)) or "1"


def padded(letter: str, depth: int) -> str:
    """The padding before (p) or after (q) that the stack has on its input."""
    return "+".join(f"{steps(n - 1)}*{letter}_{n}" if n > 1 else f"{letter}_1" for n in range(1, depth + 1))


def room(depth: int) -> Relation:
    """The first ``depth`` layers, as one window, fit in the padded input."""
    span = "+".join(f"{steps(n - 1)}*d_{n}*(k_{n}-1)".removeprefix("1*") for n in range(1, depth + 1))
    return Relation(parse_size(f"{span}+1"), "≤", parse_size(f"H+{padded('p', depth)}+{padded('q', depth)}"))


def claimed(made: Derivation, numbers: dict[str, int]) -> Derivation:
    """The derivation with every number in its claim, such as how many layers there are, which is no letter's value."""
    assert isinstance(made.claim, TheoremClaim)
    return replace(made, claim=TheoremClaim(made.claim.slug, tuple(numbers.items())))


def quantity(work: Working, name: str, value: str, words: str, *moves: str) -> None:
    """A chain that names ``value``, and works it out."""
    read = move("read a quantity", name=name, value=parse_size(value), words=words)
    work.chain(f"{name}: {words}", 0, read, *(move(rule) for rule in moves))


def over(top: str, bottom: str) -> Expr:
    """A floor, in shorter names."""
    return Floor(Ratio(parse_size(top), parse_size(bottom)))


def first_size(work: Working) -> str:
    """The first layer's size as one floor, and what stands in it."""
    ground = work.ground()
    found = axis_steps(work.definitions[0], 0, "M_1", ground)
    found.append(take(found[-1].after, "into the floor", ground))
    found.append(take(found[-1].after, "put back", ground, right=over("H+A_1", "s_1")))
    work.add("How many outputs the first layer has", found)
    return "H+A_1"


def next_size(work: Working, number: int, shifts: str, back: Expr, name: str) -> None:
    """The size of a later layer: that of the one before put in, two floors made one, the same written shorter."""
    ground, subject = work.ground(number - 1), work.definitions[number - 1]
    found: list[Step] = bounding_steps(formula(subject), "i", ground)
    for rule, more in (("put in", f"M_{number - 1}"), ("nested floor", ""), ("put in", shifts)):
        found.append(take(found[-1].after, rule, ground, **({"only": more} if more else {})))
    found.append(take(found[-1].after, "count from 0", ground, name=name))
    if isinstance(back, Floor):
        found.append(take(found[-1].after, "into the floor", ground))
    found.append(take(found[-1].after, "put back", ground, right=back))
    work.add(f"How many outputs layer {number} has", found, number - 1)


@theorem(
    title="Two layers in a row: what they add and divide by composes",
    chapter="Sizes",
    hypotheses=(FIRST, WHOLE),
    sources=(ARAUJO,),
    settings=("H", *LETTERS[:10]),
    uses=("dilation-widens-the-window", "two-layers-have-the-sizes-of-one"),
    example={"H": 224, **STEM},
    without={
        FIRST: Search(SEARCHED, lambda: unlike(first=False)),
        WHOLE: Search(SEARCHED, lambda: unlike(first=True)),
    },
)
def floors_of_layers_compose(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes with the hypotheses: a layer is a pair (A, s) of what it adds and what it divides by. The first
    has A_1 = p_1 + q_1 − d_1·(k_1 − 1) − 1 + s_1 and M_1 = ⌊(H + A_1) / s_1⌋ outputs. The second has
    A_2 = p_2 + q_2 − d_2·(k_2 − 1) − 1 + s_2, and slides over those M_1: it has
    H' = ⌊(H + A_1 + s_1·A_2) / (s_1·s_2)⌋ outputs. So (A_1, s_1) and then (A_2, s_2) is the one layer
    (A_1 + s_1·A_2, s_1·s_2).
    """
    work = Working(theorem, numbers, (layer(1, "H"), layer(2, "M_1")), (room(1), room(2)), derived=("M_1",))
    for n in (1, 2):
        quantity(work, f"A_{n}", shift(n), ADDS.format(n))
    first_size(work)
    next_size(work, 2, "A_1", over("H+A_1+s_1*A_2", "s_1*s_2"), "H'")
    names = {f"A_{n}": f"what layer {n} adds" for n in (1, 2)}
    outs = {"M_1": "outputs of the first layer", "H'": "outputs of the second"}
    return assembled(work, "the one layer that two layers are", names | outs, (counted(2),))


@theorem(
    title="It does not matter which of three layers are taken together first",
    chapter="Sizes",
    hypotheses=(),
    sources=("The law of floors-of-layers-compose, three times; no publication is known that states it",),
    settings=LETTERS[:15],
    uses=("floors-of-layers-compose",),
    example={**STEM, "k_3": 3, "s_3": 2, "p_3": 1, "q_3": 1, "d_3": 1},
)
def composing_layers_is_associative(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, with A_n = p_n + q_n − d_n·(k_n − 1) − 1 + s_n and the law
    (A, s)·(B, t) = (A + s·B, s·t) of layers in a row: the first two and then the third, or the first and then the
    last two, are the same pair, with A_0 = A_1 + s_1·A_2 + s_1·s_2·A_3 and S_0 = s_1·s_2·s_3. So layers form a
    semigroup, and a stack of any depth is one pair.
    """
    layers = (layer(1, "H"), layer(2, "M_1"), layer(3, "M_2"))
    work = Working(theorem, numbers, layers, (Relation(Sym("H"), "≥", Int(1)),), derived=("H", "M_1", "M_2"))
    for n in (1, 2, 3):
        quantity(work, f"A_{n}", shift(n), ADDS.format(n))
    quantity(work, "B", "A_1+s_1*A_2", "what the first two add together")
    quantity(work, "T", "s_1*s_2", "what the first two divide by")
    joined(work, "A_0", "B+T*A_3", "what all three add, the first two taken together", "B T")
    joined(work, "S_0", "T*s_3", "what all three divide by, the first two taken together", "T")
    quantity(work, "C", "A_2+s_2*A_3", "what the last two add together")
    quantity(work, "U", "s_2*s_3", "what the last two divide by")
    joined(work, "A_0", "A_1+s_1*C", "what all three add, the last two taken together", "C")
    joined(work, "S_0", "s_1*U", "what all three divide by, the last two taken together", "U")
    for name in ("A_0", "S_0"):
        check_alike(theorem, [chain for chain in work.chains if str(chain.conclusion.left) == name])
    names = {"A_0": "what all three add", "S_0": "what all three divide by"}
    return work.derivation(", ".join(names.values()), once(work.lines(**names)), (counted(3),))


def once(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines without those that say again what another said."""
    return tuple({line.name: line for line in reversed(lines)}.values())[::-1]


ADDS = "what layer {0} adds to a size before it divides by s_{0}"


def joined(work: Working, name: str, value: str, words: str, used: str) -> None:
    """A chain that names ``value``, puts in what was ``used``, and multiplies out."""
    ground = work.ground()
    read = take(formula(ground.definition), "read a quantity", ground, name=name, value=parse_size(value), words=words)
    found = [read, take(read.after, "put in", ground, only=used)]
    if used == "C":
        found.append(take(found[-1].after, "multiply out", ground))
    work.add(f"{name}: {words}", tidied(found, ground))


@theorem(
    title="A stack of any depth has the sizes of one convolution",
    chapter="Sizes",
    hypotheses=(FITS,),
    sources=(ARAUJO,),
    settings=("layers", "H", *LETTERS),
    uses=("floors-of-layers-compose", "composing-layers-is-associative"),
    example={"H": 224, **STEM, "k_3": 3, "s_3": 1, "p_3": 1, "q_3": 1, "d_3": 1},
    without={FITS: Search("three layers, H, k ≤ 3, strides 1 and 2, paddings ≤ 1", lambda: none_fits(through(3)))},
)
def deep_stack_has_the_sizes_of_one(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes, and for as many layers as are given (2 to 8; 3 where nothing is said), each with its k, s, d, p
    and q: folded one layer at a time, the last has H' = ⌊(H + P_0 + Q_0 − R_0) / S_0⌋ + 1 outputs, those of one
    convolution. S_0 is the product of the strides; R_0 is 1 and the sum over the layers of d·(k − 1) times the strides
    before it; P_0 and Q_0 are the sums of p and of q times the strides before.
    """
    depth = numbers.get("layers", 3)
    if not 2 <= depth <= DEEPEST:
        raise ParseError(f"{theorem.slug}: layers is {depth}; it must be 2 … {DEEPEST}")
    work = stack(theorem, {name: value for name, value in numbers.items() if name != "layers"}, depth)
    back = over("H+P_0+Q_0-R_0", "S_0") + 1
    sums = first_size(work)
    for n in range(2, depth):
        sums += f"+{steps(n - 1)}*A_{n}"
        next_size(work, n, _shifts(n), over(sums, steps(n)), f"M_{n}")
    next_size(work, depth, _shifts(depth), back, "H'")
    ground = work.ground(depth + 1)
    found = bounding_steps(formula(ground.definition), "i", ground)
    found.append(take(found[-1].after, "put in", ground))
    found.append(take(found[-1].after, "count from 0", ground, name="H'"))
    found.append(take(found[-1].after, "put back", ground, right=back))
    work.add("How many outputs the one convolution has", found, depth + 1)
    check_alike(theorem, work.chains[-2:])
    names = {"S_0": "stride", "P_0": "padding before", "Q_0": "padding after", "R_0": "places that one output spans"}
    lines = once(work.lines(**names, **{"H'": "outputs"}))
    return claimed(work.derivation("outputs of the last layer", lines, (counted(depth),)), numbers)


def _shifts(upto: int) -> str:
    return " ".join(f"A_{n}" for n in range(1, upto))


def stack(theorem: Theorem, numbers: dict[str, int], depth: int) -> Working:
    """The layers and the window through all of them, with names for what they add, and for the one convolution."""
    every = range(1, depth + 1)
    layers = [layer(n, f"M_{n - 1}" if n > 1 else "H") for n in every]
    one = slid("Y[i] = w[u]*X[S_0*i+u-P_0]", "(P_0,Q_0)", kernel="R_0")
    derived = (*(f"M_{n}" for n in every), "P_0", "Q_0", "R_0", "S_0")
    whole = [Relation(Sym(name), "≥", Int(least)) for name, least in (("R_0", 1), ("S_0", 1), ("P_0", 0), ("Q_0", 0))]
    work = Working(theorem, numbers, (*layers, through(depth), one), (*map(room, every), *whole), derived)
    for n in every[:-1]:
        quantity(work, f"A_{n}", shift(n), ADDS.format(n))
    quantity(work, "S_0", steps(depth), "the stride of the stack")
    for letter, side in (("p", "before"), ("q", "after")):
        quantity(work, f"{letter.upper()}_0", padded(letter, depth), f"the padding of the stack {side} its input")
    work.span("R_0", depth)
    return work


def through(depth: int) -> Definition:
    """The window of X that one output of the last layer reads through all of them."""
    every = range(1, depth + 1)
    shapes = {"X": "H", **{f"w_{n}": f"k_{n}" for n in every}}
    weights = "*".join(f"w_{n}[u_{n}]" for n in every)
    place = "+".join(f"{steps(n - 1)}*d_{n}*u_{n}".removeprefix("1*") for n in every)
    before, after = padded("p", depth), padded("q", depth)
    text = f"Y[i] = {weights}*X[{steps(depth)}*i+{place}-({before})]"
    return declare("through all layers", text, shapes, {"X": f"({before},{after})"}).general
