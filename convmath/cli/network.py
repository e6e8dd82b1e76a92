"""``convmath trace``, ``sizes``, ``explain``, ``check`` and ``networks``: whole networks."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convmath.cli.commands import OUTPUT
from convmath.cli.speaking import show, write_whole
from convmath.errors import ParseError, ShapeError

if TYPE_CHECKING:
    from convmath.network.fitting import Fitting
    from convmath.network.graph import Network

MODEL = click.argument("model")
INPUT = click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="SIZES",
    help="1,3,224,224, or letters as in N,3,H,W; NAME=SIZES where there are several inputs.",
)
CONVENTIONS = ("macs", "all", "2mac", "2mac+bias", "exact")


def _shapes(net: Network, given: tuple[str, ...]) -> dict[str, Any]:
    """The shapes by the names of the inputs."""
    found: dict[str, Any] = {}
    for number, text in enumerate(given):
        name, equals, sizes = text.partition("=")
        if not equals:
            if number >= len(net.inputs):
                raise ParseError(f"--input is given {len(given)} times; {net.name} takes {', '.join(net.inputs)} only")
            name, sizes = list(net.inputs)[number], text
        if name.strip() in found:
            raise ParseError(f"--input gives {name.strip()[:60]!r} twice")
        found[name.strip()] = sizes.strip()
    return found


@click.command()
@MODEL
@INPUT
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(["text", "markdown", "csv", "json"]),
    default="text",
    show_default=True,
    help="How to write the table.",
)
@click.option("--explain", "layer", metavar="LAYER", help="Show the derivation of this layer.")
@click.option("--along", metavar="LETTER", help="Show the derivation of the output's size in this letter, as in H.")
@click.option(
    "--convention",
    type=click.Choice(CONVENTIONS),
    default="macs",
    show_default=True,
    help="How the total of the operations is counted.",
)
@click.option("--all", "whole", is_flag=True, help="Show the rows of stored arrays and of calculated sizes, too.")
@OUTPUT
def trace(
    model: str,
    inputs: tuple[str, ...],
    format_: str,
    layer: str | None,
    along: str | None,
    convention: str,
    whole: bool,
    output: Path | None,
) -> None:
    """Trace MODEL, a .yaml or .onnx file or a name of the catalogue: sizes, parameters, multiply-adds, windows.

    \b
    convmath trace resnet50 --input 1,3,224,224
    convmath trace alexnet --input N,3,H,W
    convmath trace alexnet --input 1,3,224,224 --explain features.0
    """
    from convmath.network.table import write_trace
    from convmath.readers.model import read_model

    net = read_model(model)
    found = net.trace(**_shapes(net, inputs))
    if layer is not None:
        show(found.derive(layer), "text" if format_ == "csv" else format_, output)
        return
    if along is not None:
        show(net.derive_size(along), "text" if format_ == "csv" else format_, output)
        return
    _say(write_trace(found, format_, convention, whole=whole, width=_width(output)), output)


def _width(output: Path | None) -> int | None:
    """How wide a line may be: the terminal's width; no limit in a file or a pipe."""
    at_screen = output is None and (sys.stdout.isatty() or "COLUMNS" in os.environ)
    return max(shutil.get_terminal_size().columns, 60) if at_screen else None


def _say(text: str, output: Path | None) -> None:
    if output is None or str(output) == "-":
        click.echo(text)
    else:
        write_whole(output, text.rstrip("\n") + "\n")


@click.command()
@MODEL
@click.option("--near", metavar="SIZES", multiple=True, help="Sizes to mend: H=225, or an input 1,3,225,225.")
def sizes(model: str, near: tuple[str, ...]) -> None:
    """Say which inputs fit MODEL, as congruences and bounds; with --near the nearest ones, and what mends a size.

    \b
    convmath sizes unet
    convmath sizes unet --near H=512
    """
    from convmath.readers.model import read_model

    net = read_model(model)
    found = net.sizes()
    wanted = _wanted(net, near)
    told = [text for letter, size in wanted for text in ("", *_told(found, letter, size, dict(wanted)))]
    click.echo("\n".join([str(found), *told]))


