"""What one unit reads: against plain loops that carry sets of places instead of numbers."""

from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
import pytest
from oracles import loops
from test_evaluate import CASES
from test_moves import ROWS as MOVES
from test_operators import ROWS

import convmath as cm
from convmath.evaluate.positions import Positions
from convmath.evaluate.reach import Reach


class Seen(frozenset):
    """Entries that were multiplied or added; a number adds none."""

    def joined(self, other):
        return Seen(self | other) if isinstance(other, Seen) else self

    __mul__ = __rmul__ = __add__ = __radd__ = joined


def entries(name, shape, place=()):
    """An array whose every entry is its own place."""
    if len(place) == len(shape):
        return Seen({(name, place)})
    return [entries(name, shape, (*place, at)) for at in range(shape[len(place)])]


def seen_by_loops(case):
    """For each output place the entries that are in its sum."""
    definition = case.definition()
    ranges = {name: size.value for name, size in definition.known_ranges.items()}
    ranges |= {str(s): size for s, size in zip(definition.output.subscripts, case.extents, strict=True)}
    arrays = {name: entries(name, shape) for name, shape in case.shapes.items()}
    return loops.run(case.left, case.terms, case.extents, arrays, ranges)


def product_of(places):
    """The sets along each axis, and whether all of their product is there."""
    axes = [frozenset(axis) for axis in zip(*places, strict=True)]
    return axes, len(places) == np.prod([len(axis) for axis in axes], dtype=int)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_unit_reads_what_the_loops_meet_or_it_is_no_product(case):
    reach, seen = Reach(case.definition(), case.extents), seen_by_loops(case)
    for place, value in seen.items():
        unit = [Positions.of((at,)) for at in place]
        for name in case.shapes:
            wanted = {at for array, at in value if array == name} if isinstance(value, Seen) else set()
            axes, whole = product_of(wanted) if wanted else ([frozenset()] * len(case.shapes[name]), True)
            if whole:
                assert [frozenset(axis) for axis in reach(name, unit)] == axes, (place, name)
            else:
                with pytest.raises(cm.UnsupportedError, match="no product of sets, one for each axis"):
                    reach(name, unit)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_box_of_units_reads_what_all_of_them_read(case):
    """Of each axis the first and the last place, or the whole of it."""
    seen = seen_by_loops(case)
    box = [None if at % 3 == 2 else Positions.of({0, size - 1}) for at, size in enumerate(case.extents)]
    units = product(
        *(range(size) if some is None else some.places for some, size in zip(box, case.extents, strict=True))
    )
    together = Seen().union(*(seen[unit] for unit in units if isinstance(seen[unit], Seen)))
    reach = Reach(case.definition(), case.extents)
    for name in case.shapes:
        wanted = {at for array, at in together if array == name}
        axes, whole = product_of(wanted) if wanted else ([frozenset()] * len(case.shapes[name]), True)
        if whole:
            assert [frozenset(axis) for axis in reach(name, box)] == axes, name
        else:
            with pytest.raises(cm.UnsupportedError, match="no product of sets, one for each axis"):
                reach(name, box)


@pytest.mark.parametrize(("name", "shape", "arguments", "keywords"), ROWS + MOVES)
def test_a_unit_of_every_operator_on_the_shelf_reads_what_changes_it(name, shape, arguments, keywords):
    """The rows are those of every universal test. Numbers are positive, so all readers of a larger entry change.

    Functions such as relu6 tell only small numbers apart: there they stay below 1.
    """
    operator = getattr(cm, name)(*arguments, **keywords)
    shapes = shape if shape and isinstance(shape[0], tuple) else (shape,)
    pick, random = Random(5), np.random.default_rng(5)
    sizes = {tensor.name: tuple(int(str(size)) for size in tensor.shape) for tensor in operator.definition.parameters}
    sizes |= dict(zip(operator.general.inputs, shapes, strict=True))
    scale = Fraction(1, 100) if operator.general.around else 1
    arrays = {array: np.asarray(random.integers(1, 9, size) * scale) for array, size in sizes.items()}
    before = operator(**arrays)
    units = pick.sample([*np.ndindex(before.shape)], min(12, before.size))
    for array in operator.general.inputs:
        places = pick.sample([*np.ndindex(sizes[array])], min(30, arrays[array].size))
        changed = {place: changed_by(operator, arrays, before, array, place) for place in places}
        for unit in units:
            try:
                axes = operator.receptive_positions(unit, *shapes, array=array)
            except cm.UnsupportedError:  # what is no product is found to be none
                every = (at for at in np.ndindex(sizes[array]) if changed_by(operator, arrays, before, array, at)[unit])
                assert not product_of([*every])[1], unit
                continue
            for place in places:
                assert all(at in axis for at, axis in zip(place, axes, strict=True)) == changed[place][unit], unit


