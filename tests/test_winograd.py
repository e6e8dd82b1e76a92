"""Fast algorithms: matrices from points, programs run and counted, proofs replayed, what breaks."""

import json
import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from click.testing import CliRunner
from oracles.correlation import around, correlate

import convmath as cm
from convmath.book.bilinear import convolution, polynomials, rows
from convmath.book.coinciding import lost, programs_agree
from convmath.cli import main
from convmath.crossover import break_even_page, decimal
from convmath.derive.breakeven import cheapest, methods
from convmath.derive.fourier import transformed, turned
from convmath.derive.programs import direct, entries, fast
from convmath.derive.transforms import INFINITY, named, transforms
from convmath.errors import DefinitionError, ParseError, ProofError, ShapeError, UnsupportedError

COMPUTES = "winograd-computes-the-convolution"
NEEDS = "winograd-needs-m-plus-r-minus-1-multiplications"
KARATSUBA = "three-products-give-two-outputs-of-two-taps"
NESTS = "winograd-nests-along-two-axes"
ANY = "winograd-takes-any-distinct-points"
TOOM = "toom-cook-multiplies-polynomials"
TRANSPOSE = "transposing-an-algorithm-keeps-its-numbers"
HALF = Fraction(1, 2)
CASES = [
    (1, 1, None),
    (1, 4, None),
    (3, 1, None),
    (2, 2, None),
    (2, 3, None),
    (3, 2, (5, -7, 11)),
    (2, 3, (0, 1, "inf", -1)),
    (2, 3, (3, "1/2", -2, Fraction(2, 3))),
    (4, 3, None),
    (3, 3, ("1/2", "-2/3", 2, 1)),
    (5, 4, None),
]


def numbers(names, source):
    return {name: source.randint(-9, 9) for name in names}


# --- matrices


def test_the_matrices_of_f_2_3():
    """Lavin & Gray (2016), section 4.1; the last rows of B^T and of A^T have the other sign there, and both fit."""
    fast_ = cm.winograd(2, 3, points=(0, 1, -1))
    assert fast_.output == ((1, 1, 1, 0), (0, 1, -1, 1))
    assert fast_.filter == ((1, 0, 0), (HALF, HALF, HALF), (HALF, -HALF, HALF), (0, 0, 1))
    assert fast_.data == ((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, -1, 0, 1))
    assert (fast_.m, fast_.r, fast_.points, fast_.multiplications) == (2, 3, ("0", "1", "−1", "∞"), 4)


def test_the_matrices_of_f_4_3():
    """Lavin & Gray (2016), section 4.3: points 0, ±1, ±2, infinity."""
    fast_ = cm.winograd(4, 3)
    assert fast_.data[0] == (4, 0, -5, 0, 1, 0)
    assert fast_.data[3] == (0, -2, -1, 2, 1, 0)
    assert fast_.data[5] == (0, 4, 0, -5, 0, 1)
    assert fast_.filter[0] == (Fraction(1, 4), 0, 0)
    assert fast_.filter[3] == (Fraction(1, 24), Fraction(1, 12), Fraction(1, 6))
    assert fast_.output[3] == (0, 1, -1, 8, -8, 1)


@pytest.mark.parametrize(("m", "r", "points"), CASES)
def test_the_matrices_are_the_convolution_on_every_unit_array(m, r, points):
    """Σ_q A[q,e]·G[q,u]·B[q,t] is 1 where t = e + u, else 0; all entries are Fractions."""
    made = transforms(m, r, points)
    assert len(made.points) == m + r - 1
    for e, u, t in product(range(m), range(r), range(m + r - 1)):
        found = sum(a * g[u] * b[t] for a, g, b in zip(made.output[e], made.filter, made.data, strict=True))
        assert found == (t == e + u)
    every = [entry for matrix in (made.output, made.filter, made.data) for row in matrix for entry in row]
    assert all(type(entry) is Fraction for entry in every)