def _told(found: Fitting, letter: str, size: int, given: dict[str, int]) -> list[str]:
    """Whether one size fits, and what mends it where it does not."""
    from convmath.network.fitting import holds
    from convmath.network.form import letters_in

    below, above = found.nearest(letter, size)
    if size not in (below, above):
        around = " and ".join(str(one) for one in (below, above) if one is not None) or "none"
        mends = [f"  {mend}" for mend in found.mends(letter, size)]
        return [f"{letter} = {size} does not fit. Nearest: {around}.", *mends]
    for requirement in found.joint:
        node, letters = requirement.node, letters_in(requirement.left) | letters_in(requirement.right)
        if letter in letters and not letters <= given.keys():
            return [f"{letter} = {size} fits by itself; {node} holds it together with {_others(letters, letter)}."]
        if letter in letters and not holds(requirement, given):
            return [f"{letter} = {size} fits by itself, but not with this {_others(letters, letter)} in {node}."]
    return [f"{letter} = {size} fits."]


def _others(letters: set[str], letter: str) -> str:
    return " and ".join(sorted(letters - {letter}))


def _wanted(net: Network, near: tuple[str, ...]) -> list[tuple[str, int]]:
    """(letter, size) pairs out of H=225 and 1,3,225,225."""
    found: list[tuple[str, int]] = []
    for text in near:
        letter, equals, number = text.partition("=")
        if equals:
            found.append((letter.strip(), _whole(number)))
            continue
        first = next(iter(net.inputs.values()))
        numbers = [_whole(part) for part in text.split(",")]
        if len(numbers) != len(first):
            raise ShapeError(f"--near is {text[:60]!r}, with {len(numbers)} sizes, but the input has {len(first)} axes")
        found += [(str(size), number) for size, number in zip(first, numbers, strict=True) if not isinstance(size, int)]
    return found


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 18:
        raise ParseError(f"--near is {text[:60]!r}; it must be a whole number, as in H=225 or 1,3,225,225")
    return int(text)


@click.command()
@MODEL
@INPUT
def explain(model: str, inputs: tuple[str, ...]) -> None:
    """Say why an input does not fit MODEL: the first layer that fails, how its sizes came about, what mends it.

    Exit status: 0 it fits, 1 it does not.

    \b
    convmath explain unet_same --input 1,1,500,500
    """
    from convmath.network.explain import explain as explained
    from convmath.readers.model import read_model

    net = read_model(model)
    found = explained(net, **_shapes(net, inputs))
    click.echo(str(found))
    if not found.fits:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@INPUT
def check(file: Path, inputs: tuple[str, ...]) -> None:
    """Check what FILE says: a saved derivation (.json), or the shapes that a model declares (.yaml, .onnx).

    Exit status: 0 all of it holds, 1 it does not, 2 it cannot be read.
    """
    if file.suffix.lower() in {".yaml", ".yml", ".onnx"}:
        from convmath.network.verify import verify
        from convmath.readers.model import read_model

        net = read_model(file)
        found = verify(net, **_shapes(net, inputs))
        click.echo(str(found))
        if not found:
            raise click.exceptions.Exit(1)
        return
    from convmath import Derivation
    from convmath.cli.reading import read_text

    derivation = Derivation.from_json(read_text(file))
    derivation.check()
    click.echo(f"{derivation.title}: holds. {len(derivation.steps)} steps were made again, each by its rule.")


@click.command()
def networks() -> None:
    """List the networks of the catalogue."""
    from convmath.readers.catalogue import catalogue

    for name in catalogue:
        net = catalogue[name]
        click.echo(f"{name:<20} {net.name:<28} {len(net.nodes):>4} layers  {net.source[:80]}")
