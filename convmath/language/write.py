"""Expressions as plain text, the way they stand in a notebook: ``⌊(H + 2·p − d·(k − 1) − 1) / s⌋ + 1``.

The printers of other formats inherit the layout from :class:`Writer` and change its words. A node
that a printer does not know raises; nothing is ever left out silently.
"""

from __future__ import annotations

from convmath.errors import UnsupportedError
from convmath.language.functions import OPAQUE, Number
from convmath.language.tree import (
    Add,
    Apply,
    Ceil,
    Expr,
    Floor,
    Int,
    Least,
    Mul,
    Pow,
    Ranges,
    Ratio,
    Read,
    Reduce,
    Relation,
    Sym,
    negative,
)

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SUM, PRODUCT, POWER = 1, 2, 3
"""How tightly a node binds: one that binds less than its place asks for is put in brackets."""


class Writer:
    """Writes a tree as text. A subclass for another format overrides the small methods below."""

    def write(self, expr: Expr, place: int = 0) -> str:
        text = self._node(expr)
        return self.brackets(text) if self._binds(expr) < place else text

    def relation(self, relation: Relation) -> str:
        return f"{self.write(relation.left)} {self.operator(relation.op)} {self.write(relation.right)}"

    def _binds(self, expr: Expr) -> int:
        if isinstance(expr, Add | Reduce):
            return SUM
        if isinstance(expr, Int):
            return POWER if expr.value >= 0 else SUM
        if _is_largest(expr):
            return POWER
        if isinstance(expr, Mul | Ratio):
            return SUM if is_negative(expr) else PRODUCT
        return POWER

    def _node(self, expr: Expr) -> str:
        match expr:
            case Int(value):
                return self.number(value)
            case Sym(name):
                return self.name(name)
            case Add(terms):
                return self._sum(terms)
            case Mul((Int(-1), Least(options))):
                return self.least([self.write(_negated(option)) for option in options], "max")
            case Mul(factors):
                return self._product(factors)
            case Pow(base, exponent):
                return self.power(self.write(base, POWER + isinstance(base, Pow)), exponent)
            case Ratio(numerator, divisor):
                return self.ratio(numerator, divisor)
            case Floor(argument) | Ceil(argument):
                return (self.floor if isinstance(expr, Floor) else self.ceil)(self.write(argument))
            case Least(options):
                return self.least([self.write(option) for option in options])
            case Read(array, subscripts):
                return self.read(array, [self.subscript(item) for item in subscripts])
            case Reduce(kind, ranges, body, where):
                return self.reduce(kind, ranges, where, self.write(body, PRODUCT))
            case Apply():
                return self._applied(expr)
        raise UnsupportedError(
            f"{type(self).__name__} cannot write a node of type {type(expr).__name__}; give the printer a case for it"
        )

    def _applied(self, expr: Apply) -> str:
        exponent = expr.function.exponent
        if exponent:
            base = self.write(expr.argument, POWER)
            return self.power(base, int(exponent)) if exponent.isdecimal() else self.raised(base, exponent)
        numbers = [self.decimal(value) for value in expr.function.parameters]
        opaque = expr.function.name in OPAQUE
        read = expr.argument.terms if opaque and isinstance(expr.argument, Add) else (expr.argument,)  # a list, no sum
        return self.call(expr.function.name, [*map(self._item if opaque else self.write, read), *numbers])

    def _item(self, expr: Expr) -> str:
        """What an opaque function is taken of: it does not sum, X[t] : t<H."""
        if isinstance(expr, Reduce) and expr.kind == "sum":
            parts = [self.below(name, size) for name, size in expr.ranges]
            return self.among(self.write(expr.body), [*parts, *map(self.relation, expr.where)])
        return self.write(expr)

    def below(self, name: str, size: Expr) -> str:
        return f"{self.name(name)}<{self.write(size, PRODUCT)}"

    def among(self, body: str, parts: list[str]) -> str:
        return f"{body} : {', '.join(parts)}"

    def _sum(self, terms: tuple[Expr, ...]) -> str:
        pieces = [self.write(terms[0], SUM)]
        for term in terms[1:]:
            sign, size = ("-", _without_sign(term)) if is_negative(term) else ("+", term)
            pieces += [self.operator(sign), self.write(size, SUM if isinstance(size, Reduce) else PRODUCT)]
        return " ".join(pieces)

    def _product(self, factors: tuple[Expr, ...]) -> str:
        if factors[0] == Int(-1):
            return self.minus(self.write(_product_of(factors[1:]), PRODUCT))
        return self.times(
            [self.write(f, POWER if i or isinstance(f, Ratio) else PRODUCT) for i, f in enumerate(factors)]
        )

    # What a format changes.
    def number(self, value: int) -> str:
        return str(value) if value >= 0 else self.minus(str(-value))

    def name(self, name: str) -> str:
        return name

    def operator(self, op: str) -> str:
        return {"-": "−"}.get(op, op)

    def minus(self, text: str) -> str:
        return f"−{text}"

    def times(self, factors: list[str]) -> str:
        return "·".join(factors)

    def brackets(self, text: str) -> str:
        return f"({text})"

    def power(self, base: str, exponent: int) -> str:
        return f"{base}{str(exponent).translate(SUPERSCRIPTS)}"

    def ratio(self, numerator: Expr, divisor: Expr) -> str:
        gap = " " if isinstance(numerator, Add) else ""
        return f"{self.write(numerator, PRODUCT)}{gap}/{gap}{self.write(divisor, POWER)}"

    def floor(self, text: str) -> str:
        return f"⌊{text}⌋"

    def ceil(self, text: str) -> str:
        return f"⌈{text}⌉"

    def least(self, options: list[str], word: str = "min") -> str:
        return f"{word}({', '.join(options)})"

    def decimal(self, value: Number) -> str:
        """A parameter of a function."""
        size: Number = -value if value < 0 else value
        text = self.digits(str(size)) if isinstance(size, float) else self._exact(*size.as_integer_ratio())
        return text if value >= 0 else self.minus(text)

    def _exact(self, top: int, bottom: int) -> str:
        return self.number(top) if bottom == 1 else self.ratio(Int(top), Int(bottom))

    def digits(self, text: str) -> str:
        return text

    def raised(self, base: str, exponent: str) -> str:
        return f"{base}^({exponent})" if "/" in exponent else f"{base}^{exponent}"

    def call(self, name: str, items: list[str]) -> str:
        return f"{name}({', '.join(items)})"

    def subscript(self, expr: Expr) -> str:
        return self.write(expr)

    def read(self, array: str, subscripts: list[str]) -> str:
        gap = ", " if any(" " in text for text in subscripts) else ","
        return f"{array}[{gap.join(subscripts)}]"

    def reduce(self, kind: str, ranges: Ranges, where: tuple[Relation, ...], body: str) -> str:
        if not ranges:
            return self.bracketed([self.relation(relation) for relation in where], body)
        under = ", ".join(f"{self.name(name)}<{self.write(size, PRODUCT)}" for name, size in ranges)
        if where:
            under += " : " * bool(ranges) + ", ".join(self.relation(relation) for relation in where)
        return f"{'Σ' if kind == 'sum' else kind}_{{{under}}} {body}"

    def bracketed(self, conditions: list[str], body: str) -> str:
        """Iverson's bracket: 1 where the conditions hold, else 0."""
        return self.times([f"[{', '.join(conditions)}]", body])


