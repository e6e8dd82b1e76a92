r"""LaTeX mathematics, and words escaped for LaTeX. Needs amsmath and amssymb only."""

from __future__ import annotations

from convmath.errors import UnsupportedError
from convmath.language.tree import Expr, Ranges, Ratio, Relation
from convmath.language.write import POWER, PRODUCT, Writer
from convmath.proof.statement import Statement, join_relations
from convmath.render.names import parted


def _table(signs: str, commands: str) -> dict[str, str]:
    return dict(zip(signs, commands.split(), strict=True))


ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "{}$&#_%"},
}
SYMBOLS = {
    **_table("<>|≤≥∣·×−≠∈∀", r"< > | \le \ge \mid \cdot \times - \ne \in \forall"),
    **_table(
        "⌊⌋⌈⌉…′Σ∑→⇒⟺⇔",
        r"\lfloor \rfloor \lceil \rceil \ldots {}^{\prime} \Sigma \sum \to \Rightarrow \iff \iff",
    ),
    **_table("∂ℓℤ≡≈∞√", r"\partial \ell \mathbb{Z} \equiv \approx \infty \surd"),
    **_table("αβγδεζηθικλμ", r"\alpha \beta \gamma \delta \varepsilon \zeta \eta \theta \iota \kappa \lambda \mu"),
    **_table("νξπρστυφχψω", r"\nu \xi \pi \rho \sigma \tau \upsilon \varphi \chi \psi \omega"),
    **{sign: f"{{}}^{{{digit}}}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{sign: f"{{}}_{{{digit}}}" for digit, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}
OPERATORS = {"=": "=", "<": "<", "≤": r"\le", "≥": r"\ge", "∣": r"\mid", "+": "+", "-": "-"}


class LaTeXWriter(Writer):
    """Writes a tree for math mode."""

    def statement(self, statement: Statement, continues: bool = False) -> str:
        """The relations, and for which indices; a left side that continues the line above is left blank."""
        parts = [(self.write(r.left), self.operator(r.op), self.write(r.right)) for r in statement.relations]
        if continues:
            parts[0] = (rf"\phantom{{{parts[0][0]}}}", *parts[0][1:])
        text = join_relations(parts, separator=r",\quad ")
        if statement.ranges:
            text += r" \qquad \text{for all } " + ",\\; ".join(self._ranges(statement.ranges))
        return text

    def _ranges(self, ranges: Ranges) -> list[str]:
        return [f"{self.name(name)} < {self.write(size, PRODUCT)}" for name, size in ranges]

    def _binds(self, expr: Expr) -> int:
        tight = super()._binds(expr)
        return POWER if isinstance(expr, Ratio) and tight == PRODUCT else tight

    def name(self, name: str) -> str:
        parts = parted(name)
        text = _letters(parts.base)
        if parts.index:
            text += f"_{{{_letters(parts.index)}}}"
        primes = r"\prime" * parts.primes
        return f"{text}^{{{primes}}}" if primes else text

    def operator(self, op: str) -> str:
        if op not in OPERATORS:
            raise UnsupportedError(f"the LaTeX writer has no sign for the operator {op!r}")
        return OPERATORS[op]

    def minus(self, text: str) -> str:
        return f"-{text}"

    def times(self, factors: list[str]) -> str:
        return r" \cdot ".join(factors)

    def brackets(self, text: str) -> str:
        return rf"\left({text}\right)" if r"\frac" in text else f"({text})"

    def power(self, base: str, exponent: int) -> str:
        inside = self.brackets(base) if base.startswith(r"\frac") else base
        return f"{{{inside}}}^{{{exponent}}}"

    def ratio(self, numerator: Expr, divisor: Expr) -> str:
        return rf"\frac{{{self.write(numerator)}}}{{{self.write(divisor)}}}"

    def floor(self, text: str) -> str:
        return rf"\left\lfloor {text} \right\rfloor"

    def ceil(self, text: str) -> str:
        return rf"\left\lceil {text} \right\rceil"

    def least(self, options: list[str], word: str = "min") -> str:
        return rf"\{word}" + self.brackets(", ".join(options))

    def raised(self, base: str, exponent: str) -> str:
        return f"{{{base}}}^{{{exponent}}}"

    def call(self, name: str, items: list[str]) -> str:
        return rf"\operatorname{{{words(name)}}}" + self.brackets(", ".join(items))

    def read(self, array: str, subscripts: list[str]) -> str:
        return f"{self.name(array)}[{', '.join(subscripts)}]"

    def reduce(self, kind: str, ranges: Ranges, where: tuple[Relation, ...], body: str) -> str:
        if not ranges:
            return self.bracketed([self.relation(relation) for relation in where], body)
        under = [*self._ranges(ranges), *(self.relation(relation) for relation in where)]
        lines = under[0] if len(under) == 1 else r"\substack{" + r" \\ ".join(under) + "}"
        big = r"\sum" if kind == "sum" else rf"\operatorname*{{{kind}}}"
        return rf"{big}_{{{lines}}} {body}"


def _letters(text: str) -> str:
    """One letter is a letter; more are a word, so that ``in`` does not read as i times n."""
    if text in SYMBOLS:
        return SYMBOLS[text]
    if not (text.isascii() and text.isalnum()):
        return rf"\text{{{words(text)}}}"
    return text if len(text) == 1 or text.isdecimal() else rf"\mathit{{{text}}}"


def words(text: str) -> str:
    """Plain words, escaped; signs that a text font lacks are set in math mode."""
    return "".join(_word(letter) for letter in text)


def _word(letter: str) -> str:
    if letter in SYMBOLS:
        return rf"\ensuremath{{{SYMBOLS[letter]}}}"
    return ESCAPES.get(letter, letter)
