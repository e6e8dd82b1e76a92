"""``convmath winograd``: the matrices of a fast convolution, its program, what it counts, and the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from convmath.book.algorithm import Winograd
    from convmath.derive.programs import Program
    from convmath.derive.transforms import Matrix

NAMES = {"A^T": "output", "G": "filter", "B^T": "data"}


@click.command()
@click.argument("m", type=int)
@click.argument("r", type=int)
@click.option("--points", metavar="P,Q,…", help="Distinct points: 0,1,-1,1/2; infinity (inf) is added where it misses.")
@click.option("--proof", is_flag=True, help="Show the proof, step by step.")
def winograd(m: int, r: int, points: str | None, proof: bool) -> None:
    """Derive Winograd's F(M, R): M outputs of a convolution with R taps.

    \b
    convmath winograd 2 3
    convmath winograd 4 3 --points 0,1,-1,2,-2
    """
    from convmath.book.algorithm import winograd as made_from

    made = made_from(m, r, None if points is None else points.split(","))
    parts = [f"F({m}, {r}) from the points {', '.join(made.points)}"]
    parts += [_matrix(name, getattr(made, attribute)) for name, attribute in NAMES.items()]
    parts += [_program(made.program()), _counted(made), _verdict(made)]
    click.echo("\n\n".join(parts))
    if proof:
        click.echo(f"\n{made.derivation.render('text')}", nl=False)


def _matrix(name: str, matrix: Matrix) -> str:
    rows = [[str(entry).replace("-", "−") for entry in row] for row in matrix]
    width = max(len(entry) for row in rows for entry in row)
    lines = ["  ".join(entry.rjust(width) for entry in row) for row in rows]
    return "\n".join(f"{name if place == 0 else '':<5}{line}" for place, line in enumerate(lines))


def _program(program: Program) -> str:
    lines = []
    for stage, operations in program.stages.items():
        lines += [f"{stage if place == 0 else '':<10}{line}" for place, line in enumerate(operations)]
    held = [f"y[{place[0]}] is {name}" for place, name in program.outputs.items() if name != f"y[{place[0]}]"]
    return "\n".join([*lines, *([" " * 10 + ", ".join(held)] if held else [])])


def _counted(made: Winograd) -> str:
    """Products beside those of the definition, along one axis and two; and what else each stage does."""
    lines = []
    for axes, name in ((1, "one axis"), (2, "two axes")):
        here, straight = made.program(axes), made.direct(axes)
        lines.append(
            f"{name:<10}{here.multiplications} products of a tile; the definition takes {straight.multiplications}"
        )
        for stage, counts in here.counts.items():
            if stage != "products":
                told = ", ".join(_plural(number, what) for what, number in counts.items()) or "nothing"
                lines.append(f"{'':<10}{stage}: {told}")
    return "\n".join(lines)


def _plural(number: int, what: str) -> str:
    return (
        f"{number} {what}" if number != 1 else f"1 {what.replace('additions', 'addition').replace('cations', 'cation')}"
    )


def _verdict(made: Winograd) -> str:
    from convmath.errors import UnsupportedError

    try:
        steps = len(made.derivation.steps)
    except UnsupportedError as error:
        return f"not proved: {error}"
    return f"proved    it computes the convolution whatever the entries are: {steps} checked steps (--proof shows them)"
