"""What stands on the page, in order, whatever the format: a derivation as a sequence of blocks.

Title · Definition, Shapes, Given, Find, Not derived · (Heading · Steps or Fold) … · Numbers · Tried, Source
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from convmath.language.definition import NO_PADDING, Definition, Tensor
from convmath.language.letters import word
from convmath.language.tree import Expr, Int, Relation, Sym, letters_of
from convmath.proof.chain import Chain
from convmath.proof.derivation import Derivation, Line
from convmath.proof.step import Evidence, Step
from convmath.render.blocks import Block, Fact, Fold, Heading, Numbers, Phrase, Row, StepLine, Steps, Title
from convmath.render.outside import outside_lines


def layout(derivation: Derivation) -> tuple[Block, ...]:
    """The blocks of a derivation, in the order in which they are read."""
    return (Title(derivation.title), *_opening(derivation), *_body(derivation.chains), *_closing(derivation))


# What a reader is told first.
def _opening(derivation: Derivation) -> Iterator[Block]:
    if derivation.statement:
        yield Fact("Claim", ((derivation.statement,),))
    definitions = derivation.definitions
    label = "Definition" if len(definitions) == 1 else "Definitions"
    yield Fact(label, tuple(_formula(definition) for definition in definitions))
    arrays = tuple(phrase for definition in definitions if (phrase := _arrays(definition)))
    yield Fact("Shapes", tuple(dict.fromkeys(arrays)))
    if told := tuple(dict.fromkeys(line for definition in definitions for line in outside_lines(definition))):
        yield Fact("Outside", told)
    if given := _given(derivation):
        yield Fact("Given", given)
    yield Fact("Find", ((derivation.find,),))
    if derivation.notes:
        yield Fact("Not derived", tuple((note,) for note in derivation.notes))


def _arrays(definition: Definition) -> Phrase:
    parts = [_shape(tensor) for tensor in definition.tensors]
    output = Tensor(definition.output.array, definition.output.subscripts, definition.crop)
    if cropped := _margins(output, "cropped"):
        parts.append((Sym(output.name), *cropped))
    return _joined(parts, "; ")


def _shape(tensor: Tensor) -> Phrase:
    sizes = _joined([(size,) for size in tensor.shape], ", ")
    return (Sym(tensor.name), " (", *sizes, ")", *_margins(tensor, "padded"))


def _margins(tensor: Tensor, word: str) -> Phrase:
    """``, padded by p along H and W``; nothing where there is no padding."""
    groups: dict[tuple[Expr, Expr], list[Phrase]] = {}
    for size, pair in zip(tensor.shape, tensor.padding, strict=True):
        if pair != NO_PADDING:
            groups.setdefault(pair, []).append((size,))
    found: list[Phrase] = []
    for (before, after), along in groups.items():
        amount: Phrase = (before,) if before == after else (before, " before and ", after, " after")
        found.append((f", {word} by ", *amount, " along ", *_listed(along)))
    return _joined(found, "")


def _given(derivation: Derivation) -> tuple[Phrase, ...]:
    """``integers N, H, k ≥ 1 and p ≥ 0``, then every other relation; what is derived is not given."""
    concluded = {str(chain.conclusion.left) for chain in derivation.chains if chain.conclusion.is_value}
    used = {size for definition in derivation.definitions for size in definition.sizes}
    used |= letters_of(*(line.derived for line in derivation.lines))
    between = (relation for relation in derivation.assumptions if not isinstance(relation.right, Int))
    used |= {name for relation in between for name in letters_of(relation.left, relation.right)}
    bounds: dict[tuple[str, Expr], list[str]] = {}
    others: list[Phrase] = []
    for relation in dict.fromkeys(derivation.assumptions):
        if letters_of(relation.left, relation.right) & concluded:
            continue
        match relation:
            case Relation(Sym(name), "≥", Int()):
                if name in used:
                    bounds.setdefault((relation.op, relation.right), []).append(name)
            case _:
                others.append((relation,))
    groups = [_bounded(names, right) for (_, right), names in bounds.items()]
    simple: list[Phrase] = [("integers ", *_listed(groups))] if groups else []
    return (*simple, *([("with ", *_listed(others))] if others else []))


def _bounded(names: list[str], right: Expr) -> Phrase:
    *first, last = names
    return _joined([*((Sym(name),) for name in first), (Relation(Sym(last), "≥", right),)], ", ")


# The chains.
def _body(chains: tuple[Chain, ...]) -> Iterator[Block]:
    number = 1
    firsts: list[int] = []
    read_off: list[StepLine] = []
    headings: list[str] = []
    shared = "Read off the definition"
    for chain in chains:
        firsts.append(number)
        if _is_read_off(chain):
            read_off += _lines(chain.steps, number)
            headings.append(chain.heading)
        else:
            yield from _read_off(headings, read_off, shared)
            shared = "Also read off the definition" if len(headings) > 1 else shared
            headings, read_off = [], []
            yield Heading(chain.heading)
            repeats = chain.like is not None and 0 <= chain.like < len(firsts) - 1
            yield (_fold(chain, number, firsts[chain.like or 0]) if repeats else Steps(_lines(chain.steps, number)))
        number += len(chain.steps)
    yield from _read_off(headings, read_off, shared)


def _is_read_off(chain: Chain) -> bool:
    return len(chain.steps) == 1 and chain.steps[0].evidence.verdict == "by definition"


def _read_off(headings: list[str], lines: list[StepLine], shared: str) -> Iterator[Block]:
    """Chains of one step that only read the definition stand together."""
    if lines:
        yield Heading(headings[0] if len(headings) == 1 else shared)
        yield Steps(tuple(lines))


def _lines(steps: tuple[Step, ...], number: int) -> tuple[StepLine, ...]:
    found: list[StepLine] = []
    above: Expr | None = None
    for place, step in enumerate(steps):
        left = step.after.left
        continues = left is not None and left == above
        more = _certificate(step)
        unchanged = place > 0 and step.after == step.before
        words = (step.rule, _reason(step), more, step.evidence)
        found.append(StepLine(number + place, step.after, continues, unchanged, *words))
        above = left
    return tuple(found)


def _reason(step: Step) -> str:
    """The reason, without the rule's name where it starts with that: the name stands before it."""
    return step.reason.removeprefix(f"{step.rule} ")


