"""Products, sums and everything entry by entry; shapes broadcast from the last axis on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from convmath.conventions.arguments import Shape, rejected
from convmath.conventions.onnx.rules import BOTH, RUNTIME, agreed, numbers, tensor
from convmath.conventions.translation import Translation
from convmath.operators.declare import define
from convmath.operators.operator import Operator


def broadcast(name: str, shapes: Sequence[Shape], why: str = "Incompatible dimensions") -> Shape:
    """The shape of all together: along each axis one size, or 1.

    Raises:
        RejectedError: two sizes differ, and neither is 1.
    """
    rank = max(map(len, shapes), default=0)
    found = []
    for axis in range(rank):
        sizes = {shape[len(shape) - rank + axis] for shape in shapes if len(shape) - rank + axis >= 0} - {1}
        if len(sizes) > 1:
            raise rejected(
                BOTH,
                name,
                f"{why}: {' and '.join(map(str, shapes))}",
                f"Axis {axis - rank} has the sizes {' and '.join(map(str, sorted(sizes)))}; one of them must be 1.",
            )
        found.append(sizes.pop() if sizes else 1)
    return tuple(found)


def together(name: str, operator: str | None = None, most: int | None = None) -> Callable[..., Translation]:
    """``Add``, ``Max``, ``Where`` and the others that take several arrays and broadcast them."""

    def call(*inputs: Any) -> Translation:
        shapes = [tensor(name, item, f"input {place}") for place, item in enumerate(inputs)]
        if not shapes or (most is not None and len(shapes) != most):
            raise rejected(BOTH, name, f"it has {len(shapes)} inputs", f"It takes {most or 'at least 1'}.")
        arguments = {"input": shapes[0], "other": shapes[-1]} if operator else {}
        return agreed(name, broadcast(name, shapes), operator or name, arguments, shapes[0])

    return call


def alone(name: str, operator: str | None = None) -> Callable[..., Translation]:
    """``Relu``, ``Identity`` and the others whose output has the shape of their first input."""

    def call(X: Any, *more: Any, **attributes: Any) -> Translation:
        x = tensor(name, X, "X")
        plain = operator is not None and not attributes
        return agreed(name, x, operator if operator and plain else name, {"input": x}, x)

    return call


def expand(input: Any, shape: Any) -> Translation:
    """``Expand``: the input and the shape broadcast together, both ways."""
    x, wanted = tensor("Expand", input, "input"), numbers("Expand", "shape", shape)
    found = broadcast("Expand", [x, wanted])
    return agreed("Expand", found, "expand", {"input": x, "sizes": found}, x)


def matmul(A: Any, B: Any) -> Translation:
    """``MatMul``, as NumPy has it."""
    name = "MatMul"
    a, b = tensor(name, A, "A"), tensor(name, B, "B")
    if not a or not b:
        raise rejected(BOTH, name, "Input tensors of wrong rank (0)", "A number has no axis to sum over.")
    left, right = (a if len(a) > 1 else (1, *a)), (b if len(b) > 1 else (*b, 1))
    why = "Incompatible dimensions for matrix multiplication"
    if left[-1] != right[-2]:
        raise rejected(BOTH, name, f"{why}: {a} and {b}", f"{left[-1]} columns meet {right[-2]} rows.")
    batch = broadcast(name, [left[:-2], right[:-2]], why)
    found = (*batch, *((left[-2],) if len(a) > 1 else ()), *((right[-1],) if len(b) > 1 else ()))
    return agreed(name, found, "matmul", {"input": a, "other": b}, a)


def gemm(
    A: Any, B: Any, C: Any = None, *, alpha: float = 1.0, beta: float = 1.0, transA: int = 0, transB: int = 0
) -> Translation:
    """``Gemm``: alpha times a matrix product, plus beta times C, which broadcasts to it."""
    name = "Gemm"
    a, b = tensor(name, A, "A"), tensor(name, B, "B")
    c = None if C is None else tensor(name, C, "C")
    for place, shape in enumerate((a, b)):
        if len(shape) != 2:
            raise rejected(BOTH, name, f"Input {place} expected to have rank 2 but has rank {len(shape)}")
    left, right = (a[::-1] if transA else a), (b[::-1] if transB else b)
    if left[1] != right[0]:
        raise rejected(
            BOTH,
            name,
            f"Dimension mismatch in unification between {left[1]} and {right[0]}",
            f"A is {left}, B is {right}.",
        )
    found = (left[0], right[1])

    def runs() -> Shape:
        if c is not None and not _fits(c, found):
            raise rejected(
                RUNTIME, name, f"Gemm: Invalid bias shape for broadcast: {c}", f"C is broadcast to {found}, not beyond."
            )
        return found

    whole = alpha == beta == 1 and 0 not in (*a, *b) and (c is None or _fits(c, found))
    return agreed(name, found, "Gemm", {}, a, runs=runs, made=_product(a, b, c, transA, transB) if whole else None)


def _fits(c: Shape, found: Shape) -> bool:
    """Whether C broadcasts to the output, and to nothing larger."""
    return len(c) <= 2 and all(size in (1, most) for size, most in zip(reversed(c), reversed(found), strict=False))


def _product(a: Shape, b: Shape, c: Shape | None, transA: int, transB: int) -> Operator:
    first, second = ("A[k,i]" if transA else "A[i,k]"), ("B[j,k]" if transB else "B[k,j]")
    shapes: dict[str, Any] = {"A": a, "B": b}
    added = ""
    if c is not None:
        places = [i if size != 1 else "0" for i, size in zip("ij"[2 - len(c) :], c, strict=True)]
        shapes["C"] = c or (1,)
        added = f" + C[{','.join(places) or '0'}]"
    rows, columns = a[1 if transA else 0], b[0 if transB else 1]
    return define(
        f"Y[i,j] = {first}*{second}{added}",
        shapes=shapes,
        inputs=("A",),
        ranges={"i": rows, "j": columns},
        name="Gemm",
    )
