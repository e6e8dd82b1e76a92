"""Recorded results on small integers: values and gradients, exact and without tolerance."""

import gzip
import json
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from differential.numeric import arrays, gradient, operator

import convmath as cm

CASES = json.loads(gzip.decompress((Path(__file__).parent / "data" / "numeric.json.gz").read_bytes()))


def of(*ops, only=lambda case: True):
    chosen = [case for case in CASES if case["op"] in ops and only(case)]
    return [pytest.param(case, id=f"{case['op']}{case['n']}d-{place}") for place, case in enumerate(chosen)]


def without_element(case):
    return "-inf" in json.dumps(case["y"])


def clipped(case):
    """Whether some window of a mean counts fewer places than the kernel has."""
    return case["ceil"] or not case["cip"]


def fractions(nested):
    return [fractions(item) for item in nested] if isinstance(nested, list) else Fraction(nested)


@pytest.mark.parametrize("case", of("conv", "conv_transpose"))
def test_convolutions_give_the_recorded_values_and_gradients(case):
    made, given = operator(case), arrays(case)
    found = made(**given)
    assert found.dtype == np.int64
    assert found.tolist() == case["y"]
    assert made.output_shape(given["X"].shape) == np.array(case["y"]).shape
    for name, key in (("X", "dx"), ("W", "dw"), ("b", "db")):
        if key in case:
            pulled = gradient(made, name, given, np.array(case["gy"]))
            assert pulled.dtype == np.int64
            assert pulled.tolist() == case[key], name


@pytest.mark.parametrize("case", of("avg_pool"))
def test_means_are_the_recorded_fractions(case):
    found = operator(case)(**arrays(case))
    assert all(isinstance(entry, Fraction) for entry in found.flat)
    assert found.tolist() == fractions(case["y"])


def check_the_gradient_of_a_mean(case):
    """A mean is linear, so ⟨y, g⟩ = ⟨x, Jᵀ g⟩ with the recorded y."""
    given, y = arrays(case), np.array(fractions(case["y"]), dtype=object)
    seed = np.random.default_rng(y.size).integers(-9, 10, y.shape)
    pulled = gradient(operator(case), "X", given, seed)
    assert pulled.shape == given["X"].shape
    assert (y * seed).sum() == (given["X"].astype(object) * pulled).sum()


@pytest.mark.parametrize("case", of("avg_pool", only=lambda case: not clipped(case)))
def test_the_gradient_of_a_mean_is_the_transpose_of_the_recorded_values(case):
    check_the_gradient_of_a_mean(case)


@pytest.mark.parametrize("case", of("avg_pool", only=clipped))
def test_the_gradient_of_a_mean_over_fewer_places_is_right_or_refused_by_name(case):
    with suppress(cm.UnsupportedError):
        check_the_gradient_of_a_mean(case)


@pytest.mark.parametrize("case", of("max_pool", only=lambda case: not without_element(case)))
def test_maxima_are_the_recorded_integers(case):
    found = operator(case)(**arrays(case))
    assert found.dtype == np.int64
    assert found.tolist() == case["y"]


@pytest.mark.parametrize("case", of("max_pool", only=without_element))
def test_the_maximum_of_no_element_is_minus_infinity_which_no_integer_is(case):
    made, given = operator(case), arrays(case)
    with pytest.raises(cm.ConvmathError):
        made(**given)
    assert made(given["X"].astype(float)).tolist() == np.array(case["y"], dtype=float).tolist()


@pytest.mark.parametrize("case", of("max_pool")[::5])
def test_a_maximum_refuses_its_gradient_by_name(case):
    with pytest.raises(cm.UnsupportedError, match="a max passes its gradient to the place it chose"):
        operator(case).gradient("X", np.array(case["x"]).shape)


def test_every_kind_is_there():
    kinds = {(case["op"], case["n"]) for case in CASES}
    assert kinds == {(op, n) for op in ("conv", "conv_transpose", "max_pool", "avg_pool") for n in (1, 2, 3)}
    assert of("max_pool", only=without_element)
    means = {(case["ceil"], case["cip"]) for case in CASES if case["op"] == "avg_pool"}
    assert means == {(ceil, counted) for ceil in (False, True) for counted in (False, True)}
    assert all(sum("gy" in case for case in CASES if case["op"] == op) >= 30 for op in ("conv", "conv_transpose"))
