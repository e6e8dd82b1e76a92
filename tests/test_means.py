"""Gradients of means over windows that are clipped, against plain loops: each divides by how many places it is over."""

import json
from fractions import Fraction
from functools import partial
from itertools import product

import numpy as np
import pytest
from oracles.means import pulled, slid
from oracles.shared import window

import convmath as cm
from convmath.language.tree import Int, Reduce


def check(operator, size, windows):
    shape = (1, 1, *size)
    try:
        extents = operator.output_shape(shape)
    except cm.ShapeError:
        return 0
    g = np.random.default_rng(sum(size)).integers(-9, 10, extents)
    wanted = pulled({at: int(g[0, 0][at]) for at in np.ndindex(*extents[2:])}, size, windows)
    gradient = operator.gradient("X", shape)
    found = gradient(G=g)
    assert found.shape == shape
    assert {at: found[0, 0][at] for at in np.ndindex(*size)} == wanted
    return 1


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("counted", [False, True])
def test_windows_that_slide(ceil_mode, counted):
    met = 0
    for k, s, p, size in product((1, 2, 3, 4), (1, 2, 3), (0, 1, 2), (1, 4, 5, 7)):
        if 2 * p <= k:
            along = partial(slid, size=size, kernel=k, stride=s, padding=p, inside=not counted)
            met += check(cm.avg_pool1d(k, s, p, ceil_mode, counted), (size,), [along])
    assert met > 60


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("counted", [False, True])
def test_windows_in_the_plane(ceil_mode, counted):
    for k, s, p, size in (
        ((3, 2), (2, 2), (1, 0), (6, 5)),
        ((2, 4), (3, 1), (1, 2), (4, 4)),
        ((3, 3), (2, 2), (1, 1), (2, 7)),
    ):
        along = [
            partial(slid, size=n, kernel=a, stride=b, padding=c, inside=not counted)
            for n, a, b, c in zip(size, k, s, p, strict=True)
        ]
        assert check(cm.avg_pool2d(k, s, p, ceil_mode, counted), size, along)


def shared(i, size, count):
    places = window(i, size, count)
    return places, len(places)


def test_windows_that_share_an_axis_out():
    """Those that overlap, and more of them than places."""
    for count, size in product(range(1, 9), range(1, 9)):
        assert check(cm.adaptive_avg_pool1d(count), (size,), [partial(shared, size=size, count=count)])
    for counts, size in (((3, 2), (5, 4)), ((7, 4), (3, 6))):
        along = [partial(shared, size=n, count=o) for n, o in zip(size, counts, strict=True)]
        assert check(cm.adaptive_avg_pool2d(counts), size, along)


def test_the_formula_counts_under_the_conditions_of_the_mean():
    assert str(cm.adaptive_avg_pool1d("o").gradient("X").definition) == (
        "dX[n,c,t] = Σ_{i<o : L·i ≤ o·t + o − 1, o·t ≤ L·i + L − 1} "
        "G[n,c,i]/(Σ_{t'<L : L·i ≤ o·t' + o − 1, o·t' ≤ L·i + L − 1} 1)"
    )
    clipped = cm.define("Y[i] = 3*X[i,u] where u <= i", shapes={"X": "L,M"}, reduce="mean")
    assert str(clipped.gradient("X").definition) == "dX[i,u] = [u ≤ i]·3·G[i]/(Σ_{u'<M : u' ≤ i} 1)"
    whole = cm.avg_pool1d("k", "s").gradient("X").definition
    assert all(term.over is None for term in whole.terms)


def test_letters_of_the_count_give_way_to_a_users():
    made = cm.avg_pool1d("u'", 2, "i", True).gradient("X")
    assert str(made.definition).endswith("G[n,c,i']/(Σ_{u''<u' : 2·i' + u'' ≤ L + 2·i − 1} 1)")
    g = np.arange(1, 4).reshape(1, 1, 3)
    numbers = cm.avg_pool1d(3, 2, 1, True).gradient("X", (1, 1, 5))
    assert (cm.avg_pool1d("u'", 2, "i", True).gradient("X", (1, 1, 5), **{"u'": 3, "i": 1})(G=g) == numbers(G=g)).all()


