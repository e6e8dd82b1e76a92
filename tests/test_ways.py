"""Operators of the shelf along a spatial axis, between two strided layers: derived, held against running them."""

import pytest

import convmath as cm
from convmath.language.tidy import put
from convmath.language.tree import Int
from convmath.network.graph import network
from convmath.network.layer import layer
from convmath.network.table import write_trace


def conv(k=3, **more):
    return cm.conv2d(4, 4, k, **more)


STRIDED = conv(stride=2)
DERIVED = {
    **{
        f"max_pool ceil k={k} s={s} p={p}": (STRIDED, cm.max_pool2d(k, s, padding=p, ceil_mode=True), STRIDED)
        for k, s, p in ((3, 2, 0), (3, 2, 1), (2, 2, 0), (2, 2, 1), (3, 1, 0), (3, 1, 1), (2, 3, 0), (2, 3, 1))
    },
    "avg_pool ceil": (STRIDED, cm.avg_pool2d(3, 2, padding=1, ceil_mode=True), conv()),
    "avg_pool that leaves padding out": (
        STRIDED, cm.avg_pool2d(3, 2, padding=1, ceil_mode=True, count_include_pad=False), conv(),
    ),
    "lp_pool ceil": (STRIDED, cm.lp_pool2d(2, 3, 2, ceil_mode=True)),
    "same": (conv(padding="same"), STRIDED),
    "same, dilated, even": (conv(4, padding="same", dilation=3), STRIDED),
    "reflect": (conv(padding=1, padding_mode="reflect"), STRIDED),
    "dilated": (conv(stride=2, dilation=2), conv(dilation=4, padding=4)),
    "transposed, output padding": (cm.conv_transpose2d(4, 4, 3, stride=2, padding=1, output_padding=1), STRIDED),
    "transposed, then pooled": (STRIDED, cm.conv_transpose2d(4, 4, 3, stride=3, padding=1), cm.max_pool2d(2)),
    "upsample": (STRIDED, cm.upsample_nearest2d(scale_factor=2), conv()),
    "upsample and pool": (STRIDED, cm.upsample_nearest2d(scale_factor=2), cm.max_pool2d(2), conv()),
    "upsample by 4 and pool": (STRIDED, cm.upsample_nearest2d(scale_factor=4), cm.max_pool2d(2), conv()),
    "upsample by 2, pool by 4": (STRIDED, cm.upsample_nearest2d(scale_factor=2), conv(), cm.max_pool2d(4), conv()),
    "bilinear": (STRIDED, layer("interpolate", scale_factor=2, mode="bilinear"), conv()),
    "pad and crop": (STRIDED, layer("pad", pad=(0, 0, -1, 2)), conv()),
    "pad reflect": (STRIDED, layer("pad", pad=(1, 1, 1, 2), mode="reflect"), conv()),
    "slice with a negative end": (conv(), layer("slice", dim=2, start=1, end=-2), STRIDED),
    "slice with a step": (STRIDED, layer("slice", dim=2, start=1, end=-1, step=3), STRIDED),
    "slice with an end": (conv(), layer("slice", dim=2, start=0, end=10), STRIDED),
    "flip": (STRIDED, layer("flip", dims=(2,)), STRIDED),
    "transpose": (STRIDED, layer("transpose", dim0=2, dim1=3), STRIDED),
    "pixel_shuffle": (STRIDED, cm.pixel_shuffle(2), cm.conv2d(1, 4, 3)),
    "adaptive, kept": (STRIDED, cm.adaptive_avg_pool2d((None, 6)), STRIDED),
    "group_norm": (STRIDED, cm.group_norm(2, 4), conv()),
    "softmax along the axis": (STRIDED, layer("softmax", dim=2), conv()),
}  # fmt: skip


def stacked(layers):
    nodes, last = {}, "x"
    for at, one in enumerate(layers):
        nodes[f"n{at}"] = (one, last)
        last = f"n{at}"
    return network({"x": "1,4,H,W"}, nodes)


