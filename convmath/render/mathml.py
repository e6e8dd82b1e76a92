"""Presentation MathML, the Core that browsers draw.

Every name is escaped, and every operator says whether it stands before, between or after.
"""

from __future__ import annotations

from html import escape

from convmath.language.tree import Expr, Ranges, Ratio, Relation
from convmath.language.write import POWER, PRODUCT, Writer
from convmath.proof.statement import Statement, join_relations
from convmath.render.names import parted

PRIME = '<mo form="postfix">′</mo>'
COMMA = '<mo separator="true">,</mo>'


class MathMLWriter(Writer):
    """Writes a tree as the inside of a ``<math>`` element."""

    def statement(self, statement: Statement, continues: bool = False) -> str:
        """The relations, and for which indices; a left side that continues the line above is not drawn."""
        parts = [(self.write(r.left), self.operator(r.op), self.write(r.right)) for r in statement.relations]
        if continues:
            parts[0] = (f"<mphantom>{row(parts[0][0])}</mphantom>", *parts[0][1:])
        text = join_relations(parts, separator=f'{COMMA}<mspace width="0.8em"/>')
        if statement.ranges:
            text += '<mspace width="1.2em"/><mtext>for all&#160;</mtext>' + self.ranges(statement.ranges)
        return text

    def ranges(self, ranges: Ranges) -> str:
        return COMMA.join(f"{self.name(name)}<mo>&lt;</mo>{self.write(size, PRODUCT)}" for name, size in ranges)

    def _binds(self, expr: Expr) -> int:
        tight = super()._binds(expr)
        return POWER if isinstance(expr, Ratio) and tight == PRODUCT else tight

    def number(self, value: int) -> str:
        digits = f"<mn>{abs(value)}</mn>"
        return digits if value >= 0 else self.minus(digits)

    def name(self, name: str) -> str:
        parts = parted(name)
        text = f"<mi>{escape(parts.base)}</mi>"
        if parts.index:
            tag = "mn" if parts.index.isdecimal() else "mi"
            text = f"<msub>{text}<{tag}>{escape(parts.index)}</{tag}></msub>"
        return row(text + PRIME * parts.primes) if parts.primes else text

    def operator(self, op: str) -> str:
        return f'<mo form="infix">{escape(super().operator(op))}</mo>'

    def minus(self, text: str) -> str:
        return row(f'<mo form="prefix">−</mo>{text}')

    def times(self, factors: list[str]) -> str:
        return '<mo form="infix">·</mo>'.join(factors)

    def brackets(self, text: str) -> str:
        return fenced("(", text, ")", stretchy="<mfrac>" in text or "<munder>" in text)

    def power(self, base: str, exponent: int) -> str:
        inside = self.brackets(base) if base.startswith("<mfrac>") else row(base)
        return f"<msup>{inside}<mn>{exponent}</mn></msup>"

    def ratio(self, numerator: Expr, divisor: Expr) -> str:
        return f"<mfrac>{row(self.write(numerator))}{row(self.write(divisor))}</mfrac>"

    def floor(self, text: str) -> str:
        return fenced("⌊", text, "⌋")

    def ceil(self, text: str) -> str:
        return fenced("⌈", text, "⌉")

    def least(self, options: list[str], word: str = "min") -> str:
        return row(f"<mi>{word}</mi>{self.brackets(COMMA.join(row(option) for option in options))}")

    def digits(self, text: str) -> str:
        return f"<mn>{text}</mn>"

    def below(self, name: str, size: Expr) -> str:
        return f"{self.name(name)}<mo>&lt;</mo>{self.write(size, PRODUCT)}"

    def among(self, body: str, parts: list[str]) -> str:
        return f"{body}<mo>:</mo>{COMMA.join(map(row, parts))}"

    def raised(self, base: str, exponent: str) -> str:
        return f"<msup>{row(base)}<mn>{exponent}</mn></msup>"

    def call(self, name: str, items: list[str]) -> str:
        inside = self.brackets(COMMA.join(row(item) for item in items))
        return row(f"<mi>{escape(name)}</mi>{inside}")

    def read(self, array: str, subscripts: list[str]) -> str:
        inside = COMMA.join(row(item) for item in subscripts)
        return row(self.name(array) + fenced("[", inside, "]", stretchy=False))

    def reduce(self, kind: str, ranges: Ranges, where: tuple[Relation, ...], body: str) -> str:
        if not ranges:
            return self.bracketed([self.relation(relation) for relation in where], body)
        under = self.ranges(ranges)
        if where:
            under = stacked([f"{under}<mo>:</mo>"] * bool(ranges) + [self.relation(relation) for relation in where])
        big = '<mo movablelimits="false">∑</mo>' if kind == "sum" else f"<mi>{escape(kind)}</mi>"
        gap = "" if kind == "sum" else '<mspace width="0.17em"/>'
        return f"<munder>{big}{row(under)}</munder>{gap}{body}"

    def bracketed(self, conditions: list[str], body: str) -> str:
        return self.times([fenced("[", COMMA.join(conditions), "]"), body])


def row(text: str) -> str:
    """One element: what stands here may be several."""
    return f"<mrow>{text}</mrow>"


def stacked(lines: list[str]) -> str:
    """One line below the other: conditions side by side would make a formula wider than a page."""
    cells = "".join(f"<mtr><mtd>{row(line)}</mtd></mtr>" for line in lines)
    return f"<mtable>{cells}</mtable>"


def fenced(before: str, text: str, after: str, *, stretchy: bool = True) -> str:
    """``text`` between two brackets that grow with it, or do not."""
    grow = "" if stretchy else ' stretchy="false"'
    return row(f'<mo form="prefix"{grow}>{before}</mo>{text}<mo form="postfix"{grow}>{after}</mo>')


def math(text: str, *, display: bool = False) -> str:
    """The ``<math>`` element; ``display`` draws tall what a line of words would squeeze.

    It is not ``display="block"``, which stands in the middle of a page that has no stylesheet.
    """
    return f'<math displaystyle="true">{row(text)}</math>' if display else f"<math>{row(text)}</math>"


def equals(expr: Expr, writer: MathMLWriter) -> str:
    """``= expr``, to stand beside what it equals."""
    return f'<mo form="infix" lspace="0">=</mo>{writer.write(expr)}'
