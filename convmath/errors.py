"""The errors of convmath, one tree.

    ConvmathError                 everything that this package raises on purpose
    ├── ParseError                a text is not in the language (a formula, a size, a JSON file)
    ├── DefinitionError           an operator's declaration contradicts itself
    ├── ShapeError                a size or an array does not fit the operator
    ├── RejectedError             a framework refuses the call, for a reason of its own
    ├── ProofError                a step does not follow, or a claim does not hold
    └── UnsupportedError          a question or a node that convmath cannot answer; it never guesses

Each message says what is wrong, with the values; what was expected, and why; and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping


class ConvmathError(Exception):
    """The root of the tree: catch this to catch whatever convmath raises on purpose."""


class ParseError(ConvmathError):
    """A text is not in the language: nothing of it was run."""


class DefinitionError(ConvmathError):
    """An operator's declaration contradicts itself, or leaves something open."""


class ShapeError(ConvmathError):
    """A size or an array does not fit the operator."""


class RejectedError(ConvmathError):
    """A framework refuses the call. ``framework`` names it with its version, ``at`` is "init" or "call".

    ``answers`` is what each of several implementations gives, a shape or a refusal, by its name and version.
    """

    def __init__(
        self, message: str, framework: str = "", at: str = "call", answers: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.framework, self.at, self.answers = framework, at, dict(answers or {})


class ProofError(ConvmathError):
    """A step does not follow, or a claim does not hold.

    ``counterexample`` is a text with the smallest case found, or None where none was looked for.
    """

    def __init__(self, message: str, counterexample: str | None = None) -> None:
        super().__init__(message if counterexample is None else f"{message}\n{counterexample}")
        self.counterexample = counterexample


class UnsupportedError(ConvmathError):
    """A question that this operator, or this printer, cannot answer."""
