"""A Python-Markdown extension: a fence with the word ``convmath`` becomes the derivation it asks for.

    ```convmath
    derive conv2d --input HxWxC --filters O --kernel k
    ```

Every Markdown engine that takes Python-Markdown extensions honours it; elsewhere the fence reads as
a command. A command that fails stops the build.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from convmath.errors import ParseError

FENCE = re.compile(r"^```convmath[ ]*\n(?P<command>.*?)\n```[ ]*$", re.MULTILINE | re.DOTALL)


def derivation_html(command: str) -> str:
    """The HTML of the derivation that a command line (without the program's name) asks for.

    Raises:
        ParseError: the command is not one that gives a derivation, or it fails.
    """
    from click.testing import CliRunner

    from convmath.cli import main

    words = shlex.split(command.replace("\\\n", " "))
    if not words or words[0] not in ("derive", "define", "prove"):
        raise ParseError(f"a convmath fence holds derive, define or prove, found {command[:60]!r}")
    result = CliRunner().invoke(main, [*words, "--format", "html"])
    if result.exit_code != 0:
        raise ParseError(f"`{command}` failed: {result.stderr.strip() or result.output.strip()}")
    return str(result.stdout)


class _Fences(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        def replaced(match: re.Match[str]) -> str:
            block = derivation_html(match["command"])
            return f"\n\n{self.md.htmlStash.store(block)}\n\n"

        return FENCE.sub(replaced, "\n".join(lines)).split("\n")


class Fences(Extension):
    """The extension, for ``markdown_extensions: [convmath.fences]``."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(_Fences(md), "convmath_fences", priority=30)


def makeExtension(**settings: Any) -> Fences:
    """What Python-Markdown calls with the settings of mkdocs.yml."""
    return Fences(**settings)
