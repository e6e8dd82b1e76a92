"""How fast the engine answers, each figure beside its yardstick. Run by hand:

    python tests/benchmarks/bench_engine.py

CPU time on one thread. A process, or what has to be the first of its kind in one, is measured in several
fresh processes, ours and the yardstick taking turns; the least of each counts.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import resource
import subprocess
import sys
import time

ROUNDS = 11
SLOWEST = 3
"""How many of the slowest theorems are shown."""
CALLS = 2_000
SYMBOLIC = "derive conv2d --input HxWxC --filters O --kernel k --stride s --padding p --dilation d --format text"
READY = "import convmath as cm, convmath.evaluate, convmath.book.pointwise, sympy, numpy.random; cm.conv2d, cm.prove"
NEW_CONV = """
N, C, O, H, W, k, s, p, d = cm.symbols("N C O H W k s p d")
cm.conv2d(C, O, k, stride=s, padding=p, dilation=d).derive("all", (N, C, H, W))
"""
THEOREM = 'cm.prove("pointwise-conv-is-per-pixel-linear")'
HAND = (1, 3, 224, 224)


def row(name, ours, theirs, unit, target):
    """One line: our figure, the yardstick's, and the ratio of the two."""
    beside = f"{theirs:10.3f} {unit}   × {ours / theirs:6.2f}" if theirs is not None else f"{'':13s}   {'':8s}"
    sys.stdout.write(f"{name:66s} {ours:10.3f} {unit} {beside}   target ≤ {target}\n")


# --- whole processes


def cpu_of(*command):
    """User and system seconds of a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def processes(name, ours, theirs, target):
    """Both in turns, so that a busy machine is as hard on the one as on the other."""
    pairs = [(cpu_of(*ours), cpu_of(*theirs)) for _ in range(ROUNDS)]
    a, b = (1e3 * min(side) for side in zip(*pairs, strict=True))
    row(name, a, b, "ms", f"× {target}")


def start():
    run = ("-m", "convmath")
    processes("convmath --help / python -c pass", (*run, "--help"), ("-c", "pass"), 6)
    processes(
        "convmath derive conv2d, in letters / python -c 'import sympy'",
        (*run, *SYMBOLIC.split()),
        ("-c", "import sympy"),
        2,
    )


# --- the first of its kind in a process


def first(name, work, target):
    """What cannot be done twice, since the second time it is remembered."""
    program = f"{READY}\nimport time\nstart = time.process_time()\n{work}\nprint(time.process_time() - start)"
    found = [
        float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout)
        for _ in range(ROUNDS)
    ]
    row(name, 1e3 * min(found), None, "ms", f"{target} ms")


def theorems():
    """The slowest theorem of the book, a process of its own: each is tried once, the slowest few in turns."""
    import convmath as cm

    run = ("-m", "convmath", "prove")
    once = sorted(cm.theorems(), key=lambda slug: cpu_of(*run, slug))
    for slug in once[-SLOWEST:]:
        processes(f"{slug} / import sympy", (*run, slug), ("-c", "import sympy"), 2)


def derivations():
    first("a new conv2d in letters, all quantities, after import", NEW_CONV, 60)
    first("the first theorem, after import", THEOREM, 50)


# --- a ready operator


def by_hand(shape, channels=64, kernel=7, stride=2, padding=3, dilation=1):
    """What a person would write instead."""
    n, _, h, w = shape
    return (
        n,
        channels,
        (h + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1,
        (w + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1,
    )


def calls(work):
    """The least CPU microseconds of one call."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in range(CALLS):
            work(HAND)
        best = min(best, time.process_time() - begin)
    return 1e6 * best / CALLS


def check_without_sympy():
    """In a process of its own: SymPy is not even imported, so no object of it is made."""
    program = (
        "import sys, convmath as cm\n"
        "conv = cm.conv2d(3, 64, 7, stride=2, padding=3)\n"
        f"shape = conv.output_shape({HAND})\n"
        "assert shape == (1, 64, 112, 112) and all(type(size) is int for size in shape)\n"
        "assert 'sympy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def ready_operator():
    import convmath as cm

    conv = cm.conv2d(3, 64, 7, stride=2, padding=3)
    if conv.output_shape(HAND) != by_hand(HAND):
        raise SystemExit("the two do not agree")
    check_without_sympy()
    row("output_shape(ints) on a ready conv2d / by hand", calls(conv.output_shape), calls(by_hand), "µs", "× 15")


def main():
    sys.stdout.write(f"{'':66s} {'convmath':>13s} {'yardstick':>13s}      ratio\n")
    start()
    theorems()
    derivations()
    ready_operator()


if __name__ == "__main__":
    main()
