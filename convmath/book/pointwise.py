"""The 1×1 convolution."""

from __future__ import annotations

from functools import cache

from convmath.book.compare import another_pixel, compare_pixel_by_pixel
from convmath.book.entries import Search, Theorem, TheoremClaim, theorem
from convmath.derive.conditions import basic
from convmath.derive.counts import quantity_name
from convmath.derive.extent import axis_steps, output_names, tidied
from convmath.errors import ParseError, ProofError
from convmath.language.definition import Definition
from convmath.language.letters import AXES, axes, word
from convmath.language.tree import Expr, Int, Relation, Sym
from convmath.operators import conv
from convmath.operators.linear import per_pixel_linear
from convmath.proof.chain import Chain, fold
from convmath.proof.derivation import Derivation, Line
from convmath.proof.ground import Ground
from convmath.proof.reading import formula
from convmath.proof.step import Step, take

COUNTS = ("parameters", "multiply-adds")
LETTERS = ("k", "s", "p", "d")
"""Letters whose numbers replace a hypothesis, or specialise the proof."""
SIZES = {rank: ("N", "C", "O", *axes) for rank, axes in AXES.items()}
"""Letters whose numbers are put in at the end."""


@theorem(
    title="A 1×1 convolution is one linear map, applied at every pixel",
    chapter="The 1×1 convolution",
    hypotheses=("k = 1", "p = 0"),
    sources=("Lin, Chen & Yan, Network in Network (2014), section 3.1, which states it in words",),
    settings=("N", "C", "O", "D", "H", "W", "L", "k", "s", "p", "d", "rank"),
    example={"rank": 2, "N": 1, "C": 192, "H": 28, "W": 28, "O": 192, "s": 1},
    without={
        "k = 1": Search("kernels of 3, inputs up to 6 along each axis", lambda: another_pixel(2, {"k": 3})),
        "p = 0": Search("padding 1, inputs up to 6 along each axis", lambda: another_pixel(2, {"p": 1})),
    },
)
def pointwise_conv_is_per_pixel_linear(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For k = 1 and p = 0, any stride s, any batch and rank: Y[n,:,i,j] = W·X[n,:,s·i,s·j] + b with the
    same O×C matrix W and the same b at every pixel (i, j). With s = 1 every pixel is mapped where it is.
    """
    ranks = [numbers["rank"]] if "rank" in numbers else [2, 1, 3]
    if not set(ranks) <= {1, 2, 3}:
        raise ParseError(f"{theorem.slug}: rank is {ranks[0]}; it must be 1, 2 or 3")
    strangers = [name for name in numbers if name.isupper() and name not in SIZES[ranks[0]]]
    if strangers:
        raise ParseError(f"{theorem.slug}: {strangers[0]} is no size with {ranks[0]} spatial axes; give rank=… as well")
    fixed = {"k": 1, "p": 0} | {name: value for name, value in numbers.items() if name in LETTERS}
    ground = _ground(ranks, fixed)
    try:
        chains = [chain for n, rank in enumerate(ranks) for chain in _chains(ground, 2 * n, rank, tuple(fixed))]
    except ProofError as error:
        raise ProofError(f"{theorem.slug}: {error}", another_pixel(ranks[0], fixed)) from error
    return Derivation(
        title=theorem.title,
        find="why the same matrix serves every pixel, and what size the output has",
        claim=TheoremClaim(theorem.slug, tuple(numbers.items())),
        definitions=ground.definitions,
        assumptions=ground.assumptions,
        chains=fold(tuple(chains)),
        lines=_lines(chains[1 : 1 + ranks[0]], chains[1 + ranks[0] : 3 + ranks[0]]),
        values={name: Int(value) for name, value in numbers.items() if name in SIZES[ranks[0]]},
        trials=compare_pixel_by_pixel(_pair(ranks[0]), [numbers["s"]] if "s" in numbers else [1, 2]),
        source="; ".join(theorem.sources),
        single=False,
        statement=theorem.statement,
    )


def _lines(grid: list[Chain], counts: list[Chain]) -> tuple[Line, ...]:
    """The sizes of the grid, and the counts in terms of them."""
    sizes = tuple((str(chain.conclusion.left), chain.conclusion.right) for chain in grid)
    found = [Line(name, word(name), size) for name, size in sizes]
    for chain, what in zip(counts, COUNTS, strict=True):
        found.append(Line(str(chain.conclusion.left), what, chain.conclusion.right, sizes))
    return tuple(found)


def _ground(ranks: list[int], fixed: dict[str, int]) -> Ground:
    """A convolution and a per-pixel linear map for each rank, and what is assumed of all of them."""
    definitions: list[Definition] = []
    simple: dict[Relation, None] = {}
    stride = {"s": Int(fixed["s"])} if "s" in fixed else {}
    for rank in ranks:
        convolution, linear = _pair(rank)
        definitions += [convolution, linear.substitute(stride)]
        simple |= dict.fromkeys(r for r in basic(convolution) if str(r.left) not in fixed)
    equalities = (Relation(Sym(name), "=", Int(value)) for name, value in fixed.items())
    return Ground(tuple(definitions), (*simple, *equalities))


@cache
def _pair(rank: int) -> tuple[Definition, Definition]:
    """The convolution in letters, and the per-pixel linear map in the same letters."""
    make = {1: conv.conv1d, 2: conv.conv2d, 3: conv.conv3d}[rank]
    convolution = make("C", "O", "k", stride="s", padding="p", dilation="d")
    return convolution.general, per_pixel_linear(rank, "C", "O", stride="s").general


def _chains(ground: Ground, number: int, rank: int, fixed: tuple[str, ...]) -> list[Chain]:
    """The rewriting for one rank, and for the first rank what becomes of the grid."""
    own = Ground((ground.definitions[number], *ground.definitions), ground.assumptions)
    known = {str(r.left): r.right for r in ground.assumptions if r.op == "="}
    values = tuple((name, known[name]) for name in fixed)
    heading = (
        "The convolution, rewritten" if number == 0 else f"The same with {rank} spatial ax{'i' if rank == 1 else 'e'}s"
    )
    chains = [Chain(heading, tuple(_rewritten(own, number + 2, rank, values)), subject=number)]
    if number == 0:
        chains += _grid(own, values)
        chains += _counts(own, values)
    return chains


def _rewritten(ground: Ground, target: int, rank: int, values: tuple[tuple[str, Expr], ...]) -> list[Step]:
    out, taps = ([axis[place] for axis in axes(rank)] for place in (1, 2))
    pixel = ", ".join(map(str, _pixel(ground.definitions[target])))
    steps = [take(formula(ground.definition), "put", ground, values=values)]
    steps.append(take(steps[-1].after, "sum over one value", ground, indices=" ".join(taps)))
    steps.append(take(steps[-1].after, "abbreviate", ground))
    words = f"the matrix W times the vector x = X[n, :, {pixel}], plus b"
    steps.append(take(steps[-1].after, "recognise", ground, number=target, words=words))
    steps.append(take(steps[-1].after, "the same everywhere", ground, indices=" ".join(out)))
    return steps


def _pixel(linear: Definition) -> tuple[Expr, ...]:
    return next(read for read in linear.reads if read.array == "X").subscripts[2:]


def _grid(ground: Ground, values: tuple[tuple[str, Expr], ...]) -> list[Chain]:
    chains = []
    for axis, name in list(enumerate(output_names(ground.definition)))[2:]:
        steps = axis_steps(ground.definition, axis, name, ground)
        steps = tidied([*steps, take(steps[-1].after, "put", ground, values=values)], ground)
        chains.append(Chain(f"What becomes of the {word(name)}", tuple(steps)))
    return chains


def _counts(ground: Ground, values: tuple[tuple[str, Expr], ...]) -> list[Chain]:
    """The parameters and the multiply-adds, with the sizes of the grid as they were named."""
    definition = ground.definition
    names = tuple(
        (str(item), Sym(name))
        for item, name in zip(definition.output.subscripts, output_names(definition), strict=True)
    )
    start = formula(definition)
    parameters = [take(start, "read the parameters", ground, name=quantity_name("P V A", definition))]
    macs = [take(start, "read the multiply-adds", ground, name=quantity_name("M Q Z", definition), sizes=names[2:])]
    chains = []
    for heading, steps in (("How many parameters there are", parameters), ("How many multiply-adds there are", macs)):
        steps.append(take(steps[-1].after, "count a box", ground))
        steps.append(take(steps[-1].after, "put", ground, values=values))
        chains.append(Chain(heading, tuple(tidied(steps, ground))))
    return chains
