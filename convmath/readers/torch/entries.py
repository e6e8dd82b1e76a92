"""Calls that work entry by entry, on two arrays, or along axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from convmath.errors import UnsupportedError
from convmath.network.program import Requirement, Shape
from convmath.readers.torch.calls import Call, Tensor
from convmath.readers.torch.sized import Beside
from convmath.readers.torch.steps import Finder, Found, Step, made, named, ruled, step

PASSED = frozenset(
    name
    for names in ("contiguous clone detach alias to _to_copy type_as lift_fresh lift_fresh_copy float half double",)
    for name in names.split()
)
"""The same array: no layer."""
FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("relu", "relu6", "silu", "sigmoid", "tanh", "hardswish", "hardsigmoid"), ()),
    "leaky_relu": ("negative_slope",),
    "elu": ("alpha",),
    "gelu": ("approximate",),
    "softplus": ("beta", "threshold"),
    "hardtanh": ("min_val", "max_val"),
}
"""Functions of the shelf, with the arguments that they take."""
ENTRY_BY_ENTRY = frozenset(
    name
    for names in (
        "abs acos acosh asin asinh atan atanh ceil celu clamp clamp_min clamp_max cos cosh cumsum erf",
        "exp expm1 fill floor hardshrink isinf isnan isfinite log log10 log1p log2 log_sigmoid",
        "logical_not logit masked_fill mish neg normal_functional pow prelu reciprocal roll round rrelu",
        "rsqrt selu sign sin sinh softshrink softsign sqrt square tan threshold trunc tril triu",
        "zeros_like ones_like rand_like randn_like full_like bitwise_not sort rms_norm alpha_dropout",
        "feature_dropout native_dropout index_fill nan_to_num bernoulli argsort",
    )
    for name in names.split()
)
"""Functions whose (first) output has the shape of their input."""
PAIRS = frozenset(
    name
    for names in (
        "add sub mul div rsub true_divide floor_divide maximum minimum pow eq ne lt le gt ge remainder",
        "fmod atan2 where logical_and logical_or logical_xor bitwise_and bitwise_or",
    )
    for name in names.split()
)
"""Functions of two arrays, or of an array and a number."""
REDUCED = frozenset(
    name
    for names in ("mean sum amax amin prod std var norm linalg_vector_norm all any argmax argmin logsumexp",)
    for name in names.split()
)


def _function(call: Call) -> Found:
    given = {name: call[name] for name in FUNCTIONS[call.op]}
    if call.op == "elu" and (call["scale"], call["input_scale"]) != (1, 1):
        return named(call.op, call.tensor())
    if call.op == "hardtanh" and (given["min_val"], given["max_val"]) == (0, 6):
        return step("relu6", [call.tensor()])
    return step(call.op, [call.tensor()], given)


def _dropout(call: Call) -> Found:
    return step("dropout", [call.tensor()], {"p": call["p"]})


def _entrywise(call: Call) -> Found:
    return named(call.op, call.tensor())


def _pair(call: Call) -> Found:
    """Two arrays that broadcast; only a product multiplies them."""
    given = [tensor for tensor in call.tensors() if not (tensor.stored and not tensor.shape)]
    function = call.op if call.op in ("add", "sub", "mul") else "sub" if call.op == "rsub" else "add"
    if not given:
        raise UnsupportedError("it works on single numbers")
    if len(given) == 1:
        return named(call.op, given[0])
    if len(given) > 2:
        return _together(call, given)
    open_ = [tensor for tensor in given if not tensor.stored]
    if len(open_) == 1 and open_[0].shape == call.outputs[0].shape:
        other = next(tensor for tensor in given if tensor.stored)
        return Step(Beside(call.op, function, other.numbers), (open_[0],))
    return step(function, given, label=call.op)


def _together(call: Call, given: Sequence[Tensor]) -> Step:
    def rule(shapes: Sequence[Shape], met: list[Requirement]) -> Shape:
        found = tuple(shapes[0])
        pair = step("add", given[:2]).layer
        for shape in shapes[1:]:
            (found,) = pair([found, shape], met)
        return found

    return ruled(call.op, given, rule)


def _softmax(call: Call) -> Found:
    return step("log_softmax" if "log" in call.op else "softmax", [call.tensor()], {"dim": call["dim"]})


def _reduced(call: Call) -> Found:
    """Over some axes, or all: over all spatial ones the mean is a global pool."""
    tensor, given = call.tensor(), call["dim"]
    rank, keep = len(tensor.shape), bool(call["keepdim"])
    axes = range(rank) if given is None or given == () else given if isinstance(given, tuple) else (given,)
    gone = {axis % rank for axis in axes}
    if call.op in ("mean", "amax") and rank in (3, 4, 5) and gone == set(range(2, rank)):
        pool = step(f"global_{'avg' if call.op == 'mean' else 'max'}_pool{rank - 2}d", [tensor], label=call.op)
        return pool if keep else [pool, step("flatten", [], {"start_dim": 1})]

    def rule(shapes: Sequence[Shape], met: list[Requirement]) -> Shape:
        sizes = enumerate(shapes[0])
        return tuple(1 if at in gone else size for at, size in sizes if keep or at not in gone)

    return ruled(call.op, [tensor], rule)


def _attention(call: Call) -> Found:
    """Queries with the width of the values: softmax(Q·Kᵀ)·V."""
    found = [call.tensor(name) for name in ("query", "key", "value")]
    return ruled(call.op, found, lambda shapes, met: (*shapes[0][:-1], shapes[2][-1]))


def _made(call: Call) -> Found:
    """A new array, filled with some number."""
    if call.op == "arange":
        if (call["start"] or 0, call["step"] or 1) != (0, 1):
            raise UnsupportedError("it counts from another number than 0, or in other steps than 1")
        return made("arange", (call["end"],))
    return made(call.op, call["size"])


def _recurrent(call: Call) -> Found:
    """The states of the last layer at all times; as many numbers as a recurrent weight has columns."""
    weights = call["params"]
    width = weights[1].numbers[1] * (2 if call["bidirectional"] else 1)
    if len(call.tensor().shape) != 3:
        raise UnsupportedError("its input has no batch")
    return ruled(call.op, [call.tensor()], lambda shapes, met: (*shapes[0][:-1], width))


def _grid(call: Call) -> Found:
    return step("grid_sample", [call.tensor("input"), call.tensor("grid")])


ENTRIES: Mapping[str, Finder] = {
    **dict.fromkeys(FUNCTIONS, _function),
    **dict.fromkeys(("dropout", "dropout2d", "feature_dropout"), _dropout),
    **dict.fromkeys(ENTRY_BY_ENTRY, _entrywise),
    **dict.fromkeys(PAIRS, _pair),
    **dict.fromkeys(("softmax", "_softmax", "log_softmax", "_log_softmax"), _softmax),
    **dict.fromkeys(REDUCED, _reduced),
    "scaled_dot_product_attention": _attention,
    "grid_sampler": _grid,
    **dict.fromkeys(("zeros", "ones", "full", "empty", "rand", "randn", "new_zeros", "new_ones", "arange"), _made),
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrent),
    **{name: lambda call: call.tensor() for name in PASSED},
}
