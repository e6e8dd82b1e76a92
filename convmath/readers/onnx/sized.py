"""Shapes of what is calculated entry by entry, along axes, or as products: in numbers and in letters alike.

These are ONNX's own rules for how many entries there are. Where the operator is an index definition of this package,
:mod:`convmath.readers.onnx.layers` takes the sizes from that instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from convmath.errors import ShapeError, UnsupportedError
from convmath.network.program import Requirement
from convmath.readers.onnx.values import Asked, Sizes, axis_of

Met = list[Requirement]
Rule = Callable[[Asked, Met], Sequence[Sizes]]
ENTRYWISE = frozenset(
    name
    for names in (
        "Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Cast CastLike Ceil Celu Clip Cos Cosh CumSum",
        "DequantizeLinear Elu Erf Exp EyeLike Floor Gelu HardSigmoid HardSwish Hardmax Identity",
        "InstanceNormalization IsInf IsNaN LRN LeakyRelu Log LogSoftmax LpNormalization",
        "MeanVarianceNormalization Mish Neg Not QuantizeLinear RandomNormalLike RandomUniformLike Reciprocal",
        "Relu Round ScatterElements ScatterND Scatter Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus",
        "Softsign Sqrt Swish Tan Tanh ThresholdedRelu Trilu GroupNormalization RMSNormalization Bernoulli",
        "ReverseSequence RotaryEmbedding TensorScatter BatchNormalization LayerNormalization Dropout",
    )
    for name in names.split()
)
"""Operators whose (first) output has the sizes of their first input."""
TOGETHER = frozenset(
    name
    for names in (
        "Add Sub Mul Div Mod Pow PRelu Max Min Sum Mean Where And Or Xor Equal Less Greater LessOrEqual",
        "GreaterOrEqual BitShift BitwiseAnd BitwiseOr BitwiseXor",
    )
    for name in names.split()
)
"""Operators whose inputs are spread to common sizes."""
REDUCED = frozenset(
    name
    for names in (
        "ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum",
        "ReduceLogSumExp",
    )
    for name in names.split()
)
GLOBAL = frozenset(name for names in ("GlobalAveragePool GlobalMaxPool GlobalLpPool",) for name in names.split())


def shape_of(asked: Asked, place: int = 0) -> Sizes:
    """The sizes of an input, which must be there.

    Raises:
        ShapeError: the input is left out.
    """
    found = asked.shape(place)
    if found is None:
        raise ShapeError(f"{asked.node.title} is given no input {place}")
    return found


def axis(asked: Asked, value: object, rank: int) -> int:
    """An axis, counted from 0.

    Raises:
        ShapeError: there is none.
    """
    found = axis_of(value, rank)
    if found is None:
        raise ShapeError(f"{asked.node.title}: axis {value} of an array with {rank} axes")
    return found


def merged(asked: Asked, shapes: Sequence[Sizes], met: Met) -> Sizes:
    """The sizes that arrays are spread to, from the last axis on: those of the array that has more than one place.

    Raises:
        ShapeError: two sizes differ, and neither is 1.
    """
    rank = max(map(len, shapes), default=0)
    found = []
    for place in range(-rank, 0):
        sizes = [shape[place] for shape in shapes if len(shape) >= -place and shape[place] != 1]
        whole = [size for size in sizes if isinstance(size, int)]
        size = (whole or sizes or [1])[0]
        for other in sizes:
            same(asked, size, other, met)
        found.append(size)
    return tuple(found)


def same(asked: Asked, one: object, two: object, met: Met) -> None:
    """Holds two sizes against each other, or notes that they have to be equal.

    Raises:
        ShapeError: they are two numbers that differ.
    """
    if one == two:
        return
    if isinstance(one, int) and isinstance(two, int):
        raise ShapeError(f"{asked.node.title}: sizes {one} and {two} meet. Make them equal, or one of them 1")
    met.append(Requirement(one, "=", two))  # type: ignore[arg-type]  # sizes, whatever they are made of


def _kept(asked: Asked, met: Met) -> Sequence[Sizes]:
    first = shape_of(asked)
    if asked.node.op in ("BatchNormalization", "LayerNormalization") and len(asked.node.outputs) > 1:
        return [first, *_statistics(asked, first)]
    return [first] * len(asked.node.outputs)


def _statistics(asked: Asked, first: Sizes) -> list[Sizes]:
    if asked.node.op == "BatchNormalization":
        return [(first[1] if len(first) > 1 else 1,)] * (len(asked.node.outputs) - 1)
    start = axis(asked, asked.integer("axis", -1), len(first))
    return [(*first[:start], *(1 for _ in first[start:]))] * (len(asked.node.outputs) - 1)


def _spread(asked: Asked, met: Met) -> Sequence[Sizes]:
    shapes = [shape_of(asked, place) for place in range(len(asked.node.inputs))]
    if asked.node.version < 7 and (asked.node.op == "PRelu" or asked.node.attributes.get("broadcast")):
        return [shapes[0]]
    return [merged(asked, shapes, met)]


def _reduced(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, axes = shape_of(asked), asked.numbers(1, "axes")
    if axes is None and not (asked.left_out(1) and "axes" not in asked.node.attributes):
        raise UnsupportedError(f"{asked.node.title}: its axes are calculated from values that are not known")
    if not axes and asked.integer("noop_with_empty_axes", 0):
        return [shape]
    gone = {axis(asked, one, len(shape)) for one in axes or range(len(shape))}
    keep = asked.integer("keepdims", 1)
    return [tuple(1 if at in gone else size for at, size in enumerate(shape) if keep or at not in gone)]


def _extreme(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape = shape_of(asked)
    gone = axis(asked, asked.integer("axis", 0), len(shape))
    return [(*shape[:gone], *((1,) if asked.integer("keepdims", 1) else ()), *shape[gone + 1 :])]


def _global(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape = shape_of(asked)
    return [(*shape[:2], *(1 for _ in shape[2:]))]


def _matmul(asked: Asked, met: Met) -> Sequence[Sizes]:
    a, b = shape_of(asked), shape_of(asked, 1)
    if not a or not b:
        raise ShapeError(f"{asked.node.title}: a number has no axis to sum over")
    left, right = (a if len(a) > 1 else (1, *a)), (b if len(b) > 1 else (*b, 1))
    same(asked, left[-1], right[-2], met)
    rows, columns = ((left[-2],) if len(a) > 1 else ()), ((right[-1],) if len(b) > 1 else ())
    return [(*merged(asked, [left[:-2], right[:-2]], met), *rows, *columns)]


def _gemm(asked: Asked, met: Met) -> Sequence[Sizes]:
    a, b = shape_of(asked), shape_of(asked, 1)
    if len(a) != 2 or len(b) != 2:
        raise ShapeError(f"{asked.node.title} multiplies matrices, and is given {len(a)} and {len(b)} axes")
    left, right = (a[::-1] if asked.integer("transA", 0) else a), (b[::-1] if asked.integer("transB", 0) else b)
    same(asked, left[1], right[0], met)
    return [(left[0], right[1])]


def _top(asked: Asked, met: Met) -> Sequence[Sizes]:
    shape, count = shape_of(asked), asked.array(1)
    at = axis(asked, asked.integer("axis", -1), len(shape))
    many = count.entries[0] if count is not None and len(count.entries) == 1 else asked.integer("k", -1)
    if many in (None, -1):
        raise UnsupportedError(f"{asked.node.title}: how many entries it takes is not known")
    return [(*shape[:at], many, *shape[at + 1 :])] * len(asked.node.outputs)


SIZED: Mapping[str, Rule] = {
    **dict.fromkeys(ENTRYWISE, _kept),
    **dict.fromkeys(TOGETHER, _spread),
    **dict.fromkeys(REDUCED, _reduced),
    **dict.fromkeys(("ArgMax", "ArgMin"), _extreme),
    **dict.fromkeys(GLOBAL, _global),
    "MatMul": _matmul,
    "Gemm": _gemm,
    "TopK": _top,
}