def is_negative(expr: Expr) -> bool:
    """Whether ``expr`` is written with a minus in front."""
    match expr:
        case Int(value):
            return value < 0
        case Mul((first, *_)):
            return is_negative(first) and not _is_largest(expr)
        case Ratio(numerator, _):
            return not isinstance(numerator, Add) and is_negative(numerator)
    return False


def _is_largest(expr: Expr) -> bool:
    """Whether this is −min(…), which is written max(…)."""
    return (
        isinstance(expr, Mul)
        and len(expr.factors) == 2
        and expr.factors[0] == Int(-1)
        and (isinstance(expr.factors[1], Least))
    )


def _negated(expr: Expr) -> Expr:
    """−expr, term by term."""
    return Add(tuple(map(negative, expr.terms))) if isinstance(expr, Add) else negative(expr)


def _without_sign(expr: Expr) -> Expr:
    match expr:
        case Int(value):
            return Int(-value)
        case Mul((Int(-1), *rest)):
            return _product_of(tuple(rest))
        case Mul((first, *rest)):
            return Mul((_without_sign(first), *rest))
        case Ratio(numerator, divisor):
            return Ratio(_without_sign(numerator), divisor)
    raise AssertionError(f"no sign to take from {expr!r}")


def _product_of(factors: tuple[Expr, ...]) -> Expr:
    return factors[0] if len(factors) == 1 else Mul(factors)


_PLAIN = Writer()


def write(expr: Expr) -> str:
    """``expr`` as one line of text."""
    return _PLAIN.write(expr)


def write_relation(relation: Relation) -> str:
    """``relation`` as one line of text."""
    return _PLAIN.relation(relation)
