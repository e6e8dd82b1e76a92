"""``convmath receptive``: which places one unit reads, in numbers."""

from __future__ import annotations

from typing import Any

import click

from convmath.cli.commands import derive
from convmath.errors import ParseError

LAYER = [parameter for parameter in derive.params if parameter.name not in ("quantity", "format_", "output")]
"""The operator and its arguments, as ``derive`` takes them."""


@click.command(params=list(LAYER))
@click.option(
    "--unit", metavar="PLACES", required=True, help="A place of the output: 0,3,7,8, or 7,8 for all channels."
)
def receptive(operator: str, input_: str | None, unit: str, **options: Any) -> None:
    """Say which places of its input one unit of a ready-made OPERATOR reads.

    Holes are left out, and so is the padding.

    \b
    convmath receptive conv2d --input 9x9x3 --filters 8 --kernel 3 --padding 2 --dilation 2 --unit 0,4
    """
    from convmath.cli.reading import read_operator

    if input_ is None:
        raise ParseError("--input is missing: what one unit reads depends on how large the input is, as in 9x9x3")
    made, shape = read_operator(operator, input_, options)
    places = _places(unit)
    found = made.receptive_positions(places, shape)
    tensor = made.general.arrays[made.general.inputs[0]]
    click.echo(f"Unit {unit.strip()} of {operator} on {', '.join(map(str, shape))} reads, of {tensor.name} along")
    for size, axis in zip(tensor.shape[len(tensor.shape) - len(found) :], found, strict=True):
        click.echo(f"  {size!s:<4} {axis}  ({axis.count} {'place' if axis.count == 1 else 'places'})")


def _places(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ParseError(f"--unit is {text[:60]!r}; it must be whole numbers with commas, such as 7,8") from None
