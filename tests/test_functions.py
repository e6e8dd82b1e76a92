"""Functions around a definition: exact where they are rational, right to the last bit of float32 where they are not."""

import json
import re
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest

import convmath as cm
from convmath.errors import ParseError
from convmath.language.around import Around
from convmath.language.functions import PARAMETERS, Function
from convmath.language.normal import same_operator
from convmath.language.trees import read_function, read_tree, write_function, write_tree
from convmath.render.tex import LaTeXWriter

X = np.array([-9, -4, -3, -1, 0, 1, 2, 3, 5, 6, 9])
THIRD = Fraction(1, 3)


def clamp(low, high):
    return lambda v: min(max(v, low), high)


EXACT = {
    "relu": ((), lambda v: max(v, 0)),
    "relu6": ((), clamp(0, 6)),
    "hardtanh": ((), clamp(-1, 1)),
    "leaky_relu": ((THIRD,), lambda v: v if v >= 0 else v * THIRD),
    "hardsigmoid": ((), lambda v: Fraction(clamp(0, 6)(v + 3), 6)),
    "hardswish": ((), lambda v: v * Fraction(clamp(0, 6)(v + 3), 6)),
    "dropout": ((), lambda v: v),
    "identity": ((), lambda v: v),
}


@pytest.mark.parametrize("name", EXACT)
def test_rational_functions_are_exact_on_integers_and_fractions(name):
    arguments, wanted = EXACT[name]
    made = getattr(cm, name)(X.shape, *arguments)
    assert made(X).tolist() == [wanted(int(v)) for v in X]
    halves = np.array([Fraction(int(v), 2) for v in X], object)
    assert made(halves).tolist() == [wanted(v) for v in halves]
    keeps = {"relu", "relu6", "hardtanh", "dropout", "identity"}
    assert made(X.astype(np.int8)).dtype == (np.int8 if name in keeps else object)
    assert all(type(v) is Fraction for v in made(X)) == (name not in keeps)
    huge = np.array([10**30, -(10**30)], object)
    assert getattr(cm, name)((2,), *arguments)(huge).tolist() == [wanted(v) for v in huge]


def normal(v):
    return (1 + mpmath.erf(v / mpmath.sqrt(2))) / 2


IRRATIONAL = {
    "sigmoid": lambda v: 1 / (1 + mpmath.exp(-v)),
    "tanh": mpmath.tanh,
    "silu": lambda v: v / (1 + mpmath.exp(-v)),
    "elu": lambda v: v if v > 0 else mpmath.expm1(v),
    "softplus": lambda v: v if v > 20 else mpmath.log1p(mpmath.exp(v)),
    "gelu": lambda v: v * normal(v),
}


@pytest.mark.parametrize("name", IRRATIONAL)
def test_irrational_functions_are_right_in_float32(name):
    x = np.linspace(-3, 30, 67, dtype=np.float32)
    found = getattr(cm, name)(x.shape)(x)
    assert found.dtype == np.float32
    with mpmath.workdps(60):
        wanted = [np.float32(mpmath.nstr(IRRATIONAL[name](mpmath.mpf(float(v))), 30)) for v in x]
    assert found.tolist() == wanted
    assert getattr(cm, name)(X.shape)(X).dtype == np.float64
    assert getattr(cm, name)((1,))(np.array([Fraction(0)], object)).dtype == np.float64


def test_ends_that_overflow_are_limits():
    ends = np.array([-1e4, 1e4])
    assert cm.sigmoid((2,))(ends).tolist() == [0.0, 1.0]
    assert cm.silu((2,))(ends).tolist() == [0.0, 1e4]
    assert cm.elu((2,), alpha=2)(ends).tolist() == [-2.0, 1e4]
    assert cm.softplus((2,))(ends).tolist() == [0.0, 1e4]
    assert cm.gelu((2,))(np.array([-np.inf, np.inf])).tolist() == [0.0, np.inf]
    assert cm.gelu((2,), approximate="tanh")(ends).tolist() == [0.0, 1e4]


def test_a_float_for_a_parameter_gives_floats():
    assert cm.leaky_relu((2,))(np.array([-100, 2])).tolist() == [-1.0, 2.0]
    assert cm.leaky_relu((2,), 0.25)(np.array([-4, 2], np.float16)).dtype == np.float16
    assert cm.hardtanh((2,), -0.5, 1)(np.array([-4, 2])).tolist() == [-0.5, 1.0]
    assert cm.hardtanh((2,), -THIRD, 1)(np.array([-4, 2])).tolist() == [-THIRD, 1]


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, np.uint64])
def test_clamps_reach_over_the_ends_of_a_dtype(dtype):
    info = np.iinfo(dtype)
    x = np.array([info.min, 1, info.max], dtype)
    for low, high in ((-(10**30), 10**30), (-5, 3), (0, 10**30), (-(10**30), 100)):
        found = cm.hardtanh((3,), low, high)(x)
        assert (found.dtype, found.tolist()) == (dtype, [clamp(low, high)(int(v)) for v in x])


