"""Networks from live modules, against PyTorch itself: every module's shape, the parameters, the operations."""

import random
import sys
from importlib.util import find_spec

import pytest

import convmath as cm

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")
SIZES = ((1, 3, 32, 36), (2, 3, 33, 47), (3, 3, 50, 21), (1, 3, 5, 64))


def test_without_pytorch_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(cm.UnsupportedError, match=r'pip install "convmath\[torch\]"'):
        cm.read_torch(object(), (1, 3, 8, 8))


def ran(module, tensors):
    """What PyTorch's modules give, by path and in their order; the outputs; the operations of PyTorch's counter."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    given, counter = {}, FlopCounterMode(display=False)
    hooks = [
        part.register_forward_hook(lambda _, __, out, path=path: given.setdefault(path, []).append(out))
        for path, part in module.named_modules()
    ]
    try:
        with torch.no_grad(), counter:
            out = module.eval()(*tensors)
    finally:
        for hook in hooks:
            hook.remove()
    counts = counter.get_flop_counts().get("Global", {})
    flops = sum(count for name, count in counts.items() if "conv" in str(name) or str(name).endswith(("mm", "addmm")))
    return given, out if isinstance(out, tuple) else (out,), flops


def hold(net, module, shape, checked):
    """One input: both refuse it, or all shapes and operations are the same, in numbers and in letters."""
    import torch

    try:
        given, outputs, flops = ran(module, [torch.empty(shape, device="meta")])
    except (RuntimeError, ValueError, IndexError):
        with pytest.raises(cm.ConvmathError):
            net.trace(shape)
        return
    trace, letters = net.trace(shape), net.trace()
    for node in net.nodes:
        path, _, number = node.name.partition("#")
        if path in given:
            assert trace.shapes[node.outputs[0]] == tuple(given[path][int(number or 1) - 1].shape), node.name
            checked.add(path)
    assert [trace.shapes[name] for name in net.outputs] == [tuple(out.shape) for out in outputs]
    assert 2 * trace.totals()["macs"] == flops
    declared = next(iter(net.inputs.values()))
    values = {size.letter: number for size, number in zip(declared, shape, strict=True) if not isinstance(size, int)}
    for tensor, sizes in letters.shapes.items():
        assert tuple(s if isinstance(s, int) else s.at(values) for s in sizes) == trace.shapes[tensor], tensor


def same(module, *shapes):
    """Reads a module at the first shape and holds it at all of them."""
    net, checked = cm.read_torch(module.to("meta"), shapes[0]), set()
    for shape in shapes:
        hold(net, module, shape, checked)
    totals = net.trace().totals()
    assert totals["parameters"] == sum(one.numel() for one in module.parameters())
    assert totals["buffers"] == sum(one.numel() for one in module.buffers())
    assert net.trace().unsupported == {}
    leaves = {path for path, part in module.named_modules() if path and not any(True for _ in part.children())}
    assert leaves <= checked
    return net


def block(draw, channels):
    """A random module for pictures, and its channels."""
    from torch import nn

    k, out = draw.choice((1, 2, 3, 5)), draw.choice((2, 4, 6))
    window = {"stride": draw.choice((1, 2, 3)), "padding": draw.randint(0, k // 2)}
    moved = {"stride": draw.choice((2, 3)), "output_padding": 1, "padding": draw.randint(0, 1)}
    kinds = (
        lambda: (nn.Conv2d(channels, out, k, dilation=draw.choice((1, 2)), bias=draw.random() < 0.5, **window), out),
        lambda: (nn.Conv2d(channels, 2 * channels, k, groups=channels, padding="same"), 2 * channels),
        lambda: (nn.ConvTranspose2d(channels, out, draw.choice((2, 3)), **moved), out),
        lambda: (nn.MaxPool2d(k, ceil_mode=draw.random() < 0.5, **window), channels),
        lambda: (nn.AvgPool2d(k, ceil_mode=draw.random() < 0.5, count_include_pad=False, **window), channels),
        lambda: (nn.Sequential(nn.BatchNorm2d(channels), draw.choice((nn.ReLU, nn.SiLU, nn.Hardswish))()), channels),
        lambda: (nn.Sequential(nn.InstanceNorm2d(channels, affine=True), nn.GELU()), channels),
        lambda: (nn.Sequential(nn.GroupNorm(1, channels), nn.PReLU(), nn.Dropout(0.3)), channels),
        lambda: (nn.Upsample(scale_factor=2, mode=draw.choice(("nearest", "bilinear"))), channels),
        lambda: (nn.Sequential(nn.ZeroPad2d((1, 2, 0, 1)), nn.ReflectionPad2d(1), nn.Hardtanh(0, 6)), channels),
        lambda: (nn.Sequential(nn.Conv2d(channels, 4 * out, 1), nn.PixelShuffle(2), nn.Sigmoid()), out),
        lambda: (nn.AdaptiveAvgPool2d((3, 4)), channels),
    )
    return draw.choice(kinds)()


def pictures(seed):
    """A random network: a stem, ways that are added or joined, a head."""
    import torch
    from torch import nn

    draw = random.Random(seed)
    stem, width = [], 3
    for _ in range(draw.randint(2, 5)):
        part, width = block(draw, width)
        stem.append(part)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Sequential(*stem)
            self.one = nn.Conv2d(width, 4, 3, padding=1)
            self.two = nn.Sequential(nn.Conv2d(width, 4, 1), nn.ReLU())
            self.joined = draw.random() < 0.5
            self.head = nn.Linear(8 if self.joined else 4, 5)

        def forward(self, x):
            x = self.stem(x)
            a, b = self.one(x), self.two(x)
            y = torch.cat([a, b], 1) if self.joined else a + b
            return self.head(y.mean((2, 3))) if seed % 2 else y

    return Net()


@needs_torch
@pytest.mark.parametrize("seed", range(12))
def test_random_modules(seed):
    import torch

    module = pictures(seed)
    if seed % 2 == 0:
        del module.head
    try:
        ran(module.to("meta"), [torch.empty(SIZES[0], device="meta")])
    except RuntimeError:  # the module takes no picture of this size
        with pytest.raises(cm.UnsupportedError, match=r"torch\.export cannot record Net"):
            cm.read_torch(module, SIZES[0])
        return
    same(module, *SIZES)


def modules():
    """Modules that ask for sizes, share parameters, and take apart what they get."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Flat(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.drop, self.fc = nn.Conv2d(3, 4, 3, stride=2), nn.Dropout(), nn.Linear(4 * 7 * 8, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.conv(x), inplace=True), 2)
            return self.fc(self.drop(x.view(x.size(0), -1)))

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 8, 3, padding=1), nn.Conv2d(8, 2, 1)
            self.up = nn.ConvTranspose2d(8, 4, 2, 2)

        def forward(self, x):
            a = self.a(x)
            up = self.up(self.b(F.max_pool2d(a, 2)))
            down, right = a.size(2) - up.size(2), a.size(3) - up.size(3)
            up = F.pad(up, [right // 2, right - right // 2, down // 2, down - down // 2])
            return self.c(torch.cat([a, up], 1)), F.interpolate(up, size=x.shape[2:], mode="bilinear")

    class Shared(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.relu = nn.Conv2d(3, 3, 3, padding=1), nn.ReLU()
            self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 3)
            self.two.weight = self.one.weight

        def forward(self, x):
            x = self.relu(self.conv(self.relu(self.conv(x))))
            return self.two(self.one(x.mean((2, 3))))

    class Shuffled(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3, padding=1, padding_mode="circular")
            self.scale = nn.Parameter(torch.ones(8, 1, 1))

        def forward(self, x):
            x = self.conv(x) * self.scale
            b, c, h, w = x.size()
            y = x.view(b, 2, c // 2, h, w).transpose(1, 2).contiguous().view(b, -1, h, w)
            return y, y.flatten(2).transpose(1, 2), y[:, ::2, 1:-1], x.reshape(b, c * h, w)

    class Pieces(nn.Module):
        def forward(self, x):
            a, b = x.chunk(2, 3)
            c, d = torch.split(x, [1, 2], 1)
            pooled, _ = F.max_pool2d(x, 2, return_indices=True)
            stacked = torch.stack([c, c], 1)
            return a, b, d, pooled, stacked, x.select(2, 1), x.softmax(1) / 2 + 1, F.unfold(x, 3, padding=1)

    return {"flat": Flat, "unet": UNet, "shared": Shared, "shuffled": Shuffled, "pieces": Pieces}


@needs_torch
@pytest.mark.parametrize("name", ["flat", "unet", "shared", "shuffled", "pieces"])
def test_modules_that_ask_for_sizes(name):
    net = same(modules()[name](), *SIZES)
    assert [str(size) for size in net.inputs["x"]] == ["N", "3", "H", "W"]


@needs_torch
def test_parameters_that_are_shared_are_counted_once_and_named():
    net = cm.read_torch(modules()["shared"](), (1, 3, 8, 8))
    rows = {row.name: row for row in net.trace().rows}
    assert list(rows)[:4] == ["conv", "relu", "conv#2", "relu#2"]
    assert (rows["conv"].parameters, rows["conv#2"].parameters, rows["conv#2"].shares) == (84, 0, "conv")
    assert (rows["one"].parameters, rows["two"].parameters) == (12, 3)


@needs_torch
def test_a_module_is_left_as_it_was(tmp_path, monkeypatch):
    import torch

    monkeypatch.chdir(tmp_path)
    module = modules()["flat"]()
    module.drop.eval()
    before = [(one.data_ptr(), one._version, one.clone()) for one in module.parameters()]
    modes = [part.training for part in module.modules()]
    cm.read_torch(module, (1, 3, 32, 36))
    assert modes == [part.training for part in module.modules()]
    for (where, version, entries), one in zip(before, module.parameters(), strict=True):
        assert (where, version) == (one.data_ptr(), one._version)
        assert torch.equal(entries, one)
    assert list(tmp_path.iterdir()) == []


@needs_torch
def test_which_inputs_fit_a_classifier():
    net = cm.read_torch(modules()["flat"](), (1, 3, 32, 36), name="flat")
    with pytest.raises(cm.ShapeError, match=r"layer fc: linear"):
        net.trace((1, 3, 64, 64))
    assert net.trace((5, 3, 31, 34)).output == (5, 10)
    assert str(net.trace().shapes["conv"]) == "(N, 4, ⌊(H − 1) / 2⌋, ⌊(W − 1) / 2⌋)"


@needs_torch
def test_what_is_not_known_is_named_and_the_rest_is_traced():
    import torch
    from torch import nn

    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.side = nn.Conv2d(3, 4, 3), nn.Conv2d(3, 2, 1)

        def forward(self, x):
            return torch.fft.rfft2(self.conv(x)), self.side(x)

    trace = cm.read_torch(Odd(), (1, 3, 9, 9)).trace((1, 3, 12, 9))
    assert list(trace.unsupported) == ["fft_rfft2"]
    assert [trace.shapes[name] for name in trace.network.outputs] == [None, (1, 2, 12, 9)]
    assert trace.shapes["conv"] == (1, 4, 10, 7)


@needs_torch
def test_what_the_module_fixes_is_said():
    from torch import nn

    class Square(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)

        def forward(self, x):
            if x.shape[2] != 20:
                raise ValueError("20 rows, please")
            return self.conv(x if x.shape[3] > 15 else x.repeat(1, 1, 1, 2))

    net = cm.read_torch(Square(), (1, 3, 20, 30))
    assert [str(size) for size in net.inputs["x"]] == ["N", "3", "20", "W"]
    assert "fixed by the export: x has the size 20 along axis 2" in net.source
    assert "recorded for W ≥ 16" in net.source
    assert cm.read_torch(Square(), (1, 3, 20, 30), dynamic=False).inputs == {"x": (1, 3, 20, 30)}
    with pytest.raises(cm.UnsupportedError, match=r"cannot record Square: .*20 rows"):
        cm.read_torch(Square(), (1, 3, 21, 30))


@needs_torch
def test_sequences_and_words():
    import torch
    from torch import nn

    class Words(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.place = nn.Embedding(50, 8), nn.Parameter(torch.zeros(1, 20, 8))
            self.block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
            self.memory = nn.LSTM(8, 5, batch_first=True, bidirectional=True)

        def forward(self, words):
            return self.memory(self.block(self.table(words) + self.place[:, : words.shape[1]]))[0]

    module = Words()
    net = cm.read_torch(module, torch.zeros(2, 7, dtype=torch.long))
    assert net.trace().output[1:] == (7, 10) or str(net.trace().output) == "(N, C, 10)"
    assert net.trace().totals()["parameters"] == sum(one.numel() for one in module.parameters())


@needs_torch
@pytest.mark.parametrize(
    ("give", "message"),
    [
        (lambda nn: (3, (1, 3, 8, 8)), "a network is read from a torch.nn.Module"),
        (lambda nn: (nn.ReLU(),), "an example of each input is missing"),
        (lambda nn: (nn.ReLU(), (1, 0)), "give a shape of integers"),
        (lambda nn: (nn.ReLU(), "N,3,H,W"), "give a shape of integers"),
        (lambda nn: (nn.Conv2d(3, 4, 3), (1, 4, 8, 8)), "torch.export cannot record Conv2d"),
    ],
)
def test_what_cannot_be_read_is_refused(give, message):
    from torch import nn

    with pytest.raises((cm.ParseError, cm.UnsupportedError), match=message):
        cm.read_torch(*give(nn))
