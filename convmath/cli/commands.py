"""One short function a command. What is heavy is imported inside, so that ``--help`` answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convmath.cli.reading import ASK, FORMATS, OPERATOR_NAMES, QUANTITIES, Kind, OperatorName, pairs
from convmath.cli.speaking import Program, show

if TYPE_CHECKING:
    from convmath.operators.operator import Operator

QUANTITY = click.option(
    "--quantity",
    "-q",
    type=click.Choice(QUANTITIES),
    default="all",
    show_default=True,
    help="What to derive.",
)
FORMAT = click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to write it.",
)
OUTPUT = click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file; - prints."
)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="convmath", prog_name="convmath")
def main() -> None:
    """Derive what a convolution gives, step by checked step, from its index definition.

    Exit status: 0 done and true, 1 a claim that does not hold, 2 bad input.

    \b
    Completion in bash:  eval "$(_CONVMATH_COMPLETE=bash_source convmath)"
    """


@main.command()
@click.argument("operator", type=OperatorName(OPERATOR_NAMES), metavar="OPERATOR")
@click.option(
    "--input",
    "input_",
    metavar="SHAPE",
    help="28x28x192 is height × width × channels; 1,192,28,28 is N,C,H,W.",
)
@click.option("--filters", metavar="SIZE", help="Output channels (for linear, output features).")
@click.option("--kernel", metavar="SIZES", help="Kernel size: 3, k, or one an axis as in 3x5.")
@click.option("--stride", metavar="SIZES", help="Stride; 1 by default, for pooling the kernel size.")
@click.option("--padding", metavar="SIZES", help="Padding: 1, or one an axis; (1,2) is before and after.")
@click.option("--dilation", metavar="SIZES", help="Dilation; 1 by default.")
@click.option("--groups", metavar="SIZE", help="Groups of channels; 1 by default.")
@click.option("--output-padding", metavar="SIZES", help="Output padding of a transposed convolution; 0 by default.")
@click.option(
    "--argument", "-a", multiple=True, type=Kind("NAME=VALUE"), help="Any other argument: -a output_size=7x7."
)
@click.option("--bias/--no-bias", default=None, help="With or without a bias; with one by default.")
@QUANTITY
@FORMAT
@OUTPUT
def derive(operator: str, input_: str | None, quantity: str, format_: str, output: Path | None, **options: Any) -> None:
    """Derive a quantity of a ready-made OPERATOR. A letter may stand for any size.

    \b
    convmath derive conv2d --input 28x28x192 --filters 192 --kernel 1
    convmath derive conv2d --input HxWxC --filters O --kernel k --stride s --padding p --dilation d
    """
    from convmath.cli.reading import read_operator

    made, shape = read_operator(operator, input_, options)
    show(made.derive(quantity, *([shape] if shape else [])), format_, output)


@main.command()
@click.argument("formula")
@click.option("--shape", "shapes", multiple=True, type=Kind("A=N,C,L"), help="The sizes of an array's axes: X=N,C,L.")
@click.option("--padding", "paddings", multiple=True, type=Kind("A=0,0,p"), help="How far reads may leave it: X=0,0,p.")
@click.option("--range", "ranges", multiple=True, type=Kind("u=k"), help="How many values an index takes.")
@click.option("--set", "sizes", multiple=True, type=Kind("H=28"), help="A number for a letter.")
@click.option("--inputs", metavar="A,B", help="The arrays that are data; by default X, or all where none is called X.")
@click.option("--reduce", type=click.Choice(["sum", "max", "min", "mean"]), default="sum", show_default=True)
@QUANTITY
@FORMAT
@OUTPUT
def define(
    formula: str,
    quantity: str,
    format_: str,
    output: Path | None,
    sizes: tuple[tuple[str, str], ...],
    **options: Any,
) -> None:
    """Derive a quantity of any operator that can be written as an index sum.

    \b
    convmath define "Y[n,o,i] = W[o,c,u] * X[n,c,s*i+d*u-p] + b[o]" \\
        --shape X=N,C,L --shape W=O,C,k --shape b=O --padding X=0,0,p
    """
    made = _defined(formula, **options)
    show(made.derive(quantity, **pairs(sizes, "--set")), format_, output)


def _defined(formula: str, shapes: Any, paddings: Any, ranges: Any, inputs: str | None, reduce: Any) -> Operator:
    from convmath import define

    return define(
        formula,
        shapes=pairs(shapes, "--shape"),
        padding=pairs(paddings, "--padding"),
        inputs=None if inputs is None else tuple(name.strip() for name in inputs.split(",")),
        reduce=reduce,
        ranges=pairs(ranges, "--range"),
    )


@main.command()
@click.argument(
    "slug", shell_complete=lambda _context, _parameter, text: [s for s in ASK.slugs() if s.startswith(text)]
)
@click.option("--set", "sizes", multiple=True, type=Kind("H=28"), help="A number for a letter.")
@FORMAT
@OUTPUT
def prove(slug: str, sizes: tuple[tuple[str, str], ...], format_: str, output: Path | None) -> None:
    """Prove a theorem of the book, in general or with numbers."""
    from convmath import prove

    show(prove(slug, **pairs(sizes, "--set")), format_, output)


@main.command()
@click.argument("slug")
@click.option(
    "--without", "drop", metavar="HYPOTHESIS", required=True, help='The hypothesis to leave out, as in "k = 1".'
)
def refute(slug: str, drop: str) -> None:
    """Leave out a hypothesis of a theorem, and show the smallest case in which it fails."""
    from convmath import refute

    click.echo(str(refute(slug, drop)))


@main.command()
def theorems() -> None:
    """List the theorems of the book."""
    from convmath.cli.speaking import show_theorems

    show_theorems()


@main.command()
@click.argument("number", type=click.IntRange(1), required=False)
def claims(number: int | None) -> None:
    """List what people say about 1×1 convolutions with each verdict, or show claim NUMBER in full."""
    from convmath.cli.speaking import show_claim, show_claims

    if number is None:
        show_claims()
    else:
        show_claim(number)


@main.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def site(directory: Path) -> None:
    """Write the generated pages (operators, theorems and networks) as Markdown under DIRECTORY."""
    from convmath.cli.speaking import check_place, write_whole
    from convmath.site import pages

    check_place(directory)
    found = pages()
    for path, text in found.items():
        write_whole(directory / path, text)
    click.echo(f"{len(found)} pages written under {directory}")