@pytest.mark.parametrize("name", DERIVED)
def test_the_derived_size_is_that_of_running(name):
    net = stacked(DERIVED[name])
    found = net.derive_size("H")
    found.check()
    cm.Derivation.from_json(found.render("json")).check()
    said = {line.label: line.derived for line in found.lines}
    axis = 3 if name == "transpose" else 2
    least = None
    for h in range(1, 60):
        try:
            shape = net.trace((1, 4, h, 40)).output
        except cm.ShapeError:
            continue
        if shape is None:  # a slice that leaves nothing is no operator
            continue
        out = shape[axis]
        least = least or h
        assert put(said["size"], {"H": Int(h)}) == Int(out)
        if "size, as of one layer" in said:
            line = next(line for line in found.lines if line.label == "size, as of one layer")
            assert line.value({"H": Int(h)}) == Int(out)
    if "smallest input" in said:
        assert said["smallest input"] == Int(least)


REFUSED = {
    "pixel_unshuffle": ((STRIDED, cm.pixel_unshuffle(2)), "gives H_1/2, which is whole only for some sizes"),
    "upsample by 3, pool, conv": (
        (STRIDED, cm.upsample_nearest2d(scale_factor=3), cm.max_pool2d(2), conv()),
        "n3: the size after conv2d is not derived",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_derived_is_refused_by_name(name):
    layers, why = REFUSED[name]
    with pytest.raises(cm.UnsupportedError, match=why):
        stacked(layers).derive_size("H")


def test_a_size_that_no_floor_says_is_told_by_residue():
    found = stacked(DERIVED["transposed, then pooled"]).derive_size("H")
    assert found.notes[-1] == (
        "one floor that says H_3: by residue it is (3·H − 12) / 4 for H ≡ 0 (mod 4); (3·H − 7) / 4 for H ≡ 1 (mod 4); "
        "(3·H − 10) / 4 for H ≡ 2 (mod 4); (3·H − 9) / 4 for H ≡ 3 (mod 4)"
    )


LETTERS = ("k_1", "s_1", "p_1", "d_1", "k_2", "s_2")


@pytest.mark.parametrize("numbers", [(3, 2, 1, 1, 3, 2), (5, 3, 2, 2, 2, 3), (1, 1, 0, 1, 4, 1), (2, 4, 1, 3, 1, 2)])
def test_windows_in_letters_are_those_in_numbers(numbers):
    def rows(k_1, s_1, p_1, d_1, k_2, s_2):
        layers = (cm.conv2d(4, 4, k_1, stride=s_1, padding=p_1, dilation=d_1), layer("relu"), cm.max_pool2d(k_2, s_2))
        return stacked((*layers, conv(padding=1), cm.conv2d(4, 4, "k_1", stride=2))).trace().rows

    values = dict(zip(LETTERS, numbers, strict=True))
    for lettered, plain in zip(rows(*LETTERS)[:4], rows(*numbers)[:4], strict=True):
        for one, other in zip(lettered.windows, plain.windows, strict=True):
            found = [size if isinstance(size, int) else size.at(values) for size in one.in_letters]
            assert found == [other.size, other.stride, other.padding]
    last = rows(*numbers)[4].windows[0]
    assert str(last.in_letters[1]) == str(2 * numbers[1] * numbers[5])


def test_windows_in_letters_are_shown_and_those_that_depend_on_the_size_are_not():
    text = write_trace(stacked((cm.conv2d(4, 8, "k", stride=2, padding="p"), conv_of_8())).trace())
    assert "k/2/p\n" in text
    assert "(k + 4)/4/p\n" in text
    text = write_trace(stacked((STRIDED, layer("flip", dims=(2,)))).trace())
    assert "3/2/0" in text


def conv_of_8():
    return cm.conv2d(8, 8, 3, stride=2)
