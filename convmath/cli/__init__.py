"""The command line. Exit status: 0 done and true, 1 a claim that does not hold, 2 bad input."""

from convmath.cli.commands import main
from convmath.cli.comparing import compare, translate
from convmath.cli.fast import winograd
from convmath.cli.network import check, explain, networks, sizes, trace
from convmath.cli.unit import receptive

for command in (compare, translate, receptive, winograd, check, trace, sizes, explain, networks):
    main.add_command(command)

__all__ = ["main"]
