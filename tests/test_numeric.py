"""Recorded results on small integers: values and gradients, exact and without tolerance."""

import gzip
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import convmath as cm

CASES = json.loads(gzip.decompress((Path(__file__).parent / "data" / "numeric.json.gz").read_bytes()))


def of(*ops):
    chosen = [case for case in CASES if case["op"] in ops]
    return [pytest.param(case, id=f"{case['op']}{case['n']}d-{place}") for place, case in enumerate(chosen)]


def operator(case):
    """The operator of a case, by PyTorch's argument names."""
    op, rank = case["op"], case["n"]
    window = {"kernel_size": case["k"], "stride": case["s"], "padding": [tuple(pair) for pair in case["p"]]}
    if op.endswith("_pool"):
        more = {"ceil_mode": case["ceil"]}
        more |= {"dilation": case["d"]} if op == "max_pool" else {"count_include_pad": case["cip"]}
        return getattr(cm, f"{op}{rank}d")(**window, **more)
    weight, groups = np.array(case["w"]), case["g"]
    first, second = weight.shape[:2]
    channels = (second * groups, first) if op == "conv" else (first, second * groups)
    more = {"dilation": case["d"], "groups": groups, "bias": case["b"] is not None}
    more |= {"output_padding": case["opad"]} if op == "conv_transpose" else {}
    return getattr(cm, f"{op}{rank}d")(*channels, **window, **more)


def arrays(case):
    given = {"X": np.array(case["x"])}
    given |= {"W": np.array(case["w"])} if case.get("w") is not None else {}
    return given | ({"b": np.array(case["b"])} if case.get("b") is not None else {})


def seed_of(gradient):
    """The name of the array that the gradient of the output is given as."""
    return gradient.general.tensors[0].name


def pull(made, name, given, seed):
    """The gradient by one array."""
    gradient = made.gradient(name, given["X"].shape)
    kept = {other: given[other] for other in gradient.general.arrays if other in given}
    return gradient(**{seed_of(gradient): seed}, **kept)


def fractions(nested):
    if isinstance(nested, list):
        return [fractions(item) for item in nested]
    return Fraction(nested)


@pytest.mark.parametrize("case", of("conv", "conv_transpose"))
def test_convolutions_give_the_recorded_values_and_gradients(case):
    made, given = operator(case), arrays(case)
    found = made(**given)
    assert found.dtype == np.int64
    assert found.tolist() == case["y"]
    assert made.output_shape(given["X"].shape) == np.array(case["y"]).shape
    for name, key in (("X", "dx"), ("W", "dw"), ("b", "db")):
        if key in case:
            pulled = pull(made, name, given, np.array(case["gy"]))
            assert pulled.dtype == np.int64
            assert pulled.tolist() == case[key], name


@pytest.mark.parametrize("case", of("avg_pool"))
def test_means_are_the_recorded_fractions(case):
    made, given = operator(case), arrays(case)
    assert made(**given).tolist() == fractions(case["y"])


@pytest.mark.parametrize("case", of("avg_pool"))
def test_the_gradient_of_a_mean_is_the_transpose_of_the_recorded_values(case):
    """A mean is linear, so ⟨y, g⟩ = ⟨x, Jᵀ g⟩ with the recorded y."""
    made, given = operator(case), arrays(case)
    y = np.array(fractions(case["y"]), dtype=object)
    seed = np.random.default_rng(y.size).integers(-9, 10, y.shape)
    pulled = pull(made, "X", given, seed)
    assert pulled.shape == given["X"].shape
    assert (y * seed).sum() == (given["X"].astype(object) * pulled).sum()


@pytest.mark.parametrize("case", of("max_pool"))
def test_maxima_are_the_recorded_values(case):
    made, given = operator(case), arrays(case)
    if "-inf" in json.dumps(case["y"]):
        with pytest.raises(cm.ConvmathError):  # no integer is −∞
            made(**given)
        wanted = np.array(case["y"], dtype=float)
        assert made(given["X"].astype(float)).tolist() == wanted.tolist()
    else:
        found = made(**given)
        assert found.dtype == np.int64
        assert found.tolist() == case["y"]


@pytest.mark.parametrize("case", of("max_pool")[::5])
def test_a_maximum_refuses_its_gradient_by_name(case):
    with pytest.raises(cm.UnsupportedError, match="a max passes its gradient to the place it chose"):
        operator(case).gradient("X", np.array(case["x"]).shape)


def test_every_kind_and_rank_is_there():
    kinds = {(case["op"], case["n"]) for case in CASES}
    assert kinds == {(op, n) for op in ("conv", "conv_transpose", "max_pool", "avg_pool") for n in (1, 2, 3)}
    assert any("-inf" in json.dumps(case["y"]) for case in CASES if case["op"] == "max_pool")
    assert {(case["ceil"], case["cip"]) for case in CASES if case["op"] == "avg_pool"} == {
        (ceil, counted) for ceil in (False, True) for counted in (False, True)
    }
    assert all(sum("gy" in case for case in CASES if case["op"] == op) >= 30 for op in ("conv", "conv_transpose"))
