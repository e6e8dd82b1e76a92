"""The ready-made operators in families, for readers: each family by name, with what its members have in common."""

from __future__ import annotations

import re
from itertools import groupby
from typing import NamedTuple

from convmath.operators.shelf import ROOM_OF, operator_names


class Family(NamedTuple):
    """Operators that belong together: rooms of the shelf by the last word of their names, or single operators."""

    title: str
    line: str
    rooms: tuple[str, ...]


FAMILIES = (
    Family(
        "Convolution",
        "A window slides over the input. Each output is a sum of products with learned weights.",
        ("conv", "conv_transpose"),
    ),
    Family(
        "Pooling",
        "Each window gives one number: its maximum, its mean or a power mean. Nothing is learned.",
        ("pool", "adaptive", "lp"),
    ),
    Family(
        "Sampling",
        "The same picture with more places or fewer, or at places that another array names.",
        ("resample", "blend", "interpolate", "max_unpool", "grid_sample"),
    ),
    Family(
        "Moving entries",
        "Entries go to other places. Nothing is calculated, but that fold adds what meets in one place.",
        ("reshape", "join", "slices", "shuffle", "columns"),
    ),
    Family("Padding", "Places are added around the input, or cropped.", ("pad",)),
    Family(
        "Products",
        "Sums of products over whole axes, and two arrays combined entry by entry.",
        ("linear", "products"),
    ),
    Family("Activation", "A function of every entry by itself. The shape stays.", ("activations",)),
    Family(
        "Normalisation",
        "Every entry is divided by something that depends on many others. That is no index sum: the output shape and "
        "the parameters are derived, and nothing else.",
        ("norm", "softmax"),
    ),
)


def stem(name: str) -> str:
    """The name without its rank: conv for conv1d, conv2d and conv3d."""
    return re.sub(r"[123]d$", "", name)


def family_of(name: str) -> Family:
    """The family of an operator: that of its own name, or else of the room that it lies in."""
    return next(family for family in FAMILIES if _kind(name) in family.rooms)


def _kind(name: str) -> str:
    own = any(stem(name) in family.rooms for family in FAMILIES)
    return stem(name) if own else ROOM_OF[name].rpartition(".")[2]


def _place(name: str) -> int:
    return family_of(name).rooms.index(_kind(name))


def members(family: Family) -> tuple[tuple[str, ...], ...]:
    """The operators of a family, in the order of its rooms; those that differ in their rank only stand together."""
    names = [name for name in operator_names() if family_of(name) == family]
    return tuple(tuple(group) for _, group in groupby(sorted(names, key=_place), key=stem))