def changed_by(operator, arrays, before, array, place):
    """Where the output changes if one entry does."""
    larger = arrays[array].copy()
    larger[place] *= 12
    return operator(**{**arrays, array: larger}) != before


# By the public names.


def positions(operator, unit, *shapes, **more):
    return [list(axis) for axis in operator.receptive_positions(unit, *shapes, **more)]


def test_holes_are_left_out_and_the_border_cuts_off():
    conv = cm.conv2d(3, 8, 3, padding=2, dilation=2)
    assert positions(conv, (0, 3, 4, 4), (1, 3, 9, 9)) == [[0], [0, 1, 2], [2, 4, 6], [2, 4, 6]]
    assert positions(conv, (0, 8), (1, 3, 9, 9)) == [[0, 2], [6, 8]]
    first = conv.receptive_positions((0, 0), (1, 3, 9, 9))[0]
    assert (first.lowest, first.highest, first.count, first.places) == (0, 2, 2, range(0, 3, 2))


def test_the_last_axes_alone_stand_for_all_batches_and_channels():
    conv = cm.conv1d(4, 6, 3, groups=2)
    assert positions(conv, (0, 5, 2), (2, 4, 9)) == [[0], [2, 3], [2, 3, 4]]
    assert positions(conv, (5, 2), (2, 4, 9)) == [[2, 3], [2, 3, 4]]
    assert positions(conv, (2,), (2, 4, 9)) == [[2, 3, 4]]
    assert positions(conv, (0, 5, 2), (2, 4, 9), array="W") == [[5], [0, 1], [0, 1, 2]]


@pytest.mark.parametrize(
    ("operator", "unit", "shape"),
    [
        (cm.conv_transpose1d(1, 1, 1, 3), (0, 0, 1), (1, 1, 3)),
        (cm.conv_transpose1d(1, 1, 2, 4, output_padding=3), (0, 0, 14), (1, 1, 4)),
        (cm.conv1d(1, 1, 1, 1, 2), (0, 0, 1), (1, 1, 3)),
        (cm.max_pool1d(2, 1, 1, 2), (0, 0, 0), (1, 1, 1)),
        (cm.conv2d(1, 1, 1, 1, (2, 0)), (0, 0, 0, 1), (1, 1, 3, 3)),
    ],
)
def test_a_unit_may_read_nothing_and_then_it_reads_nothing_along_every_axis(operator, unit, shape):
    found = operator.receptive_positions(unit, shape)
    assert [(axis.lowest, axis.highest, axis.count, list(axis)) for axis in found] == [(None, None, 0, [])] * len(shape)
    assert positions(operator, unit[2:], shape) == [[]] * len(unit[2:])


def test_a_product_of_entries_is_read_only_where_none_of_them_is_padding():
    both = cm.define("Y[i] = X[i]*X[i+2]", shapes={"X": "L"}, padding={"X": "(0,2)"})
    assert [positions(both, (i,), (4,)) for i in range(4)] == [[[0, 2]], [[1, 3]], [[]], [[]]]


