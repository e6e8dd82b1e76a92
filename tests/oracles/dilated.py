"""What XLA computes, one entry at a time: the input is dilated, padded or cropped, and a window slides over it."""

from itertools import product


def prepared(x, dilation, before, after):
    """One axis: zeros between the entries, then what is added (or, below 0, taken off) at each end. None is padding."""
    places = []
    for at, entry in enumerate(x):
        places += ([None] * (dilation - 1) if at else []) + [entry]
    places = [None] * before + places if before > 0 else places[-before:]
    return places + [None] * after if after >= 0 else places[:after] if -after < len(places) else []


def windows(x, kernel, stride=1, dilation=1, before=0, after=0, input_dilation=1):
    """For each output along one axis the entries that its window sees, None where there is none."""
    places = prepared(x, input_dilation, before, after)
    last = dilation * (kernel - 1)
    return [places[at : at + last + 1 : dilation] for at in range(0, len(places) - last, stride)]


def along(sizes, axes):
    """For each output place, and each tap, the place that is read along every axis, or None."""
    per_axis = [windows(range(size), **axis) for size, axis in zip(sizes, axes, strict=True)]
    return [[len(found) for found in per_axis], [list(product(*seen)) for seen in product(*per_axis)]]


def convolution(x, w, axes, groups=1, batch_groups=1):
    """x[n][c] and w[o][c] are dictionaries from places and from taps to numbers; the output is flat, by n and o."""
    sizes = [axis_size + 1 for axis_size in max(x[0][0])]
    taps = list(product(*(range(axis["kernel"]) for axis in axes)))
    shape, reads = along(sizes, axes)
    pictures, features = len(x) // batch_groups, len(w)
    found = []
    for n in range(pictures):
        for o in range(features):
            row, picture = o // (features // groups) * len(w[0]), o // (features // batch_groups) * pictures + n
            for seen in reads:
                total = 0
                for tap, place in zip(taps, seen, strict=True):
                    if None not in place:
                        total += sum(w[o][c][tap] * x[picture][row + c][place] for c in range(len(w[0])))
                found.append(total)
    return [pictures, features, *shape], found
