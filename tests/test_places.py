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
    assert "channels 8" in proof.render("text")


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


def test_a_condition_that_no_term_uses_is_refused():
    with pytest.raises(cm.DefinitionError, match="no term of the formula uses an index of it"):
        cm.define("Y[n,t] = A[n] + B[n] where t=0, t=1", shapes={"A": "N", "B": "N"}, ranges={"t": 2})


def test_a_sum_over_places_that_meet_an_inequality_has_a_gradient():
    triangle = cm.define("Y[i] = X[t]*W[t] where t <= i", shapes={"X": "L", "W": "L"}, ranges={"i": "L"})
    x, w, g = integers(5), integers(5) + 1, integers(5) - 2
    assert triangle(x, w).tolist() == [sum(int(x[t] * w[t]) for t in range(i + 1)) for i in range(5)]
    assert triangle.gradient("X", (5,))(G=g, W=w).tolist() == [int(w[t] * g[t:].sum()) for t in range(5)]


@pytest.mark.parametrize(
    ("formula", "ranges"),
    [
        ("Y[i] = X[t] where o*t <= L*i, L*i <= o*t+o-1", {"i": "o"}),
        ("Y[a,b] = X[i,j] where C*a+b <= W*i+j, W*i+j <= C*a+b", {"a": "A", "b": "C"}),
        ("Y[a] = X[i,j] where a <= W*i+j, W*i+j <= a", {"a": "A"}),
    ],
)
def test_conditions_that_leave_one_place_make_a_receptive_field_of_1(formula, ranges):
    op = cm.define(formula, shapes={"X": "H,W" if "X[i,j]" in formula else "L"}, ranges=ranges)
    assert set(op.receptive_field()) == {1}
    op.derive("receptive_field").check()


@pytest.mark.parametrize(
    ("formula", "shapes", "ranges"),
    [
        ("Y[i] = X[2*t] where o*t <= M*i", {"X": "2*M"}, {"i": "o", "t": "M"}),
        ("Y[a] = X[i,j] where a <= 2*W*i+j, 2*W*i+j <= a", {"X": "H,W"}, {"a": "A"}),
        ("Y[t] = X[i*Q+u] where t=i+u", {"X": "P*Q"}, {"i": "P", "u": "Q", "t": "T"}),
    ],
)
def test_conditions_that_choose_between_places_refuse_the_receptive_field(formula, shapes, ranges):
    op = cm.define(formula, shapes=shapes, ranges=ranges)
    with pytest.raises(cm.UnsupportedError, match="one output reads X"):
        op.receptive_field()


def test_leaving_out_the_padding_is_no_choice_between_places():
    pool = cm.avg_pool2d("k", "s", "p", ceil_mode=True, count_include_pad=False)
    assert [str(size) for size in pool.receptive_field()] == ["k", "k"]