def test_terms_that_read_differently():
    residual = cm.define(
        "Y[n,o,i] = W[o,c,u]*X[n,c,i+2*u-2] + X[n,o,i]", shapes={"X": "N,C,L", "W": "C,C,k"}, padding={"X": "0,0,2"}
    )
    # X itself is read of one channel: beside a window of another place that is no product, unless C = 1.
    assert positions(residual, (0, 0, 3), (1, 1, 7), k=2) == [[0], [0], [1, 3]]
    with pytest.raises(
        cm.UnsupportedError, match=r"its terms read \{0\} × \{0 … 1\} × \{1\} and \{0\} × \{0\} × \{3\}"
    ):
        residual.receptive_positions((0, 0, 3), (1, 2, 7), k=1)
    assert positions(residual, (3,), (1, 2, 7), k=2) == [[1, 3]]
    slopes = cm.define("Y[i] = X[3*i] + X[i+5]", shapes={"X": "L"})
    assert [positions(slopes, (i,), (9,)) for i in range(3)] == [[[0, 5]], [[3, 6]], [[6, 7]]]
    local = cm.define("Y[n,i] = W[i,c,u,v]*X[n,c,i+u+v]", shapes={"X": "N,C,L", "W": "M,C,k,m"})
    assert positions(local, (0, 1), (1, 2, 6), array="W", k=2, m=2, M=4) == [[1], [0, 1], [0, 1], [0, 1]]
    joined = cm.define(
        "Y[n,t] = X[n,c] + Z[n,e] where t = c, t = e+C",
        shapes={"X": "N,C", "Z": "N,D"},
        ranges={"t": "C+D"},
        inputs="X,Z",
    )
    for unit, first, second in (((0, 1), [[0], [1]], [[], []]), ((0, 3), [[], []], [[0], [1]])):
        assert positions(joined, unit, (2, 2), (2, 3), array="X") == first
        assert positions(joined, unit, (2, 2), (2, 3), array="Z") == second


def test_sets_of_any_size_are_exact():
    huge = 10**30
    assert positions(cm.conv1d(1, 1, 3, 10**20, dilation=10**9), (0, 0, 10**9), (1, 1, huge))[2] == [
        10**29 + tap * 10**9 for tap in range(3)
    ]
    axis = cm.linear(huge, 4).receptive_positions((0, 1), (7, huge))[1]
    assert (axis.lowest, axis.highest, axis.count) == (0, huge - 1, huge)
    place = cm.conv_transpose1d(1, 1, 3, 2).receptive_positions((10**29,), (1, 1, huge))[0]
    assert place.places == range(5 * 10**28 - 1, 5 * 10**28 + 1)
    assert cm.matmul((7,), (7,)).receptive_positions((), (7,), (7,), array="X")[0].places == range(7)
    backwards = cm.define("Y[o] = X[L-1-i]*W[o,i]", shapes={"X": "L", "W": "O,L"}, inputs="X")
    assert backwards.receptive_positions((0,), (huge,), O=2)[0].places == range(huge)


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda c: c.receptive_positions((0, 9), (1, 3, 8, 8)), cm.ShapeError, "place 9 on axis 3, but the output"),
        (lambda c: c.receptive_positions((-1, 0), (1, 3, 8, 8)), cm.ShapeError, r"the places 0 … 5 there"),
        (lambda c: c.receptive_positions((0,) * 5, (1, 3, 8, 8)), cm.ShapeError, "5 places, but the output .* 4 axes"),
        (lambda c: c.receptive_positions((), (1, 3, 8, 8)), cm.ShapeError, "0 places"),
        (lambda c: c.receptive_positions(3, (1, 3, 8, 8)), cm.ParseError, "the unit is 3; it must be a tuple"),
        (lambda c: c.receptive_positions("00", (1, 3, 8, 8)), cm.ParseError, "the unit is '00'"),
        (lambda c: c.receptive_positions((0.5, True), (1, 3, 8, 8)), cm.ParseError, "must be a tuple of places"),
        (lambda c: c.receptive_positions((0, 0)), cm.ShapeError, "no array says what"),
        (lambda c: c.receptive_positions((0, 0), (1, 3, 2, 8)), cm.ShapeError, "Use H ≥ 3"),
        (lambda c: c.receptive_positions((0, 0), (1, 3, [], 8)), cm.ShapeError, "axis 2"),
        (lambda c: c.receptive_positions((0, 0), 7), cm.ShapeError, "the shape of X is 7"),
        (lambda c: c.receptive_positions((0, 0), (1, 3, "H", 8)), cm.ShapeError, "no array says what H"),
        (
            lambda c: c.receptive_positions((0, 0), (1, 3, 8, 8), array="Q"),
            cm.ParseError,
            "no array 'Q': it reads X, W, b",
        ),
        (
            lambda c: c.receptive_positions((0, 0), (1, 3, 8, 8), array="b"),
            cm.ShapeError,
            "names the last 2 axes, but b has 1",
        ),
    ],
)
def test_what_is_no_unit_is_refused(ask, error, message):
    with pytest.raises(error, match=message):
        ask(cm.conv2d(3, 4, 3))