def _certificate(step: Step) -> str:
    """What the certificate says that the reason does not."""
    if step.evidence.verdict == "by definition":
        return ""
    parts = [part for part in step.evidence.certificate.split("; ") if part.split(": ")[-1] not in step.reason]
    told = set(re.findall(r"[\w']+", step.reason))
    facts = [part for part in parts if re.search("[≤≥=<>∣]", part)]
    words = [part for part in parts if part not in facts and _mostly_new(part, told)]
    return "; ".join([*(["since " + ", ".join(facts)] if facts else []), *words])


def _mostly_new(part: str, told: set[str]) -> bool:
    words = re.findall(r"[\w']+", part)
    return 5 * sum(word not in told for word in words) > 3 * len(words)


def _fold(chain: Chain, number: int, first: int) -> Fold:
    last = len(chain.steps) - 1
    old, new = (", ".join(letters) for letters in zip(*chain.letters, strict=True)) if chain.letters else ("", "")
    exchange = f" with {new} in place of {old}" if chain.letters else ""
    words = f"steps {number}–{number + last}: the same as {first}–{first + last}{exchange}; each was checked"
    order = ("tried", "proved", "by definition")
    found = [step.evidence for step in chain.steps]
    weakest = min(found, key=lambda evidence: (order.index(evidence.verdict), evidence.points))
    return Fold(chain.conclusion, words, Evidence(weakest.verdict, "", weakest.points))


# What came out.
def _closing(derivation: Derivation) -> Iterator[Block]:
    if derivation.lines:
        yield _numbers(derivation)
    if derivation.trials:
        held = [
            f"{trial.what}: {'held at' if trial.unit == 'points' else 'equal on'} all {trial.points} {trial.unit}"
            for trial in derivation.trials
        ]
        yield Fact("Tried", tuple((text,) for text in held))
    if derivation.source:
        yield Fact("Source", ((derivation.source,),))


def _numbers(derivation: Derivation) -> Numbers:
    used = letters_of(*(expr for line in derivation.lines for _, expr in (*line.using, ("", line.derived))))
    values = {name: value for name, value in derivation.values.items() if value != Sym(name)}
    given = tuple(Relation(Sym(name), "=", value) for name, value in values.items() if name in used)
    named = {line.name for line in derivation.lines}
    before = dict(pair for line in derivation.lines for pair in line.using if pair[0] not in named)
    steps = [Line(name, word(name), expr) for name, expr in before.items()] if values else []
    rows = []
    for line in (*steps, *derivation.lines):
        members = [Sym(line.name), line.derived]
        if values:
            members += [line.with_numbers(values), line.value(values)]
        rows.append(Row(line.label, tuple(dict.fromkeys(members))))
    summary = tuple((row.label, row.members[-1]) for row in rows) if len(rows) > 1 and given else ()
    return Numbers(given, tuple(rows), summary)


def _formula(definition: Definition) -> Phrase:
    """The formula, and what every output index must meet."""
    if not definition.bounds:
        return (definition.relation(),)
    return (definition.relation(), "  where ", *_listed([(bound,) for bound in definition.bounds]))


def _joined(parts: list[Phrase], between: str) -> Phrase:
    return tuple(piece for place, part in enumerate(parts) for piece in ((between, *part) if place else part))


def _listed(parts: list[Phrase]) -> Phrase:
    """a, b and c."""
    return (
        *_joined(parts[:-1], ", "),
        *((" and ",) if len(parts) > 1 else ()),
        *(parts[-1] if parts else ()),
    )
