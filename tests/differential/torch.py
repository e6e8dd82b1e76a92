"""PyTorch: its arguments are convmath's, so what is left is what PyTorch itself adds or refuses.

* An input may come without its batch axis; the answer then has none either.
* An empty batch is fine, and changes no other axis. convmath's sizes are ≥ 1, so a batch of one is asked.
* Padding is one size an axis, never negative; a word is 'same' or 'valid' in lower case, for convolutions only.
* FLOPs are 2 for each multiply-add, without the bias.
"""

from math import prod

import convmath as cm

from .score import RefusedError, UndecidedError

COMMON = {"op", "n", "x", "k", "s", "d", "p", "y", "e", "np", "fl", "at", "meta"}


def conv(case, found):
    _only(case, COMMON | {"g", "oc", "b", "pm"})
    rank, shape, single = _layout(case)
    padding = _padding(case, words=("same", "valid"))
    if case.get("pm") not in (None, "zeros"):
        raise UndecidedError("padding_mode is not zeros")
    _some_channels_and_taps(case, shape)
    make = getattr(cm, f"conv{rank}d")
    made = make(shape[1], case["oc"], case["k"], case["s"], padding, case["d"], case["g"], case["b"])
    found["np"] = made.parameters()
    if shape[0] == 0 and 0 in shape[2:]:
        raise UndecidedError("an empty batch of empty inputs")
    _ask(made, shape, single, found, flops=True)


def conv_transpose(case, found):
    """The size is checked before the values, and an empty batch is not checked at all.

    output_padding is looked at when there is a batch. A size below 0 is always refused; a size of 0 depends
    on the backend that was picked, but for an empty batch it stands.
    """
    _only(case, COMMON | {"g", "oc", "b", "opad"})
    rank, shape, single = _layout(case)
    padding = _padding(case)
    _some_channels_and_taps(case, shape)

    def make(extra):
        arguments = (shape[1], case["oc"], case["k"], case["s"], padding, extra, case["g"], case["b"], case["d"])
        return getattr(cm, f"conv_transpose{rank}d")(*arguments)

    plain = make(0) if not any(extra < 0 for extra in case["opad"]) else make(case["opad"])
    found["np"] = plain.parameters()
    made = make(case["opad"]) if shape[0] else plain
    extents = _extents(plain, case, shape)
    if min(extents) < 0:
        raise RefusedError(f"the output would have the sizes {extents}")
    if shape[0]:
        if 0 in extents and 0 not in shape[2:]:
            raise UndecidedError("an output of size 0 depends on PyTorch's backend")
        _ask(made, shape, single, found, flops=True)
    elif 0 in shape[2:]:
        raise UndecidedError("an empty batch of empty inputs")
    else:
        found.update(y=[0, case["oc"], *extents], fl=0)


def _extents(plain, case, shape):
    """The sizes as they come out, even where they are no sizes: they grow with the input by the stride."""
    more = 1 + max(2 * max(before, after) for before, after in case["p"])
    grown = plain.output_shape((1, shape[1], *(size + more for size in shape[2:])))
    return [e - s * more + extra for e, s, extra in zip(grown[2:], case["s"], case["opad"], strict=True)]


def max_pool(case, found):
    _only(case, COMMON | {"ceil"})
    rank, shape, single = _layout(case)
    make = getattr(cm, f"max_pool{rank}d")
    made = make(case["k"], case["s"], _padding(case), case["d"], ceil_mode=case["ceil"])
    found["np"] = made.parameters()
    _ask(made, shape, single, found)


def avg_pool(case, found):
    """avg_pool3d alone wants the input itself, without its padding, to be as large as the kernel."""
    _only(case, COMMON | {"ceil", "cip"})
    rank, shape, single = _layout(case)
    if any(d != 1 for d in case["d"]):
        raise UndecidedError("avg_pool has no dilation")
    make = getattr(cm, f"avg_pool{rank}d")
    made = make(case["k"], case["s"], _padding(case), ceil_mode=case["ceil"], count_include_pad=case["cip"])
    found["np"] = made.parameters()
    if rank == 3 and any(size < k for size, k in zip(shape[2:], case["k"], strict=True)):
        raise RefusedError("avg_pool3d: the input is smaller than the kernel")
    _ask(made, shape, single, found)


def linear(case, found):
    """The axes before the last are one batch, and may be none or empty."""
    _only(case, {"op", "x", "w", "y", "e"})
    *batch, features = case["x"]
    out, wanted = case["w"]
    if features != wanted:
        raise RefusedError(f"the input has {features} features, the weight wants {wanted}")
    if 0 in (out, wanted):
        raise UndecidedError("a weight without entries")
    shape = cm.linear(wanted, out).output_shape((prod(batch) or 1, features))
    found["y"] = [*batch, *shape[1:]]


OPS = {"conv": conv, "conv_transpose": conv_transpose, "max_pool": max_pool, "avg_pool": avg_pool, "linear": linear}


def _only(case, known):
    for key in sorted(case.keys() - known):
        raise UndecidedError(f"the argument {key}")


def _layout(case):
    """(rank, the shape with a batch axis, whether it came without one)."""
    rank, shape = case["n"], tuple(case["x"])
    if len(shape) == rank + 1:
        return rank, (1, *shape), True
    if len(shape) != rank + 2:
        raise RefusedError(f"an input of {len(shape)} axes; {rank + 1} or {rank + 2} are taken")
    return rank, shape, False


def _padding(case, words=()):
    padding = case["p"]
    if isinstance(padding, str):
        if padding not in words:
            raise RefusedError(f"padding={padding!r} is not taken here")
        return padding
    if any(before != after for before, after in padding):
        raise RefusedError("one padding an axis is taken; F.pad gives two")
    if any(before < 0 for before, _ in padding):
        raise RefusedError("negative padding is not supported")
    return tuple(before for before, _ in padding)


def _some_channels_and_taps(case, shape):
    if 0 in (shape[1], case["oc"]):
        raise UndecidedError("without channels PyTorch gives a wrong channel count")
    if 0 in case["k"]:
        raise UndecidedError("a kernel of size 0 is taken by the constructor")


def _ask(made, shape, single, found, flops=False):
    asked = shape if shape[0] else (1, *shape[1:])
    y = list(made.output_shape(asked))
    if flops:
        found["fl"] = 2 * made.macs(asked) if shape[0] else 0
    found["y"] = y[1:] if single else [shape[0], *y[1:]]
