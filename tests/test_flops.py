"""Floating-point operations: each convention against operations that are made one by one."""

from itertools import product

import pytest

import convmath as cm


class Counted:
    """A number that counts the operations made with it."""

    made = 0

    def __add__(self, other):
        Counted.made += 1
        return self

    __mul__ = __add__


def operations_made(out, taps, *, bias, multiplied):
    """One output after another: products are summed from the first on, then the bias is added."""
    Counted.made = 0
    for _ in product(*map(range, out)):
        total = None
        for _ in product(*map(range, taps)):
            term = Counted() * Counted() if multiplied else Counted()
            total = term if total is None else total + term
        if bias:
            total = total + Counted()
    return Counted.made


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("kernel", "groups", "size"), [(3, 1, 7), (2, 3, 5), (1, 1, 4), (4, 3, 4)])
def test_exact_is_what_is_made(kernel, groups, size, bias):
    made = cm.conv2d(3, 6, kernel, groups=groups, bias=bias)
    shape = (2, 3, size, size)
    wanted = operations_made(made.output_shape(shape), (3 // groups, kernel, kernel), bias=bias, multiplied=True)
    assert made.flops(shape, convention="exact") == wanted


def test_a_mean_divides_once():
    shape = (1, 2, 6, 6)
    sums = operations_made((1, 2, 3, 3), (2, 2), bias=False, multiplied=False)
    assert cm.avg_pool2d(2).flops(shape, convention="exact") == sums + 2 * 9


@pytest.mark.parametrize(
    ("operator", "shape"),
    [
        (cm.conv1d(3, 4, 3, stride=2), (2, 3, 9)),
        (cm.conv3d(2, 4, 2, groups=2), (1, 2, 3, 4, 5)),
        (cm.conv_transpose2d(3, 4, 3, stride=2, output_padding=1), (1, 3, 4, 5)),
        (cm.linear(5, 7), (3, 5)),
    ],
)
def test_two_for_each_multiply_add(operator, shape):
    outputs = 1
    for size in operator.output_shape(shape):
        outputs *= size
    assert operator.flops(shape) == 2 * operator.macs(shape)
    assert operator.flops(shape, convention="2mac+bias") == 2 * operator.macs(shape) + outputs


def test_the_closed_form_in_letters():
    C, O, k, N, H, W = cm.symbols("C O k N H W")
    conv = cm.conv2d(C, O, k, bias=False)
    outputs = N * O * (H - k + 1) * (W - k + 1)
    assert (conv.flops() - 2 * C * k**2 * outputs).expand() == 0
    assert (conv.flops(convention="exact") - (2 * C * k**2 - 1) * outputs).expand() == 0


@pytest.mark.parametrize("quantity", ["flops", "flops_with_bias", "flops_exact"])
def test_its_derivation_holds_when_replayed(quantity):
    made = cm.conv2d(3, 8, 3, padding=1).derive(quantity, (1, 3, 8, 8))
    cm.Derivation.from_json(made.render("json")).check()
    assert made.result == {"flops": 27648, "flops_with_bias": 28160, "flops_exact": 27648}[quantity]


REFUSED = [
    (lambda: cm.max_pool2d(2).flops((1, 3, 8, 8), convention="exact"), "a comparison is no floating-point operation"),
    (lambda: cm.conv_transpose2d(3, 8, 3).flops((1, 3, 8, 8), convention="exact"), "sums products only"),
    (lambda: cm.avg_pool2d(2, divisor_override=3).flops((1, 3, 8, 8), convention="exact"), "sums products only"),
    (lambda: cm.softmax("N,C", 1).flops(), "softmax has no index sum"),
]


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_what_is_not_counted_is_refused_by_name(call, words):
    with pytest.raises(cm.UnsupportedError, match=words):
        call()


def test_a_convention_that_does_not_exist():
    with pytest.raises(cm.ParseError, match="there are 2mac, 2mac\\+bias, exact"):
        cm.conv2d(3, 8, 3).flops(convention="tflops")


def test_a_maximum_has_no_multiply_add_to_double():
    assert cm.max_pool2d(2).flops((1, 3, 8, 8)) == cm.max_pool2d(2).flops((1, 3, 8, 8), convention="2mac+bias") == 0
