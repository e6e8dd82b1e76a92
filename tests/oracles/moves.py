"""Operators that only move entries, on nested lists: as a person would take the lists apart."""

from itertools import product


def shape_of(x):
    """The sizes of nested lists."""
    return (len(x), *shape_of(x[0])) if isinstance(x, list) else ()


def entries(x):
    """All numbers, in row-major order."""
    return [value for part in x for value in entries(part)] if isinstance(x, list) else [x]


def filled(values, shape):
    """Nested lists of a shape, filled in row-major order."""
    if not shape:
        return values[0]
    step = len(values) // shape[0]
    return [filled(values[at * step : (at + 1) * step], shape[1:]) for at in range(shape[0])]


def deep(change, dim, *arrays):
    """``change`` made to the lists along axis ``dim`` of each array."""
    if dim == 0:
        return change(*arrays)
    return [deep(change, dim - 1, *parts) for parts in zip(*arrays, strict=True)]


def axis(dim, rank):
    return range(rank)[dim]


def made(shape, value):
    """Nested lists of a shape, each entry by its place."""
    return filled([value(*place) for place in product(*map(range, shape))], shape)


def at(x, *place):
    for index in place:
        x = x[index]
    return x


def flatten(x, _input, start_dim=0, end_dim=-1):
    shape = shape_of(x)
    first, last = axis(start_dim, len(shape)), axis(end_dim, len(shape))
    size = 1
    for item in shape[first : last + 1]:
        size *= item
    return filled(entries(x), (*shape[:first], size, *shape[last + 1 :]))


