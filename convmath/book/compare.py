"""What is tried beside the proofs: exact integer arrays, an oracle in plain loops, counterexamples."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from convmath.errors import ProofError
from convmath.evaluate import evaluate
from convmath.language.definition import Definition
from convmath.language.letters import AXES
from convmath.language.tree import Int
from convmath.operators import conv
from convmath.operators.operator import Operator
from convmath.proof.derivation import Trial

CONVS = {1: conv.conv1d, 2: conv.conv2d, 3: conv.conv3d}
ROUNDS = 3
GRID = (3, 4, 2)
LARGEST = 6
"""How large an input is looked at for a counterexample, along each axis."""


def compare_pixel_by_pixel(pair: tuple[Definition, Definition], strides: list[int]) -> tuple[Trial, ...]:
    """A 1×1 convolution, the per-pixel linear map and a matrix product in plain loops, on integer arrays.

    Raises:
        ProofError: they differ.
    """
    random = np.random.default_rng(20_140_304)
    rank = len(pair[0].arrays["X"].shape) - 2
    sizes = dict(zip(("N", "C", *AXES[rank]), (2, 3, *GRID), strict=False))
    count = 0
    for step in strides:
        numbers = {name: Int(n) for name, n in {**sizes, "O": 2, "k": 1, "s": step, "p": 0, "d": 1}.items()}
        convolution, linear = (definition.substitute(numbers) for definition in pair)
        for _ in range(ROUNDS):
            x = random.integers(-9, 10, (2, 3, *GRID[:rank]))
            w, b = random.integers(-9, 10, (2, 3)), random.integers(-9, 10, 2)
            wanted = in_loops(x, w, b, step)
            others = [
                evaluate(convolution, wanted.shape, {"X": x, "W": w.reshape(2, 3, *[1] * rank), "b": b}),
                evaluate(linear, wanted.shape, {"X": x, "W": w, "b": b}),
            ]
            if step == 1:
                others.append(in_one_matrix(x, w, b))
            if not all(np.array_equal(wanted, other) for other in others):
                raise ProofError(f"a 1×1 convolution differs from W·x + b on x = {x.tolist()}, W = {w.tolist()}")
            count += 1
    what = "the convolution against W·x + b in plain loops, the linear map, and (for s = 1) one Kronecker product"
    return (Trial(what, count, "random integer arrays"),)


def in_one_matrix(x: Any, w: Any, b: Any) -> Any:
    """(W ⊗ I)·vec(X) + b, where vec puts the pixels of one channel after those of another."""
    pixels = math.prod(x.shape[2:])
    whole = np.kron(w, np.eye(pixels, dtype=w.dtype))
    found = x.reshape(len(x), -1) @ whole.T + np.repeat(b, pixels)
    return found.reshape(len(x), len(w), *x.shape[2:])


def in_loops(x: Any, w: Any, b: Any, stride: int) -> Any:
    """W·x + b at every stride-th pixel, one number at a time."""
    grid = [range(0, size, stride) for size in x.shape[2:]]
    found = np.zeros((x.shape[0], len(w), *map(len, grid)), dtype=x.dtype)
    for n in range(x.shape[0]):
        for place in itertools.product(*grid):
            for o in range(len(w)):
                total = int(b[o])
                for c in range(x.shape[1]):
                    total += int(w[o, c]) * int(x[(n, c, *place)])
                found[(n, o, *(p // stride for p in place))] = total
    return found


def another_pixel(rank: int, numbers: dict[str, int]) -> str | None:
    """The smallest case in which an output changes although the pixel under it does not.

    One channel in and out, no bias; sizes grow until one is found.
    """
    k, s, p, d = (numbers.get(name, default) for name, default in (("k", 1), ("s", 1), ("p", 0), ("d", 1)))
    operator = CONVS[rank](1, 1, k, stride=s, padding=p, dilation=d, bias=False)
    largest = max(LARGEST, *operator.receptive_field())
    for grid in sorted(itertools.product(range(1, largest + 1), repeat=rank), key=lambda g: (sum(g), g)):
        if all(size >= least for size, least in zip(grid, smallest_input(operator), strict=True)):
            found = _changed(operator, grid, k, s)
            if found is not None:
                return found
    return None


def smallest_input(operator: Operator) -> tuple[int, ...]:
    """The least size along each spatial axis at which the operator has an output."""
    plan = operator.plan
    least = dict(plan.least) if plan else {}
    return tuple(least.get(axis, 1) for axis in range(2, len(operator.general.arrays["X"].shape)))


def _changed(operator: Operator, grid: tuple[int, ...], k: int, s: int) -> str | None:
    """An output and an input at another pixel that it reads: unit weight, unit input."""
    zero = np.zeros((1, 1, *grid), np.int64)
    for tap in itertools.product(range(k), repeat=len(grid)):
        weight = np.zeros((1, 1, *[k] * len(grid)), np.int64)
        weight[(0, 0, *tap)] = 1
        for place in itertools.product(*map(range, grid)):
            one = zero.copy()
            one[(0, 0, *place)] = 1
            for out in np.argwhere(operator(one, weight)[0, 0]):
                if tuple(out * s) != place:
                    return _shown(grid, tap, place, tuple(int(i) for i in out), s)
    return None


def _shown(grid: tuple[int, ...], tap: tuple[int, ...], place: tuple[int, ...], out: tuple[int, ...], s: int) -> str:
    pixel = tuple(i * s for i in out)
    where = ",".join(map(str, pixel))
    inside = all(i < size for i, size in zip(pixel, grid, strict=True))
    why = f"X[0,0,{where}] did not change" if inside else f"X has no pixel ({where})"
    here, there, at = (",".join(map(str, item)) for item in (out, place, tap))
    return (
        f"Counterexample (the smallest found): C = O = 1, X of {'×'.join(map(str, grid))}, W zero but W[0,0,{at}] = 1. "
        f"Change X[0,0,{there}] from 0 to 1 and Y[0,0,{here}] changes from 0 to 1, "
        f"though {why}: the output at a pixel is no function of that pixel."
    )