def test_of_several_inputs_one_is_named():
    both = cm.define("Y[i] = X[i]*Z[2*i]", shapes={"X": "L", "Z": "M"}, inputs="X,Z")
    with pytest.raises(cm.UnsupportedError, match="has the inputs X, Z: say of which, as in array='X'"):
        both.receptive_positions((1,), (4,), (8,))
    assert positions(both, (1,), (4,), (8,), array="Z") == [[2]]


def test_too_many_choices_are_refused_and_not_cut_off():
    square = cm.define("Y[n] = X[n,i+j]", shapes={"X": "N,L"}, ranges={"i": "m", "j": "m"})
    assert positions(square, (0,), (1, 9), m=5) == [[0], [*range(9)]]
    with pytest.raises(cm.UnsupportedError, match="more than 2000000 choices of i, j"):
        square.receptive_positions((0,), (1, 10**8), m=10**7)


# Chains.


CHAINS = {
    "conv, pool": ([cm.conv1d(2, 3, 3, 2, 1), cm.avg_pool1d(2, 2, 1)], (1, 2, 13)),
    "holes in holes": ([cm.conv1d(1, 1, 3, 1, 2, 2), cm.conv1d(1, 1, 2, 3, 1, 3)], (1, 1, 14)),
    "up and down": ([cm.conv_transpose1d(2, 4, 3, 3, 1, 1, 2), cm.conv1d(4, 2, 2, 2, 1, groups=2)], (1, 2, 6)),
    "down and up": ([cm.conv1d(2, 4, 2, 2, 1, groups=2), cm.conv_transpose1d(4, 4, 1, 3, groups=4)], (2, 2, 9)),
    "two axes": ([cm.conv2d(1, 2, (2, 3), (2, 1), 1, (1, 2)), cm.avg_pool2d(2, ceil_mode=True)], (1, 1, 6, 7)),
    "three": (
        [cm.avg_pool1d(3, 2, 1), cm.conv1d(3, 3, 2, 2, 1, groups=3), cm.conv_transpose1d(3, 1, 2, 2)],
        (1, 3, 15),
    ),
    "all alone": ([cm.conv_transpose1d(1, 1, 2, 3, dilation=2)], (1, 1, 4)),
}


@pytest.mark.parametrize(("chain", "shape"), CHAINS.values(), ids=CHAINS)
def test_a_chain_reads_where_its_gradient_is_not_0(chain, shape):
    """With weights of 1 nothing cancels: what the gradient of one unit reaches is what the unit reads."""
    shapes = [shape]
    for operator in chain:
        shapes.append(operator.output_shape(shapes[-1]))
    for unit in np.ndindex(shapes[-1]):
        gradient = np.zeros(shapes[-1], dtype=object)
        gradient[unit] = 1
        for operator, given in zip(reversed(chain), reversed(shapes[:-1]), strict=True):
            gradient = pulled_back(operator, given, gradient)
        wanted = {tuple(map(int, place)) for place in np.argwhere(gradient != 0)}
        found = cm.receptive_positions(chain, shape, unit)
        assert set(product(*found)) == wanted, unit
        spatial = cm.receptive_positions(chain, shape, unit[2:])
        assert len(spatial) == len(unit) - 2
        assert [axis.count for axis in spatial] == [axis.count for axis in found[2:]]