def test_the_usual_points():
    assert cm.winograd(8, 3).points == ("0", "1", "−1", "2", "−2", "1/2", "−1/2", "3", "−3", "∞")
    assert len(set(transforms(30, 30).points)) == 59


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((2, 3, (0, 0, 1)), DefinitionError, "the point 0 is given twice"),
        ((2, 3, (1, HALF, "2/4")), DefinitionError, "the point 1/2 is given twice"),
        ((2, 3, (0, "inf", "oo", 1)), DefinitionError, "the point ∞ is given twice"),
        ((2, 3, (0, 1)), DefinitionError, "2 points"),
        ((2, 3, (0, 1, -1, 2, 3)), DefinitionError, "5 points"),
        ((2, 3, (0, 1, 0.5)), ParseError, "is no integer, Fraction or text"),
        ((2, 3, (0, 1, True)), ParseError, "is no integer, Fraction or text"),
        ((2, 3, (0, 1, "1/0")), ParseError, "divides by 0"),
        ((2, 3, (0, 1, "1e3")), ParseError, "no quotient of two"),
        ((2, 3, (0, 1, "__import__('os')")), ParseError, "no quotient of two"),
        ((2, 3, (0, 1, "9" * 500)), ParseError, "no quotient of two"),
        ((2, 3, (0, 1, 10**40)), ParseError, "digits"),
        ((2, 3, "011"), ParseError, "must be a list"),
        ((2, 3, {0, 1, 2}), ParseError, "must be a list"),
        ((2, 3, list(range(1000))), ParseError, "at most 64"),
        ((0, 3), ParseError, "m is '0'"),
        ((2, -1), ParseError, "r is '-1'"),
        ((True, 3), ParseError, "m is 'True'"),
        ((2, "3"), ParseError, "r is '3'"),
        ((2.0, 3), ParseError, "m is '2.0'"),
        ((10**12, 3), UnsupportedError, "more than 64 points"),
        ((40, 40), UnsupportedError, "more than 64 points"),
    ],
)
def test_what_are_no_points_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        cm.winograd(*arguments)


# --- programs


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize(("m", "r", "points"), CASES)
def test_a_program_gives_what_the_definition_gives(m, r, points, rank):
    made, source = transforms(m, r, points), random.Random(m * 10 + r)
    program, straight = fast(made, rank), direct(m, r, rank)
    lines = [line.name for line in program.operations]
    assert len(lines) == len(set(lines))
    for _ in range(3):
        names = [*entries("x", m + r - 1, rank).values(), *entries("w", r, rank).values()]
        values = numbers(names, source)
        wanted = correlate(
            {place: values[name] for place, name in entries("x", m + r - 1, rank).items()},
            {place: values[name] for place, name in entries("w", r, rank).items()},
        )
        assert program.run(values) == straight.run(values) == wanted


@pytest.mark.parametrize(("m", "r", "points"), CASES)
def test_multiplications_are_counted_on_the_program(m, r, points):
    made = cm.winograd(m, r, points)
    assert made.multiplications == made.program().multiplications == m + r - 1
    assert made.program(2).multiplications == (m + r - 1) ** 2
    assert made.direct().multiplications == m * r
    assert made.direct(2).multiplications == (m * r) ** 2


def test_what_f_2_3_does_besides():
    """Lavin & Gray (2016), section 4.1: 4 additions of data, 3 of the filter with 2 constants, 4 of products."""
    one, two = cm.winograd(2, 3).program(), cm.winograd(2, 3).program(2)
    assert one.counts == {
        "filter": {"additions": 3, "multiplications by constants": 2},
        "data": {"additions": 4},
        "products": {"multiplications": 4},
        "output": {"additions": 4},
    }
    assert (two.counts["data"], two.counts["output"]) == ({"additions": 32}, {"additions": 24})
    assert two.counts["products"] == {"multiplications": 16}
    assert str(one).splitlines()[5] == "v[0] = x[0] − x[2]"
    assert "u[1] = (1/2)·t2" in str(one)


def test_the_smallest_case_is_karatsubas():
    lines = str(cm.winograd(2, 2).program()).splitlines()
    assert lines[3:6] == ["p[0] = w[0] · v[0]", "p[1] = u[1] · x[1]", "p[2] = w[1] · v[2]"]
    assert programs_agree() == 18


@pytest.mark.parametrize("axes", [0, 3, True, "2"])
def test_programs_are_written_for_one_axis_or_two(axes):
    with pytest.raises(ParseError, match="1 or 2 axes"):
        cm.winograd(2, 3).program(axes)


# --- on arrays


@pytest.mark.parametrize(("m", "r", "points"), CASES)
@pytest.mark.parametrize("more", [0, 1, 5])
def test_whole_arrays_tile_by_tile(m, r, points, more):
    source, made = random.Random(more), cm.winograd(m, r, points)
    x = [source.randint(-99, 99) for _ in range(r + more)]
    w = [source.randint(-99, 99) for _ in range(r)]
    wanted = correlate({(at,): value for at, value in enumerate(x)}, {(at,): value for at, value in enumerate(w)})
    found = made(x, w)
    assert found.dtype == np.int64
    assert found.tolist() == list(wanted.values())


