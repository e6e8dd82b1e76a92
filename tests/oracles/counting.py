"""Operators as plain Python loops: every answer is counted, none is calculated.

A window is slid until it leaves the padded input, a place is written until there is no more to
write, a parameter is counted when its array is filled, a multiply-add when it is made, a receptive
field by changing one input at a time. The arguments are PyTorch's, in its order.
"""

from collections import defaultdict
from itertools import product


def each(value, rank):
    """One value for each spatial axis."""
    return tuple(value) if isinstance(value, tuple) else (value,) * rank


def pairs(value, rank):
    """(before, after) for each spatial axis."""
    return tuple(item if isinstance(item, tuple) else (item, item) for item in each(value, rank))


def box(*sizes):
    """Every place of an array of these sizes."""
    return product(*map(range, sizes))


def windows_counted(size, kernel, stride, dilation, before, after):
    """How many windows fit, sliding from the first padded place by ``stride``."""
    found, start = 0, -before
    while all(-before <= start + dilation * tap < size + after for tap in range(kernel)):
        found, start = found + 1, start + stride
    return found


def places_kept(size, kernel, stride, dilation, before, after, extra):
    """How many places of the output a transposed convolution has: those written, less the crop, and more."""
    written = {stride * i + dilation * tap for i in range(size) for tap in range(kernel)}
    places = list(range(max(written) + 1))
    return len((places + [None] * extra)[before : len(places) + extra - after])


class Convolution:
    """N, C, spatial… with a weight of (O, C/groups, kernel…)."""

    def __init__(
        self,
        rank,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
    ):
        """What stands in the padding changes the values alone: the same windows, weights and products."""
        self.kernel, self.stride, self.dilation = (each(v, rank) for v in (kernel_size, stride, dilation))
        self.padding, self.out, self.channels, self.groups = (
            pairs(padding, rank),
            out_channels,
            in_channels,
            groups,
        )
        self.bias = bias

    def extents(self, shape):
        return tuple(
            windows_counted(size, k, s, d, *pads)
            for size, k, s, d, pads in zip(
                shape[2:], self.kernel, self.stride, self.dilation, self.padding, strict=True
            )
        )

    def output_shape(self, shape):
        return (shape[0], self.out, *self.extents(shape))

    def parameters(self):
        weights = sum(1 for _ in box(self.out, self.channels // self.groups, *self.kernel))
        return weights + (sum(1 for _ in range(self.out)) if self.bias else 0)

    def products(self, shape):
        """(input channel, output channel, place read) of every multiply-add of one pass."""
        for _, o, *place in box(shape[0], self.out, *self.extents(shape)):
            group = o // (self.out // self.groups)
            for c, *tap in box(self.channels // self.groups, *self.kernel):
                yield group * (self.channels // self.groups) + c, o, self.reads(place, tap)

    def reads(self, place, tap):
        """The place of the padded input that one output place reads through one tap."""
        return tuple(s * i + d * u for s, i, d, u in zip(self.stride, place, self.dilation, tap, strict=True))

    def macs(self, shape):
        return sum(1 for _ in self.products(shape))

    def receptive_field(self, shape):
        """How far apart the padded places are that change the first output when they are changed."""
        padded = [size + sum(pads) for size, pads in zip(shape[2:], self.padding, strict=True)]
        first = (0,) * len(padded)
        spans = []
        for axis, size in enumerate(padded):
            changes = []
            for place in range(size):
                changed = tuple(place if a == axis else 0 for a in range(len(padded)))
                if self.output_at(first, changed) != self.output_at(first, None):
                    changes.append(place)
            spans.append(max(changes) - min(changes) + 1)
        return tuple(spans)

    def output_at(self, place, changed):
        """One output of an input of zeros whose entry at ``changed`` is 1, all weights different."""
        weights = enumerate(box(*self.kernel), start=1)
        return sum(weight for weight, tap in weights if self.reads(place, tap) == changed)


class Transposed(Convolution):
    """N, C, spatial… with a weight of (C, O/groups, kernel…); every product is added into its place."""

    def __init__(
        self, rank, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1,
        bias=True, dilation=1,
    ):  # fmt: skip
        super().__init__(rank, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)
        self.extra = each(output_padding, rank)

    def extents(self, shape):
        return tuple(
            places_kept(size, k, s, d, *pads, extra)
            for size, k, s, d, pads, extra in zip(
                shape[2:], self.kernel, self.stride, self.dilation, self.padding, self.extra, strict=True
            )
        )

    def parameters(self):
        weights = sum(1 for _ in box(self.channels, self.out // self.groups, *self.kernel))
        return weights + (sum(1 for _ in range(self.out)) if self.bias else 0)

    def products(self, shape):
        for _, c, *place in box(*shape):
            for o, *tap in box(self.out // self.groups, *self.kernel):
                yield c, o, self.reads(place, tap)

    def receptive_field(self, shape):
        """How many input places write into one output place, at most: those far from the border all do."""
        spans = []
        for k, s, d in zip(self.kernel, self.stride, self.dilation, strict=True):
            writers = defaultdict(list)
            for i, u in box(4 * k * d, k):
                writers[s * i + d * u].append(i)
            spans.append(max(max(found) - min(found) + 1 for found in writers.values()))
        return tuple(spans)


class Pool(Convolution):
    """The maximum or the mean of a window, channel by channel: nothing is learned, nothing multiplied."""

    def __init__(self, rank, kernel_size, stride=None, padding=0, dilation=1):
        super().__init__(rank, 1, 1, kernel_size, kernel_size if stride is None else stride, padding, dilation)

    def output_shape(self, shape):
        return (*shape[:2], *self.extents(shape))

    def parameters(self):
        return 0

    def products(self, shape):
        return ()


class PowerPool(Pool):
    """The power mean of a window: its first argument changes no size."""

    def __init__(self, rank, norm_type, kernel_size, stride=None):
        super().__init__(rank, kernel_size, stride)


class Linear:
    """N, C with a weight of (O, C)."""

    def __init__(self, rank, in_features, out_features, bias=True):
        self.size, self.out, self.bias = in_features, out_features, bias

    def output_shape(self, shape):
        return (len(range(shape[0])), len(range(self.out)))

    def parameters(self):
        return sum(1 for _ in box(self.out, self.size)) + (self.out if self.bias else 0)

    def macs(self, shape):
        return sum(1 for _ in box(shape[0], self.out, self.size))

    def receptive_field(self, shape):
        """The features of one example that change its first output, by changing them one by one."""
        changed = [c for c in range(self.size) if sum(int(i == c) for i in range(self.size)) != 0]
        return (changed[-1] - changed[0] + 1,)
