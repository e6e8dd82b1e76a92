"""Rules that read off a definition which places one output reads, through the layers below it as well."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.bounding import moving_in
from convmath.language.definition import Definition
from convmath.language.linear import linear
from convmath.language.substitute import substitute
from convmath.language.tidy import put, tidy, total
from convmath.language.tree import Expr, Int, Kind, Least, Ranges, Reduce, Relation, Sym, letters_of, negative
from convmath.proof.counting import plainest
from convmath.proof.ground import Ground
from convmath.proof.reading import check_start, windows_of
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Arguments, Move, need, rule

ENDS: dict[str, Kind] = {"first": "min", "last": "max"}


def _unit(before: Statement, ground: Ground) -> tuple[Definition, str]:
    """The definition, which gives an array of one axis, and the index of its output."""
    definition = ground.definition
    check_start(before, ground)
    return definition, _index(definition)


def _index(definition: Definition) -> str:
    if len(definition.output.subscripts) != 1 or definition.written or len(definition.output_indices) != 1:
        raise ProofError(f"{definition} does not give an array of one axis at a bare index")
    return definition.output_indices[0]


def _place(definition: Definition, array: str) -> tuple[Expr, Ranges]:
    """The place of ``array`` that an output reads, with the taps that move it."""
    found = windows_of(definition, array, 0)
    if len(found) != 1:
        raise ProofError(f"{definition} reads {array} at {len(found)} places of different form")
    return found[0], moving_in(found[0], definition)


def _derived(ground: Ground, name: object) -> Expr:
    known = dict(ground.established)
    if name not in known:
        raise ProofError(f"{name} was not derived before")
    return known[str(name)]


def _below(ground: Ground, number: object, array: str) -> Definition:
    """The definition with this number, which must give ``array``."""
    other = ground.definitions[int(str(number))]
    if other.output.array != array:
        raise ProofError(f"{other} does not give {array}")
    return other


@rule(
    "read an end",
    "output i spans the places from the first to the last that one of its taps reads",
    "the {end} place that output {index} reads, {words}",
    verdict="by definition",
)
def read_end(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition, index = _unit(before, ground)
    array, end, name = str(arguments["array"]), str(arguments["end"]), str(arguments["name"])
    place, taps = _place(definition, array)
    words = {"end": end, "index": index, "words": f"in {array}"}
    if "through" in arguments:  # what stands at a place of this array is made of what the layer below reads there
        through = str(arguments["through"])
        place = put(_derived(ground, through), {_index(_below(ground, arguments["number"], array)): place})
        words["words"] = f"through {array}: {through} at each place that it reads there"
    right = Reduce(ENDS[end], taps, place) if taps else place
    return Move(value_of(name, right), "the meaning of the window", words)


@rule(
    "read the step",
    "the effective stride is how far the window moves from one output to the next",
    "from the window of output {index} to that of output {index} + 1",
    verdict="by definition",
)
def read_step(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    _, index = _unit(before, ground)
    start = _derived(ground, arguments["first"])
    right = put(start, {index: Sym(index) + 1}) + negative(start)
    return Move(value_of(str(arguments["name"]), right), "the meaning of the stride", {"index": index})


@rule(
    "read the start",
    "the effective padding is how far before place 0 the window of output 0 begins",
    "how far before place 0 the window of output {index} = 0 begins",
    verdict="by definition",
)
def read_start(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    _, index = _unit(before, ground)
    start = put(_derived(ground, arguments["first"]), {index: Int(0)})
    return Move(value_of(str(arguments["name"]), negative(start)), "the meaning of the padding", {"index": index})


@rule(
    "read the touched places",
    "a place is touched where at least one choice of the taps reads it; it counts once",
    "the places from {first} on, each counted once where some tap reads it",
    verdict="by definition",
)
def read_touched(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition, _ = _unit(before, ground)
    array, letter = str(arguments["array"]), str(arguments["letter"])
    place, taps = _place(definition, array)
    if "number" in arguments:
        lower = _below(ground, arguments["number"], array)
        inner, more = _place(lower, lower.inputs[0])
        if dict(taps).keys() & dict(more).keys():
            raise ProofError(f"{definition} and {lower} use the same letter for their taps")
        place, taps = put(inner, {_index(lower): place}), (*more, *taps)
    first, span = str(arguments["first"]), str(arguments["span"])
    _derived(ground, span)
    there = plainest(place + negative(_derived(ground, first)))
    hits = Reduce("sum", taps, Int(1), (Relation(Sym(letter), "=", there),))
    right = Reduce("sum", ((letter, Sym(span)),), Least((Int(1), hits)))
    return Move(value_of(str(arguments["name"]), right), "the meaning of touched", {"first": first})


@rule(
    "read the shared places",
    "window i + 1 shares its place number x with window i where that is not past the end of window i",
    "place {letter} of the window of output {index} + 1 is not past the last place of output {index}",
    verdict="by definition",
)
def read_shared(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    _, index = _unit(before, ground)
    start = plainest(put(_derived(ground, arguments["first"]), {index: Sym(index) + 1}))
    last, letter = _derived(ground, arguments["last"]), str(arguments["letter"])
    after = Statement((Relation(start + Sym(letter), "≤", last),))
    return Move(after, "the meaning of shared", {"letter": letter, "index": index})


@rule(
    "read the taps inside",
    "a tap of output i reads inside the array where its place is 0 … size − 1; elsewhere it meets padding",
    "one for each tap whose place lies inside {array}",
    verdict="by definition",
)
def read_taps_inside(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition, _ = _unit(before, ground)
    array = str(arguments["array"])
    place, taps = _place(definition, array)
    size = definition.arrays[array].shape[0]
    where = (Relation(Int(0), "≤", place), Relation(place, "≤", tidy(size - 1)))
    after = value_of(str(arguments["name"]), Reduce("sum", taps, Int(1), where))
    return Move(after, "the meaning of inside", {"array": array})


@rule(
    "read a repetition",
    "what is added n times, from one place on, where it does not depend on what lies below",
    "{step} more for each of {times} layers, from the one place of the output itself",
    verdict="by definition",
)
def read_repetition(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition, _ = _unit(before, ground)
    step, times, start = str(arguments["step"]), str(arguments["times"]), arguments["start"]
    lower = ground.definitions[int(str(arguments["number"]))]
    other = (set(lower.sizes) - set(definition.sizes)) | definition.indices | lower.indices
    if letters_of(_derived(ground, step)) & other or not isinstance(start, Expr) or letters_of(start):
        raise ProofError(f"{step} depends on what lies below, or {start} is no number")
    every = Reduce("sum", (("l", Sym(times)),), Sym(step))
    right = every if start == Int(0) else every + start
    words = {"step": step, "times": times}
    return Move(value_of(str(arguments["name"]), right), "the same step again", words)


@rule(
    "ask at every output",
    "the question is for which sizes two quantities are equal for every output",
    "the question: for which sizes is this so for every {index}?",
    verdict="by definition",
)
def ask_at_every_output(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    _, index = _unit(before, ground)
    left, right, known = arguments["left"], arguments["right"], dict(ground.established)
    if not isinstance(left, Expr) or not isinstance(right, Expr) or not letters_of(left, right) <= known.keys():
        raise ProofError(f"{left} or {right} names something that was not derived before")
    both = Relation(substitute(left, known), "=", substitute(right, known))  # a name would not move with the index
    after = Statement((both,), ((index, Sym(str(arguments["times"]))),))
    return Move(after, "a question", {"index": index})


@rule(
    "read an input end",
    "place t reads the inputs i from which one of the taps writes it: from a first to a last one",
    "the {end} input of {array} from which a tap, {tap} = 0 … {last}, writes place {place}",
    verdict="by definition",
)
def read_input_end(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition = ground.definition
    check_start(before, ground)
    array, end = str(arguments["array"]), str(arguments["end"])
    ((place, written),) = definition.written.items()
    (item,) = windows_of(definition, array, 0)
    taps = [name for name in letters_of(written) & definition.indices if Sym(name) != item]
    form = linear(written, set(taps))
    if len(taps) != 1 or form is None or form[0] != {taps[0]: Int(1)} or not isinstance(item, Sym):
        raise ProofError(f"{definition} does not write the places next to one another with one tap")
    last = tidy(definition.range_of(taps[0]) - 1)
    where = (Relation(form[1], "≤", Sym(place)), Relation(Sym(place), "≤", total([form[1], last])))
    found = Reduce(ENDS[end], ((item.name, definition.range_of(item.name)),), item, where)
    words = {"end": end, "array": array, "tap": taps[0], "last": str(last), "place": place}
    return Move(value_of(str(arguments["name"]), found), "the meaning of the window", words)


@rule(
    "equal at every index",
    "(a·i + b = c·i + e for all i < n) ⟺ a = c and b = e, where n ≥ 2",
    "at {index} = 0 it says {first}; then at {index} = 1 it says {second}",
)
def equal_at_every_index(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    if before.left is None or len(before.ranges) != 1:
        raise ProofError(f"{before} is no equation for every value of one index")
    ((index, times),) = before.ranges
    certificate = need(ground.facts(Statement(())).not_negative(times - 2), f"{times} ≥ 2")
    sides = [linear(side, {index}) for side in (before.left, before.right)]
    parts: list[tuple[Expr, Expr]] = []
    for form in sides:
        if form is None:
            raise ProofError(f"{before} is not linear in {index}")
        parts.append((form[0].get(index, Int(0)), form[1]))
    (slope, rest), (other, left) = parts
    relations = (Relation(slope, "=", other), Relation(rest, "=", left))
    words = {"index": index, "first": str(relations[1]), "second": str(relations[0])}
    return Move(Statement(relations), certificate, words)