def test_two_axes_fractions_and_large_integers_are_exact():
    made = cm.winograd(2, 3)
    x = np.arange(42).reshape(6, 7) ** 3 - 1000
    w = np.arange(9).reshape(3, 3) - 4
    wanted = cm.conv2d(1, 1, 3, bias=False)(x[None, None], w[None, None])[0, 0]
    assert np.array_equal(made(x, w), wanted)
    assert made([HALF, 1, 1, 1], [1, 1, Fraction(1, 3)]).tolist() == [Fraction(11, 6), Fraction(7, 3)]
    assert made([10**30] * 4, [1, 2, 3]).tolist() == [6 * 10**30] * 2


@pytest.mark.parametrize(
    ("x", "w", "words"),
    [
        ([1.0, 2, 3, 4], [1, 2, 3], "neither an integer nor a Fraction"),
        ([True, False, True], [1, 2, 3], "neither an integer nor a Fraction"),
        (["1", "2", "3"], [1, 2, 3], "neither an integer nor a Fraction"),
        ([1, 2], [1, 2, 3], "does not fit"),
        ([1, 2, 3], [1, 2], "expected one axis"),
        ([[1, 2, 3]] * 3, [1, 2, 3], "expected one axis"),
        ([[[1]]], [[[1]]], "expected one axis"),
        ([[1, 2], [3]], [1, 2, 3], "not of one length"),
        (1, 2, "expected one axis"),
    ],
)
def test_what_is_no_array_for_it_is_refused(x, w, words):
    with pytest.raises(ShapeError, match=words):
        cm.winograd(2, 3)(x, w)


# --- proofs


@pytest.mark.parametrize(("m", "r", "points"), CASES[:-1])
def test_exactness_is_proved_for_any_points_and_replayed(m, r, points):
    made = cm.winograd(m, r, points)
    proof = made.derivation
    lines = [str(chain.conclusion) for chain in proof.chains]
    assert lines == [f"Z_{e}[o,n] = {read(m, e)}" for e in range(m)]
    proof.check()
    again = cm.Derivation.from_json(proof.render("json"))
    again.check()
    assert again.steps == proof.steps
    assert all(step.evidence.verdict == "proved" and step.evidence.points >= 100 for step in proof.steps)


def read(m, e):
    start = "n" if m == 1 else f"{m}·n"
    return f"Y[o,{start}]" if e == 0 else f"Y[o, {start} + {e}]"


def test_a_proof_from_other_points_is_no_proof_from_these():
    data = json.loads(cm.winograd(2, 3).derivation.render("json"))
    for points in (["0", "1", "2", "inf"], ["0", "0", "1", "inf"], ["0"], "01", [0, 1]):
        data["claim"]["points"] = points
        with pytest.raises(cm.ConvmathError):
            cm.Derivation.from_json(json.dumps(data)).check()


def test_matrices_with_one_number_altered_prove_nothing():
    made = transforms(2, 3)
    theorem = cm.theorems()[COMPUTES]
    for name in ("output", "filter", "data"):
        matrix = getattr(made, name)
        for row, column in product(range(len(matrix)), range(len(matrix[0]))):
            wrong = [list(line) for line in matrix]
            wrong[row][column] += 1
            algorithm = convolution(replace(made, **{name: tuple(map(tuple, wrong))}))
            with pytest.raises((ProofError, DefinitionError)):
                algorithm.prove_outputs(algorithm.work(theorem, {}), "{}")


@pytest.mark.parametrize(("m", "r"), [(1, 3), (2, 2), (2, 3), (3, 3), (4, 3), (2, 5), (6, 2)])
def test_theorems_for_other_tiles(m, r):
    proof = cm.prove(COMPUTES, m=m, r=r, T=5, O=7)
    assert proof.result == (5 * m, 35 * (m + r - 1), 35 * m * r)
    proof.check()
    assert cm.prove(TOOM, m=m, r=r).result == (m + r - 1,)
    assert cm.prove(NEEDS, m=m, r=r, T=1, O=1).result == (
        m + r - 1,
        m + r - 1,
        m * r,
        (m + r - 1) ** 2,
        (m * r) ** 2,
    )