def test_it_multiplies_no_two_arrays_and_learns_nothing():
    made = cm.avg_pool2d(3, 2, 1, True, False).gradient("X", (1, 2, 6, 5))
    assert (made.output_shape(), made.macs(), made.parameters()) == ((1, 2, 6, 5), 0, 0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.complex64])
def test_floats_keep_their_dtype_and_float16_is_rounded_once(dtype):
    g = np.random.default_rng(0).normal(size=(1, 1, 5)).astype(dtype)
    gradient = cm.avg_pool1d(3, 1, 1, count_include_pad=False).gradient("X", (1, 1, 5))
    work = np.float32 if dtype == np.float16 else dtype
    found = gradient(G=g)
    assert found.dtype == dtype
    assert (found == gradient(G=g.astype(work)).astype(dtype)).all()


def test_on_floats_it_is_what_it_is_on_fractions():
    """Windows of one and two places divide without rounding."""
    g = np.arange(-2, 4).reshape(1, 1, 6)
    gradient = cm.avg_pool1d(2, 1, 1, count_include_pad=False).gradient("X", (1, 1, 5))
    assert (gradient(G=g.astype(float)) == gradient(G=g).astype(float)).all()


def test_fractions_of_any_size():
    g = np.array([[[Fraction(10**30, 7), 1, 2]]], object)
    found = cm.avg_pool1d(2, 2, ceil_mode=True).gradient("X", (1, 1, 5))(G=g)
    assert found[0, 0].tolist() == [Fraction(10**30, 14)] * 2 + [Fraction(1, 2)] * 2 + [2]


def test_a_mean_over_no_place_is_refused_in_both_directions():
    none = cm.define("Y[i] = X[u] where u <= i-1", shapes={"X": "L"}, ranges={"i": "L"}, reduce="mean")
    with pytest.raises(cm.ConvmathError, match="a mean over no place at all"):
        none(np.arange(3))
    for g in (np.arange(3), np.arange(3.0)):
        with pytest.raises(cm.ConvmathError, match="a mean over no place at all"):
            none.gradient("X", (3,))(G=g)


@pytest.mark.parametrize("operator", [cm.avg_pool2d(3, 2, 1, True, False), cm.adaptive_avg_pool1d("o")])
def test_its_derivations_are_saved_and_replayed(operator):
    gradient = operator.gradient("X")
    for quantity in ("output_shape", "parameters", "macs", "all"):
        text = gradient.derive(quantity).render("json")
        again = cm.Derivation.from_json(text)
        again.check()
        assert again.render("json") == text
    with pytest.raises(cm.ParseError, match="is no count: it must be a sum of ones where inequalities hold"):
        cm.Derivation.from_json(_changed(text, lambda over: ["reduce", "max", *over[2:]]))
    with pytest.raises(cm.ParseError, match="G is no count"):
        cm.Derivation.from_json(_changed(text, lambda over: "G"))
    with pytest.raises(cm.ProofError):
        cm.Derivation.from_json(_changed(text, lambda over: [*over[:4], over[4][1:]])).check()


def _changed(text, change):
    """The file with another divisor in each term."""
    data = json.loads(text)
    for definition in data["definitions"]:
        for term in definition["terms"]:
            term["over"] = change(term["over"])
    return json.dumps(data)


def test_formulas_that_count_differently_are_two():
    from convmath.language.normal import same_operator

    def relation(**given):
        return cm.avg_pool1d(3, 2, 1, **given).gradient("X").definition.relation()

    inside, padded = relation(count_include_pad=False), relation(ceil_mode=True)
    assert same_operator(inside, relation(count_include_pad=False))
    assert not same_operator(inside, padded)
    definition = cm.adaptive_avg_pool1d(3).gradient("X").definition
    count = definition.terms[0].over
    assert isinstance(count, Reduce)
    assert count.body == Int(1)
    names = {name: "z" for name, _ in count.ranges}
    assert same_operator(definition.relation(), definition.renamed(names).relation())
