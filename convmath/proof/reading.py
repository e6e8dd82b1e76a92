"""Rules that read a first line off a definition. They prove nothing; they say what the words mean."""

from __future__ import annotations

from convmath.errors import ProofError, UnsupportedError
from convmath.language.bounding import bounding, moving_in, ranges_in
from convmath.language.definition import NO_PADDING, Definition, letters_used
from convmath.language.letters import fresh
from convmath.language.linear import linear
from convmath.language.tidy import flipped, product, put, tidy
from convmath.language.tree import Add, Expr, Int, Kind, Ratio, Reduce, Relation, Sym, letters_of
from convmath.proof.bounds import extreme
from convmath.proof.counting import box
from convmath.proof.facts import Facts
from convmath.proof.ground import Ground
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Arguments, Move, rule


def formula(definition: Definition) -> Statement:
    """The definition as the first line of a derivation."""
    return Statement((definition.relation(),))


def _definition(before: Statement, ground: Ground) -> Definition:
    check_start(before, ground)
    return ground.definition


def check_start(before: Statement, ground: Ground) -> None:
    """Refuses a line that is not the definition itself: what is read off it is what the words mean."""
    if before != formula(ground.definition):
        raise ProofError(f"{before} is not the definition {ground.definition}")


@rule(
    "read the bounds",
    "Y has a value at i ⟺ every read stays in the padded array",
    "an output at {index} exists when all that it reads lies in {where}",
    verdict="by definition",
)
def read_bounds(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition, index = _definition(before, ground), str(arguments["index"])
    found = bounding(definition).windows.get(index, ())
    relations = [relation for place in found for relation in place.relations()]
    more = [bound for bound in definition.bounds if index in letters_of(bound.left, bound.right)]
    relations += more
    if index in definition.known_ranges:
        relations.append(Relation(Sym(index), "≤", tidy(definition.known_ranges[index] - 1)))
    if not relations:
        raise ProofError(f"no read bounds {index}")
    ranges = dict(pair for place in found for pair in ranges_in(place.position, definition, without=index))
    arrays = dict.fromkeys(place.read.array for place in found)
    padded = any((place.before, place.after) != NO_PADDING for place in found)
    where = f"{'the padded ' if padded else ''}{' and '.join(arrays)}" if arrays else "its array"
    after = Statement(tuple(relations), tuple(ranges.items()))
    where += "".join(f", and {bound}" for bound in more)
    return Move(after, "the meaning of the padded read", {"index": index, "where": where})


@rule(
    "read an axis",
    "an index that runs over an axis takes as many values as the axis has",
    "{words}",
    verdict="by definition",
)
def read_axis(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition, index = _definition(before, ground), str(arguments["index"])
    size = definition.known_ranges.get(index)
    if size is None or index in bounding(definition).windows:
        raise ProofError(f"{index} does not run over an axis")
    source = next((read for read in definition.reads if Sym(index) in read.subscripts), None)
    given = index in dict(definition.ranges)
    words = (
        f"the range of {index} is given" if given or source is None else f"{index} runs over an axis of {source.array}"
    )
    return Move(value_of(str(arguments["name"]), size), words, {"words": words})


@rule(
    "read the places written",
    "the output has the places 0 … the last one written, less what is cropped",
    "numbered from 0 to the last place that is written{crop}",
    verdict="by definition",
)
def read_places(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition, axis = _definition(before, ground), int(str(arguments["axis"]))
    item, crop = definition.output.subscripts[axis], definition.crop[axis]
    written = definition.written.get(item.name) if isinstance(item, Sym) else item
    if written is None:
        raise ProofError(f"{item} is no place that is written")
    last: Expr = Reduce("max", ranges_in(written, definition), written)
    less = " (added, where that is below 0)" if isinstance(crop[1], Add) else ""
    cropped = "" if crop[1] == Int(0) else f"; the last {tidy(crop[1])} are cropped{less}"
    right = last + 1 if not cropped else last + 1 - crop[1]
    return Move(value_of(str(arguments["name"]), right), "the meaning of the places", {"crop": cropped})


@rule(
    "read the parameters",
    "the parameters are the entries of the arrays that are no inputs",
    "{words}",
    verdict="by definition",
)
def read_parameters(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition = _definition(before, ground)
    name = str(arguments["name"])
    if not definition.parameters:
        return Move(value_of(name, Int(0)), "every array is an input", {"words": "every array is an input"})
    boxes = []
    for tensor in definition.parameters:
        read = next(read for read in definition.reads if read.array == tensor.name)
        letters = [item.name if isinstance(item, Sym) else "xyz"[axis % 3] for axis, item in enumerate(read.subscripts)]
        boxes.append(box(*zip(letters, tensor.shape, strict=True)))
    total: Expr = boxes[0]
    for other in boxes[1:]:
        total = total + other
    words = "one for each entry of " + " and of ".join(tensor.name for tensor in definition.parameters)
    return Move(value_of(name, total), words, {"words": words})


@rule(
    "read the multiply-adds",
    "one multiply-add for every choice of the indices of a product of arrays",
    "{words}",
    verdict="by definition",
)
def read_macs(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition = _definition(before, ground)
    name, sizes = str(arguments["name"]), arguments["sizes"]
    if not isinstance(sizes, tuple):
        raise ProofError(f"the sizes are {sizes}; they must be names with sizes")
    known = dict(sizes)
    total: Expr | None = None
    for term in definition.terms:
        if len(term.reads) < 2:
            continue
        if clipped := [relation for relation in term.where if relation.op == "≤"]:
            raise UnsupportedError(f"{definition}: how many products meet {clipped[0]} is not counted")
        written = {relation.left.name for relation in term.where if isinstance(relation.left, Sym)}
        outer = [letter for letter in definition.output_indices if letter not in written]
        ranges = [(letter, known.get(letter) or definition.range_of(letter)) for letter in (*outer, *term.reduced)]
        total = box(*ranges) if total is None else total + box(*ranges)
    if total is None:
        words = "no two arrays are multiplied"
        return Move(value_of(name, Int(0)), words, {"words": words})
    words = "one product for every choice of the indices"
    return Move(value_of(name, total), words, {"words": words})


@rule(
    "read the window",
    "the receptive field of one output along an axis is the interval from the nearest to the farthest read",
    "from the nearest to the farthest place of {array} that one output reads, both counted",
    verdict="by definition",
)
def read_window(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition = _definition(before, ground)
    array = str(arguments["array"])
    positions = windows_of(definition, array, int(str(arguments["axis"])))
    known = ground.facts(before)
    ends: list[Expr] = []
    outermost: tuple[tuple[Kind, int], ...] = (("max", 1), ("min", -1))
    for kind, sign in outermost:
        extremes = [_extreme_of(position, kind, definition) for position in positions]
        bare = [_outermost(position, kind == "max", definition, known) for position in positions]
        chosen = [
            whole
            for whole, here in zip(extremes, bare, strict=True)
            if all(known.not_negative((here - other) * sign) is not None for other in bare)
        ]
        if not chosen:
            places = ", ".join(map(str, positions))
            raise UnsupportedError(f"{array} is read at {places}: which of them is outermost depends on the sizes")
        ends.append(chosen[0])
    return Move(value_of(str(arguments["name"]), ends[0] - ends[1] + 1), "the meaning of the window", {"array": array})


def _extreme_of(position: Expr, kind: Kind, definition: Definition) -> Expr:
    moving = moving_in(position, definition)
    return Reduce(kind, moving, position) if moving else position


def _outermost(position: Expr, largest: bool, definition: Definition, known: Facts) -> Expr:
    for name, size in moving_in(position, definition):
        place, _ = extreme(position, name, size, known, largest=largest)
        position = put(position, {name: place})
    return position


@rule(
    "read one place",
    "an axis that is read at one place has a receptive field of 1",
    "{words}",
    verdict="by definition",
)
def read_one_place(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition = _definition(before, ground)
    array, axis = str(arguments["array"]), int(str(arguments["axis"]))
    positions = windows_of(definition, array, axis)
    if len(positions) > 1 or moving_in(positions[0], definition):
        raise ProofError(f"{array} is read at more than one place along axis {axis}")
    words = f"one output reads {array} at {positions[0]} only"
    return Move(value_of(str(arguments["name"]), Int(1)), words, {"words": words})


@rule(
    "read the inputs of a place",
    "inputs i and i + x are both added into one place when s·x = d·y for a distance y of two taps",
    "two inputs meet in one place when {stride} times their distance is {dilation}that of two taps: "
    "the largest such distance, and both are counted (away from the border)",
    verdict="by definition",
)
def read_inputs(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    definition = _definition(before, ground)
    array = str(arguments["array"])
    (place,) = windows_of(definition, array, int(str(arguments["axis"])))
    written = reaching(definition, str(place))
    form = linear(written, definition.indices) if written is not None else None
    taps = [name for name in form[0] if name != str(place)] if form else []
    if form is None or len(taps) != 1:
        raise UnsupportedError(
            f"{definition}: how far apart the inputs of one place are is derived for one tap an axis"
        )
    known, distance = ground.facts(before), fresh("y", letters_used(definition))
    both = (form[0][str(place)], form[0][taps[0]])
    stride, step = (slope if known.positive(slope) is not None else flipped(slope) for slope in both)
    moved = product([step, Sym(distance)])
    size = definition.range_of(taps[0])
    largest = Reduce("max", ((distance, size),), Ratio(moved, stride), (Relation(stride, "∣", moved),))
    words = {"stride": str(stride), "dilation": "" if step == Int(1) else f"{step} times "}
    return Move(value_of(str(arguments["name"]), largest + 1), "read off the condition", words)


def windows_of(definition: Definition, array: str, axis: int) -> tuple[Expr, ...]:
    """The places at which ``array`` is read along ``axis``, each once."""
    return tuple(dict.fromkeys(read.subscripts[axis] for read in definition.reads if read.array == array))


def reaching(definition: Definition, index: str) -> Expr | None:
    """The place that is written from ``index``, or None."""
    return next((right for right in definition.written.values() if index in letters_of(right)), None)
