"""The box of windows against PyTorch as it is installed, asked in a process of its own: some of these crash it."""

import json
import subprocess
import sys
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import pytest
from oracles.box import DILATIONS, EXTRAS, KERNELS, LONGEST, PADDINGS, STRIDES, windows, writers

import convmath as cm

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
SCRIPT = Path(__file__).parent / "oracles" / "torch_windows.py"
EVERY = 7
"""Of the box, PyTorch is asked everything and held against counting; convmath itself is asked every seventh."""


def convs():
    for k, s, p, d in product(KERNELS, STRIDES, PADDINGS, DILATIONS):
        given = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
        yield given, lambda length, a=(k, s, p, d): windows(length, *a)


def transposed():
    for k, s, p, d, extra in product(KERNELS, STRIDES, PADDINGS, DILATIONS, EXTRAS):
        given = {"kernel_size": k, "stride": s, "padding": p, "dilation": d, "output_padding": extra}
        taken = extra < max(s, d)
        yield given, lambda length, a=(k, s, p, d, extra), taken=taken: writers(length, *a) if taken else None


def pools(more):
    for k, s, p, ceil, extra in product(KERNELS, STRIDES, PADDINGS, (False, True), more):
        given = {"kernel_size": k, "stride": s, "padding": p, "ceil_mode": ceil, **extra}
        taken, d = 2 * p <= k, extra.get("dilation", 1)
        yield given, lambda length, a=(k, s, p, d, ceil), taken=taken: windows(length, *a) if taken else None


BOXES = {
    "conv1d": convs,
    "conv_transpose1d": transposed,
    "max_pool1d": lambda: pools([{"dilation": d} for d in DILATIONS]),
    "avg_pool1d": lambda: pools([{"count_include_pad": counted} for counted in (True, False)]),
}
CHANNELS = {"conv1d": (1, 1), "conv_transpose1d": (1, 1)}


def asked(call, cases):
    """What PyTorch answers to (arguments, length), case by case."""
    data = json.dumps([(call, *case) for case in cases])
    found = subprocess.run([sys.executable, SCRIPT], input=data, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr[-2000:]
    return json.loads(found.stdout)["answers"]


def ours(call, given, length):
    """The places that each output reads as convmath derives it, or its refusal's text."""
    try:
        operator = getattr(cm, call)(*CHANNELS.get(call, ()), **given)
        (_, _, size) = operator.output_shape((1, 1, length))
    except cm.ConvmathError as error:
        return str(error)
    return [list(operator.receptive_positions((unit,), (1, 1, length))[0]) for unit in range(size)]


@pytest.mark.parametrize("call", BOXES)
def test_pytorch_refuses_and_reads_what_counting_and_convmath_do(call):
    rows = [(given, length, count(length)) for given, count in BOXES[call]() for length in range(1, LONGEST + 1)]
    answers = asked(call, [row[:2] for row in rows])
    assert len(answers) == len(rows) >= 1000
    for at, ((given, length, wanted), answer) in enumerate(zip(rows, answers, strict=True)):
        if wanted:
            assert answer == wanted, (given, length)
        else:  # a transposed convolution of size 0 is an error or empty, as the backend has it
            assert answer == [] or isinstance(answer, str), (given, length)
        if at % EVERY == 0:
            found = ours(call, given, length)
            assert isinstance(found, str) if not wanted else found == answer, (given, length, found)