def test_what_the_chapter_concludes():
    assert str(cm.prove(COMPUTES).result) == "(2*T, 4*O*T, 6*O*T)"
    assert str(cm.prove(KARATSUBA).result) == "(2*T, 3*O*T, 4*O*T)"
    assert cm.prove(NEEDS, m=2, r=3, T=1, O=1).result == (4, 4, 6, 16, 36)
    assert [str(chain.conclusion) for chain in cm.prove(NESTS).chains][1:] == [
        "Z_0[o,n,j] = Y[o,2·n,j]",
        "Z_1[o,n,j] = Y[o, 2·n + 1, j]",
    ]
    assert [str(chain.conclusion) for chain in cm.prove(TRANSPOSE).chains] == [
        "S[o,n,t] = Σ_{u<r, e<m} D[e,u,t]·W[o,u]·H[n,e]",
        "Z[o,n,e] = Σ_{u<r, t<L} D[e,u,t]·W[o,u]·X[n,t]",
    ]
    assert str(cm.prove(NEEDS).chains[-1].conclusion) == "m + r − 1 < m·r"
    assert [slug for slug, entry in cm.theorems().items() if entry.chapter == "Fast algorithms"]


@pytest.mark.parametrize("r", [2, 3])
def test_points_that_are_letters(r):
    proof = cm.prove(ANY, r=r)
    assert [str(chain.conclusion) for chain in proof.chains] == [
        "L' = 2·T",
        *(f"Z_{e}[o,n] = {read(2, e)}" for e in (0, 1)),
    ]
    proof.check()
    cm.Derivation.from_json(proof.render("json")).check()
    shown = [str(definition) for definition in proof.definitions]
    if r == 2:
        assert shown[1:4] == [
            "V_0[n] = b·X[2·n] − X[2·n + 1]",
            "V_1[n] = −a·X[2·n] + X[2·n + 1]",
            "V_2[n] = a·b·X[2·n] + (−a − b)·X[2·n + 1] + X[2·n + 2]",
        ]
        assert shown[4] == "U_0[o] = (1/(b − a))·W[o,0] + (a/(b − a))·W[o,1]"


def test_letters_that_are_one_point_are_refused():
    assert cm.prove(ANY, a=2, b=5).result
    for numbers_ in ({"a": 2, "b": 2}, {"a": 3, "b": 1}):
        with pytest.raises(ProofError, match="a < b is needed"):
            cm.prove(ANY, **numbers_)
    with pytest.raises(UnsupportedError, match="2 or 3 taps"):
        cm.prove(ANY, r=4)
    assert cm.refute(ANY, "the points are distinct").found


@pytest.mark.parametrize("make", [convolution, rows, polynomials])
def test_what_is_too_large_for_exact_points_is_not_proved(make):
    theorem = cm.theorems()[COMPUTES]
    for arguments in ((8, 8), (2, 3, (1000, 2001, 3007))):
        with pytest.raises(UnsupportedError):
            make(transforms(*arguments)).work(theorem, {})
    with pytest.raises(UnsupportedError, match="at most 9"):
        cm.prove(COMPUTES, m=8, r=3)


# --- what breaks


def test_two_points_that_are_one_lose_an_output():
    found = str(cm.refute(COMPUTES, "the points are distinct"))
    assert "the points 0, 0, ∞. W = [0, 1] has the values [0, 0, 1] there" in found
    assert found.endswith("the convolution of X = [0, 1, 0] gives 1.")
    missing = cm.refute(NEEDS, "there are m + r − 1 points, infinity counted")
    assert missing.found
    assert "from the points 0, ∞" in missing.counterexample


def test_nothing_is_lost_where_the_points_are_distinct():
    """The search says no where it should."""
    assert lost(((0, 1), (1, 1), INFINITY)) is None
    assert lost(((1, 2), (-3, 1), (5, 7))) is None
    assert "W = [1, -1] has the values [0, 0, -1]" in lost(((1, 1), (1, 1), INFINITY))
    assert named((-1, 2)) == "−1/2"


# --- the Fourier transform


def unit(place, size):
    return {(at,): int(at == place) for at in range(size)}


