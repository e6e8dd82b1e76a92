"""A box of windows against onnx and onnxruntime as they are installed, asked in a process of its own."""

import json
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import convmath as cm

ONNX = cm.frameworks["onnx"]
INFERENCE, RUNTIME = "onnx 1.23.2 shape inference", "onnxruntime 1.31.1"
SCRIPT = Path(__file__).parent / "oracles" / "onnx_calls.py"
WINDOWS = list(product((1, 2, 3, 5), (1, 2, 4), (1, 2)))
PADS = [{"auto_pad": word} for word in ("SAME_UPPER", "SAME_LOWER", "VALID")]
PADS += [{"pads": list(pair)} for pair in ((0, 0), (1, 0), (0, 2), (3, 3))]


def installed():
    found = find_spec("onnx") and find_spec("onnxruntime")
    return bool(found) and (version("onnx"), version("onnxruntime")) == ("1.23.2", "1.31.1")


pytestmark = pytest.mark.skipif(not installed(), reason="onnx 1.23.2 and onnxruntime 1.31.1 are not installed")


def convs():
    for (k, s, d), pads, size in product(WINDOWS, PADS, (1, 2, 4, 7)):
        yield [(1, 1, size), (1, 1, k)], {"strides": [s], "dilations": [d], **pads}


def transposed():
    for (shapes, given), extra in product(convs(), (0, 1, 3)):
        yield shapes, given | {"output_padding": [extra]}
    for (shapes, given), wanted in product(convs(), (3, 6, 11)):
        yield shapes, given | {"output_shape": [wanted]}


def pools(more):
    for ((x, w), given), ceil, extra in product(convs(), (0, 1), more):
        yield [x], given | {"kernel_shape": [w[2]], "ceil_mode": ceil, **extra}


BOXES = {
    "Conv": convs,
    "ConvTranspose": transposed,
    "MaxPool": lambda: pools([{}]),
    "AveragePool": lambda: pools([{"count_include_pad": counted} for counted in (0, 1)]),
    "LpPool": lambda: pools([{"p": 1}]),
}


def asked(cases):
    done = subprocess.run(
        [sys.executable, SCRIPT], input=json.dumps(cases), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def ours(name, shapes, given):
    """(what inference gives, what onnxruntime gives, the translation), a refusal as its text."""
    try:
        found = ONNX[name](*shapes, **given)
    except cm.RejectedError as refusal:
        return refusal.answers.get(INFERENCE, str(refusal)), str(refusal), None
    answers = {INFERENCE: found.output_shape, RUNTIME: found.output_shape} | dict(found.answers)
    return answers[INFERENCE], answers[RUNTIME], found


@pytest.mark.parametrize("name", BOXES)
def test_both_give_what_is_said_of_them(name):
    cases = list(BOXES[name]())
    for (shapes, given), (inferred, ran) in zip(cases, asked([(name, *case) for case in cases]), strict=True):
        first, second, found = ours(name, shapes, given)
        assert (first if isinstance(first, tuple) else str) == (tuple(inferred) if isinstance(inferred, list) else str)
        assert isinstance(second, str) == isinstance(ran, str), (shapes, given, ran)
        if isinstance(ran, str):
            continue
        assert second == tuple(ran["shape"]), (shapes, given)
        if 0 not in second and name != "LpPool":
            arrays = [np.arange(1, np.prod(shape) + 1, dtype=float).reshape(shape) for shape in shapes]
            y = found.operator(*arrays).ravel()
            assert [seen(value) for value in y] == [seen(value) for value in ran["values"]], (shapes, given)


def seen(value):
    """In 32 bits. A maximum over nothing is −∞, there the least float; a mean over nothing has no value, there 0."""
    return 0 if np.isnan(value) or value < -1e30 else np.float32(value)
