"""The command line: what it prints, where it writes, and its exit status."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from click.testing import CliRunner

import convmath as cm
from convmath.cli import main
from convmath.operators.shelf import SHELF, operator_names

FORMATS = ("text", "latex", "markdown", "html", "json")
QUANTITIES = ("output_shape", "parameters", "macs", "receptive_field", "all")
SLUG = "pointwise-conv-is-per-pixel-linear"
DERIVE = {
    "numbers": "derive conv2d --input 28x28x192 --filters 192 --kernel 1",
    "letters": "derive conv2d --input HxWxC --filters O --kernel k --stride s --padding p --dilation d",
    "seven": "derive conv2d --input 224x224x3 --filters 64 --kernel 7 --stride 2 --padding 3",
}
DEFINE = [
    "define",
    "Y[n,o,i] = W[o,c,u] * X[n,c,s*i+d*u-p] + b[o]",
    *["--shape", "X=N,C,L", "--shape", "W=O,C,k", "--shape", "b=O", "--padding", "X=0,0,p"],
]


def words(line):
    return line.split() if isinstance(line, str) else list(line)


def run(line):
    return CliRunner().invoke(main, words(line))


def done(line):
    """What a command that succeeds prints."""
    found = run(line)
    assert found.exit_code == 0, found.output
    assert found.stderr == ""
    assert found.exception is None
    return found.stdout


def refused(line, status=2):
    """The one line that a command which fails says on stderr."""
    found = run(line)
    assert found.exit_code == status, found.output
    assert found.stdout == ""
    assert "Traceback" not in found.stderr
    assert found.exception is None or isinstance(found.exception, SystemExit)
    lines = found.stderr.splitlines()
    if status == 2:
        assert len(lines) == 1, found.stderr
    assert lines[0].startswith("convmath: ")
    assert len(lines[0]) < 1600  # the names of all operators are long
    return found.stderr.rstrip("\n")


def process(*command, **options):
    return subprocess.run(
        [str(word) for word in command], capture_output=True, timeout=120, check=False, encoding="utf-8", **options
    )


PYTHON = (sys.executable, "-m", "convmath")


# --- the lines as they are promised


def test_a_layer_of_numbers():
    text = done(DERIVE["numbers"])
    for line in (
        "Definition   Y[n,o,i,j] = b[o] + Σ_{c<C, u<k, v<k} W[o,c,u,v]·X[n, c, s·i + d·u − p, s·j + d·v − p]",
        "Shapes       X (N, C, H, W), padded by p along H and W; W (O, C, k, k); b (O)",
        "             parameters        P = O·C·k² + O = 192·192·1² + 192 = 37056",
        "So           batch 1, channels 192, height 28, width 28, parameters 37056, multiply-adds 28901376,",
    ):
        assert line in text.splitlines()
    assert text.endswith("held at all 200 points\n")
    assert max(map(len, text.splitlines())) <= 100
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_a_layer_of_letters():
    text = done(DERIVE["letters"])
    assert "H' = ⌊(H + 2·p − d·(k − 1) − 1) / s⌋ + 1" in text
    assert "parameters        P = O·C·k² + O" in text
    assert "receptive height  R_H = d·(k − 1) + 1" in text


def test_a_letter_among_numbers():
    text = done("derive conv2d --input 28x28x3 --filters n --kernel 5 --quantity output_shape")
    assert "So           batch 1, channels n, height 24, width 24" in text.splitlines()


def test_multiply_adds_as_latex():
    text = done(f"{DERIVE['seven']} --quantity macs --format latex")
    assert text.startswith(r"\subsection*{Multiply-adds of conv2d}")
    assert str(64 * 112 * 112 * 3 * 49) in text


def test_a_formula_of_ones_own():
    text = done(DEFINE)
    assert "L' = ⌊(L + 2·p − d·(k − 1) − 1) / s⌋ + 1" in text
    assert "P = O·C·k + O" in text


def test_a_formula_of_ones_own_with_numbers():
    numbers = {"N": 2, "L": 11, "C": 3, "O": 4, "k": 3, "s": 2, "d": 1, "p": 1}
    sizes = [word for name, number in numbers.items() for word in ("--set", f"{name}={number}")]
    text = done([*DEFINE, *sizes])
    assert f"multiply-adds {2 * 4 * 6 * 3 * 3}" in " ".join(text.split())


RECEPTIVE = "receptive conv2d --input 9x9x3 --filters 8 --kernel 3 --padding 2 --dilation 2"


def test_what_one_unit_reads():
    assert done(f"{RECEPTIVE} --unit 0,4") == (
        "Unit 0,4 of conv2d on 1, 3, 9, 9 reads, of X along\n  H    0, 2  (2 places)\n  W    2, 4, 6  (3 places)\n"
    )
    lines = done("receptive conv_transpose1d --input 1,2,3 --filters 1 --kernel 1 --stride 3 --unit 0,0,3").splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["N", "0"], ["C", "0"], ["L", "1"]]
    assert "N    0  (1 place)" in lines[1]
    assert "C    0 … 1  (2 places)" in lines[2]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"{RECEPTIVE} --unit 0,99", "place 99 on axis 3"),
        (f"{RECEPTIVE} --unit a", "--unit is 'a'; it must be whole numbers with commas, such as 7,8"),
        (f"{RECEPTIVE} --unit 0,,1", "--unit is '0,,1'"),
        ("receptive conv2d --filters 8 --kernel 3 --unit 0,0", "--input is missing: what one unit reads depends"),
        ("receptive conv2d --input HxWxC --kernel 3 --unit 0,0", "give it by name"),
        ("receptive bilinear --input 2,3 --unit 0,0", "has the inputs X, Z"),
        (RECEPTIVE, "--unit"),
    ],
)
def test_a_unit_that_is_none_is_refused(line, words):
    assert words in refused(line)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (["define", "Y[n,c,i] = X[n,c,2*i+u]", "--shape", "X=N,C,L", "--range", "u=k", "--reduce", "max"], "max_{u<k}"),
        (["define", "S[q,k] = Q[q,e] * K[k,e]", "--shape", "Q=M,E", "--shape", "K=T,E", "--inputs", "Q, K"], "P = 0"),
    ],
)
def test_other_options_of_define(line, wanted):
    assert wanted in done(line)


def test_the_theorem_goes_to_a_file(tmp_path):
    page = tmp_path / "page.md"
    assert done(f"prove {SLUG} --format markdown -o {page}") == ""
    assert page.read_text("utf-8").startswith("### A 1×1 convolution is one linear map, applied at every pixel\n")
    assert page.read_text("utf-8") == done(f"prove {SLUG} --format markdown")


def test_the_theorem_with_numbers():
    text = done(f"prove {SLUG} --set rank=1 --set s=1 --set L=7")
    assert "With         L = 7" in text


def test_the_book_is_listed():
    text = done("theorems")
    assert SLUG in text
    assert "k = 1, p = 0" in text


@pytest.mark.parametrize(
    "command", ["", "derive", "define", "prove", "theorems", "claims", "winograd", "check", "site"]
)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_has_help(command, flag):
    assert done(f"{command} {flag}").startswith("Usage: ")


def test_the_version_is_told():
    assert done("--version") == f"convmath, version {cm.__version__}\n"


def test_the_generated_pages_are_written(tmp_path):
    out = done(f"site {tmp_path / 'made'}")
    found = {path.relative_to(tmp_path / "made").as_posix() for path in (tmp_path / "made").rglob("*.md")}
    assert {"operators/index.md", "operators/conv2d.md", "theorems/index.md", f"theorems/{SLUG}.md"} <= found
    assert out == f"{len(found)} pages written under {tmp_path / 'made'}\n"


# --- quantities and formats


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("line", [DERIVE["numbers"], DERIVE["letters"], DEFINE], ids=["numbers", "letters", "define"])
def test_every_quantity_can_be_asked_for(line, quantity):
    text = done([*words(line), "--quantity", quantity])
    told = {
        "output_shape": "How many values",
        "parameters": "How many parameters there are",
        "macs": "multiply-adds",
        "receptive_field": "receptive",
    }
    wanted = told if quantity == "all" else [quantity]
    assert all(told[name] in text for name in wanted)


def test_all_is_the_default_quantity_and_text_the_default_format():
    assert done(DERIVE["numbers"]) == done(f"{DERIVE['numbers']} -q all -f text")


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    "line",
    [DERIVE["numbers"], DERIVE["letters"], DEFINE, f"prove {SLUG}"],
    ids=["numbers", "letters", "define", "prove"],
)
def test_every_format_is_printed_as_it_is_written(line, format_, tmp_path):
    printed = done([*words(line), "--format", format_])
    assert printed.endswith("\n")
    assert not printed.endswith("\n\n")
    file = tmp_path / "page"
    assert done([*words(line), "--format", format_, "--output", str(file)]) == ""
    assert file.read_bytes().decode() == printed
    opening = {"latex": r"\subsection*{", "markdown": "### ", "html": "<section", "json": "{"}
    assert printed.startswith(opening.get(format_, ""))
    if format_ == "json":
        cm.Derivation.from_json(printed).check()


# --- shapes in two ways of writing


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize(
    ("picture", "tensor"),
    [("28x28x192", "1,192,28,28"), ("28×20×3", "1,3,28,20"), ("HxWxC", "1,C,H,W"), ("28xWx3", "1, 3, 28, W")],
)
def test_a_picture_and_a_tensor_agree(picture, tensor, quantity):
    lines = [
        ["derive", "conv2d", "--input", shape, "--kernel", "3", "-q", quantity, "-f", "json"]
        for shape in (picture, tensor)
    ]
    assert done(lines[0]) == done(lines[1])


def test_the_axes_are_named_so_that_a_misreading_shows():
    picture = done("derive conv2d --input 3x28x192 --kernel 1 --filters 8 -q output_shape")
    assert "So           batch 1, channels 8, height 3, width 28" in picture.splitlines()
    tensor = done("derive conv2d --input 3,28,192,7 --kernel 1 --filters 8 -q output_shape")
    assert "So           batch 3, channels 8, height 192, width 7" in tensor.splitlines()
    assert "H = 3, W = 28" in picture
    assert "N = 3, H = 192, W = 7" in tensor


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("derive conv1d --input 100x8 --filters 4 --kernel 3", "batch 1, channels 4, length 98"),
        ("derive conv1d --input 2,8,100 --filters 4 --kernel 3", "batch 2, channels 4, length 98"),
        (
            "derive conv3d --input 8x9x10x3 --filters 4 --kernel 3",
            "batch 1, channels 4, depth 6, height 7, width 8",
        ),
        (
            "derive conv2d --input 28x28x3 --filters 4 --kernel 3x5",
            "batch 1, channels 4, height 26, width 24",
        ),
        (
            "derive conv2d --input 28x28x3 --filters 4 --kernel 3,5 --stride 1,2 --padding (1,2),0",
            "batch 1, channels 4, height 29, width 12",
        ),
        (
            "derive conv2d --input 9x9x4 --filters 6 --kernel 3 --dilation 2 --groups 2 --no-bias",
            "batch 1, channels 6, height 5, width 5",
        ),
        (
            "derive conv_transpose2d --input 7x7x4 --filters 6 --kernel 3 --stride 2 --padding 1 --output-padding 1",
            "batch 1, channels 6, height 14, width 14",
        ),
        ("derive max_pool2d --input 112x112x64 --kernel 2", "batch 1, channels 64, height 56, width 56"),
        (
            "derive avg_pool2d --input 7x7x64 --kernel 3 --stride 2 --padding 1",
            "batch 1, channels 64, height 4, width 4",
        ),
        (f"derive conv1d --input {10**30}x1 --filters 1 --kernel 3", f"batch 1, channels 1, length {10**30 - 2}"),
    ],
)
def test_every_option_reaches_the_operator(line, wanted):
    assert wanted in " ".join(done(f"{line} -q output_shape").split())


@pytest.mark.parametrize("shape", ["192", "1,192"])
def test_a_linear_map(shape):
    text = done(f"derive linear --input {shape} --filters 10")
    assert "P = O·C + O = 10·192 + 10 = 1930" in text


OPAQUE = {name for room in ("softmax", "norm", "interpolate") for name in SHELF[f"convmath.operators.{room}"].split()}


@pytest.mark.parametrize("name", operator_names())
def test_every_operator_answers_in_letters(name):
    for quantity in QUANTITIES:
        line = f"derive {name} -q {quantity}"
        chosen = {"cat", "stack", "fold", *SHELF["convmath.operators.blend"].split()}
        if name in chosen and quantity == "receptive_field":
            assert "conditions" in refused(line)
        elif name in OPAQUE and quantity in ("macs", "receptive_field"):
            assert "has no index sum" in refused(line)
        else:
            assert done(line).splitlines()[0].endswith(f" of {name}")


# --- bad input


HELD_BACK = "(" * 100_000


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "derive conv2d --input 4x4x1 --kernel 5",
            "conv2d on X of shape (1, 1, 4, 4): one output spans d·(k − 1) + 1 = 5 positions along H, but the padded "
            "input has H + 2·p = 4 there (H = 4, d = 1, k = 5, p = 0). Use H ≥ 5, or kernel_size ≤ 4, or padding ≥ 1.",
        ),
        ("derive conv2d --kernel 0", "conv2d: kernel_size (k) is 0; it must be an integer ≥ 1"),
        ("derive conv2d --stride -1", "conv2d: stride (s) is −1; it must be an integer ≥ 1"),
        (
            "derive conv2d --input 0x28x3",
            "conv2d on X of shape (1, 3, 0, 28): H is 0; it must be an integer ≥ 1",
        ),
        (
            "derive conv2d --input=-3,28,28,28",
            "conv2d on X of shape (-3, 28, 28, 28): N is −3; it must be an integer ≥ 1",
        ),
        (
            "derive conv2d --input 28x28",
            "--input “28x28” has 2 sizes, but conv2d takes 3 (H × W × C): write HxWxC or N,C,H,W",
        ),
        (
            "derive conv2d --input 192,28,28",
            "--input “192,28,28” has 3 sizes, but conv2d takes 4 (N,C,H,W): write HxWxC or N,C,H,W",
        ),
        (
            "derive conv2d --input 8x8x6 --filters 4 --groups 4",
            "conv2d: groups = 4 does not divide in_channels = 6: in_channels must be a multiple of it",
        ),
        ("derive max_pool2d --filters 3", "max_pool2d takes no --filters: it keeps the channels of its input"),
        ("derive linear --kernel 3", "linear takes no --kernel: it takes --filters, --bias"),
        (f"prove {SLUG} --set k=x", f"{SLUG}: k is x; it must be an integer"),
        (f"prove {SLUG} --set k=1 --set k=2", "--set gives k twice, as 1 and as 2: give it once"),
        (f"prove {SLUG}s", f"there is no theorem '{SLUG}s': did you mean {SLUG}?"),
        ("prove nonsense", f"there is no theorem 'nonsense': `convmath theorems` lists all {len(cm.theorems())}"),
        (["define", "Y[i] = X[i]"], "X[i] reads X, whose shape is not given: add it to shapes"),
        (
            ["define", "Y[i] = X[i]", "--shape", "X=L", "--shape", "X=M"],
            "--shape gives X twice, as L and as M: give it once",
        ),
        (["define", "Y[i] = ", "--shape", "X=L"], "“Y[i] = ” at character 8: found the end, expected a letter"),
    ],
)
def test_bad_input_is_one_line_that_says_what_to_do(line, message):
    assert refused(line) == f"convmath: {message}"


@pytest.mark.parametrize(
    "line",
    [
        "derive conv2d --input 28x28x192x",
        "derive conv2d --input 2.5x28x3",
        "derive conv2d --input __import__('os')",
        "derive conv2d --input H.subs.__globals__,1,1,1",
        "derive conv2d --input 9**9**9,1,1,1",
        "derive conv2d --kernel 9**9**9",
        "derive conv2d --padding SAME_UPPER",
        ["derive", "conv2d", "--input", ""],
        ["derive", "conv2d", "--input", " "],
        ["derive", "conv2d", "--input", "28x28x3\x00"],
        ["derive", "conv2d", "--input", HELD_BACK],
        ["derive", "conv2d", "--input", "x".join(["28"] * 5000)],
        ["derive", "conv2d", "--input", ",".join(["28"] * 5000)],
        ["derive", "conv2d", "--kernel", HELD_BACK],
        ["derive", "conv2d", "--filters", "9" * 100_000],
        ["define", HELD_BACK],
        ["define", "Y[i] = X[i]", "--shape", f"X={HELD_BACK}"],
        ["prove", HELD_BACK],
        ["prove", SLUG, "--set", f"k={HELD_BACK}"],
        ["prove", SLUG, "--set", "z=1"],
        ["prove", SLUG, "--set", "rank=4"],
    ],
    ids=lambda line: " ".join(words(line))[:50],
)
def test_other_bad_input_is_one_line_too(line):
    refused(line)


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("derive conv9d", "conv9d"),
        ("derive", "OPERATOR"),
        ("derive conv2d --nope", "--nope"),
        ("derive conv2d --kernel", "--kernel"),
        ("derive conv2d -q nope", "nope"),
        ("derive conv2d -f pdf", "pdf"),
        ("nope", "nope"),
        ("prove", "SLUG"),
        (f"prove {SLUG} --set k", "H=28"),
        ("define", "FORMULA"),
        ("check", "FILE"),
        ("check no/such/file", "no/such/file"),
        ("check .", "directory"),
    ],
)
def test_a_command_that_is_mistyped_is_one_line_that_names_the_place(line, part):
    assert part in refused(line)


def test_a_theorem_that_does_not_hold_is_status_1_with_its_counterexample():
    found = run(f"prove {SLUG} --set k=3")
    assert found.exit_code == 1
    assert found.stdout == ""
    assert found.stderr == (
        f"convmath: does not hold: {SLUG}: no sum over one value: u takes 3 values, v takes 3 values\n"
        "Counterexample (the smallest found): C = O = 1, X of 3×3, W zero but W[0,0,0,1] = 1. Change X[0,0,0,1] "
        "from 0 to 1 and Y[0,0,0,0] changes from 0 to 1, though X[0,0,0,0] did not change: the output at a pixel is "
        "no function of that pixel.\n"
    )


# --- files


def test_bad_input_leaves_no_file(tmp_path):
    for line in (
        "derive conv2d --kernel 0",
        "derive conv2d --input 4x4x1 --kernel 5",
        "derive conv2d -q nope",
        "prove nonsense",
    ):
        refused(f"{line} -o {tmp_path / 'sub' / 'file'}")
    refused(f"prove {SLUG} --set k=3 -o {tmp_path / 'sub' / 'file'}", status=1)
    assert list(tmp_path.iterdir()) == []


def test_bad_input_leaves_a_file_as_it_was(tmp_path):
    file = tmp_path / "kept"
    file.write_text("as it was")
    refused(f"derive conv2d --kernel 0 -o {file}")
    assert file.read_text() == "as it was"
    done(f"derive conv2d -q parameters -o {file}")
    assert file.read_text("utf-8").startswith("Parameters of conv2d\n")
    assert list(tmp_path.iterdir()) == [file]


def test_a_write_that_stops_half_way_leaves_a_file_as_it_was(tmp_path, monkeypatch):
    file = tmp_path / "kept"
    file.write_text("as it was")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    message = refused(f"derive conv2d -q parameters -o {file}")
    assert message == f"convmath: {file} cannot be written: No space left on device"
    assert file.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [file]


def test_a_place_that_cannot_be_written_is_status_2(tmp_path):
    (tmp_path / "file").write_text("no directory")
    refused(f"derive conv2d -q parameters -o {tmp_path / 'file' / 'x.txt'}")
    refused(f"site {tmp_path / 'file' / 'x'}")
    refused(f"derive conv2d -q parameters -o {tmp_path}")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_directory_without_the_right_to_write_is_status_2(tmp_path):
    tmp_path.chmod(0o500)
    try:
        message = refused(f"derive conv2d -q parameters -o {tmp_path / 'x.txt'}")
    finally:
        tmp_path.chmod(0o700)
    assert message == f"convmath: {tmp_path / 'x.txt'} cannot be written: Permission denied"
    assert list(tmp_path.iterdir()) == []


# --- check


@pytest.fixture
def saved(tmp_path):
    file = tmp_path / "saved.json"
    done(f"derive conv1d --input 28x3 --filters 8 --kernel 5 --stride 2 -f json -o {file}")
    return file


def altered(file, change):
    data = json.loads(file.read_text("utf-8"))
    change(data)
    file.write_text(json.dumps(data), "utf-8")


def test_a_saved_derivation_holds(saved):
    steps = len(cm.Derivation.from_json(saved.read_text("utf-8")).steps)
    out = done(f"check {saved}")
    assert out.startswith("Output shape, parameters, multiply-adds and receptive field of conv1d: holds.")
    assert f" {steps} steps " in out


def test_a_saved_theorem_holds(tmp_path):
    done(f"prove {SLUG} -f json -o {tmp_path / 'saved.json'}")
    assert "holds" in done(f"check {tmp_path / 'saved.json'}")


def _altered_step(data):
    steps = data["chains"][2]["steps"]
    steps[3]["after"], steps[4]["before"] = (steps[2]["after"],) * 2


def _removed_step(data):
    del data["chains"][2]["steps"][3]


def _invented_step(data):
    steps = data["chains"][2]["steps"]
    steps.append({**steps[-1], "before": steps[-1]["after"], "rule": "by inspection"})


def _false_conclusion(data):
    data["lines"][2][2] = ["+", data["lines"][2][2], 1]


def _false_step(data):
    steps = data["chains"][2]["steps"]
    right = steps[-1]["after"]["relations"][0][2]
    steps[-1]["after"]["relations"][0][2] = data["lines"][2][2] = ["+", right, 1]


def _sizes_that_break_an_assumption(data):
    data["values"]["k"] = 99


@pytest.mark.parametrize(
    "change",
    [
        _altered_step,
        _removed_step,
        _invented_step,
        _false_conclusion,
        _false_step,
        _sizes_that_break_an_assumption,
        lambda data: data["chains"].pop(),
        lambda data: data["assumptions"].append(["k", "=", 1]),
        lambda data: data.update(title="Fermat's last theorem"),
    ],
)
def test_a_derivation_that_was_changed_does_not_hold(saved, change):
    altered(saved, change)
    assert refused(f"check {saved}", status=1).startswith("convmath: does not hold: ")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"format": "convmath derivation", "version": 1}',
        b'{"format": "convmath derivation", "version": 2}',
        b"garbage",
        bytes(range(256)),
        b"\x00" * 1000,
        b"\xff\xfe{}",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"9" * 100_000,
        b" " * 5_000_000,
    ],
    ids=lambda content: repr(content[:12]),
)
def test_a_file_that_is_no_derivation_cannot_be_read(content, tmp_path):
    (tmp_path / "saved.json").write_bytes(content)
    refused(f"check {tmp_path / 'saved.json'}")


# --- in processes of their own


def test_the_console_script_answers():
    script = Path(sysconfig.get_path("scripts")) / "convmath"
    if not script.exists():
        pytest.skip("convmath is not installed in this environment")
    found = process(script, *DERIVE["numbers"].split())
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout == done(DERIVE["numbers"])


def test_a_derivation_is_saved_by_one_process_and_checked_by_another(tmp_path):
    file = tmp_path / "saved.json"
    found = process(*PYTHON, *DERIVE["letters"].split(), "-f", "json", "-o", file)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    found = process(*PYTHON, "check", file)
    assert (found.returncode, found.stderr) == (0, "")
    altered(file, _false_conclusion)
    found = process(*PYTHON, "check", file)
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("convmath: does not hold: ")


def test_a_theorem_is_saved_by_one_process_and_checked_by_another(tmp_path):
    file = tmp_path / "saved.json"
    assert process(*PYTHON, "prove", SLUG, "-f", "json", "-o", file).returncode == 0
    found = process(*PYTHON, "check", file)
    assert (found.returncode, found.stderr) == (0, "")


def test_a_derivation_is_read_by_a_fresh_interpreter():
    text = cm.conv1d(1, 1, 3).derive("output_shape", (1, 1, 9)).render("json")
    program = "import sys, convmath as cm; cm.Derivation.from_json(sys.stdin.buffer.read().decode()).check()"
    found = process(sys.executable, "-c", program, input=text)
    assert (found.returncode, found.stderr) == (0, "")


def test_an_error_has_no_traceback_and_nothing_on_stdout():
    found = process(*PYTHON, "derive", "conv2d", "--kernel", "0")
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == "convmath: conv2d: kernel_size (k) is 0; it must be an integer ≥ 1\n"


IMPORTED = """
import sys
from convmath.cli import main
from convmath.operators.shelf import operator_names
status = main(sys.argv[1:], standalone_mode=False)
sys.stderr.write(" ".join(sorted({"sympy", "numpy", "rich"} & set(sys.modules))))
"""


@pytest.mark.parametrize(
    ("line", "absent"),
    [
        ("--help", {"sympy", "numpy", "rich"}),
        ("derive --help", {"sympy", "numpy", "rich"}),
        ("--version", {"sympy", "numpy", "rich"}),
        (f"{DERIVE['letters']} --format text", {"sympy"}),
        (f"{DERIVE['numbers']} --format json", {"sympy"}),
        (f"prove {SLUG} --format html", {"sympy"}),
    ],
)
def test_what_is_heavy_is_imported_only_when_it_is_needed(line, absent):
    found = process(sys.executable, "-c", IMPORTED, *line.split())
    assert found.returncode == 0, found.stderr
    assert found.stdout != ""
    assert not absent & set(found.stderr.split())


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("derive adaptive_avg_pool2d --input 28x28x3 -a output_size=3,none", "height 3, width 28"),
        ("derive adaptive_max_pool2d --input 1,3,28,28 --argument output_size=7x5", "height 7, width 5"),
        ("derive add --input 2,3,4 -a other=3,1", "batch 2, channels 3, length 4"),
        ("derive mul --input 28x28x3 -a other=1", "batch 1, channels 3, height 28, width 28"),
        ("derive matmul --input 4,3 -a other=3,5 -q macs", "M = I·J·K = 4·5·3 = 60"),
        ("derive flatten --input 1,3,28,28 -a start_dim=1", "batch 1, second axis 2352"),
        ("derive reshape --input 2,3 -a shape=3,-1 -q output_shape", "first axis 3, second axis 2"),
        ("derive permute --input 2,3,4 -a dims=2,0,1 -q output_shape", "length 4, batch 2, channels 3"),
        ("derive cat --input 1,3,8,8;1,5,8,8 -a dim=1 -q output_shape", "channels 8, height 8"),
        ("derive slice --input 2,10 -a dim=1 -a start=-3 -q output_shape", "batch 2, channels 3"),
        ("derive pixel_shuffle --input 4x5x12 -a upscale_factor=2 -q output_shape", "channels 3, height 8"),
        ("derive channel_shuffle --input 1,6,2,2 --groups 3 -q output_shape", "channels 6, height 2"),
        ("derive fold --input 1,18,12 --kernel 3 -a output_size=6x7 --stride 2 --padding 1", "height 6"),
        ("derive unfold --input 28x28x3 --kernel 3", "second axis 27, third axis 676"),
        ("derive upsample_nearest2d --input 7x7x3 -a size=14,3", "height 14, width 3"),
        ("derive upsample_nearest2d --input 7x7x3 -a scale_factor=2.0", "height 14"),
        ("derive bilinear --input 7,3 --filters 5 -a in2_features=4 -q parameters", "5·3·4 + 5 = 65"),
    ],
)
def test_any_argument_reaches_an_operator(line, wanted):
    assert wanted in " ".join(done(line).split())


def test_a_name_that_is_near_is_said():
    assert "The nearest are conv1d" in refused("derive conv9d")
    assert "no operator" in refused("derive qqqq")


def test_an_argument_that_an_operator_does_not_take_is_refused():
    assert "add takes no argument outher: it takes input, other" in refused("derive add -a outher=3")