def element(value, size):
    return (Fraction(value),) + (Fraction(0),) * (size // 2 - 1)


def circular(size, rank, x, w):
    program = transformed(size, rank)
    name = {place: ",".join(map(str, place)) for place in x}
    data = {f"x[{name[place]}]": element(value, size) for place, value in x.items()}
    taps = {f"w[{name[place]}]": element(value, size) for place, value in w.items()}
    found = program.run(data, taps)
    assert all(value[1:] == (0,) * (size // 2 - 1) for value in found.values())
    return {place: value[0] / size**rank for place, value in found.items()}


@pytest.mark.parametrize("size", [2, 4, 8])
def test_the_radix_2_program_is_the_circular_convolution(size):
    """Both are bilinear, so what holds on every pair of unit arrays holds on all arrays."""
    for a, b in product(range(size), repeat=2):
        x, w = unit(a, size), unit(b, size)
        assert circular(size, 1, x, w) == around(x, w, size)


def test_along_two_axes_too():
    source = random.Random(2)
    x, w = ({place: source.randint(-9, 9) for place in product(range(4), repeat=2)} for _ in range(2))
    assert circular(4, 2, x, w) == around(x, w, 4)


def test_z_is_a_root_of_unity():
    one = element(1, 8)
    assert turned(one, 4) == element(-1, 8)
    assert turned(one, 8) == turned(one, -8) == one
    assert turned(turned(one, 3), -3) == one


@pytest.mark.parametrize(("size", "additions"), [(2, 4), (4, 16), (8, 52), (16, 148), (32, 388)])
def test_real_operations_of_one_transform(size, additions):
    """3·L·log₂L − 3·L + 4 additions: radix 2 with trivial turns left out and complex products of 4 and 2."""
    assert transformed(size).counts["data"]["additions"] == additions == 3 * size * log2(size) - 3 * size + 4
    assert transformed(size).counts["products"] == {"multiplications": 4 * size, "additions": 2 * size}


def test_transforms_along_two_axes_are_as_many_as_there_are_lines():
    one, two = transformed(8).counts["data"], transformed(8, 2).counts["data"]
    assert two == {what: 16 * number for what, number in one.items()}


def log2(size):
    return size.bit_length() - 1


@pytest.mark.parametrize("size", [0, 1, 3, 12, 128])
def test_only_powers_of_two_are_split(size):
    with pytest.raises(ParseError, match="power of two"):
        transformed(size)


# --- where they break even


def test_costs_of_one_channel():
    """F(2×2, 3×3) has 32 + 24 additions and 16 products for 4 outputs; the definition 9 products, 8 additions."""
    costs = {cost.method: cost for cost in methods(3, 1, 2)}
    assert costs["F(2×2, 3×3)"].operations == Fraction(32 + 24 + 16, 4)
    assert costs["definition"].operations == 17
    assert costs["DFT of 8×8"].multiplications == Fraction(2 * 16 * 4 + 4 * 64, 2 * 36)


def test_costs_of_many_channels():
    """Transforms are shared: 16 products, each added over the channels."""
    (found,) = (cost for cost in methods(3, 10**9, 2) if cost.method == "F(2×2, 3×3)")
    assert 8 <= found.operations < 8 + Fraction(1, 10**6)
    assert cheapest(3, 10**9, 2, ("definition",)).multiplications == 9
    assert cheapest(11, 16, 2, ("F(",)) is None


def test_the_page_says_where_they_break_even():
    page = break_even_page()
    assert "Fewest: the definition.\n\n### 16 channels" in page
    assert page.count("Fewest: Winograd, then the Fourier transform from 6 taps on.") == 2
    assert page.count("Fewest: Winograd, then the Fourier transform from 4×4 taps on.") == 2
    assert "| 3×3 | **17.0** | 18.0 | F(2×2, 3×3) |" in page


@pytest.mark.parametrize(
    ("number", "text"), [(Fraction(27, 4), "6.8"), (Fraction(1, 3), "0.3"), (Fraction(18), "18.0")]
)
def test_numbers_of_one_decimal(number, text):
    assert decimal(number) == text


# --- the command line


def test_the_command_shows_matrices_program_counts_and_verdict():
    done = CliRunner().invoke(main, ["winograd", "2", "3"])
    assert done.exit_code == 0
    assert "G       1     0     0\n      1/2   1/2   1/2" in done.output
    assert "products  p[0] = w[0] · v[0]" in done.output
    assert "one axis  4 products of a tile; the definition takes 6" in done.output
    assert "two axes  16 products of a tile; the definition takes 36" in done.output
    assert "proved    it computes the convolution" in done.output
    shown = CliRunner().invoke(main, ["winograd", "2", "2", "--points", "1/2,-3", "--proof"]).output
    assert "F(2, 2) from the points 1/2, −3, ∞ computes the convolution" in shown
    assert "not proved: 15 products" in CliRunner().invoke(main, ["winograd", "8", "8"]).output


@pytest.mark.parametrize("line", ["winograd 2 3 --points 0,0,1", "winograd 0 3", "winograd 2 3 --points a,b,c"])
def test_the_command_refuses_in_one_line(line):
    done = CliRunner().invoke(main, line.split())
    assert done.exit_code == 2
    assert done.stderr.startswith("convmath: ")
    assert len(done.stderr.splitlines()) == 1
