"""A text, cut into tokens. What is not in the language is refused here, with its place."""

from __future__ import annotations

import re

from convmath.errors import ParseError

LONGEST_TEXT = 10_000
LONGEST_NUMBER = 400
LONGEST_NAME = 40
RAISED = {digit: str(value) for value, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
"""Superscript digits: an exponent, as it is printed."""
_TOKEN = re.compile(
    r"\s*(?:(\d+)|([⁰¹²³⁴-⁹]+)|([^\W\d⁰¹²³⁴-⁹][^\W⁰¹²³⁴-⁹]*'*)|(//|\*\*|<=|[-+*/^()\[\]{},:=<|]|[⌊⌋⌈⌉])|(\S))"
)
_SAME = str.maketrans({"·": "*", "⋅": "*", "−": "-", "∑": "Σ", "′": "'", "∣": "|", "≤": "<="})
NAME = re.compile(r"[^\W\d_⁰¹²³⁴-⁹][^\W⁰¹²³⁴-⁹]{0,39}'{0,9}\Z")


def tokens(text: str) -> list[tuple[str, int]]:
    """Each token with its place in the text.

    Raises:
        ParseError: a character, or the length of a number or a name, is outside the language.
    """
    found: list[tuple[str, int]] = []
    text = text.translate(_SAME)
    place = 0
    while match := _TOKEN.match(text, place):
        number, raised, name, sign, other = match.groups()
        if other is not None:
            raise ParseError(f"{shown(text)} at character {match.start(5) + 1}: {shown(other)} is not in the language")
        if number is not None and len(number) > LONGEST_NUMBER:
            raise ParseError(f"a number of {len(number)} digits: the longest that is read has {LONGEST_NUMBER}")
        if name is not None and len(name) > LONGEST_NAME:
            raise ParseError(f"a name of {len(name)} characters: the longest that is read has {LONGEST_NAME}")
        token = number or raised or name or sign
        found.append((token, match.end() - len(token)))
        place = match.end()
    return found


def shown(text: str) -> str:
    """The text for a message: printable, and cut where it is long."""
    plain = "".join(c if c.isprintable() else "�" for c in text)
    return f"“{plain if len(plain) <= 60 else plain[:57] + '…'}”"
