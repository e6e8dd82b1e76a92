"""How near ``evaluate`` comes to the matrix product of the same NumPy, single-threaded.

    python tests/benchmarks/bench_evaluate.py

Every row is measured beside its yardstick, the two taking turns, in CPU time; the least of each counts.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import sys
import time
from fractions import Fraction

import numpy as np

from convmath.evaluate import evaluate
from convmath.language.definition import Definition, Tensor, Term
from convmath.language.parse import parse_formula, parse_size
from convmath.language.tree import Int, Mul, Relation, Sym

ROUNDS = 15


def definition(formula, shapes, reduced, ranges=(), pads=(), where=(), reduce="sum"):
    left, right = parse_formula(formula)[:2]
    reads = right.factors if isinstance(right, Mul) else (right,)
    pads = dict(pads)
    tensors = tuple(
        Tensor(n, tuple(map(Int, s)), tuple((Int(p), Int(p)) for p in pads.get(n, (0,) * len(s))))
        for n, s in shapes.items()
    )
    conditions = tuple(Relation(Sym(n), "=", parse_size(side)) for n, side in where)
    term = Term(tuple(reads), tuple(reduced), conditions)
    crop = ((Int(0), Int(0)),) * len(left.subscripts)
    return Definition(left, (term,), tensors, crop, tuple((n, Int(s)) for n, s in ranges), reduce)


def conv(c, o, k, size=56, p=0, s=1, n=1):
    at = f"{s}*i+u-{p}, {s}*j+v-{p}"
    shapes = {"W": (o, c, k, k), "X": (n, c, size, size)}
    extent = (size + 2 * p - k) // s + 1
    made = definition(f"Y[n,o,i,j] = W[o,c,u,v]*X[n,c,{at}]", shapes, "cuv", pads={"X": (0, 0, p, p)})
    return made, (n, o, extent, extent), shapes, (o, c * k * k, n * extent * extent)


def taking_turns(*runs, rounds=ROUNDS):
    """The least CPU seconds of each."""
    best = [float("inf")] * len(runs)
    for run in runs:
        run()
    for _ in range(rounds):
        for at, run in enumerate(runs):
            start = time.process_time()
            run()
            best[at] = min(best[at], time.process_time() - start)
    return best


def row(name, ours, theirs, rounds=ROUNDS, target=None):
    a, b = taking_turns(ours, theirs, rounds=rounds)
    goal = f"   target ≥ {target}" if target else ""
    sys.stdout.write(f"{name:58s} {1e3 * a:9.3f} ms {1e3 * b:9.3f} ms   × {b / a:6.2f}{goal}\n")


def random(shapes, dtype, high=128):
    made = np.random.default_rng(0)
    if np.dtype(dtype).kind == "f":
        return {n: made.standard_normal(s).astype(dtype) for n, s in shapes.items()}
    return {n: made.integers(-high + 1, high, s).astype(dtype) for n, s in shapes.items()}


def matrices(sizes, dtype):
    a, b, c = sizes
    found = random({"A": (a, b), "B": (b, c)}, dtype)
    return found["A"], found["B"]


def against_matmul(name, made, dtype, high=128, **options):
    formula, extents, shapes, sizes = made
    arrays, (left, right) = random(shapes, dtype, high), matrices(sizes, dtype)
    row(
        f"{name}, {np.dtype(dtype)}",
        lambda: evaluate(formula, extents, arrays),
        lambda: left @ right,
        **options,
    )


def floats():
    against_matmul("1×1, 56×56, 256→64", conv(256, 64, 1), np.float32, target=0.4)
    against_matmul("3×3, padding 1, 56×56, 64→64", conv(64, 64, 3, p=1), np.float32, target=0.4)
    against_matmul("3×3, padding 1, 56×56, 64→64", conv(64, 64, 3, p=1), np.float64)
    against_matmul("3×3, stride 2, 56×56, 64→128", conv(64, 128, 3, p=1, s=2), np.float32)
    against_matmul("1×1, stride 2, 56×56, 256→512", conv(256, 512, 1, s=2), np.float32)
    against_matmul("7×7, stride 2, 224×224, 3→64", conv(3, 64, 7, 224, 3, 2), np.float32)
    against_matmul("3×3, padding 1, 14×14, 256→256, batch 8", conv(256, 256, 3, 14, 1, n=8), np.float32)
    shapes = {"W": (64, 64, 4, 4), "X": (1, 64, 28, 28)}
    made = definition("Y[n,o,s,t] = W[c,o,u,v]*X[n,c,i,j]", shapes, "cijuv", where=(("s", "2*i+u-1"), ("t", "2*j+v-1")))
    against_matmul(
        "transposed 4×4, stride 2, 28→56, 64→64", (made, (1, 64, 56, 56), shapes, (1024, 64, 784)), np.float32
    )
    shapes = {"D": (1, 64, 56, 56), "X": (1, 64, 56, 56)}
    made = definition("G[o,c,u,v] = D[n,o,i,j]*X[n,c,i+u-1,j+v-1]", shapes, "nij", pads={"X": (0, 0, 1, 1)})
    against_matmul("weight gradient of the 3×3", (made, (64, 64, 3, 3), shapes, (64, 3136, 576)), np.float32)
    shapes = {"Q": (8, 128, 8, 64), "K": (8, 128, 8, 64)}
    made = definition("S[n,h,q,k] = Q[n,q,h,d]*K[n,k,h,d]", shapes, "d")
    against_matmul("attention scores", (made, (8, 8, 128, 128), shapes, (1024, 64, 1024)), np.float32)


def integers():
    against_matmul("3×3, |values| < 2^7", conv(64, 64, 3, p=1), np.int64, rounds=3, target=10)
    against_matmul("1×1, |values| < 2^7", conv(256, 64, 1), np.int64, rounds=3, target=10)
    against_matmul("3×3, |values| < 2^7", conv(64, 64, 3, p=1), np.int32, rounds=3)
    against_matmul("3×3, |values| < 2^20", conv(64, 64, 3, p=1), np.int64, 1 << 20, rounds=3)
    against_matmul("3×3, |values| < 2^26", conv(64, 64, 3, p=1), np.int64, 1 << 26, rounds=3)
    formula, extents, shapes, _ = conv(8, 8, 3, 14, 1)
    arrays = {n: a.astype(object) * Fraction(1, 7) for n, a in random(shapes, np.int64).items()}
    left, right = (m.astype(object) * Fraction(1, 7) for m in matrices((8, 72, 196), np.int64))
    row(
        "3×3, 14×14, 8→8, Fractions / object @",
        lambda: evaluate(formula, extents, arrays),
        lambda: left @ right,
        rounds=2,
    )


def windows():
    made = np.random.default_rng(0)
    x = made.standard_normal((1, 64, 56, 56)).astype(np.float32)
    shapes = {"X": x.shape}
    for k, s in ((2, 2), (3, 2), (3, 1)):
        extent = (56 - k) // s + 1
        for kind, by in (("max", np.max), ("mean", np.mean)):
            pool = definition(f"Y[n,c,i,j] = X[n,c,{s}*i+u,{s}*j+v]", shapes, "uv", (("u", k), ("v", k)), reduce=kind)
            seen = np.lib.stride_tricks.sliding_window_view(x, (k, k), (2, 3))[:, :, ::s, ::s]
            size = (1, 64, extent, extent)
            ours, theirs = (
                lambda pool=pool, size=size: evaluate(pool, size, {"X": x}),
                lambda seen=seen, by=by: by(seen, (4, 5)),
            )
            row(f"{kind} pool {k}×{k}, stride {s} / np.{kind} over windows", ours, theirs)
    w = made.standard_normal((64, 3, 3)).astype(np.float32)
    deep = definition(
        "Y[n,c,i,j] = W[c,u,v]*X[n,c,i+u-1,j+v-1]",
        {"W": w.shape, "X": x.shape},
        "uv",
        pads={"X": (0, 0, 1, 1)},
    )
    seen = np.lib.stride_tricks.sliding_window_view(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), (2, 3))
    ours, theirs = (
        lambda: evaluate(deep, x.shape, {"W": w, "X": x}),
        lambda: np.einsum("cuv,ncijuv->ncij", w, seen),
    )
    row("depthwise 3×3 / np.einsum over windows", ours, theirs)


def overhead():
    formula, extents, shapes, _ = conv(1, 1, 3, 4, 1)
    bias = np.ones(1, np.float32)
    term = Term((parse_formula("Y[o] = b[o]")[1],))
    whole = Definition(
        formula.output,
        (term, *formula.terms),
        (Tensor("b", (Int(1),), ((Int(0), Int(0)),)), *formula.tensors),
        formula.crop,
    )
    for dtype in (np.float32, np.int64):
        arrays = {"b": bias.astype(dtype), **random(shapes, dtype)}
        runs = taking_turns(lambda arrays=arrays: [evaluate(whole, extents, arrays) for _ in range(200)], rounds=5)
        sys.stdout.write(
            f"{f'overhead of a call, {np.dtype(dtype)}':58s} {1e6 * runs[0] / 200:9.1f} µs   target < 150\n"
        )


if __name__ == "__main__":
    sys.stdout.write(f"{'':58s} {'evaluate':>12s} {'matmul':>12s}   ratio\n")
    floats()
    integers()
    windows()
    overhead()
