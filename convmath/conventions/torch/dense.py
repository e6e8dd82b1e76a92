"""Layers with weights and no window: ``Linear``, ``Bilinear``, ``Embedding``, ``PReLU`` and ``MultiheadAttention``."""

from __future__ import annotations

from math import prod
from typing import Any

from convmath.conventions.arguments import Shape, rejected, shape_of
from convmath.conventions.torch.products import linear
from convmath.conventions.torch.rules import NAME, answered, listed
from convmath.conventions.translation import Layer, Translation, made


def linear_layer(in_features: int, out_features: int, bias: bool = True) -> Layer:
    """``torch.nn.Linear``: the last axis, whatever axes are before it."""
    weight = (out_features, in_features)
    arrays = {"weight": weight} | ({"bias": (out_features,)} if bias else {})

    def apply(shape: Shape) -> Translation:
        return linear(shape, weight, arrays.get("bias"))

    given = {"in_features": in_features, "out_features": out_features, "bias": bias}
    return Layer(NAME, "Linear", apply, made("linear", given) if min(weight) > 0 else None, arrays=arrays)


def bilinear(in1_features: int, in2_features: int, out_features: int, bias: bool = True) -> Layer:
    """``torch.nn.Bilinear``: called with two shapes, which differ in the last axis at most."""
    name = "Bilinear"
    if in1_features <= 0:
        raise rejected(NAME, name, f"in1_features must be > 0, but got {in1_features}", at="init")
    arrays = {"weight": (out_features, in1_features, in2_features)} | ({"bias": (out_features,)} if bias else {})

    def apply(shape: Shape, other: Any) -> Translation:
        second = shape_of(NAME, name, other, "the other")
        if not shape or not second or shape[:-1] != second[:-1]:
            raise rejected(
                NAME,
                name,
                f"the inputs are {listed(shape)} and {listed(second)}: bilinear(): input batch dimensions do not match",
                "All axes but the last are the same.",
            )
        for which, size, features in ((1, shape[-1], in1_features), (2, second[-1], in2_features)):
            if size != features:
                raise rejected(
                    NAME,
                    name,
                    f"input{which} size does not match weight size: got {size} but expected {features}",
                    f"Use in{which}_features={size}.",
                )
        batch = prod(shape[:-1])
        given = {"in1_features": in1_features, "in2_features": in2_features, "out_features": out_features, "bias": bias}
        found, others = (*shape[:-1], out_features), ((batch or 1, second[-1]),)
        return answered("bilinear", given, (batch, shape[-1]), found, batched=True, others=others)

    return Layer(NAME, name, apply, arrays=arrays)


def embedding(
    num_embeddings: int,
    embedding_dim: int,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Layer:
    """``torch.nn.Embedding``: each index becomes a row of the table."""
    if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
        raise rejected(NAME, "Embedding", f"Padding_idx {padding_idx} must be within num_embeddings", at="init")

    def apply(shape: Shape) -> Translation:
        missing = "which rows are taken stands in the indices, which are values"
        return answered("embedding", {}, shape, (*shape, embedding_dim), missing=missing)

    return Layer(NAME, "Embedding", apply, arrays={"weight": (num_embeddings, embedding_dim)})


def prelu(num_parameters: int = 1, init: float = 0.25) -> Layer:
    """``torch.nn.PReLU``: one slope for all channels, or one for each."""

    def apply(shape: Shape) -> Translation:
        channels = shape[1] if len(shape) > 1 else 1
        if num_parameters not in (1, channels):
            raise rejected(
                NAME,
                "PReLU",
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {num_parameters} and "
                f"channel size = {channels}",
                f"Use num_parameters={channels}, or 1.",
            )
        return answered("prelu", {"num_parameters": num_parameters}, shape, shape)

    return Layer(NAME, "PReLU", apply, arrays={"weight": (num_parameters,)})


def attention(
    embed_dim: int,
    num_heads: int,
    dropout: float = 0.0,
    bias: bool = True,
    add_bias_kv: bool = False,
    add_zero_attn: bool = False,
    kdim: int | None = None,
    vdim: int | None = None,
    batch_first: bool = False,
) -> Layer:
    """``torch.nn.MultiheadAttention``: called with query, key and value; the weights are a second output."""
    name = "MultiheadAttention"
    if embed_dim <= 0 or num_heads <= 0:
        raise rejected(
            NAME,
            name,
            f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
            f"num_heads={num_heads} instead",
            at="init",
        )
    if embed_dim % num_heads:
        raise rejected(
            NAME,
            name,
            f"embed_dim is {embed_dim}, num_heads {num_heads}: embed_dim must be divisible by num_heads",
            at="init",
        )
    keys, values = kdim or embed_dim, vdim or embed_dim
    arrays = _projections(embed_dim, keys, values, bias, add_bias_kv)

    def apply(shape: Shape, key: Any, value: Any) -> Translation:
        shapes = (shape, shape_of(NAME, name, key, "the key"), shape_of(NAME, name, value, "the value"))
        return _attended(shapes, (embed_dim, keys, values), batch_first, add_bias_kv + add_zero_attn)

    return Layer(NAME, name, apply, arrays=arrays)


def _projections(embed: int, keys: int, values: int, bias: bool, extra: bool) -> dict[str, Shape]:
    """The projections in, together where all have one size; the one out; and what is put before keys and values."""
    if keys == values == embed:
        found: dict[str, Shape] = {"in_proj_weight": (3 * embed, embed)}
    else:
        found = {"q_proj_weight": (embed, embed), "k_proj_weight": (embed, keys), "v_proj_weight": (embed, values)}
    found |= {"in_proj_bias": (3 * embed,), "out_proj.bias": (embed,)} if bias else {}
    found |= {"bias_k": (1, 1, embed), "bias_v": (1, 1, embed)} if extra else {}
    return found | {"out_proj.weight": (embed, embed)}


def _attended(shapes: tuple[Shape, ...], sizes: Shape, batch_first: bool, extra: int) -> Translation:
    """(the attended values, the weights): as many as queries, weighted over all keys."""
    query, key, value = shapes
    single, name = len(query) == 2, "MultiheadAttention"
    if len(query) not in (2, 3) or len(key) != len(query) or len(value) != len(query):
        raise rejected(
            NAME,
            name,
            f"the inputs are {', '.join(map(listed, shapes))}: query, key and value should all be 2-D "
            "(unbatched) or 3-D "
            "(batched)",
        )
    if tuple(shape[-1] for shape in shapes) != sizes:
        raise rejected(
            NAME,
            name,
            f"was expecting embedding dimensions of {listed(sizes)}, but got {listed(shape[-1] for shape in shapes)}",
        )
    if key[:-1] != value[:-1]:
        raise rejected(
            NAME, name, f"key's sequence and batch dims {listed(key[:-1])} do not match value's {listed(value[:-1])}"
        )
    along, across = (1, 0) if batch_first and not single else (0, 1)
    if not single and query[across] != key[across]:
        raise rejected(NAME, name, f"the queries have batch {query[across]}, the keys {key[across]}")
    weights = (*(() if single else (query[across],)), query[along], key[along] + extra)
    missing = "it is no index sum: a softmax stands between two of them"
    return answered(name, {}, query, query, more=(weights,), others=(key, value), missing=missing)
