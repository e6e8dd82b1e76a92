"""What the command line says: derivations, lists, one clear line for an error; whole files or nothing."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convmath.errors import ConvmathError, ParseError, ProofError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from convmath.proof.derivation import Derivation

WIDTH = 100
COLOURS = {
    r"proved · \d+ points": "green",
    r"tried at \d+ points": "yellow",
    r"by definition": "cyan",
    r"^ *\d+  ": "dim",
    r"^(Definition|Shapes|Given|Find|With|Result|So|Tried|Source)\b": "bold",
}


class Program(click.Group):
    """Turns every error into one line on stderr and an exit status: 1 what does not hold, 2 bad input."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        status: Any
        try:
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help())
            status = 2
        except ProofError as error:
            status = _complain(f"does not hold: {error}", 1)
        except click.ClickException as error:
            status = _complain(" ".join(error.format_message().split()), 2)
        except (ConvmathError, OSError) as error:
            status = _complain(str(error), 2)
        except click.Abort:
            status = _complain("stopped", 1)
        status = status if isinstance(status, int) else 0
        if not standalone_mode:
            return status
        sys.exit(status)


def _complain(message: str, status: int) -> int:
    click.echo(f"convmath: {message}", err=True)
    return status


def show(derivation: Derivation, format_: str, output: Path | None) -> None:
    """Prints a derivation, or writes it to a file."""
    if output is not None and str(output) != "-":
        write_whole(output, _ended(derivation.render(format_)))
    elif format_ == "text" and sys.stdout.isatty():
        _show_in_colour(derivation)
    elif format_ == "text":
        from convmath.render.text import write_text

        click.echo(_ended(write_text(derivation, width=WIDTH)), nl=False)
    else:
        click.echo(_ended(derivation.render(format_)), nl=False)


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n"


def _show_in_colour(derivation: Derivation) -> None:
    """The same text as wide as the terminal, with the evidence in colour."""
    from rich.console import Console
    from rich.text import Text

    from convmath.render.text import write_text

    console = Console()
    text = Text(write_text(derivation, width=max(60, min(console.width, 140))))
    for pattern, style in COLOURS.items():
        text.highlight_regex(f"(?m){pattern}", style)
    console.print(text, soft_wrap=True)


def show_theorems() -> None:
    """The book as a table, chapter by chapter."""
    from rich.table import Table

    from convmath import theorems

    table = Table("theorem", box=None, pad_edge=False)
    table.add_column("hypotheses", min_width=14)
    table.add_column("slug", no_wrap=True)
    chapter = ""
    for slug, theorem in theorems().items():
        if theorem.chapter != chapter:
            chapter = theorem.chapter
            table.add_row(f"\n[bold]{chapter}[/bold]\n")
        table.add_row(theorem.title, ", ".join(theorem.hypotheses), slug)
    console().print(table)


def show_claims() -> None:
    """The claims as a table."""
    from rich.table import Table

    from convmath import claims

    table = Table("", "claim", "verdict", "when", box=None, pad_edge=False)
    for number, judgement in claims().items():
        table.add_row(str(number), judgement.claim, judgement.verdict, judgement.when)
    console().print(table)


def show_claim(number: int) -> None:
    """One claim, with what its verdict rests on.

    Raises:
        ParseError: there is no claim with this number.
    """
    from convmath import claims

    found = claims()
    if number not in found:
        raise ParseError(f"there is no claim {number}: they are numbered from 1 to {len(found)}")
    click.echo(str(found[number]))


def console() -> Console:
    """Where tables are printed: as wide as the terminal, or as WIDTH where there is none."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=WIDTH)


def check_place(directory: Path) -> None:
    """Makes the directory, before long work is done to fill it.

    Raises:
        ParseError: nothing can be written there.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=directory).close()
    except OSError as error:
        raise ParseError(f"{directory} cannot be written: {error.strerror or error}") from None


def write_whole(file: Path, text: str) -> None:
    """Writes all of ``text``, or leaves the file as it was.

    Raises:
        ParseError: the place cannot be written to.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink()
            raise
    except OSError as error:
        raise ParseError(f"{file} cannot be written: {error.strerror or error}") from None
