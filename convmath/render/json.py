"""A derivation as plain data, and back. Reading trusts nothing: every node is checked, every step replayed."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any, get_args

from convmath.errors import ParseError
from convmath.language.definition import Definition
from convmath.language.tree import Expr
from convmath.language.trees import read_tree, write_tree
from convmath.proof.chain import Chain
from convmath.proof.derivation import CLAIMS, Claim, Derivation, Line, Trial
from convmath.proof.step import Argument, Evidence, Step, Verdict
from convmath.render.plain import (
    as_dict,
    as_list,
    as_size,
    as_text,
    as_truth,
    as_whole,
    read_definition,
    read_ranges,
    read_relation,
    read_statement,
    write_definition,
    write_ranges,
    write_relation,
    write_statement,
)

FORMAT = "convmath derivation"
VERSION = 1
LONGEST = 4_000_000


def write_json(derivation: Derivation) -> str:
    """The derivation as JSON text."""
    data = {
        "format": FORMAT,
        "version": VERSION,
        "claim": derivation.claim.to_json(),
        "title": derivation.title,
        "find": derivation.find,
        "definitions": [write_definition(item) for item in derivation.definitions],
        "assumptions": [write_relation(item) for item in derivation.assumptions],
        "chains": [_chain(item) for item in derivation.chains],
        "lines": [_line(item) for item in derivation.lines],
        "values": {name: write_tree(value) for name, value in derivation.values.items()},
        "trials": [[item.what, item.points, item.unit] for item in derivation.trials],
        "source": derivation.source,
        "single": derivation.single,
        "statement": derivation.statement,
        "notes": list(derivation.notes),
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


def read_derivation(text: str) -> Derivation:
    """The derivation that the text describes, not yet checked.

    Raises:
        ParseError: the text is not what :func:`write_json` writes.
    """
    if not isinstance(text, str):
        raise ParseError(f"a derivation is read from a text; found {type(text).__name__}")
    if len(text) > LONGEST:
        raise ParseError(f"a derivation of {len(text)} characters: the longest that is read has {LONGEST}")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"the text is no JSON: {str(error)[:120]}") from None
    if not isinstance(data, dict) or (data.get("format"), str(data.get("version"))) != (FORMAT, str(VERSION)):
        raise ParseError(f"the text is no {FORMAT} of version {VERSION}")
    try:
        return _derivation(data)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ParseError(f"the text is no {FORMAT}: {type(error).__name__} {str(error)[:120]}") from None


def _derivation(data: dict[str, Any]) -> Derivation:
    definitions = tuple(read_definition(item) for item in as_list(data["definitions"]))
    values = {as_text(name): as_size(value) for name, value in as_dict(data["values"]).items()}
    claim = as_dict(data["claim"])
    if not definitions:
        raise ParseError("there is no definition")
    chains = tuple(_read_chain(item, len(definitions)) for item in as_list(data["chains"]))
    return Derivation(
        title=as_text(data["title"]),
        find=as_text(data["find"]),
        claim=_read_claim(claim, definitions, values),
        definitions=definitions,
        assumptions=tuple(read_relation(item) for item in as_list(data["assumptions"])),
        chains=chains,
        lines=tuple(_read_line(item) for item in as_list(data["lines"])),
        values=values,
        trials=tuple(Trial(as_text(what), as_whole(n), as_text(unit)) for what, n, unit in as_list(data["trials"])),
        source=as_text(data["source"]),
        single=as_truth(data["single"]),
        statement=as_text(data["statement"]),
        notes=tuple(map(as_text, as_list(data["notes"]))),
    )


def _read_claim(claim: dict[str, Any], definitions: tuple[Definition, ...], values: dict[str, Expr]) -> Claim:
    kind = as_text(claim.get("kind"))
    if kind not in CLAIMS:
        raise ParseError(f"there is no claim of kind {kind[:40]!r}")
    module, function = CLAIMS[kind].split(":")
    found: Claim = getattr(import_module(module), function)(claim, definitions, values)
    return found


def _line(line: Line) -> list[Any]:
    using = [[name, write_tree(expr)] for name, expr in line.using]
    return [line.name, line.label, write_tree(line.derived), using]


def _read_line(data: Any) -> Line:
    name, label, derived, using = as_list(data)
    known = tuple((as_text(used), read_tree(expr)) for used, expr in as_list(using))
    return Line(as_text(name), as_text(label), read_tree(derived), known)


def _chain(chain: Chain) -> dict[str, Any]:
    return {
        "heading": chain.heading,
        "like": chain.like,
        "letters": [list(pair) for pair in chain.letters],
        "subject": chain.subject,
        "steps": [_step(step) for step in chain.steps],
    }


def _read_chain(data: Any, definitions: int) -> Chain:
    like = as_dict(data)["like"]
    subject = as_whole(data["subject"])
    steps = tuple(_read_step(item) for item in as_list(data["steps"]))
    if not steps or subject >= definitions:
        raise ParseError("a chain has no steps, or starts from no definition")
    letters = tuple((as_text(old), as_text(new)) for old, new in as_list(data["letters"]))
    return Chain(as_text(data["heading"]), steps, None if like is None else as_whole(like), letters, subject)


def _step(step: Step) -> dict[str, Any]:
    return {
        "before": write_statement(step.before),
        "after": write_statement(step.after),
        "rule": step.rule,
        "arguments": {name: _argument(value) for name, value in step.arguments},
        "reason": step.reason,
        "evidence": [step.evidence.verdict, step.evidence.certificate, step.evidence.points],
    }


def _read_step(data: Any) -> Step:
    verdict, certificate, points = as_list(as_dict(data)["evidence"])
    if verdict not in get_args(Verdict):
        raise ParseError(f"there is no verdict {verdict!r}")
    return Step(
        read_statement(data["before"]),
        read_statement(data["after"]),
        as_text(data["rule"]),
        tuple((as_text(name), _read_argument(value)) for name, value in as_dict(data["arguments"]).items()),
        as_text(data["reason"]),
        Evidence(verdict, as_text(certificate), as_whole(points)),
    )


def _argument(value: Argument) -> Any:
    if isinstance(value, tuple):
        return {"ranges": write_ranges(value)}
    return {"tree": write_tree(value)} if isinstance(value, Expr) else value


def _read_argument(data: Any) -> Argument:
    if isinstance(data, dict):
        return read_ranges(data["ranges"]) if "ranges" in data else read_tree(data["tree"])
    return data if isinstance(data, str) else as_whole(data)
