"""How fast networks are traced, each figure beside its yardstick. Run by hand:

    python tests/benchmarks/bench_network.py

CPU time on one thread, ours and the yardstick taking turns; the least of each counts. The yardstick of a trace in
numbers is a bare loop of Python integers over the same layers. onnx's own inference is measured too where the package
``onnx`` is installed and the environment variable MODELS names a folder with ``tv_*.onnx`` files.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import resource
import sys
import time
from pathlib import Path

import numpy as np

import convmath as cm
from convmath.network.layer import Fixed
from convmath.network.sequence import sequential
from convmath.readers.catalogue import catalogue

ROUNDS = 9
NAMES = ("resnet50", "densenet121", "googlenet", "vgg16", "mobilenet_v2")


def row(name, ours, theirs, target):
    """One line: our figure, the yardstick's, and the ratio of the two."""
    beside = f"{1e6 * theirs:10.1f} µs   × {ours / theirs:6.2f}" if theirs is not None else " " * 25
    sys.stdout.write(f"{name:56s} {1e6 * ours:10.1f} µs {beside}   target ≤ {target}\n")


def once(work, times):
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def both(ours, theirs, times=40):
    """The least time of each, in turns."""
    pairs = [(once(ours, times), once(theirs, times)) for _ in range(ROUNDS)]
    return (min(side) for side in zip(*pairs, strict=True))


def bare(net):
    """The same layers as tuples of plain integers, and the loop over them that a calculator would write."""
    layers, place = [], {name: at for at, name in enumerate(net.tensors)}
    for node in net.nodes:
        values = node.layer.operator.values if isinstance(node.layer, Fixed) else {}
        numbers = [
            getattr(values.get(letter), "value", default) for letter, default in zip("kspd", (1, 1, 0, 1), strict=True)
        ]
        layers.append((*numbers, [place[tensor] for tensor in node.inputs]))

    def loop(h, w):
        sizes = [(h, w)]
        for k, s, p, d, takes in layers:
            h, w = sizes[takes[0]]
            sizes.append(((h + 2 * p - d * (k - 1) - 1) // s + 1, (w + 2 * p - d * (k - 1) - 1) // s + 1))
        return sizes

    return loop


def traces():
    shape = (1, 3, 224, 224)
    for name in NAMES:
        net = catalogue[name]
        loop = bare(net)
        net.trace(shape)
        ours, theirs = both(lambda net=net: net.trace(shape), lambda loop=loop: loop(224, 224))
        row(f"{name}, {len(net.nodes)} layers, in numbers / a bare loop", ours, theirs, "× 6")
        net.trace()
        letters, numbers = both(net.trace, lambda net=net: net.trace(shape))
        row(f"{name} in letters / in numbers", letters, numbers, "× 4")


def inference():
    folder = os.environ.get("MODELS")
    if folder is None:
        sys.stdout.write("onnx's inference: not measured (MODELS names no folder)\n")
        return
    import onnx

    for name in ("resnet50", "densenet121", "googlenet"):
        file = Path(folder) / f"tv_{name}.onnx"
        model, net = onnx.load(file, load_external_data=False), cm.read_onnx(file)
        net.trace()
        ours, theirs = both(net.trace, lambda model=model: onnx.shape_inference.infer_shapes(model), 5)
        row(f"{file.name} loaded, in numbers / onnx.infer_shapes", ours, theirs, "× 1")


def many():
    size = catalogue["resnet50"].trace().shapes["layer4.2.relu3"][2]
    heights = np.arange(1, 1_000_001)
    row("a million sizes of ResNet-50 by NumPy", once(lambda: size.at({"H": heights}), 3), None, "200 000 µs")
    start = time.process_time()
    net = sequential(*(cm.conv2d(8, 8, 3, padding=1) for _ in range(20_000)))
    net.trace((1, 8, 224, 224))
    net.trace().totals()
    row("a chain of 20 000 layers: made, traced twice, counted", time.process_time() - start, None, "10 000 000 µs")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(f"{'most memory':56s} {most / 1024:10.0f} MiB {'':25s}   target ≤ 1024 MiB\n")


if __name__ == "__main__":
    traces()
    inference()
    many()
