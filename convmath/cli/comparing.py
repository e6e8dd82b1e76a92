"""``convmath compare`` and ``convmath translate``: one layer in the words of several frameworks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from convmath.errors import ParseError

if TYPE_CHECKING:
    from rich.text import Text

    from convmath.conventions.compare import Comparison, Difference, Row

NAMES = ("torch", "jax", "tensorflow", "keras", "onnx")
LAYERS = [f"{family}{rank}d" for family in ("conv", "conv_transpose", "max_pool", "avg_pool") for rank in (1, 2, 3)]
OPTIONS = [
    click.argument("operator", type=click.Choice(LAYERS), metavar="OPERATOR"),
    click.option("--input", "input_", metavar="SIZES", required=True, help="The spatial sizes: 5,5 or 224x224."),
    click.option("--kernel", metavar="SIZES", required=True, help="Kernel size: 3, or one an axis as in 3x5."),
    click.option("--stride", metavar="SIZES", help="Stride; 1 by default, for pooling the kernel size."),
    click.option("--padding", metavar="SIZES", help="1, one an axis, (1,2) for before and after; or same, valid."),
    click.option("--dilation", metavar="SIZES", help="Dilation; 1 by default."),
    click.option("--output-padding", metavar="SIZES", help="Output padding of a transposed convolution."),
    click.option("--ceil-mode", is_flag=True, help="Let the last window of a pooling run over the end."),
]


def _layered(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command()
@_layered
@click.option("--format", "-f", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def compare(operator: str, format_: str, **options: Any) -> None:
    """Compare one layer in every framework: size, padding, values, and where two first differ.

    \b
    convmath compare conv2d --input 4,4 --kernel 3 --stride 2 --padding same
    convmath compare conv_transpose2d --input 5,5 --kernel 3 --stride 2 --padding same
    """
    from convmath.conventions.compare import compare as compared

    found = compared(operator, **_read(options))
    if format_ == "json":
        import json
        from dataclasses import asdict

        click.echo(json.dumps(asdict(found), indent=1, ensure_ascii=False, default=str))
    else:
        _show(found)


@click.command()
@_layered
@click.option("--from", "source", type=click.Choice(NAMES), required=True, help="The framework of the layer.")
@click.option("--to", "target", type=click.Choice(NAMES), required=True, help="The framework to write it in.")
@click.option("--in-channels", type=int, default=1, show_default=True)
@click.option("--out-channels", type=int, default=1, show_default=True)
@click.option("--groups", type=int, default=1, show_default=True)
def translate(
    operator: str, source: str, target: str, in_channels: int, out_channels: int, groups: int, **options: Any
) -> None:
    """Write one framework's layer in the words of another, or say that there are none and why.

    \b
    convmath translate conv2d --from keras --to jax --input 224,224 --kernel 3 --stride 2 --padding same
    """
    from convmath.conventions.translate import translate as translated

    given = _read(options)
    if not operator.partition("_")[2].startswith("pool"):
        given |= {"in_channels": in_channels, "out_channels": out_channels, "groups": groups}
    found = translated(operator, source=source, target=target, **given)
    click.echo(f"{found.source}: {found.before}")
    click.echo(f"{found.target}: {found.after or 'none'}")
    for note in found.notes:
        click.echo(f"  {note}")


def _read(options: dict[str, Any]) -> dict[str, Any]:
    """The options as PyTorch's arguments."""
    words = {"kernel": "kernel_size", "stride": "stride", "padding": "padding", "dilation": "dilation"}
    words |= {"output_padding": "output_padding"}
    given = {words[name]: _sizes(text, f"--{name}") for name, text in options.items() if name in words and text}
    sizes = _sizes(options["input_"], "--input")
    given["sizes"] = (sizes,) if isinstance(sizes, int) else sizes
    return given | ({"ceil_mode": True} if options["ceil_mode"] else {})


def _sizes(text: str, what: str) -> Any:
    """One integer, a tuple of them or of pairs, or a word.

    Raises:
        ParseError: there is a letter in it: frameworks take numbers.
    """
    from convmath.cli.reading import read_sizes

    found = read_sizes(text, what)
    flat = found if isinstance(found, tuple) else (found,)
    if what == "--padding" and text.strip().lower() in ("same", "same_lower", "valid"):
        return text.strip().lower()
    for entry in flat:
        if any(type(item) is not int for item in (entry if isinstance(entry, tuple) else (entry,))):
            raise ParseError(f"{what} is {text[:60]!r}: frameworks take numbers here")
    return found


def _show(found: Comparison) -> None:
    from rich.table import Table

    from convmath.cli.speaking import console
    from convmath.conventions.compare import LARGEST

    table = Table("framework", "size", "padding", "values", "in its own words", box=None, pad_edge=False)
    for row in found.rows:
        table.add_row(*_cells(row))
    console().print(table)
    for row in found.rows:
        for note in row.notes:
            click.echo(f"{row.framework}: {note}")
    for difference in found.differences:
        for line in _difference(difference):
            click.echo(line)
    if not found.differences:
        click.echo(f"No two frameworks that take it differ, at any size from 1 to {LARGEST}.")


def _cells(row: Row) -> tuple[Text, ...]:
    from rich.text import Text

    if row.sizes is None:
        cells: tuple[str, ...] = (row.framework, "refused", "", "", row.refused)
    else:
        padding = ", ".join(f"({before}, {after})" for before, after in row.padding)
        cells = (row.framework, " × ".join(map(str, row.sizes)), padding, row.group, row.call)
    return tuple(map(Text, cells))  # as it is: brackets are no markup


def _difference(found: Difference) -> list[str]:
    kernel = f", w = {_written(found.w)}" if found.w else ""
    lines = [f"\nFirst apart at size {found.size}: x = {_written(found.x)}{kernel}"]
    for names, values in found.outputs:
        lines.append(f"  {', '.join(names)}: {_written(values) if values else 'an empty output'}")
    return lines + ([f"  {', '.join(found.refused)}: refused"] if found.refused else [])


def _written(values: Any) -> str:
    """Numbers in brackets, fractions as 1/3."""
    return f"[{', '.join(map(_written, values))}]" if isinstance(values, tuple) else str(values)
