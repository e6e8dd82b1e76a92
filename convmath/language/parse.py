"""Text to expressions and formulas: a whitelist, read by hand, that never runs anything.

    formula  =  read "=" sum ["where" condition ("," condition)*]
    condition =  letter "<" sum | sum "=" sum | sum "<=" sum
    sum      =  ["-"] product (("+" | "-") product)*
    product  =  [("Σ" | "max" | "mean") "_{" range ("," range)* "}"] factor (("*" | "/" | "//") factor)*
    factor   =  atom ["^" small number]
    atom     =  number | letter | letter "[" [sum ("," sum)*] "]" | "(" sum ")" | "⌊" sum "⌋" | "⌈" sum "⌉"
             |  ("floor" | "ceil" | "min") "(" sum ("," sum)* ")"

``·``, ``−``, ``**`` and ``∑`` are read as ``*``, ``-``, ``^`` and ``Σ``, so what convmath prints it reads back.
Any word is an ordinary letter here, ``E``, ``I``, ``S`` and ``lambda`` too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from convmath.errors import ParseError
from convmath.language.cursor import Cursor
from convmath.language.limits import check_size
from convmath.language.tokens import RAISED, shown
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
    negative,
)

_RELATIONS: dict[str, Literal["=", "≤", "∣"]] = {"=": "=", "<=": "≤", "|": "∣"}
_KINDS: dict[str, Kind] = {"Σ": "sum", "sum": "sum", "max": "max", "min": "min", "mean": "mean"}
LARGEST_POWER = 64


def parse_size(text: str) -> Expr:
    """A size such as ``C/g`` or ``2*m + 1``.

    Raises:
        ParseError: the text is not in the language; nothing of it was run.
    """
    parser = Parser(text)
    return parser.whole(parser.sum)


@lru_cache(maxsize=256)
def parse_formula(text: str) -> tuple[Read, Expr, tuple[Relation, ...], tuple[tuple[str, Expr], ...]]:
    """(left side, right side, conditions, ranges) of ``Y[…] = … where …``.

    Raises:
        ParseError: the text is not in the language; nothing of it was run.
    """
    parser = Parser(text)
    return parser.whole(parser.formula)


@lru_cache(maxsize=256)
def parse_list(text: str) -> tuple[tuple[Expr, ...], ...]:
    """``N,C,(p,q)`` as a tuple of entries, each a tuple of one size or of a bracketed pair."""
    parser = Parser(text)
    return parser.whole(parser.entries)


class Parser(Cursor):
    """Reads sizes and formulas off a text."""

    def formula(self) -> tuple[Read, Expr, tuple[Relation, ...], tuple[tuple[str, Expr], ...]]:
        left = self.atom()
        if not isinstance(left, Read):
            raise ParseError(f"{shown(self.text)}: the left side must be an array at its indices, such as Y[n,o,i]")
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
            left = self.sum()
            sign = self.take("=", "<", "<=", "|")
            if sign == "<" and isinstance(left, Sym):
                ranges.append((left.name, self.sum()))
            elif sign == "<":
                raise ParseError(f"{shown(self.text)}: only an index has a range, as in u < k; found {left} < …")
            else:
                conditions.append(Relation(left, _RELATIONS[sign], self.sum()))
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
        self.deeper()
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
        return check_size(total, shown(self.text))

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
        self.deeper()
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
        body = self.product()
        self.depth -= 1
        return Reduce(kind, tuple(ranges), body, tuple(where))

    def factor(self) -> Expr:
        base = self.atom()
        if self.peek() in ("^", "**"):
            self.take("^", "**")
            return self.power(base, int(self.number()))
        if self.peek()[:1] in RAISED and self.peek():
            exponent = int("".join(RAISED[digit] for digit in self.peek()))
            self.position += 1
            return self.power(base, exponent)
        return base

    def power(self, base: Expr, exponent: int) -> Expr:
        if not 1 <= exponent <= LARGEST_POWER or self.peek() in ("^", "**"):
            raise ParseError(f"{shown(self.text)}: an exponent is one number from 1 to {LARGEST_POWER}")
        return base if exponent == 1 else Pow(base, exponent)

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
        if self.peek() == closing:  # an array without axes is one number: X[]
            self.take(closing)
            return ()
        items = [self.sum()]
        while self.peek() == ",":
            self.take(",")
            items.append(self.sum())
        self.take(closing)
        return tuple(items)

    def call(self, name: str) -> Expr:
        if name not in ("floor", "ceil", "min", "max"):
            self.fail("an operator (the only functions are floor, ceil, min and max; a product is written with *)")
        items = self.listed("(", ")")
        if name == "min" and items:
            return Least(items)
        if name == "max":
            return negative(Least(tuple(map(negative, items))))
        if len(items) != 1:
            raise ParseError(
                f"{shown(self.text)}: {name} takes {'' if items else 'at least '}one argument, found {len(items)}"
            )
        return Floor(items[0]) if name == "floor" else Ceil(items[0])
