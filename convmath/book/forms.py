"""A derivation that the engine makes, as the proof of a theorem: docs/how-to/theorem.md writes one with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from convmath.book.entries import Theorem, TheoremClaim
from convmath.errors import ProofError
from convmath.language.polynomial import equal
from convmath.language.sizes import size
from convmath.operators.operator import Operator
from convmath.proof.derivation import Derivation, Trial


def derived(
    theorem: Theorem,
    numbers: Mapping[str, int],
    operator: Operator,
    quantity: str,
    *,
    wanted: Mapping[str, Any] | None = None,
    trials: tuple[Trial, ...] = (),
) -> Derivation:
    """The derivation of a quantity of ``operator``, as the proof of ``theorem``.

    ``wanted`` gives results by the name of their line, such as ``{"L'": "L"}``: what the theorem says comes out.

    Raises:
        ProofError: something else comes out.
    """
    made = operator.derive(quantity, **numbers)
    for line in made.lines:
        said = (wanted or {}).get(line.name)
        if said is not None and not equal(line.derived, size(said, line.name)):
            raise ProofError(f"{theorem.slug}: {line.name} comes out as {line.derived}, and not as {said}")
    return replace(
        made,
        title=theorem.title,
        claim=TheoremClaim(theorem.slug, tuple(numbers.items())),
        source="; ".join(theorem.sources),
        statement=theorem.statement,
        trials=(*made.trials, *trials),
        single=False,
    )