def reshape(x, _input, shape):
    shape, total, known = list(shape), len(entries(x)), 1
    for size in shape:
        known *= size if size != -1 else 1
    return filled(entries(x), [total // known if size == -1 else size for size in shape])


def unflatten(x, _input, dim, sizes):
    def part(row):
        return reshape(list(range(len(row))), None, sizes)

    shape = shape_of(x)
    dim = axis(dim, len(shape))
    parts = shape_of(part(deep(lambda row: row, 0, at(x, *(0,) * dim))))
    return filled(entries(x), (*shape[:dim], *parts, *shape[dim + 1 :]))


def permute(x, _input, dims):
    shape = shape_of(x)
    dims = [axis(dim, len(shape)) for dim in dims]

    def value(*place):
        came_from = dict(zip(dims, place, strict=True))
        return at(x, *(came_from[dim] for dim in range(len(shape))))

    return made([shape[dim] for dim in dims], value)


def transpose(x, _input, dim0, dim1):
    order = list(range(len(shape_of(x))))
    order[dim0], order[dim1] = order[dim1], order[dim0]
    return permute(x, None, order)


def squeeze(x, _input, dim=None):
    shape = shape_of(x)
    dims = range(len(shape)) if dim is None else dim if isinstance(dim, tuple) else (dim,)
    gone = {axis(d, len(shape)) for d in dims}
    return filled(entries(x), [size for a, size in enumerate(shape) if not (a in gone and size == 1)])


def unsqueeze(x, _input, dim):
    return deep(lambda part: [part], axis(dim, len(shape_of(x)) + 1), x)


def expand(x, _input, sizes):
    while len(shape_of(x)) < len(sizes):
        x = [x]
    for dim, size in enumerate(sizes):
        if size != -1:
            x = deep(lambda rows, size=size: rows * size if len(rows) == 1 else rows, dim, x)
    return x


def cat(*arrays, dim=0):
    *arrays, _tensors = arrays
    return deep(lambda *rows: [item for row in rows for item in row], axis(dim, len(shape_of(arrays[0]))), *arrays)


def stack(*arrays, dim=0):
    *arrays, _tensors = arrays
    return deep(lambda *parts: list(parts), axis(dim, len(shape_of(arrays[0])) + 1), *arrays)


def narrow(x, _input, dim, start, length):
    def part(row):
        first = range(len(row))[start]
        return row[first : first + length]

    return deep(part, axis(dim, len(shape_of(x))), x)


def slice_(x, _input, dim, start=None, end=None, step=1):
    return deep(lambda row: row[start:end:step], axis(dim, len(shape_of(x))), x)


def flip(x, _input, dims):
    for dim in dims if isinstance(dims, tuple) else (dims,):
        x = deep(lambda row: row[::-1], axis(dim, len(shape_of(x))), x)
    return x


def pixel_shuffle(x, upscale_factor):
    n, c, h, w = shape_of(x)
    r = upscale_factor
    return made(
        (n, c // r // r, h * r, w * r),
        lambda m, k, y, z: at(x, m, k * r * r + (y % r) * r + z % r, y // r, z // r),
    )


def pixel_unshuffle(x, downscale_factor):
    n, c, h, w = shape_of(x)
    r = downscale_factor
    shape = (n, c * r * r, h // r, w // r)
    return made(shape, lambda m, k, y, z: at(x, m, k // (r * r), r * y + k // r % r, r * z + k % r))


def depth_to_space(x, blocksize, mode="DCR"):
    """As ONNX writes it: reshape, transpose, reshape."""
    n, c, h, w = shape_of(x)
    b, deep_ = blocksize, c // blocksize**2
    if mode == "DCR":
        apart = permute(filled(entries(x), (n, b, b, deep_, h, w)), None, (0, 3, 4, 1, 5, 2))
    else:
        apart = permute(filled(entries(x), (n, deep_, b, b, h, w)), None, (0, 1, 4, 2, 5, 3))
    return filled(entries(apart), (n, deep_, h * b, w * b))


def space_to_depth(x, blocksize):
    """As ONNX writes it: the block goes in front of the channels."""
    n, c, h, w = shape_of(x)
    b = blocksize
    apart = permute(filled(entries(x), (n, c, h // b, b, w // b, b)), None, (0, 3, 5, 1, 2, 4))
    return filled(entries(apart), (n, c * b * b, h // b, w // b))


def channel_shuffle(x, groups):
    n, c, h, w = shape_of(x)
    apart = permute(filled(entries(x), (n, groups, c // groups, h, w)), None, (0, 2, 1, 3, 4))
    return filled(entries(apart), (n, c, h, w))


def two(value):
    return value if isinstance(value, tuple) else (value, value)


def slides(size, kernel, dilation, padding, stride):
    """The places that each window reads along one axis, while it fits."""
    before, after = two(padding)
    found, start = [], -before
    while start + dilation * (kernel - 1) < size + after:
        found.append([start + dilation * tap for tap in range(kernel)])
        start += stride
    return found


def blocks(h, w, kernel_size, dilation, padding, stride):
    """The places (y, z) that the windows read, window by window, tap by tap."""
    (kh, kw), (dh, dw), (ph, pw), (sh, sw) = map(two, (kernel_size, dilation, padding, stride))
    rows, columns = slides(h, kh, dh, ph, sh), slides(w, kw, dw, pw, sw)
    return [[(y, z) for y in row for z in column] for row in rows for column in columns]


def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    found = []
    for picture in x:
        h, w = shape_of(picture[0])
        windows = blocks(h, w, kernel_size, dilation, padding, stride)
        rows = []
        for channel in picture:
            for tap in range(len(windows[0])):
                read = [window[tap] for window in windows]
                rows.append([channel[y][z] if 0 <= y < h and 0 <= z < w else 0 for y, z in read])
        found.append(rows)
    return found


def fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    h, w = two(output_size)
    windows = blocks(h, w, kernel_size, dilation, padding, stride)
    taps = len(windows[0])
    found = made((len(x), len(x[0]) // taps, h, w), lambda *_: 0)
    for n, rows in enumerate(x):
        for row, values in enumerate(rows):
            for window, value in zip(windows, values, strict=True):
                y, z = window[row % taps]
                if 0 <= y < h and 0 <= z < w:
                    found[n][row // taps][y][z] += value
    return found


def upsample_nearest(x, size=None, scale_factor=None):
    for dim in range(2, len(shape_of(x))):
        length = shape_of(x)[dim]
        by = scale_factor[dim - 2] if isinstance(scale_factor, tuple) else scale_factor
        wanted = length * by if size is None else size[dim - 2] if isinstance(size, tuple) else size
        nearest = [max(t for t in range(length) if t * wanted <= i * length) for i in range(wanted)]
        x = deep(lambda row, nearest=nearest: [row[t] for t in nearest], dim, x)
    return x


ORACLES = {name: found for name, found in globals().items() if callable(found)} | {
    "slice": slice_,
    **{f"upsample_nearest{rank}d": upsample_nearest for rank in (1, 2, 3)},
}
