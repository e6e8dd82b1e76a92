"""Every window along one axis in a box of arguments, against counting: sizes, refusals, and what each unit reads."""

from itertools import product

import pytest
from oracles.box import DILATIONS, EXTRAS, KERNELS, LONGEST, PADDINGS, STRIDES, windows, writers

import convmath as cm

LENGTHS = range(1, LONGEST + 1)


def reads(operator, length, unit):
    (places,) = operator.receptive_positions((unit,), (1, 1, length))
    return list(places)


def check(operator, length, wanted, units=slice(None)):
    """The size is the number of outputs counted; these units read what was counted."""
    if not wanted:
        for ask in (operator.output_shape, lambda shape: operator.receptive_positions((0,), shape)):
            with pytest.raises(cm.ShapeError, match="Use "):
                ask((1, 1, length))
        return
    assert operator.output_shape((1, 1, length)) == (1, 1, len(wanted))
    for unit in range(len(wanted))[units]:
        assert reads(operator, length, unit) == wanted[unit], (operator, length, unit)


@pytest.mark.parametrize("k", KERNELS)
def test_conv1d(k):
    for s, p, d in product(STRIDES, PADDINGS, DILATIONS):
        operator = cm.conv1d(1, 1, k, s, p, d, bias=False)
        for length in LENGTHS:
            check(operator, length, windows(length, k, s, p, d))


@pytest.mark.parametrize("k", KERNELS)
def test_conv_transpose1d(k):
    """What is added at the end changes no other place: every unit is asked where it is most, else a last one."""
    for s, p, d in product(STRIDES, PADDINGS, DILATIONS):
        taken = [extra for extra in EXTRAS if extra < max(s, d)]
        for extra in EXTRAS:
            if extra not in taken:
                with pytest.raises(cm.DefinitionError, match=f"Use output_padding ≤ {max(s, d) - 1}"):
                    cm.conv_transpose1d(1, 1, k, s, p, extra, dilation=d)
                continue
            operator = cm.conv_transpose1d(1, 1, k, s, p, extra, bias=False, dilation=d)
            for length in LENGTHS:
                units = slice(None) if extra == taken[-1] else slice(-1, None) if length == LONGEST else slice(0)
                check(operator, length, writers(length, k, s, p, d, extra), units)


def pools(kind, k):
    """(arguments, operator) for each pool in the box; padding of more than half the kernel is refused."""
    more = [{"dilation": d} for d in DILATIONS] if kind == "max" else [{"count_include_pad": c} for c in (True, False)]
    make = cm.max_pool1d if kind == "max" else cm.avg_pool1d
    for s, p, ceil, extra in product(STRIDES, PADDINGS, (False, True), more):
        if 2 * p > k:
            with pytest.raises(cm.DefinitionError, match=f"at most half of kernel_size .{k}."):
                make(k, s, p, ceil_mode=ceil, **extra)
        else:
            yield (k, s, p, extra.get("dilation", 1), ceil), make(k, s, p, ceil_mode=ceil, **extra)


@pytest.mark.parametrize(("kind", "k"), [*product(("max", "avg"), KERNELS)])
def test_pools(kind, k):
    for arguments, operator in pools(kind, k):
        for length in LENGTHS:
            check(operator, length, windows(length, *arguments))
