"""Derivations on the page. The printers read a derivation; they never change or prove anything.

render(derivation, "text")    for a terminal
render(derivation, "html")    a fragment with MathML, for the site and for Jupyter
…                             one file and one line of FORMATS for each format
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from convmath.errors import ParseError

if TYPE_CHECKING:
    from convmath.proof.derivation import Derivation

FORMATS: dict[str, str] = {
    "text": "convmath.render.text:write_text",
    "latex": "convmath.render.latex:write_latex",
    "markdown": "convmath.render.markdown:write_markdown",
    "html": "convmath.render.html:write_html",
    "json": "convmath.render.json:write_json",
}
"""The shelf: the name of a format, and the function that writes it, imported when it is asked for."""


def render(derivation: Derivation, format: str = "text") -> str:  # noqa: A002 — the word a reader looks for
    """The derivation in the named format.

    Raises:
        ParseError: there is no such format.
    """
    if format not in FORMATS:
        raise ParseError(f"render: there is no format {format!r}; give one of {', '.join(FORMATS)}")
    module, function = FORMATS[format].split(":")
    return str(getattr(import_module(module), function)(derivation))
