"""The whole book: every theorem with its parts, every step judged by something that shares nothing with its rule."""

import re
from dataclasses import replace
from functools import cache

import pytest
from judge import objection

import convmath as cm
from convmath.book.entries import CHAPTERS
from convmath.errors import ProofError
from convmath.language.tree import letters_of
from convmath.proof.rules import JUDGED, RULES

BOOK = cm.theorems()
FORMATS = ("text", "latex", "markdown", "html", "json")
MOST_STEPS = 150
"""How long a proof may be: what a reader can follow, and what is proved within a fraction of a second."""
FEWEST_POINTS = 100


@pytest.fixture(scope="session")
def proved():
    """The derivation of a theorem, made once in a session."""
    return cache(cm.prove)


@pytest.mark.parametrize("slug", BOOK)
def test_a_theorem_has_its_parts(slug, proved):
    """A theorem may hold without a hypothesis; its sizes are assumed all the same. An example needs a result."""
    theorem = BOOK[slug]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", slug)
    assert theorem.slug == slug
    assert theorem.title
    assert theorem.statement.endswith((".", ")"))
    assert theorem.chapter in CHAPTERS
    assert theorem.sources
    assert proved(slug).assumptions
    assert all(theorem.hypotheses)
    assert theorem.without.keys() <= set(theorem.hypotheses)
    assert bool(theorem.example) == bool(proved(slug).lines)
    assert theorem.example.keys() <= set(theorem.settings)


@pytest.mark.parametrize("slug", BOOK)
def test_what_a_theorem_uses_is_in_the_book_and_does_not_use_it(slug):
    open_, seen = [slug], set()
    while open_:
        for used in BOOK[open_.pop()].uses:
            assert used in BOOK, f"{slug} rests on {used}, which is not in the book"
            assert used != slug, f"{slug} rests on itself"
            if used not in seen:
                seen.add(used)
                open_.append(used)


@pytest.mark.parametrize("slug", BOOK)
def test_no_step_is_proved_without_its_certificate(slug, proved):
    """What a rule proved carries why its side conditions hold, and was evaluated at enough exact points."""
    steps = proved(slug).steps
    assert 1 < len(steps) <= MOST_STEPS
    assert any(step.evidence.verdict == "proved" for step in steps)
    for step in steps:
        assert step.evidence.verdict == RULES[step.rule].verdict
        assert step.evidence.certificate.strip(), str(step)
        if step.evidence.verdict == "by definition":
            assert step.evidence.points == 0
        else:
            assert step.evidence.points >= FEWEST_POINTS, str(step)


@pytest.mark.parametrize("slug", BOOK)
def test_z3_finds_nothing_against_a_step_between_integers(slug, proved):
    """Every step of a rule in JUDGED, on its own ground: the assumptions, and what was derived before it."""
    proof = proved(slug)
    for position, chain in enumerate(proof.chains):
        ground = proof.ground(position)
        for step in chain.steps:
            if step.rule in JUDGED:
                assert objection(step, ground) is None, str(step)


@pytest.mark.parametrize("slug", BOOK)
def test_a_theorem_is_replayed_from_what_was_saved(slug, proved):
    proof = proved(slug)
    again = cm.Derivation.from_json(proof.render("json"))
    assert again.steps == proof.steps
    again.check()
    assert again.render("text") == proof.render("text")


@pytest.mark.parametrize("slug", BOOK)
def test_a_theorem_with_one_certificate_altered_does_not_hold(slug, proved):
    proof = proved(slug)
    first = proof.chains[0]
    evidence = replace(first.steps[-1].evidence, certificate="clear")
    steps = (*first.steps[:-1], replace(first.steps[-1], evidence=evidence))
    with pytest.raises(ProofError, match="does not hold"):
        replace(proof, chains=(replace(first, steps=steps), *proof.chains[1:])).check()


@pytest.mark.parametrize("slug", BOOK)
def test_a_theorem_is_rendered_in_every_format(slug, proved):
    for format_ in FORMATS:
        page = proved(slug).render(format_)
        assert BOOK[slug].title in page or format_ == "latex"
        assert "Traceback" not in page
        assert " object at 0x" not in page


@pytest.mark.parametrize("slug", BOOK)
def test_a_theorem_takes_the_numbers_of_its_example(slug, proved):
    theorem = BOOK[slug]
    proof = theorem.prove(**theorem.example) if theorem.example else proved(slug)
    assert [line.name for line in proof.lines] == [line.name for line in proved(slug).lines]
    for line in proof.lines:
        assert set(theorem.example).isdisjoint(letters_of(line.value(proof.values)))


def test_the_book_is_judged_at_all(proved):
    """So many steps are put before z3 that the tests above say something."""
    rules = {step.rule for slug in BOOK for step in proved(slug).steps}
    assert len(rules & JUDGED) >= 6
