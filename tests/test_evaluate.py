"""Every kind of definition against plain loops, exactly."""

import tracemalloc
import warnings
from fractions import Fraction
from itertools import product as tuples

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import loops

from convmath.errors import ConvmathError, DefinitionError, ShapeError, UnsupportedError
from convmath.evaluate import contract, evaluate, exact
from convmath.language.definition import Definition, Tensor, Term
from convmath.language.parse import parse_formula, parse_size
from convmath.language.tree import Int, Mul, Read, Relation, Sym


class Case:
    """A formula with its shapes, for convmath and for the loops."""

    def __init__(self, left, terms, extents, shapes, ranges=None, reduce="sum", pads=None):
        self.left, self.extents, self.shapes, self.reduce = left, extents, shapes, reduce
        self.terms = [(t, {}, 1, ()) if isinstance(t, str) else (*t, *({}, 1, ())[len(t) - 1 :]) for t in terms]
        self.ranges, self.pads = ranges or {}, pads or {}

    def definition(self):
        pads = {name: self.pads.get(name, ((0, 0),) * len(shape)) for name, shape in self.shapes.items()}
        return Definition(
            parse_formula(f"{self.left} = X[i]")[0],
            tuple(self._term(*term) for term in self.terms),
            tuple(
                Tensor(name, tuple(map(Int, shape)), tuple((Int(a), Int(b)) for a, b in pads[name]))
                for name, shape in self.shapes.items()
            ),
            ((Int(0), Int(0)),) * len(self.extents),
            tuple((name, Int(size)) for name, size in self.ranges.items()),
            self.reduce,
        )

    def _term(self, text, where, scale, reduced):
        right = parse_formula(f"Y[i] = {text}")[1]
        reads = right.factors if isinstance(right, Mul) else (right,)
        assert all(isinstance(read, Read) for read in reads)
        conditions = tuple(Relation(Sym(name), "=", parse_size(side)) for name, side in where.items())
        size = Int(scale) if isinstance(scale, int) else parse_size(f"{scale.numerator}/{scale.denominator}")
        return Term(reads, tuple(reduced), conditions, size)

    def loops(self, arrays):
        definition = self.definition()
        ranges = {name: size.value for name, size in definition.known_ranges.items()}
        ranges |= {
            item.name: extent
            for item, extent in zip(definition.output.subscripts, self.extents, strict=False)
            if isinstance(item, Sym)
        }
        nested = {name: array.tolist() for name, array in arrays.items()}
        return loops.run(self.left, self.terms, self.extents, nested, ranges, reduce=self.reduce)

    def arrays(self, dtype=np.int64, low=-9, high=10, seed=0):
        random = np.random.default_rng(seed)
        return {name: random.integers(low, high, shape).astype(dtype) for name, shape in self.shapes.items()}

    def check(self, arrays=None):
        arrays = self.arrays() if arrays is None else arrays
        result = evaluate(self.definition(), self.extents, arrays)
        assert result.shape == self.extents
        assert result.flags.c_contiguous
        assert result.flags.writeable
        assert not any(np.shares_memory(result, array) for array in arrays.values())
        for place, value in self.loops(arrays).items():
            got = result[place]
            if value is None:
                assert got == (-np.inf if self.reduce == "max" else np.inf)
            elif result.dtype.kind == "f":
                assert got == pytest.approx(float(value), rel=1e-12), place
            else:
                assert got == value, place
        return result


