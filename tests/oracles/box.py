"""One axis of a window, by loops: for each output the places that it reads, one list an output.

No output at all means that the sizes do not fit. The arguments are those of the ready-made operators.
"""

from itertools import product

LONGEST, KERNELS, STRIDES, PADDINGS, DILATIONS, EXTRAS = 12, range(1, 6), range(1, 5), range(4), range(1, 4), range(4)


def windows(size, kernel, stride, padding, dilation=1, ceil=False):
    """Windows from the first padded place on, a stride apart, as long as they lie in the padded input.

    With ``ceil`` one may run over its end by less than a stride, if it starts inside the input or before it.
    """
    found, start = [], -padding
    while True:
        taps = [start + dilation * tap for tap in range(kernel)]
        beyond = taps[-1] - (size + padding - 1)
        if not (beyond <= 0 or (ceil and beyond < stride and start < size)):
            return found
        found.append([place for place in taps if 0 <= place < size])
        start += stride


def writers(size, kernel, stride, padding, dilation=1, extra=0):
    """Every tap of every input is written; of the places, ``padding`` are cut off at each end, ``extra`` added."""
    into = {}
    for place, tap in product(range(size), range(kernel)):
        into.setdefault(stride * place + dilation * tap, set()).add(place)
    places = [sorted(into.get(place, ())) for place in range(max(into) + 1)] + [[]] * extra
    return places[padding : max(padding, len(places) - padding)]
