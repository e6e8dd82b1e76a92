"""Matrix products with a stored matrix, and batch normalisation."""

from __future__ import annotations

from functools import lru_cache

from convmath.network.layer import Fixed, Layer, Shaped
from convmath.operators.declare import define
from convmath.operators.operator import Operator
from convmath.operators.shelf import maker
from convmath.readers.onnx.choice import Choice


def gemm(choice: Choice) -> Layer | None:
    """``Gemm`` with a stored matrix: a linear layer."""
    weight, added = choice.stored(1), choice.stored(2)
    if weight is None or len(weight) != 2 or choice.open != [0]:
        return None
    turned = choice.node.attributes
    return Fixed(_product(weight, added, bool(turned.get("transA")), bool(turned.get("transB"))))


@lru_cache(maxsize=4096)
def _product(weight: tuple[int, ...], added: tuple[int, ...] | None, turned: bool, weight_turned: bool) -> Operator:
    """Y = A·B + C with a stored B: the rows of A are open."""
    inner, columns = weight[::-1] if weight_turned else weight
    places = [i if size != 1 else "0" for i, size in zip("ij"[2 - len(added or ()) :], added or (), strict=True)]
    return define(
        f"Y[i,j] = {'A[k,i]' if turned else 'A[i,k]'}*{'B[j,k]' if weight_turned else 'B[k,j]'}"
        + (f" + C[{','.join(places) or '0'}]" if added is not None else ""),
        shapes={"A": (inner, "I") if turned else ("I", inner), "B": weight}
        | ({"C": added or (1,)} if added is not None else {}),
        inputs=("A",),
        ranges={"j": columns},
        name="linear",
    )


def matmul(choice: Choice) -> Layer | None:
    """``MatMul`` of two arrays, or a linear map along the last axis where the matrix is stored."""
    weight, rank = choice.stored(1), choice.rank
    if choice.open == [0, 1]:
        return Shaped("matmul", {})
    if weight is None or len(weight) != 2 or not 2 <= rank <= 6 or choice.open != [0]:
        return None
    return Fixed(_mapped(weight, rank))


@lru_cache(maxsize=4096)
def _mapped(weight: tuple[int, ...], rank: int) -> Operator:
    """A linear map along the last axis."""
    axes = ",".join("nhijl"[: rank - 1])
    letters = tuple("NHIJL"[: rank - 1])
    return define(
        f"Y[{axes},o] = B[c,o]*X[{axes},c]",
        shapes={"X": (*letters, weight[0]), "B": weight},
        inputs=("X",),
        name="linear",
    )


def batch_norm(choice: Choice) -> Layer | None:
    """``BatchNormalization``."""
    scale, rank = choice.stored(1), choice.rank - 2
    if scale is None or choice.open != [0] or rank not in (1, 2, 3):
        return None
    return Fixed(_normalisation(f"batch_norm{rank}d", scale[0]))


@lru_cache(maxsize=1024)
def _normalisation(name: str, channels: int) -> Operator:
    made: Operator = maker(name)(channels)
    return made