def powers(x, p, k, s, ceil):
    """(Σ x^p)^(1/p) over windows of a list, by loops; the last window over the end scaled up, as PyTorch does."""
    found, start = [], 0
    while start + k <= len(x) or (ceil and start < len(x) and start + k < len(x) + s):
        inside = [v**p for v in x[start : start + k]]
        found.append(Fraction(sum(inside)) * k / len(inside))
        start += s
    return found


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize(("k", "s"), [(1, 1), (3, 1), (2, 3), (3, 2), (4, 3)])
def test_power_means(k, s, ceil):
    x = np.array([[[3, -1, 4, -1, 5, -9, 2, 6]]])
    for p in (1, 2, 4):
        found = cm.lp_pool1d(p, k, s, ceil_mode=ceil)(x)[0, 0].tolist()
        wanted = powers(x[0, 0].tolist(), p, k, s, ceil)
        assert found == [v if p == 1 else np.sqrt(float(v)) if p == 2 else float(v) ** 0.25 for v in wanted]


def test_norm_1_keeps_the_sign_and_stays_exact():
    assert cm.lp_pool1d(1, 3)(np.array([[[-1, 2, -3]]])).tolist() == [[[-2]]]
    assert cm.lp_pool1d(1.0, 3)(np.array([[[-1, 2, -3]]])).dtype == np.int64
    assert np.isnan(cm.lp_pool1d(3, 1)(np.array([[[-1.0]]]))).all()
    big = np.full((1, 1, 2), 2**40)
    assert cm.lp_pool1d(2, 2)(big).tolist() == [[[np.sqrt(float(2**81))]]]


def test_power_means_of_more_axes():
    x = np.arange(2 * 3 * 4 * 5).reshape(1, 2, 3, 4, 5) - 30
    found = cm.lp_pool3d(2, (2, 1, 3), 2)(x)
    for place in product(*map(range, found.shape)):
        n, c, i, j, l = place
        window = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 1, 2 * l : 2 * l + 3]
        assert found[place] == np.sqrt(float((window**2).sum()))


