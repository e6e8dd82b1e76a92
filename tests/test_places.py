"""Terms that are added into places of their own: concatenation, and several transposed windows."""

import numpy as np
import pytest

import convmath as cm


def concatenation():
    return cm.define(
        "Y[n,t,h] = A[n,i,h] + B[n,j,h] where t = i, t = j+C",
        shapes={"A": "N,C,H", "B": "N,D,H"},
        ranges={"t": "C+D"},
    )


def integers(*shape):
    return np.random.default_rng(sum(shape)).integers(-9, 10, shape)


def test_a_concatenation_has_the_sum_of_the_sizes():
    assert [str(size) for size in concatenation().output_shape()] == ["N", "C + D", "H"]
    assert concatenation().output_shape((2, 3, 4), (2, 5, 4)) == (2, 8, 4)


def test_a_concatenation_is_numpys():
    a, b = integers(2, 3, 4), integers(2, 5, 4)
    assert np.array_equal(concatenation()(a, b), np.concatenate([a, b], axis=1))


def test_what_is_derived_of_a_concatenation_is_saved_and_holds():
    proof = concatenation().derive("all", (2, 3, 4), (2, 5, 4))
    proof.check()
    again = cm.Derivation.from_json(proof.render("json"))
    again.check()
    assert again == proof
    assert "different conditions" in proof.notes[0]
    assert "values of t 8" in proof.render("text")


@pytest.mark.parametrize(("array", "part"), [("A", slice(0, 3)), ("B", slice(3, 8))])
def test_the_gradient_of_a_concatenation_is_a_slice(array, part):
    g = integers(2, 8, 4)
    back = concatenation().gradient(array, (2, 3, 4), (2, 5, 4))
    assert np.array_equal(back(G=g), g[:, part])


def test_the_gradient_of_a_difference_of_neighbours():
    steps = cm.define("Y[i] = X[i+1] - X[i]", shapes={"X": "L"})
    x, g = integers(6), integers(5)
    back = steps.gradient("X", (6,))(G=g)
    assert back.shape == x.shape
    assert (steps(x) * g).sum() == (x * back).sum()


def test_two_transposed_windows_into_one_row():
    op = cm.define(
        "Y[t] = W[u]*X[i] + V[v]*X[j] where t=2*i+u, t=3*j+v",
        shapes={"X": "L", "W": "k", "V": "m"},
        ranges={"t": "T"},
    )
    x, w, v = integers(4), integers(3), integers(2)
    wanted = np.zeros(20, int)
    for i in range(4):
        for u in range(3):
            wanted[2 * i + u] += w[u] * x[i]
        for u in range(2):
            wanted[3 * i + u] += v[u] * x[i]
    assert np.array_equal(op(X=x, W=w, V=v, T=9), wanted[:9])
    assert op.macs(L=4, k=3, m=2) == 20


def test_two_conditions_without_a_range_are_refused():
    with pytest.raises(cm.DefinitionError, match="written by two conditions"):
        cm.define("Y[t] = X[i] + Z[j] where t=i, t=j+L", shapes={"X": "L", "Z": "M"})


def test_a_given_range_must_plainly_lie_within_the_axis():
    assert cm.define("Y[i] = X[i]", shapes={"X": "L+2"}, ranges={"i": "L"}).output_shape(L=5) == (5,)
    with pytest.raises(cm.DefinitionError, match="the two sizes must be one"):
        cm.define("Y[i] = X[i]", shapes={"X": "M"}, ranges={"i": "L"})