CASES = {
    "conv1d with bias": Case(
        "Y[n,o,i]",
        ["b[o]", ("W[o,c,u]*X[n,c,2*i+3*u-2]", {}, 1, "cu")],
        (2, 3, 4),
        {"b": (3,), "W": (3, 2, 3), "X": (2, 2, 11)},
        pads={"X": ((0, 0), (0, 0), (2, 3))},
    ),
    "conv2d": Case(
        "Y[n,o,i,j]",
        [("W[o,c,u,v]*X[n,c,i+u-1,2*j+v-1]", {}, 1, "cuv")],
        (2, 3, 5, 3),
        {"W": (3, 4, 3, 2), "X": (2, 4, 5, 6)},
        pads={"X": ((0, 0), (0, 0), (1, 1), (1, 1))},
    ),
    "conv3d, one place": Case(
        "Y[n,o,i,j,k]",
        [("W[o,c,u,v,w]*X[n,c,i+u,j+v,k+w]", {}, 1, "cuvw")],
        (1, 2, 1, 2, 1),
        {"W": (2, 1, 2, 2, 2), "X": (1, 1, 2, 3, 2)},
    ),
    "channels last": Case(
        "Y[n,i,j,o]",
        [("W[u,v,c,o]*X[n,i+u,j+v,c]", {}, 1, "uvc")],
        (2, 3, 2, 4),
        {"W": (2, 3, 3, 4), "X": (2, 4, 4, 3)},
    ),
    "pointwise": Case(
        "Y[n,o,i,j]", [("W[o,c]*X[n,c,i,j]", {}, 1, "c")], (2, 3, 4, 4), {"W": (3, 5), "X": (2, 5, 4, 4)}
    ),
    "pointwise, strided": Case(
        "Y[n,o,i]", [("W[o,c]*X[n,c,2*i]", {}, 1, "c")], (2, 3, 4), {"W": (3, 5), "X": (2, 5, 8)}
    ),
    "grouped": Case(
        "Y[n,4*m+o,i]",
        [("W[4*m+o,c,u]*X[n,2*m+c,i+u]", {}, 1, "cu")],
        (2, 12, 4),
        {"W": (12, 2, 3), "X": (2, 6, 6)},
        {"m": 3, "o": 4},
    ),
    "grouped with bias": Case(
        "Y[n,2*m+o,i]",
        ["b[2*m+o]", ("W[2*m+o,c,u]*X[n,2*m+c,i+u]", {}, 1, "cu")],
        (1, 4, 4),
        {"b": (4,), "W": (4, 2, 3), "X": (1, 4, 6)},
        {"m": 2, "o": 2},
    ),
    "one group": Case(
        "Y[n,4*m+o,i]",
        [("W[4*m+o,c,u]*X[n,2*m+c,i+u]", {}, 1, "cu")],
        (2, 4, 4),
        {"W": (4, 2, 3), "X": (2, 2, 6)},
        {"m": 1, "o": 4},
    ),
    "depthwise": Case(
        "Y[n,c,i,j]",
        [("W[c,u,v]*X[n,c,i+u-1,j+v-1]", {}, 1, "uv")],
        (2, 3, 8, 8),
        {"W": (3, 3, 3), "X": (2, 3, 8, 8)},
        pads={"X": ((0, 0), (0, 0), (1, 1), (1, 1))},
    ),
    "depthwise, two filters each": Case(
        "Y[n,2*c+m,i]",
        [("W[2*c+m,u]*X[n,c,i+u]", {}, 1, "u")],
        (2, 6, 4),
        {"W": (6, 3), "X": (2, 3, 6)},
        {"c": 3, "m": 2},
    ),
    "depthwise, channels last": Case(
        "Y[n,i,c]", [("W[u,c]*X[n,i+u,c]", {}, 1, "u")], (2, 5, 3), {"W": (3, 3), "X": (2, 7, 3)}
    ),
    "transposed": Case(
        "Y[n,o,t]",
        [("W[c,o,u]*X[n,c,i]", {"t": "2*i+u"}, 1, "ciu")],
        (2, 3, 9),
        {"W": (4, 3, 3), "X": (2, 4, 4)},
    ),
    "transposed, cropped": Case(
        "Y[n,o,t]",
        ["b[o]", ("W[c,o,u]*X[n,c,i]", {"t": "3*i+2*u-2"}, 1, "ciu")],
        (2, 3, 8),
        {"b": (3,), "W": (4, 3, 3), "X": (2, 4, 4)},
    ),
    "transposed, longer than written": Case(
        "Y[t]", [("W[u]*X[i]", {"t": "2*i+u-1"}, 1, "iu")], (15,), {"W": (2,), "X": (4,)}
    ),
    "transposed, nearly all cropped": Case(
        "Y[t]", [("W[u]*X[i]", {"t": "5*i+u-7"}, 1, "iu")], (2,), {"W": (2,), "X": (4,)}
    ),
    "transposed 2d, grouped": Case(
        "Y[n,2*m+o,s,t]",
        [("W[2*m+c,o,u,v]*X[n,2*m+c,i,j]", {"s": "2*i+u-1", "t": "j+2*v"}, 1, "cijuv")],
        (2, 4, 6, 7),
        {"W": (4, 2, 3, 2), "X": (2, 4, 3, 5)},
        {"m": 2, "o": 2, "c": 2},
    ),
    "written backwards": Case("Y[t]", [("W[u]*X[i]", {"t": "6-2*i+u"}, 1, "iu")], (8,), {"W": (3,), "X": (4,)}),
    "written where an output index says": Case(
        "Y[o,t]", [("W[o]*X[i]", {"t": "i+o-1"}, 1, "i")], (3, 4), {"W": (3,), "X": (4,)}
    ),
    "written by taps only": Case("Y[s,t]", [("X[i,u]", {"s": "i+u", "t": "i-u"}, 1, "iu")], (4, 3), {"X": (3, 2)}),
    "written at an index that nothing reads": Case(
        "Y[t]", [("X[i]", {"t": "i+u"}, 1, "iu")], (6,), {"X": (4,)}, {"u": 3}
    ),
    "written, broadcast in the middle": Case(
        "Y[o,n,t]",
        [("W[o]*X[i]", {"t": "i+o"}, 1, "i"), "B[n]"],
        (2, 3, 5),
        {"W": (2,), "X": (4,), "B": (3,)},
    ),
    "written and read": Case(
        "Y[t]",
        [("B[t]*W[u]*X[i]", {"t": "2*i+u-1"}, 1, "iu"), "B[t]"],
        (6,),
        {"B": (6,), "W": (3,), "X": (4,)},
    ),
    "concatenation": Case(
        "Y[t]", [("A[i]", {"t": "i"}, 1, "i"), ("B[j]", {"t": "j+3"}, 1, "j")], (7,), {"A": (3,), "B": (4,)}
    ),
    "weight gradient": Case(
        "G[o,c,u]",
        [("D[n,o,i]*X[n,c,2*i+u-1]", {}, 1, "ni")],
        (3, 2, 3),
        {"D": (2, 3, 4), "X": (2, 2, 8)},
        pads={"X": ((0, 0), (0, 0), (1, 1))},
    ),
    "read backwards": Case("Y[i]", [("W[2-u]*X[3*i-u+2]", {}, 1, "u")], (3,), {"W": (3,), "X": (9,)}, {"u": 3}),
    "output read backwards": Case("Y[i]", ["X[4-i]"], (5,), {"X": (5,)}),
    "diagonal": Case("Y[i]", ["X[i,i]"], (4,), {"X": (4, 4)}),
    "shifted diagonal": Case("Y[i]", ["X[i,2*i+1]"], (2,), {"X": (3, 4)}),
    "trace": Case("Y[n]", [("X[n,i,i]", {}, 1, "i")], (3,), {"X": (3, 4, 4)}),
    "transpose": Case("Y[j,i]", ["X[i,j]"], (3, 2), {"X": (2, 3)}),
    "copy": Case("Y[i,j]", ["X[i,j]"], (3, 2), {"X": (3, 2)}),
    "sum of all": Case("Y[z]", [("X[i,j]", {}, 1, "ij"), "B[z]"], (1,), {"X": (3, 2), "B": (1,)}),
    "outer product": Case("Y[i,j]", ["A[i]*B[j]"], (3, 4), {"A": (3,), "B": (4,)}),
    "no shared index, both summed": Case(
        "Y[i]", [("A[i]*B[j]*C[k]", {}, 1, "jk")], (3,), {"A": (3,), "B": (4,), "C": (2,)}
    ),
    "bilinear form": Case(
        "Y[n,o]",
        [("A[n,i]*W[o,i,j]*B[n,j]", {}, 1, "ij")],
        (3, 2),
        {"A": (3, 4), "W": (2, 4, 5), "B": (3, 5)},
    ),
    "four reads": Case(
        "Y[i,l]",
        [("A[i,j]*B[j,k]*C[k,l]*D[k]", {}, 1, "jk")],
        (2, 3),
        {"A": (2, 4), "B": (4, 5), "C": (5, 3), "D": (5,)},
    ),
    "elementwise": Case("Y[n,c]", ["A[n,c]*B[n,c]"], (3, 2), {"A": (3, 2), "B": (3, 2)}),
    "the same array twice": Case("Y[i,j]", [("X[i,k]*X[j,k]", {}, 1, "k")], (3, 3), {"X": (3, 4)}),
    "linear": Case("Y[n,o]", ["b[o]", ("W[o,c]*X[n,c]", {}, 1, "c")], (4, 3), {"b": (3,), "W": (3, 5), "X": (4, 5)}),
    "fully connected image": Case(
        "Y[n,o]", [("W[o,c,i,j]*X[n,c,i,j]", {}, 1, "cij")], (2, 3), {"W": (3, 2, 4, 4), "X": (2, 2, 4, 4)}
    ),
    "attention": Case(
        "Y[n,h,q,k]",
        [("Q[n,q,h,d]*K[n,k,h,d]", {}, 1, "d")],
        (2, 2, 3, 4),
        {"Q": (2, 3, 2, 5), "K": (2, 4, 2, 5)},
    ),
    "interleaved": Case(
        "Y[a,p,b,q]", [("A[a,b,k]*B[p,q,k]", {}, 1, "k")], (2, 3, 2, 3), {"A": (2, 2, 4), "B": (3, 3, 4)}
    ),
    "residual": Case("Y[n,i]", ["A[n,i]", "B[n,i]", ("A[n,i]", {}, -3)], (2, 3), {"A": (2, 3), "B": (2, 3)}),
    "terms on different axes": Case("Y[i,j]", ["A[i]", "B[j]"], (2, 3), {"A": (2,), "B": (3,)}),
    "a reduced index that nothing reads": Case("Y[i]", [("A[i]", {}, 2, "u")], (3,), {"A": (3,)}, {"u": 5}),
    "size-1 axes": Case(
        "Y[n,o,i]", [("W[o,c,u]*X[n,c,i+u]", {}, 1, "cu")], (1, 1, 1), {"W": (1, 1, 1), "X": (1, 1, 1)}
    ),
    "constant subscript": Case("Y[i]", ["X[i,2]"], (3,), {"X": (3, 4)}),
    "sum pool": Case("Y[c,i,j]", [("X[c,2*i+u,2*j+v]", {}, 1, "uv")], (5, 4, 4), {"X": (5, 9, 9)}, {"u": 3, "v": 3}),
    "max pool": Case(
        "Y[c,i,j]",
        [("X[c,2*i+u-1,2*j+v-1]", {}, 1, "uv")],
        (5, 5, 5),
        {"X": (5, 9, 9)},
        {"u": 3, "v": 3},
        "max",
        {"X": ((0, 0), (1, 1), (1, 1))},
    ),
    "min pool, scaled": Case(
        "Y[c,i]",
        [("X[c,2*i+u-1]", {}, -2, "u")],
        (2, 5),
        {"X": (2, 9)},
        {"u": 3},
        "min",
        {"X": ((0, 0), (1, 1))},
    ),
    "largest product": Case(
        "Y[i]", [("W[u]*X[i+u-1]", {}, 3, "u")], (6,), {"W": (3,), "X": (6,)}, {}, "max", {"X": ((1, 1),)}
    ),
    "largest, scaled by 0": Case("Y[i]", [("X[i+u]", {}, 0, "u")], (3,), {"X": (5,)}, {"u": 3}, "max"),
    "global max": Case("Y[n,c]", [("X[n,c,i,j]", {}, 1, "ij")], (2, 3), {"X": (2, 3, 5, 5)}, {}, "max"),
    "mean pool": Case(
        "Y[c,i]",
        [("X[c,2*i+u-1]", {}, 1, "u")],
        (2, 5),
        {"X": (2, 9)},
        {"u": 3},
        "mean",
        {"X": ((0, 0), (1, 1))},
    ),
    "mean with an index that nothing reads": Case("Y[i]", [("X[i]", {}, 5, "u")], (4,), {"X": (4,)}, {"u": 3}, "mean"),
    "fraction as scale, largest": Case(
        "Y[i]", [("X[i+u]", {}, Fraction(-2, 3), "u")], (4,), {"X": (6,)}, {"u": 3}, "max"
    ),
    "fraction as scale": Case("Y[i]", [("X[i+u]", {}, Fraction(2, 3), "u")], (4,), {"X": (6,)}, {"u": 3}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
class TestKinds:
    def test_integers(self, case):
        result = case.check()
        fractions = case.reduce == "mean" or any(isinstance(term[2], Fraction) for term in case.terms)
        assert result.dtype == (object if fractions else np.int64)

    def test_fractions(self, case):
        arrays = case.arrays()
        thirds = {name: array.astype(object) * Fraction(1, 3) for name, array in arrays.items()}
        assert all(isinstance(entry, Fraction) for entry in case.check(thirds).flat)

    def test_integers_of_any_size(self, case):
        arrays = case.arrays(object)
        case.check({name: array * (10**25 + 7) for name, array in arrays.items()})

    def test_floats_that_are_integers(self, case):
        exact = evaluate(case.definition(), case.extents, case.arrays())
        for dtype in (np.float32, np.float64, np.float16):
            arrays = case.arrays(dtype)
            result = evaluate(case.definition(), case.extents, arrays)
            assert result.dtype == dtype
            np.testing.assert_allclose(result, exact.astype(float), rtol=1e-6 if dtype != np.float16 else 1e-3)

    def test_views_and_reversed_arrays(self, case):
        arrays = case.arrays()
        case.check({n: np.asfortranarray(a)[..., ::-1] for n, a in arrays.items()})

    def test_small_pieces(self, case, monkeypatch):
        monkeypatch.setattr(contract, "LARGEST_COPY", 64)
        case.check()

    def test_every_way_to_be_exact(self, case, monkeypatch):
        arrays = case.arrays()
        for limit in (1, 1 << 6, 1 << 11):
            monkeypatch.setattr(exact, "FLOAT32", limit)
            monkeypatch.setattr(exact, "FLOAT64", limit)
            case.check(arrays)


@pytest.mark.parametrize("name", ["conv2d", "depthwise", "transposed 2d, grouped", "bilinear form", "mean pool"])
def test_complex(name):
    case = CASES[name]
    parts = case.arrays(seed=1), case.arrays(seed=2)
    arrays = {n: (parts[0][n] + 1j * parts[1][n]).astype(np.complex64) for n in parts[0]}
    result = evaluate(case.definition(), case.extents, arrays)
    assert result.dtype == np.complex64
    for place, value in case.loops(arrays).items() if case.reduce == "sum" else ():
        assert result[place] == pytest.approx(value, rel=1e-5)


class TestExact:
    conv = CASES["conv1d with bias"]

    @pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", ">i4"])
    def test_every_width_at_its_ends(self, dtype):
        case = Case("Y[i]", [("W[u]*X[i+u]", {}, 1, "u")], (3,), {"W": (1,), "X": (3,)})
        info = np.iinfo(dtype)
        arrays = {"W": np.array([1], dtype), "X": np.array([info.min, 0, info.max], dtype)}
        assert case.check(arrays).dtype == np.dtype(dtype).newbyteorder("=")

    @pytest.mark.parametrize("bits", [8, 12, 20, 26, 27, 29, 30])
    def test_products_of_any_size(self, bits):
        for seed in range(5):
            arrays = self.conv.arrays(low=-(1 << bits), high=1 << bits, seed=seed)
            self.conv.check(arrays)

    def test_large_entries_that_cancel(self):
        case = Case("Y[n]", [("A[n,i]*B[i]", {}, 1, "i")], (1,), {"A": (1, 4), "B": (4,)})
        big = 2**40
        arrays = {"A": np.array([[big, big + 1, -1, 3]]), "B": np.array([big + 1, -big, 5, 7])}
        assert case.check(arrays).dtype == np.int64

    def test_what_does_not_fit_is_refused_with_its_value(self):
        arrays = {
            "b": np.zeros(3, np.int8),
            "W": np.full((3, 2, 3), 9, np.int8),
            "X": np.full((2, 2, 11), 9, np.int8),
        }
        with pytest.raises(
            ConvmathError, match=r"Y has the exact value 486, which int8 cannot hold .* convert .* wider integer"
        ):
            evaluate(self.conv.definition(), self.conv.extents, arrays)

    def test_unsigned_results_are_not_negative(self):
        case = Case("Y[i]", [("A[i]", {}, -1)], (2,), {"A": (2,)})
        with pytest.raises(ConvmathError, match="exact value -3, which uint64"):
            evaluate(case.definition(), (2,), {"A": np.array([3, 0], np.uint64)})

    def test_int64_overflow_is_refused_and_object_is_not(self):
        case = Case("Y[i]", ["A[i]*B[i]"], (2,), {"A": (2,), "B": (2,)})
        arrays = {"A": np.array([2**62, 1]), "B": np.array([2, 1])}
        with pytest.raises(ConvmathError, match=str(2**63)):
            evaluate(case.definition(), (2,), arrays)
        case.check({name: array.astype(object) for name, array in arrays.items()})

    def test_zeros_next_to_numbers_beyond_floats(self):
        case = Case("Y[i]", ["A[i]*B[i]"], (2,), {"A": (2,), "B": (2,)})
        case.check({"A": np.array([10**400, 1], object), "B": np.array([0, 0], object)})

    def test_fractions_beyond_floats(self):
        case = Case("Y[i]", ["A[i]*B[i]"], (2,), {"A": (2,), "B": (2,)})
        case.check({"A": np.array([10**400, Fraction(1, 7)], object), "B": np.array([Fraction(2, 3), 1], object)})

    def test_integers_beside_objects(self):
        case = Case("Y[i]", ["A[i]*B[i]"], (2,), {"A": (2,), "B": (2,)})
        assert case.check({"A": np.array([2, 3], np.int8), "B": np.array([2**70, 1], object)}).dtype == object


class TestEmptyWindows:
    case = Case("Y[i]", [("X[2*i+u-2]", {}, 1, "u")], (4,), {"X": (4,)}, {"u": 2}, "max", {"X": ((2, 2),)})

    def test_floats_give_minus_infinity(self):
        self.case.check({"X": np.arange(4.0)})

    def test_a_product_too(self):
        case = Case(
            "Y[i]",
            [("W[u]*X[2*i+u-2]", {}, 1, "u")],
            (4,),
            {"X": (4,), "W": (2,)},
            {},
            "max",
            {"X": ((2, 2),)},
        )
        case.check(case.arrays(float))

    def test_integers_are_refused(self):
        for dtype in (int, object):
            with pytest.raises(ConvmathError, match="sees padding only"):
                evaluate(self.case.definition(), (4,), {"X": np.arange(4).astype(dtype)})

    def test_no_window_at_all(self):
        result = evaluate(CASES["conv2d"].definition(), (2, 3, 0, 3), CASES["conv2d"].arrays(np.float32))
        assert result.shape == (2, 3, 0, 3)
        assert result.dtype == np.float32


class TestRefusals:
    conv = CASES["conv1d with bias"]

    def refused(self, message, extents=None, error=ShapeError, case=None, **changes):
        case = case or self.conv
        with pytest.raises(error, match=message):
            evaluate(case.definition(), extents or case.extents, case.arrays() | changes)

    def test_shapes(self):
        self.refused(r"W, axis 1: expected size 2, found 3", W=np.zeros((3, 3, 3), int))
        self.refused(r"X has 2 axes, of shape \(2, 11\): expected 3", X=np.zeros((2, 11), int))
        self.refused(r"Y does not read Z", Z=np.zeros(1))

    def test_missing_array(self):
        with pytest.raises(ShapeError, match="Y reads X of shape"):
            evaluate(
                self.conv.definition(),
                self.conv.extents,
                {k: v for k, v in self.conv.arrays().items() if k != "X"},
            )

    def test_dtypes(self):
        self.refused("b has dtype bool", b=np.zeros(3, bool))
        self.refused("b has dtype <U1", b=np.array(["a", "b", "c"]))
        self.refused("b is an object array with the entry 0.5 of type float", b=np.array([0.5, 1, 2], object))
        self.refused("b is an object array with the entry True", b=np.array([True, 1, 2], object))
        self.refused("int64 and uint64", b=np.zeros(3, np.uint64))
        self.refused("exact and floating arrays are mixed", b=np.zeros(3, object), X=np.zeros((2, 2, 11)))
        self.refused("no order", error=UnsupportedError, case=CASES["max pool"], X=np.zeros((5, 9, 9), complex))

    def test_reads_never_leave_the_padded_array(self):
        self.refused(r"X\[.*\], axis 2: .* runs from −?-2 to 14, but X has places -2 … 13", (2, 3, 6))
        self.refused(r"b\[o\], axis 0", (2, 4, 4))

    def test_extents(self):
        self.refused("3 axes, but 2 extents", (2, 3))
        self.refused("negative", (2, 3, -1))
        self.refused("runs over 12 places from 0, but the extent there is 11", (2, 11, 4), case=CASES["grouped"])

    def test_letters(self):
        self.refused(
            "u has no range|nothing says",
            (3,),
            DefinitionError,
            Case("Y[i]", [("X[i+u]", {}, 1, "u")], (3,), {"X": (5,)}),
        )
        self.refused(
            "u is neither reduced",
            (3,),
            DefinitionError,
            Case("Y[i]", ["X[i+u]"], (3,), {"X": (5,)}, {"u": 2}),
        )
        case = Case("Y[i]", [("X[s*i]", {}, 1, "u")], (3,), {"X": (5,)}, {"u": 2})
        self.refused("give every size a value", (3,), UnsupportedError, case)

    def test_a_maximum_is_not_scattered(self):
        case = Case("Y[t]", [("X[i]", {"t": "i"}, 1, "i")], (3,), {"X": (3,)}, reduce="max")
        self.refused("only a sum is", None, UnsupportedError, case)

    def test_one_index_determined_by_another_that_is(self):
        case = Case("Y[s,t]", [("X[i]", {"s": "i", "t": "s+i"}, 1, "i")], (3, 3), {"X": (3,)})
        self.refused("another condition determines", None, UnsupportedError, case)


def test_floats_beside_integers_become_what_numpy_says():
    case = CASES["linear"]
    arrays = case.arrays() | {"X": np.ones((4, 5), np.float32)}
    assert evaluate(case.definition(), case.extents, arrays).dtype == np.float64


def test_a_pointwise_convolution_does_not_copy_its_input():
    shapes = {"W": (2, 64), "X": (1, 64, 100, 100)}
    case = Case("Y[n,o,i,j]", [("W[o,c]*X[n,c,i,j]", {}, 1, "c")], (1, 2, 100, 100), shapes)
    arrays = case.arrays(np.float32)
    definition = case.definition()
    tracemalloc.start()
    evaluate(definition, case.extents, arrays)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < arrays["X"].nbytes / 4


def test_nothing_warns_and_nothing_is_written():
    case = CASES["conv2d"]
    arrays = case.arrays(np.float32)
    before = {name: array.copy() for name, array in arrays.items()}
    for array in arrays.values():
        array.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(case.definition(), case.extents, arrays)
    assert all(np.array_equal(arrays[name], before[name]) for name in arrays)


@st.composite
def affine(draw):
    """A random term: up to three reads at random affine places, arrays just large enough, random padding."""
    outs, ins = draw(st.sampled_from(["i", "ij", "ijk"])), draw(st.sampled_from(["", "u", "uv"]))
    ranges = {name: draw(st.integers(1, 3)) for name in outs + ins}
    shapes, pads, texts = {}, {}, []
    for at in range(draw(st.integers(1, 3))):
        name, subscripts, shape, pad = "ABC"[at], [], [], []
        for _ in range(draw(st.integers(1, 3))):
            slopes = {n: draw(st.integers(-2, 2)) for n in draw(st.lists(st.sampled_from(outs + ins), max_size=2))}
            ends = [slope * (ranges[n] - 1) for n, slope in slopes.items()]
            low, high = sum(min(0, e) for e in ends), sum(max(0, e) for e in ends)
            before = draw(st.integers(0, 2))
            after = draw(st.integers(0, min(2, max(0, high - low - before))))
            subscripts.append("+".join([*(f"({s})*{n}" for n, s in slopes.items() if s), f"({-low - before})"]))
            shape.append(max(1, high - low + 1 - before - after))
            pad.append((before, after))
        texts.append(f"{name}[{','.join(subscripts)}]")
        shapes[name], pads[name] = tuple(shape), tuple(pad)
    reduce = draw(st.sampled_from(["sum", "sum", "max", "mean"])) if ins else "sum"
    left, where, extents = f"Y[{','.join(outs)}]", {}, tuple(ranges[n] for n in outs)
    if ins and reduce == "sum" and draw(st.booleans()):
        slopes = {n: draw(st.sampled_from([-2, -1, 1, 2])) for n in outs[1:] + ins}
        where = {"t": "+".join(f"({s})*{n}" for n, s in slopes.items()) + f"+({draw(st.integers(-2, 4))})"}
        left, extents = f"Y[{','.join(outs)},t]", (*extents, draw(st.integers(1, 6)))
    scale = draw(st.sampled_from([1, 1, -2, 3]))
    return Case(left, [("*".join(texts), where, scale, ins)], extents, shapes, ranges, reduce, pads)


@settings(max_examples=300, deadline=None)
@given(affine(), st.integers(0, 99))
def test_random_affine_definitions(case, seed):
    arrays = case.arrays(seed=seed)
    if None in case.loops(arrays).values():
        with pytest.raises(ConvmathError, match="sees padding only"):
            case.check(arrays)
    else:
        case.check(arrays)
    case.check(case.arrays(float, seed=seed))


def test_all_small_transposed_convolutions():
    for stride, dilation, padding, kernel, count in tuples((1, 2, 3), (1, 2), (0, 1, 2), (1, 2, 3), (1, 4)):
        extent = stride * (count - 1) + dilation * (kernel - 1) + 1 - 2 * padding
        if extent > 0:
            where = {"t": f"{stride}*i+{dilation}*u-{padding}"}
            Case("Y[t]", [("W[u]*X[i]", where, 1, "iu")], (extent,), {"W": (kernel,), "X": (count,)}).check()
