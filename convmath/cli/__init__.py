"""The command line. Exit status: 0 done and true, 1 a claim that does not hold, 2 bad input."""

from convmath.cli.commands import main
from convmath.cli.comparing import compare, translate

main.add_command(compare)
main.add_command(translate)

__all__ = ["main"]
