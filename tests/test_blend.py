"""Linear resizing against its textbook weights, in plain loops and fractions; no framework takes part."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import convmath as cm

NAMES = {1: "upsample_linear1d", 2: "upsample_bilinear2d", 3: "upsample_trilinear3d"}
MODES = {1: "linear", 2: "bilinear", 3: "trilinear"}


def weights(place, size, count, corners):
    """[(place of the input, its weight)] of one place of the output, clamped at the border."""
    if corners:
        at = Fraction(place * (size - 1), count - 1)
    else:
        at = max(Fraction(0), (Fraction(place) + Fraction(1, 2)) * Fraction(size, count) - Fraction(1, 2))
    low = at.numerator // at.denominator
    part = at - low
    return [(min(low, size - 1), 1 - part), (min(low + 1, size - 1), part)]


def resized(x, counts, *, corners):
    """One entry after another, over nested loops."""
    found = np.empty((*x.shape[:2], *counts), object)
    for place in product(*map(range, found.shape)):
        axes = [weights(p, s, c, corners) for p, s, c in zip(place[2:], x.shape[2:], counts, strict=True)]
        total = Fraction(0)
        for choice in product(*axes):
            weight = Fraction(1)
            for _, part in choice:
                weight *= part
            total += weight * int(x[(*place[:2], *(at for at, _ in choice))])
        found[place] = total
    return found


CASES = [
    ((1, 1, 3), (5,)),
    ((2, 3, 5), (2,)),
    ((1, 1, 1), (4,)),
    ((1, 2, 4), (4,)),
    ((1, 2, 2, 3), (3, 4)),
    ((1, 1, 5, 4), (2, 6)),
    ((1, 1, 2, 1, 3), (3, 2, 2)),
]


@pytest.mark.parametrize("corners", [False, True])
@pytest.mark.parametrize(("shape", "size"), CASES)
def test_values_are_the_weighted_means(shape, size, corners):
    x = np.arange(1, 1 + np.prod(shape)).reshape(shape) ** 2
    operator = getattr(cm, NAMES[len(size)])(size, align_corners=corners)
    assert operator.output_shape(shape) == (*shape[:2], *size)
    assert (operator.parameters(), operator.macs(shape)) == (0, 0)
    assert (operator(x.astype(object)) == resized(x, size, corners=corners)).all()
    same = cm.interpolate(shape, size, mode=MODES[len(size)], align_corners=corners)
    assert (same(x.astype(object)) == resized(x, size, corners=corners)).all()


@pytest.mark.parametrize("corners", [False, True])
def test_the_gradient_is_the_adjoint(corners):
    operator = cm.upsample_bilinear2d((3, 5), align_corners=corners)
    x, g = (np.random.default_rng(7).integers(-9, 10, shape).astype(object) for shape in ((1, 2, 4, 2), (1, 2, 3, 5)))
    assert (operator(x) * g).sum() == (x * operator.gradient("X", x.shape)(G=g)).sum()


def test_letters_stay_open_and_a_saved_derivation_holds():
    operator = cm.upsample_bilinear2d(("A", "B"))
    assert str(operator.output_shape()) == "(N, C, A, B)"
    cm.Derivation.from_json(operator.derive("all").render("json")).check()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cm.upsample_linear1d(1, align_corners=True), "only where there are two"),
        (lambda: cm.upsample_linear1d(0), "size"),
        (lambda: cm.upsample_bilinear2d((2, 3, 4)), "3 entries for 2 spatial axes"),
        (lambda: cm.upsample_linear1d(4, align_corners="yes"), "must be True or False"),
    ],
)
def test_what_is_no_size_is_refused(call, words):
    with pytest.raises(cm.DefinitionError, match=words):
        call()