def pulled_back(operator, shape, gradient):
    if not operator.parameters():
        return ones_where_read(operator, shape, gradient)
    pull = operator.gradient("X", shape)
    weight = tuple(int(str(size)) for size in operator.definition.arrays["W"].shape)
    return pull(gradient, W=np.ones(weight, dtype=object))


def ones_where_read(operator, shape, gradient):
    """The places of a mean that some output with a gradient reads, by changing one place at a time."""
    found = np.zeros(shape, dtype=object)
    for place in np.ndindex(shape):
        x = np.zeros(shape, dtype=object)
        x[place] = 1
        found[place] = int(bool(((operator(x) != 0) & (gradient != 0)).any()))
    return found


def test_a_chain_is_refused_where_a_step_reads_no_product():
    shuffle = cm.define(
        "Y[n,c,2*h+a,2*w+b] = X[n,4*c+2*a+b,h,w]",
        shapes={"X": "N,C,H,W"},
        ranges={"a": 2, "b": 2},
    )
    assert [[*axis] for axis in cm.receptive_positions([shuffle], (1, 4, 3, 3), (0, 0, 3, 2))] == [
        [0],
        [2],
        [1],
        [1],
    ]
    with pytest.raises(cm.UnsupportedError, match="are no product of sets"):
        cm.receptive_positions([shuffle, cm.conv2d(1, 1, 3)], (1, 4, 3, 3), (0, 0, 0, 0))
    trace = cm.define("Y[n,j] = X[n,i,i+j]", shapes={"X": "N,C,L"})
    with pytest.raises(cm.UnsupportedError, match=r"at i, i \+ j are no product of sets"):
        cm.receptive_positions([cm.conv1d(3, 3, 1), trace], (1, 3, 5), (0, 1))


@pytest.mark.parametrize(
    ("chain", "error", "message"),
    [
        ([], cm.ParseError, "there is no operator in the sequence"),
        (["conv"], cm.ParseError, "give a sequence of them"),
        (cm.conv1d(1, 1, 3), cm.ParseError, "give a sequence of them"),
        ([cm.conv1d(1, 1, 3), cm.conv1d(2, 1, 3)], cm.ShapeError, "in_channels"),
        ([cm.conv1d(1, 1, 3), cm.conv1d(1, 1, 7)], cm.ShapeError, "Use L ≥ 7"),
        (
            [cm.define("Y[i] = X[i]*Z[i]", shapes={"X": "L", "Z": "L"}, inputs="X,Z")],
            cm.UnsupportedError,
            "inputs X, Z",
        ),
    ],
)
def test_what_is_no_chain_is_refused(chain, error, message):
    with pytest.raises(error, match=message):
        cm.receptive_positions(chain, (1, 1, 8), (0,))


# The value.


@pytest.mark.parametrize(
    ("places", "normal", "text"),
    [
        ((), range(0), "none"),
        ((7, 7), range(7, 8), "7"),
        ((2, 1, 3), range(1, 4), "1 … 3"),
        ((4, 0), range(0, 5, 4), "0, 4"),
        (range(9, 0, -2), range(1, 10, 2), "1, 3, … 9"),
        (range(3, 5, 7), range(3, 4), "3"),
        (range(5, 5), range(0), "none"),
        ({5, 1, 2}, (1, 2, 5), "1, 2, 5"),
    ],
)
def test_equal_sets_are_equal_values(places, normal, text):
    found = Positions.of(places)
    assert found.places == normal
    assert type(found.places) is type(normal)
    assert found == Positions.of(set(places))
    assert hash(found) == hash(Positions.of(sorted(places)))
    assert str(found) == text
    assert (found.count, len(found), list(found)) == (len(normal), len(normal), list(normal))
    assert all(place in found for place in normal)
    assert 99 not in found
