"""The window of one output: in one layer, in two, in a stack."""

from __future__ import annotations

from convmath.book.entries import Theorem, theorem
from convmath.book.footprints import window
from convmath.book.reach import (
    DISTILL,
    LETTERS,
    called,
    centre,
    ends,
    layer,
    own_span,
    results,
    span,
    stride_and_padding,
    tried,
    working,
)
from convmath.book.working import Working, move
from convmath.errors import ParseError
from convmath.language.definition import Definition
from convmath.language.parse import parse_size
from convmath.proof.derivation import Derivation, Trial

CHAPTER = "Receptive fields"
NAMES = ("A", "B")
BOTH = {"R_1": "span of the first", "R_2": "span of the second"}
FOUND = {"R": "places it spans", "S": "effective stride", "P": "effective padding", "C": "middle"}


@theorem(
    title="The window of one output",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(f"{DISTILL}, “Single-path networks”, without dilation",),
    settings=("k", "s", "d", "p"),
    example={"k": 7, "s": 2, "d": 1, "p": 3},
)
def window_of_output_i_begins_at_s_i_minus_p(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and every output i of one layer: its window begins at place A = s·i − p and spans
    R = d·(k − 1) + 1 places. From one output to the next it moves by s.
    """
    work = working(theorem, numbers, layer("Y[i] = w[u]*X[s*i+d*u-p]", "X", "H", "w", "k", "p"))
    ends(work, 0, "X", NAMES)
    span(work, 0, NAMES)
    stride_and_padding(work, 0, "A")
    centre(work, 0, NAMES)
    return results(work, "where output i looks", FOUND, (gone_through(work, 1),))


@theorem(
    title="Two windows, one through the other, are one window",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(f"{DISTILL}, “Single-path networks”, without dilation",),
    settings=tuple(f"{letter}_{number}" for number in (1, 2) for letter in "ksdp"),
    uses=("window-of-output-i-begins-at-s-i-minus-p",),
    example={"k_1": 7, "s_1": 2, "d_1": 1, "p_1": 3, "k_2": 3, "s_2": 2, "d_2": 1, "p_2": 1},
)
def two_windows_are_one_window(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and every output i of two layers, the second through the first: its window spans
    R = R_1 + s_1·(R_2 − 1) places of X, where R_1 and R_2 are the spans of the two layers; it begins at
    A = S·i − P with the effective stride S = s_1·s_2 and the effective padding P = p_1 + s_1·p_2, and its middle is
    S·i − P + (R − 1)/2. So the two are one layer of R places, stride S and padding P, as far as windows go, and this
    one may stand below a third.
    """
    lower = layer("Z[i] = w[u]*X[s_1*i+d_1*u-p_1]", "X", "H", "w", "k_1", "p_1")
    upper = layer("Y[i] = v[u]*Z[s_2*i+d_2*u-p_2]", "Z", "M", "v", "k_2", "p_2")
    work = working(theorem, numbers, lower, upper)
    own_span(work, 0, "X", "R_1")
    own_span(work, 1, "Z", "R_2")
    ends(work, 0, "X", ("A_1", "B_1"))
    ends(work, 1, "Z", NAMES, ("A_1", "B_1", 1))
    span(work, 1, NAMES, move("put back", right=parse_size("R_1 + s_1*(R_2 - 1)")))
    stride_and_padding(work, 1, "A")
    centre(work, 1, NAMES)
    return results(work, "where output i looks", {**BOTH, **FOUND}, (gone_through(work, 2),))


DEEPEST = 8
VGG_16 = ((6, 2), (6, 2), (8, 3), (8, 3), (8, 3))
"""The features of VGG-16 as blocks (k, p) of stride 2: 3×3 layers with padding 1, two or three of them, and a pooling
of 2×2 are one window of 5 + 1 or 7 + 1 places."""


def stack(depth: int) -> tuple[Definition, ...]:
    """Layers 1 … depth; X_1 is what the first gives."""
    names = ["X", *(f"X_{number}" for number in range(1, depth + 1))]
    return tuple(
        layer(
            f"{names[n]}[i] = w_{n}[u]*{names[n - 1]}[s_{n}*i+d_{n}*u-p_{n}]",
            names[n - 1],
            f"H_{n}",
            f"w_{n}",
            f"k_{n}",
            f"p_{n}",
        )
        for n in range(1, depth + 1)
    )


def _block(n: int) -> dict[str, int]:
    return {"k": VGG_16[n - 1][0], "s": 2, "d": 1, "p": VGG_16[n - 1][1]}


@theorem(
    title="The receptive field of a stack of layers",
    chapter=CHAPTER,
    hypotheses=(),
    sources=(f"{DISTILL}, “Single-path networks”, without dilation",),
    settings=("layers", *(f"{letter}_{number}" for number in range(1, DEEPEST + 1) for letter in "ksdp")),
    uses=("two-windows-are-one-window",),
    example={"layers": 5} | {f"{name}_{n}": value for n in range(1, 6) for name, value in _block(n).items()},
)
def receptive_field_is_a_sum_over_layers(theorem: Theorem, numbers: dict[str, int]) -> Derivation:
    """For all sizes and every output i of a stack of layers (layers = 2 to 8, by default 3): its window spans
    R = 1 + Σ_l d_l·(k_l − 1)·S_(l−1) places of X, where S_l = s_1·s_2·…·s_l; it begins at S·i − P with S = S_n of the
    last layer n and P = Σ_l p_l·S_(l−1), and its middle is S·i − P + (R − 1)/2.
    """
    depth = numbers.get("layers", 3)
    check_depth(theorem, numbers, depth)
    work = working(theorem, numbers, *stack(depth))
    for n in range(1, depth + 1):
        one_more(work, n)
    names = (f"A_{depth}", f"B_{depth}")
    span(work, depth - 1, names, *LETTERS)
    stride_and_padding(work, depth - 1, names[0], *LETTERS)
    centre(work, depth - 1, names)
    return results(work, "where output i looks", FOUND, (gone_through(work, depth),))


def gone_through(work: Working, depth: int) -> Trial:
    """R, S and P against the places that outputs 0 and 1 read, tap by tap; from layer 3 on the layers are fixed."""
    numbers = [f"_{n}" for n in range(1, depth + 1)] if depth > 1 else [""]
    most = {"k": range(1, 4), "s": range(1, 3), "d": range(2, 3), "p": range(2)}
    boxes = {f"{name}{number}": most[name][-1 if at > 1 else 0 :] for at, number in enumerate(numbers) for name in most}

    def count(**sizes: int) -> tuple[int, ...]:
        return window([tuple(sizes[f"{name}{number}"] for name in most) for number in numbers])

    return tried(work, "places that outputs 0 and 1 read, gone through tap by tap", "stacks", "RSP", boxes, count)


def one_more(work: Working, n: int) -> None:
    """The window of output i of layer n begins at S_n·i − P_n and spans R_n places, if it is so in the layer below."""
    below, values = n - 1, ("s_1", "p_1", "d_1*(k_1 - 1) + 1")
    words: tuple[str, ...] = ("its own", "its own", "its own")
    if below:
        values = (f"S_{below}*s_{n}", f"P_{below} + S_{below}*p_{n}", f"R_{below} + S_{below}*d_{n}*(k_{n} - 1)")
        more = f"its own is added, in steps of S_{below} places"
        words = "that of the layers below, times its own", more, more
    for letter, what, value, word in zip("SPR", ("stride", "padding", "span"), values, words, strict=True):
        called(work, below, f"{letter}_{n}", value, f"The {what} {letter}_{n} of layers 1 to {n}", word)
    back = (f"S_{n}*i - P_{n}", f"S_{n}*i - P_{n} + R_{n} - 1")
    array = f"X_{below}" if below else "X"
    ends(work, below, array, (f"A_{n}", f"B_{n}"), (f"A_{below}", f"B_{below}", below) if below else None, back)


def check_depth(theorem: Theorem, numbers: dict[str, int], depth: int) -> None:
    """Raises where there is no such number of layers, or no such layer."""
    if not 2 <= depth <= DEEPEST:
        raise ParseError(f"{theorem.slug}: layers is {depth}; it must be 2 to {DEEPEST}")
    for name in numbers:
        if "_" in name and int(name.partition("_")[2]) > depth:
            raise ParseError(
                f"{theorem.slug}: there is no {name} in {depth} layers: say layers={name.partition('_')[2]}"
            )
