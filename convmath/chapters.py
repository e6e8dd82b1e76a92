"""The pages of the book: one for each theorem, and one table of how each is held up."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby

from convmath.book.entries import Theorem, theorems
from convmath.book.refutation import Refutation, refute
from convmath.crossover import break_even_page
from convmath.language.write import write
from convmath.proof.derivation import Derivation
from convmath.proof.rules import JUDGED
from convmath.render import render
from convmath.verdicts import claims_page


def book_pages() -> dict[str, str]:
    """Every page of the book: its path under the site, and its Markdown."""
    proofs = {slug: theorem.prove() for slug, theorem in theorems().items()}
    found = {f"theorems/{slug}.md": theorem_page(theorem, proofs[slug]) for slug, theorem in theorems().items()}
    more = {"claims": claims_page(), "break-even": break_even_page()}
    return (
        found | {"theorems/index.md": theorems_index(proofs)} | {f"theorems/{n}.md": page for n, page in more.items()}
    )


def theorem_page(theorem: Theorem, proof: Derivation) -> str:
    """The statement, its hypotheses, the derivation, numbers put in, and what fails without a hypothesis."""
    hypotheses = ", ".join(f"`{item}`" for item in theorem.hypotheses)
    parts = [
        f"# {theorem.title}",
        indexed(theorem.statement),
        f"**Hypotheses:** {hypotheses}" if hypotheses else "",
        _below_the_title(proof),
        *_in_numbers(theorem),
        *_without(theorem),
        *_related(theorem),
        "## Ask for it",
        f"```console\n$ convmath prove {theorem.slug}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _below_the_title(proof: Derivation) -> str:
    """The derivation without its title and its claim: the page has just said both."""
    return re.sub(r"<h3>.*?</h3>\n|<dt>Claim</dt><dd>.*?</dd>\n", "", render(proof, "html"), count=2)


def _in_numbers(theorem: Theorem) -> list[str]:
    """The results once more: symbols = numbers = value."""
    if not theorem.example:
        return []
    given = ", ".join(f"`{name} = {value}`" for name, value in theorem.example.items())
    proof = theorem.prove(**theorem.example)
    rows = []
    for line in proof.lines:
        sides = dict.fromkeys(map(write, (line.derived, line.with_numbers(proof.values), line.value(proof.values))))
        rows.append(f"- {line.label}: `{' = '.join((line.name, *sides))}`")
    return ["## In numbers", f"With {given}:", "\n".join(rows)]


def _without(theorem: Theorem) -> list[str]:
    """The smallest counterexample where a hypothesis is dropped."""
    if not theorem.without:
        return []
    rows = [f"- Without `{drop}`: {_shown(refute(theorem.slug, drop))}" for drop in theorem.without]
    return ["## Why the hypotheses are needed", "Each is dropped; the smallest case found:", "\n".join(rows)]


def _shown(found: Refutation) -> str:
    """The counterexample itself, or what was looked through in vain."""
    text = found.counterexample.partition(": ")[2] if found.found else f"none found in {found.through}."
    return escape(indexed(text), quote=False)


def indexed(text: str) -> str:
    """Words with small digits where a letter has a number: s₁ for s_1."""
    return re.sub(r"(?<=[A-Za-z])_([0-9])\b", lambda found: found[1].translate(SMALL), text)


SMALL = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _related(theorem: Theorem) -> list[str]:
    """What the proof rests on, and what rests on it."""
    users = [other for other in theorems().values() if theorem.slug in other.uses]
    uses = [theorems()[slug] for slug in theorem.uses]
    lines = [("Uses", uses), ("Used by", users)]
    return [f"**{what}:** {', '.join(map(_link, found))}" for what, found in lines if found]


def _link(theorem: Theorem) -> str:
    return f"[{escape(theorem.title, quote=False)}]({theorem.slug}.md)"


def theorems_index(proofs: dict[str, Derivation]) -> str:
    """The theorems by chapter, in tables: steps, proved, tried, judged by z3."""
    lines = [
        "# Theorems",
        _in_all(proofs),
        "A step is *proved* when a rule made it and its side conditions follow from the assumptions, and *tried* when "
        "it was only evaluated; the others read a definition. Steps between integers are judged by z3 as well, in "
        "the tests.",
        "What people say about 1×1 convolutions is judged on a page of its own: [Claims](claims.md). Another counts "
        "the programs of fast algorithms: [Where they break even](break-even.md).",
    ]
    for chapter, entries in groupby(theorems().values(), key=lambda theorem: theorem.chapter):
        rows = [f"| {_link(theorem)} | {' | '.join(map(str, held(proofs[theorem.slug])))} |" for theorem in entries]
        head = "| theorem | steps | proved | tried | judged by z3 |\n|---|--:|--:|--:|--:|\n"
        lines += [f"## {chapter}", ABOUT[chapter], head + "\n".join(rows)]
    return "\n\n".join(lines) + "\n"


def _in_all(proofs: dict[str, Derivation]) -> str:
    """How many theorems and steps there are, and how these are held up."""
    steps, proved, tried, judged = (sum(column) for column in zip(*map(held, proofs.values()), strict=True))
    return (
        f"{len(proofs)} theorems, each derived from definitions step by step: {steps} steps, of which {proved} are "
        f"proved, {tried} only tried, and {judged} judged by z3."
    )


ABOUT = {
    "The 1×1 convolution": "What it computes at a pixel, what it mixes and what not, what it costs, and when it saves.",
    "Sizes": "How many outputs a layer has: one convolution, its transpose, ceil mode and SAME, then stacks, and the "
    "inputs that a network takes. The fifteen relationships of Dumoulin & Visin come first, in their order.",
    "Costs": "Parameters and multiply-adds, and how those of two layers compare.",
    "Receptive fields": "Which places of the input one output reads: where they begin, how far they reach, which of "
    "them are left out.",
    "Equivalences": "When two formulas are one operator: a convolution as a matrix, as its transpose, after another "
    "convolution, on a circle, with another kernel, with a normalisation folded in.",
    "Gradients": "The gradients of a loss, derived term by term, and the operators that they are.",
    "Fast algorithms": "The same outputs from fewer multiplications: from values of polynomials to Winograd.",
}
"""What a chapter is about, in a sentence."""


def held(proof: Derivation) -> tuple[int, int, int, int]:
    """(steps, proved, tried only, judged by z3) of a proof."""
    verdicts = [step.evidence.verdict for step in proof.steps]
    judged = sum(step.rule in JUDGED for step in proof.steps)
    return len(verdicts), verdicts.count("proved"), verdicts.count("tried"), judged
