"""A place in a text, one token after another, with errors that show it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from convmath.errors import ParseError
from convmath.language.limits import DEEPEST
from convmath.language.tokens import LONGEST_TEXT, NAME, shown, tokens

T = TypeVar("T")


class Cursor:
    """A cursor over the tokens of one text."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            raise ParseError(f"a formula of {len(text)} characters: the longest that is read has {LONGEST_TEXT}")
        self.text = text
        self.tokens = tokens(text)
        self.position = 0
        self.depth = 0

    def whole(self, read: Callable[[], T]) -> T:
        found = read()
        if self.peek():
            self.fail("the end of the text, or an operator")
        return found

    def peek(self, ahead: int = 0) -> str:
        place = self.position + ahead
        return self.tokens[place][0] if place < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.peek()
        if token not in wanted or not token:
            self.fail(" or ".join(f"“{w}”" for w in wanted))
        self.position += 1
        return token

    def fail(self, expected: str) -> NoReturn:
        place = self.tokens[self.position][1] if self.position < len(self.tokens) else len(self.text)
        found = f"“{self.peek()}”" if self.peek() else "the end"
        raise ParseError(f"{shown(self.text)} at character {place + 1}: found {found}, expected {expected}")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ParseError(f"{shown(self.text)} nests deeper than {DEEPEST} brackets: write it flatter")

    def number(self) -> str:
        if not self.peek().isdecimal():
            self.fail("a number")
        self.position += 1
        return self.tokens[self.position - 1][0]

    def name(self) -> str:
        token = self.peek()
        if not NAME.match(token):
            self.fail("a letter")
        self.position += 1
        return token