PRINTED = {
    "relu": (lambda: cm.relu("N,C"), "Y[n,c] = relu(X[n,c])", r"\operatorname{relu}(X[n, c])"),
    "slope": (
        lambda: cm.leaky_relu("N", Fraction(-1, 3)), "Y[n] = leaky_relu(X[n], −1/3)",
        r"\operatorname{leaky\_relu}\left(X[n], -\frac{1}{3}\right)",
    ),
    "float": (lambda: cm.elu("N", -0.5), "Y[n] = elu(X[n], −0.5)", r"\operatorname{elu}(X[n], -0.5)"),
    "square": (
        lambda: cm.lp_pool1d(2, "k"), "Y[n,c,i] = (Σ_{u<k} X[n, c, k·i + u]²)^(1/2)",
        r"{(\sum_{u < k} {X[n, c, k \cdot i + u]}^{2})}^{1/2}",
    ),
    "broken": (
        lambda: cm.lp_pool1d(2.5, 3, ceil_mode=True),
        "Y[n,c,i] = (mean_{u<3 : 3·i + u ≤ L − 1} 3·X[n, c, 3·i + u]^2.5)^(1/2.5) where 3·i ≤ L − 1",
        "^{1/2.5}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PRINTED)
def test_functions_in_every_format(name):
    make, text, latex = PRINTED[name]
    made = make()
    assert str(made.definition) == text
    assert LaTeXWriter().relation(made.definition.relation()).endswith(latex)
    general = made.derive("output_shape")
    assert "<math" in general.render("html")
    again = cm.Derivation.from_json(general.render("json"))
    again.check()
    assert again == general
    for format_ in ("text", "latex", "markdown", "html", "json"):
        assert again.render(format_) == general.render(format_)


def test_another_function_in_a_file_is_found_out():
    data = json.loads(cm.relu("N,C").derive("all").render("json"))
    data["definitions"][0]["around"] = [None, ["relu6"]]
    with pytest.raises(cm.ProofError):
        cm.Derivation.from_json(json.dumps(data)).check()
    del data["definitions"][0]["around"]
    with pytest.raises(cm.ProofError):
        cm.Derivation.from_json(json.dumps(data)).check()


@pytest.mark.parametrize(
    "data",
    ["relu", [], ["eval"], ["relu", 1], ["relu", ["float", "0x1p0"]], ["leaky_relu"], ["leaky_relu", 0.5], [1],
     ["leaky_relu", ["float", "inf"]], ["leaky_relu", ["float", "x"]], ["leaky_relu", ["fraction", "1", "0"]],
     ["leaky_relu", ["fraction", "1", "-2"]], ["leaky_relu", ["fraction", 1, 2]],
     ["leaky_relu", ["fraction", "a", "2"]]],
)  # fmt: skip
def test_what_is_no_function_is_not_read(data):
    with pytest.raises(ParseError):
        read_function(data)
    with pytest.raises(ParseError):
        read_tree(["apply", data, "x"])


def test_functions_come_back_from_json():
    for name, arguments in PARAMETERS.items():
        for values in product((2, Fraction(1, 7), 0.1), repeat=len(arguments)):
            function = Function(name, values)
            assert read_function(json.loads(json.dumps(write_function(function)))) == function
    tree = cm.lp_pool1d(2, 3).general.right_side
    assert read_tree(json.loads(json.dumps(write_tree(tree)))) == tree


def test_two_formulas_with_different_functions_are_different():
    plain, relu, relu6 = (getattr(cm, name)("N,C").general.relation() for name in ("identity", "relu", "relu6"))
    assert same_operator(relu, cm.relu("N,C").general.relation())
    assert not same_operator(relu, plain)
    assert not same_operator(relu, relu6)
    squares, cubes = (cm.lp_pool2d(p, "k").general.relation() for p in (2, 3))
    assert same_operator(squares, cm.lp_pool2d(2, "k").general.relation())
    assert not same_operator(squares, cubes)
    slopes = [cm.leaky_relu("N", slope).general.relation() for slope in (1, 1.0)]
    assert not same_operator(*slopes)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: cm.relu("N").gradient("X"), "gradient of relu is not derived, since its slope depends on the values"),
        (lambda: cm.lp_pool1d(2, 3).gradient("X"), "the gradient of power is not derived"),
        (lambda: cm.dropout("N", 1.5), "dropout probability has to be between 0 and 1, but got 1.5. Use 0 ≤ p ≤ 1."),
        (lambda: cm.gelu("N", "erf"), "gelu: approximate is 'erf'; it must be 'none' or 'tanh'"),
        (lambda: cm.softplus("N", 0), "softplus: beta is 0"),
        (lambda: cm.hardtanh("N", 1, 1), "min_val is 1 and max_val is 1; max_val must be larger than min_val"),
        (lambda: cm.elu("N", "a"), "elu: alpha is 'a'; it must be a finite number"),
        (lambda: cm.elu("N", float("nan")), "elu: alpha is 'nan'; it must be a finite number"),
        (lambda: cm.elu("N", True), "elu: alpha is 'True'; it must be a finite number"),
        (lambda: cm.lp_pool2d(0, 3), "lp_pool2d: norm_type is 0; the sum is raised to 1/norm_type, so it must be > 0"),
        (lambda: cm.lp_pool1d(2, 0), "lp_pool1d: kernel_size (k) is 0; it must be an integer ≥ 1"),
        (lambda: cm.lp_pool1d(2, 3, ceil_mode=1), "lp_pool1d: ceil_mode is 1; it must be True or False"),
        (lambda: cm.lp_pool1d(2, 3).output_shape((1, 1, 2)), "Use L ≥ 3, or kernel_size ≤ 2."),
        (lambda: cm.relu((1,))(np.array([1j])), "its function is not computed of complex numbers (X)"),
        (lambda: cm.relu((1,))(np.array([True])), "X has dtype bool, which is not summed"),
        (lambda: cm.tanh((1,))(np.array([10**400], object)), "an entry is too large for it"),
        (lambda: cm.relu((2,))(np.array([1])), "axis 0"),
    ],
)  # fmt: skip
def test_refusals_say_why(ask, words):
    with pytest.raises(cm.ConvmathError, match=re.escape(words)):
        ask()


def test_a_function_of_a_padded_read_has_to_keep_zero():
    from convmath.operators.declare import declare

    def made(function):
        around = Around(read=function)
        return declare("f", "Y[i] = X[i+u-p]", {"X": "L"}, {"X": "p"}, ranges={"u": "k"}, around=around)

    assert made(Function("power", (2,)))(np.array([2, 3]), p=1, k=2).tolist() == [4, 13, 9]
    with pytest.raises(cm.DefinitionError, match="padding stays 0 only under a power"):
        made(Function("sigmoid"))
