"""Text to expressions and formulas: a whitelist, read by hand, that never runs anything.

    formula  =  read "=" sum ["where" condition ("," condition)*]
    sum      =  ["-"] product (("+" | "-") product)*
    product  =  [("Σ" | "max" | "mean") "_{" range ("," range)* "}"] factor (("*" | "/" | "//") factor)*
    factor   =  atom ["^" small number]
    atom     =  number | letter | letter "[" sum ("," sum)* "]" | "(" sum ")" | "⌊" sum "⌋" | "⌈" sum "⌉"
             |  ("floor" | "ceil" | "min") "(" sum ("," sum)* ")"

``·``, ``−``, ``**`` and ``∑`` are read as ``*``, ``-``, ``^`` and ``Σ``, so what convmath prints it reads back.
Any word is an ordinary letter here, ``E``, ``I``, ``S`` and ``lambda`` too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn, TypeVar

from convmath.errors import ParseError
from convmath.language.tree import (
    Ceil,
    Expr,
    Floor,
    Int,
    Kind,
    Least,
    Pow,
    Ratio,
    Read,
    Reduce,
    Relation,
    Sym,
    as_expr,
    negative,
)

LONGEST_TEXT = 10_000
DEEPEST = 40
LONGEST_NUMBER = 400
LONGEST_NAME = 40
LARGEST_POWER = 16
_TOKEN = re.compile(r"\s*(?:(\d+)|([^\W\d]\w*[′']*)|(//|\*\*|[-+*/^()\[\]{},:=<|]|[⌊⌋⌈⌉])|(\S))")
_SAME = str.maketrans({"·": "*", "⋅": "*", "−": "-", "∑": "Σ", "′": "'", "∣": "|"})
_KINDS: dict[str, Kind] = {"Σ": "sum", "sum": "sum", "max": "max", "min": "min", "mean": "mean"}
_RAISED = {"⁰": 0, "¹": 1, "²": 2, "³": 3, "⁴": 4, "⁵": 5, "⁶": 6, "⁷": 7, "⁸": 8, "⁹": 9}
T = TypeVar("T")
NAME = re.compile(r"[^\W\d_]\w*'*\Z")


def parse_expr(text: str) -> Expr:
    """A size such as ``C/g`` or ``2*m + 1``.

    Raises:
        ParseError: the text is not in the language; nothing of it was run.
    """
    parser = Parser(text)
    return parser.whole(parser.sum)


def parse_formula(text: str) -> tuple[Read, Expr, tuple[Relation, ...], tuple[tuple[str, Expr], ...]]:
    """(left side, right side, conditions, ranges) of ``Y[…] = … where …``.

    Raises:
        ParseError: the text is not in the language; nothing of it was run.
    """
    parser = Parser(text)
    return parser.whole(parser.formula)


def parse_list(text: str) -> tuple[tuple[Expr, ...], ...]:
    """``N,C,(p,q)`` as a tuple of entries, each a tuple of one size or of a bracketed pair."""
    parser = Parser(text)
    return parser.whole(parser.entries)


class Parser:
    """A cursor over the tokens of one text."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            raise ParseError(f"a formula of {len(text)} characters: the longest that is read has {LONGEST_TEXT}")
        self.text = text
        self.tokens = list(_tokens(text))
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
        raise ParseError(f"{_shown(self.text)} at character {place + 1}: found {found}, expected {expected}")

    def formula(self) -> tuple[Read, Expr, tuple[Relation, ...], tuple[tuple[str, Expr], ...]]:
        left = self.atom()
        if not isinstance(left, Read):
            raise ParseError(f"{_shown(self.text)}: the left side must be an array at its indices, such as Y[n,o,i]")
        self.take("=")
        right = self.sum()
        conditions: list[Relation] = []
        ranges: list[tuple[str, Expr]] = []
        if self.peek() == "where":
            self.take("where")
            self.conditions(conditions, ranges)
        return left, right, tuple(conditions), tuple(ranges)

    def conditions(self, conditions: list[Relation], ranges: list[tuple[str, Expr]]) -> None:
        while True:
            name = self.name()
            if self.take("=", "<") == "<":
                ranges.append((name, self.sum()))
            else:
                conditions.append(Relation(Sym(name), "=", self.sum()))
            if self.peek() != ",":
                return
            self.take(",")

    def entries(self) -> tuple[tuple[Expr, ...], ...]:
        found = [self.entry()]
        while self.peek() == ",":
            self.take(",")
            if not self.peek():
                break
            found.append(self.entry())
        return tuple(found)

    def entry(self) -> tuple[Expr, ...]:
        """One size, or ``(before, after)``."""
        start = self.position
        if self.peek() == "(":
            self.take("(")
            first = self.sum()
            if self.peek() == ",":
                self.take(",")
                second = self.sum()
                self.take(")")
                return first, second
            self.position = start
        return (self.sum(),)

    def sum(self) -> Expr:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ParseError(f"{_shown(self.text)} nests deeper than {DEEPEST} brackets: write it flatter")
        if self.peek() == "-":
            self.take("-")
            total = negative(self.product())
        else:
            total = self.product()
        while self.peek() in ("+", "-"):
            sign = self.take("+", "-")
            term = self.product()
            total = total + term if sign == "+" else total - term
        self.depth -= 1
        return total

    def product(self) -> Expr:
        token = self.peek()
        if token.endswith("_") and token[:-1] in _KINDS and self.peek(1) == "{":
            return self.reduction(_KINDS[token[:-1]])
        result = self.factor()
        while self.peek() in ("*", "/", "//"):
            sign = self.take("*", "/", "//")
            right = self.factor()
            result = result * right if sign == "*" else Ratio(result, right)
            if sign == "//":
                result = Floor(result)
        return result

    def reduction(self, kind: Kind) -> Expr:
        self.position += 1
        self.take("{")
        ranges: list[tuple[str, Expr]] = []
        where: list[Relation] = []
        while True:
            name = self.name()
            self.take("<")
            ranges.append((name, self.sum()))
            if self.take(",", ":", "}") != ",":
                break
        if self.tokens[self.position - 1][0] == ":":
            self.conditions(where, [])
            self.take("}")
        return Reduce(kind, tuple(ranges), self.product(), tuple(where))

    def factor(self) -> Expr:
        base = self.atom()
        if self.peek() in ("^", "**"):
            self.take("^", "**")
            return self.power(base, int(self.number()))
        if self.peek() in _RAISED:
            exponent = _RAISED[self.peek()]
            self.position += 1
            return self.power(base, exponent)
        return base

    def power(self, base: Expr, exponent: int) -> Expr:
        if not 1 <= exponent <= LARGEST_POWER or self.peek() in ("^", "**"):
            raise ParseError(f"{_shown(self.text)}: an exponent is one number from 1 to {LARGEST_POWER}")
        return base if exponent == 1 else Pow(base, exponent)

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

    def atom(self) -> Expr:
        token = self.peek()
        if token.isdecimal():
            return Int(int(self.number()))
        if token in ("⌊", "⌈", "("):
            self.position += 1
            inside = self.sum()
            self.take({"⌊": "⌋", "⌈": "⌉", "(": ")"}[token])
            return inside if token == "(" else Floor(inside) if token == "⌊" else Ceil(inside)
        name = self.name()
        if self.peek() == "[":
            return Read(name, self.listed("[", "]"))
        if self.peek() == "(":
            return self.call(name)
        return Sym(name)

    def listed(self, opening: str, closing: str) -> tuple[Expr, ...]:
        self.take(opening)
        items = [self.sum()]
        while self.peek() == ",":
            self.take(",")
            items.append(self.sum())
        self.take(closing)
        return tuple(items)

    def call(self, name: str) -> Expr:
        if name not in ("floor", "ceil", "min"):
            self.fail("an operator (the only functions are floor, ceil and min; a product is written with *)")
        items = self.listed("(", ")")
        if name == "min":
            return Least(items)
        if len(items) != 1:
            raise ParseError(f"{_shown(self.text)}: {name} takes one argument, found {len(items)}")
        return Floor(items[0]) if name == "floor" else Ceil(items[0])


def _tokens(text: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    text = text.translate(_SAME)
    place = 0
    while match := _TOKEN.match(text, place):
        number, name, sign, other = match.groups()
        if other is not None and other not in _RAISED:
            raise ParseError(f"{_shown(text)} at character {match.start(4) + 1}: “{other}” is not in the language")
        if number is not None and len(number) > LONGEST_NUMBER:
            raise ParseError(f"a number of {len(number)} digits: the longest that is read has {LONGEST_NUMBER}")
        if name is not None and len(name) > LONGEST_NAME:
            raise ParseError(f"a name of {len(name)} characters: the longest that is read has {LONGEST_NAME}")
        token = number or name or sign or other
        found.append((token, match.end() - len(token)))
        place = match.end()
    return found


def _shown(text: str) -> str:
    """The text for a message: printable, and cut where it is long."""
    plain = "".join(c if c.isprintable() else "�" for c in text)
    return f"“{plain if len(plain) <= 60 else plain[:57] + '…'}”"

