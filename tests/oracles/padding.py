"""Padding in plain loops: places are found by walking out of the array, one step at a time."""


def walked(distance, size, mode, *, after):
    """The place of the array that is read ``distance`` places beyond its border."""
    at, step = (size - 1, 1) if after else (0, -1)
    for _ in range(distance):
        if mode == "reflect" and not 0 <= at + step < size:
            step = -step
        if mode != "replicate":
            at += step
        if mode == "circular" and not 0 <= at < size:
            at = 0 if after else size - 1
    return at


def along(size, before, after, mode):
    """For each place of the padded axis the place that it reads, or None; negative numbers crop."""
    outside = [None if mode == "constant" else walked(t, size, mode, after=False) for t in range(before, 0, -1)]
    beyond = [None if mode == "constant" else walked(t, size, mode, after=True) for t in range(1, after + 1)]
    found = [*outside, *range(size), *beyond]
    return found[max(0, -before) : len(found) - max(0, -after)]


def padded(nested, pairs, mode, value=0):
    """Nested lists with (before, after) for each axis, the first one outermost."""
    if not pairs:
        return nested
    blank = _filled(nested[0], value)
    rows = [blank if place is None else nested[place] for place in along(len(nested), *pairs[0], mode)]
    return [padded(row, pairs[1:], mode, value) for row in rows]


def _filled(nested, value):
    return [_filled(item, value) for item in nested] if isinstance(nested, list) else value


class Padded:
    """``pad`` of an array: nothing is learned or multiplied, and each place of the output reads one."""

    def __init__(self, rank, shape, pad, mode="constant", value=0):
        pairs = list(zip(pad[::2], pad[1::2], strict=True))[::-1]
        self.pairs = [(0, 0)] * (len(shape) - len(pairs)) + pairs
        self.mode = mode

    def output_shape(self, shape):
        return tuple(len(along(size, *pair, self.mode)) for size, pair in zip(shape, self.pairs, strict=True))

    def parameters(self):
        return 0

    def macs(self, shape):
        return 0

    def receptive_field(self, shape):
        """One for each axis that is padded or cropped."""
        return tuple(1 for pair in self.pairs if any(pair))
